//! Escapes text for people: hidden characters become visible, terminals execute nothing, and
//! credentials are masked.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use crate::invisible_chars::{is_annotation, is_filler, is_invisible, is_joiner, is_noncharacter};

/// Whether a character is invisible or changes how its neighbours are displayed: controls, line and
/// paragraph separators, annotation marks, joiners, noncharacters.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || is_invisible(c)
        || is_annotation(c)
        || is_joiner(c)
        || is_noncharacter(c)
        || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_escaped(c: char) -> bool {
    is_hidden(c) || is_filler(c)
}

/// Other spaces than that of ASCII are typography in a text, but make names look equal.
fn is_escaped_in_name(c: char) -> bool {
    is_escaped(c) || c != ' ' && c.is_whitespace()
}

/// `text` on one line, with hidden characters and fillers as escapes such as `\u{202e}`, and
/// [without credentials](without_credentials).
pub fn escaped(text: &str) -> Cow<'_, str> {
    escape_text(text, is_escaped)
}

/// The name of a file as [`escaped`], and with all spaces but that of ASCII as escapes.
pub fn escaped_name(name: &str) -> Cow<'_, str> {
    escape_text(name, is_escaped_in_name)
}

fn escape_text(text: &str, needs_escape: impl Fn(char) -> bool) -> Cow<'_, str> {
    match without_credentials(text) {
        Cow::Borrowed(text) => escape(text, needs_escape, push_escape),
        Cow::Owned(text) => escape(&text, needs_escape, push_escape).into_owned().into(),
    }
}

fn push_escape(c: char, out: &mut String) {
    let _ = write!(out, "{}", c.escape_unicode());
}

/// Masks the user names and passwords of URLs with one `*` per character, so that columns stay the
/// same.
pub fn without_credentials(text: &str) -> Cow<'_, str> {
    if !text.contains(['/', '@']) {
        return text.into();
    }
    let mut masked = String::new();
    let mut end = 0;
    for Range { start, end: next } in credentials(text) {
        if let (Some(before), Some(secret)) = (text.get(end..start), text.get(start..next)) {
            masked.push_str(before);
            masked.extend(secret.chars().map(|_| '*'));
            end = next;
        }
    }
    match text.get(end..) {
        Some(rest) if end > 0 => (masked + rest).into(),
        _ => text.into(),
    }
}

/// The ranges of user names and passwords in the URLs of a text, in order.
fn credentials(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(start) = next_authority(text, from) {
        let rest = text.get(start..).expect("an authority begins with a character");
        found.extend(length_of_credentials(rest).map(|length| start..start + length));
        from = found.last().map_or(start, |last| last.end.max(start));
    }
    if found.is_empty() {
        let is_end = |c: char| ends_url(c) || matches!(c, '(' | '[' | '{' | ',');
        let starts =
            std::iter::once(0).chain(text.match_indices(is_end).map(|(at, end)| at + end.len()));
        let runs = starts.zip(text.split(is_end));
        found.extend(
            runs.filter_map(|(start, run)| Some(start..start + length_without_scheme(run)?)),
        );
    }
    found
}

/// The start of the next authority of a URL: after slashes, or after the colon of `https:`, as
/// browsers parse it.
fn next_authority(text: &str, from: usize) -> Option<usize> {
    let is_slash = |c: char| matches!(c, '/' | '\\');
    let rest = text.get(from..)?;
    let begins = |(at, c): (usize, char)| {
        let before = rest.get(..at)?;
        let behind = rest.get(at + c.len_utf8()..)?;
        let is_web = || {
            let scheme = before
                .rsplit(|c: char| !c.is_ascii_alphabetic())
                .next()
                .expect("a split has a first part");
            ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web))
        };
        let is_start = is_slash(c) && behind.starts_with(is_slash) || c == ':' && is_web();
        is_start.then(|| text.len() - behind.trim_start_matches(is_slash).len())
    };
    rest.char_indices().find_map(begins)
}

/// The length of the credentials at the start of an authority. Text after a colon that is no port
/// counts as a password with unencoded characters.
fn length_of_credentials(rest: &str) -> Option<usize> {
    let ends_authority = |c: char| ends_url(c) || matches!(c, '/' | '\\' | '?' | '#');
    let authority = rest.split(ends_authority).next().expect("a split has a first part");
    if let Some(at) = authority.rfind('@') {
        return Some(at).filter(|at| *at > 0);
    }
    let (_, port) = authority.split_once(':').filter(|_| !authority.starts_with('['))?;
    let port = port.trim_end_matches([')', ']', '}', ',', '.', ';', ':', '!', '*', '…']);
    if port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let near = rest
        .char_indices()
        .nth(MAX_WITH_BLANKS_LENGTH)
        .map_or(rest, |(end, _)| rest.split_at(end).0);
    let quoted = near
        .split(|c| ends_url(c) && !char::is_whitespace(c))
        .next()
        .expect("a split has a first part");
    Some(quoted.rfind('@').unwrap_or_else(|| rest.find(ends_url).unwrap_or(rest.len())))
}

/// The maximum length in characters of credentials that contain spaces.
const MAX_WITH_BLANKS_LENGTH: usize = 200;

fn ends_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>')
}

/// The length of the credentials before an `@` in a word. A scheme such as `mailto:` means that
/// there are none.
fn length_without_scheme(word: &str) -> Option<usize> {
    const OTHERS: [&str; 6] = ["mailto", "xmpp", "acct", "sip", "sips", "tel"];
    let (before, _) = word.rsplit_once('@')?;
    let (user, password) = before.split_once(':')?;
    let is_one = !user.is_empty() && !password.is_empty() && !before.contains('/');
    (is_one && !OTHERS.contains(&user)).then_some(before.len())
}

