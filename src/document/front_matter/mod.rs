//! Front matter: the YAML between the fences at the head of a document.
//!
//! The only module that knows the YAML library. The library gives positions of errors, but not of
//! values. So the position of a value is its ordinal in the document, and for a problem, which is
//! rare, the front matter is parsed again with an error raised at that ordinal.

mod escapes;
mod fast_path;
mod location;
mod pitfalls;
mod positions;
mod scalars;
mod scan;
mod secured;
mod syntax;
mod yaml_reader;

use std::collections::HashSet;
use std::str::Utf8Error;

use memchr::{memchr, memchr_iter};

use super::yaml_hints::scalar;
use crate::diagnostic::{Code, Diagnostic, Fix, Location};
use crate::node::{MapEntry, Node, Problem, ProblemKind, Problems, SourcePos, Value};
use crate::source;
use location::{DiagnosticSource, HIDDEN_LINE, MAX_PROBLEMS, location_of_error};
pub use pitfalls::misread_texts;
use positions::{byte_at, line_and_column, line_and_column_of, line_start, text_at};
use secured::is_mentioned;
use yaml_reader::{EXPECTED_KEY, ParsedYaml, YamlReader, node_location};

/// The two parts of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The YAML between the fences, which begins on line 2.
    pub yaml: &'a str,
    /// Everything after the closing fence.
    pub body: &'a str,
}

/// Splits a document at its fences: `---` on its first line, and `---` or `...` on a later one.
///
/// # Errors
/// When it is not UTF-8 or a fence is missing.
pub fn split<'a>(file: &str, bytes: &'a [u8]) -> Result<Parts<'a>, Diagnostic> {
    let text = source::text(bytes).map_err(|error| not_utf8(file, bytes, error))?;
    let first = text.split_inclusive('\n').next().unwrap_or("");
    if first.trim_end() != "---" {
        return Err(no_fence(file, first));
    }
    let rest = text.get(first.len()..).expect("`first` is the beginning of the text");
    if let Some(parts) = split_at_fence(rest) {
        return Ok(parts);
    }
    if let Some(fault) = syntax::certain_conflict(rest) {
        return Err(of_fault(file, rest, fault));
    }
    let location = Location::on_line(file, 1, 1, usize::MAX, first);
    Err(Diagnostic::new(Code::NoFrontMatter, location, "the front matter has no closing fence")
        .label("opened here")
        .help("add a line `---` after the last `key: value` line"))
}

/// Splits the text after the opening fence at the closing one.
fn split_at_fence(text: &str) -> Option<Parts<'_>> {
    let bytes = text.as_bytes();
    let begins_like_fence = |start: &usize| {
        matches!(bytes.get(*start..), Some([b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..]))
    };
    let line_starts = std::iter::once(0).chain(memchr_iter(b'\n', bytes).map(|end| end + 1));
    line_starts.filter(begins_like_fence).find_map(|start| {
        let (yaml, rest) = text.split_at(start);
        let (fence, body) =
            rest.split_at(memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1));
        matches!(fence.trim_end(), "---" | "...").then_some(Parts { yaml, body })
    })
}

/// The error for a first line that is no fence.
fn no_fence(file: &str, first: &str) -> Diagnostic {
    let shown = if is_mentioned(first) { "" } else { first };
    let location = Location::on_line(file, 1, 1, usize::MAX, shown);
    if let Some(fault) = syntax::certain_conflict(first) {
        return Diagnostic::new(Code::MergeConflict, location, fault.message)
            .label(fault.label)
            .help(fault.help);
    }
    let other = match first.trim() {
        "+++" => Some("TOML"),
        "{" | ";;;" => Some("JSON"),
        line if line.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('"')) => {
            Some("JSON")
        }
        line => {
            match line.strip_prefix("---").map(|name| name.trim().to_ascii_lowercase()).as_deref() {
                Some("toml") => Some("TOML"),
                Some("json") => Some("JSON"),
                _ => None,
            }
        }
    };
    let (message, label, help) = match other {
        Some(format) => (
            format!("the front matter is {format}, but newsgen reads YAML"),
            format!("this begins {format}"),
            "write its values as lines `key: value` between two lines `---`",
        ),
        None => (
            "the document does not begin with front matter".to_owned(),
            "expected `---`".to_owned(),
            "begin the file with a line `---`, the `key: value` lines, and another line `---`; files that are not documents can be listed under `ignore` in site.toml",
        ),
    };
    Diagnostic::new(Code::NoFrontMatter, location, message).label(label).help(help)
}

