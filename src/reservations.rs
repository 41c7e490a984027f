//! Reserved addresses: which article owns which URL path.
//!
//! Several articles can want one address. Which of them has it must not depend on the others that come, go or change
//! their dates later, so it is written down: in the committed file [`LOCK`] for every address that is or was wanted by
//! more than one article, and in a local history for every address that was published. Both are texts of the same
//! format, a line for each address, sorted, so that version control merges them line by line:
//!
//! ```text
//! /about/ (page) pages/about.md
//! /news/ (list) category news
//! /news/2026/weekly/ provider.example/issues/12 news/2026-03-01-weekly.md
//! ```
//!
//! The history marks an address with `former` where its document is not found any more, but somewhere else.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Location};
use crate::document::{ArticleSummary, Page};
use crate::slug::folded;

/// The committed file, in the site's root.
pub const LOCK: &str = "addresses.lock";

const HEADER: &str = "\
# Addresses that more than one article wants or wanted, each with the article that has it: the address, the original,
# the file in content/. newsgen adds lines; commit this file. To give an address to another article, edit its line.
";

/// What stands for the original of a document that has none.
const PAGE: &str = "(page)";

/// What stands for the original of a list of articles.
const LIST: &str = "(list)";

/// The kind of a provider's list.
const PROVIDER: &str = "provider";

/// What marks a line of the history.
const FORMER: &str = "former ";

/// The article, the page or the list that has an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressHolder<'t> {
    /// The identity of its original ([`crate::http_url::HttpUrl::dedup_key`]), or what stands for it.
    pub original: Cow<'t, str>,
    /// Its file, relative to `content/`; of a list its kind and its slug.
    pub file: Cow<'t, str>,
}

/// How surely an article is the holder of an address; a greater one is surer. An article keeps its address when its file
/// is moved or its original is corrected, but not when both change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// Only the file is the same.
    File,
    /// Only the original is the same.
    Original,
    /// Both are the same.
    Both,
}

impl<'t> AddressHolder<'t> {
    /// An article as a holder.
    pub fn of(summary: &'t ArticleSummary) -> Self {
        Self { original: summary.original_url().dedup_key(), file: (&*summary.path).into() }
    }

    /// A page as a holder.
    pub fn of_page(page: &'t Page) -> Self {
        let file = page.display_path.strip_prefix("content/").unwrap_or(&page.display_path);
        Self { original: PAGE.into(), file: file.into() }
    }

    /// The list of a category, a topic or a provider as a holder.
    pub fn of_list(kind: &str, slug: &str) -> Self {
        Self { original: LIST.into(), file: format!("{kind} {slug}").into() }
    }

    /// The list of a provider as a holder. Several domains can want one slug, so it is known by its domain.
    pub fn of_provider(domain: &str) -> Self {
        Self::of_list(PROVIDER, domain)
    }

    /// The domain of a provider's list.
    pub fn provider(&self) -> Option<&str> {
        let list = Some(&*self.file).filter(|_| self.original == LIST)?;
        list.strip_prefix(PROVIDER)?.strip_prefix(' ')
    }

    /// How lasting diagnostics name it. Which document an article is now depends on the history, which the build changes, so
    /// articles have no name.
    pub fn name(&self) -> String {
        if matches!(&*self.original, PAGE | LIST) {
            self.display_path()
        } else {
            "another article".to_owned()
        }
    }

    /// How diagnostics of this build name it.
    pub fn display_path(&self) -> String {
        match self.file.split_once(' ').filter(|_| self.original == LIST) {
            Some((kind, slug)) => format!("the list of the {kind} `{slug}`"),
            None => format!("content/{}", self.file),
        }
    }

    /// Whether both are pages or both are lists. Such a one is known by its address alone, but for
    /// those of providers.
    pub fn is_of_same_kind(&self, other: &AddressHolder<'_>) -> bool {
        matches!(&*self.original, PAGE | LIST)
            && self.original == other.original
            && self.provider().is_none()
            && other.provider().is_none()
    }

    /// What `other` has in common with this one.
    fn matches(&self, other: &AddressHolder<'_>) -> Option<Match> {
        match (self.original == other.original, self.file == other.file) {
            (true, true) => Some(Match::Both),
            (true, false) => Some(Match::Original),
            (false, true) => Some(Match::File),
            (false, false) => None,
        }
    }

    /// The same, borrowing nothing.
    pub fn into_owned(self) -> AddressHolder<'static> {
        AddressHolder { original: self.original.into_owned().into(), file: self.file.into_owned().into() }
    }
}

/// The lines of a lock file, by their addresses: folded, without slashes at their ends.
pub type ReservedAddresses<'t> = BTreeMap<Cow<'t, str>, AddressHolder<'t>>;

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'t> {
    /// As it was published, without slashes at its ends.
    pub address: Cow<'t, str>,
    /// What readers found there or were sent to.
    pub holder: AddressHolder<'t>,
    /// Whether that has no page there: it is at another address, or at none.
    pub is_former: bool,
}

