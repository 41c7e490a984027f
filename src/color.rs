//! Colours and their contrast, by WCAG 2.2.

use std::fmt;

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// The contrast that small text needs (WCAG 2.2, success criterion 1.4.3).
pub const TEXT_CONTRAST: f64 = 4.5;

/// The contrast that parts of controls need (WCAG 2.2, success criterion 1.4.11).
pub const CONTROL_CONTRAST: f64 = 3.0;

impl Color {
    pub const BLACK: Self = Self([0; 3]);
    pub const WHITE: Self = Self([255; 3]);

    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// Parses `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        match digits.len() {
            3 => Some(Self([green & 15, blue >> 4, blue & 15].map(|digit| digit * 17))),
            6 => Some(Self([red, green, blue])),
            _ => None,
        }
    }

    /// The relative luminance, from 0 to 1.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast ratio of two colours, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The nearest shade or tint that passes: this colour with as little black or white mixed in as
    /// possible. It has the same hue. This colour if none passes.
    #[must_use]
    pub fn nearest(self, passes: impl Fn(Self) -> bool) -> Self {
        let mut candidates =
            (0..=255).flat_map(|part| [Self::BLACK, Self::WHITE].map(|end| self.mix(end, part)));
        candidates.find(|color| passes(*color)).unwrap_or(self)
    }

    /// This colour with `part` of 255 parts of another.
    fn mix(self, Self(other): Self, part: u8) -> Self {
        let Self(mut mixed) = self;
        for (channel, other) in mixed.iter_mut().zip(other) {
            let sum =
                u32::from(*channel) * u32::from(255 - part) + u32::from(other) * u32::from(part);
            *channel = u8::try_from((sum + 127) / 255).expect("a mean of bytes is a byte");
        }
        Self(mixed)
    }
}

impl fmt::Display for Color {
    /// Formats as in CSS: `#rrggbb`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Color {
        Color::parse(text).expect("colour")
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        for (one, other, expected) in [
            ("#000", "#fff", "21.00"),
            ("#767676", "#ffffff", "4.54"),
            ("#777777", "#ffffff", "4.48"),
            ("#949494", "#fff", "3.03"),
            ("#ff0000", "#ffffff", "4.00"),
            ("#0000ff", "#ffffff", "8.59"),
            ("#ffd400", "#ffffff", "1.43"),
            ("#abcdef", "#abcdef", "1.00"),
        ] {
            let (one, other) = (color(one), color(other));
            assert_eq!(format!("{:.2}", one.contrast(other)), expected, "{one} {other}");
            assert_eq!(format!("{:.2}", other.contrast(one)), expected, "{other} {one}");
        }
    }

    #[test]
    fn colors_are_hexadecimal() {
        assert_eq!(color("#B3261e").to_string(), "#b3261e");
        assert_eq!(color("#1a9").to_string(), "#11aa99");
        for text in ["b3261e", "#b3261", "#b3261eff", "#12", "#+12345", "red", "#", "", "#äöü"] {
            assert_eq!(Color::parse(text), None, "{text}");
        }
    }

    #[test]
    fn nearest_color_keeps_the_hue_and_passes() {
        let on = |background| move |color: Color| color.contrast(background) >= TEXT_CONTRAST;
        let yellow = color("#ffd400");
        let dark = yellow.nearest(on(Color::WHITE));
        assert_eq!(dark.to_string(), "#8c7400");
        assert!(dark.contrast(Color::WHITE) < TEXT_CONTRAST + 0.1, "as near as possible");
        assert_eq!(yellow.nearest(on(Color::BLACK)), yellow, "it passes as it is");
        assert_eq!(Color::BLACK.nearest(on(Color::BLACK)).to_string(), "#757575");
        assert_eq!(yellow.nearest(|_| false), yellow);
    }
}
