//! The documents of a build, parsed or taken from the cache.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::body_store::{BodyStore, StoredBody};
use super::inputs::Inputs;
use super::progress::{ProgressCounter, ProgressFn};
use crate::build::cache::{CacheState, CachedDocument, DocumentSummary, ValidityPeriod};
use crate::collection::{DocumentId, Documents, KnownStories, PlacedArticle, suspicious_until};
use crate::config::{ArticlePages, Config};
use crate::diagnostic::{Diagnostic, Location, Origin};
use crate::digest::{Digest, DigestKey};
use crate::document::front_matter::fix_of_scalar;
use crate::document::shared_names::SharedNames;
use crate::document::{
    self, ArticleBody, ArticleSummary, Document, Page, Pin, TermPage, front_matter,
};
use crate::page::NEWS_SPAN;
use crate::source::{self, FileContents, SiteFile};

/// The documents of a site, parsed or cached.
pub(super) struct DocumentStore {
    /// Sorted by path.
    files: Vec<SiteFile>,
    /// One for each of `files`; None for those with an error.
    documents: Vec<Option<DocumentEntry>>,
    bodies: BodyStore,
    /// Errors and warnings about the documents.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether the set of documents and all their summaries are the same as in the previous build.
    pub(super) is_unchanged: bool,
}

/// One document.
struct DocumentEntry {
    cached: CachedDocument,
    content: ContentSource,
    /// The body of an article that was parsed in this build.
    article_body: Option<StoredBody>,
}

/// Where a document's summary comes from.
enum ContentSource {
    /// Parsed in this build.
    Parsed(DocumentSummary),
    /// Cached, at this index of the previous cache.
    Cached(usize),
}

/// A parsed or cached document with its diagnostics. The entry is None if it has an error.
struct ReadResult {
    entry: Option<DocumentEntry>,
    diagnostics: Vec<Diagnostic>,
}

impl DocumentStore {
    /// Parses all documents in parallel, except those whose stamps match the cache;
    /// [`DocumentStore::load_cached`] loads their summaries.
    pub(super) fn read(files: Vec<SiteFile>, inputs: &Inputs, on_progress: ProgressFn<'_>) -> Self {
        Self::read_with(&inputs.previous.state.documents, files, inputs, on_progress)
    }

    fn read_with(
        before: &[CachedDocument],
        files: Vec<SiteFile>,
        inputs: &Inputs,
        on_progress: ProgressFn<'_>,
    ) -> Self {
        let config = &inputs.config;
        let counter = ProgressCounter::new("reading", files.len(), on_progress);
        let cached = |(location, file): (usize, &SiteFile)| {
            let is_meant = |location: &usize| {
                before.get(*location).is_some_and(|cached| cached.path == file.path)
            };
            let search = || before.binary_search_by(|cached| cached.path.cmp(&file.path)).ok();
            let location = Some(location).filter(is_meant).or_else(search)?;
            Some((location, before.get(location)?))
        };
        let bodies = BodyStore::new(inputs.cache_folder.clone());
        let names = SharedNames::default();
        let read = |(location, file): (usize, &SiteFile)| {
            let read = read_document(file, cached((location, file)), inputs, &bodies, &names);
            counter.increment();
            read
        };
        let read: Vec<ReadResult> = files.par_iter().enumerate().map(read).collect();
        let mut diagnostics = Vec::new();
        let is_of_site = |found: &Diagnostic| config.knows_ignored || found.origin != Origin::Input;
        let keep = |read: ReadResult| {
            diagnostics.extend(read.diagnostics.into_iter().filter(is_of_site));
            read.entry
        };
        let documents: Vec<Option<DocumentEntry>> = read.into_iter().map(keep).collect();
        let is_as_before = |(entry, before): (&Option<DocumentEntry>, &CachedDocument)| {
            entry.as_ref().is_some_and(|entry| {
                entry.cached.path == before.path && entry.cached.content == before.content
            })
        };
        let is_unchanged =
            documents.len() == before.len() && documents.iter().zip(before).all(is_as_before);
        Self { files, documents, bodies, diagnostics, is_unchanged }
    }

