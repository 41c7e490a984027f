//! What is imported, before it is a document of the site.

use crate::diagnostic::{Diagnostic, Location};
use crate::document::date::ParsedDate;
use crate::http_url::HttpUrl;
use crate::node::MapEntry;

/// An article or a page of another program.
#[derive(Clone, Debug, Default)]
pub(super) struct ImportItem {
    /// Where it was written.
    pub(super) location: Location,
    /// The title; empty if it is to be made of the name or the link.
    pub(super) title: String,
    /// The original.
    pub(super) link: Option<HttpUrl>,
    pub(super) date: Option<ParsedDate>,
    pub(super) excerpt: String,
    /// Markdown.
    pub(super) body: String,
    pub(super) topics: Vec<String>,
    /// The URL of a picture, or its path on the site.
    pub(super) picture: Option<String>,
    pub(super) provider_name: Option<String>,
    pub(super) language: Option<String>,
    pub(super) is_published: bool,
    pub(super) is_noindex: bool,
    /// Whether it becomes a page of the site, which is in no list.
    pub(super) is_page: bool,
    /// The words of the file name, without a date.
    pub(super) name: String,
    /// Its path on the old site.
    pub(super) old_address: Option<String>,
    /// Whether it has a path on the old site that cannot be told.
    pub(super) has_unknown_address: bool,
    /// Former paths on the old site.
    pub(super) aliases: Vec<String>,
    /// Keys that newsgen does not know.
    pub(super) extra: Vec<MapEntry<'static>>,
    /// Keys that newsgen would take for misspelled ones of its own.
    pub(super) imported: Vec<MapEntry<'static>>,
    /// What became of each key, also of those that are not kept.
    pub(super) keys: Vec<(String, KeyUse)>,
    /// Values that cannot be used.
    pub(super) problems: Vec<Diagnostic>,
    /// Lines of the body with code of templates, which newsgen does not run.
    pub(super) code: Vec<(usize, String)>,
}

/// What becomes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyUse {
    /// This key of a document.
    Becomes(&'static str),
    /// The same key, which templates see in `article.extra`.
    Extra,
    /// A key of the mapping `imported`, which templates see in `article.extra.imported`.
    Imported,
    /// Nothing.
    Dropped,
}

impl ImportItem {
    /// Notes what became of a key.
    pub(super) fn note(&mut self, key: &str, becomes: KeyUse) {
        self.keys.push((key.to_owned(), becomes));
    }
}
