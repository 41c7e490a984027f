//! A rough scan of YAML, valid or not, for quotations, comments and keys without a value.
//!
//! The library reports neither, and for invalid YAML only where it gave up, which may be far from
//! the mistake.

use std::ops::Range;

/// Quotations, comments and keys without a value in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Scan<'y> {
    pub(super) quotations: Vec<Quotation>,
    pub(super) comments: Vec<Comment<'y>>,
    pub(super) lone_keys: Vec<LoneKey<'y>>,
}

/// A key in `{...}` without a colon and a value.
#[derive(Debug)]
pub(super) struct LoneKey<'y> {
    /// Its range.
    pub(super) bytes: Range<usize>,
    /// The key before the outermost bracket.
    pub(super) outer_key: &'y str,
}

/// A quoted text.
#[derive(Debug)]
pub(super) struct Quotation {
    /// Its range with the quotation marks.
    pub(super) bytes: Range<usize>,
    /// Whether the quotation mark is not closed, or only after a line that looks like the next key.
    pub(super) is_unclosed: bool,
}

/// A comment and its context.
#[derive(Debug)]
pub(super) struct Comment<'y> {
    /// Its range from the `#`, without the line break.
    pub(super) bytes: Range<usize>,
    /// What precedes it on its line.
    pub(super) behind: Behind,
    /// Whether it is inside brackets.
    pub(super) is_in_brackets: bool,
    /// The key before it.
    pub(super) key: &'y str,
}

/// What precedes a comment on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// Nothing, or punctuation.
    Nothing,
    Plain,
    Quotation,
    Alias,
    /// The closing bracket of a whole list or mapping.
    Bracket,
}

/// Scans YAML. In very unusual YAML it finds too much or too little.
pub(super) fn scan(yaml: &str) -> Scan<'_> {
    let mut scanner = Scanner {
        yaml,
        at: 0,
        line: 0,
        brackets: Vec::new(),
        begins_entry: false,
        lone_key: None,
        is_start: true,
        behind: Behind::Nothing,
        key: "",
        outer_key: "",
        indent: 0,
        found: Scan::default(),
    };
    while scanner.at < yaml.len() {
        scanner.step();
    }
    scanner.found
}

struct Scanner<'y> {
    yaml: &'y str,
    at: usize,
    /// The start of the line.
    line: usize,
    /// The open brackets.
    brackets: Vec<char>,
    /// Whether an entry of a mapping in brackets may begin here.
    begins_entry: bool,
    /// The range of a key that no colon has followed yet.
    lone_key: Option<Range<usize>>,
    /// Whether a value or key may begin here.
    is_start: bool,
    behind: Behind,
    key: &'y str,
    /// The key before the outermost open bracket.
    outer_key: &'y str,
    /// The indentation in bytes of the key or item to which the next value belongs.
    indent: usize,
    found: Scan<'y>,
}

