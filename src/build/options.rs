//! Options of a build.

use std::path::PathBuf;

use crate::config::Overrides;

/// The name of the output folder in the site's root, unless another is chosen.
pub const DEFAULT_OUTPUT: &str = "public";

/// Options of a build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// The folder with `content/` and `site.toml`.
    pub root: PathBuf,
    /// The file in place of the root's `site.toml`.
    pub config: Option<PathBuf>,
    /// The options of the command line that override the configuration.
    pub overrides: Overrides,
    /// The output folder and how it is treated.
    pub output: OutputOptions,
    /// The executable of this newsgen; the cache of another one is not used.
    pub executable: PathBuf,
    /// When the build began, in nanoseconds since 1970 by the clock that stamps files.
    pub scanned_at: i64,
}

/// The output folder of a build and how it is treated.
#[derive(Clone, Debug)]
pub struct OutputOptions {
    /// The folder.
    pub folder: PathBuf,
    /// Whether files that newsgen did not write may be overwritten.
    pub force: bool,
    /// Whether to ignore the cache.
    pub fresh: bool,
    /// Whether to check the site without writing it.
    pub check_only: bool,
    /// Whether published documents may be missing now (`--allow-empty`).
    pub allow_empty: bool,
}
