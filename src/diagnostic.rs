//! Diagnostics: what is wrong, where, and how to fix it.
//!
//! A diagnostic is a value. It knows nothing of terminals; `cli` prints it.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::escape::without_credentials;

/// The severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// The document or the site cannot be published as it is.
    Error,
    /// The site can be published, but somebody should look.
    Warning,
}

/// Where the problem originates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The content of an input file.
    #[default]
    Input,
    /// An I/O error: the actual state is unknown.
    Io,
    /// A source that was edited during the build.
    ConcurrentEdit,
}

/// A location in a file of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file, relative to the site's root, with `/` between folders.
    pub file: String,
    /// The place inside the file, if the file as a whole is not meant.
    pub span: Option<Span>,
}

/// A run of characters on one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// In characters; at least 1.
    pub length: usize,
    /// The line itself, without its line break and without credentials; of a very long one the part around the column.
    pub text: String,
    /// How many characters of the line stand before `text`.
    pub skipped: usize,
}

/// Longer lines are cut in a [`Span`], since nobody reads more of them.
const MAX_LINE_LENGTH: usize = 400;

impl Location {
    /// The file as a whole.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), span: None }
    }

    /// `length` characters from `column` (counted from 1) of line `line` (counted from 1), which reads `text`.
    /// What lies behind the end of the line is moved to its end.
    pub fn on_line(file: impl Into<String>, line: usize, column: usize, length: usize, text: &str) -> Self {
        let text = without_credentials(text.trim_end());
        let width = text.chars().count();
        let column = column.clamp(1, width + 1);
        let skipped = if width > MAX_LINE_LENGTH { column.saturating_sub(MAX_LINE_LENGTH / 2) } else { 0 };
        let text: String = text.chars().skip(skipped).take(MAX_LINE_LENGTH).collect();
        let length = length.clamp(1, (text.chars().count() + skipped + 1 - column).max(1));
        Self { file: file.into(), span: Some(Span { line: line.max(1), column, length, text, skipped }) }
    }

    /// The part of `text`, a whole file, that begins at byte `start` and ends before byte `end` or with its line.
    pub fn in_text(file: impl Into<String>, text: &str, start: usize, end: usize) -> Self {
        let before = text.get(..start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let column = before.get(line_start..).map_or(0, |part| part.chars().count()) + 1;
        let length =
            text.get(start..end).and_then(|part| part.lines().next()).map_or(1, |part| part.chars().count());
        Self::on_line(file, before.matches('\n').count() + 1, column, length, line)
    }

    /// Whether both are on one line of one file.
    pub fn is_on_line_of(&self, other: &Self) -> bool {
        let line = |location: &Self| location.span.as_ref().map(|span| span.line);
        self.file == other.file && line(self) == line(other)
    }
}

impl fmt::Display for Location {
    /// As editors and terminals understand it: `file:line:column`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.span {
            Some(span) => write!(f, "{}:{}:{}", self.file, span.line, span.column),
            None => f.write_str(&self.file),
        }
    }
}

/// One finding. Made by [`Diagnostic::error`] or [`Diagnostic::warning`] and completed by the other constructors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// Where it is.
    pub location: Location,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What was expected at the place itself.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Where the problem originates.
    #[serde(skip)]
    pub origin: Origin,
    /// The key of front matter that is meant, where the place is a document as a whole.
    #[serde(skip)]
    pub key: Option<&'static str>,
    /// Whether a warning is about something that is published otherwise than its author may expect; such a warning is
    /// printed by `build` and `serve`, too.
    pub changes_output: bool,
    /// Other places that have to do with it, each with what it is.
    pub others: Vec<(Location, String)>,
}

impl Diagnostic {
    /// An error at `location`.
    pub fn error(location: Location, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            location,
            message: message.into(),
            label: None,
            help: None,
            origin: Origin::Input,
            key: None,
            changes_output: false,
            others: Vec::new(),
        }
    }

    /// A warning at `location`.
    pub fn warning(location: Location, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(location, message) }
    }

    /// Turns an error into a warning.
    #[must_use]
    pub fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// Sets where the problem originates.
    #[must_use]
    pub fn with_origin(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// Adds what was expected at the place itself.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), ..self }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Adds which key of the document is meant, for whoever can look where it is written.
    #[must_use]
    pub fn at_key(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Marks a warning about something that is published otherwise than its author may expect.
    #[must_use]
    pub fn changes_output(self) -> Self {
        Self { changes_output: true, ..self }
    }

    /// Adds another place that has to do with it.
    #[must_use]
    pub fn other(mut self, location: Location, what: impl Into<String>) -> Self {
        self.others.push((location, what.into()));
        self
    }

    /// Whether the document or the site cannot be published as it is.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The order in which diagnostics are shown: by file, by place in it, errors first.
    pub fn order(&self, other: &Self) -> Ordering {
        (&self.location, self.severity, &self.message).cmp(&(&other.location, other.severity, &other.message))
    }
}

/// The word of `known` closest to `word`, if it is close enough to be a likely typo.
pub fn closest_match<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_counts_lines_and_characters() {
        let location = Location::in_text("a.md", "één: 1\ntwö: drei\n", 15, 19);
        assert_eq!(location, Location::on_line("a.md", 2, 6, 4, "twö: drei"));
        assert_eq!(location.to_string(), "a.md:2:6");
    }

    #[test]
    fn location_is_clamped_to_the_line() {
        let location = Location::on_line("a.md", 0, 99, 99, "abc");
        assert_eq!(
            location.span,
            Some(Span { line: 1, column: 4, length: 1, text: "abc".into(), skipped: 0 })
        );
        let location = Location::in_text("a.md", "abc", 99, 100);
        assert_eq!(location.to_string(), "a.md:1:4");
    }

    #[test]
    fn long_line_is_cut_around_the_column() {
        let location =
            Location::on_line("a.md", 1, 545, 3, &format!("{}abc{}", "x".repeat(544), "y".repeat(999)));
        assert_eq!(location.to_string(), "a.md:1:545");
        let span = location.span.expect("span");
        assert_eq!(span.text.chars().skip(span.column - 1 - span.skipped).take(3).collect::<String>(), "abc");
    }

    #[test]
    fn closest_match_needs_a_small_distance() {
        assert_eq!(closest_match("per_pag", ["per_page", "permalink"]), Some("per_page"));
        assert_eq!(closest_match("publisheddatetime", ["publishedDateTime"]), Some("publishedDateTime"));
        assert_eq!(closest_match("zebra", ["per_page", "permalink"]), None);
    }
}
