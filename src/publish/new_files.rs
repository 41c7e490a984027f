//! Creates files of a new site or article atomically.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::Builder;

use super::files::{create_dir_all, failure, remove_folder};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::source;

/// The staging folder of a new site. It is removed last: while it exists, the new site may be
/// incomplete.
pub const NEW_SITE: &str = ".newsgen-init";

/// The prefix of temporary files. Documents do not begin with a dot.
const NEW_FILE: &str = ".newsgen-new";

/// Creates the files of a new site in `folder`. Existing files and folders are kept, and their
/// top-level names are returned. Running it again completes an interrupted run.
pub fn create_site(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<String>, Diagnostic> {
    let staging = folder.join(NEW_SITE);
    create_dir_all(folder)?;
    remove_folder(&staging)?;
    fs::create_dir(&staging).map_err(|error| failure(&staging, "create the folder", &error))?;
    let written = files.iter().try_for_each(|(path, bytes)| write_new(&staging.join(path), bytes));
    if let Err(error) = written {
        let _ = remove_folder(&staging);
        return Err(error);
    }
    let mut left = Vec::new();
    let mut names: Vec<&str> = files
        .iter()
        .map(|(path, _)| path.split('/').next().expect("a split has a first part"))
        .collect();
    names.dedup();
    for name in names {
        let location = folder.join(name);
        let kind =
            source::kind_of(&location).map_err(|error| failure(&location, "access it", &error))?;
        if kind.is_some() {
            left.push(name.to_owned());
            continue;
        }
        fs::rename(staging.join(name), &location)
            .map_err(|error| failure(&location, "replace the file", &error))?;
    }
    remove_folder(&staging)?;
    Ok(left)
}

/// Creates a file and its folders.
///
/// # Errors
/// When the file exists, or writing fails.
pub fn create_file(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let is_there = || {
        let location = Location::file(path.display().to_string());
        Diagnostic::new(Code::FileExists, location, "this file already exists")
    };
    if source::kind_of(path).is_ok_and(|kind| kind.is_some()) {
        return Err(is_there());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    create_dir_all(folder)?;
    // Its name is unique: other threads create files in the same folder.
    let new = Builder::new().prefix(NEW_FILE).make_in(folder, |path| fs::File::create_new(path));
    let written = new.and_then(|mut file| {
        file.as_file_mut().write_all(bytes)?;
        Ok(file.into_temp_path())
    });
    let temporary = written.map_err(|error| failure(path, "write the file", &error))?;
    // A hard link, unlike a rename, never replaces a file. Some file systems have none.
    let put = match fs::hard_link(&temporary, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::rename(&temporary, path),
        linked => linked,
    };
    put.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => is_there(),
        _ => failure(path, "create the file", &error),
    })
}

/// Creates a file and its folders.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| {
        // A half-written file would only fill a full disk.
        let _ = fs::remove_file(path);
        failure(path, "write the file", &error)
    })
}
