//! Detects changes of a site's sources, by file-system events or by polling.
//!
//! Events say where a build looks first and are never trusted for content: they differ between systems
//! and editors, and some are lost or duplicated. A build that scans everything soon follows, so a
//! ready-made debouncer that merges events per file would add nothing.

use std::collections::BTreeSet;
use std::io;
use std::mem::replace;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Config, ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::debounce::{Debouncer, SourceEvents};
use super::live_reload::{BuildEvent, LiveReload};
use crate::digest::Digest;
use crate::reservations::LOCK;
use crate::source::{self, ScanScope};

/// The default polling interval.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// How often to try to watch a folder while folders in it disappear.
const WATCH_ATTEMPTS: usize = 5;

/// The files in a site's root that builds read.
const FILES: [&str; 2] = [source::CONFIG, LOCK];

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
    sources: Arc<Mutex<Sources>>,
    debouncer: Arc<Debouncer>,
    /// `None` when polling.
    watcher: Option<RecommendedWatcher>,
    /// The watched folders.
    watched: Vec<PathBuf>,
    /// Whether the last events included an overflow.
    has_overflowed: bool,
}

/// The paths of a site's sources, with links resolved because events contain canonical paths.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sources {
    root: PathBuf,
    /// The folders of sources, the one of the documents first.
    folders: [PathBuf; 3],
    /// The other files that builds read.
    files: [PathBuf; 2],
    /// The entries of the site that lead to these, links and folders: a change of one may replace a
    /// folder of sources.
    entries: BTreeSet<PathBuf>,
}

impl Sources {
    fn of(root: &Path) -> Self {
        let root = source::canonicalize(root);
        let mut entries = BTreeSet::new();
        let mut resolve = |name: &str| {
            let (target, through) = source::resolve_links(&root, name);
            let target = source::canonicalize(&target);
            entries.extend(through);
            entries.insert(target.clone());
            target
        };
        let folders = source::FOLDERS.map(&mut resolve);
        let files = FILES.map(&mut resolve);
        // Builds refuse links out of the site.
        entries.retain(|entry| entry.starts_with(&root));
        Self { root, folders, files, entries }
    }

    /// The folders that contain the entries, each before those in it.
    fn parents(&self) -> BTreeSet<&Path> {
        let parents = self.entries.iter().filter_map(|entry| entry.parent());
        parents.filter(|parent| parent.starts_with(&self.root)).collect()
    }

    /// The meaning of an event; empty if it concerns other files or mere access.
    fn events(&self, event: &Event) -> SourceEvents {
        if event.need_rescan() {
            return SourceEvents::overflow();
        }
        let is_read = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
            kind => kind.is_access(),
        };
        let mut events = SourceEvents::default();
        for path in event.paths.iter().filter(|_| !is_read) {
            events.add(self.events_at(path));
        }
        events
    }

    /// The meaning of a change at a path.
    fn events_at(&self, path: &Path) -> SourceEvents {
        let is_below = |folder: &PathBuf| path.starts_with(folder);
        if self.files.iter().any(|file| file == path) {
            SourceEvents::anything()
        } else if path == self.root || self.entries.contains(path) {
            SourceEvents::folder()
        } else if let Some(document) = self.path_in_content(path) {
            SourceEvents::document(document)
        } else if !self.folders.iter().any(is_below)
            && path.parent().is_some_and(|parent| self.parents().contains(parent))
        {
            // Other entries of these folders are no sources.
            SourceEvents::default()
        } else {
            SourceEvents::anything()
        }
    }

    /// The path below the folder of the documents, with `/` separators.
    fn path_in_content(&self, path: &Path) -> Option<String> {
        let [content, ..] = &self.folders;
        let parts = path.strip_prefix(content).ok()?.components();
        let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
        parts.map(|parts| parts.join("/"))
    }
}

/// Digest of the names and stamps of all sources of the site at `root`.
fn sources_digest(root: &Path) -> Digest {
    let (snapshot, _) = source::scan(root, &|_| false);
    let lists = [&snapshot.content, &snapshot.templates, &snapshot.static_files];
    let stamps =
        lists.map(|files| files.iter().map(|file| (&file.path, file.stamp)).collect::<Vec<_>>());
    Digest::of_value(&(stamps, FILES.map(|name| source::source_stamp(&root.join(name)))))
}

impl SourceWatcher {
    /// Watches the sources of the site at `root` by file events, or polls them every `poll`. If the
    /// file system refuses to watch, polls and reports why. The first event is pending at once,
    /// because anything may have changed before.
    pub fn start(root: &Path, poll: Option<Duration>) -> (Self, Option<String>) {
        let debouncer = Arc::new(Debouncer::default());
        debouncer.notify(SourceEvents::anything());
        let mut watch = Self {
            sources: Arc::new(Mutex::new(Sources::of(root))),
            debouncer,
            watcher: None,
            watched: Vec::new(),
            has_overflowed: false,
        };
        let reason = match poll {
            Some(every) => watch.poll_every(every).err().map(|error| polling_failed(&error)),
            None => watch.watch().err().map(|reason| watch.fall_back_to_polling(&reason)),
        };
        (watch, reason)
    }

