//! What a build leaves for the next one: what it knows of the documents that it read and of the files that it wrote.
//!
//! A state is only ever a reason to do less. What it says is used where it is proven to hold still; without a state, or
//! with one that is damaged or of another newsgen, everything is done anew.
//!
//! In the file, what the documents say lies before everything else, in chunks: a build that needs no document's content
//! reads none, and one that changes few documents copies the chunks of all others. Behind them lie the documents' places
//! on the site and the frame of its collection, of which a build reads the part that it needs; then what is known of
//! documents and of pages, which every build reads. All of that lies in sections, which are decoded in parallel. At the
//! end come the directory, which says what lies where, and its length and digest.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::collection::{DocumentId, Frame, Withheld};
use crate::diagnostic::Diagnostic;
use crate::digest::{self, Digest};
use crate::document::{Card, StandingPage, TermPage};
use crate::publish::Staged;
use crate::slug::{shortened, slugify};
use crate::source::{self, FileInPlace, Stamp};

/// The folder of a site that holds its states; safe to delete.
pub const FOLDER: &str = ".newsgen";

/// The first bytes of a state.
const MAGIC: &[u8] = b"newsgen state 10\n";

/// How many bytes the length and the digest of the directory have.
const FOOTER: usize = 8 + 16;

/// No directory is longer, in bytes, and no state: what is longer is not used.
const LONGEST_DIRECTORY: u64 = 1 << 28;
const LONGEST_STATE: u64 = 1 << 32;

/// How many documents or pages a section holds.
const PER_SECTION: usize = 1024;

/// How many chunks the documents' contents are spread over, by their paths.
const CHUNKS: usize = 256;

/// Which newsgen this is: what another one left is not used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Of the executable, unless it was so fresh that it may have changed again without changing its stamp.
    pub stamp: Option<Stamp>,
    /// Of its bytes.
    pub digest: Digest,
}

/// What a build knows, but for what its documents say.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// The newsgen that wrote it.
    pub program: Program,
    /// On what the reading of every document depends: this newsgen and the configuration.
    pub reading: Digest,
    /// On what the site depends beside its documents and the instant of the build. None where that is not known, or the
    /// site had errors.
    pub site: Option<Digest>,
    /// Of the lock file of addresses as the build left it.
    pub lock: Digest,
    /// When the same documents make the same site.
    pub span: Span,
    /// The sources beside the documents, relative to the site's root, each with a digest that differs where they do.
    pub site_files: BTreeMap<String, Digest>,
    /// What the site is made of.
    pub census: Census,
    /// What there is to say about the site beside what the look at its folders says.
    pub diagnostics: Vec<Diagnostic>,
    /// The documents that have no error, sorted by path.
    #[serde(skip)]
    pub documents: Vec<KnownDocument>,
    /// What was written, sorted by path.
    #[serde(skip)]
    pub pages: Vec<KnownPage>,
}

impl State {
    /// How many documents and other sources that a build read were at a path relative to the site's root, or below it.
    pub fn sources_at(&self, shown: &str) -> usize {
        let below = format!("{shown}/");
        let files = self.site_files.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
        let documents = below.strip_prefix("content/").map_or(0, |below| {
            let start = |path: &str| self.documents.partition_point(|document| *document.path < *path);
            let itself = below.trim_end_matches('/');
            let is_there =
                self.documents.get(start(itself)).is_some_and(|document| *document.path == *itself);
            let documents = self.documents.iter().skip(start(below));
            documents.take_while(|document| document.path.starts_with(below)).count() + usize::from(is_there)
        });
        documents + files.count() + usize::from(self.site_files.contains_key(shown))
    }
}

/// What a site is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Articles that take part.
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

/// From one instant to before another one; without end where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first instant.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub since: Option<DateTime<Utc>>,
    /// The first instant that does not belong to it any more.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub until: Option<DateTime<Utc>>,
}

impl Span {
    /// Takes out all that lies on the other side of `border` than `now`; the border itself lies behind it.
    pub fn end_at(&mut self, border: DateTime<Utc>, now: DateTime<Utc>) {
        if border <= now {
            self.since = self.since.max(Some(border));
        } else {
            self.until = Some(self.until.map_or(border, |until| until.min(border)));
        }
    }

    /// Whether an instant lies in it.
    pub fn holds(&self, instant: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| since <= instant) && self.until.is_none_or(|until| instant < until)
    }
}

