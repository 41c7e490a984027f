//! Parsed values of front matter and `site.toml`, with source positions, and typed access to them.
//!
//! Reading does not stop at the first mistake: every mistake becomes a [`Problem`], and the parser
//! that made the node looks up its line and column.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::diagnostic::{Code, Diagnostic, Fix, Location, Severity, closest_match, is_misspelling};

/// The position of a node. Only the parser that made the node knows what the number means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourcePos(pub u32);

impl SourcePos {
    /// The position of something that is not in the file.
    pub const UNKNOWN: Self = Self(u32::MAX);
}

/// A value and its position.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'a> {
    pub at: SourcePos,
    pub value: Value<'a>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Empty, `null` or `~`.
    Null,
    /// `true` or `false`, with its spelling.
    Bool(bool, Cow<'a, str>),
    /// An integer, with its spelling.
    Integer(i64, Cow<'a, str>),
    /// Any other number, with its spelling.
    Float(f64, Cow<'a, str>),
    /// A date or time, as it is spelled.
    Date(Cow<'a, str>),
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Node<'a>>),
    /// A mapping, in file order.
    Map(Vec<MapEntry<'a>>),
}

/// An entry of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct MapEntry<'a> {
    /// The position of the key.
    pub at: SourcePos,
    pub key: Cow<'a, str>,
    /// The value.
    pub node: Node<'a>,
}

/// A problem with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The rule that was violated. Its severity says whether the value can still be used.
    pub code: Code,
    pub at: SourcePos,
    /// The problem, as a sentence without a full stop.
    pub message: String,
    /// A label at the position, such as what was expected.
    pub label: Option<String>,
    /// How to fix the problem.
    pub help: Option<String>,
    /// As [`crate::diagnostic::Diagnostic::fix`].
    pub fix: Option<Box<Fix>>,
    /// As [`crate::diagnostic::Diagnostic::changes_output`].
    pub changes_output: bool,
    /// The kind of the problem, from which the parser may know the reason.
    pub kind: ProblemKind,
}

/// A kind of problem for which a parser may know the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProblemKind {
    /// The key has no value in the mapping at the problem's position, or in the outermost mapping.
    MissingKey(String),
    /// A text was expected.
    NotText,
    /// The key is unknown.
    UnknownKey,
    /// Any other problem.
    #[default]
    Other,
}

impl Problem {
    pub fn new(code: Code, at: SourcePos, message: impl Into<String>) -> Self {
        Self {
            code,
            at,
            message: message.into(),
            label: None,
            help: None,
            fix: None,
            changes_output: false,
            kind: ProblemKind::Other,
        }
    }

    /// The problem as a diagnostic at `location`.
    pub fn into_diagnostic(self, location: Location) -> Diagnostic {
        let Self { code, message, label, help, fix, changes_output, .. } = self;
        Diagnostic { label, help, fix, changes_output, ..Diagnostic::new(code, location, message) }
    }

    /// Whether the value can still be used.
    pub fn is_warning(&self) -> bool {
        self.code.severity() == Severity::Warning
    }

    /// Marks a warning about something that is published differently than its author may expect.
    #[must_use]
    pub fn changes_output(self) -> Self {
        Self { changes_output: true, ..self }
    }

    /// Sets the kind of problem.
    #[must_use]
    pub fn of_kind(self, kind: ProblemKind) -> Self {
        Self { kind, ..self }
    }

    /// Sets the label at the position.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), ..self }
    }

    /// Sets how to fix the problem.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Offers the word that was probably meant.
    #[must_use]
    pub fn did_you_mean(self, word: &str, meant: &str) -> Self {
        let problem = self.help(format!("did you mean `{meant}`?"));
        if is_misspelling(word, meant) { problem.fix(word, meant) } else { problem }
    }

    /// Sets the text that fixes the problem.
    #[must_use]
    pub fn fix(self, from: &str, to: &str) -> Self {
        let fix = Fix { from: from.to_owned(), to: to.to_owned() };
        Self { fix: Some(Box::new(fix)), ..self }
    }
}

