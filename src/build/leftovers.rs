//! What a build leaves for the next one of the same process.

use super::documents::DocumentStore;
use super::inputs::Inputs;
use super::options::BuildOptions;
use super::publish::{KeptState, SavedCache};
use super::session::{LastScan, Session};
use crate::build::cache::{self, CacheState};
use crate::publish::ManifestSnapshot;
use crate::source::RandomAccessFile;

/// What a build leaves.
pub(super) struct Leftovers {
    pub(super) inputs: Inputs,
    pub(super) documents: DocumentStore,
    /// None if an output folder was opened.
    pub(super) manifest: Option<ManifestSnapshot>,
    /// None if nothing was published.
    pub(super) kept: Option<KeptState>,
}

impl Leftovers {
    /// What the next build of this process may use.
    pub(super) fn into_session(self, options: &BuildOptions) -> Session {
        let Self { inputs, documents, manifest, kept } = self;
        let (content, documents) = documents.into_parts();
        let mut snapshot = inputs.snapshot;
        snapshot.content = content;
        let scanned_at = inputs.scanned_at;
        let scan = inputs.is_scan_complete.then_some(LastScan { snapshot, scanned_at });
        // Without its documents it would not tell which of them have changed.
        let is_whole = inputs.previous.state.parse_digest == inputs.parse_digest;
        let previous = Some(inputs.previous).filter(|_| is_whole);
        let Some(KeptState { cache, manifest }) = kept else {
            return Session { scan, cache: previous, manifest };
        };
        let cache = match cache {
            SavedCache::AsBefore => previous,
            SavedCache::Unsaved(state) => {
                previous.map(|cache| cache.updated(CacheState { documents, ..*state }))
            }
            SavedCache::Written(cache) => {
                let path = cache::path(&options.root, &options.output.folder);
                let file = RandomAccessFile::open(&path).ok().flatten();
                file.map(|file| cache.saved(file, documents))
            }
            SavedCache::Failed => None,
        };
        let read = || ManifestSnapshot::read(&options.output.folder);
        Session { scan, cache, manifest: Some(manifest.unwrap_or_else(read)) }
    }
}
