//! Assigns each article its own URL path.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use chrono::Datelike;
use rayon::prelude::*;

use crate::config::{Config, PermalinkParts, RESERVED_URL_PREFIXES};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::article::Named;
use crate::document::{ArticleSummary, Page};
use crate::reservations::{self, AddressHolder, LOCK, Match, ReservationIndex, ReservedAddresses};
use crate::slug::{self, MAX_NAME_LENGTH, folded};

/// The result of assigning addresses.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    /// Addresses in the order of articles; `None` for articles with an error.
    pub(super) addresses: Vec<Option<String>>,
    /// Contested addresses, folded, with their holders.
    pub(super) contested: ReservedAddresses<'static>,
    /// The files of articles with reserved addresses that a page or a category's list also wants.
    pub(super) displacing: HashSet<Arc<str>>,
}

/// Assigns an address to each article.
///
/// An article keeps the address reserved for it. An unreserved address goes to the oldest article
/// that wants it, and of equally old ones to the first by path. A slug from a file name gives way
/// if its address is taken or reserved: the provider's slug and then a number is appended, and the
/// resulting address is contested and will be reserved. An explicit slug does not give way: its
/// article is an error and has no address; only stories give way to it.
pub(super) fn assign(
    summaries: &[Arc<ArticleSummary>],
    pages: &[Page],
    config: &Config,
    reserved: &ReservationIndex<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Assigned {
    let want = |summary: &Arc<ArticleSummary>| {
        let wanted = address(summary, &summary.wanted_slug(config.slugs), config);
        let held =
            reserved.get(&folded(&wanted)).and_then(|holder| reserved.matches(holder, summary));
        (wanted, held)
    };
    let (wanted, held): (Vec<String>, Vec<Option<Match>>) = summaries.par_iter().map(want).unzip();
    let assignment = Assignment {
        summaries,
        wanted: &wanted,
        config,
        reserved,
        owners: AddressOwners::new(summaries, pages),
        substitutes: HashMap::new(),
        assigned: Assigned::default(),
        diagnostics,
    };
    let (mut substitutes, assigned) = assignment.run(&held);
    let given = |(index, wanted)| substitutes.remove(&index).unwrap_or(Some(wanted));
    Assigned { addresses: wanted.into_iter().enumerate().map(given).collect(), ..assigned }
}

/// The state of the assignment. Articles are known by their indices.
struct Assignment<'a, 'r, 'd> {
    summaries: &'a [Arc<ArticleSummary>],
    wanted: &'a [String],
    config: &'a Config,
    reserved: &'a ReservationIndex<'r>,
    owners: AddressOwners<'a>,
    /// Addresses instead of wanted ones; `None` for an article with an error.
    substitutes: HashMap<usize, Option<String>>,
    /// The result except for the addresses.
    assigned: Assigned,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a> Assignment<'a, '_, '_> {
    fn run(mut self, held: &[Option<Match>]) -> (HashMap<usize, Option<String>>, Assigned) {
        let order = oldest_first(self.summaries);
        let mut holders = self.holders(&order, held);
        let mut redirecting = self.redirecting(&holders);
        holders.retain(|_, index| !redirecting.contains_key(index));
        for (address, index) in &holders {
            let summary = &self.summaries[*index];
            if self
                .owners
                .by_address
                .insert(address.clone(), AddressOwner::Article(summary))
                .is_some()
            {
                self.assigned.displacing.insert(Arc::clone(&summary.path));
            }
        }
        let is_holder = |index: &usize| {
            held[*index].is_some() && holders.get(&folded(&self.wanted[*index])) == Some(index)
        };
        let rest: Vec<usize> = order.into_iter().filter(|index| !is_holder(index)).collect();
        let mut substitutes = self.reserved_substitutes(&rest);
        for index in rest {
            let substitute = redirecting.remove(&index).or_else(|| substitutes.remove(&index));
            self.assign_free(index, substitute);
        }
        (self.substitutes, self.assigned)
    }

    /// Articles that have their wanted addresses because of reservations. If several match, which
    /// takes two documents with the same original, the best match wins.
    fn holders(&self, order: &[usize], held: &[Option<Match>]) -> HashMap<Cow<'a, str>, usize> {
        let mut holders: HashMap<Cow<'a, str>, usize> = HashMap::new();
        for index in order.iter().copied().filter(|index| held[*index].is_some()) {
            let address = folded(&self.wanted[index]);
            if matches!(self.owners.by_address.get(&address), Some(AddressOwner::Lists)) {
                continue;
            }
            let holder = holders.entry(address).or_insert(index);
            if held[index] > held[*holder] {
                *holder = index;
            }
        }
        holders
    }

    /// Articles that redirect from their wanted and reserved addresses, with their substitutes:
    /// they stay there.
    fn redirecting(&self, holders: &HashMap<Cow<'a, str>, usize>) -> HashMap<usize, String> {
        let is_redirect = |address: &str, index: usize| {
            let summary = &self.summaries[index];
            summary.slug.is_none()
                && has_alias(summary, address)
                && self.reserved.is_former(address)
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

    /// The reserved substitutes of some of `rest`: if an article had several, the last one, and
    /// none from which it redirects. Articles that match original and file come first, then those
    /// that match the original, then those that match the file, and last those whose provider has
    /// changed.
    fn reserved_substitutes(&self, rest: &[usize]) -> HashMap<usize, String> {
        let mut substitutes = HashMap::new();
        if rest.is_empty() || self.reserved.is_empty() {
            return substitutes;
        }
        let by_file: HashMap<&str, usize> =
            rest.iter().map(|index| (&*self.summaries[*index].path, *index)).collect();
        let originals: HashSet<Cow<'_, str>> =
            rest.iter().map(|index| AddressHolder::of(&self.summaries[*index]).original).collect();
        let (mut sure, mut moved, mut corrected, mut of_provider) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (address, holder) in self.reserved.iter() {
            let location = (self.reserved.is_former(address), address.len(), address);
            if let Some(index) = by_file.get(&*holder.file)
                && let Some(found) = self.reserved.matches(holder, &self.summaries[*index])
            {
                if let Some(own) = self.own_substitute(address, *index) {
                    let same = if found == Match::Both { &mut sure } else { &mut corrected };
                    same.insert(location, (*index, own));
                } else if let Some(own) = self.substitute_of_former_provider(address, *index) {
                    of_provider.insert(location, (*index, own));
                }
            }
            if originals.contains(&holder.original) && !self.reserved.is_in_place(holder) {
                moved.insert(location, holder);
            }
        }
        for (index, own) in sure.into_values() {
            substitutes.entry(index).or_insert(own);
        }
        self.add_moved(&moved, rest, &mut substitutes);
        for (index, own) in corrected.into_values().chain(of_provider.into_values()) {
            substitutes.entry(index).or_insert(own);
        }
        substitutes
    }

    /// Adds the substitutes of articles with the originals of holders whose files are gone: each to
    /// one article, oldest first.
    fn add_moved(
        &self,
        moved: &BTreeMap<(bool, usize, &str), &AddressHolder<'_>>,
        rest: &[usize],
        substitutes: &mut HashMap<usize, String>,
    ) {
        let patterns: Vec<(&AddressHolder<'_>, Vec<String>)> =
            moved.iter().map(|((_, _, address), holder)| (*holder, patterns(address))).collect();
        let originals: HashSet<&str> =
            patterns.iter().map(|(holder, _)| &*holder.original).collect();
        let lengths: BTreeSet<usize> = patterns
            .iter()
            .flat_map(|(_, patterns)| patterns.iter().map(|pattern| digits(pattern)))
            .collect();
        let mut waiting: HashMap<(Cow<'_, str>, String), VecDeque<usize>> = HashMap::new();
        for index in rest.iter().filter(|_| !moved.is_empty()) {
            let summary = &self.summaries[*index];
            let original = AddressHolder::of(summary).original;
            if !originals.contains(&*original) || substitutes.contains_key(index) {
                continue;
            }
            for length in &lengths {
                let number = if *length == 0 {
                    String::new()
                } else {
                    format!("-{}", ANY_DIGIT.repeat(*length))
                };
                let pattern = folded(&substitute(summary, &number, self.config)).into_owned();
                waiting.entry((original.clone(), pattern)).or_default().push_back(*index);
            }
        }
        for ((_, _, address), (holder, patterns)) in moved.keys().zip(patterns) {
            let found = patterns.into_iter().find_map(|pattern| {
                let waiting = waiting.get_mut(&(holder.original.clone(), pattern))?;
                std::iter::from_fn(|| waiting.pop_front()).find_map(|index| {
                    let is_waiting = !substitutes.contains_key(&index)
                        && self.reserved.matches(holder, &self.summaries[index]).is_some();
                    Some((index, self.own_substitute(address, index).filter(|_| is_waiting)?))
                })
            });
            substitutes.extend(found);
        }
    }

    /// A locked address in the article's spelling, if it can be its substitute from before its
    /// provider's domain was corrected, and the article cannot have the wanted one.
    fn substitute_of_former_provider(&self, reserved: &str, index: usize) -> Option<String> {
        let (summary, wanted) = (&self.summaries[index], &self.wanted[index]);
        let is_needed =
            || self.reserved.get(&folded(wanted)).is_some() || self.owners.of(wanted).is_some();
        if !self.reserved.locked().contains_key(reserved)
            || has_alias(summary, reserved)
            || !is_needed()
        {
            return None;
        }
        any_substitute(reserved, summary, self.config)
    }

    /// A reserved address in the article's spelling, if it can be its substitute.
    fn own_substitute(&self, reserved: &str, index: usize) -> Option<String> {
        let summary = &self.summaries[index];
        own_substitute(reserved, summary, self.config).filter(|_| !has_alias(summary, reserved))
    }

    /// Assigns an address to an article whose wanted address is not reserved for it; a substitute
    /// may be.
    fn assign_free(&mut self, index: usize, substitute: Option<String>) {
        let (summary, wanted) = (&self.summaries[index], &self.wanted[index]);
        let key = folded(wanted);
        let owner = self.owners.of(wanted);
        let is_own = |holder: &&AddressHolder<'_>| {
            has_alias(summary, &key) && **holder == AddressHolder::of(summary)
        };
        let gives_way = |holder: &&AddressHolder<'_>| holder.is_story() && summary.slug.is_some();
        let former = self
            .reserved
            .get(&key)
            .filter(|holder| !gives_way(holder) && (substitute.is_none() || !is_own(holder)));
        let is_free = owner.is_none() && former.is_none();
        if summary.slug.is_some() {
            if is_free {
                self.owners.by_address.insert(key, AddressOwner::Article(summary));
                return;
            }
            let former = former.map(AddressHolder::name);
            let diagnostic = slug_is_taken(summary, wanted, owner, former);
            self.diagnostics.push(diagnostic);
            self.substitutes.insert(index, None);
            return;
        }
        if is_free && substitute.is_none() {
            self.owners.by_address.insert(key, AddressOwner::Article(summary));
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
        let address =
            free.unwrap_or_else(|| self.owners.free_address(summary, self.reserved, self.config));
        let former = former.map(AddressHolder::name);
        self.diagnostics.extend(moved_warning(summary, wanted, &address, owner, former));
        let key: Cow<'static, str> = folded(&address).into_owned().into();
        self.assigned.contested.insert(key.clone(), AddressHolder::of(summary).into_owned());
        self.owners.by_address.insert(key, AddressOwner::Article(summary));
        self.substitutes.insert(index, Some(address));
    }
}

fn slug_is_taken(
    summary: &ArticleSummary,
    wanted: &str,
    owner: Option<AddressOwner<'_>>,
    former: Option<String>,
) -> Diagnostic {
    let location = Location::file(summary.display_path());
    let Some(owner) = owner else {
        let former = former.expect("an address is taken by an owner or was by a former one");
        let message = format!("`slug` gives /{wanted}/, the former URL of {former}");
        let help = format!(
            "choose another `slug`, or assign the URL to this article in {LOCK}: `{}`",
            reservations::line(wanted, &AddressHolder::of(summary))
        );
        return Diagnostic::new(Code::SlugTaken, location, message).at_key("slug").help(help);
    };
    let owner = owner.to_string();
    let message = format!("`slug` gives /{wanted}/, the URL of {owner}");
    Diagnostic::new(Code::SlugTaken, location, message)
        .at_key("slug")
        .other(Location::file(owner), "has this URL")
        .help("choose another `slug`, or remove it to use the file name")
}

/// The warning that an article does not have the address of its file name, if another holder is
/// known.
fn moved_warning(
    summary: &ArticleSummary,
    wanted: &str,
    address: &str,
    owner: Option<AddressOwner<'_>>,
    former: Option<String>,
) -> Option<Diagnostic> {
    const HELP: &str = "set `slug` to choose the URL yourself";
    let location = Location::file(summary.display_path());
    if let Some(owner) = owner {
        let owner = owner.to_string();
        let message =
            format!("/{wanted}/ is already the URL of {owner}; this article is at /{address}/");
        let other = Location::file(owner);
        return Some(
            Diagnostic::new(Code::AddressTaken, location, message)
                .other(other, "has the URL")
                .help(HELP)
                .changes_output(),
        );
    }
    let former = former?;
    let message = format!("/{wanted}/ was the URL of {former}; this article is at /{address}/");
    Some(Diagnostic::new(Code::AddressTaken, location, message).help(HELP).changes_output())
}

/// The slug that would give an article this address, if there is one.
pub fn slug_for<'a>(
    address: &'a str,
    summary: &ArticleSummary,
    config: &Config,
) -> Option<&'a str> {
    let slug = address.rsplit('/').next().filter(|slug| slug::is_valid(slug))?;
    (self::address(summary, slug, config) == address).then_some(slug)
}

fn oldest_first(summaries: &[Arc<ArticleSummary>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..summaries.len()).collect();
    order.par_sort_unstable_by(|a, b| oldest_before(&summaries[*a], &summaries[*b]));
    order
}

fn oldest_before(a: &ArticleSummary, b: &ArticleSummary) -> std::cmp::Ordering {
    a.published_at.cmp(&b.published_at).then_with(|| a.path.cmp(&b.path))
}

fn address(summary: &ArticleSummary, slug: &str, config: &Config) -> String {
    let local = summary.published_at.with_timezone(&config.time_zone);
    config.permalink.address(&PermalinkParts {
        category: &summary.category.slug,
        year: local.year(),
        month: local.month(),
        day: local.day(),
        slug,
    })
}

/// The owner of an address.
#[derive(Clone, Copy)]
enum AddressOwner<'a> {
    Lists,
    Category(&'a Named),
    Page(&'a Page),
    Article(&'a ArticleSummary),
}

impl fmt::Display for AddressOwner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lists => f.write_str("the site's own lists"),
            Self::Category(category) => write!(f, "the list of the category `{}`", category.name),
            Self::Page(page) => f.write_str(&page.display_path),
            Self::Article(summary) => f.write_str(&summary.display_path()),
        }
    }
}

