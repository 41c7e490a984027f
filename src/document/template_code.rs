//! Code of templates in texts: of Liquid, Hugo and Nunjucks, and attributes of Kramdown. Other
//! generators run it; newsgen publishes it as text.

use std::ops::Range;

use memchr::{memchr_iter, memmem};
use pulldown_cmark::{Event, Parser, Tag};

use super::body::options;

/// Raw HTML that is shown as it is, or not at all, with what ends it.
const VERBATIM_HTML: [(&str, &str); 3] = [("<code", "</code"), ("<pre", "</pre"), ("<!--", "-->")];

/// The inside and the length of the code with which a text begins: `{{ ... }}` or `{% ... %}`
/// without braces in it.
pub(crate) fn code_at(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix("{{").or_else(|| text.strip_prefix("{%"))?;
    let end = inside.find(['{', '}'])?;
    let (inside, rest) = inside.split_at(end);
    if text.starts_with("{{") {
        return rest.starts_with("}}").then_some((inside, end + 4));
    }
    let inside = inside.strip_suffix('%').filter(|_| rest.starts_with('}'))?;
    Some((inside, end + 3))
}

/// The code of templates in Markdown, in order, but for what is shown as code.
pub(super) fn in_markdown(markdown: &str) -> Vec<Range<usize>> {
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

fn in_text(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in memchr_iter(b'{', text.as_bytes()) {
        if found.last().is_none_or(|last| last.end <= at)
            && let Some(length) = length_at(text, at)
        {
            found.push(at..at + length);
        }
    }
    found
}

/// The length of the code that begins at a brace.
fn length_at(text: &str, at: usize) -> Option<usize> {
    let (before, rest) = text.split_at_checked(at)?;
    let before = before.chars().next_back();
    if before == Some('\\') {
        return None;
    }
    if let Some(attributes) = rest.strip_prefix("{:") {
        let end = attributes.find(['{', '}', '\n'])?;
        let (attributes, after) = attributes.split_at(end);
        let is_list = attributes.trim_start().starts_with(['.', '#']) || attributes.contains('=');
        return (is_list && after.starts_with('}')).then_some(end + 3);
    }
    let (inside, length) = code_at(rest)?;
    // Formulas have double braces after a letter or a sign, as in `x_{{a}}`.
    let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '_' | '^' | '{' | '}');
    let is_formula = before.is_some_and(is_sign) && inside.starts_with(char::is_alphanumeric);
    let is_shortcode = rest.starts_with("{{") && inside.starts_with(['<', '%']);
    let words = inside.trim_start_matches(['<', '%', '/', '-', '+', ' ', '\t', '\n']);
    let is_name = |c: char| c.is_alphabetic() || matches!(c, '.' | '$' | '_' | '"' | '\'');
    let is_code = words.starts_with(is_name) && !inside.contains("\n\n");
    (is_code && (is_shortcode || !is_formula)).then_some(length)
}

/// The code blocks, code spans, and raw HTML of these kinds in Markdown, by their beginnings.
fn verbatim(markdown: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut html_end = 0;
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => found.push(range),
            Event::Html(_) | Event::InlineHtml(_) => {
                let html = markdown.get(range.clone()).unwrap_or_default();
                for at in memchr_iter(b'<', html.as_bytes()).map(|at| range.start + at) {
                    let rest = markdown.get(at..).filter(|_| at >= html_end).unwrap_or_default();
                    let mut kinds = VERBATIM_HTML.iter();
                    let Some((_, closing)) = kinds.find(|(opening, _)| rest.starts_with(opening))
                    else {
                        continue;
                    };
                    let length = memmem::find(rest.as_bytes(), closing.as_bytes());
                    html_end = at + length.unwrap_or(rest.len());
                    found.push(at..html_end);
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|range| range.start);
    found
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
            "\\{{ x }} and \\{% x %}",
            "{ x } {} {{}} {%%} {{ }} {{1, 2}} {{",
            "the sets {{1, 2}, {3}} and x_{{a}} and \\frac{{a}}{b}",
            "## A heading {#id}",
            "{{ one brace\n\nanother paragraph }}",
            "a smile {:o} {: and }",
        ] {
            assert_eq!(found(markdown), [""; 0], "{markdown}");
        }
    }
}
