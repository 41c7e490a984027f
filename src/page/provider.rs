//! What the file of an article's provider says about the provider.

use std::borrow::Cow;

use crate::collection::Collection;
use crate::document::{ArticleSummary, TermPage};
use crate::http_url::HttpUrl;

fn page<'a>(collection: &'a Collection, summary: &ArticleSummary) -> Option<&'a TermPage> {
    let providers = &collection.providers;
    providers.find(summary.provider.domain.as_str()).and_then(|id| providers.term(id).page.as_ref())
}

/// The provider's feed.
pub(super) fn feed<'a>(collection: &'a Collection, summary: &ArticleSummary) -> Option<&'a str> {
    page(collection, summary)?.feed.as_ref().map(HttpUrl::as_str)
}

/// The language of the provider's articles.
pub(super) fn language<'a>(
    collection: &'a Collection,
    summary: &ArticleSummary,
) -> Option<&'a str> {
    page(collection, summary)?.language.as_deref()
}

/// The provider's website.
pub(super) fn website<'a>(collection: &'a Collection, summary: &ArticleSummary) -> Option<&'a str> {
    page(collection, summary)?.website.as_ref().map(HttpUrl::as_str)
}

/// The provider's website, or else its domain as a URL.
pub(super) fn website_or_domain<'a>(
    collection: &'a Collection,
    summary: &ArticleSummary,
) -> Cow<'a, str> {
    match website(collection, summary) {
        Some(website) => website.into(),
        None => format!("https://{}/", summary.provider.domain.as_str()).into(),
    }
}
