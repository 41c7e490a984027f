//! JSON Schemas of draft 7, which the validators and editors of YAML, TOML and JSON have in common.
//! They use no `format` and no keyword of a single editor, which strict validators refuse.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::config::SITE_KEYS;
use crate::document::keys::{self, SECURED};
use crate::key::{Key, Keys, ValueForm};

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// A text of YAML or TOML: a title may be `1984`.
const SCALARS: [&str; 3] = ["string", "number", "boolean"];

/// What matches a text that is not blank.
const VISIBLE: &str = r"\S";

const WEB_URL: &str = r"^\s*[Hh][Tt][Tt][Pp][Ss]?://\S";

/// A web URL, or a path.
const PICTURE_URL: &str = r"^\s*(/|[Hh][Tt][Tt][Pp][Ss]?://\S)";

/// A format of keys and values, as newsgen reads it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    /// YAML: a key without a value counts as missing, and unknown keys of inner mappings are
    /// ignored.
    FrontMatter,
    /// TOML: all unknown keys are errors.
    SiteToml,
}

pub(super) fn site() -> Value {
    let schema = mapping(SITE_KEYS, Syntax::SiteToml);
    document("site.toml", schema)
}

/// The schema of articles: templates see unknown keys, but those of other generators are reported.
pub(super) fn article() -> Value {
    let mut schema = mapping(keys::ARTICLE, Syntax::FrontMatter);
    let foreign: BTreeSet<String> = keys::foreign_article_keys().flat_map(spellings).collect();
    schema.insert("propertyNames".to_owned(), json!({ "not": { "enum": foreign } }));
    document("article", schema)
}

/// The schema of documents in which unknown keys are reported.
pub(super) fn closed_front_matter(title: &str, keys: Keys) -> Value {
    let mut schema = mapping(keys, Syntax::FrontMatter);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let (name, secured) = property(&SECURED, false, Syntax::FrontMatter);
        properties.insert(name, secured);
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    document(title, schema)
}

fn document(title: &str, mut schema: Map<String, Value>) -> Value {
    schema.insert("$schema".to_owned(), json!(DRAFT));
    schema.insert("title".to_owned(), json!(title));
    Value::Object(schema)
}

/// The usual spellings of a key in camel case: `pubDate`, `pub_date` and `pub-date`.
fn spellings(key: &str) -> [String; 3] {
    let separated = |separator: char| {
        let mut text = String::new();
        for c in key.chars() {
            if c.is_ascii_uppercase() {
                text.push(separator);
            }
            text.push(c.to_ascii_lowercase());
        }
        text
    };
    [key.to_owned(), separated('_'), separated('-')]
}

fn mapping(keys: Keys, syntax: Syntax) -> Map<String, Value> {
    let is_alone = |name: &str| keys.required.contains(&&[name][..]);
    let properties: Map<String, Value> =
        keys.keys.iter().map(|key| property(key, is_alone(key.name), syntax)).collect();
    let (alone, groups): (Vec<&[&str]>, Vec<&[&str]>) =
        keys.required.iter().copied().partition(|group| group.len() == 1);
    let mut schema = object([("type", json!("object")), ("properties", properties.into())]);
    if !alone.is_empty() {
        schema.insert("required".to_owned(), json!(alone.concat()));
    }
    let one_of = |group: &[&str]| {
        let names: Vec<Value> = group.iter().map(|name| json!({ "required": [name] })).collect();
        json!({ "anyOf": names })
    };
    if !groups.is_empty() {
        let groups: Vec<Value> = groups.into_iter().map(one_of).collect();
        schema.insert("allOf".to_owned(), groups.into());
    }
    if syntax == Syntax::SiteToml {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    schema
}

fn property(key: &Key, is_required: bool, syntax: Syntax) -> (String, Value) {
    let mut schema = value(&key.form, syntax);
    if syntax == Syntax::FrontMatter && !is_required {
        allow_missing(&mut schema);
    }
    schema.insert("description".to_owned(), json!(key.description));
    (key.name.to_owned(), Value::Object(schema))
}

/// Allows a key without a value, and a blank text where a text is expected.
fn allow_missing(schema: &mut Map<String, Value>) {
    if let Some(types) = schema.get_mut("type") {
        let mut names = match types.take() {
            Value::Array(names) => names,
            name => vec![name],
        };
        names.push(json!("null"));
        *types = names.into();
    }
    if let Some(Value::Array(choices)) = schema.get_mut("enum") {
        choices.push(Value::Null);
    }
    if let Some(Value::Array(forms)) = schema.get_mut("anyOf") {
        forms.push(json!({ "type": "null" }));
    }
    match schema.get_mut("pattern") {
        Some(Value::String(pattern)) if pattern == VISIBLE => {
            schema.remove("pattern");
        }
        Some(Value::String(pattern)) => *pattern = format!(r"^\s*$|{pattern}"),
        _ => {}
    }
}

fn value(form: &ValueForm, syntax: Syntax) -> Map<String, Value> {
    let text = |pattern: &str| object([("type", json!("string")), ("pattern", json!(pattern))]);
    let number = |kind: &str, range: &std::ops::RangeInclusive<i64>| {
        object([
            ("type", json!(kind)),
            ("minimum", json!(range.start())),
            ("maximum", json!(range.end())),
        ])
    };
    let item = |form: &ValueForm| Value::Object(value(form, syntax));
    match form {
        ValueForm::Text | ValueForm::Prose => object([("type", json!(SCALARS))]),
        ValueForm::VisibleText => object([("type", json!(SCALARS)), ("pattern", json!(VISIBLE))]),
        ValueForm::Pattern(pattern) => text(pattern),
        ValueForm::Url => text(WEB_URL),
        ValueForm::Picture => text(PICTURE_URL),
        ValueForm::Date => text(r"\d{4}"),
        ValueForm::Choice(names) => object([("enum", json!(names))]),
        ValueForm::Boolean => object([("type", json!("boolean"))]),
        ValueForm::Integer(range) => number("integer", range),
        ValueForm::Number(range) => number("number", range),
        ValueForm::List(form) => object([("type", json!("array")), ("items", item(form))]),
        ValueForm::Mapping(keys) => mapping(**keys, syntax),
        ValueForm::NamedMappings(keys) => object([
            ("type", json!("object")),
            ("additionalProperties", mapping(**keys, syntax).into()),
        ]),
        ValueForm::Texts(names) => {
            let text = value(&ValueForm::VisibleText, syntax);
            let texts = names().into_iter().map(|name| (name.to_owned(), text.clone().into()));
            object([
                ("type", json!("object")),
                ("properties", Value::Object(texts.collect())),
                ("additionalProperties", json!(false)),
            ])
        }
        ValueForm::AnyMapping => object([("type", json!("object"))]),
        ValueForm::OneOf(forms) => {
            let forms: Vec<Value> = forms.iter().map(item).collect();
            object([("anyOf", forms.into())])
        }
        ValueForm::Any => Map::new(),
    }
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
