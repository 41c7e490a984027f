//! Guesses the word that a misspelt one stands for.

/// Whether a word can only be a misspelling of another one: they differ by case and separators, or
/// by a letter that is missing, added or swapped with the next one. A word with another letter may
/// be another word, and so may words of up to three letters.
pub fn is_misspelling(word: &str, meant: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let sorted = |text: &str| {
        let mut chars: Vec<char> = text.chars().collect();
        chars.sort_unstable();
        chars
    };
    let (of_word, of_meant) = (sorted(word), sorted(meant));
    let is_replaced = of_word.len() == of_meant.len() && of_word != of_meant;
    let has_slip = || !is_replaced && strsim::damerau_levenshtein(word, meant) == 1;
    of_meant.len() > 3 && (letters(word) == letters(meant) || has_slip())
}

/// The word of `known` closest to `word`, if it is close enough to be a likely typo.
pub fn closest_match<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate)
        })
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelling_differs_by_a_letter_or_by_separators() {
        for (word, meant) in [
            ("titel", "title"),
            ("web_url", "webUrl"),
            ("Excerpt", "excerpt"),
            ("qualty", "quality"),
            ("tiitle", "title"),
        ] {
            assert!(is_misspelling(word, meant), "{word}");
        }
        for (word, meant) in [
            ("pim", "pin"),
            ("tilte1", "title"),
            ("headline", "title"),
            ("store", "story"),
            ("head", "heat"),
        ] {
            assert!(!is_misspelling(word, meant), "{word}");
        }
    }

    #[test]
    fn closest_match_needs_a_small_distance() {
        assert_eq!(closest_match("per_pag", ["per_page", "permalink"]), Some("per_page"));
        assert_eq!(
            closest_match("publisheddatetime", ["publishedDateTime"]),
            Some("publishedDateTime")
        );
        assert_eq!(closest_match("zebra", ["per_page", "permalink"]), None);
    }
}
