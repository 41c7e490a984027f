//! Detects changes of a site's sources, by file-system events or by polling.
//!
//! Events say where a build looks first and are never trusted for content: they differ between systems
//! and editors, and some are lost or duplicated. A build that scans everything soon follows, so a
//! ready-made debouncer that merges events per file would add nothing.

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
use crate::source::{self, ScanScope};

/// The default polling interval.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// The coarsest resolution of modification times: a second change within it leaves the stamp
/// unchanged.
const MTIME_RESOLUTION: Duration = Duration::from_secs(2);

/// File systems that do not report changes by other machines.
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

/// Watches the sources of a site.
#[derive(Debug)]
pub struct SourceWatcher {
    sources: Sources,
    debouncer: Arc<Debouncer>,
    /// `None` when polling.
    watcher: Option<RecommendedWatcher>,
    /// The watched folders.
    watched: Vec<PathBuf>,
}

/// The paths of a site's sources.
#[derive(Clone, Debug)]
struct Sources {
    root: PathBuf,
    config: PathBuf,
    folders: Vec<PathBuf>,
    /// The folder of the documents. It may be a link.
    content: PathBuf,
}

impl Sources {
    fn of(root: &Path) -> Self {
        // Events contain canonical paths.
        let root = source::canonicalize(root);
        let folders = source::FOLDERS.map(|name| root.join(name));
        let [content, ..] = folders.each_ref().map(|folder| source::canonicalize(folder));
        Self { config: root.join(source::CONFIG), folders: folders.into(), content, root }
    }

    /// The meaning of an event; `None` if it concerns other files or mere access.
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
        // Only the root's own entries are watched, so a deeper path, or one outside because the
        // folder is a link, belongs to a watched folder.
        let is_folder = |path: &PathBuf| *path == self.root || self.folders.contains(path);
        let is_source = |path: &PathBuf| *path == self.config || path.parent() != Some(&self.root);
        let paths = &event.paths;
        if paths.iter().any(is_folder) {
            return folder();
        }
        let mut events = SourceEvents::default();
        for path in paths.iter().filter(|path| is_source(path)) {
            let document = self.path_in_content(path).map(SourceEvents::document);
            events.add(document.unwrap_or_else(SourceEvents::anything));
        }
        Some(events).filter(|events| *events != SourceEvents::default())
    }

    /// The path below the folder of the documents, with `/` separators.
    fn path_in_content(&self, path: &Path) -> Option<String> {
        let parts = path.strip_prefix(&self.content).ok()?.components();
        let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
        parts.map(|parts| parts.join("/")).filter(|path| !path.is_empty())
    }

    /// Digest of the names and stamps of all sources.
    fn digest(&self) -> Digest {
        let (snapshot, _) = source::scan(&self.root, &|_| false);
        let lists = [&snapshot.content, &snapshot.templates, &snapshot.static_files];
        let stamps = lists
            .map(|files| files.iter().map(|file| (&file.path, file.stamp)).collect::<Vec<_>>());
        Digest::of_value(&(stamps, source::stamp(&source::canonicalize(&self.config))))
    }
}

impl SourceWatcher {
    /// Watches the sources of the site at `root` by file events, or polls them every `poll`. If the
    /// file system refuses to watch, polls and reports why. The first event is pending at once,
    /// because anything may have changed before.
    pub fn start(root: &Path, poll: Option<Duration>) -> (Self, Option<String>) {
        let debouncer = Arc::new(Debouncer::default());
        debouncer.notify(SourceEvents::anything());
        let mut watch =
            Self { sources: Sources::of(root), debouncer, watcher: None, watched: Vec::new() };
        let reason = match poll {
            Some(every) => watch.poll_every(every).err().map(|error| no_looks(&error)),
            None => watch.watch().err().map(|reason| watch.fall_back_to_polling(&reason)),
        };
        (watch, reason)
    }