fn not_utf8(file: &str, bytes: &[u8], error: Utf8Error) -> Diagnostic {
    let valid = bytes.get(..error.valid_up_to()).expect("the error is of these bytes");
    let line = valid.split(|byte| *byte == b'\n').count();
    let start = valid.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let before =
        String::from_utf8_lossy(valid.get(start..).expect("a line begins here")).into_owned();
    let is_hidden = is_mentioned(&String::from_utf8_lossy(valid));
    let shown = if is_hidden { String::new() } else { format!("{before}\u{fffd}") };
    let column = before.chars().count() + 1;
    Diagnostic::new(
        Code::NotUtf8,
        Location::on_line(file, line, column, 1, &shown),
        "the file is not UTF-8",
    )
    .label("invalid UTF-8")
    .help("save the file as UTF-8")
}

/// Parses machine-written YAML quickly; `None` for any other shape. Values have no positions, keys
/// are unique in each mapping, and `secured` is dropped.
pub fn parse_fast(yaml: &str) -> Option<Vec<MapEntry<'_>>> {
    // An alias may refer to a value of `secured`.
    fast_path::parse(yaml).filter(|_| !(may_have_aliases(yaml) && is_mentioned(yaml)))
}

/// Whether there may be aliases, without parsing.
fn may_have_aliases(yaml: &str) -> bool {
    yaml.contains('*') && yaml.contains('&')
}

/// Parses YAML into a mapping, which may be empty. Duplicate keys are problems; `secured` is
/// dropped.
///
/// # Errors
/// When it is not YAML, or not a mapping.
pub fn parse<'a>(
    file: &str,
    yaml: &'a str,
    problems: &mut Problems,
) -> Result<Vec<MapEntry<'a>>, Diagnostic> {
    if let Some(at) = deep_bracket(yaml) {
        let (line, column) = line_and_column_of(yaml, at);
        let location = location_of_error(file, yaml, line, column, Some(1));
        return Err(Diagnostic::new(
            Code::NestedTooDeeply,
            location,
            "the front matter is nested too deeply",
        ));
    }
    if let Some(fault) = syntax::certain_conflict(yaml) {
        return Err(of_fault(file, yaml, fault));
    }
    let ParsedYaml { node, secured, near_misses } =
        YamlReader::default().read(yaml).map_err(|error| syntax_error(file, yaml, &error))?;
    if may_have_aliases(yaml) && shares_text(&node, &secured) {
        let message = "an alias refers to a value of `secured`";
        return Err(Diagnostic::new(Code::SharedSecret, Location::file(file), message)
            .help("write the other value out"));
    }
    if let Some(fault) = syntax::swallowed_secured(yaml) {
        return Err(of_fault(file, yaml, fault));
    }
    for at in near_misses {
        let message = "this key looks like `secured`, so its value is dropped";
        let problem = Problem::new(Code::SimilarToSecured, at, message).changes_output();
        problems.add(problem.help("write `secured`, or choose a less similar key"));
    }
    check_keys(&node, problems);
    match node.value {
        Value::Null => Ok(Vec::new()),
        Value::Map(entries) => Ok(entries),
        _ => {
            let location = DiagnosticSource::new(file, yaml).location(1, 1, None);
            let error = Diagnostic::new(
                Code::InvalidYaml,
                location,
                "front matter must be `key: value` lines",
            );
            let fault = syntax::tight_colon(yaml, 0, error.message.clone());
            Err(fault.map_or(error, |fault| of_fault(file, yaml, fault)))
        }
    }
}

/// The library limits nesting to 128 levels, but its time grows with the sum of open brackets over
/// all bytes. This sum takes it about two seconds.
const MAX_BRACKETS: usize = 500_000_000;

/// The position at which the sum of open brackets exceeds the limit, whether they are in texts or
/// not.
fn deep_bracket(yaml: &str) -> Option<usize> {
    let (mut open, mut all) = (0_usize, 0_usize);
    yaml.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        all += open;
        all > MAX_BRACKETS
    })
}

