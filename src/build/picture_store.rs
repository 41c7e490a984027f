//! Variants of pictures and icons in the cache folder.
//!
//! They are stored by the digest that identifies their bytes, each after a digest of these bytes.
//! So any build of the site can use what another one stored, and a missing or damaged file is encoded
//! again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::picture::{self, Candidate, PictureFile, Variant};
use crate::publish::{self, FileLock};
use crate::source::{self, SiteFile};

/// The folder of the variants in the cache folder.
const FOLDER: &str = "pictures";

/// The file that builds share while they store variants.
const LOCK: &str = "lock";

/// The maximum length of a stored variant.
const MAX_BYTES: u64 = 1 << 30;

/// The length of the name of a stored variant.
const NAME_LENGTH: usize = 32;

/// Whether a file has the name of a stored variant, or of one that was being stored.
fn is_of_store(name: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_key = name.len() == NAME_LENGTH && name.bytes().all(is_digit);
    is_key || name.starts_with(publish::UNFINISHED)
}

/// The stored variants of pictures.
pub(super) struct PictureStore {
    folder: PathBuf,
}

impl PictureStore {
    /// The store in a cache folder.
    pub(super) fn new(cache_folder: &Path) -> Self {
        Self { folder: cache_folder.join(FOLDER) }
    }

    fn path(&self, key: Digest) -> PathBuf {
        self.folder.join(key.to_string())
    }

    /// Keeps other builds from removing what this one stores.
    pub(super) fn share(&self) -> Result<FileLock, Diagnostic> {
        publish::share_file(&self.folder.join(LOCK))
    }

    pub(super) fn write(&self, key: Digest, bytes: &[u8]) -> Result<(), Diagnostic> {
        publish::write_shared(&self.path(key), &[Digest::of(bytes).as_bytes(), bytes])
    }

    /// Stores variants.
    ///
    /// # Errors
    /// A warning if one cannot be stored.
    pub(super) fn write_all<'b>(
        &self,
        variants: impl IntoIterator<Item = (Digest, &'b Vec<u8>)>,
    ) -> Result<(), Diagnostic> {
        let _lock = self.share().ok();
        let mut variants = variants.into_iter();
        variants
            .try_for_each(|(key, bytes)| self.write(key, bytes))
            .map_err(Diagnostic::into_warning)
    }

    /// A stored variant. None if it is missing or damaged.
    pub(super) fn read(&self, key: Digest) -> Option<Vec<u8>> {
        let mut bytes = source::read_regular(&self.path(key), MAX_BYTES).ok()?;
        let head = Digest::default().as_bytes().len();
        let (digest, variant) = bytes.split_at_checked(head)?;
        let is_intact = Digest::of(variant).as_bytes() == digest;
        is_intact.then(|| bytes.split_off(head))
    }

    /// The lengths of stored variants. None if one is missing or damaged.
    pub(super) fn lengths(&self, candidates: &[Candidate]) -> Option<Vec<u64>> {
        let length = |candidate: &Candidate| Some(self.read(candidate.key)?.len() as u64);
        candidates.iter().map(length).collect()
    }

    /// The bytes of a variant of the picture `source`, encoded again if they are not stored. `known`
    /// is the cached record of the picture.
    ///
    /// # Errors
    /// When the picture has changed or cannot be read.
    pub(super) fn bytes(
        &self,
        source: &SiteFile,
        known: Option<&PictureFile>,
        variant: &Variant,
    ) -> Result<Vec<u8>, Diagnostic> {
        if let Some(bytes) = self.read(variant.key) {
            return Ok(bytes);
        }
        let bytes = source::read_unmodified(source)?;
        let size = known
            .filter(|known| known.digest == Digest::of(&bytes))
            .and_then(|known| known.picture.as_ref().ok())
            .map(|picture| picture.size);
        let encoded = size.and_then(|size| picture::encode(&bytes, size, &[variant.size]).ok());
        let encoded = encoded.and_then(|encoded| encoded.into_iter().next());
        if let Some(bytes) = &encoded {
            let _ = self.write(variant.key, bytes);
        }
        encoded.ok_or_else(|| source::changed_during_build(&source.display_path()))
    }

    /// Removes what is not used, unless another build is storing variants. What cannot be removed
    /// does no harm.
    pub(super) fn prune(&self, used: impl Iterator<Item = Digest>) {
        let Ok(names) = source::list_dir(&self.folder) else { return };
        let used: BTreeSet<String> = used.map(|key| key.to_string()).collect();
        let unused: Vec<&String> =
            names.iter().filter(|name| is_of_store(name) && !used.contains(*name)).collect();
        if unused.is_empty() {
            return;
        }
        if let Ok(Some(_lock)) = publish::try_lock(&self.folder.join(LOCK)) {
            for name in unused {
                let _ = publish::remove(&self.folder.join(name));
            }
        }
    }
}
