//! Reserved addresses: which article owns which URL path.
//!
//! Several articles can want one address. Who has it must not depend on others that are added,
//! removed or redated later, so it is recorded: in the committed file [`LOCK`] for every address
//! that several articles want or wanted, and in a local history for every published address. Both
//! have one format, a line per address, sorted, so that version control can merge them:
//!
//! ```text
//! /about/ (page) pages/about.md
//! /news/ (list) category news
//! /news/2026/weekly/ provider.example/issues/12 news/2026-03-01-weekly.md
//! /stories/ferry-runs-aground/ (story) provider.example/ferry news/2026-03-02-ferry.md
//! /stories/harbour-fire/ (story) name harbour-fire
//! ```
//!
//! A story that editors named holds its address by its name; another one by the article that was its
//! oldest when its page appeared.
//!
//! The history marks an address as `former` if its document is now elsewhere, and as `gone` if it
//! no longer exists. A line `alias` names the article, page or list that redirects from an address
//! of another holder: an alias borrows an address and never takes it over. Its first line counts the
//! others, because a history that was cut would free the addresses that it lacks.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::{ArticleSummary, Page};
use crate::slug::{self, folded};
use crate::source::DOCUMENT_EXTENSIONS;

/// The lock file, in the site's root.
pub const LOCK: &str = "addresses.lock";

const HEADER: &str = "\
# Addresses that more than one article wants or wanted, each with the article that has it: the address, the original,
# the file in content/. Also the addresses of stories, each with its name or one of its articles. newsgen adds lines;
# commit this file. To give an address to another article, edit its line.
";

/// Takes the place of the original of a document without one.
const PAGE: &str = "(page)";

/// Takes the place of the original of a list.
const LIST: &str = "(list)";

/// Takes the place of the original of a story.
const STORY: &str = "(story)";

/// Precedes the name of a story. No original is such a word, and no file is such a slug.
const NAME: &str = "name ";

/// The kind of a provider's list.
const PROVIDER: &str = "provider";

/// Precedes the number of addresses in the first line of the history.
const COUNT: &str = "# addresses: ";

/// The marks of lines of the history.
const MARKS: [(&str, LineState); 3] =
    [("former ", LineState::Former), ("gone ", LineState::Gone), ("alias ", LineState::Alias)];

/// The article, page or list that has an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressHolder<'t> {
    /// The identity of the original ([`crate::http_url::HttpUrl::dedup_key`]), or what takes its
    /// place.
    pub original: Cow<'t, str>,
    /// The file relative to `content/`; for a list, its kind and slug; for a story, its name, or
    /// original and file of the article that holds its address.
    pub file: Cow<'t, str>,
}

/// How well an article matches the holder of an address; greater is better. An article keeps its
/// address if its file is moved or its original corrected, but not both at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// Only the file matches.
    File,
    /// Only the original matches.
    Original,
    /// Both match.
    Both,
}

impl<'t> AddressHolder<'t> {
    /// The holder for an article.
    pub fn of(summary: &'t ArticleSummary) -> Self {
        Self { original: summary.original_url().dedup_key(), file: (&*summary.path).into() }
    }

    /// The holder for a page.
    pub fn of_page(page: &'t Page) -> Self {
        let file = page.display_path.strip_prefix("content/").unwrap_or(&page.display_path);
        Self { original: PAGE.into(), file: file.into() }
    }

    /// The holder for the list of a category or topic.
    pub fn of_list(kind: &str, slug: &str) -> Self {
        Self { original: LIST.into(), file: format!("{kind} {slug}").into() }
    }

    /// The holder for the list of a provider, by domain, since several domains can want one slug.
    pub fn of_provider(domain: &str) -> Self {
        Self::of_list(PROVIDER, domain)
    }

    /// The holder for a story, by one of its articles.
    pub fn of_story(article: &'t ArticleSummary) -> Self {
        let Self { original, file } = Self::of(article);
        Self { original: STORY.into(), file: format!("{original} {file}").into() }
    }

