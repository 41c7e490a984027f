//! The context of `list.html` and `story.html`: a page of a list of articles.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::Serialize;

use super::article_repr::ArticleRepr;
use super::body::body_html;
use super::card::Cards;
use super::head::PageHead;
use super::image::ImageContext;
use super::initials::initials;
use super::link::{LinkContext, list_name};
use super::period::{self, DayContext};
use crate::collection::{ArticleId, StoryIndex, TermId};
use crate::document::body::HtmlTarget;
use crate::http_url::HttpUrl;
use crate::locale::Direction;
use crate::page::period::Period;
use crate::page::route::{IndexKind, ListId, ListPage, Route};
use crate::page::routes::Routes;
use crate::page::text_language;

/// The number of characters of headlines in a description. Search engines show about 155.
const DESCRIPTION_LENGTH: usize = 150;

/// The variables of `list.html`.
#[derive(Debug, Serialize)]
pub(super) struct ListPageContext<'a, C> {
    pub(super) page: PageHead<'a>,
    list: ListContext<'a>,
    cards: Vec<C>,
    days: Vec<DayContext>,
    pager: Pagination,
}

/// The `list` variable: what the list is of.
#[derive(Debug, Serialize)]
struct ListContext<'a> {
    kind: &'static str,
    name: Cow<'a, str>,
    /// The language and direction of the name, where they are not the site's.
    language: Option<Cow<'a, str>>,
    direction: Option<Direction>,
    description: &'a str,
    body: String,
    initials: String,
    logo: Option<ImageContext<'a>>,
    website: Option<&'a str>,
    feed: Option<&'a str>,
    children: Vec<LinkContext<'a>>,
}

/// The `pager` variable: links to other pages of the list.
#[derive(Debug, Serialize)]
pub(super) struct Pagination {
    number: Option<usize>,
    /// The title of an archive page, by the dates of its articles.
    title: Option<String>,
    newer: Option<String>,
    pub(super) older: Option<String>,
    newest: Option<String>,
}

impl<'a, C: ArticleRepr<'a>> ListPageContext<'a, C> {
    pub(super) fn new(cards: &'a Cards<'_>, page: ListPage) -> Self {
        let routes = cards.routes;
        let list = ListContext::new(routes, page);
        let ids = routes.articles(page);
        let head = PageHead::new(routes, "list", list.name.clone(), Route::List(page));
        let title = page.number.and_then(|_| period::stories_title(cards, &ids));
        Self {
            page: PageHead {
                description: description(list.description, cards, &ids),
                breadcrumbs: breadcrumbs(routes, page.of),
                ..head
            },
            list,
            cards: ids.iter().map(|id| C::card(cards, *id)).collect(),
            days: period::days(cards, &ids),
            pager: Pagination { title, ..Pagination::new(routes, page) },
        }
    }

    /// The page of a day, which links to the day before, but not to the next one, which would change
    /// it.
    pub(super) fn of_day(cards: &'a Cards<'_>, day: NaiveDate) -> Self {
        let (routes, period) = (cards.routes, Period::Day(day));
        let ids = routes.articles_of_day(day);
        let name = period::title(cards, period);
        let head = PageHead::new(routes, "list", name.clone(), Route::Archive(period));
        let older = routes.period_before(period).map(|before| routes.url(Route::Archive(before)));
        Self {
            page: PageHead {
                description: description("", cards, ids),
                breadcrumbs: period::breadcrumbs(cards, period),
                ..head
            },
            list: ListContext::named("day", name.into()),
            cards: ids.iter().map(|id| C::card(cards, *id)).collect(),
            days: period::days(cards, ids),
            pager: Pagination { number: None, title: None, newer: None, older, newest: None },
        }
    }
}

impl<'a, C: ArticleRepr<'a>> ListPageContext<'a, C> {
    /// The page of a story, oldest articles first.
    pub(super) fn of_story(cards: &'a Cards<'_>, index: StoryIndex) -> Self {
        let routes = cards.routes;
        let story = routes.collection.stories().get(index);
        let oldest = routes.collection.summary(story.oldest());
        let ids = routes.articles_of_story(index);
        let name = routes.story_name(index);
        let language = match story.key {
            Some(_) => text_language::of_text(routes.config, name),
            None => text_language::of_article(routes, oldest),
        };
        let head = PageHead::new(routes, "story", name, Route::Story(index));
        let image = ids.iter().find_map(|id| routes.card_image(*id));
        let image = image.map(|image| ImageContext::absolute(routes, image));
        Self {
            page: PageHead {
                description: Cow::Borrowed(&oldest.excerpt),
                image: image.or(head.image),
                breadcrumbs: vec![LinkContext::home(routes.config)],
                robots: (!routes.is_story_indexed(index)).then_some("noindex,follow"),
                ..head
            },
            list: ListContext {
                direction: text_language::direction(routes.config, language.as_deref()),
                language,
                ..ListContext::named("story", name.into())
            },
            cards: ids.iter().map(|id| C::card(cards, *id)).collect(),
            days: period::days(cards, ids),
            pager: Pagination { number: None, title: None, newer: None, older: None, newest: None },
        }
    }
}