    /// Watches by file events.
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
                Err(error) => Some(SourceEvents {
                    refused: Some(error.to_string()),
                    ..SourceEvents::default()
                }),
            };
            if let Some(pending) = pending {
                debouncer.notify(pending);
            }
        };
        // Builds do not follow links either.
        let config = Config::default().with_follow_symlinks(false);
        self.watcher =
            Some(RecommendedWatcher::new(ring, config).map_err(|error| error.to_string())?);
        self.watch_folders()
    }

    /// Replaces the watched folders by those that exist now.
    fn watch_folders(&mut self) -> Result<(), String> {
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        let Sources { root, config, folders, .. } = &self.sources;
        for location in self.watched.drain(..) {
            // Folders that are gone need not be unwatched.
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
        format!(
            "polling for changes every {every} s because file events are not available: {reason}"
        )
    }

    /// Polls on a thread of its own.
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
                // A change that the stamps do not show yet will be visible after one more
                // resolution step.
                if now != last || (looks_since_change - looks_in_grain).abs() < 0.5 {
                    debouncer.notify(SourceEvents::anything());
                }
                last = now;
            }
        };
        thread::Builder::new().spawn(look).map(|_| ())
    }

    /// Waits until something may have changed, at most `at_most`. Returns what must be scanned, and a
    /// message about watching.
    fn wait(&mut self, at_most: Option<Duration>) -> (Option<ScanScope>, Option<String>) {
        let events = self.debouncer.wait(at_most);
        let watched = if events.folder { self.watch_folders() } else { Ok(()) };
        let refused = events.refused.clone().or(watched.err());
        let notice = refused
            .filter(|_| self.watcher.is_some())
            .map(|reason| self.fall_back_to_polling(&reason));
        (events.scope(), notice)
    }
}

/// The message when changes are no longer detected.
fn no_looks(error: &io::Error) -> String {
    format!("changes are not detected: cannot start the polling thread: {error}")
}

