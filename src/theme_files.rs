//! The files of `static/` that the table `[theme]` names: their sizes, and what is wrong with them.

use std::ops::RangeInclusive;

use crate::asset::{Asset, STYLESHEET};
use crate::config::{
    ByScheme, FileSetting, IconSetting, Stylesheet, Theme, ThemeFiles, ThemeIcon, ThemeImage,
};
use crate::diagnostic::{Code, Diagnostic, closest_match};
use crate::digest::Digest;
use crate::image_size::ImageSize;
use crate::source::{self, SiteFile};

/// The required width and height of the PNG source of icons.
const ICON_SIDES: RangeInclusive<u32> = 512..=4096;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The number of hexadecimal digits of the version of a stylesheet.
const VERSION_DIGITS: usize = 16;

/// Reads the files that `theme` names. Stylesheets of a preview have no version. Also returns an error
/// for each file that is missing or unusable, and a warning for each setting without effect.
pub fn read(
    theme: &Theme,
    static_files: &[SiteFile],
    assets: &[Asset],
    is_preview: bool,
) -> (ThemeFiles, Vec<Diagnostic>) {
    let mut diagnostics = settings_without_effect(theme, assets);
    let files = StaticFiles { files: static_files, assets };
    let mut image = |file: &FileSetting, allows_svg| {
        let image = files.image(file, allows_svg);
        image.map_err(|error| diagnostics.push(error)).ok()
    };
    let logo = theme.logo.as_ref().and_then(|logo| {
        let light = image(&logo.light, true);
        let dark = logo.dark.as_ref().and_then(|dark| image(dark, true));
        Some(ByScheme { light: light?, dark })
    });
    let social_image = theme.social_image.as_ref().and_then(|file| image(file, false));
    let stylesheet = theme.custom_css.as_ref().map(|file| files.stylesheet(file, is_preview));
    let custom_css =
        stylesheet.and_then(|result| result.map_err(|error| diagnostics.push(error)).ok());
    let icon = theme.icon.as_ref().map(|icon| files.icon(icon, &mut diagnostics));
    (ThemeFiles { logo, social_image, icon, custom_css }, diagnostics)
}

/// Warnings for settings that would change the theme's stylesheet, if the site has its own.
fn settings_without_effect(theme: &Theme, assets: &[Asset]) -> Vec<Diagnostic> {
    let css = theme.css();
    let is_own = |asset: &Asset| asset.name == STYLESHEET && !asset.bytes.ends_with(css.as_bytes());
    if !assets.iter().any(is_own) {
        return Vec::new();
    }
    let warning = |(key, location): &(&str, _)| {
        let message =
            format!("`{key}` does not change static/{STYLESHEET}, which replaces the theme's file");
        let help = "remove the setting or that file; `custom_css` adds rules to the theme's file";
        Diagnostic::new(Code::IneffectiveThemeSetting, Clone::clone(location), message)
            .help(help)
            .changes_output()
    };
    theme.stylesheet_keys.iter().map(warning).collect()
}

/// An error if an icon is not square.
fn square(file: &FileSetting, image: ThemeImage) -> Result<ThemeImage, Diagnostic> {
    let ImageSize { width, height } = image.size;
    if width == height {
        return Ok(image);
    }
    let (key, path) = (file.key, &file.path);
    let message =
        format!("`{key}` names static/{path}, which is not square: {width} by {height} pixels");
    let help = "crop it, or extend its background";
    Err(Diagnostic::new(Code::UnusableThemeFile, file.location.clone(), message).help(help))
}

/// The static files of a site, and the assets of the theme. A static file can replace an asset.
struct StaticFiles<'a> {
    files: &'a [SiteFile],
    assets: &'a [Asset],
}

