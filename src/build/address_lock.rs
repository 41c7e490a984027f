//! Reads and writes the address lock file and the local address history.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::options::BuildOptions;
use super::progress::{Progress, ProgressFn, WAITING_FOR_ADDRESSES};
use super::report::Report;
use crate::build::cache::{self, AddressFiles};
use crate::collection::{ArticleId, Collection, StoryIndex, slug_for};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location, Origin};
use crate::digest::Digest;
use crate::document::ArticleSummary;
use crate::page::{OutputFiles, Published, Route, story_of_holder};
use crate::publish::{AtomicFile, FileLock, hold_file, write_atomic};
use crate::reservations::{
    self, AddressHolder, LOCK, Line, LineState, ReservationIndex, Reservations, ReservedAddresses,
};
use crate::slug::folded;
use crate::source;

/// Maximum length of the address history in bytes. It has about a hundred per address.
const MAX_HISTORY_BYTES: u64 = 1 << 30;

/// The reserved addresses of a site.
pub(super) struct HeldReservations {
    pub(super) reservations: Reservations,
    /// The text of the lock file.
    lock: String,
    /// Keeps other builds of the site from reserving addresses.
    _held: Option<FileLock>,
}

impl HeldReservations {
    /// Reads the reserved addresses. If this build `reserves` addresses too, other builds wait
    /// until the result is dropped.
    pub(super) fn read(
        reserves: bool,
        lock: &str,
        config: &Config,
        options: &BuildOptions,
        on_progress: ProgressFn<'_>,
        report: &mut Report,
    ) -> Self {
        let on_wait = || on_progress(Progress::waiting(WAITING_FOR_ADDRESSES));
        let hold = || hold_file(&cache::address_lock(&options.root), on_wait);
        let held = (reserves && are_remembered(config)).then(hold);
        // Another build may have written it since it was read.
        let is_held = matches!(held, Some(Ok(_)));
        let read_again = is_held.then(|| read_lock(&options.root));
        let read_again =
            read_again.and_then(|read| read.map_err(|error| report.site.push(error)).ok());
        let lock = read_again.unwrap_or_else(|| lock.to_owned());
        let (reservations, diagnostics) = read_reservations(&options.root, &lock);
        report.site.extend(diagnostics);
        let held = held
            .and_then(|held| held.map_err(|error| report.build.push(error.into_warning())).ok());
        Self { reservations, lock, _held: held }
    }

    /// Stages the new versions of both files, if they change. A site that shows articles which are
    /// not public changes none.
    pub(super) fn stage(
        &self,
        addresses: &Addresses<'_, '_>,
        options: &BuildOptions,
    ) -> StagedAddresses {
        if !are_remembered(addresses.config) {
            return StagedAddresses::default();
        }
        let history = addresses.stage_history(&cache::address_history(&options.root));
        StagedAddresses { history, lock: self.reservations.lock_with(&addresses.contested()) }
    }

    /// Puts both files into place, and [identifies](identify) them. An error is a warning: the site
    /// itself is as it should be.
    pub(super) fn put(
        &self,
        staged: StagedAddresses,
        options: &BuildOptions,
        report: &mut Report,
    ) -> Option<AddressFiles> {
        let lock = &self.lock;
        if let Some(history) = staged.history {
            let put = history.and_then(AtomicFile::put);
            report.build.extend(put.map_err(Diagnostic::into_warning).err());
        }
        let Some(text) = staged.lock else { return identify(&options.root, lock, None) };
        let write = |file: &mut File| file.write_all(text.as_bytes());
        let replaced = write_atomic(&options.root.join(LOCK), write);
        report.build.push(replaced.map_or_else(Diagnostic::into_warning, |()| {
            let message =
                if lock.is_empty() { "this file is new" } else { "this file has changed" };
            Diagnostic::new(Code::ChangedAddresses, Location::file(LOCK), message)
                .help("commit it, so that articles and stories keep their addresses wherever the site is built")
                .changes_output()
        }));
        identify(&options.root, &text, None)
    }
}

