//! Explains YAML syntax errors that the library reports badly or too late.

use super::escapes::{InvalidEscape, first_invalid};
use super::positions::FIRST_LINE;
use super::scan::{Behind, Comment, Quotation, Scan, is_line_break, is_tight, scan};
use super::secured::{holds_secured, is_after_secured};
use crate::diagnostic::Code;
use crate::escape::is_hidden;

/// A syntax error.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) code: Code,
    /// The byte offset.
    pub(super) at: usize,
    /// The length in characters; `None` for the rest of the value.
    pub(super) length: Option<usize>,
    pub(super) message: String,
    pub(super) label: &'static str,
    pub(super) help: String,
}

/// The cause of an error that the library reports at byte `at` for a `reason`.
pub(super) fn fault(yaml: &str, reason: &str, at: usize) -> Option<Fault> {
    let not_yaml = || format!("the front matter is not YAML: {reason}");
    if reason.starts_with("control characters are not allowed") {
        return control_character(yaml);
    }
    if let Some(fault) = conflict(yaml, &CONFLICT) {
        return Some(fault);
    }
    if ["aliases expand", "repetition limit", "recursion limit"]
        .iter()
        .any(|limit| reason.contains(limit))
        && let Some(at) = first_alias(yaml)
    {
        return Some(Fault {
            code: Code::InvalidYaml,
            at,
            length: Some(1),
            message: "the front matter is not YAML: aliases expand to too much data".to_owned(),
            label: "an alias repeats everything that its anchor names",
            help: "write the values out, without anchors (`&`) and aliases (`*`)".to_owned(),
        });
    }
    let scan = scan(yaml);
    let mut before = scan.quotations.iter().take_while(|quotation| quotation.bytes.start <= at);
    if let Some(quotation) = before.find(|quotation| quotation.is_unclosed) {
        return Some(unclosed(yaml, quotation.bytes.start));
    }
    if reason.contains("invalid type:") || reason.contains("invalid value:") {
        // The quoted text may be part of `secured`.
        return None;
    }
    if reason.contains("Unicode character escape")
        && let Some(escape) = first_invalid(yaml, line_of(yaml, at))
    {
        return Some(invalid_code(&escape, not_yaml()));
    }
    if reason.contains("escape") || reason.contains("hexdecimal") || reason.contains("hexadecimal")
    {
        return Some(Fault {
code: Code::InvalidYaml,
            at: yaml.get(..=at).and_then(|before| before.rfind('\\')).unwrap_or(at),
            length: Some(2),
            message: not_yaml(),
            label: "not an escape sequence of YAML",
            help: "in double quotation marks a backslash begins an escape: write `\\\\` for a backslash, or put the text in \
                   single quotation marks"
                .to_owned(),
        });
    }
    if let Some(fault) = look_alike(yaml, at, &scan, not_yaml()) {
        return Some(fault);
    }
    let is_first_colon =
        || yaml.get(line_of(yaml, at)..at).is_some_and(|before| !before.contains(':'));
    if (reason.contains("could not find expected ':'")
        || reason.contains("mapping values are not allowed") && is_first_colon())
        && let Some(fault) = tight_colon(yaml, at, not_yaml())
    {
        return Some(fault);
    }
    let cut = scan.comments.iter().rev().find(|comment| cuts(yaml, comment, at))?;
    Some(Fault {
        code: Code::InvalidYaml,
        at: cut.bytes.start,
        length: yaml.get(cut.bytes.clone()).map(|comment| comment.chars().count()),
        message: not_yaml(),
        label: "`#` after a space starts a comment",
        help: "put the whole text in quotation marks; write a comment on a line of its own"
            .to_owned(),
    })
}

/// The first byte of the line that contains a byte.
fn line_of(yaml: &str, at: usize) -> usize {
    yaml.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
}

/// An escape code of no character, as programs write it that take YAML for JSON.
fn invalid_code(escape: &InvalidEscape, message: String) -> Fault {
    let (label, help) = match escape.in_json {
        Some(c) => {
            let help = format!("write the character itself or `\\U{:08X}`", u32::from(c));
            ("a surrogate pair, which YAML does not have", help)
        }
        None => ("no character has this code", "write the character itself".to_owned()),
    };
    Fault {
        code: Code::InvalidYaml,
        at: escape.at,
        length: Some(escape.length),
        message,
        label,
        help,
    }
}

