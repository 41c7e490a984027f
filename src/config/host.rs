//! The table `[host]`: the host of the site, its configuration files and limits.

use super::keys::{HOST, HOST_KINDS, MAX_FILES};
use super::values::{choice, count, unknown_key};
use crate::node::{Node, Problems};

/// The host of the site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Host {
    pub kind: HostKind,
    /// The maximum number of files, if the account differs from most.
    max_files: Option<usize>,
}

/// A kind of host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostKind {
    /// Any web server.
    #[default]
    None,
    /// GitHub Pages.
    GithubPages,
    /// Cloudflare Pages.
    CloudflarePages,
    /// Netlify.
    Netlify,
    /// A bucket of a cloud store.
    Bucket,
}

/// The limits of a host; none where a limit is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostLimits {
    /// Files.
    pub files: Option<usize>,
    /// Bytes of all files.
    pub bytes: Option<u64>,
    /// Bytes of a file.
    pub file_bytes: Option<u64>,
    /// Bytes of a path.
    pub path_bytes: Option<usize>,
    /// Lines of `_redirects` without a pattern.
    pub redirects: Option<usize>,
    /// Lines of `_redirects` with a pattern.
    pub dynamic_redirects: Option<usize>,
    /// Characters of a line of `_redirects`.
    pub redirect_line: Option<usize>,
    /// Rules of `_headers`.
    pub header_rules: Option<usize>,
    /// Characters of a line of `_headers`.
    pub header_line: Option<usize>,
}

impl HostLimits {
    /// Whether any limit concerns the size of files.
    pub fn limits_sizes(&self) -> bool {
        self.bytes.or(self.file_bytes).is_some()
    }
}

impl HostKind {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "github-pages" => Some(Self::GithubPages),
            "cloudflare-pages" => Some(Self::CloudflarePages),
            "netlify" => Some(Self::Netlify),
            "bucket" => Some(Self::Bucket),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// The display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::GithubPages => "GitHub Pages",
            Self::CloudflarePages => "Cloudflare Pages",
            Self::Netlify => "Netlify",
            Self::Bucket => "a bucket",
            Self::None => "a web server",
        }
    }

    /// Whether the host reads redirects and headers from `_redirects` and `_headers`.
    pub fn supports_rule_files(self) -> bool {
        matches!(self, Self::CloudflarePages | Self::Netlify)
    }
}

impl Host {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut host = Self::default();
        for entry in problems.keep(node.map("host")).unwrap_or_default() {
            match &*entry.key {
                "kind" => {
                    let kind = choice(entry.node, "kind", &HOST_KINDS, HostKind::from_name);
                    host.kind = problems.keep(kind).unwrap_or_default();
                }
                "max_files" => {
                    host.max_files = problems.keep(count(&entry.node, "max_files", MAX_FILES));
                }
                _ => problems.add(unknown_key(&entry, "host", &HOST)),
            }
        }
        host
    }

    /// The limits of the host.
    pub fn limits(self) -> HostLimits {
        let limits = match self.kind {
            // <https://docs.github.com/en/pages/getting-started-with-github-pages/github-pages-limits>
            HostKind::GithubPages => {
                HostLimits { bytes: Some(1_000_000_000), ..HostLimits::default() }
            }
            // <https://developers.cloudflare.com/pages/platform/limits/>
            HostKind::CloudflarePages => HostLimits {
                files: Some(20_000),
                file_bytes: Some(25 << 20),
                redirects: Some(2000),
                dynamic_redirects: Some(100),
                redirect_line: Some(1000),
                header_rules: Some(100),
                header_line: Some(2000),
                ..HostLimits::default()
            },
            // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
            HostKind::Bucket => HostLimits { path_bytes: Some(1024), ..HostLimits::default() },
            HostKind::Netlify | HostKind::None => HostLimits::default(),
        };
        HostLimits { files: self.max_files.or(limits.files), ..limits }
    }
}
