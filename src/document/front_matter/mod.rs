//! Front matter: the YAML between the fences at the head of a document.
//!
//! The only module that knows the YAML library. That library tells the place of an error, but not of a value; so a
//! value's place is its ordinal in the document, and the line and column of a problem, which is rare, are found by
//! reading the front matter once more and raising an error at that ordinal.

mod fast_path;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;

use memchr::{memchr, memchr_iter};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use crate::diagnostic::{Diagnostic, Place};
use crate::node::{At, Entry, Node, Problem, Problems, Value};

/// The key that belongs to another program. Its value is dropped as it is read, at any depth, and its lines are shown
/// to nobody.
const SECURED: &str = "secured";

/// What is shown in the place of a line that may hold a part of a value of `secured`.
const HIDDEN_LINE: &str = "(not shown, because of `secured`)";

/// More problems of one document than this are not shown, because nobody reads more of them.
const MOST_PROBLEMS: usize = 20;

/// The two parts of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The YAML, without its fences. It begins on line 2 of the document.
    pub yaml: &'a str,
    /// Everything behind the closing fence.
    pub body: &'a str,
}

/// The line of the document on which its YAML begins.
const FIRST_LINE: usize = 2;

/// Splits a document at its fences: `---` on its first line, and `---` or `...` on a later one.
///
/// # Errors
/// When it is not UTF-8 or a fence is missing.
pub fn split<'a>(file: &str, bytes: &'a [u8]) -> Result<Parts<'a>, Diagnostic> {
    let text = utf8(file, bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.split_inclusive('\n').next().unwrap_or("");
    if first.trim_end() != "---" {
        let shown = if first.contains(SECURED) { "" } else { first };
        let place = Place::on_line(file, 1, 1, usize::MAX, shown);
        let message = "the document does not begin with front matter";
        return Err(Diagnostic::error(place, message)
            .label("expected `---`")
            .help("begin the file with a line `---`, the `key: value` lines, and another line `---`; what is no document can \
                   be named in `ignore` in site.toml"));
    }
    let rest = text.get(first.len()..).unwrap_or("");
    if let Some(parts) = split_at_fence(rest) {
        return Ok(parts);
    }
    let place = Place::on_line(file, 1, 1, usize::MAX, first);
    Err(Diagnostic::error(place, "the front matter has no closing fence")
        .label("opened here")
        .help("add a line `---` behind the last `key: value` line"))
}

/// Splits what stands behind the opening fence at the closing one.
fn split_at_fence(text: &str) -> Option<Parts<'_>> {
    let bytes = text.as_bytes();
    let begins_like_fence =
        |start: &usize| matches!(bytes.get(*start..), Some([b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..]));
    let line_starts = std::iter::once(0).chain(memchr_iter(b'\n', bytes).map(|end| end + 1));
    line_starts.filter(begins_like_fence).find_map(|start| {
        let (yaml, rest) = text.split_at(start);
        let (fence, body) = rest.split_at(memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1));
        matches!(fence.trim_end(), "---" | "...").then_some(Parts { yaml, body })
    })
}

fn utf8<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Diagnostic> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = valid.split(|byte| *byte == b'\n').count();
        let start = valid.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let before = String::from_utf8_lossy(valid.get(start..).unwrap_or_default()).into_owned();
        let is_hidden = String::from_utf8_lossy(valid).contains(SECURED);
        let shown = if is_hidden { String::new() } else { format!("{before}\u{fffd}") };
        let column = before.chars().count() + 1;
        Diagnostic::error(Place::on_line(file, line, column, 1, &shown), "the file is not UTF-8")
            .label("this byte does not belong to UTF-8")
            .help("save the file with the encoding UTF-8")
    })
}

/// Reads YAML into a mapping, if it is of the simple shape that machines write. The values have no places; no key stands
/// twice in one mapping, and `secured` is dropped.
pub fn parse_fast(yaml: &str) -> Option<Vec<Entry<'_>>> {
    fast_path::parse(yaml).filter(|_| !may_lead_to_secured(yaml))
}

/// Whether an alias may lead to a value of `secured`, as far as that can be told without reading YAML.
fn may_lead_to_secured(yaml: &str) -> bool {
    yaml.contains('*') && yaml.contains('&') && yaml.contains(SECURED)
}

