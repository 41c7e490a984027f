//! The keys `date_format` and `time_format`.

use std::fmt::Write as _;

use chrono::DateTime;
use chrono::format::{Item, StrftimeItems};
use chrono_tz::Tz;

use crate::diagnostic::Code;
use crate::locale::{DateFormat, DateLength};
use crate::node::{Node, Problem, Value};

/// How days are written where the key is missing.
pub(super) fn default_for(language: &str) -> DateFormat {
    let is_english = language.split('-').next().is_some_and(|tag| tag.eq_ignore_ascii_case("en"));
    if is_english {
        DateFormat::Strftime("%-d %B %Y".to_owned())
    } else {
        DateFormat::Length(DateLength::Long)
    }
}

/// Parses `date_format`: a length, or a format in strftime notation.
pub(super) fn day(node: Node<'_>, key: &str) -> Result<DateFormat, Problem> {
    let length = match &node.value {
        Value::Text(text) => DateLength::from_name(text),
        _ => None,
    };
    length.map_or_else(
        || parse(node, key).map(DateFormat::Strftime),
        |length| Ok(DateFormat::Length(length)),
    )
}

/// Parses a format in strftime notation.
pub(super) fn parse(node: Node<'_>, key: &str) -> Result<String, Problem> {
    let at = node.at;
    let text = node.text(key)?;
    let items: Vec<Item<'_>> = StrftimeItems::new(&text).collect();
    let mut sample = String::new();
    let message = if items.iter().any(|item| matches!(item, Item::Error))
        || write!(sample, "{}", DateTime::UNIX_EPOCH.with_timezone(&Tz::UTC).format(&text)).is_err()
    {
        format!("`{key}` has an unknown strftime specifier")
    } else if !items.iter().any(is_specifier) {
        format!("`{key}` has no strftime specifier")
    } else if let Some(word) = foreign_word(&text) {
        format!("`{key}` has `{word}`, which is not a strftime specifier")
    } else {
        return Ok(text.into_owned());
    };
    let help = match as_strftime(&text, items.iter().any(is_specifier), key == "time_format") {
        Some(meant) => format!("write `{meant}`"),
        None if key == "date_format" => {
            "write `long`, `medium` or `short`, or a format such as `%-d %B %Y`".to_owned()
        }
        None => "such as `%H:%M` or `%-I:%M %p`".to_owned(),
    };
    Err(Problem::new(Code::InvalidDateFormat, at, message).help(help))
}

fn is_specifier(item: &Item<'_>) -> bool {
    matches!(item, Item::Numeric(..) | Item::Fixed(_))
}

/// The specifiers of a format, and the texts between them.
fn parts(format: &str) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), format);
    while !rest.is_empty() {
        let end = if let Some(specifier) = rest.strip_prefix('%') {
            let letter = specifier.find(|c: char| c.is_ascii_alphabetic() || c == '%');
            letter.map_or(rest.len(), |at| at + 2)
        } else {
            rest.find('%').unwrap_or(rest.len())
        };
        let (part, others) = rest.split_at(end);
        parts.push(part);
        rest = others;
    }
    parts
}

/// A word in the notation of other programs, such as `YYYY` or `HHmm`.
fn foreign_word(format: &str) -> Option<String> {
    let texts = parts(format).into_iter().filter(|part| !part.starts_with('%'));
    texts.flat_map(words).find(|word| is_foreign(word)).map(String::from_iter)
}

/// The words of a text, and what is between them.
fn words(text: &str) -> Vec<Vec<char>> {
    let chars: Vec<char> = text.chars().collect();
    let words = chars.chunk_by(|a, b| a.is_ascii_alphabetic() == b.is_ascii_alphabetic());
    words.map(<[char]>::to_vec).collect()
}

fn is_foreign(word: &[char]) -> bool {
    runs(word).all(|(letter, count)| count > 1 && specifier(letter, count, true).is_some())
}

/// The letters of a word, each with the number of its repetitions.
fn runs(word: &[char]) -> impl Iterator<Item = (char, usize)> {
    word.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len())))
}

/// A format in the notation of other programs, such as `YYYY-MM-DD`, in strftime notation. Beside
/// specifiers, any words but these are kept.
fn as_strftime(format: &str, has_specifiers: bool, is_time: bool) -> Option<String> {
    let (mut meant, mut is_time) = (String::new(), is_time);
    for part in parts(format) {
        if part.starts_with('%') {
            is_time |= part.ends_with(['H', 'I']);
            meant.push_str(part);
            continue;
        }
        for word in words(part) {
            let is_word = word.first().is_some_and(char::is_ascii_alphabetic);
            if !is_word || has_specifiers && !is_foreign(&word) {
                meant.extend(word);
                continue;
            }
            for (letter, count) in runs(&word) {
                is_time |= matches!(letter, 'H' | 'h');
                meant.push_str(specifier(letter, count, is_time)?);
            }
        }
    }
    StrftimeItems::new(&meant).any(|item| is_specifier(&item)).then_some(meant)
}

/// The specifier for a letter that other programs repeat. Behind hours, `mm` are minutes.
fn specifier(letter: char, count: usize, is_time: bool) -> Option<&'static str> {
    Some(match (letter, count) {
        ('Y' | 'y', 4) => "%Y",
        ('Y' | 'y', 2) => "%y",
        ('M', 4) => "%B",
        ('M', 3) => "%b",
        ('M' | 'm', 2) if is_time => "%M",
        ('M' | 'm', 1) if is_time => "%-M",
        ('M' | 'm', 2) => "%m",
        ('M' | 'm', 1) => "%-m",
        ('D' | 'd', 2) => "%d",
        ('D' | 'd', 1) => "%-d",
        ('H', 2) => "%H",
        ('H', 1) => "%-H",
        ('h', 2) => "%I",
        ('h', 1) => "%-I",
        ('S' | 's', 2) => "%S",
        ('A' | 'a', 1) => "%p",
        ('T', 1) => "T",
        _ => return None,
    })
}
