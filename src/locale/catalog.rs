//! The words of the theme: catalogues in Fluent
//! (<https://projectfluent.org/fluent/guide/>), one for each language.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement};
use icu::decimal::DecimalFormatter;
use icu::locale::{LanguageIdentifier, Locale};
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;

use super::direction::Direction;
use super::numbers::decimals;
use super::tag;
use crate::diagnostic::closest_match;

macro_rules! catalogs {
    ($($tag:literal),* $(,)?) => {
        &[$(($tag, include_str!(concat!("../../locales/", $tag, ".ftl")))),*]
    };
}

/// The catalogues by language tag.
const CATALOGS: &[(&str, &str)] = catalogs!(
    "ar", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "id", "it", "ja", "ko",
    "nb", "nl", "pl", "pt", "pt-BR", "ru", "sv", "tr", "uk", "vi", "zh-Hans", "zh-Hant",
);

/// The language whose catalogue has all keys.
const ENGLISH: &str = "en";

/// The value of a variable of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument<'a> {
    Text(&'a str),
    /// A number, which is written by the rules of the language, and chooses plural forms.
    Number(f64),
}

/// Why a message cannot be formatted, or a word cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogError {
    /// There is no message with this key; perhaps another one is meant.
    UnknownKey(String, Option<&'static str>),
    /// The message needs a variable that it did not get.
    MissingArgument(String),
    /// The message uses what words of the theme cannot use.
    Unsupported(&'static str),
    /// The text is not a Fluent pattern.
    Syntax(String),
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey(key, None) => write!(f, "the theme has no word `{key}`"),
            Self::UnknownKey(key, Some(near)) => {
                write!(f, "the theme has no word `{key}`; did you mean `{near}`?")
            }
            Self::MissingArgument(name) => write!(f, "the variable `{name}` has no value"),
            Self::Unsupported(what) => write!(f, "words of the theme cannot use {what}"),
            Self::Syntax(reason) => write!(f, "this is not a Fluent pattern: {reason}"),
        }
    }
}

/// The messages of one language.
pub struct Catalog {
    bundle: FluentBundle<FluentResource>,
    /// The messages without variables.
    words: HashMap<String, String>,
    /// The keys of messages that are in English for lack of a translation.
    untranslated: Vec<&'static str>,
}

impl Catalog {
    /// The catalogue of a language, given with its `likely` subtags, else the English one; with
    /// changed `words`. Numbers and plural forms follow `locale`.
    pub(super) fn new(
        likely: &LanguageIdentifier,
        locale: &Locale,
        direction: Direction,
        words: Vec<ChangedWord>,
    ) -> Self {
        let tag = locale.id.to_string().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_formatter(Some(format_number));
        // Names in another script must not change the order of the words around them.
        bundle.set_use_isolating(direction == Direction::Rtl);
        let translation = catalog_of(&locale.id, likely);
        bundle.add_resource_overriding(embedded(english()));
        if let Some(translation) = translation {
            bundle.add_resource_overriding(embedded(translation));
        }
        let is_changed = |key: &&str| words.iter().any(|word| word.key == *key);
        let untranslated = match translation {
            Some(_) => Vec::new(),
            None => keys().filter(|key| !is_changed(key)).collect(),
        };
        for word in words {
            bundle.add_resource_overriding(word.resource);
        }
        let words = keys().filter_map(|key| {
            Some((key.to_owned(), format(&bundle, key, &FluentArgs::new()).ok()?))
        });
        let words = words.collect();
        Self { bundle, words, untranslated }
    }

    /// A message without variables.
    pub fn word(&self, key: &str) -> Option<&str> {
        self.words.get(key).map(String::as_str)
    }

    /// A message with the values of its variables.
    ///
    /// # Errors
    /// When there is no such message, or if a variable has no value.
    pub fn message<'a>(
        &self,
        key: &str,
        arguments: impl IntoIterator<Item = (&'a str, Argument<'a>)>,
    ) -> Result<String, CatalogError> {
        if let Some(word) = self.word(key) {
            return Ok(word.to_owned());
        }
        let value = |argument| match argument {
            Argument::Text(text) => FluentValue::from(text),
            Argument::Number(number) => FluentValue::from(number),
        };
        let arguments = arguments.into_iter().map(|(name, argument)| (name, value(argument)));
        format(&self.bundle, key, &arguments.collect())
    }

    /// The keys of messages that are in English for lack of a translation.
    pub(super) fn untranslated(&self) -> &[&'static str] {
        &self.untranslated
    }
}

