//! Code of templates in the bodies of posts: includes, shortcodes, tags and variables. What only
//! quotes or prefixes text is converted; the rest stays as text and is reported.

use crate::document::template_code_at;

/// A body without code that can be converted, and the lines with code that cannot: their numbers,
/// from `first_line`, and the code.
pub(super) fn convert(body: &str, first_line: usize) -> (String, Vec<(usize, String)>) {
    let mut converted = String::with_capacity(body.len());
    let mut code = Vec::new();
    let mut fence: Option<String> = None;
    for (number, line) in (first_line..).zip(body.split_inclusive('\n')) {
        let marks = line.trim_start();
        let marks: String = marks.chars().take_while(|c| matches!(c, '`' | '~')).collect();
        match &fence {
            Some(open) if marks.starts_with(open.as_str()) => fence = None,
            None if marks.len() >= 3 => fence = Some(marks),
            None if line.contains(['{', '<']) => {
                let line = converted_line(line);
                code.extend(code_of_line(&line).into_iter().map(|code| (number, code)));
                converted.push_str(&line);
                continue;
            }
            _ => {}
        }
        converted.push_str(line);
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

/// The maximum length of code in characters: each sign that may begin some is followed that far.
const MAX_CODE: usize = 1000;

fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(MAX_CODE).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}

/// The code of a line that newsgen shows as text. Attributes of Kramdown count, too.
fn code_of_line(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('{') {
        rest = rest.get(at..).unwrap_or_default();
        let length = match template_code_at(rest) {
            Some((_, length)) => Some(length),
            None if rest.starts_with("{{") || rest.starts_with("{%") => Some(rest.trim_end().len()),
            None if rest.starts_with("{:") => beginning(rest).find('}').map(|end| end + 1),
            None => None,
        };
        found.extend(length.and_then(|length| rest.get(..length)).map(str::to_owned));
        rest = rest.get(length.unwrap_or(1)..).unwrap_or_default();
    }
    found
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
            ("{% include a.html\n  b=1 %}", "{% include a.html\n  b=1 %}", &["{% include a.html"]),
            ("{ é } <b>", "{ é } <b>", &[]),
        ] {
            let (text, found) = convert(body, 5);
            let found: Vec<&str> = found.iter().map(|(_, code)| code.as_str()).collect();
            assert_eq!((text.as_str(), found.as_slice()), (converted, code));
        }
        assert_eq!(convert("a\n{{ b }}", 5).1, [(6, "{{ b }}".to_owned())]);
    }
}
