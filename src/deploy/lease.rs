//! Who may change a target: one deploy at a time.
//!
//! In a store of objects a lease is an object that is put there only if there is none, and renewed as long as its holder is
//! at work. A holder that has not renewed it for a minute by the store's clock is dead. In a folder it is a lock of the
//! operating system, which dies with its process.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::Duration;

use futures_util::future::{Either, select};
use object_store::UpdateVersion;
use tokio::time::{Instant, sleep, timeout};

use super::store::{Guard, Guarded, Guarding, Store};
use crate::diagnostic::{Diagnostic, Severity};
use crate::publish;

/// Where the lease lies at a target.
pub(super) const LEASE: &str = ".newsgen/lease.json";

/// Where the lock of a folder lies in it.
const LOCK: &str = ".newsgen/lock";

/// How long a lease holds that is not renewed.
const LIFE: Duration = Duration::from_secs(60);

/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(5);

/// How soon a holder whose renewals are answered notices that the lease was taken from it.
const NOTICE: Duration = Duration::from_secs(2 * RENEWAL.as_secs());

/// When its holder stops that could not renew it: before others may think it dead.
const PATIENCE: Duration = Duration::from_secs(45);

/// Who takes or renews a lease.
#[derive(Clone, Copy)]
pub(super) struct Holder<'i> {
    /// A text that no other deploy has.
    pub(super) id: &'i str,
    /// The time in nanoseconds since 1970, which goes on while the machine sleeps.
    pub(super) clock: fn() -> i64,
}

/// The right to change a target.
pub(super) struct Lease<'s> {
    store: &'s Store,
    holder: Holder<'s>,
    hold: Hold,
    /// When it was surely held last.
    proven_at: Cell<Moment>,
    /// For how long another deploy, from which it was taken, may still be at work.
    company: Duration,
    /// Whether nothing is to be begun any more.
    is_stopped: Cell<bool>,
}

enum Hold {
    Object(RefCell<Renewed>),
    /// Held by the lock of the store.
    File,
}

/// The lease as it was put in its place last.
#[derive(Clone)]
struct Renewed {
    version: UpdateVersion,
    /// How many times it has been renewed: no two renewals have the same bytes, and so the same entity tag.
    number: u64,
}

/// A moment by two clocks, of which one stands still while the machine sleeps and the other one can be set.
#[derive(Clone, Copy)]
struct Moment {
    steady: Instant,
    wall: i64,
}

impl Moment {
    fn now(clock: fn() -> i64) -> Self {
        Self { steady: Instant::now(), wall: clock() }
    }

    /// How long ago it is at most.
    fn age(self, clock: fn() -> i64) -> Duration {
        let by_wall = u64::try_from(clock().saturating_sub(self.wall)).unwrap_or_default();
        self.steady.elapsed().max(Duration::from_nanos(by_wall))
    }
}

impl<'s> Lease<'s> {
    /// Takes the lease of a target, at once from another deploy if `force`.
    ///
    /// # Errors
    /// When another deploy has it, or it cannot be had.
    pub(super) async fn take(store: &'s Store, holder: Holder<'s>, force: bool) -> Result<Self, Diagnostic> {
        let proven_at = Cell::new(Moment::now(holder.clock));
        let taken = async {
            match &store.folder {
                Some(folder) => lock(store, folder).map(|()| (Hold::File, Duration::ZERO)),
                None => Self::take_object(store, holder, force).await,
            }
        };
        // It would be too old by then.
        let (hold, company) = timeout(PATIENCE, taken).await.unwrap_or_else(|_| Err(too_late(store)))?;
        Ok(Self { store, holder, hold, proven_at, company, is_stopped: Cell::new(false) })
    }

