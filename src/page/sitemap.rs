//! Sitemaps, the news sitemap, and the OPML list of feeds. `render::sitemap` serializes them.
//!
//! Sitemaps list exactly the pages that search engines may show and that are canonical themselves.
//! What is listed first stays first: articles and archive pages stand oldest first, so that a full
//! part of a sitemap does not change when newer ones come.

use std::ops::Range;

use chrono::{DateTime, Duration, Utc};
use serde::{Serialize, Serializer};

use super::feed::FeedPage;
use super::pagination::{self, ListId};
use super::{IndexKind, IndexPage, ListPage, Route, Routes, list_front};
use crate::collection::{ArticleId, Taxonomy, TermId};
use crate::config::FeedFormat;

/// How many addresses a sitemap may hold (<https://www.sitemaps.org/protocol.html>).
const MAX_URLS: usize = 50_000;

/// How many bytes a sitemap may have (the same), with some to spare for its frame.
const MAX_BYTES: usize = 52_428_800 - 1024;

/// How many bytes an entry has beside its address.
const ENTRY_BYTES: usize = "<url><loc></loc><lastmod>2026-01-01T00:00:00Z</lastmod></url>".len();

/// For how long the news sitemap lists an article.
pub const NEWS_SPAN: Duration = Duration::hours(48);

/// How many articles a news sitemap may hold.
const MAX_NEWS: usize = 1000;

/// A sitemap file, or the OPML list of feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XmlFile {
    /// The part of the sitemap at a place.
    Sitemap(usize),
    /// `sitemap.xml`, where the sitemap has several parts.
    SitemapIndex,
    /// `news-sitemap.xml`.
    NewsSitemap,
    /// `opml.xml`.
    Opml,
}

/// A part of the sitemap.
#[derive(Debug)]
pub(super) struct SitemapPart {
    path: String,
    routes: Vec<Route>,
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

/// A page or a file, and the date of the newest that it shows.
#[derive(Debug, Serialize)]
pub struct SitemapEntry {
    /// Where it is.
    pub url: String,
    /// When its provider published the newest of what it shows.
    #[serde(serialize_with = "seconds")]
    pub newest: Option<DateTime<Utc>>,
}

/// The content of the news sitemap.
#[derive(Debug, Serialize)]
pub struct NewsSitemapContext<'a> {
    /// The name of the site.
    pub site: &'a str,
    /// By ISO 639, with the two exceptions that the format makes.
    pub language: String,
    /// The newest first, each with its title.
    pub articles: Vec<(SitemapEntry, &'a str)>,
}

/// The content of the OPML file.
#[derive(Debug, Serialize)]
pub struct OpmlContext<'a> {
    /// The name of the site.
    pub site: &'a str,
    /// The site's own feed.
    pub all: OpmlEntry<'a>,
    /// The feeds of topics and of providers, each group with its name.
    pub groups: [(&'static str, Vec<OpmlEntry<'a>>); 2],
}

/// A feed and the page that it belongs to.
#[derive(Debug, Serialize)]
pub struct OpmlEntry<'a> {
    /// The name of its list.
    pub name: &'a str,
    /// The feed.
    pub url: String,
    /// The page.
    pub page: String,
}

#[expect(clippy::ref_option, reason = "serde hands it over so")]
fn seconds<S: Serializer>(instant: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    instant.map(|instant| instant.timestamp()).serialize(serializer)
}

impl<'a> Routes<'a> {
    /// The sitemap and OPML files of the site, with their output paths.
    pub(super) fn xml_files(&mut self) -> Vec<(String, XmlFile)> {
        let is_listed = |page: &super::OutputFile| match page.content {
            super::OutputContent::Page(route) => Some(route).filter(|route| self.is_listed(*route)),
            _ => None,
        };
        let listed: Vec<Route> = self.pages.iter().filter_map(is_listed).collect();
        self.sitemap = self.parts(listed, MAX_URLS);
        let parts = self.sitemap.iter().enumerate();
        let mut directories: Vec<(String, XmlFile)> =
            parts.map(|(index, part)| (part.path.clone(), XmlFile::Sitemap(index))).collect();
        if directories.len() > 1 {
            directories.push((SITEMAP.to_owned(), XmlFile::SitemapIndex));
        }
        if self.has_own_pages() {
            directories.push((NEWS_SITEMAP.to_owned(), XmlFile::NewsSitemap));
        }
        if self.xml_format().is_some() {
            directories.push((OPML.to_owned(), XmlFile::Opml));
        }
        directories
    }

