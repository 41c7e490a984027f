//! Reads the site's sources; the only module that reads from disk.
#![allow(clippy::disallowed_methods, reason = "the only module that reads the disk")]

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};
use std::str::Utf8Error;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::{DirEntry, WalkDir};

use crate::diagnostic::{Code, Diagnostic, Location, Origin};
use crate::digest::Digest;
use crate::slug::folded;

/// The folders of a site.
const CONTENT: &str = "content";
const TEMPLATES: &str = "templates";
const STATIC: &str = "static";

/// The folders of a site's sources.
pub const FOLDERS: [&str; 3] = [CONTENT, TEMPLATES, STATIC];

/// The configuration file of a site.
pub const CONFIG: &str = "site.toml";

/// The files of a site at one moment, each list sorted by path.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The documents.
    pub content: Vec<SiteFile>,
    /// The site's own templates.
    pub templates: Vec<SiteFile>,
    /// Static files, which are published unchanged.
    pub static_files: Vec<SiteFile>,
    /// Skipped files.
    pub skipped: Vec<Skipped>,
    /// The folders below `content/`, by their paths in it. Ignored ones are not among them.
    folders: BTreeSet<Arc<str>>,
}

/// What a scan looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanScope {
    /// All sources.
    Full,
    /// Documents that may have changed, by their paths in `content/` with `/` separators, and the
    /// listings of their folders.
    Documents(BTreeSet<String>),
}

/// A skipped file of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The display path, relative to the site's root.
    pub display_path: String,
    what: SkipReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SkipReason {
    Link,
    Special,
    NoDocument,
    Repository,
}

impl Skipped {
    /// Whether it is a symbolic link.
    pub fn is_link(&self) -> bool {
        self.what == SkipReason::Link
    }

    /// The subject of a message about it.
    pub fn what(&self) -> &'static str {
        match self.what {
            SkipReason::Link => "this symbolic link is not followed: it is",
            SkipReason::Special => "this is not a regular file: it is",
            SkipReason::NoDocument => "this file is not a document: it is",
            SkipReason::Repository => "this belongs to Git and is not published: it is",
        }
    }

    /// The message if skipping it hides nothing.
    pub fn warning(&self) -> Diagnostic {
        let (message, help) = match self.what {
            SkipReason::Link => ("a symbolic link is not followed", "put the real file there"),
            SkipReason::Special => ("this is not a regular file", "put the real file there"),
            SkipReason::NoDocument => (
                "only files that end in `.md` or `.markdown` are documents",
                "files to be copied belong in `static/`; files that are not part of the site can be listed under `ignore` in site.toml",
            ),
            SkipReason::Repository => {
                ("the files of Git are not published", "keep the repository outside `static/`")
            }
        };
        let warning =
            Diagnostic::new(Code::SkippedFile, Location::file(&self.display_path), message)
                .help(help);
        match self.what {
            SkipReason::Link | SkipReason::Special => warning.changes_output(),
            SkipReason::NoDocument | SkipReason::Repository => warning,
        }
    }
}

/// File metadata used to detect changes: a file with the same stamp is assumed to be unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStamp {
    /// Length in bytes.
    pub length: u64,
    /// Modification time in nanoseconds since 1970. Programs can set it.
    pub changed_at: i64,
    /// Change time of a source in nanoseconds since 1970, which programs cannot set; 0 if unknown.
    pub touched_at: i64,
}

/// The coarsest modification time of common file systems, in nanoseconds: two seconds.
pub const MTIME_RESOLUTION: i64 = 2_000_000_000;

/// The coarsest clock tick of systems that record change times: 10 ms, doubled for safety.
const CLOCK_TICK: i64 = 20_000_000;

impl FileStamp {
    /// Whether a later change would have changed the stamp. A stamp nearly as young as the scan
    /// (`scanned_at`, in nanoseconds since 1970) cannot be trusted.
    pub fn is_trustworthy(self, scanned_at: i64) -> bool {
        self.changed_at < scanned_at.saturating_sub(MTIME_RESOLUTION)
            && self.touched_at < scanned_at.saturating_sub(CLOCK_TICK)
    }