/// Reads YAML into a mapping. Keys that stand twice in one mapping are problems; `secured` is dropped.
///
/// # Errors
/// When it is not YAML, or not a mapping. A document of nothing is an empty mapping.
pub fn parse<'a>(file: &str, yaml: &'a str, problems: &mut Problems) -> Result<Vec<Entry<'a>>, Diagnostic> {
    if let Some(at) = deep_bracket(yaml) {
        let place = yaml_place_of_byte(file, yaml, at);
        return Err(Diagnostic::error(place, "the front matter is nested too deep"));
    }
    let reading = Reading::default();
    let node = reading.read(yaml).map_err(|error| syntax_error(file, yaml, &error))?;
    if may_lead_to_secured(yaml) && shares_text(&node, &reading.secured.borrow()) {
        let message = "a value of `secured` stands elsewhere, too: an alias leads to it";
        return Err(Diagnostic::error(Place::file(file), message).help("write the other value out"));
    }
    check_keys(&node, problems);
    match node.value {
        Value::Null => Ok(Vec::new()),
        Value::Map(entries) => Ok(entries),
        _ => {
            let place = yaml_place(file, yaml, 1, 1, None, true);
            Err(Diagnostic::error(place, "front matter must be `key: value` lines"))
        }
    }
}

/// The library takes 128 levels of nesting, but reads all of a document, in a time that grows with each byte by the brackets
/// that are open there. So much takes it about two seconds.
const MOST_BRACKETS: usize = 500_000_000;

/// The place of the bracket or byte at which there are too many open brackets before, be they in texts or not, which only the
/// library can tell.
fn deep_bracket(yaml: &str) -> Option<usize> {
    let (mut open, mut all) = (0_usize, 0_usize);
    yaml.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        all += open;
        all > MOST_BRACKETS
    })
}

/// Where a document writes the value of an outermost key.
pub fn place_of_key(file: &str, bytes: &[u8], key: &str) -> Place {
    let place = |yaml: &str| {
        let Value::Map(entries) = Reading::default().read(yaml).ok()?.value else { return None };
        let entry = entries.iter().find(|entry| entry.key == key)?;
        Some(locate_one(file, yaml, Problem::new(entry.node.at, "")).place)
    };
    let parts = split(file, bytes).ok();
    parts.and_then(|parts| place(parts.yaml)).unwrap_or_else(|| Place::file(file))
}

/// The problems of `yaml` as diagnostics, each with its line and column.
pub fn locate(file: &str, yaml: &str, problems: Problems) -> Vec<Diagnostic> {
    let mut problems = problems.into_vec();
    problems.sort_by_key(|problem| problem.is_warning);
    let hidden = problems.split_off(MOST_PROBLEMS.min(problems.len()));
    let mut found: Vec<Diagnostic> =
        problems.into_iter().map(|problem| locate_one(file, yaml, problem)).collect();
    if let Some(first) = hidden.first() {
        let make = if first.is_warning { Diagnostic::warning } else { Diagnostic::error };
        found.push(make(Place::file(file), format!("{} more problems in this file", hidden.len())));
    }
    found
}

fn locate_one(file: &str, yaml: &str, problem: Problem) -> Diagnostic {
    let reading = Reading { raise: Some(problem.at), ..Reading::default() };
    let place = match reading.read(yaml).err().and_then(|error| error.location()) {
        Some(location) if problem.at != At::NOWHERE => {
            yaml_place(file, yaml, location.line(), location.column(), None, true)
        }
        _ => Place::on_line(file, 1, 1, usize::MAX, "---"),
    };
    let make = if problem.is_warning { Diagnostic::warning } else { Diagnostic::error };
    let Problem { label, help, changes_output, .. } = problem;
    Diagnostic { label, help, changes_output, ..make(place, problem.message) }
}

/// The place of a line and column of the YAML, both counted from 1, in the document that holds it. Without a `length` it
/// reaches to the end of the value, which for a key is its colon. A line that may hold a part of a value of `secured` is
/// not shown.
fn yaml_place(
    file: &str,
    yaml: &str,
    line: usize,
    column: usize,
    length: Option<usize>,
    is_valid: bool,
) -> Place {
    let start = line_start(yaml, line);
    let before = yaml.get(..start).unwrap_or("");
    let shown_line = before.matches('\n').count() + FIRST_LINE;
    let text = yaml.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let line_begin = before.rfind('\n').map_or(0, |at| at + 1);
    if is_hidden(yaml, line_begin, is_valid) {
        return Place::on_line(file, shown_line, 1, usize::MAX, HIDDEN_LINE);
    }
    let rest: String = text.chars().skip(column.saturating_sub(1)).collect();
    let key = rest.find(": ").or_else(|| rest.trim_end().ends_with(':').then(|| rest.trim_end().len() - 1));
    let is_key =
        key.is_some_and(|end| rest.get(..end).is_some_and(|key| !key.contains(['"', '\'', ' ', '/'])));
    let length = length.unwrap_or_else(|| match key {
        Some(end) if is_key => rest.get(..end).unwrap_or("").chars().count(),
        _ => rest.trim_end().chars().count(),
    });
    let skipped = yaml.get(line_begin..start).map_or(0, |part| part.chars().count());
    let whole = yaml.get(line_begin..).and_then(|rest| rest.split('\n').next()).unwrap_or("");
    Place::on_line(file, shown_line, skipped + column, length, whole)
}

