//! Paginated indexes of all topics, providers and pages.

use std::ops::Range;

use super::{ALL, Routes};
use crate::collection::{Taxonomy, TermId};

/// What an index lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// All topics, each with its parts below it.
    Topics,
    /// All providers.
    Providers,
    /// All pages (About, Contact, ...), where there are more than the footer names.
    Pages,
}

/// A page of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexPage {
    /// The index.
    pub of: IndexKind,
    /// Counted from 1.
    pub number: usize,
}

/// How many entries a page of an index has at most, beside those that repeat in which topics its first one is.
const MAX_ENTRIES: usize = 500;

/// How many of the pages (About, Contact, ...) the footer of every page names.
pub(super) const FOOTER_PAGES: usize = 12;

impl IndexKind {
    const EVERY: [Self; 3] = [Self::Topics, Self::Providers, Self::Pages];

    /// The first part of the address.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Topics => "topics",
            Self::Providers => "providers",
            Self::Pages => "pages",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Topics => "Topics",
            Self::Providers => "Providers",
            Self::Pages => "Pages",
        }
    }

    /// The page with the first entries.
    pub(super) fn first(self) -> IndexPage {
        IndexPage { of: self, number: 1 }
    }
}

impl IndexPage {
    /// The address below the site's root.
    pub(super) fn address(self) -> String {
        match (self.of.name(), self.number) {
            (index, 1) => index.to_owned(),
            (index, number) => format!("{index}/{ALL}/{number}"),
        }
    }

    /// The places of its entries, of which the index has `len`.
    pub(super) fn range(self, len: usize) -> Range<usize> {
        let start = (self.number - 1) * MAX_ENTRIES;
        start.min(len)..(start + MAX_ENTRIES).min(len)
    }
}

impl Routes<'_> {
    /// The pages of all indexes.
    pub(super) fn index_pages(&self) -> impl Iterator<Item = IndexPage> + use<> {
        let pages = IndexKind::EVERY.map(|of| (of, self.pages_of_index(of)));
        pages.into_iter().flat_map(|(of, count)| (1..=count).map(move |number| IndexPage { of, number }))
    }

    /// How many pages an index has.
    pub(super) fn pages_of_index(&self, of: IndexKind) -> usize {
        let len = match of {
            IndexKind::Topics => self.collection.topics.len(),
            IndexKind::Providers => self.collection.providers.len(),
            IndexKind::Pages if self.has_index_of_pages() => self.collection.pages.len(),
            IndexKind::Pages => return 0,
        };
        len.div_ceil(MAX_ENTRIES).max(1)
    }

    pub(super) fn has_index_of_pages(&self) -> bool {
        self.collection.pages.len() > FOOTER_PAGES
    }
}

/// The terms of an index in their order, each followed by its parts.
pub(super) fn in_order(taxonomy: &Taxonomy) -> Vec<TermId> {
    let mut order = Vec::with_capacity(taxonomy.len());
    let mut open = taxonomy.roots();
    open.reverse();
    while let Some(id) = open.pop() {
        order.push(id);
        open.extend(taxonomy.term(id).children.iter().rev());
    }
    order
}

/// The terms of a page of an index, for which `order` is [`in_order`], after those of which the first one is a part.
pub(super) fn with_parents(taxonomy: &Taxonomy, order: &[TermId], page: IndexPage) -> Vec<TermId> {
    let entries = &order[page.range(order.len())];
    let parent = |id: &TermId| taxonomy.term(*id).parent;
    let mut terms: Vec<TermId> =
        std::iter::successors(entries.first().and_then(parent), |id| parent(id)).collect();
    terms.reverse();
    terms.extend(entries);
    terms
}
