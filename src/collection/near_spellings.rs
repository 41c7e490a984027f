//! Rare names that are probably misspelt frequent ones.

use std::cmp::Reverse;
use std::collections::HashMap;

/// Names of at most this many articles are rare.
pub(super) const RARE: usize = 2;

/// Names of at least this many articles are frequent.
pub(super) const FREQUENT: usize = 5;

/// The minimum length of names, in characters.
const MIN_LENGTH: usize = 4;

/// The minimum length of names with a slip: many short words are one letter apart.
const MIN_LENGTH_WITH_SLIP: usize = 8;

/// A name that a site uses.
#[derive(Clone, Copy, Debug)]
pub(super) struct UsedName<'a> {
    /// Its slug, or its domain.
    pub(super) text: &'a str,
    pub(super) articles: usize,
    /// Whether an editor has confirmed it, as by a file of its own.
    pub(super) is_confirmed: bool,
}

/// A rare name and the one that was probably meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NearSpelling<'a> {
    pub(super) rare: &'a str,
    pub(super) meant: &'a str,
    /// Whether no other name may have been meant.
    pub(super) is_only: bool,
}

/// The rare names that are the plural or singular of a frequent or confirmed one, or the same but for
/// one slip.
pub(super) fn near_spellings<'a>(names: &[UsedName<'a>]) -> Vec<NearSpelling<'a>> {
    let frequent = names.iter().filter(|name| name.articles >= FREQUENT || name.is_confirmed);
    let rare = names.iter().filter(|name| name.articles <= RARE && !name.is_confirmed);
    // Only rare names are looked up, and only frequent ones are indexed.
    let mut index: HashMap<String, Vec<UsedName<'a>>> = HashMap::new();
    for name in frequent.filter(|name| is_comparable(name.text)) {
        for form in forms(name.text) {
            let known = index.entry(form).or_default();
            if known.last().is_none_or(|last| last.text != name.text) {
                known.push(*name);
            }
        }
    }
    let meant = |rare: &UsedName<'a>| {
        let candidates = forms(rare.text).into_iter().filter_map(|form| index.get(&form)).flatten();
        let near = candidates.filter(|known| is_near(rare.text, known.text));
        let near: Vec<&UsedName<'a>> = near.collect();
        let best = near.iter().max_by_key(|known| (known.articles, Reverse(known.text)))?;
        let is_only = near.iter().all(|known| known.text == best.text);
        Some(NearSpelling { rare: rare.text, meant: best.text, is_only })
    };
    rare.filter(|name| is_comparable(name.text)).filter_map(meant).collect()
}

/// Whether a letter more or less is probably a slip: not in scripts whose signs are syllables or
/// words.
fn is_comparable(name: &str) -> bool {
    name.chars().count() >= MIN_LENGTH && !name.chars().any(is_dense)
}

/// Whether a character is a syllable or a word: Hiragana, Han, Hangul.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{309f}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The forms by which near names are found: the name, its stem, and the name without each of its
/// characters. Two names that differ by one slip share a form.
fn forms(name: &str) -> Vec<String> {
    let mut forms = vec![name.to_owned(), stem(name)];
    forms.extend(name.char_indices().map(|(at, c)| {
        let (before, rest) = name.split_at(at);
        [before, rest.get(c.len_utf8()..).unwrap_or_default()].concat()
    }));
    forms
}

/// A word without the ending of the English plural, also if it is misspelt: `cities` and `citys`
/// are `city`.
fn stem(name: &str) -> String {
    match name.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => name.strip_suffix('s').unwrap_or(name).to_owned(),
    }
}

/// Whether two domains differ only in the label before the same public suffix, and there only by a
/// slip.
pub(super) fn are_near_domains(rare: &str, frequent: &str) -> bool {
    let ((rare, rare_suffix), (frequent, suffix)) = (label(rare), label(frequent));
    rare_suffix == suffix && is_near(rare, frequent)
}

/// The label of a domain before its public suffix, and the suffix. A short label before the last
/// one, as in `co.uk`, is taken for a part of the suffix.
fn label(domain: &str) -> (&str, &str) {
    let dots = domain.rmatch_indices('.').map(|(at, _)| at);
    let ends: Vec<usize> = dots.take(3).collect();
    let (before, suffix) = match *ends.as_slice() {
        [last, second, ..] if last - second <= 4 => domain.split_at(second),
        [last, ..] => domain.split_at(last),
        [] => (domain, ""),
    };
    (before.rsplit('.').next().unwrap_or(before), suffix)
}

