//! XML files that no template renders: sitemaps and the OPML file. `render::xml_file` writes them.

use serde::Serialize;

use super::news_sitemap::{NEWS_SITEMAP, NewsSitemapContext};
use super::opml::{OPML, OpmlContext};
use super::routes::Routes;
use super::sitemap::{SITEMAP, SitemapEntry, SitemapPart};

/// A sitemap file or the OPML file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XmlFile {
    /// A part of the sitemap, by its index.
    Sitemap(usize),
    /// `sitemap.xml`, if the sitemap has several parts.
    SitemapIndex,
    /// `news-sitemap.xml`.
    NewsSitemap,
    /// `opml.xml`.
    Opml,
}

/// The content of an XML file. All URLs are absolute.
#[derive(Debug, Serialize)]
pub enum XmlContext<'a> {
    /// A sitemap.
    Sitemap(Vec<SitemapEntry>),
    /// An index of sitemaps.
    SitemapIndex(Vec<SitemapEntry>),
    /// A news sitemap.
    NewsSitemap(NewsSitemapContext<'a>),
    /// A list of feeds.
    Opml(OpmlContext<'a>),
}

impl<'a> XmlContext<'a> {
    pub(super) fn new(routes: Routes<'a>, sitemap: &[SitemapPart], file: XmlFile) -> Self {
        match file {
            XmlFile::Sitemap(index) => Self::Sitemap(sitemap[index].entries(routes)),
            XmlFile::SitemapIndex => {
                Self::SitemapIndex(sitemap.iter().map(|part| part.index_entry(routes)).collect())
            }
            XmlFile::NewsSitemap => Self::NewsSitemap(NewsSitemapContext::new(routes)),
            XmlFile::Opml => Self::Opml(OpmlContext::new(routes)),
        }
    }
}

/// The XML files of a site with their paths.
pub(super) fn xml_files(routes: Routes<'_>, sitemap: &[SitemapPart]) -> Vec<(String, XmlFile)> {
    let parts = sitemap
        .iter()
        .enumerate()
        .map(|(index, part)| (part.path.as_str(), XmlFile::Sitemap(index)));
    let index = (sitemap.len() > 1).then_some((SITEMAP, XmlFile::SitemapIndex));
    let news = routes.has_own_pages().then_some((NEWS_SITEMAP, XmlFile::NewsSitemap));
    let opml = routes.opml_format().map(|_| (OPML, XmlFile::Opml));
    let files = parts.chain(index).chain(news).chain(opml);
    files.map(|(path, file)| (path.to_owned(), file)).collect()
}

/// The URLs of the sitemaps that `robots.txt` names.
pub(super) fn sitemap_urls(routes: Routes<'_>) -> Vec<String> {
    let names = [SITEMAP].into_iter().chain(routes.has_own_pages().then_some(NEWS_SITEMAP));
    names.map(|name| routes.config.absolute(&routes.file_url(name))).collect()
}
