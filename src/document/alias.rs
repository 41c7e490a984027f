//! `aliases`: former URLs of a page, which redirect to it.

use super::yaml_hints;
use crate::diagnostic::Code;
use crate::escape::is_hidden;
use crate::invisible_chars::is_joiner;
use crate::node::{Node, Problem, Problems, SourcePos, Value};
use crate::reserved_names::reserved_part;
use crate::slug::{MAX_NAME_LENGTH, is_file_name};

/// The maximum number of aliases of a page: each is a file, or a line in a host's limited list.
const MAX_ALIASES: usize = 50;

/// The maximum length of an alias in bytes: hosts limit lines to 1,000 characters, and encoding
/// triples a byte.
const MAX_LENGTH: usize = 300;

/// The aliases of a page: distinct paths below the site's root, without leading and trailing
/// slashes.
pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Vec<Box<str>> {
    let at = node.at;
    let list =
        yaml_hints::list(node, "aliases", |text| format!("aliases: {}", yaml_hints::items(text)));
    let items = problems.keep(list).unwrap_or_default();
    if items.len() > MAX_ALIASES {
        problems.add(Problem::new(
            Code::LimitExceeded,
            at,
            format!("too many `aliases`: {} (limit {MAX_ALIASES})", items.len()),
        ));
        return Vec::new();
    }
    let mut aliases: Vec<Box<str>> = Vec::with_capacity(items.len());
    for item in items {
        if let Some(alias) = problems.keep(alias(item))
            && !aliases.contains(&alias)
        {
            aliases.push(alias);
        }
    }
    aliases
}

/// Whether a path can be an alias.
pub(crate) fn is_valid(path: &str) -> bool {
    alias(Node { at: SourcePos::UNKNOWN, value: Value::Text(path.into()) }).is_ok()
}

fn alias(node: Node<'_>) -> Result<Box<str>, Problem> {
    let at = node.at;
    let text = node.text("aliases")?;
    let path = text.trim().trim_matches('/');
    if path.len() > MAX_LENGTH {
        let message = format!("this alias is too long: {} bytes (limit {MAX_LENGTH})", path.len());
        return Err(Problem::new(Code::InvalidAlias, at, message).help("shorten it, or remove it"));
    }
    if let Some(part) = path.split('/').find(|part| part.len() > MAX_NAME_LENGTH) {
        let length = part.len();
        let message = format!(
            "a segment of this alias is too long: {length} bytes (limit {MAX_NAME_LENGTH})"
        );
        return Err(Problem::new(Code::InvalidAlias, at, message)
            .help("remove it: file names can have at most 255 bytes"));
    }
    if let Some((reason, help)) = fault(path) {
        return Err(Problem::new(
            Code::InvalidAlias,
            at,
            format!("`{}` is not a path on this site", text.trim()),
        )
        .label(reason)
        .help(help));
    }
    if let Some((part, reason)) = reserved_part(&file_of(path)) {
        return Err(Problem::new(
            Code::InvalidAlias,
            at,
            format!("an alias cannot have the name `{part}`: {reason}"),
        )
        .help("remove it; files with reserved names belong in `static/`"));
    }
    Ok(path.into())
}

/// Why a path cannot be an alias, and how to fix it.
fn fault(path: &str) -> Option<(String, &'static str)> {
    const AS_READ: &str = "paths start at the site's root and are not percent-encoded";
    let fault = |reason: &str, help| Some((reason.to_owned(), help));
    if path.contains("://") {
        return fault("it is a full URL, not a path", "write only the path after the host");
    }
    if path.contains('#') {
        let help = "write only the path before the `#`; redirects keep fragments";
        return fault(
            "browsers keep `#` and what follows it, and do not send it to the server",
            help,
        );
    }
    if path.contains('?') {
        let help = "write the path before the `?` alone";
        return fault("`?` starts a query, which is not part of a path", help);
    }
    if has_code(path) {
        return fault("it is percent-encoded", AS_READ);
    }
    if let Some(c) = hidden(path) {
        let reason = format!("it contains the hidden character U+{:04X}", u32::from(c));
        return Some((reason, "remove the character, or retype the path"));
    }
    let part = path.split('/').find(|part| !is_file_name(part))?;
    if part.is_empty() {
        return fault("there is nothing between two slashes", AS_READ);
    }
    Some((format!("`{part}` is not a portable file name"), AS_READ))
}

/// The first invisible character. Joiners and variation selectors are part of some scripts and
/// emoji, but not of ASCII.
fn hidden(path: &str) -> Option<char> {
    let mut before = None;
    path.chars().find(|c| {
        let joins = is_joiner(*c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
        let is_joined =
            before.replace(*c).is_some_and(|before| !before.is_ascii() && !is_hidden(before));
        is_hidden(*c) && !(joins && is_joined)
    })
}

/// Whether a path seems to be percent-encoded.
fn has_code(path: &str) -> bool {
    let is_code = |(at, _)| {
        path.as_bytes()
            .get(at + 1..at + 3)
            .is_some_and(|digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit))
    };
    path.match_indices('%').any(is_code)
}

/// The file that redirects from an alias.
pub fn file_of(alias: &str) -> String {
    let is_ending =
        |ending: &str| ["html", "htm"].iter().any(|html| ending.eq_ignore_ascii_case(html));
    let is_page = alias.rsplit_once('.').is_some_and(|(_, ending)| is_ending(ending));
    if is_page { alias.to_owned() } else { format!("{alias}/index.html") }
}
