//! What is imported, before it is a document of the site.

use chrono_tz::Tz;

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::date::{self, ParsedDate};
use crate::http_url::{HttpUrl, UrlError};
use crate::node::{MapEntry, Node, SourcePos, Value};

/// Schemes of bookmarks that deliberately lead to no web page. An unknown scheme may be a
/// misspelled address.
const SKIPPED_SCHEMES: [&str; 14] = [
    "about",
    "blob",
    "chrome",
    "chrome-extension",
    "data",
    "edge",
    "file",
    "javascript",
    "mailto",
    "moz-extension",
    "place",
    "sms",
    "tel",
    "view-source",
];

/// The maximum length of a skipped link in the report, in characters.
const MAX_SHOWN_LINK: usize = 60;

/// What was read of a source.
#[derive(Debug, Default)]
pub(super) struct ReadItems {
    pub(super) items: Vec<ImportItem>,
    /// Errors about what cannot be imported.
    pub(super) errors: Vec<Diagnostic>,
    /// Bookmarks that are not on the web: `FILE:LINE: LINK`.
    pub(super) skipped: Vec<String>,
}

impl ReadItems {
    /// A source with an error and no items.
    pub(super) fn error(error: Diagnostic) -> Self {
        Self { errors: vec![error], ..Self::default() }
    }

    /// Records a bookmark whose link is not a web address: skipped if its scheme is in
    /// `SKIPPED_SCHEMES`, else an error.
    pub(super) fn refuse(&mut self, location: Location, link: &str, message: &str) {
        match HttpUrl::parse(link) {
            Err(UrlError::Scheme(scheme)) if SKIPPED_SCHEMES.contains(&&*scheme) => {
                let line = location.span.as_ref().map_or(1, |span| span.line);
                let words = link.split_whitespace().collect::<Vec<_>>().join(" ");
                let shown: String = words.chars().take(MAX_SHOWN_LINK).collect();
                let ellipsis = if shown.len() < words.len() { "…" } else { "" };
                self.skipped.push(format!("{}:{line}: {shown}{ellipsis}", location.file));
            }
            _ => self.errors.push(
                Diagnostic::new(Code::ImportWithoutOriginal, location, message)
                    .help("only `https` and `http` addresses can be imported"),
            ),
        }
    }
}

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
    /// Keeps a text in the mapping `imported`. A key that is taken gets a number.
    pub(super) fn keep_text(&mut self, key: &str, text: &str) -> KeyUse {
        let node = Node { at: SourcePos::UNKNOWN, value: Value::Text(text.to_owned().into()) };
        let wanted = key.trim().to_lowercase().replace(' ', "_");
        let mut key = wanted.clone();
        let mut number = 1;
        while self.imported.iter().any(|entry| entry.key == key) {
            number += 1;
            key = format!("{wanted}_{number}");
        }
        self.imported.push(MapEntry { at: SourcePos::UNKNOWN, key: key.into(), node });
        KeyUse::Imported
    }

    /// Keeps a text that should be a date, with a warning.
    pub(super) fn keep_wrong_date(&mut self, key: &str, text: &str, zone: Tz) -> KeyUse {
        // Services write this for a date that they do not know.
        if text == "0" {
            return KeyUse::Dropped;
        }
        self.problems.extend(wrong_date(self.location.clone(), key, text, zone));
        self.keep_text(key, text)
    }

    /// Notes what became of a key.
    pub(super) fn note(&mut self, key: &str, becomes: KeyUse) {
        self.keys.push((key.to_owned(), becomes));
    }
}

/// A warning about a value that should be a date; none if it is one.
pub(super) fn wrong_date(
    location: Location,
    key: &str,
    text: &str,
    zone: Tz,
) -> Option<Diagnostic> {
    let reason = date::parse(text, zone).err()?;
    let message = format!("`{key}` is not a date and time: {reason}");
    let help = "write one such as `2026-08-09T14:24:00Z`, or a date alone: `2026-08-09`";
    Some(Diagnostic::new(Code::UnusedImportValue, location, message).help(help))
}
