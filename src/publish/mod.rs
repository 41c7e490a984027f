//! The only writer: the bytes of a site become the output folder.
//!
//! Files are written to a staging place inside the output folder while pages are rendered, and moved to their places
//! only when all of them are there; into an empty folder they are moved by whole folders. A list in the output folder
//! names every file that newsgen wrote; no other file is ever overwritten or removed.
#![allow(clippy::disallowed_methods, reason = "this is the door through which the disk is written")]

mod list;
mod new_files;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{self, AtomicUsize};

use serde::Serialize;

use crate::diagnostic::{Cause, Diagnostic, Place};
use crate::digest::Digest;
use crate::slug::folded;
use crate::source::{self, SiteFile, Stamp};
use list::{List, ListFile, Listed};

pub use new_files::{NEW_SITE, create_file, create_site};

/// The list of the files that newsgen wrote, in the output folder.
const LIST: &str = ".newsgen-files";

/// No list is longer, in bytes: that is one of millions of files.
const LONGEST_LIST: u64 = 1 << 28;

/// Where a new list waits until it is whole.
const NEW_LIST: &str = ".newsgen-files.new";

/// The staging place, in the output folder.
const STAGING: &str = ".newsgen-staging";

/// The file in the output folder that a build holds locked, so that no other build writes there.
const LOCK: &str = ".newsgen-lock";

/// What a build did to the output folder. Paths are below it, with `/` between folders, and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Files that are new or have other bytes.
    pub written: Vec<Arc<str>>,
    /// Files that were the same already.
    pub unchanged: Vec<Arc<str>>,
    /// Files that the site does not have any more.
    pub removed: Vec<Arc<str>>,
}

impl Changes {
    /// Whether the output folder is as it was.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }

    /// What putting `staged` files in their places changed, in their order, and what was `removed`.
    pub fn new(staged: Vec<Staged>, removed: Vec<Arc<str>>) -> Self {
        let mut changes = Self { removed, ..Self::default() };
        for file in staged {
            let list = if file.is_written() { &mut changes.written } else { &mut changes.unchanged };
            list.push(file.path);
        }
        changes
    }
}

/// An output folder during a build.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    listed: ListFile,
    /// Whether files that newsgen did not write may be overwritten.
    force: bool,
    staged: AtomicUsize,
    /// Whether it holds nothing, so that files are staged in their folders, and these moved as they are.
    is_empty: bool,
    /// Held until the build is done, or its process is.
    _lock: fs::File,
}

/// A file that is ready for its place.
#[derive(Debug)]
pub struct Staged {
    /// Below the output folder, with `/` between folders.
    pub path: Arc<str>,
    /// Its stamp, now and in its place.
    pub stamp: Stamp,
    listed: Listed,
    /// None where the file in its place is the same already.
    waiting: Option<Waiting>,
}

/// Where in the staging place a file waits.
#[derive(Clone, Copy, Debug)]
enum Waiting {
    /// As it will lie in the output folder.
    UnderItsPath,
    /// At the top, with a number for its name.
    Numbered(usize),
}

impl Staged {
    /// Whether it is new or has other bytes than the file in its place.
    pub fn is_written(&self) -> bool {
        self.waiting.is_some()
    }

    /// Of its bytes.
    pub fn digest(&self) -> Digest {
        self.listed.digest
    }
}

/// The list of an output folder as it is before a build opens the folder, which need not read it anew then.
#[derive(Debug, Default)]
pub struct Glance(ListFile);

impl Glance {
    /// Looks into an output folder.
    pub fn into(folder: &Path) -> Self {
        Self(read_list(folder).ok().flatten().map(ListFile::parse).unwrap_or_default())
    }

    /// The paths of the files that newsgen wrote.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.paths()
    }

    /// The list that has these bytes by now.
    fn list(self, bytes: Option<Vec<u8>>) -> ListFile {
        match bytes {
            None => ListFile::default(),
            Some(bytes) if self.0.is_of(&bytes) => self.0,
            Some(bytes) => ListFile::parse(bytes),
        }
    }
}