    /// The holder for a story with a name, by the slug of the name.
    pub fn of_named_story(slug: &str) -> Self {
        Self { original: STORY.into(), file: format!("{NAME}{slug}").into() }
    }

    /// Whether it is a story.
    pub fn is_story(&self) -> bool {
        self.original == STORY
    }

    /// The slug of the name that holds the address of a story.
    pub fn name_of_story(&self) -> Option<&str> {
        let slug = self.file.strip_prefix(NAME).filter(|_| self.is_story())?;
        Some(slug).filter(|slug| slug::is_valid(slug) && !is_document(slug))
    }

    /// The article that holds the address of a story.
    pub fn article_of_story(&self) -> Option<AddressHolder<'_>> {
        let (original, file) = self.file.split_once(' ').filter(|_| self.is_story())?;
        is_document(file).then(|| AddressHolder { original: original.into(), file: file.into() })
    }

    /// Whether a story has what it is known by.
    fn is_complete(&self) -> bool {
        !self.is_story() || self.name_of_story().is_some() || self.article_of_story().is_some()
    }

    /// Whether it is an article, neither a page nor a list nor a story.
    pub fn is_article(&self) -> bool {
        !matches!(&*self.original, PAGE | LIST | STORY)
    }

    /// The domain of a provider's list.
    pub fn provider(&self) -> Option<&str> {
        let list = Some(&*self.file).filter(|_| self.original == LIST)?;
        list.strip_prefix(PROVIDER)?.strip_prefix(' ')
    }

    /// How lasting diagnostics name it. Which document an article is now depends on the history,
    /// which the build changes, so articles and stories have no name.
    pub fn name(&self) -> String {
        match &*self.original {
            PAGE | LIST => self.display_path(),
            STORY => "a story".to_owned(),
            _ => "another article".to_owned(),
        }
    }

    /// How diagnostics of this build name it.
    pub fn display_path(&self) -> String {
        if let Some(name) = self.name_of_story() {
            return format!("the story `{name}`");
        }
        if let Some(article) = self.article_of_story() {
            return format!("the story of {}", article.display_path());
        }
        match self.file.split_once(' ').filter(|_| self.original == LIST) {
            Some((kind, slug)) => format!("the list of the {kind} `{slug}`"),
            None => format!("content/{}", self.file),
        }
    }

    /// Whether it is a page.
    pub fn is_page(&self) -> bool {
        self.original == PAGE
    }

    /// Whether both are pages or both are lists. These are identified by their address alone,
    /// except for lists of providers.
    pub fn is_of_same_kind(&self, other: &AddressHolder<'_>) -> bool {
        matches!(&*self.original, PAGE | LIST)
            && self.original == other.original
            && self.provider().is_none()
            && other.provider().is_none()
    }

    /// What `other` and this holder have in common.
    fn matches(&self, other: &AddressHolder<'_>) -> Option<Match> {
        match (self.original == other.original, self.file == other.file) {
            (true, true) => Some(Match::Both),
            (true, false) => Some(Match::Original),
            (false, true) => Some(Match::File),
            (false, false) => None,
        }
    }

    /// An owned copy.
    pub fn into_owned(self) -> AddressHolder<'static> {
        AddressHolder {
            original: self.original.into_owned().into(),
            file: self.file.into_owned().into(),
        }
    }
}

/// The holders by address: folded, without leading and trailing slashes.
pub type ReservedAddresses<'t> = BTreeMap<Cow<'t, str>, AddressHolder<'t>>;

/// An entry of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'t> {
    /// The address as published, without leading and trailing slashes.
    pub address: Cow<'t, str>,
    /// The document that the address showed or redirected to.
    pub holder: AddressHolder<'t>,
    /// Where the holder is.
    pub state: LineState,
}

/// Where the holder of an address was when a site was last published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// At the address, or at least in its file.
    Current,
    /// At another address, or at none.
    Former,
    /// Nowhere: no document was the holder.
    Gone,
    /// At another address, to which it redirects from this one, which another one holds.
    Alias,
}

