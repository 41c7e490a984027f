//! Who holds the address of a page.

use super::route::{ListId, ListPage, Route, list_key};
use super::routes::Routes;
use crate::reservations::AddressHolder;

/// The holder of a page's address, if it is the page of an article, a document, a list or a story.
pub(super) fn holder(routes: Routes<'_>, route: Route) -> Option<AddressHolder<'_>> {
    let of = match route {
        Route::Article(id) => return Some(AddressHolder::of(routes.collection.summary(id))),
        Route::Page(index) => return Some(AddressHolder::of_page(&routes.collection.pages[index])),
        Route::Story(story) => {
            let article = routes.story_page(story)?.holder;
            return Some(AddressHolder::of_story(routes.collection.summary(article)));
        }
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
