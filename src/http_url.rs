//! `http` and `https` URLs: the only kind that the site links to.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2, memchr3};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::digest::Digest;
use crate::escape::without_credentials;

/// An absolute `http` or `https` URL in normal form, with only characters that the URL standard
/// allows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HttpUrl(Box<str>);

/// Why a text is not an [`HttpUrl`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlError {
    /// Not an absolute URL.
    NotAnAddress,
    /// Contains a user name or password.
    Credentials,
    /// Has this scheme, which may run code or leave the web.
    Scheme(String),
}

/// Query parameters that only track where readers come from.
const TRACKING: [&str; 10] = [
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "mc_cid",
    "mc_eid",
    "igshid",
    "cmpid",
    "ocid",
    "guccounter",
];

impl HttpUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// When it is not absolute, contains credentials, or has a scheme other than `http` and
    /// `https`.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        if is_normalized(text) { Ok(Self(text.into())) } else { Self::parse_any(text) }
    }

    /// A placeholder for an unknown URL, which never resolves (RFC 6761, section 6.4).
    pub fn placeholder() -> Self {
        Self("https://site.invalid/".into())
    }

    fn parse_any(text: &str) -> Result<Self, UrlError> {
        Self::parse_url(text).map_err(|refused| {
            if holds_credentials(text) { UrlError::Credentials } else { refused }
        })
    }

    fn parse_url(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text).map_err(|_| UrlError::NotAnAddress)?;
        match url.scheme() {
            "http" | "https" if !url.username().is_empty() || url.password().is_some() => {
                Err(UrlError::Credentials)
            }
            "http" | "https" if url.host_str().is_some_and(is_host) => {
                Ok(Self(percent_encode_rest(String::from(url)).into()))
            }
            "http" | "https" => Err(UrlError::NotAnAddress),
            scheme => Err(UrlError::Scheme(scheme.to_owned())),
        }
    }

    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same URL with the scheme `https`.
    #[must_use]
    pub fn into_https(self) -> Self {
        match self.0.strip_prefix("http://") {
            Some(rest) => Self(format!("https://{rest}").into()),
            None => self,
        }
    }

    /// Scheme and host: `https://news.example`.
    pub fn origin(&self) -> &str {
        self.0.get(..self.path_start()).unwrap_or(&self.0)
    }

    /// The path without query and fragment; at least `/`.
    pub fn path(&self) -> &str {
        let rest = self.0.get(self.path_start()..).unwrap_or("");
        rest.get(..memchr2(b'?', b'#', rest.as_bytes()).unwrap_or(rest.len())).unwrap_or("")
    }

    /// The host with its port, if any: `news.example`.
    pub fn host(&self) -> &str {
        strip_scheme(self.origin()).unwrap_or("")
    }

    /// The host without the port.
    pub fn host_name(&self) -> &str {
        let host = self.host();
        let end =
            if host.starts_with('[') { host.find(']').map(|end| end + 1) } else { host.find(':') };
        end.and_then(|end| host.get(..end)).unwrap_or(host)
    }

    fn path_start(&self) -> usize {
        let rest = strip_scheme(&self.0).unwrap_or(&self.0);
        let host_length = memchr3(b'/', b'?', b'#', rest.as_bytes()).unwrap_or(rest.len());
        self.0.len() - rest.len() + host_length
    }

    /// A key that is equal for all URLs of one article: without scheme, `www.`, trailing slash,
    /// fragment and tracking parameters.
    pub fn dedup_key(&self) -> Cow<'_, str> {
        let rest = strip_scheme(&self.0).unwrap_or(&self.0);
        let rest = rest.strip_prefix("www.").unwrap_or(rest);
        let rest = rest.split('#').next().expect("a split has a first part");
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.trim_end_matches('/');
        if query.is_empty() {
            return path.into();
        }
        let mut identity = path.to_owned();
        let kept = query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair));
        for (index, pair) in kept.enumerate() {
            identity.push(if index == 0 { '?' } else { '&' });
            identity.push_str(pair);
        }
        identity.into()
    }

    /// The same URL without tracking parameters.
    #[must_use]
    pub fn without_tracking(&self) -> Self {
        let (rest, fragment) = match self.0.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (&*self.0, None),
        };
        let Some((start, query)) = rest.split_once('?') else { return self.clone() };
        let kept: Vec<&str> = query.split('&').filter(|pair| !is_tracking(pair)).collect();
        let query = kept.join("&");
        let mut url = start.to_owned();
        for (mark, part) in
            [('?', Some(&*query).filter(|query| !query.is_empty())), ('#', fragment)]
        {
            if let Some(part) = part {
                url.push(mark);
                url.push_str(part);
            }
        }
        Self(url.into())
    }

    /// Digest of the [`HttpUrl::dedup_key`].
    pub fn identity(&self) -> Digest {
        Digest::of(self.dedup_key().as_bytes())
    }
}

