//! The files that hosts want to find beside the pages.

use std::net::Ipv4Addr;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::directory::OPML;
use super::feed::FeedPage;
use super::list::ListOf;
use super::{Content, Page, Plan};
use crate::asset;
use crate::config::HostKind;
use crate::diagnostic::{Diagnostic, Place};
use crate::media_type::media_type;
use crate::preflight::{HEADERS, REDIRECTS};
use crate::source::CONFIG as SITE_TOML;

/// A file that only the host reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostFile {
    /// `.nojekyll`: the files are to be served as they are.
    NoJekyll,
    /// `CNAME`: the site's own domain.
    Cname(String),
    /// `_headers`: what to say of files.
    Headers(Vec<HeaderRule>),
    /// `_redirects`: from which path to which one readers are sent on for good.
    Redirects(Vec<(String, String)>),
}

/// The line of `_redirects` that sends readers on for good.
pub fn redirect_line(from: &str, to: &str) -> String {
    format!("{from} {to} 301")
}

/// What to say of the files whose paths a pattern matches, in which a `*` stands for anything.
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

impl Plan<'_> {
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
            "`base_url` has the path `{root}`, and {} has a site at the root of its domain",
            host.name()
        );
        let is_below = host.reads_rules() && root != "/" && !self.config.preview;
        let help =
            "take the path out, unless something in front of the host takes it out of what readers ask for";
        is_below.then(|| Diagnostic::warning(Place::file(SITE_TOML), message).help(help))
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
            fingerprinted.map(|asset| rule(format!("/{}", asset.path), "Cache-Control", asset::FOR_EVER)),
        );
        let mut typed: Vec<String> = if self.config.host.kind == HostKind::Netlify {
            // There a `*` stands for files, too, and a page is kept no longer than it is looked at unless a rule says so.
            let is_feed = |page: &&Page| matches!(page.content, Content::Feed(_));
            self.pages.iter().filter(is_feed).map(|page| as_browsers_ask(&page.path)).collect()
        } else {
            rules.extend(["/", "/*/"].map(|pages| rule(pages.to_owned(), "Cache-Control", asset::SHORTLY)));
            let feed = |format| self.feed_path(FeedPage { of: ListOf::All, format });
            let of_site = |path: &str| self.has_feeds(ListOf::All).then(|| format!("/{path}"));
            let has_others = self.lists_with_feeds().iter().any(|of| *of != ListOf::All);
            let of_others = |path: &str| has_others.then(|| format!("/*/{path}"));
            let feeds = self.config.feeds.formats.iter().map(|format| feed(*format));
            feeds.flat_map(|path| [of_site(&path), of_others(&path)]).flatten().collect()
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
const NOT_ASKED_FOR: &AsciiSet = &CONTROLS
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

/// A path as browsers ask for it, since some hosts compare letter by letter.
pub(super) fn as_browsers_ask(path: &str) -> String {
    format!("/{}", utf8_percent_encode(path, NOT_ASKED_FOR))
}