    /// The sitemaps that `robots.txt` names.
    pub(super) fn sitemap_urls(&self) -> Vec<String> {
        let names = [SITEMAP].into_iter().chain(self.has_own_pages().then_some(NEWS_SITEMAP));
        names.map(|name| self.absolute_path(name)).collect()
    }

    fn absolute_path(&self, path: &str) -> String {
        self.config.absolute(&[self.config.root(), path].concat())
    }

    /// Whether search engines may show a page, and it is canonical itself.
    fn is_listed(&self, route: Route) -> bool {
        match route {
            Route::NotFound | Route::Redirect(_) | Route::Amp(_) => false,
            Route::Article(id) => self.has_own_page(id),
            _ => true,
        }
    }

    /// One part of all, or else parts of each kind of pages, with at most so many pages each.
    fn parts(&self, listed: Vec<Route>, most_urls: usize) -> Vec<SitemapPart> {
        let (mut articles, mut closed, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for route in listed {
            match route {
                Route::Article(id) => articles.push(id),
                Route::List(page @ ListPage { number: Some(_), .. }) => closed.push(page),
                other => others.push(other),
            }
        }
        articles.sort_unstable_by(|a, b| b.cmp(a));
        let articles: Vec<Route> = articles.into_iter().map(Route::Article).collect();
        closed.sort_by_cached_key(|page| {
            (std::cmp::Reverse(self.closing(*page)), self.list_address(page.of), page.number)
        });
        let closed: Vec<Route> = closed.into_iter().map(Route::List).collect();
        let all = [others.as_slice(), &closed, &articles].concat();
        if self.ranges(&all, most_urls).len() <= 1 {
            return vec![SitemapPart { path: SITEMAP.to_owned(), routes: all }];
        }
        let kinds = [("pages", others), ("lists", closed), ("articles", articles)];
        let parts = kinds.into_iter().flat_map(|(kind, routes)| {
            let ranges = self.ranges(&routes, most_urls).into_iter().enumerate();
            let part = |(index, range): (usize, Range<usize>)| SitemapPart {
                path: format!("sitemap-{kind}-{}.xml", index + 1),
                routes: routes[range].to_vec(),
            };
            ranges.map(part).collect::<Vec<_>>()
        });
        parts.collect()
    }

    /// Which of `routes` are in one part each, so that none is too large.
    fn ranges(&self, routes: &[Route], most_urls: usize) -> Vec<Range<usize>> {
        let base = self.config.base_url.as_str().len();
        let (mut ranges, mut start, mut bytes) = (Vec::new(), 0, 0);
        for (index, route) in routes.iter().enumerate() {
            // No byte of an address becomes more than three.
            let length = ENTRY_BYTES + base + 1 + 3 * self.address(*route).len();
            if index - start == most_urls || bytes + length > MAX_BYTES {
                ranges.push(start..index);
                (start, bytes) = (index, 0);
            }
            bytes += length;
        }
        if start < routes.len() {
            ranges.push(start..routes.len());
        }
        ranges
    }

    /// When the newest article of a page of a list was published.
    fn newest_of(&self, page: ListPage) -> Option<DateTime<Utc>> {
        let range = pagination::range(self.list_len(page.of), self.config.per_page, page.number);
        self.article_at(page.of, range.start).map(|id| self.collection.summary(id).published_at)
    }

    /// The article with which a archive page of a list came to be.
    fn closing(&self, page: ListPage) -> Option<ArticleId> {
        let index = pagination::closing(self.list_len(page.of), self.config.per_page, page.number?);
        self.article_at(page.of, index)
    }

    /// The article at a place of a list.
    fn article_at(&self, of: ListId, index: usize) -> Option<ArticleId> {
        match self.taxonomy(of) {
            None => self.collection.ids().nth(index),
            Some((taxonomy, id)) => taxonomy.term(id).articles.get(index).copied(),
        }
    }

    /// When the newest article that a page shows was published.
    fn newest_shown(&self, route: Route) -> Option<DateTime<Utc>> {
        let all = ListPage { of: ListId::All, number: None };
        match route {
            Route::Article(id) | Route::Amp(id) => Some(self.collection.summary(id).published_at),
            Route::List(page) => self.newest_of(page),
            Route::Front | Route::Index(IndexPage { of: IndexKind::Topics | IndexKind::Providers, .. }) => {
                self.newest_of(all)
            }
            Route::Index(_) | Route::Page(_) | Route::NotFound | Route::Redirect(_) => None,
        }
    }

    fn page_entry(&self, route: Route) -> SitemapEntry {
        SitemapEntry { url: self.absolute_url(route), newest: self.newest_shown(route) }
    }

    /// The content of an XML file.
    pub fn xml_context(&self, file: XmlFile) -> XmlContext<'_> {
        match file {
            XmlFile::Sitemap(index) => {
                let routes = self.sitemap.get(index).map_or(&[][..], |part| &part.routes);
                XmlContext::Sitemap(routes.iter().map(|route| self.page_entry(*route)).collect())
            }
            XmlFile::SitemapIndex => {
                let newest = |route: &Route| self.newest_shown(*route);
                let entry = |part: &SitemapPart| SitemapEntry {
                    url: self.absolute_path(&part.path),
                    newest: part.routes.iter().filter_map(newest).max(),
                };
                XmlContext::SitemapIndex(self.sitemap.iter().map(entry).collect())
            }
            XmlFile::NewsSitemap => XmlContext::NewsSitemap(self.news()),
            XmlFile::Opml => XmlContext::Opml(self.opml_context()),
        }
    }

