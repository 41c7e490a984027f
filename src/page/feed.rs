//! Feeds: the newest articles of a list. There is one model; `render::feed` writes it in each
//! format.
//!
//! A feed contains nothing of article bodies, so editing one changes no feed. Its dates are those
//! of its articles.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::context::ImageContext;
use super::provider;
use super::route::{FeedPage, ListId, Route};
use super::routes::Routes;
use super::text_language;
use crate::asset::{Asset, FEED_STYLESHEET};
use crate::collection::{ArticleId, StoryIndex};
use crate::config::{Config, FeedFormat, FeedLink, FeedStories, Feeds};
use crate::http_url::HttpUrl;

/// The maximum number of other reports that an item names.
const MAX_REPORTS: usize = 12;

/// A feed, in whatever format. All URLs are absolute.
#[derive(Debug, Serialize)]
pub struct Feed<'a> {
    /// A permanent id, the same in every format.
    pub id: String,
    /// The names of the list and the site.
    pub title: Cow<'a, str>,
    /// A sentence; never empty.
    pub description: &'a str,
    /// The language tag (BCP 47).
    pub language: &'a str,
    /// The word before the name of an item's provider, with a colon.
    pub source_label: &'a str,
    /// The name of the site.
    pub site: &'a str,
    /// The URL of the list's page.
    pub page: String,
    /// The URL of the feed itself.
    pub url: String,
    /// The path of the stylesheet that browsers show it with, of XML formats.
    pub stylesheet: Option<String>,
    /// The URL of the `WebSub` hub.
    pub hub: Option<&'a str>,
    /// When the newest article was published.
    #[serde(serialize_with = "seconds")]
    pub updated: DateTime<Utc>,
    /// The items, newest first.
    pub items: Vec<FeedItem<'a>>,
}

/// An item of a feed.
#[derive(Debug, Serialize)]
pub struct FeedItem<'a> {
    /// A permanent id.
    pub id: String,
    /// The title.
    pub title: &'a str,
    /// The excerpt; may be empty.
    pub excerpt: &'a str,
    /// The language of title and excerpt, if it is not that of the feed.
    pub language: Option<Cow<'a, str>>,
    /// Whether the excerpt is taken from the body, which is in the language of the feed.
    pub own_excerpt: bool,
    /// The URL that the item links to: its page or the original.
    pub link: Cow<'a, str>,
    /// The URL of its page on this site, if it has one.
    pub page: Option<String>,
    /// The URL of the original.
    pub source: &'a str,
    /// When the provider published the original.
    #[serde(serialize_with = "seconds")]
    pub published_at: DateTime<Utc>,
    /// The name of the provider.
    pub provider: &'a str,
    /// The provider's website.
    pub website: Cow<'a, str>,
    /// The provider's own feed, if its file names it.
    pub feed: Option<&'a str>,
    /// The names of its topics.
    pub topics: Vec<&'a str>,
    /// The URL of its image.
    pub image: Option<Cow<'a, str>>,
    /// The other reports of its story that it names, if there are any.
    pub story: Option<FeedStory<'a>>,
}

/// The story of an item. If all reports are items, each names the earlier ones only, since later
/// ones would change items that readers have; the only item of a story names the later ones.
#[derive(Debug, Serialize)]
pub struct FeedStory<'a> {
    /// An id of the story.
    pub id: String,
    /// The reports next to the item, before or after it, oldest first.
    pub reports: Vec<FeedReport<'a>>,
}

/// Another report of an item's story.
#[derive(Debug, Serialize)]
pub struct FeedReport<'a> {
    /// Its title.
    pub title: &'a str,
    /// The name of its provider.
    pub provider: &'a str,
    /// The URL of its page on this site, or else of the original.
    pub url: Cow<'a, str>,
}

fn seconds<S: Serializer>(instant: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(instant.timestamp())
}

impl<'a> Feed<'a> {
    /// The feed of a list.
    pub(super) fn new(routes: Routes<'a>, page: FeedPage, assets: &[Asset]) -> Self {
        let Routes { collection, config, .. } = routes;
        let ids = items(routes, page.of);
        let stylesheet = assets.iter().find(|asset| asset.name == FEED_STYLESHEET);
        let stylesheet = stylesheet.filter(|_| page.format != FeedFormat::Json);
        let newest = *ids.first().expect("an empty list has no feed");
        Self {
            id: config.id.urn_for(&routes.list_address(page.of)),
            title: routes.feed_title(page.of),
            description: description(routes, page.of),
            language: &config.language,
            source_label: config.locale.word("source"),
            site: &config.title,
            page: routes.absolute_url(page.of.front_page()),
            url: config.absolute(&routes.feed_url(page)),
            stylesheet: stylesheet.map(|asset| routes.file_url(&asset.path)),
            hub: config.feeds.hub.as_ref().map(HttpUrl::as_str),
            updated: collection.summary(newest).published_at,
            items: ids.into_iter().map(|id| FeedItem::new(routes, id)).collect(),
        }
    }
}

