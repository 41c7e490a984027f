//! What became of everything that was read.

use std::collections::BTreeMap;

use super::item::{ImportItem, KeyUse};

/// What an import mapped, kept and dropped.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// What became of each key, with the number of documents.
    keys: BTreeMap<(String, KeyUse), usize>,
    /// Code of templates: `FILE:LINE: CODE`.
    code: Vec<String>,
    /// Bookmarks that are not on the web: `FILE:LINE: LINK`.
    pub(super) skipped: Vec<String>,
    /// Other changes, with the number of documents.
    pub(super) notes: BTreeMap<&'static str, usize>,
    /// The `permalink` for site.toml that keeps the addresses of the old site.
    pub(super) permalink: Option<String>,
}

impl ImportReport {
    /// Adds an item.
    pub(super) fn add(&mut self, item: &ImportItem) {
        for (key, becomes) in &item.keys {
            let becomes = if item.is_page { on_page(*becomes) } else { *becomes };
            *self.keys.entry((key.clone(), becomes)).or_default() += 1;
        }
        let file = &item.location.file;
        self.code.extend(item.code.iter().map(|(line, code)| format!("{file}:{line}: {code}")));
    }

    /// The report for people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut section = |title: &str, items: Vec<String>| {
            if !items.is_empty() {
                lines.push(title.to_owned());
                lines.extend(items.into_iter().map(|item| format!("  {item}")));
            }
        };
        let with_use = |wanted: fn(KeyUse) -> Option<&'static str>| {
            let found = self.keys.iter().filter_map(move |((key, becomes), count)| {
                Some(format!("{key}{} ({count})", wanted(*becomes)?))
            });
            found.collect::<Vec<_>>()
        };
        let mapped = self.keys.iter().filter_map(|((key, becomes), count)| match becomes {
            KeyUse::Becomes(own) => Some(format!("{key} -> {own} ({count})")),
            _ => None,
        });
        section("mapped:", mapped.collect());
        section(
            "kept for templates, in `article.extra`:",
            with_use(|becomes| match becomes {
                KeyUse::Extra => Some(""),
                KeyUse::Imported => Some(", in `imported`"),
                _ => None,
            }),
        );
        section("dropped:", with_use(|becomes| (becomes == KeyUse::Dropped).then_some("")));
        section("code of templates, which is now text:", self.code.clone());
        let skipped = format!("not on the web, and not imported ({}):", self.skipped.len());
        section(&skipped, self.skipped.clone());
        let notes = self.notes.iter().map(|(note, count)| format!("{note} ({count})"));
        section("noted:", notes.collect());
        if let Some(permalink) = &self.permalink {
            let line =
                format!("`permalink = \"{permalink}\"` in site.toml keeps most old addresses");
            section("hint:", vec![line]);
        }
        lines
    }
}

/// What becomes of the key of a page, which has fewer keys than an article.
fn on_page(becomes: KeyUse) -> KeyUse {
    match becomes {
        KeyUse::Becomes("excerpt") => KeyUse::Becomes("description"),
        KeyUse::Becomes("title" | "published" | "slug" | "aliases") => becomes,
        _ => KeyUse::Dropped,
    }
}
