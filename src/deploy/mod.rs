//! Deploys a published folder to a host, in an order that never shows readers a page with missing
//! parts.
//!
//! Differences are found by digest, from the manifest stored at the target, which is trusted only
//! as far as a listing of the target confirms it. During a deploy, a journal is stored there, too:
//! after an interrupted deploy it lists files that may exist without being in the manifest.

mod backends;
mod environment;
mod error;
mod folder;
mod gzip;
mod lease;
mod local_files;
mod manifest;
mod object_names;
mod plan;
mod purge;
mod remote_file;
mod retry;
mod store;
mod upload;

use std::cell::OnceCell;
use std::io;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::runtime::Runtime;
use tokio::time::sleep;

use crate::build::{Progress, ProgressFn, WAITING_FOR_BUILD, cache};
use crate::config::{Host, Target};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::digest::Digest;
use crate::preflight::preflight;
use crate::publish::{self, FileLock};
use crate::source;

use lease::{Lease, LeaseHolder};
use local_files::LocalFile;
use manifest::DeployRecord;
pub use plan::DeployChanges;
use plan::DeployPlan;
use remote_file::{RemoteFile, RemoteKind};
use store::Store;
use upload::Uploader;

/// Options of a deploy.
#[derive(Debug)]
pub struct DeployOptions {
    /// The output folder of a build.
    pub folder: PathBuf,
    /// The folder of the site's sources.
    pub site_folder: PathBuf,
    /// The target.
    pub target: Target,
    /// The host of the target.
    pub host: Host,
    /// The URL path of the front page; begins and ends with `/`.
    pub root: String,
    /// The maximum number of files to remove.
    pub max_deletes: usize,
    /// Whether to change nothing and only report what would change.
    pub dry_run: bool,
    /// Whether to take over the lease of another deploy and to overwrite foreign files.
    pub force: bool,
    /// A unique id of this deploy.
    pub id: String,
    /// A clock that keeps running while the machine sleeps, in nanoseconds since 1970.
    pub clock: fn() -> i64,
}

/// Callback invoked before the journal is deleted, so that an interrupted deploy reports its
/// changes again next time.
pub type OnChanges<'a> = &'a dyn Fn(&DeployChanges) -> Result<(), Diagnostic>;

/// Checks the last build of the published folder while no build is running. An error prevents the
/// deploy.
pub type BuildCheck<'a> = &'a dyn Fn(&[(&str, Digest)]) -> Vec<Diagnostic>;

/// The progress message while another deploy finishes.
const WAITING_FOR_DEPLOY: &str = "waiting for the other deploy to stop";

/// Deploys a published folder, which stays locked against builds meanwhile. When `end` resolves
/// once, uploads in progress are completed before stopping; when it resolves again, the deploy
/// stops at once. Returns warnings.
///
/// # Errors
/// All problems of the folder and its target, errors of the store and of `on_changes`, and that the
/// deploy was stopped.
pub fn deploy(
    options: &DeployOptions,
    check_build: BuildCheck<'_>,
    on_progress: ProgressFn<'_>,
    on_changes: OnChanges<'_>,
    end: impl AsyncFn(),
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let on_wait = || on_progress(Progress::waiting(WAITING_FOR_BUILD));
    let _hold = publish::lock_shared(&options.folder, on_wait).map_err(|error| vec![error])?;
    refuse_nesting(options).map_err(|error| vec![error])?;
    let files = local_files::files(&options.folder, &options.target)?;
    let digests: Vec<(&str, Digest)> =
        files.iter().map(|file| (file.path.as_str(), file.content)).collect();
    let mut found = check_build(&digests);
    let contents = local_files::load(&files, &options.folder, &options.target.url);
    found.extend(preflight(options.host, &contents.map_err(|error| vec![error])?));
    if found.iter().any(Diagnostic::is_error) {
        return Err(found);
    }
    // Dropping the runtime completes pending writes to a folder; only then is its lock released.
    let lock = Rc::default();
    let runtime = runtime().map_err(|error| {
        let location = Location::file(options.folder.display().to_string());
        vec![Diagnostic::new(Code::NoThread, location, format!("cannot start the deploy: {error}"))]
    })?;
    let warnings = runtime.block_on(run(options, &files, &lock, on_progress, on_changes, end))?;
    Ok(found.into_iter().chain(warnings).collect())
}

/// The runtime of a deploy. tokio panics if its first file thread cannot be started; later ones it
/// only waits for.
fn runtime() -> io::Result<Runtime> {
    thread::Builder::new().spawn(|| {})?;
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().thread_keep_alive(Duration::MAX).build()?;
    runtime.spawn_blocking(|| {});
    Ok(runtime)
}

