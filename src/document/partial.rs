//! What can be read of a document with errors: enough to know what it is about.

use super::article::{self, PartialArticle};
use super::front_matter;
use super::term::{self, TermPage};
use crate::config::Config;
use crate::node::{MapEntry, Problems};
use crate::source::{ContentKind, SiteFile};

/// The keys that are read of an article, and of the file of a topic or provider.
const OF_ARTICLE: [&str; 6] =
    ["webUrl", "originalUrl", "ampWebUrl", "cdnAmpWebUrl", "provider", "topics"];
const OF_TERM: [&str; 3] = ["name", "domain", "language"];

/// A document with errors, as far as it can be read.
#[derive(Debug)]
pub enum PartialDocument {
    Article(PartialArticle),
    Topic(TermPage),
    Provider(TermPage),
}

/// Reads a document with errors. None if it is a page.
pub fn read_partly(file: &SiteFile, bytes: &[u8], config: &Config) -> Option<PartialDocument> {
    let text = String::from_utf8_lossy(bytes);
    let wanted: &[&str] = if file.kind() == ContentKind::Article { &OF_ARTICLE } else { &OF_TERM };
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

/// The outermost keys of front matter with these names. Each is parsed by itself, so that an error
/// in one does not hide the others.
fn entries<'a>(text: &'a str, wanted: &[&str]) -> Vec<MapEntry<'a>> {
    let text = text.trim_start_matches('\u{feff}');
    let rest = text.split_once('\n').filter(|(first, _)| first.trim_end() == "---");
    let text = rest.map_or(text, |(_, rest)| rest);
    let parse = |(start, end): (usize, usize)| {
        let entry = text.get(start..end)?;
        let (key, _) = entry.split_once(':')?;
        let key = key.trim().trim_matches(['"', '\'']);
        let parse = || front_matter::parse("", entry, &mut Problems::default()).ok();
        wanted.contains(&key).then(parse)?
    };
    blocks(text).into_iter().filter_map(parse).flatten().collect()
}

/// Where the outermost keys of front matter begin and end, up to its closing fence if there is one.
fn blocks(text: &str) -> Vec<(usize, usize)> {
    let (mut starts, mut end) = (Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            break;
        }
        let is_inside = line.starts_with(|c: char| c.is_whitespace() || matches!(c, '-' | '#'));
        if !is_inside {
            starts.push(end);
        }
        end += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts.iter().copied().zip(ends).collect()
}
