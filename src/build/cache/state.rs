//! What the cache holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::collection::{DocumentId, TermsAndPages, Withheld};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::document::{ArticleSummary, Page, TermPage};
use crate::publish::StagedFile;
use crate::source::FileStamp;

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