    /// The stamp of a source with this metadata.
    #[cfg(unix)]
    pub fn of_source(metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let touched_at =
            metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec());
        Self { touched_at, ..Self::of(metadata) }
    }

    #[cfg(not(unix))]
    pub fn of_source(metadata: &fs::Metadata) -> Self {
        Self::of(metadata)
    }

    /// The stamp of a published file with this metadata. It does not change when the file is moved.
    pub fn of(metadata: &fs::Metadata) -> Self {
        let nanoseconds = |time: SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => {
                i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos)
            }
        };
        let changed_at = metadata.modified().map_or(i64::MAX, nanoseconds);
        Self { length: metadata.len(), changed_at, touched_at: 0 }
    }
}

/// The kind of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentKind {
    /// An article.
    Article,
    /// A topic, in `content/topics/`.
    Topic,
    /// A provider, in `content/providers/`.
    Provider,
    /// A page such as About or Contact, in `content/pages/`.
    Page,
}

impl ContentKind {
    /// The kind of a document, from its path below `content/`.
    pub fn of(path: &str) -> Self {
        match path.split_once('/') {
            Some(("topics", _)) => Self::Topic,
            Some(("providers", _)) => Self::Provider,
            Some(("pages", _)) => Self::Page,
            _ => Self::Article,
        }
    }
}

/// A document, a template or a static file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// The path in its folder, with `/` separators.
    pub path: Arc<str>,
    /// The folder of the site that contains it.
    pub folder: Arc<Folder>,
    /// The stamp at the time of the scan.
    pub stamp: FileStamp,
}

/// A folder of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The name in the site's root.
    pub name: &'static str,
    /// The path on disk.
    pub on_disk: PathBuf,
}

impl SiteFile {
    /// The display path, relative to the site's root.
    pub fn display_path(&self) -> String {
        self.folder.display_path(&self.path)
    }

    /// The path on disk.
    pub fn on_disk(&self) -> PathBuf {
        self.folder.on_disk.join(&*self.path)
    }

    /// The document's [`name`].
    pub fn name(&self) -> Option<&str> {
        let below = match self.kind() {
            ContentKind::Article => &*self.path,
            _ => self.path.split_once('/').map_or("", |(_, below)| below),
        };
        name(below)
    }

    /// The kind of the document, if it is one.
    pub fn kind(&self) -> ContentKind {
        ContentKind::of(&self.path)
    }
}

impl Folder {
    fn display_path(&self, path: &str) -> String {
        if path.is_empty() { self.name.to_owned() } else { [self.name, "/", path].concat() }
    }
}

/// The file name without folders and extension.
pub fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether a document is the index of its folder.
pub fn is_index(path: &str) -> bool {
    let stem = stem(path);
    ["index", "_index"].iter().any(|index| stem.eq_ignore_ascii_case(index))
}

/// The name of a document from its path: its file name without extension, or for `index.md` its
/// folder. `None` if there is no folder.
pub fn name(path: &str) -> Option<&str> {
    if !is_index(path) {
        return Some(stem(path));
    }
    let (folders, _) = path.rsplit_once('/')?;
    folders.rsplit('/').next()
}

/// Scans a site's folders. `templates/` and `static/` may be missing, `content/` may not. Ignored
/// files are skipped.
pub fn scan(
    root: &Path,
    is_ignored: &(dyn Fn(&str) -> bool + Sync),
) -> (Snapshot, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    diagnostics.extend(FOLDERS.iter().filter_map(|name| symlink_escapes_root(root, name)));
    if !diagnostics.is_empty() {
        return (Snapshot::default(), diagnostics);
    }
    if kind_of(&root.join(CONTENT)).is_ok_and(|kind| kind.is_none()) {
        let message = "the site has no folder `content`";
        diagnostics.push(
            Diagnostic::new(Code::MissingFolder, Location::file(CONTENT), message)
                .help("create it and add a document, or create a site with `newsgen init DIR`"),
        );
    }
    let mut skipped = Vec::new();
    let mut files = |name: &'static str, keep: &Keep<'_>| {
        let found = walk(&Arc::new(Folder { name, on_disk: root.join(name) }), keep);
        skipped.extend(found.skipped);
        diagnostics.extend(found.problems);
        (found.files, found.folders)
    };
    let (content, folders) = files(CONTENT, &|name, path| is_content(name, path, is_ignored));
    let (templates, _) = files(TEMPLATES, &|name, _| !is_hidden(name));
    let (static_files, _) = files(STATIC, &|name, _| !is_system_file(name));
    let content = documents(content, &mut skipped);
    (Snapshot { content, templates, static_files, skipped, folders }, diagnostics)
}

