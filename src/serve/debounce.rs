//! Debounces file-system events. Events carry no paths; the build itself finds what changed.

use std::mem::take;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

/// How long to wait for more events after a single save.
const QUIET_PERIOD: Duration = Duration::from_millis(5);

/// How long to wait for more events in a burst of saves.
const BURST_QUIET_PERIOD: Duration = Duration::from_millis(50);

/// After how many quiet periods with events a burst is assumed.
const BURST_THRESHOLD: usize = 3;

/// The maximum delay of a build, in quiet periods.
const MAX_DELAY: usize = 20;

/// The longest single wait.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The events since the last build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SourceEvents {
    /// A file may have changed.
    pub(super) file: bool,
    /// A watched folder may have been replaced.
    pub(super) folder: bool,
    /// Watching failed, for this reason.
    pub(super) refused: Option<String>,
}

impl SourceEvents {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, more: Self) {
        self.file |= more.file;
        self.folder |= more.folder;
        self.refused = self.refused.take().or(more.refused);
    }
}

/// Collects events until they pause.
#[derive(Debug, Default)]
pub(super) struct Debouncer {
    pending: Mutex<SourceEvents>,
    notified: Condvar,
}

impl Debouncer {
    pub(super) fn notify(&self, pending: SourceEvents) {
        self.pending().add(pending);
        self.notified.notify_all();
    }

    /// Waits for an event and then for a quiet period: a short one after a single save, a longer
    /// one in a burst, when a program changes many files. Waits at most `at_most`; then the result
    /// is empty.
    pub(super) fn wait(&self, at_most: Option<Duration>) -> SourceEvents {
        let is_empty = |pending: &mut SourceEvents| pending.is_empty();
        let waited = self.notified.wait_timeout_while(self.pending(), BURST_QUIET_PERIOD, is_empty);
        let (pending, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        let few = if timeout.timed_out() { BURST_THRESHOLD } else { 0 };
        let at_most = at_most.unwrap_or(A_DAY).min(A_DAY);
        let waited = self.notified.wait_timeout_while(pending, at_most, is_empty);
        let (pending, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return take_all(pending);
        }
        let mut heard = take_all(pending);
        for round in 0..MAX_DELAY {
            sleep(if round < few { QUIET_PERIOD } else { BURST_QUIET_PERIOD });
            let more = take_all(self.pending());
            if more.is_empty() {
                break;
            }
            heard.add(more);
        }
        heard
    }

    /// Whether events are pending.
    pub(super) fn is_pending(&self) -> bool {
        !self.pending().is_empty()
    }

    /// A thread that panics while it holds the lock leaves no inconsistent state.
    fn pending(&self) -> MutexGuard<'_, SourceEvents> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take_all(mut pending: MutexGuard<'_, SourceEvents>) -> SourceEvents {
    take(&mut pending)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const FILE: SourceEvents = SourceEvents { file: true, folder: false, refused: None };
    const FOLDER: SourceEvents = SourceEvents { file: false, folder: true, refused: None };

    #[test]
    fn debounce_coalesces_events() {
        let debouncer = Debouncer::default();
        for pending in [FILE, FOLDER, FILE] {
            debouncer.notify(pending);
        }
        assert_eq!(debouncer.wait(None), SourceEvents { file: true, folder: true, refused: None });
        debouncer.notify(FOLDER);
        assert_eq!(debouncer.wait(None), FOLDER);
        assert_eq!(debouncer.wait(Some(Duration::ZERO)), SourceEvents::default());
    }

    #[test]
    fn debounce_has_a_maximum_delay() {
        let debouncer = Arc::new(Debouncer::default());
        let (notified, ends) = (Arc::clone(&debouncer), Arc::new(AtomicBool::new(false)));
        let end = Arc::clone(&ends);
        let ringer = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                notified.notify(FILE);
            }
        });
        assert_eq!(debouncer.wait(None), FILE);
        ends.store(true, Ordering::Relaxed);
        ringer.join().expect("ended");
    }
}
