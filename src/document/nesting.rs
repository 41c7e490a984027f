//! Finds Markdown with block quotes, list items and footnotes that are nested too deep, before it
//! is parsed.
//!
//! For each line the parser visits every open container, even in a paragraph without markers (lazy
//! continuation). So its time is the length times the depth, and this bounds the depth.

use memchr::memchr_iter;
use pulldown_cmark::{Event, Parser, Tag};

use super::body::options;

/// The maximum depth of block quotes, list items and footnotes.
pub(super) const MAX_DEPTH: usize = 100;

/// The position of the first container that is nested too deep.
///
/// Whether a marker opens a container may depend on all lines before: in code it is text. A scan
/// finds all markers that may be too deep, including some that are text. The parser decides, on a
/// text in which `# ` is inserted before each of them: where a heading begins, the marker may have
/// opened a container, so a text at exactly the limit can be refused; elsewhere it is text. What
/// follows the last of them does not matter.
pub(super) fn too_deep(markdown: &str) -> Option<usize> {
    deeper_than(markdown, MAX_DEPTH)
}

fn deeper_than(markdown: &str, deepest: usize) -> Option<usize> {
    let suspects = suspects(markdown, deepest);
    if suspects.is_empty() {
        return None;
    }
    let (mut probed, mut probes, mut copied) = (String::new(), Vec::new(), 0);
    for at in &suspects {
        probed.push_str(
            markdown.get(copied..*at).expect("suspects are ASCII, in the order of the text"),
        );
        probes.push(probed.len());
        probed.push_str("# ");
        copied = *at;
    }
    let events = Parser::new_ext(&probed, options()).into_offset_iter();
    let mut headings =
        events.filter(|(event, _)| matches!(event, Event::Start(Tag::Heading { .. })));
    headings.find_map(|(_, range)| suspects.get(probes.binary_search(&range.start).ok()?)).copied()
}

/// The markers that may be too deep, at most one per line. Their containers are not counted as
/// open, so the text is not nested deeper where they are text.
fn suspects(markdown: &str, deepest: usize) -> Vec<usize> {
    let mut found = Vec::new();
    // A superset of the open containers: code and HTML are not recognized, and a container ends
    // only where a line opens another one.
    let mut open: Vec<Container> = Vec::new();
    let mut line_start = 0;
    for line in markdown.split_inclusive('\n') {
        let mut cursor = Cursor::new(line);
        let matched = open.iter().take_while(|container| cursor.continues(**container)).count();
        let mut closed_to = Some(matched);
        while let Some((marker, container)) = cursor.opens() {
            if let Some(matched) = closed_to.take() {
                open.truncate(matched);
            }
            if (container, open.last()) == (Container::Footnote, Some(&Container::Footnote)) {
                open.pop();
            }
            if open.len() == deepest {
                found.push(line_start + marker);
                break;
            }
            open.push(container);
        }
        line_start += line.len();
    }
    found
}

/// A container of blocks, by the prefix of its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    /// `>`.
    Quote,
    /// This many columns of indentation.
    Item(usize),
    /// Four columns of indentation.
    Footnote,
}

/// Reads the beginning of a line as the parser does.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where columns are counted from: the start of the line, or after the last tab.
    counted_from: usize,
    /// The remaining columns of the last tab.
    pending_tab_columns: usize,
    /// No thematic break begins before this byte.
    no_rule_before: usize,
}

