//! Writes the output folder; the only module that writes to disk.
//!
//! Files are staged inside the output folder while pages are rendered, and moved into place only
//! when all are complete; into an empty folder they are moved by whole folders. A manifest in the
//! output folder lists every file newsgen wrote; no other file is ever overwritten or removed.
#![allow(clippy::disallowed_methods, reason = "the only module that writes to the disk")]

mod atomic_file;
mod files;
mod lock;
mod manifest;
mod new_files;
mod scratch_file;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{self, AtomicBool, AtomicUsize};

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::digest::Digest;
use crate::slug::folded;
use crate::source::{self, FileStamp, SiteFile};
use files::{failure, is_folder, remove_folder, remove_if_empty};
use lock::{LockMode, lock};
use manifest::{Manifest, ManifestEntry, ParsedManifest};

pub use atomic_file::{AtomicFile, UNFINISHED, write_atomic, write_shared};
pub use files::{create_dir_all, remove, remove_with_empty_folders, rename};
pub use lock::{FileLock, hold_file, share_file, try_lock};
pub use new_files::{NEW_SITE, create_file, create_site};
pub use scratch_file::ScratchFile;

/// The manifest: lists the files that newsgen wrote to the output folder.
pub const MANIFEST: &str = ".newsgen-files";

/// The maximum size of the manifest in bytes, enough for millions of files.
const MAX_MANIFEST_BYTES: u64 = 1 << 28;

/// The new manifest until it is complete.
const NEW_MANIFEST: &str = ".newsgen-files.new";

/// The staging folder in the output folder.
const STAGING: &str = ".newsgen-staging";

/// The lock file in the output folder, which keeps other builds away.
const LOCK: &str = ".newsgen-lock";

/// Changes to the output folder. Paths are relative to it, with `/` separators, and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OutputChanges {
    /// New or changed files.
    pub written: Vec<Arc<str>>,
    /// Files that had the same bytes already.
    pub unchanged: Vec<Arc<str>>,
    /// Files that are no longer part of the site.
    pub removed: Vec<Arc<str>>,
}

impl OutputChanges {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }

    /// The changes made by putting `staged` files in place, and by removing others.
    pub fn new(staged: Vec<StagedFile>, removed: Vec<Arc<str>>) -> Self {
        let mut changes = Self { removed, ..Self::default() };
        for file in staged {
            let list =
                if file.is_written() { &mut changes.written } else { &mut changes.unchanged };
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
    /// Whether the folder is empty, so that whole folders can be staged and moved.
    is_empty: bool,
    /// The stamp of the manifest on disk, if there is one.
    manifest_stamp: Option<FileStamp>,
    /// Whether the files that the manifest lists are assumed to be in place.
    is_trusted: bool,
    /// Whether the manifest on disk was replaced.
    is_manifest_replaced: AtomicBool,
    /// Held until the build ends.
    _lock: FileLock,
}

/// A file staged for the output folder.
#[derive(Debug)]
pub struct StagedFile {
    /// The path in the output folder, with `/` separators.
    pub path: Arc<str>,
    /// The stamp, which the file keeps when it is moved.
    pub stamp: FileStamp,
    entry: ManifestEntry,
    /// `None` if the file in place has the same bytes already.
    waiting: Option<StagedAs>,
}

/// The path of a file in the staging folder.
#[derive(Clone, Copy, Debug)]
enum StagedAs {
    /// The file's path in the output folder.
    UnderItsPath,
    /// A number, at the top of the staging folder.
    Numbered(usize),
}

impl StagedFile {
    /// Whether the file is new or changed.
    pub fn is_written(&self) -> bool {
        self.waiting.is_some()
    }

    fn manifest_line(&self) -> (&str, ManifestEntry) {
        (&self.path, self.entry)
    }

    /// Digest of the file's bytes.
    pub fn digest(&self) -> Digest {
        self.entry.digest
    }
}

/// The manifest as known before the output folder is locked, so that it need not be parsed again if
/// it is unchanged.
#[derive(Debug, Default)]
pub struct ManifestSnapshot {
    manifest: ParsedManifest,
    /// The stamp of the manifest on disk. None if unknown.
    stamp: Option<FileStamp>,
    is_trusted: bool,
}

impl ManifestSnapshot {
    /// Reads the manifest of an output folder.
    pub fn read(folder: &Path) -> Self {
        let stamp = manifest_stamp(folder);
        let manifest = read_manifest(folder).ok().flatten().map(ParsedManifest::parse);
        Self { manifest: manifest.unwrap_or_default(), stamp, is_trusted: false }
    }

    /// The same, to be used without reading the manifest again and without examining the files that
    /// it lists, if the manifest still has its stamp.
    #[must_use]
    pub fn trusted(self, is_trusted: bool) -> Self {
        Self { is_trusted, ..self }
    }

    /// The paths of the files that newsgen wrote.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.manifest.paths()
    }

    /// The manifest with these bytes, parsed again only if it changed.
    fn list(self, bytes: Option<Vec<u8>>) -> ParsedManifest {
        match bytes {
            None => ParsedManifest::default(),
            Some(bytes) if self.manifest.is_of(&bytes) => self.manifest,
            Some(bytes) => ParsedManifest::parse(bytes),
        }
    }
}