impl Output {
    /// Opens an output folder, into which there was a glance before. It need not exist. While another build has it open,
    /// `waits` is called once and this one waits for its end.
    ///
    /// # Errors
    /// When it holds anything and has no list of newsgen's, unless `force` says that it may be used; when it cannot be
    /// used at all.
    pub fn open(
        folder: &Path,
        glance: Glance,
        force: bool,
        waits: impl FnOnce(),
    ) -> Result<Self, Diagnostic> {
        check_usable(folder, force)?;
        fs::create_dir_all(folder).map_err(|error| failure(folder, "make the output folder", &error))?;
        let lock = lock(&folder.join(LOCK), Sharing::WithNobody, waits)?;
        check_usable(folder, force)?;
        let listed = glance.list(read_list(folder)?);
        let staging = folder.join(STAGING);
        remove_folder(&staging)?;
        fs::create_dir_all(&staging).map_err(|error| failure(&staging, "make the folder", &error))?;
        let is_empty = foreign_names(folder)?.is_empty();
        let folder = folder.to_owned();
        Ok(Self { folder, listed, force, staged: AtomicUsize::new(0), is_empty, _lock: lock })
    }

    /// The file `path` as it is in its place, if newsgen wrote it with this digest and nobody has touched it since it had
    /// this stamp. It is probably the one at `place` of newsgen's files.
    pub fn intact(&self, path: &Arc<str>, place: usize, digest: Digest, stamp: Stamp) -> Option<Staged> {
        let is_intact = self.is_intact(path, place, digest, stamp);
        let listed = Listed { length: stamp.length, digest };
        is_intact.then(|| Staged { path: Arc::clone(path), stamp, listed, waiting: None })
    }

    /// As [`Output::intact`], for whoever needs no more than that.
    pub fn is_intact(&self, path: &str, place: usize, digest: Digest, stamp: Stamp) -> bool {
        self.listed.get(path, place) == Some(Listed { length: stamp.length, digest })
            && source::stamp(&self.folder.join(path)) == Some(stamp)
    }

    /// Whether newsgen's list is as newsgen wrote it, and names this many files.
    pub fn lists_files(&self, count: usize) -> bool {
        self.listed.is_as_written() && self.listed.len() == count
    }

    /// Whether newsgen's list names the file `path`, which is probably the one at `place`.
    pub fn lists(&self, path: &str, place: usize) -> bool {
        self.listed.get(path, place).is_some()
    }

    /// Makes the file `path` (with `/` between folders) ready for its place.
    ///
    /// # Errors
    /// When writing fails.
    pub fn stage(&self, path: &Arc<str>, bytes: &[u8]) -> Result<Staged, Diagnostic> {
        let listed = Listed { length: bytes.len() as u64, digest: Digest::of(bytes) };
        let is_same =
            |place: &Path| source::read_regular(place, listed.length).is_ok_and(|found| found == bytes);
        if let Some(stamp) = self.same_in_place(path, listed, is_same) {
            return Ok(Staged { path: Arc::clone(path), stamp, listed, waiting: None });
        }
        let waiting = self.waiting();
        let place = self.waiting_place(path, waiting);
        let stamp =
            write_stamped(&place, bytes).map_err(|error| failure(&place, "write the file", &error))?;
        Ok(Staged { path: Arc::clone(path), stamp, listed, waiting: Some(waiting) })
    }

    /// Makes a copy of `file` ready to be the file `path`. It is never all in memory.
    ///
    /// # Errors
    /// When reading or writing fails, or the file is not as it was when it was looked at.
    pub fn stage_copy(&self, path: &Arc<str>, file: &SiteFile) -> Result<Staged, Diagnostic> {
        let waiting = self.waiting();
        let place = self.waiting_place(path, waiting);
        let reader = source::open(file)?;
        let copied = create(&place).and_then(|mut copy| {
            let (length, digest) = Digest::of_copy(&reader, &mut copy)?;
            Ok((Listed { length, digest }, Stamp::of(&copy.metadata()?)))
        });
        let operation = || format!("write a copy of {} there", file.shown());
        let (listed, stamp) = copied.map_err(|error| failure(&place, &operation(), &error))?;
        if !source::has_its_stamp(&reader, file) {
            return Err(source::changed(&file.shown()));
        }
        let is_same = |place: &Path| source::digest(place).is_ok_and(|digest| digest == listed.digest);
        if let Some(stamp) = self.same_in_place(path, listed, is_same) {
            return Ok(Staged { path: Arc::clone(path), stamp, listed, waiting: None });
        }
        Ok(Staged { path: Arc::clone(path), stamp, listed, waiting: Some(waiting) })
    }