impl<'a> ListContext<'a> {
    /// An archive page shows nothing that may change: introduction and children are shown on the
    /// list's front page only.
    fn new(routes: Routes<'a>, page: ListPage) -> Self {
        let ListPage { of, number } = page;
        let config = routes.config;
        let topic = match of {
            ListId::Topic(id) => Some(routes.collection.topics.term(id)),
            _ => None,
        };
        let kind = match of {
            ListId::All => "all",
            ListId::Topic(_) => "topic",
            ListId::Provider(_) => "provider",
            ListId::Category(_) => "category",
        };
        let language = topic.and_then(|topic| text_language::of_topic(config, topic));
        let page = routes.term(of).and_then(|term| term.page.as_ref());
        let introduction = page.filter(|_| number.is_none());
        let children = topic.filter(|_| number.is_none()).map_or(&[][..], |topic| &topic.children);
        let child = |id: &TermId| LinkContext::topic_list(routes, *id);
        let name = list_name(routes, of);
        Self {
            kind,
            name: name.into(),
            direction: text_language::direction(config, language),
            language: language.map(Cow::Borrowed),
            description: page.map_or("", |page| &page.description),
            body: introduction
                .map_or_else(String::new, |page| body_html(routes, &page.body, HtmlTarget::Html)),
            initials: initials(name),
            logo: page
                .and_then(|page| page.logo.as_ref())
                .map(|logo| ImageContext::new(config, logo)),
            website: page.and_then(|page| page.website.as_ref()).map(HttpUrl::as_str),
            feed: page.and_then(|page| page.feed.as_ref()).map(HttpUrl::as_str),
            children: children.iter().map(child).collect(),
        }
    }

    /// A list that has nothing but a name.
    fn named(kind: &'static str, name: Cow<'a, str>) -> Self {
        Self {
            kind,
            initials: initials(&name),
            name,
            language: None,
            direction: None,
            description: "",
            body: String::new(),
            logo: None,
            website: None,
            feed: None,
            children: Vec::new(),
        }
    }
}

/// The description of a list in search results: its own, else its first headlines.
fn description<'a>(own: &'a str, cards: &Cards<'a>, ids: &[ArticleId]) -> Cow<'a, str> {
    if !own.is_empty() {
        return Cow::Borrowed(own);
    }
    let titles = ids.iter().map(|id| &*cards.routes.collection.summary(*id).title);
    let mut length = 0;
    let first = titles.take_while(|title| {
        let is_first = length == 0;
        length += title.chars().count();
        is_first || length <= DESCRIPTION_LENGTH
    });
    Cow::Owned(first.collect::<Vec<_>>().join(" · "))
}

/// The path from the front page to a list.
fn breadcrumbs(routes: Routes<'_>, of: ListId) -> Vec<LinkContext<'_>> {
    let mut path = vec![LinkContext::home(routes.config)];
    match of {
        ListId::All | ListId::Category(_) => {}
        ListId::Provider(_) => path.push(LinkContext::index(routes, IndexKind::Providers)),
        ListId::Topic(id) => {
            path.push(LinkContext::index(routes, IndexKind::Topics));
            let topics = &routes.collection.topics;
            let parents =
                std::iter::successors(topics.term(id).parent, |id| topics.term(*id).parent);
            let mut parents: Vec<LinkContext<'_>> =
                parents.map(|id| LinkContext::topic_list(routes, id)).collect();
            parents.reverse();
            path.extend(parents);
        }
    }
    path
}

impl Pagination {
    pub(super) fn new(routes: Routes<'_>, page: ListPage) -> Self {
        let ListPage { of, number } = page;
        let archive_pages = routes.archive_page_count(of);
        let front = || routes.list_url(of);
        let archive = |number| routes.url(Route::List(ListPage { of, number: Some(number) }));
        let older = number.unwrap_or(archive_pages + 1) - 1;
        Self {
            number,
            title: None,
            newer: number
                .map(|number| if number < archive_pages { archive(number + 1) } else { front() }),
            older: (older > 0).then(|| archive(older)),
            newest: number.map(|_| front()),
        }
    }
}
