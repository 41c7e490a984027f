//! Warns where YAML reads a text differently from what its author probably meant; the remedy is
//! quoting.

use std::collections::HashSet;
use std::ops::Range;

use super::location::{DiagnosticSource, MAX_PROBLEMS};
use super::positions::line_ends;
use super::scalars::{Scalar, scalars};
use super::scan::{Behind, Quotation, is_tight, quoted_length, run_of, scan};
use super::secured::{is_mentioned, is_secured};
use super::syntax;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::escape::without_credentials;
use crate::node::{MapEntry, ProblemKind, Value};

/// Keys whose values are running text, which may contain anything that follows the value.
const TEXT_KEYS: [&str; 5] = ["title", "excerpt", "description", "name", "topics"];

/// Keys whose values have a fixed form, which contains nothing that follows the value.
const STRUCTURED_KEYS: [&str; 17] = [
    "publishedDateTime",
    "published",
    "webUrl",
    "originalUrl",
    "ampWebUrl",
    "cdnAmpWebUrl",
    "url",
    "feed",
    "logo",
    "domain",
    "articlePages",
    "quality",
    "heat",
    "order",
    "width",
    "height",
    "isCached",
];

/// Keys of mappings whose keys are known. The outermost mapping has none.
const MAPPING_KEYS: [&str; 4] = ["", "provider", "related", "images"];

/// The tags of YAML itself, which remove nothing from the value.
const CORE_TAGS: [&str; 13] = [
    "!!binary",
    "!!bool",
    "!!float",
    "!!int",
    "!!map",
    "!!null",
    "!!omap",
    "!!pairs",
    "!!seq",
    "!!set",
    "!!str",
    "!!timestamp",
    "!!merge",
];

/// Typographic opening quotation marks, each with its closing ones.
const SMART_QUOTES: [(char, &str); 7] =
    [('“', "”“"), ('”', "”"), ('„', "“”"), ('«', "»"), ('»', "«"), ('‘', "’‘"), ('‚', "‘’")];

/// The minimum length of a text in typographic quotation marks, including these.
const MIN_QUOTATION_LENGTH: usize = 3;

