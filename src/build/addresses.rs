//! The files that remember which article has which address: read before articles get their addresses, and written before
//! what they say is published; and what there is to say where published addresses change.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use super::{Options, Progress, WAITING_FOR_ADDRESSES, Watcher, as_warning};
use crate::collection::{ArticleId, Collection, slug_for};
use crate::config::Config;
use crate::diagnostic::{Cause, Diagnostic, Place};
use crate::digest::Digest;
use crate::document::Card;
use crate::page::{Plan, Published, Subject};
use crate::publish::{Lock, Replacement, hold_file, replace_file};
use crate::reservations::{Holder, Index, LOCK, Line, Lines, Reservations};
use crate::slug::folded;
use crate::source;
use crate::state;

/// No history of addresses is longer, in bytes: it has about a hundred for each address.
const LONGEST_HISTORY: u64 = 1 << 30;

/// Keeps other builds of the site from reserving addresses, until the result is dropped.
///
/// # Errors
/// A warning when that fails: the site itself is as it should be.
pub(super) fn hold(options: &Options, watcher: Watcher<'_>) -> Result<Lock, Diagnostic> {
    let waits = || watcher(Progress::wait(WAITING_FOR_ADDRESSES));
    hold_file(&state::address_lock(&options.root), waits).map_err(as_warning)
}

/// Whether a build that publishes a site reserves its addresses: one of articles that are not public does not.
pub(super) fn are_remembered(config: &Config) -> bool {
    !config.preview && !config.unpublished && !config.future
}

/// The text of the lock file, which is empty where there is none.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read_lock(root: &Path) -> Result<String, Diagnostic> {
    if let Some(diagnostic) = source::leads_out(root, LOCK) {
        return Err(diagnostic);
    }
    let unreadable =
        |reason: String| Diagnostic::error(Place::file(LOCK), format!("cannot read it: {reason}"));
    let bytes = source::read_if_there(&root.join(LOCK), source::LONGEST_TEXT)
        .map_err(|error| unreadable(error.to_string()))?;
    let text = source::text(bytes.as_deref().unwrap_or_default());
    text.map(str::to_owned).map_err(|_| unreadable("it is not UTF-8".to_owned()))
}

/// All reserved addresses, by a lock file of this text and by the local history, and what is wrong with these. A history that is
/// there and cannot be read is none that may be replaced: nobody would know the former addresses any more.
pub(super) fn reservations(root: &Path, lock: &str) -> (Reservations, Vec<Diagnostic>) {
    let history = state::address_history(root);
    let shown = history.strip_prefix(root).unwrap_or(&history).display().to_string();
    let read = match source::leads_out(root, &shown) {
        Some(diagnostic) => Err(diagnostic),
        None => source::read_if_there(&history, LONGEST_HISTORY).map_err(|error| {
            Diagnostic::error(Place::file(&shown), format!("cannot read it: {error}"))
                .help("make it readable, or remove it to forget where articles were before")
        }),
    };
    let (bytes, unread) = match read {
        Ok(bytes) => (bytes.unwrap_or_default(), None),
        Err(diagnostic) => (Vec::new(), Some(diagnostic.caused_by(Cause::Machine))),
    };
    let (reservations, mut diagnostics) =
        Reservations::read(lock, String::from_utf8_lossy(&bytes).into_owned());
    diagnostics.extend(unread);
    (reservations, diagnostics)
}

/// The addresses that a build publishes, compared with those that were published before.
pub(super) struct Addresses<'p, 'i> {
    reserved: &'p Index<'i>,
    plan: &'p Plan<'p>,
    collection: &'p Collection,
    config: &'p Config,
    /// By folded addresses.
    published: HashMap<Cow<'p, str>, Published<'p>>,
    /// The articles that have pages, by their files, once they are asked for.
    ids: OnceCell<HashMap<&'p str, ArticleId>>,
    /// The addresses at which articles were that are at other ones now.
    left: BTreeMap<ArticleId, BTreeMap<&'p str, &'p Line<'i>>>,
    /// The holders that have another file or another original now, each with what it is now. All their addresses stay theirs.
    renamed: HashMap<&'p Holder<'i>, Holder<'p>>,
}

impl<'p, 'i> Addresses<'p, 'i> {
    pub(super) fn new(
        reserved: &'p Index<'i>,
        plan: &'p Plan<'p>,
        collection: &'p Collection,
        config: &'p Config,
    ) -> Self {
        let published = plan.published();
        let (ids, left, renamed) = (OnceCell::new(), BTreeMap::new(), HashMap::new());
        let mut addresses = Self { reserved, plan, collection, config, published, ids, left, renamed };
        addresses.compare();
        addresses
    }