/// Where a line begins, counted from 1 as YAML counts them: also the characters U+0085, U+2028 and U+2029 end a line.
fn line_start(yaml: &str, line: usize) -> usize {
    let breaks = yaml.char_indices().filter(|(at, c)| match c {
        '\r' => !yaml.get(at + 1..).is_some_and(|rest| rest.starts_with('\n')),
        c => matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}'),
    });
    let mut ends = breaks.map(|(at, c)| at + c.len_utf8());
    line.checked_sub(2).map_or(0, |skipped| ends.nth(skipped).unwrap_or(yaml.len()))
}

/// The place of a byte of the YAML in the document that holds it, unless its line may hold a part of a value of `secured`.
fn yaml_place_of_byte(file: &str, yaml: &str, at: usize) -> Place {
    let before = yaml.get(..at).unwrap_or(yaml);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    yaml_place(file, yaml, line, column, Some(1), false)
}

/// Whether the line that begins at byte `start` may hold a part of a value of `secured`. In a document that is not YAML
/// nobody knows where a value ends, so everything behind the first mention is hidden. In one that is, a value in one line
/// ends with its line; where one is spelt in another way, all lines are hidden.
fn is_hidden(yaml: &str, start: usize, is_valid: bool) -> bool {
    let until = yaml.get(start..).and_then(|rest| rest.find('\n')).map_or(yaml.len(), |end| start + end);
    let seen = yaml.get(..until).unwrap_or(yaml);
    if !is_valid {
        return seen.contains(SECURED) || yaml.contains("\\x") || yaml.contains("\\u");
    }
    let reading = Reading::default();
    if reading.read(yaml).is_err() || reading.secured.borrow().is_empty() {
        return !reading.secured.borrow().is_empty();
    }
    let lines: Vec<&str> = yaml.lines().collect();
    let simple: Vec<&str> = lines
        .iter()
        .enumerate()
        .filter(|(index, _)| is_simple_secured(&lines, *index))
        .map(|(_, line)| *line)
        .collect();
    let line = yaml.get(start..until).unwrap_or("");
    simple.len() != reading.secured.borrow().len()
        || simple.iter().any(|secured| secured.trim_end() == line.trim_end())
}

/// Whether a line is `secured:` with its whole value: in closed quotation marks without any inside, or plain with nothing
/// that goes on below it.
fn is_simple_secured(lines: &[&str], index: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(line) = lines.get(index) else { return false };
    let Some(value) = line.trim().strip_prefix(SECURED).and_then(|rest| rest.strip_prefix(':')) else {
        return false;
    };
    let value = value.trim();
    let is_quoted = ['"', '\''].iter().any(|quote| {
        let inner = value.strip_prefix(*quote).and_then(|rest| rest.strip_suffix(*quote));
        inner.is_some_and(|inner| !inner.contains([*quote, '\\']))
    });
    let is_plain = value.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '+' | '/'));
    let next = lines.iter().skip(index + 1).find(|line| !line.trim().is_empty());
    (is_quoted || is_plain) && next.is_none_or(|next| indent(next) <= indent(line))
}

