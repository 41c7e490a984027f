//! Links, as templates show them.

use std::borrow::Cow;

use serde::Serialize;

use crate::config::{Config, MenuEntry};
use crate::document::body::BodyOptions;
use crate::page::menu;
use crate::page::route::{IndexKind, ListId, Route};
use crate::page::routes::Routes;

/// A link: title and URL.
#[derive(Clone, Debug, Serialize)]
pub(in crate::page) struct LinkContext<'a> {
    pub(in crate::page) title: Cow<'a, str>,
    pub(in crate::page) url: Cow<'a, str>,
}

impl<'a> LinkContext<'a> {
    pub(super) fn new(title: &'a str, url: impl Into<Cow<'a, str>>) -> Self {
        Self { title: title.into(), url: url.into() }
    }

    /// A link to the front page.
    pub(super) fn home(config: &'a Config) -> Self {
        Self::new(&config.title, config.root())
    }

    /// A link to the first page of an index.
    pub(super) fn index(routes: Routes<'a>, of: IndexKind) -> Self {
        Self::new(of.title(&routes.config.locale), routes.url(Route::Index(of.first())))
    }

    /// A link to a list, titled with the name of its term.
    pub(super) fn list(routes: Routes<'a>, of: ListId) -> Self {
        Self::new(list_name(routes, of), routes.list_url(of))
    }

    /// A link to a page such as About, by its index in the collection.
    pub(super) fn page(routes: Routes<'a>, index: usize) -> Self {
        Self::new(&routes.collection.pages[index].title, routes.url(Route::Page(index)))
    }

    /// The link of a menu's entry, if it leads to a page.
    pub(super) fn menu_entry(routes: Routes<'a>, entry: &'a MenuEntry) -> Option<Self> {
        Some(Self::new(menu::label(routes, entry), menu::url(routes, entry)?))
    }
}

/// How bodies are rendered.
pub(super) fn body_options(config: &Config) -> BodyOptions<'_> {
    BodyOptions { root: config.root(), outbound_rel: &config.outbound_rel, locale: &config.locale }
}

/// The name of a list: that of its term, if it has one.
pub(super) fn list_name(routes: Routes<'_>, of: ListId) -> &str {
    routes.term(of).map_or_else(|| routes.config.locale.word("all-articles"), |term| &term.name)
}
