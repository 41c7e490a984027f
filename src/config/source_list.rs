//! What the sources of a Content-Security-Policy allow (CSP 3, section 6.7.2).

use std::borrow::Cow;

use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use url::Url;

/// The sources of a directive.
#[derive(Clone, Debug)]
pub struct SourceList<'a>(pub(super) Cow<'a, str>);

/// Code in a page itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineCode {
    /// The content of a `<script>`.
    Script,
    /// An event handler, or a `javascript:` URL.
    ScriptAttribute,
    /// The content of a `<style>`.
    Style,
    /// A `style` attribute.
    StyleAttribute,
}

impl InlineCode {
    /// The directive that it is subject to.
    pub fn directive(self) -> &'static str {
        if self.is_script() { "script-src" } else { "style-src" }
    }

    fn is_script(self) -> bool {
        matches!(self, Self::Script | Self::ScriptAttribute)
    }

    fn is_element(self) -> bool {
        matches!(self, Self::Script | Self::Style)
    }
}

impl SourceList<'_> {
    fn sources(&self) -> impl Iterator<Item = &str> {
        self.0.split_ascii_whitespace()
    }

    fn has_keyword(&self, keyword: &str) -> bool {
        self.sources()
            .any(|source| unquoted(source).is_some_and(|word| word.eq_ignore_ascii_case(keyword)))
    }

    /// The sources with one more, as they are written in `site.toml`.
    pub fn with(&self, source: &str) -> String {
        if self.has_keyword("none") {
            return source.to_owned();
        }
        let sources: Vec<&str> = self.sources().chain([source]).collect();
        sources.join(" ")
    }

    /// Whether a page at `page` may load `url`.
    pub fn allows(&self, url: &Url, page: &Url) -> bool {
        self.sources().any(|source| matches_source(source, url, page))
    }

    /// Whether a page at `page` may load a script from `url`, which has these attributes.
    pub fn allows_script(
        &self,
        url: &Url,
        page: &Url,
        nonce: Option<&str>,
        integrity: Option<&str>,
    ) -> bool {
        let is_dynamic = self.has_keyword("strict-dynamic");
        self.allows_nonce(nonce)
            || integrity.is_some_and(|digests| self.allows_integrity(digests))
            || !is_dynamic && self.allows(url, page)
    }

    /// Whether the sources have the nonce of an element.
    pub fn allows_nonce(&self, nonce: Option<&str>) -> bool {
        nonce.filter(|nonce| !nonce.is_empty()).is_some_and(|nonce| {
            self.sources()
                .filter_map(unquoted)
                .any(|word| prefixed(word, "nonce-").is_some_and(|known| known == nonce))
        })
    }

    /// Whether the sources have all digests of an `integrity`.
    fn allows_integrity(&self, integrity: &str) -> bool {
        let has = |digest: &str| self.sources().filter_map(unquoted).any(|word| word == digest);
        !integrity.trim().is_empty() && integrity.split_ascii_whitespace().all(has)
    }

    /// Whether code in the page may run. Its text is not known if a template computes it; then it
    /// counts as allowed if any code is allowed by its digest.
    pub fn allows_inline(&self, kind: InlineCode, text: Option<&str>) -> bool {
        let digests: Vec<&str> =
            self.sources().filter_map(unquoted).filter(|word| is_digest(word)).collect();
        let has_nonce =
            self.sources().filter_map(unquoted).any(|word| prefixed(word, "nonce-").is_some());
        let is_dynamic = kind.is_script() && self.has_keyword("strict-dynamic");
        let is_strict = has_nonce || !digests.is_empty() || is_dynamic;
        if self.has_keyword("unsafe-inline") && !is_strict {
            return true;
        }
        let may_have_digest = kind.is_element() || self.has_keyword("unsafe-hashes");
        may_have_digest
            && digests.iter().any(|digest| text.is_none_or(|text| is_digest_of(digest, text)))
    }
}

/// The source that allows code by its digest.
pub fn digest_source(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text)))
}

/// The word in a pair of single quotation marks.
fn unquoted(source: &str) -> Option<&str> {
    source.strip_prefix('\'')?.strip_suffix('\'')
}

/// The rest of a word that begins with `prefix` in any case.
fn prefixed<'w>(word: &'w str, prefix: &str) -> Option<&'w str> {
    let (start, rest) = word.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn is_digest(word: &str) -> bool {
    ["sha256-", "sha384-", "sha512-"].iter().any(|prefix| prefixed(word, prefix).is_some())
}

/// Whether a word such as `sha256-…` is the digest of `text`. Both alphabets of Base64 are allowed.
fn is_digest_of(word: &str, text: &str) -> bool {
    let digest = |name: &str| match name.to_ascii_lowercase().as_str() {
        "sha256" => Some(BASE64.encode(&Sha256::digest(text))),
        "sha384" => Some(BASE64.encode(&Sha384::digest(text))),
        "sha512" => Some(BASE64.encode(&Sha512::digest(text))),
        _ => None,
    };
    word.split_once('-').is_some_and(|(name, known)| {
        digest(name).is_some_and(|digest| digest == known.replace('-', "+").replace('_', "/"))
    })
}

