//! Parses documents: articles, topics, providers and pages.
//!
//! Everything here is pure; `build` runs it over all files in parallel.

pub mod alias;
pub mod amp;
mod anchors;
pub mod article;
pub mod body;
mod body_options;
mod compat_keys;
pub mod date;
mod draft;
mod excerpt;
mod footnotes;
pub mod front_matter;
mod html;
pub mod image;
pub mod keys;
mod link_definitions;
mod links;
mod lint;
mod nested_keys;
mod nesting;
pub mod page;
pub mod partial;
mod pin;
pub mod placeholder;
pub mod shared_names;
mod template_code;
pub mod term;
pub mod text;
mod values;
pub mod video;
mod written_excerpt;
mod yaml_hints;

pub(crate) use anchors::is_non_heading_fragment;
pub(crate) use article::is_plain_extra;
pub use article::{
    Article, ArticleBody, ArticleSummary, PartialArticle, StoryChoice, WithheldReason,
};
pub(crate) use draft::hides_document;
pub(crate) use excerpt::{excerpt_of_html, has_markup, text_of_html};
pub(crate) use html::flatten::tokenize as tokenize_html;
pub use page::Page;
pub use partial::{PartialDocument, read_partly};
pub use pin::Pin;
pub(crate) use template_code::{code_at as template_code_at, in_markdown as template_code_in};
pub use term::TermPage;
pub(crate) use written_excerpt::reason_to_ignore as reason_to_ignore_excerpt;

use std::borrow::Cow;

use memchr::memchr_iter;

use crate::config::{Config, Limits};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::invisible_chars::is_blank;
use crate::node::{MapEntry, Node, Problem, Problems, SourcePos, Value};
use crate::slug::Slugs;
use crate::source::{ContentKind, SiteFile};
use front_matter::Parts;
use values::raise;

/// A parsed document.
#[derive(Debug)]
pub enum Document {
    /// An article.
    Article(Box<Article>),
    /// The page of a topic.
    Topic(TermPage),
    /// The page of a provider.
    Provider(TermPage),
    /// A page such as About or Contact.
    Page(Page),
}

/// Parses a document. It is `None` if a diagnostic is an error.
pub fn parse(
    file: &SiteFile,
    bytes: &[u8],
    config: &Config,
) -> (Option<Document>, Vec<Diagnostic>) {
    let parts = match front_matter::split(&file.display_path(), bytes) {
        Ok(parts) => parts,
        Err(diagnostic) => return (None, vec![diagnostic]),
    };
    // The same text is checked and parsed.
    let written = without_blank_lines(parts.body);
    let start = bytes.len() - written.len();
    let body =
        if shows_nothing(written) { "".into() } else { with_plain_line_ends(written.trim_end()) };
    let found = check_body(&file.display_path(), bytes, start, &body, config.slugs);
    if found.iter().any(Diagnostic::is_error) {
        // Such a body must not be parsed.
        let (_, diagnostics) = read_parts(file, Parts { body: "", ..parts }, config);
        return (None, diagnostics.into_iter().chain(found).collect());
    }
    let (document, diagnostics) = read_parts(file, Parts { body: &body, ..parts }, config);
    (document, diagnostics.into_iter().chain(found).collect())
}

/// A body from its first line that is not blank. The indentation of this line is kept, since it has
/// a meaning in Markdown.
fn without_blank_lines(body: &str) -> &str {
    let text = body.len() - body.trim_start().len();
    let (blank, _) = body.split_at(text);
    let start = blank.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    body.get(start..).expect("a line ends with an ASCII character")
}

/// Whether a body has no visible character, even if written as entities.
fn shows_nothing(body: &str) -> bool {
    let begins_with_entity =
        || body.trim_start_matches(|c: char| !c.is_ascii_graphic()).starts_with('&');
    is_blank(body) || begins_with_entity() && is_blank(&text::normalize(body))
}

/// Converts single carriage returns to line feeds, since Markdown parsers disagree about them.
fn with_plain_line_ends(body: &str) -> Cow<'_, str> {
    let returns = || memchr_iter(b'\r', body.as_bytes());
    let is_alone = |at: usize| body.as_bytes().get(at + 1) != Some(&b'\n');
    if !returns().any(is_alone) {
        return body.into();
    }
    let mut chars = body.chars().peekable();
    let mut plain = String::with_capacity(body.len());
    while let Some(c) = chars.next() {
        plain.push(if c == '\r' && chars.peek() != Some(&'\n') { '\n' } else { c });
    }
    plain.into()
}

/// The maximum number of warnings about one body.
const MAX_FINDINGS: usize = 20;

