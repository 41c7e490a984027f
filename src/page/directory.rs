//! Directories of the site for programs: sitemaps, the news sitemap, and the list of feeds. `render::directory` writes them.
//!
//! Sitemaps list exactly the pages that search engines may show and that are canonical themselves. What is listed first
//! stays first: articles and closed pages stand oldest first, so that a full part of a sitemap does not change when newer
//! ones come.

use std::ops::Range;

use chrono::{DateTime, Duration, Utc};
use serde::{Serialize, Serializer};

use super::feed::FeedPage;
use super::list::{self, ListOf};
use super::{IndexOf, IndexPage, ListPage, Plan, Subject, list_front};
use crate::collection::{ArticleId, Taxonomy, TermId};
use crate::config::FeedFormat;

/// How many addresses a sitemap may hold (<https://www.sitemaps.org/protocol.html>).
const MOST_URLS: usize = 50_000;

/// How many bytes a sitemap may have (the same), with some to spare for its frame.
const MOST_BYTES: usize = 52_428_800 - 1024;

/// How many bytes an entry has beside its address.
const ENTRY: usize = "<url><loc></loc><lastmod>2026-01-01T00:00:00Z</lastmod></url>".len();

/// For how long the news sitemap lists an article.
pub const NEWS_SPAN: Duration = Duration::hours(48);

/// How many articles a news sitemap may hold.
const MOST_NEWS: usize = 1000;

/// A directory of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directory {
    /// The part of the sitemap at a place.
    Sitemap(usize),
    /// `sitemap.xml`, where the sitemap has several parts.
    SitemapIndex,
    /// `news-sitemap.xml`.
    NewsSitemap,
    /// `opml.xml`.
    Feeds,
}

/// A part of the sitemap.
#[derive(Debug)]
pub(super) struct SitemapPart {
    path: String,
    subjects: Vec<Subject>,
}

/// What a directory says. All addresses are absolute.
#[derive(Debug, Serialize)]
pub enum DirectoryView<'a> {
    /// A sitemap.
    Sitemap(Vec<PageEntry>),
    /// An index of sitemaps.
    SitemapIndex(Vec<PageEntry>),
    /// A news sitemap.
    NewsSitemap(NewsView<'a>),
    /// A list of feeds.
    Feeds(FeedsView<'a>),
}

/// A page or a file, and the date of the newest that it shows.
#[derive(Debug, Serialize)]
pub struct PageEntry {
    /// Where it is.
    pub url: String,
    /// When its provider published the newest of what it shows.
    #[serde(serialize_with = "seconds")]
    pub newest: Option<DateTime<Utc>>,
}

/// What a news sitemap says.
#[derive(Debug, Serialize)]
pub struct NewsView<'a> {
    /// The name of the site.
    pub site: &'a str,
    /// By ISO 639, with the two exceptions that the format makes.
    pub language: String,
    /// The newest first, each with its title.
    pub articles: Vec<(PageEntry, &'a str)>,
}

/// What a list of feeds says.
#[derive(Debug, Serialize)]
pub struct FeedsView<'a> {
    /// The name of the site.
    pub site: &'a str,
    /// The site's own feed.
    pub all: FeedEntry<'a>,
    /// The feeds of topics and of providers, each group with its name.
    pub groups: [(&'static str, Vec<FeedEntry<'a>>); 2],
}

/// A feed and the page that it belongs to.
#[derive(Debug, Serialize)]
pub struct FeedEntry<'a> {
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

