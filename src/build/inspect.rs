//! Collects a site without building it, for commands that explain it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::SecondsFormat;
use percent_encoding::percent_decode_str;

use super::address_lock::HeldReservations;
use super::assemble::collect;
use super::context::BuildContext;
use super::documents::DocumentStore;
use super::inputs::Inputs;
use super::options::{BuildOptions, OutputOptions};
use super::report::Report;
use super::session::Session;
use crate::collection::is_due;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::alias::file_of;
use crate::document::{ArticleSummary, Page, WithheldReason};
use crate::http_url::HttpUrl;
use crate::page::{Route, Routes};
use crate::slug::folded;
use crate::source::ScanScope;

/// A site that is inspected.
pub struct InspectedSite<'a> {
    pub routes: Routes<'a>,
    pub config: &'a Config,
    documents: &'a DocumentStore,
    /// The errors of documents, which are left out.
    errors: Vec<Diagnostic>,
}

/// An article or a page of a site, published or not.
pub struct ListedDocument {
    /// The display path.
    pub path: String,
    /// The title; empty if the document has errors.
    pub title: String,
    /// Whether and why it is published or not.
    pub state: DocumentState,
    /// The summary of an article.
    pub summary: Option<Arc<ArticleSummary>>,
    /// The URL of its page, from the root of the host.
    pub url: Option<String>,
}

/// Whether a document is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentState {
    Published,
    /// It has `published: false`.
    Draft,
    /// It is not yet due.
    Scheduled,
    LowQuality,
    LowHeat,
    /// It has errors.
    LeftOut,
}

impl InspectedSite<'_> {
    /// All articles and pages of the site, and the documents with errors, in the order of their paths.
    pub fn listing(&self) -> Vec<ListedDocument> {
        let faulty: BTreeSet<&str> =
            self.errors.iter().map(|error| &*error.location.file).collect();
        let documents = self.documents.by_kind(Vec::new());
        let articles = documents.summaries.iter().map(|(_, summary)| self.listed_article(summary));
        let pages = documents.pages.iter().map(|page| self.listed_page(page));
        let mut listed: Vec<ListedDocument> = articles.chain(pages).collect();
        for document in &mut listed {
            if faulty.contains(&*document.path) {
                document.state = DocumentState::LeftOut;
                document.url = None;
            }
        }
        let known: BTreeSet<&str> = listed.iter().map(|document| &*document.path).collect();
        let without_summary = faulty.into_iter().filter(|path| !known.contains(path));
        let without_summary: Vec<ListedDocument> = without_summary
            .filter(|path| path.starts_with("content/"))
            .map(|path| ListedDocument {
                path: path.to_owned(),
                title: String::new(),
                state: DocumentState::LeftOut,
                summary: None,
                url: None,
            })
            .collect();
        listed.extend(without_summary);
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        listed
    }

    fn listed_article(&self, summary: &Arc<ArticleSummary>) -> ListedDocument {
        let state = match summary.withheld_reason(self.config) {
            Some(WithheldReason::Unpublished) => DocumentState::Draft,
            Some(WithheldReason::LowQuality) => DocumentState::LowQuality,
            Some(WithheldReason::LowHeat) => DocumentState::LowHeat,
            None if !is_due(summary, self.config) => DocumentState::Scheduled,
            None => DocumentState::Published,
        };
        let id = self.routes.collection.find(summary).filter(|id| self.routes.has_page(*id));
        ListedDocument {
            path: summary.display_path(),
            title: summary.title.to_string(),
            state,
            summary: Some(Arc::clone(summary)),
            url: id.map(|id| self.routes.url(Route::Article(id))),
        }
    }

    fn listed_page(&self, page: &Page) -> ListedDocument {
        let mut published = self.routes.collection.pages.iter();
        let index = published.position(|other| other.display_path == page.display_path);
        ListedDocument {
            path: page.display_path.clone(),
            title: page.title.clone(),
            state: if index.is_some() { DocumentState::Published } else { DocumentState::Draft },
            summary: None,
            url: index.map(|index| self.routes.url(Route::Page(index))),
        }
    }

    /// The path relative to `content/` of an article about this original, published or not, and how
    /// many others are about it.
    pub fn path_of_original(&self, url: &HttpUrl) -> Option<(&str, usize)> {
        let key = url.dedup_key();
        self.first_path(|summary| {
            summary.addresses().into_iter().flatten().any(|own| own.dedup_key() == key)
        })
    }

    /// The path relative to `content/` of an article that has this address among its `aliases`,
    /// published or not. The address is below the site's root, from the root of the host, or a URL.
    pub fn path_of_alias(&self, address: &str) -> Option<&str> {
        let url = HttpUrl::parse(address);
        let address = url.as_ref().map_or(address, HttpUrl::as_str);
        let address = address.split(['?', '#']).next().unwrap_or_default();
        let from_host = address.strip_prefix(self.config.base_url.origin()).unwrap_or(address);
        let below_root = from_host.strip_prefix(self.config.root()).unwrap_or(from_host);
        let below_root = percent_decode_str(below_root.trim_matches('/')).decode_utf8_lossy();
        let file = |path: &str| folded(&file_of(path)).into_owned();
        let wanted = file(&below_root);
        let found =
            self.first_path(|summary| summary.aliases.iter().any(|alias| file(alias) == wanted));
        found.map(|(path, _)| path)
    }

    /// The path of the first such article, if possible of a published one, and the number of others.
    fn first_path(&self, is_wanted: impl Fn(&ArticleSummary) -> bool) -> Option<(&str, usize)> {
        let found: Vec<_> =
            self.documents.summaries().filter(|summary| is_wanted(summary)).collect();
        let is_missing =
            |summary: &&Arc<ArticleSummary>| self.routes.collection.find(summary).is_none();
        let first = found.iter().copied().min_by_key(is_missing)?;
        Some((&*first.path, found.len() - 1))
    }

    /// Why the site has no article of the document at a path relative to `content/`: the errors of the
    /// document, or the reason for which it is withheld. Empty if there is no such document.
    pub fn why_missing(&self, path: &str) -> Vec<Diagnostic> {
        let location = Location::file(format!("content/{path}"));
        let errors = self.errors.iter().filter(|error| error.location.file == location.file);
        let errors: Vec<Diagnostic> = errors.cloned().collect();
        if !errors.is_empty() {
            return errors;
        }
        let summary = self.documents.summaries().find(|summary| *summary.path == *path);
        match (summary, self.documents.is_parsed(path)) {
            (Some(summary), _) => self.why_withheld(summary, location).into_iter().collect(),
            (None, Some(_)) => vec![Diagnostic::new(
                Code::UnknownName,
                location,
                "this document is not an article",
            )],
            (None, None) => Vec::new(),
        }
    }

    fn why_withheld(&self, summary: &ArticleSummary, location: Location) -> Option<Diagnostic> {
        let unpublished = "to include it, use `--unpublished`";
        let (message, help) = match summary.withheld_reason(self.config) {
            Some(WithheldReason::Unpublished) => {
                ("this article is not published: it has `published: false`", unpublished)
            }
            Some(WithheldReason::LowQuality) => {
                ("this article is not published: it is below the minimum quality", unpublished)
            }
            Some(WithheldReason::LowHeat) => {
                ("this article is not published: it is below the minimum heat", unpublished)
            }
            None if !is_due(summary, self.config) => {
                let due = summary.published_at.with_timezone(&self.config.time_zone);
                let due = due.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                let message = format!("this article is not yet due: it becomes due at {due}");
                let error = Diagnostic::new(Code::UnpublishedArticle, location, message);
                return Some(error.help("to include it, use `--future`"));
            }
            None => return None,
        };
        Some(Diagnostic::new(Code::UnpublishedArticle, location, message).help(help))
    }

    /// A warning of the documents that are left out.
    fn warning(&self) -> Option<Diagnostic> {
        let mut files: Vec<&str> = self.errors.iter().map(|error| &*error.location.file).collect();
        files.sort_unstable();
        files.dedup();
        let first = *files.first()?;
        let message = match files.len() {
            1 => "this document has errors and is left out".to_owned(),
            more => format!("this document and {} more have errors and are left out", more - 1),
        };
        let help = "`newsgen check` shows the errors";
        Some(Diagnostic::new(Code::LeftOut, Location::file(first), message).help(help))
    }
}

