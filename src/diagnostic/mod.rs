//! Diagnostics: what is wrong, where, and how to fix it.
//!
//! A diagnostic is a value. It knows nothing of terminals; `cli` prints it.

mod closest_match;
mod code;
mod severity;

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::closest_match::{closest_match, is_misspelling};
pub use self::code::Code;
pub use self::severity::Severity;
use crate::escape::without_credentials;

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
    /// The path relative to the site's root, with `/` separators.
    pub file: String,
    /// The position in the file; `None` for the whole file.
    pub span: Option<Span>,
}

/// A range of characters on one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The line number, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The number of characters, at least 1.
    pub length: usize,
    /// The line without its line break and credentials; of a very long line, the part around the
    /// column.
    pub text: String,
    /// The number of characters of the line before `text`.
    pub skipped: usize,
}

/// The maximum length of the line in a [`Span`].
const MAX_LINE_LENGTH: usize = 400;

impl Location {
    /// The whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), span: None }
    }

    /// `length` characters from `column` of `line` (both from 1), which reads `text`. A position
    /// beyond the end of the line is moved to its end.
    pub fn on_line(
        file: impl Into<String>,
        line: usize,
        column: usize,
        length: usize,
        text: &str,
    ) -> Self {
        let text = without_credentials(text.trim_end());
        let width = text.chars().count();
        let column = column.clamp(1, width + 1);
        let skipped =
            if width > MAX_LINE_LENGTH { column.saturating_sub(MAX_LINE_LENGTH / 2) } else { 0 };
        let text: String = text.chars().skip(skipped).take(MAX_LINE_LENGTH).collect();
        let length = length.clamp(1, (text.chars().count() + skipped + 1 - column).max(1));
        Self {
            file: file.into(),
            span: Some(Span { line: line.max(1), column, length, text, skipped }),
        }
    }

    /// The part of a file's `text` from byte `start` to byte `end` or the end of the line.
    pub fn in_text(file: impl Into<String>, text: &str, start: usize, end: usize) -> Self {
        let before = text.get(..start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let column = before.get(line_start..).map_or(0, |part| part.chars().count()) + 1;
        let length = text
            .get(start..end)
            .and_then(|part| part.lines().next())
            .map_or(1, |part| part.chars().count());
        Self::on_line(file, before.matches('\n').count() + 1, column, length, line)
    }

    /// Whether both locations are on the same line of the same file.
    pub fn is_on_line_of(&self, other: &Self) -> bool {
        let line = |location: &Self| location.span.as_ref().map(|span| span.line);
        self.file == other.file && line(self) == line(other)
    }
}

impl fmt::Display for Location {
    /// Formats as `file:line:column`, which editors and terminals recognize.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.span {
            Some(span) => write!(f, "{}:{}:{}", self.file, span.line, span.column),
            None => f.write_str(&self.file),
        }
    }
}

/// The one right way to fix a problem: another text at its location.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// The text that the file has at the location, perhaps in quotation marks.
    pub from: String,
    /// The text to write in its place.
    pub to: String,
}

/// A finding. Created by [`Diagnostic::new`] and completed by the other methods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The rule that was violated.
    pub code: Code,
    /// The severity of the code, unless it was changed.
    pub severity: Severity,
    pub location: Location,
    /// The problem, as a sentence without a full stop.
    pub message: String,
    /// A label at the location, such as what was expected.
    pub label: Option<String>,
    /// How to fix the problem.
    pub help: Option<String>,
    /// The text that fixes the problem, if there is one right answer.
    pub fix: Option<Box<Fix>>,
    /// Whether a setting makes an error of the warning.
    #[serde(skip)]
    pub is_denied: bool,
    /// Where the problem originates.
    #[serde(skip)]
    pub origin: Origin,
    /// The front-matter key concerned, if the location is a whole document.
    #[serde(skip)]
    pub key: Option<&'static str>,
    /// The text of the key, or the item of its list, that is concerned.
    #[serde(skip)]
    pub item: Option<Box<str>>,
    /// Whether a warning concerns something that is published differently than its author may
    /// expect. `build` and `serve` print such warnings too.
    pub changes_output: bool,
    /// Related locations, each with an explanation.
    pub others: Vec<(Location, String)>,
}

impl Diagnostic {
    /// A diagnostic with the severity of its code.
    pub fn new(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            location,
            message: message.into(),
            label: None,
            help: None,
            fix: None,
            is_denied: false,
            origin: Origin::Input,
            key: None,
            item: None,
            changes_output: false,
            others: Vec::new(),
        }
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

    /// Sets the label at the location.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), ..self }
    }

    /// Sets how to fix the problem.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Sets the key of the document, so that its location can be looked up.
    #[must_use]
    pub fn at_key(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Sets the text of the key or the item of its list, so that its location can be looked up.
    #[must_use]
    pub fn at_item(self, item: &str) -> Self {
        Self { item: Some(item.into()), ..self }
    }

    /// Marks a warning about something that is published differently than its author may expect.
    #[must_use]
    pub fn changes_output(self) -> Self {
        Self { changes_output: true, ..self }
    }

    /// Adds a related location.
    #[must_use]
    pub fn other(mut self, location: Location, what: impl Into<String>) -> Self {
        self.others.push((location, what.into()));
        self
    }

    /// Whether the document or the site cannot be published.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Turns a warning into an error of a check.
    #[must_use]
    pub fn denied(self) -> Self {
        Self { severity: Severity::Error, is_denied: true, ..self }
    }

    /// The display order: by file, by position, errors first.
    pub fn order(&self, other: &Self) -> Ordering {
        (&self.location, self.severity, &self.message).cmp(&(
            &other.location,
            other.severity,
            &other.message,
        ))
    }
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
        let location = Location::on_line(
            "a.md",
            1,
            545,
            3,
            &format!("{}abc{}", "x".repeat(544), "y".repeat(999)),
        );
        assert_eq!(location.to_string(), "a.md:1:545");
        let span = location.span.expect("span");
        assert_eq!(
            span.text.chars().skip(span.column - 1 - span.skipped).take(3).collect::<String>(),
            "abc"
        );
    }
}