/// Warns of texts that YAML cuts or changes: by a comment, a tag, an anchor, a hidden line break or
/// a comma in braces, or because `Null` is empty. Also warns of typographic quotation marks, which
/// do not quote in YAML.
///
/// A comment after a value is intended unless the value is running text or more than a space
/// follows the `#`; an anchor is intended if an alias refers to it.
pub fn misread_texts(file: &str, yaml: &str, entries: &[MapEntry<'_>]) -> Vec<Diagnostic> {
    let misread = misreadings(yaml, entries);
    if misread.is_empty() {
        return Vec::new();
    }
    let document = DiagnosticSource::new(file, yaml);
    let others = misread.len().saturating_sub(MAX_PROBLEMS);
    let others = (others > 0).then(|| {
        let message = format!("{others} more texts in this file are cut");
        Diagnostic::new(Code::MoreWarnings, Location::file(file), message).changes_output()
    });
    let shown = misread.into_iter().take(MAX_PROBLEMS);
    shown.map(|misreading| misreading.into_diagnostic(&document)).chain(others).collect()
}

fn misreadings(yaml: &str, entries: &[MapEntry<'_>]) -> Vec<Misreading> {
    let signs = ["#", "!", "&", "Null", "NULL"];
    let has_sign = signs.iter().any(|sign| yaml.contains(sign))
        || yaml.contains(SMART_QUOTES.map(|(open, _)| open));
    let mut found = Vec::new();
    if has_sign {
        let aliases = aliases(yaml);
        let mut seen = HashSet::new();
        let scalars = scalars(yaml, entries)
            .into_iter()
            .filter(|scalar| !STRUCTURED_KEYS.contains(&scalar.key) && seen.insert(scalar.start));
        found.extend(scalars.filter_map(|scalar| misreading(yaml, scalar, &aliases)));
    }
    let hidden_breaks = hidden_line_breaks(yaml);
    if yaml.contains(['"', '\'', '*', ']', '}']) || !hidden_breaks.is_empty() {
        found.extend(misread_around(yaml, hidden_breaks));
    }
    found.sort_by_key(|misreading| misreading.start);
    found
}

/// The positions of the line breaks that editors do not show.
fn hidden_line_breaks(yaml: &str) -> Vec<(usize, char)> {
    if yaml.is_ascii() && !yaml.contains('\r') {
        return Vec::new();
    }
    let ends = line_ends(yaml).filter_map(|end| {
        let last = yaml.get(..end)?.chars().next_back()?;
        Some((end - last.len_utf8(), last))
    });
    ends.filter(|(_, c)| *c != '\n').collect()
}

/// Quotations that continue to the next key, keys without a value in braces, line breaks outside of
/// quotations that editors do not show, and comments after a value that is no scalar: an alias or a
/// list.
fn misread_around(yaml: &str, mut hidden_breaks: Vec<(usize, char)>) -> Vec<Misreading> {
    let scan = scan(yaml);
    let is_quoted = |at: &usize| {
        let holds = |quotation: &Quotation| quotation.bytes.contains(at);
        scan.quotations.iter().any(holds)
    };
    hidden_breaks.retain(|(at, _)| !is_quoted(at));
    let hidden_breaks = hidden_breaks.into_iter().map(|(start, c)| Misreading {
        start,
        end: start + c.len_utf8(),
        what: Misread::LineBreak(c),
    });
    let unclosed =
        scan.quotations.into_iter().filter(|quotation| quotation.is_unclosed).map(|quotation| {
            let first_line = yaml
                .get(quotation.bytes.clone())
                .and_then(|text| text.lines().next())
                .unwrap_or_default();
            let start = quotation.bytes.start;
            Misreading { start, end: start + first_line.len(), what: Misread::Unclosed }
        });
    let comments = scan.comments.into_iter().filter(|comment| {
        let may_hold_text = match comment.behind {
            Behind::Alias => !STRUCTURED_KEYS.contains(&comment.key) && !is_secured(comment.key),
            Behind::Bracket => TEXT_KEYS.contains(&comment.key),
            _ => false,
        };
        may_hold_text && yaml.get(comment.bytes.clone()).is_some_and(is_tight)
    });
    let comments = comments.map(|comment| Misreading {
        start: comment.bytes.start,
        end: comment.bytes.end,
        what: Misread::Comment,
    });
    let lone_keys = scan.lone_keys.into_iter().filter(|key| {
        let is_key = |text: &str| !text.ends_with(':') && !is_mentioned(text);
        MAPPING_KEYS.contains(&key.outer_key) && yaml.get(key.bytes.clone()).is_some_and(is_key)
    });
    let lone_keys = lone_keys.map(|key| Misreading {
        start: key.bytes.start,
        end: key.bytes.end,
        what: Misread::LoneKey,
    });
    unclosed.chain(comments).chain(hidden_breaks).chain(lone_keys).collect()
}

/// How a part of a document is misread.
struct Misreading {
    /// The range of the part, in bytes.
    start: usize,
    end: usize,
    what: Misread,
}

enum Misread {
    Comment,
    Tag,
    Anchor,
    Nothing,
    SmartQuotes,
    Unclosed,
    LoneKey,
    LineBreak(char),
}

impl Misreading {
    fn into_diagnostic(self, document: &DiagnosticSource<'_>) -> Diagnostic {
        let location = document.location_of_bytes(self.start, self.end);
        let (message, label, help) = match self.what {
            Misread::Comment => (
                "this text is cut: `#` after a space starts a comment",
                "not a part of the text",
                "put the whole text in quotation marks; write a comment on a line of its own",
            ),
            Misread::Tag => (
                "this text is cut: a leading `!` starts a tag",
                "not a part of the text",
                "put the whole text in quotation marks",
            ),
            Misread::Anchor => (
                "this text is cut: a leading `&` starts an anchor",
                "not a part of the text",
                "put the whole text in quotation marks",
            ),
            Misread::Nothing => (
                "this word means null",
                "not a text",
                "put it in quotation marks if it is text; otherwise write `null`",
            ),
            Misread::Unclosed => (
                "this quotation mark is not closed before the next key, which becomes part of the text",
                "opened here",
                "close it on the same line, or indent the other lines of the text more than its key",
            ),
            Misread::LoneKey => {
                return Diagnostic::new(
                    Code::MisreadText,
                    location,
                    lone_key(document.yaml, self.start..self.end),
                )
                .label("not a part of the text")
                .help("put the whole text in quotation marks")
                .changes_output();
            }
            Misread::LineBreak(c) => {
                let (label, help) = syntax::remedy(c);
                return Diagnostic::new(
                    Code::MisreadText,
                    location,
                    "what follows this character is a new line of YAML",
                )
                .label(label)
                .help(help)
                .changes_output();
            }
            Misread::SmartQuotes => {
                return Diagnostic::new(Code::MisreadText, location, "these quotation marks are a part of the text").help(
                    "YAML recognizes only `\"` and `'`; to show these marks, put `\"` around the whole text",
                );
            }
        };
        Diagnostic::new(Code::MisreadText, location, message)
            .label(label)
            .help(help)
            .changes_output()
    }
}

/// The message about a key without a value, which is not named if it may belong to `secured`.
fn lone_key(yaml: &str, bytes: Range<usize>) -> String {
    let written = yaml.get(bytes).filter(|_| !is_mentioned(yaml));
    let name = written.map(|key| {
        let key = key.split_whitespace().collect::<Vec<_>>().join(" ");
        format!(" `{}`", without_credentials(&key))
    });
    let name = name.unwrap_or_default();
    format!("the key{name} in `{{...}}` has no value: the comma before it ends the text")
}

fn misreading(yaml: &str, scalar: Scalar<'_>, aliases: &HashSet<&str>) -> Option<Misreading> {
    let mut start = scalar.start;
    while let Some(property) = property(yaml.get(start..)?) {
        let end = start + property.len();
        let what = match property.strip_prefix('&') {
            Some(name) => (!aliases.contains(name)).then_some(Misread::Anchor),
            None => (!CORE_TAGS.contains(&property)).then_some(Misread::Tag),
        };
        if let Some(what) = what {
            return Some(Misreading { start, end, what });
        }
        start = end + run_of(yaml.get(end..)?, char::is_whitespace);
    }
    let rest = yaml.get(start..)?;
    if rest.starts_with(['"', '\'']) {
        // The author knows what belongs to the text, except for what directly follows a `#`.
        return comment(yaml, start + quoted_length(rest)?, scalar.value, false);
    }
    if rest.starts_with(['|', '>']) {
        return None;
    }
    let end = start + plain_length(rest, scalar.value)?;
    let is_text = TEXT_KEYS.contains(&scalar.key);
    if is_text && matches!(yaml.get(start..end), Some("Null" | "NULL")) {
        return Some(Misreading { start, end, what: Misread::Nothing });
    }
    comment(yaml, end, scalar.value, is_text).or_else(|| {
        let is_quoted = yaml.get(start..end).is_some_and(is_in_smart_quotes);
        is_quoted.then_some(Misreading { start, end, what: Misread::SmartQuotes })
    })
}

/// The comment after a scalar that ends at `end`, if it may be meant as part of it.
fn comment(yaml: &str, end: usize, value: &Value<'_>, is_text: bool) -> Option<Misreading> {
    let start = end + run_of(yaml.get(end..)?, |c| matches!(c, ' ' | '\t'));
    let rest = yaml.get(start..).filter(|rest| rest.starts_with('#'))?;
    let comment = rest.get(..line_ends(rest).next().unwrap_or(rest.len()))?.trim_end();
    let is_tight = is_tight(comment);
    let may_be_text = match value {
        Value::Null => is_tight,
        Value::Text(_) => is_tight || is_text,
        _ => is_text,
    };
    may_be_text.then_some(Misreading { start, end: start + comment.len(), what: Misread::Comment })
}

/// The tag or anchor at the start of a text.
fn property(rest: &str) -> Option<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let length = match rest.chars().next()? {
        '!' => run_of(rest, |c| !c.is_whitespace()),
        '&' => 1 + run_of(rest.get(1..)?, is_name),
        _ => return None,
    };
    rest.get(..length)
}

/// The length of a plain scalar in the source, which differs from its value only in white space.
fn plain_length(rest: &str, value: &Value<'_>) -> Option<usize> {
    let Some(text) = value.spelled() else {
        let word = ["~", "null", "Null", "NULL"].iter().find(|word| rest.starts_with(**word));
        return Some(word.map_or(0, |word| word.len()));
    };
    let mut written = rest.char_indices().filter(|(_, c)| !c.is_whitespace());
    let mut end = 0;
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let (at, _) = written.next().filter(|(_, found)| *found == c)?;
        end = at + c.len_utf8();
    }
    Some(end)
}

