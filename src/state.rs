//! What a build leaves for the next one: what it knows of the documents that it read and of the files that it wrote.
//!
//! A state is only ever a reason to do less. What it says is used where it is proven to hold still; without a state, or
//! with one that is damaged or of another newsgen, everything is done anew.
//!
//! In the file, what the documents say lies behind everything else, in chunks: a build that needs no document's content
//! reads none, and one that changes few documents copies the chunks of all others.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::document::{Card, StandingPage, TermPage};
use crate::slug::slugify;
use crate::source::Stamp;

/// The folder of a site that holds its states; safe to delete.
pub const FOLDER: &str = ".newsgen";

/// The first bytes of a state.
const MAGIC: &[u8] = b"newsgen state 2\n";

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
    pub documents: Vec<KnownDocument>,
    /// What was written, sorted by path.
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
    pub path: String,
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
    Topic(TermPage),
    /// The page of a provider.
    Provider(TermPage),
    /// A page that stands by itself.
    Page(StandingPage),
}

impl Content {
    /// Of all that it says.
    pub fn digest(&self) -> Digest {
        Digest::of(&encoded(self))
    }
}

/// A file as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPage {
    /// Below the output folder, with `/` between folders.
    pub path: String,
    /// Of all that it was made from; none where that is not known.
    pub origin: Option<Digest>,
    /// Of its bytes.
    pub digest: Digest,
    /// Its stamp in the output folder.
    pub stamp: Stamp,
}

/// The contents of some documents, in the order of their paths.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Chunk {
    /// In bytes, behind the chunk before it.
    length: usize,
    /// Of its bytes.
    digest: Digest,
    /// Of the paths and contents of its documents.
    identity: Digest,
}

/// What the previous build left.
#[derive(Debug, Default)]
pub struct Previous {
    /// All but what its documents said.
    pub state: State,
    chunks: Vec<Chunk>,
    /// The bytes of the chunks.
    contents: Vec<u8>,
}

impl Previous {
    /// The state that `bytes` hold, if all but the chunks is whole.
    pub fn decode(mut bytes: Vec<u8>) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (digest, rest) = rest.split_at_checked(Digest::default().as_bytes().len())?;
        let (length, rest) = rest.split_first_chunk::<8>()?;
        let table = rest.get(..usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        let is_whole = Digest::of(table).as_bytes() == digest;
        let (state, chunks) = postcard::from_bytes(table).ok().filter(|_| is_whole)?;
        let start = bytes.len() - rest.len() + table.len();
        bytes.drain(..start);
        Some(Self { state, chunks, contents: bytes })
    }

    /// This without what it knows of documents.
    #[must_use]
    pub fn without_documents(self) -> Self {
        let state = State { documents: Vec::new(), ..self.state };
        Self { state, ..Self::default() }
    }

    /// What the documents of the state said, in their order; nothing where a chunk is damaged.
    pub fn contents(&self) -> Option<Vec<Content>> {
        let chunks: Option<Vec<Vec<Content>>> = self
            .chunks()
            .into_par_iter()
            .map(|(chunk, bytes)| {
                let bytes = bytes.filter(|bytes| Digest::of(bytes) == chunk.digest)?;
                postcard::from_bytes::<Vec<Content>>(bytes).ok()
            })
            .collect();
        let mut chunks: Vec<_> = chunks?.into_iter().map(Vec::into_iter).collect();
        let documents = self.state.documents.iter();
        documents.map(|document| chunks.get_mut(chunk_of(&document.path))?.next()).collect()
    }

    /// Each chunk with its bytes, where these are there.
    fn chunks(&self) -> Vec<(Chunk, Option<&[u8]>)> {
        let mut start = 0_usize;
        let with_bytes = |chunk: &Chunk| {
            let bytes = start.checked_add(chunk.length).and_then(|end| self.contents.get(start..end));
            start = start.saturating_add(chunk.length);
            (*chunk, bytes)
        };
        self.chunks.iter().map(with_bytes).collect()
    }
}

impl State {
    /// The bytes of this state, in parts. `contents` says what its documents say, in their order; what `previous` holds
    /// of it already is copied.
    pub fn encode<'p>(&self, contents: &[&Content], previous: &'p Previous) -> Vec<Cow<'p, [u8]>> {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); CHUNKS];
        for (index, document) in self.documents.iter().enumerate() {
            members[chunk_of(&document.path)].push(index);
        }
        let old = previous.chunks();
        let (chunks, contents): (Vec<Chunk>, Vec<Cow<'p, [u8]>>) = members
            .par_iter()
            .enumerate()
            .map(|(number, members)| {
                let documents = members.iter().filter_map(|index| self.documents.get(*index));
                let parts =
                    documents.flat_map(|document| [document.path.as_bytes(), document.content.as_bytes()]);
                let identity = Digest::of_parts(parts);
                match old.get(number) {
                    Some((chunk, Some(bytes))) if chunk.identity == identity => (*chunk, (*bytes).into()),
                    _ => {
                        let contents: Vec<&&Content> =
                            members.iter().filter_map(|index| contents.get(*index)).collect();
                        let bytes = encoded(&contents);
                        (Chunk { length: bytes.len(), digest: Digest::of(&bytes), identity }, bytes.into())
                    }
                }
            })
            .unzip();
        let table = encoded(&(self, chunks));
        let length = (table.len() as u64).to_le_bytes();
        let head = [MAGIC, Digest::of(&table).as_bytes(), &length].concat();
        [head.into(), table.into()].into_iter().chain(contents).collect()
    }
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
        Content::Topic(TermPage { slug: name.to_owned(), ..TermPage::default() })
    }

    fn state(contents: &[Content]) -> State {
        let document = |(index, content): (usize, &Content)| KnownDocument {
            path: format!("topics/{index}.md"),
            stamp: Some(Stamp { length: 3, changed_at: -4 }),
            digest: Digest::of(b"c"),
            content: content.digest(),
            diagnostics: Vec::new(),
        };
        State { documents: contents.iter().enumerate().map(document).collect(), ..State::default() }
    }

    fn bytes(contents: &[Content], previous: &Previous) -> Vec<u8> {
        state(contents).encode(&contents.iter().collect::<Vec<_>>(), previous).concat()
    }

    fn slugs(previous: &Previous) -> Option<Vec<String>> {
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
        let decoded = Previous::decode(bytes(&contents, &Previous::default())).expect("state");
        assert_eq!(decoded.state.documents.len(), 1000);
        assert_eq!(slugs(&decoded), Some(names));
    }

    #[test]
    fn a_state_is_the_same_whether_chunks_are_copied_or_not() {
        let mut contents: Vec<Content> = (0..1000).map(|number| content(&number.to_string())).collect();
        let previous = Previous::decode(bytes(&contents, &Previous::default())).expect("state");
        contents[500] = content("another");
        assert_eq!(bytes(&contents, &previous), bytes(&contents, &Previous::default()));
    }

    #[test]
    fn what_is_damaged_is_not_used() {
        let whole = bytes(&[content("a"), content("b")], &Previous::default());
        let read = |bytes: Vec<u8>| Previous::decode(bytes).and_then(|previous| slugs(&previous));
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
