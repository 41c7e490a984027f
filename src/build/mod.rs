//! Builds a site: from the sources on disk to the published output folder.

mod address_lock;
mod assemble;
mod background;
mod body_store;
pub mod cache;
mod cached_site;
mod context;
mod documents;
#[cfg(test)]
mod fixture;
mod inputs;
mod last_build;
mod missing_content;
mod options;
mod outcome;
mod outputs;
mod progress;
mod publish;
mod report;
mod site;

use chrono::{DateTime, Utc};

use crate::diagnostic::{Diagnostic, Origin};
use background::drop_in_background;
use cache::BuildCache;
use cached_site::CachedSite;
use context::BuildContext;
use documents::DocumentStore;
use inputs::Inputs;
use report::Report;
use site::PublishError;

pub use inputs::{ConfigError, read_config};
pub use last_build::staleness;
pub use options::{BuildOptions, OutputOptions};
pub use outcome::{Outcome, Summary};
pub use progress::{COLLECTING, Progress, ProgressFn, WAITING_FOR_ADDRESSES, WAITING_FOR_BUILD};

/// Builds a site. If there is an error, nothing is written, unless `on_error` says that faulty
/// documents are left out.
///
/// If a document does not match its stamp, the build is repeated once without the cache.
pub fn build(options: &BuildOptions, on_progress: ProgressFn<'_>) -> Outcome {
    let record_warning = last_build::begin(options).err();
    let mut outcome = run(options, on_progress);
    let has_changed = |found: &Diagnostic| found.origin == Origin::ConcurrentEdit;
    if outcome.summary.is_none() && outcome.diagnostics.iter().any(has_changed) {
        let output = OutputOptions { fresh: true, ..options.output.clone() };
        let rebuild = BuildOptions { output, ..options.clone() };
        outcome = Outcome { changed: outcome.changed, ..run(&rebuild, on_progress) };
    }
    if outcome.summary.is_none() {
        last_build::fail(options);
    }
    outcome.diagnostics.extend(record_warning);
    outcome.diagnostics.sort_by(Diagnostic::order);
    outcome
}

/// When the site next needs a rebuild even if no file changes: an article becomes due, or expires
/// from the news sitemap. None if never. A site that has changed since its last build is checked.
///
/// # Errors
/// All errors that would make a build fail.
pub fn next_change(options: &BuildOptions) -> Result<Option<DateTime<Utc>>, Vec<Diagnostic>> {
    let (inputs, files) = Inputs::read(options).map_err(|missing| vec![missing])?;
    if inputs.is_reusable && DocumentStore::read(files, &inputs, &|_| {}).is_unchanged {
        return Ok(inputs.previous.state.validity.until);
    }
    let output = OutputOptions { check_only: true, ..options.output.clone() };
    let outcome = build(&BuildOptions { output, ..options.clone() }, &|_| {});
    let errors = || outcome.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
    outcome.summary.map(|summary| summary.next_change).ok_or_else(errors)
}

/// Runs the stages of a build. A stage whose inputs are unchanged takes its result from the cache:
/// documents with the same stamp are not read, a site with the same summaries is not assembled
/// again, and output files with the same input digest are not rendered.
fn run(options: &BuildOptions, on_progress: ProgressFn<'_>) -> Outcome {
    let (mut inputs, files) = match Inputs::read(options) {
        Ok(read) => read,
        Err(missing) => return Outcome { diagnostics: vec![missing], ..Outcome::default() },
    };
    let documents = DocumentStore::read(files, &inputs, on_progress);
    let mut changed = inputs.changed_site_files();
    changed.extend(documents.changed(&inputs.previous.state.documents));
    let mut report = Report::default();
    let mut manifest_snapshot = Some(std::mem::take(&mut inputs.manifest_snapshot));
    let cached = CachedSite::load(&inputs, &documents).map(|site| {
        let snapshot = manifest_snapshot.take().unwrap_or_default();
        let build = BuildContext { inputs: &inputs, documents: &documents, options, on_progress };
        site.publish(snapshot, &build, &mut report)
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
            let build =
                BuildContext { inputs: &inputs, documents: &documents, options, on_progress };
            let summary = build.publish_assembled(manifest_snapshot, &mut report);
            drop_in_background(documents);
            summary
        }
    };
    drop_in_background(inputs);
    Outcome { diagnostics: report.into_diagnostics().collect(), summary, changed }
}
