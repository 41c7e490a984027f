//! What a build leaves for the next one: what it knows of the documents that it read and of the files that it wrote.
//!
//! A state is only ever a reason to do less. What it says is used where it is proven to hold still; without a state, or
//! with one that is damaged or of another newsgen, everything is done anew.
//!
//! In the file, what the documents say lies before everything else, in chunks: a build that needs no document's content
//! reads none, and one that changes few documents copies the chunks of all others. Behind them lie what is known of
//! documents and of pages, in sections, which are decoded in parallel; then the directory, which says where all of that
//! lies; and at the end the length and the digest of the directory.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::document::{Card, StandingPage, TermPage};
use crate::slug::slugify;
use crate::source::{FileInPlace, Stamp};

/// The folder of a site that holds its states; safe to delete.
pub const FOLDER: &str = ".newsgen";

/// The first bytes of a state.
const MAGIC: &[u8] = b"newsgen state 3\n";

/// How many bytes the length and the digest of the directory have.
const FOOTER: usize = 8 + 16;

/// How many documents or pages a section holds.
const PER_SECTION: usize = 1024;

/// How many chunks the documents' contents are spread over, by their paths.
const CHUNKS: usize = 256;

/// What a build knows, but for what its documents say.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// On what the reading of every document depends: this newsgen and the configuration.
    pub reading: Digest,
    /// On what the site depends beside its documents and the instant of the build. None where that is not known, or the
    /// site had errors.
    pub site: Option<Digest>,
    /// When the same documents make the same site.
    pub span: Span,
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

/// What a site is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Articles that take part.
    pub articles: usize,
    /// Topics that have a page.
    pub topics: usize,
    /// Providers that have a page.
    pub providers: usize,
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

/// A part of the file.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
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

/// Where what lies in the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Directory {
    /// Without its documents and pages.
    state: State,
    chunks: Vec<Chunk>,
    documents: Vec<Section>,
    pages: Vec<Section>,
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

/// The lists that lie in sections, one behind the other.
fn decode_lists<T: DeserializeOwned + Send>(sections: Vec<(Section, Option<&[u8]>)>) -> Option<Vec<T>> {
    let lists: Option<Vec<Vec<T>>> =
        sections.into_par_iter().map(|(section, bytes)| section.decode(bytes)).collect();
    Some(lists?.into_iter().flatten().collect())
}

/// What the previous build left.
#[derive(Debug, Default)]
pub struct Previous {
    /// What it knew, but for what its documents said.
    pub state: State,
    chunks: Vec<Chunk>,
    /// The file with the bytes of the chunks, and these once they are read.
    file: Option<FileInPlace>,
    contents: Vec<u8>,
}

impl Previous {
    /// The state in a file, if all but the chunks is whole.
    pub fn read(file: FileInPlace) -> Option<Self> {
        let begins_right = file.bytes(0..MAGIC.len() as u64).is_ok_and(|bytes| bytes == MAGIC);
        let end = Some(file.length()).filter(|_| begins_right)?;
        let footer_start = end.checked_sub(FOOTER as u64)?;
        let footer = file.bytes(footer_start..end).ok()?;
        let (length, digest) = footer.split_first_chunk::<8>()?;
        let directory_start = footer_start.checked_sub(u64::from_le_bytes(*length))?;
        let directory = file.bytes(directory_start..footer_start).ok()?;
        let is_whole = Digest::of(&directory).as_bytes() == digest;
        let directory: Directory = postcard::from_bytes(&directory).ok().filter(|_| is_whole)?;
        let Directory { mut state, chunks, documents, pages } = directory;
        let sections = || documents.iter().chain(&pages).copied();
        let length = sections().try_fold(0_u64, |sum, section| sum.checked_add(section.length as u64))?;
        let bytes = file.bytes(directory_start.checked_sub(length)?..directory_start).ok()?;
        let mut of_documents = with_bytes(sections(), &bytes);
        let of_pages = of_documents.split_off(documents.len());
        (state.documents, state.pages) = (decode_lists(of_documents)?, decode_lists(of_pages)?);
        Some(Self { state, chunks, file: Some(file), contents: Vec::new() })
    }

    /// This without what it knows of documents.
    #[must_use]
    pub fn without_documents(self) -> Self {
        let state = State { documents: Vec::new(), ..self.state };
        Self { state, ..Self::default() }
    }

    /// What the documents of the state said, in their order; nothing where a chunk is damaged.
    pub fn contents(&mut self) -> Option<Vec<Content>> {
        let Some(file) = self.file.take() else { return Some(Vec::new()) };
        let start = MAGIC.len() as u64;
        let length =
            self.chunks.iter().try_fold(0_u64, |sum, chunk| sum.checked_add(chunk.section.length as u64))?;
        self.contents = file.bytes(start..start.checked_add(length)?).ok()?;
        let chunks: Option<Vec<Vec<Content>>> =
            self.sections().into_par_iter().map(|(section, bytes)| section.decode(bytes)).collect();
        let mut chunks: Vec<_> = chunks?.into_iter().map(Vec::into_iter).collect();
        let documents = self.state.documents.iter();
        documents.map(|document| chunks.get_mut(chunk_of(&document.path))?.next()).collect()
    }

