//! The pages of stories.

use std::collections::BTreeMap;

use super::route::RedirectTarget;
use crate::collection::{ArticleId, Collection, StoryIndex};
use crate::diagnostic::Diagnostic;
use crate::reservations::{AddressHolder, ReservationIndex, ReservedAddresses};

/// The minimum number of providers of a story with a page.
pub(super) const MIN_PROVIDERS: usize = 3;

/// The pages of a site's stories.
#[derive(Debug, Default)]
pub struct StoryPages {
    pub(super) pages: BTreeMap<StoryIndex, StoryPage>,
    /// The addresses of all pages with their holders, and those that others want, too.
    pub(super) reserved: ReservedAddresses<'static>,
    /// The redirects from former addresses, sorted by these.
    pub(super) redirects: Vec<StoryRedirect>,
    /// Warnings of stories that have no page.
    pub diagnostics: Vec<Diagnostic>,
}

/// The page of a story.
#[derive(Debug)]
pub(super) struct StoryPage {
    /// The address below the site's root, without slashes at its ends.
    pub(super) address: String,
    /// The article for which the address is reserved. None if it is reserved for the story's name.
    pub(super) holder: Option<ArticleId>,
}

/// A redirect from the former address of a story.
#[derive(Debug)]
pub(super) struct StoryRedirect {
    /// The address below the site's root, without slashes at its ends.
    pub(super) from: String,
    pub(super) to: RedirectTarget,
    /// The oldest article of the story, or the one that held the address.
    pub(super) article: ArticleId,
}

impl StoryPages {
    /// The pages at these addresses.
    pub fn at(addresses: impl IntoIterator<Item = (StoryIndex, String)>) -> Self {
        let page = |(story, address)| (story, StoryPage { address, holder: None });
        Self { pages: addresses.into_iter().map(page).collect(), ..Self::default() }
    }
}

/// The story that holds an address by its name or by one of its articles, and that article. `named`
/// are the stories by the slugs of their names.
pub fn story_of_holder(
    holder: &AddressHolder<'_>,
    collection: &Collection,
    reserved: &ReservationIndex<'_>,
    named: &BTreeMap<&str, StoryIndex>,
) -> Option<(StoryIndex, Option<ArticleId>)> {
    if let Some(name) = holder.name_of_story() {
        return Some((*named.get(name)?, None));
    }
    let article = collection.find(reserved.find(&holder.article_of_story()?)?)?;
    Some((collection.stories().of(article), Some(article)))
}
