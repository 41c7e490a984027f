//! All documents together: which articles take part and in what order, what belongs to which topic, provider and
//! category, and what is related to what.
//!
//! Sequential where order decides, pure throughout. Ids of articles and terms are places in this collection's own vectors
//! and mean nothing outside it.
#![allow(clippy::indexing_slicing, reason = "ids index the lists that they were made for")]

mod address;
mod providers;
mod related;
mod taxonomy;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, TimeDelta, Timelike as _, Utc};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::{Card, StandingPage, TermPage};
use crate::reservations::{Index, Lines};
use address::Assigned;
use providers::Grouped;

pub use address::slug_for;
pub use related::RelatedLink;
pub use taxonomy::{Taxonomy, Term, TermId};

/// The place of an article among all articles, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(u32);

/// The place of a document among all that were read, in the order of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId(u32);

/// A site's documents in their relations.
#[derive(Debug)]
pub struct Collection {
    cards: Vec<Arc<Card>>,
    documents: Vec<DocumentId>,
    addresses: Vec<String>,
    related: Vec<Vec<RelatedLink>>,
    /// The addresses that more than one article wants or wanted, each with the article that has it.
    pub contested: Lines<'static>,
    /// The files of articles whose reserved addresses a page or the list of a category wants.
    displacing: HashSet<Arc<str>>,
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
    pub cards: Vec<(DocumentId, Arc<Card>)>,
    /// The files of topics.
    pub topics: Vec<TermPage>,
    /// The files of providers.
    pub providers: Vec<TermPage>,
    /// The pages that stand by themselves.
    pub pages: Vec<StandingPage>,
    /// Those of all of these that are left out, as diagnostics name them. The addresses of articles among them stay theirs, so
    /// that no other article moves.
    pub left_out: HashSet<String>,
}

/// A collection without its articles: all terms, and the pages that stand by themselves.
#[derive(Debug, Serialize, Deserialize)]
pub struct Frame<'a> {
    topics: Cow<'a, Taxonomy>,
    providers: Cow<'a, Taxonomy>,
    categories: Cow<'a, Taxonomy>,
    pages: Cow<'a, [StandingPage]>,
}

/// An article of a part of a collection.
#[derive(Debug)]
pub struct Member {
    /// Its document.
    pub document: DocumentId,
    /// Its card.
    pub card: Arc<Card>,
    /// Its address below the site's root, without slashes at its ends.
    pub address: String,
    /// What is related to it.
    pub related: Vec<RelatedLink>,
}

/// Documents that do not take part although nothing is wrong with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Articles and pages with `published: false`.
    pub unpublished: usize,
    /// Articles that are published and dated after the instant of the build.
    pub not_yet_due: usize,
    /// When the first of these becomes due.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub next_due: Option<DateTime<Utc>>,
}

impl Withheld {
    /// Counts the documents that a collection of `documents` leaves out.
    pub fn of(documents: &Documents, config: &Config) -> Self {
        let mut withheld = Self::default();
        for (_, card) in &documents.cards {
            if !takes_part(card.published, config) {
                withheld.unpublished += 1;
            } else if !is_due(card, config) {
                withheld.not_yet_due += 1;
                let earlier = withheld.next_due.filter(|due| *due <= card.published_at);
                withheld.next_due = earlier.or(Some(card.published_at));
            }
        }
        withheld.unpublished +=
            documents.pages.iter().filter(|page| !takes_part(page.published, config)).count();
        withheld
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.unpublished == 0 && self.not_yet_due == 0
    }
}

impl fmt::Display for Withheld {
    /// `246 unpublished, 1 not yet due until 2026-12-01T09:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unpublished > 0 {
            write!(f, "{} unpublished", self.unpublished)?;
        }
        let Some(due) = self.next_due else { return Ok(()) };
        let comma = if self.unpublished > 0 { ", " } else { "" };
        let shape = if due.second() == 0 { "%Y-%m-%dT%H:%MZ" } else { "%Y-%m-%dT%H:%M:%SZ" };
        write!(f, "{comma}{} not yet due until {}", self.not_yet_due, due.format(shape))
    }
}

impl Collection {
    /// Collects the documents that take part: what is not published, or dated after the instant of the build, is as if
    /// it were not there. Articles that want an address that another one has on purpose are left out, with an error.
    pub fn new(documents: Documents, config: &Config, reserved: &Index<'_>) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let Documents { mut cards, mut topics, mut providers, mut pages, left_out } = documents;
        let is_kept = |shown: &str| left_out.is_empty() || !left_out.contains(shown);
        let is_kept_article = |card: &Card| left_out.is_empty() || is_kept(&card.shown());
        diagnostics.extend(cards.iter().filter_map(|(_, card)| warning_of_far_date(card, config)));
        cards.retain(|(_, card)| is_due(card, config));
        pages.retain(|page| takes_part(page.published, config) && is_kept(&page.shown));
        for files in [&mut topics, &mut providers] {
            files.retain(|page| is_kept(&page.shown));
        }
        cards.par_sort_unstable_by(|(_, a), (_, b)| newest_first(a, b));
        let (mut documents, mut cards): (Vec<DocumentId>, Vec<Arc<Card>>) = cards.into_iter().unzip();
        pages.sort_by(|a, b| page_order(a).cmp(&page_order(b)));
        let kept = cards.iter().filter(|card| is_kept_article(card));
        refuse_addresses_of_categories(&mut pages, kept, &mut diagnostics);
        let Assigned { mut addresses, mut contested, displacing } =
            address::assign(&cards, &pages, config, reserved, &mut diagnostics);
        if !left_out.is_empty() {
            for (_, address) in cards.iter().zip(&mut addresses).filter(|(card, _)| !is_kept_article(card)) {
                *address = None;
            }
            // Why these are left out has been said.
            diagnostics.retain(|found| is_kept(&found.place.file));
        }
        retain_where_some(&mut cards, &addresses);
        retain_where_some(&mut documents, &addresses);
        let addresses = addresses.into_iter().flatten().collect();
        let ((mut topics, of_topics), (providers, categories)) = rayon::join(
            || taxonomy::topics(&cards, topics),
            || (providers::providers(&cards, providers, reserved), taxonomy::categories(&cards)),
        );
        let Grouped { providers, contested: contested_lists, diagnostics: of_providers } = providers;
        contested.extend(contested_lists);
        diagnostics.extend(of_topics.into_iter().chain(of_providers));
        let related = related::link(&cards, &topics, config.related_count, &mut diagnostics);
        // Topics weigh by the articles that name them.
        topics.add_articles_of_parts();
        let collection = Self {
            cards,
            documents,
            addresses,
            related,
            contested,
            displacing,
            topics,
            providers,
            categories,
            pages,
        };
        (collection, diagnostics)
    }

