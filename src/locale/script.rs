//! The script of a text, as far as it tells the language.

use std::borrow::Cow;

use icu::locale::LanguageIdentifier;
use icu::locale::subtags;
use icu::properties::CodePointMapData;
use icu::properties::props::Script;

/// Scripts that are mostly used by one language, with its tag.
const LANGUAGES: [(Script, &str); 22] = [
    (Script::Armenian, "hy"),
    (Script::Bengali, "bn"),
    (Script::Ethiopic, "am"),
    (Script::Georgian, "ka"),
    (Script::Greek, "el"),
    (Script::Gujarati, "gu"),
    (Script::Gurmukhi, "pa"),
    (Script::Han, "zh"),
    (Script::Hangul, "ko"),
    (Script::Hebrew, "he"),
    (Script::Hiragana, "ja"),
    (Script::Kannada, "kn"),
    (Script::Katakana, "ja"),
    (Script::Khmer, "km"),
    (Script::Lao, "lo"),
    (Script::Malayalam, "ml"),
    (Script::Myanmar, "my"),
    (Script::Sinhala, "si"),
    (Script::Tamil, "ta"),
    (Script::Telugu, "te"),
    (Script::Thai, "th"),
    (Script::Tibetan, "bo"),
];

/// The scripts in which a language, given with its likely script, is written.
pub(super) fn scripts_of(likely: &LanguageIdentifier) -> Vec<Script> {
    let Some(script) = likely.script else { return Vec::new() };
    match script.as_str() {
        "Jpan" => vec![Script::Han, Script::Hiragana, Script::Katakana],
        "Kore" => vec![Script::Han, Script::Hangul],
        "Hans" | "Hant" => vec![Script::Han],
        _ => vec![script.into()],
    }
}

/// The language of a text in none of these scripts: that of the script, or else one that is
/// undetermined but for the script (BCP 47, section 4.1), such as `und-Cyrl`.
pub(super) fn language_in_other_script(text: &str, known: &[Script]) -> Option<Cow<'static, str>> {
    if known.is_empty() || text.is_ascii() && known.contains(&Script::Latin) {
        return None;
    }
    let script = dominant_script(text).filter(|script| !known.contains(script))?;
    let language = LANGUAGES.iter().find(|(known, _)| *known == script);
    Some(match language {
        Some((_, tag)) => (*tag).into(),
        None => format!("und-{}", subtags::Script::from(script).as_str()).into(),
    })
}

/// The script of most letters. Kana mark a text as Japanese even if Han characters outnumber them.
fn dominant_script(text: &str) -> Option<Script> {
    let script_of = CodePointMapData::<Script>::new();
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for c in text.chars() {
        let script = script_of.get(c);
        if matches!(script, Script::Common | Script::Inherited | Script::Unknown) {
            continue;
        }
        match counts.iter_mut().find(|(counted, _)| *counted == script) {
            Some((_, count)) => *count += 1,
            None => counts.push((script, 1)),
        }
    }
    // The first of several scripts with as many letters decides.
    let (script, _) = counts.iter().rev().max_by_key(|(_, count)| *count)?;
    let kana =
        counts.iter().find(|(script, _)| matches!(*script, Script::Hiragana | Script::Katakana));
    match kana {
        Some((kana, _)) if *script == Script::Han => Some(*kana),
        _ => Some(*script),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tag::{likely, parse};
    use super::*;

    #[test]
    fn script_tells_the_language() {
        for (site, text, language) in [
            ("en", "Harbour reopens", None),
            ("en", "Café für Œuvre", None),
            ("en", "1984", None),
            ("en", "量子誤り訂正が進む", Some("ja")),
            ("en", "量子计算", Some("zh")),
            ("ja", "量子計算", None),
            ("zh-Hans", "量子誤り訂正が進む", Some("ja")),
            ("en", "OpenAI تطلق نموذجا جديدا", Some("und-Arab")),
            ("ar", "OpenAI تطلق نموذجا جديدا", None),
            ("ar", "OpenAI launches model", Some("und-Latn")),
            ("en", "Українська влада", Some("und-Cyrl")),
            ("ru", "Українська влада", None),
            ("en", "שלום", Some("he")),
            ("sr-Latn", "Добро", Some("und-Cyrl")),
            ("ko", "한국어 漢字", None),
            ("en", "ภาษาไทย", Some("th")),
            ("en", "𞤀𞤣𞤤𞤢𞤥", Some("und-Adlm")),
            ("tlh", "Harbour", None),
        ] {
            let known = scripts_of(&likely(&parse(site).id));
            assert_eq!(
                language_in_other_script(text, &known).as_deref(),
                language,
                "{site}: {text}"
            );
        }
    }
}
