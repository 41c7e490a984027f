//! Locations in front matter. No displayed line shows a value of `secured`.

use super::escapes::{decoded, has_codes};
use super::positions::{FIRST_LINE, line_and_column_of, line_start};
use super::secured::{is_mentioned, is_secured};
use super::yaml_reader::YamlReader;
use crate::diagnostic::Location;

/// Displayed instead of a line that may contain part of a value of `secured`.
pub(super) const HIDDEN_LINE: &str = "(not shown, because of `secured`)";

/// The maximum number of problems of one document.
pub(super) const MAX_PROBLEMS: usize = 20;

/// Valid YAML, for the locations of diagnostics.
pub(super) struct DiagnosticSource<'y> {
    pub(super) file: &'y str,
    pub(super) yaml: &'y str,
    /// Whether any line may contain part of a value of `secured`.
    is_hidden: bool,
}

impl<'y> DiagnosticSource<'y> {
    pub(super) fn new(file: &'y str, yaml: &'y str) -> Self {
        Self { file, yaml, is_hidden: may_show_secured(yaml) }
    }

    /// The location of a line and column, see [`yaml_location`].
    pub(super) fn location(&self, line: usize, column: usize, length: Option<usize>) -> Location {
        let is_hidden = |line: &str, _: usize| self.is_hidden || is_mentioned(line);
        yaml_location(self.file, self.yaml, line, column, length, is_hidden)
    }

    /// The location of a range of bytes on one line.
    pub(super) fn location_of_bytes(&self, start: usize, end: usize) -> Location {
        let (line, column) = line_and_column_of(self.yaml, start);
        let length = self.yaml.get(start..end).map_or(1, |part| part.chars().count());
        self.location(line, column, Some(length))
    }
}

/// The location in the document of a line and column of the YAML, both from 1. Without a `length`
/// it extends to the end of the value, or of the key if one begins there. Lines for which
/// `is_hidden` returns true, given their text and end, are not displayed.
fn yaml_location(
    file: &str,
    yaml: &str,
    line: usize,
    column: usize,
    length: Option<usize>,
    is_hidden: impl Fn(&str, usize) -> bool,
) -> Location {
    let start = line_start(yaml, line);
    let before = yaml.get(..start).expect("a line begins here");
    let shown_line = before.matches('\n').count() + FIRST_LINE;
    let text = yaml.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let line_begin = before.rfind('\n').map_or(0, |at| at + 1);
    let whole = yaml
        .get(line_begin..)
        .and_then(|rest| rest.split('\n').next())
        .expect("a line begins here");
    if is_hidden(whole, line_begin + whole.len()) {
        return Location::on_line(file, shown_line, 1, usize::MAX, HIDDEN_LINE);
    }
    let rest: String = text.chars().skip(column.saturating_sub(1)).collect();
    let key = rest
        .find(": ")
        .or_else(|| rest.trim_end().ends_with(':').then(|| rest.trim_end().len() - 1));
    let is_key = key
        .is_some_and(|end| rest.get(..end).is_some_and(|key| !key.contains(['"', '\'', ' ', '/'])));
    let length = length.unwrap_or_else(|| match key {
        Some(end) if is_key => rest.get(..end).unwrap_or("").chars().count(),
        _ => rest.trim_end().chars().count(),
    });
    let skipped = yaml.get(line_begin..start).map_or(0, |part| part.chars().count());
    Location::on_line(file, shown_line, skipped + column, length, whole)
}

/// The location in invalid YAML. Values may end anywhere, so everything after the first mention of
/// `secured` is hidden.
pub(super) fn location_of_error(
    file: &str,
    yaml: &str,
    line: usize,
    column: usize,
    length: Option<usize>,
) -> Location {
    let is_hidden = |_: &str, end: usize| {
        is_mentioned(yaml.get(..end).unwrap_or(yaml))
            || has_codes(yaml) && is_mentioned(&decoded(yaml))
    };
    yaml_location(file, yaml, line, column, length, is_hidden)
}

/// Whether valid YAML may contain part of a value of `secured` in a line that does not mention the
/// key. Values on one line end there; all others might appear anywhere.
fn may_show_secured(yaml: &str) -> bool {
    match YamlReader::default().read(yaml) {
        Ok(read) if read.secured.is_empty() => false,
        Ok(read) => {
            let lines: Vec<&str> = yaml.lines().collect();
            let mentions = lines.iter().filter(|line| is_mentioned(line)).count();
            let simple = (0..lines.len()).filter(|index| is_simple_secured(&lines, *index)).count();
            has_codes(yaml) || mentions != simple || simple != read.secured.len()
        }
        Err(_) => true,
    }
}

/// Whether a line is `secured:` with its whole value: in quotes without any inside, or plain
/// without a continuation line.
fn is_simple_secured(lines: &[&str], index: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some((line, (key, value))) =
        lines.get(index).and_then(|line| Some((line, line.split_once(':')?)))
    else {
        return false;
    };
    let value = value.trim();
    let is_quoted = ['"', '\''].iter().any(|quote| {
        let inner = value.strip_prefix(*quote).and_then(|rest| rest.strip_suffix(*quote));
        inner.is_some_and(|inner| !inner.contains([*quote, '\\']))
    });
    let is_plain = value.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '+' | '/'));
    let next = lines.iter().skip(index + 1).find(|line| !line.trim().is_empty());
    is_secured(key)
        && (is_quoted || is_plain)
        && next.is_none_or(|next| indent(next) <= indent(line))
}