impl<'a> AddressOwner<'a> {
    fn holder(self) -> Option<AddressHolder<'a>> {
        match self {
            Self::Lists => None,
            Self::Category(category) => Some(AddressHolder::of_list("category", &category.slug)),
            Self::Page(page) => Some(AddressHolder::of_page(page)),
            Self::Article(summary) => Some(AddressHolder::of(summary)),
        }
    }
}

/// The owners of all addresses.
struct AddressOwners<'a> {
    by_address: HashMap<Cow<'a, str>, AddressOwner<'a>>,
    /// The highest number appended to an address so far.
    last_number: HashMap<String, usize>,
}

impl<'a> AddressOwners<'a> {
    fn new(summaries: &'a [Arc<ArticleSummary>], pages: &'a [Page]) -> Self {
        let mut by_address = HashMap::with_capacity(summaries.len());
        by_address.extend(
            RESERVED_URL_PREFIXES
                .iter()
                .map(|address| (Cow::Borrowed(*address), AddressOwner::Lists)),
        );
        for ArticleSummary { category, .. } in summaries.iter().map(AsRef::as_ref) {
            by_address.insert((*category.slug).into(), AddressOwner::Category(category));
        }
        by_address
            .extend(pages.iter().map(|page| (folded(&page.address), AddressOwner::Page(page))));
        Self { by_address, last_number: HashMap::new() }
    }