impl Line<'_> {
    /// Whether the line is marked `former`.
    pub fn is_former(&self) -> bool {
        self.state == LineState::Former
    }
}

/// All reserved addresses.
#[derive(Debug, Default)]
pub struct Reservations {
    lock: ReservedAddresses<'static>,
    /// Whether the lock file has several lines for one address.
    has_repeated_lines: bool,
    history: String,
}

/// [`Reservations`] indexed for the articles of a site.
#[derive(Debug)]
pub struct ReservationIndex<'r> {
    lock: &'r ReservedAddresses<'static>,
    /// By folded address.
    history: HashMap<Cow<'r, str>, Line<'r>>,
    /// The redirects from addresses of other holders, by folded address.
    aliases: BTreeMap<Cow<'r, str>, Line<'r>>,
    /// The holders that no longer exist.
    gone: HashSet<AddressHolder<'r>>,
    /// All articles, published or not.
    summaries: &'r [Arc<ArticleSummary>],
    places: OnceLock<Places<'r>>,
    known: OnceLock<HashMap<Cow<'r, str>, PublishedFiles<'r>>>,
    newcomers: OnceLock<HashMap<Cow<'r, str>, usize>>,
}

/// The originals and files of all articles.
#[derive(Debug, Default)]
struct Places<'r> {
    originals: HashSet<Cow<'r, str>>,
    by_file: HashMap<Cow<'r, str>, usize>,
}

/// The files from which one original was published.
#[derive(Debug, Default)]
struct PublishedFiles<'r> {
    /// Whether an article from the file is still at its address.
    files: HashMap<Cow<'r, str>, bool>,
    /// Whether an article that had an address is no longer in its file.
    is_vacated: bool,
}

impl Reservations {
    /// Parses the text of [`LOCK`] and of the history, each empty if missing. Damaged lines of the
    /// history are ignored ([`damage`]).
    ///
    /// # Errors
    /// For each invalid line of the lock file.
    pub fn parse(lock: &str, history: String) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let (mut lines, mut has_repeated_lines) = (ReservedAddresses::new(), false);
        for (number, line) in (1..).zip(lock.lines()) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match parse_line(line) {
                // After a merge that kept both sides, the first line wins.
                Some((address, holder)) => match lines.entry(folded(address).into_owned().into()) {
                    Entry::Vacant(entry) => {
                        entry.insert(holder.into_owned());
                    }
                    Entry::Occupied(_) => has_repeated_lines = true,
                },
                None => diagnostics.push(wrong_line(number, line)),
            }
        }
        (Self { lock: lines, has_repeated_lines, history }, diagnostics)
    }

    /// Indexes the reservations for all articles of a site, published or not.
    pub fn index<'r>(&'r self, summaries: &'r [Arc<ArticleSummary>]) -> ReservationIndex<'r> {
        let lines = self.history.lines().filter_map(parse_history_line);
        let keyed = lines.map(|line| (folded_address(&line), line));
        let (aliases, history): (Vec<_>, Vec<_>) =
            keyed.partition(|(_, line)| line.state == LineState::Alias);
        let (aliases, history) =
            (aliases.into_iter().collect(), history.into_iter().collect::<HashMap<_, _>>());
        let gone = history.values().filter(|line| line.state == LineState::Gone);
        let gone = gone.map(|line| line.holder.clone()).collect();
        let (places, known, newcomers) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        ReservationIndex {
            lock: &self.lock,
            history,
            aliases,
            gone,
            summaries,
            places,
            known,
            newcomers,
        }
    }

    /// The text of the lock file with `contested` addresses, each once; `None` if it is unchanged.
    pub fn lock_with(&self, contested: &ReservedAddresses<'_>) -> Option<String> {
        let mut lines = self.lock.clone();
        for (address, holder) in contested {
            lines.insert(address.clone().into_owned().into(), holder.clone().into_owned());
        }
        (self.has_repeated_lines || lines != self.lock)
            .then(|| format!("{HEADER}{}", text(lines.iter())))
    }
}

