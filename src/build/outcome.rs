//! The result of a build.

use chrono::{DateTime, Utc};

use super::cache::SiteStats;
use crate::diagnostic::Diagnostic;
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
}

/// Statistics of a site and of its build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
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
