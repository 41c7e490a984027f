//! Writes the output folder; the only module that writes to disk.
//!
//! Files are staged inside the output folder while pages are rendered, and moved into place only
//! when all are complete; into an empty folder they are moved by whole folders. A manifest in the
//! output folder lists every file newsgen wrote; no other file is ever overwritten or removed.
#![allow(clippy::disallowed_methods, reason = "this is the door through which the disk is written")]

mod manifest;
mod new_files;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{self, AtomicUsize};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Location, Origin};
use crate::digest::Digest;
use crate::slug::folded;
use crate::source::{self, FileStamp, SiteFile};
use manifest::{Manifest, ManifestEntry, ParsedManifest};

pub use new_files::{NEW_SITE, create_file, create_site};

/// The manifest: lists the files that newsgen wrote to the output folder.
const MANIFEST: &str = ".newsgen-files";

/// No list is longer, in bytes: that is one of millions of files.
const MAX_MANIFEST_BYTES: u64 = 1 << 28;

/// Where a new list waits until it is whole.
const NEW_MANIFEST: &str = ".newsgen-files.new";

/// The staging place, in the output folder.
const STAGING: &str = ".newsgen-staging";

/// The file in the output folder that a build holds locked, so that no other build writes there.
const LOCK: &str = ".newsgen-lock";

/// Changes to the output folder. Paths are relative to it, with `/` separators, and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OutputChanges {
    /// Files that are new or have other bytes.
    pub written: Vec<Arc<str>>,
    /// Files that were the same already.
    pub unchanged: Vec<Arc<str>>,
    /// Files that the site does not have any more.
    pub removed: Vec<Arc<str>>,
}

impl OutputChanges {
    /// Whether the output folder is as it was.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }

    /// What putting `staged` files in their places changed, in their order, and what was `removed`.
    pub fn new(staged: Vec<StagedFile>, removed: Vec<Arc<str>>) -> Self {
        let mut changes = Self { removed, ..Self::default() };
        for file in staged {
            let list = if file.is_written() { &mut changes.written } else { &mut changes.unchanged };
            list.push(file.path);
        }
        changes
    }
}

/// A locked output folder during a build.
#[derive(Debug)]
pub struct OutputFolder {
    folder: PathBuf,
    manifest: ParsedManifest,
    /// Whether files that newsgen did not write may be overwritten.
    force: bool,
    staged: AtomicUsize,
    /// Whether it holds nothing, so that files are staged in their folders, and these moved as they are.
    is_empty: bool,
    /// Held until the build is done, or its process is.
    _lock: fs::File,
}

/// A file staged for the output folder.
#[derive(Debug)]
pub struct StagedFile {
    /// Below the output folder, with `/` between folders.
    pub path: Arc<str>,
    /// Its stamp, now and in its place.
    pub stamp: FileStamp,
    entry: ManifestEntry,
    /// None where the file in its place is the same already.
    waiting: Option<StagedAs>,
}

/// Where in the staging place a file waits.
#[derive(Clone, Copy, Debug)]
enum StagedAs {
    /// As it will lie in the output folder.
    UnderItsPath,
    /// At the top, with a number for its name.
    Numbered(usize),
}

impl StagedFile {
    /// Whether it is new or has other bytes than the file in its place.
    pub fn is_written(&self) -> bool {
        self.waiting.is_some()
    }

    /// Of its bytes.
    pub fn digest(&self) -> Digest {
        self.entry.digest
    }
}

/// The manifest as read before the output folder is locked, so that it need not be parsed again if
/// it is unchanged.
#[derive(Debug, Default)]
pub struct ManifestSnapshot(ParsedManifest);

impl ManifestSnapshot {
    /// Reads the manifest of an output folder.
    pub fn read(folder: &Path) -> Self {
        Self(read_manifest(folder).ok().flatten().map(ParsedManifest::parse).unwrap_or_default())
    }

