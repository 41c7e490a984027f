//! Reads values of front-matter keys: texts and domains. The keys themselves are in `article`,
//! `term` and `page`.

use super::text;
use crate::diagnostic::Code;
use crate::domain::Domain;
use crate::invisible_chars::is_blank;
use crate::node::{MapEntry, Node, Problem};

/// Entries with a value that is neither null nor an empty text.
pub(super) fn non_empty(entries: Vec<MapEntry<'_>>) -> impl Iterator<Item = MapEntry<'_>> {
    entries.into_iter().filter(|entry| !entry.node.is_empty())
}

/// A normalized text; empty if it has no visible character.
pub(super) fn plain(node: Node<'_>, key: &str) -> Result<String, Problem> {
    let text = text::normalize(&node.text(key)?);
    Ok(if is_blank(&text) { String::new() } else { text })
}

/// A normalized text with at least one visible character.
pub(super) fn required_text(node: Node<'_>, key: &str) -> Result<String, Problem> {
    let at = node.at;
    match plain(node, key)? {
        text if text.is_empty() => {
            Err(Problem::new(Code::EmptyValue, at, format!("`{key}` is empty"))
                .label("expected a visible character"))
        }
        text => Ok(text),
    }
}

/// The domain of a provider.
pub(super) fn domain(node: Node<'_>, key: &str) -> Result<Domain, Problem> {
    let (at, text) = (node.at, plain(node, key)?);
    Domain::parse(&text).ok_or_else(|| {
        let problem =
            Problem::new(Code::InvalidDomain, at, format!("`{key}` is not a domain name"))
                .label("expected one such as `news.example`");
        match Domain::in_address(&text) {
            Some(domain) => problem.help(format!("write `domain: {domain}`")),
            None => problem
                .help("a domain is made of letters, digits and hyphens, and has at least one dot"),
        }
    })
}

pub(super) fn raise(limit: &str) -> String {
    format!("shorten it, or raise `{limit}` in the table `[limits]` of site.toml")
}
