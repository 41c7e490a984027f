//! The documents that a build works with: read now, or known from the build before.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::{Counter, Watcher};
use crate::collection::Documents;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::document::{self, Card, Details, Document, PackedDetails, StandingPage, TermPage, front_matter};
use crate::source::{self, SiteFile};
use crate::state::{Content, KnownDocument, Previous, Span};

/// The documents of a site, as they were read now or by an earlier build.
pub(super) struct Shelf {
    /// Sorted by path.
    files: Vec<SiteFile>,
    /// One for each of `files`; none for those that have an error.
    documents: Vec<Option<Held>>,
    /// What was found while reading.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The documents whose bytes are not those that the build before knew, if to all pages but their own they say what
    /// they said.
    pub(super) edited: Option<HashSet<Arc<str>>>,
}

/// One document.
struct Held {
    known: KnownDocument,
    content: Content,
    /// What only its own page shows, if it was read now and the page has not taken it yet.
    details: Mutex<Option<PackedDetails>>,
    /// Whether its bytes are those that the build before knew.
    is_same: bool,
}

/// A document as it was read now or by an earlier build, and what there is to say about it.
struct Read {
    held: Option<Held>,
    diagnostics: Vec<Diagnostic>,
}

impl Shelf {
    /// Reads all documents in parallel, but for those of which `previous` holds still. `contents` are what the documents
    /// of `previous` said.
    pub(super) fn read(
        files: Vec<SiteFile>,
        config: &Config,
        previous: &Previous,
        contents: &[Content],
        looked_at: i64,
        watcher: Watcher<'_>,
    ) -> Self {
        let counter = Counter::new("reading", files.len(), watcher);
        let before = &previous.state.documents;
        let known = |file: &SiteFile| {
            let place = before.binary_search_by(|document| document.path.cmp(&file.path)).ok()?;
            Some((before.get(place)?, contents.get(place)?))
        };
        let read = |file: &SiteFile| {
            let read = read_document(file, known(file), config, looked_at);
            counter.one_more();
            read
        };
        let read: Vec<Read> = files.par_iter().map(read).collect();
        let mut diagnostics = Vec::new();
        let keep = |read: Read| {
            diagnostics.extend(read.diagnostics);
            read.held
        };
        let documents: Vec<Option<Held>> = read.into_iter().map(keep).collect();
        let is_as_before = |(held, before): (&Option<Held>, &KnownDocument)| {
            held.as_ref()
                .is_some_and(|held| held.known.path == before.path && held.known.content == before.content)
        };
        let says_the_same = documents.len() == before.len() && documents.iter().zip(before).all(is_as_before);
        let edited = documents.iter().flatten().filter(|held| !held.is_same);
        let edited = says_the_same.then(|| edited.map(|held| Arc::clone(&held.known.path)).collect());
        Self { files, documents, diagnostics, edited }
    }

    /// How many documents have an error.
    pub(super) fn left_out(&self) -> usize {
        self.documents.iter().filter(|held| held.is_none()).count()
    }

    fn index(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()
    }

    fn held(&self, path: &str) -> Option<&Held> {
        self.documents.get(self.index(path)?)?.as_ref()
    }

    /// The digest of the bytes of the document at `path`.
    pub(super) fn digest(&self, path: &str) -> Option<Digest> {
        self.held(path).map(|held| held.known.digest)
    }

    /// A diagnostic about a key of a document, with the place of that key.
    pub(super) fn at_its_key(&self, diagnostic: Diagnostic) -> Diagnostic {
        let path = diagnostic.place.file.strip_prefix("content/").unwrap_or_default();
        let file = self.index(path).and_then(|index| self.files.get(index));
        let (Some(key), Some(file)) = (diagnostic.key, file) else { return diagnostic };
        let Ok(bytes) = source::read(&file.on_disk(), &file.shown()) else { return diagnostic };
        Diagnostic { place: front_matter::place_of_key(&file.shown(), &bytes, key), ..diagnostic }
    }