    /// Watches by file events.
    fn watch(&mut self) -> Result<(), String> {
        let Sources { root, folders, .. } = lock(&self.sources).clone();
        let mut folders = [&root].into_iter().chain(&folders);
        if let Some(kind) = folders.find_map(|folder| network_fs_kind(folder)) {
            return Err(format!("the site is on a network drive ({kind})"));
        }
        let (sources, debouncer) = (Arc::clone(&self.sources), Arc::clone(&self.debouncer));
        let handler = move |event: notify::Result<Event>| {
            let events = match event {
                Ok(event) => lock(&sources).events(&event),
                Err(error) => SourceEvents::failed(error.to_string()),
            };
            if !events.is_empty() {
                debouncer.notify(events);
            }
        };
        // Builds do not follow links either.
        let config = Config::default().with_follow_symlinks(false);
        self.watcher =
            Some(RecommendedWatcher::new(handler, config).map_err(|error| error.to_string())?);
        self.watch_folders()
    }

    /// Resolves links again, and replaces the watched folders by those that exist now.
    fn watch_folders(&mut self) -> Result<(), String> {
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        for folder in self.watched.drain(..) {
            // Folders that are gone need not be unwatched.
            let _ = watcher.unwatch(&folder);
        }
        let sources = {
            let mut sources = lock(&self.sources);
            *sources = Sources::of(&sources.root);
            sources.clone()
        };
        let root = &sources.root;
        watcher.watch(root, RecursiveMode::NonRecursive).map_err(|error| error.to_string())?;
        self.watched.push(root.clone());
        let parents = sources.parents().into_iter().filter(|parent| parent != root);
        let parents = parents.map(|folder| (folder, RecursiveMode::NonRecursive));
        let folders = sources.folders.iter().map(|folder| (&**folder, RecursiveMode::Recursive));
        for (folder, mode) in parents.chain(folders) {
            watch_existing(folder, || watcher.watch(folder, mode))?;
            self.watched.push(folder.to_owned());
        }
        Ok(())
    }

    fn fall_back_to_polling(&mut self, reason: &str) -> String {
        self.watcher = None;
        if let Err(error) = self.poll_every(POLL_INTERVAL) {
            return format!("{}; file events are not available: {reason}", polling_failed(&error));
        }
        let every = POLL_INTERVAL.as_secs();
        format!(
            "polling for changes every {every} s because file events are not available: {reason}"
        )
    }

    /// Polls on a thread of its own.
    fn poll_every(&self, every: Duration) -> io::Result<()> {
        let (root, debouncer) = (lock(&self.sources).root.clone(), Arc::downgrade(&self.debouncer));
        let mut last = sources_digest(&root);
        let mtime_tick = u128::from(source::MTIME_RESOLUTION.unsigned_abs());
        let polls_per_mtime_tick = mtime_tick.div_ceil(every.as_nanos().max(1));
        let poll = move || {
            let mut polls_since_change = u128::MAX;
            loop {
                thread::sleep(every);
                let now = sources_digest(&root);
                let Some(debouncer) = debouncer.upgrade() else { break };
                let has_changed = now != last;
                polls_since_change =
                    if has_changed { 0 } else { polls_since_change.saturating_add(1) };
                // A second change within the resolution of modification times leaves the stamp
                // unchanged.
                if has_changed || polls_since_change == polls_per_mtime_tick {
                    debouncer.notify(SourceEvents::anything());
                }
                last = now;
            }
        };
        thread::Builder::new().spawn(poll).map(|_| ())
    }

    /// Waits until something may have changed, at most `at_most`. Returns what must be scanned, and a
    /// message about watching.
    fn wait(&mut self, at_most: Option<Duration>) -> (Option<ScanScope>, Option<String>) {
        let events = self.debouncer.wait(at_most);
        let watched = if self.watcher.is_some() { self.watch_again(&events) } else { Ok(()) };
        let notice = watched.err().map(|reason| self.fall_back_to_polling(&reason));
        (events.scope(), notice)
    }

    /// Watches the folders again if some may be unwatched after these events.
    ///
    /// Watching many folders can itself cause an overflow, and so can the scan of the build that
    /// follows. Events are of no use then.
    fn watch_again(&mut self, events: &SourceEvents) -> Result<(), String> {
        let had_overflowed = replace(&mut self.has_overflowed, events.overflow);
        if let Some(reason) = &events.failed {
            return Err(reason.clone());
        }
        if had_overflowed && events.overflow {
            return Err("too many folders or changes".to_owned());
        }
        let is_replaced = events.folder || events.overflow || events.anything && self.is_relinked();
        if is_replaced { self.watch_folders() } else { Ok(()) }
    }