    /// Loads the summaries of documents that were not parsed; parses all documents if the cache
    /// cannot provide them.
    pub(super) fn load_cached(
        self,
        summaries: Option<Vec<DocumentSummary>>,
        inputs: &Inputs,
        on_progress: ProgressFn<'_>,
    ) -> Self {
        let Some(contents) = summaries else {
            return Self::read_with(&[], self.files, inputs, on_progress);
        };
        let mut contents: Vec<Option<DocumentSummary>> = contents.into_iter().map(Some).collect();
        let mut store = self;
        for entry in store.documents.iter_mut().flatten() {
            if let ContentSource::Cached(location) = entry.content
                && let Some(content) = contents.get_mut(location).and_then(Option::take)
            {
                entry.content = ContentSource::Parsed(content);
            }
        }
        store
    }

    /// The documents whose bytes differ from those of `before`. None if the site must be assembled:
    /// a summary has changed, or there are diagnostics about an edited document.
    pub(super) fn edited(&self, before: &CacheState) -> Option<BTreeSet<DocumentId>> {
        if !self.is_unchanged {
            return None;
        }
        let paths_with_warnings: HashSet<&str> =
            before.diagnostics.iter().map(|found| &*found.location.file).collect();
        let mut edited = BTreeSet::new();
        let documents = self.files.iter().zip(&self.documents).zip(&before.documents);
        for (index, ((file, entry), before)) in documents.enumerate() {
            let cached = &entry.as_ref()?.cached;
            if cached.digest == before.digest {
                continue;
            }
            if !cached.diagnostics.is_empty() || paths_with_warnings.contains(&*file.display_path())
            {
                return None;
            }
            edited.insert(DocumentId::at(index));
        }
        Some(edited)
    }