/// [`escaped`], but with tabs, which are displayed as blanks.
pub fn escaped_source(text: &str) -> Cow<'_, str> {
    escape(text, |c| c != '\t' && is_escaped(c), push_escape)
}

/// Escapes characters in JSON as [`escaped_name`] does. Line breaks occur only between tokens.
pub fn escaped_json(json: &str) -> Cow<'_, str> {
    escape(
        json,
        |c| c != '\n' && is_escaped_in_name(c),
        |c, out| {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        },
    )
}

fn escape(
    text: &str,
    needs_escape: impl Fn(char) -> bool,
    push: impl Fn(char, &mut String),
) -> Cow<'_, str> {
    if !text.contains(&needs_escape) {
        return Cow::Borrowed(text);
    }
    let mut quoted_text = String::with_capacity(2 * text.len());
    for c in text.chars() {
        if needs_escape(c) {
            push(c, &mut quoted_text);
        } else {
            quoted_text.push(c);
        }
    }
    Cow::Owned(quoted_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_every_kind_of_hidden_character() {
        let hidden = "\0\t\n\r\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{61c}\u{115f}\u{180e}\u{200b}\u{200d}\u{200e}\u{2028}\u{2029}\
                      \u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{3164}\u{fe0f}\u{feff}\u{fffb}\u{fffe}\u{ffff}\u{fdd0}\u{e0001}\u{e0041}\u{e007f}\u{e0100}";
        assert!(hidden.chars().all(is_hidden));
        assert!(escaped(hidden).is_ascii(), "{}", escaped(hidden));
        assert_eq!(escaped("a\u{202e}b\u{1b}[2J"), "a\\u{202e}b\\u{1b}[2J");
    }

    #[test]
    fn escapes_joiners_and_format_controls() {
        for c in "\u{34f}\u{200c}\u{200d}\u{2060}\u{2d7f}\u{1107f}\u{1bca0}\u{1d173}"
            .chars()
            .chain('\u{13430}'..='\u{13440}')
        {
            let text = format!("a{c}b");
            assert_eq!(escaped(&text), format!("a{}b", c.escape_unicode()));
            assert!(escaped_source(&text).is_ascii() && escaped_name(&text).is_ascii(), "{c:?}");
        }
        let visible = "\u{600}\u{6dd}\u{70f}\u{8e2}\u{110bd}\u{17d2}\u{1039}\u{13443}\u{13447}";
        assert_eq!(escaped(visible), visible);
    }

    #[test]
    fn spaces_of_names_are_escaped() {
        assert_eq!(escaped_name("a b\u{a0}c\u{3000}d.md"), "a b\\u{a0}c\\u{3000}d.md");
        assert_eq!(escaped("a\u{a0}\u{2800}b"), "a\u{a0}\\u{2800}b");
    }

    #[test]
    fn credentials_of_urls_are_masked() {
        for (text, quoted_text) in [
            (
                "originalUrl: https://user:pw@host.example/",
                "originalUrl: https://*******@host.example/",
            ),
            ("'https://token@host.example/a@b'", "'https://*****@host.example/a@b'"),
            ("[x](https://üser:pw@h.example)", "[x](https://*******@h.example)"),
            ("https:user:pw@h.example", "https:*******@h.example"),
            ("HTTPS:/\\user:pw@h.example", "HTTPS:/\\*******@h.example"),
            (
                "//user:pw@h.example and s3://key:secret@bucket/x",
                "//*******@h.example and s3://**********@bucket/x",
            ),
            (
                "https://a.example/?u=https://u:p@h.example/",
                "https://a.example/?u=https://***@h.example/",
            ),
            ("https://user:p#w/x@h.example/", "https://**********@h.example/"),
            ("https://user:p w@h.example/", "https://********@h.example/"),
            ("https://user:pw&#64;h.example/ x", "https://********************** x"),
            ("https://user:pw…", "https://********"),
            ("user:pw@h.example", "*******@h.example"),
            ("https://a@b@h.example/", "https://***@h.example/"),
        ] {
            assert_eq!(without_credentials(text), quoted_text);
            assert_eq!(text.chars().count(), quoted_text.chars().count());
            assert_eq!(without_credentials(quoted_text), quoted_text, "masked twice");
        }
    }

    #[test]
    fn addresses_without_credentials_stay_as_they_are() {
        for text in [
            "https://a.example:8080/@user/x",
            "see https://a.example: me@b.example",
            "(https://a.example:80), http://[::1]:80/@x",
            "mailto:me@b.example",
            "write to me@b.example",
            "content/a@b:c.md:2:8",
            "https://a.example:/",
            "a // b: c",
            "key: @x",
        ] {
            assert!(
                matches!(without_credentials(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }

    #[test]
    fn plain_text_of_any_script_stays_as_it_is() {
        for text in [
            "plain: \"text\" \\u{202e}",
            "é天文 عربي עברית हिन्दी ไทย 😀",
            "no\u{a0}break \u{fffd}",
            "",
        ] {
            assert!(matches!(escaped(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn escaped_json_means_the_same() {
        let value = serde_json::json!({ "a\u{202e}": ["\u{e0041}\u{7f}\n", "\u{a0}\u{2800}", "é\u{200d}"] });
        let json = serde_json::to_string_pretty(&value).expect("JSON");
        let quoted_text = escaped_json(&json);
        assert!(
            !quoted_text.contains(|c| c != '\n' && is_escaped_in_name(c))
                && quoted_text.contains("\\udb40\\udc41"),
            "{quoted_text}"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&quoted_text).expect("JSON"), value);
    }
}
