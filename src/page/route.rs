//! What pages and feeds show. Where they are follows from that: see [`Routes`](super::Routes).

use super::period::Period;
use crate::collection::{ArticleId, StoryIndex, TermId};
use crate::config::FeedFormat;
use crate::locale::Locale;

/// What a page shows.
#[derive(Clone, Copy, Debug)]
pub enum Route {
    /// The front page.
    Front,
    /// A page of a list of articles.
    List(ListPage),
    /// A page of an index.
    Index(IndexPage),
    /// A year, a month or a day of the archive.
    Archive(Period),
    /// One article.
    Article(ArticleId),
    /// A story, with all its articles.
    Story(StoryIndex),
    /// The AMP page of an article.
    Amp(ArticleId),
    /// A page such as About or Contact, by its index in the collection.
    Page(usize),
    /// The 404 page.
    NotFound,
    /// A redirect from a former URL.
    Redirect(RedirectPage),
}

/// A list of articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListId {
    /// All articles of the site.
    All,
    /// The articles of a topic.
    Topic(TermId),
    /// The articles of a provider.
    Provider(TermId),
    /// The articles of a category.
    Category(TermId),
}

impl ListId {
    /// The list's newest articles.
    pub(super) fn front(self) -> ListPage {
        ListPage { of: self, number: None }
    }

    /// The page that shows the list's newest articles: of all articles, the site's front page.
    pub(super) fn front_page(self) -> Route {
        match self {
            Self::All => Route::Front,
            _ => Route::List(self.front()),
        }
    }
}

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPage {
    /// The list.
    pub of: ListId,
    /// The number of an archive page, from 1; none for the list's front page.
    pub number: Option<usize>,
}

/// What an index lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// All topics, each with its subtopics.
    Topics,
    /// All providers.
    Providers,
    /// All pages (About, Contact, ...), if there are more than the footer names.
    Pages,
}

impl IndexKind {
    pub(super) const ALL: [Self; 3] = [Self::Topics, Self::Providers, Self::Pages];

    /// The first segment of the index's address.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Topics => "topics",
            Self::Providers => "providers",
            Self::Pages => "pages",
        }
    }

    /// The title of its pages.
    pub(super) fn title(self, locale: &Locale) -> &str {
        locale.word(self.name())
    }

    /// The page with the first entries.
    pub(super) fn first(self) -> IndexPage {
        IndexPage { of: self, number: 1 }
    }
}

/// A page of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexPage {
    /// The index.
    pub of: IndexKind,
    /// The number of the page, from 1.
    pub number: usize,
}

/// The feed of a list in one format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The list: all articles, a topic's or a provider's.
    pub of: ListId,
    /// The format.
    pub format: FeedFormat,
}

/// A redirect, by its index among all redirects.
#[derive(Clone, Copy, Debug)]
pub struct RedirectPage {
    pub(super) index: usize,
    pub(super) to: RedirectTarget,
}

/// A page that redirects may lead to.
#[derive(Clone, Copy, Debug)]
pub(super) enum RedirectTarget {
    Article(ArticleId),
    List(ListId),
    Page(usize),
    Story(StoryIndex),
}

impl From<RedirectTarget> for Route {
    fn from(target: RedirectTarget) -> Self {
        match target {
            RedirectTarget::Article(id) => Self::Article(id),
            RedirectTarget::List(of) => of.front_page(),
            RedirectTarget::Page(index) => Self::Page(index),
            RedirectTarget::Story(story) => Self::Story(story),
        }
    }
}

/// What the articles of a list have in common, and the front-matter key that says so.
pub(super) fn list_key(of: ListId) -> (&'static str, &'static str) {
    match of {
        ListId::All => ("site", ""),
        ListId::Topic(_) => ("topic", "topics"),
        ListId::Provider(_) => ("provider", "provider"),
        ListId::Category(_) => ("category", "category"),
    }
}