/// The new versions of the address history and the lock file; none where nothing changes.
#[derive(Default)]
pub(super) struct StagedAddresses {
    /// Already written to disk, since it can be large.
    history: Option<Result<AtomicFile, Diagnostic>>,
    lock: Option<String>,
}

/// Whether a build reserves the addresses that it publishes. One that shows articles which are not
/// public does not.
fn are_remembered(config: &Config) -> bool {
    !config.preview && !config.unpublished && !config.future
}

/// The text of the lock file; empty if there is none.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read_lock(root: &Path) -> Result<String, Diagnostic> {
    if let Some(diagnostic) = source::symlink_escapes_root(root, LOCK) {
        return Err(diagnostic);
    }
    let unreadable = |reason: String| {
        Diagnostic::new(
            Code::UnreadableFile,
            Location::file(LOCK),
            format!("cannot read it: {reason}"),
        )
    };
    let bytes = source::read_optional(&root.join(LOCK), source::MAX_TEXT_BYTES)
        .map_err(|error| unreadable(error.to_string()))?;
    let text = source::text(bytes.as_deref().unwrap_or_default());
    text.map(str::to_owned).map_err(|_| unreadable("it is not UTF-8".to_owned()))
}

/// Identifies the text of the lock file and the local history, which is read unless it has the
/// stamp that it had `before`. None if it cannot be read.
pub(super) fn identify(
    root: &Path,
    lock: &str,
    before: Option<&AddressFiles>,
) -> Option<AddressFiles> {
    let path = cache::address_history(root);
    let history_stamp = source::source_stamp(&path);
    let known = before.filter(|before| before.history_stamp == history_stamp);
    let history = match (history_stamp, known) {
        (Some(_), Some(before)) => before.history,
        (Some(stamp), None) if stamp.length > MAX_HISTORY_BYTES => return None,
        (Some(_), None) => source::digest(&path).ok()?,
        (None, _) => match source::kind_of(&path) {
            Ok(None) => Digest::default(),
            _ => return None,
        },
    };
    Some(AddressFiles { lock: Digest::of(lock.as_bytes()), history, history_stamp })
}

/// Parses the text of the lock file and reads the local history. A history that cannot be read or
/// is damaged is an error, since replacing it would lose the former addresses.
fn read_reservations(root: &Path, lock: &str) -> (Reservations, Vec<Diagnostic>) {
    let history = cache::address_history(root);
    let display_path = history.strip_prefix(root).unwrap_or(&history).display().to_string();
    let read = match source::symlink_escapes_root(root, &display_path) {
        Some(diagnostic) => Err(diagnostic),
        None => read_history(&history, &display_path),
    };
    let (history, fault) = match read {
        Ok(history) => (history, None),
        Err(diagnostic) => (String::new(), Some(diagnostic.with_origin(Origin::Io))),
    };
    let (reservations, mut diagnostics) = Reservations::parse(lock, history);
    diagnostics.extend(fault);
    (reservations, diagnostics)
}

/// The text of the history; empty if there is none.
fn read_history(path: &Path, display_path: &str) -> Result<String, Diagnostic> {
    let damaged = |reason: &str| {
        Diagnostic::new(
            Code::DamagedAddresses,
            Location::file(display_path),
            format!("this file is damaged: {reason}"),
        )
        .help("restore it, or remove it to forget where articles were before")
    };
    let bytes = source::read_optional(path, MAX_HISTORY_BYTES).map_err(|error| {
        Diagnostic::new(
            Code::UnreadableFile,
            Location::file(display_path),
            format!("cannot read it: {error}"),
        )
        .help("make it readable, or remove it to forget where articles were before")
    })?;
    let Some(bytes) = bytes else { return Ok(String::new()) };
    let text = String::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8"))?;
    // No build writes an empty history.
    if text.trim().is_empty() {
        return Err(damaged("it is empty"));
    }
    match reservations::damage(&text) {
        Some(reason) => Err(damaged(&reason)),
        None => Ok(text),
    }
}

