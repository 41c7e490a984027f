//! The manifest of files that newsgen uploaded to a target, and the journal of a deploy in
//! progress.

use std::collections::BTreeMap;
use std::io::{BufReader, Read as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use object_store::UpdateVersion;
use serde::{Deserialize, Serialize};

use super::gzip::compressed;
use super::store::Store;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;

/// The path of the manifest at a target.
pub(super) const MANIFEST: &str = ".newsgen/manifest.json.gz";

/// The path of the journal.
pub(super) const JOURNAL: &str = ".newsgen/journal.json.gz";

/// The format version of both.
const FORMAT_VERSION: u32 = 1;

/// The maximum size when decompressed. Similar paths compress well; a much higher ratio is a
/// decompression bomb.
const MAX_UNPACKED_BYTES: u64 = 1 << 26;
const MAX_COMPRESSION_RATIO: u64 = 32;

/// What newsgen recorded at a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DeployRecord {
    pub(super) files: BTreeMap<String, DeployedFile>,
    /// The journal of an unfinished deploy.
    pub(super) journal: Option<BTreeMap<String, DeployedFile>>,
    /// Whether newsgen has deployed here before.
    pub(super) is_begun: bool,
    /// The version of the manifest.
    pub(super) version: Option<UpdateVersion>,
    /// The version of the journal.
    pub(super) journal_version: Option<UpdateVersion>,
}

/// A recorded file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeployedFile {
    /// Digest of the uploaded bytes and headers, in hexadecimal; `None` if the upload may have
    /// failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    digest: Option<String>,
    /// The entity tag at the store.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) tag: Option<String>,
    /// The uploaded length in bytes.
    #[serde(default)]
    pub(super) length: u64,
    /// Whether the site no longer has the file, which is kept for one more deploy.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub(super) is_retired: bool,
}

impl DeployedFile {
    /// A file that was uploaded.
    pub(super) fn of(digest: Digest, tag: Option<String>, length: u64) -> Self {
        Self { digest: Some(digest.to_string()), tag, length, is_retired: false }
    }

    /// A copy that is retired or not.
    pub(super) fn retired(&self, is_retired: bool) -> Self {
        Self { is_retired, ..self.clone() }
    }

    /// Digest of the uploaded bytes and headers, if the upload succeeded.
    pub(super) fn digest(&self) -> Option<Digest> {
        Digest::parse(self.digest.as_ref()?)
    }
}

/// A manifest or a journal.
#[derive(Serialize, Deserialize)]
struct ManifestJson {
    form: u32,
    files: BTreeMap<String, DeployedFile>,
}

impl DeployRecord {
    /// Reads the manifest and applies the journal to it.
    ///
    /// # Errors
    /// The errors of the store, or a manifest or journal that newsgen did not write.
    pub(super) async fn read(
        store: &Store,
        has_manifest: bool,
        has_journal: bool,
    ) -> Result<Self, Diagnostic> {
        let mut record = Self { is_begun: has_manifest || has_journal, ..Self::default() };
        if has_manifest {
            (record.files, record.version) = files(store, MANIFEST).await?;
        }
        if has_journal {
            let (journal, version) = files(store, JOURNAL).await?;
            record.journal_version = version;
            record.files.extend(journal.clone());
            record.journal = Some(journal);
        }
        Ok(record)
    }
}

/// Reads a manifest or journal; empty if it has just been deleted.
async fn files(
    store: &Store,
    path: &str,
) -> Result<(BTreeMap<String, DeployedFile>, Option<UpdateVersion>), Diagnostic> {
    let Some(found) = store.get_versioned(path).await? else { return Ok((BTreeMap::new(), None)) };
    let files = unpack(&found.bytes).ok_or_else(|| store.corrupt_file_error(path))?;
    Ok((files, Some(found.version)))
}

/// Serializes a manifest or journal.
pub(super) fn pack(files: &BTreeMap<String, DeployedFile>) -> Vec<u8> {
    let written = ManifestJson { form: FORMAT_VERSION, files: files.clone() };
    let json = serde_json::to_vec(&written).expect("maps with text keys are valid JSON");
    compressed(&json, Compression::default())
}

fn unpack(bytes: &[u8]) -> Option<BTreeMap<String, DeployedFile>> {
    let limit = MAX_UNPACKED_BYTES.max(MAX_COMPRESSION_RATIO * bytes.len() as u64);
    let json = BufReader::with_capacity(1 << 16, GzDecoder::new(bytes).take(limit));
    let written: ManifestJson = serde_json::from_reader(json).ok()?;
    (written.form == FORMAT_VERSION).then_some(written.files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifest_round_trips() {
        let entry = DeployedFile::of(Digest::of(b"a"), Some("\"tag\"".to_owned()), 1);
        let files =
            [("a/é.html".to_owned(), entry), ("b".to_owned(), DeployedFile::default())].into();
        assert_eq!(unpack(&pack(&files)), Some(files));
        assert_eq!(unpack(b"<html>"), None);
    }

    #[test]
    fn manifest_rejects_decompression_bombs() {
        let bomb = |length: u64| {
            let json = format!(
                "{{\"form\":1,\"files\":{{}}{}}}",
                " ".repeat(usize::try_from(length).expect("length"))
            );
            compressed(json.as_bytes(), Compression::default())
        };
        assert_eq!(unpack(&bomb(1 << 20)), Some(BTreeMap::new()));
        let too_long = bomb(MAX_UNPACKED_BYTES);
        assert!(too_long.len() < 1 << 17, "{}", too_long.len());
        assert_eq!(unpack(&too_long), None);
    }
}