impl OutputFolder {
    /// Opens and locks an output folder, which need not exist. If another build has locked it,
    /// `on_wait` is called once, and this build waits.
    ///
    /// # Errors
    /// When the folder contains other files than newsgen's and `force` is not set, or cannot be
    /// used.
    pub fn open(
        folder: &Path,
        snapshot: ManifestSnapshot,
        force: bool,
        on_wait: impl FnOnce(),
    ) -> Result<Self, Diagnostic> {
        check_usable(folder, force)?;
        fs::create_dir_all(folder)
            .map_err(|error| failure(folder, "create the output folder", &error))?;
        let lock = lock(&folder.join(LOCK), LockMode::Exclusive, on_wait)?;
        check_usable(folder, force)?;
        let stamp = manifest_stamp(folder);
        let is_trusted = snapshot.is_trusted && stamp.is_some() && stamp == snapshot.stamp;
        let manifest =
            if is_trusted { snapshot.manifest } else { snapshot.list(read_manifest(folder)?) };
        let staging = folder.join(STAGING);
        remove_folder(&staging)?;
        fs::create_dir_all(&staging)
            .map_err(|error| failure(&staging, "create the folder", &error))?;
        let is_empty = foreign_names(folder)?.is_empty();
        let folder = folder.to_owned();
        Ok(Self {
            folder,
            manifest,
            force,
            staged: AtomicUsize::new(0),
            is_empty,
            manifest_stamp: stamp,
            is_trusted,
            is_manifest_replaced: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// Unlocks the folder. Returns what is known of its manifest after `staged` were put in place.
    /// None if it was replaced.
    pub fn close(self, staged: &[StagedFile]) -> Option<ManifestSnapshot> {
        if self.is_manifest_replaced.into_inner() {
            return None;
        }
        let mut manifest = self.manifest;
        manifest.replace_entries(staged.iter().map(|file| file.entry));
        Some(ManifestSnapshot { manifest, stamp: self.manifest_stamp, is_trusted: false })
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
        let entry = ManifestEntry { length: stamp.length, digest };
        let is_in_place = || source::stamp(&self.folder.join(&**path)) == Some(stamp);
        let is_intact = self.manifest.get(path, index_hint) == Some(entry)
            && (self.is_trusted || is_in_place());
        is_intact.then(|| StagedFile { path: Arc::clone(path), stamp, entry, waiting: None })
    }

    /// Stages the file `path` (with `/` separators).
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
    /// When reading or writing fails, or the file changed since it was scanned.
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
        let is_same = |target_path: &Path| {
            source::digest(target_path).is_ok_and(|digest| digest == entry.digest)
        };
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

    /// The stamp of the file in place, if newsgen wrote it and it has the same bytes. On a
    /// case-insensitive file system it may be another file of newsgen's that is about to be
    /// removed.
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

    /// Prepares to move all staged files into place, and to remove files that newsgen wrote and
    /// that are no longer part of the site. Nothing is changed yet.
    ///
    /// # Errors
    /// Conflicts with files that newsgen did not write.
    pub fn prepare<'o>(&'o self, staged: &'o [StagedFile]) -> Result<Commit<'o>, Vec<Diagnostic>> {
        let manifest = self.manifest.list();
        let keeps_paths =
            self.is_trusted && self.manifest.lists(staged.iter().map(|file| &*file.path));
        let new =
            (!keeps_paths).then(|| Manifest::new(staged.iter().map(StagedFile::manifest_line)));
        let stale = new.as_ref().map(|new| manifest.without(new)).unwrap_or_default();
        let written: Vec<&StagedFile> = staged.iter().filter(|file| file.is_written()).collect();
        let conflicts = (!self.is_empty).then(|| self.conflicts(&manifest, &written, &stale));
        match conflicts {
            Some(conflicts) if !conflicts.is_empty() => Err(conflicts),
            _ => Ok(Commit { output: self, manifest, new, written, stale }),
        }
    }

    /// Conflicts with files that newsgen did not write: a file in the place of a new one, a folder
    /// with foreign files, and anything else where a folder is needed. A symbolic link leads
    /// elsewhere, so nothing behind it is newsgen's.
    fn conflicts(
        &self,
        manifest: &Manifest<'_>,
        written: &[&StagedFile],
        stale: &[&str],
    ) -> Vec<Diagnostic> {
        let mut found = BTreeSet::new();
        let mut unreadable = Vec::new();
        for folder in
            parent_folders(written.iter().map(|file| &*file.path).chain(stale.iter().copied()))
        {
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
                    let files = match source::list_files(&target_path) {
                        Ok(files) => files,
                        Err(error) => {
                            unreadable.push(failure(&target_path, "list the folder", &error));
                            continue;
                        }
                    };
                    let paths = files.into_iter().map(|file| format!("{path}/{file}"));
                    let foreign: Vec<String> =
                        paths.filter(|path| !manifest.contains(path)).collect();
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
            Diagnostic::new(
                Code::ForeignFiles,
                target_path,
                "newsgen did not write this and needs its path",
            )
            .help("move it: files to publish belong in `static/`; or overwrite it with `--force`")
        };
        found.into_iter().map(diagnostic).chain(unreadable).collect()
    }

    /// Discards the staged files. The lock file stays, since another build may be waiting for it.
    pub fn abandon(&self) {
        let _ = self.remove_staging();
    }

    fn remove_staging(&self) -> Result<(), Diagnostic> {
        remove_folder(&self.folder.join(STAGING))
    }

    fn place(&self, staged: &[&StagedFile]) -> Result<(), Diagnostic> {
        let mut made = BTreeSet::new();
        for StagedFile { path, waiting, .. } in staged {
            let Some(waiting) = waiting else { continue };
            let staged_path = self.staging_path(path, *waiting);
            let target_path = self.folder.join(&**path);
            if let Some(folder) = target_path.parent()
                && !made.contains(folder)
            {
                fs::create_dir_all(folder)
                    .map_err(|error| failure(folder, "create the folder", &error))?;
                made.insert(folder.to_owned());
            }
            fs::rename(staged_path, &target_path)
                .map_err(|error| failure(&target_path, "replace the file", &error))?;
        }
        Ok(())
    }

    /// Removes files that newsgen wrote, and folders that are empty then. The manifest of an
    /// interrupted build may list files that do not exist or are folders now.
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
        // Folders sort before their contents.
        for folder in parent_folders(paths.iter().copied()).iter().rev() {
            remove_if_empty(&self.folder.join(folder))?;
        }
        Ok(())
    }

    fn write_manifest(&self, files: &Manifest<'_>) -> Result<(), Diagnostic> {
        self.is_manifest_replaced.store(true, atomic::Ordering::Relaxed);
        let beside = self.folder.join(NEW_MANIFEST);
        let _ = fs::remove_file(&beside);
        let written =
            fs::File::create_new(&beside).and_then(|file| files.write(io::BufWriter::new(file)));
        written.map_err(|error| failure(&beside, "write the file", &error))?;
        let target_path = self.folder.join(MANIFEST);
        fs::rename(&beside, &target_path)
            .map_err(|error| failure(&target_path, "replace the manifest", &error))
    }
}

/// Prepared changes to an output folder, which conflict with no other files.
#[derive(Debug)]
pub struct Commit<'o> {
    output: &'o OutputFolder,
    /// The manifest before.
    manifest: Manifest<'o>,
    /// The manifest after. None if the paths are the same, so that it need not be written.
    new: Option<Manifest<'o>>,
    written: Vec<&'o StagedFile>,
    stale: Vec<&'o str>,
}

impl Commit<'_> {
    /// Makes the changes. Returns the paths of removed files.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn apply(self) -> Result<Vec<Arc<str>>, Diagnostic> {
        let output = self.output;
        match &self.new {
            // The manifest on disk has the old digests until a later build replaces it; another
            // process renders these files again.
            None => output.place(&self.written)?,
            Some(new) if output.is_empty => self.fill(new)?,
            Some(new) => self.update(new)?,
        }
        output.remove_staging()?;
        Ok(self.stale.into_iter().map(Arc::from).collect())
    }

    /// Moves everything from the staging folder into the empty output folder.
    fn fill(&self, new: &Manifest<'_>) -> Result<(), Diagnostic> {
        let folder = &self.output.folder;
        let staging = folder.join(STAGING);
        self.output.write_manifest(new)?;
        for name in source::list_dir(&staging)
            .map_err(|error| failure(&staging, "list the folder", &error))?
        {
            let target_path = folder.join(&name);
            fs::rename(staging.join(name), &target_path)
                .map_err(|error| failure(&target_path, "move the new folder into place", &error))?;
        }
        Ok(())
    }

    fn update(&self, new: &Manifest<'_>) -> Result<(), Diagnostic> {
        let Self { output, manifest, .. } = self;
        let is_as_written = output.manifest.is_as_written();
        if self.written.is_empty() && new == manifest && is_as_written {
            return Ok(());
        }
        let both = manifest.with(new);
        if both != *manifest || !is_as_written {
            output.write_manifest(&both)?;
        }
        let (first, last) = split_removals(&self.stale, new);
        output.remove(&first)?;
        output.place(&self.written)?;
        output.remove(&last)?;
        if both != *new || manifest.is_empty() {
            output.write_manifest(new)?;
        }
        Ok(())
    }
}

