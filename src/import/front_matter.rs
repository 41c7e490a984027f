//! The front matter of other generators: YAML, TOML, JSON, header lines, and lines in a comment.

use crate::config::toml_entries;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::front_matter;
use crate::node::{MapEntry, Node, Problems, SourcePos, Value};
use crate::source;

/// A file of another generator.
pub(super) struct OldPost<'a> {
    file: &'a str,
    text: &'a str,
    pub(super) entries: Vec<MapEntry<'static>>,
    pub(super) body: &'a str,
}

impl<'a> OldPost<'a> {
    /// Reads a file.
    ///
    /// # Errors
    /// When it has no front matter, or damaged front matter.
    pub(super) fn read(file: &'a str, bytes: &'a [u8]) -> Result<Self, Diagnostic> {
        let text = source::text(bytes).map_err(|_| {
            Diagnostic::new(Code::UnreadableImport, Location::file(file), "the file is not UTF-8")
                .help("save the file as UTF-8")
        })?;
        let first = text.lines().next().unwrap_or_default().trim_end();
        let (entries, body) = match first {
            "---" => yaml(file, bytes)?,
            "+++" | "---toml" | "--- toml" => toml(file, text)?,
            "---json" | "--- json" | ";;;" => {
                let (json, body) = fenced(file, text, first)?;
                (json_entries(file, json, 1)?.0, body)
            }
            _ if first.starts_with('{') => {
                let (entries, end) = json_entries(file, text, 0)?;
                (entries, text.get(end..).unwrap_or_default())
            }
            _ => {
                if let Some((yaml, body)) = without_opening_fence(text) {
                    (yaml_entries_at_start(file, yaml)?, body)
                } else if let Some(parts) = comment_lines(text) {
                    parts
                } else {
                    header_lines(file, text, first)?
                }
            }
        };
        Ok(Self { file, text, entries, body })
    }

    /// The location of an outermost key.
    pub(super) fn location_of(&self, key: &str) -> Location {
        let head = self.text.get(..self.text.len() - self.body.len()).unwrap_or_default();
        let start_of_key = |line: &str| {
            let rest = line.trim_start_matches([' ', '\t', '"', '{', '.']);
            let (start, after) = rest.split_at_checked(key.len())?;
            let is_key = start.eq_ignore_ascii_case(key)
                && after.trim_start_matches(['"', ' ']).starts_with([':', '=']);
            is_key.then_some(line.len() - rest.len())
        };
        let mut lines = (1..).zip(head.lines());
        let found = lines.find_map(|(number, line)| Some((number, line, start_of_key(line)?)));
        found.map_or_else(
            || Location::file(self.file),
            |(number, line, at)| {
                let column = line.get(..at).unwrap_or("").chars().count() + 1;
                Location::on_line(self.file, number, column, key.chars().count(), line)
            },
        )
    }

    /// The number of the first line of the body.
    pub(super) fn body_line(&self) -> usize {
        let head = self.text.get(..self.text.len() - self.body.len()).unwrap_or_default();
        head.matches('\n').count() + 1
    }
}

/// The entries of a configuration file of another generator; none if it is damaged.
pub(super) fn config_entries(path: &str, bytes: &[u8]) -> Vec<MapEntry<'static>> {
    let Ok(text) = source::text(bytes) else { return Vec::new() };
    let ending = path.rsplit('.').next().unwrap_or_default();
    match ending {
        "toml" => toml_entries(text).map(owned).unwrap_or_default(),
        "json" => json_entries(path, text, 0).map(|(entries, _)| entries).unwrap_or_default(),
        _ => {
            front_matter::parse(path, text, &mut Problems::default()).map(owned).unwrap_or_default()
        }
    }
}

type Parts<'a> = (Vec<MapEntry<'static>>, &'a str);

fn yaml<'a>(file: &str, bytes: &'a [u8]) -> Result<Parts<'a>, Diagnostic> {
    let parts = front_matter::split(file, bytes)?;
    Ok((yaml_entries(file, parts.yaml)?, parts.body))
}

/// The entries of YAML that begins in the second line.
fn yaml_entries(file: &str, yaml: &str) -> Result<Vec<MapEntry<'static>>, Diagnostic> {
    if let Some(entries) = front_matter::parse_fast(yaml) {
        return Ok(owned(entries));
    }
    let mut problems = Problems::default();
    let entries = front_matter::parse(file, yaml, &mut problems)?;
    let mut found = front_matter::locate(file, yaml, problems).into_iter();
    match found.find(Diagnostic::is_error) {
        Some(error) => Err(error),
        None => Ok(owned(entries)),
    }
}

/// The entries of YAML that begins in the first line.
fn yaml_entries_at_start(file: &str, yaml: &str) -> Result<Vec<MapEntry<'static>>, Diagnostic> {
    yaml_entries(file, yaml).map_err(|mut error| {
        if let Some(span) = &mut error.location.span {
            span.line = span.line.saturating_sub(1).max(1);
        }
        error
    })
}

/// YAML with a title that ends with a fence and begins without one, and the body, as in Hexo. After a
/// blank line, only other entries are part of it: a line `---` after text is a rule.
fn without_opening_fence(text: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    let (mut has_gap, mut is_after_blank) = (false, false);
    for line in text.split_inclusive('\n') {
        let (yaml, rest) = text.split_at_checked(at)?;
        if line.trim_end() == "---" {
            let has_title = yaml.lines().any(|line| line.starts_with("title:"));
            return has_title.then_some((yaml, rest.get(line.len()..)?));
        }
        let is_blank = line.trim().is_empty();
        let continues = !is_after_blank && line.starts_with([' ', '\t', '-', '#']);
        if has_gap && !is_blank && !continues && !begins_entry(line) {
            return None;
        }
        has_gap |= is_blank;
        is_after_blank = is_blank;
        at += line.len();
    }
    None
}

