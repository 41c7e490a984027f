//! Creates, renames and removes files and folders.

use std::fs;
use std::io;
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, Location, Origin};
use crate::source;

/// Creates a folder and its parents.
pub fn create_dir_all(folder: &Path) -> Result<(), Diagnostic> {
    fs::create_dir_all(folder).map_err(|error| failure(folder, "create the folder", &error))
}

/// Removes a folder if it is empty.
pub(super) fn remove_if_empty(folder: &Path) -> Result<(), Diagnostic> {
    match fs::remove_dir(folder) {
        Err(error) if source::is_not_found(&error) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        // Some systems report another error for a non-empty folder.
        Err(_) if source::list_dir(folder).is_ok_and(|names| !names.is_empty()) => Ok(()),
        removed => removed.map_err(|error| failure(folder, "remove the folder", &error)),
    }
}

/// Whether a path is a folder and not a link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    source::kind_of(path).is_ok_and(|kind| kind.is_some_and(|kind| kind.is_dir()))
}

/// Removes a folder, or a file in its place.
pub(super) fn remove_folder(folder: &Path) -> Result<(), Diagnostic> {
    let is_file = source::kind_of(folder).is_ok_and(|kind| kind.is_some_and(|kind| !kind.is_dir()));
    match if is_file { fs::remove_file(folder) } else { fs::remove_dir_all(folder) } {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(failure(folder, "remove it", &error))
        }
        _ => Ok(()),
    }
}

/// Renames a file if it exists.
pub fn rename(from: &Path, to: &Path) -> Result<(), Diagnostic> {
    let renamed = fs::rename(from, to);
    renamed.or_else(if_there).map_err(|error| failure(from, "rename it", &error))
}

/// Removes a file if it exists.
pub fn remove(path: &Path) -> Result<(), Diagnostic> {
    fs::remove_file(path).or_else(if_there).map_err(|error| failure(path, "remove it", &error))
}

/// Removes a file of a folder if it exists, and the folders above it that are empty then.
pub fn remove_with_empty_folders(folder: &Path, path: &str) -> Result<(), Diagnostic> {
    let path = folder.join(path);
    remove(&path)?;
    let mut above = path.ancestors().skip(1).take_while(|above| *above != folder);
    above.try_for_each(remove_if_empty)
}

fn if_there(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

pub(super) fn failure(path: &Path, operation: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::UnwritableFile,
        Location::file(path.display().to_string()),
        format!("cannot {operation}: {error}"),
    )
    .help("check permissions and free disk space; the next build repairs what this one left")
    .with_origin(Origin::Io)
}
