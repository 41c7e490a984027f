//! The theme's assets. Their names contain a digest of their content, so that they can be cached
//! forever.

use std::borrow::Cow;

use data_encoding::BASE64;
use sha2::{Digest as _, Sha384};

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::slug::{Slugs, shortened};
use crate::source::{self, SiteFile};
use crate::theme_copy::{ThemeCopy, without_mark};

/// An asset of the theme.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The name in templates, and the output path if names are plain: `theme/style.css`.
    pub name: &'static str,
    /// The output path.
    pub path: String,
    /// The subresource integrity value (<https://www.w3.org/TR/SRI/>); `None` if the file may
    /// change without the pages that use it.
    pub integrity: Option<String>,
    pub bytes: Cow<'static, [u8]>,
}

impl Asset {
    /// An asset under a fingerprinted name, or under its own if that is plain.
    pub fn new(name: &'static str, bytes: Cow<'static, [u8]>, is_plain: bool) -> Self {
        if is_plain {
            return Self { name, path: name.to_owned(), integrity: None, bytes };
        }
        let path = fingerprinted(name, Digest::of(&bytes));
        let integrity = Some(format!("sha384-{}", BASE64.encode(&Sha384::digest(&bytes))));
        Self { name, path, integrity, bytes }
    }
}

/// The theme's assets by name, each with the bytes of the site's own file if there is one; a copy of
/// an older version is a warning. `css` is added to the theme's stylesheets, also to copies of them, and
/// to any stylesheet of feeds, which has no other words. Names are plain if `are_plain`.
///
/// # Errors
/// For each file that cannot be read.
pub fn assets(
    theme: &[(&'static str, &'static [u8])],
    static_files: &[SiteFile],
    css: &AddedCss,
    are_plain: bool,
) -> Result<(Vec<Asset>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mut assets, mut warnings, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (name, bytes) in theme.iter().copied() {
        let own = static_files.iter().find(|file| &*file.path == name);
        let own = match own.map(|file| source::read(&file.on_disk(), &file.display_path())) {
            Some(Ok(own)) => {
                warnings.extend(outdated(name, &own, bytes));
                Some(published(own)).filter(|own| !is_unchanged(own, bytes))
            }
            None => None,
            Some(Err(error)) => {
                errors.push(error);
                continue;
            }
        };
        let bytes = match (name, own) {
            (FEED_STYLESHEET, own) => with_css(own.map_or(bytes.into(), Cow::Owned), &css.of_feeds),
            (_, Some(own)) => Cow::Owned(own),
            (STYLESHEET, None) => with_css(bytes.into(), &css.of_pages),
            (_, None) => Cow::Borrowed(bytes),
        };
        assets.push(Asset::new(name, bytes, are_plain));
    }
    if errors.is_empty() { Ok((assets, warnings)) } else { Err(errors) }
}

/// A warning if a site's file is a copy of an older version of the theme's.
fn outdated(name: &str, own: &[u8], of_theme: &[u8]) -> Option<Diagnostic> {
    let (own, of_theme) = (std::str::from_utf8(own).ok()?, std::str::from_utf8(of_theme).ok()?);
    let copy = ThemeCopy::of(own).filter(|copy| copy.name == name)?;
    copy.outdated(&format!("static/{name}"), own, of_theme)
}

/// The bytes of a site's file as they are published: without the mark of a copy.
fn published(own: Vec<u8>) -> Vec<u8> {
    match std::str::from_utf8(&own).map(without_mark) {
        Ok(text) if text.len() < own.len() => text.as_bytes().to_vec(),
        _ => own,
    }
}

/// Whether a site's file is the theme's, perhaps with the line ends of another system.
fn is_unchanged(own: &[u8], of_theme: &[u8]) -> bool {
    own == of_theme
        || std::str::from_utf8(own)
            .is_ok_and(|own| own.replace("\r\n", "\n").as_bytes() == of_theme)
}

/// The name of the theme's stylesheet.
pub const STYLESHEET: &str = "theme/style.css";

/// The name of the stylesheet of feeds.
pub const FEED_STYLESHEET: &str = "theme/feed.css";

/// What a site's configuration adds to the theme's stylesheets.
#[derive(Clone, Debug)]
pub struct AddedCss {
    /// For [`STYLESHEET`].
    pub of_pages: String,
    /// For [`FEED_STYLESHEET`].
    pub of_feeds: String,
}

impl AddedCss {
    /// What this configuration adds.
    pub fn new(config: &Config) -> Self {
        let of_feeds = config.theme.feed_css(&config.locale);
        Self { of_pages: config.theme.css(), of_feeds }
    }
}

fn with_css(bytes: Cow<'static, [u8]>, css: &str) -> Cow<'static, [u8]> {
    if css.is_empty() { bytes } else { [&*bytes, css.as_bytes()].concat().into() }
}

/// The output folder of the theme's assets.
const FOLDER: &str = "theme/";

/// The number of hexadecimal digits of the digest in a name.
const DIGEST_DIGITS: usize = 16;

/// `Cache-Control` of fingerprinted files (RFC 8246).
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// `Cache-Control` of all other files.
pub const SHORT_LIVED: &str = "public, max-age=60";

/// The fingerprinted name of an asset: `theme/style.0123456789abcdef.css`.
fn fingerprinted(path: &str, digest: Digest) -> String {
    let spelt = digest.to_string();
    let digits = spelt.get(..DIGEST_DIGITS).expect("a digest has 32 digits");
    match path.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}.{digits}.{ending}"),
        None => format!("{path}.{digits}"),
    }
}

/// The longest part of a picture's name that the names of its variants contain, in bytes.
const MAX_STEM: usize = 60;

/// The folder of the variants of pictures.
pub const PICTURES: &str = "theme/pictures/";

/// The fingerprinted path of a variant of the picture at `source` in `static/`:
/// `theme/pictures/harbour-640.0123456789abcdef.webp`. `key` identifies its bytes.
pub fn picture_path(source: &str, width: u32, key: Digest) -> String {
    let stem = Slugs::default().slugify(source::stem(source));
    let stem = if stem.is_empty() { "picture" } else { shortened(&stem, MAX_STEM) };
    fingerprinted(&format!("{PICTURES}{stem}-{width}.webp"), key)
}

/// Whether the name of a published file contains a digest.
pub fn is_fingerprinted(path: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let digits = path.strip_prefix(FOLDER).and_then(|name| name.rsplit('.').nth(1));
    digits.is_some_and(|digits| digits.len() == DIGEST_DIGITS && digits.bytes().all(is_digit))
}

/// The `Cache-Control` of a published file (RFC 9111, section 5.2.2).
pub fn cache_control(path: &str) -> &'static str {
    if is_fingerprinted(path) { IMMUTABLE } else { SHORT_LIVED }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprinted_names_are_recognized() {
        let path = fingerprinted("theme/style.css", Digest::of(b"a{}"));
        assert_eq!(path.len(), "theme/style.0123456789abcdef.css".len());
        assert!(path.starts_with("theme/style.") && is_fingerprinted(&path), "{path}");
        for other in
            ["theme/style.css", "images/a.0123456789abcdef.png", "theme/a.0123456789ABCDEF.css"]
        {
            assert!(!is_fingerprinted(other), "{other}");
        }
    }
}
