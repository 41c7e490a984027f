//! Does what a plan says.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::Path;

use futures_util::{StreamExt as _, stream};
use object_store::UpdateVersion;
use tokio::task::spawn_blocking;

use super::lease::Lease;
use super::manifest::{self, Entry, Known};
use super::plan::{Plan, Upload, is_page};
use super::store::Store;
use crate::build::{Progress, Watcher};
use crate::diagnostic::Diagnostic;

/// A way to a target.
pub(super) struct Delivery<'a> {
    pub(super) store: &'a Store,
    /// Where the files are.
    pub(super) folder: &'a Path,
    /// How many are on their way at a time.
    pub(super) uploads: usize,
    /// Without it nothing is changed.
    pub(super) lease: &'a Lease<'a>,
    pub(super) watcher: Watcher<'a>,
}

/// The journal is written anew when so many times its bytes have been sent: what a killed deploy has to send again stays in
/// proportion to what keeping the journal costs.
const BYTES_FOR_A_JOURNAL: u64 = 4;

impl Delivery<'_> {
    /// Carries out a plan on a target of which this is known, and leaves the journal there. Returns how many bytes of files
    /// were sent.
    ///
    /// # Errors
    /// The first that happens; what has arrived until then is in the journal.
    pub(super) async fn run(&self, plan: &Plan<'_>, known: &Known) -> Result<u64, Vec<Diagnostic>> {
        let mut journal = Journal {
            store: self.store,
            files: known.journal.clone().unwrap_or_default(),
            version: known.journal_version.clone(),
            length: 0,
            sent: 0,
        };
        let pending = plan.uploads.iter().map(|upload| (upload.file.path.clone(), Entry::default()));
        let going =
            plan.deletes.iter().filter_map(|path| Some((path.clone(), known.files.get(path)?.clone())));
        journal.files.extend(pending.chain(going));
        journal.write().await.map_err(|error| vec![error])?;
        let all = plan.uploads.len() + plan.deletes.len();
        let done = Cell::new(0);
        let one_more = || {
            done.set(done.get() + 1);
            (self.watcher)(Progress { stage: "sending", done: done.get(), all });
        };
        let (mut bytes, mut failure) = (0, None);
        for turn in plan.uploads.chunk_by(|a, b| a.turn == b.turn) {
            let mut sent = stream::iter(turn).map(|upload| self.send(upload)).buffer_unordered(self.uploads);
            while let Some(result) = sent.next().await {
                let noted = match result {
                    Ok((path, entry)) => {
                        bytes += entry.length;
                        one_more();
                        journal.note(path, entry).await
                    }
                    Err(error) => Err(error),
                };
                if let Err(error) = noted {
                    // What is on its way arrives, and the error that is said is the one that came first.
                    self.lease.stop();
                    failure.get_or_insert(error);
                }
            }
        }
        if let Some(failure) = failure {
            let _ = journal.write().await;
            return Err(vec![failure]);
        }
        self.end(plan, &journal.files, known, one_more).await.map_err(|error| vec![error])?;
        Ok(bytes)
    }

    async fn send(&self, upload: &Upload<'_>) -> Result<(String, Entry), Diagnostic> {
        self.lease.check()?;
        let file = upload.file;
        let (moved, folder) = (file.clone(), self.folder.to_owned());
        // Renewals of the lease do not wait for a disk, nor for the compression of a large file.
        let bytes = spawn_blocking(move || moved.bytes(&folder)).await;
        let bytes = bytes.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(error) => Err(self.store.error(format!("cannot send {}: {error}", file.path))),
        })?;
        self.lease.check()?;
        let length = bytes.len() as u64;
        let tag = self.store.put(&file.path, bytes, Some(&file.headers)).await?;
        Ok((file.path.clone(), Entry::of(file.digest(), tag, length)))
    }

    /// Removes what is to go, and then says in the manifest what is there.
    async fn end(
        &self,
        plan: &Plan<'_>,
        sent: &BTreeMap<String, Entry>,
        known: &Known,
        one_more: impl Fn(),
    ) -> Result<(), Diagnostic> {
        for turn in plan.deletes.chunk_by(|a, b| is_page(a) == is_page(b)) {
            self.lease.check()?;
            self.store.remove(turn, &one_more).await?;
        }
        let mut files = plan.kept.clone();
        for upload in &plan.uploads {
            let path = &upload.file.path;
            files.extend(sent.get(path).map(|entry| (path.clone(), entry.clone())));
        }
        self.lease.check()?;
        self.store
            .replace(manifest::MANIFEST, &manifest::pack(&files), known.version.as_ref())
            .await
            .map(|_| ())
    }
}

/// What a deploy is about to change, and what of it is done.
struct Journal<'a> {
    store: &'a Store,
    files: BTreeMap<String, Entry>,
    /// As it was last written, by whomever.
    version: Option<UpdateVersion>,
    /// Of the journal as it was last written, in bytes.
    length: u64,
    /// How many bytes of files were sent since.
    sent: u64,
}

impl Journal<'_> {
    async fn note(&mut self, path: String, entry: Entry) -> Result<(), Diagnostic> {
        self.sent += entry.length;
        self.files.insert(path, entry);
        if self.sent < self.length * BYTES_FOR_A_JOURNAL {
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
