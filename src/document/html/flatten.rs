//! Flattens third-party HTML: every tag is closed where it belongs, and nesting is bounded. Links
//! and emphasis that a block interrupts continue inside and after it, as in browsers.
//!
//! An HTML parser may need quadratic time and memory to repair misnested tags (HTML, section
//! 13.2.6). The output of this module leaves it little to repair.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::mem::take;
use std::ops::Range;

use html_escape::{encode_double_quoted_attribute, encode_text};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
};
use memchr::{memchr, memchr_iter};

/// The maximum depth of elements.
pub(in crate::document) const MAX_DEPTH: usize = 32;

/// Void elements (HTML, section 13.1.2).
const VOID: [&str; 6] = ["br", "hr", "img", "col", "wbr", "input"];

/// Elements that are removed with their content.
pub(in crate::document) const DROPPED_WITH_CONTENT: [&str; 6] =
    ["script", "style", "iframe", "noembed", "noframes", "xmp"];

/// Elements that end a paragraph (HTML, section 13.1.2.4).
const AFTER_PARAGRAPH: [&str; 27] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "figcaption",
    "figure",
    "footer",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
    "summary",
];

/// Elements that are neither links nor emphasis, besides those that end a paragraph. They are not
/// opened again after an interruption.
const NOT_CONTINUED: [&str; 15] = [
    "caption", "col", "colgroup", "dd", "dt", "li", "rp", "rt", "ruby", "tbody", "td", "tfoot",
    "th", "thead", "tr",
];

/// The maximum length of a tag in bytes: attributes are compared pairwise, and no useful one is
/// that long.
pub(in crate::document) const MAX_TAG_BYTES: usize = 8192;

/// The number of bytes of tags that may be written again, besides the length of the HTML: a link
/// around many blocks is opened again in each of them.
const MAX_REPEATED_BYTES: usize = 1 << 16;

/// The length in bytes after which texts are split: the serializer searches the rest of a text for
/// each `&`.
const MAX_TEXT_BYTES: usize = 4096;

/// The ranges of tags that are removed because they are too long.
pub(in crate::document) fn long_tags(html: &str) -> Vec<Range<usize>> {
    let bytes = html.as_bytes();
    let is_tag = |at: usize| {
        bytes.get(at + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/')
    };
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut end = 0;
    for at in memchr_iter(b'<', bytes).filter(|at| is_tag(*at)) {
        if found.last().is_some_and(|tag| at < tag.end) {
            continue;
        }
        if end <= at {
            end = memchr(b'>', bytes.get(at..).expect("`<` was found here"))
                .map_or(bytes.len(), |length| at + length + 1);
        }
        if end - at > MAX_TAG_BYTES {
            found.push(at..end);
        }
    }
    found
}

/// Removes tags that are too long.
pub(in crate::document) fn without_long_tags(html: &str) -> Cow<'_, str> {
    let tags = long_tags(html);
    if tags.is_empty() {
        return html.into();
    }
    let begins = std::iter::once(0).chain(tags.iter().map(|tag| tag.end));
    let ends = tags.iter().map(|tag| tag.start).chain([html.len()]);
    begins.zip(ends).filter_map(|(begin, end)| html.get(begin..end)).collect::<String>().into()
}

/// The text and those tags for which `is_kept` returns true, nested at most [`MAX_DEPTH`] deep and
/// all closed. Attributes are unchanged.
pub(in crate::document) fn flatten(html: &str, is_kept: impl Fn(&str) -> bool) -> String {
    let first = Writer::default().write(html, &is_kept);
    if first.interrupted.is_empty() {
        return first.out;
    }
    let continued = first.interrupted;
    let repeatable = html.len() + MAX_REPEATED_BYTES;
    Writer { continued, repeatable, ..Writer::default() }.write(html, &is_kept).out
}

/// Tokenizes HTML, with the line on which each token ends, from 1. Tags that are too long are left
/// out.
pub(crate) fn tokenize(html: &str, take: impl FnMut(Token, u64)) {
    let sink = Sink { take: RefCell::new(take) };
    let tokenizer = Tokenizer::new(sink, html5ever::tokenizer::TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&without_long_tags(html)));
    // A sink without scripts never asks to stop.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
}

struct Sink<F> {
    take: RefCell<F>,
}

impl<F: FnMut(Token, u64)> TokenSink for Sink<F> {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let result = match &token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => raw_content(&tag.name),
            _ => TokenSinkResult::Continue,
        };
        (self.take.borrow_mut())(token, line);
        result
    }
}

/// How the content of an element is tokenized.
fn raw_content(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        "plaintext" => TokenSinkResult::Plaintext,
        _ if DROPPED_WITH_CONTENT.contains(&name) => TokenSinkResult::RawData(RawKind::Rawtext),
        _ => TokenSinkResult::Continue,
    }
}

