//! Values and keys of any table of `site.toml`.

use std::ops::RangeInclusive;

use super::keys::SITE;
use crate::diagnostic::{Code, closest_match};
use crate::http_url::HttpUrl;
use crate::invisible_chars::is_blank;
use crate::key::Keys;
use crate::node::{MapEntry, Node, Problem, ProblemKind, Value};

/// A trimmed text; empty if it has no visible character.
pub(super) fn visible_text(node: Node<'_>, key: &str) -> Result<String, Problem> {
    let at = node.at;
    let text = node.text(key)?;
    if text.contains(|c: char| c.is_control() && !c.is_whitespace()) {
        return Err(Problem::new(
            Code::ControlCharacter,
            at,
            format!("`{key}` contains a control character"),
        ));
    }
    Ok(if is_blank(&text) { String::new() } else { text.trim().to_owned() })
}

pub(super) fn required_text(node: Node<'_>, key: &str) -> Result<String, Problem> {
    let at = node.at;
    match visible_text(node, key)? {
        text if text.is_empty() => {
            Err(Problem::new(Code::EmptyValue, at, format!("`{key}` is empty")))
        }
        text => Ok(text),
    }
}

/// Any web URL.
pub(super) fn http_url(node: Node<'_>, key: &str) -> Result<HttpUrl, Problem> {
    let at = node.at;
    let text = node.text(key)?;
    HttpUrl::parse(text.trim()).map_err(|_| {
        Problem::new(Code::InvalidUrl, at, format!("`{key}` is not a URL"))
            .label("expected one such as `https://hub.example/`")
    })
}

pub(super) fn count(
    node: &Node<'_>,
    key: &str,
    range: RangeInclusive<i64>,
) -> Result<usize, Problem> {
    let expected = format!("a whole number from {} to {}", range.start(), range.end());
    let number = node
        .integer(key, range)
        .map_err(|problem| refused_number(node, key, &expected, problem))?;
    Ok(usize::try_from(number).expect("no count is negative"))
}

/// The problem of a value that is not one of the expected numbers.
fn refused_number(node: &Node<'_>, key: &str, expected: &str, problem: Problem) -> Problem {
    let problem = Problem { message: format!("`{key}` must be {expected}"), ..problem };
    match &node.value {
        Value::Integer(_, spelled) | Value::Float(_, spelled) if is_decimal(spelled) => {
            problem.label(format!("this is {spelled}"))
        }
        Value::Integer(_, spelled) | Value::Float(_, spelled) => problem
            .label(format!("this is {spelled}"))
            .help("write it in digits, without a point or an exponent"),
        _ => problem.help("write it in digits, without quotation marks"),
    }
}

fn is_decimal(spelled: &str) -> bool {
    spelled.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn choice<T>(
    node: Node<'_>,
    key: &str,
    names: &[&str],
    meaning: impl Fn(&str) -> Option<T>,
) -> Result<T, Problem> {
    let at = node.at;
    let text = node.text(key)?;
    meaning(&text).ok_or_else(|| {
        let problem = Problem::new(Code::InvalidChoice, at, format!("`{key}` cannot be `{text}`"))
            .label(format!("expected one of `{}`", names.join("`, `")));
        let lower = text.to_ascii_lowercase();
        let begins_so = || names.iter().copied().find(|name| begins_with_word(name, &lower));
        match begins_so().or_else(|| closest_match(&text, names.iter().copied())) {
            Some(name) => problem.did_you_mean(&text, name),
            None => problem,
        }
    })
}

/// Whether a name of several words begins with this one.
fn begins_with_word(name: &str, word: &str) -> bool {
    name.split_once('-').is_some_and(|(first, _)| first == word)
}

pub(super) fn unknown_key(entry: &MapEntry<'_>, table: &str, known: &Keys) -> Problem {
    let message = format!("unknown key `{}` in `[{table}]`", entry.key);
    let problem =
        Problem::new(Code::UnknownSetting, entry.at, message).of_kind(ProblemKind::UnknownKey);
    let is_near = |name: &&str| strsim::damerau_levenshtein(&entry.key, name) == 1;
    match closest_match(&entry.key, known.names()) {
        name if name.as_ref().is_none_or(|name| !is_near(name)) && SITE.contains(&entry.key) => {
            problem.help("it is a top-level key: move it above the first `[table]`")
        }
        Some(name) => problem.did_you_mean(&entry.key, name),
        None => {
            let names: Vec<&str> = known.names().collect();
            problem.help(format!("valid keys are `{}`", names.join("`, `")))
        }
    }
}