    /// The paths of the files that newsgen wrote.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.paths()
    }

    /// The list that has these bytes by now.
    fn list(self, bytes: Option<Vec<u8>>) -> ParsedManifest {
        match bytes {
            None => ParsedManifest::default(),
            Some(bytes) if self.0.is_of(&bytes) => self.0,
            Some(bytes) => ParsedManifest::parse(bytes),
        }
    }
}

impl OutputFolder {
    /// Opens an output folder, into which there was a glance before. It need not exist. While another build has it open,
    /// `on_wait` is called once and this one waits for its end.
    ///
    /// # Errors
    /// When it holds anything and has no list of newsgen's, unless `force` says that it may be used; when it cannot be
    /// used at all.
    pub fn open(
        folder: &Path,
        glance: ManifestSnapshot,
        force: bool,
        on_wait: impl FnOnce(),
    ) -> Result<Self, Diagnostic> {
        check_usable(folder, force)?;
        fs::create_dir_all(folder).map_err(|error| failure(folder, "create the output folder", &error))?;
        let lock = lock(&folder.join(LOCK), LockMode::Exclusive, on_wait)?;
        check_usable(folder, force)?;
        let manifest = glance.list(read_manifest(folder)?);
        let staging = folder.join(STAGING);
        remove_folder(&staging)?;
        fs::create_dir_all(&staging).map_err(|error| failure(&staging, "create the folder", &error))?;
        let is_empty = foreign_names(folder)?.is_empty();
        let folder = folder.to_owned();
        Ok(Self { folder, manifest, force, staged: AtomicUsize::new(0), is_empty, _lock: lock })
    }

    /// The published file `path`, if newsgen wrote it with this digest and it still has this stamp.
    /// `index_hint` is its likely index in the manifest.
    pub fn intact(
        &self,
        path: &Arc<str>,
        index_hint: usize,
        digest: Digest,
        stamp: FileStamp,
    ) -> Option<StagedFile> {
        let is_intact = self.is_intact(path, index_hint, digest, stamp);
        let entry = ManifestEntry { length: stamp.length, digest };
        is_intact.then(|| StagedFile { path: Arc::clone(path), stamp, entry, waiting: None })
    }

    /// Whether [`OutputFolder::intact`] would return a file.
    pub fn is_intact(&self, path: &str, index_hint: usize, digest: Digest, stamp: FileStamp) -> bool {
        self.manifest.get(path, index_hint) == Some(ManifestEntry { length: stamp.length, digest })
            && source::stamp(&self.folder.join(path)) == Some(stamp)
    }

    /// Whether newsgen's list is as newsgen wrote it, and names this many files.
    pub fn manifest_has_len(&self, count: usize) -> bool {
        self.manifest.is_as_written() && self.manifest.len() == count
    }

    /// Whether newsgen's list names the file `path`, which is probably the one at `place`.
    pub fn manifest_contains(&self, path: &str, index_hint: usize) -> bool {
        self.manifest.get(path, index_hint).is_some()
    }

    /// Stages the file `path` (with `/` separators).
    ///
    /// # Errors
    /// When writing fails.
    pub fn stage(&self, path: &Arc<str>, bytes: &[u8]) -> Result<StagedFile, Diagnostic> {
        let entry = ManifestEntry { length: bytes.len() as u64, digest: Digest::of(bytes) };
        let is_same = |target_path: &Path| {
            source::read_regular(target_path, entry.length).is_ok_and(|found| found == bytes)
        };
        if let Some(stamp) = self.unchanged_stamp(path, entry, is_same) {
            return Ok(StagedFile { path: Arc::clone(path), stamp, entry, waiting: None });
        }
        let waiting = self.waiting();
        let target_path = self.staging_path(path, waiting);
        let stamp = write_stamped(&target_path, bytes)
            .map_err(|error| failure(&target_path, "write the file", &error))?;
        Ok(StagedFile { path: Arc::clone(path), stamp, entry, waiting: Some(waiting) })
    }