/// The newest articles of a list that are items of its feeds.
fn items(routes: Routes<'_>, of: ListId) -> Vec<ArticleId> {
    let Feeds { limit, stories, .. } = routes.config.feeds;
    match stories {
        FeedStories::All => routes.newest(of, limit).collect(),
        FeedStories::Lead => {
            let stories = routes.collection.stories();
            let mut first_in_list = HashMap::new();
            let is_first = |id: &ArticleId| {
                let story = stories.of(*id);
                let first = first_in_list.entry(story).or_insert_with(|| {
                    let mut articles = stories.get(story).articles.iter();
                    articles.find(|other| routes.is_in_list(of, **other))
                });
                *first == Some(id)
            };
            routes.newest(of, usize::MAX).filter(is_first).take(limit).collect()
        }
    }
}

/// The reports of an article's story that its item names, oldest first.
fn named_reports(routes: Routes<'_>, id: ArticleId) -> &[ArticleId] {
    let stories = routes.collection.stories();
    match routes.config.feeds.stories {
        FeedStories::All => {
            let earlier = stories.earlier(id);
            &earlier[earlier.len().saturating_sub(MAX_REPORTS)..]
        }
        FeedStories::Lead => {
            let later = stories.later(id);
            &later[..later.len().min(MAX_REPORTS)]
        }
    }
}

fn description(routes: Routes<'_>, of: ListId) -> &str {
    let Config { description, tagline, title, .. } = routes.config;
    let page = routes.term(of).and_then(|term| term.page.as_ref());
    let own = page.map_or("", |page| &page.description);
    [own, description, tagline].into_iter().find(|text| !text.is_empty()).unwrap_or(title)
}

impl<'a> FeedItem<'a> {
    fn new(routes: Routes<'a>, id: ArticleId) -> Self {
        let Routes { collection, config, .. } = routes;
        let summary = collection.summary(id);
        let page = routes.has_page(id).then(|| routes.absolute_url(Route::Article(id)));
        Self {
            id: config.id.urn_for(&summary.path),
            title: &summary.title,
            excerpt: &summary.excerpt,
            language: text_language::of_article(routes, summary).and_then(text_language::named),
            own_excerpt: !summary.has_written_excerpt,
            link: match (config.feeds.link, &page) {
                (FeedLink::Page, Some(page)) => page.clone().into(),
                _ => summary.web_url.as_str().into(),
            },
            page,
            source: summary.web_url.as_str(),
            published_at: summary.published_at,
            provider: &summary.provider.name,
            website: provider::website_or_domain(collection, summary),
            feed: provider::feed(collection, summary),
            topics: summary.topics.iter().map(|topic| &*topic.name).collect(),
            image: summary.image.as_ref().map(|image| ImageContext::absolute(routes, image).url),
            story: FeedStory::of(routes, id),
        }
    }
}

impl<'a> FeedStory<'a> {
    fn of(routes: Routes<'a>, id: ArticleId) -> Option<Self> {
        let named = named_reports(routes, id);
        if named.is_empty() {
            return None;
        }
        let report = |other: &ArticleId| {
            let summary = routes.collection.summary(*other);
            FeedReport {
                title: &summary.title,
                provider: &summary.provider.name,
                url: routes.absolute_article_url(*other),
            }
        };
        let reports = named.iter().map(report).collect();
        Some(Self { id: story_id(routes, routes.collection.stories().of(id)), reports })
    }
}

/// An id of a story: made of the name that editors gave it, else of the article by which it is known.
fn story_id(routes: Routes<'_>, story: StoryIndex) -> String {
    let known_by = || &*routes.collection.summary(routes.known_by(story)).path;
    let key = routes.collection.stories().get(story).key.as_ref();
    let name = key.map_or_else(|| known_by().into(), |key| format!("story:{}", key.slug));
    routes.config.id.urn_for(&name)
}