    fn waiting(&self) -> Waiting {
        if self.is_empty {
            return Waiting::UnderItsPath;
        }
        Waiting::Numbered(self.staged.fetch_add(1, atomic::Ordering::Relaxed))
    }

    fn waiting_place(&self, path: &str, waiting: Waiting) -> PathBuf {
        let staging = self.folder.join(STAGING);
        match waiting {
            Waiting::UnderItsPath => staging.join(path),
            Waiting::Numbered(number) => staging.join(number.to_string()),
        }
    }

    /// The stamp of the file in the place of `path`, if newsgen wrote it and it holds the same bytes. Where case does not
    /// matter it may be another file of newsgen's, which goes.
    fn same_in_place(&self, path: &str, listed: Listed, is_same: impl Fn(&Path) -> bool) -> Option<Stamp> {
        self.listed.get(path, 0).filter(|_| !self.is_empty)?;
        let place = self.folder.join(path);
        let stamp = source::stamp(&place).filter(|stamp| stamp.length == listed.length)?;
        is_same(&place).then_some(stamp)
    }

    /// Puts all staged files in their places and removes those that newsgen wrote and the site does not have any more,
    /// whose paths it returns.
    ///
    /// # Errors
    /// All that is in the way and that newsgen did not write, before anything is changed; afterwards those of the file
    /// system.
    pub fn commit(&self, staged: &[Staged]) -> Result<Vec<Arc<str>>, Vec<Diagnostic>> {
        let new = List::of(staged);
        if self.is_empty {
            return self.fill(&new).map(|()| Vec::new()).map_err(|diagnostic| vec![diagnostic]);
        }
        let staged: Vec<&Staged> = staged.iter().collect();
        let stale = self.put(&self.listed.list(), &new, &staged)?;
        Ok(stale.into_iter().map(Arc::from).collect())
    }

