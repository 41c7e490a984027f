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

/// Where the manifest lies at a target.
pub(super) const MANIFEST: &str = ".newsgen/manifest.json.gz";

/// Where the journal lies.
pub(super) const JOURNAL: &str = ".newsgen/journal.json.gz";

/// The form of both.
const FORMAT_VERSION: u32 = 1;

/// How long either may be when it is unpacked: names that are alike are packed well, but what is all alike is nobody's names.
const MAX_UNPACKED_BYTES: u64 = 1 << 26;
const MAX_COMPRESSION_RATIO: u64 = 32;

/// What is known of the files at a target, by their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DeployRecord {
    pub(super) files: BTreeMap<String, DeployedFile>,
    /// What the journal says of a deploy that has not come to its end, if there is one.
    pub(super) journal: Option<BTreeMap<String, DeployedFile>>,
    /// Whether newsgen has been there before.
    pub(super) is_begun: bool,
    /// Of the manifest, if there is one.
    pub(super) version: Option<UpdateVersion>,
    /// Of the journal.
    pub(super) journal_version: Option<UpdateVersion>,
}

/// What is known of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeployedFile {
    /// Of what was sent, in hexadecimal; none where it may not have arrived.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    digest: Option<String>,
    /// The entity tag that the store gave it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) tag: Option<String>,
    /// In bytes, as sent.
    #[serde(default)]
    pub(super) length: u64,
    /// Whether the site does not have it any more, and it stays for one more deploy.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub(super) is_retired: bool,
}

impl DeployedFile {
    /// A file that has arrived.
    pub(super) fn of(digest: Digest, tag: Option<String>, length: u64) -> Self {
        Self { digest: Some(digest.to_string()), tag, length, is_retired: false }
    }

    /// The same file, in use or not any more.
    pub(super) fn retired(&self, is_retired: bool) -> Self {
        Self { is_retired, ..self.clone() }
    }

    /// Of what was sent, if it has arrived.
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
    /// What the manifest says, and above it the journal, each if it is there.
    ///
    /// # Errors
    /// Those of the store, and where either is not what newsgen writes.
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

/// What one of both says, and its version; nothing where it is just gone.
async fn files(
    store: &Store,
    path: &str,
) -> Result<(BTreeMap<String, DeployedFile>, Option<UpdateVersion>), Diagnostic> {
    let Some(found) = store.get_versioned(path).await? else { return Ok((BTreeMap::new(), None)) };
    let files = unpack(&found.bytes).ok_or_else(|| store.corrupt_file_error(path))?;
    Ok((files, Some(found.version)))
}

/// The bytes of a manifest or a journal of these files.
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
        let files = [("a/é.html".to_owned(), entry), ("b".to_owned(), DeployedFile::default())].into();
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
