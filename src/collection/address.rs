//! Every article gets an address of its own.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use chrono::Datelike;
use rayon::prelude::*;

use crate::config::{AddressParts, Config, RESERVED_ADDRESSES};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::article::Named;
use crate::document::{Card, StandingPage};
use crate::reservations::{self, Holder, Index, LOCK, Lines, Match};
use crate::slug::{self, LONGEST_NAME, folded, slugify};

/// The addresses of articles.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    /// In the order of the articles; none for those that have an error.
    pub(super) addresses: Vec<Option<String>>,
    /// The addresses that more than one article wants or wanted, folded, each with the article that has it.
    pub(super) contested: Lines<'static>,
    /// The files of articles whose reserved addresses a page or the list of a category wants.
    pub(super) displacing: HashSet<Arc<str>>,
}

/// Assigns an address to each of `cards`.
///
/// An address that is reserved for an article stays with it. One that is not goes to the oldest article that wants it, and
/// of equals to the first by path. A slug from a file's name gives way where its address is taken or reserved: it
/// appends its provider's slug, then a number, and what it has then is contested and will be reserved. A slug that an editor wrote does
/// not give way: its article is an error and has no address.
pub(super) fn assign(
    cards: &[Arc<Card>],
    pages: &[StandingPage],
    config: &Config,
    reserved: &Index<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Assigned {
    let want = |card: &Arc<Card>| {
        let wanted = address(card, &card.wanted_slug(), config);
        let held = reserved.get(&folded(&wanted)).and_then(|holder| reserved.matches(holder, card));
        (wanted, held)
    };
    let (wanted, held): (Vec<String>, Vec<Option<Match>>) = cards.par_iter().map(want).unzip();
    let assignment = Assignment {
        cards,
        wanted: &wanted,
        config,
        reserved,
        owners: Owners::new(cards, pages),
        instead: HashMap::new(),
        assigned: Assigned::default(),
        diagnostics,
    };
    let (mut instead, assigned) = assignment.run(&held);
    let given = |(index, wanted)| instead.remove(&index).unwrap_or(Some(wanted));
    Assigned { addresses: wanted.into_iter().enumerate().map(given).collect(), ..assigned }
}

/// What is known while addresses are assigned. Articles are known by their places.
struct Assignment<'a, 'r, 'd> {
    cards: &'a [Arc<Card>],
    wanted: &'a [String],
    config: &'a Config,
    reserved: &'a Index<'r>,
    owners: Owners<'a>,
    /// What articles have in place of the addresses that they want: another address, or none.
    instead: HashMap<usize, Option<String>>,
    /// But for the addresses.
    assigned: Assigned,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a> Assignment<'a, '_, '_> {
    fn run(mut self, held: &[Option<Match>]) -> (HashMap<usize, Option<String>>, Assigned) {
        let order = oldest_first(self.cards);
        let mut holders = self.holders(&order, held);
        let mut redirecting = self.redirecting(&holders);
        holders.retain(|_, index| !redirecting.contains_key(index));
        for (address, index) in &holders {
            let card = &self.cards[*index];
            if self.owners.by_address.insert(address.clone(), Owner::Article(card)).is_some() {
                self.assigned.displacing.insert(Arc::clone(&card.path));
            }
        }
        let is_holder = |index: &usize| {
            held[*index].is_some() && holders.get(&folded(&self.wanted[*index])) == Some(index)
        };
        let rest: Vec<usize> = order.into_iter().filter(|index| !is_holder(index)).collect();
        let mut substitutes = self.reserved_substitutes(&rest);
        for index in rest {
            let substitute = redirecting.remove(&index).or_else(|| substitutes.remove(&index));
            self.give(index, substitute);
        }
        (self.instead, self.assigned)
    }

    /// The articles that have the addresses that they want because these are reserved for them. Of several that match,
    /// which takes two documents with one original, the surest has it.
    fn holders(&self, order: &[usize], held: &[Option<Match>]) -> HashMap<Cow<'a, str>, usize> {
        let mut holders: HashMap<Cow<'a, str>, usize> = HashMap::new();
        for index in order.iter().copied().filter(|index| held[*index].is_some()) {
            let address = folded(&self.wanted[index]);
            if matches!(self.owners.by_address.get(&address), Some(Owner::Lists)) {
                continue;
            }
            let holder = holders.entry(address).or_insert(index);
            if held[index] > held[*holder] {
                *holder = index;
            }
        }
        holders
    }

    /// The articles that redirect from the addresses that they want and hold, each with the substitute at which it is: it stays there.
    fn redirecting(&self, holders: &HashMap<Cow<'a, str>, usize>) -> HashMap<usize, String> {
        let is_redirect = |address: &str, index: usize| {
            let card = &self.cards[index];
            card.slug.is_none() && has_alias(card, address) && self.reserved.is_former(address)
        };
        let mut found: Vec<usize> = holders
            .iter()
            .filter(|(address, index)| is_redirect(address, **index))
            .map(|(_, index)| *index)
            .collect();
        found.sort_unstable();
        let mut substitutes = self.reserved_substitutes(&found);
        substitutes.retain(|_, address| !self.reserved.is_former(&folded(address)));
        substitutes
    }

    /// The addresses with an appended provider or number that are reserved for some of `rest`: of several the one that the
    /// article had last, and none from which it redirects itself. An article that has the original and the file of a holder comes
    /// first, then one that has its original, then one that has its file.
    fn reserved_substitutes(&self, rest: &[usize]) -> HashMap<usize, String> {
        let mut substitutes = HashMap::new();
        if rest.is_empty() || self.reserved.is_empty() {
            return substitutes;
        }
        let by_file: HashMap<&str, usize> =
            rest.iter().map(|index| (&*self.cards[*index].path, *index)).collect();
        let originals: HashSet<Cow<'_, str>> =
            rest.iter().map(|index| Holder::of(&self.cards[*index]).original).collect();
        let (mut sure, mut moved, mut corrected) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (address, holder) in self.reserved.iter() {
            let place = (self.reserved.is_former(address), address.len(), address);
            if let Some(index) = by_file.get(&*holder.file)
                && let Some(found) = self.reserved.matches(holder, &self.cards[*index])
                && let Some(own) = self.own_substitute(address, *index)
            {
                let same = if found == Match::Both { &mut sure } else { &mut corrected };
                same.insert(place, (*index, own));
            }
            if originals.contains(&holder.original) && !self.reserved.is_in_place(holder) {
                moved.insert(place, holder);
            }
        }
        for (index, own) in sure.into_values() {
            substitutes.entry(index).or_insert(own);
        }
        self.add_moved(&moved, rest, &mut substitutes);
        for (index, own) in corrected.into_values() {
            substitutes.entry(index).or_insert(own);
        }
        substitutes
    }

    /// Adds the substitutes of articles that have the originals of holders that are gone from their files: each to one article, older
    /// ones first.
    fn add_moved(
        &self,
        moved: &BTreeMap<(bool, usize, &str), &Holder<'_>>,
        rest: &[usize],
        substitutes: &mut HashMap<usize, String>,
    ) {
        let patterns: Vec<(&Holder<'_>, Vec<String>)> =
            moved.iter().map(|((_, _, address), holder)| (*holder, patterns(address))).collect();
        let originals: HashSet<&str> = patterns.iter().map(|(holder, _)| &*holder.original).collect();
        let lengths: BTreeSet<usize> = patterns
            .iter()
            .flat_map(|(_, patterns)| patterns.iter().map(|pattern| digits(pattern)))
            .collect();
        let mut waiting: HashMap<(Cow<'_, str>, String), VecDeque<usize>> = HashMap::new();
        for index in rest.iter().filter(|_| !moved.is_empty()) {
            let card = &self.cards[*index];
            let original = Holder::of(card).original;
            if !originals.contains(&*original) || substitutes.contains_key(index) {
                continue;
            }
            for length in &lengths {
                let number =
                    if *length == 0 { String::new() } else { format!("-{}", ANY_DIGIT.repeat(*length)) };
                let pattern = folded(&substitute(card, &number, self.config)).into_owned();
                waiting.entry((original.clone(), pattern)).or_default().push_back(*index);
            }
        }
        for ((_, _, address), (holder, patterns)) in moved.keys().zip(patterns) {
            let found = patterns.into_iter().find_map(|pattern| {
                let waiting = waiting.get_mut(&(holder.original.clone(), pattern))?;
                std::iter::from_fn(|| waiting.pop_front()).find_map(|index| {
                    let is_waiting = !substitutes.contains_key(&index)
                        && self.reserved.matches(holder, &self.cards[index]).is_some();
                    Some((index, self.own_substitute(address, index).filter(|_| is_waiting)?))
                })
            });
            substitutes.extend(found);
        }
    }

    /// A reserved address as an article has it, if it can be its substitute.
    fn own_substitute(&self, reserved: &str, index: usize) -> Option<String> {
        let card = &self.cards[index];
        own_substitute(reserved, card, self.config).filter(|_| !has_alias(card, reserved))
    }

    /// Gives an address to an article for which the one that it wants is not reserved, but perhaps a substitute.
    fn give(&mut self, index: usize, substitute: Option<String>) {
        let (card, wanted) = (&self.cards[index], &self.wanted[index]);
        let key = folded(wanted);
        let owner = self.owners.of(wanted);
        let is_own = |holder: &&Holder<'_>| has_alias(card, &key) && **holder == Holder::of(card);
        let former = self.reserved.get(&key).filter(|holder| substitute.is_none() || !is_own(holder));
        let is_free = owner.is_none() && former.is_none();
        if card.slug.is_some() {
            if is_free {
                self.owners.by_address.insert(key, Owner::Article(card));
                return;
            }
            let former = former.map(|holder| self.reserved.shown(holder));
            let diagnostic = slug_is_taken(card, wanted, owner, former);
            self.diagnostics.push(diagnostic);
            self.instead.insert(index, None);
            return;
        }
        if is_free && substitute.is_none() {
            self.owners.by_address.insert(key, Owner::Article(card));
            return;
        }
        if !is_free {
            let holder = match owner {
                Some(owner) => owner.holder(),
                None => former.cloned(),
            };
            self.assigned
                .contested
                .extend(holder.map(|holder| (key.into_owned().into(), holder.into_owned())));
        }
        let free = substitute.filter(|address| self.owners.of(address).is_none());
        let address = free.unwrap_or_else(|| self.owners.free_address(card, self.reserved, self.config));
        let former = former.map(|holder| self.reserved.shown(holder));
        self.diagnostics.extend(gives_way(card, wanted, &address, owner, former));
        let key: Cow<'static, str> = folded(&address).into_owned().into();
        self.assigned.contested.insert(key.clone(), Holder::of(card).into_owned());
        self.owners.by_address.insert(key, Owner::Article(card));
        self.instead.insert(index, Some(address));
    }
}

fn slug_is_taken(card: &Card, wanted: &str, owner: Option<Owner<'_>>, former: Option<String>) -> Diagnostic {
    let place = Place::file(card.shown());
    let Some(owner) = owner else {
        let former = former.unwrap_or_default();
        let message = format!("`slug` leads to /{wanted}/, which was the address of {former}");
        let help = format!(
            "write another `slug`; or give the address to this article in {LOCK}: `{}`",
            reservations::line(wanted, &Holder::of(card))
        );
        return Diagnostic::error(place, message).at_key("slug").help(help);
    };
    let owner = owner.to_string();
    let message = format!("`slug` leads to /{wanted}/, which is the address of {owner}");
    Diagnostic::error(place, message)
        .at_key("slug")
        .other(Place::file(owner), "has this address")
        .help("write another `slug`, or leave it out to take the file's name")
}

/// A warning that an article is not at the address that its file's name gives, if there is somebody to name.
fn gives_way(
    card: &Card,
    wanted: &str,
    address: &str,
    owner: Option<Owner<'_>>,
    former: Option<String>,
) -> Option<Diagnostic> {
    const HELP: &str = "write a `slug` to choose the address yourself";
    let place = Place::file(card.shown());
    if let Some(owner) = owner {
        let owner = owner.to_string();
        let message = format!("/{wanted}/ is the address of {owner} already; this article is at /{address}/");
        let other = Place::file(owner);
        return Some(
            Diagnostic::warning(place, message).other(other, "has the address").help(HELP).changes_output(),
        );
    }
    let former = former?;
    let message = format!("/{wanted}/ was the address of {former}; this article is at /{address}/");
    Some(Diagnostic::warning(place, message).help(HELP).changes_output())
}

/// The slug with which an article would be at an address, if there is one.
pub fn slug_for<'a>(address: &'a str, card: &Card, config: &Config) -> Option<&'a str> {
    let slug = address.rsplit('/').next().filter(|slug| slug::is_valid(slug))?;
    (self::address(card, slug, config) == address).then_some(slug)
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
    Category(&'a Named),
    Page(&'a StandingPage),
    Article(&'a Card),
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lists => f.write_str("the site's own lists"),
            Self::Category(category) => write!(f, "the list of the category `{}`", category.name),
            Self::Page(page) => f.write_str(&page.shown),
            Self::Article(card) => f.write_str(&card.shown()),
        }
    }
}