impl<'r> ReservationIndex<'r> {
    pub fn is_empty(&self) -> bool {
        self.lock.is_empty() && self.history.is_empty()
    }

    /// The holder of a folded address.
    pub fn get(&self, address: &str) -> Option<&AddressHolder<'r>> {
        self.lock.get(address).or_else(|| Some(&self.history.get(address)?.holder))
    }

    /// What readers found at a folded address, or were redirected to, when the site was last
    /// published from this folder.
    pub fn last_shown(&self, address: &str) -> Option<&AddressHolder<'r>> {
        let line = self.aliases.get(address).or_else(|| self.history.get(address));
        line.map(|line| &line.holder)
    }

    /// How well an article matches the holder of an address. The original alone proves nothing
    /// while the holder is in its file, or if the article was published before from its own file.
    /// The file alone proves nothing if it contains another story: if a build did not find the
    /// holder, if another article has the holder's original, or if this one moved here from an
    /// address of its own.
    pub fn matches(&self, holder: &AddressHolder<'_>, summary: &ArticleSummary) -> Option<Match> {
        let own = AddressHolder::of(summary);
        let found = holder.matches(&own)?;
        let is_holder = match found {
            Match::Both => true,
            Match::Original => !self.is_in_place(holder) && !self.is_known(&own),
            Match::File => {
                !self.gone.contains(holder)
                    && !self.places().originals.contains(&holder.original)
                    && !self.has_own_address(&own)
            }
        };
        is_holder.then_some(found)
    }

    /// Whether the holder's file still contains an article with the holder's original.
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

    /// Whether an article had an address with its original, and no other article with that original
    /// had it.
    fn has_own_address(&self, own: &AddressHolder<'_>) -> bool {
        let had_address = |known: &PublishedFiles<'_>| {
            known.is_vacated || known.files.get(&*own.file) == Some(&true)
        };
        self.known().get(&*own.original).is_some_and(had_address)
    }

    /// The article that best matches the holder of an address.
    pub fn find(&self, holder: &AddressHolder<'_>) -> Option<&'r Arc<ArticleSummary>> {
        let of_file = self.in_file(&holder.file);
        let of_file = of_file.filter(|summary| self.matches(holder, summary).is_some());
        of_file.or_else(|| {
            let is_moved =
                self.places().originals.contains(&holder.original) && !self.is_in_place(holder);
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

    /// The files from which each original was published.
    fn known(&self) -> &HashMap<Cow<'r, str>, PublishedFiles<'r>> {
        self.known.get_or_init(|| {
            let locked =
                self.lock.iter().map(|(address, holder)| (holder, !self.is_former(address)));
            let history = self.history.values().map(|line| (&line.holder, !line.is_former()));
            let mut known: HashMap<Cow<'r, str>, PublishedFiles<'r>> = HashMap::new();
            for (holder, is_current) in history.chain(locked) {
                let PublishedFiles { files, is_vacated } =
                    known.entry(holder.original.clone()).or_default();
                *files.entry(holder.file.clone()).or_default() |= is_current;
                *is_vacated |= is_current && !self.is_in_place(holder);
            }
            known
        })
    }

    /// For each original, the first article that was not published from its current file before.
    /// Drafts come last, so that a published article inherits the address.
    fn newcomers(&self) -> &HashMap<Cow<'r, str>, usize> {
        self.newcomers.get_or_init(|| {
            let mut newcomers = HashMap::new();
            let articles = || self.summaries.iter().enumerate();
            let published = articles().filter(|(_, summary)| summary.published);
            for (index, summary) in
                published.chain(articles().filter(|(_, summary)| !summary.published))
            {
                let own = AddressHolder::of(summary);
                if !self.is_known(&own) {
                    newcomers.entry(own.original).or_insert(index);
                }
            }
            newcomers
        })
    }

    /// Whether the history records that the holder of a folded address is elsewhere.
    pub fn is_former(&self, address: &str) -> bool {
        self.history.get(address).is_some_and(Line::is_former)
    }

    /// All reserved addresses in arbitrary order. The lock file takes precedence.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AddressHolder<'r>)> {
        let lock = self.lock.iter().map(|(address, holder)| (&**address, holder));
        let history =
            self.history.iter().filter(|(address, _)| !self.lock.contains_key(&***address));
        lock.chain(history.map(|(address, line)| (&**address, &line.holder)))
    }

    /// The folded addresses of stories with their holders, in arbitrary order.
    pub fn stories(&self) -> impl Iterator<Item = (&str, &AddressHolder<'r>)> {
        self.iter().filter(|(_, holder)| holder.is_story())
    }

    /// The entries of the history by folded address, in arbitrary order.
    pub fn history(&self) -> &HashMap<Cow<'r, str>, Line<'r>> {
        &self.history
    }

    /// The history with `lines`, by folded address, replacing its entries, and with `aliases`
    /// replacing all aliases; `None` if it is unchanged.
    pub fn history_with<'l>(
        &'l self,
        lines: Vec<(&'l str, &'l Line<'l>)>,
        aliases: &'l BTreeMap<&'l str, Line<'l>>,
    ) -> Option<History<'l>> {
        let has_aliases = aliases.len() == self.aliases.len()
            && aliases.iter().all(|(address, line)| self.aliases.get(*address) == Some(line));
        if has_aliases
            && lines.par_iter().all(|(address, line)| self.history.get(*address) == Some(*line))
        {
            return None;
        }
        let mut all: BTreeMap<(&str, bool), &Line<'_>> =
            self.history.iter().map(|(key, line)| ((&**key, false), line)).collect();
        all.extend(lines.into_iter().map(|(key, line)| ((key, false), line)));
        all.extend(aliases.iter().map(|(key, line)| ((*key, true), line)));
        Some(History { lines: all.into_values().collect() })
    }

    /// The lines of the lock file, by folded address.
    pub fn locked(&self) -> &'r ReservedAddresses<'static> {
        self.lock
    }
}