/// A missing folder is no error: the root reports when it is back.
fn ignore_missing(watched: notify::Result<()>) -> Result<(), String> {
    match watched {
        Err(error) if !matches!(error.kind, ErrorKind::PathNotFound) => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// The result of a rebuild.
#[derive(Debug, Default)]
pub struct RebuildResult {
    /// The event to broadcast, if anything changed.
    pub event: Option<BuildEvent>,
    /// When to rebuild even if no file changes: the site will differ then, or a failed build is
    /// retried.
    pub rebuild_after: Option<Duration>,
}

/// Rebuilds when sources may have changed, and broadcasts the result to open pages. Messages about
/// watching go to `say`.
///
/// `build` is given what must be scanned, which is None if no source has changed, and a way to ask
/// whether sources have changed again since it began.
pub fn rebuild(
    mut watch: SourceWatcher,
    live_reload: &LiveReload,
    say: impl Fn(&str),
    mut build: impl FnMut(Option<ScanScope>, &dyn Fn() -> bool) -> RebuildResult,
) -> ! {
    let mut rebuild_after = None;
    loop {
        let (scope, notice) = watch.wait(rebuild_after);
        if let Some(notice) = notice {
            say(&notice);
        }
        let is_outdated = || watch.debouncer.is_pending();
        // A panic in a build does not end the server.
        let built = catch_unwind(AssertUnwindSafe(|| build(scope, &is_outdated)));
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

/// The error that is shown if a build panics.
const FAILED: &str = "error: internal error; see the terminal";

/// The type of the file system of a folder, if it is one of [`REMOTE`].
fn network_fs_kind(folder: &Path) -> Option<String> {
    let mounts = source::read_optional(Path::new("/proc/self/mountinfo"), source::MAX_TEXT_BYTES)
        .ok()
        .flatten()?;
    let kind = mount_kind(&String::from_utf8_lossy(&mounts), folder)?;
    REMOTE.contains(&kind.as_str()).then_some(kind)
}

/// The type of the file system of a folder, from a mount table as in proc(5).
fn mount_kind(mounts: &str, folder: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (location, kind) = line.split_once(" - ")?;
        let location = location.split(' ').nth(4)?.replace("\\040", " ");
        Some((location, kind.split(' ').next()?.to_owned()))
    };
    let above =
        mounts.lines().filter_map(mount).filter(|(location, _)| folder.starts_with(location));
    // The last of several mounts at one path is the visible one.
    above.max_by_key(|(location, _)| location.len()).map(|(_, kind)| kind)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes the folder that is watched")]
mod tests {
    use std::sync::mpsc;

    use notify::event::{CreateKind, Flag, ModifyKind, RenameMode};

    use super::*;

    #[test]
    fn watch_ignores_other_files() {
        let sources = Sources::of(Path::new("/site"));
        let a_folder = || SourceEvents { folder: true, ..SourceEvents::default() };
        let pending = |kind, path: &str| sources.pending(&Event::new(kind).add_path(path.into()));
        let document = |path: &str| Some(SourceEvents::document(path.to_owned()));
        let change = EventKind::Modify(ModifyKind::Any);
        assert_eq!(pending(change, "/site/content/a/b.md"), document("a/b.md"));
        assert_eq!(pending(change, "/site/site.toml"), Some(SourceEvents::anything()));
        assert_eq!(pending(change, "/site/static/x.png"), Some(SourceEvents::anything()));
        assert_eq!(
            pending(EventKind::Create(CreateKind::Folder), "/site/templates"),
            Some(a_folder())
        );
        assert_eq!(pending(change, "/elsewhere/linked/a.md"), Some(SourceEvents::anything()));
        assert_eq!(pending(change, "/site"), Some(a_folder()));
        assert_eq!(pending(change, "/site/public"), None);
        assert_eq!(pending(change, "/site/contents.md"), None);
        assert_eq!(
            pending(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/site/content/a.md"),
            None
        );
        assert_eq!(
            pending(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/site/content/a.md"),
            None
        );
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert_eq!(pending(written, "/site/content/a.md"), document("a.md"));
        let both = Event::new(EventKind::Modify(ModifyKind::Name(RenameMode::Both)))
            .add_path("/site/content/a.md".into())
            .add_path("/site/content/b/c.md".into());
        let documents = ["a.md", "b/c.md"].map(str::to_owned).into();
        let expected = SourceEvents { documents, ..SourceEvents::default() };
        assert_eq!(sources.pending(&both), Some(expected));
        let moved_out = both.add_path("/site/static/c.md".into());
        assert_eq!(sources.pending(&moved_out), Some(SourceEvents::anything()));
        let lost = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(sources.pending(&lost), Some(a_folder()));
    }

    #[test]
    fn watch_falls_back_to_polling() {
        let site = tempfile::tempdir().expect("folder");
        let (mut watch, reason) = SourceWatcher::start(site.path(), None);
        assert_eq!((reason, watch.wait(None)), (None, (Some(ScanScope::Full), None)));
        watch.debouncer.notify(SourceEvents {
            refused: Some("too many watches".to_owned()),
            ..SourceEvents::default()
        });
        let (scope, notice) = watch.wait(None);
        assert_eq!(scope, Some(ScanScope::Full));
        let notice = notice.expect("a notice");
        assert!(notice.ends_with("too many watches") && watch.watcher.is_none(), "{notice}");
        std::fs::write(site.path().join("site.toml"), "").expect("written");
        assert_eq!(watch.wait(None), (Some(ScanScope::Full), None));
    }

    #[test]
    fn watch_goes_on_after_a_panic() {
        let site = tempfile::tempdir().expect("folder");
        let config = site.path().join(source::CONFIG);
        let (watch, reason) = SourceWatcher::start(site.path(), None);
        assert_eq!(reason, None);
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let live_reload = LiveReload::new(1, BuildEvent::default());
            let mut is_first = true;
            rebuild(
                watch,
                &live_reload,
                |_| {},
                |_, _| {
                    if std::mem::take(&mut is_first) {
                        std::fs::write(&config, "").expect("written");
                        panic!("the change causes the next build");
                    }
                    let _ = sender.send(live_reload.subscribe().borrow().errors.to_string());
                    RebuildResult::default()
                },
            )
        });
        let errors = receiver.recv_timeout(Duration::from_secs(30)).expect("the next build");
        assert_eq!(errors, FAILED);
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
