//! The icons that are made of the site's one icon.

use crate::digest::Digest;

/// Changes whenever the same picture would give other icons.
pub(super) const ENCODING: u8 = 1;

/// An icon that is made of the site's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icon {
    /// The name of the asset.
    pub name: &'static str,
    /// Its width and height.
    pub side: u32,
    pub backdrop: Backdrop,
}

/// What is around an icon and behind its transparent parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backdrop {
    /// Nothing.
    Transparent,
    /// White, since some systems show transparent parts in black.
    White,
    /// A margin, since the system cuts a shape out of the icon: only the safe zone is always visible,
    /// a circle of 80 % of the side (<https://www.w3.org/TR/appmanifest/#icon-masks>).
    Maskable,
}

const fn icon(name: &'static str, side: u32, backdrop: Backdrop) -> Icon {
    Icon { name, side, backdrop }
}

/// All icons.
#[cfg(feature = "pictures")]
pub const ICONS: &[Icon] =
    &[Icon::FAVICON, Icon::APPLE_TOUCH, Icon::SMALL, Icon::LARGE, Icon::MASKABLE];

/// No icons.
#[cfg(not(feature = "pictures"))]
pub const ICONS: &[Icon] = &[];

impl Icon {
    /// The icon of tabs and bookmarks.
    pub const FAVICON: Self = icon("theme/icon-32.png", 32, Backdrop::Transparent);
    /// The icon of the home screen of iOS.
    pub const APPLE_TOUCH: Self = icon("theme/icon-180.png", 180, Backdrop::White);
    /// The icon of the web app manifest.
    pub const SMALL: Self = icon("theme/icon-192.png", 192, Backdrop::Transparent);
    /// The large icon of the web app manifest.
    pub const LARGE: Self = icon("theme/icon-512.png", 512, Backdrop::Transparent);
    /// The icon of the home screen of Android.
    pub const MASKABLE: Self = icon("theme/icon-maskable-512.png", 512, Backdrop::Maskable);

    /// Identifies the bytes of this icon of a picture with the digest `picture`.
    pub fn key(&self, picture: Digest) -> Digest {
        Digest::of_parts([picture.as_bytes(), &[ENCODING], self.name.as_bytes()])
    }
}
