//! Who may change a target: one deploy at a time.
//!
//! In a store of objects a lease is an object that is put there only if there is none, and renewed as long as its holder is
//! at work. A holder that has not renewed it for a minute by the store's clock is dead. In a folder it is a lock of the
//! operating system, which dies with its process.

use std::time::Duration;

use futures_util::future::{Either, select};
use object_store::UpdateVersion;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

use super::store::{Guard, Guarded, Guarding, Store};
use crate::diagnostic::Diagnostic;
use crate::publish::{self, Lock};

/// Where the lease lies at a target.
pub(super) const LEASE: &str = ".newsgen/lease.json";

/// Where the lock of a folder lies in it.
const LOCK: &str = ".newsgen/lock";

/// How long a lease holds that is not renewed.
const LIFE: Duration = Duration::from_secs(60);

/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(5);

/// When its holder stops that could not renew it: before others may think it dead.
const PATIENCE: Duration = Duration::from_secs(45);

/// How often one tries to put a lease in its place where answers get lost.
const TRIES: u32 = 5;

/// The right to change a target.
pub(super) struct Lease<'s> {
    store: &'s Store,
    id: String,
    hold: Hold,
    /// Whether it was another deploy's before.
    is_taken_over: bool,
}

enum Hold {
    Object(Mutex<UpdateVersion>),
    /// Held until it is dropped.
    File(#[expect(dead_code, reason = "it is held")] Lock),
}

impl<'s> Lease<'s> {
    /// Takes the lease of a target for the deploy `id`, at once from another one if `force`.
    ///
    /// # Errors
    /// When another deploy has it, or it cannot be had.
    pub(super) async fn take(store: &'s Store, id: &str, force: bool) -> Result<Self, Diagnostic> {
        let lease = |hold, is_taken_over| Self { store, id: id.to_owned(), hold, is_taken_over };
        if let Some(folder) = &store.folder {
            let lock = publish::try_lock(&folder.join(LOCK))?;
            let lock = lock.ok_or_else(|| {
                store
                    .error("another deploy is at work there")
                    .help("wait for its end; its lock dies with its process")
            })?;
            return Ok(lease(Hold::File(lock), false));
        }
        let body = body(id);
        match put(store, &body, id, || Guard::IfAbsent).await? {
            Guarding::Put(version) => return Ok(lease(Hold::Object(Mutex::new(version)), false)),
            Guarding::Refused => {}
        }
        let Some(other) = store.guarded(LEASE).await? else { return Err(in_between(store)) };
        if !force {
            let age = (store.now(id).await? - other.changed_at).to_std().unwrap_or_default();
            if let Some(left) = LIFE.checked_sub(age) {
                return Err(busy(store, age, left));
            }
        }
        match put(store, &body, id, || Guard::IfStill(&other.version)).await? {
            Guarding::Put(version) => Ok(lease(Hold::Object(Mutex::new(version)), true)),
            Guarding::Refused => Err(in_between(store)),
        }
    }

    /// Whether it was taken from another deploy, which may not have noticed yet.
    pub(super) fn was_taken_over(&self) -> bool {
        self.is_taken_over
    }

    /// Does `work`, and stops it where the lease is lost.
    ///
    /// # Errors
    /// Those of `work`, or that the lease is lost.
    pub(super) async fn while_held<T>(
        &self,
        work: impl Future<Output = Result<T, Vec<Diagnostic>>>,
    ) -> Result<T, Vec<Diagnostic>> {
        match select(Box::pin(work), Box::pin(self.keep())).await {
            Either::Left((result, _)) => result,
            Either::Right((lost, _)) => Err(vec![lost]),
        }
    }

