//! One build: from what is on the disk to a published site, and no step twice.

mod addresses;
mod edits;
mod ground;
mod missing;
mod press;
mod record;
mod shelf;
mod whole;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};

use crate::config::{Config, OnError, Overrides};
use crate::diagnostic::{Cause, Diagnostic, Place, Severity};
use crate::publish::{Changes, Glance, Output, Replacement};
use crate::source;
use crate::state::{self, Census, Previous};
use ground::Ground;
use shelf::Shelf;

pub use ground::{NoConfig, read_config};
pub use record::staleness;

/// Which site is built, and into what.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder with `content/` and `site.toml`.
    pub root: PathBuf,
    /// The file in place of the root's `site.toml`.
    pub config: Option<PathBuf>,
    /// What the command line says about the site.
    pub overrides: Overrides,
    /// Where the site goes.
    pub output: OutputOptions,
    /// The executable of this newsgen: what another one left is not used.
    pub program: PathBuf,
    /// When the build began, in nanoseconds since 1970 by the clock that stamps files.
    pub looked_at: i64,
}

/// Where a site goes.
#[derive(Clone, Debug)]
pub struct OutputOptions {
    /// The folder.
    pub folder: PathBuf,
    /// Whether files that newsgen did not write may be overwritten.
    pub force: bool,
    /// Whether everything is done anew, whatever the previous build left.
    pub fresh: bool,
    /// Whether nothing is written, and it is only found out whether it could be.
    pub only_check: bool,
    /// Whether the site may be published without documents that the last build published and that are missing now.
    pub allow_empty: bool,
}

/// How far a build is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is going on.
    pub stage: &'static str,
    /// How many of `all` are done.
    pub done: usize,
    /// How many there are; none where something is waited for.
    pub all: usize,
}

impl Progress {
    /// That something is waited for, as `stage` says.
    pub fn wait(stage: &'static str) -> Self {
        Self { stage, done: 0, all: 0 }
    }

    /// Whether something is waited for.
    pub fn is_wait(self) -> bool {
        self.all == 0
    }
}

/// What a build is at that lets another one come to its end.
pub const WAITING: &str = "waiting for another build to leave the output folder";

/// What a build is at that lets another one of the same site come to its end.
pub const WAITING_FOR_ADDRESSES: &str = "waiting for another build of this site";

/// How a build ended.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All that was found, in the order in which it is shown.
    pub diagnostics: Vec<Diagnostic>,
    /// What the site is, if it could be published.
    pub summary: Option<Summary>,
    /// The sources that are not as they were when the site was last published, relative to its root. None if nothing is
    /// known of that.
    pub changed: Vec<String>,
}

/// What a site is made of and what a build did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What it is made of.
    pub census: Census,
    /// Files of the site.
    pub files: usize,
    /// Files whose bytes were made anew; all others are known to be as they should.
    pub rendered: usize,
    /// What became of the output folder.
    pub changes: Changes,
    /// The next instant at which a build would make another site with no file changed.
    pub until: Option<DateTime<Utc>>,
}

/// What goes on outside while a build runs.
pub type Watcher<'a> = &'a (dyn Fn(Progress) + Sync);

/// Builds a site. With an error nothing is written, unless the site says that documents with errors are to be left out.
///
/// Where a document is not what its stamp says, all are read anew, once.
pub fn build(options: &Options, watcher: Watcher<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let unnoted = record::begin(options).err();
    outcome.summary = run(options, watcher, &mut outcome.diagnostics, &mut outcome.changed);
    let has_changed = |found: &Diagnostic| found.cause == Cause::Change;
    if outcome.summary.is_none() && outcome.diagnostics.iter().any(has_changed) {
        let output = OutputOptions { fresh: true, ..options.output.clone() };
        let anew = Options { output, ..options.clone() };
        outcome.diagnostics.clear();
        outcome.summary = run(&anew, watcher, &mut outcome.diagnostics, &mut Vec::new());
    }
    if outcome.summary.is_none() {
        record::fail(options);
    }
    outcome.diagnostics.extend(unnoted);
    outcome.diagnostics.sort_by(Diagnostic::order);
    outcome
}

/// The next instant at which a build would make another site with no file changed: when an article becomes due, or is no
/// news any more. None where there is no such instant.
///
/// # Errors
/// All that is wrong with the site, where it cannot be published for that.
pub fn next_change(options: &Options) -> Result<Option<DateTime<Utc>>, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let Some((ground, documents)) = Ground::read(options, &mut diagnostics) else { return Err(diagnostics) };
    if ground.is_untouched(&documents) {
        return Ok(ground.previous.state.span.until);
    }
    let config = &ground.config;
    let shelf = Shelf::read(documents, config, &ground.previous.state, options.looked_at, &|_| {});
    let mut previous = ground.previous;
    let shelf = shelf.complete(previous.contents(), config, options.looked_at, &|_| {});
    if !stops(&ground.seen, &ground.site_errors, &shelf.diagnostics, config) {
        return Ok(shelf.span(config).until);
    }
    let found = ground.seen.iter().chain(&ground.site_errors).chain(&shelf.diagnostics);
    let mut errors: Vec<Diagnostic> = found.filter(|found| found.is_error()).cloned().collect();
    errors.sort_by(Diagnostic::order);
    Err(errors)
}