impl<'a> Plan<'a> {
    /// The directories that there are, each with its path below the output folder.
    pub(super) fn plan_directories(&mut self) -> Vec<(String, Directory)> {
        let is_listed = |page: &super::Page| match page.content {
            super::Content::Subject(subject) => Some(subject).filter(|subject| self.is_listed(*subject)),
            _ => None,
        };
        let listed: Vec<Subject> = self.pages.iter().filter_map(is_listed).collect();
        self.sitemap = self.parts(listed, MOST_URLS);
        let parts = self.sitemap.iter().enumerate();
        let mut directories: Vec<(String, Directory)> =
            parts.map(|(place, part)| (part.path.clone(), Directory::Sitemap(place))).collect();
        if directories.len() > 1 {
            directories.push((SITEMAP.to_owned(), Directory::SitemapIndex));
        }
        if self.has_own_pages() {
            directories.push((NEWS_SITEMAP.to_owned(), Directory::NewsSitemap));
        }
        if self.xml_format().is_some() {
            directories.push((OPML.to_owned(), Directory::Feeds));
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
    fn is_listed(&self, subject: Subject) -> bool {
        match subject {
            Subject::NotFound | Subject::Redirect(_) | Subject::Amp(_) => false,
            Subject::Article(id) => self.has_own_page(id),
            _ => true,
        }
    }

    /// One part of all, or else parts of each kind of pages, with at most so many pages each.
    fn parts(&self, listed: Vec<Subject>, most_urls: usize) -> Vec<SitemapPart> {
        let (mut articles, mut closed, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for subject in listed {
            match subject {
                Subject::Article(id) => articles.push(id),
                Subject::List(page @ ListPage { number: Some(_), .. }) => closed.push(page),
                other => others.push(other),
            }
        }
        articles.sort_unstable_by(|a, b| b.cmp(a));
        let articles: Vec<Subject> = articles.into_iter().map(Subject::Article).collect();
        closed.sort_by_cached_key(|page| {
            (std::cmp::Reverse(self.closing(*page)), self.list_address(page.of), page.number)
        });
        let closed: Vec<Subject> = closed.into_iter().map(Subject::List).collect();
        let all = [others.as_slice(), &closed, &articles].concat();
        if self.ranges(&all, most_urls).len() <= 1 {
            return vec![SitemapPart { path: SITEMAP.to_owned(), subjects: all }];
        }
        let kinds = [("pages", others), ("lists", closed), ("articles", articles)];
        let parts = kinds.into_iter().flat_map(|(kind, subjects)| {
            let ranges = self.ranges(&subjects, most_urls).into_iter().enumerate();
            let part = |(place, range): (usize, Range<usize>)| SitemapPart {
                path: format!("sitemap-{kind}-{}.xml", place + 1),
                subjects: subjects[range].to_vec(),
            };
            ranges.map(part).collect::<Vec<_>>()
        });
        parts.collect()
    }

    /// Which of `subjects` are in one part each, so that none is too large.
    fn ranges(&self, subjects: &[Subject], most_urls: usize) -> Vec<Range<usize>> {
        let base = self.config.base_url.as_str().len();
        let (mut ranges, mut start, mut bytes) = (Vec::new(), 0, 0);
        for (place, subject) in subjects.iter().enumerate() {
            // No byte of an address becomes more than three.
            let length = ENTRY + base + 1 + 3 * self.address(*subject).len();
            if place - start == most_urls || bytes + length > MOST_BYTES {
                ranges.push(start..place);
                (start, bytes) = (place, 0);
            }
            bytes += length;
        }
        if start < subjects.len() {
            ranges.push(start..subjects.len());
        }
        ranges
    }

    /// When the newest article of a page of a list was published.
    fn newest_of(&self, page: ListPage) -> Option<DateTime<Utc>> {
        let range = list::range(self.list_len(page.of), self.config.per_page, page.number);
        self.article_at(page.of, range.start).map(|id| self.collection.card(id).published_at)
    }

    /// The article with which a closed page of a list came to be.
    fn closing(&self, page: ListPage) -> Option<ArticleId> {
        let place = list::closing(self.list_len(page.of), self.config.per_page, page.number?);
        self.article_at(page.of, place)
    }

    /// The article at a place of a list.
    fn article_at(&self, of: ListOf, place: usize) -> Option<ArticleId> {
        match self.taxonomy(of) {
            None => self.collection.ids().nth(place),
            Some((taxonomy, id)) => taxonomy.term(id).articles.get(place).copied(),
        }
    }

    /// When the newest article that a page shows was published.
    fn newest_shown(&self, subject: Subject) -> Option<DateTime<Utc>> {
        let all = ListPage { of: ListOf::All, number: None };
        match subject {
            Subject::Article(id) | Subject::Amp(id) => Some(self.collection.card(id).published_at),
            Subject::List(page) => self.newest_of(page),
            Subject::Front | Subject::Index(IndexPage { of: IndexOf::Topics | IndexOf::Providers, .. }) => {
                self.newest_of(all)
            }
            Subject::Index(_) | Subject::Standing(_) | Subject::NotFound | Subject::Redirect(_) => None,
        }
    }

    fn page_entry(&self, subject: Subject) -> PageEntry {
        PageEntry { url: self.absolute_url(subject), newest: self.newest_shown(subject) }
    }

    /// What a directory says.
    pub fn directory(&self, directory: Directory) -> DirectoryView<'_> {
        match directory {
            Directory::Sitemap(place) => {
                let subjects = self.sitemap.get(place).map_or(&[][..], |part| &part.subjects);
                DirectoryView::Sitemap(subjects.iter().map(|subject| self.page_entry(*subject)).collect())
            }
            Directory::SitemapIndex => {
                let newest = |subject: &Subject| self.newest_shown(*subject);
                let entry = |part: &SitemapPart| PageEntry {
                    url: self.absolute_path(&part.path),
                    newest: part.subjects.iter().filter_map(newest).max(),
                };
                DirectoryView::SitemapIndex(self.sitemap.iter().map(entry).collect())
            }
            Directory::NewsSitemap => DirectoryView::NewsSitemap(self.news()),
            Directory::Feeds => DirectoryView::Feeds(self.feeds_view()),
        }
    }

    fn news(&self) -> NewsView<'_> {
        let now = self.config.now;
        let is_new = |id: &ArticleId| {
            let published_at = self.collection.card(*id).published_at;
            published_at <= now && now < published_at + NEWS_SPAN && self.has_own_page(*id)
        };
        let entry = |id: ArticleId| (self.page_entry(Subject::Article(id)), &*self.collection.card(id).title);
        NewsView {
            site: &self.config.title,
            language: news_language(&self.config.language),
            articles: self.collection.ids().filter(is_new).take(MOST_NEWS).map(entry).collect(),
        }
    }

    /// The format of the feeds that are listed, if there is one that feed readers know everywhere.
    pub(super) fn xml_format(&self) -> Option<FeedFormat> {
        let mut formats = self.config.feeds.formats.iter().copied().filter(|_| self.has_feeds(ListOf::All));
        formats.find(|format| *format != FeedFormat::Json)
    }

    fn feeds_view(&self) -> FeedsView<'_> {
        let format = self.xml_format().unwrap_or(FeedFormat::Atom);
        let entry = |name, of, front| FeedEntry {
            name,
            url: self.config.absolute(&self.feed_url(FeedPage { of, format })),
            page: self.absolute_url(front),
        };
        let group = |taxonomy: &'a Taxonomy, list_of: fn(TermId) -> ListOf| {
            let terms = taxonomy.terms().filter(|(id, _)| self.has_feeds(list_of(*id)));
            terms.map(|(id, term)| entry(term.name.as_str(), list_of(id), list_front(list_of(id)))).collect()
        };
        FeedsView {
            site: &self.config.title,
            all: entry(&self.config.title, ListOf::All, Subject::Front),
            groups: [
                ("Topics", group(&self.collection.topics, ListOf::Topic)),
                ("Providers", group(&self.collection.providers, ListOf::Provider)),
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
    use crate::page::Content;
    use crate::reservations::Reservations;
    use crate::source::{Folder, SiteFile, Stamp};

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
        let config = Config::read("site.toml", text, &overrides).expect("configuration");
        let mut documents = Documents::default();
        for number in 0..articles {
            let topic = if number % 10 == 4 { "Rare" } else { "Common" };
            let text = format!(
                "---\ntitle: T{number}\npublishedDateTime: 2026-01-01T00:{number:02}:00Z\n\
                 originalUrl: https://a.example/{number}\nprovider:\n  domain: a.example\ntopics: [{topic}]\n---\n"
            );
            let folder = Folder { name: "content", on_disk: "content".into() };
            let stamp = Stamp { length: 0, changed_at: 0, touched_at: 0 };
            let file = SiteFile { path: format!("{number}.md").into(), folder: folder.into(), stamp };
            let (document, diagnostics) = document::read(&file, text.as_bytes(), &config);
            let Some(Document::Article(article)) = document else { panic!("{diagnostics:?}") };
            documents.cards.push((DocumentId::at(number), article.card.into()));
        }
        let (collection, _) = Collection::new(documents, &config, &Reservations::default().index(&[]));
        let (plan, _) = Plan::new(&collection, &config, &[], &[]);
        let subject = |page: &crate::page::Page| match page.content {
            Content::Subject(subject) if plan.is_listed(subject) => Some(subject),
            _ => None,
        };
        let parts = plan.parts(plan.pages.iter().filter_map(subject).collect(), 10);
        let urls = |part: &SitemapPart| part.subjects.iter().map(|subject| plan.url(*subject)).collect();
        parts.iter().map(|part| (part.path.clone(), urls(part))).collect()
    }

    #[test]
    fn parts_of_a_sitemap_that_are_full_stay_as_they_are_when_newer_articles_come() {
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
    fn languages_of_news() {
        for (tag, language) in
            [("en", "en"), ("pt-BR", "pt"), ("zh", "zh-cn"), ("zh-Hant-HK", "zh-tw"), ("zh-CN", "zh-cn")]
        {
            assert_eq!(news_language(tag), language, "{tag}");
        }
    }
}
