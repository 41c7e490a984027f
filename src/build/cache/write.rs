//! Writes the cache for the next build.

use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;

use super::layout::{
    CacheLayout, MAGIC, PER_SECTION, PlacedSection, SHARDS, Section, Shard, placed, range_after,
    shard_of,
};
use super::read::BuildCache;
use super::state::{
    AssembledSite, CacheContents, CacheState, CachedDocument, DocumentSummary, PageIndexes,
};
use crate::collection::PlacedArticle;
use crate::digest::{Digest, encoded};

impl CacheState {
    /// Writes this state with the documents of `contents` in place of its own. Sections that
    /// `previous` has already are copied without being encoded. Returns the cache as written, without
    /// its documents and its file.
    ///
    /// # Errors
    /// Those of `out`, and of the file that is copied from.
    pub fn write(
        self,
        contents: &CacheContents<'_>,
        previous: &BuildCache,
        out: &mut (impl Write + Send),
    ) -> io::Result<BuildCache> {
        out.write_all(MAGIC)?;
        let mut layout = match &contents.site {
            Some(site) => write_site(&contents.documents, site, previous, out)?,
            None => copy_site(previous, out)?,
        };
        let before = previous.layout.terms_and_pages().map_or(0, |range| range.end);
        let documents =
            PreviousList { list: &previous.state.documents, sections: &previous.layout.documents };
        layout.documents = write_list(&contents.documents, &documents, before, previous, out)?;
        let before = range_after(before, &previous.layout.documents).map_or(0, |range| range.end);
        let pages = PreviousList { list: &previous.state.pages, sections: &previous.layout.pages };
        layout.pages =
            write_list(&self.pages.iter().collect::<Vec<_>>(), &pages, before, previous, out)?;
        layout.state = self;
        write_layout(&layout, out)?;
        let state = std::mem::take(&mut layout.state);
        Ok(BuildCache { state, layout, ..BuildCache::default() })
    }
}

fn write_layout(layout: &CacheLayout, out: &mut impl Write) -> io::Result<()> {
    let bytes = encoded(layout);
    out.write_all(&bytes)?;
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(Digest::of(&bytes).as_bytes())
}

/// Writes the sections that are read on demand.
fn write_site(
    documents: &[&CachedDocument],
    site: &AssembledSite<'_>,
    previous: &BuildCache,
    out: &mut (impl Write + Send),
) -> io::Result<CacheLayout> {
    let shards = write_shards(documents, &site.summaries, previous, out)?;
    let slices: Vec<&[PageIndexes]> = site.page_indexes.chunks(PER_SECTION).collect();
    let page_indexes = write_parts(&slices, |slice| Part::encode(*slice), previous, out)?;
    let slices: Vec<&[PlacedArticle]> = site.placed_articles.chunks(PER_SECTION).collect();
    let placed_articles = write_parts(&slices, |slice| Part::encode(*slice), previous, out)?;
    let terms_and_pages = encoded(&site.terms_and_pages);
    out.write_all(&terms_and_pages)?;
    let terms_and_pages = Section::of(&terms_and_pages);
    Ok(CacheLayout {
        shards,
        page_indexes,
        placed_articles,
        terms_and_pages,
        ..CacheLayout::default()
    })
}

/// Copies the sections that are read on demand.
fn copy_site(previous: &BuildCache, out: &mut impl Write) -> io::Result<CacheLayout> {
    let file = previous.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
    let end = previous.layout.terms_and_pages().ok_or(io::ErrorKind::InvalidData)?.end;
    file.copy(MAGIC.len() as u64..end, out)?;
    Ok(previous.layout.clone())
}

/// The documents of a shard.
#[derive(Clone, Default)]
struct ShardContents<'a> {
    documents: Vec<&'a CachedDocument>,
    summaries: Vec<&'a DocumentSummary>,
}

impl ShardContents<'_> {
    fn identity(&self) -> Digest {
        let parts = self
            .documents
            .iter()
            .flat_map(|document| [document.path.as_bytes(), document.content.as_bytes()]);
        Digest::of_parts(parts)
    }
}

