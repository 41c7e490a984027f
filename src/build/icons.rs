//! The icons of the site: made of the one that `[theme]` names, and stored as the variants of
//! pictures are.

use crate::asset::Asset;
use crate::config::{Config, FileSetting, ThemeImage};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::page::{WEB_MANIFEST, web_manifest};
use crate::picture::{self, ICONS, Icon, Size};
use crate::render;
use crate::source::{self, SiteFile};

use super::pictures::PictureStore;

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
        match self.bytes(image, setting, &mut icons) {
            Ok(bytes) => {
                if self.config.root() == "/" && self.file(FAVICON).is_none() {
                    let favicon = bytes.iter().find(|(icon, _)| **icon == Icon::FAVICON);
                    let favicon = favicon.map(|(Icon { side, .. }, png)| ico(*side, png));
                    let asset = |bytes: Vec<u8>| Asset::new(FAVICON, bytes.into(), true);
                    icons.assets.extend(favicon.map(asset));
                }
                let asset = |(icon, bytes): (&Icon, Vec<u8>)| {
                    Asset::new(icon.name, bytes.into(), self.config.preview)
                };
                icons.assets.extend(bytes.into_iter().map(asset));
            }
            Err(error) => icons.diagnostics.push(error),
        }
        icons
    }

    /// The bytes of all icons.
    fn bytes(
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
        let all = match stored {
            Some(stored) => stored,
            None => {
                let size = Size { width: image.size.width, height: image.size.height };
                let made = picture::encode_icons(&picture, size, ICONS).map_err(|reason| {
                    let message =
                        format!("cannot read static/{}: {}", image.path, reason.trim_end());
                    let help = "save it again as PNG";
                    Diagnostic::error(setting.location.clone(), message).help(help)
                })?;
                if self.is_written {
                    let stored = self.store.write_all(icons.keys.iter().copied().zip(&made));
                    icons.diagnostics.extend(stored.err());
                }
                made
            }
        };
        Ok(ICONS.iter().zip(all).collect())
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
