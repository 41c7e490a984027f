//! Post-processing of rendered HTML: removes blank lines and escapes what the AMP validator
//! rejects.

use std::borrow::Cow;

use memchr::{memchr, memmem};

/// Removes blank lines outside `<pre>` and `<textarea>`.
pub(super) fn strip_blank_lines(html: &[u8]) -> Vec<u8> {
    let has_verbatim =
        memmem::find(html, b"<pre").or_else(|| memmem::find(html, b"<textarea")).is_some();
    let mut kept = Vec::with_capacity(html.len());
    let mut verbatim = false;
    for line in lines(html) {
        if verbatim || !line.trim_ascii_start().is_empty() {
            kept.extend_from_slice(line);
        }
        if has_verbatim {
            verbatim = ends_verbatim(line, verbatim);
        }
    }
    kept
}

/// The lines of a text, each with its end.
fn lines(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let end = memchr(b'\n', text).map_or(text.len(), |newline| newline + 1);
        let (line, rest) = text.split_at(end);
        text = rest;
        Some(line).filter(|line| !line.is_empty())
    })
}

/// A name that AMP URLs must not contain in any case, because AMP has a parameter of that name.
const AMP_SOURCE_ORIGIN: &str = "__amp_source_origin";

/// Escapes one byte in AMP page URLs that the AMP validator would reject. The URL stays equivalent
/// (RFC 3986, section 6.2.2.2).
pub(super) fn escape_amp_urls(html: &str) -> Cow<'_, str> {
    if !may_have_source_origin(html) {
        return html.into();
    }
    let mut out = String::with_capacity(html.len() + 16);
    let mut is_address = false;
    for (number, part) in html.split('"').enumerate() {
        if number > 0 {
            out.push('"');
        }
        out.push_str(&if is_address {
            escape_source_origin(part).into()
        } else {
            Cow::Borrowed(part)
        });
        is_address = !is_address && (part.ends_with(" href=") || part.ends_with(" src="));
    }
    out.into()
}

fn may_have_source_origin(html: &str) -> bool {
    html.match_indices("__").any(|(at, _)| has_source_origin(&html[at..]))
}

fn has_source_origin(text: &str) -> bool {
    text.get(..AMP_SOURCE_ORIGIN.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(AMP_SOURCE_ORIGIN))
}

fn escape_source_origin(address: &str) -> String {
    let mut out = String::with_capacity(address.len() + 2);
    for (at, c) in address.char_indices() {
        if has_source_origin(&address[at..]) { out.push_str("%5F") } else { out.push(c) }
    }
    out
}

/// Whether the text after `line` is verbatim, given whether it was before.
fn ends_verbatim(line: &[u8], verbatim: bool) -> bool {
    let last = |names: [&str; 2]| {
        names.iter().filter_map(|name| memmem::rfind(line, name.as_bytes())).max()
    };
    match (last(["<pre", "<textarea"]), last(["</pre", "</textarea"])) {
        (Some(opened), Some(closed)) => opened > closed,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => verbatim,
    }
}

#[cfg(test)]
mod tests {
    use super::{escape_amp_urls, strip_blank_lines};

    #[test]
    fn blank_lines_are_kept_in_verbatim_text_only() {
        for (html, kept) in [
            ("a\n\n \t\nb\n", "a\nb\n"),
            ("\n\na", "a"),
            ("<pre>a\n\nb</pre>\n\nc", "<pre>a\n\nb</pre>\nc"),
            (
                "<pre>a</pre>\n\n<textarea>\n\n</textarea>\n\n",
                "<pre>a</pre>\n<textarea>\n\n</textarea>\n",
            ),
        ] {
            assert_eq!(strip_blank_lines(html.as_bytes()), kept.as_bytes());
        }
    }

    #[test]
    fn amp_urls_escape_source_origin() {
        let html = escape_amp_urls(
            "<a title=\"__amp_source_origin\" href=\"/?__AMP_source_origin=x\">__amp_source_origin</a>",
        );
        let expected = "<a title=\"__amp_source_origin\" href=\"/?%5F_AMP_source_origin=x\">__amp_source_origin</a>";
        assert_eq!(html, expected);
        for html in ["<a href=\"/__a\">", "é__", "__é_amp_source_origin"] {
            assert_eq!(escape_amp_urls(html), html);
        }
    }
}
