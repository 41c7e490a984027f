//! The HTML of a body as AMP allows it.

use super::body;

/// AMP takes a `<summary>` only as a child of `<details>`, where strangers need not put it.
const NOT_IN_AMP: [&str; 2] = ["details", "summary"];

/// The HTML of [`body::to_html`], always cleaned, with `<amp-img>` in the place of each `<img>`
/// (<https://amp.dev/documentation/components/amp-img>).
pub fn to_html(markdown: &str, root: &str) -> String {
    let html = body::to_clean_html(markdown, root, &NOT_IN_AMP);
    // Cleaned HTML has no `<` and `>` but those of tags.
    let mut parts = html.split("<img");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (attributes, after) = part.split_once('>').unwrap_or((part, ""));
        out.push_str(&picture(attributes));
        out.push_str(after);
    }
    out
}

/// A picture of which no size is known gets the one of its frame.
fn picture(attributes: &str) -> String {
    let alt = attribute(attributes, "alt").unwrap_or("");
    let Some(source) = attribute(attributes, "src") else {
        return html_escape::encode_text(&html_escape::decode_html_entities(alt)).into_owned();
    };
    let size = |name| attribute(attributes, name)?.parse::<u16>().ok().filter(|size| *size > 0);
    match (size("width"), size("height")) {
        (Some(width), Some(height)) => format!(
            r#"<amp-img src="{source}" alt="{alt}" width="{width}" height="{height}" layout="intrinsic" {REFERRER}></amp-img>"#
        ),
        _ => format!(
            r#"<span class="unsized"><amp-img src="{source}" alt="{alt}" layout="fill" {REFERRER}></amp-img></span>"#
        ),
    }
}

/// Who sends a picture need not know who reads what.
const REFERRER: &str = r#"referrerpolicy="no-referrer""#;

/// The value of an attribute, as it is written.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = attributes.split('"');
    while let (Some(before), Some(value)) = (parts.next(), parts.next()) {
        if before.trim().strip_suffix('=') == Some(name) {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn pictures_become_those_of_amp() {
        for (markdown, html) in [
            (
                "![a \"b\" \\<c>](/x.jpg)",
                r#"<p><span class="unsized"><amp-img src="/news/x.jpg" alt="a &quot;b&quot; &lt;c&gt;" layout="fill" referrerpolicy="no-referrer"></amp-img></span></p>"#,
            ),
            (
                "a <img alt='<img src=x>' height=30 width=40 src='https://a.example/?a&b'> b",
                r#"<p>a <amp-img src="https://a.example/?a&amp;b" alt="&lt;img src=x&gt;" width="40" height="30" layout="intrinsic" referrerpolicy="no-referrer"></amp-img> b</p>"#,
            ),
            (
                "<img src=/x.jpg width=40 height=50%>",
                r#"<span class="unsized"><amp-img src="/news/x.jpg" alt="" layout="fill" referrerpolicy="no-referrer"></amp-img></span>"#,
            ),
            ("a <img src='javascript:x' alt='<b>'>", "<p>a &lt;b&gt;</p>"),
            ("a < b > c", "<p>a &lt; b &gt; c</p>"),
            ("<details><summary>a</summary><b>b</b></details>", "a<b>b</b>"),
        ] {
            assert_eq!(to_html(markdown, "/news/").trim_end(), html, "{markdown}");
        }
    }

    #[test]
    fn nothing_of_a_body_may_be_a_class_of_amp() {
        let html = to_html("```i-amphtml-x\na\n```\n", "/");
        assert_eq!(html, "<pre><code>a\n</code></pre>\n");
    }
}