/// The result of reading a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// The key is missing.
    #[default]
    Missing,
    /// The key is present, and its value has been reported as invalid.
    Invalid,
    /// The key is present with this value.
    Present(T),
}

impl<T> Field<T> {
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// The value, if it is present and valid.
    pub fn given(self) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Missing | Self::Invalid => None,
        }
    }
}

/// The problems of a file, in the order in which they were found.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// The value, or `None` after noting the problem.
    pub fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }

    /// The value of a key, or that it is invalid, after noting the problem.
    pub fn field<T>(&mut self, result: Result<T, Problem>) -> Field<T> {
        self.keep(result).map_or(Field::Invalid, Field::Present)
    }

    /// The value of a required key. One of the `unknown` keys may be a misspelling of it.
    pub fn require<T>(
        &mut self,
        field: Field<T>,
        key: &str,
        unknown: &[MapEntry<'_>],
    ) -> Option<T> {
        if field.is_missing() {
            let kind = ProblemKind::MissingKey(key.to_owned());
            let problem =
                Problem::new(Code::MissingKey, SourcePos::UNKNOWN, format!("`{key}` is missing"))
                    .of_kind(kind);
            self.add(match closest_match(key, unknown.iter().map(|entry| &*entry.key)) {
                Some(name) => problem.help(format!("found key `{name}`; did you mean `{key}`?")),
                None => problem.help(format!("add `{key}`")),
            });
        }
        field.given()
    }

    /// Drops each fix that would give a mapping of `entries` a key twice.
    pub fn drop_duplicate_keys(&mut self, entries: &[MapEntry<'_>]) {
        let fixes = self.0.iter_mut().filter(|problem| problem.fix.is_some());
        drop_duplicates(entries, &mut fixes.map(|problem| (problem.at, problem)).collect());
    }

    /// Whether any problem has a fix.
    pub fn has_fix(&self) -> bool {
        self.0.iter().any(|problem| problem.fix.is_some())
    }

    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any problem is an error.
    pub fn has_error(&self) -> bool {
        self.0.iter().any(|problem| !problem.is_warning())
    }
}

/// Drops the `fixes` of keys that the mapping has already, or gets by an earlier fix.
fn drop_duplicates(entries: &[MapEntry<'_>], fixes: &mut BTreeMap<SourcePos, &mut Problem>) {
    let mut keys: HashSet<String> = entries.iter().map(|entry| entry.key.to_string()).collect();
    for MapEntry { at, key, node } in entries {
        if let Some(problem) = fixes.get_mut(at) {
            problem.fix.take_if(|fix| fix.from == *key && !keys.insert(fix.to.clone()));
        }
        drop_duplicates_below(node, fixes);
    }
}

fn drop_duplicates_below(node: &Node<'_>, fixes: &mut BTreeMap<SourcePos, &mut Problem>) {
    match &node.value {
        Value::Map(entries) => drop_duplicates(entries, fixes),
        Value::List(items) => items.iter().for_each(|item| drop_duplicates_below(item, fixes)),
        _ => {}
    }
}

impl<'a> Node<'a> {
    /// Whether the value is empty or an empty text, which means the same as a missing key.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Text(text) => text.chars().all(char::is_whitespace),
            _ => false,
        }
    }

    fn refused(&self, key: &str, expected: &str) -> Problem {
        let label = format!("this is {}", self.value.description());
        Problem::new(Code::WrongKind, self.at, format!("`{key}` must be {expected}")).label(label)
    }

    /// A text. Numbers, `true` and `false` are texts as they are spelled: a title may be `1984`.
    pub fn text(self, key: &str) -> Result<Cow<'a, str>, Problem> {
        match self.value {
            Value::Text(text)
            | Value::Date(text)
            | Value::Bool(_, text)
            | Value::Integer(_, text)
            | Value::Float(_, text) => Ok(text),
            Value::Null | Value::List(_) | Value::Map(_) => {
                Err(self.refused(key, "a text").of_kind(ProblemKind::NotText))
            }
        }
    }

    /// An integer in `range`.
    pub fn integer(&self, key: &str, range: std::ops::RangeInclusive<i64>) -> Result<i64, Problem> {
        match self.value {
            Value::Integer(number, _) if range.contains(&number) => Ok(number),
            Value::Integer(number, _) => {
                let expected = format!("a whole number from {} to {}", range.start(), range.end());
                Err(self.refused(key, &expected).label(format!("this is {number}")))
            }
            _ => Err(self.refused(key, "a whole number")),
        }
    }

    pub fn boolean(&self, key: &str) -> Result<bool, Problem> {
        if let Value::Bool(value, _) = self.value {
            return Ok(value);
        }
        let problem = self.refused(key, "`true` or `false`");
        let text = self.value.spelled().unwrap_or_default();
        let Some(meant) = meant_boolean(text) else { return Err(problem) };
        let marks = if text == meant { " without quotation marks" } else { "" };
        Err(problem.help(format!("write `{meant}`{marks}")).fix(text, meant))
    }

    pub fn list(self, key: &str) -> Result<Vec<Node<'a>>, Problem> {
        match self.value {
            Value::List(items) => Ok(items),
            _ => Err(self.refused(key, "a list")),
        }
    }

    pub fn map(self, key: &str) -> Result<Vec<MapEntry<'a>>, Problem> {
        match self.value {
            Value::Map(entries) => Ok(entries),
            _ => Err(self.refused(key, "a mapping of keys to values")),
        }
    }

    /// An owned copy.
    pub fn into_owned(self) -> Node<'static> {
        Node { at: self.at, value: self.value.into_owned() }
    }
}

