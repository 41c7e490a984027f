//! Builds a site: from the sources on disk to the published output folder.

mod address_lock;
mod assemble;
pub mod cache;
mod cached_site;
mod documents;
mod inputs;
mod last_build;
mod missing_content;
mod outputs;
mod publish;
mod report;
mod site;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};

use crate::config::Overrides;
use crate::diagnostic::{Diagnostic, Origin, Severity};
use crate::publish::OutputChanges;
use assemble::Assembly;
use cache::{BuildCache, SiteStats};
use cached_site::CachedSite;
use documents::DocumentStore;
use inputs::Inputs;
use report::Report;
use site::PublishError;

pub use inputs::{ConfigError, read_config};
pub use last_build::staleness;

/// Options of a build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// The folder with `content/` and `site.toml`.
    pub root: PathBuf,
    /// The file in place of the root's `site.toml`.
    pub config: Option<PathBuf>,
    /// The options of the command line that override the configuration.
    pub overrides: Overrides,
    /// The output folder and how it is treated.
    pub output: OutputOptions,
    /// The executable of this newsgen; the cache of another one is not used.
    pub executable: PathBuf,
    /// When the build began, in nanoseconds since 1970 by the clock that stamps files.
    pub scanned_at: i64,
}

/// The output folder of a build and how it is treated.
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
    /// Whether published documents may be missing now (`--allow-empty`).
    pub allow_empty: bool,
}

/// The progress of a build.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The current stage.
    pub stage: &'static str,
    /// Number of finished items.
    pub done: usize,
    /// Number of all items; 0 while the build waits.
    pub total: usize,
}

impl Progress {
    /// The progress of a build that waits.
    pub fn waiting(stage: &'static str) -> Self {
        Self { stage, done: 0, total: 0 }
    }

    /// Whether the build waits.
    pub fn is_waiting(self) -> bool {
        self.total == 0
    }
}

/// The stage in which the site is assembled, since the cached one is out of date.
pub const COLLECTING: &str = "collecting";

/// The stage in which a build waits for another one with the same output folder.
pub const WAITING_FOR_BUILD: &str = "waiting for another build to leave the output folder";

/// The stage in which a build waits for another one of the same site.
pub const WAITING_FOR_ADDRESSES: &str = "waiting for another build of this site";

/// The result of a build.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All diagnostics, in the order in which they are shown.
    pub diagnostics: Vec<Diagnostic>,
    /// Statistics. None if the site could not be published.
    pub summary: Option<Summary>,
    /// The sources that have changed since the site was last published, relative to its root. Empty if there is no cache.
    pub changed: Vec<String>,
}

/// Statistics of a site and of its build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Statistics of the site.
    pub stats: SiteStats,
    /// Number of output files.
    pub files: usize,
    /// Number of rendered output files; all others were up to date.
    pub rendered: usize,
    /// Changes to the output folder.
    pub changes: OutputChanges,
    /// When the site next needs a rebuild even if no file changes.
    pub next_change: Option<DateTime<Utc>>,
}

/// Callback for the progress of a build.
pub type ProgressFn<'a> = &'a (dyn Fn(Progress) + Sync);

/// Builds a site. If there is an error, nothing is written, unless `on_error` says that faulty documents are left out.
///
/// If a document does not match its stamp, the build is repeated once without the cache.
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
/// All errors of the site, if it cannot be published.
pub fn next_change(options: &BuildOptions) -> Result<Option<DateTime<Utc>>, Vec<Diagnostic>> {
    let (inputs, files) = Inputs::read(options).map_err(|missing| vec![missing])?;
    let documents = DocumentStore::read(files, &inputs, &|_| {});
    if inputs.is_reusable && documents.is_unchanged {
        return Ok(inputs.previous.state.validity.until);
    }
    let documents = documents.load_cached(inputs.previous.summaries(), &inputs, &|_| {});
    let report = Report { documents: documents.diagnostics.clone(), ..inputs.report };
    if !report.blocks(&inputs.config) {
        return Ok(documents.validity(&inputs.config).until);
    }
    let mut errors: Vec<Diagnostic> = report.into_diagnostics().filter(Diagnostic::is_error).collect();
    errors.sort_by(Diagnostic::order);
    Err(errors)
}

/// Runs the stages of a build. A stage whose inputs are unchanged takes its result from the cache: documents with the same
/// stamp are not read, a site with the same summaries is not assembled again, and output files with the same input digest
/// are not rendered.
fn run(
    options: &BuildOptions,
    on_progress: ProgressFn<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    changed: &mut Vec<String>,
) -> Option<Summary> {
    let (mut inputs, files) = Inputs::read(options).map_err(|missing| diagnostics.push(missing)).ok()?;
    let documents = DocumentStore::read(files, &inputs, on_progress);
    changed.extend(inputs.changed_site_files());
    changed.extend(documents.changed(&inputs.previous.state.documents));
    let mut report = Report::default();
    let mut manifest_snapshot = Some(std::mem::take(&mut inputs.manifest_snapshot));
    let cached = CachedSite::load(&inputs, &documents).map(|site| {
        let snapshot = manifest_snapshot.take().unwrap_or_default();
        site.publish(snapshot, &inputs, &documents, options, on_progress, &mut report)
    });
    let summary = match cached {
        Some(Ok(summary)) => Some(summary),
        Some(Err(PublishError::Failed(errors))) => {
            report.build.extend(errors);
            None
        }
        None | Some(Err(PublishError::Stale | PublishError::TooLarge(_))) => {
            let summaries = inputs.previous.summaries();
            if summaries.is_none() {
                inputs.previous = BuildCache::default();
            }
            let documents = documents.load_cached(summaries, &inputs, on_progress);
            let assembly = Assembly { inputs: &inputs, documents: &documents, options, on_progress };
            let summary = assembly.publish(manifest_snapshot, &mut report);
            drop_in_background(documents);
            summary
        }
    };
    diagnostics.extend(report.into_diagnostics());
    drop_in_background(inputs);
    summary
}

/// Drops a value on another thread, since freeing many small allocations takes time.
fn drop_in_background<T: Send + 'static>(value: T) {
    rayon::spawn(move || drop(value));
}

fn as_warning(error: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..error }
}

/// Reports the progress of a stage.
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
