//! The lease: allows one deploy at a time to change a target.
//!
//! In an object store the lease is an object that is created only if absent, and renewed while its
//! holder works. A holder that has not renewed it for a minute by the store's clock is considered
//! dead. In a folder it is an operating-system lock, which is released with its process.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::Duration;

use futures_util::future::{Either, select};
use object_store::UpdateVersion;
use tokio::time::{Instant, sleep, timeout};

use super::store::{Precondition, PutOutcome, Store, VersionedObject};
use crate::diagnostic::{Code, Diagnostic};
use crate::publish;

/// The path of the lease at a target.
pub(super) const LEASE: &str = ".newsgen/lease.json";

/// The path of the lock file in a folder.
const LOCK: &str = ".newsgen/lock";

/// The time without renewal after which a lease expires.
const LEASE_TTL: Duration = Duration::from_secs(60);

/// The interval between renewals.
const RENEW_INTERVAL: Duration = Duration::from_secs(5);

/// The time in which a holder with a working connection notices that it lost the lease.
const TAKEOVER_NOTICE: Duration = Duration::from_secs(2 * RENEW_INTERVAL.as_secs());

/// A holder that could not renew its lease for this long stops, before others consider it dead.
const RENEW_DEADLINE: Duration = Duration::from_secs(45);

/// The holder of a lease.
#[derive(Clone, Copy)]
pub(super) struct LeaseHolder<'i> {
    /// Unique id of the deploy.
    pub(super) id: &'i str,
    /// A clock that keeps running while the machine sleeps, in nanoseconds since 1970.
    pub(super) clock: fn() -> i64,
}

/// The exclusive right to change a target.
pub(super) struct Lease<'s> {
    store: &'s Store,
    holder: LeaseHolder<'s>,
    hold: LeaseKind,
    /// The last time at which the lease was surely held.
    renewed_at: Cell<Timestamp>,
    /// The time for which the previous holder may still be working after a takeover.
    takeover_grace: Duration,
    /// Whether no new change may begin.
    is_stopped: Cell<bool>,
}

enum LeaseKind {
    Object(RefCell<LeaseObject>),
    /// The store's lock is held.
    File,
}

/// The version of the lease last put.
#[derive(Clone)]
struct LeaseObject {
    version: UpdateVersion,
    /// The number of renewals, which makes the bytes and so the entity tag of each unique.
    number: u64,
}

/// A point in time on two clocks: one stops while the machine sleeps, the other can be set.
#[derive(Clone, Copy)]
struct Timestamp {
    steady: Instant,
    wall: i64,
}

impl Timestamp {
    fn now(clock: fn() -> i64) -> Self {
        Self { steady: Instant::now(), wall: clock() }
    }

    /// The maximum of both elapsed times.
    fn age(self, clock: fn() -> i64) -> Duration {
        let by_wall = u64::try_from(clock().saturating_sub(self.wall)).unwrap_or_default();
        self.steady.elapsed().max(Duration::from_nanos(by_wall))
    }
}

impl<'s> Lease<'s> {
    /// Acquires the lease of a target; with `force` takes it over at once.
    ///
    /// # Errors
    /// When another deploy holds it, or the store fails.
    pub(super) async fn take(
        store: &'s Store,
        holder: LeaseHolder<'s>,
        force: bool,
    ) -> Result<Self, Diagnostic> {
        let renewed_at = Cell::new(Timestamp::now(holder.clock));
        let taken = async {
            match &store.folder {
                Some(folder) => lock(store, folder).map(|()| (LeaseKind::File, Duration::ZERO)),
                None => Self::take_object(store, holder, force).await,
            }
        };
        // The response came so late that the lease may have expired.
        let (hold, takeover_grace) =
            timeout(RENEW_DEADLINE, taken).await.unwrap_or_else(|_| Err(too_late(store)))?;
        Ok(Self { store, holder, hold, renewed_at, takeover_grace, is_stopped: Cell::new(false) })
    }

