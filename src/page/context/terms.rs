//! What cards show of topics, providers and categories, computed once per term.

use std::sync::Arc;

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

/// The terms of an article, looked up once for all its cards.
#[derive(Debug)]
pub(super) struct ArticleTerms {
    provider: ArticleProvider,
    topics: Box<[ArticleTopic]>,
}

/// The provider of an article.
#[derive(Clone, Copy, Debug)]
enum ArticleProvider {
    /// Shown as the site shows it.
    Shared(TermId),
    /// Named otherwise by the article, or with a logo of its own. The site may have articles of it.
    Own(Option<TermId>),
}

/// A topic of an article that has a list.
#[derive(Clone, Copy, Debug)]
struct ArticleTopic {
    id: TermId,
    /// Its index among the article's topics.
    index: usize,
    /// Whether the article names it otherwise than the site.
    is_renamed: bool,
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
            .map(|((_, term), url)| LinkContext::topic(routes.config, term, &term.name, url));
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

    /// The terms of an article.
    pub(super) fn of_article(&self, summary: &ArticleSummary) -> ArticleTerms {
        let topics = &self.routes.collection.topics;
        let topic = |(index, topic): (usize, &Arc<Named>)| {
            let id = topics.find(&topic.slug)?;
            let is_renamed = *topic.name != *topics.term(id).name;
            Some(ArticleTopic { id, index, is_renamed })
        };
        ArticleTerms {
            provider: self.find_provider(&summary.provider),
            topics: summary.topics.iter().enumerate().filter_map(topic).collect(),
        }
    }

    /// Links to the topics of an article that have a list, named as the article names them.
    pub(super) fn topics<'v>(
        &'v self,
        terms: &ArticleTerms,
        summary: &'v ArticleSummary,
    ) -> Vec<MaybeShared<'v, LinkContext<'v>>> {
        terms.topics.iter().map(|topic| self.topic_link(*topic, summary)).collect()
    }

    /// A link to the topic at an index of an article's topics, if it has a list.
    pub(super) fn topic<'v>(
        &'v self,
        terms: &ArticleTerms,
        summary: &'v ArticleSummary,
        index: usize,
    ) -> Option<MaybeShared<'v, LinkContext<'v>>> {
        let topic = terms.topics.iter().find(|topic| topic.index == index)?;
        Some(self.topic_link(*topic, summary))
    }

    fn topic_link<'v>(
        &'v self,
        topic: ArticleTopic,
        summary: &'v ArticleSummary,
    ) -> MaybeShared<'v, LinkContext<'v>> {
        let ArticleTopic { id, index, is_renamed } = topic;
        if is_renamed {
            let (name, url) = (&summary.topics[index].name, &self.topic_urls[id.index()]);
            let term = self.routes.collection.topics.term(id);
            MaybeShared::Own(LinkContext::topic(self.routes.config, term, name, url.as_str()))
        } else {
            MaybeShared::Shared(&self.topics[id.index()])
        }
    }

    /// The provider of an article, named as the article names it.
    pub(super) fn provider_of<'v>(
        &'v self,
        terms: &ArticleTerms,
        summary: &'v ArticleSummary,
    ) -> MaybeShared<'v, ProviderContext<'v>> {
        self.shown_provider(terms.provider, &summary.provider)
    }

    /// A provider, named as a related item names it.
    pub(super) fn provider<'v>(
        &'v self,
        provider: &'v Provider,
    ) -> MaybeShared<'v, ProviderContext<'v>> {
        self.shown_provider(self.find_provider(provider), provider)
    }

    fn find_provider(&self, provider: &Provider) -> ArticleProvider {
        let providers = &self.routes.collection.providers;
        let is_shared =
            |id: &TermId| *provider.name == *providers.term(*id).name && provider.logo.is_none();
        match providers.find(provider.domain.as_str()) {
            Some(id) if is_shared(&id) => ArticleProvider::Shared(id),
            known => ArticleProvider::Own(known),
        }
    }

    fn shown_provider<'v>(
        &'v self,
        found: ArticleProvider,
        provider: &'v Provider,
    ) -> MaybeShared<'v, ProviderContext<'v>> {
        let Routes { collection, config, .. } = self.routes;
        let known = match found {
            ArticleProvider::Shared(id) => return MaybeShared::Shared(self.known_provider(id)),
            ArticleProvider::Own(known) => known,
        };
        let term = known.map(|id| collection.providers.term(id));
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