/// All addresses that are reserved.
#[derive(Debug, Default)]
pub struct Reservations {
    lock: ReservedAddresses<'static>,
    history: String,
}

/// [`Reservations`] that can be looked up for the articles of a site.
#[derive(Debug)]
pub struct ReservationIndex<'r> {
    lock: &'r ReservedAddresses<'static>,
    /// By folded addresses.
    history: HashMap<Cow<'r, str>, Line<'r>>,
    /// Those that are not published, too.
    summaries: &'r [Arc<ArticleSummary>],
    places: OnceLock<Places<'r>>,
    known: OnceLock<HashMap<Cow<'r, str>, Known<'r>>>,
    newcomers: OnceLock<HashMap<Cow<'r, str>, usize>>,
}

/// The originals and the files of all articles.
#[derive(Debug, Default)]
struct Places<'r> {
    originals: HashSet<Cow<'r, str>>,
    by_file: HashMap<Cow<'r, str>, usize>,
}

/// The files in which articles of one original were when addresses were published for them.
#[derive(Debug, Default)]
struct Known<'r> {
    /// Each with whether an article was at an address at last.
    files: HashMap<Cow<'r, str>, bool>,
    /// Whether an article that was at an address at last is not in its file any more.
    is_vacated: bool,
}

impl Reservations {
    /// Reads the text of [`LOCK`] and of the history, which are empty where there are none. Lines of the history that
    /// are damaged are left out, since the history is only a local file.
    ///
    /// # Errors
    /// For each line of the lock file that means nothing.
    pub fn parse(lock: &str, history: String) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut lines = ReservedAddresses::new();
        for (number, line) in (1..).zip(lock.lines()) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match parse_line(line) {
                // After a merge that kept both sides, the first line counts.
                Some((address, holder)) => {
                    lines.entry(folded(address).into_owned().into()).or_insert(holder.into_owned());
                }
                None => diagnostics.push(wrong_line(number, line)),
            }
        }
        (Self { lock: lines, history }, diagnostics)
    }

    /// These, to be looked up for `summaries`, which are all articles of a site, published or not.
    pub fn index<'r>(&'r self, summaries: &'r [Arc<ArticleSummary>]) -> ReservationIndex<'r> {
        let history = self.history.lines().filter_map(parse_history_line).collect();
        let (places, known, newcomers) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        ReservationIndex { lock: &self.lock, history, summaries, places, known, newcomers }
    }

    /// The text of the lock file with `contested` addresses; none where it stays as it is.
    pub fn lock_with(&self, contested: &ReservedAddresses<'_>) -> Option<String> {
        let mut lines = self.lock.clone();
        for (address, holder) in contested {
            lines.insert(address.clone().into_owned().into(), holder.clone().into_owned());
        }
        (lines != self.lock).then(|| format!("{HEADER}{}", text(lines.iter())))
    }
}

impl<'r> ReservationIndex<'r> {
    /// Whether nothing is reserved.
    pub fn is_empty(&self) -> bool {
        self.lock.is_empty() && self.history.is_empty()
    }