    /// What a collection is made of, by kind and in the order of paths.
    pub(super) fn sorted_by_kind(&self) -> Documents {
        let mut sorted = Documents::default();
        for held in self.documents.iter().flatten() {
            match &held.content {
                Content::Article(card) => sorted.cards.push(Arc::clone(card)),
                Content::Topic(page) => sorted.topics.push(TermPage::clone(page)),
                Content::Provider(page) => sorted.providers.push(TermPage::clone(page)),
                Content::Page(page) => sorted.pages.push(StandingPage::clone(page)),
            }
        }
        sorted
    }

    /// From when until when the same articles are due.
    pub(super) fn span(&self, config: &Config) -> Span {
        let articles = self.documents.iter().flatten().filter_map(|held| match &held.content {
            Content::Article(card) if card.published || config.unpublished => Some(card),
            _ => None,
        });
        let instant = |card: &Arc<Card>| card.published_at;
        let (due, to_come): (Vec<DateTime<Utc>>, Vec<DateTime<Utc>>) =
            articles.map(instant).partition(|instant| *instant <= config.now);
        if config.future {
            return Span::default();
        }
        Span { since: due.into_iter().max(), until: to_come.into_iter().min() }
    }

    /// What only the own page of the article at `path` shows: taken from memory once, read again later and where an
    /// earlier build read it.
    pub(super) fn details(&self, path: &str, config: &Config) -> Result<Details, Diagnostic> {
        let Some(index) = self.index(path) else { return Ok(Details::default()) };
        let (file, held) = (&self.files[index], self.documents[index].as_ref());
        let packed = held.and_then(|held| held.details.lock().ok()?.take());
        if let Some(details) = packed.and_then(PackedDetails::unpack) {
            return Ok(details);
        }
        let bytes = read(file)?;
        let is_same = held.is_some_and(|held| held.known.digest == Digest::of(&bytes));
        match document::read(file, &bytes, config).0 {
            Some(Document::Article(article)) if is_same => Ok(article.details),
            _ => Err(Diagnostic::error(
                Place::file(file.shown()),
                "this file was changed while the site was built",
            )
            .help("build once more")),
        }
    }

    /// What is known of the documents, and what they say, for the next build.
    pub(super) fn known(&self) -> Vec<(&KnownDocument, &Content)> {
        self.documents.iter().flatten().map(|held| (&held.known, &held.content)).collect()
    }
}

fn read(file: &SiteFile) -> Result<Vec<u8>, Diagnostic> {
    source::read_stamped(&file.on_disk(), file.stamp, &file.shown())
}

fn read_document(
    file: &SiteFile,
    known: Option<(&KnownDocument, &Content)>,
    config: &Config,
    looked_at: i64,
) -> Read {
    let as_before = |known: KnownDocument, content: &Content| {
        let diagnostics = known.diagnostics.clone();
        let held = Held { known, content: content.clone(), details: Mutex::default(), is_same: true };
        Read { held: Some(held), diagnostics }
    };
    if let Some((known, content)) = known
        && known.stamp == Some(file.stamp)
    {
        return as_before(known.clone(), content);
    }
    let bytes = match read(file) {
        Ok(bytes) => bytes,
        Err(diagnostic) => return Read { held: None, diagnostics: vec![diagnostic] },
    };
    let digest = Digest::of(&bytes);
    let stamp = Some(file.stamp).filter(|stamp| stamp.is_settled(looked_at));
    if let Some((known, content)) = known
        && known.digest == digest
    {
        return as_before(KnownDocument { stamp, ..known.clone() }, content);
    }
    let (document, diagnostics) = document::read(file, &bytes, config);
    let Some(document) = document else { return Read { held: None, diagnostics } };
    let (content, details) = match document {
        Document::Article(article) => {
            (Content::Article(Arc::new(article.card)), Some(article.details.pack()))
        }
        Document::Topic(page) => (Content::Topic(Box::new(page)), None),
        Document::Provider(page) => (Content::Provider(Box::new(page)), None),
        Document::Page(page) => (Content::Page(Box::new(page)), None),
    };
    let known = KnownDocument {
        path: Arc::clone(&file.path),
        stamp,
        digest,
        content: content.digest(),
        diagnostics: diagnostics.clone(),
    };
    Read { held: Some(Held { known, content, details: Mutex::new(details), is_same: false }), diagnostics }
}
