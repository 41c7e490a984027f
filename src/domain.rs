//! Domains, which identify providers: normal form and display form.

use std::borrow::Cow;
use std::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;
use unicode_security::confusable_detection::skeleton;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection};
use url::Url;

/// The domain of a provider in normal form: A-labels (UTS #46), without `www.` and trailing dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Domain(Box<str>);

impl Domain {
    /// Parses a domain. `None` for names without a dot, IP addresses, and text with anything but
    /// letters, digits, hyphens and dots.
    pub fn parse(text: &str) -> Option<Self> {
        let (std3, hyphens) = (AsciiDenyList::STD3, Hyphens::CheckFirstLast);
        let ascii = Uts46::new()
            .to_ascii(text.as_bytes(), std3, hyphens, DnsLength::VerifyAllowRootDot)
            .ok()?;
        let (unicode, _) = Uts46::new().to_unicode(ascii.as_bytes(), std3, hyphens);
        // UTS #46 accepts more than registries do: quotation marks, other punctuation and symbols.
        if !unicode.chars().all(is_label_char) {
            return None;
        }
        let name = without_www(ascii.strip_suffix('.').unwrap_or(&ascii));
        let (_, last) = name.rsplit_once('.')?;
        // As in the URL standard, a host whose last label is a number is an IPv4 address or
        // invalid.
        last.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| Self(name.into()))
    }

    /// Finds the domain in a URL, or before a port or path.
    pub fn in_address(text: &str) -> Option<Self> {
        let text = text.trim();
        let url = if text.contains("://") {
            Url::parse(text)
        } else {
            Url::parse(&format!("https://{text}"))
        };
        Self::parse(url.ok()?.host_str()?)
    }

    /// The ASCII form, as in URLs.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The display form: each label in its own script, unless it is confusable.
    pub fn to_unicode(&self) -> Cow<'_, str> {
        to_unicode(&self.0)
    }

    /// Whether this domain is `host` or a parent of it.
    pub fn contains(&self, host: &str) -> bool {
        let rest = host.strip_suffix(self.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// The display form of a domain in ASCII form.
pub fn to_unicode(domain: &str) -> Cow<'_, str> {
    if !domain.contains("xn--") {
        return Cow::Borrowed(domain);
    }
    let show_unicode =
        |label: &[char], _: &[char], _: bool| is_unmistakable(&String::from_iter(label));
    let (std3, hyphens) = (AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    Uts46::new().to_user_interface(domain.as_bytes(), std3, hyphens, show_unicode).0
}

/// A domain with U-labels, even if these are confusable.
pub fn u_labels(domain: &str) -> Cow<'_, str> {
    Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast).0
}

impl fmt::Display for Domain {
    /// Formats the display form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_unicode())
    }
}

/// Whether a character can be part of a domain: a letter, number or mark, or one that IDNA 2008
/// also allows (RFC 5892, appendix A).
fn is_label_char(c: char) -> bool {
    c.is_alphanumeric()
        || is_combining_mark(c)
        || matches!(
            c,
            '.' | '-'
                | '\u{b7}'
                | '\u{375}'
                | '\u{5f3}'
                | '\u{5f4}'
                | '\u{30fb}'
                | '\u{200c}'
                | '\u{200d}'
        )
}

/// `www.com` keeps its `www.`, since `com` alone is no domain.
fn without_www(name: &str) -> &str {
    let mut name = name;
    while let Some(rest) = name.strip_prefix("www.").filter(|rest| rest.contains('.')) {
        name = rest;
    }
    name
}