    fn news(&self) -> NewsSitemapContext<'_> {
        let now = self.config.now;
        let is_new = |id: &ArticleId| {
            let published_at = self.collection.summary(*id).published_at;
            published_at <= now && now < published_at + NEWS_SPAN && self.has_own_page(*id)
        };
        let entry =
            |id: ArticleId| (self.page_entry(Route::Article(id)), &*self.collection.summary(id).title);
        NewsSitemapContext {
            site: &self.config.title,
            language: news_language(&self.config.language),
            articles: self.collection.ids().filter(is_new).take(MAX_NEWS).map(entry).collect(),
        }
    }

    /// The format of the feeds that are listed, if there is one that feed readers know everywhere.
    pub(super) fn xml_format(&self) -> Option<FeedFormat> {
        let mut formats = self.config.feeds.formats.iter().copied().filter(|_| self.has_feeds(ListId::All));
        formats.find(|format| *format != FeedFormat::Json)
    }

    fn opml_context(&self) -> OpmlContext<'_> {
        let format = self.xml_format().unwrap_or(FeedFormat::Atom);
        let entry = |name, of, front| OpmlEntry {
            name,
            url: self.config.absolute(&self.feed_url(FeedPage { of, format })),
            page: self.absolute_url(front),
        };
        let group = |taxonomy: &'a Taxonomy, list_of: fn(TermId) -> ListId| {
            let terms = taxonomy.terms().filter(|(id, _)| self.has_feeds(list_of(*id)));
            terms.map(|(id, term)| entry(term.name.as_str(), list_of(id), list_front(list_of(id)))).collect()
        };
        OpmlContext {
            site: &self.config.title,
            all: entry(&self.config.title, ListId::All, Route::Front),
            groups: [
                ("Topics", group(&self.collection.topics, ListId::Topic)),
                ("Providers", group(&self.collection.providers, ListId::Provider)),
            ],
        }
    }
}

/// The name of the sitemap, or of the index of its parts.
const SITEMAP: &str = "sitemap.xml";

/// The name of the list of feeds.
pub(super) const OPML: &str = "opml.xml";

