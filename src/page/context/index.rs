//! The context of `terms.html`: a page of an index of topics, providers or pages.

use std::iter::Peekable;
use std::vec;

use serde::Serialize;

use super::head::PageHead;
use super::image::ImageContext;
use super::initials::initials;
use super::link::LinkContext;
use super::provider::term_logo;
use crate::collection::{Taxonomy, TermId};
use crate::locale::Direction;
use crate::page::index_pages;
use crate::page::route::{IndexKind, IndexPage, ListId, Route};
use crate::page::routes::Routes;
use crate::page::text_language;

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
}

/// A topic, a provider or a page.
#[derive(Debug, Serialize)]
struct IndexEntry<'a> {
    name: &'a str,
    /// The language and direction of a topic's name, where they are not the site's.
    language: Option<&'a str>,
    direction: Option<Direction>,
    url: String,
    count: Option<usize>,
    description: &'a str,
    logo: Option<ImageContext<'a>>,
    initials: String,
    children: Vec<IndexEntry<'a>>,
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
            name: &term.name,
            language,
            direction: text_language::direction(config, language),
            url: self.routes.list_url(list),
            count: Some(term.articles.len()),
            description: term.page.as_ref().map_or("", |page| &page.description),
            logo: term_logo(config, term),
            initials: initials(&term.name),
            children,
        }
    }
}

fn page_entry(routes: Routes<'_>, index: usize) -> IndexEntry<'_> {
    let page = &routes.collection.pages[index];
    IndexEntry {
        name: &page.title,
        language: None,
        direction: None,
        url: routes.url(Route::Page(index)),
        count: None,
        description: &page.description,
        logo: None,
        initials: initials(&page.title),
        children: Vec::new(),
    }
}