/// The anchors that aliases may refer to.
fn aliases(yaml: &str) -> HashSet<&str> {
    let name = |rest: &'_ str| -> usize {
        run_of(rest, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    yaml.split('*').skip(1).filter_map(|rest| rest.get(..name(rest))).collect()
}

/// Whether a whole text is in typographic quotation marks.
pub(super) fn is_in_smart_quotes(text: &str) -> bool {
    let closing =
        |open| SMART_QUOTES.iter().find(|(mark, _)| *mark == open).map(|(_, closing)| *closing);
    let closing = text.chars().next().and_then(closing);
    closing.is_some_and(|closing| text.ends_with(|c| closing.contains(c)))
        && text.chars().nth(MIN_QUOTATION_LENGTH - 1).is_some()
}

/// Why a rejected value has its type, and how to fix it, from its spelling.
pub(super) fn reason(kind: &ProblemKind, written: &str) -> Option<String> {
    let written = written.trim_start_matches([' ', '\t']);
    let line = written.lines().next().unwrap_or("").trim_end();
    let in_marks = |what: &str| Some(format!("{what}; put the text in quotation marks"));
    if is_in_smart_quotes(line) {
        return Some("YAML recognizes only the quotation marks `\"` and `'`; use these".to_owned());
    }
    if *kind == ProblemKind::Other {
        return None;
    }
    match line.chars().next()? {
        '#' => in_marks("`#` starts a comment"),
        '!' => in_marks("`!` starts a tag"),
        '&' => in_marks("`&` starts an anchor"),
        '[' if *kind == ProblemKind::NotText => in_marks("`[` starts a list"),
        '{' if *kind == ProblemKind::NotText => in_marks("`{` starts a mapping"),
        '-' if *kind == ProblemKind::NotText => in_marks("`-` starts a list item"),
        '?' if *kind == ProblemKind::NotText => in_marks("`?` starts a key"),
        'n' | 'N' | '~' if matches!(line, "~" | "null" | "Null" | "NULL") => {
            in_marks(&format!("`{line}` means null"))
        }
        _ if *kind == ProblemKind::NotText && line.contains(':') => {
            in_marks("a colon followed by a space ends a key")
        }
        _ => None,
    }
}

/// How to fix a line with a syntax error. `column` counts from 0.
pub(super) fn remedy(reason: &str, before: &str, line: &str, column: usize) -> String {
    let mark = mark_of_token(line, column).or_else(|| first_mark(line));
    if line.contains('\t') {
        return "YAML is indented with spaces; tabs are not allowed".to_owned();
    }
    let read: String = line.chars().take(column + 1).collect();
    if read.strip_suffix(',').is_some_and(|before| before.trim_end().ends_with([',', '[', '{'])) {
        return "remove this comma: there is nothing before it".to_owned();
    }
    if reason.starts_with("block sequence entries are not allowed")
        && !line.trim_start().starts_with("- ")
    {
        return "begin a list with `- ` on a line of its own; put a text that begins with `-` in quotation marks".to_owned();
    }
    match mark {
        Some('"') => {
            "put the whole text in quotation marks, and write `\\\"` for each one inside of them".to_owned()
        }
        Some('\'') => {
            "put the whole text in quotation marks `\"`, or write `''` for an apostrophe inside of `'`".to_owned()
        }
        Some(mark) => format!("a text that begins with `{mark}` must be put in quotation marks"),
        None if line.matches(": ").count() > 1 => {
            "a text that contains a colon and a space must be put in quotation marks".to_owned()
        }
        None if reason.starts_with("mapping values are not allowed") => {
            "a text that contains a colon and a space must be put in quotation marks; keys of one mapping must start in the same column".to_owned()
        }
        None if before.contains(" #") => {
            "a text that contains a space and `#` must be put in quotation marks: they start a comment".to_owned()
        }
        None => match first_mark(before) {
            Some(mark @ ('[' | '{')) => format!(
                "close what `{mark}` opens; a text that begins with it must be put in quotation marks"
            ),
            _ => "check this line and the one above for indentation, a missing colon or a missing quotation mark"
                .to_owned(),
        },
    }
}

/// The first character of the word at a column, if a text cannot begin with it.
fn mark_of_token(line: &str, column: usize) -> Option<char> {
    let before: Vec<char> = line.chars().take(column + 1).collect();
    let is_between = |c: &char| c.is_whitespace() || matches!(c, '[' | '{' | ',');
    let start = before.iter().take(column).rposition(is_between).map_or(0, |at| at + 1);
    before
        .get(start)
        .copied()
        .filter(|c| matches!(c, '*' | '&' | '!' | '@' | '`' | '%' | ']' | '}'))
}

/// The first character of a line's value, if a text cannot begin with it.
fn first_mark(line: &str) -> Option<char> {
    let mut value = line.trim();
    while let Some(item) = value.strip_prefix("- ") {
        value = item.trim_start();
    }
    let is_mark = |text: &str| {
        let mut chars = text.chars();
        let mark = chars.next().filter(|c| "[]{}*&!@`%|>,\"'?-".contains(*c));
        // A text can begin with these two, unless a blank follows.
        mark.filter(|c| !matches!(c, '?' | '-') || chars.next().is_none_or(char::is_whitespace))
    };
    is_mark(value).or_else(|| is_mark(value.split_once(": ")?.1.trim_start()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::YamlReader;
    use super::*;
    use crate::node::{Node, SourcePos};

    fn entries(yaml: &str) -> Option<Vec<MapEntry<'_>>> {
        match YamlReader::default().read(yaml).ok()?.node.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    fn json(entries: Vec<MapEntry<'_>>) -> String {
        let node = Node { at: SourcePos(0), value: Value::Map(entries) };
        serde_json::to_string(&node).expect("JSON")
    }

    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(
            &[
                "title: ", "topics: ", "x: ", "- ", "  ", "\n", "\n", "\n  ", " ", "\t", "#",
                " #1", " # a", "a", "é b", "\"", "'", "!", "!t ", "&", "&a ", "*a", "[", "]", "{",
                "}", ", ", ": ", "|\n  ", ">", "Null", "1.10", "~", "\u{2028}", "\r\n",
            ][..],
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        /// A reported comment, tag or anchor is not part of a value: without it the document has
        /// the same values.
        #[test]
        fn pitfalls_never_overlap_values(pieces in prop::collection::vec(piece(), 1..16)) {
            let yaml = pieces.concat();
            let Some(whole) = entries(&yaml) else { return Ok(()) };
            for Misreading { start, end, what } in misreadings(&yaml, &whole) {
                let sign = match what {
                    Misread::Comment => '#',
                    Misread::Tag => '!',
                    Misread::Anchor => '&',
                    Misread::Nothing
                    | Misread::SmartQuotes
                    | Misread::Unclosed
                    | Misread::LoneKey
                    | Misread::LineBreak(_) => continue,
                };
                prop_assert!(yaml[start..].starts_with(sign), "{yaml:?} at {start}");
                // Tabs at the end of a comment belong to it. Elsewhere they may be an error.
                let rest = yaml[end..].trim_start_matches([' ', '\t']);
                let blank = " ".repeat(yaml.len() - rest.len() - start);
                let without = format!("{}{blank}{rest}", &yaml[..start]);
                if sign == '#' {
                    let without = entries(&without).expect("a comment means nothing");
                    prop_assert_eq!(json(without), json(whole.clone()), "{}", yaml);
                }
            }
        }
    }
}
