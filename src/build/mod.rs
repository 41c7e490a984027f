//! Builds a site: from the sources on disk to the published output folder.

mod address_lock;
pub mod cache;
mod documents;
mod full;
mod incremental;
mod inputs;
mod last_build;
mod missing_content;
mod render;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};

use crate::config::{Config, OnError, Overrides};
use crate::diagnostic::{Diagnostic, Location, Origin, Severity};
use crate::publish::{AtomicFile, ManifestSnapshot, OutputChanges, OutputFolder};
use crate::source;
use cache::{BuildCache, SiteStats};
use documents::DocumentStore;
use inputs::Inputs;

pub use inputs::{ConfigError, read_config};
pub use last_build::staleness;

/// Options of a build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// The folder with `content/` and `site.toml`.
    pub root: PathBuf,
    /// The file in place of the root's `site.toml`.
    pub config: Option<PathBuf>,
    /// What the command line says about the site.
    pub overrides: Overrides,
    /// Where the site goes.
    pub output: OutputOptions,
    /// The executable of this newsgen: what another one left is not used.
    pub executable: PathBuf,
    /// When the build began, in nanoseconds since 1970 by the clock that stamps files.
    pub scanned_at: i64,
}

/// Where a site goes.
#[derive(Clone, Debug)]
pub struct OutputOptions {
    /// The folder.
    pub folder: PathBuf,
    /// Whether files that newsgen did not write may be overwritten.
    pub force: bool,
    /// Whether to ignore the cache.
    pub fresh: bool,
    /// Whether to check the site without writing it.
    pub check_only: bool,
    /// Whether the site may be published without documents that the last build published and that are missing now.
    pub allow_empty: bool,
}

/// The progress of a build.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is going on.
    pub stage: &'static str,
    /// How many of `all` are done.
    pub done: usize,
    /// How many there are; none where something is waited for.
    pub total: usize,
}

impl Progress {
    /// That something is waited for, as `stage` says.
    pub fn waiting(stage: &'static str) -> Self {
        Self { stage, done: 0, total: 0 }
    }

    /// Whether something is waited for.
    pub fn is_waiting(self) -> bool {
        self.total == 0
    }
}

/// The stage of a build that waits for another one.
pub const WAITING_FOR_BUILD: &str = "waiting for another build to leave the output folder";

/// What a build is at that lets another one of the same site come to its end.
pub const WAITING_FOR_ADDRESSES: &str = "waiting for another build of this site";

/// The result of a build.
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

/// Statistics of a site and of its build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What it is made of.
    pub stats: SiteStats,
    /// Files of the site.
    pub files: usize,
    /// Files that were rendered; all others were up to date.
    pub rendered: usize,
    /// Changes to the output folder.
    pub changes: OutputChanges,
    /// When the site next needs a rebuild even if no file changes.
    pub next_change: Option<DateTime<Utc>>,
}

/// Callback for the progress of a build.
pub type ProgressFn<'a> = &'a (dyn Fn(Progress) + Sync);

/// Builds a site. With an error nothing is written, unless the site says that documents with errors are to be left out.
///
/// If a document turns out to differ from its stamp, the build is repeated once with all documents
/// read.
pub fn build(options: &BuildOptions, on_progress: ProgressFn<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let unnoted = last_build::begin(options).err();
    outcome.summary = run(options, on_progress, &mut outcome.diagnostics, &mut outcome.changed);
    let has_changed = |found: &Diagnostic| found.origin == Origin::ConcurrentEdit;
    if outcome.summary.is_none() && outcome.diagnostics.iter().any(has_changed) {
        let output = OutputOptions { fresh: true, ..options.output.clone() };
        let rebuild = BuildOptions { output, ..options.clone() };
        outcome.diagnostics.clear();
        outcome.summary = run(&rebuild, on_progress, &mut outcome.diagnostics, &mut Vec::new());
    }
    if outcome.summary.is_none() {
        last_build::fail(options);
    }
    outcome.diagnostics.extend(unnoted);
    outcome.diagnostics.sort_by(Diagnostic::order);
    outcome
}

/// When the site next needs a rebuild even if no file changes: an article becomes due, or expires
/// from the news sitemap. None if never.
///
/// # Errors
/// All that is wrong with the site, where it cannot be published for that.
pub fn next_change(options: &BuildOptions) -> Result<Option<DateTime<Utc>>, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let Some((inputs, documents)) = Inputs::read(options, &mut diagnostics) else { return Err(diagnostics) };
    if inputs.is_untouched(&documents) {
        return Ok(inputs.previous.state.validity.until);
    }
    let config = &inputs.config;
    let store = DocumentStore::read(documents, config, &inputs.previous.state, options.scanned_at, &|_| {});
    let mut previous = inputs.previous;
    let store = store.load_cached(previous.contents(), config, options.scanned_at, &|_| {});
    if !has_blocking_errors(&inputs.scan_diagnostics, &inputs.site_errors, &store.diagnostics, config) {
        return Ok(store.validity(config).until);
    }
    let found = inputs.scan_diagnostics.iter().chain(&inputs.site_errors).chain(&store.diagnostics);
    let mut errors: Vec<Diagnostic> = found.filter(|found| found.is_error()).cloned().collect();
    errors.sort_by(Diagnostic::order);
    Err(errors)
}

