//! Links, as templates show them.

use std::borrow::Cow;

use serde::Serialize;

use crate::collection::{Term, TermId};
use crate::config::{Config, MenuEntry, MenuTarget};
use crate::locale::Direction;
use crate::page::menu;
use crate::page::route::{IndexKind, ListId, Route};
use crate::page::routes::Routes;
use crate::page::text_language;

/// A link: title and URL.
///
/// Language and direction of the title are set where they are not the site's.
#[derive(Clone, Debug, Serialize)]
pub(in crate::page) struct LinkContext<'a> {
    pub(in crate::page) title: Cow<'a, str>,
    pub(in crate::page) url: Cow<'a, str>,
    language: Option<&'a str>,
    direction: Option<Direction>,
}

impl<'a> LinkContext<'a> {
    pub(super) fn new(title: &'a str, url: impl Into<Cow<'a, str>>) -> Self {
        Self { title: title.into(), url: url.into(), language: None, direction: None }
    }

    /// A link to the list of a topic, which has `name` here.
    pub(super) fn topic(
        config: &Config,
        topic: &'a Term,
        name: &'a str,
        url: impl Into<Cow<'a, str>>,
    ) -> Self {
        let language = text_language::of_topic(config, topic);
        let direction = text_language::direction(config, language);
        Self { language, direction, ..Self::new(name, url) }
    }

    /// A link whose title is made for it.
    pub(super) fn titled(title: String, url: String) -> Self {
        Self { title: title.into(), url: url.into(), language: None, direction: None }
    }

    /// A link to the front page.
    pub(super) fn home(config: &'a Config) -> Self {
        Self::new(&config.title, config.root())
    }

    /// A link to the first page of an index.
    pub(super) fn index(routes: Routes<'a>, of: IndexKind) -> Self {
        Self::new(of.title(&routes.config.locale), routes.url(Route::Index(of.first())))
    }

    /// A link to the list of a topic, titled with its name.
    pub(super) fn topic_list(routes: Routes<'a>, id: TermId) -> Self {
        let topic = routes.collection.topics.term(id);
        Self::topic(routes.config, topic, &topic.name, routes.list_url(ListId::Topic(id)))
    }

    /// A link to a page such as About, by its index in the collection.
    pub(super) fn page(routes: Routes<'a>, index: usize) -> Self {
        Self::new(&routes.collection.pages[index].title, routes.url(Route::Page(index)))
    }

    /// The link of a menu's entry, if it leads to a page.
    pub(super) fn menu_entry(routes: Routes<'a>, entry: &'a MenuEntry) -> Option<Self> {
        let (label, url) = (menu::label(routes, entry), menu::url(routes, entry)?);
        // A label of the menu's own is in the site's language.
        let topics = &routes.collection.topics;
        let named = (entry.target == MenuTarget::Topic && !entry.has_own_label())
            .then(|| topics.find(&entry.identity))
            .flatten();
        Some(match named {
            Some(id) => Self::topic(routes.config, topics.term(id), label, url),
            None => Self::new(label, url),
        })
    }
}

/// The name of a list: that of its term, if it has one.
pub(super) fn list_name(routes: Routes<'_>, of: ListId) -> &str {
    routes.term(of).map_or_else(|| routes.config.locale.word("all-articles"), |term| &term.name)
}
