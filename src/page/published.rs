//! Where readers find a site's articles, pages and lists, and from where they are sent on to them.

use std::borrow::Cow;
use std::collections::HashMap;

use rayon::prelude::*;

use super::path_conflicts::list_key;
use super::{ListId, ListPage, Route, Routes, list_front};
use crate::reservations::{AddressHolder, Line, LineState};
use crate::slug::folded;

/// What a site has at an address.
#[derive(Debug)]
pub struct Published<'p> {
    /// For the history of addresses.
    pub line: Line<'p>,
    /// What is there.
    pub route: Route,
    /// What readers find there or are sent to.
    pub shows: Route,
}

impl Routes<'_> {
    /// What there is at the addresses of all articles, those without a page too, of all pages, of
    /// the fronts of all lists, and of all redirects; each by its folded address.
    pub fn published(&self) -> HashMap<Cow<'_, str>, Published<'_>> {
        let collection = self.collection;
        let mut routes: Vec<Route> = collection.ids().map(Route::Article).collect();
        routes.extend((0..collection.pages.len()).map(Route::Page));
        routes.extend(collection.topics.terms().map(|(id, _)| list_front(ListId::Topic(id))));
        routes.extend(collection.providers.terms().map(|(id, _)| list_front(ListId::Provider(id))));
        routes.extend(collection.categories.terms().map(|(id, _)| list_front(ListId::Category(id))));
        routes.extend((0..self.redirects.len()).map(Route::Redirect));
        routes.par_iter().filter_map(|route| self.published_as(*route)).collect()
    }

    fn published_as(&self, route: Route) -> Option<(Cow<'_, str>, Published<'_>)> {
        let (address, shows) = match route {
            Route::Redirect(index) => {
                let redirect = &self.redirects[index];
                (Cow::Borrowed(redirect.address()), redirect.to)
            }
            _ => (self.address(route), route),
        };
        let key = match &address {
            Cow::Borrowed(address) => folded(address),
            Cow::Owned(address) => folded(address).into_owned().into(),
        };
        // An article whose page has left by its age is still the one that had the address.
        let is_redirect = matches!(route, Route::Redirect(_));
        let state = if is_redirect { LineState::Former } else { LineState::Current };
        let line = Line { address, holder: self.holder(shows)?, state };
        Some((key, Published { line, route, shows }))
    }

    /// Whether there is a page at an address below the site's root.
    pub fn has_page_at(&self, address: &str) -> bool {
        let path = format!("{address}/index.html");
        self.pages.binary_search_by(|page| (*page.path).cmp(&path)).is_ok()
    }

    pub(super) fn holder(&self, route: Route) -> Option<AddressHolder<'_>> {
        let of = match route {
            Route::Article(id) => return Some(AddressHolder::of(self.collection.summary(id))),
            Route::Page(index) => return Some(AddressHolder::of_page(&self.collection.pages[index])),
            Route::List(ListPage { of, .. }) => of,
            _ => return None,
        };
        let (kind, _) = list_key(of);
        let (taxonomy, id) = self.taxonomy(of)?;
        let term = taxonomy.term(id);
        Some(match of {
            ListId::Provider(_) => AddressHolder::of_provider(&term.identity),
            _ => AddressHolder::of_list(kind, &term.slug),
        })
    }
}