    /// Stages a streamed copy of `file` as `path`.
    ///
    /// # Errors
    /// When reading or writing fails, or the file is not as it was when it was looked at.
    pub fn stage_copy(&self, path: &Arc<str>, file: &SiteFile) -> Result<StagedFile, Diagnostic> {
        let waiting = self.waiting();
        let target_path = self.staging_path(path, waiting);
        let reader = source::open(file)?;
        let copied = create(&target_path).and_then(|mut copy| {
            let (length, digest) = Digest::of_copy(&reader, &mut copy)?;
            Ok((ManifestEntry { length, digest }, FileStamp::of(&copy.metadata()?)))
        });
        let operation = || format!("write a copy of {} there", file.display_path());
        let (entry, stamp) = copied.map_err(|error| failure(&target_path, &operation(), &error))?;
        if !source::is_unmodified(&reader, file) {
            return Err(source::changed_during_build(&file.display_path()));
        }
        let is_same =
            |target_path: &Path| source::digest(target_path).is_ok_and(|digest| digest == entry.digest);
        if let Some(stamp) = self.unchanged_stamp(path, entry, is_same) {
            return Ok(StagedFile { path: Arc::clone(path), stamp, entry, waiting: None });
        }
        Ok(StagedFile { path: Arc::clone(path), stamp, entry, waiting: Some(waiting) })
    }

    fn waiting(&self) -> StagedAs {
        if self.is_empty {
            return StagedAs::UnderItsPath;
        }
        StagedAs::Numbered(self.staged.fetch_add(1, atomic::Ordering::Relaxed))
    }

    fn staging_path(&self, path: &str, waiting: StagedAs) -> PathBuf {
        let staging = self.folder.join(STAGING);
        match waiting {
            StagedAs::UnderItsPath => staging.join(path),
            StagedAs::Numbered(number) => staging.join(number.to_string()),
        }
    }

    /// The stamp of the file in the place of `path`, if newsgen wrote it and it holds the same bytes. Where case does not
    /// matter it may be another file of newsgen's, which goes.
    fn unchanged_stamp(
        &self,
        path: &str,
        entry: ManifestEntry,
        is_same: impl Fn(&Path) -> bool,
    ) -> Option<FileStamp> {
        self.manifest.get(path, 0).filter(|_| !self.is_empty)?;
        let target_path = self.folder.join(path);
        let stamp = source::stamp(&target_path).filter(|stamp| stamp.length == entry.length)?;
        is_same(&target_path).then_some(stamp)
    }

    /// Moves all staged files into place, and removes files that newsgen wrote and that are no
    /// longer part of the site; returns their paths.
    ///
    /// # Errors
    /// All that is in the way and that newsgen did not write, before anything is changed; afterwards those of the file
    /// system.
    pub fn commit(&self, staged: &[StagedFile]) -> Result<Vec<Arc<str>>, Vec<Diagnostic>> {
        let new = Manifest::of(staged);
        if self.is_empty {
            return self.fill(&new).map(|()| Vec::new()).map_err(|diagnostic| vec![diagnostic]);
        }
        let staged: Vec<&StagedFile> = staged.iter().collect();
        let stale = self.put(&self.manifest.list(), &new, &staged)?;
        Ok(stale.into_iter().map(Arc::from).collect())
    }