/// Whether a line begins an entry with a key in lower case.
fn begins_entry(line: &str) -> bool {
    let is_key = |key: &str| {
        key.starts_with(|c: char| c.is_ascii_lowercase())
            && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    let pair = line.split_once(':');
    pair.is_some_and(|(key, value)| is_key(key) && value.starts_with(char::is_whitespace))
}

/// Lines `.. key: value` of a comment at the beginning, and the body, as in Nikola.
fn comment_lines(text: &str) -> Option<Parts<'_>> {
    let (comment, body) = text.strip_prefix("<!--")?.split_once("-->")?;
    let lines = comment.lines().filter_map(|line| line.trim().strip_prefix(".. ")?.split_once(':'));
    let entries: Vec<_> = lines
        .map(|(key, value)| (key.trim().to_lowercase(), value.trim().to_owned()))
        .map(|(key, value)| text_entry(key, Value::Text(value.into())))
        .collect();
    (!entries.is_empty()).then_some((entries, body))
}

fn toml<'a>(file: &str, text: &'a str) -> Result<Parts<'a>, Diagnostic> {
    let (toml, body) = fenced(file, text, "+++")?;
    let entries = toml_entries(toml).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let start = toml.as_ptr() as usize - text.as_ptr() as usize;
        let location = Location::in_text(file, text, start + at, start + at + 1);
        damaged(location, "TOML", error.message())
    })?;
    Ok((owned(entries), body))
}

fn damaged(location: Location, format: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnreadableImport,
        location,
        format!("the front matter is not {format}: {reason}"),
    )
    .help("correct the file, and import it again")
}

/// The text between the first line and a line that closes it, and what follows.
fn fenced<'a>(file: &str, text: &'a str, opening: &str) -> Result<(&'a str, &'a str), Diagnostic> {
    let closing = if opening.starts_with("---") { "---" } else { opening };
    let start = text.find('\n').map_or(text.len(), |end| end + 1);
    let mut at = start;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        if line.trim_end() == closing {
            let inside = text.get(start..at).unwrap_or_default();
            return Ok((inside, text.get(at + line.len()..).unwrap_or_default()));
        }
        at += line.len();
    }
    let location = Location::on_line(file, 1, 1, usize::MAX, opening);
    Err(Diagnostic::new(Code::UnreadableImport, location, "the front matter has no closing fence")
        .help(format!("add a line `{closing}` after its last line")))
}

/// The entries of the JSON object with which a text begins, and where the object ends.
fn json_entries(
    file: &str,
    text: &str,
    lines_before: usize,
) -> Result<(Vec<MapEntry<'static>>, usize), Diagnostic> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    let value = values.next().transpose().map_err(|error| {
        let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
        let number = error.line() + lines_before;
        damaged(
            Location::on_line(file, number, error.column(), 1, line),
            "JSON",
            &error.to_string(),
        )
    })?;
    let end = values.byte_offset();
    match value.map(json_value) {
        Some(Value::Map(entries)) => Ok((entries, end)),
        _ => Err(damaged(Location::file(file), "JSON", "expected an object")),
    }
}

fn json_value(value: serde_json::Value) -> Value<'static> {
    use serde_json::Value as Json;
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value, value.to_string().into()),
        Json::Number(number) => {
            let text = number.to_string();
            match number.as_i64() {
                Some(integer) => Value::Integer(integer, text.into()),
                None => Value::Float(number.as_f64().unwrap_or(f64::NAN), text.into()),
            }
        }
        Json::String(text) => Value::Text(text.into()),
        Json::Array(items) => {
            Value::List(items.into_iter().map(|item| unlocated(json_value(item))).collect())
        }
        Json::Object(entries) => {
            let entry = |(key, value)| text_entry(key, json_value(value));
            Value::Map(entries.into_iter().map(entry).collect())
        }
    }
}

fn unlocated(value: Value<'static>) -> Node<'static> {
    Node { at: SourcePos::UNKNOWN, value }
}

fn text_entry(key: String, value: Value<'static>) -> MapEntry<'static> {
    MapEntry { at: SourcePos::UNKNOWN, key: key.into(), node: unlocated(value) }
}

/// Lines `Key: value` up to a blank one, as Pelican and other generators have them. An indented
/// line continues the one before it.
fn header_lines<'a>(file: &str, text: &'a str, first: &str) -> Result<Parts<'a>, Diagnostic> {
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = entries.last_mut()
        {
            value.push(' ');
            value.push_str(trimmed);
            continue;
        }
        let is_key = |key: &str| {
            !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        };
        // A line that begins with a URL is text.
        let is_value = |value: &str| value.is_empty() || value.starts_with([' ', '\t']);
        let entry = trimmed.split_once(':');
        match entry.filter(|(key, value)| is_key(key) && is_value(value)) {
            Some((key, value)) => entries.push((key.to_lowercase(), value.trim().to_owned())),
            None => return Err(no_front_matter(file, first)),
        }
    }
    if entries.is_empty() {
        return Err(no_front_matter(file, first));
    }
    let entries =
        entries.into_iter().map(|(key, value)| text_entry(key, Value::Text(value.into())));
    Ok((entries.collect(), text.get(at..).unwrap_or_default()))
}

fn no_front_matter(file: &str, first: &str) -> Diagnostic {
    let location = Location::on_line(file, 1, 1, usize::MAX, first);
    Diagnostic::new(Code::NoFrontMatter, location, "the file does not begin with front matter")
        .help("begin the file with `---` and lines `key: value`, or leave it out")
}

fn owned(entries: Vec<MapEntry<'_>>) -> Vec<MapEntry<'static>> {
    entries.into_iter().map(MapEntry::into_owned).collect()
}
