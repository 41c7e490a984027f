//! What is sent, made smaller.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};

/// The same bytes for the same bytes, on every day (RFC 1952, whose times are left out).
pub(super) fn compressed(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), level);
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_output_has_no_timestamp() {
        let bytes = compressed(b"newsgen newsgen newsgen", Compression::best());
        assert_eq!(bytes.get(..8), Some([0x1f, 0x8b, 8, 0, 0, 0, 0, 0].as_slice()));
        assert_eq!(bytes, compressed(b"newsgen newsgen newsgen", Compression::best()));
    }
}