    async fn take_object(
        store: &Store,
        holder: Holder<'_>,
        force: bool,
    ) -> Result<(Hold, Duration), Diagnostic> {
        let held = |version, number| Hold::Object(RefCell::new(Renewed { version, number }));
        let first = body(holder.id, 0);
        if let Guarding::Put(version) = store.put_surely(LEASE, &first, || Guard::IfAbsent).await? {
            refuse_without_conditions(store, &first, Guard::IfAbsent).await?;
            let second = body(holder.id, 1);
            return match store.put_surely(LEASE, &second, || Guard::IfStill(&version)).await? {
                Guarding::Put(renewed) => {
                    refuse_without_conditions(store, &first, Guard::IfStill(&version)).await?;
                    Ok((held(renewed, 1), Duration::ZERO))
                }
                Guarding::Refused => Err(in_between(store)),
            };
        }
        // The time is asked for first, so that a lease that is renewed meanwhile is not too old.
        let now = store.now(holder.id).await?;
        let Some(other) = store.guarded(LEASE).await? else { return Err(in_between(store)) };
        let age = (now - other.changed_at).to_std().unwrap_or_default();
        if let Some(left) = LIFE.checked_sub(age).filter(|_| !force) {
            return Err(busy(store, age, left));
        }
        match store.put_surely(LEASE, &first, || Guard::IfStill(&other.version)).await? {
            Guarding::Put(version) => {
                Ok((held(version, 0), if age < PATIENCE { NOTICE } else { Duration::ZERO }))
            }
            Guarding::Refused => Err(in_between(store)),
        }
    }

    /// Waits until another deploy, from which the lease was taken, must have noticed.
    pub(super) async fn until_alone(&self, waits: impl FnOnce()) {
        if !self.company.is_zero() {
            waits();
            sleep(self.company).await;
        }
    }

    /// Lets what is under way come to its end, and nothing new begin.
    pub(super) fn stop(&self) {
        self.is_stopped.set(true);
    }

    /// Whether the target may be changed now.
    ///
    /// # Errors
    /// That the deploy was stopped, or that the lease could not be renewed for too long, so that others may have taken it.
    pub(super) fn check(&self) -> Result<(), Diagnostic> {
        if self.is_stopped.get() {
            return Err(self.stopped());
        }
        let is_held = matches!(self.hold, Hold::File) || !self.left().is_zero();
        if is_held { Ok(()) } else { Err(too_late(self.store)) }
    }

    /// What becomes of a deploy that was told to stop.
    pub(super) fn stopped(&self) -> Diagnostic {
        self.store
            .error("the deploy was told to stop, and has stopped")
            .help("run it again: it goes on where this one has stopped")
    }

    /// For how long it is surely held if it is not renewed.
    fn left(&self) -> Duration {
        PATIENCE.saturating_sub(self.proven_at.get().age(self.holder.clock))
    }

    /// Does `work`, and stops it where the lease is lost.
    ///
    /// # Errors
    /// Those of `work`, or that the lease is lost.
    pub(super) async fn while_held<T>(
        &self,
        work: impl Future<Output = Result<T, Vec<Diagnostic>>>,
    ) -> Result<T, Vec<Diagnostic>> {
        match select(Box::pin(self.keep()), Box::pin(work)).await {
            Either::Left((lost, _)) => Err(vec![lost]),
            Either::Right((result, _)) => result,
        }
    }

    /// Renews the lease for as long as it can be.
    async fn keep(&self) -> Diagnostic {
        let Hold::Object(held) = &self.hold else { return std::future::pending().await };
        loop {
            sleep(RENEWAL).await;
            // Whatever becomes of a try, the lease is as young as the first one of this number.
            let (before, began_at) = (held.borrow().clone(), Moment::now(self.holder.clock));
            let body = body(self.holder.id, before.number + 1);
            let version = loop {
                if self.left().is_zero() {
                    return too_late(self.store);
                }
                let guard = || Guard::IfStill(&before.version);
                match timeout(self.left(), self.store.put_surely(LEASE, &body, guard)).await {
                    Ok(Ok(Guarding::Put(version))) => break version,
                    Ok(Ok(Guarding::Refused)) => {
                        return self.store.error("another deploy has taken over, so this one has stopped");
                    }
                    Ok(Err(_)) => sleep(RENEWAL.min(self.left())).await,
                    Err(_) => {}
                }
            };
            *held.borrow_mut() = Renewed { version, number: before.number + 1 };
            self.proven_at.set(began_at);
        }
    }

