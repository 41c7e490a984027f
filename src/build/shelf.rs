//! The documents that a build works with: read now, or known from the build before.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::{Counter, Watcher};
use crate::collection::{DocumentId, Documents, looks_wrong_until};
use crate::config::{ArticlePages, Config};
use crate::diagnostic::{Cause, Diagnostic};
use crate::digest::Digest;
use crate::document::{self, Card, Details, Document, PackedDetails, StandingPage, TermPage, front_matter};
use crate::page::NEWS_SPAN;
use crate::source::{self, Contents, SiteFile};
use crate::state::{Content, KnownDocument, Span, State};

/// The documents of a site, as they were read now or by an earlier build.
pub(super) struct Shelf {
    /// Sorted by path.
    files: Vec<SiteFile>,
    /// One for each of `files`; none for those that have an error.
    documents: Vec<Option<Held>>,
    /// What was found while reading.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether all documents that the build before knew are there and no others, and to all pages but their own they say
    /// what they said.
    says_the_same: bool,
}

/// One document.
struct Held {
    known: KnownDocument,
    content: Said,
    /// What only its own page shows, if it was read now and the page has not taken it yet.
    details: Mutex<Option<PackedDetails>>,
}

/// What a document says to other pages than its own.
enum Said {
    /// Read in this build.
    Now(Content),
    /// What the document at this place of the previous state said.
    AsBefore(usize),
}

/// A document that was read anew and says to all pages but its own what it said.
pub(super) struct Edit {
    pub(super) id: DocumentId,
    pub(super) known: KnownDocument,
    /// Whether it has other bytes.
    pub(super) is_changed: bool,
    pub(super) details: Option<PackedDetails>,
}

/// A document as it was read now or by an earlier build, and what there is to say about it.
struct Read {
    held: Option<Held>,
    diagnostics: Vec<Diagnostic>,
}

impl Shelf {
    /// Reads all documents in parallel, but for those of which `previous` holds still: [`Shelf::complete`] gives them
    /// what they said.
    pub(super) fn read(
        files: Vec<SiteFile>,
        config: &Config,
        previous: &State,
        looked_at: i64,
        watcher: Watcher<'_>,
    ) -> Self {
        let counter = Counter::new("reading", files.len(), watcher);
        let before = &previous.documents;
        let known = |(place, file): (usize, &SiteFile)| {
            let is_meant = |place: &usize| before.get(*place).is_some_and(|known| known.path == file.path);
            let search = || before.binary_search_by(|known| known.path.cmp(&file.path)).ok();
            let place = Some(place).filter(is_meant).or_else(search)?;
            Some((place, before.get(place)?))
        };
        let read = |(place, file): (usize, &SiteFile)| {
            let read = read_document(file, known((place, file)), config, looked_at);
            counter.one_more();
            read
        };
        let read: Vec<Read> = files.par_iter().enumerate().map(read).collect();
        let mut diagnostics = Vec::new();
        let is_of_site = |found: &Diagnostic| config.knows_ignored || found.cause != Cause::Text;
        let keep = |read: Read| {
            diagnostics.extend(read.diagnostics.into_iter().filter(is_of_site));
            read.held
        };
        let documents: Vec<Option<Held>> = read.into_iter().map(keep).collect();
        let is_as_before = |(held, before): (&Option<Held>, &KnownDocument)| {
            held.as_ref()
                .is_some_and(|held| held.known.path == before.path && held.known.content == before.content)
        };
        let says_the_same = documents.len() == before.len() && documents.iter().zip(before).all(is_as_before);
        Self { files, documents, diagnostics, says_the_same }
    }

    /// Gives the documents that were not read what they said before; all are read if that is not known.
    pub(super) fn complete(
        self,
        contents: Option<Vec<Content>>,
        config: &Config,
        looked_at: i64,
        watcher: Watcher<'_>,
    ) -> Self {
        let Some(contents) = contents else {
            return Self::read(self.files, config, &State::default(), looked_at, watcher);
        };
        let mut contents: Vec<Option<Content>> = contents.into_iter().map(Some).collect();
        let mut shelf = self;
        for held in shelf.documents.iter_mut().flatten() {
            if let Said::AsBefore(place) = held.content
                && let Some(content) = contents.get_mut(place).and_then(Option::take)
            {
                held.content = Said::Now(content);
            }
        }
        shelf
    }

