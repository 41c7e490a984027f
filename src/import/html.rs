//! HTML in feeds, bookmarks and posts.

use html5ever::tokenizer::{TagKind, Token};

use crate::document::tokenize_html;

/// The address of the first link in HTML for which `is_wanted`.
pub(super) fn first_link(html: &str, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
    let mut found = None;
    tokenize_html(html, |token, _| {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
            && &*tag.name == "a"
            && let Some(href) = tag.attrs.iter().find(|attribute| &*attribute.name.local == "href")
            && found.is_none()
            && is_wanted(&href.value)
        {
            found = Some(href.value.to_string());
        }
    });
    found
}

/// HTML as one block of Markdown: Markdown ends a block of HTML at a blank line.
pub(super) fn block(html: &str) -> String {
    let mut block = String::from("<div>\n");
    let mut preformatted = false;
    for line in html.lines() {
        if preformatted && line.trim().is_empty() {
            block.push_str("&#10;");
        } else if !line.trim().is_empty() {
            block.push_str(if preformatted { line } else { line.trim() });
            block.push('\n');
        }
        let last = |tag: &str| line.to_ascii_lowercase().rfind(tag);
        match (last("<pre"), last("</pre")) {
            (Some(opens), closes) => preformatted = closes.is_none_or(|closes| closes < opens),
            (None, Some(_)) => preformatted = false,
            (None, None) => {}
        }
    }
    block.push_str("</div>");
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_one_block_of_markdown() {
        let html = "<p>One\n\n  two</p>\n<pre>a\n\nb</pre>\n\n<p>*</p>";
        assert_eq!(block(html), "<div>\n<p>One\ntwo</p>\n<pre>a\n&#10;b</pre>\n<p>*</p>\n</div>");
    }
}