impl<'a> Cursor<'a> {
    fn new(line: &'a str) -> Self {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let bytes = line.strip_suffix('\r').unwrap_or(line).as_bytes();
        Self { bytes, at: 0, counted_from: 0, pending_tab_columns: 0, no_rule_before: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Takes at most this many columns of blanks. Returns how many there were.
    fn take_columns(&mut self, most: usize) -> usize {
        let mut taken = self.pending_tab_columns.min(most);
        self.pending_tab_columns -= taken;
        while taken < most {
            match self.bytes.get(self.at) {
                Some(b' ') => {
                    self.at += 1;
                    taken += 1;
                }
                Some(b'\t') => {
                    let width = 4 - (self.at - self.counted_from) % 4;
                    self.at += 1;
                    self.counted_from = self.at;
                    self.pending_tab_columns = width - width.min(most - taken);
                    taken += width.min(most - taken);
                }
                _ => break,
            }
        }
        taken
    }

    /// Takes the prefix of an open container. Returns whether the line continues it.
    fn continues(&mut self, container: Container) -> bool {
        let before = *self;
        let is_inside = match container {
            Container::Quote => {
                self.take_columns(3);
                self.takes_quote()
            }
            Container::Item(width) => self.take_columns(width) == width || self.is_at_end(),
            Container::Footnote => self.take_columns(4) == 4 || self.is_at_end(),
        };
        if !is_inside {
            *self = before;
        }
        is_inside
    }

    /// The container that begins here, after at most three columns of blanks, and the position of
    /// its marker.
    fn opens(&mut self) -> Option<(usize, Container)> {
        let indent = self.take_columns(4);
        let marker = self.at;
        let container = match self.rest() {
            _ if indent == 4 => None,
            [b'[', b'^', ..] => self.takes_footnote().then_some(Container::Footnote),
            [b'>', ..] => self.takes_quote().then_some(Container::Quote),
            [sign @ (b'-' | b'+' | b'*'), ..] => {
                if self.is_rule(*sign) {
                    None
                } else {
                    self.take_item(indent, 1)
                }
            }
            rest => {
                let digits = rest.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
                let is_marker =
                    (1..10).contains(&digits) && matches!(rest.get(digits), Some(b'.' | b')'));
                if is_marker { self.take_item(indent, digits + 1) } else { None }
            }
        };
        container.map(|container| (marker, container))
    }

    fn takes_quote(&mut self) -> bool {
        let is_quote = self.rest().starts_with(b">");
        if is_quote {
            self.at += 1;
            self.take_columns(1);
        }
        is_quote
    }

    fn take_item(&mut self, indent: usize, marker: usize) -> Option<Container> {
        self.at += marker;
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | 0x0b | 0x0c);
        if self.take_columns(1) == 0 && !self.is_at_end() {
            return None;
        }
        let width = indent + marker + 1;
        if self.rest().iter().all(is_blank) {
            return Some(Container::Item(width));
        }
        let before = *self;
        let more = self.take_columns(4);
        if more == 4 {
            *self = before;
            return Some(Container::Item(width));
        }
        Some(Container::Item(width + more))
    }

    /// Takes the label of a footnote, its colon and the blanks after it, from where columns are
    /// counted again.
    fn takes_footnote(&mut self) -> bool {
        let label = self.rest();
        let mut end = 2;
        while let Some(byte) = label.get(end).filter(|byte| **byte != b']') {
            let is_escape =
                *byte == b'\\' && label.get(end + 1).is_some_and(u8::is_ascii_punctuation);
            end += 1 + usize::from(is_escape);
        }
        let Some([b']', b':', rest @ ..]) = label.get(end..) else { return false };
        let blanks =
            rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)).count();
        self.at += end + 2 + blanks;
        (self.counted_from, self.pending_tab_columns) = (self.at, 0);
        true
    }

    /// Whether the rest of the line is a thematic break of this character.
    fn is_rule(&mut self, sign: u8) -> bool {
        if self.at < self.no_rule_before {
            return false;
        }
        let rest = self.rest();
        let run =
            rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t') || **byte == sign).count();
        if run < rest.len() {
            self.no_rule_before = self.at + run;
            return false;
        }
        sign != b'+' && memchr_iter(sign, rest).nth(2).is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::TagEnd;

    use super::*;

    /// The maximum depth of containers in a text, according to the parser.
    fn depth(markdown: &str) -> usize {
        let (mut depth, mut most) = (0, 0);
        for event in Parser::new_ext(markdown, options()) {
            match event {
                Event::Start(Tag::BlockQuote(_) | Tag::Item | Tag::FootnoteDefinition(_)) => {
                    depth += 1;
                }
                Event::End(TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition) => {
                    depth -= 1;
                }
                _ => {}
            }
            most = most.max(depth);
        }
        most
    }

    #[test]
    fn lazy_continuation_meets_bounded_depth() {
        for marker in ["- ", "> ", ">", "+ ", "1. ", "123456789) ", "> - 1. ", "-\t", "> [^a]: "] {
            let deep = format!("Text.\n\n{}a\n", marker.repeat(25_000));
            let body = deep.clone() + &"b\n".repeat(25_000);
            let at = too_deep(&body).unwrap_or_else(|| panic!("{marker:?}"));
            assert_eq!(
                body[..at].matches('\n').count(),
                2,
                "{marker:?}: the line with the markers"
            );
            // No continuation can open more containers than the text up to here.
            let allowed = format!("{}a", &body[..at]);
            assert_eq!((depth(&allowed), too_deep(&allowed)), (MAX_DEPTH, None), "{marker:?}");
        }
    }

    #[test]
    fn nesting_counts_across_lines() {
        let stairs = |step: &str, line: &str, count: usize| -> String {
            (0..count).map(|height| step.repeat(height) + line).collect()
        };
        for (step, line) in [
            ("  ", "- a\n"),
            ("> ", "> a\n"),
            ("   ", "1. a\n"),
            ("\t", "1.\ta\n"),
            ("> ", "- a\n\n"),
        ] {
            assert_eq!(too_deep(&stairs(step, line, MAX_DEPTH / 2)), None, "{step:?} {line:?}");
        }
        for (step, line) in [
            ("  ", "- a\n"),
            ("> ", "> a\n"),
            ("   ", "1. a\n"),
            ("\t", "1.\ta\n"),
            ("  ", "- a\n\n"),
        ] {
            let text = stairs(step, line, MAX_DEPTH + 1);
            let at = too_deep(&text).unwrap_or_else(|| panic!("{step:?} {line:?}"));
            assert_eq!(text[at..].trim_end(), line.trim_end());
        }
    }

    #[test]
    fn nesting_ignores_code_and_thematic_breaks() {
        let (quotes, items) = ("> ".repeat(1000), "- ".repeat(1000));
        for text in [
            format!("```\n{quotes}\n{items}a\n```\n"),
            format!("> ~~~\n> {quotes}\n> ```\n> {items}a\n"),
            format!("- a\n\n      {quotes}\n"),
            format!("    {quotes}\n"),
            format!("<pre>\n{quotes}\n\n{items}a\n</pre>\n"),
            format!("<!--\n{items}a\n-->\n"),
            format!("a {quotes}\n"),
            format!("`{quotes}`\n"),
            items.clone(),
            format!("> + {}", "* ".repeat(1000)),
            "[^a]: ".repeat(1000),
        ] {
            assert_eq!(too_deep(&text), None, "{}", &text[..20]);
        }
        for (hidden, at) in [
            (format!("```\n```\n{quotes}a"), 2),
            (format!("<b>\n```\n\n{quotes}a"), 3),
            (format!("a\n2. ```\n\n```\n```\n{quotes}a"), 5),
            (format!("    ```\n{quotes}a"), 1),
            (format!("<!-- -->\n```\n\n```\n{quotes}a"), 4),
        ] {
            let found = too_deep(&hidden).unwrap_or_else(|| panic!("{}", &hidden[..20]));
            assert_eq!(hidden[..found].matches('\n').count(), at, "{}", &hidden[..20]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn nesting_is_never_underestimated(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "> ", ">", "- ", "-", "+ ", "* ", "1. ", "2) ", "123456789. ", " ", "  ", "   ", "    ", "\t", "\n", "\n",
                    "\n\n", "a", "a", "```\n", "~~~", "```", "<div>", "<b>", "<!--", "-->", "<pre>", "</pre>", "<!A", "[^a]: ",
                    "[^b]:", "[a]: b", "[a]:", "\"", "# ", "=\n", "---\n", "* * *\n", "|a|\n", "|-|\n", "[ ] ", "[x] ",
                    "\\", "\u{b}", "\r\n", "{#a}",
                ]),
                0..24,
            ),
            deepest in 1..5_usize,
        ) {
            let text = parts.concat();
            if deeper_than(&text, deepest).is_none() {
                prop_assert!(depth(&text) <= deepest, "{:?} is {} deep", text, depth(&text));
            }
        }
    }
}