/// The location of the value of an outermost key.
pub fn location_of_key(file: &str, bytes: &[u8], key: &str) -> Location {
    let location = |yaml: &str| {
        let Value::Map(entries) = YamlReader::default().read(yaml).ok()?.node.value else {
            return None;
        };
        let entry = entries.iter().find(|entry| entry.key == key)?;
        Some(locate_node(&DiagnosticSource::new(file, yaml), entry.node.at).0)
    };
    let parts = split(file, bytes).ok();
    parts.and_then(|parts| location(parts.yaml)).unwrap_or_else(|| Location::file(file))
}

/// The location of the text of an outermost key, or of a text in its list, and whether it is in
/// quotation marks. None if there is no such text, or if it is not written as it is read.
pub fn location_of_item(
    file: &str,
    bytes: &[u8],
    key: &str,
    text: &str,
) -> Option<(Location, bool)> {
    let yaml = split(file, bytes).ok()?.yaml;
    let Value::Map(entries) = YamlReader::default().read(yaml).ok()?.node.value else {
        return None;
    };
    let entry = entries.into_iter().find(|entry| entry.key == key)?;
    let items = match entry.node {
        Node { value: Value::List(items), .. } => items,
        node => vec![node],
    };
    let item = items.into_iter().find(|item| item.value.spelled() == Some(text))?;
    let (line, column) = node_location(yaml, item.at)?;
    let written = text_at(yaml, line, column);
    let unquoted = written.strip_prefix(['"', '\'']).filter(|rest| rest.starts_with(text));
    if unquoted.is_none() && !written.starts_with(text) {
        return None;
    }
    let length = text.chars().count() + 2 * usize::from(unquoted.is_some());
    let location = DiagnosticSource::new(file, yaml).location(line, column, Some(length));
    Some((location, unquoted.is_some()))
}

/// A fix of a scalar with its new text as YAML. None if it would have to be escaped.
pub fn fix_of_scalar(fix: Fix, is_quoted: bool) -> Option<Fix> {
    if !is_quoted {
        return Some(Fix { to: scalar(&fix.to), ..fix });
    }
    (!fix.to.contains(['"', '\'', '\\'])).then_some(fix)
}

/// The problems of `yaml` as diagnostics with line and column.
pub fn locate(file: &str, yaml: &str, mut problems: Problems) -> Vec<Diagnostic> {
    if problems.is_empty() {
        return Vec::new();
    }
    if problems.has_fix()
        && let Ok(ParsedYaml { node: Node { value: Value::Map(entries), .. }, .. }) =
            YamlReader::default().read(yaml)
    {
        problems.drop_duplicate_keys(&entries);
    }
    let document = DiagnosticSource::new(file, yaml);
    let mut problems = problems.into_vec();
    problems.sort_by_key(Problem::is_warning);
    let hidden = problems.split_off(MAX_PROBLEMS.min(problems.len()));
    let mut found: Vec<Diagnostic> =
        problems.into_iter().map(|problem| diagnose(&document, problem)).collect();
    if let Some(first) = hidden.first() {
        let code = if first.is_warning() { Code::MoreWarnings } else { Code::MoreErrors };
        found.push(Diagnostic::new(
            code,
            Location::file(file),
            format!("{} more problems in this file", hidden.len()),
        ));
    }
    found
}

/// A problem of a document as a diagnostic.
fn diagnose(document: &DiagnosticSource<'_>, mut problem: Problem) -> Diagnostic {
    let yaml = document.yaml;
    if let ProblemKind::MissingKey(key) = &problem.kind
        && let Some(at) = empty_value(yaml, problem.at, key)
    {
        problem = Problem { at, ..problem }.label("the value is missing");
    }
    let (location, written) = locate_node(document, problem.at);
    let help = pitfalls::reason(&problem.kind, written).or(problem.help.take());
    Problem { help, ..problem }.into_diagnostic(location)
}

/// The location of a node, and the text there.
fn locate_node<'y>(document: &DiagnosticSource<'y>, at: SourcePos) -> (Location, &'y str) {
    let Some((line, column)) = node_location(document.yaml, at) else {
        return (Location::on_line(document.file, 1, 1, usize::MAX, "---"), "");
    };
    let written = text_at(document.yaml, line, column);
    // For the library an empty value is right after the colon; the reason for it follows any
    // blanks.
    let blanks = written.find(|c| !matches!(c, ' ' | '\t')).unwrap_or(0);
    (document.location(line, column + blanks, None), written)
}

