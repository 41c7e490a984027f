//! The pictures of a site's articles: reads those that have changed, and stores their variants.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::context::BuildContext;
use super::picture_store::PictureStore;
use super::progress::ProgressCounter;
use crate::collection::Collection;
use crate::config::PictureConfig;
use crate::diagnostic::{Diagnostic, Location};
use crate::digest::Digest;
use crate::document::image::Image;
use crate::picture::{self, Candidate, Picture, PictureFile, Pictures, Size};
use crate::publish::FileLock;
use crate::source::{self, SiteFile};

/// What is wrong with pictures and the folder of their variants.
pub(super) struct PictureWarnings {
    /// Pictures that cannot be read: reported until they change.
    pub(super) unreadable: Vec<Diagnostic>,
    /// Why variants could not be stored in this build.
    pub(super) not_stored: Option<Diagnostic>,
}

impl BuildContext<'_> {
    /// The pictures of the articles of `collection`, with a warning for each that cannot be read.
    /// `known` is from the previous build. A file that cannot be read at all is an error where it is
    /// copied.
    pub(super) fn pictures(
        &self,
        collection: &Collection,
        known: &Pictures,
    ) -> (Pictures, PictureWarnings) {
        let config = &self.inputs.config;
        let settings = picture::settings_digest(&config.pictures);
        let shown = self.shown_pictures(collection);
        let is_known = |file: &PictureFile, source: &SiteFile| {
            known.settings == settings && file.stamp == Some(source.stamp)
        };
        let (old, new): (Vec<_>, Vec<_>) =
            shown.values().map(|shown| shown.file).partition(|source| {
                known.files.get(&source.path).is_some_and(|file| is_known(file, source))
            });
        let reader = PictureReader {
            store: PictureStore::new(&self.inputs.cache_folder),
            config: &config.pictures,
            scanned_at: self.inputs.scanned_at,
            is_written: !self.options.output.check_only,
            lock: OnceLock::new(),
            failure: OnceLock::new(),
        };
        let counter = ProgressCounter::new("scaling pictures", new.len(), self.on_progress);
        let read = |source: &&SiteFile| {
            let before = known.files.get(&source.path).filter(|_| known.settings == settings);
            let file = reader.read(source, before).ok()?;
            counter.increment();
            Some((Arc::clone(&source.path), file))
        };
        let old = old.into_iter().filter_map(|source| {
            Some((Arc::clone(&source.path), known.files.get(&source.path)?.clone()))
        });
        let files: BTreeMap<Arc<str>, PictureFile> =
            new.par_iter().filter_map(read).collect::<Vec<_>>().into_iter().chain(old).collect();
        let warning = |(path, file): (&Arc<str>, &PictureFile)| {
            let (reason, shown) = (file.picture.as_ref().err()?.trim_end(), shown.get(path)?);
            let message =
                format!("the picture {} cannot be read: {reason}", shown.file.display_path());
            let found = Diagnostic::warning(Location::file(&shown.document), message)
                .help("it is published as it is; save it again as JPEG, PNG or WebP")
                .at_key("images");
            Some(Diagnostic { key: None, ..self.documents.locate_key(found, config) })
        };
        let warnings = files.iter().filter_map(warning).filter(|_| config.is_complete);
        let (unreadable, not_stored) = (warnings.collect(), reader.failure.into_inner());
        (Pictures { settings, files }, PictureWarnings { unreadable, not_stored })
    }

    /// The pictures in `static/` that articles name, each with the first document that does.
    fn shown_pictures(&self, collection: &Collection) -> BTreeMap<Arc<str>, ShownPicture<'_>> {
        let static_files = &self.inputs.snapshot.static_files;
        let mut shown: BTreeMap<Arc<str>, ShownPicture<'_>> = BTreeMap::new();
        if self.inputs.config.theme.hides_pictures {
            return shown;
        }
        for summary in collection.ids().map(|id| collection.summary(id)) {
            for path in summary.images().filter_map(Image::static_path) {
                let index = static_files.binary_search_by(|file| (*file.path).cmp(&path));
                let file = index.ok().and_then(|index| static_files.get(index));
                let Some(file) = file.filter(|file| picture::is_decodable(&file.path)) else {
                    continue;
                };
                let document = summary.display_path();
                let first = shown
                    .entry(Arc::clone(&file.path))
                    .or_insert_with(|| ShownPicture { file, document: document.clone() });
                if document < first.document {
                    first.document = document;
                }
            }
        }
        shown
    }
}

/// A picture that an article shows.
struct ShownPicture<'a> {
    file: &'a SiteFile,
    /// The first document that shows it.
    document: String,
}

/// Reads pictures and stores their variants.
struct PictureReader<'a> {
    store: PictureStore,
    config: &'a PictureConfig,
    scanned_at: i64,
    /// Whether variants are stored.
    is_written: bool,
    /// Held from when the first variant is stored.
    lock: OnceLock<Option<FileLock>>,
    /// Why a variant could not be stored.
    failure: OnceLock<Diagnostic>,
}

impl PictureReader<'_> {
    fn read(
        &self,
        source: &SiteFile,
        before: Option<&PictureFile>,
    ) -> Result<PictureFile, Diagnostic> {
        let bytes = source::read_unmodified(source)?;
        let stamp = Some(source.stamp).filter(|stamp| stamp.is_trustworthy(self.scanned_at));
        let digest = Digest::of(&bytes);
        let picture = match before.filter(|before| before.digest == digest) {
            Some(before) => before.picture.clone(),
            None => self.picture(source, &bytes, digest),
        };
        Ok(PictureFile { stamp, digest, picture })
    }

    fn picture(&self, source: &SiteFile, bytes: &[u8], digest: Digest) -> Result<Picture, String> {
        let (size, candidates) = picture::inspect(bytes, digest, self.config)?;
        let lengths = match self.store.lengths(&candidates) {
            Some(lengths) => lengths,
            None => self.encode(bytes, size, &candidates)?,
        };
        let variants = candidates.iter().zip(lengths);
        let variants = variants
            .filter_map(|(candidate, length)| candidate.variant(&source.path, length))
            .collect();
        let keys = candidates.iter().map(|candidate| candidate.key).collect();
        Ok(Picture { size, variants, keys })
    }

    /// Encodes and stores variants. Returns their lengths.
    fn encode(
        &self,
        bytes: &[u8],
        size: Size,
        candidates: &[Candidate],
    ) -> Result<Vec<u64>, String> {
        let sizes: Vec<Size> = candidates.iter().map(|candidate| candidate.size).collect();
        let encoded = picture::encode(bytes, size, &sizes)?;
        if self.is_written {
            self.lock.get_or_init(|| self.store.share().ok());
            for (candidate, bytes) in candidates.iter().zip(&encoded) {
                if let Err(failure) = self.store.write(candidate.key, bytes) {
                    let _ = self.failure.set(failure.into_warning());
                }
            }
        }
        Ok(encoded.iter().map(|bytes| bytes.len() as u64).collect())
    }
}