    /// Makes the output folder, where `entry` files lie, one of `new` files, of which those that have changed are staged.
    /// Returns the paths of those that went.
    fn put<'l>(
        &self,
        manifest: &Manifest<'l>,
        new: &Manifest<'_>,
        staged: &[&StagedFile],
    ) -> Result<Vec<&'l str>, Vec<Diagnostic>> {
        let stale = manifest.without(new);
        let written: Vec<&StagedFile> = staged.iter().copied().filter(|file| file.is_written()).collect();
        let conflicts = self.conflicts(manifest, &written, &stale);
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        if !written.is_empty() || new != manifest || !self.manifest.is_as_written() {
            self.change(manifest, new, &stale, &written).map_err(|diagnostic| vec![diagnostic])?;
        }
        remove_folder(&self.folder.join(STAGING)).map_err(|diagnostic| vec![diagnostic])?;
        Ok(stale)
    }

    /// Moves staged files into place and leaves all others unchanged.
    ///
    /// # Errors
    /// As [`OutputFolder::commit`].
    pub fn commit_some<'s>(
        &self,
        staged: impl IntoIterator<Item = &'s StagedFile>,
    ) -> Result<(), Vec<Diagnostic>> {
        let staged: Vec<&StagedFile> = staged.into_iter().collect();
        if staged.is_empty() {
            return remove_folder(&self.folder.join(STAGING)).map_err(|diagnostic| vec![diagnostic]);
        }
        let manifest = self.manifest.list();
        let new = manifest.with(&Manifest::of(staged.iter().copied()));
        self.put(&manifest, &new, &staged).map(|_| ())
    }

    /// Moves what stands at the top of the staging place into the empty output folder.
    fn fill(&self, new: &Manifest<'_>) -> Result<(), Diagnostic> {
        let staging = self.folder.join(STAGING);
        self.write_manifest(new)?;
        for name in
            source::list_dir(&staging).map_err(|error| failure(&staging, "list the folder", &error))?
        {
            let target_path = self.folder.join(&name);
            fs::rename(staging.join(name), &target_path)
                .map_err(|error| failure(&target_path, "move the new folder into place", &error))?;
        }
        remove_folder(&staging)
    }

    fn change(
        &self,
        manifest: &Manifest<'_>,
        new: &Manifest<'_>,
        stale: &[&str],
        written: &[&StagedFile],
    ) -> Result<(), Diagnostic> {
        let both = manifest.with(new);
        if both != *manifest || !self.manifest.is_as_written() {
            self.write_manifest(&both)?;
        }
        let (first, last) = split_removals(stale, new);
        self.remove(&first)?;
        self.place(written)?;
        self.remove(&last)?;
        if both != *new || manifest.is_empty() {
            self.write_manifest(new)?;
        }
        Ok(())
    }

    /// What newsgen did not write and what is in the way of the changes: a file in the place of a new one, a folder with
    /// other files in it, and whatever is no folder where one is needed. A link in place of a folder leads elsewhere, so
    /// nothing behind it is newsgen's.
    fn conflicts(&self, manifest: &Manifest<'_>, written: &[&StagedFile], stale: &[&str]) -> Vec<Diagnostic> {
        let mut found = BTreeSet::new();
        for folder in parent_folders(written.iter().map(|file| &*file.path).chain(stale.iter().copied())) {
            match source::kind_of(&self.folder.join(folder)) {
                Ok(Some(kind)) if !kind.is_dir() && !manifest.contains(folder) => {
                    found.insert(folder.to_owned());
                }
                _ => {}
            }
        }
        for path in written.iter().map(|file| &*file.path) {
            let target_path = self.folder.join(path);
            match source::kind_of(&target_path) {
                Ok(Some(kind)) if kind.is_dir() => {
                    let files = source::list_files(&target_path).unwrap_or_default().into_iter();
                    let paths = files.map(|file| format!("{path}/{file}"));
                    let foreign: Vec<String> = paths.filter(|path| !manifest.contains(path)).collect();
                    let is_empty = foreign.is_empty() && !manifest.has_below(path);
                    found.extend(foreign);
                    found.extend(is_empty.then(|| path.to_owned()));
                }
                Ok(Some(_)) if !manifest.contains(path) && !self.force => {
                    found.insert(path.to_owned());
                }
                _ => {}
            }
        }
        let diagnostic = |path: String| {
            let target_path = Location::file(self.folder.join(path).display().to_string());
            Diagnostic::error(target_path, "newsgen did not write this and needs its path")
                .help("move it: files to publish belong in `static/`; or overwrite it with `--force`")
        };
        found.into_iter().map(diagnostic).collect()
    }

    /// Discards the staged files. The lock file stays, since another build may be waiting for it.
    pub fn abandon(self) {
        let _ = remove_folder(&self.folder.join(STAGING));
    }

    fn place(&self, staged: &[&StagedFile]) -> Result<(), Diagnostic> {
        let mut made = BTreeSet::new();
        for StagedFile { path, waiting, .. } in staged {
            let Some(waiting) = waiting else { continue };
            let on_wait = self.staging_path(path, *waiting);
            let target_path = self.folder.join(&**path);
            if let Some(folder) = target_path.parent()
                && !made.contains(folder)
            {
                fs::create_dir_all(folder).map_err(|error| failure(folder, "create the folder", &error))?;
                made.insert(folder.to_owned());
            }
            fs::rename(on_wait, &target_path)
                .map_err(|error| failure(&target_path, "replace the file", &error))?;
        }
        Ok(())
    }

    /// Removes files that newsgen wrote, and the folders that hold nothing without them. The list that an interrupted build
    /// left names files that are not there, or where there is a folder by now.
    fn remove(&self, paths: &[&str]) -> Result<(), Diagnostic> {
        for path in paths {
            let target_path = self.folder.join(path);
            match fs::remove_file(&target_path) {
                Err(error) if !source::is_not_found(&error) && !is_folder(&target_path) => {
                    return Err(failure(&target_path, "remove it", &error));
                }
                _ => {}
            }
        }
        // A folder sorts before those that lie in it.
        for folder in parent_folders(paths.iter().copied()).iter().rev() {
            remove_if_empty(&self.folder.join(folder))?;
        }
        Ok(())
    }

    fn write_manifest(&self, files: &Manifest<'_>) -> Result<(), Diagnostic> {
        let beside = self.folder.join(NEW_MANIFEST);
        let _ = fs::remove_file(&beside);
        let written = fs::File::create_new(&beside).and_then(|mut file| file.write_all(&files.text()));
        written.map_err(|error| failure(&beside, "write the file", &error))?;
        let target_path = self.folder.join(MANIFEST);
        fs::rename(&beside, &target_path)
            .map_err(|error| failure(&target_path, "replace the manifest", &error))
    }
}

