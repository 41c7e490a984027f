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
mod icons;
mod inputs;
mod inspect;
mod last_build;
mod leftovers;
mod missing_content;
mod options;
mod outcome;
mod outputs;
mod picture_store;
mod pictures;
mod progress;
mod publish;
mod read_documents;
mod report;
mod session;
mod site;
mod unused_files;
mod unwanted_files;

use std::mem::take;

use chrono::{DateTime, Utc};

use crate::diagnostic::{Diagnostic, Origin};
use crate::source::ScanScope;
use background::drop_in_background;
use cache::BuildCache;
use cached_site::CachedSite;
use context::BuildContext;
use documents::DocumentStore;
use inputs::Inputs;
use leftovers::Leftovers;
use publish::BuiltSite;
use report::Report;
use site::PublishError;

pub use inputs::{ConfigError, read_config};
pub use inspect::{DocumentState, InspectedSite, ListedDocument, inspect};
pub use last_build::staleness;
pub use options::{BuildOptions, DEFAULT_OUTPUT, OutputOptions};
pub use outcome::{Outcome, Summary};
pub use progress::{COLLECTING, Progress, ProgressFn, WAITING_FOR_ADDRESSES, WAITING_FOR_BUILD};
pub use read_documents::read_documents;
pub use session::{FULL_SCAN_INTERVAL, Session};

/// Builds a site. If there is an error, nothing is written, unless `on_error` says that faulty
/// documents are left out.
///
/// If a document does not match its stamp, the build is repeated once without the cache.
pub fn build(options: &BuildOptions, on_progress: ProgressFn<'_>) -> Outcome {
    let (outcome, leftovers) = build_in(Session::default(), &ScanScope::Full, options, on_progress);
    drop_in_background(leftovers);
    outcome
}

/// Builds a site again in the same process. What the session knows is not scanned and not read
/// again where `scope` permits that.
pub fn rebuild(
    session: &mut Session,
    scope: &ScanScope,
    options: &BuildOptions,
    on_progress: ProgressFn<'_>,
) -> Outcome {
    // A build that panics leaves an empty session.
    let (outcome, leftovers) = build_in(take(session), scope, options, on_progress);
    *session = leftovers.map(|left| left.into_session(options)).unwrap_or_default();
    outcome
}

/// Builds a site, and repeats the build with a full scan or without the cache if it fails for
/// another reason than its input. What such a build leaves is not to be used.
fn build_in(
    session: Session,
    scope: &ScanScope,
    options: &BuildOptions,
    on_progress: ProgressFn<'_>,
) -> (Outcome, Option<Leftovers>) {
    let record_warning = last_build::begin(options).err();
    let (mut outcome, mut leftovers) = run(options, scope, session, on_progress);
    if outcome.is_partial && outcome.fails_for(|origin| origin != Origin::Input) {
        (outcome, leftovers) = run(options, &ScanScope::Full, Session::default(), on_progress);
    }
    if outcome.fails_for(|origin| origin == Origin::ConcurrentEdit) {
        let output = OutputOptions { fresh: true, ..options.output.clone() };
        let fresh = BuildOptions { output, ..options.clone() };
        let changed = take(&mut outcome.changed);
        (outcome, leftovers) = run(&fresh, &ScanScope::Full, Session::default(), on_progress);
        outcome.changed = changed;
    }
    if outcome.fails_for(|origin| origin != Origin::Input) {
        leftovers = None;
    }
    if outcome.summary.is_none() {
        last_build::fail(options);
    }
    outcome.diagnostics.extend(record_warning);
    outcome.diagnostics.sort_by(Diagnostic::order);
    (outcome, leftovers)
}

/// When the site next needs a rebuild even if no file changes: an article becomes due, is no longer
/// pinned, or expires from the news sitemap. None if never. A site that has changed since its last build is checked.
///
/// # Errors
/// All errors that would make a build fail.
pub fn next_change(options: &BuildOptions) -> Result<Option<DateTime<Utc>>, Vec<Diagnostic>> {
    let (inputs, files) = Inputs::read(options, &ScanScope::Full, Session::default())
        .map_err(|missing| vec![missing])?;
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
fn run(
    options: &BuildOptions,
    scope: &ScanScope,
    session: Session,
    on_progress: ProgressFn<'_>,
) -> (Outcome, Option<Leftovers>) {
    let (mut inputs, files) = match Inputs::read(options, scope, session) {
        Ok(read) => read,
        Err(missing) => {
            return (Outcome { diagnostics: vec![missing], ..Outcome::default() }, None);
        }
    };
    let mut documents = DocumentStore::read(files, &inputs, on_progress);
    let mut changed = inputs.changed_site_files();
    changed.extend(documents.changed(&inputs.previous.state.documents));
    let mut report = Report::default();
    let mut manifest = Some(take(&mut inputs.manifest_snapshot));
    let cached = CachedSite::load(&inputs, &documents).map(|site| {
        let snapshot = manifest.take().unwrap_or_default();
        let build = BuildContext { inputs: &inputs, documents: &documents, options, on_progress };
        site.publish(snapshot, &build, &mut report)
    });
    let published = match cached {
        Some(Ok(published)) => Some(published),
        Some(Err(PublishError::Failed(errors))) => {
            report.build.extend(errors);
            None
        }
        None | Some(Err(PublishError::Stale | PublishError::TooLarge(_))) => {
            let summaries = inputs.previous.summaries();
            if summaries.is_none() {
                inputs.previous = BuildCache::default();
            }
            documents = documents.load_cached(summaries, &inputs, on_progress);
            let build =
                BuildContext { inputs: &inputs, documents: &documents, options, on_progress };
            build.publish_assembled(&mut manifest, &mut report)
        }
    };
    let (summary, kept) = match published {
        Some(BuiltSite { summary, kept }) => (Some(summary), kept),
        None => (None, None),
    };
    let is_partial = inputs.is_partial;
    let check = &inputs.config.check;
    let diagnostics = check.apply(report.into_diagnostics(), options.output.check_only);
    let outcome = Outcome { diagnostics, summary, changed, is_partial };
    (outcome, Some(Leftovers { inputs, documents, manifest, kept }))
}
