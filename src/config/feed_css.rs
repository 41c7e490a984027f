//! What a site adds to the stylesheet of its feeds.

use std::fmt::Write as _;

use super::theme::Theme;
use crate::locale::{Direction, Locale};

impl Theme {
    /// These settings, the words at the top of a feed, and its direction: no selector of CSS sees the
    /// language of an RSS feed.
    pub fn feed_css(&self, locale: &Locale) -> String {
        let mut css = self.css();
        let direction = match locale.direction() {
            Direction::Ltr => "",
            Direction::Rtl => ";direction:rtl",
        };
        let note = quoted(locale.word("feed-note"));
        writeln!(css, ":root{{--note:{note}{direction}}}").expect("memory takes all text");
        css
    }
}

/// A text as a string of CSS (<https://www.w3.org/TR/css-syntax-3/#string-token-diagram>).
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '<') || c.is_control() {
            write!(quoted, "\\{:x} ", u32::from(c)).expect("memory takes all text");
        } else {
            quoted.push(c);
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn text_cannot_end_its_string() {
        for (text, expected) in [
            ("Ceci est un « flux ».", "\"Ceci est un « flux ».\""),
            ("a\"}b{", "\"a\\22 }b{\""),
            ("a\\", "\"a\\5c \""),
            ("a\nb", "\"a\\a b\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
