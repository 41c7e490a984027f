//! Which article has which address, for the addresses that an article's own text does not settle.
//!
//! Several articles can want one address. Which of them has it must not depend on the others that come, go or change
//! their dates later, so it is written down: in the committed file [`LOCK`] for every address that is or was wanted by
//! more than one article, and in a local history for every address that an article had. Both are texts of the same
//! format, a line for each address, sorted, so that version control merges them line by line:
//!
//! ```text
//! /news/2026/weekly/ provider.example/issues/12 news/2026-03-01-weekly.md
//! ```

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Place};
use crate::document::Card;
use crate::slug::folded;

/// The committed file, in the site's root.
pub const LOCK: &str = "addresses.lock";

const HEADER: &str = "\
# Addresses that more than one article wants or wanted, each with the article that has it: the address, the original,
# the file in content/. newsgen adds lines; commit this file. To give an address to another article, edit its line.
";

/// The article that has an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder<'t> {
    /// The identity of its original ([`crate::address::Address::identity`]).
    pub original: Cow<'t, str>,
    /// Its file, relative to `content/`.
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

impl<'t> Holder<'t> {
    /// An article as a holder. Line breaks in the name of a file would end the line, and are left out.
    pub fn of(card: &'t Card) -> Self {
        let file: Cow<'t, str> = if card.path.contains(char::is_control) {
            card.path.replace(char::is_control, "").into()
        } else {
            Cow::Borrowed(&*card.path)
        };
        Self { original: card.original_url().identity(), file }
    }

    /// What `other` has in common with this one.
    fn matches(&self, other: &Holder<'_>) -> Option<Match> {
        match (self.original == other.original, self.file == other.file) {
            (true, true) => Some(Match::Both),
            (true, false) => Some(Match::Original),
            (false, true) => Some(Match::File),
            (false, false) => None,
        }
    }

    /// The same, borrowing nothing.
    pub fn into_owned(self) -> Holder<'static> {
        Holder { original: self.original.into_owned().into(), file: self.file.into_owned().into() }
    }
}

/// The lines of a lock file or a history, by their addresses: folded, without slashes at their ends.
pub type Lines<'t> = BTreeMap<Cow<'t, str>, Holder<'t>>;

/// All addresses that are reserved for an article.
#[derive(Debug, Default)]
pub struct Reservations {
    lock: Lines<'static>,
    history: String,
}

/// [`Reservations`] that can be looked up for the articles of a site.
#[derive(Debug)]
pub struct Index<'r> {
    lock: &'r Lines<'static>,
    history: HashMap<&'r str, Holder<'r>>,
    cards: &'r [Arc<Card>],
    /// The originals of all articles, once they are asked for.
    originals: OnceLock<HashSet<Cow<'r, str>>>,
}

impl Reservations {
    /// Reads the text of [`LOCK`] and of the history, which are empty where there are none. Lines of the history that
    /// are damaged are left out, since the history is only a local file.
    ///
    /// # Errors
    /// For each line of the lock file that means nothing.
    pub fn read(lock: &str, history: String) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut lines = Lines::new();
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

    /// These, to be looked up for `cards`, which are all articles of a site.
    pub fn index<'r>(&'r self, cards: &'r [Arc<Card>]) -> Index<'r> {
        let history = self.history.lines().filter_map(parse_line).collect();
        Index { lock: &self.lock, history, cards, originals: OnceLock::new() }
    }

    /// The text of the lock file with `contested` addresses; none where it stays as it is.
    pub fn lock_with(&self, contested: &Lines<'_>) -> Option<String> {
        let mut lines = self.lock.clone();
        for (address, holder) in contested {
            lines.insert(address.clone().into_owned().into(), holder.clone().into_owned());
        }
        (lines != self.lock).then(|| format!("{HEADER}{}", text(lines.iter())))
    }

    /// The text of the history after a build in which articles `have` these addresses, folded; none where it stays as it
    /// is.
    pub fn history_with<'t>(&'t self, mut have: Vec<(Cow<'t, str>, Holder<'t>)>) -> Option<String> {
        have.par_sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let mut lines: Vec<(Cow<'t, str>, Holder<'t>)> = history_lines(&self.history).collect();
        let is_known = |(address, holder): &(Cow<'t, str>, Holder<'t>)| {
            let place = lines.binary_search_by(|(known, _)| known.cmp(address));
            place.is_ok_and(|place| lines.get(place).is_some_and(|(_, known)| known == holder))
        };
        if have.par_iter().all(is_known) {
            return None;
        }
        // A stable sort leaves the new line of an address behind the old one.
        lines.extend(have);
        lines.sort_by(|(a, _), (b, _)| a.cmp(b));
        lines.reverse();
        lines.dedup_by(|(a, _), (b, _)| a == b);
        lines.reverse();
        Some(text(lines.iter().map(|(address, holder)| (address, holder))))
    }
}

fn history_lines(history: &str) -> impl Iterator<Item = (Cow<'_, str>, Holder<'_>)> {
    history.lines().filter_map(parse_line).map(|(address, holder)| (address.into(), holder))
}

impl<'r> Index<'r> {
    /// Whether nothing is reserved.
    pub fn is_empty(&self) -> bool {
        self.lock.is_empty() && self.history.is_empty()
    }