    /// Makes the output folder, where `listed` files lie, one of `new` files, of which those that have changed are staged.
    /// Returns the paths of those that went.
    fn put<'l>(
        &self,
        listed: &List<'l>,
        new: &List<'_>,
        staged: &[&Staged],
    ) -> Result<Vec<&'l str>, Vec<Diagnostic>> {
        let stale = listed.without(new);
        let written: Vec<&Staged> = staged.iter().copied().filter(|file| file.is_written()).collect();
        let obstacles = self.obstacles(listed, &written, &stale);
        if !obstacles.is_empty() {
            return Err(obstacles);
        }
        if !written.is_empty() || new != listed || !self.listed.is_as_written() {
            self.change(listed, new, &stale, &written).map_err(|diagnostic| vec![diagnostic])?;
        }
        remove_folder(&self.folder.join(STAGING)).map_err(|diagnostic| vec![diagnostic])?;
        Ok(stale)
    }

    /// Puts staged files in their places and leaves all others as they are.
    ///
    /// # Errors
    /// As [`Output::commit`].
    pub fn commit_some<'s>(
        &self,
        staged: impl IntoIterator<Item = &'s Staged>,
    ) -> Result<(), Vec<Diagnostic>> {
        let staged: Vec<&Staged> = staged.into_iter().collect();
        if staged.is_empty() {
            return remove_folder(&self.folder.join(STAGING)).map_err(|diagnostic| vec![diagnostic]);
        }
        let listed = self.listed.list();
        let new = listed.with(&List::of(staged.iter().copied()));
        self.put(&listed, &new, &staged).map(|_| ())
    }

    /// Moves what stands at the top of the staging place into the empty output folder.
    fn fill(&self, new: &List<'_>) -> Result<(), Diagnostic> {
        let staging = self.folder.join(STAGING);
        self.write_list(new)?;
        for name in
            source::names_in(&staging).map_err(|error| failure(&staging, "list the folder", &error))?
        {
            let place = self.folder.join(&name);
            fs::rename(staging.join(name), &place)
                .map_err(|error| failure(&place, "put the new folder in its place", &error))?;
        }
        remove_folder(&staging)
    }

    fn change(
        &self,
        listed: &List<'_>,
        new: &List<'_>,
        stale: &[&str],
        written: &[&Staged],
    ) -> Result<(), Diagnostic> {
        let both = listed.with(new);
        if both != *listed || !self.listed.is_as_written() {
            self.write_list(&both)?;
        }
        let (first, last) = by_turn(stale, new);
        self.remove(&first)?;
        self.place(written)?;
        self.remove(&last)?;
        if both != *new || listed.is_empty() {
            self.write_list(new)?;
        }
        Ok(())
    }

    /// What newsgen did not write and what is in the way of the changes: a file in the place of a new one, a folder with
    /// other files in it, and whatever is no folder where one is needed. A link in place of a folder leads elsewhere, so
    /// nothing behind it is newsgen's.
    fn obstacles(&self, listed: &List<'_>, written: &[&Staged], stale: &[&str]) -> Vec<Diagnostic> {
        let mut found = BTreeSet::new();
        for folder in folders_of(written.iter().map(|file| &*file.path).chain(stale.iter().copied())) {
            match source::kind_of(&self.folder.join(folder)) {
                Ok(Some(kind)) if !kind.is_dir() && !listed.contains(folder) => {
                    found.insert(folder.to_owned());
                }
                _ => {}
            }
        }
        for path in written.iter().map(|file| &*file.path) {
            let place = self.folder.join(path);
            match source::kind_of(&place) {
                Ok(Some(kind)) if kind.is_dir() => {
                    let files = source::files_below(&place).unwrap_or_default().into_iter();
                    let paths = files.map(|file| format!("{path}/{file}"));
                    let foreign: Vec<String> = paths.filter(|path| !listed.contains(path)).collect();
                    let is_empty = foreign.is_empty() && !listed.has_below(path);
                    found.extend(foreign);
                    found.extend(is_empty.then(|| path.to_owned()));
                }
                Ok(Some(_)) if !listed.contains(path) && !self.force => {
                    found.insert(path.to_owned());
                }
                _ => {}
            }
        }
        let diagnostic = |path: String| {
            let place = Place::file(self.folder.join(path).display().to_string());
            Diagnostic::error(place, "newsgen did not write this and needs its place").help(
                "move it away: what is to be published belongs into `static/`; a file is overwritten with `--force`",
            )
        };
        found.into_iter().map(diagnostic).collect()
    }

    /// Gives the staged files up. The locked file stays, since another build may be waiting for it.
    pub fn abandon(self) {
        let _ = remove_folder(&self.folder.join(STAGING));
    }

    fn place(&self, staged: &[&Staged]) -> Result<(), Diagnostic> {
        let mut made = BTreeSet::new();
        for Staged { path, waiting, .. } in staged {
            let Some(waiting) = waiting else { continue };
            let waits_at = self.waiting_place(path, *waiting);
            let place = self.folder.join(&**path);
            if let Some(folder) = place.parent()
                && !made.contains(folder)
            {
                fs::create_dir_all(folder).map_err(|error| failure(folder, "make the folder", &error))?;
                made.insert(folder.to_owned());
            }
            fs::rename(waits_at, &place)
                .map_err(|error| failure(&place, "put the new file in its place", &error))?;
        }
        Ok(())
    }

    /// Removes files that newsgen wrote, and the folders that hold nothing without them. The list that an interrupted build
    /// left names files that are not there, or where there is a folder by now.
    fn remove(&self, paths: &[&str]) -> Result<(), Diagnostic> {
        for path in paths {
            let place = self.folder.join(path);
            match fs::remove_file(&place) {
                Err(error) if !source::says_nothing_is_there(&error) && !is_folder(&place) => {
                    return Err(failure(&place, "remove it", &error));
                }
                _ => {}
            }
        }
        // A folder sorts before those that lie in it.
        for folder in folders_of(paths.iter().copied()).iter().rev() {
            remove_if_empty(&self.folder.join(folder))?;
        }
        Ok(())
    }

    fn write_list(&self, files: &List<'_>) -> Result<(), Diagnostic> {
        let beside = self.folder.join(NEW_LIST);
        let _ = fs::remove_file(&beside);
        let written = fs::File::create_new(&beside).and_then(|mut file| file.write_all(&files.text()));
        written.map_err(|error| failure(&beside, "write the file", &error))?;
        let place = self.folder.join(LIST);
        fs::rename(&beside, &place).map_err(|error| failure(&place, "put the new list in its place", &error))
    }
}

