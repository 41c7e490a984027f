//! Language tags (BCP 47), checked against the registry of subtags.
//!
//! `language_subtags.txt` holds the subtags of IANA's registry
//! (<https://www.iana.org/assignments/language-subtag-registry>, of 2025-08-25) in small letters,
//! as the npm package `language-subtag-registry` 0.4.2 has them. It was made in the folder of the
//! unpacked package by
//!
//! ```sh
//! python3 -c '
//! import itertools, json, textwrap
//! def each(subtag):
//!     first, _, last = subtag.lower().partition("..")
//!     letters = "abcdefghijklmnopqrstuvwxyz"
//!     codes = map("".join, itertools.product(letters, repeat=len(first))) if last else [first]
//!     return [code for code in codes if first <= code <= (last or first)]
//! entries = json.load(open("data/json/registry.json"))
//! for kind in ["language", "extlang", "script", "region", "variant"]:
//!     codes = {code for entry in entries if entry["Type"] == kind for code in each(entry["Subtag"])}
//!     print(kind, textwrap.fill(" ".join(sorted(codes)), 110), sep="\n", end="\n\n" if kind != "variant" else "\n")
//! '
//! ```

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::diagnostic::Code;
use crate::node::{Node, Problem};

/// The kinds of subtags after the language, in order.
const KINDS: [Kind; 4] = [
    Kind {
        name: "extlang",
        label: "an extension of this language",
        has_form: |part| is_alphabetic(part, 3),
    },
    Kind { name: "script", label: "a script", has_form: |part| is_alphabetic(part, 4) },
    Kind {
        name: "region",
        label: "a region",
        has_form: |part| {
            is_alphabetic(part, 2)
                || part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit())
        },
    },
    Kind {
        name: "variant",
        label: "a variant",
        has_form: |part| {
            matches!(part.len(), 5..=8)
                || part.len() == 4 && part.starts_with(|c: char| c.is_ascii_digit())
        },
    },
];

/// The tags that were registered as a whole, most of them in another form (RFC 5646, section
/// 2.2.8).
const GRANDFATHERED: [&str; 26] = [
    "art-lojban",
    "cel-gaulish",
    "en-gb-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "no-bok",
    "no-nyn",
    "sgn-be-fr",
    "sgn-be-nl",
    "sgn-ch-de",
    "zh-guoyu",
    "zh-hakka",
    "zh-min",
    "zh-min-nan",
    "zh-xiang",
];