/// Writes flat HTML. Elements in `continued` are only written around their content, and opened
/// again where they are interrupted. They are found by a first pass, because an element that has no
/// end tag ends with the block around it.
#[derive(Default)]
struct Writer {
    out: String,
    /// The open elements.
    open: Vec<Element>,
    /// The number of start tags that were read.
    start_tags: usize,
    /// The elements to continue, by the numbers of their start tags.
    continued: HashSet<usize>,
    /// The continued elements that are not written at the moment, the innermost last.
    suspended: Vec<Element>,
    /// The number of bytes of tags that may still be written again.
    repeatable: usize,
    /// The start tags, by name, of elements that ended before their end tags.
    ended_early: HashMap<Box<str>, Vec<usize>>,
    /// The start tags of elements that ended before end tags that were found later.
    interrupted: HashSet<usize>,
    /// The number of open elements by name that were not written because of their depth.
    unwritten_depths: HashMap<Box<str>, usize>,
    /// Whether the current text is removed with its element.
    left_out: bool,
    /// Where a text was last split.
    parted_at: usize,
}

struct Element {
    name: Box<str>,
    /// The number of its start tag.
    number: usize,
    /// The number of table cells around it.
    cells: usize,
    /// The start tag of a continued element.
    tag: Option<String>,
}

impl Writer {
    fn write(mut self, html: &str, is_kept: &impl Fn(&str) -> bool) -> Self {
        self.out.reserve(html.len() + 64);
        tokenize(html, |token, _| match token {
            Token::CharacterTokens(text) => self.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                if is_kept(&tag.name) {
                    self.open(&tag);
                }
                if DROPPED_WITH_CONTENT.contains(&&*tag.name) {
                    self.left_out = true;
                }
            }
            Token::TagToken(tag) => {
                self.left_out = false;
                if is_kept(&tag.name) {
                    self.close(&tag.name);
                }
            }
            _ => {}
        });
        self.close_down_to(0);
        self
    }

    fn text(&mut self, text: &str) {
        if !self.left_out {
            if !text.chars().all(char::is_whitespace) {
                self.leave_table("");
                self.resume();
            }
            self.part_text();
            self.out.push_str(&encode_text(text));
        }
    }

    /// Splits long texts with comments, which sanitizing removes.
    fn part_text(&mut self) {
        if self.out.len() - self.parted_at > MAX_TEXT_BYTES {
            self.out.push_str("<!---->");
            self.parted_at = self.out.len();
        }
    }

    fn open(&mut self, tag: &Tag) {
        let name = &*tag.name;
        self.start_tags += 1;
        while let Some(depth) = self.innermost(name, |open| ends_before(open, name)) {
            self.close_down_to(depth);
        }
        if name == "a" {
            // A link ends all links before it.
            self.ended_early.remove(name);
            self.suspended.retain(|element| &*element.name != name);
        }
        self.leave_table(name);
        if is_continued(name) {
            self.resume();
        }
        if VOID.contains(&name) {
            write_tag(tag, &mut self.out);
        } else if self.open.len() + self.suspended.len() >= MAX_DEPTH {
            self.leave_unwritten(name);
        } else {
            let (number, cells) = (self.start_tags, self.cells(self.open.len()));
            let mut element = Element { name: name.into(), number, cells, tag: None };
            if self.continued.contains(&number) {
                write_tag(tag, element.tag.insert(String::new()));
                self.suspended.push(element);
            } else {
                write_tag(tag, &mut self.out);
                self.open.push(element);
            }
        }
    }

    fn leave_unwritten(&mut self, name: &str) {
        *self.unwritten_depths.entry(name.into()).or_default() += 1;
    }

    /// Writes the suspended elements before their content.
    fn resume(&mut self) {
        for element in take(&mut self.suspended) {
            let tag = element.tag.as_deref().expect("only continued elements are suspended");
            let length = tag.len() + "</>".len() + element.name.len();
            if self.open.len() >= MAX_DEPTH || self.repeatable < length {
                self.leave_unwritten(&element.name);
                continue;
            }
            self.repeatable -= length;
            self.out.push_str(tag);
            self.open.push(element);
        }
    }

    /// The number of table cells among the open elements above `depth`.
    fn cells(&self, depth: usize) -> usize {
        let is_cell = |open: &&Element| matches!(&*open.name, "td" | "th" | "caption");
        self.open.iter().take(depth).filter(is_cell).count()
    }

    /// Closes a table before content that is only allowed in its cells: a parser would move it in
    /// front of the table.
    fn leave_table(&mut self, next: &str) {
        let is_part = match self.open.last().map(|open| &*open.name) {
            Some("table") => {
                matches!(
                    next,
                    "caption"
                        | "colgroup"
                        | "col"
                        | "tbody"
                        | "thead"
                        | "tfoot"
                        | "tr"
                        | "td"
                        | "th"
                )
            }
            Some("tbody" | "thead" | "tfoot") => matches!(next, "tr" | "td" | "th"),
            Some("tr") => matches!(next, "td" | "th"),
            Some("colgroup") => next == "col",
            _ => true,
        };
        if !is_part && let Some(depth) = self.open.iter().rposition(|open| &*open.name == "table") {
            self.close_down_to(depth);
        }
    }

    fn close(&mut self, name: &str) {
        let is_meant = |element: &Element| &*element.name == name;
        if let Some(count) = self.unwritten_depths.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
        } else if let Some(index) = self.suspended.iter().rposition(is_meant) {
            self.suspended.remove(index);
        } else if let Some(depth) = self.innermost(name, |open| open == name) {
            self.close_down_to(depth);
        } else if let Some(number) = self.ended_early.get_mut(name).and_then(Vec::pop) {
            self.interrupted.insert(number);
        }
    }

    /// The index of the innermost open element that is meant, if a tag of this name can reach it.
    fn innermost(&self, name: &str, is_meant: impl Fn(&str) -> bool) -> Option<usize> {
        let depth = self.open.iter().rposition(|open| is_meant(&open.name))?;
        let inside = self.open.get(depth + 1..).expect("an element was found at this depth");
        (!inside.iter().any(|open| keeps_in(&open.name, name))).then_some(depth)
    }

    /// Closes the element at `depth`, and interrupts those inside it, except in a table cell that
    /// ends.
    fn close_down_to(&mut self, depth: usize) {
        for element in self.open.iter().skip(depth).rev() {
            self.out.extend(["</", &element.name, ">"]);
        }
        let cells = self.cells(depth);
        let mut suspended = Vec::new();
        for element in self.open.drain(depth.min(self.open.len())..).skip(1) {
            if element.tag.is_some() {
                suspended.push(element);
            } else if is_continued(&element.name) && element.cells <= cells {
                self.ended_early.entry(element.name).or_default().push(element.number);
            }
        }
        suspended.append(&mut self.suspended);
        suspended.retain(|element| element.cells <= cells);
        self.suspended = suspended;
    }
}