    /// The chunks with their bytes.
    fn sections(&self) -> Vec<(Section, Option<&[u8]>)> {
        with_bytes(self.chunks.iter().map(|chunk| chunk.section), &self.contents)
    }
}

impl State {
    /// Writes this state with `documents` in place of its own, sorted by path, each with what it says. What `previous`
    /// holds of that already is copied.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(
        self,
        documents: &[(&KnownDocument, &Content)],
        previous: &Previous,
        out: &mut impl Write,
    ) -> io::Result<()> {
        out.write_all(MAGIC)?;
        let chunks = write_chunks(documents, previous, out)?;
        let sections = write_sections(documents, |(document, _)| *document, out)?;
        let pages = write_sections(&self.pages, |page| page, out)?;
        let directory = encoded(&Directory { state: self, chunks, documents: sections, pages });
        out.write_all(&directory)?;
        out.write_all(&(directory.len() as u64).to_le_bytes())?;
        out.write_all(Digest::of(&directory).as_bytes())
    }
}

fn write_chunks(
    documents: &[(&KnownDocument, &Content)],
    previous: &Previous,
    out: &mut impl Write,
) -> io::Result<Vec<Chunk>> {
    let mut members: Vec<Vec<(&KnownDocument, &Content)>> = vec![Vec::new(); CHUNKS];
    for (document, content) in documents {
        members[chunk_of(&document.path)].push((document, content));
    }
    let old: Vec<(&Chunk, Option<&[u8]>)> =
        previous.chunks.iter().zip(previous.sections().into_iter().map(|(_, bytes)| bytes)).collect();
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
    out: &mut impl Write,
) -> io::Result<Vec<Section>> {
    let slices: Vec<&[T]> = list.chunks(PER_SECTION).collect();
    let section = |slice: &&[T]| {
        let bytes = encoded(&slice.iter().map(&known).collect::<Vec<&K>>());
        (Section::of(&bytes), Cow::Owned(bytes))
    };
    in_waves(&slices, section, out)
}

/// Encodes items in parallel and writes them in their order, some at a time, so that a large state takes little memory.
fn in_waves<'b, T: Sync, N: Send>(
    items: &[T],
    encode: impl Fn(&T) -> (N, Cow<'b, [u8]>) + Sync,
    out: &mut impl Write,
) -> io::Result<Vec<N>> {
    let mut notes = Vec::with_capacity(items.len());
    for some in items.chunks(2 * rayon::current_num_threads()) {
        let encoded: Vec<(N, Cow<'b, [u8]>)> = some.par_iter().map(&encode).collect();
        for (note, bytes) in encoded {
            out.write_all(&bytes)?;
            notes.push(note);
        }
    }
    Ok(notes)
}

fn chunk_of(path: &str) -> usize {
    usize::from(Digest::of(path.as_bytes()).as_bytes()[0])
}

/// States consist of numbers, texts and lists of known length, all of which can be encoded.
fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}

/// Where the state of a site's output folder lies. A folder inside the site is named as it is seen from there, so that a
/// site can be moved with its states.
pub fn path(root: &Path, output: &Path) -> PathBuf {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (root_path, output) = (absolute(root), absolute(output));
    let name = output.strip_prefix(&root_path).unwrap_or(&output).to_string_lossy().into_owned();
    let digest = Digest::of(name.as_bytes()).to_string();
    root.join(FOLDER).join(format!("{}-{}.state", slugify(&name), digest.get(..8).unwrap_or("")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::term::TermPage;

    fn content(name: &str) -> Content {
        Content::Topic(Box::new(TermPage { slug: name.to_owned(), ..TermPage::default() }))
    }

    fn documents(contents: &[Content]) -> Vec<KnownDocument> {
        let document = |(index, content): (usize, &Content)| KnownDocument {
            path: format!("topics/{index}.md").into(),
            stamp: Some(Stamp { length: 3, changed_at: -4 }),
            digest: Digest::of(b"c"),
            content: content.digest(),
            diagnostics: Vec::new(),
        };
        contents.iter().enumerate().map(document).collect()
    }

    fn bytes(contents: &[Content], previous: &Previous) -> Vec<u8> {
        let mut bytes = Vec::new();
        let documents = documents(contents);
        let with_contents: Vec<_> = documents.iter().zip(contents).collect();
        State::default().write(&with_contents, previous, &mut bytes).expect("written");
        bytes
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
    fn what_is_damaged_is_not_used() {
        let whole = bytes(&[content("a"), content("b")], &Previous::default());
        let read = |bytes: Vec<u8>| read(bytes).and_then(|mut previous| slugs(&mut previous));
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