/// Checks whether a build could use an output folder.
///
/// # Errors
/// When the folder contains other files than newsgen's and `force` is not set, or is no folder.
pub fn check_usable(folder: &Path, force: bool) -> Result<(), Diagnostic> {
    let display_path = || Location::file(folder.display().to_string());
    if source::kind_of(folder).is_ok_and(|kind| kind.is_some_and(|kind| kind.is_file())) {
        return Err(Diagnostic::new(
            Code::UnusableFolder,
            display_path(),
            "the output folder is a file",
        )
        .help("name a folder with `--output-dir`"));
    }
    let names = foreign_names(folder)?;
    if force || names.is_empty() || names.iter().any(|name| name == MANIFEST) {
        return Ok(());
    }
    Err(Diagnostic::new(Code::ForeignFiles, display_path(), "the output folder contains files that newsgen did not write")
        .help("choose another folder with `--output-dir`, empty this one, or use it anyway with `--force`"))
}

/// Names in an output folder, except those that builds use internally.
fn foreign_names(folder: &Path) -> Result<Vec<String>, Diagnostic> {
    let mut names = source::list_dir(folder)
        .map_err(|error| failure(folder, "list the output folder", &error))?;
    names.retain(|name| ![LOCK, STAGING, NEW_MANIFEST].contains(&name.as_str()));
    Ok(names)
}