/// Help for an article that is known by its file alone.
const OTHER_ARTICLE: &str =
    "if this is another article, put it into a file of its own and restore the former one";

/// The addresses that a build publishes, compared with those published before.
pub(super) struct Addresses<'p, 'i> {
    reserved: &'p ReservationIndex<'i>,
    outputs: &'p OutputFiles<'p>,
    collection: &'p Collection,
    /// Whether the document at a path relative to `content/` was parsed; none if there is none.
    is_parsed: &'p dyn Fn(&str) -> Option<bool>,
    config: &'p Config,
    /// By folded address, without `borrowed`.
    published: BTreeMap<Cow<'p, str>, Published<'p>>,
    /// The redirects from addresses of other holders, which keep them, by folded address.
    borrowed: BTreeMap<Cow<'p, str>, Published<'p>>,
    /// The articles that have pages, by file; computed on first use.
    ids: OnceCell<HashMap<&'p str, ArticleId>>,
    /// The previous addresses of the articles that have moved.
    left: BTreeMap<ArticleId, BTreeMap<&'p str, &'p Line<'i>>>,
    /// The stories that editors named, by the slugs of their names; computed on first use.
    named: OnceCell<BTreeMap<&'p str, StoryIndex>>,
    /// The lines of addresses that had the page of a story and have no such page now.
    left_by_stories: BTreeMap<&'p str, &'p Line<'i>>,
    /// The lines of holders that are gone now or have come back.
    turned: BTreeMap<&'p str, (&'p Line<'i>, LineState)>,
    /// The holders whose file or original has changed, each with its present form. They keep all
    /// their addresses.
    renamed: HashMap<&'p AddressHolder<'i>, AddressHolder<'p>>,
}

impl<'p, 'i> Addresses<'p, 'i> {
    pub(super) fn new(
        reserved: &'p ReservationIndex<'i>,
        outputs: &'p OutputFiles<'p>,
        collection: &'p Collection,
        is_parsed: &'p dyn Fn(&str) -> Option<bool>,
        config: &'p Config,
    ) -> Self {
        // What is published in place of a page gives the address back when the page returns.
        let borrows = |published: &Published<'_>, holder: &AddressHolder<'_>| match published.route
        {
            Route::Redirect(_) => true,
            Route::List(_) => holder.is_page(),
            _ => false,
        };
        let is_borrowed = |(address, published): &(Cow<'p, str>, Published<'p>)| {
            let holder = reserved.get(address).filter(|holder| borrows(published, holder));
            holder.is_some_and(|holder| !is_holder(holder, published, reserved, collection))
        };
        let (borrowed, published): (Vec<_>, Vec<_>) =
            outputs.published().into_iter().partition(is_borrowed);
        let mut addresses = Self {
            reserved,
            outputs,
            collection,
            is_parsed,
            config,
            published: published.into_iter().collect(),
            borrowed: borrowed.into_iter().collect(),
            ids: OnceCell::new(),
            left: BTreeMap::new(),
            named: OnceCell::new(),
            left_by_stories: BTreeMap::new(),
            turned: BTreeMap::new(),
            renamed: HashMap::new(),
        };
        addresses.compare();
        addresses
    }

