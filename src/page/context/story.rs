//! What pages and cards show of the story of an article.

use std::collections::HashSet;

use serde::Serialize;

use super::article::ArticleRepr;
use super::card::{Cards, Coverage};
use crate::collection::ArticleId;

/// The number of other providers that a card names.
const NAMED: usize = 3;

/// What the page of an article shows of its story.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub(super) struct StoryContext<'a, C: ArticleRepr<'a>> {
    url: Option<String>,
    reports: Vec<C::Report>,
}

impl<'a, C: ArticleRepr<'a>> StoryContext<'a, C> {
    /// The story of an article; none if it has no other report.
    pub(super) fn of(cards: &'a Cards<'_>, id: ArticleId) -> Option<Self> {
        let stories = cards.routes.collection.stories();
        let reports = stories.nearest(id);
        if reports.len() < 2 {
            return None;
        }
        Some(Self {
            url: cards.routes.story_url(stories.of(id)),
            reports: reports.iter().map(|other| C::report(cards, *other, id)).collect(),
        })
    }
}

/// The other reports of the story of an article, which represents the story.
pub(super) fn coverage<'a>(cards: &'a Cards<'_>, representative: ArticleId) -> Coverage<'a> {
    let collection = cards.routes.collection;
    let provider = |id: ArticleId| collection.summary(id).provider.domain.as_str();
    let story = collection.stories().of(representative);
    let mut seen = HashSet::from([provider(representative)]);
    let articles = collection.stories().get(story).articles.iter().rev().copied();
    let others: Vec<ArticleId> = articles.filter(|id| seen.insert(provider(*id))).collect();
    Coverage {
        reports: others.iter().take(NAMED).map(|id| cards.report(*id)).collect(),
        more: others.len().saturating_sub(NAMED),
        story_url: cards.routes.story_url(story),
    }
}