    async fn take_object(
        store: &Store,
        holder: LeaseHolder<'_>,
        force: bool,
    ) -> Result<(LeaseKind, Duration), Diagnostic> {
        let held =
            |version, number| LeaseKind::Object(RefCell::new(LeaseObject { version, number }));
        let first = lease_body(holder.id, 0);
        if let PutOutcome::Put(version) =
            store.put_with_retry(LEASE, &first, || Precondition::IfAbsent).await?
        {
            check_conditional_puts(store, &first, Precondition::IfAbsent).await?;
            let second = lease_body(holder.id, 1);
            return match store
                .put_with_retry(LEASE, &second, || Precondition::IfStill(&version))
                .await?
            {
                PutOutcome::Put(renewed) => {
                    check_conditional_puts(store, &first, Precondition::IfStill(&version)).await?;
                    Ok((held(renewed, 1), Duration::ZERO))
                }
                PutOutcome::Refused => Err(taken_meanwhile(store)),
            };
        }
        // Asking for the time first means that a lease renewed in between does not seem too old.
        let now = store.now(holder.id).await?;
        let Some(other) = store.get_versioned(LEASE).await? else {
            return Err(taken_meanwhile(store));
        };
        let age = (now - other.changed_at).to_std().unwrap_or_default();
        if let Some(left) = LEASE_TTL.checked_sub(age).filter(|_| !force) {
            return Err(busy(store, age, left));
        }
        match store.put_with_retry(LEASE, &first, || Precondition::IfStill(&other.version)).await? {
            PutOutcome::Put(version) => Ok((
                held(version, 0),
                if age < RENEW_DEADLINE { TAKEOVER_NOTICE } else { Duration::ZERO },
            )),
            PutOutcome::Refused => Err(taken_meanwhile(store)),
        }
    }

    /// Waits until the previous holder must have noticed that it lost the lease.
    pub(super) async fn wait_for_previous_holder(&self, on_wait: impl FnOnce()) {
        if !self.takeover_grace.is_zero() {
            on_wait();
            sleep(self.takeover_grace).await;
        }
    }

    /// Lets pending changes finish, and none begin.
    pub(super) fn stop(&self) {
        self.is_stopped.set(true);
    }

    /// Checks whether the target may be changed now.
    ///
    /// # Errors
    /// When the deploy was stopped, or the lease may have expired.
    pub(super) fn check(&self) -> Result<(), Diagnostic> {
        if self.is_stopped.get() {
            return Err(self.stopped());
        }
        let is_held = matches!(self.hold, LeaseKind::File) || !self.remaining().is_zero();
        if is_held { Ok(()) } else { Err(too_late(self.store)) }
    }

    /// The error of a stopped deploy.
    pub(super) fn stopped(&self) -> Diagnostic {
        self.store
            .error(Code::DeployStopped, "the deploy was interrupted")
            .help("run it again: it resumes where this one stopped")
    }

    /// The time left until the lease may have expired.
    fn remaining(&self) -> Duration {
        RENEW_DEADLINE.saturating_sub(self.renewed_at.get().age(self.holder.clock))
    }

    /// Runs `work`, and stops it if the lease is lost.
    ///
    /// # Errors
    /// The errors of `work`, or that the lease was lost.
    pub(super) async fn while_held<T>(
        &self,
        work: impl Future<Output = Result<T, Vec<Diagnostic>>>,
    ) -> Result<T, Vec<Diagnostic>> {
        match select(Box::pin(self.keep_renewing()), Box::pin(work)).await {
            Either::Left((lost, _)) => Err(vec![lost]),
            Either::Right((result, _)) => result,
        }
    }

    /// Renews the lease until it fails.
    async fn keep_renewing(&self) -> Diagnostic {
        let LeaseKind::Object(held) = &self.hold else { return std::future::pending().await };
        loop {
            sleep(RENEW_INTERVAL).await;
            // A retry may succeed late, so the lease is only as young as the first try.
            let (before, began_at) = (held.borrow().clone(), Timestamp::now(self.holder.clock));
            let body = lease_body(self.holder.id, before.number + 1);
            let version = loop {
                if self.remaining().is_zero() {
                    return too_late(self.store);
                }
                let precondition = || Precondition::IfStill(&before.version);
                match timeout(
                    self.remaining(),
                    self.store.put_with_retry(LEASE, &body, precondition),
                )
                .await
                {
                    Ok(Ok(PutOutcome::Put(version))) => break version,
                    Ok(Ok(PutOutcome::Refused)) => {
                        return self.store.error(
                            Code::DeployInProgress,
                            "another deploy has taken over; this one stopped",
                        );
                    }
                    Ok(Err(_)) => sleep(RENEW_INTERVAL.min(self.remaining())).await,
                    Err(_) => {}
                }
            };
            *held.borrow_mut() = LeaseObject { version, number: before.number + 1 };
            self.renewed_at.set(began_at);
        }
    }