/// Updates a snapshot after some documents may have changed, which are given by their paths in
/// `content/`: lists their folders, and examines these documents and new files there. None if a
/// folder was added, removed or replaced, or if there is a problem.
pub fn rescan(
    snapshot: Snapshot,
    root: &Path,
    changed: &BTreeSet<String>,
    is_ignored: &(dyn Fn(&str) -> bool + Sync),
) -> Option<Snapshot> {
    let folder = Arc::new(Folder { name: CONTENT, on_disk: root.join(CONTENT) });
    let keep: &Keep<'_> = &|name, path| is_content(name, path, is_ignored);
    let is_kept =
        |path: &&str| with_parents(path).all(|part| keep(file_name(part), &|| Some(part.into())));
    let changed: BTreeSet<&str> = changed.iter().map(String::as_str).filter(is_kept).collect();
    if changed.iter().any(|path| snapshot.folders.contains(*path)) {
        return None;
    }
    let parents: BTreeSet<&str> = changed.iter().map(|path| parent(path)).collect();
    let mut snapshot = snapshot;
    parents.into_iter().try_for_each(|parent| snapshot.list(parent, &folder, &changed, keep))?;
    Some(snapshot)
}

impl Snapshot {
    /// Lists a folder of `content/` again. None if that is not enough.
    fn list(
        &mut self,
        folder: &str,
        content: &Arc<Folder>,
        changed: &BTreeSet<&str>,
        keep: &Keep<'_>,
    ) -> Option<()> {
        let is_no_link = |folder: &str| {
            kind_of(&content.on_disk.join(folder))
                .is_ok_and(|kind| kind.is_some_and(|kind| kind.is_dir()))
        };
        let is_known = || self.folders.contains(folder) && with_parents(folder).all(is_no_link);
        if !folder.is_empty() && !is_known() {
            return None;
        }
        let known = |path: &str| {
            let index = self.content.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
            self.content.get(index).map(|file| file.stamp).filter(|_| !changed.contains(path))
        };
        let entries = WalkDir::new(content.on_disk.join(folder)).max_depth(1);
        let found = list_and_stat(entries, content, keep, &known);
        let folders = self.folders.iter().filter(|path| parent(path) == folder);
        if !found.problems.is_empty() || !folders.eq(&found.folders) {
            return None;
        }
        self.skipped.retain(|skipped| {
            let path = skipped.display_path.strip_prefix(CONTENT);
            path.and_then(|path| path.strip_prefix('/')).map(parent) != Some(folder)
        });
        self.skipped.extend(found.skipped);
        let listed = documents(found.files, &mut self.skipped);
        let below = below(&self.content, folder);
        let others = self.content.get(below.clone()).unwrap_or_default().iter();
        let others = others.filter(|file| parent(&file.path) != folder).cloned();
        let mut files: Vec<SiteFile> = others.chain(listed).collect();
        // A stable sort merges two sorted lists.
        files.sort_by(|a, b| a.path.cmp(&b.path));
        self.content.splice(below, files);
        Some(())
    }
}

/// The range of the files below a folder, of files that are sorted by path.
fn below(files: &[SiteFile], folder: &str) -> Range<usize> {
    if folder.is_empty() {
        return 0..files.len();
    }
    let prefix = [folder, "/"].concat();
    let start = files.partition_point(|file| *file.path < *prefix);
    let end = files.partition_point(|file| *file.path < *prefix || file.path.starts_with(&prefix));
    start..end
}

/// Whether an entry of `content/` may be a document or hold some.
fn is_content<'p>(
    name: &str,
    path: impl FnOnce() -> Option<Cow<'p, str>>,
    is_ignored: &(dyn Fn(&str) -> bool + Sync),
) -> bool {
    !is_hidden(name) && !path().is_some_and(|path| is_ignored(&path))
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || is_system_file(name)
}

/// The documents among files of `content/`. The others are skipped.
fn documents(mut files: Vec<SiteFile>, skipped: &mut Vec<Skipped>) -> Vec<SiteFile> {
    files.retain(|file| {
        let is_document = is_markdown(&file.path);
        if !is_document {
            skipped
                .push(Skipped { display_path: file.display_path(), what: SkipReason::NoDocument });
        }
        is_document
    });
    files
}

/// A relative path and the folders above it, from the first to the path itself.
fn with_parents(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    ends.filter_map(|end| path.get(..end))
}

