//! Language tags (BCP 47) in the terms of CLDR.

use icu::locale::{LanguageIdentifier, Locale, LocaleCanonicalizer, LocaleExpander};

/// Parses a tag, and replaces deprecated subtags. Tags in a form that CLDR does not know, such as
/// `i-klingon`, count as undetermined.
pub(super) fn parse(tag: &str) -> Locale {
    let mut tag = tag.parse().unwrap_or(Locale::UNKNOWN);
    LocaleCanonicalizer::new_common().canonicalize(&mut tag);
    tag
}

/// A language with its likely script and region (UTS #35, likely subtags).
pub(super) fn likely(tag: &Locale) -> LanguageIdentifier {
    let mut likely = tag.id.clone();
    LocaleExpander::new_common().maximize(&mut likely);
    likely
}