fn syntax_error(file: &str, yaml: &str, error: &serde_yaml::Error) -> Diagnostic {
    let message = error.to_string();
    let opened =
        message.split_once("while scanning a quoted scalar at ").and_then(|(_, at)| line_and_column(at));
    if let Some((line, column)) = opened {
        return Diagnostic::error(
            yaml_place(file, yaml, line, column, None, false),
            "this quotation never ends",
        )
        .label("opened here")
        .help("close it with the same quotation mark; write `\\\"` for one inside it");
    }
    let (line, column) = error.location().map_or((1, 1), |location| (location.line(), location.column()));
    let place = yaml_place(file, yaml, line, column, Some(1), false);
    let text = place.span.as_ref().map_or("", |span| span.text.as_str());
    let reason = match message.split(" at line ").next().unwrap_or(&message) {
        // What is quoted may be a part of `secured`.
        reason if text == HIDDEN_LINE && reason.contains("invalid ") => "a value is not what its tag says",
        reason => reason,
    };
    let help = if text.contains('\t') {
        "YAML is indented with blanks; a tab is not allowed there"
    } else if text.matches(": ").count() > 1 {
        "a text that holds a colon and a blank must be put in quotation marks"
    } else {
        "look at this line and the one above: indentation, a missing colon, or a missing quotation mark"
    };
    Diagnostic::error(place, format!("the front matter is not YAML: {reason}")).help(help)
}

/// Reads `line 3 column 8` at the head of `text`.
fn line_and_column(text: &str) -> Option<(usize, usize)> {
    let mut words = text.split([' ', ',']);
    let mut number_after = |word: &str| {
        words.next().filter(|found| *found == word)?;
        words.next()?.parse().ok()
    };
    Some((number_after("line")?, number_after("column")?))
}

fn check_keys(node: &Node<'_>, problems: &mut Problems) {
    match &node.value {
        Value::List(items) => {
            for item in items {
                check_keys(item, problems);
            }
        }
        Value::Map(entries) => check_entries(entries, problems),
        _ => {}
    }
}

fn check_entries(entries: &[Entry<'_>], problems: &mut Problems) {
    let mut keys: Vec<(&str, At)> = entries.iter().map(|entry| (&*entry.key, entry.at)).collect();
    keys.sort_unstable();
    for pair in keys.windows(2) {
        if let [(first, _), (second, at)] = pair
            && first == second
        {
            let message = format!("`{second}` stands here a second time");
            problems.add(Problem::new(*at, message).help("keep one of the two"));
        }
    }
    for entry in entries {
        check_keys(&entry.node, problems);
    }
}

/// Whether a text of `node` is one of the texts of `secured`.
fn shares_text(node: &Node<'_>, secured: &[Node<'_>]) -> bool {
    let (mut texts, mut others) = (HashSet::new(), HashSet::new());
    for node in secured {
        collect_texts(node, &mut texts);
    }
    collect_texts(node, &mut others);
    !texts.is_disjoint(&others)
}