/// The folder of a relative path; empty if it has none.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a relative path.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a file is one that macOS or Windows puts into folders that people look at, by its name.
pub fn is_system_file(name: &str) -> bool {
    const NAMES: [&str; 4] = [".DS_Store", "Icon\r", "Thumbs.db", "desktop.ini"];
    name.starts_with("._") || NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The folder of a site's sources that a path lies in or holds, existing or not.
pub fn overlapping_folder(root: &Path, path: &Path) -> Option<&'static str> {
    overlapping(root, path, FOLDERS)
}

/// The first of the `names` in a site's root whose file or folder overlaps `path`: one contains the
/// other. Neither needs to exist.
pub fn overlapping(
    root: &Path,
    path: &Path,
    names: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    let (path, root) = (canonicalize(path), canonicalize(root));
    let overlaps = |name: &&str| {
        let entry = canonicalize(&root.join(name));
        path.starts_with(&entry) || entry.starts_with(&path)
    };
    names.into_iter().find(overlaps)
}

/// The error for a folder or file of the site that is a symbolic link out of the site.
pub fn symlink_escapes_root(root: &Path, name: &str) -> Option<Diagnostic> {
    let location = root.join(name);
    let is_link = kind_of(&location).ok().flatten().is_some_and(|kind| kind.is_symlink());
    let is_inside = || {
        canonicalize(&location)
            .parent()
            .is_some_and(|parent| parent.starts_with(canonicalize(root)))
    };
    let message = "this symbolic link points outside the site and is not followed";
    (is_link && !is_inside()).then(|| {
        Diagnostic::new(Code::LinkOutsideSite, Location::file(name), message)
            .help("copy or mount its target there")
    })
}

/// Whether a path in a folder of sources, in a published folder or at a deploy target is newsgen's.
pub fn belongs_to_newsgen(path: &str) -> bool {
    let (first, _) = path.split_once('/').unwrap_or((path, ""));
    first.strip_prefix(".newsgen").is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The extensions of documents.
pub const DOCUMENT_EXTENSIONS: [&str; 2] = ["md", "markdown"];

/// Whether a file name is that of a document.
pub fn is_markdown(path: &str) -> bool {
    let is_one =
        |ending: &OsStr| DOCUMENT_EXTENSIONS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    Path::new(path).extension().is_some_and(is_one)
}

/// The maximum size of a text other than a document, in bytes: configuration, templates, host
/// files.
pub const MAX_TEXT_BYTES: u64 = 1 << 24;

/// Opens a regular file, following links. Opening a pipe could block forever, and a device may be
/// endless.
fn open_regular(path: &Path) -> io::Result<(fs::File, fs::Metadata)> {
    let mut options = fs::File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    let opened = options.open(path);
    // A socket cannot be opened at all.
    let is_special = || fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    let file = opened.map_err(|error| if is_special() { not_regular() } else { error })?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(not_regular()) }
}

/// The error for a folder, pipe, socket or device.
pub fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "this is not a regular file")
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// When it cannot be read, is not a regular file, or is longer.
pub fn read_regular(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let (file, metadata) = open_regular(path)?;
    let too_long =
        || io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {limit} bytes"));
    if metadata.len() > limit {
        return Err(too_long());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_long()) } else { Ok(bytes) }
}

/// Reads a text of the site.
///
/// # Errors
/// A diagnostic that names the file as `display_path`.
pub fn read(on_disk: &Path, display_path: &str) -> Result<Vec<u8>, Diagnostic> {
    read_regular(on_disk, MAX_TEXT_BYTES).map_err(|error| unreadable(display_path, "read", &error))
}

/// Decodes UTF-8 without the byte order mark that some editors add.
///
/// # Errors
/// When it is not UTF-8.
pub fn text(bytes: &[u8]) -> Result<&str, Utf8Error> {
    std::str::from_utf8(bytes).map(|text| text.trim_start_matches('\u{feff}'))
}

/// A document's bytes and stamp.
#[derive(Debug)]
pub struct FileContents {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// The stamp when it was read.
    pub stamp: FileStamp,
}

/// Reads a document of at most `limit` bytes.
///
/// # Errors
/// When it cannot be read, or is longer.
pub fn read_document(file: &SiteFile, limit: usize) -> Result<FileContents, Diagnostic> {
    let length = usize::try_from(file.stamp.length).unwrap_or(usize::MAX);
    let read = || {
        let contents = read_within(&file.on_disk(), file.stamp, limit);
        contents.map_err(|error| unreadable(&file.display_path(), "read", &error))
    };
    let mut contents = if length > limit { None } else { read()? };
    if contents.as_ref().is_some_and(|contents| contents.stamp != file.stamp) {
        // The file was replaced or written meanwhile. Two reads with the same stamp are consistent.
        let first = contents.map(|contents| contents.stamp);
        contents = read()?;
        if contents.as_ref().map(|contents| contents.stamp) != first {
            return Err(changed_during_build(&file.display_path()));
        }
    }
    contents.ok_or_else(|| {
        Diagnostic::new(
            Code::FileTooLong,
            Location::file(file.display_path()),
            format!("this file is longer than {limit} bytes"),
        )
        .help("shorten it, or raise `document` in the table `[limits]` of site.toml")
    })
}

