//! Detects changes of a site's sources, by file-system events or by polling.
//!
//! Events only trigger a build and are never trusted for content: they differ between systems and
//! editors, and some are lost or duplicated. The build checks all files anyway, so a ready-made
//! debouncer that merges events per file would add nothing.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Config, ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::debounce::{Debouncer, SourceEvents};
use super::live_reload::{BuildEvent, LiveReload};
use crate::digest::Digest;
use crate::source;

/// The polling interval, unless the user sets one.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// A file system may know times to this only, so that a second change within it leaves the stamp of the first.
const MTIME_RESOLUTION: Duration = Duration::from_secs(2);

/// Kinds of file systems that do not tell what other machines change.
const REMOTE: [&str; 16] = [
    "9p",
    "afs",
    "ceph",
    "cifs",
    "drvfs",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.sshfs",
    "fuse.vmhgfs-fuse",
    "nfs",
    "nfs4",
    "prl_fs",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
];

/// The sources of a site, watched.
#[derive(Debug)]
pub struct SourceWatcher {
    sources: Sources,
    debouncer: Arc<Debouncer>,
    /// None where somebody looks now and then.
    watcher: Option<RecommendedWatcher>,
    /// What it watches.
    watched: Vec<PathBuf>,
}

/// Where the sources of a site are.
#[derive(Clone, Debug)]
struct Sources {
    root: PathBuf,
    config: PathBuf,
    folders: Vec<PathBuf>,
}

impl Sources {
    fn of(root: &Path) -> Self {
        // The system names files in its events by their real paths.
        let root = source::canonicalize(root);
        let folders = source::FOLDERS.iter().map(|name| root.join(name)).collect();
        Self { config: root.join(source::CONFIG), folders, root }
    }

    /// What an event means; nothing where it is about other files, or the build has only read.
    fn pending(&self, event: &Event) -> Option<SourceEvents> {
        let folder = || Some(SourceEvents { folder: true, ..SourceEvents::default() });
        if event.need_rescan() {
            return folder();
        }
        let is_read = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
            kind => kind.is_access(),
        };
        if is_read {
            return None;
        }
        // Of the root nothing but its own entries is watched, so all that lies deeper, or elsewhere because the folder is a
        // link, lies in one of the folders.
        let is_folder = |path: &PathBuf| *path == self.root || self.folders.contains(path);
        let is_source = |path: &PathBuf| *path == self.config || path.parent() != Some(&self.root);
        let paths = &event.paths;
        if paths.iter().any(is_folder) {
            return folder();
        }
        paths.iter().any(is_source).then(file_event)
    }

    /// Of the names and stamps of all of them.
    fn digest(&self) -> Digest {
        let (snapshot, _) = source::scan(&self.root, &|_| false);
        let lists = [&snapshot.content, &snapshot.templates, &snapshot.static_files];
        let stamps = lists.map(|files| files.iter().map(|file| (&file.path, file.stamp)).collect::<Vec<_>>());
        Digest::of_value(&(stamps, source::stamp(&source::canonicalize(&self.config))))
    }
}

impl SourceWatcher {
    /// Watches the sources of the site at `root`: by the file system, or by looking at them every `poll`. Where the file
    /// system refuses, the reason is given, and it is looked all the same. The bell is rung at once, because nobody knows
    /// what has changed before.
    pub fn start(root: &Path, poll: Option<Duration>) -> (Self, Option<String>) {
        let debouncer = Arc::new(Debouncer::default());
        debouncer.notify(file_event());
        let mut watch = Self { sources: Sources::of(root), debouncer, watcher: None, watched: Vec::new() };
        let reason = match poll {
            Some(every) => watch.poll_every(every).err().map(|error| no_looks(&error)),
            None => watch.watch().err().map(|reason| watch.fall_back_to_polling(&reason)),
        };
        (watch, reason)
    }

    /// Has the file system tell.
    fn watch(&mut self) -> Result<(), String> {
        let places = [&self.sources.root].into_iter().chain(&self.sources.folders);
        if let Some(kind) =
            places.into_iter().find_map(|location| network_fs_kind(&source::canonicalize(location)))
        {
            return Err(format!("the site is on a network drive ({kind})"));
        }
        let (sources, debouncer) = (self.sources.clone(), Arc::clone(&self.debouncer));
        let ring = move |event: notify::Result<Event>| {
            let pending = match event {
                Ok(event) => sources.pending(&event),
                Err(error) => {
                    Some(SourceEvents { refused: Some(error.to_string()), ..SourceEvents::default() })
                }
            };
            if let Some(pending) = pending {
                debouncer.notify(pending);
            }
        };
        // Nor does a build follow links.
        let config = Config::default().with_follow_symlinks(false);
        self.watcher = Some(RecommendedWatcher::new(ring, config).map_err(|error| error.to_string())?);
        self.watch_folders()
    }