    fn of(&self, address: &str) -> Option<AddressOwner<'a>> {
        self.by_address.get(&folded(address)).copied()
    }

    /// A free address for an article that cannot have its wanted one.
    fn free_address(
        &mut self,
        summary: &ArticleSummary,
        reserved: &ReservationIndex<'_>,
        config: &Config,
    ) -> String {
        let first = substitute(summary, "", config);
        let mut free = first.clone();
        let is_taken = |owners: &Self, address: &str| {
            let key = folded(address);
            owners.of(address).is_some() || reserved.get(&key).is_some() || has_alias(summary, &key)
        };
        while is_taken(self, &free) {
            let number = self.last_number.entry(first.clone()).or_insert(1);
            *number += 1;
            free = substitute(summary, &format!("-{number}"), config);
        }
        free
    }
}

/// The maximum length that a provider adds to an address, in bytes.
const MAX_PROVIDER_LENGTH: usize = 100;

/// A reserved, folded address in the article's spelling, if it can replace the wanted one.
fn own_substitute(reserved: &str, summary: &ArticleSummary, config: &Config) -> Option<String> {
    let numbers = reserved.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    let endings = std::iter::once(String::new()).chain(numbers.map(|number| format!("-{number}")));
    endings
        .map(|ending| substitute(summary, &ending, config))
        .find(|address| folded(address) == reserved)
}

