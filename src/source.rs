//! The only reader of the disk: what files a site has, and what they hold.
#![allow(clippy::disallowed_methods, reason = "this is the door through which the disk is read")]

use std::fs;
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::iter::Either;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::{DirEntry, WalkDir};

use crate::diagnostic::{Diagnostic, Place};

/// The folders of a site.
const CONTENT: &str = "content";
const TEMPLATES: &str = "templates";
const STATIC: &str = "static";

/// The files that a site has at one moment, each list sorted by path.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The documents.
    pub content: Vec<ContentFile>,
    /// The site's own templates.
    pub templates: Vec<SiteFile>,
    /// The files that are published as they are.
    pub static_files: Vec<SiteFile>,
}

/// What the file system says of a file without opening it: a file whose stamp is the same is taken to be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// In bytes.
    pub length: u64,
    /// When it was last changed, in nanoseconds since 1970.
    pub changed_at: i64,
}

/// Some file systems know the time to two seconds only.
const GRAIN: i64 = 2_000_000_000;

impl Stamp {
    /// Whether the file cannot have been changed again with this stamp since it was looked at, an instant in nanoseconds
    /// since 1970: a stamp as young as the look at it says little.
    pub fn is_settled(self, looked_at: i64) -> bool {
        self.changed_at < looked_at.saturating_sub(GRAIN)
    }

    /// The stamp of a file of which the file system says this.
    pub fn of(metadata: &fs::Metadata) -> Self {
        let nanoseconds = |time: SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
        };
        Self { length: metadata.len(), changed_at: metadata.modified().map_or(i64::MAX, nanoseconds) }
    }
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentFile {
    /// Relative to `content/`, with `/` between folders.
    pub path: String,
    /// Relative to the site's root, as diagnostics name it.
    pub shown: String,
    /// Where it is on the disk.
    pub on_disk: PathBuf,
    /// What it describes, which its folder tells.
    pub kind: ContentKind,
    /// How it was when it was looked at.
    pub stamp: Stamp,
}

/// What a document describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentKind {
    /// An article.
    Article,
    /// A topic, in `content/topics/`.
    Topic,
    /// A provider, in `content/providers/`.
    Provider,
    /// A page that stands by itself, in `content/pages/`.
    Page,
}

/// A template or a static file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Relative to its folder, with `/` between folders.
    pub path: String,
    /// Relative to the site's root, as diagnostics name it.
    pub shown: String,
    /// Where it is on the disk.
    pub on_disk: PathBuf,
    /// How it was when it was looked at.
    pub stamp: Stamp,
}

impl ContentFile {
    /// The name of the file without its ending.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }
}

/// Looks at a site's folders. `templates/` and `static/` may be missing, `content/` may not.
pub fn look(root: &Path) -> (Snapshot, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    if !root.join(CONTENT).is_dir() {
        let message = "the site has no folder `content`";
        diagnostics.push(
            Diagnostic::error(Place::file(CONTENT), message).help(
                "make the folder and put a document into it, or start a new site with `newsgen init DIR`",
            ),
        );
    }
    let mut files = |folder: &str, keep: fn(&str) -> bool| {
        let (found, problems) = walk(&root.join(folder), folder, keep);
        diagnostics.extend(problems);
        found
    };
    let content = files(CONTENT, |name| !name.starts_with('.'));
    let templates = files(TEMPLATES, |name| !name.starts_with('.'));
    let static_files = files(STATIC, |name| name != ".DS_Store" && name != "Thumbs.db" && name != ".git");
    let content = content.into_iter().filter_map(|file| content_file(file, &mut diagnostics)).collect();
    (Snapshot { content, templates, static_files }, diagnostics)
}

/// The bytes of a file.
///
/// # Errors
/// When it cannot be read: a diagnostic that names it as `shown`.
pub fn read(on_disk: &Path, shown: &str) -> Result<Vec<u8>, Diagnostic> {
    fs::read(on_disk).map_err(|error| unreadable(shown, "read", &error))
}

/// The bytes of a file that has this stamp, or another one by now.
///
/// # Errors
/// When it cannot be read: a diagnostic that names it as `shown`.
pub fn read_stamped(on_disk: &Path, stamp: Stamp, shown: &str) -> Result<Vec<u8>, Diagnostic> {
    let read = match usize::try_from(stamp.length) {
        Ok(length) if length <= LONGEST_IN_ONE_CALL => read_in_one_call(on_disk, length),
        _ => fs::read(on_disk),
    };
    read.map_err(|error| unreadable(shown, "read", &error))
}

/// Longer files are rare.
const LONGEST_IN_ONE_CALL: usize = 1 << 20;

