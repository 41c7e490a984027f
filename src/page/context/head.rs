//! The `page` variable: data for the HTML head.

use std::borrow::Cow;

use serde::Serialize;

use super::image::ImageContext;
use super::link::LinkContext;
use crate::config::FeedFormat;
use crate::page::route::{FeedPage, ListId, ListPage, Route};
use crate::page::routes::Routes;

/// The `page` variable.
#[derive(Debug, Serialize)]
pub(in crate::page) struct PageHead<'a> {
    pub(super) kind: &'static str,
    pub(in crate::page) title: Cow<'a, str>,
    pub(super) description: Cow<'a, str>,
    pub(super) url: Cow<'a, str>,
    pub(super) canonical: Option<String>,
    pub(super) robots: Option<&'static str>,
    pub(super) amphtml: Option<Cow<'a, str>>,
    pub(super) image: Option<ImageContext<'a>>,
    pub(in crate::page) breadcrumbs: Vec<LinkContext<'a>>,
    pub(super) feeds: Vec<FeedLinkContext<'a>>,
    /// Added last, as it is derived from the rest of the page.
    pub(super) json_ld: Option<String>,
}

/// A feed for `<link rel="alternate">`.
#[derive(Debug, Serialize)]
pub(super) struct FeedLinkContext<'a> {
    title: Cow<'a, str>,
    url: String,
    #[serde(rename = "type")]
    media_type: &'static str,
}

impl<'a> PageHead<'a> {
    pub(super) fn new(
        routes: Routes<'a>,
        kind: &'static str,
        title: impl Into<Cow<'a, str>>,
        route: Route,
    ) -> Self {
        let url = routes.url(route);
        Self {
            kind,
            title: title.into(),
            description: Cow::Borrowed(""),
            canonical: Some(routes.config.absolute(&url)),
            url: url.into(),
            robots: None,
            amphtml: None,
            image: ImageContext::social(routes),
            breadcrumbs: Vec::new(),
            feeds: feed_links(routes, route),
            json_ld: None,
        }
    }
}

/// The feeds of what a page shows: of its topic or provider, or else of the site.
fn feed_links(routes: Routes<'_>, route: Route) -> Vec<FeedLinkContext<'_>> {
    let of = match route {
        Route::NotFound | Route::Redirect(_) | Route::Amp(_) => return Vec::new(),
        Route::List(ListPage { of, .. }) if routes.has_feeds(of) => of,
        _ if routes.has_feeds(ListId::All) => ListId::All,
        _ => return Vec::new(),
    };
    let feed = |format: FeedFormat| FeedLinkContext {
        title: routes.feed_title(of),
        url: routes.feed_url(FeedPage { of, format }),
        media_type: format.media_type(),
    };
    routes.config.feeds.formats.iter().copied().map(feed).collect()
}