/// Whether a finding is about a document.
fn is_about_document(diagnostic: &Diagnostic) -> bool {
    diagnostic.location.file.starts_with("content/")
}

/// Whether a site must not be published, by what was found on its disk, about the site, and about its documents. A document
/// that the machine did not read is none that can be left out: it would be gone from the site.
fn has_blocking_errors(
    seen: &[Diagnostic],
    site: &[Diagnostic],
    documents: &[Diagnostic],
    config: &Config,
) -> bool {
    let is_unread = |found: &Diagnostic| found.is_error() && found.origin != Origin::Input;
    site.iter().any(Diagnostic::is_error)
        || seen.iter().chain(documents).any(is_unread)
        || seen.iter().any(|found| found.is_error() && !is_about_document(found))
        || (config.on_error == OnError::Stop && seen.iter().chain(documents).any(Diagnostic::is_error))
}

fn run(
    options: &BuildOptions,
    on_progress: ProgressFn<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    changed: &mut Vec<String>,
) -> Option<Summary> {
    let (mut inputs, documents) = Inputs::read(options, diagnostics)?;
    changed.extend(inputs.changed_site_files());
    let is_untouched = inputs.is_untouched(&documents);
    if is_untouched {
        let summary = incremental::publish(&mut inputs, Vec::new(), options, on_progress, diagnostics);
        if summary.is_some() {
            drop_in_background((inputs, documents));
            return summary;
        }
    }
    let store = DocumentStore::read(
        documents,
        &inputs.config,
        &inputs.previous.state,
        options.scanned_at,
        on_progress,
    );
    changed.extend(store.changed(&inputs.previous.state.documents));
    if inputs.is_reusable
        && !is_untouched
        && let Some(edits) = store.edits(&inputs.previous.state)
    {
        let summary = incremental::publish(&mut inputs, edits, options, on_progress, diagnostics);
        if summary.is_some() {
            drop_in_background((inputs, store));
            return summary;
        }
    }
    let contents = inputs.previous.contents();
    if contents.is_none() {
        inputs.previous = BuildCache::default();
    }
    let store = store.load_cached(contents, &inputs.config, options.scanned_at, on_progress);
    full::publish(inputs, store, options, on_progress, diagnostics)
}

/// Drops a value on another thread, since freeing many small allocations takes time.
fn drop_in_background<T: Send + 'static>(value: T) {
    rayon::spawn(move || drop(value));
}

/// Opens the output folder.
fn open_output(
    options: &BuildOptions,
    manifest_snapshot: ManifestSnapshot,
    on_progress: ProgressFn<'_>,
) -> Result<OutputFolder, Diagnostic> {
    check_output_outside_sources(&options.output.folder, &options.root)?;
    let on_wait = || on_progress(Progress::waiting(WAITING_FOR_BUILD));
    OutputFolder::open(&options.output.folder, manifest_snapshot, options.output.force, on_wait)
}

/// The output folder must not overlap the source folders.
fn check_output_outside_sources(folder: &Path, root: &Path) -> Result<(), Diagnostic> {
    let (real, root) = (source::canonicalize(folder), source::canonicalize(root));
    let is_refused = |name: &&&str| {
        let source = source::canonicalize(&root.join(name));
        real.starts_with(&source) || source.starts_with(&real)
    };
    match source::FOLDERS.iter().find(is_refused) {
        None => Ok(()),
        Some(name) => {
            let message = format!("the output folder must not overlap the site's `{name}`");
            Err(Diagnostic::error(Location::file(folder.display().to_string()), message)
                .help("choose another folder with `--output-dir`"))
        }
    }
}

/// Writes the cache for the next build, to be moved into place later. Failure is a warning: it only
/// makes the next build slower.
fn write_cache(
    options: &BuildOptions,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<AtomicFile, Diagnostic> {
    AtomicFile::write(&cache::path(&options.root, &options.output.folder), write).map_err(as_warning)
}

fn as_warning(error: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..error }
}

/// Tells the watcher how far a stage is.
struct ProgressCounter<'a> {
    stage: &'static str,
    total: usize,
    done: AtomicUsize,
    on_progress: ProgressFn<'a>,
}

impl<'a> ProgressCounter<'a> {
    fn new(stage: &'static str, total: usize, on_progress: ProgressFn<'a>) -> Self {
        Self { stage, total, done: AtomicUsize::new(0), on_progress }
    }

    fn increment(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.on_progress)(Progress { stage: self.stage, done, total: self.total });
    }
}
