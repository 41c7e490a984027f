//! Decodes, scales and encodes pictures.

use std::io::Cursor;

use image::codecs::png::{self, CompressionType, PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{
    DynamicImage, ExtendedColorType, GenericImageView, ImageDecoder, ImageEncoder, ImageFormat,
    ImageReader, ImageResult, Limits, Rgb, RgbImage, Rgba, RgbaImage,
};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use webp::Encoder;

use super::icon::{Backdrop, Icon};
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

/// The icons of a square picture, as PNG in sRGB.
pub(super) fn icons(bytes: &[u8], source: Size, icons: &[Icon]) -> Result<Vec<Vec<u8>>, String> {
    let picture = Decoded::new(bytes, source).map_err(|error| error.to_string())?;
    let icon = |icon: &Icon| picture.icon(*icon).map_err(|error| error.to_string());
    icons.iter().map(icon).collect()
}

/// The percentage of the side of a maskable icon that a picture with a background of its own takes,
/// which continues around it.
const IN_SAFE_ZONE: u32 = 80;

/// The percentage that any other square picture takes, whose corners must be in the safe zone.
const ALL_IN_SAFE_ZONE: u32 = 56;

const WHITE: Rgb<u8> = Rgb([u8::MAX; 3]);

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
            divide_by_alpha(&mut pixels);
            let pixels = self.in_srgb(pixels.into_raw(), Layout::Rgba);
            Encoder::from_rgba(&pixels, width, height).encode_simple(false, QUALITY)
        } else {
            let pixels = self.in_srgb(scaled.into_bytes(), Layout::Rgb);
            Encoder::from_rgb(&pixels, width, height).encode_simple(false, QUALITY)
        };
        encoded.map(|bytes| bytes.to_vec()).map_err(|error| format!("{error:?}"))
    }

    fn icon(&self, Icon { side, backdrop, .. }: Icon) -> ImageResult<Vec<u8>> {
        let (color, percentage) = match backdrop {
            Backdrop::Transparent => {
                let mut pixels = self.square(side);
                divide_by_alpha(&mut pixels);
                let pixels = self.in_srgb(pixels.into_raw(), Layout::Rgba);
                return as_png(&pixels, side, ExtendedColorType::Rgba8);
            }
            Backdrop::White => (WHITE, 100),
            Backdrop::Maskable => match self.corner_color() {
                Some(color) => (color, IN_SAFE_ZONE),
                None => (WHITE, ALL_IN_SAFE_ZONE),
            },
        };
        let inner = side * percentage / 100;
        let margin = (side - inner) / 2;
        let mut pixels = RgbImage::from_pixel(side, side, color);
        for (x, y, Rgba([red, green, blue, alpha])) in self.square(inner).enumerate_pixels() {
            let behind = |color: u8| u32::from(color) * u32::from(u8::MAX - alpha) / 255;
            let Rgb(below) = pixels.get_pixel_mut(margin + x, margin + y);
            for (below, color) in below.iter_mut().zip([red, green, blue]) {
                let sum = u32::from(*color) + behind(*below);
                *below = u8::try_from(sum).unwrap_or(u8::MAX);
            }
        }
        let pixels = self.in_srgb(pixels.into_raw(), Layout::Rgb);
        as_png(&pixels, side, ExtendedColorType::Rgb8)
    }

    /// The picture in this width and height, with colours that are multiplied by alpha.
    fn square(&self, side: u32) -> RgbaImage {
        self.pixels.resize_exact(side, side, FilterType::CatmullRom).into_rgba8()
    }

    /// The colour of the first corner, if all of them are opaque.
    fn corner_color(&self) -> Option<Rgb<u8>> {
        let (right, bottom) = (self.pixels.width() - 1, self.pixels.height() - 1);
        let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)];
        let corners = corners.map(|(x, y)| self.pixels.get_pixel(x, y));
        let [Rgba([red, green, blue, _]), ..] = corners;
        let is_opaque = corners.iter().all(|Rgba([.., alpha])| *alpha == u8::MAX);
        is_opaque.then_some(Rgb([red, green, blue]))
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

/// Undoes the multiplication by alpha.
fn divide_by_alpha(pixels: &mut RgbaImage) {
    map_colors(pixels, |color, alpha| {
        (color * 255 + alpha / 2).checked_div(alpha).unwrap_or(0).min(255)
    });
}

/// A square picture as PNG.
fn as_png(pixels: &[u8], side: u32, color: ExtendedColorType) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, png::FilterType::Adaptive);
    encoder.write_image(pixels, side, side, color)?;
    Ok(bytes)
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
