//! File names with a special meaning to servers, hosts or browsers, which documents must not use:
//! an article must not be able to configure the server or speak for the site's owner. Files in
//! `static/` belong to the owner and may have any name.

use unicode_normalization::UnicodeNormalization;

use crate::invisible_chars::is_invisible;

/// A pattern in lower case, and why documents must not use the name. A pattern has any number of
/// `*` for any text, or one `#` for a token of hexadecimal digits.
type Names = &'static [(&'static str, &'static str)];

/// Reserved in every folder.
const ANYWHERE: Names = &[
    (".well-known", "it is reserved for well-known URIs (RFC 8615)"),
    (
        ".*",
        "servers hide files whose names begin with a dot, or read them as configuration, such as `.htaccess`",
    ),
    ("web.config", "IIS reads it as the configuration of its folder"),
    ("php.ini", "PHP reads it as the configuration of its folder"),
    ("404.html", "hosts serve it for missing pages"),
];

/// Reserved in every folder as a folder name: the file of this name is the page of its folder.
const FOLDERS: Names = &[
    ("index.html", "servers serve it as the page of its folder"),
    ("index.htm", "servers serve it as the page of its folder"),
    ("default.htm", "IIS serves it as the page of its folder"),
];

const OWNERSHIP: &str = "services take such a file as proof of who owns the site";

/// Reserved in the root of the site.
const AT_ROOT: Names = &[
    (
        "_*",
        "hosts read files whose names begin with `_` as configuration, or do not serve them: `_headers`, `_redirects`, `_worker.js`",
    ),
    ("cname", "GitHub Pages reads the site's domain from it"),
    ("netlify.toml", "Netlify reads it as its configuration"),
    ("vercel.json", "Vercel reads it as its configuration"),
    ("now.json", "Vercel reads it as its configuration"),
    ("firebase.json", "Firebase Hosting reads it as its configuration"),
    ("staticwebapp.config.json", "Azure Static Web Apps reads it as its configuration"),
    ("routes.json", "Azure Static Web Apps reads it as its configuration"),
    ("wrangler.*", "Cloudflare reads it as its configuration"),
    ("package.json", "hosts treat it as a project to build"),
    ("cgi-bin", "servers execute the programs in this folder"),
    ("cdn-cgi", "Cloudflare itself answers requests for this folder"),
    ("server-status", "Apache answers with its own status"),
    ("server-info", "Apache answers with its own configuration"),
    ("app_offline.htm", "IIS serves it instead of the whole site"),
    ("200.html", "hosts serve it for missing pages"),
    ("50x.html", "nginx serves it on errors"),
    ("500.html", "hosts serve it on errors"),
    ("error.html", "hosts, such as S3, serve it on errors"),
    ("ads.txt", "it lists who may sell the site's advertising space"),
    ("app-ads.txt", "it lists who may sell the site's advertising space"),
    ("sellers.json", "it lists who may sell the site's advertising space"),
    ("buyers.json", "it lists who may buy the site's advertising space"),
    ("robots.txt", "crawlers obey it"),
    ("llms*.txt", "crawlers read it as the owner's words"),
    ("ai.txt", "it says what may train artificial intelligence"),
    ("trust.txt", "it says whom the site belongs to and whom it trusts"),
    ("carbon.txt", "it says how the site is powered"),
    ("keybase.txt", "Keybase takes it as proof of who owns the site"),
    ("google#.html", "Google takes it as proof of who owns the site"),
    ("googlehostedservice.html", "Google takes it as proof of who owns the site"),
    ("yandex_*.html", "Yandex takes it as proof of who owns the site"),
    ("pinterest-#.html", "Pinterest takes it as proof of who owns the site"),
    ("bingsiteauth.xml", "Bing takes it as proof of who owns the site"),
    ("livesearchsiteauth.xml", "Bing takes it as proof of who owns the site"),
    ("baidu_verify_*.html", "Baidu takes it as proof of who owns the site"),
    ("naver#.html", "Naver takes it as proof of who owns the site"),
    ("seznam-wmt-*.txt", "Seznam takes it as proof of who owns the site"),
    ("sogousiteverification.txt", "Sogou takes it as proof of who owns the site"),
    ("mailru-verification*.html", "Mail.ru takes it as proof of who owns the site"),
    ("wmail_*.html", "Mail.ru takes it as proof of who owns the site"),
    ("mp_verify_*.txt", "WeChat takes it as proof of who owns the site"),
    ("nortonsw_*.html", "Norton takes it as proof of who owns the site"),
    ("ahrefs_*", "Ahrefs takes it as proof of who owns the site"),
    ("loaderio-#", "Loader.io takes it as proof of who owns the site"),
    ("loaderio-#.html", "Loader.io takes it as proof of who owns the site"),
    ("loaderio-#.txt", "Loader.io takes it as proof of who owns the site"),
    ("zohoverify", "Zoho takes it as proof of who owns the site"),
    ("mj12_*.txt", "Majestic takes it as proof of who owns the site"),
    ("tiktok*.txt", "TikTok takes it as proof of who owns the site"),
    // Many services have names such as `atlassian-domain-verification.html` and `WW_verify_X.txt`.
    ("*verif*.txt", OWNERSHIP),
    ("*verif*.xml", OWNERSHIP),
    ("*verif*.json", OWNERSHIP),
    ("*verification.htm*", OWNERSHIP),
    ("*verify.htm*", OWNERSHIP),
    ("verification_*.htm*", OWNERSHIP),
    ("verify_*.htm*", OWNERSHIP),
    (
        "apple-app-site-association",
        "Apple's systems open the site's pages in the apps that it names",
    ),
    (
        "apple-developer-merchantid-domain-association",
        "Apple takes it as proof of who owns the site",
    ),
    ("humans.txt", "it names the people behind the site"),
    ("security.txt", "it says where to report vulnerabilities (RFC 9116)"),
    ("sitemap*.xml", "crawlers treat it as the list of the site's pages"),
    ("sitemap*.xml.gz", "crawlers treat it as the list of the site's pages"),
    ("sitemap*.txt", "crawlers treat it as the list of the site's pages"),
    ("news-sitemap.xml", "crawlers treat it as the list of the site's news"),
    ("atom.xml", "feed readers treat it as the feed of the site"),
    ("rss.xml", "feed readers treat it as the feed of the site"),
    ("feed.json", "feed readers treat it as the feed of the site"),
    ("opml.xml", "feed readers treat it as the list of the site's feeds"),
    ("favicon.*", "browsers show it as the icon of the site"),
    ("apple-touch-icon*.png", "browsers show it as the icon of the site"),
    ("browserconfig.xml", "browsers read the site's tiles from it"),
    ("manifest.json", "browsers read the web app manifest from it"),
    ("manifest.webmanifest", "browsers read the web app manifest from it"),
    ("site.webmanifest", "browsers read the web app manifest from it"),
    ("sw.js", "browsers load the site's service worker from it"),
    ("*-sw.js", "browsers load the site's service worker from it"),
    ("*worker.js", "browsers load the site's service worker from it"),
    ("crossdomain.xml", "plug-ins read from it which sites have access"),
    ("clientaccesspolicy.xml", "plug-ins read from it which sites have access"),
];

