//! Makes an excerpt from the beginning of a body, for documents without one.

use html5ever::tokenizer::{Tag as HtmlTag, TagKind, Token};
use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};
use unicode_normalization::char::is_combining_mark;

use super::body::options;
use super::html::flatten::tokenize;
use super::text::{self, plain_char};
use crate::invisible_chars::is_blank;

/// The maximum length of an excerpt in characters.
const MAX_LENGTH: usize = 200;

/// The minimum length in characters of an excerpt that ends with a sentence.
const MIN_LENGTH: usize = 80;

/// Elements that are not part of running text.
const SKIPPED: [&str; 24] = [
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "table",
    "figure",
    "figcaption",
    "script",
    "style",
    "iframe",
    "noscript",
    "svg",
    "math",
    "video",
    "audio",
    "object",
    "select",
    "button",
    "textarea",
    "title",
    "template",
];

/// Inline elements. All others separate their content from the text before.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
    "q", "s", "samp", "small", "span", "strong", "sub", "u",
];

/// The beginning of the running text of a body, in whole sentences if they end near [`MAX_LENGTH`].
/// The body must not be nested too deep.
pub(super) fn excerpt(markdown: &str) -> String {
    shortened(&running_text(markdown, Extent::Body))
}

/// The first sentence of the running text of a body, shortened if it is longer than an excerpt. The
/// body must not be nested too deep.
pub(super) fn first_sentence(markdown: &str) -> String {
    let text = running_text(markdown, Extent::FirstBlock);
    let end = text.char_indices().find(|(at, c)| ends_sentence(&text, *at, *c));
    let sentence = end.and_then(|(at, c)| text.get(..at + c.len_utf8()));
    shortened(sentence.unwrap_or(&text))
}

/// The text of HTML in one line. If it is longer than `longest` characters, an excerpt of it.
pub(crate) fn excerpt_of_html(html: &str, longest: usize) -> String {
    let text = text_of_html(html, longest);
    if text.chars().nth(longest).is_some() { shortened(&text) } else { text }
}

/// The text of HTML in one line, up to a number of characters.
pub(crate) fn text_of_html(html: &str, limit: usize) -> String {
    let mut plain = PlainText { limit, ..PlainText::default() };
    plain.push_html(html);
    if is_blank(&plain.text) { String::new() } else { plain.text }
}

/// Whether a text has elements of HTML that may be in running text.
pub(crate) fn has_markup(text: &str) -> bool {
    let mut found = false;
    if text.contains('<') {
        tokenize(text, |token, _| {
            if let Token::TagToken(tag) = token {
                let name = &*tag.name;
                let is_known = INLINE.contains(&name)
                    || SKIPPED.contains(&name)
                    || matches!(name, "br" | "div" | "img" | "p" | "wbr");
                found |= is_known;
            }
        });
    }
    found
}

/// The part of a body that a text is taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Body,
    /// The first paragraph, or another block of text.
    FirstBlock,
}

/// The beginning of the running text of a body, a little longer than an excerpt. Headings, code,
/// tables, images and footnotes are skipped.
fn running_text(markdown: &str, extent: Extent) -> String {
    let mut plain = PlainText::default();
    let mut is_in_autolink = false;
    let mut events = Parser::new_ext(markdown, options());
    while let Some(event) = events.next().filter(|_| plain.count <= MAX_LENGTH) {
        let begins_block = matches!(&event, Event::Start(tag) if !is_inline(tag));
        if begins_block && extent == Extent::FirstBlock && !is_blank(&plain.text) {
            break;
        }
        match event {
            Event::Start(
                Tag::Heading { .. }
                | Tag::CodeBlock(_)
                | Tag::Table(_)
                | Tag::Image { .. }
                | Tag::FootnoteDefinition(_),
            ) => plain.skipped += 1,
            Event::End(
                TagEnd::Heading(_)
                | TagEnd::CodeBlock
                | TagEnd::Table
                | TagEnd::Image
                | TagEnd::FootnoteDefinition,
            ) => plain.skipped = plain.skipped.saturating_sub(1),
            Event::Start(Tag::HtmlBlock) => {
                let lines = events.by_ref().map_while(|event| match event {
                    Event::Html(line) | Event::Text(line) => Some(line),
                    _ => None,
                });
                let mut html = String::new();
                for line in lines {
                    // The rest of a longer block is not needed.
                    if html.len() < MAX_HTML_BYTES {
                        html.push_str(&line);
                    }
                }
                plain.push_html(&html);
            }
            Event::InlineHtml(html) => plain.push_html(&html),
            Event::Start(Tag::Link { link_type: LinkType::Autolink, .. }) => is_in_autolink = true,
            Event::End(TagEnd::Link) => is_in_autolink = false,
            // The parser decodes the entities of all other text.
            Event::Text(part) if is_in_autolink => plain.push(&text::decode_url_entities(&part)),
            Event::Text(part) | Event::Code(part) => plain.push(&part),
            Event::SoftBreak | Event::HardBreak | Event::Rule => plain.part(),
            Event::Start(_) if begins_block => plain.part(),
            _ => {}
        }
    }
    if is_blank(&plain.text) { String::new() } else { plain.text }
}