/// Whether an element is a link, emphasis or the like.
fn is_continued(name: &str) -> bool {
    !AFTER_PARAGRAPH.contains(&name) && !NOT_CONTINUED.contains(&name)
}

fn write_tag(tag: &Tag, out: &mut String) {
    out.push('<');
    out.push_str(&tag.name);
    for attribute in &tag.attrs {
        let name = &*attribute.name.local;
        if name.bytes().all(|byte| byte.is_ascii_lowercase()) {
            let value = encode_double_quoted_attribute(&*attribute.value);
            out.extend([" ", name, "=\"", &value, "\""]);
        }
    }
    out.push('>');
}

/// Whether an open element ends where another one begins (HTML, section 13.1.2.4).
fn ends_before(open: &str, next: &str) -> bool {
    match open {
        "p" => AFTER_PARAGRAPH.contains(&next),
        "li" => next == "li",
        "dt" | "dd" => matches!(next, "dt" | "dd"),
        "rt" | "rp" => matches!(next, "rt" | "rp"),
        "a" => next == "a",
        "h2" | "h3" | "h4" | "h5" | "h6" => matches!(next, "h2" | "h3" | "h4" | "h5" | "h6"),
        "td" | "th" => matches!(next, "td" | "th" | "tr" | "tbody" | "thead" | "tfoot"),
        "tr" => matches!(next, "tr" | "tbody" | "thead" | "tfoot"),
        "tbody" | "thead" | "tfoot" | "caption" | "colgroup" => {
            matches!(next, "tbody" | "thead" | "tfoot")
        }
        _ => false,
    }
}

