//! Parses YAML into nodes and separates the values of `secured`.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::scalars;
use super::secured::{SECURED, is_secured};
use crate::node::{MapEntry, Node, SourcePos, Value};

/// A parsed document.
pub(super) struct ParsedYaml<'a> {
    /// The document without `secured`.
    pub(super) node: Node<'a>,
    /// The values of `secured`, to recognize them elsewhere.
    pub(super) secured: Vec<Node<'a>>,
    /// The positions of keys that resemble `secured`.
    pub(super) near_misses: Vec<SourcePos>,
}

impl<'a> ParsedYaml<'a> {
    fn new(mut node: Node<'a>) -> Self {
        let (mut secured, mut near_misses) = (Vec::new(), Vec::new());
        take_secured(&mut node, &mut secured, &mut near_misses);
        Self { node, secured, near_misses }
    }
}

/// Moves the values of `secured` out of a document, at any depth.
fn take_secured<'a>(
    node: &mut Node<'a>,
    secured: &mut Vec<Node<'a>>,
    near_misses: &mut Vec<SourcePos>,
) {
    match &mut node.value {
        Value::List(items) => {
            for item in items {
                take_secured(item, secured, near_misses);
            }
        }
        Value::Map(entries) => {
            for entry in &mut *entries {
                take_secured(&mut entry.node, secured, near_misses);
            }
            for entry in entries.extract_if(.., |entry| is_secured(&entry.key)) {
                near_misses.extend((entry.key != SECURED).then_some(entry.at));
                secured.push(entry.node);
            }
        }
        _ => {}
    }
}

/// A pass over a document that numbers the nodes, and raises an error at one of them if requested.
#[derive(Default)]
pub(super) struct YamlReader {
    last: Cell<u32>,
    /// The total length of texts.
    text: Cell<usize>,
    /// The length of the document, which limits what aliases may expand to.
    length: Cell<usize>,
    /// Whether there are numbers or booleans, which may be spelled in several ways.
    has_words: Cell<bool>,
    raise: Option<SourcePos>,
}

impl YamlReader {
    pub(super) fn read<'a>(&self, yaml: &'a str) -> Result<ParsedYaml<'a>, serde_yaml::Error> {
        let mut node = self.tree(yaml)?;
        if self.has_words.get() && scalars::may_be_spelled_otherwise(yaml) {
            scalars::spell(yaml, &mut node)?;
        }
        Ok(ParsedYaml::new(node))
    }

    fn tree<'a>(&self, yaml: &'a str) -> Result<Node<'a>, serde_yaml::Error> {
        self.length.set(yaml.len());
        let mut documents = serde_yaml::Deserializer::from_str(yaml);
        match (documents.next(), documents.next()) {
            (None, _) => Ok(Node { at: SourcePos(0), value: Value::Null }),
            (Some(document), None) => self.deserialize(document),
            (Some(document), Some(_)) => {
                self.deserialize(document)?;
                Err(serde_yaml::Error::custom("there is more than one document between the fences"))
            }
        }
    }

    fn number<E: serde::de::Error>(&self) -> Result<SourcePos, E> {
        let at = SourcePos(self.last.get() + 1);
        self.last.set(at.0);
        // Without aliases a node takes at least half a byte, and a byte of text two thirds of a
        // byte.
        if at.0 as usize > 2 * self.length.get() + 100
            || self.text.get() > 4 * self.length.get() + 4096
        {
            return Err(E::custom("aliases expand to too much data"));
        }
        if self.raise == Some(at) { Err(E::custom("here")) } else { Ok(at) }
    }

    fn node<'a, E: serde::de::Error>(&self, value: Value<'a>) -> Result<Node<'a>, E> {
        match &value {
            Value::Text(text) | Value::Date(text) => self.text.set(self.text.get() + text.len()),
            Value::Bool(..) | Value::Integer(..) | Value::Float(..) => self.has_words.set(true),
            Value::Null | Value::List(_) | Value::Map(_) => {}
        }
        Ok(Node { at: self.number()?, value })
    }
}

impl<'de> DeserializeSeed<'de> for &YamlReader {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &YamlReader {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Node<'de>, E> {
        self.node(Value::Null)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Node<'de>, E> {
        self.node(Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Node<'de>, E> {
        self.node(Value::Bool(value, Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Node<'de>, E> {
        self.node(Value::Integer(number, Cow::Owned(number.to_string())))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Node<'de>, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => self.visit_f64(f64::INFINITY),
        }
    }

    fn visit_i128<E: serde::de::Error>(self, _number: i128) -> Result<Node<'de>, E> {
        self.visit_f64(f64::INFINITY)
    }

    fn visit_u128<E: serde::de::Error>(self, _number: u128) -> Result<Node<'de>, E> {
        self.visit_f64(f64::INFINITY)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Node<'de>, E> {
        self.node(Value::Float(number, Cow::Owned(number.to_string())))
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Node<'de>, E> {
        self.node(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Node<'de>, E> {
        self.node(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Node<'de>, E> {
        self.node(Value::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node<'de>, A::Error> {
        let at = self.number()?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Node { at, value: Value::List(items) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let at = self.number()?;
        let mut entries = Vec::new();
        while let Some((at, key)) = map.next_key_seed(Key(self))? {
            entries.push(MapEntry { at, key, node: map.next_value_seed(self)? });
        }
        Ok(Node { at, value: Value::Map(entries) })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Node<'de>, A::Error> {
        let (_tag, value): (String, _) = data.variant()?;
        value.newtype_variant_seed(self)
    }
}

/// The line and column of a node.
pub(super) fn node_location(yaml: &str, at: SourcePos) -> Option<(usize, usize)> {
    let reading = YamlReader { raise: Some(at), ..YamlReader::default() };
    let error = reading.read(yaml).err().filter(|_| at != SourcePos::UNKNOWN)?;
    error.location().map(|location| (location.line(), location.column()))
}

/// The expectation in error messages about keys.
pub(super) const EXPECTED_KEY: &str = "a single word as a key";

/// Parses a key as text.
struct Key<'r>(&'r YamlReader);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = (SourcePos, Cow<'de, str>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_> {
    type Value = (SourcePos, Cow<'de, str>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED_KEY)
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        self.0.text.set(self.0.text.get() + text.len());
        Ok((self.0.number()?, Cow::Borrowed(text)))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.0.text.set(self.0.text.get() + text.len());
        Ok((self.0.number()?, Cow::Owned(text.to_owned())))
    }
}