/// Whether a build could use an output folder.
///
/// # Errors
/// When it holds anything and has no list of newsgen's, unless `force` says that it may be used; when it is no folder.
pub fn check_usable(folder: &Path, force: bool) -> Result<(), Diagnostic> {
    let display_path = || Location::file(folder.display().to_string());
    if source::kind_of(folder).is_ok_and(|kind| kind.is_some_and(|kind| kind.is_file())) {
        return Err(Diagnostic::error(display_path(), "the output folder is a file")
            .help("name a folder with `--output-dir`"));
    }
    let names = foreign_names(folder)?;
    if force || names.is_empty() || names.iter().any(|name| name == MANIFEST) {
        return Ok(());
    }
    Err(Diagnostic::error(display_path(), "the output folder contains files that newsgen did not write")
        .help("choose another folder with `--output-dir`, empty this one, or use it anyway with `--force`"))
}

/// What an output folder holds beside that which a build needs for itself.
fn foreign_names(folder: &Path) -> Result<Vec<String>, Diagnostic> {
    let mut names =
        source::list_dir(folder).map_err(|error| failure(folder, "list the output folder", &error))?;
    names.retain(|name| ![LOCK, STAGING, NEW_MANIFEST].contains(&name.as_str()));
    Ok(names)
}

/// A file that its process holds locked until it is dropped.
#[derive(Debug)]
pub struct FileLock(#[expect(dead_code, reason = "it is held")] fs::File);

/// Locks a published folder against builds, shared with other readers. `on_wait` is called if a
/// build is running, which is then waited for.
///
/// # Errors
/// When nothing is published there, or the folder cannot be locked.
pub fn lock_shared(folder: &Path, on_wait: impl FnOnce()) -> Result<FileLock, Diagnostic> {
    let nothing = || {
        let target_path = Location::file(folder.display().to_string());
        Diagnostic::error(target_path, "no site is published here").help("publish it with `newsgen build`")
    };
    read_manifest(folder)?.ok_or_else(nothing)?;
    let lock = lock(&folder.join(LOCK), LockMode::Shared, on_wait)?;
    // A build that failed leaves what it found.
    read_manifest(folder)?.ok_or_else(nothing)?;
    let staging = folder.join(STAGING);
    if source::kind_of(&staging).is_ok_and(|kind| kind.is_some()) {
        let target_path = Location::file(folder.display().to_string());
        let message = "the last build was interrupted, so the site may be incomplete";
        return Err(Diagnostic::error(target_path, message).help("build it again"));
    }
    Ok(FileLock(lock))
}

/// Locks a file, which is made if need be. `on_wait` is called if another process has it, whose end is awaited.
///
/// # Errors
/// Those of the file system.
pub fn hold_file(path: &Path, on_wait: impl FnOnce()) -> Result<FileLock, Diagnostic> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    lock(path, LockMode::Exclusive, on_wait).map(FileLock)
}

