//! A local folder as a deploy target, read without following symbolic links.

use std::fs::Metadata;
use std::io;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::local_files::has_reserved_name;
use super::object_names::is_path;
use super::remote_file::{RemoteFile, RemoteKind};
use crate::source;

/// The files of a folder; none if it is missing.
pub(super) fn list(folder: &Path) -> io::Result<Vec<RemoteFile>> {
    if !source::is_folder(folder) {
        return Ok(Vec::new());
    }
    let files = source::list_entries(folder)?.into_iter().map(remote_file);
    let is_listed =
        |file: &RemoteFile| file.kind == RemoteKind::Temporary || !has_reserved_name(&file.path);
    Ok(files.filter(is_listed).collect())
}

fn remote_file((path, metadata): (PathBuf, Metadata)) -> RemoteFile {
    let name = path.to_string_lossy().replace(MAIN_SEPARATOR, "/");
    let kind = match path.to_str() {
        _ if metadata.is_symlink() => RemoteKind::Link,
        _ if metadata.is_file() && has_reserved_name(&name) => RemoteKind::Temporary,
        Some(_) if is_path(&name) => RemoteKind::File,
        _ => RemoteKind::InvalidName,
    };
    let tag = metadata.is_file().then(|| etag_of(&metadata));
    let length = metadata.len().max(u64::from(!metadata.is_file()));
    RemoteFile { path: name, tag, length, kind }
}

/// The entity tag that the library computes for a file.
fn etag_of(metadata: &Metadata) -> String {
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(metadata);
    #[cfg(not(unix))]
    let inode = 0;
    let changed_at = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{inode:x}-{:x}-{:x}", changed_at.unwrap_or_default().as_micros(), metadata.len())
}

/// The first folder on the way to a path that is a symbolic link.
pub(super) fn link_above<'p>(folder: &Path, path: &'p str) -> Option<&'p str> {
    let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    folders.find(|part| is_link(&folder.join(part)))
}

/// What prevents a file at a path: a folder there, or anything else where a folder is needed.
pub(super) fn obstacle(folder: &Path, path: &str) -> Option<String> {
    let is_folder = |path: &str| source::is_folder(&folder.join(path));
    let is_there =
        |path: &str| source::kind_of(&folder.join(path)).is_ok_and(|kind| kind.is_some());
    let mut above = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    let other = above.find(|above| is_there(above) && !is_folder(above));
    other
        .map(|other| format!("{other} is no folder"))
        .or_else(|| is_folder(path).then(|| format!("{path} is a folder")))
}

pub(super) fn is_link(path: &Path) -> bool {
    source::kind_of(path).is_ok_and(|kind| kind.is_some_and(|kind| kind.is_symlink()))
}
