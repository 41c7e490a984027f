//! Detects invisible characters and texts without visible content.

use unicode_normalization::char::is_combining_mark;

/// Whether a text has no visible character: only white space, control and format characters,
/// fillers, and marks without a base letter.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| !c.is_ascii_graphic() && shows_nothing(c))
}

fn shows_nothing(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_combining_mark(c)
        || is_invisible(c)
        || is_annotation(c)
        || is_joiner(c)
        || is_spanning_sign(c)
        || is_filler(c)
}

/// Whether a character is invisible by itself, so that programs may omit it: bidirectional
/// controls, zero-width characters, fillers, variation selectors, tags
/// (`Default_Ignorable_Code_Point` in
/// <https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt>).
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character annotates the text around it (Unicode, section 23.8).
#[must_use]
pub fn is_annotation(c: char) -> bool {
    matches!(c, '\u{fff9}'..='\u{fffb}')
}

/// Whether a code point is a noncharacter (Unicode, section 23.7).
#[must_use]
pub fn is_noncharacter(c: char) -> bool {
    u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// Whether a character only joins or arranges its neighbours: the characters that Unicode names
/// joiners, and the format characters (`Cf`), unless they are [invisible](is_invisible),
/// [annotations](is_annotation) or signs.
#[must_use]
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{2d7f}' | '\u{1107f}' | '\u{13430}'..='\u{13440}')
}

/// Signs that span or modify surrounding text (`Prepended_Concatenation_Mark`, and the marks of
/// Egyptian hieroglyphs).
fn is_spanning_sign(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13441}'..='\u{1345f}')
}

/// Whether a character is a symbol that looks like a space.
#[must_use]
pub fn is_filler(c: char) -> bool {
    matches!(c, '\u{2800}' | '\u{fffc}' | '\u{13441}' | '\u{13442}' | '\u{16fe4}' | '\u{1d159}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_blank_for_invisible_characters() {
        for text in [
            "",
            " \t\u{a0}\u{3000}\u{2028}\u{85}",
            "\u{200b}",
            "\u{2060}\u{ad}\u{34f}",
            "\u{3164}",
            "\u{ffa0}\u{115f}\u{1160}",
            "\u{200e}\u{200f}\u{202e}\u{2066}\u{61c}",
            "\u{301}\u{20dd}\u{903}\u{fe0f}",
            "\u{e0001}\u{e0041}\u{e007f}",
            "\u{2800}\u{feff}\u{fffc}",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn is_blank_is_false_for_visible_characters() {
        for text in [
            "a",
            "—",
            "?",
            "0",
            "\u{200b}x",
            "é",
            "e\u{301}",
            "ि क",
            "天",
            "🎉",
            "👩\u{200d}🚀",
            "\u{fffd}",
        ] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
