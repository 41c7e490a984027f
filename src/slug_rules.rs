//! How slugs spell the letters and signs of a language.

/// The rules of a language.
#[derive(Debug)]
pub struct Rules {
    /// The language: the first subtag of its tags.
    pub language: &'static str,
    /// Letters that are written with two, decomposed and in lower case. Other diacritics are dropped.
    pub letters: &'static [(&'static str, &'static str)],
    /// The word for `&`; empty if the sign only separates words.
    pub and: &'static str,
    /// The word for `%`, in the form that most numbers need; empty if the sign only separates words.
    pub percent: &'static str,
}

const NO_LETTERS: &[(&str, &str)] = &[];
const GERMAN: &[(&str, &str)] = &[("a\u{308}", "ae"), ("o\u{308}", "oe"), ("u\u{308}", "ue")];
const DANISH: &[(&str, &str)] = &[("a\u{30a}", "aa"), ("ø", "oe")];

/// The rules of English, and of the first version for all languages.
pub static ENGLISH: Rules = rules("en", NO_LETTERS, "and", "percent");

/// The rules of a language without its own: `&` and `%` have no word.
static OTHER: Rules = rules("", NO_LETTERS, "", "");

static LANGUAGES: [Rules; 38] = [
    rules("ar", NO_LETTERS, "و", "بالمئة"),
    rules("bg", NO_LETTERS, "и", "процента"),
    rules("ca", NO_LETTERS, "i", "per-cent"),
    rules("cs", NO_LETTERS, "a", "procent"),
    rules("da", DANISH, "og", "procent"),
    rules("de", GERMAN, "und", "prozent"),
    rules("el", NO_LETTERS, "και", "τοις-εκατό"),
    rules("es", NO_LETTERS, "y", "por-ciento"),
    rules("et", NO_LETTERS, "ja", "protsenti"),
    rules("fa", NO_LETTERS, "و", "درصد"),
    rules("fi", NO_LETTERS, "ja", "prosenttia"),
    rules("fr", NO_LETTERS, "et", "pour-cent"),
    rules("he", NO_LETTERS, "", "אחוז"),
    rules("hi", NO_LETTERS, "और", "प्रतिशत"),
    rules("hr", NO_LETTERS, "i", "posto"),
    rules("hu", NO_LETTERS, "es", "szazalek"),
    rules("id", NO_LETTERS, "dan", "persen"),
    rules("is", NO_LETTERS, "og", "prosent"),
    rules("it", NO_LETTERS, "e", "per-cento"),
    rules("ja", NO_LETTERS, "と", "パーセント"),
    rules("ko", NO_LETTERS, "및", "퍼센트"),
    rules("lt", NO_LETTERS, "ir", "procentu"),
    rules("lv", NO_LETTERS, "un", "procenti"),
    rules("nb", DANISH, "og", "prosent"),
    rules("nl", NO_LETTERS, "en", "procent"),
    rules("nn", DANISH, "og", "prosent"),
    rules("no", DANISH, "og", "prosent"),
    rules("pl", NO_LETTERS, "i", "procent"),
    rules("pt", NO_LETTERS, "e", "por-cento"),
    rules("ro", NO_LETTERS, "si", "la-suta"),
    rules("ru", NO_LETTERS, "и", "процентов"),
    rules("sk", NO_LETTERS, "a", "percent"),
    rules("sl", NO_LETTERS, "in", "odstotkov"),
    rules("sv", NO_LETTERS, "och", "procent"),
    rules("tr", NO_LETTERS, "ve", "yuzde"),
    rules("uk", NO_LETTERS, "та", "відсотків"),
    rules("vi", NO_LETTERS, "va", "phan-tram"),
    rules("zh", NO_LETTERS, "和", ""),
];

const fn rules(
    language: &'static str,
    letters: &'static [(&'static str, &'static str)],
    and: &'static str,
    percent: &'static str,
) -> Rules {
    Rules { language, letters, and, percent }
}

/// The rules of a language by its tag (BCP 47).
pub fn of_language(tag: &str) -> &'static Rules {
    let language = tag.split('-').next().expect("a split has a first part");
    let is_of = |rules: &&Rules| rules.language.eq_ignore_ascii_case(language);
    if is_of(&&ENGLISH) {
        return &ENGLISH;
    }
    LANGUAGES.iter().find(is_of).unwrap_or(&OTHER)
}

/// The rules of all languages that have some.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static Rules> {
    [&ENGLISH, &OTHER].into_iter().chain(&LANGUAGES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_a_language_follow_its_first_subtag() {
        for (tag, language) in
            [("de", "de"), ("de-CH", "de"), ("DE-at", "de"), ("en-GB", "en"), ("nb-NO", "nb")]
        {
            assert_eq!(of_language(tag).language, language);
        }
        for tag in ["tlh", "gsw", "i-klingon", "und-Arab", ""] {
            assert_eq!(of_language(tag).language, "", "{tag}");
        }
    }

    #[test]
    fn documented_rules_are_those_of_the_code() {
        let docs = include_str!("../docs/site-toml.md");
        for rules in all().filter(|rules| !rules.language.is_empty()) {
            let word =
                |word: &str| if word.is_empty() { String::new() } else { format!("`{word}`") };
            let row =
                format!("| `{}` | {} | {} |", rules.language, word(rules.and), word(rules.percent));
            assert!(docs.contains(&row), "{row}");
        }
    }
}