/// Refuses a target that overlaps the published folder or the site's sources.
fn refuse_nesting(options: &DeployOptions) -> Result<(), Diagnostic> {
    let url = options.target.url.as_url();
    let Ok(target) = url.to_file_path() else { return Ok(()) };
    let refused = |what: &str| {
        let message = format!("the target must not overlap {what}");
        Err(Diagnostic::new(Code::UnusableFolder, Location::file(url.as_str()), message)
            .help("choose another target"))
    };
    if let Some(name) = source::overlapping_folder(&options.site_folder, &target) {
        return refused(&format!("the site's `{name}`"));
    }
    let (target, folder) = (source::canonicalize(&target), source::canonicalize(&options.folder));
    if target.starts_with(source::canonicalize(&options.site_folder.join(cache::FOLDER))) {
        return refused(&format!("the site's `{}`", cache::FOLDER));
    }
    if target.starts_with(&folder) || folder.starts_with(&target) {
        return refused("the published folder");
    }
    Ok(())
}

async fn run(
    options: &DeployOptions,
    files: &[LocalFile],
    lock: &Rc<OnceCell<FileLock>>,
    on_progress: ProgressFn<'_>,
    on_changes: OnChanges<'_>,
    end: impl AsyncFn(),
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let longest = files.iter().map(|file| file.length).max().unwrap_or(0);
    let mut store =
        Store::open(&options.target, !options.dry_run, longest).map_err(|error| vec![error])?;
    store.lock = Rc::clone(lock);
    let remote_state = RemoteState::fetch(&store).await?;
    let plan = remote_state.plan(files, options, &store)?;
    let tidies = !remote_state.leftovers(files).is_empty()
        || options.force && (remote_state.has_lease || !remote_state.stale_probes.is_empty());
    if options.dry_run || (plan.is_empty() && !tidies) {
        on_changes(&plan.changes(&options.root, options.target.purge_limit))
            .map_err(|error| vec![error])?;
        return Ok(remote_state.warnings(plan.left, &store));
    }
    let stop_signal = end().shared();
    tokio::select! {
        biased;
        () = async { stop_signal.clone().await; end().await } => Err(vec![lease::left_behind(&store)]),
        result = run_with_lease(options, files, &store, stop_signal.clone(), on_progress, on_changes) => result,
    }
}

/// The time for which pending uploads are awaited when the deploy is stopped.
const STOP_GRACE_PERIOD: Duration = Duration::from_secs(10);

/// Deploys while holding the lease, until `stop_signal` resolves.
async fn run_with_lease(
    options: &DeployOptions,
    files: &[LocalFile],
    store: &Store,
    stop_signal: impl Future<Output = ()> + Clone,
    on_progress: ProgressFn<'_>,
    on_changes: OnChanges<'_>,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let holder = LeaseHolder { id: &options.id, clock: options.clock };
    let lease = Lease::take(store, holder, options.force).await.map_err(|error| vec![error])?;
    let patience = async {
        stop_signal.clone().await;
        lease.stop();
        sleep(STOP_GRACE_PERIOD).await;
    };
    let work = async {
        let on_wait = || on_progress(Progress::waiting(WAITING_FOR_DEPLOY));
        tokio::select! {
            () = lease.wait_for_previous_holder(on_wait) => {}
            () = stop_signal.clone() => {}
        }
        update_target(options, files, &lease, store, on_progress, on_changes).await
    };
    let delivered = async {
        tokio::select! {
            biased;
            () = patience => Err(vec![lease.stopped()]),
            delivered = lease.while_held(work) => delivered,
        }
    };
    // A panic must not leave the lease behind and keep other deploys away.
    let delivered = AssertUnwindSafe(delivered).catch_unwind().await;
    let released = lease.release().await;
    match delivered.unwrap_or_else(|panic| resume_unwind(panic)) {
        Ok(warnings) => Ok(warnings.into_iter().chain(released.err()).collect()),
        Err(errors) => Err(errors.into_iter().chain(released.err()).collect()),
    }
}

/// Makes the target equal to the folder, while holding the lease.
async fn update_target(
    options: &DeployOptions,
    files: &[LocalFile],
    lease: &Lease<'_>,
    store: &Store,
    on_progress: ProgressFn<'_>,
    on_changes: OnChanges<'_>,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    // The previous holder of the lease may have changed the target.
    let remote_state = RemoteState::fetch(store).await?;
    let plan = remote_state.plan(files, options, store)?;
    let remove =
        async |paths: &[String]| store.remove(paths, || {}).await.map_err(|error| vec![error]);
    lease.check().map_err(|error| vec![error])?;
    remove(&remote_state.stale_probes).await?;
    store.remove_temporary(&remote_state.leftovers(files)).map_err(|error| vec![error])?;
    let mut changes = plan.changes(&options.root, options.target.purge_limit);
    if !plan.is_empty() {
        let (folder, uploads) = (&options.folder, options.target.uploads);
        changes.bytes = Uploader { store, folder, uploads, lease, on_progress }
            .run(&plan, &remote_state.record)
            .await?;
    }
    on_changes(&changes).map_err(|error| vec![error])?;
    if !plan.is_empty() {
        remove(&[manifest::JOURNAL.to_owned()]).await?;
    }
    Ok(remote_state.warnings(plan.left, store))
}

