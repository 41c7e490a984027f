//! What the cache holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::collection::{
    CardDetails, DocumentId, OlderArticles, PlacedArticle, TermsAndPages, Withheld,
};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, DigestKey};
use crate::document::{ArticleSummary, Page, TermPage};
use crate::picture::Pictures;
use crate::publish::StagedFile;
use crate::source::FileStamp;

/// The executable that wrote a cache; the cache of another one is not used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratorVersion {
    /// Stamp of the executable. None if it was too fresh to be trusted.
    pub stamp: Option<FileStamp>,
    /// Digest of the executable's bytes.
    pub digest: Digest,
}

/// Identifies the contents of the address lock file and of the address history.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct AddressFiles {
    /// Digest of the lock file.
    pub lock: Digest,
    /// Digest of the history.
    pub history: Digest,
    /// Stamp of the history, if there is one.
    pub history_stamp: Option<FileStamp>,
}

impl AddressFiles {
    pub fn have_same_contents(&self, other: &Self) -> bool {
        (self.lock, self.history) == (other.lock, other.history)
    }
}

/// The part of the cache that every build reads: all but the documents' summaries.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CacheState {
    /// The newsgen that wrote it.
    pub generator: GeneratorVersion,
    /// The key of the digests of documents and of the inputs of output files. None if there are none.
    pub digest_key: Option<DigestKey>,
    /// Digest of what parsing depends on: this newsgen and the configuration.
    pub parse_digest: Digest,
    /// Digest of everything but documents and time that the site depends on. None if unknown, or if
    /// the site had errors.
    pub site: Option<Digest>,
    /// The address files as the build left them. None if unknown.
    pub addresses: Option<AddressFiles>,
    /// The period in which the same documents give the same site.
    pub validity: ValidityPeriod,
    /// Digests of all sources but documents, by path relative to the site's root.
    pub site_files: BTreeMap<String, Digest>,
    /// The pictures of the site's articles.
    pub pictures: Arc<Pictures>,
    /// Statistics of the site.
    pub stats: SiteStats,
    /// The diagnostics of the site, except those of scanning its folders.
    pub diagnostics: Vec<Diagnostic>,
    /// The documents without an error, sorted by path.
    #[serde(skip)]
    pub documents: Vec<CachedDocument>,
    /// The output files, sorted by path.
    #[serde(skip)]
    pub pages: Vec<CachedPage>,
}

impl CacheState {
    /// Number of documents and other sources that the build read at or below a path relative to the
    /// site's root.
    pub fn sources_at(&self, display_path: &str) -> usize {
        let below = format!("{display_path}/");
        let files =
            self.site_files.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
        let documents = below.strip_prefix("content/").map_or(0, |below| {
            let start =
                |path: &str| self.documents.partition_point(|document| *document.path < *path);
            let itself = below.trim_end_matches('/');
            let is_there =
                self.documents.get(start(itself)).is_some_and(|document| *document.path == *itself);
            let documents = self.documents.iter().skip(start(below));
            documents.take_while(|document| document.path.starts_with(below)).count()
                + usize::from(is_there)
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
    /// Aliases that were left out, of documents that are published.
    pub left_out_aliases: usize,
}

impl SiteStats {
    /// Whether anything was left out because of an error.
    pub fn is_incomplete(&self) -> bool {
        self.left_out + self.left_out_aliases > 0
    }
}

/// A half-open period of time, unbounded where an end is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidityPeriod {
    /// The first instant.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub since: Option<DateTime<Utc>>,
    /// The first instant after it.
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
        self.since.is_none_or(|since| since <= instant)
            && self.until.is_none_or(|until| instant < until)
    }
}

/// A document as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedDocument {
    /// Relative to `content/`, with `/` between folders.
    pub path: Arc<str>,
    /// Its stamp. None if it was too fresh to be trusted.
    pub stamp: Option<FileStamp>,
    /// Digest of its bytes, by the key of the cache.
    pub digest: Digest,
    /// Digest of its summary, by the key of the cache.
    pub content: Digest,
    /// Its warnings.
    pub diagnostics: Vec<Diagnostic>,
}

/// The part of a document that pages other than its own may show.
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
    /// Digest of the summary.
    pub fn digest(&self, key: &DigestKey) -> Digest {
        key.digest_of_value(self)
    }
}

/// An output file as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedPage {
    /// Below the output folder, with `/` between folders.
    pub path: Arc<str>,
    /// Digest of its inputs, if known.
    pub input_digest: Option<Digest>,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its stamp in the output folder.
    pub stamp: FileStamp,
}

impl CachedPage {
    /// The record of a staged file.
    pub fn new(file: &StagedFile, input_digest: Option<Digest>) -> Self {
        Self {
            path: Arc::clone(&file.path),
            input_digest,
            digest: file.digest(),
            stamp: file.stamp,
        }
    }
}

/// The output files of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageIndexes {
    /// Index of an article's page among the cached pages. None if it has no page.
    pub page: Option<u32>,
    /// Index of its AMP page.
    pub amp_page: Option<u32>,
    /// The related items of the article, in the order in which they are shown.
    pub related: Vec<CachedRelation>,
    pub card_details: CardDetails,
    /// The older articles that its page lists.
    pub older: OlderArticles<DocumentId>,
    /// The article before it.
    pub previous: Option<DocumentId>,
    /// The article after it.
    pub next: Option<DocumentId>,
    /// The reports of its story that its page shows, oldest first. Empty if there is no other.
    pub reports: Vec<DocumentId>,
    /// The address of the story's page.
    pub story_address: Option<String>,
}

/// A related item of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CachedRelation {
    /// An article of this site. Ids are those of a build in which no document had an error.
    Own(DocumentId),
    /// The item with this index in the article's own `related`.
    External(u32),
}

/// What a build adds to its [`CacheState`].
pub struct CacheContents<'a> {
    /// The documents without an error, sorted by path.
    pub documents: Vec<&'a CachedDocument>,
    /// What the site was assembled from. None if that is unchanged since the previous build.
    pub site: Option<AssembledSite<'a>>,
}

/// The part of the cache that is read on demand.
pub struct AssembledSite<'a> {
    /// The summary of each document.
    pub summaries: Vec<&'a DocumentSummary>,
    /// The output files of each document.
    pub page_indexes: Vec<PageIndexes>,
    /// The places of articles in stories.
    pub placed_articles: &'a [PlacedArticle],
    /// The collection without its articles.
    pub terms_and_pages: TermsAndPages<'a>,
}
