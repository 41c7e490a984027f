//! Text that is shown to people, in which nothing hides and nothing is obeyed by a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::visible::{is_annotation, is_invisible};

/// Whether a character is shown by nothing, or changes how its neighbours are shown: controls, separators of lines and
/// paragraphs, annotation marks, and invisible characters.
pub fn is_hidden(c: char) -> bool {
    c.is_control() || is_invisible(c) || is_annotation(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// `text` on one line, with each hidden character as an escape such as `\u{202e}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    escape(text, is_hidden, |c, out| {
        let _ = write!(out, "{}", c.escape_unicode());
    })
}

/// As [`escaped`], but with the tabs of a source line, which are shown as blanks.
pub fn escaped_source(text: &str) -> Cow<'_, str> {
    escape(
        text,
        |c| c != '\t' && is_hidden(c),
        |c, out| {
            let _ = write!(out, "{}", c.escape_unicode());
        },
    )
}

/// JSON that means the same, in which hidden characters are written as JSON escapes them. Line breaks stand between its
/// tokens, never in a string.
pub fn escaped_json(json: &str) -> Cow<'_, str> {
    escape(
        json,
        |c| c != '\n' && is_hidden(c),
        |c, out| {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        },
    )
}

fn escape(text: &str, is_escaped: impl Fn(char) -> bool, push: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(2 * text.len());
    for c in text.chars() {
        if is_escaped(c) {
            push(c, &mut shown);
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_every_kind_of_hidden_character() {
        let hidden = "\0\t\n\r\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{61c}\u{115f}\u{180e}\u{200b}\u{200d}\u{200e}\u{2028}\u{2029}\
                      \u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{3164}\u{fe0f}\u{feff}\u{fffb}\u{e0001}\u{e0041}\u{e007f}\u{e0100}";
        assert!(hidden.chars().all(is_hidden));
        assert!(escaped(hidden).is_ascii(), "{}", escaped(hidden));
        assert_eq!(escaped("a\u{202e}b\u{1b}[2J"), "a\\u{202e}b\\u{1b}[2J");
    }

    #[test]
    fn plain_text_of_any_script_stays_as_it_is() {
        for text in
            ["plain: \"text\" \\u{202e}", "é天文 عربي עברית हिन्दी ไทย 😀", "no\u{a0}break \u{fffd}", ""]
        {
            assert!(matches!(escaped(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn escaped_json_means_the_same() {
        let value = serde_json::json!({ "a\u{202e}": ["\u{e0041}\u{7f}\n", "é\u{200d}"] });
        let json = serde_json::to_string_pretty(&value).expect("JSON");
        let shown = escaped_json(&json);
        assert!(
            !shown.contains(|c| c != '\n' && is_hidden(c)) && shown.contains("\\udb40\\udc41"),
            "{shown}"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"), value);
    }
}
