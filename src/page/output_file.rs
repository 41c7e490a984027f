//! One file of the output.

use std::sync::Arc;

use super::host_files::HostFile;
use super::route::{FeedPage, Route};
use super::xml_files::XmlFile;
use crate::source::SiteFile;

/// A file of the output.
#[derive(Debug)]
pub struct OutputFile {
    /// The path below the output folder, with `/` between folders.
    pub path: Arc<str>,
    /// The content.
    pub content: OutputContent,
}

impl OutputFile {
    pub(super) fn new(path: impl Into<Arc<str>>, content: OutputContent) -> Self {
        Self { path: path.into(), content }
    }
}

/// The content of an output file.
#[derive(Debug)]
pub enum OutputContent {
    /// A page rendered by a template.
    Page(Route),
    /// A feed.
    Feed(FeedPage),
    /// A sitemap or the OPML list of feeds.
    Xml(XmlFile),
    /// A file that needs no rendering.
    File(File),
}

/// A file that needs no template.
#[derive(Debug)]
pub enum File {
    /// `robots.txt`, with the URLs of the sitemaps.
    Robots(Vec<String>),
    /// A copy of a file of `static/`.
    Copy(Box<SiteFile>),
    /// An asset of the theme, by its index.
    Asset(usize),
    /// A configuration file of the site's host.
    Host(HostFile),
}