/// A document as it was read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KnownDocument {
    /// Relative to `content/`, with `/` between folders.
    pub path: Arc<str>,
    /// Its stamp, unless it was so fresh that it may have changed again without changing its stamp.
    pub stamp: Option<Stamp>,
    /// Of its bytes.
    pub digest: Digest,
    /// Of what it says to other pages than its own.
    pub content: Digest,
    /// What there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a document says to other pages than its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Content {
    /// An article.
    Article(Arc<Card>),
    /// The page of a topic.
    Topic(Box<TermPage>),
    /// The page of a provider.
    Provider(Box<TermPage>),
    /// A page that stands by itself.
    Page(Box<StandingPage>),
}

impl Content {
    /// Of all that it says.
    pub fn digest(&self) -> Digest {
        Digest::of_value(self)
    }
}

/// A file as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPage {
    /// Below the output folder, with `/` between folders.
    pub path: Arc<str>,
    /// Of all that it was made from; none where that is not known.
    pub origin: Option<Digest>,
    /// Of its bytes.
    pub digest: Digest,
    /// Its stamp in the output folder.
    pub stamp: Stamp,
}

impl KnownPage {
    /// What is known of a file that is in its place, or will be.
    pub fn new(file: &Staged, origin: Option<Digest>) -> Self {
        Self { path: Arc::clone(&file.path), origin, digest: file.digest(), stamp: file.stamp }
    }
}

/// Where a document is on the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The place of an article's own page among the state's pages; none where it has none.
    pub page: Option<u32>,
    /// The place of its AMP page there.
    pub amp_page: Option<u32>,
    /// What is related to the article, in the order in which it is shown.
    pub related: Vec<Relation>,
}

/// An item of an article's list of related ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Relation {
    /// The article of a document of this site. Documents have the ids of a build in which none had an error.
    Own(DocumentId),
    /// The item at this place of the article's own `related`.
    External(u32),
}

/// What a state holds beside what every build reads.
pub struct Contents<'a> {
    /// The documents that have no error, sorted by path, each with what it says.
    pub documents: Vec<(&'a KnownDocument, &'a Content)>,
    /// Where each of them is.
    pub places: Vec<Place>,
    /// The frame of the collection.
    pub frame: Frame<'a>,
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
struct Chunk {
    section: Section,
    /// Of the paths and contents of its documents.
    identity: Digest,
}

/// What lies where in the file: the parts in their order, each behind the one before it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Directory {
    /// Without its documents and pages.
    state: State,
    chunks: Vec<Chunk>,
    places: Vec<Section>,
    frame: Section,
    documents: Vec<Section>,
    pages: Vec<Section>,
}

impl Directory {
    /// Where the chunks lie.
    fn chunks(&self) -> Option<Range<u64>> {
        behind(MAGIC.len() as u64, self.chunks.iter().map(|chunk| &chunk.section))
    }

    /// Where the places lie.
    fn places(&self) -> Option<Range<u64>> {
        behind(self.chunks()?.end, &self.places)
    }

    /// Where the frame lies.
    fn frame(&self) -> Option<Range<u64>> {
        behind(self.places()?.end, [&self.frame])
    }

    /// Where all lies that every build reads.
    fn known(&self) -> Option<Range<u64>> {
        behind(self.frame()?.end, self.documents.iter().chain(&self.pages))
    }
}

/// Where sections lie of which the first begins at `start`.
fn behind<'s>(start: u64, sections: impl IntoIterator<Item = &'s Section>) -> Option<Range<u64>> {
    let mut sections = sections.into_iter();
    let end = sections.try_fold(start, |end, section| end.checked_add(section.length as u64))?;
    Some(start..end)
}