/// A new version of the history. Its text can be as large as all addresses.
#[derive(Debug)]
pub struct History<'l> {
    /// In the order of their folded addresses.
    lines: Vec<&'l Line<'l>>,
}

impl fmt::Display for History<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{COUNT}{}", self.lines.len())?;
        for Line { address, holder, state } in &self.lines {
            let mark =
                MARKS.iter().find(|(_, marked)| marked == state).map_or("", |(mark, _)| *mark);
            writeln!(f, "{mark}{}", line(address, holder))?;
        }
        Ok(())
    }
}

fn parse_line(line: &str) -> Option<(&str, AddressHolder<'_>)> {
    // Addresses and files can have blanks in them.
    let (address, rest) = line.split_once("/ ")?;
    let (original, file) = rest.split_once(' ')?;
    let address = address.strip_prefix('/')?;
    let holder = AddressHolder { original: original.into(), file: file.trim_end().into() };
    let is_complete = !address.is_empty() && !original.is_empty() && !holder.file.trim().is_empty();
    (is_complete && holder.is_complete()).then_some((address, holder))
}

/// Whether a file can be a document.
fn is_document(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, ending)| {
        DOCUMENT_EXTENSIONS.iter().any(|extension| ending.eq_ignore_ascii_case(extension))
    })
}

/// Why a history is damaged: a line means nothing, or there are fewer addresses than it counts. A
/// history of an earlier version has no count.
pub fn damage(history: &str) -> Option<String> {
    if !history.ends_with('\n') {
        return Some("its last line is cut".to_owned());
    }
    let mut lines = history.lines().peekable();
    let count = lines.next_if(|line| line.starts_with(COUNT));
    let first = 1 + usize::from(count.is_some());
    let mut found = 0;
    for (number, line) in (first..).zip(lines).filter(|(_, line)| !line.trim().is_empty()) {
        if parse_history_line(line).is_none() {
            return Some(format!("line {number} is not an address and its document"));
        }
        found += 1;
    }
    match count?.strip_prefix(COUNT)?.parse::<usize>().map(|count| count.saturating_sub(found)) {
        Ok(0) => None,
        Ok(1) => Some("1 of its addresses is missing".to_owned()),
        Ok(missing) => Some(format!("{missing} of its addresses are missing")),
        Err(_) => Some("line 1 is not a number of addresses".to_owned()),
    }
}

