//! The result of a build.

use chrono::{DateTime, Utc};

use super::cache::SiteStats;
use crate::diagnostic::{Diagnostic, Origin};
use crate::publish::OutputChanges;

/// The result of a build.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All diagnostics, in the order in which they are shown.
    pub diagnostics: Vec<Diagnostic>,
    /// Statistics. None if the site could not be published.
    pub summary: Option<Summary>,
    /// The sources that have changed since the site was last published, relative to its root. Empty
    /// if there is no cache.
    pub changed: Vec<String>,
    /// Whether only a part of the sources was scanned, so that a build with a full scan must follow.
    pub is_partial: bool,
}

impl Outcome {
    /// Whether the site was not published, and an error has an origin like this.
    pub(super) fn fails_for(&self, is_one: impl Fn(Origin) -> bool) -> bool {
        let is_one = |found: &Diagnostic| found.is_error() && is_one(found.origin);
        self.summary.is_none() && self.diagnostics.iter().any(is_one)
    }
}

/// Statistics of a site and of its build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The URL path of the front page.
    pub root: String,
    /// Statistics of the site.
    pub stats: SiteStats,
    /// Number of output files.
    pub files: usize,
    /// Number of output files that were rendered or copied; all others were up to date.
    pub outdated: usize,
    /// Number of pages among these.
    pub rendered: usize,
    /// Changes to the output folder.
    pub changes: OutputChanges,
    /// When the site next needs a rebuild even if no file changes.
    pub next_change: Option<DateTime<Utc>>,
}