/// An unclosed quotation mark.
pub(super) fn unclosed(yaml: &str, at: usize) -> Fault {
    let text = yaml.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let help = if text.starts_with('\'') {
        "close it with the same quotation mark; put a text with an apostrophe in `\"`"
    } else if text.trim_end().ends_with("\\\"") {
        "close it with the same quotation mark; write `\\\\` for a backslash, or put the text in single quotation marks"
    } else {
        "close it with the same quotation mark; write `\\\"` for one inside it"
    };
    Fault {
        code: Code::InvalidYaml,
        at,
        length: None,
        message: "this quotation mark is not closed".to_owned(),
        label: "opened here",
        help: help.to_owned(),
    }
}

/// A quoted text that contains the key `secured` at the beginning of a line or in braces, whose
/// value would be published.
pub(super) fn swallowed_secured(yaml: &str) -> Option<Fault> {
    if !yaml.contains(['"', '\'']) {
        return None;
    }
    let swallows = |Quotation { bytes, .. }: &Quotation| {
        let text = yaml.get(bytes.clone()).expect("a quotation is part of the text");
        let Some(first_break) = text.find(|c| is_line_break(c) || c == '\r') else { return false };
        let before = yaml.get(line_of(yaml, bytes.start)..bytes.start).unwrap_or_default();
        let later_lines = text.get(first_break..).expect("a character begins here");
        // In braces, an entry of the first line may be swallowed, too.
        let swallowed = if before.contains('{') { text } else { later_lines };
        holds_secured(swallowed, before.contains('{')) && !is_after_secured(before)
    };
    let quotation = scan(yaml).quotations.into_iter().find(swallows)?;
    Some(Fault {
        message:
            "this quotation mark is not closed before `secured`, which becomes part of the text"
                .to_owned(),
        ..unclosed(yaml, quotation.bytes.start)
    })
}

/// Whether a comment hides what is missing at byte `at`: punctuation between brackets, or part of a
/// text that continues below.
fn cuts(yaml: &str, comment: &Comment<'_>, at: usize) -> bool {
    let Some(text) = yaml.get(comment.bytes.clone()).filter(|_| comment.bytes.end <= at) else {
        return false;
    };
    if comment.is_in_brackets {
        return comment.behind != Behind::Nothing && text.contains([',', ']', '}']);
    }
    let between = yaml.get(comment.bytes.end..at).unwrap_or_default();
    let (blank, line) = between.rsplit_once('\n').unwrap_or(("", ""));
    let goes_on = blank.trim().is_empty() && (line.starts_with(' ') || between.is_empty());
    comment.behind == Behind::Plain && is_tight(text) && goes_on
}

/// A look-alike of a colon, a space or nothing in the line of byte `at` or in one of the two lines
/// before it.
fn look_alike(yaml: &str, at: usize, scan: &Scan<'_>, message: String) -> Option<Fault> {
    let (mut start, lines) = lines_up_to(yaml, at)?;
    for line in lines.split_inclusive('\n') {
        let is_quoted =
            |at: &usize| scan.quotations.iter().any(|quotation| quotation.bytes.contains(at));
        let line_break =
            || line.find(is_hidden_line_break).filter(|found| !is_quoted(&(start + found)));
        if let Some(found) = behind_key(line).or_else(line_break) {
            let c = line.get(found..)?.chars().next()?;
            let (label, help) = remedy(c);
            return Some(Fault {
                code: Code::InvalidYaml,
                at: start + found,
                length: Some(1),
                message,
                label,
                help,
            });
        }
        start += line.len();
    }
    None
}

/// The line of byte `at` and the two lines before it, with the position of their first byte.
fn lines_up_to(yaml: &str, at: usize) -> Option<(usize, &str)> {
    let end = yaml.get(at..)?.find('\n').map_or(yaml.len(), |length| at + length);
    let start = yaml.get(..end)?.rmatch_indices('\n').nth(2).map_or(0, |(before, _)| before + 1);
    Some((start, yaml.get(start..end)?))
}

/// A key without a space after its colon in the line of byte `at` or in one of the two lines before
/// it.
pub(super) fn tight_colon(yaml: &str, at: usize, message: String) -> Option<Fault> {
    let (start, lines) = lines_up_to(yaml, at)?;
    let mut before = start;
    let found = lines.split_inclusive('\n').find_map(|line| {
        let line_start = before;
        before += line.len();
        let (key, value) = line.split_once(':')?;
        let key_start = key.trim_start();
        let is_key = key_start.starts_with(char::is_alphabetic)
            && key_start.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let is_tight = !value.starts_with(char::is_whitespace) && !value.starts_with("//");
        (is_key && is_tight && !value.is_empty()).then_some(line_start + key.len() + 1)
    })?;
    Some(Fault {
        code: Code::InvalidYaml,
        at: found,
        length: Some(1),
        message,
        label: "no space after the colon",
        help: "write a space between `:` and the value".to_owned(),
    })
}

