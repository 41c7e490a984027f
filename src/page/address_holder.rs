//! Who holds the address of a page.

use super::route::{ListId, ListPage, Route, list_key};
use super::routes::Routes;
use super::story_pages::StoryPage;
use crate::collection::{Collection, StoryIndex};
use crate::reservations::AddressHolder;

/// The holder of a page's address, if it is the page of an article, a document, a list or a story.
pub(super) fn holder(routes: Routes<'_>, route: Route) -> Option<AddressHolder<'_>> {
    let of = match route {
        Route::Article(id) => return Some(AddressHolder::of(routes.collection.summary(id))),
        Route::Page(index) => return Some(AddressHolder::of_page(&routes.collection.pages[index])),
        Route::Story(story) => {
            let page = routes.story_page(story)?;
            return story_holder(routes.collection, story, page);
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

/// Who holds the address of a story's page: one of its articles, or else its name.
pub(super) fn story_holder<'a>(
    collection: &'a Collection,
    story: StoryIndex,
    page: &StoryPage,
) -> Option<AddressHolder<'a>> {
    let key = &collection.stories().get(story).key;
    let by_name = || key.as_ref().map(|name| AddressHolder::of_named_story(&name.slug));
    let by_article = page.holder.map(|id| AddressHolder::of_story(collection.summary(id)));
    by_article.or_else(by_name)
}