/// Whether a text looks like a URL with credentials, even if these make it invalid.
pub fn holds_credentials(text: &str) -> bool {
    text.contains('@') && matches!(without_credentials(text), Cow::Owned(_))
}

/// Resolves a host-less URL against the site's front page: path, query and fragment, beginning with
/// `/`, with only characters that the URL standard allows. `None` if it is invalid or leads to
/// another host, as browsers parse it (`/\\other.example`).
///
/// ```text
/// about us?a=b#c    gives /about%20us?a=b#c
/// /../x             gives /x
/// ```
pub fn site_relative_url(text: &str) -> Option<String> {
    const SITE: &str = "https://site.invalid";
    let url = Url::parse(SITE).ok()?.join(text).ok()?;
    let address = HttpUrl::parse(url.as_str()).ok().filter(|address| address.origin() == SITE)?;
    address.as_str().strip_prefix(SITE).map(str::to_owned)
}

/// Removes `https://` or `http://`.
fn strip_scheme(url: &str) -> Option<&str> {
    url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))
}

/// Whether a URL is certainly in normal form, so that parsing would not change it. Some normal URLs
/// are not recognized.
pub(crate) fn is_normalized(text: &str) -> bool {
    let Some(rest) = strip_scheme(text).map(str::as_bytes) else { return false };
    let Some((host, path)) = memchr(b'/', rest).map(|end| rest.split_at(end)) else { return false };
    let (path, query) = path.split_at(memchr(b'?', path).unwrap_or(path.len()));
    is_normalized_host(host) && is_normalized_path(path) && is_normalized_query(query)
}

// These folds are vectorized, because they do not stop early.

/// Whether a path, including its leading `/`, has only plain bytes and no segment that begins with
/// a dot.
fn is_normalized_path(path: &[u8]) -> bool {
    let begins_part = |dot: usize| path.get(..dot).is_some_and(|before| before.ends_with(b"/"));
    path.iter().fold(true, |all, byte| all & is_plain(*byte))
        && !memchr_iter(b'.', path).any(begins_part)
}

/// Whether a query is empty, or `?` and plain bytes.
fn is_normalized_query(query: &[u8]) -> bool {
    match query {
        [] => true,
        [_] => false,
        [_, pairs @ ..] => pairs.iter().all(|byte| is_plain(*byte) || matches!(byte, b'=' | b'&')),
    }
}

/// Whether a byte needs no encoding in paths and queries.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | matches!(byte, b'-'..=b'/' | b'_' | b'~')
}

