//! The build cache: what a build knows about the documents it read and the files it wrote.
//!
//! The cache only ever saves work. Entries are used where they are proven to be current; without a
//! cache, or with a damaged one or one of another version, everything is rebuilt.
//!
//! File format: summaries of documents come first, in shards by path, so that a build that needs no
//! summary reads none, and one that changes few documents copies all other shards. Then come the
//! page indexes of documents, and the terms and pages of the collection, of which a build reads
//! only what it needs; then the records of documents and output files, which every build reads. All
//! of these are sections, which are decoded in parallel. The file ends with the layout, which
//! locates the sections, and the layout's length and digest.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::collection::{DocumentId, TermsAndPages, Withheld};
use crate::diagnostic::Diagnostic;
use crate::digest::{self, Digest};
use crate::document::{ArticleSummary, Page, TermPage};
use crate::publish::StagedFile;
use crate::slug::{shortened, slugify};
use crate::source::{self, FileStamp, RandomAccessFile};

/// The cache folder of a site; safe to delete.
pub const FOLDER: &str = ".newsgen";

/// The first bytes of a cache file, with its format version.
const MAGIC: &[u8] = b"newsgen state 10\n";

/// How many bytes the length and the digest of the directory have.
const FOOTER: usize = 8 + 16;

/// No directory is longer, in bytes, and no state: what is longer is not used.
const MAX_LAYOUT_BYTES: u64 = 1 << 28;
const MAX_CACHE_BYTES: u64 = 1 << 32;

/// How many documents or pages a section holds.
const PER_SECTION: usize = 1024;

/// How many chunks the documents' contents are spread over, by their paths.
const SHARDS: usize = 256;

/// The executable that wrote a cache; the cache of another one is not used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratorVersion {
    /// Of the executable, unless it was so fresh that it may have changed again without changing its stamp.
    pub stamp: Option<FileStamp>,
    /// Of its bytes.
    pub digest: Digest,
}

/// The part of the cache that every build reads: all but the documents' summaries.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CacheState {
    /// The newsgen that wrote it.
    pub generator: GeneratorVersion,
    /// On what the reading of every document depends: this newsgen and the configuration.
    pub parse_digest: Digest,
    /// On what the site depends beside its documents and the instant of the build. None where that is not known, or the
    /// site had errors.
    pub site: Option<Digest>,
    /// Of the lock file of addresses as the build left it.
    pub lock: Digest,
    /// When the same documents make the same site.
    pub validity: ValidityPeriod,
    /// The sources beside the documents, relative to the site's root, each with a digest that differs where they do.
    pub site_files: BTreeMap<String, Digest>,
    /// What the site is made of.
    pub stats: SiteStats,
    /// What there is to say about the site beside what the look at its folders says.
    pub diagnostics: Vec<Diagnostic>,
    /// The documents that have no error, sorted by path.
    #[serde(skip)]
    pub documents: Vec<CachedDocument>,
    /// What was written, sorted by path.
    #[serde(skip)]
    pub pages: Vec<CachedPage>,
}

impl CacheState {
    /// How many documents and other sources that a build read were at a path relative to the site's root, or below it.
    pub fn sources_at(&self, display_path: &str) -> usize {
        let below = format!("{display_path}/");
        let files = self.site_files.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
        let documents = below.strip_prefix("content/").map_or(0, |below| {
            let start = |path: &str| self.documents.partition_point(|document| *document.path < *path);
            let itself = below.trim_end_matches('/');
            let is_there =
                self.documents.get(start(itself)).is_some_and(|document| *document.path == *itself);
            let documents = self.documents.iter().skip(start(below));
            documents.take_while(|document| document.path.starts_with(below)).count() + usize::from(is_there)
        });
        documents + files.count() + usize::from(self.site_files.contains_key(display_path))
    }
}

