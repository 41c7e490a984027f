//! Parsed values of front matter and `site.toml`, with source positions, and typed access to them.
//!
//! Reading never stops at the first mistake: every mistake becomes a [`Problem`], and the format that made the node
//! turns the place of each into a line and a column.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::diagnostic::closest_match;

/// Where a node was written. What the number means is known to the format that made it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourcePos(pub u32);

impl SourcePos {
    /// The place of what is not written.
    pub const UNKNOWN: Self = Self(u32::MAX);
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'a> {
    /// Where it was written.
    pub at: SourcePos,
    /// What was written.
    pub value: Value<'a>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing, or `null`, or `~`.
    Null,
    /// `true` or `false`, and how it is spelled.
    Bool(bool, Cow<'a, str>),
    /// A whole number, and how it is spelled.
    Integer(i64, Cow<'a, str>),
    /// Any other number, and how it is spelled.
    Float(f64, Cow<'a, str>),
    /// A date or a time where the format has them, as it is spelled: it can be nothing but a text.
    Date(Cow<'a, str>),
    /// A text.
    Text(Cow<'a, str>),
    /// A sequence.
    List(Vec<Node<'a>>),
    /// A mapping, in the order of the file.
    Map(Vec<MapEntry<'a>>),
}

/// A key of a mapping and what it maps to.
#[derive(Clone, Debug, PartialEq)]
pub struct MapEntry<'a> {
    /// Where the key was written.
    pub at: SourcePos,
    /// The key.
    pub key: Cow<'a, str>,
    /// What it maps to.
    pub node: Node<'a>,
}

/// Something wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: SourcePos,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What was expected at the place itself.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether the value can be used all the same.
    pub is_warning: bool,
    /// As [`crate::diagnostic::Diagnostic::changes_output`].
    pub changes_output: bool,
    /// What kind of problem it is, for the format that made the node, which may know the reason.
    pub kind: ProblemKind,
}

/// A kind of problem of which a format may know the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProblemKind {
    /// A key has no value in the mapping at the problem's place, or in the outermost one where that is nowhere.
    MissingKey(String),
    /// A text was expected.
    NotText,
    /// A key is none of those that its mapping has.
    UnknownKey,
    /// Any other.
    #[default]
    Other,
}

impl Problem {
    /// A problem at `at`.
    pub fn new(at: SourcePos, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
            label: None,
            help: None,
            is_warning: false,
            changes_output: false,
            kind: ProblemKind::Other,
        }
    }

    /// A problem that leaves the value usable.
    pub fn warning(at: SourcePos, message: impl Into<String>) -> Self {
        Self { is_warning: true, ..Self::new(at, message) }
    }

    /// Marks a warning about something that is published otherwise than its author may expect.
    #[must_use]
    pub fn changes_output(self) -> Self {
        Self { changes_output: true, ..self }
    }

    /// Says what kind of problem it is.
    #[must_use]
    pub fn of_kind(self, kind: ProblemKind) -> Self {
        Self { kind, ..self }
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
}

/// What became of a key that somebody asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// It is not written.
    #[default]
    Missing,
    /// It is written, and its value has had its problem already.
    Invalid,
    /// It is written with this value.
    Present(T),
}

impl<T> Field<T> {
    /// Whether it is not written.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Its value, if it is written and has no problem.
    pub fn given(self) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Missing | Self::Invalid => None,
        }
    }
}

/// The problems of one file, in the order in which they were found.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// The value, or nothing where there is a problem, which is noted.
    pub fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }

    /// The value of a key that is written, or that it is wrong, which is noted.
    pub fn field<T>(&mut self, result: Result<T, Problem>) -> Field<T> {
        self.keep(result).map_or(Field::Invalid, Field::Present)
    }

    /// The value of a key that must be written. `unknown` are the keys that nobody asked for: one may be misspelt.
    pub fn require<T>(&mut self, field: Field<T>, key: &str, unknown: &[MapEntry<'_>]) -> Option<T> {
        if field.is_missing() {
            let kind = ProblemKind::MissingKey(key.to_owned());
            let problem = Problem::new(SourcePos::UNKNOWN, format!("`{key}` is missing")).of_kind(kind);
            self.add(match closest_match(key, unknown.iter().map(|entry| &*entry.key)) {
                Some(name) => problem.help(format!("found key `{name}`; did you mean `{key}`?")),
                None => problem.help(format!("add `{key}`")),
            });
        }
        field.given()
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them is an error.
    pub fn has_error(&self) -> bool {
        self.0.iter().any(|problem| !problem.is_warning)
    }
}

impl<'a> Node<'a> {
    /// Whether nothing was written, or a text of nothing, which means the same as leaving the key out.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Text(text) => text.chars().all(char::is_whitespace),
            _ => false,
        }
    }

    fn refused(&self, key: &str, expected: &str) -> Problem {
        let label = format!("this is {}", self.value.description());
        Problem::new(self.at, format!("`{key}` must be {expected}")).label(label)
    }

    /// A text. A number, `true` and `false` are texts as they are spelled: a title may be `1984`.
    ///
    /// # Errors
    /// When it is anything else.
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

    /// A whole number of `range`.
    ///
    /// # Errors
    /// When it is anything else.
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

    /// `true` or `false`.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn boolean(&self, key: &str) -> Result<bool, Problem> {
        match self.value {
            Value::Bool(value, _) => Ok(value),
            _ => Err(self.refused(key, "`true` or `false`")),
        }
    }

    /// A list.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn list(self, key: &str) -> Result<Vec<Node<'a>>, Problem> {
        match self.value {
            Value::List(items) => Ok(items),
            _ => Err(self.refused(key, "a list")),
        }
    }

    /// A mapping.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn map(self, key: &str) -> Result<Vec<MapEntry<'a>>, Problem> {
        match self.value {
            Value::Map(entries) => Ok(entries),
            _ => Err(self.refused(key, "a mapping of keys to values")),
        }
    }

    /// The same value, borrowing nothing.
    pub fn into_owned(self) -> Node<'static> {
        Node { at: self.at, value: self.value.into_owned() }
    }
}

impl Value<'_> {
    /// A scalar as it is spelled, unless it is nothing.
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
            Self::Map(entries) => Value::Map(entries.into_iter().map(MapEntry::into_owned).collect()),
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

impl MapEntry<'_> {
    /// The same entry, borrowing nothing.
    pub fn into_owned(self) -> MapEntry<'static> {
        MapEntry { at: self.at, key: owned(self.key), node: self.node.into_owned() }
    }
}

/// A number that would be shown otherwise than it is spelled, such as `1.10` or `0x1F`, is a text.
impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Null => serializer.serialize_none(),
            Value::Bool(value, _) => serializer.serialize_bool(*value),
            Value::Integer(number, text) if number.to_string() == *text => serializer.serialize_i64(*number),
            // Templates show a number as `Debug` does.
            Value::Float(number, text) if format!("{number:?}") == *text => serializer.serialize_f64(*number),
            Value::Text(text) | Value::Date(text) | Value::Integer(_, text) | Value::Float(_, text) => {
                serializer.serialize_str(text)
            }
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

/// Serializes the entries of a mapping, in their order; for use as `serialize_with`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize_mapping<S: Serializer>(entries: &[MapEntry<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(entries.len()))?;
    for entry in entries {
        map.serialize_entry(&entry.key, &entry.node)?;
    }
    map.end()
}
