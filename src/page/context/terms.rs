//! What cards show of topics, providers and categories, computed once per term.

use serde::Serialize;
use tera::Value;

use super::image::ImageContext;
use super::initials::initials;
use super::link::LinkContext;
use super::provider::{ProviderContext, term_logo};
use crate::collection::{Collection, Taxonomy, TermId};
use crate::document::ArticleSummary;
use crate::document::article::{Named, Provider};
use crate::page::route::ListId;
use crate::page::routes::Routes;

/// A part of a context: owned, or shared by many contexts.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum MaybeShared<'a, T> {
    Own(T),
    Shared(&'a Value),
}

/// The terms of a site, indexed as in their taxonomies.
#[derive(Debug)]
pub(super) struct Terms<'a> {
    routes: Routes<'a>,
    topic_urls: Vec<String>,
    provider_urls: Vec<String>,
    category_urls: Vec<String>,
    /// The links to topics by their own names.
    topics: Vec<Value>,
    /// The providers by their own names.
    providers: Vec<Value>,
}

impl<'a> Terms<'a> {
    pub(super) fn new(routes: Routes<'a>) -> Self {
        let Collection { topics, providers, categories, .. } = routes.collection;
        let urls = |taxonomy: &Taxonomy, list_of: fn(TermId) -> ListId| -> Vec<String> {
            taxonomy.terms().map(|(id, _)| routes.list_url(list_of(id))).collect()
        };
        let (topic_urls, provider_urls) =
            (urls(topics, ListId::Topic), urls(providers, ListId::Provider));
        let topic_links = topics
            .terms()
            .zip(&topic_urls)
            .map(|((_, term), url)| LinkContext::new(&term.name, url));
        let provider_contexts = providers
            .terms()
            .zip(&provider_urls)
            .map(|((_, term), url)| ProviderContext::of_term(routes.config, term, url));
        Self {
            routes,
            topics: topic_links.map(|link| Value::from_serializable(&link)).collect(),
            providers: provider_contexts
                .map(|provider| Value::from_serializable(&provider))
                .collect(),
            topic_urls,
            provider_urls,
            category_urls: urls(categories, ListId::Category),
        }
    }

    /// A provider that the site has articles of.
    pub(super) fn known_provider(&self, id: TermId) -> &Value {
        &self.providers[id.index()]
    }

    /// A link to a topic, named as the article names it. None if the topic has no list.
    pub(super) fn topic<'v>(
        &'v self,
        topic: &'v Named,
    ) -> Option<MaybeShared<'v, LinkContext<'v>>> {
        let topics = &self.routes.collection.topics;
        let id = topics.find(&topic.slug)?;
        if *topic.name == *topics.term(id).name {
            return Some(MaybeShared::Shared(&self.topics[id.index()]));
        }
        Some(MaybeShared::Own(LinkContext::new(&topic.name, self.topic_urls[id.index()].as_str())))
    }

    /// A provider, named as the article names it.
    pub(super) fn provider<'v>(
        &'v self,
        provider: &'v Provider,
    ) -> MaybeShared<'v, ProviderContext<'v>> {
        let Routes { collection, config } = self.routes;
        let known = collection.providers.find(provider.domain.as_str());
        let term = known.map(|id| collection.providers.term(id));
        if let Some(id) = known
            && term.is_some_and(|term| *provider.name == *term.name)
            && provider.logo.is_none()
        {
            return MaybeShared::Shared(self.known_provider(id));
        }
        let logo = term.and_then(|term| term_logo(config, term));
        MaybeShared::Own(ProviderContext {
            name: &provider.name,
            domain: provider.domain.to_unicode(),
            url: known.map(|id| self.provider_urls[id.index()].as_str()),
            initials: initials(&provider.name),
            logo: logo
                .or_else(|| provider.logo.as_ref().map(|logo| ImageContext::new(config, logo))),
        })
    }

    /// A link to an article's category, or else to the front page.
    pub(super) fn category(&self, summary: &ArticleSummary) -> LinkContext<'_> {
        let categories = &self.routes.collection.categories;
        match categories.find(&summary.category.slug) {
            Some(id) => {
                LinkContext::new(&categories.term(id).name, self.category_urls[id.index()].as_str())
            }
            None => LinkContext::home(self.routes.config),
        }
    }
}
