//! Digests of file contents and values.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Read, Write};

use data_encoding::HEXLOWER;
use postcard::ser_flavors::Flavor;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use twox_hash::{XxHash3_128, xxhash3_128};

/// 128 bits: the first of a BLAKE3 hash, or made by a [`DigestKey`]. The two kinds are never compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 16]);

// The derived implementation encodes byte by byte, which is slow: page inputs consist mostly of
// digests.
impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

// Borrows the bytes: works with postcard, but not with JSON. JSON files store digests in
// hexadecimal.
impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: &[u8] = Deserialize::deserialize(deserializer)?;
        let bytes = bytes.try_into().map_err(|_| D::Error::invalid_length(bytes.len(), &"16"))?;
        Ok(Self(bytes))
    }
}

impl Digest {
    /// Digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::first_of(blake3::Hasher::new().update(bytes))
    }

    /// Digest of several parts, which depends on their boundaries.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self::first_of(&hasher)
    }

    /// Digest of everything that `reader` returns.
    pub fn of_reader(reader: impl Read) -> io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(reader)?;
        Ok(Self::first_of(&hasher))
    }

    /// Copies everything from `reader` to `writer`. Returns the number of bytes and their digest.
    pub fn of_copy(mut reader: impl Read, mut writer: impl Write) -> io::Result<(u64, Self)> {
        let (mut hasher, mut length) = (blake3::Hasher::new(), 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => return Ok((length, Self::first_of(&hasher))),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                count => count?,
            };
            let bytes = buffer.get(..count).expect("a reader fills at most the buffer");
            hasher.update(bytes);
            writer.write_all(bytes)?;
            length += count as u64;
        }
    }

    /// Digest of a value whose lists know their lengths, so that it [can be encoded](encoded).
    pub fn of_value<T: Serialize>(value: &T) -> Self {
        Self::of(&encoded(value))
    }

    fn first_of(hasher: &blake3::Hasher) -> Self {
        let mut first = [0; 16];
        hasher.finalize_xof().fill(&mut first);
        Self(first)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Encodes the digest as lower-case hexadecimal.
    pub fn to_hex(&self) -> [u8; 32] {
        let mut hex = [0; 32];
        HEXLOWER.encode_mut(&self.0, &mut hex);
        hex
    }

    /// Decodes lower-case hexadecimal.
    pub fn parse(text: &str) -> Option<Self> {
        let hex: &[u8; 32] = text.as_bytes().try_into().ok()?;
        let mut bytes = [0; 16];
        HEXLOWER.decode_mut(hex, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

/// Key of digests that are compared only within one cache: XXH3 with a secret.
///
/// It is several times as fast as BLAKE3 for short inputs, but not collision-resistant. Secret and
/// digests stay in the cache. Without the secret a collision can only be guessed, with odds of about
/// 2^-33 for a prepared pair of texts; it would leave one page as it was before an edit.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "[u8; 32]", into = "[u8; 32]")]
pub struct DigestKey {
    seed: [u8; 32],
    secret: [u8; SECRET_LENGTH],
}

/// Length in bytes of the default secret of XXH3.
const SECRET_LENGTH: usize = 192;

impl DigestKey {
    /// Draws a random key of at least 120 bits of entropy.
    pub fn random() -> Self {
        let mut seed = [0; 32];
        for bytes in seed.chunks_exact_mut(8) {
            // The standard library draws the keys of a `RandomState` from the operating system.
            bytes.copy_from_slice(&RandomState::new().hash_one(()).to_le_bytes());
        }
        seed.into()
    }

    /// Digest of bytes.
    pub fn digest(&self, bytes: &[u8]) -> Digest {
        let hash = XxHash3_128::oneshot_with_secret(&self.secret, bytes);
        Digest(hash.expect("the secret is long enough").to_le_bytes())
    }

    /// Digest of a value, as [`Digest::of_value`]. Large values are not encoded as a whole.
    pub fn digest_of_value<T: Serialize>(&self, value: &T) -> Digest {
        let encoder =
            KeyedEncoder { key: self, buffer: Vec::with_capacity(USUAL_LENGTH), hasher: None };
        postcard::serialize_with_flavor(value, encoder).expect("all lists know their lengths")
    }
}

/// Encodes a value into a buffer, which is hashed whenever it is full.
struct KeyedEncoder<'k> {
    key: &'k DigestKey,
    buffer: Vec<u8>,
    /// None until the buffer is full.
    hasher: Option<xxhash3_128::Hasher>,
}

/// Maximum length in bytes of what a [`KeyedEncoder`] keeps in memory.
const MAX_BUFFER: usize = 1 << 16;

impl KeyedEncoder<'_> {
    fn hash_buffer(&mut self) {
        let new = || {
            let secret: Box<[u8]> = self.key.secret.into();
            xxhash3_128::Hasher::with_seed_and_secret(0, secret).expect("the secret is long enough")
        };
        self.hasher.get_or_insert_with(new).write(&self.buffer);
        self.buffer.clear();
    }
}

impl Flavor for KeyedEncoder<'_> {
    type Output = Digest;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.buffer.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        if self.buffer.len() + bytes.len() > MAX_BUFFER {
            self.hash_buffer();
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(mut self) -> postcard::Result<Digest> {
        let Some(mut hasher) = self.hasher.take() else { return Ok(self.key.digest(&self.buffer)) };
        hasher.write(&self.buffer);
        Ok(Digest(hasher.finish_128().to_le_bytes()))
    }
}

impl From<[u8; 32]> for DigestKey {
    fn from(seed: [u8; 32]) -> Self {
        let mut secret = [0; SECRET_LENGTH];
        blake3::Hasher::new_keyed(&seed).finalize_xof().fill(&mut secret);
        Self { seed, secret }
    }
}

impl From<DigestKey> for [u8; 32] {
    fn from(key: DigestKey) -> Self {
        key.seed
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey")
    }
}

/// Length in bytes that most encoded values do not exceed.
const USUAL_LENGTH: usize = 1024;

/// Encodes a value in postcard's wire format, which is unambiguous among values of one type.
///
/// # Panics
/// If the value has a list or a map that does not know its length.
pub fn encoded<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    postcard::to_extend(value, Vec::with_capacity(USUAL_LENGTH))
        .expect("all lists know their lengths")
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Write::write_str(
            f,
            std::str::from_utf8(&self.to_hex()).expect("hexadecimal digits are ASCII"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, DigestKey, encoded};

    #[test]
    fn digest_hex_round_trips() {
        let digest = Digest::of(b"newsgen");
        assert_eq!(digest.to_string().len(), 32);
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        for text in ["", "xyz", &"0".repeat(31), &"0".repeat(33), &"g".repeat(32), &"é".repeat(16)]
        {
            assert_eq!(Digest::parse(text), None, "{text}");
        }
        assert_eq!(Digest::parse(&digest.to_string().to_uppercase()), None);
    }

    #[test]
    fn digests_have_one_length() {
        let digest = Digest::of(b"newsgen");
        assert_eq!(postcard::from_bytes(&encoded(&digest)), Ok(digest));
        for length in [0_u8, 15, 17] {
            let bytes = [vec![length], vec![7; length.into()]].concat();
            assert!(postcard::from_bytes::<Digest>(&bytes).is_err(), "{length}");
        }
    }

    #[test]
    fn digest_of_parts_depends_on_boundaries() {
        let parts = |parts: &[&[u8]]| Digest::of_parts(parts.iter().copied());
        assert_ne!(parts(&[b"ab", b"c"]), parts(&[b"a", b"bc"]));
        assert_ne!(parts(&[b"", b"", b"a"]), parts(&[b"", b"a"]));
        assert_ne!(parts(&[b"ab"]), parts(&[b"ab", b""]));
    }

    #[test]
    fn large_values_are_hashed_in_parts() {
        let key = DigestKey::random();
        let texts: Vec<String> = (0..20_000).map(|number| format!("text {number}")).collect();
        let mut other = texts.clone();
        for index in [0, 9_999, 19_999] {
            other[index].push('!');
            assert_ne!(key.digest_of_value(&texts), key.digest_of_value(&other), "{index}");
            other[index].pop();
        }
        assert_eq!(key.digest_of_value(&texts), key.digest_of_value(&other));
        let short = (1_u8, "a");
        assert_eq!(key.digest_of_value(&short), key.digest(&encoded(&short)));
    }

    #[test]
    fn digests_of_different_keys_differ() {
        let (one, other) = (DigestKey::random(), DigestKey::random());
        for length in [0, 1, 16, 200, 1000] {
            let bytes = vec![7; length];
            assert_ne!(one.digest(&bytes), other.digest(&bytes), "{length}");
            let decoded: DigestKey = <[u8; 32]>::from(one.clone()).into();
            assert_eq!(one.digest(&bytes), decoded.digest(&bytes), "{length}");
            assert_ne!(one.digest(&bytes), one.digest(&vec![8; length + 1]), "{length}");
        }
    }
}