    /// A part of a collection, which holds `members` in their order and knows all terms, but not their articles. The pages
    /// of its articles are those of the whole collection; its lists are not.
    pub fn part(frame: Frame<'_>, members: Vec<Member>) -> Self {
        let Frame { topics, providers, categories, pages } = frame;
        let mut part = Self {
            cards: Vec::with_capacity(members.len()),
            documents: Vec::with_capacity(members.len()),
            addresses: Vec::with_capacity(members.len()),
            related: Vec::with_capacity(members.len()),
            contested: Lines::new(),
            displacing: HashSet::new(),
            topics: topics.into_owned(),
            providers: providers.into_owned(),
            categories: categories.into_owned(),
            pages: pages.into_owned(),
        };
        for Member { document, card, address, related } in members {
            part.cards.push(card);
            part.documents.push(document);
            part.addresses.push(address);
            part.related.push(related);
        }
        part
    }

    /// This without its articles.
    pub fn frame(&self) -> Frame<'_> {
        Frame {
            topics: Cow::Borrowed(&self.topics),
            providers: Cow::Borrowed(&self.providers),
            categories: Cow::Borrowed(&self.categories),
            pages: Cow::Borrowed(&self.pages),
        }
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

    /// The document that it was read from.
    pub fn document(&self, id: ArticleId) -> DocumentId {
        self.documents[id.index()]
    }

    /// Its address below the site's root, without slashes at its ends.
    pub fn address(&self, id: ArticleId) -> &str {
        &self.addresses[id.index()]
    }

    /// Whether its address is reserved for it, though a page or the list of a category wants the same.
    pub fn displaces(&self, id: ArticleId) -> bool {
        !self.displacing.is_empty() && self.displacing.contains(&self.card(id).path)
    }

    /// What is related to it, in the order in which it is shown.
    pub fn related(&self, id: ArticleId) -> &[RelatedLink] {
        &self.related[id.index()]
    }
}

impl ArticleId {
    /// The article at a place.
    pub fn at(index: usize) -> Self {
        Self(place(index))
    }

    /// Its place.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl DocumentId {
    /// The document at a place.
    pub fn at(index: usize) -> Self {
        Self(place(index))
    }

    /// Its place.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// No site has as many documents as this can tell apart.
fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn retain_where_some<T, O>(list: &mut Vec<T>, options: &[Option<O>]) {
    let mut is_kept = options.iter().map(Option::is_some);
    list.retain(|_| is_kept.next().unwrap_or(true));
}

fn ids(count: usize) -> impl DoubleEndedIterator<Item = ArticleId> {
    (0..place(count)).map(ArticleId)
}

fn is_due(card: &Card, config: &Config) -> bool {
    takes_part(card.published, config) && (card.published_at <= config.now || config.future)
}

/// Whether a document takes part by what it says of `published`.
fn takes_part(published: bool, config: &Config) -> bool {
    published || config.unpublished
}

/// An article that is due later than this is hidden for a mistake in its date, more likely than not.
const FAR: TimeDelta = TimeDelta::days(366);

/// Until when the date of an article that is not due yet looks like a mistake.
pub fn looks_wrong_until(published_at: DateTime<Utc>) -> DateTime<Utc> {
    published_at - FAR
}

fn warning_of_far_date(card: &Card, config: &Config) -> Option<Diagnostic> {
    if !takes_part(card.published, config)
        || config.future
        || looks_wrong_until(card.published_at) <= config.now
    {
        return None;
    }
    let due = card.published_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let message = format!("this article is hidden until {due}, which is more than a year ahead");
    let warning = Diagnostic::warning(Place::file(card.shown()), message);
    Some(warning.at_key("publishedDateTime").help("check the year of its date").changes_output())
}

/// A standing page cannot have the address of a category's list: it is an error and leaves `pages`.
fn refuse_addresses_of_categories<'c>(
    pages: &mut Vec<StandingPage>,
    cards: impl Iterator<Item = &'c Arc<Card>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if pages.is_empty() {
        return;
    }
    let mut categories: HashMap<&str, &Card> = HashMap::new();
    for card in cards {
        categories.entry(&card.category.slug).or_insert(card);
    }
    pages.retain(|page| {
        let Some(card) = categories.get(page.address.as_str()) else { return true };
        let message = format!("/{}/ is the list of the category `{}`", page.address, card.category.name);
        diagnostics.push(
            Diagnostic::error(Place::file(&page.shown), message)
                .other(Place::file(card.shown()), "has this category")
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
