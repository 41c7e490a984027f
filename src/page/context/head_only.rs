//! The contexts of `redirect.html` and `404.html`, which have no other variable than `page`.

use serde::Serialize;

use super::head::PageHead;
use super::link::list_name;
use crate::page::route::{RedirectPage, RedirectTarget, Route};
use crate::page::routes::Routes;

/// The variables of a page that shows nothing of the site's content.
#[derive(Debug, Serialize)]
pub(super) struct HeadContext<'a> {
    pub(super) page: PageHead<'a>,
}

impl<'a> HeadContext<'a> {
    pub(super) fn not_found(routes: Routes<'a>) -> Self {
        let title = routes.config.locale.word("not-found");
        let page = PageHead::new(routes, "not-found", title, Route::NotFound);
        Self { page: PageHead { canonical: None, robots: Some("noindex"), ..page } }
    }

    /// URL and title are those of the page that the redirect leads to.
    pub(super) fn redirect(routes: Routes<'a>, redirect: RedirectPage) -> Self {
        let title = match redirect.to {
            RedirectTarget::Article(id) => &routes.collection.summary(id).title,
            RedirectTarget::Page(index) => routes.collection.pages[index].title.as_str(),
            RedirectTarget::List(of) => list_name(routes, of),
            RedirectTarget::Story(story) => routes.story_name(story),
        };
        Self { page: PageHead::new(routes, "redirect", title, Route::Redirect(redirect)) }
    }
}
