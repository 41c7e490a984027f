//! Configuration files for hosts, such as `_headers` and `_redirects`.

use std::net::Ipv4Addr;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::feed::FeedPage;
use super::pagination::ListId;
use super::sitemap::OPML;
use super::{OutputContent, OutputFile, Routes};
use crate::asset;
use crate::config::HostKind;
use crate::diagnostic::{Diagnostic, Location};
use crate::media_type::media_type;
use crate::preflight::{HEADERS, REDIRECTS};
use crate::source::CONFIG as SITE_TOML;

/// A configuration file of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostFile {
    /// `.nojekyll`: the files are to be served as they are.
    NoJekyll,
    /// `CNAME`: the site's own domain.
    Cname(String),
    /// `_headers`: what to say of files.
    Headers(Vec<HeaderRule>),
    /// `_redirects`: permanent redirects, as pairs of paths.
    Redirects(Vec<(String, String)>),
}

/// A `_redirects` line for a permanent redirect.
pub fn redirect_line(from: &str, to: &str) -> String {
    format!("{from} {to} 301")
}

/// The headers of all files whose paths match a pattern, in which `*` matches anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRule {
    /// The pattern.
    pub pattern: String,
    /// The headers, by name and value.
    pub headers: Vec<(&'static str, String)>,
}

/// What holds for all files, AMP pages among them, which may load what others may not.
const FOR_ALL: [(&str, &str); 3] = [
    ("Content-Security-Policy", "frame-ancestors 'self'"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
];

impl Routes<'_> {
    /// The files that the site's host wants, by their paths.
    pub(super) fn host_files(&self) -> Vec<(&'static str, HostFile)> {
        match self.config.host.kind {
            HostKind::GithubPages => {
                let cname = self.own_domain().map(|host| ("CNAME", HostFile::Cname(host.to_owned())));
                [(".nojekyll", HostFile::NoJekyll)].into_iter().chain(cname).collect()
            }
            HostKind::CloudflarePages | HostKind::Netlify => {
                let redirects = self.redirect_lines();
                let redirects =
                    (!redirects.is_empty()).then_some((REDIRECTS, HostFile::Redirects(redirects)));
                [(HEADERS, HostFile::Headers(self.header_rules()))].into_iter().chain(redirects).collect()
            }
            HostKind::Bucket | HostKind::None => Vec::new(),
        }
    }

    /// The domain that is this site's alone, if GitHub does not give it.
    fn own_domain(&self) -> Option<&str> {
        let (host, root) = (self.config.base_url.host(), self.config.root());
        let is_domain = !host.contains(':') && host.parse::<Ipv4Addr>().is_err();
        (is_domain && root == "/" && !host.ends_with(".github.io")).then_some(host)
    }

    /// A warning where the host serves a site at the root of a domain alone, and this one has its address below that.
    pub(super) fn no_root(&self) -> Option<Diagnostic> {
        let (host, root) = (self.config.host.kind, self.config.root());
        let message = format!(
            "`base_url` has the path `{root}`, but {} serves sites only at the root of a domain",
            host.name()
        );
        let is_below = host.supports_rule_files() && root != "/" && !self.config.preview;
        let help = "remove the path, unless a proxy in front of the host strips it";
        is_below.then(|| Diagnostic::warning(Location::file(SITE_TOML), message).help(help))
    }

    /// No two rules for one file name one header: hosts would join the values.
    fn header_rules(&self) -> Vec<HeaderRule> {
        let rule = |pattern: String, name, value: &str| HeaderRule {
            pattern,
            headers: vec![(name, value.to_owned())],
        };
        let for_all = FOR_ALL.map(|(name, value)| (name, value.to_owned())).into();
        let mut rules = vec![HeaderRule { pattern: "/*".to_owned(), headers: for_all }];
        let fingerprinted = self.assets.iter().filter(|asset| asset::is_fingerprinted(&asset.path));
        rules.extend(
            fingerprinted.map(|asset| rule(format!("/{}", asset.path), "Cache-Control", asset::IMMUTABLE)),
        );
        let mut typed: Vec<String> = if self.config.host.kind == HostKind::Netlify {
            // There a `*` stands for files, too, and a page is kept no longer than it is looked at unless a rule says so.
            let is_feed = |page: &&OutputFile| matches!(page.content, OutputContent::Feed(_));
            self.pages.iter().filter(is_feed).map(|page| percent_encode_path(&page.path)).collect()
        } else {
            rules.extend(
                ["/", "/*/"].map(|pages| rule(pages.to_owned(), "Cache-Control", asset::SHORT_LIVED)),
            );
            let feed = |format| self.feed_path(FeedPage { of: ListId::All, format });
            let site_templates = |path: &str| self.has_feeds(ListId::All).then(|| format!("/{path}"));
            let has_others = self.lists_with_feeds().iter().any(|of| *of != ListId::All);
            let of_others = |path: &str| has_others.then(|| format!("/*/{path}"));
            let feeds = self.config.feeds.formats.iter().map(|format| feed(*format));
            feeds.flat_map(|path| [site_templates(&path), of_others(&path)]).flatten().collect()
        };
        if self.xml_format().is_some() {
            typed.push(format!("/{OPML}"));
        }
        let with_type = |pattern: String| {
            let media_type = media_type(pattern.as_ref());
            rule(pattern, "Content-Type", &media_type)
        };
        rules.extend(typed.into_iter().map(with_type));
        rules
    }
}

/// What browsers encode in a path (the path percent-encode set of <https://url.spec.whatwg.org/#percent-encoded-bytes>), beside
/// what is not ASCII; and the `%` that is no code.
const PATH_ENCODE_SET: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'%');

/// Percent-encodes a path as browsers do, since some hosts compare paths byte by byte.
pub(super) fn percent_encode_path(path: &str) -> String {
    format!("/{}", utf8_percent_encode(path, PATH_ENCODE_SET))
}
