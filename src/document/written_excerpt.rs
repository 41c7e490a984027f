//! Cleans up excerpts that programs have copied: some are uninformative, and some are cut off.

use crate::http_url::HttpUrl;

/// The minimum length in characters at which an excerpt without a final punctuation mark is taken
/// for a text that was cut off. Shorter ones may be written so.
const MIN_CUT_LENGTH: usize = 100;

/// The reason to ignore an excerpt, as a predicate: `repeats the title`.
pub(crate) fn reason_to_ignore(excerpt: &str, title: &str) -> Option<&'static str> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    if !plain(excerpt).is_empty() && plain(title).starts_with(&plain(excerpt)) {
        return Some("repeats the title");
    }
    if !excerpt.contains(char::is_whitespace) && HttpUrl::parse(excerpt).is_ok() {
        return Some("is only an address");
    }
    let is_few_words = excerpt.split_whitespace().count() < 3;
    (is_few_words && !has_words_without_spaces(excerpt) && ends_openly(excerpt))
        .then_some("has fewer than three words")
}

/// An excerpt that ends with an ellipsis where it was cut off.
pub(super) fn with_ellipsis(excerpt: String) -> String {
    let is_long = excerpt.chars().nth(MIN_CUT_LENGTH - 1).is_some();
    let is_address =
        || excerpt.split_whitespace().next_back().is_some_and(|word| HttpUrl::parse(word).is_ok());
    if !is_long || !ends_openly(&excerpt) || ends_without_mark(&excerpt) || is_address() {
        return excerpt;
    }
    let end = excerpt.trim_end_matches(|c: char| c.is_whitespace() || ",;:-–—&(".contains(c));
    format!("{end}…")
}

/// Whether a text ends with a letter, a digit or a punctuation mark that something follows.
fn ends_openly(text: &str) -> bool {
    let last = text.trim_end().chars().next_back();
    last.is_some_and(|c| c.is_alphanumeric() || ",;:-–—&(".contains(c))
}

/// Whether a text ends in a script that has no full stop: Thai or Lao.
fn ends_without_mark(text: &str) -> bool {
    text.trim_end().ends_with(|c| ('\u{e00}'..='\u{eff}').contains(&c))
}

/// Whether a text is in a script that does not separate words by spaces. All of these are encoded
/// from Thai on, as are some others.
fn has_words_without_spaces(text: &str) -> bool {
    text.chars().filter(|c| *c >= '\u{e00}' && c.is_alphabetic()).count() >= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uninformative_excerpts_are_recognized() {
        for (excerpt, reason) in [
            ("Harbour reopens after storm", Some("repeats the title")),
            ("harbour reopens after storm!", Some("repeats the title")),
            ("Harbour reopens", Some("repeats the title")),
            ("https://www.harbourpost.example/2026/x", Some("is only an address")),
            ("na", Some("has fewer than three words")),
            ("N/A", Some("has fewer than three words")),
            ("English", Some("has fewer than three words")),
            ("Ships return.", None),
            ("Ships return again", None),
            ("Harbour reopens after storm, with fewer ships", None),
            ("港は嵐の後に再開した", None),
            ("東京", Some("has fewer than three words")),
            ("See https://a.example/", None),
            ("…", None),
            ("!", None),
        ] {
            assert_eq!(
                reason_to_ignore(excerpt, "Harbour reopens after storm"),
                reason,
                "{excerpt}"
            );
        }
    }

    #[test]
    fn excerpts_that_are_cut_off_end_with_an_ellipsis() {
        let long = "word ".repeat(30);
        for (excerpt, end) in [
            (format!("{long}across Power"), "Power…"),
            (format!("{long}across Power,"), "Power…"),
            (format!("{long}across Power –"), "Power…"),
            (format!("{long}across Power."), "Power."),
            (format!("{long}across Power…"), "Power…"),
            (format!("{long}across Power..."), "Power..."),
            (format!("{long}across “Power”"), "“Power”"),
            (format!("{long}across (Power)"), "(Power)"),
            (format!("{}港", "港".repeat(120)), "港…"),
            ("Ships, explained".to_owned(), "explained"),
            (format!("{long}at https://a.example/x"), "/x"),
            ("ผู้คนมารอรับเรือที่ท่าเรือ".repeat(5), "ท่าเรือ"),
        ] {
            assert!(with_ellipsis(excerpt).ends_with(end), "{end}");
        }
    }
}