    /// Finds the present addresses of all previous holders.
    fn compare(&mut self) {
        let is_kept = |address: &str, holder: &AddressHolder<'_>| {
            self.published.get(address).is_some_and(|published| published.line.holder == *holder)
        };
        let reserved = self.reserved;
        let history = reserved.history().iter().filter(|(_, line)| !line.is_former());
        let lines = history.filter(|(address, line)| !is_kept(address, &line.holder));
        let mut lines: Vec<(&str, &Line<'i>)> =
            lines.map(|(address, line)| (&**address, line)).collect();
        lines.sort_unstable_by_key(|(address, _)| *address);
        let locked = reserved.locked().iter().filter(|(address, holder)| !is_kept(address, holder));
        let (mut left, mut renamed) = (BTreeMap::<_, BTreeMap<_, _>>::new(), HashMap::new());
        let (mut turned, mut left_by_stories) = (BTreeMap::new(), BTreeMap::new());
        for (address, holder, line) in lines
            .iter()
            .map(|(address, line)| (*address, &line.holder, Some(*line)))
            .chain(locked.map(|(address, holder)| (&**address, holder, None)))
        {
            if holder.is_story() {
                let article = holder.article_of_story();
                if let Some(summary) = article.and_then(|article| reserved.find(&article)) {
                    let now = AddressHolder::of_story(summary);
                    if *holder != now {
                        renamed.entry(holder).or_insert(now);
                    }
                }
                left_by_stories
                    .extend(line.filter(|_| !self.is_story(address)).map(|line| (address, line)));
                continue;
            }
            let found = self.at_last(address, holder);
            if let Some(line) = line {
                let is_gone = found.is_none()
                    && holder.is_article()
                    && (self.is_parsed)(&holder.file) != Some(false);
                let state = if is_gone { LineState::Gone } else { LineState::Current };
                if state != line.state {
                    turned.insert(address, (line, state));
                }
            }
            let Some(id) = found.and_then(|summary| self.with_page(summary)) else { continue };
            let now = AddressHolder::of(self.collection.summary(id));
            if *holder != now {
                renamed.entry(holder).or_insert(now);
            }
            if let Some(line) = line.filter(|_| folded(self.collection.address(id)) != address) {
                left.entry(id).or_default().insert(address, line);
            }
        }
        (self.left, self.renamed, self.turned) = (left, renamed, turned);
        self.left_by_stories = left_by_stories;
    }

    /// Whether the page of a story is at a folded address.
    fn is_story(&self, address: &str) -> bool {
        let published = self.published.get(address);
        published.is_some_and(|published| matches!(published.route, Route::Story(_)))
    }

