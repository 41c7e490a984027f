//! The news sitemap: the articles of the last two days.

use chrono::Duration;
use serde::Serialize;

use super::route::Route;
use super::routes::Routes;
use super::sitemap::SitemapEntry;
use crate::collection::ArticleId;

/// The name of the news sitemap.
pub(super) const NEWS_SITEMAP: &str = "news-sitemap.xml";

/// How long the news sitemap lists an article.
pub const NEWS_SPAN: Duration = Duration::hours(48);

/// The most articles of a news sitemap.
const MAX_NEWS: usize = 1000;

/// The content of the news sitemap.
#[derive(Debug, Serialize)]
pub struct NewsSitemapContext<'a> {
    /// The name of the site.
    pub site: &'a str,
    /// The language code (ISO 639, with two exceptions that the format makes).
    pub language: String,
    /// The articles, newest first, each with its title.
    pub articles: Vec<(SitemapEntry, &'a str)>,
}

impl<'a> NewsSitemapContext<'a> {
    pub(super) fn new(routes: Routes<'a>) -> Self {
        let Routes { collection, config, .. } = routes;
        let is_new = |id: &ArticleId| {
            let published_at = collection.summary(*id).published_at;
            published_at <= config.now
                && config.now < published_at + NEWS_SPAN
                && routes.has_own_page(*id)
        };
        let entry = |id: ArticleId| {
            (SitemapEntry::page(routes, Route::Article(id)), &*collection.summary(id).title)
        };
        Self {
            site: &config.title,
            language: news_language(&config.language),
            articles: collection.ids().filter(is_new).take(MAX_NEWS).map(entry).collect(),
        }
    }
}

/// The code of a language in news sitemaps: the first subtag, except for the two forms of Chinese
/// (<https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap>).
fn news_language(tag: &str) -> String {
    let tag = tag.to_lowercase();
    let mut parts = tag.split('-');
    match parts.next() {
        Some("zh") if parts.any(|part| matches!(part, "tw" | "hk" | "mo" | "hant")) => {
            "zh-tw".to_owned()
        }
        Some("zh") => "zh-cn".to_owned(),
        first => first.unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_sitemap_language_codes() {
        for (tag, language) in [
            ("en", "en"),
            ("pt-BR", "pt"),
            ("zh", "zh-cn"),
            ("zh-Hant-HK", "zh-tw"),
            ("zh-CN", "zh-cn"),
        ] {
            assert_eq!(news_language(tag), language, "{tag}");
        }
    }
}