/// Locks a published folder against builds, shared with other readers. `on_wait` is called if a
/// build is running, which is then waited for.
///
/// # Errors
/// When nothing is published there, or the folder cannot be locked.
pub fn lock_shared(folder: &Path, on_wait: impl FnOnce()) -> Result<FileLock, Diagnostic> {
    let nothing = || {
        let target_path = Location::file(folder.display().to_string());
        Diagnostic::new(Code::StaleBuild, target_path, "no site is published here")
            .help("publish it with `newsgen build`")
    };
    read_manifest(folder)?.ok_or_else(nothing)?;
    let lock = lock(&folder.join(LOCK), LockMode::Shared, on_wait)?;
    // A failed build leaves the files in place.
    read_manifest(folder)?.ok_or_else(nothing)?;
    let staging = folder.join(STAGING);
    if source::kind_of(&staging).is_ok_and(|kind| kind.is_some()) {
        let target_path = Location::file(folder.display().to_string());
        let message = "the last build was interrupted, so the site may be incomplete";
        return Err(Diagnostic::new(Code::StaleBuild, target_path, message).help("build it again"));
    }
    Ok(lock)
}

/// The stamp of the manifest of an output folder, if there is one.
pub fn manifest_stamp(folder: &Path) -> Option<FileStamp> {
    source::stamp(&folder.join(MANIFEST))
}