/// Whether a host consists of plain labels: no number, which would be an IP address, and no hyphens
/// of an encoded label.
fn is_normalized_host(host: &[u8]) -> bool {
    let is_label = |label: &[u8]| {
        matches!(label, [b'a'..=b'z' | b'0'..=b'9', ..])
            && matches!(label, [.., b'a'..=b'z' | b'0'..=b'9'])
            && label.len() <= 63
            && label.get(2..4) != Some(b"--")
    };
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() | byte.is_ascii_digit() | matches!(byte, b'-' | b'.');
    let mut labels = host.split(|byte| *byte == b'.');
    let ends_in_name = labels
        .clone()
        .next_back()
        .is_some_and(|last| last.first().is_some_and(u8::is_ascii_lowercase));
    host.len() <= 253
        && host.iter().fold(true, |all, byte| all & is_plain(*byte))
        && ends_in_name
        && labels.all(is_label)
}

/// Whether a parsed host can exist on the web. The parser also accepts names that no name server
/// knows, such as those with a `!`. Other scripts are already encoded.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.bytes().all(is_plain)
    };
    host.starts_with('[') || host.strip_suffix('.').unwrap_or(host).split('.').all(is_label)
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().expect("a split has a first part");
    name.starts_with("utm_") || TRACKING.contains(&name)
}

