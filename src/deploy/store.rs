//! A deploy target as an object store.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions,
    PutPayload, PutResult, UpdateVersion,
};

use super::error::{Refusal, store_error, target_error};
use super::local_files::Headers;
use super::object_names::InvalidNames;
use super::remote_file::{RemoteFile, RemoteKind};
use super::retry::{MAX_POST_TRIES, MAX_TRIES, pause, retry};
use super::{backends, folder};
use crate::config::{Target, TargetUrl};
use crate::diagnostic::{Code, Diagnostic};
use crate::publish::{self, FileLock};
use crate::source;

/// The prefix of files that are written to learn the store's time.
pub(super) const CLOCK_PROBE: &str = ".newsgen/clock-";

/// The maximum size of a manifest, journal or lease, in bytes.
const MAX_BYTES: u64 = 1 << 26;

/// A deploy target.
pub(super) struct Store {
    objects: Arc<dyn ObjectStore>,
    url: TargetUrl,
    /// The path, if the target is a local folder.
    pub(super) folder: Option<PathBuf>,
    /// The lock of that folder during a deploy.
    pub(super) lock: Rc<OnceCell<FileLock>>,
    /// Collects objects with invalid names, which the library cannot list.
    invalid_names: InvalidNames,
    /// The number of changes that began and did not get a response.
    pending_changes: Cell<usize>,
    /// Makes conditional puts fail.
    #[cfg(test)]
    pub(super) fails: Cell<bool>,
    /// Makes conditional puts ignore versions.
    #[cfg(test)]
    pub(super) ignores_versions: Cell<bool>,
}

/// An object with its version, for conditional puts.
pub(super) struct VersionedObject {
    pub(super) bytes: Vec<u8>,
    pub(super) version: UpdateVersion,
    /// The modification time, by the store's clock.
    pub(super) changed_at: DateTime<Utc>,
}

/// The condition of a put.
pub(super) enum Precondition<'v> {
    /// The object must not exist.
    IfAbsent,
    /// The object must have this version.
    IfStill(&'v UpdateVersion),
}

/// The result of a conditional put.
pub(super) enum PutOutcome {
    Put(UpdateVersion),
    /// The condition was not met.
    Refused,
}

impl Store {
    /// Opens a target with credentials from the environment, for files of up to `longest` bytes. A
    /// folder is created only if `written` is set.
    ///
    /// # Errors
    /// When the target or its configuration is invalid.
    pub(super) fn open(target: &Target, written: bool, longest: u64) -> Result<Self, Diagnostic> {
        let invalid_names = InvalidNames::default();
        let objects = backends::open(target, written, longest, &invalid_names)?;
        Ok(Self::of(objects, target.url.clone(), target.url.folder(), invalid_names))
    }

    fn of(
        objects: Arc<dyn ObjectStore>,
        url: TargetUrl,
        folder: Option<PathBuf>,
        invalid_names: InvalidNames,
    ) -> Self {
        Self {
            objects,
            url,
            folder,
            invalid_names,
            lock: Rc::default(),
            pending_changes: Cell::default(),
            #[cfg(test)]
            fails: Cell::default(),
            #[cfg(test)]
            ignores_versions: Cell::default(),
        }
    }

    /// A target in memory.
    #[cfg(test)]
    pub(super) fn in_memory() -> Self {
        let objects = Arc::new(object_store::memory::InMemory::new());
        let url = url::Url::parse("s3://memory").map(TargetUrl::S3);
        Self::of(objects, url.expect("address"), None, InvalidNames::default())
    }

    /// Runs a change and counts it as pending until it returns. A change that is dropped before may
    /// still arrive; one that finally fails will not.
    async fn change<T>(&self, change: impl Future<Output = T>) -> T {
        self.pending_changes.update(|count| count + 1);
        let answer = change.await;
        self.pending_changes.update(|count| count - 1);
        answer
    }

    /// Whether a change was dropped while pending.
    pub(super) fn is_busy(&self) -> bool {
        self.pending_changes.get() > 0
    }

