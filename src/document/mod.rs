//! One file's bytes become one document: an article, a term's page, or a page that stands by itself.
//!
//! Everything here is pure; `build` runs it over all files in parallel.

pub mod alias;
pub mod amp;
pub mod article;
pub mod body;
mod clean;
pub mod date;
mod foreign_keys;
mod form;
pub mod front_matter;
pub mod image;
pub mod page;
mod publication;
mod shallow;
pub mod term;
pub mod text;
pub mod video;

pub use article::{Article, Card, Details, PackedDetails};
pub use page::StandingPage;
pub use term::TermPage;

use crate::config::{Config, Limits};
use crate::diagnostic::Diagnostic;
use crate::domain::Domain;
use crate::node::{At, Entry, Node, Problem, Problems, Value};
use crate::source::{ContentKind, SiteFile};
use crate::visible::is_blank;

/// What a file of `content/` turned out to be.
#[derive(Debug)]
pub enum Document {
    /// An article.
    Article(Box<Article>),
    /// The page of a topic.
    Topic(TermPage),
    /// The page of a provider.
    Provider(TermPage),
    /// A page that stands by itself.
    Page(StandingPage),
}

/// Reads the document of `file`, which holds `bytes`. There is no document where one of the diagnostics is an error.
pub fn read(file: &SiteFile, bytes: &[u8], config: &Config) -> (Option<Document>, Vec<Diagnostic>) {
    let shown = file.shown();
    let parts = match front_matter::split(&shown, bytes) {
        Ok(parts) => parts,
        Err(diagnostic) => return (None, vec![diagnostic]),
    };
    let mut problems = Problems::default();
    if let Some(entries) = front_matter::parse_fast(parts.yaml) {
        let document = understand(file, entries, parts.body, config, &mut problems);
        if problems.is_empty() {
            return (document, Vec::new());
        }
        problems = Problems::default();
    }
    let entries = match front_matter::parse(&shown, parts.yaml, &mut problems) {
        Ok(entries) => entries,
        Err(diagnostic) => return (None, vec![diagnostic]),
    };
    let misread = front_matter::misread_texts(&shown, parts.yaml, &entries);
    let document = understand(file, entries, parts.body, config, &mut problems);
    let mut diagnostics = front_matter::locate(&shown, parts.yaml, problems);
    let has_error = diagnostics.iter().any(Diagnostic::is_error);
    // An error gives the reason for which a text was read so.
    let has_error_on_line = |misread: &Diagnostic| {
        let mut errors = diagnostics.iter().filter(|found| found.is_error());
        errors.any(|error| error.place.is_on_line_of(&misread.place))
    };
    let misread: Vec<Diagnostic> = misread.into_iter().filter(|found| !has_error_on_line(found)).collect();
    diagnostics.extend(misread);
    (document.filter(|_| !has_error), diagnostics)
}

/// What the front matter and the body of a file mean. Front matter beyond the site's limits is not looked into.
fn understand(
    file: &SiteFile,
    entries: Vec<Entry<'_>>,
    body: &str,
    config: &Config,
    problems: &mut Problems,
) -> Option<Document> {
    check_entries(&entries, At::NOWHERE, &config.limits, problems);
    if problems.has_error() {
        return None;
    }
    match file.kind() {
        ContentKind::Article => {
            let article = article::read(file, entries, body, config, problems);
            article.map(|article| Document::Article(Box::new(article)))
        }
        ContentKind::Topic => term::read(file, entries, body, problems).map(Document::Topic),
        ContentKind::Provider => term::read(file, entries, body, problems).map(Document::Provider),
        ContentKind::Page => page::read(file, entries, body, problems).map(Document::Page),
    }
}

fn check_entries(entries: &[Entry<'_>], at: At, limits: &Limits, problems: &mut Problems) {
    check_count(entries.len(), at, limits, problems);
    for entry in entries {
        check_value(&entry.node, limits, problems);
    }
}

fn check_value(node: &Node<'_>, limits: &Limits, problems: &mut Problems) {
    // A text has at least as many bytes as characters.
    let is_long = |text: &str| text.len() > limits.text && text.chars().count() > limits.text;
    if node.value.spelled().is_some_and(is_long) {
        let message = format!("this text is longer than {} characters", limits.text);
        problems.add(Problem::new(node.at, message).help(raise("text")));
    }
    match &node.value {
        Value::List(items) => {
            check_count(items.len(), node.at, limits, problems);
            for item in items {
                check_value(item, limits, problems);
            }
        }
        Value::Map(entries) => check_entries(entries, node.at, limits, problems),
        _ => {}
    }
}

fn check_count(count: usize, at: At, limits: &Limits, problems: &mut Problems) {
    if count > limits.items {
        let message = format!("there are {count} entries here, more than {}", limits.items);
        problems.add(Problem::new(at, message).help(raise("items")));
    }
}

fn raise(limit: &str) -> String {
    format!("shorten it, or raise `{limit}` in the table `[limits]` of site.toml")
}

/// The values of keys that are written, each with its key: what is null or an empty text is left out.
fn written(entries: Vec<Entry<'_>>) -> impl Iterator<Item = Entry<'_>> {
    entries.into_iter().filter(|entry| !entry.node.is_empty())
}

/// A text made plain; empty where it would show nothing.
fn plain(node: Node<'_>, key: &str) -> Result<String, Problem> {
    let text = text::clean(&node.text(key)?);
    Ok(if is_blank(&text) { String::new() } else { text })
}

/// A text made plain that holds something.
fn some_text(node: Node<'_>, key: &str) -> Result<String, Problem> {
    let at = node.at;
    match plain(node, key)? {
        text if text.is_empty() => {
            Err(Problem::new(at, format!("`{key}` is empty")).label("expected a visible character"))
        }
        text => Ok(text),
    }
}

/// The domain of a provider.
fn domain(node: Node<'_>, key: &str) -> Result<Domain, Problem> {
    let (at, text) = (node.at, plain(node, key)?);
    Domain::parse(&text).ok_or_else(|| {
        let problem = Problem::new(at, format!("`{key}` is not the name of a domain"))
            .label("expected one such as `news.example`");
        match Domain::in_address(&text) {
            Some(domain) => problem.help(format!("write `domain: {domain}`")),
            None => problem.help("a domain is made of letters, digits and hyphens, and has at least one dot"),
        }
    })
}
