//! A site that is ready to be published.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::outputs::{Output, OutputRenderer, StagedOutput};
use super::progress::{ProgressCounter, ProgressFn};
use crate::build::cache::{CachedPage, CachedRelation, PageIndexes, SiteStats, ValidityPeriod};
use crate::collection::{Adjacent, Collection, RelatedLink};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location, Origin};
use crate::page::{OutputContent, OutputFile, OutputFiles, Route};
use crate::picture::Pictures;
use crate::preflight::{HEADERS, REDIRECTS, SiteContents, preflight};
use crate::publish::OutputFolder;

/// Documents that cannot be published, by their paths as diagnostics show them, each with its
/// error.
pub(super) type LeftOut = BTreeMap<String, Diagnostic>;

/// Why a site was not published.
pub(super) enum PublishError {
    /// The cached site is out of date, so the site must be assembled: an output file of the
    /// previous build is not in place, or the host no longer takes the site.
    Stale,
    /// The host does not take the files of these documents, so they are left out where the site
    /// says so.
    TooLarge(LeftOut),
    /// All errors.
    Failed(Vec<Diagnostic>),
}

impl From<Diagnostic> for PublishError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Failed(vec![diagnostic])
    }
}

/// A site: its output files and what else the build needs to publish them.
pub(super) struct Site<'a> {
    /// Sorted by path.
    pub(super) outputs: Vec<Output<'a>>,
    /// None if no output file has content.
    pub(super) renderer: Option<OutputRenderer<'a>>,
    /// The output files of the previous build, sorted by path.
    pub(super) cached: &'a [CachedPage],
    pub(super) config: &'a Config,
    pub(super) stats: SiteStats,
    pub(super) validity: ValidityPeriod,
    pub(super) pictures: Arc<Pictures>,
    /// The diagnostics that hold until the site changes.
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) has_errors: bool,
    /// None if these are the same as in the previous build.
    pub(super) assembled: Option<Assembled<'a>>,
}

/// What a site was assembled from.
pub(super) struct Assembled<'a> {
    pub(super) collection: &'a Collection,
    pub(super) outputs: &'a OutputFiles<'a>,
}

