//! The character encoding of a page.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

/// How many bytes of a page may declare its encoding (HTML, section 4.2.5.4).
const DECLARED_WITHIN: usize = 1024;

/// Decodes a page: by its byte order mark, the `Content-Type`, its own declaration, as UTF-8 if it is
/// valid, else as Windows-1252 (HTML, section 13.2.3.2).
pub(super) fn decode<'a>(page: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let sent = content_type.and_then(|value| label(value.as_bytes()));
    let encoding = sent
        .or_else(|| declared(page))
        .unwrap_or_else(|| if std::str::from_utf8(page).is_ok() { UTF_8 } else { WINDOWS_1252 });
    // Byte order marks come first.
    encoding.decode(page).0
}

/// Decodes XML in the same way, and removes the XML declaration, whose encoding is no longer that of
/// the text (XML, section 4.3.3).
pub(super) fn decode_xml(xml: &[u8], content_type: Option<&str>) -> String {
    let start = xml.get(..DECLARED_WITHIN).unwrap_or(xml);
    let sent = content_type.and_then(|value| label(value.as_bytes()));
    let own = || xml_declaration(start).and_then(|start| value_after(start, b"encoding"));
    let encoding = sent
        .or_else(|| own().map(as_ascii))
        .unwrap_or_else(|| if std::str::from_utf8(xml).is_ok() { UTF_8 } else { WINDOWS_1252 });
    let text = encoding.decode(xml).0;
    let text = text.trim_start();
    let rest = text.strip_prefix("<?xml ").and_then(|rest| rest.split_once("?>"));
    rest.map_or(text, |(_, rest)| rest).to_owned()
}

fn xml_declaration(start: &[u8]) -> Option<&[u8]> {
    let end = memmem::find(start, b"?>")?;
    start.trim_ascii_start().starts_with(b"<?xml").then(|| start.get(..end)).flatten()
}

/// The encoding that the beginning of a page declares, in a `meta` element or an XML declaration.
fn declared(page: &[u8]) -> Option<&'static Encoding> {
    let start = page.get(..DECLARED_WITHIN).unwrap_or(page);
    let encoding = label(start).or_else(|| {
        start.starts_with(b"<?xml").then(|| value_after(start, b"encoding")).flatten()
    })?;
    Some(as_ascii(encoding))
}

/// What could be read as ASCII is not UTF-16.
fn as_ascii(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding }
}

/// The encoding after the first `charset=` that names one.
fn label(text: &[u8]) -> Option<&'static Encoding> {
    value_after(text, b"charset")
}

fn value_after(text: &[u8], name: &[u8]) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    memmem::find_iter(&lower, name).find_map(|at| {
        let rest = lower.get(at + name.len()..)?.trim_ascii_start();
        let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        let is_end = |byte: &u8| {
            matches!(byte, b'"' | b'\'' | b';' | b'>' | b'/' | b'?') || byte.is_ascii_whitespace()
        };
        let end = rest.iter().position(is_end).unwrap_or(rest.len());
        Encoding::for_label(rest.get(..end)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_is_sent_or_declared_or_detected() {
        let sent = Some("text/html; charset=ISO-8859-1");
        for (page, content_type, text) in [
            (&b"caf\xc3\xa9"[..], None, "café"),
            (b"caf\xe9", None, "café"),
            (b"caf\xe9", sent, "café"),
            (b"\xef\xbb\xbfcaf\xc3\xa9", sent, "café"),
            (b"<meta charset=windows-1251>\xcc\xe8\xf0", None, "<meta charset=windows-1251>Мир"),
            (b"<meta charset=\"koi8-r\">\xed\xc9\xd2", None, "<meta charset=\"koi8-r\">Мир"),
            (
                b"<META CONTENT='text/html; charset = Shift_JIS'>\x8d\x60",
                None,
                "<META CONTENT='text/html; charset = Shift_JIS'>港",
            ),
            (
                b"<?xml version='1.0' encoding='euc-kr'?>\xc7\xd1",
                None,
                "<?xml version='1.0' encoding='euc-kr'?>한",
            ),
            (b"<meta charset=utf-16>caf\xc3\xa9", None, "<meta charset=utf-16>café"),
            (b"\xff\xfeh\0i\0", None, "hi"),
        ] {
            assert_eq!(decode(page, content_type), text);
        }
    }
}
