//! Parses machine-written front matter: block mappings and lists of one-line scalars, plain or in
//! double quotes.
//!
//! Most front matter has this shape, and the YAML library takes most of the time of parsing a
//! document. Whatever this module accepts, it parses like the library, which a test enforces; it
//! rejects everything else. It gives no positions: a document with a problem is parsed again by the
//! library.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr2_iter};

use super::pitfalls::is_in_smart_quotes;
use super::secured::{SECURED, is_secured};
use crate::node::{MapEntry, Node, SourcePos, Value};

/// The maximum depth.
const MAX_DEPTH: usize = 16;

/// The maximum length of a key; the library accepts 1024 characters.
const MAX_KEY_LENGTH: usize = 128;

/// The maximum number of keys in a mapping, since each is compared with all before it.
const MAX_KEYS: usize = 64;

/// Parses a mapping, unless `yaml` has another shape. Keys are unique in each mapping.
pub(super) fn parse(yaml: &str) -> Option<Vec<MapEntry<'_>>> {
    let mut lines = LineCursor { rest: yaml, current: None };
    lines.advance()?;
    lines.current?;
    let entries = mapping(&mut lines, MAX_DEPTH)?;
    lines.current.is_none().then_some(entries)
}

/// Whether a line has no character that YAML rejects or treats as a line break: no control
/// characters, U+2028, U+2029, byte order marks, U+FFFE or U+FFFF. A few harmless neighbours are
/// rejected too.
fn is_plain_text(line: &str) -> bool {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte);
    let is_plain_char = |c: char| {
        matches!(
            c,
            ' '..='~'
                | '\u{a0}'..='\u{1fff}'
                | '\u{2010}'..='\u{2027}'
                | '\u{2030}'..='\u{d7ff}'
                | '\u{e000}'..='\u{fefe}'
                | '\u{ff00}'..='\u{fff0}'
                | '\u{10000}'..
        )
    };
    // The fold is vectorized, because it does not stop early.
    line.bytes().fold(true, |all, byte| all & is_plain(byte)) || line.chars().all(is_plain_char)
}

/// A non-blank line without surrounding blanks.
#[derive(Clone, Copy)]
struct IndentedLine<'a> {
    indent: usize,
    text: &'a str,
}

struct LineCursor<'a> {
    rest: &'a str,
    current: Option<IndentedLine<'a>>,
}

impl<'a> LineCursor<'a> {
    /// Advances to the next non-blank line, unless that is not [plain text](is_plain_text).
    fn advance(&mut self) -> Option<()> {
        self.current = None;
        while !self.rest.is_empty() && self.current.is_none() {
            let end = memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let (line, rest) = self.rest.split_at(end);
            self.rest = rest.get(1..).unwrap_or("");
            let text = line.trim_start_matches(' ');
            if !text.is_empty() {
                let indent = line.len() - text.len();
                self.current = is_plain_text(text)
                    .then(|| IndentedLine { indent, text: text.trim_end_matches(' ') });
                self.current?;
            }
        }
        Some(())
    }

    /// The scalar in `text`, the rest of the current line, unless it continues in the next line,
    /// which is the case if that is indented by more than `indent`.
    fn scalar(&mut self, text: &'a str, indent: usize) -> Option<Node<'a>> {
        self.advance()?;
        if self.current.is_some_and(|line| line.indent > indent) {
            return None;
        }
        let value = if text.starts_with('"') { Value::Text(quoted(text)?) } else { plain(text)? };
        Some(node(value))
    }
}

fn node(value: Value<'_>) -> Node<'_> {
    Node { at: SourcePos(0), value }
}

fn is_item(text: &str) -> bool {
    text.starts_with("- ")
}

/// The mapping that begins with the current line.
fn mapping<'a>(lines: &mut LineCursor<'a>, depth: usize) -> Option<Vec<MapEntry<'a>>> {
    let depth = depth.checked_sub(1)?;
    let indent = lines.current?.indent;
    let mut entries = Vec::with_capacity(16);
    while let Some(line) = lines.current.filter(|line| line.indent >= indent) {
        let (key, rest) = key(line.text).filter(|_| line.indent == indent)?;
        let value = rest.trim_start_matches(' ');
        let node = if value.is_empty() {
            lines.advance()?;
            nested(lines, indent, depth)?
        } else {
            lines.scalar(value, indent)?
        };
        if key != SECURED {
            if is_secured(key) {
                return None;
            }
            if entries.len() == MAX_KEYS
                || entries.iter().any(|entry: &MapEntry<'_>| entry.key == key)
            {
                return None;
            }
            entries.push(MapEntry { at: SourcePos(0), key: Cow::Borrowed(key), node });
        }
    }
    Some(entries)
}

/// The value below a key without one on its line.
fn nested<'a>(lines: &mut LineCursor<'a>, indent: usize, depth: usize) -> Option<Node<'a>> {
    match lines.current {
        Some(line) if is_item(line.text) && line.indent >= indent => list(lines, depth),
        Some(line) if line.indent > indent => Some(node(Value::Map(mapping(lines, depth)?))),
        _ => Some(node(Value::Null)),
    }
}

