//! Text that is valid in XML.

use std::borrow::Cow;

/// Removes characters that XML 1.0 does not allow (section 2.2).
pub(super) fn strip_illegal_chars(text: &str) -> Cow<'_, str> {
    // This fold is vectorized, because it does not stop early.
    if text.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~')) {
        return text.into();
    }
    let is_legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(is_legal) {
        text.into()
    } else {
        text.chars().filter(|c| is_legal(*c)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::strip_illegal_chars;

    #[test]
    fn illegal_xml_characters_are_removed() {
        assert_eq!(strip_illegal_chars("a\u{0}\u{b}\u{1b}\u{fffe}\u{ffff}\tb\n😀"), "a\tb\n😀");
    }
}