    /// The documents whose stamps or bytes are not those of `before`, if all documents say to all pages but their own what
    /// they said, and there is nothing to say about those with other bytes.
    pub(super) fn edits(&self, before: &State) -> Option<Vec<Edit>> {
        if !self.says_the_same {
            return None;
        }
        let criticized: HashSet<&str> = before.diagnostics.iter().map(|found| &*found.place.file).collect();
        let mut edits = Vec::new();
        let documents = self.files.iter().zip(&self.documents).zip(&before.documents);
        for (index, ((file, held), before)) in documents.enumerate() {
            let held = held.as_ref()?;
            let is_changed = held.known.digest != before.digest;
            if is_changed && (!held.known.diagnostics.is_empty() || criticized.contains(&*file.shown())) {
                return None;
            }
            if is_changed || held.known.stamp != before.stamp {
                let details = held.details.lock().ok()?.take();
                edits.push(Edit {
                    id: DocumentId::at(index),
                    known: held.known.clone(),
                    is_changed,
                    details,
                });
            }
        }
        Some(edits)
    }

    /// The documents that are not as they were `before`, relative to the site's root. One with an error was never known.
    pub(super) fn changed(&self, before: &[KnownDocument]) -> Vec<String> {
        if before.is_empty() {
            return Vec::new();
        }
        let now = self.files.iter().zip(&self.documents);
        let mut now =
            now.map(|(file, held)| (&file.path, held.as_ref().map(|held| held.known.digest))).peekable();
        let mut before = before.iter().map(|known| (&known.path, known.digest)).peekable();
        let mut changed = Vec::new();
        loop {
            let order = match (before.peek(), now.peek()) {
                (Some((before, _)), Some((now, _))) => before.cmp(now),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return changed,
            };
            let before = before.next_if(|_| order != Ordering::Greater);
            let now = now.next_if(|_| order != Ordering::Less);
            let path = before.map(|(path, _)| path).or(now.map(|(path, _)| path));
            if before.map(|(_, digest)| digest) != now.and_then(|(_, digest)| digest) {
                changed.extend(path.map(|path| format!("content/{path}")));
            }
        }
    }

    /// How many documents have an error.
    pub(super) fn left_out(&self) -> usize {
        self.documents.iter().filter(|held| held.is_none()).count()
    }

    fn index(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()
    }

    /// The digest of the bytes of a document.
    pub(super) fn digest(&self, id: DocumentId) -> Option<Digest> {
        let held = self.documents.get(id.index())?.as_ref();
        held.map(|held| held.known.digest)
    }

    /// A diagnostic about a key of a document, with the place of that key.
    pub(super) fn at_its_key(&self, diagnostic: Diagnostic, config: &Config) -> Diagnostic {
        let path = diagnostic.place.file.strip_prefix("content/").unwrap_or_default();
        let file = self.index(path).and_then(|index| self.files.get(index));
        let (Some(key), Some(file)) = (diagnostic.key, file) else { return diagnostic };
        let contents = source::read_document(file, config.limits.document);
        let Ok(Contents { bytes, .. }) = contents else { return diagnostic };
        Diagnostic { place: front_matter::place_of_key(&file.shown(), &bytes, key), ..diagnostic }
    }

    /// What a collection is made of, by kind and in the order of paths.
    pub(super) fn sorted_by_kind(&self) -> Documents {
        let mut sorted = Documents::default();
        for (index, held) in self.documents.iter().enumerate() {
            match held.as_ref().and_then(Held::content) {
                Some(Content::Article(card)) => sorted.cards.push((DocumentId::at(index), Arc::clone(card))),
                Some(Content::Topic(page)) => sorted.topics.push(TermPage::clone(page)),
                Some(Content::Provider(page)) => sorted.providers.push(TermPage::clone(page)),
                Some(Content::Page(page)) => sorted.pages.push(StandingPage::clone(page)),
                None => {}
            }
        }
        sorted
    }

