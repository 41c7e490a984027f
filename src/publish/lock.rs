//! Locks files against other processes.
#![allow(clippy::disallowed_methods, reason = "this is a part of the door through which the disk is written")]

use std::fs;
use std::io;
use std::path::Path;

use super::files::{create_dir_all, failure};
use crate::diagnostic::Diagnostic;
use crate::source;

/// A file that its process holds locked until it is dropped.
#[derive(Debug)]
pub struct FileLock(#[expect(dead_code, reason = "it is held")] fs::File);

/// How a lock is held.
#[derive(Clone, Copy)]
pub(super) enum LockMode {
    Exclusive,
    Shared,
}

/// Locks a file, which is made if need be. `on_wait` is called if another process has it, whose end is awaited.
///
/// # Errors
/// Those of the file system.
pub fn hold_file(path: &Path, on_wait: impl FnOnce()) -> Result<FileLock, Diagnostic> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    lock(path, LockMode::Exclusive, on_wait)
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

/// Locks a file, which its process holds until it ends. `on_wait` is called if another process has it.
pub(super) fn lock(path: &Path, sharing: LockMode, on_wait: impl FnOnce()) -> Result<FileLock, Diagnostic> {
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

/// Opens a file to be locked, and makes it if there is none. Through a link it would be made elsewhere.
fn open_lock(path: &Path) -> io::Result<fs::File> {
    if source::kind_of(path)?.is_some_and(|kind| !kind.is_file()) {
        return Err(source::not_regular());
    }
    fs::File::options().create(true).append(true).read(true).open(path)
}