/// The list that begins with the current line.
fn list<'a>(lines: &mut LineCursor<'a>, depth: usize) -> Option<Node<'a>> {
    let depth = depth.checked_sub(1)?;
    let indent = lines.current?.indent;
    let mut items = Vec::new();
    while let Some(line) = lines.current.filter(|line| line.indent == indent && is_item(line.text))
    {
        let text = line.text.get(1..)?.trim_start_matches(' ');
        items.push(if key(text).is_some() {
            lines.current =
                Some(IndentedLine { indent: indent + line.text.len() - text.len(), text });
            node(Value::Map(mapping(lines, depth)?))
        } else {
            lines.scalar(text, indent)?
        });
    }
    lines
        .current
        .is_none_or(|line| line.indent < indent || !is_item(line.text))
        .then(|| node(Value::List(items)))
}

/// A key and the text after its colon. Words with a special meaning in YAML are rejected as keys.
fn key(text: &str) -> Option<(&str, &str)> {
    let is_key = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'0'..=b'9' | b'_' | b'-');
    let (key, rest) = text.split_at(text.bytes().position(|byte| !is_key(byte))?);
    let rest = rest.strip_prefix(':')?;
    let is_word = key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.len() <= MAX_KEY_LENGTH;
    let is_text = !["null", "true", "false"].iter().any(|word| key.eq_ignore_ascii_case(word));
    (is_word && is_text && (rest.is_empty() || rest.starts_with(' '))).then_some((key, rest))
}

/// A scalar without quotes.
fn plain(text: &str) -> Option<Value<'_>> {
    let bytes = text.as_bytes();
    let begins_text = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
    let begins_number = |byte: u8| byte.is_ascii_digit();
    let (first, second) = (*bytes.first()?, bytes.get(1).copied().unwrap_or(b' '));
    let is_plain =
        begins_text(first) || begins_number(first) || (first == b'-' && begins_number(second));
    let ends = |at: usize| match bytes.split_at(at) {
        (_, [b':', after @ ..]) => matches!(after, [] | [b' ', ..]),
        (before, _) => before.ends_with(b" "),
    };
    if !is_plain || memchr2_iter(b':', b'#', bytes).any(ends) {
        return None;
    }
    if begins_text(first) {
        return Some(match text {
            "null" => Value::Null,
            // These may be meant as text.
            "Null" | "NULL" => return None,
            "true" | "True" | "TRUE" => Value::Bool(true, Cow::Borrowed(text)),
            "false" | "False" | "FALSE" => Value::Bool(false, Cow::Borrowed(text)),
            _ if first >= 0x80 && is_in_smart_quotes(text) => return None,
            _ => Value::Text(Cow::Borrowed(text)),
        });
    }
    number(text)
}

/// A scalar that begins like a number: an integer in its usual form, or no number at all, such as a
/// date.
fn number(text: &str) -> Option<Value<'_>> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_complete = digits.len() <= 18 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_complete && !digits.starts_with('0') || text == "0" {
        return text.parse().ok().map(|number| Value::Integer(number, Cow::Borrowed(text)));
    }
    let may_be_number =
        text.parse::<f64>().is_ok() || digits.starts_with("0x") || digits.starts_with("0o");
    (!may_be_number && !digits.starts_with("0b")).then_some(Value::Text(Cow::Borrowed(text)))
}

