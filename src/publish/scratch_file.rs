//! A temporary file for data that a build needs later but not in memory.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A temporary file, which the operating system removes when it is closed.
#[derive(Debug)]
pub struct ScratchFile {
    file: fs::File,
    end: AtomicU64,
}

impl ScratchFile {
    /// Creates the file on the disk of `folder`, or else where the system keeps temporary files.
    ///
    /// # Errors
    /// When both fail.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let file = tempfile::tempfile_in(folder).or_else(|_| tempfile::tempfile())?;
        Ok(Self { file, end: AtomicU64::new(0) })
    }

    /// Appends bytes and returns their range. Threads can append at the same time.
    ///
    /// # Errors
    /// When the disk is full, for example. The bytes may be lost then.
    pub fn append(&self, bytes: &[u8]) -> io::Result<Range<u64>> {
        let length = bytes.len() as u64;
        let start = self.end.fetch_add(length, Ordering::Relaxed);
        write_all_at(&self.file, bytes, start)?;
        Ok(start..start + length)
    }

    /// Reads the bytes of a range.
    ///
    /// # Errors
    /// When reading fails.
    pub fn read(&self, range: &Range<u64>) -> io::Result<Vec<u8>> {
        let length = usize::try_from(range.end - range.start)
            .map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        let mut bytes = vec![0; length];
        read_exact_at(&self.file, &mut bytes, range.start)?;
        Ok(bytes)
    }
}

#[cfg(unix)]
use unix::{read_exact_at, write_all_at};

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::FileExt as _;

    pub(super) fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
        file.write_all_at(bytes, at)
    }

    pub(super) fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
        file.read_exact_at(bytes, at)
    }
}

#[cfg(windows)]
use windows::{read_exact_at, write_all_at};

#[cfg(windows)]
mod windows {
    use std::fs::File;
    use std::io;
    use std::os::windows::fs::FileExt as _;

    pub(super) fn write_all_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = file.seek_write(bytes, at)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            let rest = bytes.get(written..).expect("at most all bytes are written");
            (bytes, at) = (rest, at + written as u64);
        }
        Ok(())
    }

    pub(super) fn read_exact_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            let read = file.seek_read(bytes, at)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let rest = bytes.get_mut(read..).expect("at most all bytes are read");
            (bytes, at) = (rest, at + read as u64);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn appended_bytes_are_read_again() {
        let folder = tempfile::tempdir().expect("folder");
        let file = ScratchFile::create(folder.path()).expect("created");
        let append = |byte: u8| file.append(&[byte; 1000]).expect("appended");
        let ranges: Vec<(u8, Range<u64>)> = thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|byte| (byte, scope.spawn(move || append(byte)))).collect();
            threads
                .into_iter()
                .map(|(byte, thread)| (byte, thread.join().expect("range")))
                .collect()
        });
        for (byte, range) in ranges {
            assert_eq!(file.read(&range).expect("read"), [byte; 1000]);
        }
        ScratchFile::create(&folder.path().join("missing")).expect("created elsewhere");
    }
}
