//! Imports what other generators and services have: files in, documents and a report out. Pure.

mod csv_bookmarks;
mod documents;
mod feed;
mod front_matter;
mod html;
mod item;
mod netscape;
mod old_site;
mod opml;
mod options;
mod post;
mod report;
mod template_code;
mod yaml;

use rayon::prelude::*;

use crate::collection::Documents;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use documents::ImportSite;
pub use documents::ImportedDocument;
use item::ReadItems;
use old_site::OldSite;
pub use old_site::is_import_source;
pub use options::{ImportKind, ImportOptions, ImportSource};
use post::PostReader;
pub use report::ImportReport;

/// The result of an import.
#[derive(Debug, Default)]
pub struct Import {
    /// The documents to write, in the order of their sources.
    pub documents: Vec<ImportedDocument>,
    /// Tables `[[source]]` for `site.toml`.
    pub feeds: Vec<String>,
    pub report: ImportReport,
    /// Errors about what is left out, and warnings about what the site has already.
    pub diagnostics: Vec<Diagnostic>,
}

/// Imports files into the site that has these documents.
pub fn import(
    sources: &[ImportSource],
    site: &Documents,
    config: &Config,
    options: &ImportOptions,
) -> Import {
    let first = sources.first();
    let read_first =
        |read: &dyn Fn(&ImportSource) -> ReadItems| first.map(read).unwrap_or_default();
    let mut permalink = None;
    let ReadItems { items, errors: mut diagnostics, skipped } = match options.kind {
        ImportKind::Opml => {
            let (feeds, diagnostics) =
                first.map(|source| opml::read(source, config)).unwrap_or_default();
            return Import { feeds, diagnostics, ..Import::default() };
        }
        ImportKind::Feed => read_first(&|source| feed::read(source, options)),
        ImportKind::Csv => {
            read_first(&|source| csv_bookmarks::read(source, config.time_zone, options.publish))
        }
        ImportKind::Netscape => {
            read_first(&|source| netscape::read(source, config.time_zone, options.publish))
        }
        ImportKind::Jekyll | ImportKind::Hugo | ImportKind::Eleventy | ImportKind::Markdown => {
            let old = OldSite::new(sources, options, config.time_zone);
            permalink = old.own_pattern().filter(|_| !is_own_pattern(&old, config));
            posts(sources, &PostReader { site: &old, config, options })
        }
    };
    diagnostics.extend(items.iter().flat_map(|item| item.problems.iter().cloned()));
    let made = ImportSite::new(site, config, options).documents(items);
    diagnostics.extend(made.diagnostics);
    diagnostics.sort_by(Diagnostic::order);
    let mut report = made.report;
    report.permalink = permalink;
    report.skipped = skipped;
    Import { documents: made.documents, feeds: Vec::new(), report, diagnostics }
}

/// Whether the site has the addresses of the old one.
fn is_own_pattern(old: &OldSite, config: &Config) -> bool {
    let own = old.own_pattern().and_then(|pattern| crate::config::Permalink::parse(&pattern).ok());
    own.as_ref() == Some(&config.permalink)
}

fn posts(sources: &[ImportSource], reader: &PostReader<'_>) -> ReadItems {
    let read: Vec<_> = sources.par_iter().map(|source| reader.read(source)).collect();
    let mut found = ReadItems::default();
    for result in read {
        match result {
            Ok(item) => found.items.extend(item),
            Err(error) => found.errors.push(error),
        }
    }
    found
}