impl<'a> Owner<'a> {
    fn holder(self) -> Option<Holder<'a>> {
        match self {
            Self::Lists => None,
            Self::Category(category) => Some(Holder::of_list("category", &category.slug)),
            Self::Page(page) => Some(Holder::of_page(page)),
            Self::Article(card) => Some(Holder::of(card)),
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
            by_address.insert((*category.slug).into(), Owner::Category(category));
        }
        by_address.extend(pages.iter().map(|page| (folded(&page.address), Owner::Page(page))));
        Self { by_address, last_number: HashMap::new() }
    }

    fn of(&self, address: &str) -> Option<Owner<'a>> {
        self.by_address.get(&folded(address)).copied()
    }

    /// An address that nobody has, for an article that cannot have the one of its slug.
    fn free_address(&mut self, card: &Card, reserved: &Index<'_>, config: &Config) -> String {
        let first = substitute(card, "", config);
        let mut free = first.clone();
        let is_taken = |owners: &Self, address: &str| {
            let key = folded(address);
            owners.of(address).is_some() || reserved.get(&key).is_some() || has_alias(card, &key)
        };
        while is_taken(self, &free) {
            let number = self.last_number.entry(first.clone()).or_insert(1);
            *number += 1;
            free = substitute(card, &format!("-{number}"), config);
        }
        free
    }
}

