//! Code of templates in texts: of Liquid, Hugo and Nunjucks, and attributes of Kramdown. Other
//! generators run it; newsgen publishes it as text.

use std::ops::Range;

use memchr::{memchr_iter, memmem};
use pulldown_cmark::{Event, Parser, Tag};

use super::body::options;

/// The elements of raw HTML with content that is shown as it is, or not at all.
const VERBATIM_ELEMENTS: [&str; 4] = ["code", "pre", "script", "style"];

/// How code begins and ends.
const MARKS: [(&str, &str); 4] = [("{{<", ">}}"), ("{{%", "%}}"), ("{{", "}}"), ("{%", "%}")];

/// The maximum length of code in bytes: the end of each is searched that far.
const MAX_CODE: usize = 2000;

/// The inside and the length of the code with which a text begins: `{{ ... }}` or `{% ... %}`. Only
/// variables have no braces in them.
pub(crate) fn code_at(text: &str) -> Option<(&str, usize)> {
    let (opening, closing) = MARKS.into_iter().find(|(opening, _)| text.starts_with(opening))?;
    let searched = text.as_bytes().get(opening.len()..text.len().min(MAX_CODE))?;
    let length = opening.len() + memmem::find(searched, closing.as_bytes())? + closing.len();
    let inside = text.get(2..length - 2)?;
    (opening != "{{" || !inside.contains(['{', '}'])).then_some((inside, length))
}

/// The code of templates in Markdown, in order, but for what is shown as code.
pub(crate) fn in_markdown(markdown: &str) -> Vec<Range<usize>> {
    let mut found = in_text(markdown);
    if found.is_empty() {
        return found;
    }
    let mut verbatim = verbatim(markdown).into_iter().peekable();
    let mut end = 0;
    found.retain(|code| {
        while let Some(range) = verbatim.next_if(|range| range.start <= code.start) {
            end = end.max(range.end);
        }
        code.start >= end
    });
    found
}

/// The code of templates in a text, in order.
fn in_text(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in memchr_iter(b'{', text.as_bytes()) {
        let last_end = found.last().map_or(0, |last| last.end);
        if last_end <= at
            && let Some((before, rest)) = text.split_at_checked(at)
            && let Some(length) = length_at(before.get(last_end..).unwrap_or_default(), rest)
        {
            found.push(at..at + length);
        }
    }
    found
}

/// The length of the code with which a text begins, given the text before it since other code.
fn length_at(before: &str, text: &str) -> Option<usize> {
    if before.ends_with('\\') {
        return None;
    }
    if let Some(attributes) = text.strip_prefix("{:") {
        let end = attributes.find(['{', '}', '\n'])?;
        let (attributes, after) = attributes.split_at(end);
        let is_list = attributes.trim_start().starts_with(['.', '#']) || attributes.contains('=');
        let is_code = is_list || attributes.trim() == "toc";
        return (is_code && after.starts_with('}')).then_some(end + 3);
    }
    let (inside, length) = code_at(text)?;
    let is_shortcode = text.starts_with("{{") && inside.starts_with(['<', '%']);
    let words = inside.trim_start_matches(['<', '%', '/', '-', '+', ' ', '\t', '\r', '\n']);
    let is_name = |c: char| c.is_alphabetic() || matches!(c, '.' | '$' | '_' | '"' | '\'');
    let has_blank_line = inside.contains("\n\n") || inside.contains("\r\n\r\n");
    let is_code = words.starts_with(is_name) && !has_blank_line;
    (is_code && (is_shortcode || !is_formula(before, inside))).then_some(length)
}

/// Whether double braces are part of a formula, as in `x_{{a}}`, `\frac{{a}}{b}` and `$${{a}}$$`.
fn is_formula(before: &str, inside: &str) -> bool {
    let command = before.trim_end().trim_end_matches(|c: char| c.is_ascii_alphabetic());
    inside.starts_with(char::is_alphanumeric)
        && (before.ends_with(['_', '^', '{', '}'])
            || command.len() < before.trim_end().len() && command.ends_with('\\')
            || before.ends_with('$') && inside.len() == 1)
}