/// A slug that no slug contains.
const ANY_SLUG: &str = "\0";

/// A reserved, folded address in the article's spelling, if it is the wanted one with anything
/// appended to the slug.
fn any_substitute(reserved: &str, summary: &ArticleSummary, config: &Config) -> Option<String> {
    let pattern = address(summary, ANY_SLUG, config);
    let (before, after) = pattern.split_once(ANY_SLUG)?;
    let slug = reserved.strip_prefix(&*folded(before))?.strip_suffix(&*folded(after))?;
    slug.match_indices('-')
        .filter_map(|(at, _)| slug.get(at..))
        .map(|ending| with_ending(summary, ending, config))
        .find(|address| folded(address) == reserved)
}

/// Whether an article redirects from a folded address.
fn has_alias(summary: &ArticleSummary, address: &str) -> bool {
    summary.aliases.iter().any(|alias| folded(alias) == address)
}

/// Placeholder for a digit of the number in a substitute; never part of an address.
const ANY_DIGIT: &str = "\0";

/// The patterns of substitutes that match a reserved address: without a number, or with one of its
/// numbers replaced by the placeholder.
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

/// The number of digits in a pattern.
fn digits(pattern: &str) -> usize {
    pattern.matches(ANY_DIGIT).count()
}

/// The address with the provider and a number appended to the slug.
fn substitute(summary: &ArticleSummary, number: &str, config: &Config) -> String {
    let provider = config.slugs.slugify(&summary.provider.domain.to_unicode());
    let ending = format!("-{}{number}", slug::shortened(&provider, MAX_PROVIDER_LENGTH));
    with_ending(summary, &ending, config)
}

/// The address with an ending appended to the slug, which is shortened to what a file system
/// allows.
fn with_ending(summary: &ArticleSummary, ending: &str, config: &Config) -> String {
    let slug = slug::shortened(
        &summary.wanted_slug(config.slugs),
        MAX_NAME_LENGTH.saturating_sub(ending.len()),
    )
    .to_owned();
    address(summary, &(slug + ending), config)
}