/// Whether a finding is about a document.
fn is_of_documents(diagnostic: &Diagnostic) -> bool {
    diagnostic.place.file.starts_with("content/")
}

/// Whether a site must not be published, by what was found on its disk, about the site, and about its documents. A document
/// that the machine did not read is none that can be left out: it would be gone from the site.
fn stops(seen: &[Diagnostic], site: &[Diagnostic], documents: &[Diagnostic], config: &Config) -> bool {
    let is_unread = |found: &Diagnostic| found.is_error() && found.cause != Cause::Text;
    site.iter().any(Diagnostic::is_error)
        || seen.iter().chain(documents).any(is_unread)
        || seen.iter().any(|found| found.is_error() && !is_of_documents(found))
        || (config.on_error == OnError::Stop && seen.iter().chain(documents).any(Diagnostic::is_error))
}

fn run(
    options: &Options,
    watcher: Watcher<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    changed: &mut Vec<String>,
) -> Option<Summary> {
    let (mut ground, documents) = Ground::read(options, diagnostics)?;
    changed.extend(ground.changed_site_files());
    let is_untouched = ground.is_untouched(&documents);
    if is_untouched {
        let summary = edits::publish(&mut ground, Vec::new(), options, watcher, diagnostics);
        if summary.is_some() {
            drop_later((ground, documents));
            return summary;
        }
    }
    let shelf = Shelf::read(documents, &ground.config, &ground.previous.state, options.looked_at, watcher);
    changed.extend(shelf.changed(&ground.previous.state.documents));
    if ground.holds
        && !is_untouched
        && let Some(edits) = shelf.edits(&ground.previous.state)
    {
        let summary = edits::publish(&mut ground, edits, options, watcher, diagnostics);
        if summary.is_some() {
            drop_later((ground, shelf));
            return summary;
        }
    }
    let contents = ground.previous.contents();
    if contents.is_none() {
        ground.previous = Previous::default();
    }
    let shelf = shelf.complete(contents, &ground.config, options.looked_at, watcher);
    whole::publish(ground, shelf, options, watcher, diagnostics)
}

/// To give so many small pieces of memory back takes time, for which nobody has to wait.
fn drop_later<T: Send + 'static>(value: T) {
    rayon::spawn(move || drop(value));
}

/// Opens the output folder.
fn open(options: &Options, glance: Glance, watcher: Watcher<'_>) -> Result<Output, Diagnostic> {
    refuse_sources(&options.output.folder, &options.root)?;
    let waits = || watcher(Progress::wait(WAITING));
    Output::open(&options.output.folder, glance, options.output.force, waits)
}

/// What is published must not be read as a source by the next build, nor take the place of one.
fn refuse_sources(folder: &Path, root: &Path) -> Result<(), Diagnostic> {
    let (real, root) = (source::real_path(folder), source::real_path(root));
    let is_refused = |name: &&&str| {
        let source = source::real_path(&root.join(name));
        real.starts_with(&source) || source.starts_with(&real)
    };
    match source::FOLDERS.iter().find(is_refused) {
        None => Ok(()),
        Some(name) => {
            let message = format!("the output folder and the site's `{name}` lie inside one another");
            Err(Diagnostic::error(Place::file(folder.display().to_string()), message)
                .help("choose another one with `--output-dir`"))
        }
    }
}

/// Writes the state for the next build, which does not find it before it is put in its place. What goes wrong is a
/// warning: it only costs the next build time.
fn write_state(
    options: &Options,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<Replacement, Diagnostic> {
    Replacement::write(&state::path(&options.root, &options.output.folder), write).map_err(as_warning)
}

fn as_warning(error: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..error }
}

/// Tells the watcher how far a stage is.
struct Counter<'a> {
    stage: &'static str,
    all: usize,
    done: AtomicUsize,
    watcher: Watcher<'a>,
}

impl<'a> Counter<'a> {
    fn new(stage: &'static str, all: usize, watcher: Watcher<'a>) -> Self {
        Self { stage, all, done: AtomicUsize::new(0), watcher }
    }

    fn one_more(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.watcher)(Progress { stage: self.stage, done, all: self.all });
    }
}
