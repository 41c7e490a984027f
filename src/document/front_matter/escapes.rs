//! Characters that are written by their codes: `\x41`, `\u00e9`, `\U0001f600`.

/// An escape whose code is not a character.
pub(super) struct InvalidEscape {
    /// The byte at which it begins.
    pub(super) at: usize,
    pub(super) length: usize,
    /// What it means in JSON, where it is a surrogate pair.
    pub(super) in_json: Option<char>,
}

/// Whether there may be characters that are written by their codes.
pub(super) fn has_codes(yaml: &str) -> bool {
    escapes(yaml).any(|(_, escape)| code(escape).is_some())
}

/// A document with all characters in the place of their codes, be they in quotation marks or not.
pub(super) fn decoded(yaml: &str) -> String {
    let mut text = String::with_capacity(yaml.len());
    let mut end = 0;
    for (at, escape) in escapes(yaml) {
        if let Some((c, length)) = character(escape)
            && let Some(before) = yaml.get(end..at)
        {
            text.push_str(before);
            text.extend(c);
            end = at + length;
        }
    }
    text.push_str(yaml.get(end..).unwrap_or_default());
    text
}

/// The first escape at or after byte `at` whose code is not a character.
pub(super) fn first_invalid(yaml: &str, at: usize) -> Option<InvalidEscape> {
    let is_invalid =
        |escape: &str| code(escape).is_some_and(|(code, _)| char::from_u32(code).is_none());
    let (found, escape) =
        escapes(yaml).find(|(start, escape)| *start >= at && is_invalid(escape))?;
    let (in_json, length) = character(escape)?;
    Some(InvalidEscape { at: found, length, in_json })
}

/// The text from each backslash on, with its position.
fn escapes(yaml: &str) -> impl Iterator<Item = (usize, &str)> {
    yaml.match_indices('\\').filter_map(|(at, _)| Some((at, yaml.get(at..)?)))
}

/// The character of an escape, or `None` if it has none, and the length of its code in bytes. A
/// surrogate pair counts as one code.
fn character(escape: &str) -> Option<(Option<char>, usize)> {
    let (first, length) = code(escape)?;
    let pair = || {
        let (second, more) = code(escape.get(length..)?)?;
        let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
        Some((Some(char::decode_utf16(units).next()?.ok()?), length + more))
    };
    match char::from_u32(first) {
        None => pair().or(Some((None, length))),
        c => Some((c, length)),
    }
}

/// The code with which an escape begins, and the bytes that it takes.
fn code(escape: &str) -> Option<(u32, usize)> {
    let digits = match escape.get(..2)? {
        "\\x" => 2,
        "\\u" => 4,
        "\\U" => 8,
        _ => return None,
    };
    let digits = escape.get(2..2 + digits)?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal)?;
    Some((code, 2 + digits.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_decoded() {
        for (yaml, text) in [
            ("\\x73ecured", "secured"),
            ("\"\\u00e9\\U0001F600\\n\"", "\"é😀\\n\""),
            ("\\ud83d\\ude00!", "😀!"),
            ("\\ud83d!\\ud83d\\u0041\\u12", "!A\\u12"),
            ("no \\code", "no \\code"),
        ] {
            assert_eq!(decoded(yaml), text);
        }
        assert!(has_codes("a\\x41") && !has_codes("\\q \\u12 \\"));
    }
}