/// Locks a file, which is made if need be; none where another process has it.
///
/// # Errors
/// Those of the file system.
pub fn try_lock(path: &Path) -> Result<Option<FileLock>, Diagnostic> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    let file = open_lock(path).map_err(|error| failure(path, "open the file", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(FileLock(file))),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(failure(path, "lock the file", &error)),
    }
}

/// Creates a folder and its parents.
///
/// # Errors
/// Those of the file system.
pub fn create_dir_all(folder: &Path) -> Result<(), Diagnostic> {
    fs::create_dir_all(folder).map_err(|error| failure(folder, "create the folder", &error))
}

/// How a lock is held.
#[derive(Clone, Copy)]
enum LockMode {
    Exclusive,
    Shared,
}

/// Locks a file, which its process holds until it ends. `on_wait` is called if another process has it.
fn lock(path: &Path, sharing: LockMode, on_wait: impl FnOnce()) -> Result<fs::File, Diagnostic> {
    let lock = || {
        let file = open_lock(path)?;
        let tried = match sharing {
            LockMode::Exclusive => file.try_lock(),
            LockMode::Shared => file.try_lock_shared(),
        };
        match tried {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                on_wait();
                match sharing {
                    LockMode::Exclusive => file.lock()?,
                    LockMode::Shared => file.lock_shared()?,
                }
            }
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        Ok(file)
    };
    lock().map_err(|error: io::Error| failure(path, "lock the file", &error))
}

/// The stamp of the list of what newsgen published in a folder, if it has published anything there.
pub fn manifest_stamp(folder: &Path) -> Option<FileStamp> {
    source::stamp(&folder.join(MANIFEST))
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
        let ManifestSnapshot(entry) = ManifestSnapshot::read(folder);
        let mut found = Self::default();
        for (index_hint, (path, digest)) in files.iter().enumerate() {
            match entry.get(path, index_hint) {
                Some(entry) if entry.digest == *digest => {}
                Some(_) => found.changed.push((*path).to_owned()),
                None => found.foreign.push((*path).to_owned()),
            }
        }
        // Some file systems list a name in another form than the one that it was written in.
        let is_missing = |path: &&str| {
            files.binary_search_by_key(path, |(other, _)| other).is_err()
                && !source::kind_of(&folder.join(path)).is_ok_and(|kind| kind.is_some())
        };
        found.missing = entry.paths().filter(is_missing).map(str::to_owned).collect();
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

fn read_manifest(folder: &Path) -> Result<Option<Vec<u8>>, Diagnostic> {
    let list = folder.join(MANIFEST);
    source::read_optional(&list, MAX_MANIFEST_BYTES).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::FileTooLarge => Diagnostic::error(
            Location::file(list.display().to_string()),
            format!("cannot read the file: {error}"),
        )
        .help("newsgen keeps its manifest here: remove this and build with `--force`"),
        _ => failure(&list, "read the file", &error),
    })
}

