//! Parses lists and mappings. If front matter has a text in place of one, the help shows the
//! correct YAML.

use crate::escape::without_credentials;
use crate::node::{MapEntry, Node, Problem, Value};

/// The maximum length of a text in a suggestion, in characters.
const MAX_LENGTH: usize = 80;

/// Reads a list. `right` formats a text as one.
pub(super) fn list<'a>(
    node: Node<'a>,
    key: &str,
    right: impl Fn(&str) -> String,
) -> Result<Vec<Node<'a>>, Problem> {
    let help = match &node.value {
        Value::List(_) => None,
        Value::Map(_) => {
            Some("write `- ` before its first key, which makes it an item of a list".to_owned())
        }
        _ => spaced_item(&node).or_else(|| quoted_text(&node, right)),
    };
    node.list(key).map_err(|problem| with_help(problem, help))
}

/// Reads a mapping. `right` formats a text as one.
pub(super) fn map<'a>(
    node: Node<'a>,
    key: &str,
    right: impl Fn(&str) -> String,
) -> Result<Vec<MapEntry<'a>>, Problem> {
    let help = if matches!(node.value, Value::Map(_)) { None } else { quoted_text(&node, right) };
    node.map(key).map_err(|problem| with_help(problem, help))
}

/// Reads an item of a list as a mapping. `right` formats a text as one.
pub(super) fn item<'a>(
    node: Node<'a>,
    key: &str,
    right: impl Fn(&str) -> String,
) -> Result<Vec<MapEntry<'a>>, Problem> {
    map(node, key, right).map_err(|problem| {
        let message = format!("an item of `{key}` must be a mapping of keys to values");
        Problem { message, ..problem }
    })
}

fn with_help(problem: Problem, help: Option<String>) -> Problem {
    match help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// The help for a list of items that begin with a hyphen and no space, which YAML reads as one text.
fn spaced_item(node: &Node<'_>) -> Option<String> {
    let text = shown_text(node)?;
    let first = text.strip_prefix('-')?.split(" -").next()?.trim_end();
    let is_item = first.starts_with(char::is_alphanumeric);
    is_item
        .then(|| format!("write `- {first}` on a line of its own, with a space after the hyphen"))
}

/// A text without credentials, shortened.
fn shown_text(node: &Node<'_>) -> Option<String> {
    let text = node.clone().text("").ok()?;
    Some(without_credentials(text.trim()).chars().take(MAX_LENGTH).collect())
}

fn quoted_text(node: &Node<'_>, right: impl Fn(&str) -> String) -> Option<String> {
    let right = right(&shown_text(node)?);
    Some(if right.contains('\n') { format!("write\n{right}") } else { format!("write `{right}`") })
}

/// A text as a YAML scalar, valid in brackets too.
pub(super) fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/');
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '/');
    let is_word = ["true", "false", "null"].iter().any(|word| text.eq_ignore_ascii_case(word));
    if begins && !is_word && text.chars().all(is_plain) {
        return text.to_owned();
    }
    serde_json::to_string(text).expect("any text is valid JSON")
}

/// A text as a YAML list on one line, split at commas.
pub(super) fn items(text: &str) -> String {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    format!("[{}]", items.map(scalar).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_hints_round_trip() {
        for (text, list) in [
            ("Cities", "[Cities]"),
            ("Cities, Old Ports ,", "[Cities, Old Ports]"),
            ("C#: a [b]", r#"["C#: a [b]"]"#),
            ("2026, true, a\"b", r#"["2026", "true", "a\"b"]"#),
            ("/old/name/", "[/old/name/]"),
            ("https://a.example/?b", r#"["https://a.example/?b"]"#),
        ] {
            assert_eq!(items(text), list, "{text}");
            let read: Vec<String> = serde_yaml::from_str(list).expect(list);
            assert_eq!(read.join(","), text.replace(" ,", "").replace(", ", ","));
        }
    }
}
