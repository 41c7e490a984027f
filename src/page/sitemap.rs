//! The sitemap.
//!
//! It lists the pages that search engines may show and that are canonical; a story's, if that of one
//! of its articles is listed. Articles, stories, archive pages and the years, months and days of the
//! archive are listed oldest first, so that new ones do not change a part that is full.

use std::cmp::Reverse;
use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::pagination;
use super::period::Period;
use super::route::{IndexKind, IndexPage, ListId, ListPage, Route};
use super::routes::Routes;
use crate::collection::ArticleId;

/// The name of the sitemap, or of the index of its parts.
pub(super) const SITEMAP: &str = "sitemap.xml";

/// The most URLs of a sitemap (<https://www.sitemaps.org/protocol.html>).
const MAX_URLS: usize = 50_000;

/// The most bytes of a sitemap (same source), less the space for what surrounds the entries.
const MAX_BYTES: usize = 52_428_800 - 1024;

/// The bytes of an entry besides its URL.
const ENTRY_BYTES: usize = "<url><loc></loc><lastmod>2026-01-01T00:00:00Z</lastmod></url>".len();

/// A page or a file, and the date of the newest article that it shows.
#[derive(Debug, Serialize)]
pub struct SitemapEntry {
    /// The absolute URL.
    pub url: String,
    /// When the newest article was published.
    #[serde(serialize_with = "seconds")]
    pub newest: Option<DateTime<Utc>>,
}

#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
fn seconds<S: Serializer>(
    instant: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    instant.map(|instant| instant.timestamp()).serialize(serializer)
}

impl SitemapEntry {
    pub(super) fn page(routes: Routes<'_>, route: Route) -> Self {
        Self { url: routes.absolute_url(route), newest: newest_shown(routes, route) }
    }
}

/// A part of the sitemap: one file.
#[derive(Debug)]
pub(super) struct SitemapPart {
    /// The path of the file below the output folder.
    pub(super) path: String,
    routes: Vec<Route>,
}

impl SitemapPart {
    /// The entries of the pages in this part.
    pub(super) fn entries(&self, routes: Routes<'_>) -> Vec<SitemapEntry> {
        self.routes.iter().map(|route| SitemapEntry::page(routes, *route)).collect()
    }

    /// The entry of this part in the sitemap index.
    pub(super) fn index_entry(&self, routes: Routes<'_>) -> SitemapEntry {
        SitemapEntry {
            url: routes.config.absolute(&routes.file_url(&self.path)),
            newest: self.routes.iter().filter_map(|route| newest_shown(routes, *route)).max(),
        }
    }
}

/// The sitemap of a site: one part, or several of each kind of page if that would be too large.
pub(super) fn sitemap(routes: Routes<'_>) -> Vec<SitemapPart> {
    split(routes, MAX_URLS)
}

