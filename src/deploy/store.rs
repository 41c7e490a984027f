//! A target as a store of objects, whose paths are those of files.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, Error, ObjectStore, ObjectStoreExt as _, PutMode,
    PutOptions, PutPayload, PutResult, RetryConfig, UpdateVersion,
};
use tokio::time::{Instant, sleep};

use super::environment::{settings, value_of};
use super::failure::{failure, is_refusal};
use super::local::{Headers, has_reserved_name};
use super::manifest::LONGEST;
use super::names::{OddNames, is_path};
use super::plan::Refusal;
use crate::config::{Target, TargetUrl};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::publish::{self, Lock};
use crate::source;

/// Where the files lie by which a store is asked for the time.
pub(super) const CLOCK: &str = ".newsgen/clock-";

/// A target.
pub(super) struct Store {
    objects: Arc<dyn ObjectStore>,
    url: TargetUrl,
    /// Where it is, if it is a folder of this machine.
    pub(super) folder: Option<PathBuf>,
    /// Of that folder, while a deploy is at work there.
    pub(super) lock: Rc<OnceCell<Lock>>,
    /// The objects that listings cannot name, for whose names the store's answers are looked through.
    odd_names: OddNames,
    /// How many changes have begun, and are not answered.
    under_way: Cell<usize>,
    /// Whether guarded objects cannot be put.
    #[cfg(test)]
    pub(super) fails: Cell<bool>,
    /// Whether objects are replaced whatever their versions are.
    #[cfg(test)]
    pub(super) knows_no_versions: Cell<bool>,
}

/// A file at a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remote {
    pub(super) path: String,
    /// Its entity tag (RFC 9110, section 8.8.3), which is another one when its bytes are others.
    pub(super) tag: Option<String>,
    /// In bytes.
    pub(super) length: u64,
    pub(super) sort: Sort,
}

/// What a listing names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// A file, or an object that could be one.
    #[default]
    File,
    /// A symbolic link in a folder.
    Link,
    /// What has a name that no file of a site can have.
    OddName,
}

/// An object that is only replaced if nobody else has replaced it.
pub(super) struct Guarded {
    pub(super) bytes: Vec<u8>,
    pub(super) version: UpdateVersion,
    /// By the store's clock.
    pub(super) changed_at: DateTime<Utc>,
}

/// How a guarded object is put in its place.
pub(super) enum Guard<'v> {
    /// Only if there is none.
    IfAbsent,
    /// Only if it is this version.
    IfStill(&'v UpdateVersion),
}

/// What became of it.
pub(super) enum Guarding {
    Put(UpdateVersion),
    /// Somebody else was there.
    Refused,
}

