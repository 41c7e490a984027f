//! Keeps the bodies of parsed articles until their pages are rendered: in memory, and on disk if
//! there are many.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::document::ArticleBody;
use crate::node::MapEntry;
use crate::publish::ScratchFile;

/// How many bytes of packed bodies are kept in memory. Most sites have fewer.
const MAX_IN_MEMORY: usize = 1 << 23;

/// The bodies of a build.
pub(super) struct BodyStore {
    max_in_memory: usize,
    /// Bytes of packed bodies in memory.
    in_memory: AtomicUsize,
    /// The preferred place of the scratch file.
    folder: PathBuf,
    /// Created for the first body that is not kept in memory. None if that failed.
    scratch_file: OnceLock<Option<ScratchFile>>,
}

/// A body in a [`BodyStore`].
pub(super) struct StoredBody {
    packed: Packed,
    extra: Vec<MapEntry<'static>>,
}

/// A body in compact form.
enum Packed {
    InMemory(Box<[u8]>),
    /// Range in the scratch file.
    OnDisk(Range<u64>),
}

impl BodyStore {
    /// An empty store. Its scratch file is in `folder`, or in the system's temporary folder if
    /// `folder` does not exist yet.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            max_in_memory: MAX_IN_MEMORY,
            in_memory: AtomicUsize::new(0),
            folder,
            scratch_file: OnceLock::new(),
        }
    }

    fn scratch_file(&self) -> Option<&ScratchFile> {
        self.scratch_file.get_or_init(|| ScratchFile::create(&self.folder).ok()).as_ref()
    }

    /// Stores a body.
    pub(super) fn put(&self, body: ArticleBody) -> StoredBody {
        let packed = body.pack();
        let on_disk = if self.has_room(packed.len()) { None } else { self.append(&packed) };
        let packed = on_disk.map_or(Packed::InMemory(packed), Packed::OnDisk);
        StoredBody { packed, extra: body.extra }
    }

    fn has_room(&self, length: usize) -> bool {
        let before = self.in_memory.fetch_add(length, Ordering::Relaxed);
        let has_room = before + length <= self.max_in_memory;
        if !has_room {
            self.in_memory.fetch_sub(length, Ordering::Relaxed);
        }
        has_room
    }

    /// Appends bytes to the scratch file. None if that fails.
    fn append(&self, bytes: &[u8]) -> Option<Range<u64>> {
        self.scratch_file()?.append(bytes).ok()
    }

    /// Reads a body. None if that fails.
    pub(super) fn get(&self, StoredBody { packed, extra }: &StoredBody) -> Option<ArticleBody> {
        let extra = extra.clone();
        match packed {
            Packed::InMemory(packed) => ArticleBody::unpack(packed, extra),
            Packed::OnDisk(range) => {
                let packed = self.scratch_file()?.read(range).ok()?;
                ArticleBody::unpack(&packed, extra)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_body_is_read_as_often_as_needed() {
        let folder = tempfile::tempdir().expect("folder");
        let new = || BodyStore { max_in_memory: 10, ..BodyStore::new(folder.path().to_owned()) };
        let without_file = BodyStore { scratch_file: OnceLock::from(None), ..new() };
        for store in [new(), without_file] {
            let put = |text: &str| {
                let body = ArticleBody { body: text.to_owned(), ..ArticleBody::default() };
                store.put(body)
            };
            let stored = ["one", "", "three"].map(|text| (text, put(text)));
            let is_on_disk =
                |(_, body): &(&str, StoredBody)| matches!(body.packed, Packed::OnDisk(_));
            assert_eq!(stored.iter().any(is_on_disk), store.scratch_file().is_some());
            for (text, stored) in stored.iter().chain(&stored) {
                assert_eq!(store.get(stored).expect("stored").body, *text);
            }
        }
    }
}