const NEWS_SITEMAP: &str = "news-sitemap.xml";

/// A language tag as news sitemaps write it: its first part, but for Chinese, of which they know two
/// (<https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap>).
fn news_language(tag: &str) -> String {
    let tag = tag.to_lowercase();
    let mut parts = tag.split('-');
    match parts.next() {
        Some("zh") if parts.any(|part| matches!(part, "tw" | "hk" | "mo" | "hant")) => "zh-tw".to_owned(),
        Some("zh") => "zh-cn".to_owned(),
        first => first.unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::DateTime;

    use super::*;
    use crate::collection::{Collection, DocumentId, Documents};
    use crate::config::{Config, Overrides};
    use crate::document::{self, Document};
    use crate::page::OutputContent;
    use crate::reservations::Reservations;
    use crate::source::{FileStamp, Folder, SiteFile};

    /// The addresses in each part of the sitemap of a site with so many articles, of which every tenth has a topic that the
    /// others have not; no part has more than ten.
    fn sitemap(articles: usize) -> BTreeMap<String, Vec<String>> {
        let overrides = Overrides {
            base_url: None,
            now: DateTime::UNIX_EPOCH,
            unpublished: false,
            future: true,
            preview: false,
        };
        let text =
            "title = \"T\"\nbase_url = \"https://t.example\"\narticle_pages = \"self\"\nper_page = 1\n";
        let config = Config::parse("site.toml", text, &overrides).expect("configuration");
        let mut documents = Documents::default();
        for number in 0..articles {
            let topic = if number % 10 == 4 { "Rare" } else { "Common" };
            let text = format!(
                "---\ntitle: T{number}\npublishedDateTime: 2026-01-01T00:{number:02}:00Z\n\
                 originalUrl: https://a.example/{number}\nprovider:\n  domain: a.example\ntopics: [{topic}]\n---\n"
            );
            let folder = Folder { name: "content", on_disk: "content".into() };
            let stamp = FileStamp { length: 0, changed_at: 0, touched_at: 0 };
            let file = SiteFile { path: format!("{number}.md").into(), folder: folder.into(), stamp };
            let (document, diagnostics) = document::parse(&file, text.as_bytes(), &config);
            let Some(Document::Article(article)) = document else { panic!("{diagnostics:?}") };
            documents.summaries.push((DocumentId::at(number), article.summary.into()));
        }
        let (collection, _) = Collection::new(documents, &config, &Reservations::default().index(&[]));
        let (routes, _) = Routes::new(&collection, &config, &Reservations::default().index(&[]), &[], &[]);
        let route = |page: &crate::page::OutputFile| match page.content {
            OutputContent::Page(route) if routes.is_listed(route) => Some(route),
            _ => None,
        };
        let parts = routes.parts(routes.pages.iter().filter_map(route).collect(), 10);
        let urls = |part: &SitemapPart| part.routes.iter().map(|route| routes.url(*route)).collect();
        parts.iter().map(|part| (part.path.clone(), urls(part))).collect()
    }

    #[test]
    fn full_sitemap_parts_are_stable() {
        for articles in 20..59 {
            let (before, after) = (sitemap(articles), sitemap(articles + 1));
            let mut urls: Vec<&String> = after.values().flatten().collect();
            assert!(after.values().all(|urls| (1..=10).contains(&urls.len())), "{after:#?}");
            let all = urls.len();
            urls.sort_unstable();
            urls.dedup();
            assert_eq!(urls.len(), all, "each page once");
            for (path, urls) in &before {
                if urls.len() == 10 && !path.starts_with("sitemap-pages") {
                    assert_eq!(after.get(path), Some(urls), "{path} with {articles} articles");
                }
            }
        }
    }

    #[test]
    fn news_sitemap_language_codes() {
        for (tag, language) in
            [("en", "en"), ("pt-BR", "pt"), ("zh", "zh-cn"), ("zh-Hant-HK", "zh-tw"), ("zh-CN", "zh-cn")]
        {
            assert_eq!(news_language(tag), language, "{tag}");
        }
    }
}
