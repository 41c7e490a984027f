//! URLs of the Google AMP cache.
//!
//! A publisher's host becomes a single DNS label, its *subdomain* on the cache. The steps are those
//! of [AMP Cache URL Format][amp.dev]; where that text is silent, [amp-toolbox] decides.
//!
//! [amp.dev]:
//! https://amp.dev/documentation/guides-and-tutorials/learn/amp-caches-and-cors/amp-cache-urls/
//! [amp-toolbox]: https://github.com/ampproject/amp-toolbox/tree/main/packages/cache-url

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use url::{Position, Url};

use crate::http_url::is_normalized;

const CACHE_DOMAIN: &str = "cdn.ampproject.org";

/// The longest label of a domain name (RFC 2181, section 11).
const MAX_LABEL: usize = 63;

/// The URL of the cached copy of an `http` or `https` URL (amp.dev, "URL Path"; amp-toolbox).
///
/// Query and fragment are kept, credentials are not. A URL with a port of its own has no cached
/// copy: the cache fetches from its protocol's default port only.
///
/// ```text
/// https://www.example.com/a.amp.html?x=1
/// https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a.amp.html?x=1
/// ```
#[must_use]
pub fn cache_url(url: &str) -> Option<String> {
    if is_normalized(url) { cache_url_of_normal(url) } else { cache_url_of_any(url) }
}

/// The same for a URL in [normal form](is_normalized), without parsing it.
fn cache_url_of_normal(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, rest) = rest.split_at(rest.find('/')?);
    let label =
        may_be_readable(host).then(|| joined(host)).filter(|label| label.len() <= MAX_LABEL);
    on_cache(scheme, &label.unwrap_or_else(|| hashed_label(host)), host, rest)
}

fn cache_url_of_any(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    if parsed.port().is_some() {
        return None;
    }
    let host = parsed.host_str()?;
    on_cache(parsed.scheme(), &cache_subdomain(host), host, after_host(&parsed, url))
}

fn on_cache(scheme: &str, subdomain: &str, host: &str, rest: &str) -> Option<String> {
    let secure = match scheme {
        "https" => "s/",
        "http" => "",
        _ => return None,
    };
    let path = rest.split(['?', '#']).next().expect("a split has a first part");
    let parts =
        ["https://", subdomain, ".", CACHE_DOMAIN, "/", directory(path), "/", secure, host, rest];
    Some(parts.concat())
}

/// What a URL leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnwrappedUrl {
    /// An ordinary page.
    Itself,
    /// A cached copy or viewer of the page at this URL.
    Page(String),
    /// A viewer of a page that the URL does not tell.
    Unknown,
}

/// The domains of AMP caches
/// (<https://github.com/ampproject/amphtml/blob/main/build-system/global-configs/caches.json>).
const CACHES: [&str; 3] = [CACHE_DOMAIN, "bing-amp.com", "amp.cloudflare.com"];

/// The URL shorteners of viewers.
const SHORT_LINKS: [&str; 3] = ["search.app", "search.app.goo.gl", "share.google"];

/// Query parameters that caches and viewers add.
const VIEWER_PARAMETERS: [&str; 11] = [
    "amp_js_v", "amp_gsa", "amp_lite", "amp_r", "amp_tf", "amp_ct", "amp_cb", "usqp", "aoh", "csi",
    "ampshare",
];

/// How many nested copies to unwrap.
const MAX_DEPTH: usize = 4;

/// Finds the publisher's URL in that of an AMP cache or viewer.
///
/// ```text
/// https://www.google.com/amp/s/www.example.com/a.amp.html?usqp=mq331
/// https://www.example.com/a.amp.html
/// ```
#[must_use]
pub fn unwrap_cache_url(url: &str) -> UnwrappedUrl {
    // Most URLs can be excluded without parsing.
    let has_name = ["amp", "search.app", "share.google"].iter().any(|part| url.contains(part));
    if !has_name || !may_be_cached(url) {
        return UnwrappedUrl::Itself;
    }
    let mut unwrapped = UnwrappedUrl::Itself;
    for _ in 0..MAX_DEPTH {
        let next = unwrap_once(if let UnwrappedUrl::Page(page) = &unwrapped { page } else { url });
        match next {
            UnwrappedUrl::Itself => return unwrapped,
            UnwrappedUrl::Unknown => return UnwrappedUrl::Unknown,
            UnwrappedUrl::Page(_) => unwrapped = next,
        }
    }
    UnwrappedUrl::Unknown
}

