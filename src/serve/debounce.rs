//! Debounces file-system events. Events name the documents that may have changed; the build itself
//! finds what changed.

use std::collections::BTreeSet;
use std::mem::take;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use crate::source::ScanScope;

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

/// The maximum number of documents that are named; after more events anything may have changed.
const MAX_NAMED: usize = 1000;

/// The events since the last build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SourceEvents {
    /// Entries of `content/` that may have changed, by their paths in it with `/` separators.
    pub(super) documents: BTreeSet<String>,
    /// Any source may have changed.
    pub(super) anything: bool,
    /// A watched folder may have been replaced.
    pub(super) folder: bool,
    /// Events were lost, so that new folders may be unwatched.
    pub(super) overflow: bool,
    /// Why watching failed.
    pub(super) failed: Option<String>,
}

impl SourceEvents {
    /// An entry of `content/` may have changed.
    pub(super) fn document(path: String) -> Self {
        Self { documents: BTreeSet::from([path]), ..Self::default() }
    }

    /// Any source may have changed.
    pub(super) fn anything() -> Self {
        Self { anything: true, ..Self::default() }
    }

    /// A watched folder may have been replaced.
    pub(super) fn folder() -> Self {
        Self { folder: true, ..Self::default() }
    }

    /// Events were lost.
    pub(super) fn overflow() -> Self {
        Self { overflow: true, ..Self::default() }
    }

    /// Watching failed, for this reason.
    pub(super) fn failed(reason: String) -> Self {
        Self { failed: Some(reason), ..Self::default() }
    }

    /// Whether nothing has happened.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Merges later events into these. The first failure is kept.
    pub(super) fn add(&mut self, more: Self) {
        self.documents.extend(more.documents);
        self.anything |= more.anything || self.documents.len() > MAX_NAMED;
        if self.anything {
            self.documents.clear();
        }
        self.folder |= more.folder;
        self.overflow |= more.overflow;
        self.failed = self.failed.take().or(more.failed);
    }

    /// What a build must scan after these events. None if there were none.
    pub(super) fn scope(self) -> Option<ScanScope> {
        let is_any = self.anything || self.folder || self.overflow || self.failed.is_some();
        match (is_any, self.documents.is_empty()) {
            (true, _) => Some(ScanScope::Full),
            (false, false) => Some(ScanScope::Documents(self.documents)),
            (false, true) => None,
        }
    }
}

/// Collects events until they pause.
#[derive(Debug, Default)]
pub(super) struct Debouncer {
    pending: Mutex<SourceEvents>,
    notified: Condvar,
}

impl Debouncer {
    /// Adds events and wakes the thread that waits for some.
    pub(super) fn notify(&self, events: SourceEvents) {
        self.lock().add(events);
        self.notified.notify_all();
    }

    /// Waits for an event and then for a quiet period: a short one after a single save, a longer
    /// one in a burst, when a program changes many files. Waits at most `at_most`; then the result
    /// is empty.
    pub(super) fn wait(&self, at_most: Option<Duration>) -> SourceEvents {
        let is_empty = |events: &mut SourceEvents| events.is_empty();
        let waited = self.notified.wait_timeout_while(self.lock(), BURST_QUIET_PERIOD, is_empty);
        let (events, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        let short_rounds = if timeout.timed_out() { BURST_THRESHOLD } else { 0 };
        let at_most = at_most.unwrap_or(A_DAY).min(A_DAY);
        let waited = self.notified.wait_timeout_while(events, at_most, is_empty);
        let (events, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return take_all(events);
        }
        let mut collected = take_all(events);
        for round in 0..MAX_DELAY {
            sleep(if round < short_rounds { QUIET_PERIOD } else { BURST_QUIET_PERIOD });
            let more = take_all(self.lock());
            if more.is_empty() {
                break;
            }
            collected.add(more);
        }
        collected
    }

    /// Whether events are pending.
    pub(super) fn is_pending(&self) -> bool {
        !self.lock().is_empty()
    }

    /// A thread that panics while it holds the lock leaves no inconsistent state.
    fn lock(&self) -> MutexGuard<'_, SourceEvents> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take_all(mut events: MutexGuard<'_, SourceEvents>) -> SourceEvents {
    take(&mut events)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn document(path: &str) -> SourceEvents {
        SourceEvents::document(path.to_owned())
    }

    #[test]
    fn debounce_coalesces_events() {
        let debouncer = Debouncer::default();
        let folder = SourceEvents::folder;
        for events in [document("a.md"), folder(), document("b.md"), document("a.md")] {
            debouncer.notify(events);
        }
        let documents = ["a.md", "b.md"].map(str::to_owned).into();
        let expected = SourceEvents { documents, folder: true, ..SourceEvents::default() };
        assert_eq!(debouncer.wait(None), expected);
        debouncer.notify(folder());
        assert_eq!(debouncer.wait(None), folder());
        assert_eq!(debouncer.wait(Some(Duration::ZERO)), SourceEvents::default());
    }

    #[test]
    fn only_documents_permit_a_partial_scan() {
        let scope_after = |others: Vec<SourceEvents>| {
            let mut events = document("a.md");
            for other in others {
                events.add(other);
            }
            events.scope()
        };
        let documents = ["a.md", "b.md"].map(str::to_owned).into();
        assert_eq!(scope_after(vec![document("b.md")]), Some(ScanScope::Documents(documents)));
        let failed = SourceEvents::failed("full".to_owned());
        for other in
            [SourceEvents::anything(), SourceEvents::folder(), SourceEvents::overflow(), failed]
        {
            assert_eq!(scope_after(vec![other]), Some(ScanScope::Full));
        }
        let many = (0..MAX_NAMED).map(|number| document(&number.to_string())).collect();
        assert_eq!(scope_after(many), Some(ScanScope::Full));
        assert_eq!(SourceEvents::default().scope(), None);
    }

    #[test]
    fn debounce_has_a_maximum_delay() {
        let debouncer = Arc::new(Debouncer::default());
        let (notified, ends) = (Arc::clone(&debouncer), Arc::new(AtomicBool::new(false)));
        let end = Arc::clone(&ends);
        let notifier = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                notified.notify(document("a.md"));
            }
        });
        assert_eq!(debouncer.wait(None), document("a.md"));
        ends.store(true, Ordering::Relaxed);
        notifier.join().expect("ended");
    }
}
