//! The key `secured`, which belongs to another program, in any spelling.

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

use super::scan::is_line_break;

/// The key whose value is dropped at any depth, and whose lines are never displayed.
pub(super) const SECURED: &str = "secured";

/// Characters that separate a key from its value, and look-alikes.
const SEPARATORS: [char; 8] = [':', '=', '：', '﹕', '꞉', '∶', '＝', '﹦'];

/// Whether a key is `secured` or was probably meant to be: case, accents, spaces, punctuation,
/// look-alikes of other scripts, invisible characters and letter forms are ignored, and one letter
/// may be wrong, missing, added or swapped with the next. Without the space after the colon, or with
/// another separator, YAML takes the value for a part of the key: `{secured:x}`.
pub(super) fn is_secured(key: &str) -> bool {
    key == SECURED
        || has_letters(key) && (is_near(key) || before_separator(key).is_some_and(is_near))
}

/// Whether a text is `secured` with at most one mistake, without a prefilter.
fn is_near(key: &str) -> bool {
    mistakes(key).is_some_and(|mistakes| mistakes <= 1)
}

/// Whether lines hold the key at the beginning of a line, or after a brace as an entry in brackets.
/// A brace may be open before them.
pub(super) fn holds_secured(lines: &str, is_in_braces: bool) -> bool {
    let brace = if is_in_braces { Some(0) } else { lines.find('{') };
    let (outside, inside) = lines.split_at(brace.unwrap_or(lines.len()));
    let is_line_end = |c: char| is_line_break(c) || c == '\r';
    outside.split(is_line_end).any(begins_with_secured)
        || inside.split(|c| is_line_end(c) || matches!(c, '{' | '[' | ',')).any(begins_with_secured)
}

/// Whether an entry begins with the key and a separator, or with `?` and the key (YAML 1.2.2,
/// section 8.2.2). The key may have a tag and an anchor.
fn begins_with_secured(entry: &str) -> bool {
    let is_indicator = |c: char| c.is_whitespace() || matches!(c, '-' | '?');
    let key = without_properties(entry.trim_start_matches(is_indicator));
    let is_explicit = || entry.trim_start().starts_with('?') && is_near(key);
    before_separator(key).is_some_and(is_near) || is_explicit()
}

/// A node without its tag and anchor.
fn without_properties(node: &str) -> &str {
    let property = node.starts_with(['!', '&']).then(|| node.split_once(char::is_whitespace));
    property.flatten().map_or(node, |(_, rest)| without_properties(rest.trim_start()))
}

/// Whether a text ends with the key and its colon.
pub(super) fn is_after_secured(before: &str) -> bool {
    before.trim_end().strip_suffix(':').is_some_and(is_near)
}

/// The part of a key before the first separator that is not at its beginning.
fn before_separator(key: &str) -> Option<&str> {
    let is_before =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'') || SEPARATORS.contains(&c);
    key.trim_start_matches(is_before).split_once(SEPARATORS).map(|(name, _)| name)
}

/// Whether a key has all but one of the letters of `secured`. A cheap test before the comparison,
/// since all keys are checked.
fn has_letters(key: &str) -> bool {
    let set = |key: &str| key.bytes().fold(0_u32, |set, byte| set | 1 << (byte & 0x1f));
    !key.is_ascii() || (set(SECURED) & !set(key)).count_ones() <= 1
}

/// Whether a text, valid YAML or not, may contain the key, even with two mistakes.
pub(super) fn is_mentioned(text: &str) -> bool {
    let begins_key = |c: char| matches!(c, '{' | '[' | ',' | '"' | '\'' | '\n' | '\r');
    let is_key = |before_colon: &str| {
        let key =
            before_colon.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        let mistakes = key.rsplit(begins_key).next().and_then(mistakes);
        mistakes.is_some_and(|mistakes| mistakes <= 2)
    };
    text.contains(SECURED)
        || readings(text).any(|word| word.contains(SECURED))
        || text.split(SEPARATORS).any(is_key)
}

/// The letters and digits of a text in lower case, without accents, in compatibility form (Unicode,
/// NFKD), and in place of each form of a letter of `secured` that letter.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.nfkd().flat_map(char::to_lowercase).map(plain).filter(|c| c.is_alphanumeric())
}

