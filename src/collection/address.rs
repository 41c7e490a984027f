//! Every article gets an address of its own.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::Datelike;

use crate::config::{AddressParts, Config, RESERVED_ADDRESSES};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::article::Slug;
use crate::document::{Card, StandingPage};
use crate::slug::slugify;

/// The addresses of `cards`, in their order, given to the oldest first, and of equals to the first by path. A slug from a
/// file's name gives way where its address is taken: it appends its provider's slug, then a number. One that an editor
/// wrote does not: its article is an error and leaves `cards`.
pub(super) fn assign(
    cards: &mut Vec<Arc<Card>>,
    pages: &[StandingPage],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let mut owners = Owners::new(cards, pages);
    let mut refused = HashSet::new();
    for index in oldest_first(cards) {
        let card = &cards[index];
        match &card.slug {
            Slug::FromFileName(slug) => owners.give(card, slug, config, diagnostics),
            Slug::Explicit(slug) => {
                if let Err(diagnostic) = owners.take(&address(card, slug, config), card) {
                    diagnostics.push(diagnostic);
                    refused.insert(card.path.clone());
                }
            }
        }
    }
    cards.retain(|card| !refused.contains(&card.path));
    cards.iter().map(|card| owners.given.remove(&card.path).unwrap_or_default()).collect()
}

fn oldest_first(cards: &[Arc<Card>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cards.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&cards[*a], &cards[*b]);
        a.published_at.cmp(&b.published_at).then_with(|| a.path.cmp(&b.path))
    });
    order
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

/// Who has which address. Addresses that differ by case only are one, as they are on many file systems.
struct Owners {
    by_address: HashMap<String, String>,
    given: HashMap<String, String>,
    /// The last number that was appended to an address.
    last_number: HashMap<String, usize>,
}

impl Owners {
    fn new(cards: &[Arc<Card>], pages: &[StandingPage]) -> Self {
        let lists = RESERVED_ADDRESSES
            .iter()
            .map(|address| ((*address).to_owned(), "the site's own lists".to_owned()));
        let categories = cards.iter().map(|card| {
            let category = &card.category;
            (category.slug.clone(), format!("the list of the category `{}`", category.name))
        });
        let pages = pages.iter().map(|page| (page.address.to_lowercase(), page.shown.clone()));
        Self {
            by_address: lists.chain(categories).chain(pages).collect(),
            given: HashMap::new(),
            last_number: HashMap::new(),
        }
    }

    fn is_taken(&self, address: &str) -> bool {
        self.by_address.contains_key(&address.to_lowercase())
    }

    fn take(&mut self, address: &str, card: &Card) -> Result<(), Diagnostic> {
        let shown = shown(card);
        let key = address.to_lowercase();
        if let Some(owner) = self.by_address.get(&key) {
            let message = format!("`slug` leads to /{address}/, which is the address of {owner}");
            return Err(Diagnostic::error(Place::file(shown), message)
                .at_key("slug")
                .other(Place::file(owner), "has this address")
                .help("write another `slug`, or leave it out to take the file's name"));
        }
        self.by_address.insert(key, shown);
        self.given.insert(card.path.clone(), address.to_owned());
        Ok(())
    }

    fn give(&mut self, card: &Card, slug: &str, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
        let wanted = address(card, slug, config);
        let mut given = wanted.clone();
        if self.is_taken(&given) {
            let with_provider = format!("{slug}-{}", slugify(&card.provider.domain));
            given = address(card, &with_provider, config);
            while self.is_taken(&given) {
                let number = self.last_number.entry(address(card, &with_provider, config)).or_insert(1);
                *number += 1;
                given = address(card, &format!("{with_provider}-{number}"), config);
            }
        }
        let address = given;
        if address != wanted {
            let owner = self.by_address.get(&wanted.to_lowercase()).map_or("", String::as_str);
            let message =
                format!("/{wanted}/ is the address of {owner} already; this article is at /{address}/");
            diagnostics.push(
                Diagnostic::warning(Place::file(shown(card)), message)
                    .other(Place::file(owner), "has the address")
                    .help("write a `slug` to choose the address yourself"),
            );
        }
        self.by_address.insert(address.to_lowercase(), shown(card));
        self.given.insert(card.path.clone(), address);
    }
}

fn shown(card: &Card) -> String {
    format!("content/{}", card.path)
}