/// Whether a source matches a URL that a page at `page` loads (CSP 3, section 6.7.2.8).
fn matches_source(source: &str, url: &Url, page: &Url) -> bool {
    if let Some(word) = unquoted(source) {
        return word.eq_ignore_ascii_case("self") && is_same_site(url, page);
    }
    if source == "*" {
        return is_web(url.scheme()) || url.scheme() == page.scheme();
    }
    if let Some(scheme) = source.strip_suffix(':').filter(|scheme| is_scheme(scheme)) {
        return matches_scheme(scheme, url.scheme());
    }
    let (scheme, rest) = match source.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => (page.scheme(), source),
    };
    let (host, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (host, None),
    };
    matches_scheme(scheme, url.scheme())
        && url.host_str().is_some_and(|name| matches_host(host, name))
        && matches_port(port, url)
        && matches_path(path, url.path())
}

fn is_scheme(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_part)
}

fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

/// A page may load by `https` what it may load by `http`.
fn matches_scheme(source: &str, scheme: &str) -> bool {
    let source = source.to_ascii_lowercase();
    source == scheme
        || matches!(
            (source.as_str(), scheme),
            ("http" | "wss", "https") | ("ws", "wss" | "http" | "https")
        )
}

fn matches_host(source: &str, host: &str) -> bool {
    let (source, host) = (source.to_ascii_lowercase(), host.to_ascii_lowercase());
    match source.strip_prefix('*') {
        Some("") => true,
        Some(domain) => domain.starts_with('.') && host.ends_with(domain),
        None => source == host,
    }
}

fn matches_port(source: Option<&str>, url: &Url) -> bool {
    match source {
        None => url.port().is_none(),
        Some("*") => true,
        Some(port) => port.parse().is_ok_and(|port: u16| url.port_or_known_default() == Some(port)),
    }
}

/// A path that ends with a slash matches everything below it.
fn matches_path(source: &str, path: &str) -> bool {
    if matches!(source, "" | "/") {
        return true;
    }
    let (source, is_exact) = match source.strip_suffix('/') {
        Some(folder) => (folder, false),
        None => (source, true),
    };
    let (source, path): (Vec<&str>, Vec<&str>) =
        (source.split('/').collect(), path.split('/').collect());
    let is_long_enough =
        if is_exact { source.len() == path.len() } else { source.len() < path.len() };
    let decoded = |part: &str| percent_decode_str(part).collect::<Vec<u8>>();
    is_long_enough && source.iter().zip(&path).all(|(a, b)| decoded(a) == decoded(b))
}