/// Texts, numbers as they are spelt, and keys.
fn collect_texts<'n>(node: &'n Node<'_>, texts: &mut HashSet<Cow<'n, str>>) {
    match &node.value {
        Value::Text(text) => {
            texts.insert(Cow::Borrowed(text));
        }
        Value::Integer(number) => {
            texts.insert(number.to_string().into());
        }
        Value::Float(number) => {
            texts.insert(number.to_string().into());
        }
        Value::List(items) => {
            for item in items {
                collect_texts(item, texts);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                texts.insert(Cow::Borrowed(&entry.key));
                collect_texts(&entry.node, texts);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// One pass over a document: numbers the nodes, and raises an error at one of them if it is asked to.
#[derive(Default)]
struct Reading<'a> {
    last: Cell<u32>,
    /// How many bytes of text there are.
    text: Cell<usize>,
    /// How many bytes the document has: what it unfolds to is not much more.
    length: Cell<usize>,
    raise: Option<At>,
    /// What stood behind `secured`, to know it where it turns up again.
    secured: RefCell<Vec<Node<'a>>>,
}

impl<'a> Reading<'a> {
    fn read(&self, yaml: &'a str) -> Result<Node<'a>, serde_yaml::Error> {
        self.length.set(yaml.len());
        let mut documents = serde_yaml::Deserializer::from_str(yaml);
        match (documents.next(), documents.next()) {
            (None, _) => Ok(Node { at: At(0), value: Value::Null }),
            (Some(document), None) => self.deserialize(document),
            (Some(document), Some(_)) => {
                self.deserialize(document)?;
                Err(serde_yaml::Error::custom("there is more than one document between the fences"))
            }
        }
    }

    fn number<E: serde::de::Error>(&self) -> Result<At, E> {
        let at = At(self.last.get() + 1);
        self.last.set(at.0);
        // Without aliases a node takes half a byte at least, and a byte of text two thirds of one.
        if at.0 as usize > 2 * self.length.get() + 100 || self.text.get() > 4 * self.length.get() + 4096 {
            return Err(E::custom("aliases unfold to much more than is written"));
        }
        if self.raise == Some(at) { Err(E::custom("here")) } else { Ok(at) }
    }

    fn node<E: serde::de::Error>(&self, value: Value<'a>) -> Result<Node<'a>, E> {
        if let Value::Text(text) = &value {
            self.text.set(self.text.get() + text.len());
        }
        Ok(Node { at: self.number()?, value })
    }
}

impl<'de> DeserializeSeed<'de> for &Reading<'de> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Reading<'de> {
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
        self.node(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Node<'de>, E> {
        self.node(Value::Integer(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Node<'de>, E> {
        #[expect(clippy::cast_precision_loss, reason = "no field takes a whole number of that size")]
        self.node(i64::try_from(number).map_or(Value::Float(number as f64), Value::Integer))
    }

    fn visit_i128<E: serde::de::Error>(self, number: i128) -> Result<Node<'de>, E> {
        #[expect(clippy::cast_precision_loss, reason = "no field takes a whole number of that size")]
        self.node(Value::Float(number as f64))
    }

    fn visit_u128<E: serde::de::Error>(self, number: u128) -> Result<Node<'de>, E> {
        #[expect(clippy::cast_precision_loss, reason = "no field takes a whole number of that size")]
        self.node(Value::Float(number as f64))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Node<'de>, E> {
        self.node(Value::Float(number))
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
        while let Some(key) = map.next_key_seed(self)? {
            let text = match key.value {
                Value::Text(text) => text,
                Value::Integer(number) => Cow::Owned(number.to_string()),
                Value::Float(number) => Cow::Owned(number.to_string()),
                Value::Bool(value) => Cow::Owned(value.to_string()),
                Value::Null => Cow::Borrowed("null"),
                Value::List(_) | Value::Map(_) => {
                    return Err(A::Error::custom("a key must be a single word"));
                }
            };
            if text == SECURED {
                let secured = map.next_value_seed(self)?;
                self.secured.borrow_mut().push(secured);
            } else {
                entries.push(Entry { at: key.at, key: text, node: map.next_value_seed(self)? });
            }
        }
        Ok(Node { at, value: Value::Map(entries) })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Node<'de>, A::Error> {
        let (_tag, value): (String, _) = data.variant()?;
        value.newtype_variant_seed(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries(yaml: &str) -> Vec<(String, String)> {
        let mut problems = Problems::default();
        let entries = parse("a.md", yaml, &mut problems).expect("yaml");
        assert!(problems.is_empty(), "{problems:?}");
        entries.iter().map(|entry| (entry.key.to_string(), format!("{:?}", entry.node.value))).collect()
    }

    #[test]
    fn a_document_is_split_at_its_fences() {
        for (document, yaml, body) in [
            ("---\na: 1\n---\nbody\n", "a: 1\n", "body\n"),
            ("---\r\na: 1\r\n---\r\nbody", "a: 1\r\n", "body"),
            ("\u{feff}---\na: 1\n...\nbody", "a: 1\n", "body"),
            ("---\na: 1\n---", "a: 1\n", ""),
            ("---\n---", "", ""),
            ("---  \na: |\n  ---\n---\n\n---\n", "a: |\n  ---\n", "\n---\n"),
        ] {
            assert_eq!(split("a.md", document.as_bytes()), Ok(Parts { yaml, body }), "{document:?}");
        }
    }

    proptest! {
        #[test]
        fn the_closing_fence_is_the_first_line_that_is_one(text in "(-{1,4}|\\.{2,4}|[a \r\u{a0}]|\n){0,12}") {
            let mut lines = text.split_inclusive('\n');
            let yaml: String =
                lines.by_ref().take_while(|line| !["---", "..."].contains(&line.trim_end())).collect();
            let is_closed = yaml.len() < text.len();
            let body: String = lines.collect();
            let expected = is_closed.then_some(Parts { yaml: &yaml, body: &body });
            prop_assert_eq!(split_at_fence(&text), expected);
        }
    }

    #[test]
    fn values_keep_their_kinds() {
        let found = entries("a: 1\nb: 1.5\nc: x\nd: \"1\"\ne: true\nf:\ng: [1, {h: 2}]\n3: x\ni: !tag y\n");
        let kinds: Vec<&str> = found.iter().map(|(_, value)| value.split('(').next().unwrap()).collect();
        assert_eq!(kinds, ["Integer", "Float", "Text", "Text", "Bool", "Null", "List", "Text", "Text"]);
    }

    #[test]
    fn secured_is_dropped_at_any_depth() {
        let found = entries("a: {secured: s3cret, b: 1}\nsecured: s3cret\nc: [{secured: s3cret}]\n");
        assert!(!format!("{found:?}").contains("s3cret"));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn no_line_of_secured_is_shown() {
        for yaml in [
            "a: 1\nsecured: \"s3cret\n",
            "secured: |\n  s3cret\n  s3cret: [\n s3cret\n",
            "b: {secured: s3cret\n",
            "secured: a\n\"s3cret\": b: c\n",
            "secured: >\n s3cret\n\ts3cret: \"\n",
            "secured: \"a\nabc: s3cret \"x\": y\n",
            "secured: [a,\ns3cret: x: y\n",
            "{\"\\x73ecured\": s3cret, a: [\n",
        ] {
            let error = parse("a.md", yaml, &mut Problems::default()).expect_err(yaml);
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }

    #[test]
    fn no_line_of_secured_is_shown_beside_a_problem() {
        for yaml in [
            "secured: s3cret\nheat: x\n",
            "{\"\\x73ecured\": s3cret, heat: x}\n",
            "secured: \"a\n  s3cret\"\nheat: x\n",
            "secured: \"a\nheat: s3cret\"\nheat: x\n",
            "secured: |\n  s3cret\nheat: x\n",
            "secured: s3cret\u{2028}heat: x\n",
        ] {
            for at in 1..9 {
                let mut problems = Problems::default();
                parse("a.md", yaml, &mut problems).expect(yaml);
                problems.add(Problem::new(At(at), "wrong"));
                let found = locate("a.md", yaml, problems);
                assert!(!format!("{found:?}").contains("s3cret"), "{found:?}");
            }
        }
        let not_utf8 = split("a.md", b"---\nsecured: |\n  s3cret\xff\n---\n").expect_err("not UTF-8");
        assert!(!format!("{not_utf8:?}").contains("s3cret"));
        let no_fence = split("a.md", b"secured: s3cret\n").expect_err("no fence");
        assert!(!format!("{no_fence:?}").contains("s3cret"));
        let alias =
            parse("a.md", "secured: &s s3cret\nexcerpt: *s\n", &mut Problems::default()).expect_err("alias");
        assert!(!format!("{alias:?}").contains("s3cret"));
    }

    #[test]
    fn both_readers_refuse_what_an_alias_may_have_brought_out_of_secured() {
        let yaml = "other: x&y*z\nsecured: x&y*z\n";
        assert!(parse("a.md", yaml, &mut Problems::default()).is_err());
        assert_eq!(parse_fast(yaml), None);
        assert!(parse_fast("other: x&y*z\n").is_some());
    }

    #[test]
    fn lines_are_counted_as_editors_count_them() {
        let yaml = "a: \"x\u{2028}y\"\nb: 1\nc: 2\n";
        let mut problems = Problems::default();
        let entries = parse("a.md", yaml, &mut problems).expect("yaml");
        problems.add(Problem::new(entries[2].at, "wrong"));
        assert_eq!(locate("a.md", yaml, problems)[0].place.to_string(), "a.md:4:1");
    }

    #[test]
    fn a_problem_gets_its_line_and_column() {
        let yaml = "a: 1\nb:\n  - c: x\n  - d: [1, é, 22]\n";
        let mut problems = Problems::default();
        let mut entries = parse("a.md", yaml, &mut problems).expect("yaml");
        let list = entries.remove(1).node.list("b").expect("list");
        let Value::Map(second) = &list[1].value else { panic!() };
        let Value::List(items) = &second[0].node.value else { panic!() };
        problems.add(Problem::new(items[2].at, "wrong"));
        problems.add(Problem::new(second[0].at, "key"));
        let found: Vec<String> = locate("a.md", yaml, problems).iter().map(|d| d.place.to_string()).collect();
        assert_eq!(found, ["a.md:5:15", "a.md:5:5"]);
    }

    #[test]
    fn a_key_that_stands_twice_is_a_problem() {
        let mut problems = Problems::default();
        parse("a.md", "a: 1\nb: 2\na: 3\n", &mut problems).expect("yaml");
        let found = locate("a.md", "a: 1\nb: 2\na: 3\n", problems);
        assert_eq!(found[0].place.to_string(), "a.md:4:1");
        assert!(found[0].message.contains("second time"));
    }
}