/// Checks a body, which begins at byte `start`: an error if it is nested too deep, else errors in
/// its tables and warnings about what is not published as written.
fn check_body(
    display_path: &str,
    bytes: &[u8],
    start: usize,
    body: &str,
    slugs: Slugs,
) -> Vec<Diagnostic> {
    let text = || std::str::from_utf8(bytes).expect("`front_matter::split` accepts only UTF-8");
    if let Some(at) = nesting::too_deep(body) {
        let location = Location::in_text(display_path, text(), start + at, start + at + 1);
        let message = format!(
            "block quotes, lists and footnotes are nested more than {} deep",
            nesting::MAX_DEPTH
        );
        return vec![
            Diagnostic::new(Code::NestedTooDeeply, location, message)
                .help("begin the line with fewer `>`, list markers or blanks"),
        ];
    }
    let mut found = lint::lint(body, slugs);
    found.sort_by_key(|(_, problem)| (problem.is_warning(), !problem.changes_output));
    let hidden = found.split_off(MAX_FINDINGS.min(found.len()));
    let locate = |(range, problem): lint::Finding| {
        let location =
            Location::in_text(display_path, text(), start + range.start, start + range.end);
        problem.into_diagnostic(location)
    };
    let mut diagnostics: Vec<Diagnostic> = found.into_iter().map(locate).collect();
    if !hidden.is_empty() {
        let message = format!("{} more warnings about the body", hidden.len());
        let changes_output = hidden.iter().any(|(_, problem)| problem.changes_output);
        diagnostics.push(Diagnostic {
            changes_output,
            ..Diagnostic::new(Code::MoreWarnings, Location::file(display_path), message)
        });
    }
    diagnostics
}

/// Parses a document whose body is not nested too deep.
fn read_parts(
    file: &SiteFile,
    parts: Parts<'_>,
    config: &Config,
) -> (Option<Document>, Vec<Diagnostic>) {
    let display_path = file.display_path();
    let mut problems = Problems::default();
    if let Some(entries) = front_matter::parse_fast(parts.yaml) {
        let document = parse_document(file, entries, parts.body, config, &mut problems);
        if problems.is_empty() {
            return (document, Vec::new());
        }
        problems = Problems::default();
    }
    let entries = match front_matter::parse(&display_path, parts.yaml, &mut problems) {
        Ok(entries) => entries,
        Err(diagnostic) => return (None, vec![diagnostic]),
    };
    let misread = front_matter::misread_texts(&display_path, parts.yaml, &entries);
    let document = parse_document(file, entries, parts.body, config, &mut problems);
    let mut diagnostics = front_matter::locate(&display_path, parts.yaml, problems);
    let has_error = diagnostics.iter().any(Diagnostic::is_error);
    // An error explains a misread text better.
    let has_error_on_line = |misread: &Diagnostic| {
        let mut errors = diagnostics.iter().filter(|found| found.is_error());
        errors.any(|error| error.location.is_on_line_of(&misread.location))
    };
    let misread: Vec<Diagnostic> =
        misread.into_iter().filter(|found| !has_error_on_line(found)).collect();
    diagnostics.extend(misread);
    (document.filter(|_| !has_error), diagnostics)
}

/// Parses front matter and body. Front matter that exceeds the site's limits is not examined
/// further.
fn parse_document(
    file: &SiteFile,
    entries: Vec<MapEntry<'_>>,
    body: &str,
    config: &Config,
    problems: &mut Problems,
) -> Option<Document> {
    check_entries(&entries, SourcePos::UNKNOWN, &config.limits, problems);
    if problems.has_error() {
        return None;
    }
    match file.kind() {
        ContentKind::Article => {
            let article = article::parse(file, entries, body, config, problems);
            article.map(|article| Document::Article(Box::new(article)))
        }
        ContentKind::Topic => {
            term::parse(file, entries, body, config.slugs, problems).map(Document::Topic)
        }
        ContentKind::Provider => {
            term::parse(file, entries, body, config.slugs, problems).map(Document::Provider)
        }
        ContentKind::Page => {
            page::parse(file, entries, body, config.slugs, problems).map(Document::Page)
        }
    }
}

fn check_entries(
    entries: &[MapEntry<'_>],
    at: SourcePos,
    limits: &Limits,
    problems: &mut Problems,
) {
    check_count(entries.len(), at, limits, problems);
    for entry in entries {
        check_value(&entry.node, limits, problems);
    }
}

fn check_value(node: &Node<'_>, limits: &Limits, problems: &mut Problems) {
    // A text has at most as many characters as bytes.
    let is_long = |text: &str| text.len() > limits.text && text.chars().count() > limits.text;
    if node.value.spelled().is_some_and(is_long) {
        let message = format!("this text is longer than {} characters", limits.text);
        problems.add(Problem::new(Code::LimitExceeded, node.at, message).help(raise("text")));
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

fn check_count(count: usize, at: SourcePos, limits: &Limits, problems: &mut Problems) {
    if count > limits.items {
        let message = format!("too many entries: {count} (limit {})", limits.items);
        problems.add(Problem::new(Code::LimitExceeded, at, message).help(raise("items")));
    }
}