fn split(routes: Routes<'_>, max_urls: usize) -> Vec<SitemapPart> {
    let (mut articles, mut archive) = (Vec::new(), Vec::new());
    let (mut periods, mut stories, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for route in routes.pages().filter(|route| is_listed(routes, *route)) {
        match route {
            Route::Article(id) => articles.push(id),
            Route::List(page @ ListPage { number: Some(_), .. }) => archive.push(page),
            Route::Archive(_) => periods.push(route),
            Route::Story(story) => stories.push(story),
            other => others.push(other),
        }
    }
    articles.sort_unstable_by_key(|id| Reverse(*id));
    let articles: Vec<Route> = articles.into_iter().map(Route::Article).collect();
    archive.sort_by_cached_key(|page| {
        (Reverse(completed_by(routes, *page)), routes.list_address(page.of), page.number)
    });
    let archive: Vec<Route> = archive.into_iter().map(Route::List).collect();
    stories.sort_by_cached_key(|story| Reverse(routes.article_that_gave_page(*story)));
    let stories: Vec<Route> = stories.into_iter().map(Route::Story).collect();
    let all = [others.as_slice(), &periods, &archive, &stories, &articles].concat();
    if ranges(routes, &all, max_urls).len() <= 1 {
        return vec![SitemapPart { path: SITEMAP.to_owned(), routes: all }];
    }
    let kinds = [
        ("pages", others),
        ("archive", periods),
        ("lists", archive),
        ("stories", stories),
        ("articles", articles),
    ];
    let parts = kinds.into_iter().flat_map(|(kind, pages)| {
        let ranges = ranges(routes, &pages, max_urls).into_iter().zip(1..);
        let part = |(range, number): (Range<usize>, usize)| SitemapPart {
            path: format!("sitemap-{kind}-{number}.xml"),
            routes: pages[range].to_vec(),
        };
        ranges.map(part).collect::<Vec<_>>()
    });
    parts.collect()
}

/// Whether search engines may show a page, and the page is canonical.
fn is_listed(routes: Routes<'_>, route: Route) -> bool {
    match route {
        Route::NotFound | Route::Redirect(_) | Route::Amp(_) => false,
        Route::Article(id) => routes.has_own_page(id),
        Route::Story(story) => routes.is_story_indexed(story),
        _ => true,
    }
}

/// Divides pages into ranges, none of them too large for one file.
fn ranges(routes: Routes<'_>, pages: &[Route], max_urls: usize) -> Vec<Range<usize>> {
    let base = routes.config.base_url.as_str().len();
    let (mut ranges, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (index, route) in pages.iter().enumerate() {
        // Percent-encoding makes at most three bytes of one.
        let length = ENTRY_BYTES + base + 1 + 3 * routes.address(*route).len();
        if index - start == max_urls || bytes + length > MAX_BYTES {
            ranges.push(start..index);
            (start, bytes) = (index, 0);
        }
        bytes += length;
    }
    if start < pages.len() {
        ranges.push(start..pages.len());
    }
    ranges
}

/// The article that completed an archive page.
fn completed_by(routes: Routes<'_>, page: ListPage) -> Option<ArticleId> {
    let len = routes.list_len(page.of);
    routes.article_at(page.of, pagination::closing(len, routes.config.per_page, page.number?))
}

/// When the newest article that a page shows was published.
fn newest_shown(routes: Routes<'_>, route: Route) -> Option<DateTime<Utc>> {
    let published_at = |id| routes.collection.summary(id).published_at;
    let newest_of = |page: ListPage| {
        let range =
            pagination::range(routes.list_len(page.of), routes.config.per_page, page.number);
        routes.article_at(page.of, range.start).map(published_at)
    };
    match route {
        Route::Article(id) | Route::Amp(id) => Some(published_at(id)),
        Route::List(page) => newest_of(page),
        Route::Story(story) => routes.articles_of_story(story).last().map(|id| published_at(*id)),
        Route::Archive(Period::Year(_)) => None,
        Route::Archive(period) => {
            let articles = routes.articles_of_day(routes.days(period).next_back()?);
            articles.first().map(|id| published_at(*id))
        }
        Route::Front
        | Route::Index(IndexPage { of: IndexKind::Topics | IndexKind::Providers, .. }) => {
            newest_of(ListId::All.front())
        }
        Route::Index(_) | Route::Page(_) | Route::NotFound | Route::Redirect(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::page::fixture::{collection, config};

    /// The URLs of a sitemap by file, for a site with this many articles and at most ten URLs in a
    /// file. Every tenth article has the topic `Rare`.
    fn sitemap(articles: usize) -> BTreeMap<String, Vec<String>> {
        let config = config("article_pages = \"self\"\nper_page = 1\n");
        let article = |number| {
            let topic = if number % 10 == 4 { "Rare" } else { "Common" };
            let text = format!(
                "---\ntitle: T{number}\npublishedDateTime: 2026-01-01T00:{number:02}:00Z\n\
                 originalUrl: https://a.example/{number}\nprovider:\n  domain: a.example\ntopics: [{topic}]\n---\n"
            );
            (format!("{number}.md"), text)
        };
        let articles: Vec<(String, String)> = (0..articles).map(article).collect();
        let (collection, _) = collection(&articles, &config);
        let routes = Routes::new(&collection, &config);
        let parts = split(routes, 10);
        let urls =
            |part: &SitemapPart| part.routes.iter().map(|route| routes.url(*route)).collect();
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
}