/// Reads a file of at most `limit` bytes, usually in one call: as many bytes as its stamp says, and
/// a short read is the end of the file.
fn read_within(path: &Path, stamp: FileStamp, limit: usize) -> io::Result<Option<FileContents>> {
    let (mut file, _) = open_regular(path)?;
    let length = usize::try_from(stamp.length).unwrap_or(limit).min(limit);
    let mut bytes = vec![0; length + 1];
    let count = match file.read(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
        count => count?,
    };
    bytes.truncate(count);
    if count != length {
        let rest = limit.saturating_add(1).saturating_sub(count);
        file.by_ref().take(rest as u64).read_to_end(&mut bytes)?;
    }
    if bytes.len() > limit {
        return Ok(None);
    }
    let stamp = FileStamp::of_source(&file.metadata()?);
    Ok(Some(FileContents { bytes, stamp }))
}

/// Reads a whole file that has not changed since it was scanned.
///
/// # Errors
/// When it cannot be read, or has changed.
pub fn read_unmodified(file: &SiteFile) -> Result<Vec<u8>, Diagnostic> {
    let length = usize::try_from(file.stamp.length).unwrap_or(usize::MAX - 1);
    let contents = read_within(&file.on_disk(), file.stamp, length)
        .map_err(|error| unreadable(&file.display_path(), "read", &error))?;
    contents
        .filter(|contents| contents.stamp == file.stamp)
        .map(|contents| contents.bytes)
        .ok_or_else(|| changed_during_build(&file.display_path()))
}

/// Opens a file for sequential reading.
pub fn open(file: &SiteFile) -> Result<fs::File, Diagnostic> {
    let opened = open_regular(&file.on_disk());
    opened.map(|(open, _)| open).map_err(|error| unreadable(&file.display_path(), "read", &error))
}

/// Whether an open file still has the stamp of its scan.
pub fn is_unmodified(open: &fs::File, file: &SiteFile) -> bool {
    open.metadata().is_ok_and(|metadata| FileStamp::of_source(&metadata) == file.stamp)
}

/// Whether an error means that the path does not exist, including a file in place of a parent
/// folder.
pub fn is_not_found(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Reads a regular file of at most `limit` bytes, if it exists.
///
/// # Errors
/// When it exists and cannot be read, is not a regular file, or is longer; when it is a broken
/// symbolic link.
pub fn read_optional(on_disk: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    match read_regular(on_disk, limit) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_not_found(&error) => match kind_of(on_disk)? {
            None => Ok(None),
            Some(_) => Err(io::Error::new(io::ErrorKind::NotFound, "broken symbolic link")),
        },
        Err(error) => Err(error),
    }
}

/// Digest of a file, read in chunks.
pub fn digest(path: &Path) -> io::Result<Digest> {
    Digest::of_reader(open_regular(path)?.0)
}

/// A file for random access.
#[derive(Debug)]
pub enum RandomAccessFile {
    /// On disk, with its length when opened.
    OnDisk(fs::File, u64),
    /// In memory.
    InMemory(Vec<u8>),
}