    /// Releases the lease if it is still held and no pending change can arrive late. It would
    /// expire anyway, so the wait is short.
    ///
    /// # Errors
    /// That the lease could not be released.
    pub(super) async fn release(self) -> Result<(), Diagnostic> {
        let LeaseKind::Object(_) = &self.hold else { return Ok(()) };
        let release = async {
            let is_ours =
                |lease: VersionedObject| lease.bytes.starts_with(&lease_prefix(self.holder.id));
            match self.store.get_versioned(LEASE).await?.is_some_and(is_ours) {
                true if self.store.is_busy() => {
                    Err(self.store.error(Code::LeaseKept, "uploads in progress may still complete"))
                }
                true => self.store.remove(&[LEASE.to_owned()], || {}).await,
                false => Ok(()),
            }
        };
        let released = timeout(RENEW_DEADLINE, release).await;
        let why = match released {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.message,
            Err(_) => "it does not respond".to_owned(),
        };
        let message =
            format!("the lease blocks other deploys for up to {} s: {why}", LEASE_TTL.as_secs());
        Err(self.store.error(Code::LeaseKept, message).help("wait, or deploy with `--force`"))
    }
}

/// The error of a deploy that was stopped before it could release the lease.
pub(super) fn left_behind(store: &Store) -> Diagnostic {
    let seconds = LEASE_TTL.as_secs();
    store
        .error(
            Code::DeployStopped,
            format!("the deploy was aborted: its lease blocks other deploys for up to {seconds} s"),
        )
        .help("run it again after that, or with `--force`: it resumes where this one stopped")
}

fn lease_prefix(id: &str) -> Vec<u8> {
    format!("{{\"holder\":\"{id}\",").into_bytes()
}

fn lease_body(id: &str, number: u64) -> Vec<u8> {
    let rest = format!("\"renewals\":{number}}}\n");
    [lease_prefix(id), rest.into_bytes()].concat()
}

fn too_late(store: &Store) -> Diagnostic {
    store
        .error(Code::DeployInProgress, "it has not responded for so long that another deploy may have started; this one stopped")
        .help("run the deploy again")
}

/// Refuses a store that ignores preconditions, since it could not keep two deploys apart.
async fn check_conditional_puts(
    store: &Store,
    bytes: &[u8],
    precondition: Precondition<'_>,
) -> Result<(), Diagnostic> {
    match store.put_if(LEASE, bytes.to_vec(), precondition).await {
        Ok(PutOutcome::Put(_)) => {
            store.remove(&[LEASE.to_owned()], || {}).await?;
            Err(store
                .error(
                    Code::TargetFailed,
                    "it ignores conditional writes, so concurrent deploys could not be prevented",
                )
                .help("use a store that supports `If-None-Match` and `If-Match`"))
        }
        // A lost response is harmless here and proves nothing.
        Ok(PutOutcome::Refused) | Err(_) => Ok(()),
    }
}

fn lock(store: &Store, folder: &Path) -> Result<(), Diagnostic> {
    store.refuse_links(LOCK)?;
    let lock = publish::try_lock(&folder.join(LOCK))?.ok_or_else(|| {
        store
            .error(Code::DeployInProgress, "another deploy is running there")
            .help("wait for it to finish; its lock is released with its process")
    })?;
    let _ = store.lock.set(lock);
    Ok(())
}

fn busy(store: &Store, age: Duration, left: Duration) -> Diagnostic {
    store
        .error(Code::DeployInProgress, format!("another deploy is running there; its lease was renewed {} s ago", age.as_secs()))
        .help(format!(
            "wait for it to finish, or {} s for its lease to expire; `--force` takes over and waits {} s for it to stop",
            left.as_secs() + 1,
            TAKEOVER_NOTICE.as_secs()
        ))
}