/// The maximum length of an HTML block to read, in bytes.
const MAX_HTML_BYTES: usize = 16_384;

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. })
}

/// Words separated by single spaces.
struct PlainText {
    text: String,
    /// The length in characters at which it is complete.
    limit: usize,
    /// The length in characters.
    count: usize,
    /// Whether a space precedes the next word.
    is_parted: bool,
    /// The number of open elements that are not part of the text.
    skipped: usize,
}

impl Default for PlainText {
    fn default() -> Self {
        Self { text: String::new(), limit: MAX_LENGTH, count: 0, is_parted: false, skipped: 0 }
    }
}

impl PlainText {
    fn part(&mut self) {
        self.is_parted = true;
    }

    fn push(&mut self, part: &str) {
        if self.skipped > 0 {
            return;
        }
        for c in part.chars().filter_map(plain_char) {
            if self.count > self.limit {
                return;
            }
            if c.is_whitespace() && c != '\u{a0}' {
                self.is_parted = true;
                continue;
            }
            if std::mem::take(&mut self.is_parted) && !self.text.is_empty() {
                self.text.push(' ');
                self.count += 1;
            }
            self.text.push(c);
            self.count += 1;
        }
    }

    fn push_html(&mut self, html: &str) {
        tokenize(html, |token, _| match token {
            Token::CharacterTokens(part) => self.push(&part),
            Token::TagToken(tag) => self.tag(&tag),
            _ => {}
        });
    }

    fn tag(&mut self, tag: &HtmlTag) {
        let name = &*tag.name;
        if SKIPPED.contains(&name) {
            match tag.kind {
                TagKind::StartTag => self.skipped += 1,
                TagKind::EndTag => self.skipped = self.skipped.saturating_sub(1),
            }
        }
        if !INLINE.contains(&name) {
            self.part();
        }
    }
}

/// Shortens a text to [`MAX_LENGTH`] characters: after a sentence, or else a word, or else
/// anywhere.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(MAX_LENGTH) else { return text.to_owned() };
    let boundaries = || text.char_indices().zip(1..).take_while(|((at, _), _)| *at < end);
    let ends: Vec<usize> = boundaries()
        .filter(|((at, c), count)| *count >= MIN_LENGTH && ends_sentence(text, *at, *c))
        .map(|((at, c), _)| at + c.len_utf8())
        .collect();
    if let Some(sentence) = ends.last().and_then(|end| text.get(..*end)) {
        return sentence.to_owned();
    }
    // One character is reserved for the ellipsis.
    let words = boundaries()
        .filter(|((_, c), count)| *c == ' ' && (MIN_LENGTH..MAX_LENGTH).contains(count));
    let cut = words.map(|((at, _), _)| at).last().unwrap_or_else(|| {
        let places =
            boundaries().filter(|((at, _), count)| *count <= MAX_LENGTH && is_boundary(text, *at));
        places.map(|((at, _), _)| at).last().unwrap_or_default()
    });
    let kept = text.get(..cut).expect("a character begins here");
    let kept = kept.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–' | '—')
    });
    format!("{kept}…")
}

/// Whether a sentence ends with this character: a mark, or a closing quotation mark after one.
fn ends_sentence(text: &str, at: usize, c: char) -> bool {
    const CLOSING: [char; 8] = ['"', '\'', '”', '’', '»', ')', ']', '」'];
    let behind = text.get(at + c.len_utf8()..).expect("`c` ends here");
    let before = text.get(..at + c.len_utf8()).expect("`c` ends here").trim_end_matches(CLOSING);
    match before.chars().next_back() {
        Some('。' | '！' | '？' | '｡') => !behind.starts_with(CLOSING),
        Some(mark @ ('.' | '!' | '?' | '…' | '؟' | '۔' | '।')) => {
            let next = behind.strip_prefix(' ').and_then(|next| next.chars().next());
            let is_abbreviated =
                mark == '.' && before.strip_suffix('.').is_some_and(ends_in_abbreviation);
            next.is_some_and(|next| !next.is_lowercase()) && !is_abbreviated
        }
        _ => false,
    }
}

/// Whether a text may end in an abbreviation before a full stop: one or two letters, or three with
/// a capital.
fn ends_in_abbreviation(text: &str) -> bool {
    let word =
        text.rsplit(|c: char| !c.is_alphanumeric()).next().expect("a split has a first part");
    match word.chars().count() {
        1 | 2 => true,
        3 => word.starts_with(char::is_uppercase),
        _ => false,
    }
}