/// Passes a site to `inspect`. Faulty documents are left out, with a warning, as a build with
/// `on_error = "leave-out"` does; only files that are too large for the site's host are not known.
///
/// # Errors
/// All errors of `site.toml`, of templates and of the site's folders.
pub fn inspect<T>(
    options: &BuildOptions,
    inspect: impl FnOnce(&InspectedSite<'_>) -> T,
) -> Result<(T, Option<Diagnostic>), Vec<Diagnostic>> {
    let output = OutputOptions { check_only: true, ..options.output.clone() };
    let options = &BuildOptions { output, ..options.clone() };
    let (inputs, files) = Inputs::read(options, &ScanScope::Full, Session::default())
        .map_err(|missing| vec![missing])?;
    if inputs.report.blocks(&inputs.config) {
        let errors = inputs.report.clone().into_diagnostics().filter(Diagnostic::is_error);
        return Err(errors.collect());
    }
    let documents = DocumentStore::read(files, &inputs, &|_| {});
    let held = HeldReservations::read(
        false,
        &inputs.lock,
        &inputs.config,
        options,
        &|_| {},
        &mut Report::default(),
    );
    let summaries: Vec<_> = documents.summaries().cloned().collect();
    let reserved = held.reservations.index(&summaries);
    let build =
        BuildContext { inputs: &inputs, documents: &documents, options, on_progress: &|_| {} };
    Ok(collect(&build, &reserved, |routes, errors| {
        let site = InspectedSite { routes, config: &inputs.config, documents: &documents, errors };
        (inspect(&site), site.warning())
    }))
}
