//! The width and height of images, read from their first bytes.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The width and height of an image in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageSize {
    pub width: u32,
    pub height: u32,
}

/// The largest width and height. Browsers lay out nothing larger.
const MAX: f64 = 1_000_000.0;

impl ImageSize {
    /// The size of a PNG, JPEG, GIF, WebP or AVIF image; `None` if it is none of these.
    pub fn of_bitmap(bytes: &[u8]) -> Option<Self> {
        let size = imagesize::blob_size(bytes).ok()?;
        let number = |length| u32::try_from(length).ok().filter(|length| *length > 0);
        Some(Self { width: number(size.width)?, height: number(size.height)? })
    }

    /// The size of an SVG image: of its `width` and `height` if these are absolute lengths,
    /// otherwise of its `viewBox`. `None` if it has none.
    pub fn of_svg(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::from_reader(bytes);
        loop {
            match reader.read_event().ok()? {
                Event::Start(element) | Event::Empty(element) => {
                    let is_svg = element.local_name().as_ref() == b"svg";
                    return is_svg.then(|| of_element(&element)).flatten();
                }
                Event::Eof => return None,
                _ => {}
            }
        }
    }
}

fn of_element(svg: &BytesStart<'_>) -> Option<ImageSize> {
    let text = |name: &str| {
        let attribute = svg.try_get_attribute(name).ok()??;
        String::from_utf8(attribute.value.into_owned()).ok()
    };
    let length = |name| text(name).and_then(|text| pixels(text.trim()));
    let view_box = || {
        let text = text("viewBox")?;
        let numbers = text.split([' ', ',', '\t', '\r', '\n']).filter(|part| !part.is_empty());
        let numbers: Option<Vec<f64>> = numbers.map(|part| part.parse().ok()).collect();
        let [_, _, width, height] = numbers?.try_into().ok()?;
        Some((width, height))
    };
    let (width, height) = length("width").zip(length("height")).or_else(view_box)?;
    Some(ImageSize { width: whole(width)?, height: whole(height)? })
}

/// An absolute length (CSS Values 4, section 6.2) in pixels.
fn pixels(length: &str) -> Option<f64> {
    let end = length.find(|c: char| c.is_ascii_alphabetic() && c != 'e' || c == '%');
    let (number, unit) = length.split_at(end.unwrap_or(length.len()));
    let pixels = match unit {
        "" | "px" => 1.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        _ => return None,
    };
    Some(number.trim().parse::<f64>().ok()? * pixels)
}

/// A length as a whole number of pixels, at least 1.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the length is positive and at most a million"
)]
fn whole(length: f64) -> Option<u32> {
    (length > 0.0 && length <= MAX).then(|| length.round().max(1.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(attributes: &str) -> Option<(u32, u32)> {
        let text = format!("<?xml version=\"1.0\"?><!DOCTYPE svg><!-- c --><svg {attributes}/>");
        ImageSize::of_svg(text.as_bytes()).map(|size| (size.width, size.height))
    }

    #[test]
    fn svg_has_the_size_of_its_attributes_or_view_box() {
        for (attributes, expected) in [
            ("width='120' height='40'", Some((120, 40))),
            ("width=' 120.4px ' height='.2' viewBox='0 0 1 1'", Some((120, 1))),
            ("width='1in' height='3pc'", Some((96, 48))),
            ("width='25.4mm' height='72pt'", Some((96, 96))),
            ("width='1e2' height='1e1px'", Some((100, 10))),
            ("viewBox='0 0 300 90.6'", Some((300, 91))),
            ("width='100%' height='2em' viewBox='-5,-5, 30,\n20'", Some((30, 20))),
            ("width='120' viewBox='0 0 3 1'", Some((3, 1))),
            ("width='120'", None),
            ("width='0' height='40' viewBox='0 0 3 1'", None),
            ("width='-1' height='40'", None),
            ("width='NaN' height='inf'", None),
            ("width='1e300' height='40'", None),
            ("viewBox='0 0 3'", None),
            ("", None),
        ] {
            assert_eq!(svg(attributes), expected, "{attributes}");
        }
    }

    #[test]
    fn hostile_images_have_no_size() {
        let deep = "<a>".repeat(100_000);
        let entities = "<!DOCTYPE svg [<!ENTITY a \"&a;&a;\">]><svg width='&a;' height='&a;'/>";
        let texts =
            ["", "<svg", "<html/>", "</svg>", "&&<svg width=1 height=1>", deep.as_str(), entities];
        for text in texts.map(str::as_bytes).into_iter().chain([&[0xFF, 0xFE, 0x00][..]]) {
            assert_eq!(ImageSize::of_svg(text), None);
            assert_eq!(ImageSize::of_bitmap(text), None);
        }
        for bytes in
            [&b"\x89PNG\r\n\x1a\n"[..], b"GIF89a\0\0\0\0", b"\xFF\xD8\xFF", b"RIFF\0\0\0\0WEBPVP8 "]
        {
            assert_eq!(ImageSize::of_bitmap(bytes), None);
        }
    }

    #[test]
    fn bitmaps_have_the_size_of_their_header() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x40\0\0\0\xB4\x08\x02\0\0\0";
        let jpeg =
            b"\xFF\xD8\xFF\xC0\0\x11\x08\0\xB4\x01\x40\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
        let gif = b"GIF89a\x40\x01\xB4\0\0\0\0";
        let webp = b"RIFF\x1E\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x3F\x01\0\xB3\0\0";
        for bytes in [&png[..], jpeg, gif, webp] {
            let expected = Some(ImageSize { width: 320, height: 180 });
            assert_eq!(ImageSize::of_bitmap(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