    /// Whether links lead elsewhere than when the folders were watched.
    fn is_relinked(&self) -> bool {
        let sources = lock(&self.sources);
        Sources::of(&sources.root) != *sources
    }
}

fn lock(sources: &Mutex<Sources>) -> MutexGuard<'_, Sources> {
    sources.lock().expect("no thread panics while it holds the lock")
}

/// The message when changes are no longer detected.
fn polling_failed(error: &io::Error) -> String {
    format!("changes are not detected: cannot start the polling thread: {error}")
}

/// Watches a folder with `watch`, unless it is missing: the folder above reports when it is back.
///
/// When a folder in it disappears meanwhile, [`Watcher::watch`] fails and leaves others unwatched,
/// so it is called again.
fn watch_existing(
    folder: &Path,
    mut watch: impl FnMut() -> notify::Result<()>,
) -> Result<(), String> {
    let mut attempts = 0;
    while source::is_folder(folder) {
        attempts += 1;
        match watch() {
            Err(error) if attempts == WATCH_ATTEMPTS || !is_not_found(&error) => {
                return Err(error.to_string());
            }
            Err(_) => {}
            Ok(()) => break,
        }
    }
    Ok(())
}

fn is_not_found(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => source::is_not_found(error),
        _ => false,
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
        let built = build(scope, &is_outdated);
        rebuild_after = built.rebuild_after;
        if let Some(event) = built.event {
            live_reload.broadcast(event);
        }
    }
}

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

    use notify::event::{CreateKind, Flag, ModifyKind, RenameMode};

    use super::*;

    #[test]
    fn watch_ignores_other_files() {
        let sources = Sources::of(Path::new("/site"));
        let none = SourceEvents::default;
        let events = |kind, path: &str| sources.events(&Event::new(kind).add_path(path.into()));
        let document = |path: &str| SourceEvents::document(path.to_owned());
        let change = EventKind::Modify(ModifyKind::Any);
        assert_eq!(events(change, "/site/content/a/b.md"), document("a/b.md"));
        assert_eq!(events(change, "/site/site.toml"), SourceEvents::anything());
        assert_eq!(events(change, "/site/addresses.lock"), SourceEvents::anything());
        assert_eq!(events(change, "/site/static/x.png"), SourceEvents::anything());
        assert_eq!(
            events(EventKind::Create(CreateKind::Folder), "/site/templates"),
            SourceEvents::folder()
        );
        assert_eq!(events(change, "/elsewhere/linked/a.md"), SourceEvents::anything());
        assert_eq!(events(change, "/site"), SourceEvents::folder());
        assert_eq!(events(change, "/site/public"), none());
        assert_eq!(events(change, "/site/contents.md"), none());
        assert_eq!(
            events(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/site/content/a.md"),
            none()
        );
        assert_eq!(
            events(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/site/content/a.md"),
            none()
        );
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert_eq!(events(written, "/site/content/a.md"), document("a.md"));
        let both = Event::new(EventKind::Modify(ModifyKind::Name(RenameMode::Both)))
            .add_path("/site/content/a.md".into())
            .add_path("/site/content/b/c.md".into());
        let documents = ["a.md", "b/c.md"].map(str::to_owned).into();
        let expected = SourceEvents { documents, ..SourceEvents::default() };
        assert_eq!(sources.events(&both), expected);
        let moved_out = both.add_path("/site/static/c.md".into());
        assert_eq!(sources.events(&moved_out), SourceEvents::anything());
        let lost = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(sources.events(&lost), SourceEvents::overflow());
    }

    #[cfg(unix)]
    #[test]
    fn watch_resolves_links() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().expect("folder");
        let root = source::canonicalize(folder.path());
        std::fs::create_dir_all(root.join("shared/docs")).expect("folder");
        symlink("current/docs", root.join("content")).expect("link");
        symlink(root.join("shared"), root.join("current")).expect("link");
        symlink("shared/site.dev.toml", root.join("site.toml")).expect("link");
        for is_broken in [false, true] {
            if is_broken {
                std::fs::remove_dir_all(root.join("shared")).expect("removed");
            }
            let sources = Sources::of(&root);
            let events = |path: &str| sources.events_at(&root.join(path));
            for path in ["", "content", "current", "shared", "shared/docs", "site.toml"] {
                assert_eq!(events(path), SourceEvents::folder(), "{path}");
            }
            for path in ["shared/site.dev.toml", "addresses.lock", "static/a.css"] {
                assert_eq!(events(path), SourceEvents::anything(), "{path}");
            }
            assert_eq!(events("shared/docs/b/a.md"), SourceEvents::document("b/a.md".to_owned()));
            for path in ["public", "shared/notes.md", "shared/docs.md"] {
                assert_eq!(events(path), SourceEvents::default(), "{path}");
            }
        }
    }

    #[test]
    fn watch_is_repeated_while_folders_disappear() {
        let folder = tempfile::tempdir().expect("folder");
        let attempts = |errors: usize, folder: &Path, error: fn() -> notify::Error| {
            let mut attempts = 0;
            let result = watch_existing(folder, || {
                attempts += 1;
                if attempts > errors { Ok(()) } else { Err(error()) }
            });
            (attempts, result.is_ok())
        };
        let missing = notify::Error::path_not_found;
        let gone = || notify::Error::io(io::ErrorKind::NotFound.into());
        let full = || notify::Error::new(ErrorKind::MaxFilesWatch);
        assert_eq!(attempts(0, folder.path(), missing), (1, true));
        assert_eq!(attempts(2, folder.path(), missing), (3, true));
        assert_eq!(attempts(2, folder.path(), gone), (3, true));
        assert_eq!(attempts(usize::MAX, folder.path(), missing), (WATCH_ATTEMPTS, false));
        assert_eq!(attempts(1, folder.path(), full), (1, false));
        assert_eq!(attempts(0, &folder.path().join("missing"), missing), (0, true));
        let removed_meanwhile = watch_existing(folder.path(), || {
            std::fs::remove_dir(folder.path()).expect("removed");
            Err(missing())
        });
        assert_eq!(removed_meanwhile, Ok(()));
    }

    #[test]
    fn watch_falls_back_to_polling_after_repeated_overflows() {
        let site = tempfile::tempdir().expect("folder");
        let (mut watch, reason) = SourceWatcher::start(site.path(), None);
        assert_eq!((reason, watch.wait(None)), (None, (Some(ScanScope::Full), None)));
        for events in [SourceEvents::overflow(), SourceEvents::anything(), SourceEvents::overflow()]
        {
            watch.debouncer.notify(events);
            assert_eq!(watch.wait(None), (Some(ScanScope::Full), None));
        }
        watch.debouncer.notify(SourceEvents::overflow());
        let (scope, notice) = watch.wait(None);
        assert_eq!(scope, Some(ScanScope::Full));
        let notice = notice.expect("a notice");
        assert!(notice.ends_with("too many folders or changes"), "{notice}");
        watch.debouncer.notify(SourceEvents::overflow());
        assert_eq!(watch.wait(None), (Some(ScanScope::Full), None));
        assert_eq!(watch.wait(Some(Duration::ZERO)), (None, None));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn folders_created_during_an_overflow_are_watched() {
        let site = tempfile::tempdir().expect("folder");
        let content = site.path().join("content");
        std::fs::create_dir(&content).expect("folder");
        let (mut watch, reason) = SourceWatcher::start(site.path(), None);
        assert_eq!((reason, watch.wait(None)), (None, (Some(ScanScope::Full), None)));
        let limit = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events");
        let limit: usize = limit.expect("read").trim().parse().expect("a number");
        let sources = Arc::clone(&watch.sources);
        // The thread that handles events waits for this lock.
        let blocked = lock(&sources);
        for _ in 0..limit / 2 {
            std::fs::write(content.join("a.md"), "").expect("written");
            std::fs::remove_file(content.join("a.md")).expect("removed");
        }
        std::fs::create_dir(content.join("new")).expect("folder");
        drop(blocked);
        let wait = |watch: &mut SourceWatcher| watch.wait(Some(Duration::from_secs(30)));
        while !watch.has_overflowed {
            assert!(matches!(wait(&mut watch), (Some(_), None)));
        }
        std::fs::write(content.join("new/b.md"), "").expect("written");
        loop {
            match wait(&mut watch).0.expect("an event in time") {
                ScanScope::Documents(documents) if documents.contains("new/b.md") => break,
                _ => {}
            }
        }
    }

    #[test]
    fn watch_falls_back_to_polling() {
        let site = tempfile::tempdir().expect("folder");
        let (mut watch, reason) = SourceWatcher::start(site.path(), None);
        assert_eq!((reason, watch.wait(None)), (None, (Some(ScanScope::Full), None)));
        watch.debouncer.notify(SourceEvents::failed("too many watches".to_owned()));
        let (scope, notice) = watch.wait(None);
        assert_eq!(scope, Some(ScanScope::Full));
        let notice = notice.expect("a notice");
        assert!(notice.ends_with("too many watches") && watch.watcher.is_none(), "{notice}");
        std::fs::write(site.path().join("site.toml"), "").expect("written");
        assert_eq!(watch.wait(None), (Some(ScanScope::Full), None));
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