fn is_near(rare: &str, frequent: &str) -> bool {
    let digits = |name: &str| name.chars().filter(|c| c.is_numeric()).collect::<String>();
    rare != frequent
        && digits(rare) == digits(frequent)
        && !differ_in_counters(rare, frequent)
        && (stem(rare) == stem(frequent) || has_slip(rare, frequent))
}

/// Whether names differ in a letter or a Roman number that tells them apart: `hepatitis-b` and
/// `hepatitis-c`.
fn differ_in_counters(rare: &str, frequent: &str) -> bool {
    let is_counter = |word: &str| {
        word.chars().count() == 1 || word.chars().all(|c| matches!(c, 'i' | 'v' | 'x'))
    };
    let mut words = rare.split('-').zip(frequent.split('-'));
    words.any(|(one, other)| one != other && is_counter(one) && is_counter(other))
}

fn has_slip(rare: &str, frequent: &str) -> bool {
    frequent.chars().count() >= MIN_LENGTH_WITH_SLIP
        && rare.chars().next() == frequent.chars().next()
        && strsim::damerau_levenshtein(rare, frequent) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name that is found for a rare one among frequent ones.
    fn meant<'a>(rare: &'a str, frequent: &'a str) -> Option<&'a str> {
        let names = [
            UsedName { text: rare, articles: 2, is_confirmed: false },
            UsedName { text: frequent, articles: 5, is_confirmed: false },
        ];
        near_spellings(&names).first().map(|near| near.meant)
    }

    #[test]
    fn misspelt_names_are_near_the_right_ones() {
        for (rare, frequent) in [
            ("citys", "cities"),
            ("city", "cities"),
            ("ports", "port"),
            ("eletions", "elections"),
            ("elecitons", "elections"),
            ("electtions", "elections"),
            ("elactions", "elections"),
            ("women-s-rights", "womens-rights"),
            ("world-wra-i", "world-war-i"),
            ("artificial-inteligence", "artificial-intelligence"),
            ("електрика", "електріка"),
            ("コンピュータネットワク", "コンピュータネットワーク"),
            ("περιβαλον", "περιβαλλον"),
        ] {
            assert_eq!(meant(rare, frequent), Some(frequent), "{rare}");
        }
    }

    #[test]
    fn other_names_are_not_near() {
        for (rare, frequent) in [
            ("climate", "climate"),
            ("cars", "bars"),
            ("budget-2025", "budget-2026"),
            ("covid-19", "covid-20"),
            ("hepatitis-b", "hepatitis-c"),
            ("world-war-i", "world-war-ii"),
            ("carbon", "cargo"),
            ("police", "policy"),
            ("trade", "trace"),
            ("wealth", "health"),
            ("abcnews.com", "nbcnews.com"),
            ("sessions", "missions"),
            ("量子計算機学", "量子計算機術"),
            ("인공지능학", "인공지능법"),
            ("ai", "a"),
        ] {
            assert_eq!(meant(rare, frequent), None, "{rare}");
        }
    }

    #[test]
    fn confirmed_names_are_meant_even_if_rare() {
        let name = |text, articles, is_confirmed| UsedName { text, articles, is_confirmed };
        let mut names = vec![name("citys", 2, false), name("cities", 0, true)];
        let near = NearSpelling { rare: "citys", meant: "cities", is_only: true };
        assert_eq!(near_spellings(&names), [near]);
        names.push(name("city", 5, false));
        let near = NearSpelling { rare: "citys", meant: "city", is_only: false };
        assert_eq!(near_spellings(&names), [near]);
    }

    #[test]
    fn only_rare_and_unconfirmed_names_are_reported() {
        let name = |text, articles, is_confirmed| UsedName { text, articles, is_confirmed };
        for (rare, frequent, is_found) in [
            ((2, false), 5, true),
            ((3, false), 5, false),
            ((2, true), 5, false),
            ((2, false), 4, false),
        ] {
            let names = [name("citys", rare.0, rare.1), name("cities", frequent, false)];
            assert_eq!(!near_spellings(&names).is_empty(), is_found, "{rare:?} {frequent}");
        }
    }

    #[test]
    fn near_domains_differ_before_the_public_suffix() {
        for (rare, frequent, expected) in [
            ("porvider.example", "provider.example", true),
            ("povider.example", "provider.example", true),
            ("harbour-post.example", "harbor-post.example", true),
            ("harbor-pots.co.example", "harbor-post.co.example", true),
            ("provider.co", "provider.com", false),
            ("abcnews.com", "nbcnews.com", false),
            ("bbcnews.com", "bbsnews.com", false),
            ("blog.a.example", "blog.b.example", false),
        ] {
            assert_eq!(are_near_domains(rare, frequent), expected, "{rare}");
        }
    }
}
