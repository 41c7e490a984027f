//! The HTML start tags of a template with their positions, found without rendering it.

use std::borrow::Cow;
use std::ops::Range;

use html_escape::decode_html_entities;
use memchr::memmem;

/// Replaces each byte of an expression, `{{ … }}`.
const EXPRESSION: u8 = 1;
/// Replaces each byte of a tag, `{% … %}`, or of a comment.
const TEMPLATE_TAG: u8 = 2;

/// Elements whose content is text (HTML, section 13.2.6.2).
const TEXT_ELEMENTS: [&str; 7] =
    ["script", "style", "textarea", "title", "xmp", "noembed", "noframes"];

/// A start tag.
#[derive(Debug)]
pub(super) struct StartTag<'a> {
    /// The name in lower case.
    pub(super) name: String,
    /// The range of `<` and the name.
    pub(super) range: Range<usize>,
    pub(super) attributes: Vec<Attribute<'a>>,
    /// The content of an element whose content is text.
    pub(super) content: MaskedText<'a>,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    /// The name in lower case.
    pub(super) name: String,
    pub(super) value: MaskedText<'a>,
}

/// A text whose template expressions and tags are masked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MaskedText<'a> {
    pub(super) start: usize,
    masked: &'a str,
}

impl StartTag<'_> {
    /// The value of the first attribute of this name.
    pub(super) fn attribute(&self, name: &str) -> Option<MaskedText<'_>> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|found| found.value)
    }
}

impl<'a> MaskedText<'a> {
    /// The text, if the template does not compute any of it.
    pub(super) fn literal(&self) -> Option<&'a str> {
        (!self.masked.bytes().any(is_mask)).then_some(self.masked)
    }

    /// Whether there is nothing but white space and template tags.
    pub(super) fn is_blank(&self) -> bool {
        self.masked.chars().all(is_blank)
    }

    /// The decoded value of an attribute, without surrounding white space, if the template does not
    /// compute any of it.
    pub(super) fn decoded(&self) -> Option<Cow<'a, str>> {
        self.literal().map(|text| decode_html_entities(text.trim()))
    }

    /// The range of the value without surrounding white space and template tags.
    pub(super) fn range(&self) -> Range<usize> {
        let text = self.masked.trim_start_matches(is_blank);
        let start = self.start + self.masked.len() - text.len();
        start..start + text.trim_end_matches(is_blank).len()
    }

    /// The parts of a list that do not begin with an expression, each up to the next white space,
    /// expression or template tag, with their positions.
    pub(super) fn parts(
        &self,
        separator: Option<char>,
    ) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
        let value = *self;
        let mut start = value.start;
        let parts = value.masked.split(move |c| Some(c) == separator);
        parts.map(move |part| {
            let text = part.trim_start_matches(is_blank);
            let at = start + part.len() - text.len();
            start += part.len() + 1;
            let is_end = |c: char| c.is_whitespace() || u8::try_from(c).is_ok_and(is_mask);
            (at, text.split(is_end).next().unwrap_or(""))
        })
    }
}

fn is_mask(byte: u8) -> bool {
    matches!(byte, EXPRESSION | TEMPLATE_TAG)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == char::from(TEMPLATE_TAG)
}

/// The text of a template, with the bytes of expressions, tags and comments replaced.
pub(super) fn masked(template: &str) -> String {
    let mut masked = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = memmem::find(rest.as_bytes(), b"{") {
        let (text, construct) = rest.split_at(at);
        masked.push_str(text);
        let (mask, end) = match construct.as_bytes() {
            [_, b'{', ..] => (EXPRESSION, end_of_code(construct, "}}")),
            [_, b'%', ..] => (TEMPLATE_TAG, end_of_code(construct, "%}")),
            [_, b'#', ..] => (TEMPLATE_TAG, construct.find("#}").map(|at| at + 2)),
            _ => {
                masked.push('{');
                rest = construct.split_at(1).1;
                continue;
            }
        };
        let end = end.unwrap_or(construct.len());
        masked.extend(std::iter::repeat_n(char::from(mask), end));
        rest = construct.split_at(end).1;
    }
    masked.push_str(rest);
    masked
}

