//! Numbers in the conventions of a language.

use icu::decimal::DecimalFormatter;
use icu::decimal::options::DecimalFormatterOptions;
use icu::locale::Locale;

/// Writes decimal numbers, with the digits and separators of a language.
pub(super) fn decimals(locale: &Locale) -> DecimalFormatter {
    DecimalFormatter::try_new(locale.into(), DecimalFormatterOptions::default())
        .expect("the compiled data has a fallback for all languages")
}
