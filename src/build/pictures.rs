//! The pictures of a site's articles: reads those that have changed, and stores their variants.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::context::BuildContext;
use super::picture_store::PictureStore;
use super::progress::ProgressCounter;
use crate::collection::Collection;
use crate::config::{ByScheme, PictureConfig};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::digest::Digest;
use crate::document::body::{self, BodyOptions};
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
    /// `known` is from the previous build. Variants are only made if the site `is_published`. A file
    /// that cannot be read at all is an error where it is copied.
    pub(super) fn pictures(
        &self,
        collection: &Collection,
        known: &Pictures,
        is_published: bool,
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
            makes_variants: is_published,
            lock: OnceLock::new(),
            failure: OnceLock::new(),
        };
        let stage = if is_published { "scaling pictures" } else { "checking pictures" };
        let counter = ProgressCounter::new(stage, new.len(), self.on_progress);
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
            let found =
                Diagnostic::new(Code::UnreadablePicture, Location::file(&shown.document), message)
                    .help("it is published as it is; save it again as JPEG, PNG or WebP");
            let found = Diagnostic { key: shown.key, ..found };
            Some(self.documents.locate_key(found, config))
        };
        let warnings = files.iter().filter_map(warning).filter(|_| config.is_complete);
        let (unreadable, not_stored) = (warnings.collect(), reader.failure.into_inner());
        (Pictures { settings, files }, PictureWarnings { unreadable, not_stored })
    }

    /// The pictures in `static/` that articles, bodies and the theme show.
    fn shown_pictures(&self, collection: &Collection) -> BTreeMap<Arc<str>, ShownPicture<'_>> {
        let config = &self.inputs.config;
        let mut shown = ShownPictures {
            static_files: &self.inputs.snapshot.static_files,
            by_path: BTreeMap::new(),
        };
        for summary in collection.ids().map(|id| collection.summary(id)) {
            let images = summary.images().filter(|_| !config.theme.hides_pictures);
            for path in images.filter_map(Image::static_path) {
                shown.add(&path, || summary.display_path(), Some("images"));
            }
            for path in &summary.body_images {
                shown.add(path, || summary.display_path(), None);
            }
        }
        for (document, body) in collection.bodies() {
            for path in body::own_images(body, BodyOptions::new(config)) {
                shown.add(&path, || document.to_owned(), None);
            }
        }
        if let Some(ByScheme { light, dark }) = &config.theme_files.logo {
            for logo in [light].into_iter().chain(dark) {
                shown.add(&logo.path, || source::CONFIG.to_owned(), None);
            }
        }
        shown.by_path
    }
}

/// The pictures that a site shows.
struct ShownPictures<'a> {
    /// Sorted by path.
    static_files: &'a [SiteFile],
    by_path: BTreeMap<Arc<str>, ShownPicture<'a>>,
}

impl ShownPictures<'_> {
    /// Adds the picture at a path in `static/`, which `document` shows, if it can have variants.
    fn add(&mut self, path: &str, document: impl Fn() -> String, key: Option<&'static str>) {
        let index = self.static_files.binary_search_by(|file| (*file.path).cmp(path));
        let file = index.ok().and_then(|index| self.static_files.get(index));
        let Some(file) = file.filter(|file| picture::is_decodable(&file.path)) else { return };
        let shown = ShownPicture { document: document(), key, file };
        let first = self.by_path.entry(Arc::clone(&file.path)).or_insert_with(|| shown.clone());
        if (&shown.document, shown.key) < (&first.document, first.key) {
            *first = shown;
        }
    }
}

/// A picture that a document shows.
#[derive(Clone)]
struct ShownPicture<'a> {
    file: &'a SiteFile,
    /// The first document that shows it.
    document: String,
    /// The key that names it there, if it is not in the body.
    key: Option<&'static str>,
}

/// Reads pictures and stores their variants.
struct PictureReader<'a> {
    store: PictureStore,
    config: &'a PictureConfig,
    scanned_at: i64,
    /// Whether variants are made and stored.
    makes_variants: bool,
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
            None if self.makes_variants => self.encode(bytes, size, &candidates)?,
            None => {
                picture::decode(bytes, size)?;
                // None is longer than the picture itself.
                vec![bytes.len() as u64; candidates.len()]
            }
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
        self.lock.get_or_init(|| self.store.share().ok());
        for (candidate, bytes) in candidates.iter().zip(&encoded) {
            if let Err(failure) = self.store.write(candidate.key, bytes) {
                let _ = self.failure.set(failure.into_warning());
            }
        }
        Ok(encoded.iter().map(|bytes| bytes.len() as u64).collect())
    }
}