/// Statistics of a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteStats {
    /// Published articles.
    pub articles: usize,
    /// Topics that have a page.
    pub topics: usize,
    /// Providers that have a page.
    pub providers: usize,
    /// Documents that are unpublished or not yet due.
    pub withheld: Withheld,
    /// Documents that were left out because of their errors.
    pub left_out: usize,
}

/// A half-open period of time, unbounded where an end is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidityPeriod {
    /// The first instant.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub since: Option<DateTime<Utc>>,
    /// The first instant that does not belong to it any more.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub until: Option<DateTime<Utc>>,
}

impl ValidityPeriod {
    /// Shortens the period to the side of `border` on which `now` is; the border itself belongs to
    /// the later side.
    pub fn limit_at(&mut self, border: DateTime<Utc>, now: DateTime<Utc>) {
        if border <= now {
            self.since = self.since.max(Some(border));
        } else {
            self.until = Some(self.until.map_or(border, |until| until.min(border)));
        }
    }

    /// Whether the period contains an instant.
    pub fn contains(&self, instant: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| since <= instant) && self.until.is_none_or(|until| instant < until)
    }
}

/// A document as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedDocument {
    /// Relative to `content/`, with `/` between folders.
    pub path: Arc<str>,
    /// Its stamp, unless it was so fresh that it may have changed again without changing its stamp.
    pub stamp: Option<FileStamp>,
    /// Of its bytes.
    pub digest: Digest,
    /// Of what it says to other pages than its own.
    pub content: Digest,
    /// What there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What pages other than a document's own may show of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum DocumentSummary {
    /// An article.
    Article(Arc<ArticleSummary>),
    /// The page of a topic.
    Topic(Box<TermPage>),
    /// The page of a provider.
    Provider(Box<TermPage>),
    /// A page such as About or Contact.
    Page(Box<Page>),
}

impl DocumentSummary {
    /// Of all that it says.
    pub fn digest(&self) -> Digest {
        Digest::of_value(self)
    }
}

/// A file as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedPage {
    /// Below the output folder, with `/` between folders.
    pub path: Arc<str>,
    /// Digest of its inputs, if known.
    pub input_digest: Option<Digest>,
    /// Of its bytes.
    pub digest: Digest,
    /// Its stamp in the output folder.
    pub stamp: FileStamp,
}

impl CachedPage {
    /// What is known of a file that is in its place, or will be.
    pub fn new(file: &StagedFile, input_digest: Option<Digest>) -> Self {
        Self { path: Arc::clone(&file.path), input_digest, digest: file.digest(), stamp: file.stamp }
    }
}

/// The output files of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageIndexes {
    /// The place of an article's own page among the state's pages; none where it has none.
    pub page: Option<u32>,
    /// The place of its AMP page there.
    pub amp_page: Option<u32>,
    /// What is related to the article, in the order in which it is shown.
    pub related: Vec<CachedRelation>,
}

/// An item of an article's list of related ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CachedRelation {
    /// The article of a document of this site. Documents have the ids of a build in which none had an error.
    Own(DocumentId),
    /// The item at this place of the article's own `related`.
    External(u32),
}

/// What a build adds to its [`CacheState`].
pub struct CacheContents<'a> {
    /// The documents that have no error, sorted by path.
    pub documents: Vec<&'a CachedDocument>,
    /// What the site was assembled from. None if that is unchanged since the previous build.
    pub site: Option<SiteContents<'a>>,
}

/// The part of the cache that is read on demand.
pub struct SiteContents<'a> {
    /// The summary of each document.
    pub summaries: Vec<&'a DocumentSummary>,
    /// The output files of each document.
    pub page_indexes: Vec<PageIndexes>,
    /// The collection without its articles.
    pub terms_and_pages: TermsAndPages<'a>,
}

/// A part of the file.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Section {
    /// In bytes, behind the part before it.
    length: usize,
    /// Of its bytes.
    digest: Digest,
}

impl Section {
    fn of(bytes: &[u8]) -> Self {
        Self { length: bytes.len(), digest: Digest::of(bytes) }
    }

