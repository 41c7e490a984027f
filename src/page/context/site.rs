//! The `site` variable of every template.

use std::collections::BTreeMap;

use serde::Serialize;

use super::extra::Extra;
use super::image::ImageContext;
use super::link::LinkContext;
use crate::asset::Asset;
use crate::config::{ByScheme, NavTopic, Stylesheet, ThemeImage};
use crate::locale::Direction;
use crate::page::index_pages::FOOTER_PAGES;
use crate::page::route::{IndexKind, ListId, Route};
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
    /// The URL of the site's own stylesheet.
    custom_css: Option<String>,
    /// The custom properties that are set by `[theme]`.
    theme_css: String,
    content_security_policy: String,
    outbound_rel: &'a str,
    nav: Vec<LinkContext<'a>>,
    /// The first pages (About, Contact, ...).
    pages: Vec<LinkContext<'a>>,
    /// The index of all pages, if there are more.
    pages_index: Option<String>,
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
        let Routes { collection, config } = routes;
        let asset = |asset: &'a Asset| {
            let (url, integrity) = (routes.file_url(&asset.path), asset.integrity.as_deref());
            (asset.name, AssetContext { url, integrity })
        };
        let nav_link = |topic: &'a NavTopic| {
            let id = collection.topics.find(&topic.slug)?;
            let url = routes.list_url(ListId::Topic(id));
            Some(LinkContext::topic(config, collection.topics.term(id), &topic.name, url))
        };
        let image = |image: &ThemeImage| ImageContext::of_theme(routes, image);
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
            assets: assets.iter().map(asset).collect(),
            logo: theme_files.logo.as_ref().map(logo),
            custom_css: theme_files.custom_css.as_ref().map(stylesheet),
            theme_css: config.theme.css(),
            content_security_policy: config.content_security_policy.to_text(&config.video),
            outbound_rel: &config.outbound_rel,
            nav: config.nav.iter().filter_map(nav_link).collect(),
            pages: pages.map(|index| LinkContext::page(routes, index)).collect(),
            pages_index: routes
                .has_index_of_pages()
                .then(|| routes.url(Route::Index(IndexKind::Pages.first()))),
            extra: Extra(&config.extra),
        }
    }
}