    /// The article that was last published at an address: the one that is there now if it matches,
    /// or another one.
    fn at_last(&self, address: &str, holder: &AddressHolder<'_>) -> Option<&'p ArticleSummary> {
        let there = self.published.get(address).and_then(|published| match published.route {
            Route::Article(id) => Some(self.collection.summary(id)),
            _ => None,
        });
        there
            .filter(|summary| self.reserved.matches(holder, summary).is_some())
            .or_else(|| self.reserved.find(holder).map(|summary| &**summary))
    }

    /// An article of the site, if it has a page.
    fn with_page(&self, summary: &ArticleSummary) -> Option<ArticleId> {
        let ids = self.ids.get_or_init(|| {
            let ids = self.collection.ids().map(|id| (&*self.collection.summary(id).path, id));
            ids.filter(|(_, id)| self.collection.summary(*id).has_page(self.config)).collect()
        });
        ids.get(&*summary.path).copied()
    }

    /// Warnings of moved articles and of addresses that now show something else. Only the build
    /// that publishes such a change reports it.
    pub(super) fn warnings(&self) -> Vec<Diagnostic> {
        let moves =
            self.left.iter().filter_map(|(id, lines)| self.moved(*id, lines.values().copied()));
        let published = || self.published.iter().chain(&self.borrowed);
        let takeovers = published().filter_map(|(address, published)| {
            let former = self.reserved.last_shown(address)?;
            self.takes_over(published, former)
        });
        let corrections = published().filter_map(|(address, published)| {
            self.corrected(published, self.reserved.history().get(address)?)
        });
        let left_by_stories = self
            .left_by_stories
            .iter()
            .filter_map(|(address, line)| self.left_by_story(address, line));
        moves.chain(takeovers).chain(corrections).chain(left_by_stories).collect()
    }

    /// A warning of an address that had the page of a story, unless a document has it now.
    fn left_by_story(&self, address: &str, line: &Line<'_>) -> Option<Diagnostic> {
        let now = self.published.get(address).or_else(|| self.borrowed.get(address));
        let former = &line.address;
        let (now, help) = match now {
            Some(now) if !self.outputs.is_redirect_of_story(now.route) => return None,
            Some(now) => (
                format!("it redirects to /{}/", self.outputs.routes.address(now.shows)),
                "restore the story, unless readers of that URL should come there".to_owned(),
            ),
            None => (
                "nothing is there now".to_owned(),
                format!(
                    "write `aliases: [{}]` in the front matter of an article to redirect readers",
                    as_yaml(former)
                ),
            ),
        };
        let article = line.holder.article_of_story();
        let summary = article.and_then(|article| self.reserved.find(&article));
        let file = summary.map_or_else(|| LOCK.to_owned(), |summary| summary.display_path());
        let whereabouts = self.whereabouts(&line.holder);
        let message = format!("/{former}/ was the address of {whereabouts}; {now}");
        Some(
            Diagnostic::new(Code::MovedAddress, Location::file(file), message)
                .help(help)
                .changes_output(),
        )
    }

    /// A warning if an article is at an address, or readers are redirected to it, because of its
    /// file alone: its original was corrected, or it is another article.
    fn corrected(
        &self,
        Published { line, shows, route }: &Published<'_>,
        former: &Line<'_>,
    ) -> Option<Diagnostic> {
        let Route::Article(id) = *shows else { return None };
        let summary = self.collection.summary(id);
        self.with_page(summary)?;
        let (now, before) = (&line.holder, &former.holder);
        if now.file != before.file
            || now.original == before.original
            || former.state != LineState::Current
        {
            return None;
        }
        let address = &line.address;
        let leads = if matches!(route, Route::Article(_)) { "shows" } else { "redirects to" };
        let message = format!(
            "/{address}/ showed the article of `{}` before; it {leads} `{}` now",
            before.original, now.original
        );
        let warning =
            Diagnostic::new(Code::ReusedAddress, Location::file(summary.display_path()), message);
        Some(warning.help(OTHER_ARTICLE).changes_output())
    }

    fn moved(
        &self,
        id: ArticleId,
        lines: impl Iterator<Item = &'p Line<'i>>,
    ) -> Option<Diagnostic> {
        let (summary, address) = (self.collection.summary(id), self.collection.address(id));
        let cached = self.reserved.history().get(&folded(address)).filter(|line| !line.is_former());
        if cached.is_some_and(|line| line.holder == AddressHolder::of(summary)) {
            return None;
        }
        let is_empty = |address: &&str| {
            let key = folded(address);
            !self.outputs.has_page_at(address)
                && !self.published.contains_key(&key)
                && !self.borrowed.contains_key(&key)
        };
        let own = AddressHolder::of(summary);
        let is_other =
            |line: &Line<'_>| line.holder.file == own.file && line.holder.original != own.original;
        let lines: Vec<&Line<'_>> = lines.filter(|line| is_empty(&&*line.address)).collect();
        let former: Vec<&str> = lines.iter().map(|line| &*line.address).collect();
        let last = former.last()?;
        let aliases = summary.aliases.iter().map(AsRef::as_ref).chain(former.iter().copied());
        let aliases: Vec<String> = aliases.map(as_yaml).collect();
        let slug = slug_for(last, summary, self.config);
        let slug = slug
            .map_or_else(String::new, |slug| format!(", or `slug: {slug}` to keep the address"));
        let help = format!("write `aliases: [{}]` to redirect readers{slug}", aliases.join(", "));
        let former: Vec<String> = former.iter().map(|address| format!("/{address}/")).collect();
        let former = former.join(", ");
        let (with_original, help) = match lines.iter().find(|line| is_other(line)) {
            Some(Line { holder: AddressHolder { original, .. }, .. }) => (
                format!(", with the original `{}` in place of `{original}`", own.original),
                format!("{OTHER_ARTICLE}; otherwise {help}"),
            ),
            None => (String::new(), help),
        };
        let message = format!(
            "moved from {former} to /{address}/{with_original}; nothing is at {former} now"
        );
        let warning =
            Diagnostic::new(Code::MovedAddress, Location::file(summary.display_path()), message);
        Some(warning.help(help).changes_output())
    }

    /// A warning if a redirect, a page or a list takes an address that showed something else.
    fn takes_over(
        &self,
        published: &Published<'_>,
        former: &AddressHolder<'_>,
    ) -> Option<Diagnostic> {
        let Published { line: Line { address, holder, .. }, route, .. } = published;
        let is_same = is_holder(former, published, self.reserved, self.collection);
        // No other article takes an address, and a story takes none; its redirect gives way.
        let is_known = match route {
            Route::Article(_) => !former.is_story(),
            Route::Story(_) => true,
            route => self.outputs.is_redirect_of_story(*route),
        };
        if is_same || is_known {
            return None;
        }
        let former = self.whereabouts(former);
        let (message, help) = match route {
            Route::Article(_) => (
                format!("/{address}/ was the address of {former}; this article is there now"),
                "choose another `slug`, unless readers of that URL should come here",
            ),
            Route::Redirect(_) => (
                format!("the alias `/{address}/` was the address of {former}"),
                "remove it, unless readers of that URL should come here",
            ),
            Route::Page(_) => (
                format!("/{address}/ was the address of {former}; this page is there now"),
                "rename the file, unless readers of that URL should come here",
            ),
            _ => (
                format!(
                    "/{address}/ was the address of {former}; {} is there now",
                    holder.display_path()
                ),
                "choose another name, unless readers of that URL should come here",
            ),
        };
        let (document, key) = self.outputs.cause(*route)?;
        let warning = Diagnostic::new(Code::ReusedAddress, Location::file(document), message)
            .help(help)
            .changes_output();
        Some(Diagnostic { key, ..warning })
    }

    /// Names the former holder of an address and where it is now.
    fn whereabouts(&self, former: &AddressHolder<'_>) -> String {
        if former.is_story() {
            let now =
                match self.story_of(former).map(|story| self.outputs.routes.story_address(story)) {
                    Some(Some(address)) => format!("which is at /{address}/ now"),
                    Some(None) => "which has no page now".to_owned(),
                    None => "which is gone".to_owned(),
                };
            return format!("{}, {now}", former.display_path());
        }
        let Some(summary) = self.reserved.find(former) else {
            let is_there = !former.is_article() && (self.is_parsed)(&former.file).is_some();
            let now = match self.list(former) {
                Some(address) => format!("is at /{address}/ now"),
                None if is_there => "has no page now".to_owned(),
                None => "is gone".to_owned(),
            };
            return format!("{}, which {now}", former.display_path());
        };
        let now = match self.with_page(summary) {
            Some(id) => format!("which is at /{}/ now", self.collection.address(id)),
            None => "which has no page now".to_owned(),
        };
        format!("{}, {now}", summary.display_path())
    }

    /// The story that holds an address now.
    fn story_of(&self, holder: &AddressHolder<'_>) -> Option<StoryIndex> {
        let named = self.named.get_or_init(|| self.collection.stories().named());
        Some(story_of_holder(holder, self.collection, self.reserved, named)?.0)
    }

    /// The address of a provider's list, if the holder is one that still has a page.
    fn list(&self, holder: &AddressHolder<'_>) -> Option<&str> {
        holder.provider()?;
        let is_of_holder = |published: &&Published<'_>| {
            matches!(published.route, Route::List(_)) && published.line.holder == *holder
        };
        self.published.values().find(is_of_holder).map(|published| &*published.line.address)
    }