/// The English names of some languages, with their tags.
const NAMES: [(&str, &str); 26] = [
    ("arabic", "ar"),
    ("chinese", "zh"),
    ("czech", "cs"),
    ("danish", "da"),
    ("dutch", "nl"),
    ("english", "en"),
    ("finnish", "fi"),
    ("french", "fr"),
    ("german", "de"),
    ("greek", "el"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("indonesian", "id"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("norwegian", "nb"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("russian", "ru"),
    ("spanish", "es"),
    ("swedish", "sv"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("vietnamese", "vi"),
];

struct Kind {
    name: &'static str,
    label: &'static str,
    has_form: fn(&str) -> bool,
}

static REGISTRY: LazyLock<HashMap<&str, HashSet<&str>>> = LazyLock::new(|| {
    let kinds = include_str!("language_subtags.txt").split("\n\n");
    let kinds = kinds.filter_map(|kind| kind.split_once('\n'));
    kinds.map(|(name, subtags)| (name, subtags.split_ascii_whitespace().collect())).collect()
});

fn is_registered(kind: &str, subtag: &str) -> bool {
    REGISTRY.get(kind).is_some_and(|subtags| subtags.contains(subtag))
}

fn is_alphabetic(part: &str, length: usize) -> bool {
    part.len() == length && part.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Whether a text is a language tag with registered subtags.
pub fn is_language(tag: &str) -> bool {
    check(tag).is_ok()
}

/// Reads a tag.
///
/// # Errors
/// When it is not one, or has a subtag that is not registered.
pub fn parse(node: Node<'_>, key: &str) -> Result<String, Problem> {
    let at = node.at;
    let text = node.text(key)?;
    let Err(reason) = check(&text) else { return Ok(text.into_owned()) };
    let problem = Problem::new(Code::InvalidLanguage, at, format!("`{key}` {reason}"))
        .label("expected a tag such as `en` or `pt-BR`");
    Err(match closest_tag(&text) {
        Some(tag) => problem.help(format!("did you mean `{tag}`?")),
        None => problem.help("language tags follow BCP 47, with the subtags of IANA's registry"),
    })
}

/// Checks the form of a language tag (RFC 5646, section 2.1) and that its subtags are registered.
///
/// # Errors
/// The reason, as the rest of a sentence.
pub fn check(tag: &str) -> Result<(), String> {
    let tag = tag.to_ascii_lowercase();
    if GRANDFATHERED.contains(&tag.as_str()) {
        return Ok(());
    }
    let parts: Vec<&str> = tag.split('-').collect();
    if parts.iter().any(|part| {
        !matches!(part.len(), 1..=8) || !part.bytes().all(|b| b.is_ascii_alphanumeric())
    }) {
        return Err(
            "is not a language tag: its parts are letters and digits, with hyphens between them"
                .to_owned(),
        );
    }
    let (language, mut rest) =
        parts.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
    if !is_registered("language", language) {
        return Err(format!("begins with `{language}`, which is not a registered language"));
    }
    for kind in KINDS {
        let mut seen = HashSet::new();
        while let Some((subtag, behind)) =
            rest.split_first().filter(|(part, _)| (kind.has_form)(part))
        {
            if !is_registered(kind.name, subtag) {
                return Err(format!(
                    "contains `{subtag}`, which is not registered as {}",
                    kind.label
                ));
            }
            // Only variants can be repeated.
            if !seen.insert(*subtag) || (seen.len() > 1 && kind.name != "variant") {
                return Err(format!("contains `{subtag}`, but already has {}", kind.label));
            }
            rest = behind;
        }
    }
    check_extensions(rest)
}

/// Extensions begin with distinct letters or digits; `x` begins private use.
fn check_extensions(mut rest: &[&str]) -> Result<(), String> {
    let mut seen = HashSet::new();
    while let Some((singleton, behind)) = rest.split_first() {
        let length = behind.iter().take_while(|part| part.len() > 1 || *singleton == "x").count();
        if singleton.len() > 1 || length == 0 || !seen.insert(*singleton) {
            return Err(format!("contains `{singleton}` where it is not allowed"));
        }
        rest = behind.get(length..).expect("at most all parts were counted");
    }
    Ok(())
}

/// The language tag for an English name or a system locale: `en` for `English`, `en-US` for
/// `en_US.UTF-8`.
pub fn closest_tag(text: &str) -> Option<String> {
    let named = NAMES.iter().find(|(name, _)| text.trim().eq_ignore_ascii_case(name));
    if let Some((_, tag)) = named {
        return Some((*tag).to_owned());
    }
    let tag = text.trim().split(['.', '@']).next()?.replace('_', "-");
    let tag = if is_language(&tag) {
        tag
    } else {
        tag.strip_suffix("-UK").map(|language| format!("{language}-GB"))?
    };
    is_language(&tag).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_registered_tags() {
        for tag in [
            "en",
            "EN-us",
            "pt-BR",
            "zh-Hans-CN",
            "zh-yue-HK",
            "sr-Latn",
            "es-419",
            "de-CH-1996",
            "sl-rozaj-biske",
            "en-a-bbb-x-a-ccc",
            "de-x-goethe",
            "haw",
            "qaa",
            "qtz-Qaaa-XZ",
            "en-u-ca-gregory",
            "iw",
            "de-1901",
            "i-klingon",
            "art-lojban",
            "en-GB-oed",
            "zh-min-nan",
        ] {
            assert_eq!(check(tag), Ok(()), "{tag}");
        }
    }

    #[test]
    fn refuses_what_validators_refuse() {
        for (tag, reason) in [
            ("english", "begins with `english`, which is not a registered language"),
            ("xx", "begins with `xx`, which is not a registered language"),
            ("qua-", "is not a language tag"),
            ("", "is not a language tag"),
            ("en_US", "is not a language tag"),
            ("en us", "is not a language tag"),
            ("en--US", "is not a language tag"),
            ("dé", "is not a language tag"),
            ("x-private", "begins with `x`"),
            ("en-UK", "contains `uk`, which is not registered as a region"),
            ("en-Xxxx", "contains `xxxx`, which is not registered as a script"),
            ("en-abc", "contains `abc`, which is not registered as an extension of this language"),
            ("en-999", "contains `999`, which is not registered as a region"),
            ("de-nonsense", "contains `nonsense`, which is not registered as a variant"),
            ("de-1996-1996", "contains `1996`, but already has a variant"),
            ("de-DE-AT", "contains `at`, but already has a region"),
            ("de-DE-Latn", "contains `latn` where it is not allowed"),
            ("en-a", "contains `a` where it is not allowed"),
            ("en-x", "contains `x` where it is not allowed"),
            ("en-a-bb-a-cc", "contains `a` where it is not allowed"),
        ] {
            let found = check(tag).expect_err(tag);
            assert!(found.starts_with(reason), "{tag}: {found}");
        }
    }

    #[test]
    fn finds_the_tag_that_systems_write_otherwise() {
        for (text, tag) in [
            ("en_US", Some("en-US")),
            ("de_DE.UTF-8", Some("de-DE")),
            (" en ", Some("en")),
            ("sr_RS@latin", Some("sr-RS")),
            ("en-UK", Some("en-GB")),
            ("en_UK", Some("en-GB")),
            ("English", Some("en")),
            ("C", None),
        ] {
            assert_eq!(closest_tag(text).as_deref(), tag, "{text}");
        }
    }
}
