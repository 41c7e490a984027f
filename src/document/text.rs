//! Normalizes text copied from other pages.

use std::borrow::Cow;

use memchr::memchr3_iter;
use pulldown_cmark::CowStr;

use crate::invisible_chars::is_noncharacter;

/// Decodes entities once, removes control characters, turns all white space except no-break spaces
/// into spaces, and trims.
pub fn normalize(raw: &str) -> String {
    if is_normalized(raw) {
        return raw.to_owned();
    }
    normalize_chars(raw)
}

/// Decodes the entities in a URL that feeds use: the five of XML and numeric ones, each closed by
/// `;`. In `?a=1&copy=2` and `?a=1&para;` nothing is an entity.
pub fn decode_url_entities(raw: &str) -> Cow<'_, str> {
    let Some(first) = raw.find('&').filter(|_| raw.contains(';')) else { return raw.into() };
    let (start, rest) = raw.split_at(first);
    let mut decoded = start.to_owned();
    for part in rest.split_inclusive(';') {
        let (before, entity) = part.split_at(part.rfind('&').unwrap_or(part.len()));
        decoded.push_str(before);
        if is_feed_entity(entity) {
            decoded.extend(html_escape::decode_html_entities(entity).chars().map(from_windows));
        } else {
            decoded.push_str(entity);
        }
    }
    decoded.into()
}

/// Whether a text is an entity of XML or a numeric one.
fn is_feed_entity(entity: &str) -> bool {
    matches!(entity, "&amp;" | "&lt;" | "&gt;" | "&quot;" | "&apos;")
        || entity.starts_with("&#") && entity.ends_with(';')
}

fn normalize_chars(raw: &str) -> String {
    let decoded = html_escape::decode_html_entities(raw);
    let spaced: String = decoded.chars().filter_map(plain_char).collect();
    spaced.trim().to_owned()
}

/// The normalized character, if it is kept.
pub(super) fn plain_char(c: char) -> Option<char> {
    match from_windows(c) {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        c => (!c.is_control() && !is_invisible(c)).then_some(c),
    }
}

/// What U+0080 to U+009F mean in HTML: the characters of Windows-1252
/// (<https://html.spec.whatwg.org/multipage/parsing.html#numeric-character-reference-end-state>).
fn from_windows(c: char) -> char {
    const WINDOWS_1252: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let location =
        u32::from(c).checked_sub(0x80).and_then(|location| usize::try_from(location).ok());
    location.and_then(|location| WINDOWS_1252.get(location)).copied().unwrap_or(c)
}