    /// Stages the new version of the history. None if it is unchanged.
    fn stage_history(&self, path: &Path) -> Option<Result<AtomicFile, Diagnostic>> {
        let now =
            |holder: &'p AddressHolder<'i>| self.renamed.get(holder).unwrap_or(holder).clone();
        let lines = self.reserved.history().iter().filter(|_| !self.renamed.is_empty());
        let renamed = lines.filter(|(_, line)| self.renamed.contains_key(&line.holder));
        let renamed = renamed.map(|(address, line)| (&**address, line, line.state));
        let turned = self.turned.iter().map(|(address, (line, state))| (*address, *line, *state));
        let left = self
            .left
            .values()
            .flatten()
            .map(|(address, line)| (*address, *line, LineState::Former));
        let left_by_stories =
            self.left_by_stories.iter().map(|(address, line)| (*address, *line, LineState::Former));
        let lines: HashMap<&str, Line<'_>> = renamed
            .chain(turned)
            .chain(left)
            .chain(left_by_stories)
            .filter(|(address, ..)| !self.published.contains_key(*address))
            .map(|(key, Line { address, holder, .. }, state)| {
                (key, Line { address: address.clone(), holder: now(holder), state })
            })
            .collect();
        let published =
            self.published.iter().map(|(address, published)| (&**address, &published.line));
        let aliases = self.borrowed.iter().map(|(address, Published { line, .. })| {
            (&**address, Line { state: LineState::Alias, ..line.clone() })
        });
        let aliases = aliases.collect();
        let history = self.reserved.history_with(
            published.chain(lines.iter().map(|(address, line)| (*address, line))).collect(),
            &aliases,
        )?;
        Some(AtomicFile::write(path, |file| {
            let mut file = BufWriter::new(file);
            write!(file, "{history}")?;
            file.flush()
        }))
    }