/// The most that a provider adds to an address, in bytes.
const LONGEST_PROVIDER: usize = 100;

/// A reserved address, which is folded, as the article has it, if it is one that the article can get in place of the one that it wants.
fn own_substitute(reserved: &str, card: &Card, config: &Config) -> Option<String> {
    let numbers = reserved.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    let endings = std::iter::once(String::new()).chain(numbers.map(|number| format!("-{number}")));
    endings.map(|ending| substitute(card, &ending, config)).find(|address| folded(address) == reserved)
}

/// Whether an article redirects from a folded address.
fn has_alias(card: &Card, address: &str) -> bool {
    card.aliases.iter().any(|alias| folded(alias) == address)
}

/// Stands for a digit of the number in a substitute. No address holds it.
const ANY_DIGIT: &str = "\0";

/// The patterns of the substitutes that a reserved address can be: without a number, or with one of its numbers as that.
fn patterns(address: &str) -> Vec<String> {
    let mut patterns = vec![address.to_owned()];
    for (dash, _) in address.match_indices('-') {
        let (before, rest) = address.split_at(dash + 1);
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let length = rest.len() - after.len();
        if length > 0 {
            patterns.push(format!("{before}{}{after}", ANY_DIGIT.repeat(length)));
        }
    }
    patterns
}

/// How many digits the number of a pattern has.
fn digits(pattern: &str) -> usize {
    pattern.matches(ANY_DIGIT).count()
}

/// The address of an article with its provider and a number behind its slug, which is cut where it would become longer
/// than a file system takes.
fn substitute(card: &Card, number: &str, config: &Config) -> String {
    let provider = slugify(&card.provider.domain.shown());
    let ending = format!("-{}{number}", slug::shortened(&provider, LONGEST_PROVIDER));
    let slug = slug::shortened(&card.wanted_slug(), LONGEST_NAME.saturating_sub(ending.len())).to_owned();
    address(card, &(slug + &ending), config)
}
