//! Left to right, or right to left.

use icu::locale::{Locale, LocaleDirectionality};
use serde::Serialize;

use super::tag::parse;

/// The direction of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The direction in which a language is written, by its tag (BCP 47).
    pub fn of_tag(tag: &str) -> Self {
        Self::of(&parse(tag))
    }

    /// The direction in which a language is written.
    pub(super) fn of(tag: &Locale) -> Self {
        if LocaleDirectionality::new_common().is_right_to_left(&tag.id) {
            Self::Rtl
        } else {
            Self::Ltr
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_follows_the_script() {
        for (tag, direction) in [
            ("en", Direction::Ltr),
            ("ar", Direction::Rtl),
            ("he", Direction::Rtl),
            ("fa-IR", Direction::Rtl),
            ("ur", Direction::Rtl),
            ("az-Arab", Direction::Rtl),
            ("ur-Aran", Direction::Rtl),
            ("de-Latf", Direction::Ltr),
            ("ar-Latn", Direction::Ltr),
            ("ja", Direction::Ltr),
            ("tlh", Direction::Ltr),
            ("i-klingon", Direction::Ltr),
        ] {
            assert_eq!(Direction::of(&parse(tag)), direction, "{tag}");
        }
    }
}