    /// The article for which a folded address is reserved.
    pub fn get(&self, address: &str) -> Option<&Holder<'r>> {
        self.lock.get(address).or_else(|| self.history.get(address))
    }

    /// How surely an article is the holder of an address. Its file alone says nothing while another article has the holder's
    /// original: then the file has another story in it, and the holder has moved.
    pub fn matches(&self, holder: &Holder<'_>, card: &Card) -> Option<Match> {
        let found = holder.matches(&Holder::of(card))?;
        let originals = || self.cards.iter().map(|card| Holder::of(card).original).collect();
        let has_moved = || self.originals.get_or_init(originals).contains(&holder.original);
        (found != Match::File || !has_moved()).then_some(found)
    }

    /// All reserved addresses, in no certain order. What the lock file says comes first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Holder<'r>)> {
        let lock = self.lock.iter().map(|(address, holder)| (&**address, holder));
        let history = self.history.iter().filter(|(address, _)| !self.lock.contains_key(**address));
        lock.chain(history.map(|(address, holder)| (*address, holder)))
    }

    /// The addresses of the lock file.
    pub fn locked(&self) -> impl Iterator<Item = &'r str> {
        self.lock.keys().map(|address| &**address)
    }
}

fn parse_line(line: &str) -> Option<(&str, Holder<'_>)> {
    let (address, rest) = line.split_once(' ')?;
    let (original, file) = rest.split_once(' ')?;
    let address = address.strip_prefix('/')?.strip_suffix('/')?;
    let is_whole = !address.is_empty() && !original.is_empty() && !file.trim().is_empty();
    is_whole.then_some((address, Holder { original: original.into(), file: file.trim_end().into() }))
}

fn text<'l, 't: 'l>(lines: impl Iterator<Item = (&'l Cow<'t, str>, &'l Holder<'t>)>) -> String {
    let mut text = String::new();
    for (address, holder) in lines {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{}", line(address, holder));
    }
    text
}

/// The line that reserves an address, given without slashes at its ends.
pub fn line(address: &str, holder: &Holder<'_>) -> String {
    format!("/{address}/ {} {}", holder.original, holder.file)
}

fn wrong_line(number: usize, line: &str) -> Diagnostic {
    let place = Place::on_line(LOCK, number, 1, usize::MAX, line);
    let is_mark = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
    if is_mark {
        return Diagnostic::error(place, "unresolved merge conflict")
            .help("keep the lines of both sides and delete the lines of the marks");
    }
    Diagnostic::error(place, "expected an address, an original and a file")
        .label("such as `/weekly/ provider.example/weekly news/weekly.md`")
        .help("correct the line, or restore the file from version control")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "/a/Weekly/ x.example/1 news/week ly.md\n";

    fn holder<'t>(original: &'t str, file: &'t str) -> Holder<'t> {
        Holder { original: original.into(), file: file.into() }
    }

    #[test]
    fn lock_is_read_as_it_is_written() {
        let (reservations, diagnostics) = Reservations::read(&format!("{HEADER}\n{LINE}"), String::new());
        assert!(diagnostics.is_empty());
        assert_eq!(reservations.index(&[]).get("a/weekly"), Some(&holder("x.example/1", "news/week ly.md")));
        assert_eq!(reservations.lock_with(&Lines::new()), None);
        let contested = Lines::from([("b".into(), holder("y.example", "b.md"))]);
        let text = reservations.lock_with(&contested).expect("changed");
        assert_eq!(text, format!("{HEADER}/a/weekly/ x.example/1 news/week ly.md\n/b/ y.example b.md\n"));
        let (read, _) = Reservations::read(&text, String::new());
        assert_eq!(read.lock_with(&contested), None);
    }

    #[test]
    fn lock_with_lines_of_both_sides_of_a_merge_is_whole() {
        let (reservations, diagnostics) =
            Reservations::read(&format!("{LINE}/a/weekly/ y.example b.md\n"), String::new());
        assert!(diagnostics.is_empty());
        assert_eq!(
            reservations.index(&[]).get("a/weekly").map(|holder| &*holder.original),
            Some("x.example/1")
        );
    }

    #[test]
    fn damaged_lines_of_the_lock_are_errors_with_their_place() {
        let text = format!("<<<<<<< ours\n{LINE}=======\n/b/ y.example b.md\n>>>>>>> theirs\nx\n/b/ y\n");
        let (_, diagnostics) = Reservations::read(&text, String::new());
        let places: Vec<String> = diagnostics.iter().map(|found| found.place.to_string()).collect();
        assert_eq!(places, [1, 3, 5, 6, 7].map(|line| format!("{LOCK}:{line}:1")));
    }

    #[test]
    fn lock_counts_more_than_history() {
        let (reservations, _) =
            Reservations::read("/a/ x.example a.md\n", "/a/ y b.md\n/c/ z c.md\nx\n".to_owned());
        let index = reservations.index(&[]);
        assert_eq!(index.get("a"), Some(&holder("x.example", "a.md")));
        assert_eq!(index.get("c"), Some(&holder("z", "c.md")));
        assert_eq!(index.iter().count(), 2);
    }

    #[test]
    fn history_remembers_addresses_that_nobody_has_now() {
        let (reservations, _) = Reservations::read("", "/a/ x a.md\n".to_owned());
        assert_eq!(reservations.history_with(Vec::new()), None);
        let have = |file: &'static str| vec![("b".into(), holder("y", file))];
        let text = reservations.history_with(have("b.md")).expect("changed");
        assert_eq!(text, "/a/ x a.md\n/b/ y b.md\n");
        let (reservations, _) = Reservations::read("", text);
        assert_eq!(reservations.history_with(have("b.md")), None);
        assert_eq!(reservations.history_with(have("c.md")).as_deref(), Some("/a/ x a.md\n/b/ y c.md\n"));
    }

    #[test]
    fn the_same_original_is_a_surer_match_than_the_same_file() {
        let one = holder("x", "a.md");
        assert_eq!(one.matches(&holder("x", "a.md")), Some(Match::Both));
        assert!(one.matches(&holder("x", "b.md")) > one.matches(&holder("y", "a.md")));
        assert_eq!(one.matches(&holder("y", "b.md")), None);
    }
}
