//! When a site's sources may have changed: the file system tells, or somebody looks now and then.
//!
//! Events of the file system only ring a bell. They differ from system to system and from editor to editor, some are lost
//! and some are doubled; what has changed is found by the build, which looks at all files anyway. So a ready-made debouncer,
//! which makes fewer events of many for each file, is of no use here; the bell takes its place.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Config, ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::bell::{Bell, Rings};
use super::live::{Live, News};
use crate::digest::Digest;
use crate::source;

/// How often somebody looks where the file system does not tell, unless the user says otherwise.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A file system may know times to this only, so that a second change within it leaves the stamp of the first.
const GRAIN: Duration = Duration::from_secs(2);

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
pub struct Watch {
    sources: Sources,
    bell: Arc<Bell>,
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
        let root = source::real_path(root);
        let folders = source::FOLDERS.iter().map(|name| root.join(name)).collect();
        Self { config: root.join(source::CONFIG), folders, root }
    }

    /// What an event means; nothing where it is about other files, or the build has only read.
    fn rings(&self, event: &Event) -> Option<Rings> {
        let folder = || Some(Rings { folder: true, ..Rings::default() });
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
        paths.iter().any(is_source).then(a_file)
    }

    /// Of the names and stamps of all of them.
    fn digest(&self) -> Digest {
        let (snapshot, _) = source::look(&self.root, &|_| false);
        let lists = [&snapshot.content, &snapshot.templates, &snapshot.static_files];
        let stamps = lists.map(|files| files.iter().map(|file| (&file.path, file.stamp)).collect::<Vec<_>>());
        Digest::of_value(&(stamps, source::stamp(&source::real_path(&self.config))))
    }
}

impl Watch {
    /// Watches the sources of the site at `root`: by the file system, or by looking at them every `poll`. Where the file
    /// system refuses, the reason is given, and it is looked all the same. The bell is rung at once, because nobody knows
    /// what has changed before.
    pub fn start(root: &Path, poll: Option<Duration>) -> (Self, Option<String>) {
        let bell = Arc::new(Bell::default());
        bell.ring(a_file());
        let mut watch = Self { sources: Sources::of(root), bell, watcher: None, watched: Vec::new() };
        let reason = match poll {
            Some(every) => watch.look_every(every).err().map(|error| no_looks(&error)),
            None => watch.watch().err().map(|reason| watch.give_up(&reason)),
        };
        (watch, reason)
    }