/// Percent-encodes characters that the parser accepts but the URL standard calls errors, and that
/// HTML validators report.
fn percent_encode_rest(url: String) -> String {
    let needs_escape =
        |byte: u8| matches!(byte, b'|' | b'^' | b'`' | b'{' | b'}' | b'[' | b']' | b'\\');
    let is_stray_percent = |at: usize| {
        let digits = url.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
    };
    let host_end = url.find("://").map_or(0, |at| at + 3);
    let host_end =
        url.get(host_end..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host_end + at);
    let fragment = url.find('#').unwrap_or(url.len());
    let is_wrong = |at: usize, byte: u8| {
        let is_second = byte == b'#' && at > fragment;
        at >= host_end
            && (needs_escape(byte) || is_second || (byte == b'%' && is_stray_percent(at)))
    };
    if !url.bytes().enumerate().any(|(at, byte)| is_wrong(at, byte)) {
        return url;
    }
    let mut escaped = String::with_capacity(url.len() + 16);
    for (at, c) in url.char_indices() {
        match u8::try_from(c) {
            Ok(byte) if is_wrong(at, byte) => {
                escaped.extend(["%".to_owned(), format!("{byte:02X}")]);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn normalized_url_is_unchanged_by_the_parser(
            text in "https?://[a-z0-9.-]{1,12}(\\.[a-z0-9-]{1,6}){0,3}(:[0-9]{1,3})?(/(\\.|\\.\\.|[a-zA-Z0-9._~%@+-]{0,5})){1,4}(\\?[a-z0-9=&./~_-]{0,8})?",
        ) {
            if is_normalized(&text) {
                prop_assert_eq!(HttpUrl::parse_any(&text).map(|address| address.0.into_string()), Ok(text));
            }
        }
    }

    #[test]
    fn most_urls_skip_the_parser() {
        for text in [
            "https://www.news.example/2026/11/A-story_1.html",
            "https://a--b-example.cdn.ampproject.org/c/s/a-b.example/x",
            "http://1.a.example/?id=1&x=2",
        ] {
            assert!(is_normalized(text), "{text}");
        }
        for text in [
            "https://1.2.3.4/",
            "https://xn--a.example/",
            "https://A.example/",
            "https://a.eXample/",
            "https://a.example:8080/",
            "https://a.example/../b",
            "https://a.example",
        ] {
            assert!(!is_normalized(text), "{text}");
        }
    }

    #[test]
    fn rejects_schemes_other_than_http() {
        let parse = |text: &str| HttpUrl::parse(text).map(|address| address.0);
        assert_eq!(
            parse(" https://News.example/a b?c=ü "),
            Ok("https://news.example/a%20b?c=%C3%BC".into())
        );
        assert_eq!(
            parse("https://a.example/x|y?z={1}%"),
            Ok("https://a.example/x%7Cy?z=%7B1%7D%25".into())
        );
        assert_eq!(parse("https://a.example/#a#b"), Ok("https://a.example/#a%23b".into()));
        assert_eq!(parse("javascript:alert(1)"), Err(UrlError::Scheme("javascript".into())));
        assert_eq!(parse("data:text/html,x"), Err(UrlError::Scheme("data".into())));
        assert_eq!(parse("https://[::1]:80/"), Ok("https://[::1]:80/".into()));
        assert_eq!(parse("https://a_b.example./"), Ok("https://a_b.example./".into()));
        for text in [
            "https://user:pw@a.example/",
            "https:user@a.example",
            "http://:pw@a.example/",
            "https://user:p#w@a.example/",
            "ftp://user:pw@a.example",
            "user:pw@a.example",
        ] {
            assert_eq!(parse(text), Err(UrlError::Credentials), "{text}");
        }
        for text in [
            "",
            "/path",
            "news.example",
            "https://",
            "http:///",
            "https://a!b.example/",
            "https://a..example/",
            "https://.example/",
        ] {
            assert_eq!(parse(text), Err(UrlError::NotAnAddress), "{text}");
        }
    }

    #[test]
    fn site_relative_url_stays_on_the_site() {
        for (text, path) in [
            ("about/", Some("/about/")),
            ("/a b|c%zz?d#e f", Some("/a%20b%7Cc%25zz?d#e%20f")),
            ("../../x", Some("/x")),
            ("#b c", Some("/#b%20c")),
            ("//evil.example/x", None),
            ("/\t/evil.example/x", None),
            ("\t//evil.example/x", None),
            ("/\\evil.example/x", None),
            ("javascript:alert(1)", None),
            ("https://evil.example/", None),
        ] {
            assert_eq!(site_relative_url(text).as_deref(), path, "{text:?}");
        }
    }

    #[test]
    fn url_has_origin_and_path() {
        let address = HttpUrl::parse("https://me.example:8080/news/?q#f").expect("address");
        assert_eq!((address.origin(), address.path()), ("https://me.example:8080", "/news/"));
        let address = HttpUrl::parse("https://me.example").expect("address");
        assert_eq!((address.origin(), address.path()), ("https://me.example", "/"));
        for (text, host) in [
            ("https://me.example:8080/", "me.example"),
            ("http://[::1]:81/", "[::1]"),
            ("http://1.2.3.4/", "1.2.3.4"),
        ] {
            assert_eq!(HttpUrl::parse(text).expect("address").host_name(), host);
        }
    }

    #[test]
    fn dedup_key_is_equal_for_url_variants() {
        let identity = |text: &str| HttpUrl::parse(text).expect(text).dedup_key().into_owned();
        let expected = identity("https://www.news.example/a/b");
        for text in [
            "http://news.example/a/b/",
            "https://NEWS.example/a/b#top",
            "https://www.news.example/a/b?utm_source=x&fbclid=1",
            "https://news.example/a/b/?utm_medium=feed",
        ] {
            assert_eq!(identity(text), expected, "{text}");
        }
        assert_ne!(identity("https://news.example/a/b?id=1"), expected);
        assert_eq!(identity("https://news.example/?id=1&utm_id=2&x=3"), "news.example?id=1&x=3");
    }
    #[test]
    fn tracking_parameters_are_removed() {
        for (text, expected) in [
            (
                "https://a.example/x?utm_source=rss&id=1&utm_medium=feed#top",
                "https://a.example/x?id=1#top",
            ),
            ("https://a.example/x?utm_source=rss", "https://a.example/x"),
            ("https://a.example/x?#top", "https://a.example/x#top"),
            ("https://a.example/x?id=1", "https://a.example/x?id=1"),
            ("https://a.example/#?utm_source=rss", "https://a.example/#?utm_source=rss"),
        ] {
            let url = HttpUrl::parse(text).expect(text);
            assert_eq!(url.without_tracking().as_str(), expected);
        }
    }
}
