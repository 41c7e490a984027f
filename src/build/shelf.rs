//! The documents that a build works with: read now, or known from the build before.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Counter, Watcher};
use crate::collection::Documents;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::document::{self, Details, Document, front_matter};
use crate::source::{self, ContentFile};
use crate::state::{KnownContent, KnownDocument};

/// The documents of a site, as they were read now or by an earlier build.
pub(super) struct Shelf<'a> {
    /// By path. Those that have an error are not among them.
    pub(super) documents: HashMap<String, KnownDocument>,
    /// What only articles' own pages show, of the articles that were read now.
    details: HashMap<String, Details>,
    /// Sorted by path.
    files: &'a [ContentFile],
    /// What was found while reading.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One document, as it was read now or by an earlier build.
struct ReadDocument {
    known: Option<KnownDocument>,
    details: Option<Details>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Shelf<'a> {
    /// Reads all documents in parallel, but for those of which `known` holds still.
    pub(super) fn read(
        files: &'a [ContentFile],
        config: &Config,
        mut known: HashMap<String, KnownDocument>,
        looked_at: i64,
        watcher: Watcher<'_>,
    ) -> Self {
        let counter = Counter::new("reading", files.len(), watcher);
        let files_and_known: Vec<(&ContentFile, Option<KnownDocument>)> =
            files.iter().map(|file| (file, known.remove(&file.path))).collect();
        let read: Vec<ReadDocument> = files_and_known
            .into_par_iter()
            .map(|(file, known)| {
                let read = read_document(file, known, config, looked_at);
                counter.one_more();
                read
            })
            .collect();
        let mut shelf = Self {
            documents: HashMap::with_capacity(files.len()),
            details: HashMap::new(),
            files,
            diagnostics: Vec::new(),
        };
        for (file, read) in files.iter().zip(read) {
            shelf.diagnostics.extend(read.diagnostics);
            shelf.documents.extend(read.known.map(|known| (file.path.clone(), known)));
            shelf.details.extend(read.details.map(|details| (file.path.clone(), details)));
        }
        shelf
    }

    fn file(&self, path: &str) -> Option<&'a ContentFile> {
        let place = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(place)
    }

    /// A diagnostic about a key of a document, with the place of that key.
    pub(super) fn at_its_key(&self, diagnostic: Diagnostic) -> Diagnostic {
        let path = diagnostic.place.file.strip_prefix("content/").unwrap_or_default();
        let (Some(key), Some(file)) = (diagnostic.key, self.file(path)) else { return diagnostic };
        let Ok(bytes) = source::read(&file.on_disk, &file.shown) else { return diagnostic };
        Diagnostic { place: front_matter::place_of_key(&file.shown, &bytes, key), ..diagnostic }
    }

    /// What a collection is made of, by kind and in the order of paths.
    pub(super) fn sorted_by_kind(&self) -> Documents {
        let mut sorted = Documents::default();
        for document in self.files.iter().filter_map(|file| self.documents.get(&file.path)) {
            match &document.content {
                KnownContent::Article(card) => sorted.cards.push(Arc::clone(card)),
                KnownContent::Topic(page) => sorted.topics.push(page.clone()),
                KnownContent::Provider(page) => sorted.providers.push(page.clone()),
                KnownContent::Page(page) => sorted.pages.push(page.clone()),
            }
        }
        sorted
    }

    /// What only the own page of the article at `path` shows, read again where an earlier build read it.
    pub(super) fn details(&self, path: &str, config: &Config) -> Result<Cow<'_, Details>, Diagnostic> {
        if let Some(details) = self.details.get(path) {
            return Ok(Cow::Borrowed(details));
        }
        let Some(file) = self.file(path) else { return Ok(Cow::Owned(Details::default())) };
        let bytes = source::read(&file.on_disk, &file.shown)?;
        let is_same = self.documents.get(path).is_some_and(|known| known.digest == Digest::of(&bytes));
        match document::read(file, &bytes, config).0 {
            Some(Document::Article(article)) if is_same => Ok(Cow::Owned(article.details)),
            _ => Err(Diagnostic::error(
                Place::file(&file.shown),
                "this file was changed while the site was built",
            )
            .help("build once more")),
        }
    }
}

fn read_document(
    file: &ContentFile,
    known: Option<KnownDocument>,
    config: &Config,
    looked_at: i64,
) -> ReadDocument {
    let none = |diagnostics| ReadDocument { known: None, details: None, diagnostics };
    let known = match known {
        Some(known) if known.stamp == Some(file.stamp) => {
            return ReadDocument { known: Some(known), ..none(Vec::new()) };
        }
        known => known,
    };
    let bytes = match source::read(&file.on_disk, &file.shown) {
        Ok(bytes) => bytes,
        Err(diagnostic) => return none(vec![diagnostic]),
    };
    let digest = Digest::of(&bytes);
    let stamp = Some(file.stamp).filter(|stamp| stamp.is_settled(looked_at));
    if let Some(known) = known.filter(|known| known.digest == digest) {
        return ReadDocument { known: Some(KnownDocument { stamp, ..known }), ..none(Vec::new()) };
    }
    let (document, diagnostics) = document::read(file, &bytes, config);
    let Some(document) = document else { return none(diagnostics) };
    let (content, details) = match document {
        Document::Article(article) => (KnownContent::Article(Arc::new(article.card)), Some(article.details)),
        Document::Topic(page) => (KnownContent::Topic(page), None),
        Document::Provider(page) => (KnownContent::Provider(page), None),
        Document::Page(page) => (KnownContent::Page(page), None),
    };
    // What has a warning is read again by each build, so that each build can warn.
    let (stamp, digest) = if diagnostics.is_empty() { (stamp, digest) } else { (None, Digest::default()) };
    ReadDocument { known: Some(KnownDocument { stamp, digest, content }), details, diagnostics }
}
