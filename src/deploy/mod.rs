//! A published folder becomes the same folder at a host, in an order in which no reader meets a page whose parts are missing.
//!
//! What differs is found by digests, from the manifest that lies at the target, and the manifest is believed only as far as
//! a listing of the target bears it out. While a deploy is under way, its journal lies there, too: of a deploy that died it
//! says what may be there without being in the manifest.

mod delivery;
mod environment;
mod failure;
mod gzip;
mod lease;
mod local;
mod manifest;
mod names;
mod plan;
mod purge;
mod store;

use std::cell::OnceCell;
use std::io;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use futures_util::FutureExt as _;
use serde::Serialize;
use tokio::runtime::Runtime;
use tokio::time::sleep;

use crate::build::{Progress, WAITING, Watcher};
use crate::config::{Host, Target};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::preflight::preflight;
use crate::publish::{self, Lock};
use crate::source;

use delivery::Delivery;
use lease::{Holder, Lease};
use local::LocalFile;
use manifest::Known;
use plan::Plan;
use store::{Remote, Sort, Store};

/// What is deployed, and where to.
#[derive(Debug)]
pub struct Options {
    /// The output folder of a build.
    pub folder: PathBuf,
    /// Where its files go.
    pub target: Target,
    /// What takes the site.
    pub host: Host,
    /// The path of the site's front page at its host; begins and ends with `/`.
    pub root: String,
    /// How many files may be removed.
    pub max_deletes: usize,
    /// Whether nothing is sent, and it is only found out what would be.
    pub dry_run: bool,
    /// Whether the lease of another deploy is taken over, and files are overwritten that newsgen did not put there.
    pub force: bool,
    /// A text that no other deploy has.
    pub id: String,
    /// The time in nanoseconds since 1970, which goes on while the machine sleeps.
    pub clock: fn() -> i64,
}

/// What a deploy did to its target. Paths are below it, and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Files that were sent.
    pub uploaded: Vec<String>,
    /// How many bytes these are, as they were sent.
    pub bytes: u64,
    /// Files that are gone.
    pub removed: Vec<String>,
    /// Assets that the site does not have any more and that stay for one more deploy.
    pub retired: Vec<String>,
    /// How many files were the same already.
    pub unchanged: usize,
    /// The paths of addresses of which caches hold an old answer: `/news/x/`, or `/*` where there are too many.
    pub purge: Vec<String>,
}

/// Is told what a deploy has changed, while the target still remembers it: who dies before is told by the next deploy.
pub type Teller<'a> = &'a dyn Fn(&Changes) -> Result<(), Diagnostic>;

/// Says what is wrong with the last build of a published folder, at a time at which none is at work there, and with the files of the
/// folder, which are sorted by path, each with the digest of its bytes. An error keeps the folder from being deployed.
pub type Inspector<'a> = &'a dyn Fn(&[(&str, Digest)]) -> Vec<Diagnostic>;

/// What a deploy is at that lets another one come to its end.
const YIELDING: &str = "waiting for the other deploy to stop";

/// Deploys a published folder. While it does, no build changes the folder. When `end` has come once, it lets what is under way
/// arrive, and stops; when it has come once more, it stops at once. Returns warnings.
///
/// # Errors
/// All that is wrong with the folder and its target, what the target refuses, what `tell` says, and that it was ended.
pub fn deploy(
    options: &Options,
    inspect: Inspector<'_>,
    watcher: Watcher<'_>,
    tell: Teller<'_>,
    end: impl AsyncFn(),
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let waits = || watcher(Progress::wait(WAITING));
    let _hold = publish::hold(&options.folder, waits).map_err(|error| vec![error])?;
    refuse_nesting(options).map_err(|error| vec![error])?;
    let files = local::files(&options.folder, &options.target)?;
    let digests: Vec<(&str, Digest)> = files.iter().map(|file| (file.path.as_str(), file.content)).collect();
    let mut found = inspect(&digests);
    found.extend(preflight(options.host, &local::load(&files, &options.folder, &options.target.url)));
    if found.iter().any(Diagnostic::is_error) {
        return Err(found);
    }
    // What is still being written to a folder is written when the runtime goes, and the folder's lock goes after it.
    let lock = Rc::default();
    let runtime = runtime().map_err(|error| {
        let place = Place::file(options.folder.display().to_string());
        vec![Diagnostic::error(place, format!("cannot start the deploy: {error}"))]
    })?;
    let warnings = runtime.block_on(run(options, &files, &lock, watcher, tell, end))?;
    Ok(found.into_iter().chain(warnings).collect())
}