/// Whether a label is in one script, or a mix used by Chinese, Japanese or Korean (the highly
/// restrictive level of UTS #39), and not confusable with ASCII.
fn is_unmistakable(label: &str) -> bool {
    let reads_like_ascii = |text: &str| skeleton(text).all(|c| c.is_ascii());
    match label.detect_restriction_level() {
        RestrictionLevel::ASCIIOnly => true,
        // Latin letters beyond ASCII, such as `æ`, distinguish words; a label of another script
        // that looks like ASCII does not.
        RestrictionLevel::SingleScript => {
            label.contains(|c: char| c.is_ascii_alphabetic()) || !reads_like_ascii(label)
        }
        RestrictionLevel::HighlyRestrictive => {
            let mut foreign = label.chars().filter(|c| !c.is_ascii());
            !foreign.any(|c| reads_like_ascii(c.encode_utf8(&mut [0; 4])))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        Domain::parse(text).map(|domain| domain.as_str().to_owned())
    }

    #[test]
    fn normalizes_domains() {
        for (text, domain) in [
            ("apple.example", "apple.example"),
            ("Apple.EXAMPLE.", "apple.example"),
            ("www.apple.example", "apple.example"),
            ("WWW.www.apple.example", "apple.example"),
            ("www.example", "www.example"),
            ("www.www.example", "www.example"),
            ("wwww.example", "wwww.example"),
            ("apple。example", "apple.example"),
            ("ap\u{ad}ple\u{200b}.example", "apple.example"),
            ("ａｐｐｌｅ．example", "apple.example"),
            ("münchen.example", "xn--mnchen-3ya.example"),
            ("XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example"),
            ("straße.example", "xn--strae-oqa.example"),
            ("a--b.1.example", "a--b.1.example"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(domain), "{text:?}");
        }
    }

    #[test]
    fn rejects_invalid_host_names() {
        let long = format!("{}.example", "a".repeat(64));
        let longest = format!("{}example", "abcdefg.".repeat(32));
        for text in [
            "",
            ".",
            "‘a.example’",
            "“a.example”",
            "a…b.example",
            "a♥b.example",
            "apple",
            "apple.",
            "localhost",
            "apple_com",
            "apple_.example",
            "apple..example",
            ".apple.example",
            "-apple.example",
            "apple-.example",
            "apple example",
            "*.apple.example",
            "user@apple.example",
            "https://apple.example/",
            "apple.example/",
            "apple.example:443",
            "127.0.0.1",
            "127.1",
            "1.2.0x7f",
            "[::1]",
            "apple.123",
            "xn--a.example",
            "apple\u{fffd}.example",
            &long,
            &longest,
        ] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn domain_is_found_in_a_url() {
        for (text, domain) in [
            ("https://x/", None),
            ("https://www.apple.example/news?q", Some("apple.example")),
            ("apple.example/news", Some("apple.example")),
            ("apple.example:8080", Some("apple.example")),
            ("//apple.example/", Some("apple.example")),
            ("me@apple.example", Some("apple.example")),
            ("apple_com", None),
            ("https://127.0.0.1/", None),
            ("Apple, Inc.", None),
        ] {
            let found = Domain::in_address(text).map(|domain| domain.as_str().to_owned());
            assert_eq!(found.as_deref(), domain, "{text}");
        }
    }

    #[test]
    fn shows_labels_in_their_script_unless_confusable() {
        for text in [
            "münchen.example",
            "læger.example",
            "kıbrıs.example",
            "россия.example",
            "новости-дня.example",
            "ニュース.example",
            "newsニュース.example",
            "量子計算.example",
            "뉴스.example",
            "हिन्दी.example",
            "ไทยรัฐ.example",
            "אבג.example",
        ] {
            assert_eq!(Domain::parse(text).expect(text).to_unicode(), text);
        }
        for text in [
            // A Latin word with a Cyrillic letter, and a Cyrillic word that looks like a Latin one.
            "\u{430}pple.example",
            "\u{430}\u{440}\u{440}\u{4cf}\u{435}.example",
            "goo\u{261}le.example",
            "\u{3b1}pple.example",
            "comノnews.example",
        ] {
            let shown = Domain::parse(text).expect(text);
            assert!(shown.to_unicode().starts_with("xn--"), "{}", shown.to_unicode());
        }
    }

    #[test]
    fn contains_hosts_below_it() {
        let domain = Domain::parse("apple.example").expect("domain");
        assert!(domain.contains("apple.example") && domain.contains("news.apple.example"));
        assert!(!domain.contains("pineapple.example") && !domain.contains("example"));
    }

    proptest! {
        #[test]
        fn domain_normalization_is_idempotent(text in "(www\\.)?[a-zäа0-9ß。-]{1,6}\\.[a-zäа0-9.-]{1,12}") {
            if let Some(domain) = Domain::parse(&text) {
                prop_assert_eq!(Domain::parse(domain.as_str()), Some(domain.clone()));
                prop_assert_eq!(Domain::parse(&domain.to_unicode()), Some(domain));
            }
        }
    }
}
