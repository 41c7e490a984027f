//! What a site publishes at which address, to be compared with what it published before.

use std::borrow::Cow;
use std::collections::HashMap;

use rayon::prelude::*;

use super::claims::list_key;
use super::redirect::Redirect;
use super::route::{ListId, ListPage, RedirectPage, Route};
use super::routes::Routes;
use crate::reservations::{AddressHolder, Line};
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

/// What is at the addresses of all articles (also of those without a page), pages, lists and
/// redirects, by folded address.
pub(super) fn published<'a>(
    routes: Routes<'a>,
    redirects: &'a [Redirect<'a>],
) -> HashMap<Cow<'a, str>, Published<'a>> {
    let collection = routes.collection;
    let mut found: Vec<Route> = collection.ids().map(Route::Article).collect();
    found.extend((0..collection.pages.len()).map(Route::Page));
    found.extend(routes.lists().filter(|of| *of != ListId::All).map(ListId::front_page));
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
        Route::Redirect(page) => {
            let from = redirects[page.index].from;
            (Cow::Borrowed(from.strip_suffix("/index.html").unwrap_or(from)), page.to.into())
        }
        _ => (routes.address(route), route),
    };
    let key = match &address {
        Cow::Borrowed(address) => folded(address),
        Cow::Owned(address) => folded(address).into_owned().into(),
    };
    // An article whose page expired still holds its address.
    let is_former = matches!(route, Route::Redirect(_));
    let line = Line { address, holder: holder(routes, shows)?, is_former };
    Some((key, Published { line, route, shows }))
}

fn holder(routes: Routes<'_>, route: Route) -> Option<AddressHolder<'_>> {
    let of = match route {
        Route::Article(id) => return Some(AddressHolder::of(routes.collection.summary(id))),
        Route::Page(index) => return Some(AddressHolder::of_page(&routes.collection.pages[index])),
        Route::List(ListPage { of, .. }) => of,
        _ => return None,
    };
    let (kind, _) = list_key(of);
    let term = routes.term(of)?;
    Some(match of {
        ListId::Provider(_) => AddressHolder::of_provider(&term.identity),
        _ => AddressHolder::of_list(kind, &term.slug),
    })
}
