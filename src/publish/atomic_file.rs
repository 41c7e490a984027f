//! Replaces files atomically.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};

use super::files::{create_dir_all, failure};
use crate::diagnostic::Diagnostic;
use crate::source;

/// Replaces a file atomically. A symbolic link to a file is followed; a special file, such as a
/// pipe, is written to.
pub fn write_atomic(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let is_special = fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    if is_special {
        let written =
            fs::File::options().write(true).open(path).and_then(|mut file| write(&mut file));
        return written.map_err(|error| failure(path, "write to it", &error));
    }
    let target_path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut names = (0..100).map(|number| beside(&target_path, &number.to_string()));
    let is_free = |path: &PathBuf| source::kind_of(path).is_ok_and(|kind| kind.is_none());
    let free = names.find(is_free).unwrap_or_else(|| beside(&target_path, ""));
    let new = AtomicFile::write_beside(&target_path, &free, write)?;
    if let Ok(replaced) = fs::metadata(&target_path) {
        // Some file systems have no permissions.
        let _ = fs::set_permissions(&new.beside, replaced.permissions());
    }
    new.put()
}

/// What the names of files begin with that [`write_shared`] has not finished.
pub const UNFINISHED: &str = ".unfinished-";

/// Replaces a file atomically, which other processes may replace at the same time.
pub fn write_shared(path: &Path, parts: &[&[u8]]) -> Result<(), Diagnostic> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_dir_all(folder)?;
    let new = Builder::new().prefix(UNFINISHED).tempfile_in(folder);
    let written = new.and_then(|mut file: NamedTempFile| {
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.persist(path).map_err(io::Error::from)
    });
    written.map(|_| ()).map_err(|error| failure(path, "write the file", &error))
}

/// A new version of a file, written next to it and not yet moved into place. If it never is, it is
/// removed.
#[derive(Debug)]
pub struct AtomicFile {
    beside: TempPath,
    target_path: PathBuf,
}

impl AtomicFile {
    /// Writes the new version of the file at `target_path`.
    pub fn write(
        target_path: &Path,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> Result<Self, Diagnostic> {
        let beside = beside(target_path, "");
        let _ = fs::remove_file(&beside);
        Self::write_beside(target_path, &beside, write)
    }

    fn write_beside(
        target_path: &Path,
        beside: &Path,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> Result<Self, Diagnostic> {
        if let Some(folder) = target_path.parent() {
            create_dir_all(folder)?;
        }
        let failed = |error| failure(beside, "write the file", &error);
        let mut file = fs::File::create_new(beside).map_err(failed)?;
        // A half-written file would only fill a full disk, so it is removed on an error, too.
        let new = TempPath::try_from_path(beside).map_err(failed)?;
        write(&mut file).map_err(failed)?;
        Ok(Self { beside: new, target_path: target_path.to_owned() })
    }

    /// Moves it into place.
    pub fn put(self) -> Result<(), Diagnostic> {
        let replaced = self.beside.persist(&self.target_path);
        replaced.map_err(|failed| failure(&self.target_path, "replace the file", &failed.error))
    }
}

/// The temporary path next to `target_path`.
fn beside(target_path: &Path, mark: &str) -> PathBuf {
    let mut name = target_path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".newsgen-new{mark}"));
    target_path.with_file_name(name)
}