/// The catalogue that fits a language best: that of its tag, of its region, of its likely script, or
/// that of the language alone if this is written in the same script. All forms of Norwegian are
/// written like Bokmål.
fn catalog_of(language: &LanguageIdentifier, likely: &LanguageIdentifier) -> Option<&'static str> {
    let subtag = likely.language.to_string();
    let subtag = if matches!(&*subtag, "no" | "nn") { "nb" } else { &*subtag };
    let of = |tag: String| CATALOGS.iter().find(|(name, _)| *name == tag).map(|(_, text)| *text);
    let part = |part: Option<String>| part.and_then(|part| of(format!("{subtag}-{part}")));
    of(language.to_string())
        .or_else(|| part(language.region.map(|region| region.to_string())))
        .or_else(|| part(likely.script.map(|script| script.to_string())))
        .or_else(|| of(subtag.to_owned()).filter(|_| is_in_usual_script(likely)))
}

/// Whether a language is written in its usual script.
fn is_in_usual_script(likely: &LanguageIdentifier) -> bool {
    let language = LanguageIdentifier { language: likely.language, ..LanguageIdentifier::UNKNOWN };
    tag::likely(&language).script == likely.script
}

fn english() -> &'static str {
    let english = CATALOGS.iter().find(|(name, _)| *name == ENGLISH);
    english.map(|(_, text)| *text).expect("English is among the catalogues")
}

fn embedded(text: &str) -> FluentResource {
    FluentResource::try_new(text.to_owned())
        .map_err(|(_, errors)| errors)
        .expect("a test parses all catalogues")
}

/// The messages of a resource, with their keys.
fn messages(resource: &FluentResource) -> impl Iterator<Item = (&str, &Message<&str>)> {
    resource.entries().filter_map(|entry| match entry {
        Entry::Message(message) => Some((message.id.name, message)),
        _ => None,
    })
}

/// The English catalogue, parsed.
static ENGLISH_MESSAGES: LazyLock<FluentResource> = LazyLock::new(|| embedded(english()));

/// The keys of all messages.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    messages(&ENGLISH_MESSAGES).map(|(key, _)| key)
}

/// The variables that the theme gives to each message: those of the English one.
static VARIABLES: LazyLock<HashMap<&str, BTreeSet<&str>>> = LazyLock::new(|| {
    let variables = |(key, message): (&'static str, &'static Message<&'static str>)| {
        let value = message.value.as_ref().expect("each message of the catalogue has a value");
        (key, Placeables::of(value).variables)
    };
    messages(&ENGLISH_MESSAGES).map(variables).collect()
});

/// The variables of a message.
fn variables_of(key: &str) -> Result<&'static BTreeSet<&'static str>, CatalogError> {
    let unknown = || CatalogError::UnknownKey(key.to_owned(), closest_match(key, keys()));
    VARIABLES.get(key).ok_or_else(unknown)
}

/// The maximum number of placeables in a changed message. Fluent itself gives up at 100.
const MAX_PLACEABLES: usize = 50;

/// A word that a site changes, which can be formatted in any catalogue.
#[derive(Debug)]
pub struct ChangedWord {
    key: String,
    /// The message by itself.
    resource: FluentResource,
}

impl ChangedWord {
    /// The word with this key of the catalogues as a Fluent pattern.
    ///
    /// # Errors
    /// When there is no such word, or if the pattern is invalid or uses what the theme does not give
    /// to it.
    pub fn parse(key: &str, pattern: &str) -> Result<Self, CatalogError> {
        let variables = variables_of(key)?;
        let indented = pattern.trim().replace('\n', "\n    ");
        let resource = FluentResource::try_new(format!("{key} = {indented}\n"));
        let resource = resource.map_err(|(_, errors)| {
            CatalogError::Syntax(errors.first().map(ToString::to_string).unwrap_or_default())
        })?;
        let value = {
            let mut messages = messages(&resource);
            let first = messages.next().filter(|(_, message)| message.attributes.is_empty());
            first
                .and_then(|(_, message)| message.value.as_ref())
                .filter(|_| messages.next().is_none())
        };
        let value = value.ok_or_else(|| {
            CatalogError::Syntax("a line looks like another message or an attribute".to_owned())
        })?;
        let placeables = Placeables::of(value);
        if let Some(name) = placeables.variables.iter().find(|name| !variables.contains(*name)) {
            return Err(CatalogError::MissingArgument((*name).to_owned()));
        }
        if let Some(what) = placeables.unsupported {
            return Err(CatalogError::Unsupported(what));
        }
        if placeables.count > MAX_PLACEABLES {
            return Err(CatalogError::Unsupported("so many placeables"));
        }
        Ok(Self { key: key.to_owned(), resource })
    }
}

/// What the placeables of a pattern contain, in all its variants.
#[derive(Default)]
struct Placeables<'p> {
    count: usize,
    variables: BTreeSet<&'p str>,
    /// What words of the theme cannot use, such as functions: nothing else can fail when the
    /// message is formatted.
    unsupported: Option<&'static str>,
}

