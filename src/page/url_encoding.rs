//! Percent-encoding of paths.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// Kept as they are: the unreserved characters of RFC 3986, and the slash between segments.
const SEGMENT_ENCODE_SET: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// Percent-encodes a path (RFC 3986, section 2.1).
pub fn encode(path: &str) -> Cow<'_, str> {
    // Nearly all addresses are made of slugs, in which there is nothing to encode. The fold is
    // vectorized, because it does not stop early.
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() | matches!(byte, b'-'..=b'/' | b'_' | b'~');
    if path.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        return Cow::Borrowed(path);
    }
    utf8_percent_encode(path, SEGMENT_ENCODE_SET).into()
}

/// The path percent-encode set of <https://url.spec.whatwg.org/#percent-encoded-bytes>, and `%`.
const BROWSER_ENCODE_SET: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'%');

/// Percent-encodes a path as browsers do, since some hosts compare paths byte by byte.
pub(super) fn percent_encode_path(path: &str) -> String {
    format!("/{}", utf8_percent_encode(path, BROWSER_ENCODE_SET))
}
