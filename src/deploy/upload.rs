//! Carries out a deploy plan.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::panic::resume_unwind;
use std::path::Path;

use futures_util::{StreamExt as _, stream};
use object_store::UpdateVersion;
use tokio::task::spawn_blocking;

use super::lease::Lease;
use super::manifest::{self, DeployRecord, DeployedFile};
use super::plan::{DeployPlan, Upload, is_page};
use super::store::Store;
use crate::build::{Progress, ProgressFn};
use crate::diagnostic::{Code, Diagnostic};

/// Uploads files to a target.
pub(super) struct Uploader<'a> {
    pub(super) store: &'a Store,
    /// The published folder.
    pub(super) folder: &'a Path,
    /// The number of parallel uploads.
    pub(super) uploads: usize,
    /// The lease, checked before each change.
    pub(super) lease: &'a Lease<'a>,
    pub(super) on_progress: ProgressFn<'a>,
}

/// The journal is rewritten after this many times its own size has been uploaded, so that what an
/// interrupted deploy has to repeat stays in proportion to the cost of the journal.
const JOURNAL_REWRITE_FACTOR: u64 = 4;

impl Uploader<'_> {
    /// Carries out a plan at a target with this record, and leaves the journal there. Returns the
    /// number of bytes uploaded.
    ///
    /// # Errors
    /// The first error; the journal lists what has been uploaded until then.
    pub(super) async fn run(
        &self,
        plan: &DeployPlan<'_>,
        record: &DeployRecord,
    ) -> Result<u64, Vec<Diagnostic>> {
        let mut journal = Journal {
            store: self.store,
            files: record.journal.clone().unwrap_or_default(),
            version: record.journal_version.clone(),
            length: 0,
            sent: 0,
        };
        let pending =
            plan.uploads.iter().map(|upload| (upload.file.path.clone(), DeployedFile::default()));
        let going = plan
            .deletes
            .iter()
            .filter_map(|path| Some((path.clone(), record.files.get(path)?.clone())));
        journal.files.extend(pending.chain(going));
        journal.write().await.map_err(|error| vec![error])?;
        let all = plan.uploads.len() + plan.deletes.len();
        let done = Cell::new(0);
        let one_more = || {
            done.set(done.get() + 1);
            (self.on_progress)(Progress { stage: "sending", done: done.get(), total: all });
        };
        let removed = self.in_the_way(plan);
        self.lease.check().map_err(|error| vec![error])?;
        self.store.remove(&removed, &one_more).await.map_err(|error| vec![error])?;
        let (mut bytes, mut store_error) = (0, None);
        for phase in plan.uploads.chunk_by(|a, b| a.phase == b.phase) {
            let mut sent = stream::iter(phase)
                .map(|upload| self.upload(upload))
                .buffer_unordered(self.uploads);
            while let Some(result) = sent.next().await {
                let noted = match result {
                    Ok((path, entry)) => {
                        bytes += entry.length;
                        one_more();
                        journal.record(path, entry).await
                    }
                    Err(error) => Err(error),
                };
                if let Err(error) = noted {
                    // Pending uploads finish, and the first error is returned.
                    self.lease.stop();
                    store_error.get_or_insert(error);
                }
            }
        }
        if let Some(store_error) = store_error {
            let _ = journal.write().await;
            return Err(vec![store_error]);
        }
        self.finish(plan, &removed, &journal.files, record, one_more)
            .await
            .map_err(|error| vec![error])?;
        Ok(bytes)
    }

    async fn upload(&self, upload: &Upload<'_>) -> Result<(String, DeployedFile), Diagnostic> {
        self.lease.check()?;
        let file = upload.file;
        let (moved, folder) = (file.clone(), self.folder.to_owned());
        // Lease renewals must not wait for the disk or for compression.
        let bytes = spawn_blocking(move || moved.bytes(&folder)).await;
        let bytes = bytes.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(error) => Err(self
                .store
                .error(Code::TargetFailed, format!("cannot send {}: {error}", file.path))),
        })?;
        self.lease.check()?;
        let length = bytes.len() as u64;
        let tag = self.store.put(&file.path, bytes, Some(&file.headers)).await?;
        Ok((file.path.clone(), DeployedFile::of(file.digest(), tag, length)))
    }

    /// The files to remove before others are uploaded. A folder cannot hold a file and a folder of one
    /// name.
    fn in_the_way(&self, plan: &DeployPlan<'_>) -> Vec<String> {
        if self.store.folder.is_some() { plan.in_the_way() } else { Vec::new() }
    }

    /// Removes the files that are not yet `removed`, then writes the manifest.
    async fn finish(
        &self,
        plan: &DeployPlan<'_>,
        removed: &[String],
        sent: &BTreeMap<String, DeployedFile>,
        record: &DeployRecord,
        one_more: impl Fn(),
    ) -> Result<(), Diagnostic> {
        let removed: HashSet<&String> = removed.iter().collect();
        let deletes: Vec<String> =
            plan.deletes.iter().filter(|path| !removed.contains(path)).cloned().collect();
        for phase in deletes.chunk_by(|a, b| is_page(a) == is_page(b)) {
            self.lease.check()?;
            self.store.remove(phase, &one_more).await?;
        }
        let mut files = plan.kept.clone();
        for upload in &plan.uploads {
            let path = &upload.file.path;
            files.extend(sent.get(path).map(|entry| (path.clone(), entry.clone())));
        }
        self.lease.check()?;
        self.store
            .replace(manifest::MANIFEST, &manifest::pack(&files), record.version.as_ref())
            .await
            .map(|_| ())
    }
}

/// The planned changes, and which of them are done.
struct Journal<'a> {
    store: &'a Store,
    files: BTreeMap<String, DeployedFile>,
    /// The version of the journal as last written by any deploy.
    version: Option<UpdateVersion>,
    /// The length of the journal as last written, in bytes.
    length: u64,
    /// Bytes uploaded since then.
    sent: u64,
}

impl Journal<'_> {
    async fn record(&mut self, path: String, entry: DeployedFile) -> Result<(), Diagnostic> {
        self.sent += entry.length;
        self.files.insert(path, entry);
        if self.sent < self.length * JOURNAL_REWRITE_FACTOR {
            return Ok(());
        }
        self.write().await
    }

    async fn write(&mut self) -> Result<(), Diagnostic> {
        let bytes = manifest::pack(&self.files);
        (self.length, self.sent) = (bytes.len() as u64, 0);
        self.version = self.store.replace(manifest::JOURNAL, &bytes, self.version.as_ref()).await?;
        Ok(())
    }
}
