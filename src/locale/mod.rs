//! What depends on a language: the words of the theme, dates, numbers and the direction of writing.

mod catalog;
mod dates;
mod direction;
mod numbers;
mod periods;
mod script;
mod tag;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use icu::decimal::DecimalFormatter;
use icu::properties::props::Script;

pub use catalog::{Argument, Catalog, CatalogError, ChangedWord};
pub use dates::{DateFormat, DateFormatter, DateLength};
pub use direction::Direction;
use numbers::decimals;
pub use periods::PeriodFormatter;
use script::{language_in_other_script, scripts_of};
use tag::{likely, parse};

/// Whether two tags (BCP 47) name one language in one script, such as `en` and `en-GB`, but not
/// `zh-CN` and `zh-TW`.
pub fn is_same_language(tag: &str, other: &str) -> bool {
    let [one, other] = [tag, other].map(|tag| likely(&parse(tag).id));
    (one.language, one.script) == (other.language, other.script)
}

/// The conventions of a language.
pub struct Locale {
    /// The language tag (BCP 47).
    tag: icu::locale::Locale,
    direction: Direction,
    catalog: Catalog,
    decimals: DecimalFormatter,
    /// The scripts in which the language is written.
    scripts: Vec<Script>,
}

impl Locale {
    /// The conventions of a language by its tag, with changed `words`. Tags without conventions of
    /// their own, such as `tlh`, have general ones.
    pub fn new(tag: &str, words: Vec<ChangedWord>) -> Self {
        let tag = parse(tag);
        let (direction, likely) = (Direction::of(&tag), likely(&tag.id));
        let catalog = Catalog::new(&likely, &tag, direction, words);
        let (decimals, scripts) = (decimals(&tag), scripts_of(&likely));
        Self { tag, direction, catalog, decimals, scripts }
    }

    /// The conventions of English.
    pub fn english() -> &'static Self {
        static ENGLISH: LazyLock<Locale> = LazyLock::new(|| Locale::new("en", Vec::new()));
        &ENGLISH
    }

    /// The direction of writing.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The language of a text in a script that this language does not use: a tag (BCP 47).
    pub fn language_in_other_script(&self, text: &str) -> Option<Cow<'static, str>> {
        language_in_other_script(text, &self.scripts)
    }

    /// Writes a whole number.
    pub fn number(&self, number: i64) -> String {
        self.decimals.format(&number.into()).to_string()
    }

    /// The words of the theme.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Writes days and times, the latter in strftime notation.
    pub fn dates(&self, day: &DateFormat, time: &str) -> DateFormatter {
        DateFormatter::new(&self.tag, day, time)
    }

    /// Writes months and years.
    pub fn periods(&self) -> PeriodFormatter {
        PeriodFormatter::new(&self.tag)
    }

    /// A word or sentence of the theme that has no variables.
    pub fn word(&self, key: &str) -> &str {
        self.catalog.word(key).expect("the program uses keys of the English catalogue")
    }

    /// A sentence of the theme with the texts of its variables.
    pub fn sentence<'a>(
        &self,
        key: &str,
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> String {
        let arguments = texts.into_iter().map(|(name, text)| (name, Argument::Text(text)));
        let sentence = self.catalog.message(key, arguments);
        sentence.expect("the program gives all variables to keys of the English catalogue")
    }

    /// The keys of words that are in English for lack of a translation.
    pub fn untranslated(&self) -> &[&'static str] {
        self.catalog.untranslated()
    }
}

/// The keys of all words of the theme.
pub fn word_keys() -> Vec<&'static str> {
    catalog::keys().collect()
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Locale").field(&self.tag.to_string()).finish()
    }
}