/// Differences between a published folder and its manifest. Paths are relative, and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Files that no longer exist, or that something else has replaced.
    pub missing: Vec<String>,
    /// Files with other bytes.
    pub changed: Vec<String>,
    /// Files that newsgen did not write.
    pub foreign: Vec<String>,
    /// Whether the manifest is not as newsgen writes it, so that it may lack files that newsgen
    /// wrote.
    pub is_manifest_damaged: bool,
}

impl Differences {
    /// Compares all files of a folder, sorted by path and with their digests, with the manifest.
    pub fn find(folder: &Path, files: &[(&str, Digest)]) -> Self {
        let ManifestSnapshot { manifest: entry, .. } = ManifestSnapshot::read(folder);
        let mut found = Self { is_manifest_damaged: !entry.is_as_written(), ..Self::default() };
        for (index_hint, (path, digest)) in files.iter().enumerate() {
            match entry.get(path, index_hint) {
                Some(entry) if entry.digest == *digest => {}
                Some(_) => found.changed.push((*path).to_owned()),
                None => found.foreign.push((*path).to_owned()),
            }
        }
        // Some file systems list a name in another Unicode form than it was written in.
        let is_missing = |path: &&str| {
            files.binary_search_by_key(path, |(other, _)| other).is_err()
                && source::stamp(&folder.join(path)).is_none()
        };
        found.missing = entry.paths().filter(is_missing).map(str::to_owned).collect();
        found
    }
}

fn read_manifest(folder: &Path) -> Result<Option<Vec<u8>>, Diagnostic> {
    let list = folder.join(MANIFEST);
    source::read_optional(&list, MAX_MANIFEST_BYTES).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::FileTooLarge => Diagnostic::new(
            Code::DamagedManifest,
            Location::file(list.display().to_string()),
            format!("cannot read the file: {error}"),
        )
        .help("newsgen keeps its manifest here: remove this and build with `--force`"),
        _ => failure(&list, "read the file", &error),
    })
}

/// Splits stale files into those that must be removed before the new files are put in place, and
/// all others.
fn split_removals<'l>(stale: &[&'l str], new: &Manifest<'_>) -> (Vec<&'l str>, Vec<&'l str>) {
    if stale.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let places: HashSet<Cow<'_, str>> = new.paths().map(folded).collect();
    stale.iter().partition(|path| is_in_the_way(path, new) || places.contains(&folded(path)))
}

/// Whether a stale file is in the place of a new folder, or below a new file.
fn is_in_the_way(path: &str, new: &Manifest<'_>) -> bool {
    let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    new.has_below(path) || folders.any(|folder| new.contains(folder))
}

/// Writes a file and returns its stamp, which it keeps when it is moved.
fn write_stamped(path: &Path, bytes: &[u8]) -> io::Result<FileStamp> {
    let mut file = create(path)?;
    file.write_all(bytes)?;
    Ok(FileStamp::of(&file.metadata()?))
}

