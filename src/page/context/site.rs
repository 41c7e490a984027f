//! The `site` variable of every template.

use std::collections::BTreeMap;

use serde::Serialize;

use super::extra::Extra;
use super::image::ImageContext;
use super::link::LinkContext;
use crate::asset::{Asset, FEED_STYLESHEET};
use crate::config::{ByScheme, MenuEntry, Stylesheet, ThemeImage};
use crate::locale::Direction;
use crate::page::icons::{IconContext, WEB_MANIFEST, icon_links};
use crate::page::index_pages::FOOTER_PAGES;
use crate::page::route::{IndexKind, Route};
use crate::page::routes::Routes;

/// The `site` variable.
#[derive(Debug, Serialize)]
pub struct SiteContext<'a> {
    title: &'a str,
    tagline: &'a str,
    description: &'a str,
    language: &'a str,
    direction: Direction,
    url: &'a str,
    root: &'a str,
    assets: BTreeMap<&'a str, AssetContext<'a>>,
    logo: Option<LogoContext<'a>>,
    icons: Vec<IconContext>,
    /// The URL of the web app manifest, if the site has an icon of its own.
    web_manifest: Option<String>,
    /// The URL of the site's own stylesheet.
    custom_css: Option<String>,
    /// The custom properties that are set by `[theme]`.
    theme_css: String,
    content_security_policy: String,
    outbound_rel: &'a str,
    menu: Vec<LinkContext<'a>>,
    /// The former name of `menu`.
    nav: Vec<LinkContext<'a>>,
    footer_menu: Vec<LinkContext<'a>>,
    /// The first pages (About, Contact, ...).
    pages: Vec<LinkContext<'a>>,
    /// The index of all pages, if there are more.
    pages_index: Option<String>,
    /// The years, on the front page.
    archive: Option<String>,
    extra: Extra<'a>,
}

/// An asset of the theme.
#[derive(Debug, Serialize)]
struct AssetContext<'a> {
    url: String,
    integrity: Option<&'a str>,
}

/// The site's logo.
#[derive(Debug, Serialize)]
struct LogoContext<'a> {
    light: ImageContext<'a>,
    /// For dark pages, if it is another.
    dark: Option<ImageContext<'a>>,
}

impl<'a> SiteContext<'a> {
    pub(in crate::page) fn new(routes: Routes<'a>, assets: &'a [Asset]) -> Self {
        let Routes { collection, config, .. } = routes;
        let asset = |asset: &'a Asset| {
            let (url, integrity) = (routes.file_url(&asset.path), asset.integrity.as_deref());
            (asset.name, AssetContext { url, integrity })
        };
        let is_of_pages = |asset: &&Asset| asset.name != FEED_STYLESHEET;
        let links = |entries: &'a [MenuEntry]| -> Vec<LinkContext<'a>> {
            entries.iter().filter_map(|entry| LinkContext::menu_entry(routes, entry)).collect()
        };
        let menu = links(&config.menu);
        let image = |image: &ThemeImage| ImageContext::of_logo(routes, image);
        let logo = |logo: &ByScheme<ThemeImage>| LogoContext {
            light: image(&logo.light),
            dark: logo.dark.as_ref().map(image),
        };
        let stylesheet = |Stylesheet { path, version }: &Stylesheet| {
            let query = version.as_ref().map(|version| ["?v=", version].concat());
            [routes.file_url(path), query.unwrap_or_default()].concat()
        };
        let theme_files = &config.theme_files;
        let pages = (0..collection.pages.len()).take(FOOTER_PAGES);
        Self {
            title: &config.title,
            tagline: &config.tagline,
            description: &config.description,
            language: &config.language,
            direction: config.locale.direction(),
            url: config.base_url.as_str(),
            root: config.root(),
            assets: assets.iter().filter(is_of_pages).map(asset).collect(),
            logo: theme_files.logo.as_ref().map(logo),
            icons: icon_links(config, assets),
            web_manifest: theme_files.icon.as_ref().map(|_| routes.file_url(WEB_MANIFEST)),
            custom_css: theme_files.custom_css.as_ref().map(stylesheet),
            theme_css: config.theme.css(),
            content_security_policy: config.content_security_policy.to_text(&config.video),
            outbound_rel: &config.outbound_rel,
            nav: menu.clone(),
            menu,
            footer_menu: links(&config.footer_menu),
            pages: pages.map(|index| LinkContext::page(routes, index)).collect(),
            pages_index: routes
                .has_index_of_pages()
                .then(|| routes.url(Route::Index(IndexKind::Pages.first()))),
            archive: (config.archives && !collection.is_empty())
                .then(|| [config.root(), "#_archive"].concat()),
            extra: Extra(&config.extra),
        }
    }
}