    /// What it says, if its bytes are whole.
    fn decode<T: DeserializeOwned>(&self, bytes: Option<&[u8]>) -> Option<T> {
        let bytes = bytes.filter(|bytes| Digest::of(bytes) == self.digest)?;
        postcard::from_bytes(bytes).ok()
    }
}

/// The contents of some documents, in the order of their paths.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Shard {
    section: Section,
    /// Of the paths and contents of its documents.
    identity: Digest,
}

/// The layout of the file: its sections, in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct CacheLayout {
    /// Without its documents and pages.
    state: CacheState,
    shards: Vec<Shard>,
    page_indexes: Vec<Section>,
    terms_and_pages: Section,
    documents: Vec<Section>,
    pages: Vec<Section>,
}

impl CacheLayout {
    /// The byte range of the shards.
    fn shards(&self) -> Option<Range<u64>> {
        range_after(MAGIC.len() as u64, self.shards.iter().map(|shard| &shard.section))
    }

    /// The byte range of the page indexes.
    fn page_indexes(&self) -> Option<Range<u64>> {
        range_after(self.shards()?.end, &self.page_indexes)
    }

    /// The byte range of the terms and pages.
    fn terms_and_pages(&self) -> Option<Range<u64>> {
        range_after(self.page_indexes()?.end, [&self.terms_and_pages])
    }

    /// The byte range of what every build reads.
    fn cached(&self) -> Option<Range<u64>> {
        range_after(self.terms_and_pages()?.end, self.documents.iter().chain(&self.pages))
    }
}

/// The byte range of consecutive sections from `start` on.
fn range_after<'s>(start: u64, sections: impl IntoIterator<Item = &'s Section>) -> Option<Range<u64>> {
    let mut sections = sections.into_iter();
    let end = sections.try_fold(start, |end, section| end.checked_add(section.length as u64))?;
    Some(start..end)
}

/// A section with its byte range in the file.
type PlacedSection = (Section, Range<u64>);

/// Consecutive sections from `start` on.
fn placed(start: u64, sections: impl Iterator<Item = Section>) -> Vec<PlacedSection> {
    let mut end = start;
    let place = |section: Section| {
        let start = end;
        // What is not all there is found when it is read.
        end = end.saturating_add(section.length as u64);
        (section, start..end)
    };
    sections.map(place).collect()
}

/// Each section with its bytes, where these are there.
fn with_bytes(sections: impl Iterator<Item = Section>, bytes: &[u8]) -> Vec<(Section, Option<&[u8]>)> {
    let mut start = 0_usize;
    let with_bytes = |section: Section| {
        let bytes = start.checked_add(section.length).and_then(|end| bytes.get(start..end));
        start = start.saturating_add(section.length);
        (section, bytes)
    };
    sections.map(with_bytes).collect()
}

/// How many sections are read before they are decoded: enough for all threads, and not much memory.
const SECTIONS_AT_ONCE: usize = 16;

/// The list that lies in sections behind `start`, where it also ends then.
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

/// The cache of the previous build.
#[derive(Debug, Default)]
pub struct BuildCache {
    /// What it knew, but for what its documents said.
    pub state: CacheState,
    layout: CacheLayout,
    file: Option<RandomAccessFile>,
}