/// Whether an open element prevents a tag inside it from closing an element around it.
fn keeps_in(open: &str, name: &str) -> bool {
    match name {
        "li" | "ul" | "ol" => {
            matches!(open, "td" | "th" | "table") || (name == "li" && matches!(open, "ul" | "ol"))
        }
        "dt" | "dd" => matches!(open, "dl" | "td" | "th" | "table"),
        "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" => open == "table",
        "table" => false,
        _ => matches!(open, "td" | "th" | "caption" | "table"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flatten(html: &str) -> String {
        super::flatten(html, |name| {
            !matches!(name, "svg" | "title") && !DROPPED_WITH_CONTENT.contains(&name)
        })
    }

    #[test]
    fn flatten_closes_every_tag() {
        for (html, closed) in [
            ("a &amp; b", "a &amp; b"),
            ("<p>a<p>b", "<p>a</p><p>b</p>"),
            ("<p><b>a<div>b</b>", "<p><b>a</b></p><div><b>b</b></div>"),
            ("<b><i>a</b>b</i>", "<b><i>a</i></b><i>b</i>"),
            ("<b>a<p>b", "<b>a<p>b</p></b>"),
            ("<p><b>a<p>b", "<p><b>a</b></p><p>b</p>"),
            ("<p><i><b>a<p>b</b>c</i>d", "<p><i><b>a</b></i></p><p><i><b>b</b>c</i>d</p>"),
            (
                "<p><a href=x>a<p>b<a href=y>c</a>d</a>e",
                r#"<p><a href="x">a</a></p><p>b<a href="y">c</a>de</p>"#,
            ),
            ("<p><b><hr>a</b>", "<p></p><hr><b>a</b>"),
            ("<td><b>a</td><td>b</b>", "<td><b>a</b></td><td>b</td>"),
            (
                "<p><b><table><td>a<td>b</table>c</b>",
                "<p></p><table><td><b>a</b></td><td><b>b</b></td></table><b>c</b>",
            ),
            (
                "<ul><li>a<ul><li>b</ul><li>c</ul>",
                "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
            ),
            (
                "<table><tr><td>a<td>b<tr><td>c</table>",
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            ),
            ("<div><table><td></div></td></table>", "<div><table><td></td></table></div>"),
            ("<p><table><td><p>a", "<p></p><table><td><p>a</p></td></table>"),
            ("<a href=x>a<a href=y>b", r#"<a href="x">a</a><a href="y">b</a>"#),
            ("<h2>a<h3>b", "<h2>a</h2><h3>b</h3>"),
            ("</p></b>a<br></br>", "a<br>"),
            ("<!-- a --><![CDATA[b]]><?c?>d", "d"),
            (r#"<img alt='"<' a"b=c>"#, r#"<img alt="&quot;&lt;">"#),
            ("<svg><style><b></style>a</svg>", "a"),
            ("<title><b></title>", "&lt;b&gt;"),
            ("<script>a</script>b<xmp><b></xmp><iframe><p></iframe>", "b"),
            ("<table>a<tr><td>b</table>", "<table></table>a<tr><td>b</td></tr>"),
            ("<table> <hr><tr><td>b</table>", "<table> </table><hr><tr><td>b</td></tr>"),
            ("<", "&lt;"),
            ("a<b", "a"),
            (&format!("a<b title={}>b</b> < c", "x".repeat(MAX_TAG_BYTES)), "ab &lt; c"),
            (&format!("a<b {}", "x ".repeat(MAX_TAG_BYTES)), "a"),
        ] {
            assert_eq!(flatten(html), closed, "{html}");
        }
    }

    #[test]
    fn flatten_keeps_deep_text() {
        let html = format!("{}a{}b<i>c</i>", "<div>".repeat(1000), "</div>".repeat(1000));
        let flat = flatten(&html);
        assert_eq!(
            flat,
            format!("{}a{}b<i>c</i>", "<div>".repeat(MAX_DEPTH), "</div>".repeat(MAX_DEPTH))
        );
    }

    #[test]
    fn flatten_splits_long_texts() {
        let flat = flatten(&"a&amp;©".repeat(100_000));
        assert!(flat.split('<').all(|text| text.len() < 10_000));
        assert_eq!(flat.replace("<!---->", ""), "a&amp;©".repeat(100_000));
        assert_eq!(ammonia::clean(&flat), "a&amp;©".repeat(100_000));
    }

    #[test]
    fn flatten_output_is_linear_with_long_links() {
        for (open, close) in [(1, 1), (MAX_DEPTH, MAX_DEPTH), (20_000, 20_000), (20_000, 1)] {
            let link = format!("<b title={}>", "x".repeat(160_000 / open));
            let html = format!(
                "<p>{}{}{}",
                link.repeat(open),
                "<p>a".repeat(40_000),
                "</b>".repeat(close)
            );
            assert!(flatten(&html).len() < html.len() * 4);
        }
    }

    #[test]
    fn flatten_output_is_linear() {
        for (many, more) in [
            ("<b title=TITLE>", "<p>"),
            ("<div>", "</b>"),
            ("<div>", "<p></p>"),
            ("<table><td>", "<li>"),
            ("<a><table><td>", "</a>"),
            ("<p><table>", "<table>"),
            ("<table><hr>", "<hr>"),
            ("<p><b title=TITLE>", "</b>"),
            ("<p><b>a</p>", "</b>"),
        ] {
            let many: String =
                (0..20_000).map(|number| many.replace("TITLE", &format!("a{number}"))).collect();
            let html = format!("{many}{}", more.repeat(20_000));
            assert!(flatten(&html).len() < html.len() * 3);
        }
    }
}