impl StaticFiles<'_> {
    fn image(&self, file: &FileSetting, allows_svg: bool) -> Result<ThemeImage, Diagnostic> {
        let bytes = self.read(file)?;
        let (key, path) = (file.key, &file.path);
        let error = |message: String| {
            Diagnostic::new(Code::UnusableThemeFile, file.location.clone(), message)
        };
        let is_svg = file.is_svg();
        if is_svg && !allows_svg {
            return Err(error(format!(
                "`{key}` is an SVG image, which social networks do not show"
            ))
            .help("name a PNG or JPEG image, of 1200 by 630 pixels for example"));
        }
        let size = if is_svg { ImageSize::of_svg(&bytes) } else { ImageSize::of_bitmap(&bytes) };
        let size = size.ok_or_else(|| {
            let error = error(format!("cannot read the size of static/{path}"));
            if is_svg {
                error.help("give its element `<svg>` a `viewBox`, or `width` and `height`")
            } else {
                error.help("expected a PNG, JPEG, GIF, WebP or AVIF image, or SVG in a file `.svg`")
            }
        })?;
        Ok(ThemeImage { path: path.clone(), size })
    }

    /// The site's icon as far as it is usable. Adds what is wrong with its files.
    fn icon(&self, icon: &IconSetting, diagnostics: &mut Vec<Diagnostic>) -> ThemeIcon {
        let mut usable = |image: Result<ThemeImage, Diagnostic>| {
            image.map_err(|error| diagnostics.push(error)).ok()
        };
        let svg = icon.svg.as_ref().and_then(|file| usable(self.svg_icon(file)));
        let png = icon.png.as_ref().and_then(|file| usable(self.png_icon(file)));
        if let (Some(file), None) = (&icon.svg, &icon.png) {
            let message = format!(
                "`{}` is an SVG image, but icons for home screens are made from PNG",
                file.key
            );
            let help = format!(
                "add a PNG image of at least {smallest} by {smallest} pixels: `icon = {{ svg = \"{}\", png = \"FILE\" }}`",
                file.path,
                smallest = ICON_SIDES.start(),
            );
            let warning =
                Diagnostic::new(Code::NoHomeScreenIcon, file.location.clone(), message).help(help);
            diagnostics.push(warning.changes_output());
        }
        ThemeIcon { svg, png }
    }

    fn svg_icon(&self, file: &FileSetting) -> Result<ThemeImage, Diagnostic> {
        if !file.is_svg() {
            let message =
                format!("`{}` names static/{}, which is not an SVG image", file.key, file.path);
            return Err(Diagnostic::new(Code::UnusableThemeFile, file.location.clone(), message)
                .help("name a file `.svg`, or write its path as `png`"));
        }
        square(file, self.image(file, true)?)
    }

    fn png_icon(&self, file: &FileSetting) -> Result<ThemeImage, Diagnostic> {
        let (key, path) = (file.key, &file.path);
        let error = |message: String| {
            Diagnostic::new(Code::UnusableThemeFile, file.location.clone(), message)
        };
        if !self.read(file)?.starts_with(PNG_SIGNATURE) {
            let message = format!("`{key}` names static/{path}, which is not a PNG image");
            return Err(error(message).help("expected a PNG image, or SVG in a file `.svg`"));
        }
        let image = square(file, self.image(file, false)?)?;
        let side = image.size.width;
        if ICON_SIDES.contains(&side) {
            return Ok(image);
        }
        let (smallest, largest) = (ICON_SIDES.start(), ICON_SIDES.end());
        let message = format!("`{key}` names static/{path}, which has {side} by {side} pixels");
        let help = format!(
            "icons are made of images of {smallest} to {largest} pixels in width and height"
        );
        Err(error(message).help(help))
    }

    fn stylesheet(&self, file: &FileSetting, is_preview: bool) -> Result<Stylesheet, Diagnostic> {
        let mut version = Digest::of(&self.read(file)?).to_string();
        version.truncate(VERSION_DIGITS);
        Ok(Stylesheet { path: file.path.clone(), version: (!is_preview).then_some(version) })
    }

    fn read(&self, file: &FileSetting) -> Result<Vec<u8>, Diagnostic> {
        let (key, path) = (file.key, &*file.path);
        let error = |message: String| {
            Diagnostic::new(Code::UnusableThemeFile, file.location.clone(), message)
        };
        if self.assets.iter().any(|asset| asset.name == path) {
            let message = format!("`{key}` names static/{path}, a file of the theme");
            return Err(error(message).help("copy it to another place in `static/`"));
        }
        let found = self.files.binary_search_by(|file| (*file.path).cmp(path));
        if let Some(found) = found.ok().and_then(|index| self.files.get(index)) {
            return source::read(&found.on_disk(), &found.display_path());
        }
        let error = error(format!("`{key}` names static/{path}, which does not exist"));
        let below = path.strip_prefix("static/");
        let names = || self.files.iter().map(|file| &*file.path);
        Err(match below.or_else(|| closest_match(path, names())) {
            Some(name) => error.help(format!("did you mean `{name}`?")),
            None => error.help("put the file into `static/`, and write its path in that folder"),
        })
    }
}