    /// Watches what there is now, in place of what was there.
    fn watch_folders(&mut self) -> Result<(), String> {
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        let Sources { root, config, folders } = &self.sources;
        for location in self.watched.drain(..) {
            // One that is gone is not watched any more.
            let _ = watcher.unwatch(&location);
        }
        let mut watch = |location: PathBuf, mode| {
            let watched = watcher.watch(&location, mode);
            self.watched.push(location);
            watched
        };
        watch(root.clone(), RecursiveMode::NonRecursive).map_err(|error| error.to_string())?;
        let config = source::canonicalize(config);
        if let Some(folder) = config.parent().filter(|folder| folder != root) {
            ignore_missing(watch(folder.to_owned(), RecursiveMode::NonRecursive))?;
        }
        for folder in folders.iter().filter(|folder| source::is_folder(folder)) {
            ignore_missing(watch(source::canonicalize(folder), RecursiveMode::Recursive))?;
        }
        Ok(())
    }

    fn fall_back_to_polling(&mut self, reason: &str) -> String {
        self.watcher = None;
        if let Err(error) = self.poll_every(POLL_INTERVAL) {
            return format!("{}; file events are not available: {reason}", no_looks(&error));
        }
        let every = POLL_INTERVAL.as_secs();
        format!("polling for changes every {every} s because file events are not available: {reason}")
    }

    /// Looks every so often, on a thread of its own.
    fn poll_every(&self, every: Duration) -> io::Result<()> {
        let (sources, debouncer) = (self.sources.clone(), Arc::downgrade(&self.debouncer));
        let mut last = sources.digest();
        let looks_in_grain = MTIME_RESOLUTION.div_duration_f64(every).ceil();
        let look = move || {
            let mut looks_since_change = f64::INFINITY;
            loop {
                thread::sleep(every);
                let now = sources.digest();
                let Some(debouncer) = debouncer.upgrade() else { break };
                looks_since_change = if now == last { looks_since_change + 1.0 } else { 0.0 };
                // Whatever has changed unseen has done so when the grain is over.
                if now != last || (looks_since_change - looks_in_grain).abs() < 0.5 {
                    debouncer.notify(file_event());
                }
                last = now;
            }
        };
        thread::Builder::new().spawn(look).map(|_| ())
    }

    /// Waits until something may have changed, but not longer than `at_most`. Gives what there is to say about watching.
    fn wait(&mut self, at_most: Option<Duration>) -> Option<String> {
        let SourceEvents { folder, refused, .. } = self.debouncer.wait(at_most);
        let refused = refused.or_else(|| if folder { self.watch_folders().err() } else { None });
        refused.filter(|_| self.watcher.is_some()).map(|reason| self.fall_back_to_polling(&reason))
    }
}

/// What there is to say where nobody looks for changes.
fn no_looks(error: &io::Error) -> String {
    format!("changes are not detected: cannot start the polling thread: {error}")
}

