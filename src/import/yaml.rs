//! Values of other generators as YAML on one line.

use crate::node::{MapEntry, Node, Value};

/// A line `KEY: VALUE` of front matter.
pub(super) fn line(entry: &MapEntry<'_>) -> String {
    format!("{}: {}\n", key(&entry.key), value(&entry.node))
}

fn value(node: &Node<'_>) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value, _) => value.to_string(),
        Value::Integer(number, _) => number.to_string(),
        Value::Float(_, text) | Value::Date(text) | Value::Text(text) => quoted(text),
        Value::List(items) => {
            format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) => {
            let entry =
                |entry: &MapEntry<'_>| format!("{}: {}", key(&entry.key), value(&entry.node));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn key(key: &str) -> String {
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
            .contains(&&*key.to_ascii_lowercase());
    if is_plain { key.to_owned() } else { quoted(key) }
}

/// A double-quoted scalar, with line breaks and tabs as escapes. Other control characters become
/// spaces.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\u{2028}' | '\u{2029}' => quoted.push(' '),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