impl RandomAccessFile {
    /// Opens a regular file, if it exists.
    ///
    /// # Errors
    /// When it exists and cannot be opened.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        match open_regular(path) {
            Ok((file, metadata)) => Ok(Some(Self::OnDisk(file, metadata.len()))),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Length in bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::OnDisk(_, length) => *length,
            Self::InMemory(bytes) => bytes.len() as u64,
        }
    }

    /// The range as indices, if the file contains it.
    fn memory_range(&self, range: &Range<u64>) -> io::Result<Range<usize>> {
        let is_inside = range.start <= range.end && range.end <= self.length();
        match (usize::try_from(range.start), usize::try_from(range.end)) {
            (Ok(start), Ok(end)) if is_inside => Ok(start..end),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Copies a range to `out`.
    ///
    /// # Errors
    /// When the range is outside the file, or reading or writing fails.
    pub fn copy(&self, range: Range<u64>, out: &mut impl io::Write) -> io::Result<()> {
        let places = self.memory_range(&range)?;
        match self {
            Self::OnDisk(file, _) => {
                let mut file = file;
                file.seek(io::SeekFrom::Start(range.start))?;
                let length = range.end - range.start;
                let copied = io::copy(&mut file.take(length), out)?;
                if copied == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
            Self::InMemory(bytes) => {
                out.write_all(bytes.get(places).expect("the range was checked"))
            }
        }
    }

    /// Reads a range.
    ///
    /// # Errors
    /// When the range is outside the file, or reading fails.
    pub fn bytes(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let Range { start, end } = self.memory_range(&range)?;
        match self {
            Self::OnDisk(file, _) => {
                let (mut file, mut bytes) = (file, vec![0; end - start]);
                file.seek(io::SeekFrom::Start(range.start))?;
                file.read_exact(&mut bytes)?;
                Ok(bytes)
            }
            Self::InMemory(bytes) => {
                Ok(bytes.get(start..end).expect("the range was checked").to_vec())
            }
        }
    }
}

/// The type of a file, without following a link; `None` if it does not exist.
///
/// # Errors
/// I/O errors, except for a missing file.
pub fn kind_of(path: &Path) -> io::Result<Option<fs::FileType>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.file_type())),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a path is a folder, following links.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether a path is a regular file, following links.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// The files below a folder, as relative paths with `/` separators.
pub fn list_files(folder: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if !entry.file_type().is_dir() {
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            files.push(relative.to_string_lossy().replace(MAIN_SEPARATOR, "/"));
        }
    }
    Ok(files)
}

