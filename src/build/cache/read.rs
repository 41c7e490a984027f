//! Reads the cache of the previous build.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::de::DeserializeOwned;

use super::layout::{
    CacheLayout, FOOTER, MAGIC, PER_SECTION, PlacedSection, Section, placed, range_after, shard_of,
    with_bytes,
};
use super::state::{CacheState, CachedDocument, DocumentSummary, PageIndexes};
use crate::collection::{DocumentId, PlacedArticle, TermsAndPages};
use crate::digest::Digest;
use crate::source::RandomAccessFile;

/// Maximum lengths of the layout and of the file in bytes.
const MAX_LAYOUT_BYTES: u64 = 1 << 28;
const MAX_CACHE_BYTES: u64 = 1 << 32;

/// The cache of the previous build.
#[derive(Debug, Default)]
pub struct BuildCache {
    /// What every build reads.
    pub state: CacheState,
    pub(super) layout: CacheLayout,
    pub(super) file: Option<RandomAccessFile>,
    /// Whether the file has older documents and pages than `state`.
    pub(super) is_unsaved: bool,
    /// The shard of each document, if that was needed.
    pub(super) shards: OnceLock<Vec<usize>>,
}

impl BuildCache {
    /// Reads what every build needs. None if that is damaged.
    pub fn read(file: RandomAccessFile) -> Option<Self> {
        let begins_right = file.bytes(0..MAGIC.len() as u64).is_ok_and(|bytes| bytes == MAGIC);
        let end =
            Some(file.length()).filter(|length| begins_right && *length <= MAX_CACHE_BYTES)?;
        let footer_start = end.checked_sub(FOOTER as u64)?;
        let footer = file.bytes(footer_start..end).ok()?;
        let (length, digest) = footer.split_first_chunk::<8>()?;
        let length =
            Some(u64::from_le_bytes(*length)).filter(|length| *length <= MAX_LAYOUT_BYTES)?;
        let directory_start = footer_start.checked_sub(length)?;
        let bytes = file.bytes(directory_start..footer_start).ok()?;
        let is_complete = Digest::of(&bytes).as_bytes() == digest;
        let mut layout: CacheLayout = postcard::from_bytes(&bytes).ok().filter(|_| is_complete)?;
        let cached = layout.cached().filter(|cached| cached.end == directory_start)?;
        let (mut start, mut state) = (cached.start, std::mem::take(&mut layout.state));
        state.documents = decode_list(&file, &layout.documents, &mut start)?;
        state.pages = decode_list(&file, &layout.pages, &mut start)?;
        Some(Self { state, layout, file: Some(file), ..Self::default() })
    }

    /// The same with its file, which was just written, and its documents.
    #[must_use]
    pub fn saved(self, file: RandomAccessFile, documents: Vec<CachedDocument>) -> Self {
        let state = CacheState { documents, ..self.state };
        Self { state, layout: self.layout, file: Some(file), ..Self::default() }
    }

    /// The same with newer versions of its documents and pages, which are not yet in its file.
    #[must_use]
    pub fn updated(self, state: CacheState) -> Self {
        let (documents, pages) = (Vec::new(), Vec::new());
        let layout = CacheLayout { documents, pages, ..self.layout };
        Self { state, layout, is_unsaved: true, ..self }
    }

    /// Whether the file has all of it.
    pub fn is_saved(&self) -> bool {
        !self.is_unsaved
    }

    /// Drops all documents.
    #[must_use]
    pub fn without_documents(self) -> Self {
        let state = CacheState { documents: Vec::new(), ..self.state };
        Self { state, ..Self::default() }
    }

    /// The summaries of all documents, in the order of their paths. None if the file is damaged.
    pub fn summaries(&self) -> Option<Vec<DocumentSummary>> {
        let Some(file) = &self.file else { return Some(Vec::new()) };
        let bytes = file.bytes(self.layout.shards()?).ok()?;
        let sections = with_bytes(self.layout.shards.iter().map(|shard| shard.section), &bytes);
        let shards: Option<Vec<Vec<DocumentSummary>>> =
            sections.into_par_iter().map(|(section, bytes)| section.decode(bytes)).collect();
        let mut shards: Vec<_> = shards?.into_iter().map(Vec::into_iter).collect();
        let documents = self.state.documents.iter();
        documents.map(|document| shards.get_mut(shard_of(&document.path))?.next()).collect()
    }

