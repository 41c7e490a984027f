//! Reads the documents of a site without collecting them, for commands that add documents.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::inputs::{generator_version, parse_digest};
use super::options::DEFAULT_OUTPUT;
use crate::build::cache::{self, BuildCache, DocumentSummary};
use crate::collection::{DocumentId, Documents};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::shared_names::SharedNames;
use crate::document::{self, Document, PartialDocument};
use crate::source::{self, FileContents, RandomAccessFile, SiteFile};

/// The documents of a site by kind, in path order, including unpublished and future ones. Faulty
/// documents are read as far as possible. Unchanged documents come from the cache of the last build
/// by this `executable` into the default folder.
///
/// # Errors
/// When the site's folders cannot be scanned.
pub fn read_documents(
    root: &Path,
    config: &Config,
    executable: &Path,
) -> Result<Documents, Vec<Diagnostic>> {
    let ((snapshot, problems), cached) = rayon::join(
        || source::scan(root, &|path| config.ignore.matches(path)),
        || CachedDocuments::read(root, config, executable),
    );
    // A site without documents may get its first one.
    let is_error = |found: &Diagnostic| found.is_error() && found.code != Code::MissingFolder;
    let errors: Vec<Diagnostic> = problems.into_iter().filter(is_error).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let names = SharedNames::default();
    let read = |file: &SiteFile| match cached.index(file) {
        Some(index) => Some(ReadDocument::Cached(index)),
        None => read_document(file, config, &names),
    };
    let read: Vec<Option<ReadDocument>> = snapshot.content.par_iter().map(read).collect();
    let mut summaries: Vec<_> = cached.summaries.into_iter().map(Some).collect();
    let mut documents = Documents::default();
    for (index, document) in read.into_iter().enumerate() {
        let id = DocumentId::at(index);
        match document {
            Some(ReadDocument::Cached(index)) => {
                if let Some(summary) = summaries.get_mut(index).and_then(Option::take) {
                    add(&mut documents, id, summary);
                }
            }
            Some(ReadDocument::Parsed(summary)) => add(&mut documents, id, summary),
            Some(ReadDocument::Partial(partial)) => add_partial(&mut documents, *partial),
            None => {}
        }
    }
    Ok(documents)
}

fn add(documents: &mut Documents, id: DocumentId, summary: DocumentSummary) {
    match summary {
        DocumentSummary::Article(summary) => documents.summaries.push((id, summary)),
        DocumentSummary::Topic(page) => documents.topics.push(*page),
        DocumentSummary::Provider(page) => documents.providers.push(*page),
        DocumentSummary::Page(page) => documents.pages.push(*page),
    }
}

fn add_partial(documents: &mut Documents, partial: PartialDocument) {
    match partial {
        PartialDocument::Article(article) => documents.faulty.push(article),
        PartialDocument::Topic(page) => documents.topics.push(page),
        PartialDocument::Provider(page) => documents.providers.push(page),
    }
}

/// A document as it was read.
enum ReadDocument {
    /// At this index of the cache.
    Cached(usize),
    /// Only its summary, since bodies take the most memory.
    Parsed(DocumentSummary),
    /// What can be read of a document with errors.
    Partial(Box<PartialDocument>),
}

fn read_document(file: &SiteFile, config: &Config, names: &SharedNames) -> Option<ReadDocument> {
    let contents = source::read_document(file, config.limits.document);
    let FileContents { bytes, .. } = contents.ok()?;
    let Some(document) = document::parse(file, &bytes, config).0 else {
        let partial = document::read_partly(file, &bytes, config)?;
        return Some(ReadDocument::Partial(Box::new(partial)));
    };
    Some(ReadDocument::Parsed(match document {
        Document::Article(mut article) => {
            names.share(&mut article.summary);
            DocumentSummary::Article(Arc::new(article.summary))
        }
        Document::Topic(page) => DocumentSummary::Topic(Box::new(page)),
        Document::Provider(page) => DocumentSummary::Provider(Box::new(page)),
        Document::Page(page) => DocumentSummary::Page(Box::new(page)),
    }))
}

/// The documents of the last build, if it was by the same newsgen with the same settings.
#[derive(Default)]
struct CachedDocuments {
    cache: BuildCache,
    /// One for each document of the cache.
    summaries: Vec<DocumentSummary>,
}

impl CachedDocuments {
    fn read(root: &Path, config: &Config, executable: &Path) -> Self {
        Self::try_read(root, config, executable).unwrap_or_default()
    }

    fn try_read(root: &Path, config: &Config, executable: &Path) -> Option<Self> {
        let path = cache::path(root, &root.join(DEFAULT_OUTPUT));
        let cache = BuildCache::read(RandomAccessFile::open(&path).ok().flatten()?)?;
        // The stamp of the cache was trusted when it was written.
        let generator = generator_version(executable, i64::MAX, cache.state.generator);
        if cache.state.parse_digest != parse_digest(&generator, config) {
            return None;
        }
        let summaries = cache.summaries()?;
        Some(Self { cache, summaries })
    }

    /// The index of a document that has not changed.
    fn index(&self, file: &SiteFile) -> Option<usize> {
        let cached = &self.cache.state.documents;
        let index = cached.binary_search_by(|cached| cached.path.cmp(&file.path)).ok()?;
        cached.get(index).filter(|cached| cached.stamp == Some(file.stamp)).map(|_| index)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{TestSite, article};
    use super::*;

    fn cached_paths(site: &TestSite, executable: &Path) -> Vec<String> {
        let options = site.options();
        let (inputs, _) = site.inputs();
        let cached = CachedDocuments::read(&options.root, &inputs.config, executable);
        let (snapshot, _) = source::scan(&options.root, &|_| false);
        let files = snapshot.content.iter().filter(|file| cached.index(file).is_some());
        files.map(|file| file.path.to_string()).collect()
    }

    #[test]
    fn documents_are_cached_by_stamp_for_the_same_newsgen() {
        let site = TestSite::new();
        let executable = site.options().executable;
        assert_eq!(cached_paths(&site, &executable), [""; 0], "there is no cache");
        site.assemble().expect("published");
        assert_eq!(cached_paths(&site, &executable), ["a.md", "b.md"]);
        assert_eq!(cached_paths(&site, &executable.with_file_name("none")), [""; 0]);
        site.write("content/a.md", &article("a", "Edited."));
        site.write("content/c.md", &article("c", "New."));
        assert_eq!(cached_paths(&site, &executable), ["b.md"]);
        site.write(
            "site.toml",
            "title = \"T\"\nbase_url = \"https://t.example/\"\nid = \"https://t.example/\"\ntime_zone = \"Europe/Berlin\"\n",
        );
        assert_eq!(cached_paths(&site, &executable), [""; 0], "dates may differ");
        site.assemble().expect("published");
        assert_eq!(cached_paths(&site, &executable), ["a.md", "b.md", "c.md"]);
        let root = &site.options().root;
        let cache = cache::path(root, &root.join(DEFAULT_OUTPUT));
        let below = cache.strip_prefix(root).expect("it is in the site's folder");
        site.write(below.to_str().expect("a path"), "damaged");
        assert_eq!(cached_paths(&site, &executable), [""; 0], "it is damaged");
    }
}