/// Where the section with a number lies.
fn nth<'s>(
    start: u64,
    mut sections: impl Iterator<Item = &'s Section>,
    number: usize,
) -> Option<(Section, Range<u64>)> {
    let mut end = start;
    for section in sections.by_ref().take(number) {
        end = end.checked_add(section.length as u64)?;
    }
    let section = *sections.next()?;
    Some((section, end..end.checked_add(section.length as u64)?))
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
    file: &FileInPlace,
    sections: &[Section],
    start: &mut u64,
) -> Option<Vec<T>> {
    let mut list = Vec::new();
    for some in sections.chunks(SECTIONS_AT_ONCE) {
        let range = behind(*start, some)?;
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

/// What the previous build left.
#[derive(Debug, Default)]
pub struct Previous {
    /// What it knew, but for what its documents said.
    pub state: State,
    directory: Directory,
    file: Option<FileInPlace>,
    /// The bytes of the chunks, once they are read.
    chunks: Vec<u8>,
}

impl Previous {
    /// The state in a file, if all is whole that every build reads.
    pub fn read(file: FileInPlace) -> Option<Self> {
        let begins_right = file.bytes(0..MAGIC.len() as u64).is_ok_and(|bytes| bytes == MAGIC);
        let end = Some(file.length()).filter(|length| begins_right && *length <= LONGEST_STATE)?;
        let footer_start = end.checked_sub(FOOTER as u64)?;
        let footer = file.bytes(footer_start..end).ok()?;
        let (length, digest) = footer.split_first_chunk::<8>()?;
        let length = Some(u64::from_le_bytes(*length)).filter(|length| *length <= LONGEST_DIRECTORY)?;
        let directory_start = footer_start.checked_sub(length)?;
        let bytes = file.bytes(directory_start..footer_start).ok()?;
        let is_whole = Digest::of(&bytes).as_bytes() == digest;
        let mut directory: Directory = postcard::from_bytes(&bytes).ok().filter(|_| is_whole)?;
        let known = directory.known().filter(|known| known.end == directory_start)?;
        let (mut start, mut state) = (known.start, std::mem::take(&mut directory.state));
        state.documents = decode_list(&file, &directory.documents, &mut start)?;
        state.pages = decode_list(&file, &directory.pages, &mut start)?;
        Some(Self { state, directory, file: Some(file), chunks: Vec::new() })
    }

    /// This without what it knows of documents.
    #[must_use]
    pub fn without_documents(self) -> Self {
        let state = State { documents: Vec::new(), ..self.state };
        Self { state, ..Self::default() }
    }

    /// What the documents of the state said, in their order; nothing where a chunk is damaged.
    pub fn contents(&mut self) -> Option<Vec<Content>> {
        let Some(file) = &self.file else { return Some(Vec::new()) };
        self.chunks = file.bytes(self.directory.chunks()?).ok()?;
        let chunks: Option<Vec<Vec<Content>>> =
            self.sections().into_par_iter().map(|(section, bytes)| section.decode(bytes)).collect();
        let mut chunks: Vec<_> = chunks?.into_iter().map(Vec::into_iter).collect();
        let documents = self.state.documents.iter();
        documents.map(|document| chunks.get_mut(chunk_of(&document.path))?.next()).collect()
    }

    /// The chunks with their bytes.
    fn sections(&self) -> Vec<(Section, Option<&[u8]>)> {
        with_bytes(self.directory.chunks.iter().map(|chunk| chunk.section), &self.chunks)
    }

    /// What some documents of the state said, by their ids; nothing where it is damaged.
    pub fn some_contents(&self, wanted: &BTreeSet<DocumentId>) -> Option<BTreeMap<DocumentId, Content>> {
        let chunks: Vec<usize> =
            self.state.documents.par_iter().map(|document| chunk_of(&document.path)).collect();
        let numbers: BTreeSet<usize> =
            wanted.iter().map(|id| chunks.get(id.index()).copied()).collect::<Option<_>>()?;
        let start = self.directory.chunks()?.start;
        let sections = || self.directory.chunks.iter().map(|chunk| &chunk.section);
        let mut found = BTreeMap::new();
        for number in numbers {
            let members = chunks.iter().enumerate().filter(|(_, chunk)| **chunk == number);
            let contents: Vec<Content> = self.decode(nth(start, sections(), number)?)?;
            let with_ids = members.map(|(index, _)| DocumentId::at(index)).zip(contents);
            found.extend(with_ids.filter(|(id, _)| wanted.contains(id)));
        }
        Some(found)
    }

    /// Where some documents of the state are, by their ids; nothing where that is damaged.
    pub fn some_places(&self, wanted: &BTreeSet<DocumentId>) -> Option<BTreeMap<DocumentId, Place>> {
        let numbers: BTreeSet<usize> = wanted.iter().map(|id| id.index() / PER_SECTION).collect();
        let start = self.directory.places()?.start;
        let mut found = BTreeMap::new();
        for number in numbers {
            let places: Vec<Place> = self.decode(nth(start, self.directory.places.iter(), number)?)?;
            let ids = (number * PER_SECTION..).map(DocumentId::at);
            found.extend(ids.zip(places).filter(|(id, _)| wanted.contains(id)));
        }
        Some(found)
    }

    /// The frame of the collection; nothing where it is damaged.
    pub fn frame(&self) -> Option<Frame<'static>> {
        self.decode((self.directory.frame, self.directory.frame()?))
    }

    fn decode<T: DeserializeOwned>(&self, (section, range): (Section, Range<u64>)) -> Option<T> {
        let bytes = self.file.as_ref()?.bytes(range).ok()?;
        section.decode(Some(&bytes))
    }

    /// Writes this state with other `documents` and `pages`, which say where they belong. Everything else is copied as it
    /// is, so no document says anything else than it said.
    ///
    /// # Errors
    /// Those of `out`, and of the file that is copied from.
    pub fn rewrite(
        &self,
        documents: &BTreeMap<DocumentId, KnownDocument>,
        pages: &BTreeMap<usize, KnownPage>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let known = self.directory.known().ok_or(io::ErrorKind::InvalidData)?;
        file.copy(0..known.start, out)?;
        let mut copied = Copied { file, end: known.start };
        let documents = documents.iter().map(|(id, document)| (id.index(), document)).collect();
        let documents = copied.with(&documents, &self.state.documents, &self.directory.documents, out)?;
        let pages = pages.iter().map(|(index, page)| (*index, page)).collect();
        let pages = copied.with(&pages, &self.state.pages, &self.directory.pages, out)?;
        let state = self.state.without_lists();
        write_directory(&Directory { state, documents, pages, ..self.directory.clone() }, out)
    }
}

/// A file that is copied, as far as it is.
struct Copied<'f> {
    file: &'f FileInPlace,
    end: u64,
}