    /// What other pages see of all articles, in the order of paths.
    pub(super) fn cards(&self) -> impl Iterator<Item = &Arc<Card>> {
        let contents = self.documents.iter().flatten().filter_map(Held::content);
        contents.filter_map(|content| match content {
            Content::Article(card) => Some(card),
            _ => None,
        })
    }

    /// Whether there are articles and none is to be published, as they say themselves.
    pub(super) fn is_withdrawn(&self) -> bool {
        let mut cards = self.cards().peekable();
        cards.peek().is_some() && cards.all(|card| !card.published)
    }

    /// From when until when the same documents make the same site, and the same warnings: until an article becomes due, is
    /// no longer due in a far year, is no news any more, or has no page any more.
    pub(super) fn span(&self, config: &Config) -> Span {
        let contents = self.documents.iter().flatten().filter_map(Held::content);
        let cards = contents.filter_map(|content| match content {
            Content::Article(card) if card.published || config.unpublished => Some(card),
            _ => None,
        });
        let mut span = Span::default();
        for card in cards {
            let is_news = card.article_pages(config) == ArticlePages::Own;
            if is_news || !config.future {
                span.end_at(card.published_at, config.now);
            }
            if !config.future {
                span.end_at(looks_wrong_until(card.published_at), config.now);
            }
            if is_news {
                span.end_at(card.published_at + NEWS_SPAN, config.now);
            }
            if let Some(end) = card.page_leaves_at(config) {
                span.end_at(end, config.now);
            }
        }
        span
    }

    /// What only the own page of an article shows: taken from memory once, read again later and where an earlier build
    /// read it.
    #[expect(clippy::indexing_slicing, reason = "ids are places on this shelf")]
    pub(super) fn details(&self, id: DocumentId, config: &Config) -> Result<Details, Diagnostic> {
        let (file, held) = (&self.files[id.index()], self.documents[id.index()].as_ref());
        let packed = held.and_then(|held| held.details.lock().ok()?.take());
        if let Some(details) = packed.and_then(PackedDetails::unpack) {
            return Ok(details);
        }
        let bytes = source::read_document(file, config.limits.document)?.bytes;
        let is_same = held.is_some_and(|held| held.known.digest == Digest::of(&bytes));
        match document::read(file, &bytes, config).0 {
            Some(Document::Article(article)) if is_same => Ok(article.details),
            _ => Err(source::changed(&file.shown())),
        }
    }

    /// What is known of the documents, and what they say, for the next build.
    pub(super) fn known(&self) -> Vec<(&KnownDocument, &Content)> {
        self.documents.iter().flatten().filter_map(|held| Some((&held.known, held.content()?))).collect()
    }
}

impl Held {
    fn content(&self) -> Option<&Content> {
        match &self.content {
            Said::Now(content) => Some(content),
            Said::AsBefore(_) => None,
        }
    }
}

fn read_document(
    file: &SiteFile,
    known: Option<(usize, &KnownDocument)>,
    config: &Config,
    looked_at: i64,
) -> Read {
    let as_before = |place: usize, known: KnownDocument| {
        let diagnostics = known.diagnostics.clone();
        let held = Held { known, content: Said::AsBefore(place), details: Mutex::default() };
        Read { held: Some(held), diagnostics }
    };
    if let Some((place, known)) = known
        && known.stamp == Some(file.stamp)
    {
        return as_before(place, known.clone());
    }
    let Contents { bytes, stamp } = match source::read_document(file, config.limits.document) {
        Ok(contents) => contents,
        Err(diagnostic) => return Read { held: None, diagnostics: vec![diagnostic] },
    };
    let digest = Digest::of(&bytes);
    let stamp = Some(stamp).filter(|stamp| stamp.is_settled(looked_at));
    if let Some((place, known)) = known
        && known.digest == digest
    {
        return as_before(place, KnownDocument { stamp, ..known.clone() });
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
    let held = Held { known, content: Said::Now(content), details: Mutex::new(details) };
    Read { held: Some(held), diagnostics }
}