    /// All files at the target.
    pub(super) async fn list(&self) -> Result<Vec<RemoteFile>, Diagnostic> {
        let mut files = match &self.folder {
            Some(folder) => folder::list(folder).map_err(|error| {
                self.error(Code::TargetFailed, format!("cannot list its files: {error}"))
            })?,
            None => self
                .list_objects()
                .await
                .map_err(|error| self.store_error("list its files", &error))?,
        };
        // Folder markers of consoles.
        files.retain(|file| !file.path.is_empty());
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    async fn list_objects(&self) -> Result<Vec<RemoteFile>, Error> {
        let remote = |meta: object_store::ObjectMeta| RemoteFile {
            path: meta.location.as_ref().to_owned(),
            tag: unquoted_etag(meta.e_tag),
            length: meta.size,
            kind: RemoteKind::File,
        };
        let listed = retry(MAX_TRIES, || self.objects.list(None).try_collect::<Vec<_>>()).await?;
        let above = self.url.key_prefix();
        let invalid_names = |(name, length): (String, u64)| RemoteFile {
            path: name.strip_prefix(&above).map(str::to_owned).unwrap_or(name),
            tag: None,
            length,
            kind: RemoteKind::InvalidName,
        };
        Ok(listed
            .into_iter()
            .map(remote)
            .chain(self.invalid_names.take().into_iter().map(invalid_names))
            .collect())
    }

    /// Refuses a path in a folder that leads through a symbolic link.
    pub(super) fn refuse_links(&self, path: &str) -> Result<(), Diagnostic> {
        let Some(folder) = &self.folder else { return Ok(()) };
        match folder::link_above(folder, path) {
            Some(link) => Err(self.refusal(Refusal::Link(link.to_owned()))),
            None => Ok(()),
        }
    }

    /// Uploads a file and returns its new entity tag.
    pub(super) async fn put(
        &self,
        path: &str,
        bytes: Vec<u8>,
        headers: Option<&Headers>,
    ) -> Result<Option<String>, Diagnostic> {
        self.refuse_links(path)?;
        let options = PutOptions { attributes: self.attributes(headers), ..PutOptions::default() };
        let store_error = |error: Error| {
            let error = self.store_error(&format!("send {path}"), &error);
            match self.folder.as_ref().and_then(|folder| folder::obstacle(folder, path)) {
                Some(obstacle) => error.help(format!("{obstacle}: remove it")),
                None => error,
            }
        };
        let object_path = Path::parse(path).map_err(|error| store_error(error.into()))?;
        let payload = PutPayload::from(bytes);
        let put = || self.objects.put_opts(&object_path, payload.clone(), options.clone());
        Ok(unquoted_etag(self.change(retry(MAX_TRIES, put)).await.map_err(store_error)?.e_tag))
    }

    /// Removes files, which may be gone already. Calls `removed` for each that existed.
    pub(super) async fn remove(
        &self,
        paths: &[String],
        removed: impl Fn(),
    ) -> Result<(), Diagnostic> {
        paths.iter().try_for_each(|path| self.refuse_links(path))?;
        let left: RefCell<BTreeSet<&str>> =
            RefCell::new(paths.iter().map(String::as_str).collect());
        let remove = || async {
            let places: Vec<_> =
                left.borrow().iter().map(|path| Path::parse(path).map_err(Error::from)).collect();
            let mut store_error = None;
            let mut results = self.objects.delete_stream(stream::iter(places).boxed());
            while let Some(result) = results.next().await {
                match result {
                    Ok(object_path) => {
                        left.borrow_mut().remove(object_path.as_ref());
                        removed();
                    }
                    Err(Error::NotFound { .. }) => {}
                    Err(error) => store_error = Some(error),
                }
            }
            store_error.map_or(Ok(()), Err)
        };
        self.change(retry(MAX_POST_TRIES, remove)).await.map_err(|error| {
            let left = left.borrow();
            let first = left.first().copied().unwrap_or_default();
            let others = match left.len() {
                0 | 1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            self.store_error(&format!("remove {first}{others}"), &error)
        })
    }

    /// Removes temporary files of a folder, whose names the library refuses.
    pub(super) fn remove_temporary(&self, paths: &[String]) -> Result<(), Diagnostic> {
        let Some(folder) = &self.folder else { return Ok(()) };
        paths.iter().try_for_each(|path| {
            self.refuse_links(path)?;
            publish::remove_with_empty_folders(folder, path)
                .map_err(|error| self.error(error.code, format!("{path}: {}", error.message)))
        })
    }

    /// An object with its version, if it exists.
    pub(super) async fn get_versioned(
        &self,
        path: &str,
    ) -> Result<Option<VersionedObject>, Diagnostic> {
        if let Some(folder) = &self.folder {
            return self.get_versioned_file(folder, path);
        }
        let object_path = Path::from(path);
        let get = || async {
            let result = self.objects.get(&object_path).await?;
            if result.meta.size > MAX_BYTES {
                let source = format!("it is longer than {MAX_BYTES} bytes").into();
                return Err(Error::NotSupported { source });
            }
            let version = UpdateVersion {
                e_tag: result.meta.e_tag.clone(),
                version: result.meta.version.clone(),
            };
            let changed_at = result.meta.last_modified;
            Ok(VersionedObject { bytes: result.bytes().await?.to_vec(), version, changed_at })
        };
        match retry(MAX_TRIES, get).await {
            Ok(guarded) => Ok(Some(guarded)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.store_error(&format!("read {path}"), &error)),
        }
    }

    /// [`Store::get_versioned`] for a folder.
    fn get_versioned_file(
        &self,
        folder: &std::path::Path,
        path: &str,
    ) -> Result<Option<VersionedObject>, Diagnostic> {
        self.refuse_links(path)?;
        let object_path = folder.join(path);
        if folder::is_link(&object_path) {
            return Err(self.refusal(Refusal::Link(path.to_owned())));
        }
        let read = source::read_optional(&object_path, MAX_BYTES);
        let bytes = read.map_err(|error| {
            self.error(Code::DamagedManifest, format!("cannot read {path}: {error}"))
                .help("remove it and deploy with `--force`, which uploads all files again")
        })?;
        let version = UpdateVersion { e_tag: None, version: None };
        Ok(bytes.map(|bytes| VersionedObject { bytes, version, changed_at: DateTime::UNIX_EPOCH }))
    }

    /// Puts an object if the precondition is met.
    pub(super) async fn put_if(
        &self,
        path: &str,
        bytes: Vec<u8>,
        precondition: Precondition<'_>,
    ) -> Result<PutOutcome, Diagnostic> {
        let mode = match precondition {
            Precondition::IfAbsent => PutMode::Create,
            Precondition::IfStill(version) => PutMode::Update(version.clone()),
        };
        #[cfg(test)]
        if self.fails.get() {
            return Err(self.error(Code::TargetFailed, "it fails"));
        }
        #[cfg(test)]
        let mode = match mode {
            PutMode::Update(_) if self.ignores_versions.get() => PutMode::Overwrite,
            mode => mode,
        };
        let options =
            PutOptions { mode, attributes: self.attributes(None), ..PutOptions::default() };
        match self.objects.put_opts(&Path::from(path), PutPayload::from(bytes), options).await {
            Ok(PutResult { e_tag, version, .. }) => {
                Ok(PutOutcome::Put(UpdateVersion { e_tag, version }))
            }
            Err(
                Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotFound { .. },
            ) => Ok(PutOutcome::Refused),
            Err(error) => Err(self.store_error(&format!("write {path}"), &error)),
        }
    }

    /// [`Store::put_if`] with retries: when a response was lost, a read finds out whether the bytes
    /// were stored.
    pub(super) async fn put_with_retry<'g>(
        &self,
        path: &str,
        bytes: &[u8],
        precondition: impl Fn() -> Precondition<'g>,
    ) -> Result<PutOutcome, Diagnostic> {
        let mut tries = 0;
        loop {
            tries += 1;
            let store_error = match self.put_if(path, bytes.to_vec(), precondition()).await {
                Ok(PutOutcome::Put(version)) => return Ok(PutOutcome::Put(version)),
                Ok(PutOutcome::Refused) => None,
                Err(store_error) => Some(store_error),
            };
            match (self.get_versioned(path).await?, store_error) {
                (Some(found), _) if found.bytes == bytes => {
                    return Ok(PutOutcome::Put(found.version));
                }
                (_, None) => return Ok(PutOutcome::Refused),
                (_, Some(store_error)) if tries == MAX_TRIES => return Err(store_error),
                (_, Some(_)) => pause(tries).await,
            }
        }
    }

    /// Replaces one of newsgen's own files, if it still has the version that was read. Returns the
    /// new version.
    ///
    /// # Errors
    /// The errors of the store, or that another deploy has replaced the file.
    pub(super) async fn replace(
        &self,
        path: &str,
        bytes: &[u8],
        remote_state: Option<&UpdateVersion>,
    ) -> Result<Option<UpdateVersion>, Diagnostic> {
        if self.folder.is_some() {
            return self.put(path, bytes.to_vec(), None).await.map(|_| None);
        }
        let precondition = || remote_state.map_or(Precondition::IfAbsent, Precondition::IfStill);
        match self.change(self.put_with_retry(path, bytes, precondition)).await? {
            PutOutcome::Put(version) => Ok(Some(version)),
            PutOutcome::Refused => Err(self
                .error(Code::DeployInProgress, "another deploy has changed it in the meantime")
                .help("run the deploy again")),
        }
    }

    /// The time by the store's clock, from the modification time of a file written for that
    /// purpose.
    pub(super) async fn now(&self, id: &str) -> Result<DateTime<Utc>, Diagnostic> {
        let path = format!("{CLOCK_PROBE}{id}");
        let object_path = Path::from(path.as_str());
        let time = retry(MAX_TRIES, || async {
            self.objects.put(&object_path, PutPayload::from_static(b"")).await?;
            Ok(self.objects.head(&object_path).await?.last_modified)
        });
        let time =
            time.await.map_err(|error: Error| self.store_error("ask it for the time", &error))?;
        self.remove(&[path], || {}).await?;
        Ok(time)
    }

    /// An error about the target itself.
    pub(super) fn error(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        target_error(code, &self.url, message)
    }

    /// Warnings about files that newsgen uploaded and somebody else has changed.
    pub(super) fn warnings(&self, left: Vec<String>) -> Vec<Diagnostic> {
        let warning = |path| {
            let message = format!(
                "{path} was changed by someone else, so it is kept although the site no longer has it"
            );
            self.error(Code::KeptAtTarget, message).help("remove it if it is not needed")
        };
        left.into_iter().map(warning).collect()
    }

    /// A warning about objects with invalid names, which deploys leave alone.
    pub(super) fn invalid_names(&self, names: &[String]) -> Option<Diagnostic> {
        let shown: Vec<String> =
            names.iter().take(MAX_NAMES).map(|name| format!("`{name}`")).collect();
        let others = match names.len().checked_sub(shown.len()) {
            None | Some(0) => String::new(),
            Some(count) => format!(" and {count} more"),
        };
        let message = format!(
            "it contains invalid file names, which are left alone: {}{others}",
            shown.join(", ")
        );
        let warning = || self.error(Code::KeptAtTarget, message);
        (!names.is_empty()).then(|| warning().help("remove it if it is not needed"))
    }

    /// The error for a manifest, journal or lease that newsgen cannot have written.
    pub(super) fn corrupt_file_error(&self, path: &str) -> Diagnostic {
        self.error(
            Code::DamagedManifest,
            format!("{path} was not written by this version of newsgen"),
        )
        .help("remove it and deploy with `--force`, which uploads all files again")
    }

    /// A refusal as an error about the target.
    pub(super) fn refusal(&self, refusal: Refusal) -> Diagnostic {
        refusal.into_error(&self.url)
    }

    /// The attributes of an object with these headers. newsgen's own files have none and must not
    /// be cached. A folder keeps no headers.
    fn attributes(&self, headers: Option<&Headers>) -> Attributes {
        let mut attributes = Attributes::new();
        if self.folder.is_some() {
            return attributes;
        }
        let Some(Headers { content_type, cache_control, gzip }) = headers else {
            attributes.insert(Attribute::CacheControl, "no-store".into());
            return attributes;
        };
        attributes.insert(Attribute::ContentType, content_type.clone().into());
        attributes.insert(Attribute::CacheControl, cache_control.clone().into());
        if *gzip {
            attributes.insert(Attribute::ContentEncoding, "gzip".into());
        }
        attributes
    }

    fn store_error(&self, operation: &str, error: &Error) -> Diagnostic {
        store_error(&self.url, operation, error)
    }
}

/// The maximum number of names in a warning.
const MAX_NAMES: usize = 5;

/// Some responses quote entity tags, others do not.
fn unquoted_etag(tag: Option<String>) -> Option<String> {
    tag.map(|tag| tag.trim_matches('"').to_owned())
}
