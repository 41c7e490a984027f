//! What pages and cards show of the story of an article.

use std::collections::HashSet;

use serde::Serialize;

use super::card::{Cards, Coverage, ReportContext};
use crate::collection::ArticleId;

/// The number of reports that the page of an article shows: those next to the article.
const NEAREST: usize = 12;

/// The number of other providers that a card names.
const NAMED: usize = 3;

/// What the page of an article shows of its story.
#[derive(Debug, Serialize)]
pub(super) struct StoryContext<'a> {
    url: Option<String>,
    reports: Vec<ReportContext<'a>>,
}

impl<'a> StoryContext<'a> {
    /// The story of an article; none if it has no other report.
    pub(super) fn of(cards: &'a Cards<'_>, id: ArticleId) -> Option<Self> {
        let stories = cards.routes.collection.stories();
        let (index, reports) = (stories.of(id), &stories.get(stories.of(id)).articles);
        if reports.len() < 2 {
            return None;
        }
        let report = |other: &ArticleId| cards.report(*other).of_page(id == *other);
        Some(Self {
            url: cards.routes.story_url(index),
            reports: nearest(reports, id).iter().map(report).collect(),
        })
    }
}

/// The articles of a story next to one of them.
fn nearest(articles: &[ArticleId], id: ArticleId) -> &[ArticleId] {
    let position = articles.iter().position(|other| *other == id).unwrap_or(0);
    let last_start = articles.len().saturating_sub(NEAREST);
    let start = position.saturating_sub(NEAREST / 2).min(last_start);
    articles.get(start..articles.len().min(start + NEAREST)).unwrap_or(articles)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_reports_surround_the_article() {
        let articles: Vec<ArticleId> = (0..50).map(ArticleId::at).collect();
        for (position, first) in [(0, 0), (6, 0), (7, 1), (20, 14), (44, 38), (49, 38)] {
            let found = nearest(&articles, ArticleId::at(position));
            assert_eq!((found.first(), found.len()), (Some(&ArticleId::at(first)), NEAREST));
        }
        assert_eq!(nearest(&articles[..5], ArticleId::at(4)), &articles[..5]);
    }
}
