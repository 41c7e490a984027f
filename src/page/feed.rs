//! Feeds: the newest articles of a list, for programs that follow it. One model; `render::feed` writes it in each format.
//!
//! A feed holds what cards say, so an edit to a body changes no feed. Its dates are those of its articles.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::pagination::ListId;
use super::{Route, Routes, list_front};
use crate::collection::ArticleId;
use crate::config::{Config, FeedFormat, FeedLink};
use crate::digest::Digest;
use crate::document::{ArticleSummary, TermPage};
use crate::http_url::HttpUrl;

/// The feed of a list, in one format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The list: all articles, a topic's or a provider's.
    pub of: ListId,
    /// The format.
    pub format: FeedFormat,
}

/// A feed in no particular format, with items `I`. All URLs are absolute.
#[derive(Debug, Serialize)]
pub struct Feed<'a, I> {
    /// A permanent id, the same in every format.
    pub id: String,
    /// The name of the list, and of the site.
    pub title: Cow<'a, str>,
    /// A sentence; never empty.
    pub description: &'a str,
    /// BCP 47.
    pub language: &'a str,
    /// The name of the site, which makes the selection.
    pub site: &'a str,
    /// The page of the list.
    pub page: String,
    /// The feed's own URL.
    pub url: String,
    /// The `WebSub` hub.
    pub hub: Option<&'a str>,
    /// When its newest article was published.
    #[serde(serialize_with = "seconds")]
    pub updated: DateTime<Utc>,
    /// The newest first.
    pub items: Vec<I>,
}

/// An item of a feed.
#[derive(Debug, Serialize)]
pub struct FeedItem<'a> {
    /// A permanent id.
    pub id: String,
    /// The title.
    pub title: &'a str,
    /// What it is about; may be empty.
    pub excerpt: &'a str,
    /// Where the item leads: to its page or to the original.
    pub link: Cow<'a, str>,
    /// Its page on this site, if it has one.
    pub page: Option<String>,
    /// The original.
    pub source: &'a str,
    /// When its provider published it.
    #[serde(serialize_with = "seconds")]
    pub published_at: DateTime<Utc>,
    /// The name of its provider.
    pub provider: &'a str,
    /// The provider's own site.
    pub website: Cow<'a, str>,
    /// The provider's own feed, where its file names it.
    pub feed: Option<&'a str>,
    /// The names of its topics.
    pub topics: Vec<&'a str>,
    /// A picture.
    pub image: Option<Cow<'a, str>>,
}

fn seconds<S: Serializer>(instant: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(instant.timestamp())
}

/// How a feed represents an article: by its item, or by the item's digest, to detect a change.
pub trait FeedItemRepr<'a>: Serialize {
    /// An article of a plan.
    fn of(routes: &'a Routes<'_>, id: ArticleId) -> Self;
}

impl<'a> FeedItemRepr<'a> for FeedItem<'a> {
    fn of(routes: &'a Routes<'_>, id: ArticleId) -> Self {
        routes.feed_item(id)
    }
}

impl FeedItemRepr<'_> for Digest {
    fn of(routes: &Routes<'_>, id: ArticleId) -> Self {
        *routes.precomputed(id).item_digest.get_or_init(|| Self::of_value(&routes.feed_item(id)))
    }
}