    /// Finds where those are now that had addresses at last.
    fn compare(&mut self) {
        let is_kept = |address: &str, holder: &Holder<'_>| {
            self.published.get(address).is_some_and(|published| published.line.holder == *holder)
        };
        let reserved = self.reserved;
        let history = reserved.history().iter().filter(|(_, line)| !line.is_former);
        let lines = history.filter(|(address, line)| !is_kept(address, &line.holder));
        let mut lines: Vec<(&str, &Line<'i>)> = lines.map(|(address, line)| (&**address, line)).collect();
        lines.sort_unstable_by_key(|(address, _)| *address);
        let locked = reserved.locked().iter().filter(|(address, holder)| !is_kept(address, holder));
        let (mut left, mut renamed) = (BTreeMap::<_, BTreeMap<_, _>>::new(), HashMap::new());
        for (address, holder, line) in lines
            .iter()
            .map(|(address, line)| (*address, &line.holder, Some(*line)))
            .chain(locked.map(|(address, holder)| (&**address, holder, None)))
        {
            let Some(id) = self.at_last(address, holder).and_then(|card| self.with_page(card)) else {
                continue;
            };
            let now = Holder::of(self.collection.card(id));
            if *holder != now {
                renamed.entry(holder).or_insert(now);
            }
            if let Some(line) = line.filter(|_| folded(self.collection.address(id)) != address) {
                left.entry(id).or_default().insert(address, line);
            }
        }
        (self.left, self.renamed) = (left, renamed);
    }

    /// The article that was at an address at last: the one that is there, if it can be that, or another one.
    fn at_last(&self, address: &str, holder: &Holder<'_>) -> Option<&'p Card> {
        let there = self.published.get(address).and_then(|published| match published.subject {
            Subject::Article(id) => Some(self.collection.card(id)),
            _ => None,
        });
        there
            .filter(|card| self.reserved.matches(holder, card).is_some())
            .or_else(|| self.reserved.find(holder).map(|card| &**card))
    }

    /// An article of the site, if it has a page.
    fn with_page(&self, card: &Card) -> Option<ArticleId> {
        let ids = self.ids.get_or_init(|| {
            let ids = self.collection.ids().map(|id| (&*self.collection.card(id).path, id));
            ids.filter(|(_, id)| self.collection.card(*id).has_page(self.config)).collect()
        });
        ids.get(&*card.path).copied()
    }

    /// What readers do not find any more where it was, and what they find there in its place. Each is told by the build that
    /// publishes it so, and by none that follows.
    pub(super) fn warnings(&self) -> Vec<Diagnostic> {
        let moves = self.left.iter().filter_map(|(id, lines)| self.moved(*id, lines.values().copied()));
        let takeovers = self.published.iter().filter_map(|(address, published)| {
            let former = &self.reserved.history().get(address)?.holder;
            self.takes_over(published, former)
        });
        moves.chain(takeovers).collect()
    }

    fn moved(&self, id: ArticleId, lines: impl Iterator<Item = &'p Line<'i>>) -> Option<Diagnostic> {
        let (card, address) = (self.collection.card(id), self.collection.address(id));
        let known = self.reserved.history().get(&folded(address)).filter(|line| !line.is_former);
        if known.is_some_and(|line| line.holder == Holder::of(card)) {
            return None;
        }
        let is_empty = |address: &&str| {
            !self.plan.has_page_at(address) && !self.published.contains_key(&folded(address))
        };
        let former: Vec<&str> = lines.map(|line| &*line.address).filter(is_empty).collect();
        let last = former.last()?;
        let aliases = card.aliases.iter().map(AsRef::as_ref).chain(former.iter().copied());
        let aliases: Vec<String> = aliases.map(as_yaml).collect();
        let slug = slug_for(last, card, self.config);
        let slug = slug.map_or_else(String::new, |slug| format!(", or `slug: {slug}` to keep the address"));
        let help = format!("write `aliases: [{}]` to redirect readers{slug}", aliases.join(", "));
        let former: Vec<String> = former.iter().map(|address| format!("/{address}/")).collect();
        let former = former.join(", ");
        let message = format!("moved from {former} to /{address}/; nothing is at {former} now");
        Some(Diagnostic::warning(Place::file(card.shown()), message).help(help).changes_output())
    }

    /// A warning where a redirect, a standing page or a list has an address at which readers found something else.
    fn takes_over(&self, published: &Published<'_>, former: &Holder<'_>) -> Option<Diagnostic> {
        let Published { line: Line { address, holder, .. }, subject, shows } = published;
        let is_same = match shows {
            Subject::Article(id) => self.reserved.matches(former, self.collection.card(*id)).is_some(),
            _ => holder == former || holder.is_of_same_kind(former),
        };
        if is_same || matches!(subject, Subject::Article(_)) {
            return None;
        }
        let former = self.whereabouts(former);
        let (message, help) = match subject {
            Subject::Redirect(_) => (
                format!("the alias `/{address}/` was the address of {former}"),
                "take it out, unless readers of that address are meant to come here",
            ),
            Subject::Standing(_) => (
                format!("/{address}/ was the address of {former}; this page is there now"),
                "rename the file, unless readers of that address are meant to come here",
            ),
            _ => (
                format!("/{address}/ was the address of {former}; {} is there now", holder.shown()),
                "choose another name, unless readers of that address are meant to come here",
            ),
        };
        let (document, key) = self.plan.cause(*subject)?;
        let warning = Diagnostic::warning(Place::file(document), message).help(help).changes_output();
        Some(Diagnostic { key, ..warning })
    }

    /// Who had an address, and where that is now.
    fn whereabouts(&self, former: &Holder<'_>) -> String {
        let Some(card) = self.reserved.find(former) else {
            return format!("{}, which is gone", former.shown());
        };
        let now = match self.with_page(card) {
            Some(id) => format!("which is at /{}/ now", self.collection.address(id)),
            None => "which has no page now".to_owned(),
        };
        format!("{}, {now}", card.shown())
    }

    /// The text of the history when this is published; none where it stays as it is.
    fn history(&self) -> Option<String> {
        let now = |holder: &'p Holder<'i>| self.renamed.get(holder).unwrap_or(holder).clone();
        let lines = self.reserved.history().iter().filter(|_| !self.renamed.is_empty());
        let renamed = lines.filter(|(_, line)| self.renamed.contains_key(&line.holder));
        let renamed = renamed.map(|(address, line)| (&**address, line, line.is_former));
        let left = self.left.values().flatten().map(|(address, line)| (*address, *line, true));
        let lines: HashMap<&str, Line<'_>> = renamed
            .chain(left)
            .filter(|(address, ..)| !self.published.contains_key(*address))
            .map(|(key, Line { address, holder, .. }, is_former)| {
                (key, Line { address: address.clone(), holder: now(holder), is_former })
            })
            .collect();
        let published = self.published.iter().map(|(address, published)| (&**address, &published.line));
        self.reserved
            .history_with(published.chain(lines.iter().map(|(address, line)| (*address, line))).collect())
    }

    /// The lines that the lock file gets: those of contested addresses, and those that it has, brought up to date. The file of an
    /// article may have been moved, and its address may have been given to something else after it was gone.
    fn contested(&self) -> Lines<'_> {
        let lines = self.reserved.locked().iter().chain(&self.collection.contested);
        let line = |(address, holder): (&'p Cow<'static, str>, &'p Holder<'static>)| {
            let published = self.published.get(address).map(|published| &published.line.holder);
            let now = published.or_else(|| self.renamed.get(holder)).unwrap_or(holder);
            (Cow::Borrowed(&**address), now.clone())
        };
        lines.map(line).collect()
    }
}

