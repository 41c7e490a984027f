//! Code of templates in the bodies of posts: includes, shortcodes, tags and variables. What only
//! quotes or prefixes text is converted; the rest stays as text and is reported.

use memchr::memchr_iter;

use crate::document::{template_code_at, template_code_in};

/// A body without code that can be converted, and the lines with code that cannot: their numbers,
/// from `first_line`, and the code.
pub(super) fn convert(body: &str, first_line: usize) -> (String, Vec<(usize, String)>) {
    let mut converted = String::with_capacity(body.len());
    let mut fence: Option<String> = None;
    for line in body.split_inclusive('\n') {
        let marks = line.trim_start();
        let marks: String = marks.chars().take_while(|c| matches!(c, '`' | '~')).collect();
        match &fence {
            Some(open) if marks.starts_with(open.as_str()) => fence = None,
            None if marks.len() >= 3 => fence = Some(marks),
            None if line.contains(['{', '<']) => {
                converted.push_str(&converted_line(line));
                continue;
            }
            _ => {}
        }
        converted.push_str(line);
    }
    let (mut number, mut end) = (first_line, 0);
    let mut code = Vec::new();
    for range in template_code_in(&converted) {
        let before = converted.get(end..range.start).unwrap_or_default();
        number += memchr_iter(b'\n', before.as_bytes()).count();
        end = range.start;
        let words = converted.get(range).unwrap_or_default().split_whitespace();
        code.push((number, words.collect::<Vec<_>>().join(" ")));
    }
    (converted, code)
}

/// Tags and variables that stand for nothing in a document of this site: paths begin at its root.
const WITHOUT_MEANING: [&str; 8] = [
    "raw",
    "endraw",
    "site.baseurl",
    "site.url",
    "site.url site.baseurl",
    "SITEURL",
    "site.github.url",
    "site.base_url",
];

/// HTML comments that end the beginning of a post.
const EXCERPT_ENDS: [&str; 5] = ["more", "more--", "excerpt", "break", "read more"];

fn converted_line(line: &str) -> String {
    let mut rest = line;
    let mut converted = String::new();
    while let Some(at) = rest.find(['{', '<']) {
        let (before, from) = rest.split_at(at);
        converted.push_str(before);
        if let Some((length, replacement)) = replacement(from) {
            converted.push_str(&replacement);
            rest = from.get(length..).unwrap_or_default();
        } else {
            let end = from.char_indices().nth(1).map_or(from.len(), |(end, _)| end);
            let (mark, after) = from.split_at(end);
            converted.push_str(mark);
            rest = after;
        }
    }
    converted.push_str(rest);
    converted
}

/// The length of the code with which a text begins, and what is written in its place.
fn replacement(text: &str) -> Option<(usize, String)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        let end = beginning(comment).find("-->")?;
        let words = comment.get(..end)?.trim().trim_matches('-').to_ascii_lowercase();
        return EXCERPT_ENDS.contains(&&*words).then(|| (end + 7, String::new()));
    }
    let (inside, length) = template_code_at(text)?;
    let inside = inside.trim_matches('-').trim();
    let (name, rest) = inside.split_once(' ').unwrap_or((inside, ""));
    match name {
        "highlight" if text.starts_with("{%") => {
            let language = rest.split_whitespace().next().unwrap_or_default();
            Some((length, format!("```{language}")))
        }
        "endhighlight" => Some((length, "```".to_owned())),
        _ if WITHOUT_MEANING.contains(&inside) => Some((length, String::new())),
        _ => {
            // `{{ "/images/a.png" | relative_url }}`
            let (path, filter) = inside.split_once('|')?;
            let path = path.trim();
            let quoted = path.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?;
            let is_of_path = matches!(
                filter.trim(),
                "relative_url" | "absolute_url" | "url" | "prepend: site.baseurl"
            );
            is_of_path.then(|| (length, quoted.to_owned()))
        }
    }
}

/// The maximum length of a comment that is read, in characters.
const MAX_COMMENT: usize = 1000;

fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(MAX_COMMENT).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn template_code_is_converted_or_reported() {
        for (body, converted, code) in [
            ("a\n<!--more-->\nb", "a\n\nb", &[][..]),
            ("![]({{ site.baseurl }}/a.png)", "![](/a.png)", &[]),
            ("[x]({{ '/a/' | relative_url }})", "[x](/a/)", &[]),
            ("{% highlight ruby linenos %}\nx\n{% endhighlight %}", "```ruby\nx\n```", &[]),
            ("{% raw %}{a}{% endraw %}", "{a}", &[]),
            ("```\n{{ x }}\n```\n", "```\n{{ x }}\n```\n", &[]),
            (
                "é {{< youtube a >}} {: .b}",
                "é {{< youtube a >}} {: .b}",
                &["{{< youtube a >}}", "{: .b}"],
            ),
            (
                "{% include a.html\n  b=1 %}",
                "{% include a.html\n  b=1 %}",
                &["{% include a.html b=1 %}"],
            ),
            (
                "{{< figure caption=\"$x_{1}$\" >}} and {% include a %}",
                "{{< figure caption=\"$x_{1}$\" >}} and {% include a %}",
                &["{{< figure caption=\"$x_{1}$\" >}}", "{% include a %}"],
            ),
            ("{ é } <b>", "{ é } <b>", &[]),
        ] {
            let (text, found) = convert(body, 5);
            let found: Vec<&str> = found.iter().map(|(_, code)| code.as_str()).collect();
            assert_eq!((text.as_str(), found.as_slice()), (converted, code));
        }
        assert_eq!(convert("a\n{{ b }}", 5).1, [(6, "{{ b }}".to_owned())]);
    }
}