/// The boolean that a YAML 1.1 spelling such as `yes` or `off`, or `1` or `0`, means.
fn meant_boolean(text: &str) -> Option<&'static str> {
    let is_one_of = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(["true", "yes", "on", "1"]) {
        Some("true")
    } else if is_one_of(["false", "no", "off", "0"]) {
        Some("false")
    } else {
        None
    }
}

impl Value<'_> {
    /// The spelling of a scalar, unless it is empty.
    pub fn spelled(&self) -> Option<&str> {
        match self {
            Self::Text(text)
            | Self::Date(text)
            | Self::Bool(_, text)
            | Self::Integer(_, text)
            | Self::Float(_, text) => Some(text),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    fn description(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(..) => "true or false",
            Self::Integer(..) | Self::Float(..) => "a number",
            Self::Date(_) => "a date or a time",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping of keys to values",
        }
    }

    fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value, text) => Value::Bool(value, owned(text)),
            Self::Integer(number, text) => Value::Integer(number, owned(text)),
            Self::Float(number, text) => Value::Float(number, owned(text)),
            Self::Date(text) => Value::Date(owned(text)),
            Self::Text(text) => Value::Text(owned(text)),
            Self::List(items) => Value::List(items.into_iter().map(Node::into_owned).collect()),
            Self::Map(entries) => {
                Value::Map(entries.into_iter().map(MapEntry::into_owned).collect())
            }
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

impl MapEntry<'_> {
    /// An owned copy.
    pub fn into_owned(self) -> MapEntry<'static> {
        MapEntry { at: self.at, key: owned(self.key), node: self.node.into_owned() }
    }
}

/// A number that would be displayed differently than it is spelled, such as `1.10` or `0x1F`,
/// serializes as text.
impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Null => serializer.serialize_none(),
            Value::Bool(value, _) => serializer.serialize_bool(*value),
            Value::Integer(number, text) if number.to_string() == *text => {
                serializer.serialize_i64(*number)
            }
            // Templates display numbers with `Debug`.
            Value::Float(number, text) if format!("{number:?}") == *text => {
                serializer.serialize_f64(*number)
            }
            Value::Text(text)
            | Value::Date(text)
            | Value::Integer(_, text)
            | Value::Float(_, text) => serializer.serialize_str(text),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Value::Map(entries) => serialize_mapping(entries, serializer),
        }
    }
}

/// Serializes the entries of a mapping in order; for `serialize_with`.
pub fn serialize_mapping<S: Serializer>(
    entries: &[MapEntry<'_>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(entries.len()))?;
    for entry in entries {
        map.serialize_entry(&entry.key, &entry.node)?;
    }
    map.end()
}