/// Whether a build could use an output folder.
///
/// # Errors
/// When it holds anything and has no list of newsgen's, unless `force` says that it may be used; when it is no folder.
pub fn check_usable(folder: &Path, force: bool) -> Result<(), Diagnostic> {
    let shown = || Place::file(folder.display().to_string());
    if source::kind_of(folder).is_ok_and(|kind| kind.is_some_and(|kind| kind.is_file())) {
        return Err(Diagnostic::error(shown(), "the output folder is a file")
            .help("name a folder with `--output-dir`"));
    }
    let names = foreign_names(folder)?;
    if force || names.is_empty() || names.iter().any(|name| name == LIST) {
        return Ok(());
    }
    Err(Diagnostic::error(shown(), "the output folder holds files that newsgen did not write").help(
        "choose another folder with `--output-dir`, empty this one, or use it all the same with `--force`",
    ))
}

/// What an output folder holds beside that which a build needs for itself.
fn foreign_names(folder: &Path) -> Result<Vec<String>, Diagnostic> {
    let mut names =
        source::names_in(folder).map_err(|error| failure(folder, "list the output folder", &error))?;
    names.retain(|name| ![LOCK, STAGING, NEW_LIST].contains(&name.as_str()));
    Ok(names)
}

/// A file that its process holds locked until it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "it is held")] fs::File);

/// Keeps builds away from a published folder, which others may read, too. `waits` is called if there is a build just now, whose
/// end is awaited.
///
/// # Errors
/// When nothing is published there, or the folder cannot be locked.
pub fn hold(folder: &Path, waits: impl FnOnce()) -> Result<Lock, Diagnostic> {
    let nothing = || {
        let place = Place::file(folder.display().to_string());
        Diagnostic::error(place, "no site is published here").help("publish it with `newsgen build`")
    };
    read_list(folder)?.ok_or_else(nothing)?;
    let lock = lock(&folder.join(LOCK), Sharing::WithReaders, waits)?;
    // A build that failed leaves what it found.
    read_list(folder)?.ok_or_else(nothing)?;
    let staging = folder.join(STAGING);
    if source::kind_of(&staging).is_ok_and(|kind| kind.is_some()) {
        let place = Place::file(folder.display().to_string());
        let message = "the last build did not come to its end here, so the site may not be whole";
        return Err(Diagnostic::error(place, message).help("build it again"));
    }
    Ok(Lock(lock))
}

/// Locks a file, which is made if need be. `waits` is called if another process has it, whose end is awaited.
///
/// # Errors
/// Those of the file system.
pub fn hold_file(path: &Path, waits: impl FnOnce()) -> Result<Lock, Diagnostic> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    lock(path, Sharing::WithNobody, waits).map(Lock)
}

/// Locks a file, which is made if need be; none where another process has it.
///
/// # Errors
/// Those of the file system.
pub fn try_lock(path: &Path) -> Result<Option<Lock>, Diagnostic> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let file = open_lock(path).map_err(|error| failure(path, "open the file", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(file))),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(failure(path, "lock the file", &error)),
    }
}

/// Makes a folder and those that it lies in, where they are not there yet.
///
/// # Errors
/// Those of the file system.
pub fn make_folder(folder: &Path) -> Result<(), Diagnostic> {
    fs::create_dir_all(folder).map_err(|error| failure(folder, "make the folder", &error))
}

/// With whom a locked file is shared.
#[derive(Clone, Copy)]
enum Sharing {
    WithNobody,
    WithReaders,
}

/// Locks a file, which its process holds until it ends. `waits` is called if another process has it.
fn lock(path: &Path, sharing: Sharing, waits: impl FnOnce()) -> Result<fs::File, Diagnostic> {
    let lock = || {
        let file = open_lock(path)?;
        let tried = match sharing {
            Sharing::WithNobody => file.try_lock(),
            Sharing::WithReaders => file.try_lock_shared(),
        };
        match tried {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                waits();
                match sharing {
                    Sharing::WithNobody => file.lock()?,
                    Sharing::WithReaders => file.lock_shared()?,
                }
            }
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        Ok(file)
    };
    lock().map_err(|error: io::Error| failure(path, "lock the file", &error))
}

/// The stamp of the list of what newsgen published in a folder, if it has published anything there.
pub fn list_stamp(folder: &Path) -> Option<Stamp> {
    source::stamp(&folder.join(LIST))
}