impl Site<'_> {
    /// Stages all output files. Those without content must be in place.
    pub(super) fn stage(
        &self,
        output: &OutputFolder,
        on_progress: ProgressFn<'_>,
    ) -> Result<Vec<StagedOutput>, PublishError> {
        self.for_each_output("writing", on_progress, |index, Output { path, content }| {
            let cached = self.cached_page(path, index);
            if let Some(content) = content {
                let renderer =
                    self.renderer.as_ref().expect("output files with content have a renderer");
                return renderer
                    .stage(path, content, index, cached, output)
                    .map_err(OutputError::from);
            }
            let in_place = cached.and_then(|cached| {
                let file = output.intact(path, index, cached.digest, cached.stamp)?;
                Some(StagedOutput { input_digest: cached.input_digest, file, is_outdated: false })
            });
            in_place.ok_or(OutputError::Stale)
        })
    }

    /// Renders all output files without writing them. Returns their lengths in bytes.
    pub(super) fn measure(&self, on_progress: ProgressFn<'_>) -> Result<Vec<u64>, PublishError> {
        self.for_each_output("rendering", on_progress, |_, Output { content, .. }| {
            let (renderer, content) =
                self.renderer.as_ref().zip(*content).ok_or(OutputError::Stale)?;
            renderer.length(content).map_err(OutputError::from)
        })
    }

    /// What the previous build knew of an output file, which it probably had at the same index.
    fn cached_page(&self, path: &Arc<str>, index: usize) -> Option<&CachedPage> {
        let near = self.cached.get(index).filter(|cached| cached.path == *path);
        near.or_else(|| {
            let index = self.cached.binary_search_by(|cached| cached.path.cmp(path)).ok()?;
            self.cached.get(index)
        })
    }

    /// Calls `take` for every output file with its index, in parallel. Stops at the first I/O error
    /// or stale file: a full disk is full for every file.
    fn for_each_output<T: Send>(
        &self,
        stage: &'static str,
        on_progress: ProgressFn<'_>,
        take: impl Fn(usize, &Output<'_>) -> Result<T, OutputError> + Sync,
    ) -> Result<Vec<T>, PublishError> {
        let counter = ProgressCounter::new(stage, self.outputs.len(), on_progress);
        let has_failed = AtomicBool::new(false);
        let take = |(index, output): (usize, &Output<'_>)| {
            if has_failed.load(Ordering::Relaxed) {
                return Err(OutputError::Skipped);
            }
            let taken = take(index, output);
            if taken.as_ref().is_err_and(OutputError::stops_all) {
                has_failed.store(true, Ordering::Relaxed);
            }
            counter.increment();
            taken
        };
        let results: Vec<Result<T, OutputError>> =
            self.outputs.par_iter().enumerate().map(take).collect();
        if results.iter().any(Result::is_err) {
            return Err(combined(results.into_iter().filter_map(Result::err)));
        }
        Ok(results.into_iter().filter_map(Result::ok).collect())
    }

    /// Checks the lengths of all output files against the limits of the site's host.
    pub(super) fn check_host_limits(&self, lengths: &[u64]) -> Result<(), PublishError> {
        let (config, host) = (self.config, self.config.host);
        let Some(Assembled { outputs, .. }) = &self.assembled else {
            // Only lengths have changed; the assembled site knows the documents to blame.
            let exceeds = || !preflight(host, &self.contents(lengths)).is_empty();
            let is_stale = !config.preview && host.limits().limits_sizes() && exceeds();
            return if is_stale { Err(PublishError::Stale) } else { Ok(()) };
        };
        // Conflicting paths and a faulty site.toml lead to output files that will not be there.
        if config.preview || !config.is_complete || !outputs.refused.is_empty() {
            return Ok(());
        }
        let too_large = self.too_large(outputs, lengths);
        if !too_large.is_empty() {
            return Err(PublishError::TooLarge(too_large));
        }
        let contents = self.contents(lengths);
        if preflight(host, &contents).is_empty() {
            return Ok(());
        }
        Err(PublishError::Failed(preflight(
            host,
            &SiteContents { usage: outputs.usage(lengths), ..contents },
        )))
    }

    /// The documents that alone cause a file that is too large for the host.
    fn too_large(&self, outputs: &OutputFiles<'_>, lengths: &[u64]) -> LeftOut {
        let host = self.config.host;
        let Some(limit) = host.limits().file_bytes else { return LeftOut::new() };
        let refused = |(page, length): (&OutputFile, &u64)| {
            let document = Some(page)
                .filter(|_| *length > limit)
                .and_then(|page| outputs.sole_document(page))?;
            let message = format!(
                "its file {} has {length} bytes ({} allows {limit})",
                page.path,
                host.kind.name()
            );
            let help = "shorten or split the document";
            let error = Diagnostic::new(Code::HostLimit, Location::file(document.clone()), message)
                .help(help);
            Some((document, error))
        };
        outputs.files.iter().zip(lengths).filter_map(refused).collect()
    }

    fn contents(&self, lengths: &[u64]) -> SiteContents<'_> {
        let files =
            self.outputs.iter().zip(lengths).map(|(output, length)| (&**output.path, *length));
        SiteContents {
            files: files.collect(),
            above: self.config.prefix_length(),
            redirects: self.text(REDIRECTS),
            headers: self.text(HEADERS),
            usage: Vec::new(),
        }
    }

    /// The text of a host file; empty if there is none, or if it is unchanged.
    fn text(&self, path: &str) -> String {
        let content = self
            .outputs
            .iter()
            .find(|output| **output.path == *path)
            .and_then(|output| output.content);
        let bytes = self
            .renderer
            .as_ref()
            .zip(content)
            .and_then(|(renderer, content)| renderer.bytes(content).ok());
        bytes.map_or_else(String::new, |bytes| String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Each error once, unless a file is stale.
fn combined(found: impl Iterator<Item = OutputError>) -> PublishError {
    let (mut errors, mut places) = (Vec::new(), HashSet::new());
    for error in found {
        match error {
            OutputError::Stale => return PublishError::Stale,
            OutputError::Skipped => {}
            OutputError::Failed(error) => {
                if places.insert((error.location.clone(), error.message.clone())) {
                    errors.push(*error);
                }
            }
        }
    }
    PublishError::Failed(errors)
}

/// Why an output file was not made.
enum OutputError {
    /// As [`PublishError::Stale`].
    Stale,
    /// The machine has failed before.
    Skipped,
    /// An error is large and rare, and there is a result for every file.
    Failed(Box<Diagnostic>),
}

impl OutputError {
    /// Whether no other output file needs to be made.
    fn stops_all(&self) -> bool {
        match self {
            Self::Stale | Self::Skipped => true,
            Self::Failed(error) => error.origin == Origin::Io,
        }
    }
}

impl From<Diagnostic> for OutputError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Failed(Box::new(diagnostic))
    }
}

impl Assembled<'_> {
    /// The output files of each of `documents` documents, if none has an error: only then an
    /// article's document has the same index here as in the document store.
    pub(super) fn page_indexes(&self, documents: usize) -> Vec<PageIndexes> {
        let collection = self.collection;
        let mut page_indexes = vec![PageIndexes::default(); documents];
        let relation = |link: &RelatedLink| match link {
            RelatedLink::Own(other) => CachedRelation::Own(collection.document(*other)),
            RelatedLink::External(index) => CachedRelation::External(*index),
        };
        for id in collection.ids() {
            if let Some(indexes) = page_indexes.get_mut(collection.document(id).index()) {
                indexes.card_details = collection.card_details(id);
            }
        }
        for (index, page) in (0..).zip(&self.outputs.files) {
            let OutputContent::Page(Route::Article(id) | Route::Amp(id)) = page.content else {
                continue;
            };
            let Some(indexes) = page_indexes.get_mut(collection.document(id).index()) else {
                continue;
            };
            if matches!(page.content, OutputContent::Page(Route::Amp(_))) {
                indexes.amp_page = Some(index);
            } else {
                indexes.page = Some(index);
                indexes.related = collection.related(id).iter().map(relation).collect();
                indexes.older = collection
                    .older(id)
                    .try_map(|other| Some(collection.document(*other)))
                    .expect("each article has a document");
                let Adjacent { previous, next } = collection.adjacent(id);
                indexes.previous = previous.map(|id| collection.document(id));
                indexes.next = next.map(|id| collection.document(id));
                let stories = collection.stories();
                let reports = stories.nearest(id);
                if reports.len() > 1 {
                    indexes.reports = reports.iter().map(|id| collection.document(*id)).collect();
                    let address = self.outputs.routes.story_address(stories.of(id));
                    indexes.story_address = address.map(str::to_owned);
                }
            }
        }
        page_indexes
    }
}