fn taken_meanwhile(store: &Store) -> Diagnostic {
    store
        .error(Code::DeployInProgress, "another deploy started or ended there at the same time")
        .help("run the deploy again")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: LeaseHolder<'_> = LeaseHolder { id: "first", clock: || 0 };
    const SECOND: LeaseHolder<'_> = LeaseHolder { id: "second", clock: || 0 };

    /// Runs `test` with a paused clock, which advances to the next timer when all tasks wait.
    fn block_on<T>(test: impl Future<Output = T>) -> T {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("runtime").block_on(test)
    }

    #[test]
    fn lease_is_exclusive() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, FIRST, false).await.expect("lease");
            let refusal = Lease::take(&store, SECOND, false).await.err().expect("refusal");
            assert!(refusal.message.starts_with("another deploy is running there"), "{refusal:?}");
            let files = store.list().await.expect("list").into_iter().map(|file| file.path);
            assert_eq!(
                files.collect::<Vec<_>>(),
                [LEASE],
                "the question for the time leaves nothing behind"
            );
            first.release().await.expect("release");
            let second = Lease::take(&store, SECOND, false).await.expect("lease");
            assert_eq!(second.takeover_grace, Duration::ZERO);
        });
    }

    #[test]
    fn lost_lease_stops_the_deploy() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, FIRST, false).await.expect("lease");
            let renewed = timeout(10 * LEASE_TTL, first.keep_renewing()).await;
            assert!(renewed.is_err(), "it is renewed for as long as nobody else wants it");
            first.check().expect("held");
            let second = Lease::take(&store, SECOND, true).await.expect("lease");
            assert_eq!(
                second.takeover_grace, TAKEOVER_NOTICE,
                "the first one may still be at work"
            );
            let work = std::future::pending::<Result<(), Vec<Diagnostic>>>();
            let lost = first.while_held(work).await.expect_err("loss");
            assert!(lost[0].message.starts_with("another deploy has taken over"), "{lost:?}");
            first.release().await.expect("release");
            let held = store.get_versioned(LEASE).await.expect("lease").expect("lease");
            assert_eq!(held.bytes, lease_body("second", 0));
        });
    }

    #[test]
    fn store_without_conditional_puts_is_refused() {
        let store = Store::in_memory();
        store.ignores_versions.set(true);
        block_on(async {
            let refusal = Lease::take(&store, FIRST, false).await.err().expect("refusal");
            assert!(refusal.message.starts_with("it ignores conditional writes"), "{refusal:?}");
            assert_eq!(store.list().await.expect("list"), [], "nothing is left there");
        });
    }

    #[test]
    fn lease_renewals_differ_in_bytes() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, FIRST, false).await.expect("lease");
            let bytes =
                || async { store.get_versioned(LEASE).await.expect("lease").expect("lease").bytes };
            let before = bytes().await;
            assert!(
                timeout(RENEW_INTERVAL + RENEW_INTERVAL / 2, first.keep_renewing()).await.is_err()
            );
            assert_ne!(bytes().await, before);
        });
    }

    #[test]
    fn lease_holder_stops_before_expiry() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, FIRST, false).await.expect("lease");
            let began_at = Instant::now();
            store.fails.set(true);
            let lost = first.keep_renewing().await;
            assert!(lost.message.starts_with("it has not responded for so long"), "{lost:?}");
            assert!(first.check().is_err());
            assert!(
                began_at.elapsed() < RENEW_DEADLINE + Duration::from_secs(1),
                "{:?}",
                began_at.elapsed()
            );
        });
    }

    #[test]
    fn lease_is_checked_after_sleep() {
        thread_local! { static WALL: Cell<i64> = const { Cell::new(0) }; }
        let store = Store::in_memory();
        block_on(async {
            let holder = LeaseHolder { id: "first", clock: || WALL.get() };
            let first = Lease::take(&store, holder, false).await.expect("lease");
            first.check().expect("held");
            WALL.set(46_000_000_000);
            assert!(first.check().is_err());
        });
    }

    #[test]
    fn lease_survives_a_lost_response() {
        let store = Store::in_memory();
        block_on(async {
            let put = || store.put_with_retry(LEASE, b"first", || Precondition::IfAbsent);
            put().await.expect("put");
            assert!(matches!(put().await.expect("put"), PutOutcome::Put(_)));
            let other = store
                .put_with_retry(LEASE, b"second", || Precondition::IfAbsent)
                .await
                .expect("put");
            assert!(matches!(other, PutOutcome::Refused));
        });
    }
}