impl Store {
    /// Opens a target, with the credentials of the environment, for files of up to `longest` bytes. A folder is made only if it is
    /// to be `written`.
    ///
    /// # Errors
    /// When it cannot be one.
    pub(super) fn open(target: &Target, written: bool, longest: u64) -> Result<Self, Diagnostic> {
        let Target { url, endpoint, region, .. } = target;
        let client =
            || client(endpoint.as_ref().is_some_and(|endpoint| endpoint.scheme() == "http"), longest);
        let server = endpoint.as_ref().map(|endpoint| endpoint.as_str().trim_end_matches('/').to_owned());
        let address = url.as_url();
        let bucket = address.host_str().unwrap_or_default();
        let unopened = |error: Error| failure(url, "open it", &error);
        let (mut folder, odd_names) = (None, OddNames::default());
        let objects: Arc<dyn ObjectStore> = match url {
            TargetUrl::S3(_) => {
                let settings = settings("AWS_", env::vars_os())?.into_iter();
                let mut builder = settings
                    .fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value))
                    .with_bucket_name(bucket)
                    .with_client_options(client())
                    .with_http_connector(odd_names.clone())
                    .with_retry(retry());
                if let Some(region) = region {
                    builder = builder.with_region(region);
                }
                if let Some(server) = server {
                    builder = builder.with_endpoint(server);
                }
                Arc::new(builder.build().map_err(unopened)?)
            }
            TargetUrl::GoogleCloud(_) => {
                let account = env::var_os("SERVICE_ACCOUNT").map(|path| value_of("SERVICE_ACCOUNT", &path));
                let account = account.transpose()?.filter(|path| !path.is_empty());
                let account = account.map(|path| (GoogleConfigKey::ServiceAccount, path));
                let settings = account.into_iter().chain(settings("GOOGLE_", env::vars_os())?);
                let mut builder = settings
                    .fold(GoogleCloudStorageBuilder::new(), |builder, (key, value)| {
                        builder.with_config(key, value)
                    })
                    .with_bucket_name(bucket)
                    .with_client_options(client())
                    .with_http_connector(odd_names.clone())
                    .with_retry(retry());
                if let Some(server) = server {
                    builder = builder.with_base_url(&server);
                }
                Arc::new(builder.build().map_err(unopened)?)
            }
            TargetUrl::Azure(_) => {
                let settings = settings("AZURE_", env::vars_os())?.into_iter();
                let mut builder = settings
                    .fold(MicrosoftAzureBuilder::new(), |builder, (key, value)| {
                        builder.with_config(key, value)
                    })
                    .with_container_name(bucket)
                    .with_client_options(client())
                    .with_http_connector(odd_names.clone())
                    .with_retry(retry());
                if let Some(server) = server {
                    builder = builder.with_endpoint(server);
                }
                Arc::new(builder.build().map_err(unopened)?)
            }
            TargetUrl::File(_) => {
                let path = address.to_file_path().unwrap_or_default();
                if !written && !source::is_folder(&path) {
                    let nothing = Arc::new(object_store::memory::InMemory::new());
                    return Ok(Self::of(nothing, url.clone(), Some(path), odd_names));
                }
                publish::make_folder(&path)?;
                let store = LocalFileSystem::new_with_prefix(&path).map_err(unopened)?;
                folder = Some(path);
                Arc::new(store.with_automatic_cleanup(true))
            }
        };
        let above = url.above();
        if above.is_empty() {
            return Ok(Self::of(objects, url.clone(), folder, odd_names));
        }
        let prefix = Path::parse(&above).map_err(|error| unopened(error.into()))?;
        Ok(Self::of(Arc::new(PrefixStore::new(objects, prefix)), url.clone(), folder, odd_names))
    }

    fn of(
        objects: Arc<dyn ObjectStore>,
        url: TargetUrl,
        folder: Option<PathBuf>,
        odd_names: OddNames,
    ) -> Self {
        Self {
            objects,
            url,
            folder,
            odd_names,
            lock: Rc::default(),
            under_way: Cell::default(),
            #[cfg(test)]
            fails: Cell::default(),
            #[cfg(test)]
            knows_no_versions: Cell::default(),
        }
    }

    /// A target in memory.
    #[cfg(test)]
    pub(super) fn in_memory() -> Self {
        let objects = Arc::new(object_store::memory::InMemory::new());
        let url = url::Url::parse("s3://memory").map(TargetUrl::S3);
        Self::of(objects, url.expect("address"), None, OddNames::default())
    }

    /// Makes a change. One that is dropped before it is answered may still come to pass; of one that fails at last it is not
    /// expected any more.
    async fn change<T>(&self, change: impl Future<Output = T>) -> T {
        self.under_way.update(|count| count + 1);
        let answer = change.await;
        self.under_way.update(|count| count - 1);
        answer
    }

    /// Whether a change was dropped.
    pub(super) fn is_busy(&self) -> bool {
        self.under_way.get() > 0
    }

    /// All files at the target.
    pub(super) async fn list(&self) -> Result<Vec<Remote>, Diagnostic> {
        let mut files = match &self.folder {
            Some(folder) => self.list_folder(folder)?,
            None => self.list_objects().await.map_err(|error| self.failure("list its files", &error))?,
        };
        // Consoles make such marks of folders.
        files.retain(|file| !file.path.is_empty());
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    async fn list_objects(&self) -> Result<Vec<Remote>, Error> {
        let remote = |meta: object_store::ObjectMeta| Remote {
            path: meta.location.as_ref().to_owned(),
            tag: plain_tag(meta.e_tag),
            length: meta.size,
            sort: Sort::File,
        };
        let listed = again(TRIES, || self.objects.list(None).try_collect::<Vec<_>>()).await?;
        let above = self.url.above();
        let odd = |(name, length): (String, u64)| Remote {
            path: name.strip_prefix(&above).map(str::to_owned).unwrap_or(name),
            tag: None,
            length,
            sort: Sort::OddName,
        };
        Ok(listed.into_iter().map(remote).chain(self.odd_names.take().into_iter().map(odd)).collect())
    }

    /// All files in a folder. The library would follow links.
    fn list_folder(&self, folder: &std::path::Path) -> Result<Vec<Remote>, Diagnostic> {
        if !source::is_folder(folder) {
            return Ok(Vec::new());
        }
        let entries = source::entries_below(folder)
            .map_err(|error| self.error(format!("cannot list its files: {error}")))?;
        let remote = |(path, metadata): (PathBuf, std::fs::Metadata)| {
            let name = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            let sort = match path.to_str() {
                _ if metadata.is_symlink() => Sort::Link,
                Some(_) if is_path(&name) => Sort::File,
                _ => Sort::OddName,
            };
            let tag = metadata.is_file().then(|| tag_of(&metadata));
            Remote { path: name, tag, length: metadata.len().max(u64::from(!metadata.is_file())), sort }
        };
        // What waits in a folder until it is whole is nobody's file.
        Ok(entries.into_iter().map(remote).filter(|file| !has_reserved_name(&file.path)).collect())
    }

    /// Refuses to go through a symbolic link to a path in a folder.
    pub(super) fn refuse_links(&self, path: &str) -> Result<(), Diagnostic> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        match folders.find(|part| is_link(&folder.join(part))) {
            Some(link) => Err(self.refusal(Refusal::Link(link.to_owned()))),
            None => Ok(()),
        }
    }

    /// Sends a file, and returns the entity tag that it has now.
    pub(super) async fn put(
        &self,
        path: &str,
        bytes: Vec<u8>,
        headers: Option<&Headers>,
    ) -> Result<Option<String>, Diagnostic> {
        self.refuse_links(path)?;
        let options = PutOptions { attributes: self.attributes(headers), ..PutOptions::default() };
        let failure = |error: Error| self.failure(&format!("send {path}"), &error);
        let place = Path::parse(path).map_err(|error| failure(error.into()))?;
        let payload = PutPayload::from(bytes);
        let put = || self.objects.put_opts(&place, payload.clone(), options.clone());
        Ok(plain_tag(self.change(again(TRIES, put)).await.map_err(failure)?.e_tag))
    }

    /// Removes files. One that is gone already is gone. Calls `removed` for each that was there.
    pub(super) async fn remove(&self, paths: &[String], removed: impl Fn()) -> Result<(), Diagnostic> {
        paths.iter().try_for_each(|path| self.refuse_links(path))?;
        let left: RefCell<BTreeSet<&str>> = RefCell::new(paths.iter().map(String::as_str).collect());
        let remove = || async {
            let places: Vec<_> =
                left.borrow().iter().map(|path| Path::parse(path).map_err(Error::from)).collect();
            let mut failure = None;
            let mut results = self.objects.delete_stream(stream::iter(places).boxed());
            while let Some(result) = results.next().await {
                match result {
                    Ok(place) => {
                        left.borrow_mut().remove(place.as_ref());
                        removed();
                    }
                    Err(Error::NotFound { .. }) => {}
                    Err(error) => failure = Some(error),
                }
            }
            failure.map_or(Ok(()), Err)
        };
        self.change(again(POST_TRIES, remove)).await.map_err(|error| {
            let left = left.borrow();
            let first = left.first().copied().unwrap_or_default();
            let others = match left.len() {
                0 | 1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            self.failure(&format!("remove {first}{others}"), &error)
        })
    }

    /// An object with its version, if it is there.
    pub(super) async fn guarded(&self, path: &str) -> Result<Option<Guarded>, Diagnostic> {
        if let Some(folder) = &self.folder {
            return self.guarded_file(folder, path);
        }
        let place = Path::from(path);
        let get = || async {
            let result = self.objects.get(&place).await?;
            if result.meta.size > LONGEST {
                let source = format!("it is longer than {LONGEST} bytes").into();
                return Err(Error::NotSupported { source });
            }
            let version =
                UpdateVersion { e_tag: result.meta.e_tag.clone(), version: result.meta.version.clone() };
            let changed_at = result.meta.last_modified;
            Ok(Guarded { bytes: result.bytes().await?.to_vec(), version, changed_at })
        };
        match again(TRIES, get).await {
            Ok(guarded) => Ok(Some(guarded)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failure(&format!("read {path}"), &error)),
        }
    }

    /// As [`Store::guarded`], of a folder.
    fn guarded_file(&self, folder: &std::path::Path, path: &str) -> Result<Option<Guarded>, Diagnostic> {
        self.refuse_links(path)?;
        let place = folder.join(path);
        if is_link(&place) {
            return Err(self.refusal(Refusal::Link(path.to_owned())));
        }
        let read = source::read_if_there(&place, LONGEST);
        let bytes = read.map_err(|error| {
            self.error(format!("cannot read {path}: {error}"))
                .help("remove it, and deploy with `--force`: all files are then sent again")
        })?;
        let version = UpdateVersion { e_tag: None, version: None };
        Ok(bytes.map(|bytes| Guarded { bytes, version, changed_at: DateTime::UNIX_EPOCH }))
    }

    /// Puts an object in its place, unless somebody else has been there.
    pub(super) async fn put_guarded(
        &self,
        path: &str,
        bytes: Vec<u8>,
        guard: Guard<'_>,
    ) -> Result<Guarding, Diagnostic> {
        let mode = match guard {
            Guard::IfAbsent => PutMode::Create,
            Guard::IfStill(version) => PutMode::Update(version.clone()),
        };
        #[cfg(test)]
        if self.fails.get() {
            return Err(self.error("it fails"));
        }
        #[cfg(test)]
        let mode = match mode {
            PutMode::Update(_) if self.knows_no_versions.get() => PutMode::Overwrite,
            mode => mode,
        };
        let options = PutOptions { mode, attributes: self.attributes(None), ..PutOptions::default() };
        match self.objects.put_opts(&Path::from(path), PutPayload::from(bytes), options).await {
            Ok(PutResult { e_tag, version, .. }) => Ok(Guarding::Put(UpdateVersion { e_tag, version })),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotFound { .. }) => {
                Ok(Guarding::Refused)
            }
            Err(error) => Err(self.failure(&format!("write {path}"), &error)),
        }
    }

    /// As [`Store::put_guarded`], again and again where answers get lost: whether the bytes are there is then found out by looking.
    pub(super) async fn put_surely<'g>(
        &self,
        path: &str,
        bytes: &[u8],
        guard: impl Fn() -> Guard<'g>,
    ) -> Result<Guarding, Diagnostic> {
        let mut tries = 0;
        loop {
            tries += 1;
            let failure = match self.put_guarded(path, bytes.to_vec(), guard()).await {
                Ok(Guarding::Put(version)) => return Ok(Guarding::Put(version)),
                Ok(Guarding::Refused) => None,
                Err(failure) => Some(failure),
            };
            match (self.guarded(path).await?, failure) {
                (Some(found), _) if found.bytes == bytes => return Ok(Guarding::Put(found.version)),
                (_, None) => return Ok(Guarding::Refused),
                (_, Some(failure)) if tries == TRIES => return Err(failure),
                (_, Some(_)) => sleep(Duration::from_millis(200) * tries).await,
            }
        }
    }

    /// Puts one of newsgen's own files in the place of the one that was seen, if any was, and of no other. Returns its version.
    ///
    /// # Errors
    /// Those of the store, and where another deploy has put its own there.
    pub(super) async fn replace(
        &self,
        path: &str,
        bytes: &[u8],
        seen: Option<&UpdateVersion>,
    ) -> Result<Option<UpdateVersion>, Diagnostic> {
        if self.folder.is_some() {
            return self.put(path, bytes.to_vec(), None).await.map(|_| None);
        }
        let guard = || seen.map_or(Guard::IfAbsent, Guard::IfStill);
        match self.change(self.put_surely(path, bytes, guard)).await? {
            Guarding::Put(version) => Ok(Some(version)),
            Guarding::Refused => Err(self
                .error("another deploy has been at work there meanwhile")
                .help("run the deploy again")),
        }
    }

    /// What time it is by the store's clock, which it says of a file that is made for that.
    pub(super) async fn now(&self, id: &str) -> Result<DateTime<Utc>, Diagnostic> {
        let path = format!("{CLOCK}{id}");
        let place = Path::from(path.as_str());
        let time = again(TRIES, || async {
            self.objects.put(&place, PutPayload::from_static(b"")).await?;
            Ok(self.objects.head(&place).await?.last_modified)
        });
        let time = time.await.map_err(|error: Error| self.failure("ask it for the time", &error))?;
        self.remove(&[path], || {}).await?;
        Ok(time)
    }

    /// An error of the target itself.
    pub(super) fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(Place::file(self.url.as_url().as_str()), message)
    }

    /// Warnings of files that newsgen knew and that are not its own any more.
    pub(super) fn warnings(&self, left: Vec<String>) -> Vec<Diagnostic> {
        let warning = |path| {
            let message = format!(
                "{path} is not what newsgen put there, so it stays, though the site does not have it any more"
            );
            Diagnostic { severity: Severity::Warning, ..self.error(message) }
                .help("remove it, if nobody needs it")
        };
        left.into_iter().map(warning).collect()
    }

    /// A warning of objects that a deploy leaves alone for their names.
    pub(super) fn odd_names(&self, names: &[String]) -> Option<Diagnostic> {
        let shown: Vec<String> = names.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
        let others = match names.len().checked_sub(shown.len()) {
            None | Some(0) => String::new(),
            Some(count) => format!(" and {count} more"),
        };
        let message = format!(
            "it holds what has a name that no file of a site can have, and a deploy leaves it alone: {}{others}",
            shown.join(", ")
        );
        let warning = || Diagnostic { severity: Severity::Warning, ..self.error(message) };
        (!names.is_empty()).then(|| warning().help("remove it, if nobody needs it"))
    }

    /// Something of newsgen's own that newsgen cannot have written.
    pub(super) fn not_ours(&self, path: &str) -> Diagnostic {
        self.error(format!("{path} is not what this newsgen writes"))
            .help("remove it, and deploy with `--force`: all files are then sent again")
    }

    /// A refusal as an error of the target.
    pub(super) fn refusal(&self, refusal: Refusal) -> Diagnostic {
        match refusal {
            Refusal::HoldsOthers(count, first) => self
                .error(format!("it holds what newsgen did not put there: {first}, in all {count}"))
                .help("choose an empty place, or deploy with `--force`, which overwrites those in the way and removes none"),
            Refusal::InTheWay(path) => self
                .error(format!("{path} is there already, and newsgen did not put it there"))
                .help("remove it, or deploy with `--force`, which overwrites it"),
            Refusal::Link(path) => self
                .error(format!("{path} is a symbolic link, and a deploy does not follow it"))
                .help("remove the link, or deploy to the folder that it leads to"),
            Refusal::TooManyDeletes(count, limit) => self
                .error(format!("{count} files would be removed, and {limit} may be"))
                .help(format!("if that is right, deploy with `--max-deletes {count}`")),
        }
    }

    /// What is said of a file with these headers. newsgen's own files have none, and must not be cached; a folder keeps nothing.
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

    fn failure(&self, operation: &str, error: &Error) -> Diagnostic {
        failure(&self.url, operation, error)
    }
}

