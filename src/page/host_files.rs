//! Configuration files for hosts, such as `_headers` and `_redirects`.

use std::net::Ipv4Addr;
use std::sync::Arc;

use super::icons::WEB_MANIFEST;
use super::opml::OPML;
use super::redirect::{Redirect, redirect_lines};
use super::route::{FeedPage, ListId};
use super::routes::Routes;
use super::url_encoding::percent_encode_path;
use crate::asset::{self, Asset};
use crate::config::{Config, HostKind};
use crate::media_type::media_type;
use crate::preflight::{HEADERS, REDIRECTS};

/// A configuration file of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostFile {
    /// `.nojekyll`: serve the files as they are.
    NoJekyll,
    /// `CNAME`: the site's own domain.
    Cname(String),
    /// `_headers`: HTTP headers of files.
    Headers(Vec<HeaderRule>),
    /// `_redirects`: permanent redirects, as pairs of paths.
    Redirects(Vec<(String, String)>),
}

/// The headers of all files whose paths match a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRule {
    /// The pattern, in which `*` matches anything.
    pub pattern: String,
    /// The names and values of the headers.
    pub headers: Vec<(&'static str, String)>,
}

/// The headers of all files. Pages name their other policies themselves, since AMP pages need
/// looser ones.
const FOR_ALL: [(&str, &str); 3] = [
    ("Content-Security-Policy", "frame-ancestors 'self'"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
];

/// The files that the site's host reads, with their paths. `feed_paths` are the paths of all feeds
/// that newsgen writes.
pub(super) fn host_files(
    routes: Routes<'_>,
    redirects: &[Redirect<'_>],
    assets: &[Asset],
    feed_paths: &[Arc<str>],
) -> Vec<(&'static str, HostFile)> {
    match routes.config.host.kind {
        HostKind::GithubPages => {
            let cname =
                own_domain(routes.config).map(|host| ("CNAME", HostFile::Cname(host.to_owned())));
            [(".nojekyll", HostFile::NoJekyll)].into_iter().chain(cname).collect()
        }
        HostKind::CloudflarePages | HostKind::Netlify => {
            let headers = (HEADERS, HostFile::Headers(header_rules(routes, assets, feed_paths)));
            let lines = redirect_lines(routes, redirects);
            let redirects = (!lines.is_empty()).then_some((REDIRECTS, HostFile::Redirects(lines)));
            [headers].into_iter().chain(redirects).collect()
        }
        HostKind::Bucket | HostKind::None => Vec::new(),
    }
}

/// The site's domain, unless it is one of GitHub's.
fn own_domain(config: &Config) -> Option<&str> {
    let (host, root) = (config.base_url.host(), config.root());
    let is_domain = !host.contains(':') && host.parse::<Ipv4Addr>().is_err();
    (is_domain && root == "/" && !host.ends_with(".github.io")).then_some(host)
}

/// The rules of `_headers`. No two rules set one header of one file, since hosts would join the
/// values.
fn header_rules(routes: Routes<'_>, assets: &[Asset], feed_paths: &[Arc<str>]) -> Vec<HeaderRule> {
    let is_netlify = routes.config.host.kind == HostKind::Netlify;
    let mut rules = vec![HeaderRule {
        pattern: "/*".to_owned(),
        headers: FOR_ALL.map(|(name, value)| (name, value.to_owned())).into(),
    }];
    let fingerprinted = assets.iter().filter(|asset| asset::is_fingerprinted(&asset.path));
    rules.extend(fingerprinted.map(|asset| caching(format!("/{}", asset.path), asset::IMMUTABLE)));
    if routes.pictures().is_some_and(|pictures| !pictures.variants().is_empty()) {
        rules.push(caching(format!("/{}*", asset::PICTURES), asset::IMMUTABLE));
    }
    // On Netlify `*` also matches files, and pages are revalidated by default.
    if !is_netlify {
        rules.extend(["/", "/*/"].map(|pages| caching(pages.to_owned(), asset::SHORT_LIVED)));
    }
    let feeds = if is_netlify {
        feed_paths.iter().map(|path| percent_encode_path(path)).collect()
    } else {
        feed_patterns(routes)
    };
    let opml = routes.opml_format().map(|_| format!("/{OPML}"));
    let manifest = assets.iter().find(|asset| asset.name == WEB_MANIFEST);
    let manifest = manifest.map(|asset| format!("/{}", asset.path));
    rules.extend(feeds.into_iter().chain(opml).chain(manifest).map(typed));
    rules
}

fn caching(pattern: String, value: &str) -> HeaderRule {
    HeaderRule { pattern, headers: vec![("Cache-Control", value.to_owned())] }
}

/// A rule that sets the media type of the pattern's extension.
fn typed(pattern: String) -> HeaderRule {
    let media_type = media_type(pattern.as_ref());
    HeaderRule { pattern, headers: vec![("Content-Type", media_type)] }
}

/// Patterns that match all feeds.
fn feed_patterns(routes: Routes<'_>) -> Vec<String> {
    let has_all = routes.has_feeds(ListId::All);
    let has_others = routes.lists_with_feeds().any(|of| of != ListId::All);
    let patterns = |format| {
        let path = routes.feed_path(FeedPage { of: ListId::All, format });
        let all = has_all.then(|| format!("/{path}"));
        let others = has_others.then(|| format!("/*/{path}"));
        all.into_iter().chain(others)
    };
    routes.config.feeds.formats.iter().copied().flat_map(patterns).collect()
}
