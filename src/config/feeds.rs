//! The table `[feeds]`.

use super::keys::{FEED_ARTICLES, FEED_FORMATS, FEED_LIMIT, FEED_LINKS, FEED_STORIES, FEEDS};
use super::values::{choice, count, http_url, unknown_key};
use crate::http_url::HttpUrl;
use crate::node::{Node, Problem, Problems, Value};

/// Settings of feeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feeds {
    /// The maximum number of items; the newest are kept.
    pub limit: usize,
    /// Where items link to.
    pub link: FeedLink,
    /// The formats, in the order in which pages link them.
    pub formats: Vec<FeedFormat>,
    /// Which reports of a story are items.
    pub stories: FeedStories,
    /// The `WebSub` hub that notifies subscribers.
    pub hub: Option<HttpUrl>,
    /// The minimum number of articles for a topic to have feeds; `None` for no feeds.
    pub topics: Option<usize>,
    /// The minimum number of articles for a provider to have feeds; `None` for no feeds.
    pub providers: Option<usize>,
}

/// A feed format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedFormat {
    /// Atom (RFC 4287).
    Atom,
    /// RSS 2.0.
    Rss,
    /// JSON Feed 1.1.
    Json,
}

impl FeedFormat {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Atom, Self::Rss, Self::Json];

    fn from_name(name: &str) -> Option<Self> {
        match name {
            "atom" => Some(Self::Atom),
            "rss" => Some(Self::Rss),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The file name.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Atom => "atom.xml",
            Self::Rss => "rss.xml",
            Self::Json => "feed.json",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::Rss => "application/rss+xml",
            Self::Json => "application/feed+json",
        }
    }

    /// The media type to send it with. Browsers show XML with its stylesheet only if it is sent as
    /// XML in general; by its own media type Chromium shows its source, and Firefox saves it.
    pub fn served_as(self) -> &'static str {
        match self {
            Self::Atom | Self::Rss => "application/xml",
            Self::Json => self.media_type(),
        }
    }
}

/// Where feed items link to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeedLink {
    /// The article's page on this site.
    #[default]
    Page,
    /// The original.
    Source,
}

/// Which reports of a story are items of a feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeedStories {
    /// All of them.
    #[default]
    All,
    /// The first one in the feed's list.
    Lead,
}

impl Default for Feeds {
    fn default() -> Self {
        Self {
            limit: 30,
            formats: FeedFormat::ALL.into(),
            link: FeedLink::default(),
            stories: FeedStories::default(),
            hub: None,
            topics: Some(1),
            providers: Some(1),
        }
    }
}

impl Feeds {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut feeds = Self::default();
        for entry in problems.keep(node.map("feeds")).unwrap_or_default() {
            match &*entry.key {
                "formats" => {
                    let items = problems.keep(entry.node.list("formats")).unwrap_or_default();
                    let format =
                        |node| choice(node, "formats", &FEED_FORMATS, FeedFormat::from_name);
                    let formats: Vec<_> =
                        items.into_iter().filter_map(|item| problems.keep(format(item))).collect();
                    feeds.formats = FeedFormat::ALL
                        .into_iter()
                        .filter(|format| formats.contains(format))
                        .collect();
                }
                "limit" => {
                    let limit = problems.keep(count(&entry.node, "limit", FEED_LIMIT));
                    feeds.limit = limit.unwrap_or(feeds.limit);
                }
                "link" => {
                    let link = choice(entry.node, "link", &FEED_LINKS, |name| match name {
                        "page" => Some(FeedLink::Page),
                        "source" => Some(FeedLink::Source),
                        _ => None,
                    });
                    feeds.link = problems.keep(link).unwrap_or_default();
                }
                "stories" => {
                    let stories = choice(entry.node, "stories", &FEED_STORIES, |name| match name {
                        "all" => Some(FeedStories::All),
                        "lead" => Some(FeedStories::Lead),
                        _ => None,
                    });
                    feeds.stories = problems.keep(stories).unwrap_or_default();
                }
                "hub" => feeds.hub = problems.keep(http_url(entry.node, "hub")),
                "topics" => feeds.topics = problems.keep(articles(&entry.node, "topics")).flatten(),
                "providers" => {
                    feeds.providers = problems.keep(articles(&entry.node, "providers")).flatten();
                }
                _ => problems.add(unknown_key(&entry, "feeds", &FEEDS)),
            }
        }
        feeds
    }
}

/// The minimum number of articles for a feed; `true` means 1.
fn articles(node: &Node<'_>, key: &str) -> Result<Option<usize>, Problem> {
    match node.value {
        Value::Bool(all, _) => Ok(all.then_some(1)),
        _ => count(node, key, FEED_ARTICLES).map(Some).map_err(|problem| {
            let message = problem.message.replacen("must be", "must be `true`, `false` or", 1);
            Problem { message, ..problem }
        }),
    }
}
