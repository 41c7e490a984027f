//! The OPML file: a list of the site's feeds.

use serde::Serialize;

use super::route::{FeedPage, ListId};
use super::routes::Routes;
use crate::collection::{Taxonomy, TermId};
use crate::config::FeedFormat;

/// The name of the OPML file.
pub(super) const OPML: &str = "opml.xml";

/// The content of the OPML file.
#[derive(Debug, Serialize)]
pub struct OpmlContext<'a> {
    /// The name of the site.
    pub site: &'a str,
    /// The feed of all articles.
    pub all: OpmlEntry<'a>,
    /// The feeds of topics and of providers, each group with its name.
    pub groups: [(&'a str, Vec<OpmlEntry<'a>>); 2],
}

/// A feed and the page that it belongs to.
#[derive(Debug, Serialize)]
pub struct OpmlEntry<'a> {
    /// The name of the list.
    pub name: &'a str,
    /// The URL of the feed.
    pub url: String,
    /// The URL of the list's page.
    pub page: String,
}

impl<'a> OpmlContext<'a> {
    pub(super) fn new(routes: Routes<'a>) -> Self {
        let Routes { collection, config, .. } = routes;
        let format = routes.opml_format().unwrap_or(FeedFormat::Atom);
        let entry = |name, of: ListId| OpmlEntry {
            name,
            url: config.absolute(&routes.feed_url(FeedPage { of, format })),
            page: routes.absolute_url(of.front_page()),
        };
        let group = |taxonomy: &'a Taxonomy, list_of: fn(TermId) -> ListId| {
            let terms = taxonomy.terms().filter(|(id, _)| routes.has_feeds(list_of(*id)));
            terms.map(|(id, term)| entry(term.name.as_str(), list_of(id))).collect()
        };
        Self {
            site: &config.title,
            all: entry(&config.title, ListId::All),
            groups: [
                (config.locale.word("topics"), group(&collection.topics, ListId::Topic)),
                (config.locale.word("providers"), group(&collection.providers, ListId::Provider)),
            ],
        }
    }
}