fn parse_history_line(line: &str) -> Option<Line<'_>> {
    let marked = MARKS.iter().find_map(|(mark, state)| Some((line.strip_prefix(mark)?, *state)));
    let (rest, state) = marked.unwrap_or((line, LineState::Current));
    let (address, holder) = parse_line(rest)?;
    Some(Line { address: address.into(), holder, state })
}

fn folded_address<'t>(line: &Line<'t>) -> Cow<'t, str> {
    match &line.address {
        Cow::Borrowed(address) => folded(address),
        Cow::Owned(address) => folded(address).into_owned().into(),
    }
}

fn text<'l, 't: 'l>(
    lines: impl Iterator<Item = (&'l Cow<'t, str>, &'l AddressHolder<'t>)>,
) -> String {
    let mut text = String::new();
    for (address, holder) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line(address, holder));
    }
    text
}

/// The line that reserves an address.
pub fn line(address: &str, holder: &AddressHolder<'_>) -> String {
    format!("/{address}/ {} {}", holder.original, holder.file)
}

fn wrong_line(number: usize, line: &str) -> Diagnostic {
    let location = Location::on_line(LOCK, number, 1, usize::MAX, line);
    let is_mark =
        ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
    if is_mark {
        return Diagnostic::new(Code::MergeConflict, location, "unresolved merge conflict")
            .help("keep the lines of both sides and delete the conflict markers");
    }
    Diagnostic::new(Code::DamagedAddresses, location, "expected an address, an original and a file")
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
        let (reservations, diagnostics) =
            Reservations::parse(&format!("{HEADER}\n{LINE}"), String::new());
        assert!(diagnostics.is_empty());
        assert_eq!(
            reservations.index(&[]).get("a/weekly"),
            Some(&holder("x.example/1", "news/week ly.md"))
        );
        assert_eq!(reservations.lock_with(&ReservedAddresses::new()), None);
        let contested = ReservedAddresses::from([("b".into(), holder("y.example", "b.md"))]);
        let text = reservations.lock_with(&contested).expect("changed");
        assert_eq!(
            text,
            format!("{HEADER}/a/weekly/ x.example/1 news/week ly.md\n/b/ y.example b.md\n")
        );
        let (read, _) = Reservations::parse(&text, String::new());
        assert_eq!(read.lock_with(&contested), None);
    }

    #[test]
    fn lock_accepts_merged_lines_and_keeps_the_first() {
        let (reservations, diagnostics) =
            Reservations::parse(&format!("{LINE}/a/weekly/ y.example b.md\n"), String::new());
        assert!(diagnostics.is_empty());
        assert_eq!(
            reservations.index(&[]).get("a/weekly").map(|holder| &*holder.original),
            Some("x.example/1")
        );
        let text = reservations.lock_with(&ReservedAddresses::new()).expect("changed");
        assert_eq!(text, format!("{HEADER}/a/weekly/ x.example/1 news/week ly.md\n"));
    }

    #[test]
    fn history_round_trips_addresses_with_blanks() {
        let text = "/a b/ x.example/1 c d.md\n";
        let (reservations, _) = Reservations::parse("", text.to_owned());
        let index = reservations.index(&[]);
        assert_eq!(index.get("a b"), Some(&holder("x.example/1", "c d.md")));
        assert_eq!(line("a b", &holder("x.example/1", "c d.md")), text.trim_end());
    }

    #[test]
    fn damaged_history_is_located() {
        let lines = "/a/ x a.md\n\nalias /a/ y b.md\ngone /c/ z c.md\n";
        let counted = |count: &str| damage(&format!("# addresses: {count}\n{lines}"));
        assert_eq!((damage(lines), counted("3"), counted("2")), (None, None, None));
        for (found, expected) in [
            (damage("/a/ x a.md\nxx\n"), "line 2 is not an address and its document"),
            (damage("# addresses: 1\nxx\n"), "line 2 is not an address and its document"),
            (damage("/a/ x a.m"), "its last line is cut"),
            (counted("4"), "1 of its addresses is missing"),
            (counted("x"), "line 1 is not a number of addresses"),
            (damage("# addresses: 9\n"), "9 of its addresses are missing"),
        ] {
            assert_eq!(found.as_deref(), Some(expected));
        }
    }

    #[test]
    fn alias_leaves_the_line_of_the_holder() {
        let text = "# addresses: 2\n/a/ x a.md\nalias /a/ y b.md\n";
        let (reservations, _) = Reservations::parse("", text.to_owned());
        let index = reservations.index(&[]);
        assert_eq!(index.get("a"), Some(&holder("x", "a.md")));
        assert_eq!(index.last_shown("a"), Some(&holder("y", "b.md")));
        let alias =
            Line { address: "a".into(), holder: holder("y", "b.md"), state: LineState::Alias };
        let (with_alias, without) = ([("a", alias)].into(), BTreeMap::new());
        assert!(index.history_with(Vec::new(), &with_alias).is_none());
        let cut = index.history_with(Vec::new(), &without).expect("changed").to_string();
        assert_eq!(cut, "# addresses: 1\n/a/ x a.md\n");
        let (reservations, _) = Reservations::parse("", "/a/ x a.md\n".to_owned());
        let index = reservations.index(&[]);
        let again = index.history_with(Vec::new(), &with_alias).expect("changed");
        assert_eq!(again.to_string(), text);
    }

    #[test]
    fn lock_errors_are_located() {
        let text =
            format!("<<<<<<< ours\n{LINE}=======\n/b/ y.example b.md\n>>>>>>> theirs\nx\n/b/ y\n");
        let (_, diagnostics) = Reservations::parse(&text, String::new());
        let places: Vec<String> =
            diagnostics.iter().map(|found| found.location.to_string()).collect();
        assert_eq!(places, [1, 3, 5, 6, 7].map(|line| format!("{LOCK}:{line}:1")));
    }

    #[test]
    fn lines_of_stories_name_what_holds_them() {
        let lines = "/stories/a/ (story) name a\n/stories/b/ (story) x.example/1 b c.md\n\
            /stories/c/ (story) nonsense\n/stories/d/ (story) name\n/stories/e/ (story) name A b\n\
            /stories/f/ (story) x.example/1\n";
        let (reservations, diagnostics) = Reservations::parse(lines, String::new());
        let places: Vec<String> =
            diagnostics.iter().map(|found| found.location.to_string()).collect();
        assert_eq!(places, [3, 4, 5, 6].map(|line| format!("{LOCK}:{line}:1")));
        let index = reservations.index(&[]);
        let of = |address: &str| index.get(address).expect("line").clone();
        assert_eq!(of("stories/a"), AddressHolder::of_named_story("a"));
        let article = of("stories/b");
        assert_eq!(article.article_of_story(), Some(holder("x.example/1", "b c.md")));
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
            let state = if is_former { LineState::Former } else { LineState::Current };
            let line = Line { address: "B".into(), holder: holder("y", file), state };
            let (index, aliases) = (reservations.index(&[]), BTreeMap::new());
            index.history_with(vec![("b", &line)], &aliases).map(|history| history.to_string())
        };
        let text = with("/a/ x a.md\n", "b.md", false).expect("changed");
        assert_eq!(text, "# addresses: 2\n/a/ x a.md\n/B/ y b.md\n");
        assert_eq!(with(&text, "b.md", false), None);
        let text = with(&text, "c.md", true).expect("changed");
        assert_eq!(text, "# addresses: 2\n/a/ x a.md\nformer /B/ y c.md\n");
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