/// Whether the host of a URL may be that of an AMP cache or viewer. Only the host of a URL in
/// [normal form](is_normalized) is known without parsing.
fn may_be_cached(url: &str) -> bool {
    let host = url.split('/').nth(2).filter(|_| is_normalized(url));
    let Some(host) = host else { return true };
    let is_search = || ["google.", "bing."].iter().any(|name| host.contains(name));
    CACHES.iter().any(|cache| host.ends_with(cache))
        || SHORT_LINKS.contains(&host)
        || is_search() && url.contains("/amp/")
}

fn unwrap_once(url: &str) -> UnwrappedUrl {
    let Ok(url) = Url::parse(url) else { return UnwrappedUrl::Itself };
    let host = url.host_str().unwrap_or_default();
    // A final dot only says that the name is complete.
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_within = |domain: &&str| {
        host.strip_suffix(*domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    };
    let page = if CACHES.iter().any(is_within) {
        url.path().get(1..).and_then(|path| path.split_once('/')).map(|(_, page)| page)
    } else if SHORT_LINKS.contains(&host) {
        None
    } else if let Some(page) = url.path().strip_prefix("/amp/").filter(|_| is_search_engine(host)) {
        Some(page)
    } else {
        return UnwrappedUrl::Itself;
    };
    page.and_then(|page| publishers_url(page, url.query()))
        .map_or(UnwrappedUrl::Unknown, UnwrappedUrl::Page)
}

/// Whether a host is a search engine that shows AMP pages below `/amp/`: `www.google.co.uk`.
fn is_search_engine(host: &str) -> bool {
    let host = host.strip_prefix("www.").unwrap_or(host);
    let is_country =
        |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match host.split('.').collect::<Vec<_>>().as_slice() {
        ["bing" | "google", "com"] => true,
        ["google", country] | ["google", "co" | "com", country] => is_country(country),
        _ => false,
    }
}

/// The publisher's URL from the path in a cache, `s/www.example.com/a`, without the parameters of
/// viewers.
fn publishers_url(page: &str, query: Option<&str>) -> Option<String> {
    let (scheme, page) = page.strip_prefix("s/").map_or(("http", page), |page| ("https", page));
    let is_of_page = |pair: &&str| {
        !VIEWER_PARAMETERS.contains(&pair.split('=').next().expect("a split has a first part"))
    };
    let query: Vec<&str> = query.unwrap_or_default().split('&').filter(is_of_page).collect();
    let query = query.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    let url = Url::parse(&[scheme, "://", page, mark, &query].concat()).ok()?;
    url.domain().is_some_and(|domain| domain.contains('.')).then(|| url.into())
}

/// The label of a publisher's host on the cache (amp.dev, "Domain Name Prefix"; amp-toolbox).
///
/// It is readable where one label can express the host, and a hash of the host otherwise.
#[must_use]
pub fn cache_subdomain(host: &str) -> String {
    let host = idna::domain_to_ascii(host).unwrap_or_else(|_| host.to_lowercase());
    readable_subdomain(&host).unwrap_or_else(|| hashed_label(&host))
}

/// Path, query and fragment as written. The parser adds a `/` to a URL without a path, but the
/// cache's URL has none.
fn after_host<'a>(parsed: &'a Url, written: &str) -> &'a str {
    let mut parts = written.split(['?', '#']);
    let has_path = parsed.path() != "/" || parts.next().is_some_and(|start| start.ends_with('/'));
    let start = if has_path { Position::BeforePath } else { Position::AfterPath };
    &parsed[start..]
}

/// The cache's directory for images, for fonts and other resources, or for documents.
///
/// These extensions are those of amp-toolbox that browsers show. It also lists the formats of
/// drawing programs, by which a page at `/what-is-open.ai` would be an image.
fn directory(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "bmp" | "cur" | "gif" | "ico" | "jfif" | "jp2" | "jpeg" | "jpg" | "jxr" | "png" | "svg"
        | "tif" | "tiff" | "webp" => "i",
        "eot" | "otf" | "ttc" | "ttf" | "woff" | "woff2" => "r",
        _ => "c",
    }
}