/// The end of an expression or tag, whose texts may contain its closing delimiter.
fn end_of_code(construct: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in construct.char_indices().skip(2) {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
            None if construct.split_at(at).1.starts_with(close) => return Some(at + close.len()),
            Some(_) | None => {}
        }
    }
    None
}

/// The start tags of a masked template (HTML, section 13.2.5).
pub(super) fn start_tags(masked: &str) -> Vec<StartTag<'_>> {
    let mut reader = Reader { text: masked, at: 0 };
    let mut found = Vec::new();
    while reader.skip_to(b'<') {
        if reader.rest().starts_with("<!--") {
            reader.skip_behind("-->");
        } else if reader.byte(1).is_some_and(|byte| byte.is_ascii_alphabetic()) {
            found.extend(reader.tag());
        } else {
            reader.at += 1;
        }
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn byte(&self, offset: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + offset).copied()
    }

    /// Moves to the next `byte`. Returns whether there is one; otherwise moves to the end.
    fn skip_to(&mut self, byte: u8) -> bool {
        let length = memchr::memchr(byte, self.rest().as_bytes());
        self.at += length.unwrap_or(self.rest().len());
        length.is_some()
    }

    fn skip_behind(&mut self, end: &str) {
        self.at += self.rest().find(end).map_or(self.rest().len(), |at| at + end.len());
    }

    /// Takes the bytes for which `is_part` returns true. All others are ASCII.
    fn take(&mut self, is_part: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().position(|byte| byte.is_ascii() && !is_part(byte));
        let taken = rest.split_at(length.unwrap_or(rest.len())).0;
        self.at += taken.len();
        taken
    }

    /// The start tag at this position. None if it does not end.
    fn tag(&mut self) -> Option<StartTag<'a>> {
        let start = self.at;
        self.at += 1;
        let name = self.take(|byte| !is_space(byte) && !matches!(byte, b'/' | b'>'));
        let name = name.to_ascii_lowercase();
        let range = start..self.at;
        let mut attributes = Vec::new();
        loop {
            self.take(|byte| is_space(byte) || byte == b'/');
            match self.byte(0)? {
                b'>' => break,
                _ => attributes.push(self.attribute()),
            }
        }
        self.at += 1;
        let content = self.content(&name);
        Some(StartTag { name, range, attributes, content })
    }

    fn attribute(&mut self) -> Attribute<'a> {
        let start = self.at;
        // An equals sign at the beginning is part of the name.
        self.at += usize::from(self.byte(0) == Some(b'='));
        self.take(|byte| !is_space(byte) && !matches!(byte, b'/' | b'>' | b'='));
        let name = self.text.get(start..self.at).unwrap_or("").to_ascii_lowercase();
        let after_name = self.at;
        self.take(is_space);
        if self.byte(0) != Some(b'=') {
            self.at = after_name;
            return Attribute { name, value: MaskedText { start: after_name, masked: "" } };
        }
        self.at += 1;
        self.take(is_space);
        let quote = self.byte(0).filter(|byte| matches!(byte, b'"' | b'\''));
        self.at += usize::from(quote.is_some());
        let start = self.at;
        let masked = match quote {
            Some(quote) => self.take(|byte| byte != quote),
            None => self.take(|byte| !is_space(byte) && byte != b'>'),
        };
        self.at += usize::from(quote.is_some() && self.byte(0).is_some());
        Attribute { name, value: MaskedText { start, masked } }
    }

    /// The content of an element whose content is text.
    fn content(&mut self, name: &str) -> MaskedText<'a> {
        let start = self.at;
        if !TEXT_ELEMENTS.contains(&name) {
            return MaskedText { start, masked: "" };
        }
        while self.skip_to(b'<') {
            let end = self.rest().get(2..2 + name.len());
            if self.byte(1) == Some(b'/') && end.is_some_and(|end| end.eq_ignore_ascii_case(name)) {
                break;
            }
            self.at += 1;
        }
        MaskedText { start, masked: self.text.get(start..self.at).unwrap_or("") }
    }
}