/// An alias as an entry of a list in brackets.
fn as_yaml(alias: &str) -> String {
    let is_plain = alias.chars().all(|c| c.is_alphanumeric() || "-_.~/".contains(c));
    let quote = if is_plain { "" } else { "\"" };
    format!("{quote}/{alias}/{quote}")
}

/// Remembers the addresses of a site, unless it is only looked at or has articles that are not public. Returns the digest of
/// the lock file as it is then. What goes wrong is a warning: the site itself is as it should be.
pub(super) fn remember(
    addresses: &Addresses<'_, '_>,
    reservations: &Reservations,
    lock: &str,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Digest {
    let config = addresses.config;
    if !are_remembered(config) {
        return Digest::of(lock.as_bytes());
    }
    let write = |text: String| move |file: &mut File| file.write_all(text.as_bytes());
    if let Some(history) = addresses.history() {
        let written = Replacement::write(&state::address_history(&options.root), write(history));
        diagnostics.extend(written.and_then(Replacement::put).map_err(as_warning).err());
    }
    let Some(text) = reservations.lock_with(&addresses.contested()) else {
        return Digest::of(lock.as_bytes());
    };
    let digest = Digest::of(text.as_bytes());
    let replaced = replace_file(&options.root.join(LOCK), write(text));
    diagnostics.push(replaced.map_or_else(as_warning, |()| {
        let message = if lock.is_empty() { "this file is new" } else { "this file has changed" };
        Diagnostic::warning(Place::file(LOCK), message)
            .help("commit it, so that articles keep their addresses wherever the site is built")
            .changes_output()
    }));
    digest
}