impl Copied<'_> {
    /// Goes on with the sections of a list, of which those that hold one of the `changed` values are made anew.
    fn with<T: Serialize>(
        &mut self,
        changed: &BTreeMap<usize, &T>,
        list: &[T],
        sections: &[Section],
        out: &mut impl Write,
    ) -> io::Result<Vec<Section>> {
        let mut written = Vec::with_capacity(sections.len());
        for ((number, values), section) in list.chunks(PER_SECTION).enumerate().zip(sections) {
            let (first, start) = (number * PER_SECTION, self.end);
            self.end += section.length as u64;
            if changed.range(first..first + values.len()).next().is_none() {
                self.file.copy(start..self.end, out)?;
                written.push(*section);
                continue;
            }
            let now = |(index, value)| *changed.get(&index).unwrap_or(&value);
            let bytes = encoded(&(first..).zip(values).map(now).collect::<Vec<&T>>());
            out.write_all(&bytes)?;
            written.push(Section::of(&bytes));
        }
        Ok(written)
    }
}

impl State {
    /// This but for its documents and pages.
    fn without_lists(&self) -> Self {
        Self {
            program: self.program,
            reading: self.reading,
            site: self.site,
            lock: self.lock,
            span: self.span,
            site_files: self.site_files.clone(),
            census: self.census,
            diagnostics: self.diagnostics.clone(),
            documents: Vec::new(),
            pages: Vec::new(),
        }
    }

    /// Writes this state with the documents of `contents` in place of its own. What `previous` holds of their contents
    /// already is copied.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(
        self,
        contents: &Contents<'_>,
        previous: &Previous,
        out: &mut (impl Write + Send),
    ) -> io::Result<()> {
        out.write_all(MAGIC)?;
        let chunks = write_chunks(&contents.documents, previous, out)?;
        let places = write_sections(&contents.places, |place| place, out)?;
        let frame = encoded(&contents.frame);
        out.write_all(&frame)?;
        let documents = write_sections(&contents.documents, |(document, _)| *document, out)?;
        let pages = write_sections(&self.pages, |page| page, out)?;
        let frame = Section::of(&frame);
        write_directory(&Directory { state: self, chunks, places, frame, documents, pages }, out)
    }
}

fn write_directory(directory: &Directory, out: &mut impl Write) -> io::Result<()> {
    let bytes = encoded(directory);
    out.write_all(&bytes)?;
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(Digest::of(&bytes).as_bytes())
}