/// Whether a byte separates attributes. Template tags may be between them.
fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == TEMPLATE_TAG
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Each tag as it is read: `name attribute=value`, with `_` in place of masks.
    fn tags(template: &str) -> Vec<String> {
        let masked = masked(template);
        let show = |text: &str| text.replace(['\u{1}', '\u{2}'], "_");
        let tag = |tag: &StartTag<'_>| {
            let attributes = tag.attributes.iter().map(|attribute| {
                let Attribute { name, value } = attribute;
                let source = template.get(value.start..value.start + value.masked.len());
                assert!(
                    source.is_some_and(|source| value.literal().is_none_or(|text| text == source))
                );
                format!(" {name}={}", show(value.masked))
            });
            let content = show(tag.content.masked);
            let content = if content.is_empty() { content } else { format!(" ({content})") };
            format!("{}{}{content}", show(&tag.name), attributes.collect::<String>())
        };
        start_tags(&masked).iter().map(tag).collect()
    }

    #[test]
    fn start_tags_are_found_with_their_attributes() {
        for (template, expected) in [
            ("<p>a<BR/>b</p>", &["p", "br"][..]),
            ("<a HREF = '/x' b=c/d e>", &["a href=/x b=c/d e="]),
            ("<a\nhref=\"a>b\"\n>", &["a href=a>b"]),
            ("<a href=/x>y", &["a href=/x"]),
            ("<!-- <a href=x> --><b>", &["b"]),
            ("<!-- <a>", &[]),
            ("a < b <1> <é> </a href=x>", &[]),
            ("<a =b=c>", &["a =b=c"]),
            ("<a href=\"x", &[]),
            ("<a href", &[]),
            ("<script>if (a<b) '<a href=x>'</script><i>", &["script (if (a<b) '<a href=x>')", "i"]),
            ("<style>a{}</STYLE >", &["style (a{})"]),
            ("<script src=a></script>", &["script src=a"]),
            ("<textarea><script>", &["textarea (<script>)"]),
        ] {
            assert_eq!(tags(template), expected, "{template}");
        }
    }

    #[test]
    fn template_code_is_masked() {
        for (template, expected) in [
            ("<a href=\"{{ a }}b\">", &["a href=_______b"][..]),
            ("<a href=\"{{ a[\"b\"] | d(x='}}') }}\" c>", &["a href=________________________ c="]),
            ("<a{% if a > b %} href=\"x\"{% endif %}>", &["a href=x"]),
            ("<a {%- if a %}b=c{% else %}d=e{% endif %}>", &["a b=c d=e"]),
            ("{# <a> é #}{% set a = \"<b>\" %}{{ \"<c>\" }}<i>", &["i"]),
            ("<{{ level }} a=b>", &[]),
            ("<h{{ level }} a=b>", &["h___________ a=b"]),
            ("<a b=\"{c}\">{", &["a b={c}"]),
            ("<i>{{ <b>", &["i"]),
        ] {
            assert_eq!(tags(template), expected, "{template}");
        }
    }

    #[test]
    fn parts_of_lists_are_located() {
        let template = "<img srcset=\"/a 1x,{{ b }}/c 2x, {% if d %}/e{{ f }}\">";
        let masked = masked(template);
        let tags = start_tags(&masked);
        let value = tags[0].attribute("srcset").expect("attribute");
        let parts: Vec<(usize, &str)> = value.parts(Some(',')).collect();
        assert_eq!(parts, [(13, "/a"), (19, ""), (43, "/e")]);
        assert!(template[43..].starts_with("/e"));
    }

    proptest! {
        #[test]
        fn hostile_templates_do_no_harm(template in "([<>/='\"{}%#!a-c é-]|<!--|script|</script|\\{\\{|%\\})*") {
            let masked = masked(&template);
            prop_assert_eq!(masked.len(), template.len());
            for tag in start_tags(&masked) {
                prop_assert!(template.get(tag.range.clone()).is_some());
                for Attribute { value, .. } in &tag.attributes {
                    prop_assert!(template.get(value.range()).is_some());
                    prop_assert!(value.parts(Some(',')).all(|(at, _)| template.is_char_boundary(at)));
                }
            }
        }
    }
}