/// A text in which U+0080 to U+009F are what they mean in HTML.
pub(super) fn with_windows_chars(text: CowStr<'_>) -> CowStr<'_> {
    if text.is_ascii() || text.chars().all(|c| from_windows(c) == c) {
        return text;
    }
    text.chars().map(from_windows).collect::<String>().into()
}

/// Invisible characters, directional controls and noncharacters (Unicode, section 23.7).
fn is_invisible(c: char) -> bool {
    is_noncharacter(c)
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Removes characters that no page should contain from HTML: controls and invisible characters.
pub fn strip_unprintable(html: String) -> String {
    if may_be_unprintable(&html) {
        html.chars().filter(|c| is_printable(*c)).collect()
    } else {
        html
    }
}

fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n') || !c.is_control() && !is_invisible(c)
}

/// Whether a text may have an unprintable character. Those of two and three bytes have one of a few
/// first bytes; longer ones are rare.
fn may_be_unprintable(text: &str) -> bool {
    let is_rare = |byte: u8| matches!(byte, 0..=0x08 | 0x0b..=0x1f | 0x7f | 0xf0..);
    // The fold is vectorized, because it does not stop early.
    let any_rare = text.bytes().fold(false, |any, byte| any | is_rare(byte));
    let char_at = |at: usize| text.get(at..).and_then(|rest| rest.chars().next());
    let mut candidates = memchr3_iter(0xc2, 0xe2, 0xef, text.as_bytes()).filter_map(char_at);
    any_rare || candidates.any(|c| !is_printable(c))
}

/// Whether normalization would change nothing.
fn is_normalized(raw: &str) -> bool {
    let is_plain = |byte: u8| (byte != b'&') & (b' '..0x7f).contains(&byte);
    let is_kept = |c: char| (' '..'\u{7f}').contains(&c) || plain_char(c) == Some(c);
    // The fold is vectorized, because it does not stop early.
    let all_plain = raw.bytes().fold(true, |all, byte| all & is_plain(byte));
    raw.trim().len() == raw.len() && (all_plain || (!raw.contains('&') && raw.chars().all(is_kept)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn normalize_is_idempotent(
            text in "([a-z’é天]|[ &;\\t\\n\u{0}-\u{9f}\u{a0}\u{2000}-\u{206f}\u{fefe}-\u{feff}\u{fff0}-\u{ffff}]){0,3}",
        ) {
            if is_normalized(&text) {
                prop_assert_eq!(normalize_chars(&text), text);
            }
        }
    }

    #[test]
    fn every_unprintable_character_is_stripped() {
        for c in ('\0'..=char::MAX).filter(|c| !is_printable(*c)) {
            assert_eq!(strip_unprintable(format!("“é{c}”")), "“é”", "{c:?}");
        }
        assert_eq!(strip_unprintable("“é😀”\t\n".to_owned()), "“é😀”\t\n");
    }

    #[test]
    fn normalize_fast_path_is_common() {
        for text in ["", "plain: \"text\"", "that’s “all” – 天文 é", "no\u{a0}break"] {
            assert!(is_normalized(text), "{text:?}");
        }
    }

    #[test]
    fn url_entities_are_decoded_once() {
        for (raw, decoded) in [
            ("https://a.example/?p=1&#038;q=2", "https://a.example/?p=1&q=2"),
            ("https://a.example/?p=1&amp;q=2&#x26;r=3&#38;s", "https://a.example/?p=1&q=2&r=3&s"),
            ("https://a.example/?p=1&amp;amp;q=2", "https://a.example/?p=1&amp;q=2"),
            ("https://a.example/?p=&quot;x&quot;&apos;", "https://a.example/?p=\"x\"'"),
            ("https://a.example/caf&#233;&#8211;x", "https://a.example/café–x"),
            ("https://a.example/?a=1&b=2;c=&amp;d", "https://a.example/?a=1&b=2;c=&d"),
        ] {
            assert_eq!(decode_url_entities(raw), decoded, "{raw}");
        }
        for kept in [
            "https://a.example/?a=1&copy=2&lt=3&amp=4",
            "https://a.example/?a=1&para;b&copy;",
            "https://a.example/?a&#",
            "https://a.example/?a&#;b&#x;c&#xzz;",
            "https://a.example/?a=1;b=2",
            "https://a.example/&",
            "",
        ] {
            assert_eq!(decode_url_entities(kept), kept);
        }
    }

    #[test]
    fn normalize_decodes_and_trims() {
        for (raw, text) in [
            ("plain", "plain"),
            ("H&#038;M", "H&M"),
            ("that&#8217;s &amp; all", "that’s & all"),
            ("&amp;amp;", "&amp;"),
            ("a\u{0}\u{1b}[31mb\u{7f}\u{85}", "a[31mb…"),
            ("\u{a0} two\nlines\t \u{a0}", "two lines"),
            ("&nbsp;x&lt;b&gt;", "x<b>"),
            ("that&#146;s &#x80;5", "that’s €5"),
            ("a\u{202e}b", "ab"),
            ("a\u{fdd0}\u{1ffff}\u{10fffe}&#xfdef;b", "ab"),
            ("&unknown; & alone", "&unknown; & alone"),
            ("", ""),
        ] {
            assert_eq!(normalize(raw), text, "{raw:?}");
        }
    }
}