    /// The paths of the documents that differ from those of `before`, relative to the site's root.
    /// Documents with an error are not cached, so they always differ.
    pub(super) fn changed(&self, before: &[CachedDocument]) -> Vec<String> {
        if before.is_empty() {
            return Vec::new();
        }
        let now = self.files.iter().zip(&self.documents);
        let mut now = now
            .map(|(file, entry)| (&file.path, entry.as_ref().map(|entry| entry.cached.digest)))
            .peekable();
        let mut before = before.iter().map(|cached| (&cached.path, cached.digest)).peekable();
        let mut changed = Vec::new();
        loop {
            let order = match (before.peek(), now.peek()) {
                // Usually they share one text.
                (Some((before, _)), Some((now, _))) if before == now => Ordering::Equal,
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

    /// The files of all documents, also of those with an error.
    pub(super) fn files(&self) -> &[SiteFile] {
        &self.files
    }

    /// Number of documents with an error.
    pub(super) fn left_out(&self) -> usize {
        self.documents.iter().filter(|entry| entry.is_none()).count()
    }

    /// Whether the document at a path relative to `content/` was parsed. None if there is none.
    pub(super) fn is_parsed(&self, path: &str) -> Option<bool> {
        let index = self.index(path)?;
        Some(self.documents.get(index)?.is_some())
    }

    fn index(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()
    }

    /// Digest of a document's bytes. None if it has an error.
    pub(super) fn digest(&self, id: DocumentId) -> Option<Digest> {
        let entry = self.documents.get(id.index())?.as_ref();
        entry.map(|entry| entry.cached.digest)
    }

    /// Adds the location of the key that a diagnostic is about.
    pub(super) fn locate_key(&self, diagnostic: Diagnostic, config: &Config) -> Diagnostic {
        let path = diagnostic.location.file.strip_prefix("content/").unwrap_or_default();
        let file = self.index(path).and_then(|index| self.files.get(index));
        let (Some(key), Some(file)) = (diagnostic.key, file) else { return diagnostic };
        let contents = source::read_document(file, config.limits.document);
        let Ok(FileContents { bytes, .. }) = contents else { return diagnostic };
        let path = file.display_path();
        let item = diagnostic.item.as_deref();
        let item = item.and_then(|item| front_matter::location_of_item(&path, &bytes, key, item));
        let (location, fix) = match item {
            Some((location, is_quoted)) => {
                let fix = diagnostic.fix.and_then(|fix| fix_of_scalar(*fix, is_quoted));
                (location, fix.map(Box::new))
            }
            None => (front_matter::location_of_key(&path, &bytes, key), None),
        };
        // Cached diagnostics have neither.
        Diagnostic { location, fix, key: None, item: None, ..diagnostic }
    }

    /// Adds the location of the first of these URLs that the body of the document has, or else its
    /// front matter.
    pub(super) fn locate_url(
        &self,
        diagnostic: Diagnostic,
        urls: &[&str],
        config: &Config,
    ) -> Diagnostic {
        let display_path = &diagnostic.location.file;
        let path = display_path.strip_prefix("content/").unwrap_or_default();
        let file = self.index(path).and_then(|index| self.files.get(index));
        let contents =
            file.and_then(|file| source::read_document(file, config.limits.document).ok());
        let Some(FileContents { bytes, .. }) = contents else { return diagnostic };
        let document = String::from_utf8_lossy(&bytes);
        let body = front_matter::split(display_path, &bytes).map_or(0, |parts| parts.body.len());
        let (head, body) = document.split_at(document.len().saturating_sub(body));
        let find =
            |text, ends| urls.iter().find_map(|url| Some((find_url(text, url, ends)?, url.len())));
        let in_body = find(body, ")>\"'").map(|(at, length)| (head.len() + at, length));
        let Some((at, length)) = in_body.or_else(|| find(head, "\"',]}")) else {
            return diagnostic;
        };
        let location = Location::in_text(display_path.clone(), &document, at, at + length);
        Diagnostic { location, ..diagnostic }
    }

    /// The documents by kind, in the order of their paths. `placed` are the articles of an earlier
    /// collection with their places in stories.
    pub(super) fn by_kind(&self, placed: Vec<PlacedArticle>) -> Documents {
        let digest = |entry: &Option<DocumentEntry>| {
            entry.as_ref().map(|entry| entry.cached.content).unwrap_or_default()
        };
        let digests = self.documents.iter().map(digest).collect();
        let known_stories = KnownStories { placed, digests };
        let mut sorted = Documents { known_stories, ..Documents::default() };
        for (index, entry) in self.documents.iter().enumerate() {
            match entry.as_ref().and_then(DocumentEntry::content) {
                Some(DocumentSummary::Article(summary)) => {
                    sorted.summaries.push((DocumentId::at(index), Arc::clone(summary)));
                }
                Some(DocumentSummary::Topic(page)) => sorted.topics.push(TermPage::clone(page)),
                Some(DocumentSummary::Provider(page)) => {
                    sorted.providers.push(TermPage::clone(page));
                }
                Some(DocumentSummary::Page(page)) => sorted.pages.push(Page::clone(page)),
                None => {}
            }
        }
        sorted
    }

    /// The summaries of all articles, in the order of their paths.
    pub(super) fn summaries(&self) -> impl Iterator<Item = &Arc<ArticleSummary>> {
        let contents = self.documents.iter().flatten().filter_map(DocumentEntry::content);
        contents.filter_map(|content| match content {
            DocumentSummary::Article(summary) => Some(summary),
            _ => None,
        })
    }

    /// Whether there are articles, all of them with `published: false`.
    pub(super) fn is_all_unpublished(&self) -> bool {
        let mut summaries = self.summaries().peekable();
        summaries.peek().is_some() && summaries.all(|summary| !summary.published)
    }

    /// The period in which the same documents give the same site and the same warnings. It ends
    /// when an article becomes due, is no longer due suspiciously late, leaves the news sitemap, is no
    /// longer pinned, or loses its page.
    pub(super) fn validity(&self, config: &Config) -> ValidityPeriod {
        let contents = self.documents.iter().flatten().filter_map(DocumentEntry::content);
        let summaries = contents.filter_map(|content| match content {
            DocumentSummary::Article(summary) => Some(summary),
            _ => None,
        });
        let mut validity = ValidityPeriod::default();
        for summary in summaries.filter(|summary| summary.is_published(config)) {
            let is_news = summary.article_pages(config) == ArticlePages::Own;
            if is_news || !config.future {
                validity.limit_at(summary.published_at, config.now);
            }
            if !config.future {
                validity.limit_at(suspicious_until(summary.published_at), config.now);
            }
            if is_news {
                validity.limit_at(summary.published_at + NEWS_SPAN, config.now);
            }
            if let Some(end) = summary.pin.and_then(Pin::ends_at) {
                validity.limit_at(end, config.now);
            }
            if let Some(end) = summary.page_leaves_at(config) {
                validity.limit_at(end, config.now);
            }
        }
        validity
    }

    /// The body of an article. The document is read again if it is cached.
    #[expect(clippy::indexing_slicing, reason = "ids index this store")]
    pub(super) fn article_body(
        &self,
        id: DocumentId,
        config: &Config,
        digest_key: &DigestKey,
    ) -> Result<ArticleBody, Diagnostic> {
        let (file, entry) = (&self.files[id.index()], self.documents[id.index()].as_ref());
        let stored = entry.and_then(|entry| entry.article_body.as_ref());
        if let Some(article_body) = stored.and_then(|stored| self.bodies.get(stored)) {
            return Ok(article_body);
        }
        let bytes = source::read_document(file, config.limits.document)?.bytes;
        let is_same = entry.is_some_and(|entry| entry.cached.digest == digest_key.digest(&bytes));
        match document::parse(file, &bytes, config).0 {
            Some(Document::Article(article)) if is_same => Ok(article.article_body),
            _ => Err(source::changed_during_build(&file.display_path())),
        }
    }

    /// The cache entries of all documents without an error.
    pub(super) fn cache_entries(&self) -> Vec<&CachedDocument> {
        self.documents.iter().flatten().map(|entry| &entry.cached).collect()
    }

    /// The files of all documents, and the cache entries of those without an error.
    pub(super) fn into_parts(self) -> (Vec<SiteFile>, Vec<CachedDocument>) {
        let entries = self.documents.into_iter().flatten().map(|entry| entry.cached);
        (self.files, entries.collect())
    }

    /// The summaries of all documents without an error.
    pub(super) fn cached_summaries(&self) -> Vec<&DocumentSummary> {
        self.documents.iter().flatten().filter_map(DocumentEntry::content).collect()
    }
}

impl DocumentEntry {
    fn content(&self) -> Option<&DocumentSummary> {
        match &self.content {
            ContentSource::Parsed(content) => Some(content),
            ContentSource::Cached(_) => None,
        }
    }
}

fn read_document(
    file: &SiteFile,
    cached: Option<(usize, &CachedDocument)>,
    inputs: &Inputs,
    bodies: &BodyStore,
    names: &SharedNames,
) -> ReadResult {
    let config = &inputs.config;
    let as_before = |location: usize, cached: CachedDocument| {
        // Paths that share one text are compared fast by the next build of this process.
        let cached = CachedDocument { path: Arc::clone(&file.path), ..cached };
        let diagnostics = cached.diagnostics.clone();
        let entry =
            DocumentEntry { cached, content: ContentSource::Cached(location), article_body: None };
        ReadResult { entry: Some(entry), diagnostics }
    };
    if let Some((location, cached)) = cached
        && cached.stamp == Some(file.stamp)
    {
        return as_before(location, cached.clone());
    }
    let FileContents { bytes, stamp } = match source::read_document(file, config.limits.document) {
        Ok(contents) => contents,
        Err(diagnostic) => return ReadResult { entry: None, diagnostics: vec![diagnostic] },
    };
    let digest = inputs.digest_key.digest(&bytes);
    let stamp = Some(stamp).filter(|stamp| stamp.is_trustworthy(inputs.scanned_at));
    if let Some((location, cached)) = cached
        && cached.digest == digest
    {
        return as_before(location, CachedDocument { stamp, ..cached.clone() });
    }
    let (document, diagnostics) = document::parse(file, &bytes, config);
    let Some(document) = document else { return ReadResult { entry: None, diagnostics } };
    let (content, article_body) = match document {
        Document::Article(mut article) => {
            names.share(&mut article.summary);
            let stored = bodies.put(article.article_body);
            (DocumentSummary::Article(Arc::new(article.summary)), Some(stored))
        }
        Document::Topic(page) => (DocumentSummary::Topic(Box::new(page)), None),
        Document::Provider(page) => (DocumentSummary::Provider(Box::new(page)), None),
        Document::Page(page) => (DocumentSummary::Page(Box::new(page)), None),
    };
    let cached = CachedDocument {
        path: Arc::clone(&file.path),
        stamp,
        digest,
        content: content.digest(&inputs.digest_key),
        diagnostics: diagnostics.clone(),
    };
    let entry = DocumentEntry { cached, content: ContentSource::Parsed(content), article_body };
    ReadResult { entry: Some(entry), diagnostics }
}

/// Where a text has a whole URL, as a link of Markdown, an attribute or a value, also behind `./` or
/// `../`. One of `ends` or a blank follows it. A single word must be in parentheses or quotation marks,
/// since it may be one of the text.
fn find_url(body: &str, url: &str, ends: &str) -> Option<usize> {
    let is_word = !url.contains('/');
    let begins = |at: usize| {
        let before = body.get(..at).unwrap_or_default();
        if is_word {
            return ["](", "](<", "=\"", "='"].iter().any(|mark| before.ends_with(mark));
        }
        let before = before.trim_end_matches("../").trim_end_matches("./").chars().next_back();
        before.is_some_and(|c| c.is_whitespace() || "(<\"'=".contains(c))
    };
    let is_end = |at: usize| {
        let after = body.get(at..).and_then(|after| after.chars().next());
        after.is_none_or(|c| c.is_whitespace() || ends.contains(c))
    };
    let mut found = body.match_indices(url).map(|(at, _)| at);
    found.find(|at| begins(*at) && is_end(at + url.len()))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{TestSite, article};
    use super::*;

    fn edited(site: &TestSite) -> Option<Vec<usize>> {
        let (inputs, documents) = site.inputs();
        let edited = documents.edited(&inputs.previous.state)?;
        Some(edited.into_iter().map(DocumentId::index).collect())
    }

    #[test]
    fn edited_documents_are_those_with_other_bodies() {
        let site = TestSite::new();
        assert_eq!(edited(&site), None, "there is no cache");
        site.assemble().expect("published");
        assert_eq!(edited(&site), Some(vec![]));
        site.write("content/b.md", &article("b", "Edited."));
        assert_eq!(edited(&site), Some(vec![1]));
    }

    #[test]
    fn changed_summary_or_set_of_documents_needs_an_assembly() {
        let site = TestSite::new();
        site.assemble().expect("published");
        site.write("content/b.md", &article("c", "Second."));
        assert_eq!(edited(&site), None);
        site.write("content/b.md", &article("b", "Second."));
        assert_eq!(edited(&site), Some(vec![]));
        site.remove("content/b.md");
        assert_eq!(edited(&site), None);
    }
}