/// For how long a request is made again.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// How often a request is made at most that the library makes again, too, while no answer has begun.
const TRIES: u32 = 4;

/// How often a request by POST is made at most, which the library gives up at the first lost answer.
const POST_TRIES: u32 = 10;

/// Makes a request that can be made twice, again where the answer was lost on its way: the library does not ask again where an
/// answer has begun, nor by POST.
async fn again<T, F: Future<Output = Result<T, Error>>>(
    most: u32,
    request: impl Fn() -> F,
) -> Result<T, Error> {
    let (mut tries, began_at) = (1, Instant::now());
    loop {
        match request().await {
            Err(error)
                if tries < most
                    && began_at.elapsed() < LONGEST_WAIT
                    && matches!(error, Error::Generic { .. })
                    && !is_refusal(&error) =>
            {
                sleep(Duration::from_millis(200) * tries).await;
                tries += 1;
            }
            result => return result,
        }
    }
}

/// How many names a warning shows.
const MOST_NAMES: usize = 5;

fn is_link(path: &std::path::Path) -> bool {
    source::kind_of(path).is_ok_and(|kind| kind.is_some_and(|kind| kind.is_symlink()))
}

/// The entity tag that the library gives a file when it writes it.
fn tag_of(metadata: &std::fs::Metadata) -> String {
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(metadata);
    #[cfg(not(unix))]
    let inode = 0;
    let changed_at = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{inode:x}-{:x}-{:x}", changed_at.unwrap_or_default().as_micros(), metadata.len())
}