/// The letters that have the names of other letters of `secured` in Unicode, such as "small capital
/// S", "R with tail" and "reversed E", and which neither NFKD nor UTS #39 maps to these.
const FORMS: [(char, &str); 6] = [
    ('s', "ȿʂᵴᶊꜱꞩꟊ𝼞"),
    ('e', "ǝɇɘᴇᶒⱸⱻꬴ"),
    ('c', "ƈȼɕᴄↄꜿꞓꞔ𝼝"),
    ('u', "ᴜᶙꞹꭎꭒʉ"),
    ('r', "ɍɹɺɻɼɽɾɿʀᴙᴚᵲᵳᶉⱹꞧꭆꭉꭨ𝼈𝼕𝼖"),
    ('d', "đƌȡɖɗᴅᵭᶁᶑꟈ"),
];

/// The first letters of the alphabets of symbols without a compatibility form: negative circled,
/// negative squared, and regional indicators.
const ALPHABETS: [u32; 3] = [0x1f150, 0x1f170, 0x1f1e6];

/// Maps forms of the letters of `secured` to the letters; keeps all other characters.
fn plain(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let place = |start: &u32| u32::from(c).checked_sub(*start).filter(|place| *place < 26);
    let symbol = ALPHABETS.iter().find_map(place).and_then(|place| ('a'..='z').nth(place as usize));
    let form = || FORMS.iter().find(|(_, forms)| forms.contains(c)).map(|(letter, _)| *letter);
    symbol.or_else(form).unwrap_or(c)
}

/// The letters of a text, and those of its confusable skeleton (UTS #39) if these may differ.
fn readings(text: &str) -> impl Iterator<Item = String> {
    let confusable = (!text.is_ascii()).then(|| skeleton(text).collect::<String>());
    let look_alikes = confusable.map(|text| letters(&text).collect());
    std::iter::once(letters(text).collect()).chain(look_alikes)
}

/// The number of mistakes in a key meant to be `secured`; `None` if the lengths differ too much.
fn mistakes(key: &str) -> Option<usize> {
    let has_length = |word: &String| word.chars().count().abs_diff(SECURED.len()) <= 2;
    let words = readings(key).filter(has_length);
    words.map(|word| strsim::damerau_levenshtein(&word, SECURED)).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secured_near_misses_are_recognized() {
        for key in [
            "secured",
            "Secured",
            "SECURED",
            "secured ",
            "secured\u{a0}",
            "\u{feff}secured",
            "sec\u{200b}ured",
            "se\u{ad}cured",
            "ｓｅｃｕｒｅｄ",
            "𝐬𝐞𝐜𝐮𝐫𝐞𝐝",
            "sécured",
            "ſecured",
            "_secured_",
            "\"secured\"",
            "se-cured",
            "s e c u r e d",
            "secrued",
            "secure",
            "Secures",
            "ecured",
            "esecured",
            "seсured",
            "secured2",
            "ѕесured",
            "ЅЕСURED",
            "ѕесυгеԁ",
            "ꜱᴇᴄᴜʀᴇᴅ",
            "ѕᴇсᴜʀᴇԁ",
            "ʂɇƈᶙɽǝđ",
            "SɆȻUⱤED",
            "🅢🅔🅒🅤🅡🅔🅓",
            "🆂🅴🅲🆄🆁🅴🅳",
            "🇸🇪🇨🇺🇷🇪🇩",
            "secured:x",
            "secured= x",
            "secrued=x",
            "ѕecured：x",
            "\"secured\":x",
            ":secured:x",
        ] {
            assert!(is_secured(key), "{key:?}");
            assert!(is_mentioned(&format!("a: {{{key}: x")), "{key:?}");
        }
        for key in [
            "",
            "sec",
            "title",
            "related",
            "secret",
            "obscured",
            "sequence",
            "security",
            "securedBy",
            "insecured",
            "ᴛɪᴛʟᴇ",
            "secret:secured",
            "other=secured",
        ] {
            assert!(!is_secured(key), "{key:?}");
        }
    }

    #[test]
    fn secured_prefilter_loses_no_near_miss() {
        let letters: Vec<char> = SECURED.chars().collect();
        for at in 0..letters.len() {
            let mut others = vec![letters.clone(), letters.clone(), letters.clone()];
            others[0].remove(at);
            others[1][at] = 'x';
            others[2].insert(at, 'x');
            if at > 0 {
                let mut swapped = letters.clone();
                swapped.swap(at - 1, at);
                others.push(swapped);
            }
            for other in others {
                assert!(is_secured(&other.iter().collect::<String>()), "{other:?}");
            }
        }
    }
}
