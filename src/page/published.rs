//! What a site publishes at which address, to be compared with what it published before.

use std::borrow::Cow;

use rayon::prelude::*;

use super::address_holder::holder;
use super::redirect::Redirect;
use super::route::{ListId, RedirectPage, Route};
use super::routes::Routes;
use crate::reservations::{Line, LineState};
use crate::slug::folded;

/// What a site publishes at an address.
#[derive(Debug)]
pub struct Published<'p> {
    /// The line of the address history.
    pub line: Line<'p>,
    /// What is at the address.
    pub route: Route,
    /// What readers find there or are redirected to.
    pub shows: Route,
}

/// What is at the addresses of all articles (also of those without a page), pages, lists, stories
/// and redirects, each with its folded address.
pub(super) fn published<'a>(
    routes: Routes<'a>,
    redirects: &'a [Redirect<'a>],
) -> Vec<(Cow<'a, str>, Published<'a>)> {
    let collection = routes.collection;
    let mut found: Vec<Route> = collection.ids().map(Route::Article).collect();
    found.extend((0..collection.pages.len()).map(Route::Page));
    found.extend(routes.lists().filter(|of| *of != ListId::All).map(ListId::front_page));
    found.extend(routes.story_pages().map(Route::Story));
    found.extend(
        redirects
            .iter()
            .enumerate()
            .map(|(index, redirect)| Route::Redirect(RedirectPage { index, to: redirect.to })),
    );
    found.par_iter().filter_map(|route| published_as(routes, redirects, *route)).collect()
}

fn published_as<'a>(
    routes: Routes<'a>,
    redirects: &'a [Redirect<'a>],
    route: Route,
) -> Option<(Cow<'a, str>, Published<'a>)> {
    let (address, shows) = match route {
        Route::Redirect(page) => (Cow::Borrowed(redirects[page.index].address()), page.to.into()),
        _ => (routes.address(route), route),
    };
    let key = match &address {
        Cow::Borrowed(address) => folded(address),
        Cow::Owned(address) => folded(address).into_owned().into(),
    };
    // An article whose page expired still holds its address.
    let is_redirect = matches!(route, Route::Redirect(_));
    let state = if is_redirect { LineState::Former } else { LineState::Current };
    let line = Line { address, holder: holder(routes, shows)?, state };
    Some((key, Published { line, route, shows }))
}