    /// Who has a folded address.
    pub fn get(&self, address: &str) -> Option<&AddressHolder<'r>> {
        self.lock.get(address).or_else(|| Some(&self.history.get(address)?.holder))
    }

    /// How surely an article is the holder of an address. Its original alone says nothing while the holder is in its file, or where the
    /// article was published before from the file that it is in. Its file alone says nothing where the file has another story in it:
    /// while another article has the holder's original, or where this one has moved here from an address of its own.
    pub fn matches(&self, holder: &AddressHolder<'_>, summary: &ArticleSummary) -> Option<Match> {
        let own = AddressHolder::of(summary);
        let found = holder.matches(&own)?;
        let is_holder = match found {
            Match::Both => true,
            Match::Original => !self.is_in_place(holder) && !self.is_known(&own),
            Match::File => !self.places().originals.contains(&holder.original) && !self.has_own_address(&own),
        };
        is_holder.then_some(found)
    }

    /// Whether there is an article in the file of a holder that has its original, too.
    pub fn is_in_place(&self, holder: &AddressHolder<'_>) -> bool {
        self.in_file(&holder.file)
            .is_some_and(|summary| AddressHolder::of(summary).original == holder.original)
    }

    fn in_file(&self, file: &str) -> Option<&'r Arc<ArticleSummary>> {
        self.summaries.get(*self.places().by_file.get(file)?)
    }

    /// Whether an address was published for an article with this original in this file.
    fn is_known(&self, own: &AddressHolder<'_>) -> bool {
        self.known().get(&*own.original).is_some_and(|known| known.files.contains_key(&*own.file))
    }

    /// Whether an article had an address with its original, and no other article is there that had it.
    fn has_own_address(&self, own: &AddressHolder<'_>) -> bool {
        let had_address = |known: &Known<'_>| known.is_vacated || known.files.get(&*own.file) == Some(&true);
        self.known().get(&*own.original).is_some_and(had_address)
    }

    /// The article that is surely the holder of an address, or most surely.
    pub fn find(&self, holder: &AddressHolder<'_>) -> Option<&'r Arc<ArticleSummary>> {
        let of_file = self.in_file(&holder.file);
        let of_file = of_file.filter(|summary| self.matches(holder, summary).is_some());
        of_file.or_else(|| {
            let is_moved = self.places().originals.contains(&holder.original) && !self.is_in_place(holder);
            is_moved.then(|| self.summaries.get(*self.newcomers().get(&holder.original)?))?
        })
    }

    fn places(&self) -> &Places<'r> {
        self.places.get_or_init(|| {
            let mut places = Places::default();
            for (location, summary) in self.summaries.iter().enumerate() {
                let AddressHolder { original, file } = AddressHolder::of(summary);
                places.originals.insert(original);
                places.by_file.insert(file, location);
            }
            places
        })
    }

    /// By originals.
    fn known(&self) -> &HashMap<Cow<'r, str>, Known<'r>> {
        self.known.get_or_init(|| {
            let locked = self.lock.iter().map(|(address, holder)| (holder, !self.is_former(address)));
            let history = self.history.values().map(|line| (&line.holder, !line.is_former));
            let mut known: HashMap<Cow<'r, str>, Known<'r>> = HashMap::new();
            for (holder, is_current) in history.chain(locked) {
                let Known { files, is_vacated } = known.entry(holder.original.clone()).or_default();
                *files.entry(holder.file.clone()).or_default() |= is_current;
                *is_vacated |= is_current && !self.is_in_place(holder);
            }
            known
        })
    }

    /// The first article of each original that was not published before from the file that it is in. Drafts come last, since a
    /// published article has the address of one that moved.
    fn newcomers(&self) -> &HashMap<Cow<'r, str>, usize> {
        self.newcomers.get_or_init(|| {
            let mut newcomers = HashMap::new();
            let articles = || self.summaries.iter().enumerate();
            let published = articles().filter(|(_, summary)| summary.published);
            for (index, summary) in published.chain(articles().filter(|(_, summary)| !summary.published)) {
                let own = AddressHolder::of(summary);
                if !self.is_known(&own) {
                    newcomers.entry(own.original).or_insert(index);
                }
            }
            newcomers
        })
    }

    /// Whether the history knows that the holder of a folded address is elsewhere.
    pub fn is_former(&self, address: &str) -> bool {
        self.history.get(address).is_some_and(|line| line.is_former)
    }

    /// All reserved addresses, in no certain order. What the lock file says comes first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AddressHolder<'r>)> {
        let lock = self.lock.iter().map(|(address, holder)| (&**address, holder));
        let history = self.history.iter().filter(|(address, _)| !self.lock.contains_key(&***address));
        lock.chain(history.map(|(address, line)| (&**address, &line.holder)))
    }

    /// The lines of the history, by their folded addresses, in no certain order.
    pub fn history(&self) -> &HashMap<Cow<'r, str>, Line<'r>> {
        &self.history
    }

    /// The text of the history with `lines`, each by its folded address, in place of those that it has; none where it stays as
    /// it is.
    pub fn history_with(&self, lines: Vec<(&str, &Line<'_>)>) -> Option<String> {
        if lines.par_iter().all(|(address, line)| self.history.get(*address) == Some(*line)) {
            return None;
        }
        let mut all: BTreeMap<&str, &Line<'_>> =
            self.history.iter().map(|(key, line)| (&**key, line)).collect();
        all.extend(lines);
        let mut text = String::new();
        for Line { address, holder, is_former } in all.into_values() {
            let mark = if *is_former { FORMER } else { "" };
            // Writing to memory does not fail.
            let _ = writeln!(text, "{mark}{}", line(address, holder));
        }
        Some(text)
    }

    /// The lines of the lock file, by their folded addresses.
    pub fn locked(&self) -> &'r ReservedAddresses<'static> {
        self.lock
    }
}

fn parse_line(line: &str) -> Option<(&str, AddressHolder<'_>)> {
    let (address, rest) = line.split_once(' ')?;
    let (original, file) = rest.split_once(' ')?;
    let address = address.strip_prefix('/')?.strip_suffix('/')?;
    let is_complete = !address.is_empty() && !original.is_empty() && !file.trim().is_empty();
    is_complete
        .then_some((address, AddressHolder { original: original.into(), file: file.trim_end().into() }))
}