/// Names reserved in the folder `theme` at the root, also with a digest.
const IN_THEME: Names = &[
    ("favicon*.svg", "it is the icon of the theme"),
    ("feed*.css", "it is the style sheet of feeds"),
    ("icon-*.png", "it is an icon of the theme"),
    ("style*.css", "it is the style sheet of the theme"),
];

/// File name of nearly every page; reserved only for folders.
const INDEX: &str = "index.html";

/// The first reserved segment of a path below the site's root, and the reason.
pub fn reserved_part(path: &str) -> Option<(&str, &'static str)> {
    let mut parts = path.split('/').enumerate().peekable();
    while let Some((depth, part)) = parts.next() {
        let is_folder = parts.peek().is_some();
        if depth > 0 && is_plain(part) || !is_folder && part == INDEX {
            continue;
        }
        let name = compared(part);
        let of_depth = match depth {
            0 => AT_ROOT,
            1 if is_in_theme(path) => IN_THEME,
            _ => &[],
        };
        let lists = [ANYWHERE, if is_folder { FOLDERS } else { &[] }, of_depth];
        let found = lists.into_iter().flatten().find(|(pattern, _)| matches(pattern, &name));
        if let Some((_, reason)) = found {
            return Some((part, reason));
        }
    }
    None
}

/// Whether a path is in the folder of the theme's assets.
fn is_in_theme(path: &str) -> bool {
    path.split_once('/').is_some_and(|(folder, _)| compared(folder) == "theme")
}

/// Whether a name has only letters, digits and hyphens, and so is not reserved in every folder.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A name as the least sensitive file systems compare it: without case, invisible characters and
/// differences of Unicode normalization.
fn compared(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let visible: String = name.nfkc().filter(|c| !is_invisible(*c)).collect();
    visible.to_uppercase().to_lowercase()
}