    /// Renews the lease for as long as it can be.
    async fn keep(&self) -> Diagnostic {
        let Hold::Object(version) = &self.hold else { return std::future::pending().await };
        let mut renewed_at = Instant::now();
        loop {
            sleep(RENEWAL).await;
            let mut version = version.lock().await;
            let began_at = Instant::now();
            let guard = || Guard::IfStill(&version);
            let renewed = timeout(PATIENCE, put(self.store, &body(&self.id), &self.id, guard)).await;
            match renewed {
                Ok(Ok(Guarding::Put(next))) => (*version, renewed_at) = (next, began_at),
                Ok(Ok(Guarding::Refused)) => {
                    return self.store.error("another deploy has taken over, so this one has stopped");
                }
                Ok(Err(_)) | Err(_) if renewed_at.elapsed() < PATIENCE => {}
                Ok(Err(error)) => return error,
                Err(_) => {
                    return self.store.error("it has not answered for too long").help("run the deploy again");
                }
            }
        }
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn release(self) -> Result<(), Diagnostic> {
        let Hold::Object(_) = &self.hold else { return Ok(()) };
        let is_ours = self.store.guarded(LEASE).await?.is_some_and(|lease| lease.bytes == body(&self.id));
        if is_ours { self.store.remove(&[LEASE.to_owned()], || {}).await } else { Ok(()) }
    }
}

/// Puts the lease of `id` in its place. An answer that got lost is found out by looking.
async fn put<'g>(
    store: &Store,
    body: &[u8],
    id: &str,
    guard: impl Fn() -> Guard<'g>,
) -> Result<Guarding, Diagnostic> {
    let mut tries = 0;
    loop {
        tries += 1;
        let failure = match store.put_guarded(LEASE, body.to_vec(), guard()).await {
            Ok(Guarding::Put(version)) => return Ok(Guarding::Put(version)),
            Ok(Guarding::Refused) => None,
            Err(failure) => Some(failure),
        };
        let found = store.guarded(LEASE).await?;
        match (found, failure) {
            (Some(Guarded { bytes, version, .. }), _) if bytes == self::body(id) => {
                return Ok(Guarding::Put(version));
            }
            (_, None) => return Ok(Guarding::Refused),
            (_, Some(failure)) if tries == TRIES => return Err(failure),
            (_, Some(_)) => sleep(Duration::from_millis(100) * tries).await,
        }
    }
}

fn body(id: &str) -> Vec<u8> {
    format!("{{\"holder\":\"{id}\"}}\n").into_bytes()
}

fn busy(store: &Store, age: Duration, left: Duration) -> Diagnostic {
    store
        .error(format!("another deploy is at work there; it was last heard of {} s ago", age.as_secs()))
        .help(format!(
            "wait for its end, or, if it is dead, {} s more; `--force` takes over at once",
            left.as_secs() + 1
        ))
}

fn in_between(store: &Store) -> Diagnostic {
    store.error("another deploy began or ended there just now").help("run the deploy again")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `test` with a clock that goes on whenever there is nothing else to do.
    fn block_on<T>(test: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("runtime").block_on(test)
    }

    #[test]
    fn one_deploy_holds_the_lease() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, "first", false).await.expect("lease");
            let refusal = Lease::take(&store, "second", false).await.err().expect("refusal");
            assert!(refusal.message.starts_with("another deploy is at work there"), "{refusal:?}");
            let ids: Vec<String> =
                store.list().await.expect("list").into_iter().map(|file| file.path).collect();
            assert_eq!(ids, [LEASE], "the question for the time leaves nothing behind");
            first.release().await.expect("release");
            let second = Lease::take(&store, "second", false).await.expect("lease");
            assert!(!second.was_taken_over());
        });
    }

    #[test]
    fn who_loses_the_lease_stops_and_leaves_it() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, "first", false).await.expect("lease");
            let renewed = timeout(10 * LIFE, first.keep()).await;
            assert!(renewed.is_err(), "it is renewed for as long as nobody else wants it");
            let second = Lease::take(&store, "second", true).await.expect("lease");
            assert!(second.was_taken_over());
            let work = std::future::pending::<Result<(), Vec<Diagnostic>>>();
            let lost = first.while_held(work).await.expect_err("loss");
            assert!(lost[0].message.starts_with("another deploy has taken over"), "{lost:?}");
            first.release().await.expect("release");
            let held = store.guarded(LEASE).await.expect("lease").expect("lease");
            assert_eq!(held.bytes, body("second"));
        });
    }

    #[test]
    fn a_lease_that_is_put_twice_for_a_lost_answer_is_held() {
        let store = Store::in_memory();
        block_on(async {
            put(&store, &body("first"), "first", || Guard::IfAbsent).await.expect("put");
            let again = put(&store, &body("first"), "first", || Guard::IfAbsent).await.expect("put");
            assert!(matches!(again, Guarding::Put(_)));
        });
    }
}
