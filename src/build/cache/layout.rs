//! The layout of a cache file.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::state::CacheState;
use crate::digest::Digest;

/// The first bytes of a cache file, with its format version.
pub(super) const MAGIC: &[u8] = b"newsgen state 14\n";

/// Length of the footer in bytes: the length and the digest of the layout.
pub(super) const FOOTER: usize = 8 + 16;

/// Number of documents or pages in a section.
pub(super) const PER_SECTION: usize = 1024;

/// Number of shards that summaries are distributed over, by the digests of their paths.
pub(super) const SHARDS: usize = 256;

/// A section of the file.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Section {
    /// In bytes. Sections follow each other without gaps.
    pub(super) length: usize,
    /// Digest of its bytes.
    pub(super) digest: Digest,
}

impl Section {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { length: bytes.len(), digest: Digest::of(bytes) }
    }

    /// Decodes its bytes. None if they are damaged.
    pub(super) fn decode<T: DeserializeOwned>(&self, bytes: Option<&[u8]>) -> Option<T> {
        let bytes = bytes.filter(|bytes| Digest::of(bytes) == self.digest)?;
        postcard::from_bytes(bytes).ok()
    }
}

/// The summaries of some documents, in the order of their paths.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Shard {
    pub(super) section: Section,
    /// Digest of the paths and the summaries of its documents.
    pub(super) identity: Digest,
}

/// The layout of the file: its sections, in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct CacheLayout {
    /// Without its documents and pages.
    pub(super) state: CacheState,
    pub(super) shards: Vec<Shard>,
    pub(super) page_indexes: Vec<Section>,
    pub(super) placed_articles: Vec<Section>,
    pub(super) terms_and_pages: Section,
    pub(super) documents: Vec<Section>,
    pub(super) pages: Vec<Section>,
}

impl CacheLayout {
    /// The byte range of the shards.
    pub(super) fn shards(&self) -> Option<Range<u64>> {
        range_after(MAGIC.len() as u64, self.shards.iter().map(|shard| &shard.section))
    }

    /// The byte range of the page indexes.
    pub(super) fn page_indexes(&self) -> Option<Range<u64>> {
        range_after(self.shards()?.end, &self.page_indexes)
    }

    /// The byte range of the places of articles in stories.
    pub(super) fn placed_articles(&self) -> Option<Range<u64>> {
        range_after(self.page_indexes()?.end, &self.placed_articles)
    }

    /// The byte range of the terms and pages.
    pub(super) fn terms_and_pages(&self) -> Option<Range<u64>> {
        range_after(self.placed_articles()?.end, [&self.terms_and_pages])
    }

    /// The byte range of what every build reads.
    pub(super) fn cached(&self) -> Option<Range<u64>> {
        range_after(self.terms_and_pages()?.end, self.documents.iter().chain(&self.pages))
    }
}

/// The byte range of consecutive sections from `start` on.
pub(super) fn range_after<'s>(
    start: u64,
    sections: impl IntoIterator<Item = &'s Section>,
) -> Option<Range<u64>> {
    let mut sections = sections.into_iter();
    let end = sections.try_fold(start, |end, section| end.checked_add(section.length as u64))?;
    Some(start..end)
}

/// A section with its byte range in the file.
pub(super) type PlacedSection = (Section, Range<u64>);

/// Consecutive sections from `start` on.
pub(super) fn placed(start: u64, sections: impl Iterator<Item = Section>) -> Vec<PlacedSection> {
    let mut end = start;
    let place = |section: Section| {
        let start = end;
        // A range beyond the end of the file fails when it is read.
        end = end.saturating_add(section.length as u64);
        (section, start..end)
    };
    sections.map(place).collect()
}

/// Pairs each section with its bytes, if they are there.
pub(super) fn with_bytes(
    sections: impl Iterator<Item = Section>,
    bytes: &[u8],
) -> Vec<(Section, Option<&[u8]>)> {
    let mut start = 0_usize;
    let with_bytes = |section: Section| {
        let bytes = start.checked_add(section.length).and_then(|end| bytes.get(start..end));
        start = start.saturating_add(section.length);
        (section, bytes)
    };
    sections.map(with_bytes).collect()
}

pub(super) fn shard_of(path: &str) -> usize {
    Digest::of(path.as_bytes()).as_bytes().first().copied().map_or(0, usize::from)
}