fn write_shards(
    documents: &[&CachedDocument],
    summaries: &[&DocumentSummary],
    previous: &BuildCache,
    out: &mut (impl Write + Send),
) -> io::Result<Vec<Shard>> {
    let mut shards = vec![ShardContents::default(); SHARDS];
    for (document, summary) in documents.iter().zip(summaries) {
        let shard =
            shards.get_mut(shard_of(&document.path)).expect("a shard is one of the first 256");
        shard.documents.push(document);
        shard.summaries.push(summary);
    }
    let identities: Vec<Digest> = shards.par_iter().map(ShardContents::identity).collect();
    let old = placed(MAGIC.len() as u64, previous.layout.shards.iter().map(|shard| shard.section));
    let part = |(number, shard): &(usize, ShardContents<'_>)| {
        let old = old.get(*number).zip(previous.layout.shards.get(*number));
        match old.filter(|(_, old)| identities.get(*number) == Some(&old.identity)) {
            Some((placed, _)) => Part::Copied(placed.clone()),
            None => Part::encode(&shard.summaries),
        }
    };
    let sections =
        write_parts(&shards.into_iter().enumerate().collect::<Vec<_>>(), part, previous, out)?;
    let shards = sections.into_iter().zip(identities);
    Ok(shards.map(|(section, identity)| Shard { section, identity }).collect())
}

/// A list of the previous cache and its sections.
struct PreviousList<'p, T> {
    list: &'p [T],
    sections: &'p [Section],
}

/// Writes a list. The sections of its previous version begin at byte `start`.
fn write_list<T: Serialize + PartialEq + Sync>(
    list: &[&T],
    before: &PreviousList<'_, T>,
    start: u64,
    previous: &BuildCache,
    out: &mut (impl Write + Send),
) -> io::Result<Vec<Section>> {
    let placed = placed(start, before.sections.iter().copied());
    let old: Vec<(&[T], PlacedSection)> = before.list.chunks(PER_SECTION).zip(placed).collect();
    let part = |(number, slice): &(usize, &[&T])| match old.get(*number) {
        Some((old, placed)) if slice.iter().copied().eq(old.iter()) => Part::Copied(placed.clone()),
        _ => Part::encode(slice),
    };
    write_parts(&list.chunks(PER_SECTION).enumerate().collect::<Vec<_>>(), part, previous, out)
}

/// A section that is about to be written.
enum Part {
    Encoded(Section, Vec<u8>),
    /// The previous cache has it.
    Copied(PlacedSection),
}

impl Part {
    fn encode<T: Serialize + ?Sized>(value: &T) -> Self {
        let bytes = encoded(value);
        Self::Encoded(Section::of(&bytes), bytes)
    }

    fn section(&self) -> Section {
        match self {
            Self::Encoded(section, _) | Self::Copied((section, _)) => *section,
        }
    }

    fn write(&self, previous: &BuildCache, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Encoded(_, bytes) => out.write_all(bytes),
            Self::Copied((_, range)) => {
                let file = previous.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
                file.copy(range.clone(), out)
            }
        }
    }
}

/// Makes parts of items in parallel and writes them in order, a few at a time, so that a large
/// cache takes little memory. While some are written the next ones are made.
fn write_parts<T: Sync>(
    items: &[T],
    part: impl Fn(&T) -> Part + Sync,
    previous: &BuildCache,
    out: &mut (impl Write + Send),
) -> io::Result<Vec<Section>> {
    let mut sections = Vec::with_capacity(items.len());
    let mut parts: Vec<Part> = Vec::new();
    let mut chunks = items.chunks(2 * rayon::current_num_threads());
    loop {
        let chunk = chunks.next();
        let write = || parts.iter().try_for_each(|part| part.write(previous, out));
        let make = || chunk.unwrap_or_default().par_iter().map(&part).collect();
        let (written, next) = rayon::join(write, make);
        written?;
        sections.extend(std::mem::replace(&mut parts, next).iter().map(Part::section));
        if chunk.is_none() {
            return Ok(sections);
        }
    }
}