/// What runs a deploy. tokio panics where its first thread for files cannot be started, and only waits where others cannot.
fn runtime() -> io::Result<Runtime> {
    thread::Builder::new().spawn(|| {})?;
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().thread_keep_alive(Duration::MAX).build()?;
    runtime.spawn_blocking(|| {});
    Ok(runtime)
}

/// A folder that is deployed must not hold its target, nor be held by it.
fn refuse_nesting(options: &Options) -> Result<(), Diagnostic> {
    let url = options.target.url.as_url();
    let Ok(target) = url.to_file_path() else { return Ok(()) };
    let (target, folder) = (source::real_path(&target), source::real_path(&options.folder));
    if target.starts_with(&folder) || folder.starts_with(&target) {
        let message = "the target and the published folder lie inside one another";
        return Err(Diagnostic::error(Place::file(url.as_str()), message).help("choose another target"));
    }
    Ok(())
}

async fn run(
    options: &Options,
    files: &[LocalFile],
    lock: &Rc<OnceCell<Lock>>,
    watcher: Watcher<'_>,
    tell: Teller<'_>,
    end: impl AsyncFn(),
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let longest = files.iter().map(|file| file.length).max().unwrap_or(0);
    let mut store = Store::open(&options.target, !options.dry_run, longest).map_err(|error| vec![error])?;
    store.lock = Rc::clone(lock);
    let seen = Seen::look(&store).await?;
    let plan = seen.plan(files, options, &store)?;
    let tidies = options.force && (seen.has_lease || !seen.litter.is_empty());
    if options.dry_run || (plan.is_empty() && !tidies) {
        tell(&plan.changes(options)).map_err(|error| vec![error])?;
        return Ok(seen.warnings(plan.left, &store));
    }
    let told = end().shared();
    tokio::select! {
        biased;
        () = async { told.clone().await; end().await } => Err(vec![lease::left(&store)]),
        result = run_alone(options, files, &store, told.clone(), watcher, tell) => result,
    }
}

/// How long what is under way is waited for when a deploy is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Deploys with the lease held, until it is `told` to stop.
async fn run_alone(
    options: &Options,
    files: &[LocalFile],
    store: &Store,
    told: impl Future<Output = ()> + Clone,
    watcher: Watcher<'_>,
    tell: Teller<'_>,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let holder = Holder { id: &options.id, clock: options.clock };
    let lease = Lease::take(store, holder, options.force).await.map_err(|error| vec![error])?;
    let patience = async {
        told.clone().await;
        lease.stop();
        sleep(GRACE).await;
    };
    let work = async {
        let waits = || watcher(Progress::wait(YIELDING));
        tokio::select! {
            () = lease.until_alone(waits) => {}
            () = told.clone() => {}
        }
        deliver(options, files, &lease, store, watcher, tell).await
    };
    let delivered = async {
        tokio::select! {
            biased;
            () = patience => Err(vec![lease.stopped()]),
            delivered = lease.while_held(work) => delivered,
        }
    };
    // Whoever fails by a mistake of newsgen's keeps no other deploy away.
    let delivered = AssertUnwindSafe(delivered).catch_unwind().await;
    let released = lease.release().await;
    match delivered.unwrap_or_else(|panic| resume_unwind(panic)) {
        Ok(warnings) => Ok(warnings.into_iter().chain(released.err()).collect()),
        Err(errors) => Err(errors.into_iter().chain(released.err()).collect()),
    }
}