fn write_chunks(
    documents: &[(&KnownDocument, &Content)],
    previous: &Previous,
    out: &mut (impl Write + Send),
) -> io::Result<Vec<Chunk>> {
    let mut members: Vec<Vec<(&KnownDocument, &Content)>> = vec![Vec::new(); CHUNKS];
    for (document, content) in documents {
        if let Some(members) = members.get_mut(chunk_of(&document.path)) {
            members.push((document, content));
        }
    }
    let old: Vec<(&Chunk, Option<&[u8]>)> = previous
        .directory
        .chunks
        .iter()
        .zip(previous.sections().into_iter().map(|(_, bytes)| bytes))
        .collect();
    let chunk = |(number, members): (usize, &Vec<(&KnownDocument, &Content)>)| {
        let names =
            members.iter().flat_map(|(document, _)| [document.path.as_bytes(), document.content.as_bytes()]);
        let identity = Digest::of_parts(names);
        if let Some((chunk, Some(bytes))) = old.get(number)
            && chunk.identity == identity
        {
            return (**chunk, Cow::Borrowed(*bytes));
        }
        let contents: Vec<&Content> = members.iter().map(|(_, content)| *content).collect();
        let bytes = encoded(&contents);
        (Chunk { section: Section::of(&bytes), identity }, Cow::Owned(bytes))
    };
    in_waves(&members.iter().enumerate().collect::<Vec<_>>(), |numbered| chunk(*numbered), out)
}

fn write_sections<T: Sync, K: Serialize>(
    list: &[T],
    known: impl Fn(&T) -> &K + Sync,
    out: &mut (impl Write + Send),
) -> io::Result<Vec<Section>> {
    let slices: Vec<&[T]> = list.chunks(PER_SECTION).collect();
    let section = |slice: &&[T]| {
        let bytes = encoded(&slice.iter().map(&known).collect::<Vec<&K>>());
        (Section::of(&bytes), Cow::Owned(bytes))
    };
    in_waves(&slices, section, out)
}

/// Encodes items in parallel and writes them in their order, some at a time, so that a large state takes little memory.
/// While some are written the next ones are encoded.
fn in_waves<'b, T: Sync, N: Send + Sync>(
    items: &[T],
    encode: impl Fn(&T) -> (N, Cow<'b, [u8]>) + Sync,
    out: &mut (impl Write + Send),
) -> io::Result<Vec<N>> {
    let mut notes = Vec::with_capacity(items.len());
    let mut encoded: Vec<(N, Cow<'b, [u8]>)> = Vec::new();
    for some in items.chunks(2 * rayon::current_num_threads()) {
        let write = || encoded.iter().try_for_each(|(_, bytes)| out.write_all(bytes));
        let (written, next) = rayon::join(write, || some.par_iter().map(&encode).collect());
        written?;
        notes.extend(std::mem::replace(&mut encoded, next).into_iter().map(|(note, _)| note));
    }
    for (note, bytes) in encoded {
        out.write_all(&bytes)?;
        notes.push(note);
    }
    Ok(notes)
}

fn chunk_of(path: &str) -> usize {
    Digest::of(path.as_bytes()).as_bytes().first().copied().map_or(0, usize::from)
}

/// The bytes of a part. All that a state consists of can be encoded; a part without bytes would not be read again.
fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
    digest::encoded(value).unwrap_or_default()
}

/// Where a site remembers the addresses that its articles had, whatever the output folder.
pub fn address_history(root: &Path) -> PathBuf {
    root.join(FOLDER).join("addresses")
}

/// The file that a build holds locked from when it reads which addresses are reserved until it has published the site, whatever the
/// output folder.
pub fn address_lock(root: &Path) -> PathBuf {
    root.join(FOLDER).join("addresses-lock")
}

