//! Decodes, scales and encodes pictures.

use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, ImageResult, Limits, Rgba, RgbaImage,
};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use webp::Encoder;

use super::pixel_budget::{BUDGET, TakenPixels};
use super::size::Size;

/// The quality of encoded pictures, from 0 to 100.
const QUALITY: f32 = 75.0;

/// The maximum width and height that WebP allows.
pub(super) const MAX_SIDE: u32 = 16_383;

/// The most bytes of a decoded pixel: four channels of 32 bits.
const MAX_PIXEL_BYTES: u64 = 16;

/// What a decoder may allocate besides.
const MAX_OVERHEAD: u64 = 1 << 24;

/// What the header of a picture says.
pub(super) struct Header {
    /// The size as it is shown: turned by the orientation that the camera noted.
    pub(super) size: Size,
    /// Whether the picture is animated.
    pub(super) is_animated: bool,
}

/// Reads the header of a JPEG, PNG or WebP picture.
pub(super) fn header(bytes: &[u8]) -> ImageResult<Header> {
    let reader = reader(bytes)?;
    let is_animated = match reader.format() {
        Some(ImageFormat::Png) => PngDecoder::new(Cursor::new(bytes))?.is_apng()?,
        Some(ImageFormat::WebP) => WebPDecoder::new(Cursor::new(bytes))?.has_animation(),
        _ => false,
    };
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let size = match decoder.orientation()? {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => Size { width: height, height: width },
        _ => Size { width, height },
    };
    Ok(Header { size, is_animated })
}

/// The picture in each of these sizes, as WebP in sRGB. `source` is the size that the header says.
pub(super) fn scaled(bytes: &[u8], source: Size, sizes: &[Size]) -> Result<Vec<Vec<u8>>, String> {
    let picture = Decoded::new(bytes, source).map_err(|error| error.to_string())?;
    sizes.iter().map(|size| picture.scaled(*size)).collect()
}

/// Decodes a picture of this size, and drops it.
pub(super) fn decode(bytes: &[u8], source: Size) -> Result<(), String> {
    Decoded::new(bytes, source).map(drop).map_err(|error| error.to_string())
}

/// A decoded picture, upright.
struct Decoded {
    /// RGB, or RGBA with colours that are multiplied by alpha: so transparent pixels do not bleed
    /// into others when the picture is scaled.
    pixels: DynamicImage,
    /// Its colour space, if it is not sRGB.
    profile: Option<ColorProfile>,
    /// Its share of memory.
    _pixels: TakenPixels<'static>,
}

impl Decoded {
    fn new(bytes: &[u8], source: Size) -> ImageResult<Self> {
        let taken = BUDGET.take(source.pixels());
        let mut reader = reader(bytes)?;
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(source.pixels() * MAX_PIXEL_BYTES + MAX_OVERHEAD);
        reader.limits(limits);
        let mut decoder = reader.into_decoder()?;
        let (orientation, profile) = (decoder.orientation()?, decoder.icc_profile()?);
        let mut picture = DynamicImage::from_decoder(decoder)?;
        picture.apply_orientation(orientation);
        let profile = profile.and_then(|profile| ColorProfile::new_from_slice(&profile).ok());
        let is_rgb = |profile: &ColorProfile| profile.color_space == DataColorSpace::Rgb;
        let pixels = if picture.has_alpha() {
            let mut pixels = picture.into_rgba8();
            map_colors(&mut pixels, |color, alpha| (color * alpha + 127) / 255);
            pixels.into()
        } else {
            picture.into_rgb8().into()
        };
        Ok(Self { pixels, profile: profile.filter(is_rgb), _pixels: taken })
    }

    fn scaled(&self, Size { width, height }: Size) -> Result<Vec<u8>, String> {
        let scaled = self.pixels.resize_exact(width, height, FilterType::CatmullRom);
        let encoded = if let DynamicImage::ImageRgba8(mut pixels) = scaled {
            map_colors(&mut pixels, |color, alpha| {
                (color * 255 + alpha / 2).checked_div(alpha).unwrap_or(0).min(255)
            });
            let pixels = self.in_srgb(pixels.into_raw(), Layout::Rgba);
            Encoder::from_rgba(&pixels, width, height).encode_simple(false, QUALITY)
        } else {
            let pixels = self.in_srgb(scaled.into_bytes(), Layout::Rgb);
            Encoder::from_rgb(&pixels, width, height).encode_simple(false, QUALITY)
        };
        encoded.map(|bytes| bytes.to_vec()).map_err(|error| format!("{error:?}"))
    }

    /// Pixels in sRGB; unchanged if the profile is unusable.
    fn in_srgb(&self, pixels: Vec<u8>, layout: Layout) -> Vec<u8> {
        let Some(profile) = &self.profile else { return pixels };
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        let mut converted = vec![0; pixels.len()];
        let transform = profile.create_transform_8bit(layout, &srgb, layout, options);
        match transform.and_then(|transform| transform.transform(&pixels, &mut converted)) {
            Ok(()) => converted,
            Err(_) => pixels,
        }
    }
}

/// Replaces each colour of each pixel by a function of it and of the pixel's alpha. The result is
/// at most 255.
fn map_colors(pixels: &mut RgbaImage, value: impl Fn(u32, u32) -> u32) {
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut() {
        for color in [red, green, blue] {
            let mapped = value(u32::from(*color), u32::from(*alpha));
            *color = u8::try_from(mapped).expect("colours are at most 255");
        }
    }
}

fn reader(bytes: &[u8]) -> ImageResult<ImageReader<Cursor<&[u8]>>> {
    Ok(ImageReader::new(Cursor::new(bytes)).with_guessed_format()?)
}