    /// Has the file system tell.
    fn watch(&mut self) -> Result<(), String> {
        let places = [&self.sources.root].into_iter().chain(&self.sources.folders);
        if let Some(kind) = places.into_iter().find_map(|place| remote_kind(&source::real_path(place))) {
            return Err(format!("the site lies on a network drive ({kind})"));
        }
        let (sources, bell) = (self.sources.clone(), Arc::clone(&self.bell));
        let ring = move |event: notify::Result<Event>| {
            let rings = match event {
                Ok(event) => sources.rings(&event),
                Err(error) => Some(Rings { refused: Some(error.to_string()), ..Rings::default() }),
            };
            if let Some(rings) = rings {
                bell.ring(rings);
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
        for place in self.watched.drain(..) {
            // One that is gone is not watched any more.
            let _ = watcher.unwatch(&place);
        }
        let mut watch = |place: PathBuf, mode| {
            let watched = watcher.watch(&place, mode);
            self.watched.push(place);
            watched
        };
        watch(root.clone(), RecursiveMode::NonRecursive).map_err(|error| error.to_string())?;
        let config = source::real_path(config);
        if let Some(folder) = config.parent().filter(|folder| folder != root) {
            forgiven(watch(folder.to_owned(), RecursiveMode::NonRecursive))?;
        }
        for folder in folders.iter().filter(|folder| source::is_folder(folder)) {
            forgiven(watch(source::real_path(folder), RecursiveMode::Recursive))?;
        }
        Ok(())
    }

    fn give_up(&mut self, reason: &str) -> String {
        self.watcher = None;
        if let Err(error) = self.look_every(LOOK_EVERY) {
            return format!("{}; the file system does not tell of them: {reason}", no_looks(&error));
        }
        let every = LOOK_EVERY.as_secs();
        format!(
            "changes are looked for every {every} s, because the file system does not tell of them: {reason}"
        )
    }

    /// Looks every so often, on a thread of its own.
    fn look_every(&self, every: Duration) -> io::Result<()> {
        let (sources, bell) = (self.sources.clone(), Arc::downgrade(&self.bell));
        let mut last = sources.digest();
        let looks_in_grain = GRAIN.div_duration_f64(every).ceil();
        let look = move || {
            let mut looks_since_change = f64::INFINITY;
            loop {
                thread::sleep(every);
                let now = sources.digest();
                let Some(bell) = bell.upgrade() else { break };
                looks_since_change = if now == last { looks_since_change + 1.0 } else { 0.0 };
                // Whatever has changed unseen has done so when the grain is over.
                if now != last || (looks_since_change - looks_in_grain).abs() < 0.5 {
                    bell.ring(a_file());
                }
                last = now;
            }
        };
        thread::Builder::new().spawn(look).map(|_| ())
    }

    /// Waits until something may have changed, but not longer than `at_most`. Gives what there is to say about watching.
    fn wait(&mut self, at_most: Option<Duration>) -> Option<String> {
        let Rings { folder, refused, .. } = self.bell.answer(at_most);
        let refused = refused.or_else(|| if folder { self.watch_folders().err() } else { None });
        refused.filter(|_| self.watcher.is_some()).map(|reason| self.give_up(&reason))
    }
}

/// What there is to say where nobody looks for changes.
fn no_looks(error: &io::Error) -> String {
    format!("changes are not noticed, because no thread can be started that looks for them: {error}")
}

/// A folder that has gone in between is no reason to give up: the root tells when it is back.
fn forgiven(watched: notify::Result<()>) -> Result<(), String> {
    match watched {
        Err(error) if !matches!(error.kind, ErrorKind::PathNotFound) => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// What is rung where a file may have changed.
fn a_file() -> Rings {
    Rings { file: true, ..Rings::default() }
}

/// What came of a build.
#[derive(Debug, Default)]
pub struct Built {
    /// What is new, if anything is.
    pub news: Option<News>,
    /// After what time to build again though no file has changed: another build would make another site, or may not fail.
    pub changes_in: Option<Duration>,
}

/// Builds whenever something may have changed, and tells open pages of what came of it, if anything did. What there is to
/// say about watching goes to `say`.
///
/// `build` is given a way to ask whether sources have changed again since it began.
pub fn rebuild(
    mut watch: Watch,
    live: &Live,
    say: impl Fn(&str),
    mut build: impl FnMut(&dyn Fn() -> bool) -> Built,
) -> ! {
    let mut changes_in = None;
    loop {
        if let Some(notice) = watch.wait(changes_in) {
            say(&notice);
        }
        let is_outdated = || watch.bell.is_ringing();
        // Whoever serves a site goes on even if a build does what it never should.
        let built = catch_unwind(AssertUnwindSafe(|| build(&is_outdated)));
        let built = built.unwrap_or_else(|_| {
            let news = News { errors: FAILED.to_owned(), has_new_styles: false };
            Built { news: Some(news), changes_in: None }
        });
        changes_in = built.changes_in;
        if let Some(news) = built.news {
            live.tell(news);
        }
    }
}

/// What is told where a build panics.
const FAILED: &str = "error: newsgen itself has failed; the terminal says where";

/// The kind of the file system that a folder lies on, if it is one of [`REMOTE`].
fn remote_kind(folder: &Path) -> Option<String> {
    let mounts =
        source::read_if_there(Path::new("/proc/self/mountinfo"), source::LONGEST_TEXT).ok().flatten()?;
    let kind = kind_of_mount(&String::from_utf8_lossy(&mounts), folder)?;
    REMOTE.contains(&kind.as_str()).then_some(kind)
}

/// The kind of the file system that a folder lies on, by the list that proc(5) describes.
fn kind_of_mount(mounts: &str, folder: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (place, kind) = line.split_once(" - ")?;
        let place = place.split(' ').nth(4)?.replace("\\040", " ");
        Some((place, kind.split(' ').next()?.to_owned()))
    };
    let above = mounts.lines().filter_map(mount).filter(|(place, _)| folder.starts_with(place));
    // Of two mounts at one place the later one counts.
    above.max_by_key(|(place, _)| place.len()).map(|(_, kind)| kind)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes the folder that is watched")]
mod tests {
    use notify::event::{CreateKind, Flag, ModifyKind};

    use super::*;

    #[test]
    fn only_changes_of_sources_ring() {
        let sources = Sources::of(Path::new("/site"));
        let a_folder = || Rings { folder: true, ..Rings::default() };
        let rings = |kind, path: &str| sources.rings(&Event::new(kind).add_path(path.into()));
        let change = EventKind::Modify(ModifyKind::Any);
        assert_eq!(rings(change, "/site/content/a/b.md"), Some(a_file()));
        assert_eq!(rings(change, "/site/site.toml"), Some(a_file()));
        assert_eq!(rings(change, "/site/static/x.png"), Some(a_file()));
        assert_eq!(rings(EventKind::Create(CreateKind::Folder), "/site/templates"), Some(a_folder()));
        assert_eq!(rings(change, "/elsewhere/linked/a.md"), Some(a_file()));
        assert_eq!(rings(change, "/site"), Some(a_folder()));
        assert_eq!(rings(change, "/site/public"), None);
        assert_eq!(rings(change, "/site/contents.md"), None);
        assert_eq!(rings(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/site/content/a.md"), None);
        assert_eq!(rings(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/site/content/a.md"), None);
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert_eq!(rings(written, "/site/content/a.md"), Some(a_file()));
        let lost = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(sources.rings(&lost), Some(a_folder()));
    }

    #[test]
    fn where_watching_is_refused_somebody_looks() {
        let site = tempfile::tempdir().expect("folder");
        let (mut watch, reason) = Watch::start(site.path(), None);
        assert_eq!((reason, watch.wait(None)), (None, None));
        watch.bell.ring(Rings { refused: Some("too many watches".to_owned()), ..Rings::default() });
        let notice = watch.wait(None).expect("a notice");
        assert!(notice.ends_with("too many watches") && watch.watcher.is_none(), "{notice}");
        std::fs::write(site.path().join("site.toml"), "").expect("written");
        assert_eq!(watch.wait(None), None);
    }

    #[test]
    fn drives_of_other_machines_are_known() {
        let mounts = "21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n\
            22 21 0:40 / /home/an\\040editor rw - nfs4 server:/home rw\n\
            23 22 0:41 / /home/an\\040editor/here rw - tmpfs tmpfs rw\n";
        let kind = |folder| kind_of_mount(mounts, Path::new(folder));
        assert_eq!(kind("/srv/site").as_deref(), Some("ext4"));
        assert_eq!(kind("/home/an editor/site").as_deref(), Some("nfs4"));
        assert_eq!(kind("/home/an editor/here/site").as_deref(), Some("tmpfs"));
        assert_eq!(kind("/home/another").as_deref(), Some("ext4"));
        assert_eq!(kind_of_mount("nonsense", Path::new("/")), None);
    }
}
