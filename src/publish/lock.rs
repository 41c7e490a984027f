//! Locks files against other processes.

use std::fs;
use std::io;
use std::path::Path;

use super::files::{create_dir_all, failure};
use crate::diagnostic::Diagnostic;
use crate::source;

/// A file lock, held until dropped.
#[derive(Debug)]
pub struct FileLock(#[expect(dead_code, reason = "it is held")] fs::File);

/// Whether a lock can be shared.
#[derive(Clone, Copy)]
pub(super) enum LockMode {
    Exclusive,
    Shared,
}

/// Locks a file, creating it if necessary. `on_wait` is called if another process holds the lock,
/// which is then waited for.
pub fn hold_file(path: &Path, on_wait: impl FnOnce()) -> Result<FileLock, Diagnostic> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    lock(path, LockMode::Exclusive, on_wait)
}

/// Locks a file like [`hold_file`], together with others that share it.
pub fn share_file(path: &Path) -> Result<FileLock, Diagnostic> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    lock(path, LockMode::Shared, || {})
}

/// Locks a file, creating it if necessary; `None` if another process holds the lock.
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

/// Locks a file. `on_wait` is called if another process holds the lock.
pub(super) fn lock(
    path: &Path,
    sharing: LockMode,
    on_wait: impl FnOnce(),
) -> Result<FileLock, Diagnostic> {
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
        Ok(FileLock(file))
    };
    lock().map_err(|error: io::Error| failure(path, "lock the file", &error))
}

/// Opens a lock file, creating it if necessary. A symbolic link is refused, since it would create
/// the file elsewhere.
fn open_lock(path: &Path) -> io::Result<fs::File> {
    if source::kind_of(path)?.is_some_and(|kind| !kind.is_file()) {
        return Err(source::not_regular());
    }
    fs::File::options().create(true).append(true).read(true).open(path)
}