fn matches(pattern: &str, name: &str) -> bool {
    // Most names are those of the folders of pages, which have no dot, and differ from most patterns
    // in the first byte.
    let is_other = match pattern.as_bytes() {
        [b'*', ..] => !name.contains('.'),
        [first, ..] => name.as_bytes().first() != Some(first),
        [] => true,
    };
    if is_other {
        return false;
    }
    if let Some((start, end)) = pattern.split_once('*') {
        let rest = name.strip_prefix(start);
        return rest.is_some_and(|rest| ends_like(end, rest));
    }
    let Some((start, end)) = pattern.split_once('#') else { return pattern == name };
    let varying = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    varying.is_some_and(is_token)
}

/// Whether a text ends with what a pattern has behind a `*`.
fn ends_like(pattern: &str, text: &str) -> bool {
    let Some((next, rest)) = pattern.split_once('*') else { return text.ends_with(pattern) };
    text.split_once(next).is_some_and(|(_, text)| ends_like(rest, text))
}

/// The minimum length of a token; some shorter ones are words, such as `feed`.
const MIN_TOKEN_LENGTH: usize = 5;

fn is_token(text: &str) -> bool {
    text.len() >= MIN_TOKEN_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_are_found_in_any_spelling() {
        for path in [
            ".htaccess/index.html",
            "a/.git/config/index.html",
            "a/b/.well-known/index.html",
            "a/Web.Config/index.html",
            "ｗｅｂ.config/index.html",
            "a/web\u{200C}.config/index.html",
            "\u{200C}.htaccess/index.html",
            "\u{FEFF}CNAME/index.html",
            "ſw.js/index.html",
            "SW.JS/index.html",
            "firebase-messaging-sw.js/index.html",
            "_Headers/index.html",
            "_worker.js/a/index.html",
            "cname/index.html",
            "Sitemap-articles-1.XML/index.html",
            "sitemap.xml.gz/index.html",
            "apple-touch-icon-120x120-precomposed.png/index.html",
            "atom.xml/index.html",
            "a/404.html",
            "a/index.html/index.html",
            "a/default.htm/b/index.html",
            "cgi-bin/index.html",
            "google0123456789abcdef.html",
            "Yandex_0123456789abcdef.html",
            "googlehostedservice.html",
            "pinterest-12ab3.html",
            "naver0123456789abcdef0123456789abcdef.html",
            "loaderio-0123456789abcdef0123456789abcdef/index.html",
            "loaderio-0123456789abcdef0123456789abcdef.txt/index.html",
            "BingSiteAuth.xml/index.html",
            "apple-app-site-association/index.html",
            "llms-full.txt/index.html",
            "Site-Verification-0123.TXT",
            "ai.txt/index.html",
            "trust.txt/index.html",
            "theme/style.css/index.html",
            "THEME/Style.css/x/index.html",
            "ｔｈｅｍｅ/favicon.svg/index.html",
            "theme/style.0123456789abcdef.css/index.html",
        ] {
            assert!(reserved_part(path).is_some(), "{path}");
        }
    }

    #[test]
    fn ordinary_names_are_not_reserved() {
        for path in [
            "index.html",
            "a/index.html",
            "a/cgi-bin/index.html",
            "a/robots.txt/index.html",
            "a/_x/index.html",
            "2019/old.htm",
            "wp/x.php/index.html",
            "news.js/index.html",
            "a.well-known/index.html",
            "feed.xml/index.html",
            "cnames/index.html",
            "café/index.html",
            "2019/google-buys-a-ship.html",
            "google/index.html",
            "verify/index.html",
            "verifying.html",
            "a/site-verification.txt",
            "google-io.html",
            "google.html",
            "googlefeed.html",
            "google0123456789abcdef/index.html",
            "naver-maps.html",
            "pinterest-boards.html",
            "loaderio-review/index.html",
            "pinterest-ships/index.html",
            "theme/2026/01/a/index.html",
            "theme/style/index.html",
            "a/theme/style.css/index.html",
            "themes/style.css/index.html",
        ] {
            assert_eq!(reserved_part(path), None, "{path}");
        }
    }

    #[test]
    fn no_pattern_reserves_the_file_of_a_page() {
        for (pattern, _) in [ANYWHERE, AT_ROOT, IN_THEME].into_iter().flatten() {
            assert!(!matches(pattern, INDEX), "{pattern}");
        }
    }

    #[test]
    fn reserved_patterns_are_lower_case() {
        for (pattern, reason) in [ANYWHERE, FOLDERS, AT_ROOT, IN_THEME].into_iter().flatten() {
            assert_eq!(*pattern, compared(pattern));
            assert!(!pattern.starts_with('*') || pattern.contains('.'), "{pattern}");
            let tokens = pattern.matches('#').count();
            assert!(tokens == 0 || tokens == 1 && !pattern.contains('*'), "{pattern}");
            assert!(!reason.is_empty(), "{pattern}");
        }
    }
}
