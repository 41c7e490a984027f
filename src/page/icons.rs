//! The icons of the site: links to them in the heads of pages, and the web app manifest
//! (<https://www.w3.org/TR/appmanifest/>).

use serde::Serialize;

use super::url_encoding::encode;
use crate::asset::Asset;
use crate::config::{Config, ThemeIcon, ThemeImage};
use crate::locale::Direction;
use crate::picture::Icon;

/// The path of the web app manifest.
pub const WEB_MANIFEST: &str = "site.webmanifest";

/// The name of the theme's own icon.
const ICON_OF_THEME: &str = "theme/favicon.svg";

const SVG: &str = "image/svg+xml";
const PNG: &str = "image/png";

/// The colour behind pages and icons: `--paper` of light pages.
const BACKGROUND: &str = "#ffffff";

/// A link to an icon.
#[derive(Debug, Serialize)]
pub(super) struct IconContext {
    rel: &'static str,
    url: String,
    #[serde(rename = "type")]
    media_type: &'static str,
    sizes: Option<String>,
}

/// The web app manifest.
#[derive(Debug, Serialize)]
pub struct WebManifest<'a> {
    name: &'a str,
    short_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    lang: &'a str,
    dir: Direction,
    start_url: &'a str,
    scope: &'a str,
    /// With the buttons of browsers: links lead to other sites.
    display: &'static str,
    background_color: &'static str,
    theme_color: &'static str,
    icons: Vec<ManifestIcon>,
}

/// An icon of the web app manifest.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct ManifestIcon {
    src: String,
    sizes: String,
    #[serde(rename = "type")]
    media_type: &'static str,
    purpose: &'static str,
}

/// The links to the icons of the site, or to that of the theme.
pub(super) fn icon_links(config: &Config, assets: &[Asset]) -> Vec<IconContext> {
    let link =
        |rel, media_type, (url, sizes)| IconContext { rel, url, media_type, sizes: Some(sizes) };
    let Some(icon) = &config.theme_files.icon else {
        let asset = assets.iter().find(|asset| asset.name == ICON_OF_THEME);
        let url = asset.map(|asset| file_url(config, &asset.path));
        let link = |url| IconContext { rel: "icon", url, media_type: SVG, sizes: None };
        return url.map(link).into_iter().collect();
    };
    let files = IconFiles { config, assets, icon };
    let favicon = files.png(Icon::FAVICON).map(|file| link("icon", PNG, file));
    let svg = files.svg().map(|file| link("icon", SVG, file));
    let apple_touch = files.png(Icon::APPLE_TOUCH).map(|file| link("apple-touch-icon", PNG, file));
    [favicon, svg, apple_touch].into_iter().flatten().collect()
}

/// The web app manifest of a site with an icon.
pub fn web_manifest<'a>(
    config: &'a Config,
    assets: &'a [Asset],
    icon: &'a ThemeIcon,
) -> WebManifest<'a> {
    let files = IconFiles { config, assets, icon };
    let of = |(src, sizes), media_type, purpose| ManifestIcon { src, sizes, media_type, purpose };
    let any = [Icon::SMALL, Icon::LARGE].map(|icon| Some(of(files.png(icon)?, PNG, "any")));
    let maskable = files.made(Icon::MASKABLE).map(|file| of(file, PNG, "maskable"));
    let mut icons: Vec<ManifestIcon> = any.into_iter().chain([maskable]).flatten().collect();
    icons.dedup();
    if icons.is_empty() {
        icons.extend(files.svg().map(|file| of(file, SVG, "any")));
    }
    WebManifest {
        name: &config.title,
        short_name: &config.title,
        description: &config.description,
        lang: &config.language,
        dir: config.locale.direction(),
        start_url: config.root(),
        scope: config.root(),
        display: "minimal-ui",
        background_color: BACKGROUND,
        theme_color: BACKGROUND,
        icons,
    }
}

/// The files of the site's icon, each as its URL and the value of `sizes`.
struct IconFiles<'a> {
    config: &'a Config,
    assets: &'a [Asset],
    icon: &'a ThemeIcon,
}

impl IconFiles<'_> {
    fn svg(&self) -> Option<(String, String)> {
        let ThemeImage { path, .. } = self.icon.svg.as_ref()?;
        Some((file_url(self.config, path), "any".to_owned()))
    }

    /// An icon that was made of the PNG image, or the image itself if none can be made.
    fn png(&self, icon: Icon) -> Option<(String, String)> {
        self.made(icon).or_else(|| {
            let ThemeImage { path, size } = self.icon.png.as_ref()?;
            Some((file_url(self.config, path), format!("{}x{}", size.width, size.height)))
        })
    }

    fn made(&self, Icon { name, side, .. }: Icon) -> Option<(String, String)> {
        let asset = self.assets.iter().find(|asset| asset.name == name)?;
        Some((file_url(self.config, &asset.path), format!("{side}x{side}")))
    }
}

fn file_url(config: &Config, path: &str) -> String {
    [config.root(), &encode(path)].concat()
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;
    use crate::config::ThemeFiles;
    use crate::image_size::ImageSize;
    use crate::page::fixture::config;

    /// As by a newsgen that was compiled without the feature `pictures`.
    #[test]
    fn image_itself_is_linked_if_no_icons_are_made_of_it() {
        let size = ImageSize { width: 600, height: 600 };
        let png = ThemeImage { path: "my icon.png".to_owned(), size };
        let icon = ThemeIcon { svg: None, png: Some(png) };
        let files = ThemeFiles { icon: Some(icon.clone()), ..ThemeFiles::default() };
        let config = config("").with_theme_files(files);
        let link = |rel| json!({ "rel": rel, "url": "/sub/my%20icon.png", "type": "image/png", "sizes": "600x600" });
        let links = to_value(icon_links(&config, &[])).expect("JSON");
        assert_eq!(links, json!([link("icon"), link("apple-touch-icon")]));
        let manifest = to_value(web_manifest(&config, &[], &icon)).expect("JSON");
        let expected = json!([{
            "src": "/sub/my%20icon.png",
            "sizes": "600x600",
            "type": "image/png",
            "purpose": "any",
        }]);
        assert_eq!(manifest["icons"], expected);
    }
}