    /// Gives the lease back, if it is still held and nothing can come late any more. It would die by itself, so this is not waited
    /// for long.
    ///
    /// # Errors
    /// That it was not given back.
    pub(super) async fn release(self) -> Result<(), Diagnostic> {
        let Hold::Object(_) = &self.hold else { return Ok(()) };
        let release = async {
            let is_ours = |lease: Guarded| lease.bytes.starts_with(&beginning(self.holder.id));
            match self.store.guarded(LEASE).await?.is_some_and(is_ours) {
                true if self.store.is_busy() => Err(self.store.error("what was on its way may still arrive")),
                true => self.store.remove(&[LEASE.to_owned()], || {}).await,
                false => Ok(()),
            }
        };
        let released = timeout(PATIENCE, release).await;
        let why = match released {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.message,
            Err(_) => "it does not answer".to_owned(),
        };
        let error =
            self.store.error(format!("other deploys are kept away for up to {} s: {why}", LIFE.as_secs()));
        Err(Diagnostic { severity: Severity::Warning, ..error }.help("wait, or deploy with `--force`"))
    }
}

/// What is said of a deploy that could not wait for its end.
pub(super) fn left(store: &Store) -> Diagnostic {
    let seconds = LIFE.as_secs();
    store
        .error(format!(
            "the deploy was told to stop at once: other deploys are kept away for up to {seconds} s"
        ))
        .help("run it again then, or with `--force`: it goes on where this one has stopped")
}

fn beginning(id: &str) -> Vec<u8> {
    format!("{{\"holder\":\"{id}\",").into_bytes()
}

fn body(id: &str, number: u64) -> Vec<u8> {
    let rest = format!("\"renewals\":{number}}}\n");
    [beginning(id), rest.into_bytes()].concat()
}

fn too_late(store: &Store) -> Diagnostic {
    store
        .error("it has not answered for so long that another deploy may have begun, so this one has stopped")
        .help("run the deploy again")
}

/// A store that writes under a condition that does not hold could not keep two deploys apart.
async fn refuse_without_conditions(store: &Store, bytes: &[u8], guard: Guard<'_>) -> Result<(), Diagnostic> {
    match store.put_guarded(LEASE, bytes.to_vec(), guard).await {
        Ok(Guarding::Put(_)) => {
            store.remove(&[LEASE.to_owned()], || {}).await?;
            Err(store
                .error("it does not look at conditions when it writes a file, so it could not keep two deploys apart")
                .help("use a store that knows `If-None-Match` and `If-Match`"))
        }
        // An answer that is lost here proves nothing, and does no harm.
        Ok(Guarding::Refused) | Err(_) => Ok(()),
    }
}

fn lock(store: &Store, folder: &Path) -> Result<(), Diagnostic> {
    store.refuse_links(LOCK)?;
    let lock = publish::try_lock(&folder.join(LOCK))?.ok_or_else(|| {
        store
            .error("another deploy is at work there")
            .help("wait for its end; its lock dies with its process")
    })?;
    let _ = store.lock.set(lock);
    Ok(())
}

fn busy(store: &Store, age: Duration, left: Duration) -> Diagnostic {
    store
        .error(format!("another deploy is at work there; it was last heard of {} s ago", age.as_secs()))
        .help(format!(
            "wait for its end, or, if it is dead, {} s more; `--force` takes over, and waits {} s for it to stop",
            left.as_secs() + 1,
            NOTICE.as_secs()
        ))
}