impl<'y> Scanner<'y> {
    fn rest(&self) -> &'y str {
        self.yaml.get(self.at..).expect("each part ends with a character")
    }

    fn is_in_brackets(&self) -> bool {
        !self.brackets.is_empty()
    }

    /// Ends an entry of a mapping in brackets.
    fn end_entry(&mut self) {
        let outer_key = self.outer_key;
        let lone_key = self.lone_key.take().map(|bytes| LoneKey { bytes, outer_key });
        self.found.lone_keys.extend(lone_key);
    }

    /// Records a text, which may be a key or the rest of one.
    fn note_text(&mut self, bytes: Range<usize>) {
        if std::mem::take(&mut self.begins_entry) {
            self.lone_key = Some(bytes);
        } else if let Some(lone_key) = &mut self.lone_key {
            lone_key.end = bytes.end;
        }
    }

    /// Advances past the next token.
    fn step(&mut self) {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return };
        match c {
            c if is_line_break(c) => self.begin_line(c),
            c if c.is_whitespace() => self.at += c.len_utf8(),
            '#' if self.is_behind_blank() => self.comment(),
            '"' | '\'' if self.is_start => self.quotation(c),
            '[' | '{' if self.is_start => {
                if !self.is_in_brackets() {
                    self.outer_key = self.key;
                }
                self.brackets.push(c);
                (self.begins_entry, self.lone_key) = (c == '{', None);
                (self.behind, self.at) = (Behind::Nothing, self.at + 1);
            }
            ']' | '}' if self.is_in_brackets() => {
                self.end_entry();
                self.brackets.pop();
                self.begins_entry = false;
                let behind = if self.is_in_brackets() { Behind::Nothing } else { Behind::Bracket };
                if !self.is_in_brackets() {
                    self.key = self.outer_key;
                }
                (self.is_start, self.behind, self.at) = (false, behind, self.at + 1);
            }
            ',' if self.is_in_brackets() => {
                self.end_entry();
                self.begins_entry = self.brackets.last() == Some(&'{');
                (self.is_start, self.behind, self.at) = (true, Behind::Nothing, self.at + 1);
            }
            ':' if is_followed_by_blank(rest)
                || self.is_in_brackets() && self.behind == Behind::Quotation =>
            {
                (self.begins_entry, self.lone_key) = (false, None);
                (self.is_start, self.behind, self.at) = (true, Behind::Nothing, self.at + 1);
            }
            '-' | '?' if self.is_start && !self.is_in_brackets() && is_followed_by_blank(rest) => {
                self.indent = self.at - self.line;
                self.at += 1;
            }
            '|' | '>' if self.is_start && !self.is_in_brackets() => self.block(),
            '&' | '!' if self.is_start => self.at += run_of(rest, |c| !c.is_whitespace()),
            '*' if self.is_start => {
                let length = run_of(rest, |c| !c.is_whitespace() && !matches!(c, ',' | ']' | '}'));
                (self.is_start, self.behind, self.at) = (false, Behind::Alias, self.at + length);
            }
            _ => self.plain(),
        }
    }

    /// A plain text continues on the next line, if that is indented by more than its key.
    fn begin_line(&mut self, line_break: char) {
        self.at += line_break.len_utf8();
        self.line = self.at;
        let indent = run_of(self.rest(), |c| c == ' ');
        let goes_on = !self.is_start && self.behind == Behind::Plain && indent > self.indent;
        if !self.is_in_brackets() && !goes_on {
            self.is_start = true;
        }
        if self.is_start {
            self.behind = Behind::Nothing;
        }
    }

    fn is_behind_blank(&self) -> bool {
        self.yaml
            .get(..self.at)
            .is_none_or(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    }

    fn comment(&mut self) {
        let line = self.rest().split(is_line_break).next().unwrap_or_default();
        let bytes = self.at..self.at + line.trim_end().len();
        let is_alone =
            self.yaml.get(self.line..self.at).is_some_and(|before| before.trim().is_empty());
        let behind = if is_alone { Behind::Nothing } else { self.behind };
        let comment =
            Comment { bytes, behind, is_in_brackets: self.is_in_brackets(), key: self.key };
        self.found.comments.push(comment);
        self.at += line.len();
    }

    fn quotation(&mut self, mark: char) {
        let start = self.at;
        let length = quoted_length(self.rest());
        self.at = length.map_or(self.yaml.len(), |length| start + length);
        let inner = self.yaml.get(start..self.at).expect("a quotation is whole characters");
        let indent = if self.is_in_brackets() {
            run_of(self.yaml.get(self.line..).expect("a line begins behind a line feed"), |c| {
                c == ' '
            })
        } else {
            self.indent
        };
        let begins_next =
            |line: &str| run_of(line, |c| c == ' ') <= indent && begins_with_key_or_item(line);
        let is_unclosed = length.is_none() || inner.lines().skip(1).any(begins_next);
        self.found.quotations.push(Quotation { bytes: start..self.at, is_unclosed });
        self.line =
            inner.rfind(is_line_break).map_or(self.line, |end| start + line_length(inner, end));
        (self.is_start, self.behind) = (false, Behind::Quotation);
        self.note_text(start..self.at);
        let name = inner.trim_matches(mark);
        self.note_key(start, name);
    }

    /// Reads an unquoted text.
    fn plain(&mut self) {
        let rest = self.rest();
        let ends = |(at, c): &(usize, char)| {
            let behind = rest.get(at + c.len_utf8()..).expect("a character ends here");
            match c {
                c if is_line_break(*c) => true,
                ':' => behind.is_empty() || behind.starts_with(char::is_whitespace),
                '#' => rest.get(..*at).is_some_and(|before| before.ends_with(char::is_whitespace)),
                ',' | ']' | '}' => self.is_in_brackets(),
                _ => false,
            }
        };
        // The caller has examined the first character.
        let end = rest.char_indices().skip(1).find(ends).map_or(rest.len(), |(at, _)| at);
        let start = self.at;
        let was_start = self.is_start;
        self.at += end;
        (self.is_start, self.behind) = (false, Behind::Plain);
        let text = rest.get(..end).expect("a character begins here").trim_end();
        self.note_text(start..start + text.len());
        if was_start {
            self.note_key(start, text);
        }
    }

    /// Records a text as a key, if a colon follows.
    fn note_key(&mut self, start: usize, name: &'y str) {
        if self.rest().trim_start_matches([' ', '\t']).starts_with(':') {
            self.key = name;
            if !self.is_in_brackets() {
                self.indent = start - self.line.min(start);
            }
        }
    }

    /// Reads a block scalar: lines indented by more than its key.
    fn block(&mut self) {
        let line_end =
            |text: &str| text.find(is_line_break).map_or(text.len(), |at| line_length(text, at));
        self.at += line_end(self.rest());
        loop {
            let line = self.rest().get(..line_end(self.rest())).expect("a line ends here");
            let is_inside = line.trim().is_empty() || run_of(line, |c| c == ' ') > self.indent;
            if line.is_empty() || !is_inside {
                break;
            }
            self.at += line.len();
        }
        self.line = self.at;
        (self.is_start, self.behind) = (true, Behind::Nothing);
    }
}