impl BuildCache {
    /// The state in a file, if all is whole that every build reads.
    pub fn read(file: RandomAccessFile) -> Option<Self> {
        let begins_right = file.bytes(0..MAGIC.len() as u64).is_ok_and(|bytes| bytes == MAGIC);
        let end = Some(file.length()).filter(|length| begins_right && *length <= MAX_CACHE_BYTES)?;
        let footer_start = end.checked_sub(FOOTER as u64)?;
        let footer = file.bytes(footer_start..end).ok()?;
        let (length, digest) = footer.split_first_chunk::<8>()?;
        let length = Some(u64::from_le_bytes(*length)).filter(|length| *length <= MAX_LAYOUT_BYTES)?;
        let directory_start = footer_start.checked_sub(length)?;
        let bytes = file.bytes(directory_start..footer_start).ok()?;
        let is_complete = Digest::of(&bytes).as_bytes() == digest;
        let mut layout: CacheLayout = postcard::from_bytes(&bytes).ok().filter(|_| is_complete)?;
        let cached = layout.cached().filter(|cached| cached.end == directory_start)?;
        let (mut start, mut state) = (cached.start, std::mem::take(&mut layout.state));
        state.documents = decode_list(&file, &layout.documents, &mut start)?;
        state.pages = decode_list(&file, &layout.pages, &mut start)?;
        Some(Self { state, layout, file: Some(file) })
    }

    /// This without what it knows of documents.
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
        let shards: Vec<usize> =
            self.state.documents.par_iter().map(|document| shard_of(&document.path)).collect();
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

    /// The collection without its articles. None if the file is damaged.
    pub fn terms_and_pages(&self) -> Option<TermsAndPages<'static>> {
        self.decode(&(self.layout.terms_and_pages, self.layout.terms_and_pages()?))
    }

    fn decode<T: DeserializeOwned>(&self, (section, range): &PlacedSection) -> Option<T> {
        let bytes = self.file.as_ref()?.bytes(range.clone()).ok()?;
        section.decode(Some(&bytes))
    }
}

impl CacheState {
    /// Writes this state with the documents of `contents` in place of its own. Sections that `previous` has already are
    /// copied without being encoded.
    ///
    /// # Errors
    /// Those of `out`, and of the file that is copied from.
    pub fn write(
        self,
        contents: &CacheContents<'_>,
        previous: &BuildCache,
        out: &mut (impl Write + Send),
    ) -> io::Result<()> {
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
        layout.pages = write_list(&self.pages.iter().collect::<Vec<_>>(), &pages, before, previous, out)?;
        layout.state = self;
        write_layout(&layout, out)
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
    site: &SiteContents<'_>,
    previous: &BuildCache,
    out: &mut (impl Write + Send),
) -> io::Result<CacheLayout> {
    let shards = write_shards(documents, &site.summaries, previous, out)?;
    let slices: Vec<&[PageIndexes]> = site.page_indexes.chunks(PER_SECTION).collect();
    let page_indexes = write_parts(&slices, |slice| Part::encode(*slice), previous, out)?;
    let terms_and_pages = encoded(&site.terms_and_pages);
    out.write_all(&terms_and_pages)?;
    let terms_and_pages = Section::of(&terms_and_pages);
    Ok(CacheLayout { shards, page_indexes, terms_and_pages, ..CacheLayout::default() })
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
        let shard = shards.get_mut(shard_of(&document.path)).expect("a shard is one of the first 256");
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
    let sections = write_parts(&shards.into_iter().enumerate().collect::<Vec<_>>(), part, previous, out)?;
    let shards = sections.into_iter().zip(identities);
    Ok(shards.map(|(section, identity)| Shard { section, identity }).collect())
}

/// A list of the previous cache and its sections.
struct PreviousList<'p, T> {
    list: &'p [T],
    sections: &'p [Section],
}

/// Writes a list, of which `previous` holds a version in sections from `start` on.
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

/// Makes parts of items in parallel and writes them in order, a few at a time, so that a large cache takes little memory.
/// While some are written the next ones are made.
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

fn shard_of(path: &str) -> usize {
    Digest::of(path.as_bytes()).as_bytes().first().copied().map_or(0, usize::from)
}

/// The bytes of a part. All that a state consists of can be encoded; a part without bytes would not be read again.
fn encoded<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    digest::encoded(value).unwrap_or_default()
}

/// The local address history of a site, shared by all output folders.
pub fn address_history(root: &Path) -> PathBuf {
    root.join(FOLDER).join("addresses")
}

