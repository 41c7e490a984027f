//! The `site` variable of every template.

use std::collections::BTreeMap;

use serde::Serialize;

use super::extra::Extra;
use super::link::LinkContext;
use crate::asset::Asset;
use crate::config::NavTopic;
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