    /// The new lines of the lock file: those of contested addresses and of stories, and its present lines brought
    /// up to date, since the file of an article may have moved, and its address may have gone to
    /// something else.
    fn contested(&self) -> ReservedAddresses<'_> {
        let collected =
            self.collection.contested.iter().chain(self.outputs.routes.reserved_for_stories());
        let lines = self.reserved.locked().iter().chain(collected);
        let line = |(address, holder): (&'p Cow<'static, str>, &'p AddressHolder<'static>)| {
            let published = self.published.get(address).map(|published| &published.line.holder);
            let now = published.or_else(|| self.renamed.get(holder)).unwrap_or(holder);
            (Cow::Borrowed(&**address), now.clone())
        };
        lines.map(line).collect()
    }
}

/// Whether what is published at an address is the holder of it, or redirects to it.
fn is_holder(
    holder: &AddressHolder<'_>,
    Published { line, shows, .. }: &Published<'_>,
    reserved: &ReservationIndex<'_>,
    collection: &Collection,
) -> bool {
    match shows {
        Route::Article(id) => reserved.matches(holder, collection.summary(*id)).is_some(),
        _ => line.holder == *holder || line.holder.is_of_same_kind(holder),
    }
}

/// Formats an alias as an entry of a YAML flow sequence.
fn as_yaml(alias: &str) -> String {
    let is_plain = alias.chars().all(|c| c.is_alphanumeric() || "-_.~/".contains(c));
    let quote = if is_plain { "" } else { "\"" };
    format!("{quote}/{alias}/{quote}")
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes the files that are identified")]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn address_files_are_unknown_if_the_history_is_no_file() {
        let root = tempfile::tempdir().expect("folder");
        let before = identify(root.path(), "", None).expect("there is no history");
        let path = cache::address_history(root.path());
        fs::create_dir_all(&path).expect("made");
        assert!(identify(root.path(), "", Some(&before)).is_none());
        fs::remove_dir(&path).expect("removed");
        fs::write(&path, "/a/ x a.md\n").expect("written");
        let now = identify(root.path(), "", Some(&before)).expect("a history");
        assert!(!now.have_same_contents(&before));
        let again = identify(root.path(), "", Some(&now)).expect("a history");
        assert!(again.have_same_contents(&now));
    }
}
