//! JSON that is safe to embed in HTML.

use memchr::memchr2;
use serde::Serialize;

/// The first byte of U+2028 and U+2029 in UTF-8, and of other characters.
const LINE_SEPARATOR_LEAD: u8 = 0xe2;

/// Serializes a value as JSON that can be embedded in a script element: without `<`, U+2028 and
/// U+2029.
pub fn json_text(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("all keys of feeds and JSON-LD are texts");
    if memchr2(b'<', LINE_SEPARATOR_LEAD, text.as_bytes()).is_none() {
        return text;
    }
    // These characters occur only in strings, where an escape means the same.
    text.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_text_cannot_close_script() {
        let hostile = "</script><!--\u{2028}\"\\";
        let text = json_text(&[hostile]);
        assert_eq!(text, "[\"\\u003c/script>\\u003c!--\\u2028\\\"\\\\\"]");
        assert_eq!(serde_json::from_str::<[String; 1]>(&text).expect("JSON"), [hostile]);
    }
}
