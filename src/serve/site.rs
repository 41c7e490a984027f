//! The site that a server serves.

use std::path::PathBuf;
use std::sync::Arc;

use super::live_reload::LiveReload;

/// A folder to serve, and the host names to answer to.
#[derive(Clone, Debug)]
pub struct ServedSite {
    /// The output folder of a build.
    pub folder: PathBuf,
    /// The configured host name, besides `localhost` and IP addresses.
    pub name: Option<String>,
    /// Live reload, when watching.
    pub live_reload: Option<Arc<LiveReload>>,
}
