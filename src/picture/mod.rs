//! Pictures of `static/` that articles show: their sizes, and smaller variants of them in WebP.
//!
//! A variant is identified by a digest of the picture's bytes, the width, and the version of the
//! encoding ([`Variant::key`]). Decoding needs the Cargo feature `pictures`; without it nothing is
//! known of any picture.

#[cfg(feature = "pictures")]
mod codec;
mod icon;
#[cfg(feature = "pictures")]
mod pixel_budget;
mod size;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::asset;
use crate::config::PictureConfig;
use crate::digest::Digest;
use crate::source::FileStamp;

pub use icon::{Backdrop, ICONS, Icon};
pub use size::Size;

/// Changes whenever the same picture would be encoded as other bytes, so that variants of an
/// earlier newsgen are not reused.
const ENCODING: u8 = 1;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The size as it is shown.
    pub size: Size,
    /// Smaller ones, narrowest first.
    pub variants: Vec<Variant>,
    /// The keys of these, and of those that are left out because they are not smaller in bytes.
    pub keys: Vec<Digest>,
}

/// A smaller variant of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub size: Size,
    /// The output path.
    pub path: Arc<str>,
    /// Identifies its bytes.
    pub key: Digest,
    /// The number of its bytes.
    pub length: u64,
}

/// The pictures of a site's articles, by their paths in `static/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pictures {
    /// Digest of the settings that they depend on.
    pub settings: Digest,
    pub files: BTreeMap<Arc<str>, PictureFile>,
}

/// What is known of the file of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFile {
    /// None if it was too fresh to be trusted.
    pub stamp: Option<FileStamp>,
    /// Digest of its bytes.
    pub digest: Digest,
    /// The picture, or why it cannot be shown in other sizes.
    pub picture: Result<Picture, String>,
}

impl Pictures {
    /// The picture at a path in `static/`, if it can be read.
    pub fn get(&self, path: &str) -> Option<&Picture> {
        self.files.get(path)?.picture.as_ref().ok()
    }

    /// The keys of all stored variants.
    pub fn keys(&self) -> impl Iterator<Item = Digest> {
        let pictures = self.files.values().filter_map(|file| file.picture.as_ref().ok());
        pictures.flat_map(|picture| picture.keys.iter().copied())
    }

    /// All variants, each with the path of its picture in `static/`. Equal pictures share theirs.
    pub fn variants(&self) -> BTreeMap<&Arc<str>, (&Arc<str>, &Variant)> {
        let mut variants = BTreeMap::new();
        for (source, file) in &self.files {
            for variant in file.picture.iter().flat_map(|picture| &picture.variants) {
                variants.insert(&variant.path, (source, variant));
            }
        }
        variants
    }
}

/// Digest of the settings that pictures depend on.
pub fn settings_digest(config: &PictureConfig) -> Digest {
    Digest::of_value(&(ENCODING, cfg!(feature = "pictures"), &config.widths, config.max_pixels))
}

/// Whether a file has the name of a picture that can be decoded.
pub fn is_decodable(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let endings = ["jpeg", "jpg", "png", "webp"];
    cfg!(feature = "pictures") && ending.is_some_and(|ending| endings.contains(&&*ending))
}

/// A variant that a picture may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub size: Size,
    pub key: Digest,
}

impl Candidate {
    /// The variant of the picture at `source` in `static/`, if it is published.
    pub fn variant(&self, source: &str, length: u64) -> Option<Variant> {
        let path = asset::picture_path(source, self.size.width, self.key).into();
        (length > 0).then_some(Variant { size: self.size, path, key: self.key, length })
    }
}

/// The size of a picture, and the variants that it may have, narrowest first.
///
/// # Errors
/// Why it cannot be read.
#[cfg(feature = "pictures")]
pub fn inspect(
    bytes: &[u8],
    digest: Digest,
    config: &PictureConfig,
) -> Result<(Size, Vec<Candidate>), String> {
    let codec::Header { size, is_animated } =
        codec::header(bytes).map_err(|error| error.to_string())?;
    let candidate = |width: &u32| {
        let parts = [digest.as_bytes(), &[ENCODING], &width.to_le_bytes()];
        Candidate { size: size.with_width(*width), key: Digest::of_parts(parts) }
    };
    let is_scaled = !is_animated && size.pixels() <= config.max_pixels;
    let widths = config.widths.iter().filter(|width| is_scaled && **width < size.width);
    let candidates = widths.map(candidate);
    Ok((size, candidates.filter(|found| found.size.height <= codec::MAX_SIDE).collect()))
}