/// Where a line has a character behind its key that looks like a colon, or one behind its colon
/// that looks like a space.
fn behind_key(line: &str) -> Option<usize> {
    let colon = line.find(|c: char| c == ':' || is_colon(c))?;
    let (key, rest) = line.split_at(colon);
    let key = key.trim_start().trim_start_matches("- ");
    if key.is_empty() || key.contains(' ') {
        return None;
    }
    let Some(value) = rest.strip_prefix(':') else { return Some(colon) };
    let is_blank = |c: char| !c.is_ascii() && (c.is_whitespace() || is_hidden(c));
    value.starts_with(is_blank).then_some(colon + 1)
}

/// What a character is not, and what to do about it.
pub(super) fn remedy(c: char) -> (&'static str, String) {
    let code = format!("U+{:04X}", u32::from(c));
    if c == '\r' || is_hidden_line_break(c) {
        (
            "a hidden line break",
            format!("remove the character {code}, which most editors do not show"),
        )
    } else if is_colon(c) {
        ("not the colon of YAML", format!("write `: ` in place of {code}"))
    } else {
        ("not a space of YAML", format!("write a plain space in place of {code}"))
    }
}

/// Whether a line ends here for YAML, but for no editor.
fn is_hidden_line_break(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character looks like a colon.
fn is_colon(c: char) -> bool {
    matches!(c, '\u{ff1a}' | '\u{fe55}' | '\u{2236}' | '\u{a789}')
}

/// The markers of merge conflicts. The first two are unambiguous anywhere.
const CONFLICT: [&str; 4] = ["<<<<<<<", ">>>>>>>", "=======", "|||||||"];

/// A merge conflict in a document, valid YAML or not.
pub(super) fn certain_conflict(text: &str) -> Option<Fault> {
    let [ours, theirs, ..] = CONFLICT;
    conflict(text, &[ours, theirs])
}

fn conflict(text: &str, marks: &[&str]) -> Option<Fault> {
    if !marks.iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_mark = |mark: &&str| {
            let rest = line.strip_prefix(mark);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        };
        if marks.iter().any(is_mark) {
            return Some(Fault {
                code: Code::MergeConflict,
                at,
                length: Some(line.trim_end().chars().count()),
                message: "the document contains merge conflict markers".to_owned(),
                label: "left by a merge",
                help: "resolve the conflict, and remove the lines `<<<<<<<`, `=======` and \
                       `>>>>>>>`"
                    .to_owned(),
            });
        }
        at += line.len();
    }
    None
}

/// The first character that is not allowed in YAML.
fn control_character(yaml: &str) -> Option<Fault> {
    let is_taken = |c: char| {
        matches!(
            c,
            '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..
        )
    };
    let (at, c) = yaml.char_indices().find(|(_, c)| !is_taken(*c))?;
    let code = u32::from(c);
    let line = FIRST_LINE + yaml.get(..at).unwrap_or_default().matches('\n').count();
    Some(Fault {
        code: Code::InvalidYaml,
        at,
        length: Some(1),
        message: format!("the front matter contains the control character U+{code:04X}"),
        label: "YAML does not allow control characters",
        help: format!(
            "remove the control character in line {line}, which most editors do not show"
        ),
    })
}

/// The maximum number of stars to examine, since each takes a search of the text before it.
const MAX_STARS: usize = 1000;

/// The position of the first alias that refers to an anchor before it.
fn first_alias(yaml: &str) -> Option<usize> {
    let name = |rest: &str| {
        rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(rest.len())
    };
    let mut stars = yaml.match_indices('*').map(|(at, _)| at).take(MAX_STARS);
    stars.find(|at| {
        let rest = yaml.get(at + 1..).expect("a star was found here");
        let before = yaml.get(..*at).expect("a star was found here");
        let name = rest.get(..name(rest)).expect("a character begins here");
        let is_start =
            before.ends_with(|c: char| c.is_whitespace() || matches!(c, '[' | '{' | ',' | ':'));
        is_start && !name.is_empty() && before.contains(&format!("&{name}"))
    })
}