/// How the files of a published folder differ from those that newsgen wrote there. Paths are below it, and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Files that are not there any more.
    pub missing: Vec<String>,
    /// Files with other bytes.
    pub changed: Vec<String>,
    /// Files that newsgen did not write.
    pub foreign: Vec<String>,
}

impl Differences {
    /// Compares `files`, all that there are in a folder, sorted by path and each with the digest of its bytes, with newsgen's list.
    pub fn find(folder: &Path, files: &[(&str, Digest)]) -> Self {
        let Glance(listed) = Glance::into(folder);
        let mut found = Self::default();
        for (place, (path, digest)) in files.iter().enumerate() {
            match listed.get(path, place) {
                Some(listed) if listed.digest == *digest => {}
                Some(_) => found.changed.push((*path).to_owned()),
                None => found.foreign.push((*path).to_owned()),
            }
        }
        // Some file systems list a name in another form than the one that it was written in.
        let is_missing = |path: &&str| {
            files.binary_search_by_key(path, |(other, _)| other).is_err()
                && !source::kind_of(&folder.join(path)).is_ok_and(|kind| kind.is_some())
        };
        found.missing = listed.paths().filter(is_missing).map(str::to_owned).collect();
        found
    }
}

/// Opens a file to be locked, and makes it if there is none. Through a link it would be made elsewhere.
fn open_lock(path: &Path) -> io::Result<fs::File> {
    if source::kind_of(path)?.is_some_and(|kind| !kind.is_file()) {
        return Err(source::not_regular());
    }
    fs::File::options().create(true).append(true).read(true).open(path)
}

fn read_list(folder: &Path) -> Result<Option<Vec<u8>>, Diagnostic> {
    let list = folder.join(LIST);
    source::read_if_there(&list, LONGEST_LIST).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::FileTooLarge => Diagnostic::error(
            Place::file(list.display().to_string()),
            format!("cannot read the file: {error}"),
        )
        .help("newsgen keeps the list of its files here: remove what is there, and build with `--force`"),
        _ => failure(&list, "read the file", &error),
    })
}

/// Makes a file anew of what `write` writes, so that it is there as it was or as it shall be, and never half. A link to a file
/// is followed; what is no regular file, such as a pipe, is written to.
///
/// # Errors
/// Those of the file system.
pub fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let is_special = fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    if is_special {
        let written = fs::File::options().write(true).open(path).and_then(|mut file| write(&mut file));
        return written.map_err(|error| failure(path, "write to it", &error));
    }
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut names = (0..100).map(|number| beside(&place, &number.to_string()));
    let is_free = |path: &PathBuf| source::kind_of(path).is_ok_and(|kind| kind.is_none());
    let free = names.find(is_free).unwrap_or_else(|| beside(&place, ""));
    Replacement::write_beside(&place, free, write)?.put()
}

/// Where what will lie at `place` waits.
fn beside(place: &Path, mark: &str) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(format!(".newsgen-new{mark}"));
    place.with_file_name(name)
}

/// A file that lies beside the one that it will replace.
#[derive(Debug)]
pub struct Replacement {
    beside: PathBuf,
    place: PathBuf,
}

impl Replacement {
    /// Writes what will lie at `place`.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(
        place: &Path,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> Result<Self, Diagnostic> {
        let beside = beside(place, "");
        let _ = fs::remove_file(&beside);
        Self::write_beside(place, beside, write)
    }

    fn write_beside(
        place: &Path,
        beside: PathBuf,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> Result<Self, Diagnostic> {
        if let Some(folder) = place.parent() {
            make_folder(folder)?;
        }
        let failed = |error| failure(&beside, "write the file", &error);
        let mut file = fs::File::create_new(&beside).map_err(failed)?;
        if let Err(error) = write(&mut file) {
            // What is half written would fill a full disk.
            let _ = fs::remove_file(&beside);
            return Err(failed(error));
        }
        Ok(Self { beside, place: place.to_owned() })
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn put(self) -> Result<(), Diagnostic> {
        fs::rename(&self.beside, &self.place)
            .map_err(|error| failure(&self.place, "put the new file in its place", &error))
    }
}

/// The files that go, parted into those that lie where a new one will be and must go first, and all others.
fn by_turn<'l>(stale: &[&'l str], new: &List<'_>) -> (Vec<&'l str>, Vec<&'l str>) {
    if stale.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let places: HashSet<Cow<'_, str>> = new.paths().map(folded).collect();
    stale.iter().partition(|path| is_in_the_way(path, new) || places.contains(&folded(path)))
}

