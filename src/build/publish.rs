//! Publishes a site: stages its output files, moves them into place, and saves the cache.

use super::context::BuildContext;
use super::last_build;
use super::options::BuildOptions;
use super::outcome::Summary;
use super::outputs::StagedOutput;
use super::picture_store::PictureStore;
use super::progress::{Progress, ProgressFn, WAITING_FOR_BUILD};
use super::report::Report;
use super::site::{PublishError, Site};
use std::sync::Arc;

use crate::build::cache::{
    self, AddressFiles, AssembledSite, BuildCache, CacheContents, CacheState, CachedPage,
};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::publish::{AtomicFile, ManifestSnapshot, OutputChanges, OutputFolder, StagedFile};
use crate::reservations::LOCK;
use crate::source;

/// A published or checked site.
pub(super) struct BuiltSite {
    pub(super) summary: Summary,
    /// None if nothing was written.
    pub(super) kept: Option<KeptState>,
}

/// What the next build of this process can use.
pub(super) struct KeptState {
    pub(super) cache: SavedCache,
    /// None if the manifest was replaced.
    pub(super) manifest: Option<ManifestSnapshot>,
}

/// What became of the cache of the previous build.
pub(super) enum SavedCache {
    /// Nothing has changed.
    AsBefore,
    /// The cache has changed and was not written. The documents are not in it.
    Unsaved(Box<CacheState>),
    /// The new cache was written. It lacks its documents and its file.
    Written(Box<BuildCache>),
    /// It could not be written.
    Failed,
}

/// Publishes a site. `reserve` records its addresses: it is called when all output files are staged,
/// none is in place yet and nothing but the file system can prevent it, and identifies both
/// address files.
///
/// # Errors
/// Why it is not published. Then the output folder is unchanged, unless the file system failed
/// while files were moved.
pub(super) fn publish(
    site: &Site<'_>,
    manifest_snapshot: ManifestSnapshot,
    build: &BuildContext<'_>,
    reserve: impl FnOnce(&mut Report) -> Option<AddressFiles>,
    report: &mut Report,
) -> Result<BuiltSite, PublishError> {
    let BuildContext { inputs, options, on_progress, .. } = *build;
    let output = open_output(options, manifest_snapshot, on_progress)?;
    let staged = site.stage(&output, on_progress).and_then(|staged| {
        let lengths: Vec<u64> = staged.iter().map(|output| output.file.stamp.length).collect();
        site.check_host_limits(&lengths).map(|()| staged)
    });
    let staged = match staged {
        Ok(staged) => staged,
        Err(error) => {
            output.abandon();
            return Err(error);
        }
    };
    let outdated = staged.iter().filter(|output| output.is_outdated).count();
    let made = site.outputs.iter().zip(&staged).filter(|(_, staged)| staged.is_outdated);
    let rendered = made.filter(|(output, _)| output.is_page()).count();
    let pages =
        staged.iter().map(|output| CachedPage::new(&output.file, output.input_digest)).collect();
    let files: Vec<StagedFile> = staged.into_iter().map(|StagedOutput { file, .. }| file).collect();
    let commit = output.prepare(&files).map_err(|diagnostics| {
        output.abandon();
        PublishError::Failed(diagnostics)
    })?;
    // A killed build may reserve an address that it never published, but must not publish one that
    // is not reserved.
    let addresses = reserve(report);
    let state = CacheState {
        generator: inputs.generator,
        digest_key: Some(inputs.digest_key.clone()),
        parse_digest: inputs.parse_digest,
        site: inputs.site.filter(|_| !site.has_errors),
        addresses,
        validity: site.validity,
        site_files: inputs.site_files.clone(),
        pictures: Arc::clone(&site.pictures),
        stats: site.stats,
        diagnostics: site.diagnostics.clone(),
        documents: Vec::new(),
        pages,
    };
    let save = || write_cache(state, site, build);
    let (committed, saved) = rayon::join(|| commit.apply(), save);
    let removed = committed.map_err(|diagnostic| {
        output.abandon();
        PublishError::from(diagnostic)
    })?;
    let saved =
        saved.and_then(|(cache, file)| file.map_or(Ok(()), AtomicFile::put).map(|()| cache));
    let cache = saved.unwrap_or_else(|diagnostic| {
        report.build.push(diagnostic.into_warning());
        SavedCache::Failed
    });
    last_build::succeed(options, &inputs.config);
    if site.assembled.is_some() && !options.overrides.preview {
        let keys = site.pictures.keys().chain(inputs.icon_keys.iter().copied());
        PictureStore::new(&inputs.cache_folder).prune(keys);
    }
    // The next build may begin now, with this cache.
    let manifest = output.close(&files);
    let summary = Summary {
        root: inputs.config.root().to_owned(),
        stats: site.stats,
        files: files.len(),
        outdated,
        rendered,
        changes: OutputChanges::new(files, removed),
        next_change: site.validity.until,
    };
    Ok(BuiltSite { summary, kept: Some(KeptState { cache, manifest }) })
}