fn in_between(store: &Store) -> Diagnostic {
    store.error("another deploy began or ended there just now").help("run the deploy again")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Holder<'_> = Holder { id: "first", clock: || 0 };
    const SECOND: Holder<'_> = Holder { id: "second", clock: || 0 };

    /// Runs `test` with a clock that goes on whenever there is nothing else to do.
    fn block_on<T>(test: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("runtime").block_on(test)
    }

    #[test]
    fn one_deploy_holds_the_lease() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, FIRST, false).await.expect("lease");
            let refusal = Lease::take(&store, SECOND, false).await.err().expect("refusal");
            assert!(refusal.message.starts_with("another deploy is at work there"), "{refusal:?}");
            let files = store.list().await.expect("list").into_iter().map(|file| file.path);
            assert_eq!(files.collect::<Vec<_>>(), [LEASE], "the question for the time leaves nothing behind");
            first.release().await.expect("release");
            let second = Lease::take(&store, SECOND, false).await.expect("lease");
            assert_eq!(second.company, Duration::ZERO);
        });
    }

    #[test]
    fn who_loses_the_lease_stops_and_leaves_it() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, FIRST, false).await.expect("lease");
            let renewed = timeout(10 * LIFE, first.keep()).await;
            assert!(renewed.is_err(), "it is renewed for as long as nobody else wants it");
            first.check().expect("held");
            let second = Lease::take(&store, SECOND, true).await.expect("lease");
            assert_eq!(second.company, NOTICE, "the first one may still be at work");
            let work = std::future::pending::<Result<(), Vec<Diagnostic>>>();
            let lost = first.while_held(work).await.expect_err("loss");
            assert!(lost[0].message.starts_with("another deploy has taken over"), "{lost:?}");
            first.release().await.expect("release");
            let held = store.guarded(LEASE).await.expect("lease").expect("lease");
            assert_eq!(held.bytes, body("second", 0));
        });
    }

    #[test]
    fn a_store_that_does_not_look_at_versions_is_refused() {
        let store = Store::in_memory();
        store.knows_no_versions.set(true);
        block_on(async {
            let refusal = Lease::take(&store, FIRST, false).await.err().expect("refusal");
            assert!(refusal.message.starts_with("it does not look at conditions"), "{refusal:?}");
            assert_eq!(store.list().await.expect("list"), [], "nothing is left there");
        });
    }

    #[test]
    fn every_renewal_has_other_bytes() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, FIRST, false).await.expect("lease");
            let bytes = || async { store.guarded(LEASE).await.expect("lease").expect("lease").bytes };
            let before = bytes().await;
            assert!(timeout(RENEWAL + RENEWAL / 2, first.keep()).await.is_err());
            assert_ne!(bytes().await, before);
        });
    }

    #[test]
    fn a_holder_that_cannot_renew_stops_before_others_may_begin() {
        let store = Store::in_memory();
        block_on(async {
            let first = Lease::take(&store, FIRST, false).await.expect("lease");
            let began_at = Instant::now();
            store.fails.set(true);
            let lost = first.keep().await;
            assert!(lost.message.starts_with("it has not answered for so long"), "{lost:?}");
            assert!(first.check().is_err());
            assert!(began_at.elapsed() < PATIENCE + Duration::from_secs(1), "{:?}", began_at.elapsed());
        });
    }

    #[test]
    fn a_machine_that_slept_asks_before_it_goes_on() {
        thread_local! { static WALL: Cell<i64> = const { Cell::new(0) }; }
        let store = Store::in_memory();
        block_on(async {
            let holder = Holder { id: "first", clock: || WALL.get() };
            let first = Lease::take(&store, holder, false).await.expect("lease");
            first.check().expect("held");
            WALL.set(46_000_000_000);
            assert!(first.check().is_err());
        });
    }

    #[test]
    fn a_lease_that_is_put_twice_for_a_lost_answer_is_held() {
        let store = Store::in_memory();
        block_on(async {
            let put = || store.put_surely(LEASE, b"first", || Guard::IfAbsent);
            put().await.expect("put");
            assert!(matches!(put().await.expect("put"), Guarding::Put(_)));
            let other = store.put_surely(LEASE, b"second", || Guard::IfAbsent).await.expect("put");
            assert!(matches!(other, Guarding::Refused));
        });
    }
}
