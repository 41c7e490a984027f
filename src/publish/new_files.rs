//! Creates files of a new site or article atomically.
#![allow(clippy::disallowed_methods, reason = "this is a part of the door through which the disk is written")]

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::files::{create_dir_all, failure, remove_folder};
use crate::diagnostic::{Diagnostic, Location};
use crate::source;

/// Where the files of a new site wait, in its folder. It goes last: where it is, a new site may not be whole.
pub const NEW_SITE: &str = ".newsgen-init";

/// Where a new file waits, in its folder, with the beginning of its name. Documents do not begin with a dot.
const NEW_FILE: &str = ".newsgen-new";

/// Makes the files of a new site in `folder`, each given by its path. What is there stays as it is; returns the names of that at
/// the top of the folder. After a run that did not come to its end, the next one makes what is missing.
///
/// # Errors
/// Those of the file system.
pub fn create_site(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<String>, Diagnostic> {
    let staging = folder.join(NEW_SITE);
    create_dir_all(folder)?;
    remove_folder(&staging)?;
    fs::create_dir(&staging).map_err(|error| failure(&staging, "make the folder", &error))?;
    let written = files.iter().try_for_each(|(path, bytes)| write_new(&staging.join(path), bytes));
    if let Err(error) = written {
        let _ = remove_folder(&staging);
        return Err(error);
    }
    let mut left = Vec::new();
    let mut names: Vec<&str> =
        files.iter().map(|(path, _)| path.split('/').next().expect("a split has a first part")).collect();
    names.dedup();
    for name in names {
        let location = folder.join(name);
        let kind = source::kind_of(&location).map_err(|error| failure(&location, "look at it", &error))?;
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

/// Makes a new file and the folders that it needs.
///
/// # Errors
/// When there is one already, or writing fails.
pub fn create_file(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let is_there = || {
        let location = Location::file(path.display().to_string());
        Diagnostic::error(location, "this file already exists")
    };
    if source::kind_of(path).is_ok_and(|kind| kind.is_some()) {
        return Err(is_there());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let on_wait = path.with_file_name(format!("{NEW_FILE}-{}", name.chars().take(50).collect::<String>()));
    let _ = fs::remove_file(&on_wait);
    write_new(&on_wait, bytes)?;
    // A link is not made where there is a file. Some file systems have none.
    let put = match fs::hard_link(&on_wait, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::rename(&on_wait, path),
        linked => linked,
    };
    let _ = fs::remove_file(&on_wait);
    put.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => is_there(),
        _ => failure(path, "make the file", &error),
    })
}

/// Writes a file that is not there yet, and the folders that it needs.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| {
        // What is half written would fill a full disk.
        let _ = fs::remove_file(path);
        failure(path, "write the file", &error)
    })
}
