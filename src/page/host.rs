//! The files that hosts want to find beside the pages.

use super::Plan;
use super::feed::FeedPage;
use super::list::ListOf;
use crate::asset;
use crate::config::HostKind;
use crate::media_type::media_type;
use crate::preflight::{HEADERS, REDIRECTS};

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
                let domain = Some(self.config.base_url.host()).filter(|host| !host.ends_with(".github.io"));
                let cname = domain.map(|host| ("CNAME", HostFile::Cname(host.to_owned())));
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
        rules.extend(["/", "/*/"].map(|pages| rule(pages.to_owned(), "Cache-Control", asset::SHORTLY)));
        let feeds = self.config.feeds.formats.iter().copied();
        let feeds = feeds.map(|format| self.feed_path(FeedPage { of: ListOf::All, format }));
        for path in feeds {
            let media_type = media_type(path.as_ref());
            let patterns = [format!("/{path}"), format!("/*/{path}")];
            rules.extend(patterns.map(|pattern| rule(pattern, "Content-Type", &media_type)));
        }
        let opml = "opml.xml";
        rules.push(rule(format!("/{opml}"), "Content-Type", &media_type(opml.as_ref())));
        rules
    }
}