/// Whether a character ends a line in YAML 1.1 (section 5.4). A carriage return precedes a line
/// feed here.
pub(super) fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The length of a text up to the line break at `at`, which is included.
fn line_length(text: &str, at: usize) -> usize {
    at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

/// The length of the quotation at the start of a text, if it is closed.
pub(super) fn quoted_length(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    let (_, mark) = chars.next()?;
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if mark == '"' => {
                chars.next();
            }
            c if c == mark
                && (mark == '"' || chars.next_if(|(_, next)| *next == mark).is_none()) =>
            {
                return Some(at + 1);
            }
            _ => {}
        }
    }
    None
}

/// Whether the `#` of a comment is directly followed by text.
pub(super) fn is_tight(comment: &str) -> bool {
    let begins_text = |c: char| !c.is_whitespace() && !matches!(c, '#' | '-' | '=' | '*');
    comment.chars().nth(1).is_some_and(begins_text)
}

/// Whether a line begins with a key, which is a word and a colon, or with a list item.
fn begins_with_key_or_item(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with("- ") {
        return true;
    }
    let word = run_of(line, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    line.starts_with(|c: char| c.is_ascii_alphabetic())
        && line.get(word..).is_some_and(|rest| rest.starts_with(':') && is_followed_by_blank(rest))
}

fn is_followed_by_blank(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next();
    chars.next().is_none_or(char::is_whitespace)
}

/// The length of the longest prefix of these characters, in bytes.
pub(super) fn run_of(text: &str, is_of_kind: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_of_kind(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comments(yaml: &str) -> Vec<(&str, Behind, &str)> {
        let found = scan(yaml).comments;
        found
            .into_iter()
            .map(|comment| (&yaml[comment.bytes], comment.behind, comment.key))
            .collect()
    }

    fn quotations(yaml: &str) -> Vec<(&str, bool)> {
        let found = scan(yaml).quotations;
        found.into_iter().map(|quotation| (&yaml[quotation.bytes], quotation.is_unclosed)).collect()
    }

    #[test]
    fn scan_finds_comments_with_what_is_before_them() {
        for (yaml, found) in [
            ("a: b #1\n", ("#1", Behind::Plain, "a")),
            ("a: \"b # c\" #1", ("#1", Behind::Quotation, "a")),
            ("a: 'it''s' #1\r\n", ("#1", Behind::Quotation, "a")),
            ("\"a\": *b #1", ("#1", Behind::Alias, "a")),
            ("a:\n  - *b #1", ("#1", Behind::Alias, "a")),
            ("a: [b, {c: d}] #1", ("#1", Behind::Bracket, "a")),
            ("a: [b #1\n", ("#1", Behind::Plain, "a")),
            ("a: |\n  b #1\n  \"c\n\n # d\nb: c#d\n#1\n", ("#1", Behind::Nothing, "b")),
            ("a:\n- b: >\n    c #1\n  d: e #1\n", ("#1", Behind::Plain, "d")),
            ("a: b\n  \"c #1\n", ("#1", Behind::Plain, "a")),
            ("  \u{2028}a: |\n  b #1\u{85}c: d #1", ("#1", Behind::Plain, "c")),
        ] {
            assert_eq!(comments(yaml), [found], "{yaml:?}");
        }
    }

    #[test]
    fn scan_finds_keys_without_a_value() {
        for (yaml, found) in [
            ("a: {b: c, d, e}", vec![("d", "a"), ("e", "a")]),
            ("a: {b: c, d e\n  f, \"g\", h: i}", vec![("d e\n  f", "a"), ("\"g\"", "a")]),
            ("a:\n- {b: {c: d, e}, f: [g, h]}\n- {i # j\n}", vec![("e", "a"), ("i", "a")]),
            ("{a: b, c}", vec![("c", "")]),
            ("a: [b, c]\nd: {e: , f:\n, \"g\":h, i\n: j}\nk: l, m", vec![]),
            ("a: {b: [c, d], e: {f: g}, }\nh: \"{i, j}\"\nk: >\n  {l, m}", vec![]),
        ] {
            let keys = scan(yaml).lone_keys;
            let keys: Vec<_> =
                keys.into_iter().map(|key| (&yaml[key.bytes], key.outer_key)).collect();
            assert_eq!(keys, found, "{yaml:?}");
        }
    }

    #[test]
    fn scan_finds_unclosed_quotations() {
        for (yaml, found) in [
            ("a: \"b\nc: \"d\"\n", ("\"b\nc: \"", true)),
            ("a: \"b", ("\"b", true)),
            ("a: 'it's'\nb: c\n", ("'it'", false)),
            ("- a: \"b\n  c: d\"\n", ("\"b\n  c: d\"", true)),
            ("a:\n  - \"b\n  - \"c\"\n", ("\"b\n  - \"", true)),
            ("a: \"b\n  c: d\"\n", ("\"b\n  c: d\"", false)),
            ("a: \"b\n  c\n\n  d\"\n", ("\"b\n  c\n\n  d\"", false)),
            ("{\"a\\\"\": b}", ("\"a\\\"\"", false)),
        ] {
            assert_eq!(quotations(yaml)[0], found, "{yaml:?}");
        }
    }
}
