//! Reads or collects a site without building it, for commands that explain or extend it.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::address_lock::HeldReservations;
use super::assemble::collect;
use super::context::BuildContext;
use super::documents::DocumentStore;
use super::inputs::Inputs;
use super::options::{BuildOptions, OutputOptions};
use super::report::Report;
use super::session::Session;
use super::site::LeftOut;
use crate::collection::{Collection, DocumentId, Documents};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::document::shared_names::SharedNames;
use crate::document::{self, ArticleBody, Document};
use crate::source::{self, FileContents, ScanScope};

/// Passes the collection and the configuration of a site to `inspect`. Faulty documents are left
/// out.
///
/// # Errors
/// All errors of `site.toml`, of templates and of the site's folders.
pub fn inspect<T>(
    options: &BuildOptions,
    inspect: impl FnOnce(&Collection, &Config) -> T,
) -> Result<T, Vec<Diagnostic>> {
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
    let collection = collect(&build, &reserved, &LeftOut::new());
    Ok(inspect(&collection, &inputs.config))
}

/// The documents of a site by kind, also unpublished and future ones, in the order of their paths.
/// Faulty ones are left out.
///
/// # Errors
/// When the site's folders cannot be scanned.
pub fn read_documents(root: &Path, config: &Config) -> Result<Documents, Vec<Diagnostic>> {
    let (snapshot, problems) = source::scan(root, &|path| config.ignore.matches(path));
    if problems.iter().any(Diagnostic::is_error) {
        return Err(problems.into_iter().filter(Diagnostic::is_error).collect());
    }
    let names = SharedNames::default();
    let parsed: Vec<Option<Document>> = snapshot
        .content
        .par_iter()
        .map(|file| {
            let contents = source::read_document(file, config.limits.document);
            let FileContents { bytes, .. } = contents.ok()?;
            let mut document = document::parse(file, &bytes, config).0?;
            if let Document::Article(article) = &mut document {
                // Only summaries are wanted, and bodies take the most memory.
                article.article_body = ArticleBody::default();
                names.share(&mut article.summary);
            }
            Some(document)
        })
        .collect();
    let mut documents = Documents::default();
    for (index, document) in parsed.into_iter().enumerate() {
        match document {
            Some(Document::Article(article)) => {
                documents.summaries.push((DocumentId::at(index), Arc::new(article.summary)));
            }
            Some(Document::Topic(page)) => documents.topics.push(page),
            Some(Document::Provider(page)) => documents.providers.push(page),
            Some(Document::Page(page)) => documents.pages.push(page),
            None => {}
        }
    }
    Ok(documents)
}