/// Decodes a picture of this size without making variants.
///
/// # Errors
/// Why it cannot be read.
#[cfg(feature = "pictures")]
pub fn decode(bytes: &[u8], size: Size) -> Result<(), String> {
    codec::decode(bytes, size)
}

/// The bytes of variants; none for those that are not smaller than the picture itself. `size` is
/// the picture's.
///
/// # Errors
/// Why it cannot be read.
#[cfg(feature = "pictures")]
pub fn encode(bytes: &[u8], size: Size, variants: &[Size]) -> Result<Vec<Vec<u8>>, String> {
    let mut encoded = codec::scaled(bytes, size, variants)?;
    for variant in &mut encoded {
        if variant.len() >= bytes.len() {
            variant.clear();
        }
    }
    Ok(encoded)
}

/// The bytes of icons that are made of the square picture `bytes` of this size.
///
/// # Errors
/// Why it cannot be read.
#[cfg(feature = "pictures")]
pub fn encode_icons(bytes: &[u8], size: Size, icons: &[Icon]) -> Result<Vec<Vec<u8>>, String> {
    codec::icons(bytes, size, icons)
}

#[cfg(not(feature = "pictures"))]
pub fn encode_icons(_: &[u8], _: Size, _: &[Icon]) -> Result<Vec<Vec<u8>>, String> {
    Err(UNSUPPORTED.to_owned())
}

#[cfg(not(feature = "pictures"))]
pub fn inspect(_: &[u8], _: Digest, _: &PictureConfig) -> Result<(Size, Vec<Candidate>), String> {
    Err(UNSUPPORTED.to_owned())
}

#[cfg(not(feature = "pictures"))]
pub fn decode(_: &[u8], _: Size) -> Result<(), String> {
    Err(UNSUPPORTED.to_owned())
}

#[cfg(not(feature = "pictures"))]
pub fn encode(_: &[u8], _: Size, _: &[Size]) -> Result<Vec<Vec<u8>>, String> {
    Err(UNSUPPORTED.to_owned())
}

#[cfg(not(feature = "pictures"))]
const UNSUPPORTED: &str = "this newsgen was compiled without the feature `pictures`";

#[cfg(all(test, feature = "pictures"))]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, Rgb, RgbImage};

    use super::*;

    fn picture() -> Vec<u8> {
        let pixel = |x: u32, y: u32| Rgb([x * 4, y * 5, x * y].map(|value| value.to_le_bytes()[0]));
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::from_fn(60, 40, pixel).write_to(&mut bytes, ImageFormat::Png).expect("encoded");
        bytes.into_inner()
    }

    /// If another version of a codec gives other bytes, `ENCODING` must change.
    #[test]
    fn encoding_version_covers_the_bytes() {
        let variant = Size { width: 30, height: 20 };
        let encoded =
            encode(&picture(), Size { width: 60, height: 40 }, &[variant]).expect("encoded");
        assert_eq!(
            (ENCODING, Digest::of(&encoded[0]).to_string().as_str()),
            (1, "84dcad72820c983128be84173f46ad18")
        );
    }

    /// As above for `icon::ENCODING`.
    #[test]
    fn encoding_version_covers_the_bytes_of_icons() {
        let size = Size { width: 60, height: 40 };
        let icons = encode_icons(&picture(), size, ICONS).expect("encoded");
        let digest = Digest::of(&icons.concat()).to_string();
        assert_eq!((icon::ENCODING, digest.as_str()), (1, "05ae150224a70941060e2f73a4e63fc2"));
    }

    #[test]
    fn variants_keep_the_proportions() {
        for (size, width, height) in [((1600, 1067), 320, 213), ((1000, 1), 16, 1), ((3, 2), 2, 1)]
        {
            let size = Size { width: size.0, height: size.1 };
            assert_eq!(size.with_width(width), Size { width, height });
        }
    }

    #[test]
    fn keys_depend_on_bytes_and_width() {
        let config = PictureConfig { widths: vec![16, 32], max_pixels: 1_000_000 };
        let keys = |digest: &[u8]| {
            let (_, found) = inspect(&picture(), Digest::of(digest), &config).expect("a picture");
            found.into_iter().map(|found| found.key).collect::<Vec<_>>()
        };
        let (one, two) = (keys(b"1"), keys(b"2"));
        assert!(one[0] != one[1] && one.iter().all(|key| !two.contains(key)));
    }
}
