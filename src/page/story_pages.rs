//! The pages of stories.

use std::collections::BTreeMap;

use crate::collection::{ArticleId, StoryIndex};
use crate::reservations::ReservedAddresses;

/// The minimum number of providers of a story with a page.
pub(super) const MIN_PROVIDERS: usize = 3;

/// The pages of a site's stories.
#[derive(Debug, Default)]
pub struct StoryPages {
    pub(super) pages: BTreeMap<StoryIndex, StoryPage>,
    /// The addresses that do not follow from a story's name, or that others want, too.
    pub(super) contested: ReservedAddresses<'static>,
}

/// The page of a story.
#[derive(Debug)]
pub(super) struct StoryPage {
    /// The address below the site's root, without slashes at its ends.
    pub(super) address: String,
    /// The article for which the address is reserved.
    pub(super) holder: ArticleId,
}

impl StoryPages {
    /// The pages at these addresses, each with a story and one of its articles.
    pub fn at(addresses: impl IntoIterator<Item = (StoryIndex, ArticleId, String)>) -> Self {
        let page = |(story, holder, address)| (story, StoryPage { address, holder });
        let pages = addresses.into_iter().map(page).collect();
        Self { pages, contested: ReservedAddresses::new() }
    }
}
