//! Digests: short names for what was read and written.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The first 128 bits of a BLAKE3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::first_of(blake3::Hasher::new().update(bytes))
    }

    /// The digest of several parts, which differs from that of the same bytes parted elsewhere.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self::first_of(&hasher)
    }

    /// The digest of a value, as [`encoded`].
    pub fn of_value<T: Serialize>(value: &T) -> Self {
        Self::of(&encoded(value))
    }

    fn first_of(hasher: &blake3::Hasher) -> Self {
        let mut first = [0; 16];
        hasher.finalize_xof().fill(&mut first);
        Self(first)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// It spelt in hexadecimal, in lower case.
    pub fn hexadecimal(&self) -> String {
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
        self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// The digest that `text` spells in hexadecimal.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        if text.len() != 32 {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// How long an encoded value mostly is at most, in bytes.
const USUAL_LENGTH: usize = 1024;

/// The bytes that stand for a value (postcard's wire format). It consists of numbers, texts and lists of known length,
/// all of which can be encoded.
pub fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_extend(value, Vec::with_capacity(USUAL_LENGTH)).unwrap_or_default()
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hexadecimal())
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn a_digest_is_spelt_in_hexadecimal() {
        let digest = Digest::of(b"newsgen");
        assert_eq!(digest.to_string().len(), 32);
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse("xyz"), None);
    }

    #[test]
    fn it_matters_where_parts_end() {
        let parts = |parts: &[&[u8]]| Digest::of_parts(parts.iter().copied());
        assert_ne!(parts(&[b"ab", b"c"]), parts(&[b"a", b"bc"]));
        assert_ne!(parts(&[b"", b"", b"a"]), parts(&[b"", b"a"]));
        assert_ne!(parts(&[b"ab"]), parts(&[b"ab", b""]));
    }
}
