//! Where readers find a site's articles, standing pages and lists, and from where they are sent on to them.

use std::borrow::Cow;
use std::collections::HashMap;

use rayon::prelude::*;

use super::paths::words;
use super::redirect::Redirect;
use super::{ListOf, ListPage, Plan, Subject, list_front};
use crate::reservations::{Holder, Line};
use crate::slug::folded;

/// What a site has at an address.
#[derive(Debug)]
pub struct Published<'p> {
    /// For the history of addresses.
    pub line: Line<'p>,
    /// What is there.
    pub subject: Subject,
    /// What readers find there or are sent to.
    pub shows: Subject,
}

impl Plan<'_> {
    /// What there is at the addresses of all articles, those without a page too, of all standing pages, of the fronts of all
    /// lists, and of all redirects; each by its folded address.
    pub fn published(&self) -> HashMap<Cow<'_, str>, Published<'_>> {
        let collection = self.collection;
        let mut subjects: Vec<Subject> = collection.ids().map(Subject::Article).collect();
        subjects.extend((0..collection.pages.len()).map(Subject::Standing));
        subjects.extend(collection.topics.terms().map(|(id, _)| list_front(ListOf::Topic(id))));
        subjects.extend(collection.providers.terms().map(|(id, _)| list_front(ListOf::Provider(id))));
        subjects.extend(collection.categories.terms().map(|(id, _)| list_front(ListOf::Category(id))));
        subjects.extend((0..self.redirects.len()).map(Subject::Redirect));
        subjects.par_iter().filter_map(|subject| self.published_as(*subject)).collect()
    }

    fn published_as(&self, subject: Subject) -> Option<(Cow<'_, str>, Published<'_>)> {
        let (address, shows) = match subject {
            Subject::Redirect(place) => {
                let Redirect { from, to, .. } = &self.redirects[place];
                (Cow::Borrowed(from.strip_suffix("/index.html").unwrap_or(from)), *to)
            }
            _ => (self.address(subject), subject),
        };
        let key = match &address {
            Cow::Borrowed(address) => folded(address),
            Cow::Owned(address) => folded(address).into_owned().into(),
        };
        // An article whose page has left by its age is still the one that had the address.
        let is_former = matches!(subject, Subject::Redirect(_));
        let line = Line { address, holder: self.holder(shows)?, is_former };
        Some((key, Published { line, subject, shows }))
    }

    /// Whether there is a page at an address below the site's root.
    pub fn has_page_at(&self, address: &str) -> bool {
        let path = format!("{address}/index.html");
        self.pages.binary_search_by(|page| (*page.path).cmp(&path)).is_ok()
    }

    fn holder(&self, subject: Subject) -> Option<Holder<'_>> {
        let of = match subject {
            Subject::Article(id) => return Some(Holder::of(self.collection.card(id))),
            Subject::Standing(place) => return Some(Holder::of_page(&self.collection.pages[place])),
            Subject::List(ListPage { of, .. }) => of,
            _ => return None,
        };
        let (kind, _) = words(of);
        let (taxonomy, id) = self.taxonomy(of)?;
        let term = taxonomy.term(id);
        Some(match of {
            ListOf::Provider(_) => Holder::of_provider(&term.identity),
            _ => Holder::of_list(kind, &term.slug),
        })
    }
}