/// The file that a build holds locked from when it reads which addresses are reserved until it has published the site, whatever the
/// output folder.
pub fn address_lock(root: &Path) -> PathBuf {
    root.join(FOLDER).join("addresses-lock")
}

/// The cache file of an output folder. A folder inside the site is named relative to it, so that a
/// site can be moved with its caches.
pub fn path(root: &Path, output: &Path) -> PathBuf {
    let (real_root, output) = (source::canonicalize(root), source::canonicalize(output));
    let name = output.strip_prefix(&real_root).unwrap_or(&output).to_string_lossy().into_owned();
    let digest = Digest::of(name.as_bytes()).to_string();
    root.join(FOLDER).join(format!(
        "{}-{}.state",
        shortened(&slugify(&name), 120),
        digest.get(..8).unwrap_or("")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::{Collection, Documents};
    use crate::config::{Config, Overrides};
    use crate::document::term::TermPage;
    use crate::reservations::Reservations;

    fn content(name: &str) -> DocumentSummary {
        DocumentSummary::Topic(Box::new(TermPage { slug: name.to_owned(), ..TermPage::default() }))
    }

    fn documents(contents: &[DocumentSummary]) -> Vec<CachedDocument> {
        let document = |(index, content): (usize, &DocumentSummary)| CachedDocument {
            path: format!("topics/{index}.md").into(),
            stamp: Some(FileStamp { length: 3, changed_at: -4, touched_at: 9 }),
            digest: Digest::of(b"c"),
            content: content.digest(),
            diagnostics: Vec::new(),
        };
        contents.iter().enumerate().map(document).collect()
    }

    fn indexes_of(index: usize) -> PageIndexes {
        let page = u32::try_from(index).ok();
        let amp_page = page.map(|page| page + 1);
        PageIndexes {
            page,
            amp_page,
            related: vec![CachedRelation::Own(DocumentId::at(index + 1)), CachedRelation::External(7)],
        }
    }

    fn page(index: usize) -> CachedPage {
        let stamp = FileStamp { length: 5, changed_at: 6, touched_at: 0 };
        CachedPage { path: format!("{index:06}").into(), input_digest: None, digest: Digest::of(b"p"), stamp }
    }

    fn bytes(contents: &[DocumentSummary], previous: &BuildCache) -> Vec<u8> {
        written(&documents(contents), contents, (0..contents.len()).map(page).collect(), previous)
    }

    fn written(
        documents: &[CachedDocument],
        contents: &[DocumentSummary],
        pages: Vec<CachedPage>,
        previous: &BuildCache,
    ) -> Vec<u8> {
        let (config, mut bytes) = (config(), Vec::new());
        let (collection, _) =
            Collection::new(Documents::default(), &config, &Reservations::default().index(&[]));
        let contents = CacheContents {
            documents: documents.iter().collect(),
            site: Some(SiteContents {
                summaries: contents.iter().collect(),
                page_indexes: (0..contents.len()).map(indexes_of).collect(),
                terms_and_pages: collection.terms_and_pages(),
            }),
        };
        CacheState { pages, ..CacheState::default() }
            .write(&contents, previous, &mut bytes)
            .expect("written");
        bytes
    }

    fn config() -> Config {
        let overrides = Overrides {
            base_url: None,
            now: DateTime::from_timestamp(0, 0).expect("instant"),
            unpublished: false,
            future: false,
            preview: false,
        };
        let text = "title = \"T\"\nbase_url = \"https://t.example\"\n";
        Config::parse("site.toml", text, &overrides).expect("config")
    }

    fn read(bytes: Vec<u8>) -> Option<BuildCache> {
        BuildCache::read(RandomAccessFile::InMemory(bytes))
    }

    fn slugs(previous: &BuildCache) -> Option<Vec<String>> {
        let slug = |content| match content {
            DocumentSummary::Topic(page) => page.slug,
            _ => String::new(),
        };
        Some(previous.summaries()?.into_iter().map(slug).collect())
    }

    #[test]
    fn cache_round_trips() {
        let names: Vec<String> = (0..1000).map(|number| format!("t{number}")).collect();
        let contents: Vec<DocumentSummary> = names.iter().map(|name| content(name)).collect();
        let decoded = read(bytes(&contents, &BuildCache::default())).expect("state");
        assert_eq!(decoded.state.documents.len(), 1000);
        assert_eq!(slugs(&decoded), Some(names));
    }

    #[test]
    fn cache_copies_shards_unchanged() {
        let mut contents: Vec<DocumentSummary> =
            (0..1000).map(|number| content(&number.to_string())).collect();
        let previous = read(bytes(&contents, &BuildCache::default())).expect("state");
        contents[500] = content("another");
        assert_eq!(bytes(&contents, &previous), bytes(&contents, &BuildCache::default()));
    }

    #[test]
    fn cache_loads_selected_documents() {
        let names: Vec<String> = (0..3000).map(|number| format!("t{number}")).collect();
        let contents: Vec<DocumentSummary> = names.iter().map(|name| content(name)).collect();
        let previous = read(bytes(&contents, &BuildCache::default())).expect("state");
        let wanted: BTreeSet<DocumentId> = [0, 5, 1023, 1024, 2999].map(DocumentId::at).into();
        let found = previous.load_summaries(&wanted).expect("contents");
        let digests: Vec<_> = found.iter().map(|(id, found)| (*id, found.digest())).collect();
        let expected = wanted.iter().map(|id| (*id, contents[id.index()].digest()));
        assert_eq!(digests, expected.collect::<Vec<_>>());
        let page_indexes = previous.load_page_indexes(&wanted).expect("places");
        assert!(page_indexes.into_iter().eq(wanted.iter().map(|id| (*id, indexes_of(id.index())))));
        assert!(previous.terms_and_pages().is_some());
    }

    #[test]
    fn cache_of_an_unchanged_site_equals_a_new_one() {
        let contents: Vec<DocumentSummary> = (0..3000).map(|number| content(&number.to_string())).collect();
        let previous = read(bytes(&contents, &BuildCache::default())).expect("state");
        let CacheState { mut documents, mut pages, .. } = previous.state.clone();
        for index in [1023, 2999] {
            documents[index].digest = Digest::of(b"edited");
            pages[index].digest = Digest::of(b"rendered again");
        }
        let kept = CacheContents { documents: documents.iter().collect(), site: None };
        let mut copied = Vec::new();
        let state = CacheState { pages: pages.clone(), ..CacheState::default() };
        state.write(&kept, &previous, &mut copied).expect("written");
        assert!(copied == written(&documents, &contents, pages, &BuildCache::default()));
    }

    #[test]
    fn cache_rejects_damaged_files() {
        let whole = bytes(&[content("a"), content("b")], &BuildCache::default());
        let everything = || (0..2).map(DocumentId::at).collect();
        let read = |bytes: Vec<u8>| {
            let previous = read(bytes)?;
            previous.terms_and_pages()?;
            previous.load_page_indexes(&everything())?;
            slugs(&previous)
        };
        assert!(read(whole.clone()).is_some());
        for cut in 0..whole.len() {
            assert!(read(whole[..cut].to_vec()).is_none(), "cut at {cut}");
        }
        for flipped in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[flipped] ^= 1;
            assert!(read(bytes).is_none(), "flipped at {flipped}");
        }
    }

    #[test]
    fn cache_path_is_relative_to_the_site() {
        let name = |root: &str, output: &str| {
            path(Path::new(root), Path::new(output))
                .file_name()
                .and_then(|name| name.to_str())
                .map(str::to_owned)
        };
        assert_eq!(name("/a/site", "/a/site/public"), name("/b/site", "/b/site/public"));
        assert_ne!(name("/a/site", "/srv/x"), name("/a/site", "/srv/y"));
    }
}
