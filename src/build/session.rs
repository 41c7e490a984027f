//! What a process keeps from one build of a site to the next.

use std::time::Duration;

use super::options::BuildOptions;
use crate::build::cache::BuildCache;
use crate::publish::ManifestSnapshot;
use crate::source::{self, ScanScope, Snapshot};

/// The longest time between two full scans: events can be lost.
pub const FULL_SCAN_INTERVAL: Duration = Duration::from_secs(30);

/// What a process knows of a site since its last build. It only ever saves work: without it, a
/// build scans all sources and reads cache and manifest from disk.
#[derive(Debug, Default)]
pub struct Session {
    pub(super) scan: Option<LastScan>,
    pub(super) cache: Option<BuildCache>,
    pub(super) manifest: Option<ManifestSnapshot>,
}

/// The sources as they were last seen.
#[derive(Debug)]
pub(super) struct LastScan {
    pub(super) snapshot: Snapshot,
    /// When all of them were scanned, in nanoseconds since 1970.
    pub(super) scanned_at: i64,
}

impl LastScan {
    /// Scans the sources again as far as `scope` says. None if only a full scan will do.
    ///
    /// A partial scan misses changes that no event reported, so it is only for previews, and a full
    /// one must follow.
    pub(super) fn rescan(
        self,
        scope: &ScanScope,
        options: &BuildOptions,
        is_ignored: &(dyn Fn(&str) -> bool + Sync),
    ) -> Option<Self> {
        let ScanScope::Documents(changed) = scope else { return None };
        let age = options.scanned_at.checked_sub(self.scanned_at)?;
        let age = Duration::from_nanos(age.try_into().ok()?);
        if !options.overrides.preview || age >= FULL_SCAN_INTERVAL {
            return None;
        }
        let snapshot = source::rescan(self.snapshot, &options.root, changed, is_ignored)?;
        Some(Self { snapshot, ..self })
    }
}