fn readable_subdomain(host: &str) -> Option<String> {
    if !may_be_readable(host) {
        return None;
    }
    let (unicode, Ok(())) = idna::domain_to_unicode(host) else {
        return None;
    };
    // Rejects labels that are invalid, such as those with letters of both directions (RFC 5893).
    let label = idna::domain_to_ascii(&joined(&unicode)).ok()?;
    (label.len() <= MAX_LABEL).then_some(label)
}

fn may_be_readable(host: &str) -> bool {
    host.contains('.') && !is_reserved(host)
}

fn hashed_label(host: &str) -> String {
    BASE32_NOPAD.encode(&Sha256::digest(host)).to_ascii_lowercase()
}

/// The host without dots, encoded reversibly.
fn joined(host: &str) -> String {
    let label = host.replace('-', "--").replace('.', "-");
    if has_hyphens_at_3_and_4(&label) { format!("0-{label}-0") } else { label }
}

/// Whether the host looks encoded, but not by Punycode (RFC 5890, section 2.3.1).
fn is_reserved(host: &str) -> bool {
    has_hyphens_at_3_and_4(host) && !host.starts_with("xn")
}

fn has_hyphens_at_3_and_4(name: &str) -> bool {
    name.chars().skip(2).take(2).eq("--".chars())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_subdomains(vectors: &[(&str, &str)]) {
        for (host, subdomain) in vectors {
            assert_eq!(cache_subdomain(host), *subdomain, "{host}");
        }
    }

    fn assert_urls(vectors: &[(&str, &str)]) {
        for (url, cached) in vectors {
            assert_eq!(cache_url(url).as_deref(), Some(*cached), "{url}");
        }
    }

    /// The host of the publisher, by the algorithm "AMP Cache Origin to Publisher Domain" of amp.dev.
    fn publisher_host(subdomain: &str) -> Option<String> {
        if !subdomain.contains('-') {
            return None;
        }
        let unicode = match subdomain.strip_prefix("xn--") {
            Some(encoded) => idna::punycode::decode_to_string(encoded)?,
            None => subdomain.to_owned(),
        };
        let bare = unicode.strip_prefix("0-").and_then(|rest| rest.strip_suffix("-0"));
        let host =
            bare.unwrap_or(&unicode).replace("--", "\0").replace('-', ".").replace('\0', "-");
        idna::domain_to_ascii(&host).ok()
    }

    #[test]
    fn readable_subdomains() {
        assert_subdomains(&[
            ("something.com", "something-com"),
            ("SOMETHING.COM", "something-com"),
            ("hello-world.com", "hello--world-com"),
            ("hello--world.com", "hello----world-com"),
            ("en-us.example.com", "0-en--us-example-com-0"),
            ("xn-foo.com", "0-xn--foo-com-0"),
        ]);
    }

    #[test]
    fn internationalized_subdomains() {
        assert_subdomains(&[
            ("xn--bcher-kva.ch", "xn--bcher-ch-65a"),
            ("點看.com", "xn---com-k47jg78q"),
            ("xn--57hw060o.com", "xn---com-p33b41770a"),
            ("xn--xgb49a.xn--xgb49a", "xn----lncb27eca"),
            (
                "xn--4gbrim.xn----rmckbbajlc6dj7bxne2c.xn--wgbh1c",
                "xn-------i5fvcbaopc6fkc0de0d9jybegt6cd",
            ),
        ]);
    }

    #[test]
    fn hashed_subdomains() {
        assert_subdomains(&[
            ("toplevelnohyphens", "qsgpfjzulvuaxb66z77vlhb5gu2irvcnyp6t67cz6tqo5ae6fysa"),
            ("no-dot-domain", "4lxc7wqq7b25walg4rdiil62veijrmqui5z3ept2lyfqqwpowryq"),
            ("in--trouble.com", "r5s7rxu53tjelpr7ngbxkxpirbrylvbwcuueckh7gmn5mim5cjna"),
            (
                "itwasadarkandstormynight.therainfellintorrents.\
                 exceptatoccasionalintervalswhenitwascheckedby.\
                 aviolentgustofwindwhichsweptupthestreets.com",
                "dgz4cnrxufaulnwku4ow5biptyqnenjievjht56hd7wqinbdbteq",
            ),
            (
                "hello.xn--4gbrim.xn----rmckbbajlc6dj7bxne2c.xn--wgbh1c",
                "a6h5moukddengbsjm77rvbosevwuduec2blkjva4223o4bgafgla",
            ),
            ("xn--xgb49a.xn--xgb6g", "asdk26k2mfqxgc6cdx3oh3vlnx42rqwn6uvsuqrufnx622tguq6q"),
        ]);
    }

    #[test]
    fn cache_url_of_documents() {
        assert_urls(&[
            (
                "https://www.example.com",
                "https://www-example-com.cdn.ampproject.org/c/s/www.example.com",
            ),
            (
                "http://www.example.com/index.html",
                "https://www-example-com.cdn.ampproject.org/c/www.example.com/index.html",
            ),
            (
                "https://example.com/g?value=Hello%20World",
                "https://example-com.cdn.ampproject.org/c/s/example.com/g?value=Hello%20World",
            ),
            (
                "https://example.com/what-is-open.ai",
                "https://example-com.cdn.ampproject.org/c/s/example.com/what-is-open.ai",
            ),
            (
                "https://點看.com/",
                "https://xn---com-k47jg78q.cdn.ampproject.org/c/s/xn--c1yn36f.com/",
            ),
        ]);
    }

    #[test]
    fn images_and_fonts() {
        assert_urls(&[
            (
                "http://www.example.com/image.png",
                "https://www-example-com.cdn.ampproject.org/i/www.example.com/image.png",
            ),
            (
                "https://www.example.com/image.png",
                "https://www-example-com.cdn.ampproject.org/i/s/www.example.com/image.png",
            ),
            (
                "https://www.example.com/font.woff2?v=2",
                "https://www-example-com.cdn.ampproject.org/r/s/www.example.com/font.woff2?v=2",
            ),
        ]);
    }

    #[test]
    fn cache_url_keeps_path_and_query() {
        for rest in ["", "/", "?amp", "/?amp", "/?u=a/", "#top", "/news/?amp#top", "/a%20b//c"] {
            assert_eq!(
                cache_url(&format!("https://example.com{rest}")),
                Some(format!("https://example-com.cdn.ampproject.org/c/s/example.com{rest}"))
            );
        }
    }

    #[test]
    fn cache_url_drops_credentials_and_default_ports() {
        assert_urls(&[(
            "https://user:secret@Example.com:443/a",
            "https://example-com.cdn.ampproject.org/c/s/example.com/a",
        )]);
    }

    #[test]
    fn amp_cache_and_viewer_urls_are_unwrapped() {
        let page = "https://www.example.com/a.amp.html";
        for url in [
            "https://www.google.com/amp/s/www.example.com/a.amp.html",
            "https://google.com/amp/s/www.example.com/a.amp.html#aoh=16&ct=17",
            "http://www.google.co.uk/amp/s/www.example.com/a.amp.html?usqp=mq331&amp_js_v=a2",
            "https://www.google.com.au/amp/s/www.example.com/a.amp.html",
            "https://www.google.de/amp/s/www.example.com/a.amp.html",
            "https://www.bing.com/amp/s/www.example.com/a.amp.html",
            "https://www.google.com./amp/s/www.example.com/a.amp.html",
            "https://www-example-com.cdn.ampproject.org./c/s/www.example.com/a.amp.html",
            "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a.amp.html",
            "https://www-example-com.cdn.ampproject.org/v/s/www.example.com/a.amp.html?amp_js_v=0.1&usqp=x",
            "https://cdn.ampproject.org/wp/s/www.example.com/a.amp.html",
            "https://www-example-com.bing-amp.com/c/s/www.example.com/a.amp.html",
            "https://amp.cloudflare.com/v/s/www.example.com/a.amp.html",
            "https://www.google.com/amp/s/www-example-com.cdn.ampproject.org/c/s/www.example.com/a.amp.html",
        ] {
            assert_eq!(unwrap_cache_url(url), UnwrappedUrl::Page(page.to_owned()), "{url}");
        }
        let page = UnwrappedUrl::Page("http://www.example.com/?x=1&amp=2".to_owned());
        assert_eq!(
            unwrap_cache_url("https://www.google.com/amp/www.example.com/?x=1&usqp=y&amp=2"),
            page
        );
    }

    #[test]
    fn amp_short_links_are_unknown_pages() {
        for url in [
            "https://search.app/AbC12",
            "https://search.app./AbC12",
            "https://search.app.goo.gl/AbC12",
            "https://www.google.com/amp/",
            "https://www.google.com/amp/s/",
            "https://www.google.com/amp/s/localhost/x",
            "https://www.google.com/amp/s/1.2.3.4/x",
            "https://www-example-com.cdn.ampproject.org/",
            "https://qsgpfjzulvuaxb66z77vlhb5gu2irvcnyp6t67cz6tqo5ae6fysa.cdn.ampproject.org",
            "https://cdn.ampproject.org/v0.js",
            &format!("https://{}www.example.com/", "cdn.ampproject.org/c/s/".repeat(9)),
        ] {
            assert_eq!(unwrap_cache_url(url), UnwrappedUrl::Unknown, "{url}");
        }
    }

    #[test]
    fn publisher_pages_are_not_amp_viewers() {
        for url in [
            "https://www.example.com/amp/s/www.example.org/a",
            "https://www.google.com/search?q=amp",
            "https://www.google.com/amp",
            "https://google.example.com/amp/s/www.example.org/a",
            "https://google.example/amp/s/www.example.org/a",
            "https://notcdn.ampproject.org.example/c/s/www.example.org/a",
            "https://mycdn.ampproject.org.evil.example/c/s/a.example/",
            "https://evil-bing-amp.com/c/s/a.example/",
            "https://amp.example.com/a?amp_markup=1",
            "",
        ] {
            assert_eq!(unwrap_cache_url(url), UnwrappedUrl::Itself, "{url}");
        }
    }

    proptest! {
        #[test]
        fn cache_url_unwraps_to_its_page(page in "https?://[a-z]{1,9}(\\.[a-z]{2,5}){1,2}/[a-z/]{0,9}(\\?[a-z]=[a-z])?") {
            let cached = cache_url(&page).expect("cached");
            prop_assert_eq!(unwrap_cache_url(&cached), UnwrappedUrl::Page(page));
        }
    }

    #[test]
    fn no_cached_copy() {
        for url in [
            "",
            "https://",
            "example.com/a",
            "/a",
            "ftp://example.com/a",
            "mailto:a@example.com",
            "javascript:alert(1)",
            "https://example.com:8443/a",
        ] {
            assert_eq!(cache_url(url), None, "{url}");
        }
    }

    proptest! {
        #[test]
        fn readable_subdomain_is_reversible(host in host()) {
            let subdomain = cache_subdomain(&host);
            let publisher = publisher_host(&subdomain);
            let is_hashed = subdomain == hashed_label(&host);
            prop_assert!(is_hashed || publisher == Some(host), "{subdomain}: {publisher:?}");
        }

        #[test]
        fn subdomain_is_one_label(host in "(xn--|0-)?\\PC{0,80}") {
            let subdomain = cache_subdomain(&host);
            prop_assert!(subdomain.len() <= MAX_LABEL && !subdomain.contains('.'), "{subdomain}");
        }

        #[test]
        fn normalized_url_fast_path_equals_parser(
            url in "https?://(xn-|[a-z0-9]{1,2}-?-?|[a-z0-9.-]{60})[a-z0-9.-]{0,6}(\\.[a-z]{2,3})?\
                /[a-z/.]{0,6}(\\.jpg|\\.woff|/)?(\\?[a-z.=/]{1,6}(\\.png)?)?",
        ) {
            if is_normalized(&url) {
                prop_assert_eq!(cache_url_of_normal(&url), cache_url_of_any(&url));
            }
        }

        #[test]
        fn cache_url_is_on_the_cache_domain(url in "https?://[a-zа-яא-ת0-9.-]{0,70}[/?#:@]?\\PC{0,20}") {
            if let Some(cached) = cache_url(&url) {
                let cached = Url::parse(&cached).unwrap();
                prop_assert!(cached.host_str().unwrap().ends_with(".cdn.ampproject.org"));
            }
        }
    }

    fn host() -> impl Strategy<Value = String> {
        let latin = "[a-z0-9]{1,2}(-{1,3}[a-z0-9]{1,8})?";
        let other = "[αβγ]{1,4}(-[а-я點看]{1,3})?";
        let labels = prop::collection::vec(prop_oneof![latin, other], 1..4);
        (labels, "[a-z]{2,4}").prop_filter_map("not a host", |(labels, suffix)| {
            idna::domain_to_ascii(&format!("{}.{suffix}", labels.join("."))).ok()
        })
    }
}