/// The bytes of a file. One call reads them all if there are `length`; the end of a file is where less comes than was
/// asked for.
fn read_in_one_call(path: &Path, length: usize) -> io::Result<Vec<u8>> {
    let mut file = fs::File::open(path)?;
    let mut bytes = vec![0; length + 1];
    let count = match file.read(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
        count => count?,
    };
    bytes.truncate(count);
    if count != length {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The bytes of a file that may be missing.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read_if_there(on_disk: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(on_disk) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file of which parts are read.
#[derive(Debug)]
pub enum FileInPlace {
    /// On the disk, with its length when it was opened.
    OnDisk(fs::File, u64),
    /// As its bytes.
    InMemory(Vec<u8>),
}

impl FileInPlace {
    /// Opens a file that may be missing.
    ///
    /// # Errors
    /// When it is there and cannot be opened.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        match fs::File::open(path) {
            Ok(file) => {
                let length = file.metadata()?.len();
                Ok(Some(Self::OnDisk(file, length)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// In bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::OnDisk(_, length) => *length,
            Self::InMemory(bytes) => bytes.len() as u64,
        }
    }

    /// The bytes of a part.
    ///
    /// # Errors
    /// When they are not all there.
    pub fn bytes(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let is_inside = range.start <= range.end && range.end <= self.length();
        let (Ok(start), Ok(end), true) =
            (usize::try_from(range.start), usize::try_from(range.end), is_inside)
        else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        match self {
            Self::OnDisk(file, _) => {
                let (mut file, mut bytes) = (file, vec![0; end - start]);
                file.seek(io::SeekFrom::Start(range.start))?;
                file.read_exact(&mut bytes)?;
                Ok(bytes)
            }
            Self::InMemory(bytes) => Ok(bytes[start..end].to_vec()),
        }
    }
}

/// What is at a path, without following a link.
///
/// # Errors
/// Those of the file system, but for a missing file.
pub fn kind_of(path: &Path) -> io::Result<Option<fs::FileType>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The files below a folder, relative to it, with `/` between folders.
///
/// # Errors
/// When it cannot be listed.
pub fn files_below(folder: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if !entry.file_type().is_dir() {
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            files.push(relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"));
        }
    }
    Ok(files)
}

/// The stamp of a file, or nothing where there is no file.
pub fn stamp(path: &Path) -> Option<Stamp> {
    fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| Stamp::of(&metadata))
}

/// The names in a folder; none where there is no folder.
///
/// # Errors
/// When it cannot be listed.
pub fn names_in(path: &Path) -> io::Result<Vec<String>> {
    match fs::read_dir(path) {
        Ok(entries) => entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A path without links and `..`, as far as it exists.
pub fn real_path(path: &Path) -> PathBuf {
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

/// The files below `top`, sorted by path. Names are listed one folder after the other, files looked at in parallel.
fn walk(top: &Path, shown_top: &str, keep: fn(&str) -> bool) -> (Vec<SiteFile>, Vec<Diagnostic>) {
    if !top.is_dir() {
        return (Vec::new(), Vec::new());
    }
    let is_kept = |entry: &DirEntry| entry.depth() == 0 || entry.file_name().to_str().is_none_or(keep);
    let is_no_folder =
        |entry: &walkdir::Result<DirEntry>| !entry.as_ref().is_ok_and(|entry| entry.file_type().is_dir());
    let entries: Vec<walkdir::Result<DirEntry>> =
        WalkDir::new(top).into_iter().filter_entry(is_kept).filter(is_no_folder).collect();
    let look = |entry: walkdir::Result<DirEntry>| match entry {
        Ok(entry) => site_file(&entry, top, shown_top),
        Err(error) => {
            let path = error.path().and_then(|path| path.strip_prefix(top).ok()).unwrap_or(Path::new(""));
            let shown = format!("{shown_top}/{}", path.display());
            let reason = error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links"));
            Err(unreadable(&shown, "list", &reason))
        }
    };
    let (mut found, mut problems): (Vec<SiteFile>, Vec<Diagnostic>) =
        entries.into_par_iter().partition_map(|entry| match look(entry) {
            Ok(file) => Either::Left(file),
            Err(diagnostic) => Either::Right(diagnostic),
        });
    found.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
    problems.sort_by(Diagnostic::order);
    (found, problems)
}

fn site_file(entry: &DirEntry, top: &Path, shown_top: &str) -> Result<SiteFile, Diagnostic> {
    let relative = entry.path().strip_prefix(top).unwrap_or(entry.path());
    let parts: Option<Vec<&str>> = relative.iter().map(|part| part.to_str()).collect();
    let Some(parts) = parts else {
        let place = Place::file(format!("{shown_top}/{}", relative.display()));
        return Err(Diagnostic::error(place, "the name of this file is not UTF-8").help("rename the file"));
    };
    let path = parts.join("/");
    let shown = format!("{shown_top}/{path}");
    if path.starts_with(".newsgen-") {
        return Err(
            Diagnostic::error(Place::file(shown), "this name belongs to newsgen").help("rename the file")
        );
    }
    if path.contains(|c: char| c.is_control() || c == '\\') {
        let place = Place::file(shown.replace(char::is_control, "?"));
        let message = "the name of this file holds a character that no address can hold";
        return Err(Diagnostic::error(place, message).help("rename the file"));
    }
    if entry.file_type().is_file() {
        let metadata = entry.metadata().map_err(|error| unreadable(&shown, "look at", &error.into()))?;
        return Ok(SiteFile { path, shown, on_disk: entry.path().to_owned(), stamp: Stamp::of(&metadata) });
    }
    let what = if entry.path_is_symlink() {
        "a symbolic link is not followed"
    } else {
        "this is not a regular file"
    };
    Err(Diagnostic::warning(Place::file(shown), what).help("put the file itself there"))
}

fn content_file(file: SiteFile, diagnostics: &mut Vec<Diagnostic>) -> Option<ContentFile> {
    let is_markdown =
        Path::new(&file.path).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md"));
    if !is_markdown {
        let diagnostic =
            Diagnostic::warning(Place::file(file.shown), "only files that end in `.md` are documents");
        diagnostics.push(diagnostic.help("files that are published as they are belong into `static/`"));
        return None;
    }
    let kind = match file.path.split_once('/') {
        Some(("topics", _)) => ContentKind::Topic,
        Some(("providers", _)) => ContentKind::Provider,
        Some(("pages", _)) => ContentKind::Page,
        _ => ContentKind::Article,
    };
    let SiteFile { path, shown, on_disk, stamp } = file;
    Some(ContentFile { path, shown, on_disk, kind, stamp })
}

fn unreadable(shown: &str, operation: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(Place::file(shown), format!("cannot {operation} it: {error}"))
        .help("look at its permissions, and whether it is still there")
}
