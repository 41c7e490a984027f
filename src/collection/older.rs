//! What an article shows that depends on older articles. Newer ones change nothing here, so old
//! pages stay as they are.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ids::{ArticleId, ids};
use super::taxonomy::{Taxonomy, Term};
use crate::document::ArticleSummary;
use crate::document::image::ImageLocation;

/// How a card depends on older articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardDetails {
    /// The index among the article's topics of its kicker.
    pub kicker: Option<u32>,
    /// Whether so many older articles have its picture that it tells readers nothing.
    pub has_shared_picture: bool,
}

/// Older articles of the same provider and of the topic of the kicker, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OlderArticles<Id> {
    pub of_provider: Vec<Id>,
    pub on_topic: Vec<Id>,
}

impl<Id> Default for OlderArticles<Id> {
    fn default() -> Self {
        Self { of_provider: Vec::new(), on_topic: Vec::new() }
    }
}

impl<Id> OlderArticles<Id> {
    /// The same articles under other ids. None if one has none.
    pub fn try_map<Other>(
        &self,
        id: impl Fn(&Id) -> Option<Other>,
    ) -> Option<OlderArticles<Other>> {
        let all = |ids: &[Id]| -> Option<Vec<Other>> { ids.iter().map(&id).collect() };
        Some(OlderArticles { of_provider: all(&self.of_provider)?, on_topic: all(&self.on_topic)? })
    }
}

/// The maximum share of a site's articles that have the topic of a kicker, in percent.
const MAX_KICKER_SHARE: usize = 60;

/// The number of older articles below which shares are not significant.
const MIN_FOR_SHARE: usize = 10;

/// The length of each list of older articles.
const OLDER_COUNT: usize = 3;

/// The number of articles of a topic or provider that are searched for unrelated ones.
const MAX_SEARCHED: usize = 16;

/// The details of all cards. At most `shared_picture_limit` articles show the same picture; 0 means
/// no limit.
pub(super) fn card_details(
    summaries: &[Arc<ArticleSummary>],
    topics: &Taxonomy,
    shared_picture_limit: usize,
) -> Vec<CardDetails> {
    let shared = shared_pictures(summaries, shared_picture_limit);
    let all: Vec<ArticleId> = ids(summaries.len()).collect();
    let details = |(id, has_shared_picture): (ArticleId, bool)| {
        let older = summaries.len() - 1 - id.index();
        let kicker = kicker(id, &summaries[id.index()], topics, older);
        CardDetails { kicker, has_shared_picture }
    };
    all.into_par_iter().zip(shared).map(details).collect()
}

/// Whether at least `limit` older articles have the picture of each article.
fn shared_pictures(summaries: &[Arc<ArticleSummary>], limit: usize) -> Vec<bool> {
    let mut shared = vec![false; summaries.len()];
    let mut uses: HashMap<&ImageLocation, usize> = HashMap::new();
    if limit > 0 {
        for (shared, summary) in shared.iter_mut().zip(summaries).rev() {
            let Some(image) = &summary.image else { continue };
            let uses = uses.entry(&image.location).or_default();
            *shared = *uses >= limit;
            *uses += 1;
        }
    }
    shared
}

/// The rarest topic among older articles, if it sets the article apart from most of them.
fn kicker(id: ArticleId, summary: &ArticleSummary, topics: &Taxonomy, older: usize) -> Option<u32> {
    let uses = |topic: &str| Some(older_of(topics.term(topics.find(topic)?), id).len());
    let counts =
        (0..).zip(&summary.topics).filter_map(|(at, topic)| Some((uses(&topic.slug)?, at)));
    let (count, rarest) = counts.min()?;
    let is_common = older >= MIN_FOR_SHARE && count * 100 > older * MAX_KICKER_SHARE;
    (!is_common).then_some(rarest)
}

/// The articles of a term that are older than an article.
fn older_of(term: &Term, id: ArticleId) -> &[ArticleId] {
    term.articles.get(term.articles.partition_point(|other| *other <= id)..).unwrap_or_default()
}

/// The older articles that the page of each article lists, without those that are shown elsewhere
/// on it.
pub(super) fn older_articles(
    summaries: &[Arc<ArticleSummary>],
    details: &[CardDetails],
    is_shown: impl Fn(ArticleId, ArticleId) -> bool + Sync,
    topics: &Taxonomy,
    providers: &Taxonomy,
) -> Vec<OlderArticles<ArticleId>> {
    let all: Vec<ArticleId> = ids(summaries.len()).collect();
    let of_article = |id: ArticleId| {
        let summary = &summaries[id.index()];
        let of = |term: Option<&Term>, shown: &[ArticleId]| {
            let is_new = |other: &ArticleId| !shown.contains(other) && !is_shown(id, *other);
            let older = term.map(|term| older_of(term, id)).unwrap_or_default();
            older.iter().copied().take(MAX_SEARCHED).filter(is_new).take(OLDER_COUNT).collect()
        };
        let provider = providers.find(summary.provider.domain.as_str());
        let of_provider: Vec<ArticleId> = of(provider.map(|term| providers.term(term)), &[]);
        let kicker = details[id.index()].kicker.and_then(|at| summary.topics.get(at as usize));
        let topic = kicker.and_then(|topic| topics.find(&topic.slug));
        let on_topic = of(topic.map(|term| topics.term(term)), &of_provider);
        OlderArticles { of_provider, on_topic }
    };
    all.into_par_iter().map(of_article).collect()
}
