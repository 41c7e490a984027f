//! The spelling and positions of scalars.
//!
//! The library gives neither. So the document is parsed a second time, guided by the tree of the
//! first pass: then each scalar can be requested as a text, whatever its type.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::positions::{line_and_column, line_ends};
use super::secured::is_secured;
use crate::node::{MapEntry, Node, Value};

/// Whether a document may contain a number, `true` or `false` in an unusual spelling, such as
/// `0x1F`, `1.10` or `True`.
pub(super) fn may_be_spelled_otherwise(yaml: &str) -> bool {
    let is_between =
        |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}' | '"' | '\'');
    yaml.split(is_between).map(|word| word.trim_start_matches(':')).any(|word| {
        let number = word.trim_start_matches(['+', '-']);
        match number.as_bytes().first() {
            Some(b'.') => true,
            Some(b'0'..=b'9') => {
                let is_complete =
                    word.parse::<i64>().is_ok_and(|number| number.to_string() == word);
                let has_base = ["0x", "0o", "0b"].iter().any(|base| number.starts_with(base));
                !is_complete && (has_base || word.parse::<f64>().is_ok())
            }
            _ => matches!(word, "True" | "TRUE" | "False" | "FALSE"),
        }
    })
}

/// Sets the spelling of every number and boolean.
pub(super) fn spell<'a>(yaml: &'a str, node: &mut Node<'a>) -> Result<(), serde_yaml::Error> {
    Spelling(node).deserialize(serde_yaml::Deserializer::from_str(yaml))
}

struct Spelling<'n, 'a>(&'n mut Node<'a>);

impl<'de> DeserializeSeed<'de> for Spelling<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.value {
            Value::List(_) => deserializer.deserialize_seq(self),
            Value::Map(_) => deserializer.deserialize_map(self),
            _ => deserializer.deserialize_str(self),
        }
    }
}

impl<'de> Spelling<'_, 'de> {
    fn set(self, spelling: Cow<'de, str>) {
        if let Value::Bool(_, text) | Value::Integer(_, text) | Value::Float(_, text) =
            &mut self.0.value
        {
            *text = spelling;
        }
    }
}

impl<'de> Visitor<'de> for Spelling<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was there before")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.set(Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.set(Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Value::List(items) = &mut self.0.value else { return Ok(()) };
        for item in items {
            list.next_element_seed(Spelling(item))?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Value::Map(entries) = &mut self.0.value else { return Ok(()) };
        for entry in entries {
            map.next_key::<IgnoredAny>()?;
            map.next_value_seed(Spelling(&mut entry.node))?;
        }
        Ok(())
    }
}

/// A scalar of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scalar<'n> {
    /// Its key, or that of the list that contains it.
    pub(super) key: &'n str,
    pub(super) value: &'n Value<'n>,
    /// The byte at which it begins, including its tag and anchor. An alias begins at its anchor.
    pub(super) start: usize,
}

/// The scalars of a document in order, except those of `secured`.
pub(super) fn scalars<'n>(yaml: &str, entries: &'n [MapEntry<'n>]) -> Vec<Scalar<'n>> {
    let mut found = ScalarPositions::new(yaml);
    // The entries were parsed from this document, so it is valid.
    let _ = ScalarLocator { of: ExpectedPart::Map(entries), key: "", found: &mut found }
        .deserialize(serde_yaml::Deserializer::from_str(yaml));
    found.scalars
}

struct ScalarPositions<'n> {
    /// The byte offset of each character, and of the end.
    chars: Vec<usize>,
    /// The first character of each line, as YAML counts lines.
    lines: Vec<usize>,
    scalars: Vec<Scalar<'n>>,
}

impl<'n> ScalarPositions<'n> {
    fn new(yaml: &str) -> Self {
        let chars: Vec<usize> = yaml.char_indices().map(|(at, _)| at).chain([yaml.len()]).collect();
        let char_at = |byte: usize| chars.partition_point(|at| *at < byte);
        let lines = std::iter::once(0).chain(line_ends(yaml).map(char_at)).collect();
        Self { chars, lines, scalars: Vec::new() }
    }

    /// Records a scalar at the position of an error.
    fn note(&mut self, key: &'n str, value: &'n Value<'n>, error: &impl fmt::Display) {
        let message = error.to_string();
        let location =
            message.rsplit_once(" at ").and_then(|(_, location)| line_and_column(location));
        let start = location.and_then(|(line, column)| {
            let line = self.lines.get(line.checked_sub(1)?)?;
            self.chars.get(line + column.checked_sub(1)?).copied()
        });
        self.scalars.extend(start.map(|start| Scalar { key, value, start }));
    }
}

/// What is known about the next value of a document.
#[derive(Clone, Copy)]
enum ExpectedPart<'n> {
    Scalar,
    List(&'n [Node<'n>]),
    Map(&'n [MapEntry<'n>]),
}

impl<'n> ExpectedPart<'n> {
    fn of(value: &'n Value<'n>) -> Self {
        match value {
            Value::List(items) => Self::List(items),
            Value::Map(entries) => Self::Map(entries),
            _ => Self::Scalar,
        }
    }
}

/// Visits part of a document and raises an error at each scalar, because errors have positions.
struct ScalarLocator<'f, 'n> {
    of: ExpectedPart<'n>,
    key: &'n str,
    found: &'f mut ScalarPositions<'n>,
}

impl<'n> ScalarLocator<'_, 'n> {
    fn below(&mut self, key: &'n str, node: &'n Node<'n>) -> ScalarLocator<'_, 'n> {
        ScalarLocator { of: ExpectedPart::of(&node.value), key, found: self.found }
    }
}

impl<'de> DeserializeSeed<'de> for ScalarLocator<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.of {
            ExpectedPart::List(_) => deserializer.deserialize_seq(self),
            ExpectedPart::Map(_) => deserializer.deserialize_map(self),
            ExpectedPart::Scalar => deserializer.deserialize_str(self),
        }
    }
}

impl<'de> Visitor<'de> for ScalarLocator<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was there before")
    }

    fn visit_str<E: serde::de::Error>(self, _text: &str) -> Result<(), E> {
        Err(E::custom("here"))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let ExpectedPart::List(items) = self.of else { return Ok(()) };
        let key = self.key;
        for item in items {
            let Err(error) = list.next_element_seed(self.below(key, item)) else { continue };
            if !matches!(ExpectedPart::of(&item.value), ExpectedPart::Scalar) {
                return Err(error);
            }
            self.found.note(key, &item.value, &error);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let ExpectedPart::Map(entries) = self.of else { return Ok(()) };
        let mut entries = entries.iter();
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            if is_secured(&key) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let entry =
                entries.next().ok_or_else(|| A::Error::custom("more than was there before"))?;
            let Err(error) = map.next_value_seed(self.below(&entry.key, &entry.node)) else {
                continue;
            };
            if !matches!(ExpectedPart::of(&entry.node.value), ExpectedPart::Scalar) {
                return Err(error);
            }
            self.found.note(&entry.key, &entry.node.value, &error);
        }
        Ok(())
    }
}