/// Brings the target to what the folder is, with the lease held.
async fn deliver(
    options: &Options,
    files: &[LocalFile],
    lease: &Lease<'_>,
    store: &Store,
    watcher: Watcher<'_>,
    tell: Teller<'_>,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    // What was there before may have been changed by whoever had the lease.
    let seen = Seen::look(store).await?;
    let plan = seen.plan(files, options, store)?;
    let remove = async |paths: &[String]| store.remove(paths, || {}).await.map_err(|error| vec![error]);
    lease.check().map_err(|error| vec![error])?;
    remove(&seen.litter).await?;
    let mut changes = plan.changes(options);
    if !plan.is_empty() {
        let (folder, uploads) = (&options.folder, options.target.uploads);
        changes.bytes = Delivery { store, folder, uploads, lease, watcher }.run(&plan, &seen.known).await?;
    }
    tell(&changes).map_err(|error| vec![error])?;
    if !plan.is_empty() {
        remove(&[manifest::JOURNAL.to_owned()]).await?;
    }
    Ok(seen.warnings(plan.left, store))
}

/// What lies at a target.
struct Seen {
    known: Known,
    listing: Vec<Remote>,
    /// Symbolic links in a folder.
    links: Vec<String>,
    /// Objects with names that no file of a site can have.
    odd: Vec<String>,
    /// What deploys that died left of their questions for the time.
    litter: Vec<String>,
    /// Whether some deploy has the lease, or left it behind.
    has_lease: bool,
}

impl Seen {
    async fn look(store: &Store) -> Result<Self, Vec<Diagnostic>> {
        let looked = async {
            store.refuse_links(lease::LEASE)?;
            let listing = store.list().await?;
            let has = |path: &str| listing.iter().any(|file| file.path == path);
            let known = Known::read(store, has(manifest::MANIFEST), has(manifest::JOURNAL)).await?;
            let has_lease = has(lease::LEASE);
            let of_sort = |sort: Sort| {
                let found = listing.iter().filter(|file| file.sort == sort).map(|file| file.path.clone());
                found.collect::<Vec<String>>()
            };
            let (links, odd) = (of_sort(Sort::Link), of_sort(Sort::OddName));
            let (own, listing): (Vec<Remote>, _) =
                listing.into_iter().partition(|file| local::is_own(&file.path));
            let litter = own.into_iter().filter(|file| file.sort == Sort::File).map(|file| file.path);
            let litter = litter.filter(|path| path.starts_with(store::CLOCK)).collect();
            Ok(Self { known, listing, links, odd, litter, has_lease })
        };
        looked.await.map_err(|error: Diagnostic| vec![error])
    }

    fn plan<'f>(
        &self,
        files: &'f [LocalFile],
        options: &Options,
        store: &Store,
    ) -> Result<Plan<'f>, Vec<Diagnostic>> {
        Plan::new(files, &self.known, &self.listing, options.force)
            .and_then(|plan| plan.past(&self.links))
            .and_then(|plan| plan.within(options.max_deletes))
            .map_err(|refusals| refusals.into_iter().map(|refusal| store.refusal(refusal)).collect())
    }

    /// What somebody should look at, when files are `left` that newsgen knew and that are not its own any more.
    fn warnings(&self, left: Vec<String>, store: &Store) -> Vec<Diagnostic> {
        store.odd_names(&self.odd).into_iter().chain(store.warnings(left)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;
    use crate::config::{Config, Overrides};

    fn options(folder: PathBuf) -> Options {
        let now = chrono::DateTime::UNIX_EPOCH;
        let overrides = Overrides { base_url: None, now, unpublished: false, future: false, preview: false };
        let text = "title = \"T\"\nbase_url = \"https://t.example\"\n[deploy.live]\nurl = \"s3://memory\"\n";
        let config = Config::read("site.toml", text, &overrides).expect("config");
        Options {
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
    fn a_panic_gives_the_lease_back() {
        let folder = tempfile::tempdir().expect("folder");
        publish::create_file(&folder.path().join("a.txt"), b"a").expect("file");
        let (options, store) = (options(folder.path().to_owned()), Store::in_memory());
        let files = local::files(&options.folder, &options.target).expect("files");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        let watcher =
            |progress: Progress| assert!(progress.is_wait(), "it fails when the first file has arrived");
        let run = run_alone(&options, &files, &store, std::future::pending(), &watcher, &|_| Ok(()));
        catch_unwind(AssertUnwindSafe(|| runtime.block_on(run))).expect_err("panic");
        let left: Vec<String> =
            runtime.block_on(store.list()).expect("list").into_iter().map(|file| file.path).collect();
        assert_eq!(left, [manifest::JOURNAL, "a.txt"]);
    }
}