/// A folder that has gone in between is no reason to give up: the root tells when it is back.
fn ignore_missing(watched: notify::Result<()>) -> Result<(), String> {
    match watched {
        Err(error) if !matches!(error.kind, ErrorKind::PathNotFound) => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// What is rung where a file may have changed.
fn file_event() -> SourceEvents {
    SourceEvents { file: true, ..SourceEvents::default() }
}

/// The result of a rebuild.
#[derive(Debug, Default)]
pub struct RebuildResult {
    /// The event to broadcast, if anything changed.
    pub event: Option<BuildEvent>,
    /// After what time to build again though no file has changed: another build would make another site, or may not fail.
    pub rebuild_after: Option<Duration>,
}

/// Rebuilds when sources may have changed, and broadcasts the result to open pages. Messages about
/// watching go to `say`.
///
/// `build` is given a way to ask whether sources have changed again since it began.
pub fn rebuild(
    mut watch: SourceWatcher,
    live_reload: &LiveReload,
    say: impl Fn(&str),
    mut build: impl FnMut(&dyn Fn() -> bool) -> RebuildResult,
) -> ! {
    let mut rebuild_after = None;
    loop {
        if let Some(notice) = watch.wait(rebuild_after) {
            say(&notice);
        }
        let is_outdated = || watch.debouncer.is_pending();
        // Whoever serves a site goes on even if a build does what it never should.
        let built = catch_unwind(AssertUnwindSafe(|| build(&is_outdated)));
        let built = built.unwrap_or_else(|_| {
            let event = BuildEvent { errors: FAILED.to_owned(), has_new_styles: false };
            RebuildResult { event: Some(event), rebuild_after: None }
        });
        rebuild_after = built.rebuild_after;
        if let Some(event) = built.event {
            live_reload.broadcast(event);
        }
    }
}

/// What is told where a build panics.
const FAILED: &str = "error: internal error; see the terminal";

/// The kind of the file system that a folder lies on, if it is one of [`REMOTE`].
fn network_fs_kind(folder: &Path) -> Option<String> {
    let mounts =
        source::read_optional(Path::new("/proc/self/mountinfo"), source::MAX_TEXT_BYTES).ok().flatten()?;
    let kind = mount_kind(&String::from_utf8_lossy(&mounts), folder)?;
    REMOTE.contains(&kind.as_str()).then_some(kind)
}

/// The kind of the file system that a folder lies on, by the list that proc(5) describes.
fn mount_kind(mounts: &str, folder: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (location, kind) = line.split_once(" - ")?;
        let location = location.split(' ').nth(4)?.replace("\\040", " ");
        Some((location, kind.split(' ').next()?.to_owned()))
    };
    let above = mounts.lines().filter_map(mount).filter(|(location, _)| folder.starts_with(location));
    // Of two mounts at one place the later one counts.
    above.max_by_key(|(location, _)| location.len()).map(|(_, kind)| kind)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes the folder that is watched")]
mod tests {
    use notify::event::{CreateKind, Flag, ModifyKind};

    use super::*;

    #[test]
    fn watch_ignores_other_files() {
        let sources = Sources::of(Path::new("/site"));
        let a_folder = || SourceEvents { folder: true, ..SourceEvents::default() };
        let pending = |kind, path: &str| sources.pending(&Event::new(kind).add_path(path.into()));
        let change = EventKind::Modify(ModifyKind::Any);
        assert_eq!(pending(change, "/site/content/a/b.md"), Some(file_event()));
        assert_eq!(pending(change, "/site/site.toml"), Some(file_event()));
        assert_eq!(pending(change, "/site/static/x.png"), Some(file_event()));
        assert_eq!(pending(EventKind::Create(CreateKind::Folder), "/site/templates"), Some(a_folder()));
        assert_eq!(pending(change, "/elsewhere/linked/a.md"), Some(file_event()));
        assert_eq!(pending(change, "/site"), Some(a_folder()));
        assert_eq!(pending(change, "/site/public"), None);
        assert_eq!(pending(change, "/site/contents.md"), None);
        assert_eq!(pending(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/site/content/a.md"), None);
        assert_eq!(
            pending(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/site/content/a.md"),
            None
        );
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert_eq!(pending(written, "/site/content/a.md"), Some(file_event()));
        let lost = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(sources.pending(&lost), Some(a_folder()));
    }

    #[test]
    fn watch_falls_back_to_polling() {
        let site = tempfile::tempdir().expect("folder");
        let (mut watch, reason) = SourceWatcher::start(site.path(), None);
        assert_eq!((reason, watch.wait(None)), (None, None));
        watch
            .debouncer
            .notify(SourceEvents { refused: Some("too many watches".to_owned()), ..SourceEvents::default() });
        let notice = watch.wait(None).expect("a notice");
        assert!(notice.ends_with("too many watches") && watch.watcher.is_none(), "{notice}");
        std::fs::write(site.path().join("site.toml"), "").expect("written");
        assert_eq!(watch.wait(None), None);
    }

    #[test]
    fn network_file_systems_are_detected() {
        let mounts = "21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n\
            22 21 0:40 / /home/an\\040editor rw - nfs4 server:/home rw\n\
            23 22 0:41 / /home/an\\040editor/here rw - tmpfs tmpfs rw\n";
        let kind = |folder| mount_kind(mounts, Path::new(folder));
        assert_eq!(kind("/srv/site").as_deref(), Some("ext4"));
        assert_eq!(kind("/home/an editor/site").as_deref(), Some("nfs4"));
        assert_eq!(kind("/home/an editor/here/site").as_deref(), Some("tmpfs"));
        assert_eq!(kind("/home/another").as_deref(), Some("ext4"));
        assert_eq!(mount_kind("nonsense", Path::new("/")), None);
    }
}