/// A double-quoted scalar that ends with its line.
fn quoted(text: &str) -> Option<Cow<'_, str>> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let escape = |text: &str| memchr2(b'"', b'\\', text.as_bytes());
    let Some(first) = escape(inner) else { return Some(Cow::Borrowed(inner)) };
    let mut unescaped = String::with_capacity(inner.len());
    let mut rest = inner;
    let mut next = Some(first);
    while let Some(at) = next {
        let (before, escaped) = rest.split_at(at);
        unescaped.push_str(before);
        let mut chars = escaped.strip_prefix('\\')?.chars();
        match chars.next()? {
            c @ ('"' | '\\' | '/') => unescaped.push(c),
            'n' => unescaped.push('\n'),
            't' => unescaped.push('\t'),
            'u' => {
                let code = chars
                    .as_str()
                    .get(..4)
                    .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
                unescaped.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                chars = chars.as_str().get(4..)?.chars();
            }
            _ => return None,
        }
        rest = chars.as_str();
        next = escape(rest);
    }
    unescaped.push_str(rest);
    Some(Cow::Owned(unescaped))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::front_matter::YamlReader;

    /// A node without source positions.
    fn without_places(node: Node<'_>) -> Node<'_> {
        let value = match node.value {
            Value::List(items) => Value::List(items.into_iter().map(without_places).collect()),
            Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|entry| MapEntry {
                        at: SourcePos(0),
                        node: without_places(entry.node),
                        ..entry
                    })
                    .collect(),
            ),
            scalar => scalar,
        };
        Node { at: SourcePos(0), value }
    }

    /// Whether the fast path rejects `yaml`. If it does not, the library must parse the same value.
    fn gives_up(yaml: &str) -> bool {
        let Some(entries) = parse(yaml) else { return true };
        let library =
            YamlReader::default().read(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
        assert_eq!(Value::Map(entries), without_places(library.node).value, "{yaml}");
        false
    }

    #[test]
    fn fast_path_reads_generated_front_matter() {
        let yaml = "category: news\ntitle: \"A \\\"b\\\" \\u00e9 #1: c\"\nexcerpt: Über – alles, [nicht]\n\n\
            publishedDateTime: 2023-08-09T14:24:00Z\noriginalUrl: https://a.example/x#y\nheat: -1\nquality: 0\n\
            published: false\nempty:\nprovider:\n  name: A B\n  domain: a.example\n\ntopics:\n  - AI\n  - \"C#\"\n\
            images:\n- url: \"x\"\n  width: 1\nrelated:\n  - title: \"t\"\n    images:\n      - url: y\n        width: 2\n\
            \x20   quality: 66\n\nsecured: \"abc\"\n";
        assert!(!gives_up(yaml));
        assert_eq!(parse(yaml).map(|entries| entries.len()), Some(13));
    }

    #[test]
    fn fast_path_declines_other_yaml() {
        for yaml in [
            "",
            "- a\n",
            "a: 'b'\n",
            "a: [b]\n",
            "a: {b: c}\n",
            "a: |\n  b\n",
            "a: b\n  c\n",
            "a: \"b\n  c\"\n",
            "a: b # c\n",
            "# a\nb: c\n",
            "a: *b\n",
            "a: !b c\n",
            "a: b: c\n",
            "a: 1.5\n",
            "a: 0x1f\n",
            "a: 007\n",
            "a: -\n",
            "a:\n  b: c\n d: e\n",
            "a:\n    b: c\n  d: e\n",
            "a: b\n c: d\n",
            "a: b\na: c\n",
            "a:\n  b: c\n  d: e\n  b: f\n",
            "a\n",
            "a :b\n",
            "? a\n: b\n",
            "null: a\n",
            "a: \"\\x41\"\n",
            "a: \"\\ud800\"\n",
            "a: \"b\" c\n",
            "a:\tb\n",
            "a: b\r\n",
            "a: \u{2028}b\n",
            "a: \u{85}b\n",
            "Secured: b\n",
            "a:\n  secrued: b\n",
            "a: “b”\n",
            "a: b #c\n",
            "a: #b\n",
            "a: &b c\n",
            "a: Null\n",
        ] {
            assert!(gives_up(yaml), "{yaml:?}");
        }
    }

    /// Fragments of valid and invalid front matter.
    fn piece() -> impl Strategy<Value = String> {
        const PIECES: &[&str] = &[
            "a: ",
            "b: ",
            "title: ",
            "topics:",
            "- ",
            "-",
            "  ",
            "    ",
            " ",
            "\n",
            "\n\n",
            "\n  ",
            "\n    ",
            "\n- ",
            "\n  - ",
            "x",
            "word two",
            "\"",
            "\"quoted\"",
            "\\",
            "\\n",
            "\\\"",
            "\\u00e9",
            "\\u12",
            ":",
            ": ",
            "#",
            " #",
            "1",
            "-1",
            "0",
            "00",
            "1.5",
            "1e3",
            "0x1",
            "2023-08-09",
            "true",
            "null",
            "~",
            "é",
            "\u{a0}",
            "\u{2028}",
            "\u{feff}",
            "[",
            "]",
            "{",
            "}",
            ",",
            "'",
            "|",
            ">",
            "&a",
            "*a",
            "!t",
            "%",
            "@",
            "`",
            "?",
            "? ",
            "---",
            "...",
            "\t",
            "\r\n",
            "secured: ",
            "inf",
            ".inf",
            "NaN",
            "url: http://a.example/?b#c",
            "<<: ",
            "é: ",
            "_a: ",
            "-a: ",
            "1: ",
            "True: ",
        ];
        prop_oneof![8 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => "\\PC".prop_map(|text| text)]
    }

    /// Mostly valid lines, so that many documents can be parsed.
    fn line() -> impl Strategy<Value = String> {
        let indent = prop::sample::select(&["", "", "", "  ", "  ", "    ", " ", "      "][..]);
        let lead = prop::sample::select(
            &[
                "a:",
                "b:",
                "c: ",
                "d: ",
                "e:  ",
                "- ",
                "-  ",
                "- f: ",
                "- g:",
                "",
                "secured: ",
                "Secured: ",
                "secrued: ",
                "second: ",
            ][..],
        );
        let value = prop_oneof![4 => prop::sample::select(
            &["", "x", "x y", "\"q\"", "\"a\\\"b\"", "1", "-7", "0", "-0", "12.5", "2023-08-09T14:24:00Z", "true", "null", "é", "a:b", "a#b", "- x",
              "https://a.example/", "\"\"", "+1", "1_000", "0b1", "1e5", "-x", "5G", "123456789012345678901", "True", "FALSE", "Null", "0x1F", "0o17", "1.10", "1.5", "1e3", "-.5", "2026-11-20", "“q”", "“q” x"][..]).prop_map(str::to_owned), 1 => piece()];
        (indent, lead, value).prop_map(|(indent, lead, value)| format!("{indent}{lead}{value}\n"))
    }

    /// The lines of an entry as programs write it.
    fn block() -> impl Strategy<Value = Vec<String>> {
        let scalar = prop::sample::select(
            &[
                "x",
                "two words",
                "\"q: [\"",
                "\"a\\\"b\\u00e9\\/\"",
                "7",
                "-1",
                "true",
                "2026-01-02",
                "",
                "é",
                "x#y",
            ][..],
        );
        let leaf = scalar.clone().prop_map(|value| vec![format!(" {value}")]);
        leaf.prop_recursive(4, 24, 4, move |inner| {
            let indented = |lines: Vec<String>, by: &str| -> Vec<String> {
                lines.into_iter().skip(1).map(|line| format!("{by}{line}")).collect()
            };
            let map = prop::collection::vec(inner.clone(), 1..4).prop_map(move |values| {
                let entry = |(index, value): (usize, Vec<String>)| {
                    let head = format!("k{index}:{}", value.first().cloned().unwrap_or_default());
                    std::iter::once(head).chain(indented(value, "  ")).collect::<Vec<String>>()
                };
                let lines = values.into_iter().enumerate().flat_map(entry);
                std::iter::once(String::new()).chain(lines).collect::<Vec<String>>()
            });
            let list = prop::collection::vec(prop_oneof![inner, map.clone()], 1..4).prop_map(
                move |values| {
                    let item = |value: Vec<String>| {
                        let (head, rest) = match value.split_first() {
                            Some((head, rest)) if head.is_empty() && !rest.is_empty() => {
                                (format!(" {}", rest[0]), rest.to_vec())
                            }
                            _ => (value[0].clone(), value),
                        };
                        std::iter::once(format!("-{head}"))
                            .chain(indented(rest, "  "))
                            .collect::<Vec<String>>()
                    };
                    std::iter::once(String::new())
                        .chain(values.into_iter().flat_map(item))
                        .collect::<Vec<String>>()
                },
            );
            prop_oneof![map, list]
        })
    }

    #[test]
    fn fast_path_covers_generated_front_matter() {
        use proptest::strategy::ValueTree;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let documents = prop::collection::vec(block(), 1..6);
        let mut read = 0;
        for _ in 0..3000 {
            let values = documents.new_tree(&mut runner).expect("documents").current();
            let mut yaml = String::new();
            for (index, lines) in values.iter().enumerate() {
                yaml.extend([format!("key{index}:"), lines.join("\n  "), "\n".to_owned()]);
            }
            read += usize::from(!gives_up(&yaml));
        }
        assert!(read > 1000, "only {read} of 3000 documents were read");
    }

    /// The number of documents to test, which `PROPTEST_CASES` overrides.
    fn cases() -> u32 {
        std::env::var("PROPTEST_CASES")
            .ok()
            .and_then(|number| number.parse().ok())
            .unwrap_or(20_000)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

        #[test]
        fn fast_path_equals_library(lines in prop::collection::vec(line(), 1..9)) {
            gives_up(&lines.concat());
        }

        #[test]
        fn fast_path_equals_library_on_random_documents(pieces in prop::collection::vec(piece(), 1..14)) {
            gives_up(&pieces.concat());
        }
    }
}