impl<'p> Placeables<'p> {
    fn of(pattern: &'p Pattern<&'p str>) -> Self {
        let mut found = Self::default();
        found.read(pattern);
        found
    }

    fn read(&mut self, pattern: &'p Pattern<&'p str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.read_expression(expression);
            }
        }
    }

    fn read_expression(&mut self, expression: &'p Expression<&'p str>) {
        self.count += 1;
        match expression {
            Expression::Inline(inline) => self.read_inline(inline),
            Expression::Select { selector, variants } => {
                if !matches!(selector, InlineExpression::VariableReference { .. }) {
                    self.unsupported = Some("a selector that is not a variable");
                }
                self.read_inline(selector);
                for variant in variants {
                    self.read(&variant.value);
                }
            }
        }
    }

    fn read_inline(&mut self, inline: &'p InlineExpression<&'p str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name);
            }
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
            InlineExpression::Placeable { expression } => self.read_expression(expression),
            InlineExpression::FunctionReference { .. } => self.unsupported = Some("a function"),
            InlineExpression::MessageReference { .. } | InlineExpression::TermReference { .. } => {
                self.unsupported = Some("a reference to another message");
            }
        }
    }
}

/// Formats a message, whose only possible error is a missing variable.
fn format(
    bundle: &FluentBundle<FluentResource>,
    key: &str,
    arguments: &FluentArgs<'_>,
) -> Result<String, CatalogError> {
    let is_missing = |name: &&&str| arguments.get(**name).is_none();
    if let Some(name) = variables_of(key)?.iter().find(is_missing) {
        return Err(CatalogError::MissingArgument((*name).to_owned()));
    }
    let message = bundle.get_message(key).and_then(|message| message.value());
    let pattern = message.expect("each catalogue has all keys of the English one");
    let mut errors = Vec::new();
    Ok(bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned())
}

/// Writes numbers by the rules of the language.
struct Decimals(DecimalFormatter);

impl Memoizable for Decimals {
    type Args = ();
    type Error = ();

    fn construct(language: unic_langid::LanguageIdentifier, (): ()) -> Result<Self, ()> {
        let locale: Locale = language.to_string().parse().map_err(drop)?;
        Ok(Self(decimals(&locale)))
    }
}

