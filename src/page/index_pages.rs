//! Paginated indexes of all topics, providers and pages.

use std::ops::Range;

use super::route::IndexPage;
use crate::collection::{Taxonomy, TermId};

/// The most entries of one page, not counting repeated parents of its first entry.
const MAX_ENTRIES: usize = 500;

/// How many pages (About, Contact, ...) the footer names.
pub(super) const FOOTER_PAGES: usize = 12;

/// How many pages an index with `len` entries has.
pub(super) fn count(len: usize) -> usize {
    len.div_ceil(MAX_ENTRIES).max(1)
}

/// Which of an index's `len` entries are on a page.
pub(super) fn range(page: IndexPage, len: usize) -> Range<usize> {
    let start = (page.number - 1) * MAX_ENTRIES;
    start.min(len)..(start + MAX_ENTRIES).min(len)
}

/// All terms of a taxonomy in the order of its index: each is followed by its children.
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

/// The terms on a page of an index, preceded by the ancestors of the first one. `order` is
/// [`in_order`].
pub(super) fn with_parents(taxonomy: &Taxonomy, order: &[TermId], page: IndexPage) -> Vec<TermId> {
    let entries = &order[range(page, order.len())];
    let parent = |id: &TermId| taxonomy.term(*id).parent;
    let mut terms: Vec<TermId> =
        std::iter::successors(entries.first().and_then(parent), |id| parent(id)).collect();
    terms.reverse();
    terms.extend(entries);
    terms
}