fn parse_history_line(line: &str) -> Option<(Cow<'_, str>, Line<'_>)> {
    let (rest, is_former) = line.strip_prefix(FORMER).map_or((line, false), |rest| (rest, true));
    let (address, holder) = parse_line(rest)?;
    Some((folded(address), Line { address: address.into(), holder, is_former }))
}

fn text<'l, 't: 'l>(lines: impl Iterator<Item = (&'l Cow<'t, str>, &'l AddressHolder<'t>)>) -> String {
    let mut text = String::new();
    for (address, holder) in lines {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{}", line(address, holder));
    }
    text
}

/// The line that reserves an address, given without slashes at its ends.
pub fn line(address: &str, holder: &AddressHolder<'_>) -> String {
    format!("/{address}/ {} {}", holder.original, holder.file)
}

fn wrong_line(number: usize, line: &str) -> Diagnostic {
    let location = Location::on_line(LOCK, number, 1, usize::MAX, line);
    let is_mark = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
    if is_mark {
        return Diagnostic::error(location, "unresolved merge conflict")
            .help("keep the lines of both sides and delete the conflict markers");
    }
    Diagnostic::error(location, "expected an address, an original and a file")
        .label("such as `/weekly/ provider.example/weekly news/weekly.md`")
        .help("correct the line, or restore the file from version control")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "/a/Weekly/ x.example/1 news/week ly.md\n";

    fn holder<'t>(original: &'t str, file: &'t str) -> AddressHolder<'t> {
        AddressHolder { original: original.into(), file: file.into() }
    }

    #[test]
    fn lock_round_trips() {
        let (reservations, diagnostics) = Reservations::parse(&format!("{HEADER}\n{LINE}"), String::new());
        assert!(diagnostics.is_empty());
        assert_eq!(reservations.index(&[]).get("a/weekly"), Some(&holder("x.example/1", "news/week ly.md")));
        assert_eq!(reservations.lock_with(&ReservedAddresses::new()), None);
        let contested = ReservedAddresses::from([("b".into(), holder("y.example", "b.md"))]);
        let text = reservations.lock_with(&contested).expect("changed");
        assert_eq!(text, format!("{HEADER}/a/weekly/ x.example/1 news/week ly.md\n/b/ y.example b.md\n"));
        let (read, _) = Reservations::parse(&text, String::new());
        assert_eq!(read.lock_with(&contested), None);
    }

    #[test]
    fn lock_accepts_merged_lines() {
        let (reservations, diagnostics) =
            Reservations::parse(&format!("{LINE}/a/weekly/ y.example b.md\n"), String::new());
        assert!(diagnostics.is_empty());
        assert_eq!(
            reservations.index(&[]).get("a/weekly").map(|holder| &*holder.original),
            Some("x.example/1")
        );
    }

    #[test]
    fn lock_errors_are_located() {
        let text = format!("<<<<<<< ours\n{LINE}=======\n/b/ y.example b.md\n>>>>>>> theirs\nx\n/b/ y\n");
        let (_, diagnostics) = Reservations::parse(&text, String::new());
        let places: Vec<String> = diagnostics.iter().map(|found| found.location.to_string()).collect();
        assert_eq!(places, [1, 3, 5, 6, 7].map(|line| format!("{LOCK}:{line}:1")));
    }

    #[test]
    fn lock_overrides_history() {
        let (reservations, _) =
            Reservations::parse("/a/ x.example a.md\n", "/a/ y b.md\n/c/ z c.md\nx\n".to_owned());
        let index = reservations.index(&[]);
        assert_eq!(index.get("a"), Some(&holder("x.example", "a.md")));
        assert_eq!(index.get("c"), Some(&holder("z", "c.md")));
        assert_eq!(index.iter().count(), 2);
    }

    #[test]
    fn history_keeps_unused_addresses() {
        let with = |history: &str, file: &'static str, is_former| {
            let (reservations, _) = Reservations::parse("", history.to_owned());
            let line = Line { address: "B".into(), holder: holder("y", file), is_former };
            reservations.index(&[]).history_with(vec![("b", &line)])
        };
        let text = with("/a/ x a.md\n", "b.md", false).expect("changed");
        assert_eq!(text, "/a/ x a.md\n/B/ y b.md\n");
        assert_eq!(with(&text, "b.md", false), None);
        let text = with(&text, "c.md", true).expect("changed");
        assert_eq!(text, "/a/ x a.md\nformer /B/ y c.md\n");
        assert_eq!(with(&text, "c.md", true), None);
    }

    #[test]
    fn match_by_original_beats_match_by_file() {
        let one = holder("x", "a.md");
        assert_eq!(one.matches(&holder("x", "a.md")), Some(Match::Both));
        assert!(one.matches(&holder("x", "b.md")) > one.matches(&holder("y", "a.md")));
        assert_eq!(one.matches(&holder("y", "b.md")), None);
    }
}
