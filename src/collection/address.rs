//! Every article gets an address of its own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use chrono::Datelike;
use rayon::prelude::*;

use crate::config::{AddressParts, Config, RESERVED_ADDRESSES};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::{Card, StandingPage};
use crate::slug::{folded, slugify};

/// The addresses of `cards`, in their order, given to the oldest first, and of equals to the first by path. A slug from a
/// file's name gives way where its address is taken: it appends its provider's slug, then a number. One that an editor
/// wrote does not: its article is an error and has no address.
pub(super) fn assign(
    cards: &[Arc<Card>],
    pages: &[StandingPage],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Option<String>> {
    let wanted: Vec<String> =
        cards.par_iter().map(|card| address(card, &card.wanted_slug(), config)).collect();
    let mut instead = give(cards, &wanted, pages, config, diagnostics);
    let given = |(index, wanted)| instead.remove(&index).unwrap_or(Some(wanted));
    wanted.into_iter().enumerate().map(given).collect()
}

/// What the articles have instead of the addresses that they want, by their places: another address, or none.
fn give(
    cards: &[Arc<Card>],
    wanted: &[String],
    pages: &[StandingPage],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> HashMap<usize, Option<String>> {
    let mut owners = Owners::new(cards, pages);
    let mut instead = HashMap::new();
    for index in oldest_first(cards) {
        let (card, wanted) = (&cards[index], &wanted[index]);
        let Some(owner) = owners.of(wanted) else {
            owners.by_address.insert(folded(wanted), Owner::Article(card));
            continue;
        };
        let owner = owner.to_string();
        let place = Place::file(shown(card));
        if card.slug.is_some() {
            let message = format!("`slug` leads to /{wanted}/, which is the address of {owner}");
            let diagnostic = Diagnostic::error(place, message)
                .at_key("slug")
                .other(Place::file(owner), "has this address")
                .help("write another `slug`, or leave it out to take the file's name");
            diagnostics.push(diagnostic);
            instead.insert(index, None);
            continue;
        }
        let address = owners.free_address(card, config);
        let message = format!("/{wanted}/ is the address of {owner} already; this article is at /{address}/");
        diagnostics.push(
            Diagnostic::warning(place, message)
                .other(Place::file(owner), "has the address")
                .help("write a `slug` to choose the address yourself"),
        );
        owners.by_address.insert(folded(&address).into_owned().into(), Owner::Article(card));
        instead.insert(index, Some(address));
    }
    instead
}

fn oldest_first(cards: &[Arc<Card>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cards.len()).collect();
    order.par_sort_unstable_by(|a, b| oldest_before(&cards[*a], &cards[*b]));
    order
}

fn oldest_before(a: &Card, b: &Card) -> std::cmp::Ordering {
    a.published_at.cmp(&b.published_at).then_with(|| a.path.cmp(&b.path))
}

fn address(card: &Card, slug: &str, config: &Config) -> String {
    let local = card.published_at.with_timezone(&config.time_zone);
    config.permalink.address(&AddressParts {
        category: &card.category.slug,
        year: local.year(),
        month: local.month(),
        day: local.day(),
        slug,
    })
}

/// Who has an address.
#[derive(Clone, Copy)]
enum Owner<'a> {
    Lists,
    Category(&'a str),
    Page(&'a StandingPage),
    Article(&'a Card),
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lists => f.write_str("the site's own lists"),
            Self::Category(name) => write!(f, "the list of the category `{name}`"),
            Self::Page(page) => f.write_str(&page.shown),
            Self::Article(card) => f.write_str(&shown(card)),
        }
    }
}

/// Who has which address.
struct Owners<'a> {
    by_address: HashMap<Cow<'a, str>, Owner<'a>>,
    /// The last number that was appended to an address.
    last_number: HashMap<String, usize>,
}

impl<'a> Owners<'a> {
    fn new(cards: &'a [Arc<Card>], pages: &'a [StandingPage]) -> Self {
        let mut by_address = HashMap::with_capacity(cards.len());
        by_address.extend(RESERVED_ADDRESSES.iter().map(|address| (Cow::Borrowed(*address), Owner::Lists)));
        for Card { category, .. } in cards.iter().map(AsRef::as_ref) {
            by_address.insert((*category.slug).into(), Owner::Category(&category.name));
        }
        by_address.extend(pages.iter().map(|page| (folded(&page.address), Owner::Page(page))));
        Self { by_address, last_number: HashMap::new() }
    }

    fn of(&self, address: &str) -> Option<Owner<'a>> {
        self.by_address.get(&folded(address)).copied()
    }

    /// An address that nobody has, for an article that cannot have the one of its slug.
    fn free_address(&mut self, card: &Card, config: &Config) -> String {
        let with_provider = format!("{}-{}", card.wanted_slug(), slugify(&card.provider.domain));
        let first = address(card, &with_provider, config);
        let mut free = first.clone();
        while self.of(&free).is_some() {
            let number = self.last_number.entry(first.clone()).or_insert(1);
            *number += 1;
            free = address(card, &format!("{with_provider}-{number}"), config);
        }
        free
    }
}

fn shown(card: &Card) -> String {
    format!("content/{}", card.path)
}
