//! The site that a server serves.

use std::path::PathBuf;
use std::sync::Arc;

use super::live_reload::LiveReload;

/// A folder to serve, and the host names to answer to.
#[derive(Clone, Debug)]
pub struct ServedSite {
    /// The published folder.
    pub folder: PathBuf,
    /// The name by which the server is asked beside `localhost` and numbers, if it has one.
    pub name: Option<String>,
    /// Live reload, when watching.
    pub live_reload: Option<Arc<LiveReload>>,
}
