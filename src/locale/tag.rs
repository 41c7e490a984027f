//! Language tags (BCP 47) in the terms of CLDR.

use icu::locale::subtags::{Script, script};
use icu::locale::{LanguageIdentifier, Locale, LocaleCanonicalizer, LocaleExpander};

/// Parses a tag, and replaces deprecated subtags. Tags in a form that CLDR does not know, such as
/// `i-klingon`, count as undetermined.
pub(super) fn parse(tag: &str) -> Locale {
    let mut tag = tag.parse().unwrap_or(Locale::UNKNOWN);
    LocaleCanonicalizer::new_common().canonicalize(&mut tag);
    tag.id.script = tag.id.script.map(encoded_script);
    tag
}

/// The script as characters are encoded, for variants that have codes of their own (ISO 15924), such
/// as Fraktur.
fn encoded_script(script: Script) -> Script {
    match script.as_str() {
        "Aran" => script!("Arab"),
        "Cyrs" => script!("Cyrl"),
        "Latf" | "Latg" => script!("Latn"),
        "Syre" | "Syrj" | "Syrn" => script!("Syrc"),
        _ => script,
    }
}

/// A language with its likely script and region (UTS #35, likely subtags).
pub(super) fn likely(language: &LanguageIdentifier) -> LanguageIdentifier {
    let mut likely = language.clone();
    LocaleExpander::new_common().maximize(&mut likely);
    likely
}
