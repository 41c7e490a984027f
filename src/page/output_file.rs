//! One file of the output.

use std::sync::Arc;

use super::host_files::HostFile;
use super::route::{FeedPage, Route};
use super::xml_files::XmlFile;
use crate::picture::Variant;
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

    /// Whether the file is the site's own and no page at an address: many hosts serve its
    /// `NAME.html` at `/NAME/`, too.
    pub(super) fn is_plain_html(&self) -> bool {
        matches!(self.content, OutputContent::File(_) | OutputContent::Page(Route::NotFound))
            && page_served_as(&self.path).is_some()
    }
}

const INDEX: &str = "index.html";
const HTML: &str = ".html";

/// The path of the `NAME.html` that many hosts serve at the address of the page `NAME/index.html`.
pub(super) fn served_as_page(page: &str) -> Option<String> {
    let folder = page.strip_suffix(INDEX)?.strip_suffix('/')?;
    Some([folder, HTML].concat())
}

/// The path of the page at whose address many hosts serve a file `NAME.html`.
pub(super) fn page_served_as(path: &str) -> Option<String> {
    let file_name = path.rsplit('/').next().unwrap_or(path);
    if file_name.eq_ignore_ascii_case(INDEX) {
        return None;
    }
    let (start, end) = path.split_at_checked(path.len().checked_sub(HTML.len())?)?;
    (end.eq_ignore_ascii_case(HTML)).then(|| [start, "/", INDEX].concat())
}

/// The address at which many hosts serve both a page and a file `NAME.html`, as errors name it.
pub(super) fn shared_address(page: &str, path: &str) -> String {
    let address = page.trim_end_matches(INDEX);
    let name = path.rsplit('/').next().unwrap_or(path);
    format!("the address /{address}, at which many hosts serve {name}")
}

/// Whether a URL path below the site's root leads to a file; `has_file` says which there are.
pub(super) fn leads_to_file(path: &str, has_file: impl Fn(&str) -> bool) -> bool {
    let path = path.trim_start_matches('/');
    let folder = path.trim_end_matches('/');
    let page = if folder.is_empty() { INDEX.to_owned() } else { [folder, "/", INDEX].concat() };
    has_file(&page) || has_file(path) || has_file(&[folder, HTML].concat())
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
    /// A smaller variant of a picture in `static/`, which comes first.
    Variant(Box<(SiteFile, Variant)>),
    /// An asset of the theme, by its index.
    Asset(usize),
    /// A configuration file of the site's host.
    Host(HostFile),
}