/// Replaces a file atomically. A symbolic link to a file is followed; a special file, such as a
/// pipe, is written to.
///
/// # Errors
/// Those of the file system.
pub fn write_atomic(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let is_special = fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    if is_special {
        let written = fs::File::options().write(true).open(path).and_then(|mut file| write(&mut file));
        return written.map_err(|error| failure(path, "write to it", &error));
    }
    let target_path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut names = (0..100).map(|number| beside(&target_path, &number.to_string()));
    let is_free = |path: &PathBuf| source::kind_of(path).is_ok_and(|kind| kind.is_none());
    let free = names.find(is_free).unwrap_or_else(|| beside(&target_path, ""));
    AtomicFile::write_beside(&target_path, free, write)?.put()
}

/// Where what will lie at `place` waits.
fn beside(target_path: &Path, mark: &str) -> PathBuf {
    let mut name = target_path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".newsgen-new{mark}"));
    target_path.with_file_name(name)
}

/// A new version of a file, written next to it and not yet moved into place.
#[derive(Debug)]
pub struct AtomicFile {
    beside: PathBuf,
    target_path: PathBuf,
}

impl AtomicFile {
    /// Writes the new version of the file at `target_path`.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(
        target_path: &Path,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> Result<Self, Diagnostic> {
        let beside = beside(target_path, "");
        let _ = fs::remove_file(&beside);
        Self::write_beside(target_path, beside, write)
    }

    fn write_beside(
        target_path: &Path,
        beside: PathBuf,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> Result<Self, Diagnostic> {
        if let Some(folder) = target_path.parent() {
            create_dir_all(folder)?;
        }
        let failed = |error| failure(&beside, "write the file", &error);
        let mut file = fs::File::create_new(&beside).map_err(failed)?;
        if let Err(error) = write(&mut file) {
            // What is half written would fill a full disk.
            let _ = fs::remove_file(&beside);
            return Err(failed(error));
        }
        Ok(Self { beside, target_path: target_path.to_owned() })
    }

    /// Moves it into place.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn put(self) -> Result<(), Diagnostic> {
        fs::rename(&self.beside, &self.target_path)
            .map_err(|error| failure(&self.target_path, "replace the file", &error))
    }
}

/// The files that go, parted into those that lie where a new one will be and must go first, and all others.
fn split_removals<'l>(stale: &[&'l str], new: &Manifest<'_>) -> (Vec<&'l str>, Vec<&'l str>) {
    if stale.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let places: HashSet<Cow<'_, str>> = new.paths().map(folded).collect();
    stale.iter().partition(|path| is_in_the_way(path, new) || places.contains(&folded(path)))
}

/// Whether a file that goes lies where a new one needs a folder, or the other way round.
fn is_in_the_way(path: &str, new: &Manifest<'_>) -> bool {
    let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    new.has_below(path) || folders.any(|folder| new.contains(folder))
}

/// Writes a file and looks at it. A file that is moved keeps its stamp.
fn write_stamped(path: &Path, bytes: &[u8]) -> io::Result<FileStamp> {
    let mut file = create(path)?;
    file.write_all(bytes)?;
    Ok(FileStamp::of(&file.metadata()?))
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
fn parent_folders<'p>(paths: impl IntoIterator<Item = &'p str>) -> BTreeSet<&'p str> {
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
        Err(error) if source::is_not_found(&error) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        // Not every system says so in one way.
        Err(_) if source::list_dir(folder).is_ok_and(|names| !names.is_empty()) => Ok(()),
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
    Diagnostic::error(Location::file(path.display().to_string()), format!("cannot {operation}: {error}"))
        .help("check permissions and free disk space; the next build repairs what this one left")
        .with_origin(Origin::Io)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removal_visits_folders_deepest_first() {
        let paths: Vec<String> = (0..1000).map(|number| format!("news/2026/{number}/index.html")).collect();
        let files = paths.iter().map(String::as_str).chain(["news/2026/feed.xml", "robots.txt"]);
        let folders = parent_folders(files);
        assert_eq!(folders.len(), 1000 + 2);
        let tried: Vec<&str> = folders.into_iter().rev().collect();
        assert_eq!(tried[1000..], ["news/2026", "news"]);
    }
}
