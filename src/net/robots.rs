//! What a site allows programs to fetch: `robots.txt` (RFC 9309).

use percent_encoding::percent_encode_byte;
use serde::{Deserialize, Serialize};

use crate::http_url::HttpUrl;

/// The name of newsgen in `robots.txt`.
const PRODUCT: &str = "newsgen";

/// The length in bytes up to which a file is read (RFC 9309, section 2.5).
pub(super) const MAX_BYTES: usize = 512_000;

/// How many bytes a rule takes in a file besides its pattern.
const RULE_SIZE: usize = 100;

/// The rules that apply to newsgen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RobotsRules(Vec<RobotsRule>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RobotsRule {
    is_allowed: bool,
    /// A prefix of paths, in which `*` matches any text and a final `$` the end of the path.
    pattern: String,
}

impl RobotsRules {
    /// Reads the groups for newsgen or, if there are none, those for all programs.
    pub(super) fn parse(file: &[u8]) -> Self {
        let text = String::from_utf8_lossy(beginning(file));
        let (mut own, mut general) = (Vec::new(), Vec::new());
        let (mut is_for_us, mut is_for_all, mut is_named) = (false, false, false);
        let mut is_in_head = false;
        for line in text.trim_start_matches('\u{feff}').split(['\r', '\n']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            match &*key {
                "user-agent" => {
                    if !is_in_head {
                        (is_for_us, is_for_all, is_in_head) = (false, false, true);
                    }
                    is_for_us |= product(value).eq_ignore_ascii_case(PRODUCT);
                    is_for_all |= value.split_whitespace().next() == Some("*");
                    is_named |= is_for_us;
                }
                "allow" | "disallow" => {
                    is_in_head = false;
                    if value.is_empty() {
                        continue;
                    }
                    let rule = RobotsRule { is_allowed: key == "allow", pattern: pattern(value) };
                    general.extend(is_for_all.then(|| rule.clone()));
                    own.extend(is_for_us.then_some(rule));
                }
                _ => {}
            }
        }
        Self(if is_named { own } else { general })
    }

    /// About how many bytes the rules take in a file.
    pub(super) fn size(&self) -> usize {
        self.0.iter().map(|rule| rule.pattern.len() + RULE_SIZE).sum::<usize>() + RULE_SIZE
    }

    /// Whether a URL may be fetched, by the longest pattern that matches it.
    pub(super) fn allow(&self, url: &HttpUrl) -> bool {
        let path = url.as_str().strip_prefix(url.origin()).unwrap_or_default();
        let path = normalized(path.split('#').next().unwrap_or_default());
        if path == "/robots.txt" {
            return true;
        }
        let matching = self.0.iter().filter(|rule| is_match(&rule.pattern, &path));
        let longest = matching.max_by_key(|rule| (rule.pattern.len(), rule.is_allowed));
        longest.is_none_or(|rule| rule.is_allowed)
    }
}

/// The whole lines of a file up to the maximum length.
fn beginning(file: &[u8]) -> &[u8] {
    let Some(start) = file.get(..MAX_BYTES).filter(|start| start.len() < file.len()) else {
        return file;
    };
    let end = start.iter().rposition(|byte| matches!(byte, b'\r' | b'\n'));
    start.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// The product token of a `User-agent` line.
fn product(value: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_');
    value.split(|c| !is_part(c)).next().unwrap_or_default()
}

/// A pattern in which only what has a meaning is not percent-encoded: each `*`, and `$` at the end.
fn pattern(text: &str) -> String {
    let (text, end) = text.strip_suffix('$').map_or((text, ""), |text| (text, "$"));
    let parts: Vec<String> = text.split('*').map(normalized).collect();
    parts.join("*") + end
}

/// A part of a path or pattern in which all characters are percent-encoded that may be, so that all
/// spellings of an address are equal. The rest are unreserved, or delimiters, which are not equal to
/// encoded ones (RFC 3986, section 2.2).
fn normalized(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let encoded = (byte == b'%').then(|| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let mut rest = bytes.clone();
            let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
            u8::try_from(value).ok()
        });
        let is_unreserved =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        match encoded.flatten() {
            Some(encoded) => {
                bytes.nth(1);
                if is_unreserved(encoded) {
                    normal.push(encoded.into());
                } else {
                    normal.push_str(percent_encode_byte(encoded));
                }
            }
            None if is_unreserved(byte) || b"/?:@!&()+,;=".contains(&byte) => {
                normal.push(byte.into());
            }
            None => normal.push_str(percent_encode_byte(byte)),
        }
    }
    normal
}