/// Entity tags are in quotation marks in some answers and not in others.
fn plain_tag(tag: Option<String>) -> Option<String> {
    tag.map(|tag| tag.trim_matches('"').to_owned())
}

/// How many bytes a second each of the files comes forward that are on their way at the slowest.
const SLOWEST: u64 = 10_000;

/// An endpoint of site.toml may do without encryption, since `config` lets only those through that are on this machine. No request
/// takes longer than that of the longest file, in bytes, on a slow line.
fn client(allows_http: bool, longest: u64) -> ClientOptions {
    ClientOptions::new()
        .with_allow_http(allows_http)
        .with_connect_timeout(Duration::from_secs(10))
        .with_timeout(Duration::from_secs(60 + longest / SLOWEST))
}

/// A store that is busy or out of reach is asked again, after 0.1 s at first and 10 s at last.
fn retry() -> RetryConfig {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(10),
        base: 2.0,
    };
    RetryConfig { backoff, max_retries: 6, retry_timeout: Duration::from_secs(120) }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// How often a request is made that always loses its answer.
    async fn tries(most: u32) -> u32 {
        let count = Cell::new(0);
        let request = || async {
            count.set(count.get() + 1);
            Err::<(), _>(Error::Generic { store: "S3", source: "Connection reset by peer".into() })
        };
        again(most, request).await.expect_err("the answer is lost");
        count.get()
    }

    #[test]
    fn requests_by_post_are_retried_more_often() {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().expect("runtime");
        runtime.block_on(async { assert_eq!((tries(TRIES).await, tries(POST_TRIES).await), (4, 10)) });
    }
}
