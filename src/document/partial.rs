//! What can be read of a document with errors: enough to know what it is about.

use std::borrow::Cow;

use super::article::{self, PartialArticle};
use super::front_matter;
use super::term::{self, TermPage};
use crate::config::Config;
use crate::diagnostic::is_misspelling;
use crate::node::{MapEntry, Problems};
use crate::source::{ContentKind, SiteFile};

/// The keys that are read of an article, and of the file of a topic or provider.
const ARTICLE_KEYS: [&str; 6] =
    ["webUrl", "originalUrl", "ampWebUrl", "cdnAmpWebUrl", "provider", "topics"];
const TERM_KEYS: [&str; 3] = ["name", "domain", "language"];

/// A document with errors, as far as it can be read.
#[derive(Debug)]
pub enum PartialDocument {
    /// An article with the keys that could be read.
    Article(PartialArticle),
    /// The file of a topic.
    Topic(TermPage),
    /// The file of a provider.
    Provider(TermPage),
}

/// Reads a document with errors. None if it is a page.
pub fn read_partly(file: &SiteFile, bytes: &[u8], config: &Config) -> Option<PartialDocument> {
    let text = String::from_utf8_lossy(bytes);
    let wanted: &[&'static str] =
        if file.kind() == ContentKind::Article { &ARTICLE_KEYS } else { &TERM_KEYS };
    let entries = entries(&text, wanted);
    let ignored = &mut Problems::default();
    let term = |entries| term::parse(file, entries, "", config.slugs, &mut Problems::default());
    Some(match file.kind() {
        ContentKind::Article => {
            PartialDocument::Article(article::parse_partly(file, entries, config, ignored))
        }
        ContentKind::Topic => PartialDocument::Topic(term(entries)?),
        ContentKind::Provider => PartialDocument::Provider(term(entries)?),
        ContentKind::Page => return None,
    })
}

/// The outermost keys of front matter with these names, however they are spelled. Each is parsed by
/// itself, so that an error in one does not hide the others.
fn entries<'a>(text: &'a str, wanted: &[&'static str]) -> Vec<MapEntry<'a>> {
    let (start, rest) = split_at_fence(text.trim_start_matches('\u{feff}'));
    // Without an opening fence, the first is the closing one.
    let found = entries_before_fence(start, wanted);
    if found.is_empty() { entries_before_fence(split_at_fence(rest).0, wanted) } else { found }
}

fn entries_before_fence<'a>(text: &'a str, wanted: &[&'static str]) -> Vec<MapEntry<'a>> {
    let parse = |(start, end): (usize, usize)| {
        let entry = text.get(start..end)?;
        let (key, _) = entry.split_once(':')?;
        let key = key.trim().trim_matches(['"', '\'']);
        let meant = wanted.iter().find(|wanted| key == **wanted || is_misspelling(key, wanted))?;
        let entries = front_matter::parse("", entry, &mut Problems::default()).ok()?;
        Some(entries.into_iter().map(|entry| MapEntry { key: Cow::Borrowed(*meant), ..entry }))
    };
    blocks(text).into_iter().filter_map(parse).flatten().collect()
}

/// The lines before the first fence, and those after it.
fn split_at_fence(text: &str) -> (&str, &str) {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            let (before, behind) = text.split_at(end);
            return (before, behind.strip_prefix(line).unwrap_or_default());
        }
        end += line.len();
    }
    (text, "")
}

/// Where the outermost keys of front matter begin and end. All of them may be indented.
fn blocks(text: &str) -> Vec<(usize, usize)> {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let is_key = |line: &&str| !line.trim_start().is_empty() && !line.trim_start().starts_with('#');
    let usual = text.lines().find(is_key).map_or(0, indentation);
    let (mut starts, mut end) = (Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        let is_inside =
            !is_key(&line) || line.trim_start().starts_with('-') || indentation(line) > usual;
        if !is_inside {
            starts.push(end);
        }
        end += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts.iter().copied().zip(ends).collect()
}
