//! Sizes of pictures.

use serde::{Deserialize, Serialize};

/// The width and height of a picture in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// The number of pixels.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The same picture in another width.
    #[cfg(feature = "pictures")]
    pub(super) fn with_width(self, width: u32) -> Self {
        let (whole, part) = (u64::from(self.width), u64::from(width));
        let height = (u64::from(self.height) * part + whole / 2) / whole;
        Self { width, height: u32::try_from(height).expect("it shrinks").max(1) }
    }
}
