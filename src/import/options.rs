//! What is imported, and how.

use chrono::{DateTime, Utc};

use crate::http_url::HttpUrl;

/// The program or format that something is imported from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// Posts of Jekyll.
    Jekyll,
    /// Content of Hugo.
    Hugo,
    /// Templates of Eleventy in Markdown.
    Eleventy,
    /// Markdown with front matter of any other generator.
    Markdown,
    /// An RSS, Atom or JSON feed.
    Feed,
    /// An OPML list of feeds.
    Opml,
    /// Bookmarks as CSV.
    Csv,
    /// Bookmarks as HTML, in the format of Netscape.
    Netscape,
}

impl ImportKind {
    /// Whether it is a folder of posts, not one file.
    pub fn is_folder(self) -> bool {
        matches!(self, Self::Jekyll | Self::Hugo | Self::Eleventy | Self::Markdown)
    }
}

/// A file to import.
#[derive(Clone, Debug)]
pub struct ImportSource {
    /// The path below the imported folder, with `/` separators.
    pub path: String,
    /// The path as messages name it.
    pub display_path: String,
    pub bytes: Vec<u8>,
}

/// What the editor decides about an import.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    pub kind: ImportKind,
    /// The folder for articles, relative to `content/`, with `/` separators.
    pub folder: String,
    /// The name of the imported folder.
    pub source_name: String,
    /// The old site's URL: posts without a link are articles about their own pages there.
    pub base_url: Option<HttpUrl>,
    /// The pattern of addresses on the old site, instead of that of its configuration.
    pub permalink: Option<String>,
    /// Whether the first link of a body is the original if nothing else is.
    pub first_link: bool,
    /// Whether bookmarks and feed items are published at once.
    pub publish: bool,
    pub now: DateTime<Utc>,
}

/// The host of a URL without `www.`, by which the pages of a site are told from those of others.
pub(super) fn host(url: &HttpUrl) -> &str {
    url.host().strip_prefix("www.").unwrap_or(url.host())
}
