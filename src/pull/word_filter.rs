//! Which items of a source are taken, by their words.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The words that items need, and those that they may not have.
pub(super) struct WordFilter {
    include: Vec<String>,
    exclude: Vec<String>,
}

impl WordFilter {
    pub(super) fn new(include: &[String], exclude: &[String]) -> Self {
        let folded = |words: &[String]| words.iter().map(|word| folded(word)).collect();
        Self { include: folded(include), exclude: folded(exclude) }
    }

    /// Whether an item with this text is taken.
    pub(super) fn accepts(&self, text: &str) -> bool {
        if self.include.is_empty() && self.exclude.is_empty() {
            return true;
        }
        let text = folded(text);
        let has_any = |words: &[String]| words.iter().any(|word| has_word(&text, word));
        (self.include.is_empty() || has_any(&self.include)) && !has_any(&self.exclude)
    }
}

/// A text in lower case and normal form, with single spaces.
fn folded(text: &str) -> String {
    let lower: String = text.to_lowercase().nfc().collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text has a word or phrase, and not as a part of a longer word.
fn has_word(text: &str, word: &str) -> bool {
    let is_whole = |at: usize| {
        let (before, rest) = text.split_at(at);
        let behind = rest.get(word.len()..).unwrap_or_default();
        is_boundary(before.chars().next_back(), word.chars().next())
            && is_boundary(word.chars().next_back(), behind.chars().next())
    };
    text.match_indices(word).any(|(at, _)| is_whole(at))
}

/// Whether a word may end between two characters.
fn is_boundary(left: Option<char>, right: Option<char>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return true };
    let is_of_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    !is_of_word(left)
        || !is_of_word(right)
        || is_without_spaces(left)
        || is_without_spaces(right) && !is_combining_mark(right)
}

/// Whether a character is of a script that writes words without spaces between them, or, as Korean
/// does, with their endings.
fn is_without_spaces(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' // Thai, Lao
        | '\u{f00}'..='\u{fff}' // Tibetan
        | '\u{1000}'..='\u{109f}' // Myanmar
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{2e80}'..='\u{9fff}' // kana, Han
        | '\u{ac00}'..='\u{d7a3}' // Hangul
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_in_any_script_and_case() {
        for (word, text, expected) in [
            ("ferry", "The FERRY is back", true),
            ("ferry", "ferry", true),
            ("ferry", "Ferryman", false),
            ("ferry", "re-ferry-ing", true),
            ("port", "airport, ports", false),
            ("night  train", "The Night\ntrain returns", true),
            ("école", "L’ÉCOLE", true),
            ("école", "Ecole", false),
            ("cafe\u{301}", "Café", true),
            ("cafe", "Cafe\u{301}", false),
            ("порт", "Порт открыт", true),
            ("порт", "Портовый", false),
            ("港口", "新港口开放", true),
            ("항구", "항구가 열렸다", true),
            ("ท่าเรือ", "เปิดท่าเรือใหม่", true),
            ("C++", "News in C++, C# and Go", true),
            ("#rust", "All of #Rust!", true),
            ("bahn", "Autobahn", false),
            ("straße", "STRASSE", false),
            ("x", "", false),
        ] {
            let include = WordFilter::new(&[word.to_owned()], &[]);
            assert_eq!(include.accepts(text), expected, "{word}: {text}");
            let exclude = WordFilter::new(&[], &[word.to_owned()]);
            assert_eq!(exclude.accepts(text), !expected, "{word}: {text}");
        }
        let both = WordFilter::new(&["a".to_owned(), "b".to_owned()], &["c".to_owned()]);
        assert!(both.accepts("b") && !both.accepts("b c") && !both.accepts("d"));
    }
}