/// The state of a target: its listing and what newsgen recorded there.
struct RemoteState {
    record: DeployRecord,
    listing: Vec<RemoteFile>,
    /// Symbolic links in a folder.
    links: Vec<String>,
    /// Objects with names that no file of a site can have.
    invalid_names: Vec<String>,
    /// Files in a folder with names of temporary ones.
    temporary: Vec<String>,
    /// Clock probes left behind by interrupted deploys.
    stale_probes: Vec<String>,
    /// Whether a lease exists, held or left behind.
    has_lease: bool,
}

impl RemoteState {
    async fn fetch(store: &Store) -> Result<Self, Vec<Diagnostic>> {
        let looked = async {
            store.refuse_links(lease::LEASE)?;
            let listing = store.list().await?;
            let has = |path: &str| listing.iter().any(|file| file.path == path);
            let record =
                DeployRecord::read(store, has(manifest::MANIFEST), has(manifest::JOURNAL)).await?;
            let has_lease = has(lease::LEASE);
            let of_sort = |sort: RemoteKind| {
                let found =
                    listing.iter().filter(|file| file.kind == sort).map(|file| file.path.clone());
                found.collect::<Vec<String>>()
            };
            let (links, invalid_names, temporary) = (
                of_sort(RemoteKind::Link),
                of_sort(RemoteKind::InvalidName),
                of_sort(RemoteKind::Temporary),
            );
            let listing = listing.into_iter().filter(|file| file.kind != RemoteKind::Temporary);
            let (own, listing): (Vec<RemoteFile>, _) =
                listing.partition(|file| source::belongs_to_newsgen(&file.path));
            let stale_probes =
                own.into_iter().filter(|file| file.kind == RemoteKind::File).map(|file| file.path);
            let stale_probes =
                stale_probes.filter(|path| path.starts_with(store::CLOCK_PROBE)).collect();
            Ok(Self { record, listing, links, invalid_names, temporary, stale_probes, has_lease })
        };
        looked.await.map_err(|error: Diagnostic| vec![error])
    }

    /// The temporary files that killed deploys left: those beside files that are or were part of the
    /// site, or are newsgen's own. `files` are sorted by path.
    fn leftovers(&self, files: &[LocalFile]) -> Vec<String> {
        let recorded = &self.record.files;
        let is_known = |path: &str| {
            recorded.contains_key(path)
                || source::belongs_to_newsgen(path)
                || files.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok()
        };
        let is_leftover = |path: &&String| {
            let beside = path.rsplit_once('#').is_some_and(|(beside, _)| is_known(beside));
            beside && !recorded.contains_key(path.as_str())
        };
        self.temporary.iter().filter(is_leftover).cloned().collect()
    }

    fn plan<'f>(
        &self,
        files: &'f [LocalFile],
        options: &DeployOptions,
        store: &Store,
    ) -> Result<DeployPlan<'f>, Vec<Diagnostic>> {
        DeployPlan::new(files, &self.record, &self.listing, options.force)
            .and_then(|plan| plan.check_links(&self.links))
            .and_then(|plan| if store.folder.is_some() { plan.check_left() } else { Ok(plan) })
            .and_then(|plan| plan.check_max_deletes(options.max_deletes))
            .map_err(|refusals| {
                refusals.into_iter().map(|refusal| store.refusal(refusal)).collect()
            })
    }

    /// Warnings about foreign files: invalid names, and `left` files that somebody else has
    /// changed.
    fn warnings(&self, left: Vec<String>, store: &Store) -> Vec<Diagnostic> {
        store.invalid_names(&self.invalid_names).into_iter().chain(store.warnings(left)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;
    use crate::collection::fixture::config;

    fn options(folder: PathBuf) -> DeployOptions {
        let config = config("[deploy.live]\nurl = \"s3://memory\"\n");
        DeployOptions {
            site_folder: folder.join("site"),
            folder,
            target: config.targets[0].clone(),
            host: config.host,
            root: "/".to_owned(),
            max_deletes: 0,
            dry_run: false,
            force: false,
            id: "test".to_owned(),
            clock: || 0,
        }
    }

    #[test]
    fn panic_releases_the_lease() {
        let folder = tempfile::tempdir().expect("folder");
        publish::create_file(&folder.path().join("a.txt"), b"a").expect("file");
        let (options, store) = (options(folder.path().to_owned()), Store::in_memory());
        let files = local_files::files(&options.folder, &options.target).expect("files");
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        let on_progress = |progress: Progress| {
            assert!(progress.is_waiting(), "it fails when the first file has arrived");
        };
        let run =
            run_with_lease(&options, &files, &store, std::future::pending(), &on_progress, &|_| {
                Ok(())
            });
        catch_unwind(AssertUnwindSafe(|| runtime.block_on(run))).expect_err("panic");
        let left: Vec<String> = runtime
            .block_on(store.list())
            .expect("list")
            .into_iter()
            .map(|file| file.path)
            .collect();
        assert_eq!(left, [manifest::JOURNAL, "a.txt"]);
    }
}
