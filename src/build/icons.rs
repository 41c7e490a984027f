//! The icons of the site: made of the one that `[theme]` names, and stored as the variants of
//! pictures are.

use super::picture_store::PictureStore;
use crate::asset::Asset;
use crate::config::{Config, FileSetting, ThemeImage};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::page::{WEB_MANIFEST, web_manifest};
use crate::picture::{self, ICONS, Icon, Size};
use crate::render;
use crate::source::{self, SiteFile};

/// The path of the icon that programs ask for which do not read the links of pages.
const FAVICON: &str = "favicon.ico";

/// The icons of a site.
#[derive(Default)]
pub(super) struct Icons {
    /// Them and the web app manifest.
    pub(super) assets: Vec<Asset>,
    /// What is stored of them.
    pub(super) keys: Vec<Digest>,
    /// Why they cannot be made or stored.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Icons {
    /// The icons of a site with the assets of the theme. A static file replaces the icon of the same
    /// name. What is made is stored if `is_written`.
    pub(super) fn read(
        config: &Config,
        static_files: &[SiteFile],
        store: &PictureStore,
        is_written: bool,
    ) -> Self {
        let Some(icon) = &config.theme_files.icon else { return Self::default() };
        let setting = config.theme.icon.as_ref().and_then(|icon| icon.png.as_ref());
        let source = IconSource { config, static_files, store, is_written };
        let mut icons = match icon.png.as_ref().zip(setting) {
            Some((image, setting)) => source.icons(image, setting),
            None => Self::default(),
        };
        if source.file(WEB_MANIFEST).is_none() {
            let manifest = render::json_text(&web_manifest(config, &icons.assets, icon));
            icons.assets.push(Asset::new(WEB_MANIFEST, manifest.into_bytes().into(), true));
        }
        icons
    }
}

struct IconSource<'a> {
    config: &'a Config,
    static_files: &'a [SiteFile],
    store: &'a PictureStore,
    is_written: bool,
}

impl IconSource<'_> {
    fn file(&self, path: &str) -> Option<&SiteFile> {
        let index = self.static_files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        self.static_files.get(index)
    }

    /// The icons that are made of a PNG image.
    fn icons(&self, image: &ThemeImage, setting: &FileSetting) -> Icons {
        let mut icons = Icons::default();
        let made = self.made(image, setting, &mut icons);
        match made.and_then(|made| self.assets(made)) {
            Ok(assets) => icons.assets = assets,
            Err(error) => icons.diagnostics.push(error),
        }
        icons
    }

    /// The assets of icons with these bytes. Files of the site replace those of the same name.
    fn assets(&self, made: Vec<(&Icon, Vec<u8>)>) -> Result<Vec<Asset>, Diagnostic> {
        let mut assets = Vec::new();
        for (icon, made) in made {
            let own =
                self.file(icon.name).map(|own| source::read(&own.on_disk(), &own.display_path()));
            let bytes = own.transpose()?.unwrap_or(made);
            let has_favicon = self.config.root() != "/" || self.file(FAVICON).is_some();
            if *icon == Icon::FAVICON && !has_favicon {
                assets.push(Asset::new(FAVICON, ico(icon.side, &bytes).into(), true));
            }
            assets.push(Asset::new(icon.name, bytes.into(), self.config.preview));
        }
        Ok(assets)
    }

    /// The bytes of all icons, stored or made again.
    fn made(
        &self,
        image: &ThemeImage,
        setting: &FileSetting,
        icons: &mut Icons,
    ) -> Result<Vec<(&'static Icon, Vec<u8>)>, Diagnostic> {
        let Some(file) = self.file(&image.path).filter(|_| !ICONS.is_empty()) else {
            return Ok(Vec::new());
        };
        let picture = source::read(&file.on_disk(), &file.display_path())?;
        let digest = Digest::of(&picture);
        icons.keys = ICONS.iter().map(|icon| icon.key(digest)).collect();
        let stored: Option<Vec<Vec<u8>>> =
            icons.keys.iter().map(|key| self.store.read(*key)).collect();
        if let Some(stored) = stored {
            return Ok(ICONS.iter().zip(stored).collect());
        }
        let size = Size { width: image.size.width, height: image.size.height };
        let made = picture::encode_icons(&picture, size, ICONS).map_err(|reason| {
            let message = format!("cannot read static/{}: {}", image.path, reason.trim_end());
            Diagnostic::new(Code::UnusableThemeFile, setting.location.clone(), message)
                .help("save it again as PNG")
        })?;
        if self.is_written {
            let result = self.store.write_all(icons.keys.iter().copied().zip(&made));
            icons.diagnostics.extend(result.err());
        }
        Ok(ICONS.iter().zip(made).collect())
    }
}

/// A PNG image as an icon file of Windows.
fn ico(side: u32, png: &[u8]) -> Vec<u8> {
    const HEADER: u32 = 22;
    let length = u32::try_from(png.len()).expect("an icon is small");
    let side = u8::try_from(side).expect("a favicon is small");
    // Reserved, type, number of images; width, height, colours, reserved, planes, bits.
    let begin = [0, 0, 1, 0, 1, 0, side, side, 0, 0, 1, 0, 32, 0];
    [&begin[..], &length.to_le_bytes(), &HEADER.to_le_bytes(), png].concat()
}
