//! All documents together: which articles take part and in what order, what belongs to which topic, provider and
//! category, and what is related to what.
//!
//! Sequential where order decides, pure throughout. Ids are places in this collection's own vectors and mean nothing
//! outside it.

mod address;
mod related;
mod taxonomy;

use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::{Card, StandingPage, TermPage};

pub use related::RelatedLink;
pub use taxonomy::{Taxonomy, Term, TermId};

/// The place of an article among all articles, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(u32);

/// A site's documents in their relations.
#[derive(Debug)]
pub struct Collection {
    cards: Vec<Arc<Card>>,
    addresses: Vec<String>,
    related: Vec<Vec<RelatedLink>>,
    /// By topic; an article can have any number.
    pub topics: Taxonomy,
    /// By provider; an article has one.
    pub providers: Taxonomy,
    /// By category; an article has one.
    pub categories: Taxonomy,
    /// The pages that stand by themselves, by their order, then by title.
    pub pages: Vec<StandingPage>,
}

/// What a collection is made of: the documents of a site, by kind. Of articles it sees their cards.
#[derive(Debug, Default)]
pub struct Documents {
    /// The articles.
    pub cards: Vec<Arc<Card>>,
    /// The files of topics.
    pub topics: Vec<TermPage>,
    /// The files of providers.
    pub providers: Vec<TermPage>,
    /// The pages that stand by themselves.
    pub pages: Vec<StandingPage>,
}

impl Collection {
    /// Collects the documents that take part: what is not published, or dated after the instant of the build, is as if
    /// it were not there. Articles that want an address that another one has on purpose are left out, with an error.
    pub fn new(documents: Documents, config: &Config) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let Documents { mut cards, topics, providers, mut pages } = documents;
        cards.retain(|card| is_due(card, config));
        pages.retain(|page| page.published || config.unpublished);
        cards.par_sort_unstable_by(|a, b| newest_first(a, b));
        pages.sort_by(|a, b| page_order(a).cmp(&page_order(b)));
        refuse_addresses_of_categories(&mut pages, &cards, &mut diagnostics);
        let addresses = address::assign(&mut cards, &pages, config, &mut diagnostics);
        let ((topics, of_topics), ((providers, of_providers), categories)) = rayon::join(
            || taxonomy::topics(&cards, topics),
            || (taxonomy::providers(&cards, providers), taxonomy::categories(&cards)),
        );
        diagnostics.extend(of_topics.into_iter().chain(of_providers));
        let related = related::link(&cards, &topics, config.related_count);
        (Self { cards, addresses, related, topics, providers, categories, pages }, diagnostics)
    }

    /// How many articles take part.
    pub fn len(&self) -> usize {
        self.cards.len()
    }

    /// Whether no article takes part.
    pub fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }

    /// All articles, newest first.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ArticleId> + use<> {
        ids(self.cards.len())
    }

    /// An article of this collection.
    pub fn card(&self, id: ArticleId) -> &Card {
        &self.cards[id.index()]
    }

    /// Its address below the site's root, without slashes at its ends.
    pub fn address(&self, id: ArticleId) -> &str {
        &self.addresses[id.index()]
    }

    /// What is related to it, in the order in which it is shown.
    pub fn related(&self, id: ArticleId) -> &[RelatedLink] {
        &self.related[id.index()]
    }
}

impl ArticleId {
    /// Its place.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

fn ids(count: usize) -> impl DoubleEndedIterator<Item = ArticleId> {
    (0..u32::try_from(count).unwrap_or(u32::MAX)).map(ArticleId)
}

fn is_due(card: &Card, config: &Config) -> bool {
    (card.published || config.unpublished) && (card.published_at <= config.now || config.future)
}

/// A standing page cannot have the address of a category's list: it is an error and leaves `pages`.
fn refuse_addresses_of_categories(
    pages: &mut Vec<StandingPage>,
    cards: &[Arc<Card>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    pages.retain(|page| {
        let Some(card) = cards.iter().find(|card| *card.category.slug == *page.address) else { return true };
        let message = format!("/{}/ is the list of the category `{}`", page.address, card.category.name);
        diagnostics.push(
            Diagnostic::error(Place::file(&page.shown), message)
                .other(Place::file(format!("content/{}", card.path)), "has this category")
                .help("rename the page or the category"),
        );
        false
    });
}

fn newest_first(a: &Card, b: &Card) -> std::cmp::Ordering {
    b.published_at.cmp(&a.published_at).then_with(|| a.path.cmp(&b.path))
}

fn page_order(page: &StandingPage) -> (i64, &str, &str) {
    (page.order.unwrap_or(i64::MAX), &page.title, &page.address)
}