/// The regular files below a folder whose relative paths, with `/` separators, are wanted, sorted.
/// Hidden folders and those in `skipped` are not entered.
pub fn list_wanted(
    folder: &Path,
    skipped: &[&str],
    is_wanted: impl Fn(&str) -> bool,
) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    let is_entered = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !name.starts_with('.') && !skipped.contains(&&*name)
    };
    for entry in WalkDir::new(folder).into_iter().filter_entry(is_entered) {
        let entry = entry?;
        let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let path = path.to_string_lossy().replace(MAIN_SEPARATOR, "/");
        if entry.file_type().is_file() && is_wanted(&path) {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// All files and links below a folder, as relative paths with their metadata. Links are not
/// followed.
pub fn list_entries(folder: &Path) -> io::Result<Vec<(PathBuf, fs::Metadata)>> {
    let mut entries = Vec::new();
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_dir() {
            continue;
        }
        match entry.metadata().map_err(io::Error::from) {
            Ok(metadata) => {
                let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
                entries.push((relative.to_owned(), metadata));
            }
            Err(error) if is_not_found(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(entries)
}

/// The stamp of a published file, if it exists.
pub fn stamp(path: &Path) -> Option<FileStamp> {
    fs::symlink_metadata(path)
        .ok()
        .filter(fs::Metadata::is_file)
        .map(|metadata| FileStamp::of(&metadata))
}

/// The stamp of a source, if it exists. Links are followed.
pub fn source_stamp(path: &Path) -> Option<FileStamp> {
    fs::metadata(path)
        .ok()
        .filter(fs::Metadata::is_file)
        .map(|metadata| FileStamp::of_source(&metadata))
}

/// The names in a folder; empty if it does not exist.
pub fn list_dir(path: &Path) -> io::Result<Vec<String>> {
    match fs::read_dir(path) {
        Ok(entries) => {
            entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Canonicalizes a path as far as it exists.
pub fn canonicalize(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let existing = absolute.ancestors().find_map(|part| Some((part, fs::canonicalize(part).ok()?)));
    let Some((part, mut real)) = existing else { return absolute };
    for component in absolute.strip_prefix(part).unwrap_or(Path::new("")).components() {
        match component {
            Component::ParentDir => {
                real.pop();
            }
            component => real.push(component),
        }
    }
    real
}

/// The maximum number of links on the way to a file, as on Linux.
const MAX_LINKS: usize = 40;

/// Resolves the links of the way to an entry of a canonical folder, whether or not its target
/// exists. Returns the target, and all entries that lead to it.
pub fn resolve_links(folder: &Path, name: &str) -> (PathBuf, Vec<PathBuf>) {
    let (mut path, mut entries, mut links) = (folder.to_owned(), Vec::new(), 0);
    let mut rest = vec![PathBuf::from(name)];
    while let Some(part) = rest.pop() {
        match part.to_str() {
            Some(".") => continue,
            Some("..") => {
                path.pop();
                continue;
            }
            _ => path.push(part),
        }
        entries.push(path.clone());
        if links < MAX_LINKS
            && let Ok(target) = fs::read_link(&path)
        {
            links += 1;
            path.pop();
            rest.extend(target.components().rev().map(|part| PathBuf::from(part.as_os_str())));
        }
    }
    (path, entries)
}

/// The number of folder entries to stat together.
const BATCH_SIZE: usize = 8192;

/// What a folder contains.
#[derive(Default)]
struct Listing {
    /// Sorted by path.
    files: Vec<SiteFile>,
    folders: BTreeSet<Arc<str>>,
    skipped: Vec<Skipped>,
    problems: Vec<Diagnostic>,
}

/// Everything below a folder.
fn walk(folder: &Arc<Folder>, keep: &Keep<'_>) -> Listing {
    match folder_exists(folder) {
        Ok(true) => list_and_stat(WalkDir::new(&folder.on_disk), folder, keep, &|_| None),
        Ok(false) => Listing::default(),
        Err(diagnostic) => Listing { problems: vec![diagnostic], ..Listing::default() },
    }
}

/// Lists entries of a folder sequentially, while those already listed are examined in parallel.
/// Files with a `known` stamp are not.
fn list_and_stat(
    entries: WalkDir,
    folder: &Arc<Folder>,
    keep: &Keep<'_>,
    known: &(dyn Fn(&str) -> Option<FileStamp> + Sync),
) -> Listing {
    let start = folder.on_disk.as_os_str().len();
    let mut repositories = Vec::new();
    let is_kept = |entry: &DirEntry| {
        let path = || path_below(entry, start);
        if entry.file_name() == ".git" && folder.name == STATIC && entry.depth() > 0 {
            repositories.extend(path().map(|path| folder.display_path(&path)));
            return false;
        }
        entry.depth() == 0 || entry.file_name().to_str().is_none_or(|name| keep(name, &path))
    };
    let mut found = Listing::default();
    let is_no_folder = |entry: &walkdir::Result<DirEntry>| {
        let folder = entry.as_ref().ok().filter(|entry| entry.file_type().is_dir());
        found.folders.extend(folder.and_then(|entry| path_below(entry, start)).map(Arc::from));
        folder.is_none()
    };
    let entries = entries.min_depth(1);
    let mut entries = entries.into_iter().filter_entry(is_kept).filter(is_no_folder);
    let mut list =
        || -> Vec<walkdir::Result<DirEntry>> { entries.by_ref().take(BATCH_SIZE).collect() };
    let mut listed = list();
    while !listed.is_empty() {
        let look = || -> Vec<Result<SiteFile, EntryError>> {
            listed.into_par_iter().map(|entry| stat_entry(entry, folder, known)).collect()
        };
        let (next, looked) = rayon::join(&mut list, look);
        listed = next;
        for looked in looked {
            match looked {
                Ok(file) => found.files.push(file),
                Err(EntryError::Skipped(one)) => found.skipped.push(one),
                Err(EntryError::Wrong(diagnostic)) => found.problems.push(*diagnostic),
            }
        }
    }
    let skipped = |display_path| Skipped { display_path, what: SkipReason::Repository };
    found.skipped.extend(repositories.into_iter().map(skipped));
    found.files.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
    found.skipped.sort_by(|a, b| a.display_path.cmp(&b.display_path));
    found.problems.sort_by(Diagnostic::order);
    found
}

/// The path of an entry behind the first `start` bytes of its path on disk. None if it is not UTF-8.
fn path_below(entry: &DirEntry, start: usize) -> Option<Cow<'_, str>> {
    let below = entry.path().to_str()?.get(start..)?.trim_start_matches(MAIN_SEPARATOR);
    Some(with_forward_slashes(below))
}

/// Whether to examine a folder entry, by its name and, if it is UTF-8, its path below the folder.
type Keep<'k> = dyn for<'p> Fn(&str, &dyn Fn() -> Option<Cow<'p, str>>) -> bool + Sync + 'k;

/// A path with `/` separators.
fn with_forward_slashes(path: &str) -> Cow<'_, str> {
    if MAIN_SEPARATOR == '/' { path.into() } else { path.replace(MAIN_SEPARATOR, "/").into() }
}

/// Why a folder entry is not a source file.
enum EntryError {
    Skipped(Skipped),
    Wrong(Box<Diagnostic>),
}

impl From<Diagnostic> for EntryError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Wrong(Box::new(diagnostic))
    }
}

/// Whether a folder of the site exists. Anything other than a missing folder is an error.
fn folder_exists(folder: &Folder) -> Result<bool, Diagnostic> {
    let nothing_is_there = || kind_of(&folder.on_disk).is_ok_and(|kind| kind.is_none());
    let wrong =
        |message: &str| Diagnostic::new(Code::MissingFolder, Location::file(folder.name), message);
    match fs::metadata(&folder.on_disk) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(_) => Err(wrong("this is not a folder").help("move or rename it")),
        Err(error) if !is_not_found(&error) => Err(unreadable(folder.name, "access", &error)),
        Err(_) if nothing_is_there() => Ok(false),
        Err(_) => Err(wrong("broken symbolic link").help("fix or remove it")),
    }
}

fn stat_entry(
    entry: walkdir::Result<DirEntry>,
    folder: &Arc<Folder>,
    known: &dyn Fn(&str) -> Option<FileStamp>,
) -> Result<SiteFile, EntryError> {
    let relative = |path: &Path| path.strip_prefix(&folder.on_disk).unwrap_or(path).to_owned();
    let entry = entry.map_err(|error| {
        let display_path = folder
            .display_path(&error.path().map(relative).unwrap_or_default().display().to_string());
        let reason =
            error.into_io_error().unwrap_or_else(|| io::Error::other("a symbolic link loop"));
        unreadable(&display_path, "list", &reason)
    })?;
    let relative = relative(entry.path());
    let Some(path) = relative.to_str() else {
        let location = Location::file(folder.display_path(&relative.display().to_string()));
        return Err(Diagnostic::new(
            Code::InvalidFileName,
            location,
            "the name of this file is not UTF-8",
        )
        .help("rename the file")
        .into());
    };
    let path: Arc<str> = with_forward_slashes(path).into();
    let display_path = || folder.display_path(&path);
    let refused = |message: &str| {
        let location = Location::file(display_path());
        Diagnostic::new(Code::InvalidFileName, location, message).help("rename the file")
    };
    if belongs_to_newsgen(&folded(&path)) {
        let message = "this name belongs to newsgen";
        return Err(refused(message).into());
    }
    if path.contains(|c: char| c.is_control() || c == '\\') {
        let message = "the file name contains a character that URLs cannot contain";
        return Err(refused(message).into());
    }
    if entry.file_type().is_file() {
        let stat = || {
            let metadata = entry.metadata();
            metadata.map_err(|error| unreadable(&display_path(), "access", &error.into()))
        };
        let stamp = match known(&path) {
            Some(stamp) => stamp,
            None => FileStamp::of_source(&stat()?),
        };
        return Ok(SiteFile { path, folder: Arc::clone(folder), stamp });
    }
    let what = if entry.path_is_symlink() { SkipReason::Link } else { SkipReason::Special };
    Err(EntryError::Skipped(Skipped { display_path: display_path(), what }))
}

/// The error for a source that changed during the build.
pub fn changed_during_build(display_path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::ConcurrentEdit,
        Location::file(display_path),
        "the file changed during the build",
    )
    .help("build again")
    .with_origin(Origin::ConcurrentEdit)
}

fn unreadable(display_path: &str, operation: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::UnreadableFile,
        Location::file(display_path),
        format!("cannot {operation} it: {error}"),
    )
    .help("check that it exists and is readable")
    .with_origin(Origin::Io)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamp_is_trustworthy_after_clock_resolution() {
        let is_trustworthy = |changed_at, touched_at| {
            FileStamp { length: 0, changed_at, touched_at }.is_trustworthy(10 * MTIME_RESOLUTION)
        };
        assert!(is_trustworthy(9 * MTIME_RESOLUTION - 1, 0));
        assert!(!is_trustworthy(9 * MTIME_RESOLUTION, 0));
        assert!(is_trustworthy(0, 10 * MTIME_RESOLUTION - CLOCK_TICK - 1));
        assert!(!is_trustworthy(0, 10 * MTIME_RESOLUTION - CLOCK_TICK));
        assert!(!is_trustworthy(11 * MTIME_RESOLUTION, 0), "from the future");
        assert!(!is_trustworthy(0, 11 * MTIME_RESOLUTION), "from the future");
        assert!(
            !FileStamp { length: 0, changed_at: i64::MAX, touched_at: 0 }.is_trustworthy(i64::MAX),
            "not known"
        );
    }
}