fn format_number(value: &FluentValue<'_>, memoizer: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let decimal = number.as_string().parse().ok()?;
    let format = |decimals: &Decimals| decimals.0.format(&decimal).to_string();
    memoizer.with_try_get::<Decimals, _, _>((), format).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tag::{likely, parse};
    use super::*;

    fn catalog(tag: &str, words: &[(&str, &str)]) -> Result<Catalog, String> {
        let locale = parse(tag);
        let words: Vec<ChangedWord> = words
            .iter()
            .enumerate()
            .map(|(index, (key, text))| {
                ChangedWord::parse(key, text).map_err(|error| format!("{index}: {error}"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Catalog::new(&likely(&locale.id), &locale, Direction::Ltr, words))
    }

    fn message(catalog: &Catalog, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        catalog.message(key, arguments.iter().cloned()).expect("message")
    }

    #[test]
    fn all_catalogs_have_the_same_keys_and_variables() {
        let keys_of = |text: &str| -> Vec<String> {
            let lines = text.lines().filter_map(|line| line.split_once(" ="));
            let keys = lines.map(|(key, _)| key.to_owned());
            keys.filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase())).collect()
        };
        let comments = |text: &str| -> Vec<String> {
            text.lines().filter(|line| line.starts_with("##")).map(str::to_owned).collect()
        };
        for (tag, text) in CATALOGS {
            let resource = FluentResource::try_new((*text).to_owned()).expect(tag);
            assert_eq!(keys_of(text), keys().collect::<Vec<_>>(), "{tag}");
            assert_eq!(comments(text), comments(super::english()), "{tag}");
            let translated = catalog(tag, &[]).expect(tag);
            assert_eq!(translated.untranslated(), [""; 0], "{tag}");
            for key in keys() {
                let (_, entry) = messages(&resource).find(|(known, _)| *known == key).expect(key);
                let placeables = Placeables::of(entry.value.as_ref().expect(key));
                let names = variables_of(key).expect(key);
                assert_eq!(placeables.variables, *names, "{tag}: {key}");
                assert_eq!(placeables.unsupported, None, "{tag}: {key}");
                for name in names {
                    // A text chooses no plural form, so the default one shows it.
                    let value = |other: &str| if other == *name { "VALUE" } else { "OTHER" };
                    let values = names.iter().map(|other| (*other, Argument::Text(value(other))));
                    let text = translated.message(key, values).expect(tag);
                    assert!(text.contains("VALUE"), "{tag}: {key} {name}");
                }
                let values = names.iter().map(|name| (*name, Argument::Number(5.0)));
                let text = translated.message(key, values).expect(tag);
                // What stands between two names may end with a space.
                let is_trimmed = text.trim() == text || key.ends_with("-separator");
                assert!(is_trimmed && !text.is_empty(), "{tag}: {key} = {text:?}");
            }
        }
    }

    #[test]
    fn catalogs_have_the_plural_categories_of_their_language() {
        for (tag, text) in CATALOGS {
            let locale: Locale = tag.parse().expect("tag");
            let rules = icu::plurals::PluralRules::try_new_cardinal(locale.into()).expect("rules");
            let mut expected: Vec<String> =
                rules.categories().map(|category| format!("{category:?}").to_lowercase()).collect();
            expected.sort();
            // Each message with plural forms ends in a brace on a line of its own.
            for message in text.split("\n}") {
                let mut found: Vec<String> = message
                    .lines()
                    .map(|line| line.trim().trim_start_matches('*'))
                    .filter_map(|line| Some(line.strip_prefix('[')?.split_once(']')?.0.to_owned()))
                    .collect();
                found.sort();
                assert!(found.is_empty() || found == expected, "{tag}: {found:?}");
            }
        }
    }

    #[test]
    fn catalog_is_chosen_by_likely_subtags() {
        for (tag, word) in [
            ("de-AT", "Themen"),
            ("DE", "Themen"),
            ("pt", "Temas"),
            ("pt-AO", "Temas"),
            ("pt-BR", "Assuntos"),
            ("zh", "话题"),
            ("zh-TW", "話題"),
            ("zh-HK", "話題"),
            ("zh-Hans-HK", "话题"),
            ("nn", "Emner"),
            ("no", "Emner"),
            ("en-GB", "Topics"),
            ("iw", "נושאים"),
            ("tlh", "Topics"),
            ("hi-Latn", "Topics"),
            ("fa-Latn", "Topics"),
            ("de-Latf", "Themen"),
        ] {
            let catalog = catalog(tag, &[]).expect("catalog");
            let expected = catalog.word("topics").expect("word");
            assert_eq!(expected, word, "{tag}");
            assert_eq!(catalog.untranslated().is_empty(), expected != "Topics" || tag == "en-GB");
        }
    }

    #[test]
    fn numbers_and_plurals_follow_the_language() {
        let count = |tag: &str, number: f64| {
            let catalog = catalog(tag, &[]).expect("catalog");
            message(&catalog, "article-count", &[("count", Argument::Number(number))])
        };
        assert_eq!(count("en", 1.0), "1 article");
        assert_eq!(count("en", 12_345.0), "12,345 articles");
        assert_eq!(count("de", 12_345.0), "12.345 Artikel");
        assert_eq!(count("fa", 1234.0), "۱٬۲۳۴ مطلب");
        assert_ne!(count("ru", 2.0).replace('2', "5"), count("ru", 5.0));
    }

    #[test]
    fn words_can_be_changed() {
        let changed = catalog(
            "de",
            &[
                ("latest", "Frisch"),
                (
                    "article-count",
                    "{ $count ->\n    [one] ein Text\n   *[other] { $count } Texte\n}",
                ),
            ],
        );
        let changed = changed.expect("catalog");
        assert_eq!(changed.word("latest"), Some("Frisch"));
        assert_eq!(changed.word("topics"), Some("Themen"));
        let count = |number| ("count", Argument::Number(number));
        assert_eq!(message(&changed, "article-count", &[count(1.0)]), "ein Text");
        assert_eq!(message(&changed, "article-count", &[count(2.0)]), "2 Texte");
        let placeables = "{\"a\"}".repeat(51);
        for text in ["[Video]", "...more", "*x", "one\n\ntwo", "{\"{\"}"] {
            assert!(catalog("de", &[("video", text)]).is_ok(), "{text}");
        }
        for (key, text, error) in [
            ("latest", &*placeables, "0: words of the theme cannot use so many placeables"),
            ("latets", "x", "0: the theme has no word `latets`; did you mean `latest`?"),
            ("latest", "{ $name }", "0: the variable `name` has no value"),
            ("latest", "{ $", "0: this is not a Fluent pattern: "),
            ("footnote", "{ $number ->\n[one] a\n*[x] { $bad }\n}", "0: the variable `bad` "),
            ("video", "Film\n.title = gone", "0: this is not a Fluent pattern: a line looks"),
            ("latest", "{ NUMBER(1) }", "0: words of the theme cannot use a function"),
            ("latest", "{ 1 ->\n*[x] y\n}", "0: words of the theme cannot use a selector"),
            ("latest", "", "0: this is not a Fluent pattern: "),
            ("latest", "{ topics }", "0: words of the theme cannot use a reference"),
        ] {
            let found = catalog("de", &[(key, text)]).err().expect("error");
            assert!(found.starts_with(error), "{found}");
        }
    }
}