/// The position of a key's empty value: in the mapping at `at`, or in the outermost one.
fn empty_value(yaml: &str, at: SourcePos, key: &str) -> Option<SourcePos> {
    let root = YamlReader::default().read(yaml).ok()?.node;
    let mapping = if at == SourcePos::UNKNOWN { &root } else { node_at(&root, at)? };
    let Value::Map(entries) = &mapping.value else { return None };
    entries
        .iter()
        .find(|entry| entry.key == key && entry.node.is_empty())
        .map(|entry| entry.node.at)
}

fn node_at<'n, 'a>(node: &'n Node<'a>, at: SourcePos) -> Option<&'n Node<'a>> {
    match &node.value {
        _ if node.at == at => Some(node),
        Value::List(items) => items.iter().find_map(|item| node_at(item, at)),
        Value::Map(entries) => entries.iter().find_map(|entry| node_at(&entry.node, at)),
        _ => None,
    }
}

fn syntax_error(file: &str, yaml: &str, error: &serde_yaml::Error) -> Diagnostic {
    let message = error.to_string();
    let opened = message
        .split_once("while scanning a quoted scalar at ")
        .and_then(|(_, at)| line_and_column(at));
    let (line, column) = opened
        .or_else(|| error.location().map(|location| (location.line(), location.column())))
        .unwrap_or((1, 1));
    let at = byte_at(yaml, line, column);
    let reason = message.split(" at line ").next().expect("a split has a first part");
    let fault = syntax::fault(yaml, reason, at);
    if let Some(fault) = fault.or_else(|| opened.map(|_| syntax::unclosed(yaml, at))) {
        return of_fault(file, yaml, fault);
    }
    let location = location_of_error(file, yaml, line, column, Some(1));
    let is_hidden = location.span.as_ref().is_some_and(|span| span.text == HIDDEN_LINE);
    let reason = match reason {
        // The quoted text may be part of `secured`.
        reason if is_hidden && reason.contains("invalid ") => "a value does not match its tag",
        reason if reason.ends_with(EXPECTED_KEY) => "a key must be a single word",
        reason => reason,
    };
    let help = if is_hidden {
        pitfalls::remedy("", "", "", 0)
    } else {
        remedy(reason, yaml, line, column)
    };
    Diagnostic::new(Code::InvalidYaml, location, format!("the front matter is not YAML: {reason}"))
        .help(help)
}

fn of_fault(file: &str, yaml: &str, fault: syntax::Fault) -> Diagnostic {
    let (line, column) = line_and_column_of(yaml, fault.at);
    let location = location_of_error(file, yaml, line, column, fault.length);
    Diagnostic::new(fault.code, location, fault.message).label(fault.label).help(fault.help)
}

/// How to fix a syntax error.
fn remedy(reason: &str, yaml: &str, line: usize, column: usize) -> String {
    let before = yaml.get(..line_start(yaml, line)).unwrap_or("").lines();
    let before = before.rev().find(|line| !line.trim().is_empty()).unwrap_or("");
    let text = text_at(yaml, line, 1).lines().next().unwrap_or("");
    pitfalls::remedy(reason, before, text, column.saturating_sub(1))
}

/// The key that merges another mapping into its own (<https://yaml.org/type/merge.html>), which the
/// library does not do.
const MERGE_KEY: &str = "<<";

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

fn check_entries(entries: &[MapEntry<'_>], problems: &mut Problems) {
    let mut keys: Vec<(&str, SourcePos)> =
        entries.iter().map(|entry| (&*entry.key, entry.at)).collect();
    keys.sort_unstable();
    for pair in keys.windows(2) {
        if let [(first, _), (second, at)] = pair
            && first == second
        {
            let message = format!("duplicate key `{second}`");
            problems
                .add(Problem::new(Code::DuplicateKey, *at, message).help("keep one of the two"));
        }
    }
    for entry in entries {
        if entry.key == MERGE_KEY {
            let problem =
                Problem::new(Code::InvalidYaml, entry.at, "merge keys (`<<`) are not supported");
            problems.add(problem.label("would be lost").help("write the keys out"));
        }
        check_keys(&entry.node, problems);
    }
}

/// Whether `node` contains a text of `secured`.
fn shares_text(node: &Node<'_>, secured: &[Node<'_>]) -> bool {
    let (mut texts, mut others) = (HashSet::new(), HashSet::new());
    for node in secured {
        collect_texts(node, &mut texts);
    }
    collect_texts(node, &mut others);
    !texts.is_disjoint(&others)
}

