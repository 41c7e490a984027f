//! The progress of a build.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Callback for the progress of a build.
pub type ProgressFn<'a> = &'a (dyn Fn(Progress) + Sync);

/// The progress of a build.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The current stage.
    pub stage: &'static str,
    /// Number of finished items.
    pub done: usize,
    /// Number of all items; 0 while the build waits.
    pub total: usize,
}

impl Progress {
    /// The progress of a build that waits.
    pub fn waiting(stage: &'static str) -> Self {
        Self { stage, done: 0, total: 0 }
    }

    /// Whether the build waits.
    pub fn is_waiting(self) -> bool {
        self.total == 0
    }
}

/// The stage in which the site is assembled, since the cached one is out of date.
pub const COLLECTING: &str = "collecting";

/// The stage in which a build waits for another one with the same output folder.
pub const WAITING_FOR_BUILD: &str = "waiting for another build to leave the output folder";

/// The stage in which a build waits for another one of the same site.
pub const WAITING_FOR_ADDRESSES: &str = "waiting for another build of this site";

/// Reports the progress of a stage.
pub(super) struct ProgressCounter<'a> {
    stage: &'static str,
    total: usize,
    done: AtomicUsize,
    on_progress: ProgressFn<'a>,
}

impl<'a> ProgressCounter<'a> {
    pub(super) fn new(stage: &'static str, total: usize, on_progress: ProgressFn<'a>) -> Self {
        Self { stage, total, done: AtomicUsize::new(0), on_progress }
    }

    pub(super) fn increment(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.on_progress)(Progress { stage: self.stage, done, total: self.total });
    }
}