/// Where the state of a site's output folder lies, by whatever path the folder is named. A folder inside the site is named as it is seen from there, so that a
/// site can be moved with its states.
pub fn path(root: &Path, output: &Path) -> PathBuf {
    let (real_root, output) = (source::real_path(root), source::real_path(output));
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

    fn content(name: &str) -> Content {
        Content::Topic(Box::new(TermPage { slug: name.to_owned(), ..TermPage::default() }))
    }

    fn documents(contents: &[Content]) -> Vec<KnownDocument> {
        let document = |(index, content): (usize, &Content)| KnownDocument {
            path: format!("topics/{index}.md").into(),
            stamp: Some(Stamp { length: 3, changed_at: -4, touched_at: 9 }),
            digest: Digest::of(b"c"),
            content: content.digest(),
            diagnostics: Vec::new(),
        };
        contents.iter().enumerate().map(document).collect()
    }

    fn place(index: usize) -> Place {
        let page = u32::try_from(index).ok();
        let amp_page = page.map(|page| page + 1);
        Place {
            page,
            amp_page,
            related: vec![Relation::Own(DocumentId::at(index + 1)), Relation::External(7)],
        }
    }

    fn page(index: usize) -> KnownPage {
        let stamp = Stamp { length: 5, changed_at: 6, touched_at: 0 };
        KnownPage { path: format!("{index:06}").into(), origin: None, digest: Digest::of(b"p"), stamp }
    }

    fn bytes(contents: &[Content], previous: &Previous) -> Vec<u8> {
        written(&documents(contents), contents, (0..contents.len()).map(page).collect(), previous)
    }

    fn written(
        documents: &[KnownDocument],
        contents: &[Content],
        pages: Vec<KnownPage>,
        previous: &Previous,
    ) -> Vec<u8> {
        let (config, mut bytes) = (config(), Vec::new());
        let (collection, _) =
            Collection::new(Documents::default(), &config, &Reservations::default().index(&[]));
        let contents = Contents {
            places: (0..contents.len()).map(place).collect(),
            documents: documents.iter().zip(contents).collect(),
            frame: collection.frame(),
        };
        State { pages, ..State::default() }.write(&contents, previous, &mut bytes).expect("written");
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
        Config::read("site.toml", text, &overrides).expect("config")
    }

    fn read(bytes: Vec<u8>) -> Option<Previous> {
        Previous::read(FileInPlace::InMemory(bytes))
    }

    fn slugs(previous: &mut Previous) -> Option<Vec<String>> {
        let slug = |content| match content {
            Content::Topic(page) => page.slug,
            _ => String::new(),
        };
        Some(previous.contents()?.into_iter().map(slug).collect())
    }

    #[test]
    fn a_state_survives_its_encoding() {
        let names: Vec<String> = (0..1000).map(|number| format!("t{number}")).collect();
        let contents: Vec<Content> = names.iter().map(|name| content(name)).collect();
        let mut decoded = read(bytes(&contents, &Previous::default())).expect("state");
        assert_eq!(decoded.state.documents.len(), 1000);
        assert_eq!(slugs(&mut decoded), Some(names));
    }

    #[test]
    fn a_state_is_the_same_whether_chunks_are_copied_or_not() {
        let mut contents: Vec<Content> = (0..1000).map(|number| content(&number.to_string())).collect();
        let mut previous = read(bytes(&contents, &Previous::default())).expect("state");
        previous.contents().expect("contents");
        contents[500] = content("another");
        assert_eq!(bytes(&contents, &previous), bytes(&contents, &Previous::default()));
    }

    #[test]
    fn some_contents_and_places_are_those_of_their_documents() {
        let names: Vec<String> = (0..3000).map(|number| format!("t{number}")).collect();
        let contents: Vec<Content> = names.iter().map(|name| content(name)).collect();
        let previous = read(bytes(&contents, &Previous::default())).expect("state");
        let wanted: BTreeSet<DocumentId> = [0, 5, 1023, 1024, 2999].map(DocumentId::at).into();
        let found = previous.some_contents(&wanted).expect("contents");
        let digests: Vec<_> = found.iter().map(|(id, found)| (*id, found.digest())).collect();
        let expected = wanted.iter().map(|id| (*id, contents[id.index()].digest()));
        assert_eq!(digests, expected.collect::<Vec<_>>());
        let places = previous.some_places(&wanted).expect("places");
        assert!(places.into_iter().eq(wanted.iter().map(|id| (*id, place(id.index())))));
        assert!(previous.frame().is_some());
    }

    #[test]
    fn a_state_is_the_same_whether_it_is_written_or_rewritten() {
        let contents: Vec<Content> = (0..3000).map(|number| content(&number.to_string())).collect();
        let previous = read(bytes(&contents, &Previous::default())).expect("state");
        let State { mut documents, mut pages, .. } = previous.state.clone();
        let (mut edited, mut made) = (BTreeMap::new(), BTreeMap::new());
        for index in [1023, 2999] {
            documents[index].digest = Digest::of(b"edited");
            edited.insert(DocumentId::at(index), documents[index].clone());
            pages[index].digest = Digest::of(b"made anew");
            made.insert(index, pages[index].clone());
        }
        let mut rewritten = Vec::new();
        previous.rewrite(&edited, &made, &mut rewritten).expect("rewritten");
        assert!(rewritten == written(&documents, &contents, pages, &Previous::default()));
    }

    #[test]
    fn what_is_damaged_is_not_used() {
        let whole = bytes(&[content("a"), content("b")], &Previous::default());
        let everything = || (0..2).map(DocumentId::at).collect();
        let read = |bytes: Vec<u8>| {
            let mut previous = read(bytes)?;
            previous.frame()?;
            previous.some_places(&everything())?;
            slugs(&mut previous)
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
    fn an_output_folder_inside_the_site_is_named_from_there() {
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