/// Collects texts, spellings of numbers, and keys.
fn collect_texts<'n>(node: &'n Node<'_>, texts: &mut HashSet<&'n str>) {
    match &node.value {
        Value::Text(text) | Value::Date(text) | Value::Integer(_, text) | Value::Float(_, text) => {
            texts.insert(text);
        }
        Value::List(items) => {
            for item in items {
                collect_texts(item, texts);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                texts.insert(&entry.key);
                collect_texts(&entry.node, texts);
            }
        }
        Value::Null | Value::Bool(..) => {}
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
        entries
            .iter()
            .map(|entry| (entry.key.to_string(), format!("{:?}", entry.node.value)))
            .collect()
    }

    #[test]
    fn front_matter_is_split_at_fences() {
        for (document, yaml, body) in [
            ("---\na: 1\n---\nbody\n", "a: 1\n", "body\n"),
            ("---\r\na: 1\r\n---\r\nbody", "a: 1\r\n", "body"),
            ("\u{feff}---\na: 1\n...\nbody", "a: 1\n", "body"),
            ("---\na: 1\n---", "a: 1\n", ""),
            ("---\n---", "", ""),
            ("---  \na: |\n  ---\n---\n\n---\n", "a: |\n  ---\n", "\n---\n"),
        ] {
            assert_eq!(
                split("a.md", document.as_bytes()),
                Ok(Parts { yaml, body }),
                "{document:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn closing_fence_is_the_first_one(text in "(-{1,4}|\\.{2,4}|[a \r\u{a0}]|\n){0,12}") {
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
        let found =
            entries("a: 1\nb: 1.5\nc: x\nd: \"1\"\ne: true\nf:\ng: [1, {h: 2}]\n3: x\ni: !tag y\n");
        let kinds: Vec<&str> =
            found.iter().map(|(_, value)| value.split('(').next().unwrap()).collect();
        assert_eq!(
            kinds,
            ["Integer", "Float", "Text", "Text", "Bool", "Null", "List", "Text", "Text"]
        );
    }

    #[test]
    fn scalars_and_keys_keep_their_spelling() {
        let words = "0x1F 0o17 0b11 +12 -0 1_000 007 1.10 1e3 2026-11-20 True FALSE .inf .NaN -.5 12345678901234567890 \
                     -170141183460469231731687303715884105728 0x1F0000000000000000 yes Off 12:30:45 1.0 -1 0";
        let lines =
            words.split_whitespace().map(|word| format!("{word}: [{word}, !!str {word}]\n"));
        let yaml = lines.collect::<Vec<String>>().concat();
        let entries = parse("a.md", &yaml, &mut Problems::default()).expect("yaml");
        for (entry, word) in entries.iter().zip(words.split_whitespace()) {
            assert_eq!(entry.key, word);
            let items = entry.node.clone().list("list").expect("list");
            let texts: Vec<_> =
                items.into_iter().map(|item| item.text("text").expect("text")).collect();
            assert_eq!(texts, [word, word]);
        }
    }

    #[test]
    fn unusual_scalar_spellings_are_kept() {
        for word in
            ["+12", "1.10", "0x1F", "-0b1", "True", ".inf", "-.5", "1e3", "12345678901234567890"]
        {
            for yaml in [
                format!("[1, {word}]"),
                format!("[{word}]"),
                format!("- {word}\n"),
                format!("a: {word} # b\n"),
                format!("{{\"a\":{word}}}"),
                format!("{{'a':{word},b: c}}"),
                format!("- !!str {word}\n"),
                format!("- &a {word}\n"),
                format!("-\t{word}\r\n"),
            ] {
                let Ok(ParsedYaml { node, .. }) = YamlReader::default().read(&yaml) else {
                    continue;
                };
                let mut texts = HashSet::new();
                collect_texts(&node, &mut texts);
                let is_bool = format!("{node:?}").contains(&format!("Bool(true, {word:?})"));
                assert!(texts.contains(word) || is_bool, "{yaml:?} {node:?}");
            }
        }
    }

    #[test]
    fn scalar_spellings_survive_tags_and_anchors() {
        let yaml = "a: &a 0x1F\nb: *a\nc: !x 0x1F\nd: &d {e: &e [1.10]}\nf: *d\n*a : {*e : 0}\n";
        let yaml = yaml.replace("*e : 0", "? 1_0 : +0");
        let entries = parse("a.md", &yaml, &mut Problems::default()).expect("yaml");
        let json = serde_json::to_value(crate::node::Node {
            at: SourcePos(0),
            value: Value::Map(entries),
        })
        .expect("json");
        let expected = serde_json::json!({
            "a": "0x1F", "b": "0x1F", "c": "0x1F", "d": {"e": ["1.10"]}, "f": {"e": ["1.10"]}, "0x1F": {"1_0": "+0"}
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn numbers_with_canonical_spelling_stay_numbers() {
        let yaml = "[0, -7, 42, 1.5, -0.25, 1.0, 9007199254740993, true, True]\n";
        let node = YamlReader::default().read(yaml).expect("yaml").node;
        let json = serde_json::to_value(node).expect("json");
        assert_eq!(
            json,
            serde_json::json!([0, -7, 42, 1.5, -0.25, 1.0, 9_007_199_254_740_993_i64, true, true])
        );
    }

    proptest! {
        #[test]
        fn plain_scalar_keeps_its_text(word in "[-+.]?[0-9][0-9a-fxobeE_.:+-]{0,12}[0-9a-f]|[Tt](rue|RUE)|[Ff](alse|ALSE)") {
            let yaml = format!("- {word}\n- [{word}]\n");
            if let Ok(ParsedYaml { node: Node { value: Value::List(items), .. }, .. }) = YamlReader::default().read(&yaml) {
                let item = items.into_iter().next().expect("item");
                prop_assert_eq!(item.text("item").expect("text"), word);
            }
        }
    }

    #[test]
    fn secured_is_dropped_at_any_depth() {
        let found =
            entries("a: {secured: s3cret, b: 1}\nsecured: s3cret\nc: [{secured: s3cret}]\n");
        assert!(!format!("{found:?}").contains("s3cret"));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn secured_near_misses_are_dropped_at_any_depth() {
        let yaml = "a: {SECURED: s3cret, b: 1}\n\"secured \": s3cret\nc: [{se\u{200b}cured: {d: s3cret}}]\nsecure: s3cret\n";
        let mut problems = Problems::default();
        let entries = parse("a.md", yaml, &mut problems).expect("yaml");
        assert!(!format!("{entries:?}{problems:?}").contains("s3cret"));
        let found = locate("a.md", yaml, problems);
        assert_eq!(found.len(), 4, "{found:#?}");
        assert!(found.iter().all(|found| !found.is_error() && found.changes_output));
        assert!(!format!("{found:?}").contains("s3cret"), "{found:#?}");
        assert_eq!(parse_fast("a: b\nSecured: s3cret\n"), None, "a warning needs places");
    }

    #[test]
    fn secured_near_miss_alias_is_refused() {
        for value in ["s3cret", "0x1F", "1.50"] {
            let yaml = format!("Secured: &s {value}\nexcerpt: *s\n");
            assert!(parse("a.md", &yaml, &mut Problems::default()).is_err(), "{yaml}");
        }
    }

    #[test]
    fn secured_lines_are_hidden() {
        for yaml in [
            "a: 1\nsecured: \"s3cret\n",
            "secured: |\n  s3cret\n  s3cret: [\n s3cret\n",
            "b: {secured: s3cret\n",
            "secured: a\n\"s3cret\": b: c\n",
            "secured: >\n s3cret\n\ts3cret: \"\n",
            "secured: \"a\nabc: s3cret \"x\": y\n",
            "secured: [a,\ns3cret: x: y\n",
            "{\"\\x73ecured\": s3cret, a: [\n",
            "{\"\\U00000073ecured\": s3cret, a: [\n",
            "Secured: \"s3cret\n",
            "secrued: [a,\ns3cret: x: y\n",
            "a: {\"ｓecured\": s3cret, b: [\n",
            "? sec\u{ad}ured\n: [s3cret\n",
        ] {
            let error = parse("a.md", yaml, &mut Problems::default()).expect_err(yaml);
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }

    #[test]
    fn secured_lines_are_hidden_beside_problems() {
        for yaml in [
            "secured: s3cret\nheat: x\n",
            "{\"\\x73ecured\": s3cret, heat: x}\n",
            "secured: \"a\n  s3cret\"\nheat: x\n",
            "secured: \"a\nheat: s3cret\"\nheat: x\n",
            "secured: |\n  s3cret\nheat: x\n",
            "secured: s3cret\u{2028}heat: x\n",
            "Secured: s3cret\nheat: x\n",
            "secrued: |\n  s3cret\nheat: x\n",
            "{\"secured\\_\": \"a\n  s3cret\", heat: x}\n",
            "text: |\n  secured: a\nb: {\"se\\x63ured\": s3cret, heat: x}\n",
            "text: |\n  secured: a\nb: {secured: \"\n  s3cret\", heat: x}\n",
            "heat: x # secured: s3cret\n",
        ] {
            for at in 1..9 {
                let mut problems = Problems::default();
                parse("a.md", yaml, &mut problems).expect(yaml);
                problems.add(Problem::new(Code::WrongKind, SourcePos(at), "wrong"));
                let found = locate("a.md", yaml, problems);
                assert!(!format!("{found:?}").contains("s3cret"), "{found:?}");
            }
        }
        let not_utf8 =
            split("a.md", b"---\nsecured: |\n  s3cret\xff\n---\n").expect_err("not UTF-8");
        assert!(!format!("{not_utf8:?}").contains("s3cret"));
        let no_fence = split("a.md", b"secured: s3cret\n").expect_err("no fence");
        assert!(!format!("{no_fence:?}").contains("s3cret"));
        let alias = parse("a.md", "secured: &s s3cret\nexcerpt: *s\n", &mut Problems::default())
            .expect_err("alias");
        assert!(!format!("{alias:?}").contains("s3cret"));
    }

    #[test]
    fn secured_aliases_are_refused_by_both_parsers() {
        let yaml = "other: x&y*z\nsecured: x&y*z\n";
        assert!(parse("a.md", yaml, &mut Problems::default()).is_err());
        assert_eq!(parse_fast(yaml), None);
        assert!(parse_fast("other: x&y*z\n").is_some());
    }

    #[test]
    fn line_numbers_match_editors() {
        let yaml = "a: \"x\u{2028}y\"\nb: 1\nc: 2\n";
        let mut problems = Problems::default();
        let entries = parse("a.md", yaml, &mut problems).expect("yaml");
        problems.add(Problem::new(Code::WrongKind, entries[2].at, "wrong"));
        assert_eq!(locate("a.md", yaml, problems)[0].location.to_string(), "a.md:4:1");
    }

    #[test]
    fn problems_get_line_and_column() {
        let yaml = "a: 1\nb:\n  - c: x\n  - d: [1, é, 22]\n";
        let mut problems = Problems::default();
        let mut entries = parse("a.md", yaml, &mut problems).expect("yaml");
        let list = entries.remove(1).node.list("b").expect("list");
        let Value::Map(second) = &list[1].value else { panic!() };
        let Value::List(items) = &second[0].node.value else { panic!() };
        problems.add(Problem::new(Code::WrongKind, items[2].at, "wrong"));
        problems.add(Problem::new(Code::WrongKind, second[0].at, "key"));
        let found: Vec<String> =
            locate("a.md", yaml, problems).iter().map(|d| d.location.to_string()).collect();
        assert_eq!(found, ["a.md:5:15", "a.md:5:5"]);
    }

    #[test]
    fn duplicate_keys_are_problems() {
        let mut problems = Problems::default();
        parse("a.md", "a: 1\nb: 2\na: 3\n", &mut problems).expect("yaml");
        let found = locate("a.md", "a: 1\nb: 2\na: 3\n", problems);
        assert_eq!(found[0].location.to_string(), "a.md:4:1");
        assert!(found[0].message.contains("duplicate key"));
    }
}