/// Whether a URL belongs to the site of a page, or is its encrypted version.
fn is_same_site(url: &Url, page: &Url) -> bool {
    let has_default_port = |url: &Url| url.port().is_none();
    url.origin() == page.origin()
        || url.host_str().is_some()
            && url.host_str() == page.host_str()
            && (url.port_or_known_default() == page.port_or_known_default()
                || has_default_port(url) && has_default_port(page))
            && (matches!(url.scheme(), "https" | "wss")
                || page.scheme() == "http" && url.scheme() == "ws")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(sources: &str) -> SourceList<'_> {
        SourceList(sources.into())
    }

    fn allows(sources: &str, page: &str, url: &str) -> bool {
        let page = Url::parse(page).expect("page");
        list(sources).allows(&page.join(url).expect("URL"), &page)
    }

    #[test]
    fn sources_match_urls() {
        let page = "https://news.example/a/";
        for (sources, url, is_allowed) in [
            ("'self'", "/x.js", true),
            ("'SELF'", "x.js", true),
            ("'self'", "http://news.example/x.js", false),
            ("'self'", "https://news.example:444/x.js", false),
            ("'self'", "https://www.news.example/x.js", false),
            ("'none'", "/x.js", false),
            ("", "/x.js", false),
            ("'unsafe-inline'", "/x.js", false),
            ("https:", "https://a.example/", true),
            ("https:", "http://a.example/", false),
            ("http:", "https://a.example/", true),
            ("HTTPS:", "https://a.example/", true),
            ("data:", "data:text/css,a", true),
            ("'self' data:", "data:text/css,a", true),
            ("https:", "data:text/css,a", false),
            ("*", "https://a.example/", true),
            ("*", "http://a.example/", true),
            ("*", "data:text/css,a", false),
            ("https://a.example", "https://a.example/x.js", true),
            ("https://A.Example", "https://a.example/x.js", true),
            ("https://a.example", "http://a.example/x.js", false),
            ("http://a.example", "https://a.example/x.js", true),
            ("https://a.example", "https://b.a.example/x.js", false),
            ("https://a.example", "https://a.example:8443/x.js", false),
            ("a.example", "https://a.example/x.js", true),
            ("a.example", "http://a.example/x.js", false),
            ("a.example:443", "https://a.example/x.js", true),
            ("https://a.example:*", "https://a.example:8443/x.js", true),
            ("https://a.example:8443", "https://a.example:8443/x.js", true),
            ("https://a.example:8443", "https://a.example/x.js", false),
            ("https://*.a.example", "https://b.a.example/x.js", true),
            ("https://*.a.example", "https://c.b.a.example/x.js", true),
            ("https://*.a.example", "https://a.example/x.js", false),
            ("https://*.a.example", "https://xa.example/x.js", false),
            ("https://*", "https://a.example/x.js", true),
            ("https://a.example/", "https://a.example/b/x.js", true),
            ("https://a.example/b/", "https://a.example/b/x.js", true),
            ("https://a.example/b/", "https://a.example/b", false),
            ("https://a.example/b", "https://a.example/b", true),
            ("https://a.example/b", "https://a.example/b?c=d", true),
            ("https://a.example/b", "https://a.example/b/x.js", false),
            ("https://a.example/b/x.js", "https://a.example/b/X.js", false),
            ("https://a.example/%62", "https://a.example/b", true),
            ("https://b.example https://a.example", "https://a.example/", true),
        ] {
            assert_eq!(allows(sources, page, url), is_allowed, "{sources} {url}");
        }
        let page = "http://127.0.0.1:1111/";
        for (sources, url, is_allowed) in [
            ("'self'", "/x.js", true),
            ("'self'", "http://127.0.0.1:2222/x.js", false),
            ("a.example", "http://a.example/", true),
            ("a.example", "https://a.example/", true),
        ] {
            assert_eq!(allows(sources, page, url), is_allowed, "{sources} {url}");
        }
    }

    #[test]
    fn inline_code_needs_a_keyword_or_its_digest() {
        let digest = digest_source("a()");
        let (other, strict) = (digest_source("b()"), format!("'unsafe-inline' {digest}"));
        let attribute = format!("'unsafe-hashes' {digest}");
        for (sources, kind, text, is_allowed) in [
            ("'self'", InlineCode::Script, Some("a()"), false),
            ("'unsafe-inline'", InlineCode::Script, Some("a()"), true),
            ("'UNSAFE-INLINE'", InlineCode::ScriptAttribute, Some("a()"), true),
            ("'unsafe-inline' 'nonce-x'", InlineCode::Script, Some("a()"), false),
            ("'unsafe-inline' 'strict-dynamic'", InlineCode::Script, Some("a()"), false),
            ("'unsafe-inline' 'strict-dynamic'", InlineCode::Style, Some("a{}"), true),
            ("'unsafe-inline' 'strict-dynamic'", InlineCode::StyleAttribute, None, true),
            ("'unsafe-inline' 'nonce-x'", InlineCode::Style, None, false),
            (&digest, InlineCode::Script, Some("a()"), true),
            (&digest, InlineCode::Script, Some("a() "), false),
            (&digest, InlineCode::Script, None, true),
            (&digest, InlineCode::ScriptAttribute, Some("a()"), false),
            (&attribute, InlineCode::ScriptAttribute, Some("a()"), true),
            (&other, InlineCode::Script, Some("a()"), false),
            (&strict, InlineCode::Script, Some("b()"), false),
            ("'self'", InlineCode::Script, None, false),
        ] {
            assert_eq!(list(sources).allows_inline(kind, text), is_allowed, "{sources} {text:?}");
        }
        let sha512 = format!("'sha512-{}'", BASE64.encode(&Sha512::digest("a()")));
        assert!(list(&sha512).allows_inline(InlineCode::Script, Some("a()")));
        let url_safe = sha512.replace('+', "-").replace('/', "_");
        assert!(list(&url_safe).allows_inline(InlineCode::Script, Some("a()")));
    }

    #[test]
    fn scripts_are_allowed_by_nonce_and_integrity() {
        let page = Url::parse("https://news.example/").expect("page");
        let url = Url::parse("https://a.example/x.js").expect("URL");
        for (sources, nonce, integrity, is_allowed) in [
            ("'nonce-n'", Some("n"), None, true),
            ("'nonce-n'", Some("N"), None, false),
            ("'nonce-n'", None, None, false),
            ("'nonce-'", Some(""), None, false),
            ("'sha384-a'", None, Some("sha384-a"), true),
            ("'sha384-a'", None, Some("sha384-a sha384-b"), false),
            ("'sha384-a'", None, Some(" "), false),
            ("https://a.example", None, None, true),
            ("https://a.example 'strict-dynamic'", None, None, false),
            ("'nonce-n' 'strict-dynamic'", Some("n"), None, true),
        ] {
            let is = list(sources).allows_script(&url, &page, nonce, integrity);
            assert_eq!(is, is_allowed, "{sources} {nonce:?} {integrity:?}");
        }
    }

    #[test]
    fn sources_are_added_to_those_that_apply() {
        assert_eq!(list("'self'").with("https://a.example"), "'self' https://a.example");
        assert_eq!(list("'none'").with("https://a.example"), "https://a.example");
    }
}
