//! The context of `terms.html`: a page of an index of topics, providers or pages.

use std::borrow::Cow;
use std::iter::Peekable;
use std::vec;

use chrono::NaiveDate;
use serde::Serialize;

use super::card::{Cards, HeadlineContext};
use super::head::PageHead;
use super::image::ImageContext;
use super::initials::initials;
use super::link::LinkContext;
use super::period;
use super::provider::term_logo;
use crate::collection::{Taxonomy, TermId};
use crate::locale::Direction;
use crate::page::index_pages;
use crate::page::period::Period;
use crate::page::route::{IndexKind, IndexPage, ListId, Route};
use crate::page::routes::Routes;
use crate::page::text_language;

/// The most headlines of each day on the page of a month.
const MAX_HEADLINES: usize = 15;

/// The variables of `terms.html`.
#[derive(Debug, Serialize)]
pub(super) struct IndexPageContext<'a> {
    pub(super) page: PageHead<'a>,
    terms: IndexContext<'a>,
}

/// The `terms` variable.
#[derive(Debug, Serialize)]
struct IndexContext<'a> {
    kind: &'static str,
    items: Vec<IndexEntry<'a>>,
    number: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
    /// The year or month before this one.
    older: Option<LinkContext<'a>>,
}

/// A topic, a provider, a page, a month or a day.
#[derive(Debug, Default, Serialize)]
struct IndexEntry<'a> {
    name: Cow<'a, str>,
    /// The language and direction of a topic's name, where they are not the site's.
    language: Option<&'a str>,
    direction: Option<Direction>,
    url: String,
    count: Option<usize>,
    description: &'a str,
    logo: Option<ImageContext<'a>>,
    initials: String,
    children: Vec<IndexEntry<'a>>,
    /// The newest articles of a day.
    articles: Vec<HeadlineContext<'a>>,
    /// Whether the day has more.
    has_more: bool,
}

/// The terms of the indexes in their order.
#[derive(Debug)]
pub(in crate::page) struct TermOrder {
    topics: Vec<TermId>,
    providers: Vec<TermId>,
}

impl TermOrder {
    pub(in crate::page) fn new(routes: Routes<'_>) -> Self {
        let in_order = index_pages::in_order;
        Self {
            topics: in_order(&routes.collection.topics),
            providers: in_order(&routes.collection.providers),
        }
    }
}

impl<'a> IndexPageContext<'a> {
    pub(super) fn new(routes: Routes<'a>, order: &TermOrder, page: IndexPage) -> Self {
        let IndexPage { of, number } = page;
        let collection = routes.collection;
        let items = match of {
            IndexKind::Topics => {
                TermIndex { routes, taxonomy: &collection.topics, list_of: ListId::Topic }
                    .entries(&order.topics, page)
            }
            IndexKind::Providers => {
                let list_of = ListId::Provider;
                TermIndex { routes, taxonomy: &collection.providers, list_of }
                    .entries(&order.providers, page)
            }
            IndexKind::Pages => {
                let pages = index_pages::range(page, collection.pages.len());
                pages.map(|index| page_entry(routes, index)).collect()
            }
        };
        let pages = routes.index_page_count(of);
        let url = |number| routes.url(Route::Index(IndexPage { of, number }));
        let head =
            PageHead::new(routes, "terms", of.title(&routes.config.locale), Route::Index(page));
        Self {
            page: PageHead { breadcrumbs: vec![LinkContext::home(routes.config)], ..head },
            terms: IndexContext {
                kind: of.name(),
                items,
                number,
                pages,
                previous: (number > 1).then(|| url(number - 1)),
                next: (number < pages).then(|| url(number + 1)),
                older: None,
            },
        }
    }

    /// The months of a year, or the days of a month with their newest articles. The page links to the
    /// period before, but not to the next one, which would change it.
    pub(super) fn of_period(cards: &'a Cards<'_>, period: Period) -> Self {
        let routes = cards.routes;
        let (kind, items) = match period {
            Period::Year(_) => {
                let mut months: Vec<Period> = routes.days(period).map(Period::month_of).collect();
                months.dedup();
                ("months", months.into_iter().map(|month| period_entry(cards, month)).collect())
            }
            Period::Month(_) | Period::Day(_) => {
                ("days", routes.days(period).rev().map(|day| day_entry(cards, day)).collect())
            }
        };
        let title = period::title(cards, period);
        let head = PageHead::new(routes, "terms", title, Route::Archive(period));
        Self {
            page: PageHead { breadcrumbs: period::breadcrumbs(cards, period), ..head },
            terms: IndexContext {
                kind,
                items,
                number: 1,
                pages: 1,
                previous: None,
                next: None,
                older: routes.period_before(period).map(|before| period::link(cards, before)),
            },
        }
    }
}

/// The terms of an index.
struct TermIndex<'a> {
    routes: Routes<'a>,
    taxonomy: &'a Taxonomy,
    list_of: fn(TermId) -> ListId,
}

impl<'a> TermIndex<'a> {
    /// The entries on a page of the index, whose terms are in `order`.
    fn entries(&self, order: &[TermId], page: IndexPage) -> Vec<IndexEntry<'a>> {
        let ids = index_pages::with_parents(self.taxonomy, order, page);
        self.children(&mut ids.into_iter().peekable(), None)
    }

    /// The entries of the children of `parent` at the beginning of `ids`, where each term is
    /// followed by its own children.
    fn children(
        &self,
        ids: &mut Peekable<vec::IntoIter<TermId>>,
        parent: Option<TermId>,
    ) -> Vec<IndexEntry<'a>> {
        let mut entries = Vec::new();
        while let Some(id) = ids.next_if(|id| self.taxonomy.term(*id).parent == parent) {
            let children = self.children(ids, Some(id));
            entries.push(self.entry(id, children));
        }
        entries
    }

    fn entry(&self, id: TermId, children: Vec<IndexEntry<'a>>) -> IndexEntry<'a> {
        let term = self.taxonomy.term(id);
        let config = self.routes.config;
        let list = (self.list_of)(id);
        let is_topic = matches!(list, ListId::Topic(_));
        let language = text_language::of_topic(config, term).filter(|_| is_topic);
        IndexEntry {
            name: (&*term.name).into(),
            language,
            direction: text_language::direction(config, language),
            url: self.routes.list_url(list),
            count: Some(term.articles.len()),
            description: term.page.as_ref().map_or("", |page| &page.description),
            logo: term_logo(config, term),
            initials: initials(&term.name),
            children,
            ..IndexEntry::default()
        }
    }
}

fn page_entry(routes: Routes<'_>, index: usize) -> IndexEntry<'_> {
    let page = &routes.collection.pages[index];
    IndexEntry {
        name: (&*page.title).into(),
        url: routes.url(Route::Page(index)),
        description: &page.description,
        initials: initials(&page.title),
        ..IndexEntry::default()
    }
}

fn period_entry<'a>(cards: &'a Cards<'_>, period: Period) -> IndexEntry<'a> {
    let LinkContext { title: name, url, .. } = period::link(cards, period);
    let initials = initials(&name);
    IndexEntry { name, url: url.into_owned(), initials, ..IndexEntry::default() }
}

fn day_entry<'a>(cards: &'a Cards<'_>, day: NaiveDate) -> IndexEntry<'a> {
    let ids = cards.routes.articles_of_day(day);
    IndexEntry {
        articles: ids.iter().take(MAX_HEADLINES).map(|id| cards.headline(*id)).collect(),
        has_more: ids.len() > MAX_HEADLINES,
        ..period_entry(cards, Period::Day(day))
    }
}
