//! Keeps the bodies of parsed articles until their pages are rendered: on disk, or in memory if that
//! fails.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::document::ArticleBody;
use crate::node::MapEntry;
use crate::publish::ScratchFile;

/// The bodies of a build.
pub(super) struct BodyStore {
    /// The preferred place of the scratch file.
    folder: PathBuf,
    /// Created for the first body. None if that failed.
    scratch_file: OnceLock<Option<ScratchFile>>,
}

/// A body in a [`BodyStore`].
pub(super) struct StoredBody {
    packed: Packed,
    extra: Vec<MapEntry<'static>>,
}

/// A body in compact form.
enum Packed {
    InMemory(Vec<u8>),
    /// At this range of the scratch file.
    OnDisk(Range<u64>),
}

impl BodyStore {
    /// An empty store whose scratch file should be in `folder`.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, scratch_file: OnceLock::new() }
    }

    fn scratch_file(&self) -> Option<&ScratchFile> {
        self.scratch_file.get_or_init(|| ScratchFile::create(&self.folder).ok()).as_ref()
    }

    /// Stores a body.
    pub(super) fn put(&self, body: ArticleBody) -> StoredBody {
        let packed = body.pack();
        let on_disk = self.scratch_file().and_then(|file| file.append(&packed).ok());
        let packed = on_disk.map_or(Packed::InMemory(packed), Packed::OnDisk);
        StoredBody { packed, extra: body.extra }
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
        let on_disk = BodyStore::new(folder.path().to_owned());
        let in_memory = BodyStore { folder: PathBuf::new(), scratch_file: OnceLock::from(None) };
        for store in [on_disk, in_memory] {
            let put = |text: &str| {
                let body = ArticleBody { body: text.to_owned(), ..ArticleBody::default() };
                store.put(body)
            };
            let stored = ["one", "", "three"].map(|text| (text, put(text)));
            for (text, stored) in stored.iter().chain(&stored) {
                assert_eq!(store.get(stored).expect("stored").body, *text);
            }
        }
    }
}