impl Routes<'_> {
    /// The lists that have feeds.
    pub(super) fn lists_with_feeds(&self) -> Vec<ListId> {
        let topics = self.collection.topics.terms().map(|(id, _)| ListId::Topic(id));
        let providers = self.collection.providers.terms().map(|(id, _)| ListId::Provider(id));
        let lists = [ListId::All].into_iter().chain(topics).chain(providers);
        lists.filter(|of| self.has_feeds(*of)).collect()
    }

    /// Whether a list has feeds. One without articles has none: there is no date that its feed could have.
    pub(super) fn has_feeds(&self, of: ListId) -> bool {
        let from = match of {
            ListId::All => Some(1),
            ListId::Topic(_) => self.config.feeds.topics,
            ListId::Provider(_) => self.config.feeds.providers,
            ListId::Category(_) => None,
        };
        from.is_some_and(|articles| self.list_len(of) >= articles)
    }

    /// The path of a feed below the output folder.
    pub(super) fn feed_path(&self, page: FeedPage) -> String {
        let (list, name) = (self.list_address(page.of), page.format.file_name());
        if list.is_empty() { name.to_owned() } else { format!("{list}/{name}") }
    }

    /// The address of a feed as links have it.
    pub(super) fn feed_url(&self, page: FeedPage) -> String {
        [self.config.root(), &super::encode(&self.feed_path(page))].concat()
    }

    /// What a feed says; none where its list is empty.
    pub fn feed<'v, I: FeedItemRepr<'v>>(&'v self, page: FeedPage) -> Option<Feed<'v, I>> {
        let ids = self.newest(page.of, self.config.feeds.limit);
        let front = match page.of {
            ListId::All => Route::Front,
            of => list_front(of),
        };
        let newest = *ids.first()?;
        Some(Feed {
            id: self.config.id.urn_for(&self.list_address(page.of)),
            title: self.feed_title(page.of),
            description: self.feed_description(page.of),
            language: &self.config.language,
            site: &self.config.title,
            page: self.absolute_url(front),
            url: self.config.absolute(&self.feed_url(page)),
            hub: self.config.feeds.hub.as_ref().map(HttpUrl::as_str),
            updated: self.collection.summary(newest).published_at,
            items: ids.into_iter().map(|id| I::of(self, id)).collect(),
        })
    }

    /// The name of the list and of the site.
    pub(super) fn feed_title(&self, of: ListId) -> Cow<'_, str> {
        let site = self.config.title.as_str();
        match self.taxonomy(of) {
            None => site.into(),
            Some((taxonomy, id)) => format!("{} - {site}", taxonomy.term(id).name).into(),
        }
    }

    /// What a feed is about.
    fn feed_description(&self, of: ListId) -> &str {
        let own = self.taxonomy(of).and_then(|(taxonomy, id)| taxonomy.term(id).page.as_ref());
        let own = own.map_or("", |page| &page.description);
        let Config { description, tagline, title, .. } = self.config;
        [own, description, tagline].into_iter().find(|text| !text.is_empty()).unwrap_or(title)
    }
    /// The newest articles of a list, newest first.
    fn newest(&self, of: ListId, count: usize) -> Vec<ArticleId> {
        match self.taxonomy(of) {
            None => self.collection.ids().take(count).collect(),
            Some((taxonomy, id)) => taxonomy.term(id).articles.iter().take(count).copied().collect(),
        }
    }

    /// The file of an article's provider, if there is one.
    fn provider_page(&self, summary: &ArticleSummary) -> Option<&TermPage> {
        let providers = &self.collection.providers;
        providers.find(summary.provider.domain.as_str()).and_then(|id| providers.term(id).page.as_ref())
    }

    /// The own site of an article's provider: as its file names it, or else at its domain.
    pub(super) fn provider_site(&self, summary: &ArticleSummary) -> Cow<'_, str> {
        match self.website(summary) {
            Some(website) => website.into(),
            None => format!("https://{}/", summary.provider.domain.as_str()).into(),
        }
    }

    /// The site of an article's provider, where the provider's file names it.
    pub(super) fn website(&self, summary: &ArticleSummary) -> Option<&str> {
        Some(self.provider_page(summary)?.website.as_ref()?.as_str())
    }

    fn feed_item(&self, id: ArticleId) -> FeedItem<'_> {
        let summary = self.collection.summary(id);
        let feed = self.provider_page(summary).and_then(|page| page.feed.as_ref());
        let page = self.has_page(id).then(|| self.absolute_url(Route::Article(id)));
        FeedItem {
            id: self.config.id.urn_for(&summary.path),
            title: &summary.title,
            excerpt: &summary.excerpt,
            link: match (self.config.feeds.link, &page) {
                (FeedLink::Page, Some(page)) => page.clone().into(),
                _ => summary.web_url.as_str().into(),
            },
            page,
            source: summary.web_url.as_str(),
            published_at: summary.published_at,
            provider: &summary.provider.name,
            website: self.provider_site(summary),
            feed: feed.map(HttpUrl::as_str),
            topics: summary.topics.iter().map(|topic| &*topic.name).collect(),
            image: summary.image.as_ref().map(|image| self.absolute_image(image).url),
        }
    }
}