    /// The summaries of some documents. None if the file is damaged.
    pub fn load_summaries(
        &self,
        wanted: &BTreeSet<DocumentId>,
    ) -> Option<BTreeMap<DocumentId, DocumentSummary>> {
        let documents = &self.state.documents;
        let shards = || documents.par_iter().map(|document| shard_of(&document.path)).collect();
        let shards = self.shards.get_or_init(shards);
        let numbers: BTreeSet<usize> =
            wanted.iter().map(|id| shards.get(id.index()).copied()).collect::<Option<_>>()?;
        let start = self.layout.shards()?.start;
        let sections = placed(start, self.layout.shards.iter().map(|shard| shard.section));
        let mut found = BTreeMap::new();
        for number in numbers {
            let members = shards.iter().enumerate().filter(|(_, shard)| **shard == number);
            let contents: Vec<DocumentSummary> = self.decode(sections.get(number)?)?;
            let with_ids = members.map(|(index, _)| DocumentId::at(index)).zip(contents);
            found.extend(with_ids.filter(|(id, _)| wanted.contains(id)));
        }
        Some(found)
    }

    /// The output files of some documents. None if the file is damaged.
    pub fn load_page_indexes(
        &self,
        wanted: &BTreeSet<DocumentId>,
    ) -> Option<BTreeMap<DocumentId, PageIndexes>> {
        let numbers: BTreeSet<usize> = wanted.iter().map(|id| id.index() / PER_SECTION).collect();
        let start = self.layout.page_indexes()?.start;
        let sections = placed(start, self.layout.page_indexes.iter().copied());
        let mut found = BTreeMap::new();
        for number in numbers {
            let page_indexes: Vec<PageIndexes> = self.decode(sections.get(number)?)?;
            let ids = (number * PER_SECTION..).map(DocumentId::at);
            found.extend(ids.zip(page_indexes).filter(|(id, _)| wanted.contains(id)));
        }
        Some(found)
    }

    /// The places of articles in stories, oldest first. Empty if the file is damaged.
    pub fn placed_articles(&self) -> Vec<PlacedArticle> {
        let read = |file| {
            let mut start = self.layout.placed_articles()?.start;
            decode_list(file, &self.layout.placed_articles, &mut start)
        };
        self.file.as_ref().and_then(read).unwrap_or_default()
    }

    /// The collection without its articles. None if the file is damaged.
    pub fn terms_and_pages(&self) -> Option<TermsAndPages<'static>> {
        self.decode(&(self.layout.terms_and_pages, self.layout.terms_and_pages()?))
    }

    fn decode<T: DeserializeOwned>(&self, (section, range): &PlacedSection) -> Option<T> {
        let bytes = self.file.as_ref()?.bytes(range.clone()).ok()?;
        section.decode(Some(&bytes))
    }
}

/// Number of sections that are read before they are decoded: enough for all threads, and little
/// memory.
const SECTIONS_AT_ONCE: usize = 16;

/// Reads a list that is stored in sections from `start` on, and moves `start` to its end.
fn decode_list<T: DeserializeOwned + Send>(
    file: &RandomAccessFile,
    sections: &[Section],
    start: &mut u64,
) -> Option<Vec<T>> {
    let mut list = Vec::new();
    for some in sections.chunks(SECTIONS_AT_ONCE) {
        let range = range_after(*start, some)?;
        *start = range.end;
        let bytes = file.bytes(range).ok()?;
        let parts: Vec<Option<Vec<T>>> = with_bytes(some.iter().copied(), &bytes)
            .into_par_iter()
            .map(|(section, bytes)| section.decode(bytes))
            .collect();
        for part in parts {
            list.extend(part?);
        }
    }
    Some(list)
}