/// Creates a file, and its folder if necessary.
fn create(path: &Path) -> io::Result<fs::File> {
    if let Some(own_folder) = path.parent().filter(|_| path.ends_with("index.html")) {
        // The folder is usually missing. If this fails, so does the creation of the file.
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

/// The folders of files, each once. Checking a folder for each of its files would be quadratic.
fn parent_folders<'p>(paths: impl IntoIterator<Item = &'p str>) -> BTreeSet<&'p str> {
    let mut folders = BTreeSet::new();
    for path in paths {
        for (end, _) in path.rmatch_indices('/') {
            // If a folder is known, so are its parents.
            if !folders.insert(path.get(..end).expect("a slash was found here")) {
                break;
            }
        }
    }
    folders
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn open(folder: &TempDir, force: bool) -> Result<OutputFolder, Diagnostic> {
        let snapshot = ManifestSnapshot::read(folder.path());
        OutputFolder::open(folder.path(), snapshot, force, || panic!("nobody else has the lock"))
    }

    fn stage(output: &OutputFolder, files: &[(&str, &str)]) -> Vec<StagedFile> {
        let stage = |(path, text): &(&str, &str)| output.stage(&Arc::from(*path), text.as_bytes());
        files.iter().map(|file| stage(file).expect("staged")).collect()
    }

    /// Publishes a site that consists of these files.
    fn publish(
        folder: &TempDir,
        files: &[(&str, &str)],
        force: bool,
    ) -> Result<OutputChanges, Vec<Diagnostic>> {
        let output = open(folder, force).map_err(|error| vec![error])?;
        let staged = stage(&output, files);
        let removed = output.prepare(&staged)?.apply().map_err(|error| vec![error])?;
        Ok(OutputChanges::new(staged, removed))
    }

    /// Publishes a site into a new folder.
    fn published(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().expect("folder");
        publish(&folder, files, false).expect("published");
        folder
    }

    /// The published files of an output folder with their contents.
    fn files(folder: &TempDir) -> Vec<(String, String)> {
        let mut paths = source::list_files(folder.path()).expect("list");
        paths.retain(|path| !path.starts_with(".newsgen"));
        paths.sort();
        let text = |path: &String| fs::read_to_string(folder.path().join(path)).expect("text");
        paths.iter().map(|path| (path.clone(), text(path))).collect()
    }

    fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    fn manifest(folder: &TempDir) -> Vec<String> {
        ManifestSnapshot::read(folder.path()).paths().map(str::to_owned).collect()
    }

    fn paths(list: &[Arc<str>]) -> Vec<&str> {
        list.iter().map(|path| &**path).collect()
    }

    fn locations(refused: Result<OutputChanges, Vec<Diagnostic>>, folder: &TempDir) -> Vec<String> {
        let root = format!("{}{}", folder.path().display(), std::path::MAIN_SEPARATOR);
        let refused = refused.expect_err("refused");
        refused
            .iter()
            .map(|found| found.location.file.replace(&root, "").replace('\\', "/"))
            .collect()
    }

    #[test]
    fn staged_files_are_not_published_before_the_commit() {
        for before in [&[][..], &[("a.html", "old")]] {
            let folder = published(before);
            let output = open(&folder, false).expect("opened");
            let staged = stage(&output, &[("a.html", "new"), ("news/index.html", "b")]);
            assert_eq!(files(&folder), owned(before));
            output.prepare(&staged).expect("no conflict").apply().expect("committed");
            drop(output);
            assert_eq!(files(&folder), owned(&[("a.html", "new"), ("news/index.html", "b")]));
            assert_eq!(manifest(&folder), ["a.html", "news/index.html"]);
            assert!(!folder.path().join(STAGING).exists());
        }
    }

    /// Stages other bytes for `a.html`, and `b.html` as it is in place, with a trusted manifest.
    fn stage_trusted(
        folder: &TempDir,
        snapshot: ManifestSnapshot,
    ) -> (OutputFolder, [StagedFile; 2]) {
        let b = folder.path().join("b.html");
        let digest = Digest::of(b"b");
        let stamp = source::stamp(&b).expect("stamp");
        fs::remove_file(b).expect("removed");
        let output = OutputFolder::open(folder.path(), snapshot.trusted(true), false, || {});
        let output = output.expect("opened");
        let a = output.stage(&"a.html".into(), b"new").expect("staged");
        let b = output.intact(&"b.html".into(), 1, digest, stamp).expect("trusted");
        (output, [a, b])
    }

    #[test]
    fn trusted_manifest_skips_checks_and_is_saved_later() {
        let folder = published(&[("a.html", "a"), ("b.html", "b")]);
        let snapshot = ManifestSnapshot::read(folder.path());
        let on_disk = || fs::read(folder.path().join(MANIFEST)).expect("manifest");
        let before = on_disk();
        let (output, [a, b]) = stage_trusted(&folder, snapshot);
        let (stamp, entry) = (a.stamp, a.entry);
        let staged = [a, b];
        output.prepare(&staged).expect("no conflict").apply().expect("committed");
        let snapshot = output.close(&staged).expect("known");
        assert_eq!(files(&folder), owned(&[("a.html", "new")]));
        assert_eq!(on_disk(), before);
        let output = OutputFolder::open(folder.path(), snapshot, false, || {}).expect("opened");
        let a = output.intact(&"a.html".into(), 0, entry.digest, stamp).expect("in place");
        let digest = Digest::of(b"b");
        assert!(output.intact(&"b.html".into(), 1, digest, staged[1].stamp).is_none(), "examined");
        let b = output.stage(&"b.html".into(), b"b").expect("staged");
        let staged = [a, b];
        output.prepare(&staged).expect("no conflict").apply().expect("committed");
        assert!(output.close(&staged).is_none(), "the manifest was replaced");
        let fresh = published(&[("a.html", "new"), ("b.html", "b")]);
        assert_eq!(on_disk(), fs::read(fresh.path().join(MANIFEST)).expect("manifest"));
    }

    #[test]
    fn files_of_a_replaced_manifest_are_not_trusted() {
        let folder = published(&[("a.html", "a"), ("b.html", "b")]);
        let snapshot = ManifestSnapshot::read(folder.path());
        publish(&folder, &[("a.html", "a"), ("b.html", "b"), ("c.html", "c")], false)
            .expect("published");
        let output = OutputFolder::open(folder.path(), snapshot.trusted(true), false, || {});
        let output = output.expect("opened");
        let stamp = source::stamp(&folder.path().join("a.html")).expect("stamp");
        fs::remove_file(folder.path().join("a.html")).expect("removed");
        assert!(output.intact(&"a.html".into(), 0, Digest::of(b"a"), stamp).is_none());
    }

    #[test]
    fn abandoned_files_are_discarded() {
        let folder = published(&[("a.html", "old")]);
        let output = open(&folder, false).expect("opened");
        stage(&output, &[("a.html", "new")]);
        output.abandon();
        assert_eq!(files(&folder), owned(&[("a.html", "old")]));
        assert!(!folder.path().join(STAGING).exists());
    }

    #[test]
    fn commit_writes_differences_and_removes_what_is_gone() {
        let folder = published(&[("a.html", "a"), ("b.html", "b"), ("old/deep/c.html", "c")]);
        let stamp = source::stamp(&folder.path().join("a.html"));
        let changes =
            publish(&folder, &[("a.html", "a"), ("b.html", "other"), ("d.html", "d")], false)
                .expect("published");
        assert_eq!(paths(&changes.written), ["b.html", "d.html"]);
        assert_eq!(paths(&changes.unchanged), ["a.html"]);
        assert_eq!(paths(&changes.removed), ["old/deep/c.html"]);
        assert_eq!(files(&folder), owned(&[("a.html", "a"), ("b.html", "other"), ("d.html", "d")]));
        assert_eq!(manifest(&folder), ["a.html", "b.html", "d.html"]);
        assert!(!folder.path().join("old").exists(), "empty folders are removed");
        assert_eq!(source::stamp(&folder.path().join("a.html")), stamp);
    }

    #[test]
    fn files_and_folders_can_replace_each_other() {
        let folder = published(&[("a", "file"), ("b/c", "in a folder")]);
        let other = [("a/x", "in a folder"), ("b", "file")];
        publish(&folder, &other, false).expect("published");
        assert_eq!(files(&folder), owned(&other));
    }

    #[test]
    fn folder_with_foreign_files_is_refused_unless_forced() {
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join("mine.txt"), "mine").expect("written");
        publish(&folder, &[("a.html", "a")], false).expect_err("refused");
        assert_eq!(files(&folder), owned(&[("mine.txt", "mine")]));
        publish(&folder, &[("a.html", "a")], true).expect("published");
        assert_eq!(files(&folder), owned(&[("a.html", "a"), ("mine.txt", "mine")]));
        publish(&folder, &[], false).expect("published");
        assert_eq!(files(&folder), owned(&[("mine.txt", "mine")]));
    }

    #[test]
    fn foreign_files_are_named_before_any_change() {
        let folder = published(&[("a.html", "a")]);
        for (path, text) in [("b.html", "mine"), ("c", "mine"), ("d/mine.txt", "mine")] {
            create_file(&folder.path().join(path), text.as_bytes()).expect("written");
        }
        let before = files(&folder);
        let new = [("a.html", "other"), ("b.html", "b"), ("c/index.html", "c"), ("d", "d")];
        assert_eq!(
            locations(publish(&folder, &new, false), &folder),
            ["b.html", "c", "d/mine.txt"]
        );
        assert_eq!(files(&folder), before);
        publish(&folder, &[("a.html", "a"), ("b.html", "b")], true).expect("published");
        assert_eq!(fs::read_to_string(folder.path().join("b.html")).expect("text"), "b");
    }

    #[test]
    fn intact_file_has_its_digest_and_stamp() {
        let folder = published(&[("a.html", "a")]);
        let (path, digest) = (Arc::from("a.html"), Digest::of(b"a"));
        let stamp = source::stamp(&folder.path().join("a.html")).expect("stamp");
        let output = open(&folder, false).expect("opened");
        let file = output.intact(&path, 0, digest, stamp).expect("intact");
        assert!(!file.is_written());
        assert!(output.intact(&path, 0, Digest::of(b"b"), stamp).is_none());
        assert!(output.intact(&Arc::from("b.html"), 0, digest, stamp).is_none());
        fs::remove_file(folder.path().join("a.html")).expect("removed");
        assert!(output.intact(&path, 0, digest, stamp).is_none());
    }

    #[test]
    fn differences_from_the_manifest() {
        let folder = published(&[("a.html", "a"), ("b.html", "b"), ("c.html", "c")]);
        fs::remove_file(folder.path().join("c.html")).expect("removed");
        let here = [("a.html", "a"), ("b.html", "other"), ("mine.txt", "mine")]
            .map(|(path, text)| (path, Digest::of(text.as_bytes())));
        let found = Differences::find(folder.path(), &here);
        let expected = Differences {
            missing: vec!["c.html".to_owned()],
            changed: vec!["b.html".to_owned()],
            foreign: vec!["mine.txt".to_owned()],
            is_manifest_damaged: false,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn folder_in_the_place_of_a_file_is_a_missing_file() {
        let folder = published(&[("a.html", "a"), ("b/index.html", "b")]);
        let path = |path: &str| folder.path().join(path);
        fs::remove_file(path("a.html")).expect("removed");
        fs::create_dir(path("a.html")).expect("folder");
        fs::remove_file(path("b/index.html")).expect("removed");
        create_file(&path("b/index.html/in"), b"x").expect("file");
        let found = Differences::find(folder.path(), &[("b/index.html/in", Digest::of(b"x"))]);
        assert_eq!(found.missing, ["a.html", "b/index.html"]);
        assert_eq!(found.foreign, ["b/index.html/in"]);
    }

    #[test]
    fn removal_visits_folders_deepest_first() {
        let paths: Vec<String> =
            (0..1000).map(|number| format!("news/2026/{number}/index.html")).collect();
        let files = paths.iter().map(String::as_str).chain(["news/2026/feed.xml", "robots.txt"]);
        let folders = parent_folders(files);
        assert_eq!(folders.len(), 1000 + 2);
        let tried: Vec<&str> = folders.into_iter().rev().collect();
        assert_eq!(tried[1000..], ["news/2026", "news"]);
    }
}