/// Whether a file that goes lies where a new one needs a folder, or the other way round.
fn is_in_the_way(path: &str, new: &List<'_>) -> bool {
    let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    new.has_below(path) || folders.any(|folder| new.contains(folder))
}

/// Writes a file and looks at it. A file that is moved keeps its stamp.
fn write_stamped(path: &Path, bytes: &[u8]) -> io::Result<Stamp> {
    let mut file = create(path)?;
    file.write_all(bytes)?;
    Ok(Stamp::of(&file.metadata()?))
}

/// Makes a file, and its folder if it has none.
fn create(path: &Path) -> io::Result<fs::File> {
    if let Some(own_folder) = path.parent().filter(|_| path.ends_with("index.html")) {
        // It is mostly missing. What goes wrong here goes wrong below, too.
        let _ = fs::create_dir(own_folder);
    }
    match (fs::File::create(path), path.parent()) {
        (Err(error), Some(folder)) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            fs::File::create(path)
        }
        (file, _) => file,
    }
}

/// The folders that files lie in, each once. Looking at one folder for each of its files would cost the square of their number.
fn folders_of<'p>(paths: impl IntoIterator<Item = &'p str>) -> BTreeSet<&'p str> {
    let mut folders = BTreeSet::new();
    for path in paths {
        for (end, _) in path.rmatch_indices('/') {
            // Where a folder is known, those that it lies in are, too.
            if !folders.insert(path.get(..end).unwrap_or_default()) {
                break;
            }
        }
    }
    folders
}

/// Removes a folder unless it holds anything.
fn remove_if_empty(folder: &Path) -> Result<(), Diagnostic> {
    match fs::remove_dir(folder) {
        Err(error) if source::says_nothing_is_there(&error) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        // Not every system says so in one way.
        Err(_) if source::names_in(folder).is_ok_and(|names| !names.is_empty()) => Ok(()),
        removed => removed.map_err(|error| failure(folder, "remove the folder", &error)),
    }
}

/// Whether a path is that of a folder, and not of a link to one.
fn is_folder(path: &Path) -> bool {
    source::kind_of(path).is_ok_and(|kind| kind.is_some_and(|kind| kind.is_dir()))
}

/// Removes a folder, or the file that lies where it should be.
fn remove_folder(folder: &Path) -> Result<(), Diagnostic> {
    let is_file = source::kind_of(folder).is_ok_and(|kind| kind.is_some_and(|kind| !kind.is_dir()));
    match if is_file { fs::remove_file(folder) } else { fs::remove_dir_all(folder) } {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failure(folder, "remove it", &error)),
        _ => Ok(()),
    }
}

/// Renames a file, if there is one.
///
/// # Errors
/// Those of the file system.
pub fn rename(from: &Path, to: &Path) -> Result<(), Diagnostic> {
    let renamed = fs::rename(from, to);
    renamed.or_else(if_there).map_err(|error| failure(from, "rename it", &error))
}

/// Removes a file, if there is one.
///
/// # Errors
/// Those of the file system.
pub fn remove(path: &Path) -> Result<(), Diagnostic> {
    fs::remove_file(path).or_else(if_there).map_err(|error| failure(path, "remove it", &error))
}

fn if_there(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn failure(path: &Path, operation: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(Place::file(path.display().to_string()), format!("cannot {operation}: {error}")).help(
        "look at its permissions and at the free space of the disk; another build mends what this one left",
    )
    .caused_by(Cause::Machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removal_tries_each_folder_once_and_deepest_first() {
        let paths: Vec<String> = (0..1000).map(|number| format!("news/2026/{number}/index.html")).collect();
        let files = paths.iter().map(String::as_str).chain(["news/2026/feed.xml", "robots.txt"]);
        let folders = folders_of(files);
        assert_eq!(folders.len(), 1000 + 2);
        let tried: Vec<&str> = folders.into_iter().rev().collect();
        assert_eq!(tried[1000..], ["news/2026", "news"]);
    }
}
