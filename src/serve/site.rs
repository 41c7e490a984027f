//! The site that a server serves.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use super::live_reload::LiveReload;

/// A folder to serve, and the host names to answer to.
#[derive(Clone, Debug)]
pub struct ServedSite {
    /// The output folder of a build.
    pub folder: PathBuf,
    /// The URL path of the front page.
    pub root: SiteRoot,
    /// The configured host name, besides `localhost` and IP addresses.
    pub name: Option<String>,
    /// Live reload, when watching.
    pub live_reload: Option<Arc<LiveReload>>,
}

/// The URL path of a site's front page, `/` or `/news/`. It can change while the site is served.
#[derive(Clone, Debug)]
pub struct SiteRoot(Arc<Mutex<Arc<str>>>);

impl SiteRoot {
    pub fn new(path: &str) -> Self {
        Self(Arc::new(Mutex::new(path.into())))
    }

    pub fn get(&self) -> Arc<str> {
        Arc::clone(&self.lock())
    }

    /// Sets the path. Returns whether it was another one.
    pub fn set(&self, path: &str) -> bool {
        let mut root = self.lock();
        let is_new = **root != *path;
        if is_new {
            *root = path.into();
        }
        is_new
    }

    fn lock(&self) -> MutexGuard<'_, Arc<str>> {
        self.0.lock().expect("no thread panics while it holds this lock")
    }
}