/// Whether a text can be cut before a character without splitting a visible one.
fn is_boundary(text: &str, at: usize) -> bool {
    let (before, behind) = text.split_at(at);
    let (Some(last), Some(next)) = (before.chars().next_back(), behind.chars().next()) else {
        return true;
    };
    let is_flag = |c: char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    let flags = before.chars().rev().take_while(|c| is_flag(*c)).count();
    let joins = |c: char| {
        matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
            || matches!(c, '\u{1160}'..='\u{11ff}')
            || is_combining_mark(c)
    };
    !joins(next) && last != '\u{200d}' && !(is_flag(next) && flags % 2 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_sentence_ends_with_its_block() {
        for (body, expected) in [
            ("# Heading\n\nOne *thing*. Another.\n", "One thing."),
            ("No full stop\n\nAnother paragraph.\n", "No full stop"),
            ("No full stop\n\n<p>In HTML.</p>\n", "No full stop"),
            ("No full stop\n\n- item\n", "No full stop"),
            ("", ""),
        ] {
            assert_eq!(first_sentence(body), expected, "{body}");
        }
    }

    #[test]
    fn excerpt_skips_headings_and_code() {
        for (markdown, text) in [
            ("", ""),
            (
                "One *two* **three** `four` [five](https://a.example/) ~~six~~.",
                "One two three four five six.",
            ),
            ("# Heading\n\nOne.\n\nTwo\nthree.  \nFour.", "One. Two three. Four."),
            ("```\ncode\n```\n\n    more\n\nOne.\n\n|a|\n|-|\n|b|\n\nTwo.", "One. Two."),
            ("![Alt](/a.png) One[^1] two.\n\n[^1]: Note.\n\nThree.", "One two. Three."),
            ("- One\n- [x] Two\n\n> Three", "One Two Three"),
            ("H&M &amp;amp; &lt;b&gt; \\*a\\*", "H&M &amp; <b> *a*"),
            ("One <b>two</b><br>three <!-- no --><script>no</script> four", "One two three four"),
            (
                "<p>One <i>two</i>.</p>\n<h2>No</h2>\n<p>Three &amp; four</p>\n<table><td>no</table>",
                "One two. Three & four",
            ),
            ("<div>\n\nOne\n\n</div>\n\n<style>no</style>\n\nTwo", "One Two"),
            ("One\u{7}\u{202e} &#x202e;&#7;two\u{a0}three", "One two\u{a0}three"),
            ("[One][a]\n\n[a]: https://a.example/", "One"),
            ("<https://a.example/>", "https://a.example/"),
            ("---\n\n***", ""),
        ] {
            assert_eq!(excerpt(markdown), text, "{markdown}");
        }
    }

    #[test]
    fn excerpt_ends_with_a_sentence_or_a_word() {
        let sentence =
            "The first ships came in at noon, and the market had fish again before the evening. ";
        assert_eq!(excerpt(&sentence.repeat(9)), sentence.repeat(2).trim_end());
        let quoted = format!("{sentence}“That was quick!” {}", "She said that ".repeat(30));
        assert_eq!(excerpt(&quoted), format!("{sentence}“That was quick!”"));
        let words = excerpt(&"word ".repeat(99));
        assert_eq!(words, format!("{}…", "word ".repeat(39).trim_end()));
        let no_sentence = excerpt(&format!("Short. {}", "and, ".repeat(99)));
        assert!(
            no_sentence.ends_with("and…") && no_sentence.chars().count() <= MAX_LENGTH,
            "{no_sentence}"
        );
        let abbreviated =
            excerpt(&"at No. 9 e.g. Dr. B. Low, Mrs. Hay of 3.5 A.B. Inc. Then ".repeat(9));
        assert!(abbreviated.ends_with('…'), "{abbreviated}");
    }

    #[test]
    fn excerpt_splits_no_grapheme() {
        for part in ["天", "e\u{301}", "👩\u{200d}🚀", "👍🏽", "🇩🇪", "한", "❤\u{fe0f}"]
        {
            for before in ["", "a", "ab", "abc"] {
                let text = excerpt(&format!("{before}{}", part.repeat(300)));
                let whole =
                    text.strip_suffix('…').and_then(|text| text.strip_prefix(before)).expect("cut");
                assert!(
                    whole.chars().count() > 150 && whole.replace(part, "").is_empty(),
                    "{text}"
                );
            }
        }
        let sentence = "最初の船は正午に入港し、夕方までに市場には再び魚が並んだ。";
        let text = excerpt(&sentence.repeat(20));
        assert!(text.ends_with('。') && text.chars().count() <= MAX_LENGTH, "{text}");
        assert_eq!(excerpt(&format!("a{}", "\u{301}".repeat(500))), "…");
    }

    #[test]
    fn excerpt_of_maximum_length_is_kept() {
        let text = "x".repeat(MAX_LENGTH);
        assert_eq!(excerpt(&text), text);
        assert_eq!(excerpt(&format!("{text}x")).chars().count(), MAX_LENGTH);
    }
}