/// The code blocks, code spans, and raw HTML of these kinds in Markdown, by their beginnings.
fn verbatim(markdown: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut block_end, mut html_end) = (0, 0);
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        // An element that begins in a paragraph ends with it.
        let limit = if matches!(event, Event::InlineHtml(_)) { block_end } else { markdown.len() };
        match event {
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => found.push(range),
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableCell) => {
                block_end = range.end;
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                let html = markdown.get(range.clone()).unwrap_or_default();
                for at in memchr_iter(b'<', html.as_bytes()).map(|at| range.start + at) {
                    let rest = markdown.get(at..limit).filter(|_| at >= html_end);
                    if let Some(length) = rest.and_then(verbatim_length) {
                        html_end = at + length;
                        found.push(at..html_end);
                    }
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

/// The length of the comment or the element of these kinds with which HTML begins. It ends with the
/// HTML if it is not closed.
fn verbatim_length(html: &str) -> Option<usize> {
    let bytes = html.as_bytes();
    let length = if html.starts_with("<!--") {
        memmem::find(bytes, b"-->")
    } else {
        let is_of = |rest: &str, name: &str| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            rest.get(..end.unwrap_or(rest.len())).is_some_and(|tag| tag.eq_ignore_ascii_case(name))
        };
        let tag = html.strip_prefix('<')?;
        let name = VERBATIM_ELEMENTS.into_iter().find(|name| is_of(tag, name))?;
        let closes = |at: &usize| html.get(at + 2..).is_some_and(|rest| is_of(rest, name));
        memmem::find_iter(bytes, b"</").find(closes)
    };
    Some(length.unwrap_or(html.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(markdown: &str) -> Vec<&str> {
        in_markdown(markdown).into_iter().map(|range| &markdown[range]).collect()
    }

    #[test]
    fn template_code_in_running_text_is_found() {
        for (markdown, code) in [
            (
                "a {% include a.html src=\"/x.png\" %} b",
                &["{% include a.html src=\"/x.png\" %}"][..],
            ),
            ("{%- if x -%}a{% endif %}", &["{%- if x -%}", "{% endif %}"]),
            ("{% include a.html\n  b=1 %}", &["{% include a.html\n  b=1 %}"]),
            ("- é {{< youtube a >}}{{% /notice %}}", &["{{< youtube a >}}", "{{% /notice %}}"]),
            ("[x]({{site.url}}/a) {{ .Title }}", &["{{site.url}}", "{{ .Title }}"]),
            ("<a href=\"{{ 'a' | url }}\">x</a>", &["{{ 'a' | url }}"]),
            ("[x](/a){:target=\"_blank\"}\n{: .big}", &["{:target=\"_blank\"}", "{: .big}"]),
            ("`a` {{ b }} `c`", &["{{ b }}"]),
            ("<pre>{{ a }}</pre>\n{{ b }}\n\n{{ c }}", &["{{ b }}", "{{ c }}"]),
            ("{{site.url}}{{page.url}}", &["{{site.url}}", "{{page.url}}"]),
            ("{% if x %}{{page.title}}", &["{% if x %}", "{{page.title}}"]),
            ("Version{{version}} for ${{ price }}", &["{{version}}", "{{ price }}"]),
            ("1. TOC\n{:toc}\n", &["{:toc}"]),
            ("{{< figure caption=\"$x_{1}$\" >}}", &["{{< figure caption=\"$x_{1}$\" >}}"]),
            ("{% assign x = \"{\" %} a {% b %}", &["{% assign x = \"{\" %}", "{% b %}"]),
            ("a <code>b\n\n{{ c }}\n\n<codex>{{ d }}</codex>", &["{{ c }}", "{{ d }}"]),
            ("{{ a\r\nb }}", &["{{ a\r\nb }}"]),
        ] {
            assert_eq!(found(markdown), code, "{markdown}");
        }
    }

    #[test]
    fn braces_in_code_and_prose_are_no_template_code() {
        for markdown in [
            "Write `{{ x }}` or ``{% if %}``.",
            "```liquid\n{% if %}\n```\n\n~~~\n{{ x }}\n~~~",
            "    {{ x }}\n",
            "> - `{{< x >}}`\n>   ```\n>   {{ x }}\n>   ```",
            "a <code>{{ x }}</code> b",
            "<div>\n<pre><code>\n{{ x }}\n</code></pre>\n</div>",
            "<!-- {{ x }}\n{% y %} -->",
            "a <CODE class=\"x\">{{ x }}</Code> b\n\n<PRE>\n\n{{ y }}\n\n</PRE>",
            "<script>\n\n{{ x }}</script>\n\n<style>{{ x }}</style>",
            "\\{{ x }} and \\{% x %}",
            "{ x } {} {{}} {%%} {{ }} {{1, 2}} {{",
            "the sets {{1, 2}, {3}} and x_{{a}} and \\frac{{a}}{b}",
            "$\\mathbb {{R}}$ and $${{a}}$$ and {{{b}}}",
            "## A heading {#id}",
            "{{ one brace\n\nanother paragraph }}",
            "{{ one brace\r\n\r\nanother paragraph }}",
            "a smile {:o} {: and }",
        ] {
            assert_eq!(found(markdown), [""; 0], "{markdown}");
        }
    }
}