/// Writes the cache for the next build, to be moved into place later, if it is not the same as
/// before. After a partial scan it can wait for the next full one: a cache that is older than the
/// output folder only costs work.
///
/// # Errors
/// Those of the file system.
fn write_cache(
    state: CacheState,
    site: &Site<'_>,
    BuildContext { inputs, documents, options, .. }: &BuildContext<'_>,
) -> Result<(SavedCache, Option<AtomicFile>), Diagnostic> {
    if site.assembled.is_none() && inputs.is_partial {
        return Ok((SavedCache::Unsaved(Box::new(state)), None));
    }
    let entries = documents.cache_entries();
    let previous = &inputs.previous;
    let is_as_before = || {
        state.pages == previous.state.pages && entries.iter().copied().eq(&previous.state.documents)
    };
    if site.assembled.is_none() && previous.is_saved() && is_as_before() {
        return Ok((SavedCache::AsBefore, None));
    }
    let contents = CacheContents {
        site: site.assembled.as_ref().map(|assembled| AssembledSite {
            summaries: documents.cached_summaries(),
            page_indexes: assembled.page_indexes(entries.len()),
            placed_articles: assembled.collection.stories().placed(),
            terms_and_pages: assembled.collection.terms_and_pages(),
        }),
        documents: entries,
    };
    let path = cache::path(&options.root, &options.output.folder);
    let mut written = BuildCache::default();
    let file = AtomicFile::write(&path, |out| {
        written = state.write(&contents, previous, out)?;
        Ok(())
    })?;
    Ok((SavedCache::Written(Box::new(written)), Some(file)))
}

/// Opens the output folder. While another build has it open, this one waits.
fn open_output(
    options: &BuildOptions,
    manifest_snapshot: ManifestSnapshot,
    on_progress: ProgressFn<'_>,
) -> Result<OutputFolder, Diagnostic> {
    check_output_outside_sources(options)?;
    let on_wait = || on_progress(Progress::waiting(WAITING_FOR_BUILD));
    OutputFolder::open(&options.output.folder, manifest_snapshot, options.output.force, on_wait)
}

/// Checks that the output folder does not overlap the sources, or the files in which newsgen keeps
/// what it knows about the site. A preview is published below the cache folder.
///
/// # Errors
/// The file or folder that it overlaps.
pub(super) fn check_output_outside_sources(options: &BuildOptions) -> Result<(), Diagnostic> {
    let folder = &options.output.folder;
    let state = [cache::FOLDER].into_iter().filter(|_| !options.overrides.preview);
    let names = source::FOLDERS.into_iter().chain([source::CONFIG, LOCK]).chain(state);
    match source::overlapping(&options.root, folder, names) {
        None => Ok(()),
        Some(name) => {
            let message = format!("the output folder must not overlap the site's `{name}`");
            Err(Diagnostic::new(
                Code::UnusableFolder,
                Location::file(folder.display().to_string()),
                message,
            )
            .help("choose another folder with `--output-dir`"))
        }
    }
}