/// Whether a pattern matches the beginning of a path.
fn is_match(pattern: &str, path: &str) -> bool {
    let (pattern, is_whole) =
        pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return !is_whole || rest.is_empty() };
    for part in middle {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    if is_whole { rest.ends_with(last) } else { rest.contains(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a file allows these paths.
    fn check(file: &str, paths: &[(&str, bool)]) {
        let rules = RobotsRules::parse(file.as_bytes());
        for (path, expected) in paths {
            let url = HttpUrl::parse(&format!("https://a.example{path}")).expect("a URL");
            assert_eq!(rules.allow(&url), *expected, "{file:?}: {path}");
        }
    }

    #[test]
    fn rules_of_robots_txt_are_those_for_newsgen_else_for_all() {
        let general = "User-agent: *\nDisallow: /a\n";
        check(general, &[("/a/b", false), ("/b", true), ("/", true), ("/robots.txt", true)]);
        check("User-agent: *\nDisallow: /\n", &[("/", false), ("/robots.txt", true)]);
        check(
            &[general, "User-agent: NewsGen/1.0 # x\nDisallow: /b"].concat(),
            &[("/a", true), ("/b", false)],
        );
        // Groups of several programs, and several of one.
        check(
            "user-agent: other\nUSER-AGENT : newsgen\nSitemap: /x\nDisallow: /a\n\n\nDisallow: /b\n\
             User-agent: other\nDisallow: /c\nUser-agent: newsgen\nCrawl-delay: 9\nDisallow: /d\n",
            &[("/a", false), ("/b", false), ("/c", true), ("/d", false)],
        );
        check("User-agent: newsgen\n\nUser-agent: *\nDisallow: /\n", &[("/a", false)]);
        check("User-agent: *\nDisallow: /\nUser-agent: newsgen\nDisallow:\n", &[("/a", true)]);
        check("User-agent: newsgen-images\nDisallow: /\n", &[("/a", true)]);
        check("Disallow: /\n<html>", &[("/a", true)]);
        check("\u{feff}User-agent: *\rDisallow: /a\r\n", &[("/a", false)]);
    }

    #[test]
    fn longest_pattern_of_robots_txt_decides() {
        let all = |rules: &str| format!("User-agent: *\n{rules}");
        check(
            &all("Disallow: /\nAllow: /a\nDisallow: /a/b\nAllow: /a/b/c"),
            &[("/x", false), ("/a", true), ("/a/b", false), ("/a/b/c", true)],
        );
        check(&all("Disallow: /a\nAllow: /a"), &[("/a", true)]);
        check(
            &all("Disallow: /*.pdf$\nDisallow: /*?*print=1\nDisallow: /x*y*z"),
            &[
                ("/a/b.pdf", false),
                ("/a/b.pdf?x", true),
                ("/a?q=2&print=1", false),
                ("/print=1", true),
                ("/x-y-z-", false),
                ("/x-z-y", true),
            ],
        );
        check(
            &all("Disallow: /%62%61z\nDisallow: /caf\u{e9}\nDisallow: /p%2fq\nDisallow: /s%2a"),
            &[
                ("/baz", false),
                ("/caf%C3%A9", false),
                ("/p/q", true),
                ("/p%2Fq", false),
                ("/s*", false),
                ("/sx", true),
            ],
        );
        check(&all("Disallow: /a$"), &[("/a", false), ("/ab", true), ("/a#b", false)]);
        check(&all("Disallow: /%\nDisallow: /%zz"), &[("/a", true), ("/%z", false)]);
        // What addresses have only percent-encoded.
        for path in ["/{id}", "/a|b", "/q\"x", "/c^d", "/z[1]", "/it's", "/?q='x'", "/a$b", "/<a>"]
        {
            let file = all(&format!("Disallow: {path}"));
            check(&file, &[(path, false), (&format!("{path}/more"), false), ("/", true)]);
        }
        check(&all("Disallow: /$a$"), &[("/$a", false), ("/$ab", true)]);
    }

    #[test]
    fn rule_is_not_cut_at_the_maximum_length() {
        let (first, last) = ("Disallow: /private\n", "Disallow: /a/b\n");
        for length in MAX_BYTES..=MAX_BYTES + first.len() + last.len() {
            let start = "User-agent: *\n#";
            let comment = "#".repeat(length - start.len() - 1 - first.len() - last.len());
            let is_first_read = length - last.len() <= MAX_BYTES;
            check(
                &format!("{start}{comment}\n{first}{last}"),
                &[("/private", !is_first_read), ("/p", true), ("/a", true), ("/", true)],
            );
        }
        check(&"x".repeat(2 * MAX_BYTES), &[("/", true)]);
    }
}
