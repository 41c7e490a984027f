//! What the page of an article shows of its story.

use serde::Serialize;

use super::article_repr::ArticleRepr;
use super::card::Cards;
use crate::collection::ArticleId;

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
