//! Why articles are in their stories.

use std::sync::Arc;

use super::ids::{ArticleId, ids};
use super::stories::{Stories, StoryIndex, article_id, clusterer_before, story_article};
use crate::document::ArticleSummary;
use crate::story::{Evidence, JoinRefusal, SharedTerm, StoryMatch};

/// Why an article is in its story, and not in others.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryExplanation {
    pub article: ArticleId,
    /// The stories of older articles that it was compared with and that came near, the best first.
    pub comparisons: Vec<StoryComparison>,
}

/// A story that an article joined, or that it missed.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryComparison {
    pub story: StoryIndex,
    pub by: Evidence,
    /// How similar the article is to the story, from 0 to 1.
    pub score: f64,
    /// The most similar older article of the story.
    pub closest: ArticleId,
    /// The shared terms, the weightiest first. Their weights add up to the score.
    pub terms: Vec<SharedTerm>,
    /// Why the article could not join. None for stories that it could have joined.
    pub refusal: Option<JoinRefusal>,
}

/// Explains the articles from one on, oldest first.
pub(super) fn explain<'c>(
    summaries: &'c [Arc<ArticleSummary>],
    stories: &'c Stories,
    first: ArticleId,
) -> impl Iterator<Item = StoryExplanation> + 'c {
    let articles: Vec<&ArticleSummary> = summaries.iter().rev().map(AsRef::as_ref).collect();
    // Without clusters there is nothing to explain.
    let count = if stories.placed().is_empty() { 0 } else { first.index() + 1 };
    let before = stories.placed().len() - count;
    let mut clusterer = clusterer_before(before, &articles, stories.placed());
    let article = |number| article_id(number, summaries.len());
    let comparison = move |found: StoryMatch| StoryComparison {
        story: stories.of(article(found.story)),
        by: found.by,
        score: found.score,
        closest: article(found.closest),
        terms: found.terms,
        refusal: found.refusal,
    };
    ids(count).rev().map(move |id| {
        let article = story_article(&summaries[id.index()]);
        let explanation = clusterer.explain(&article);
        clusterer.replay(&article, explanation.placement.story);
        let comparisons = explanation.matches.into_iter().map(comparison).collect();
        StoryExplanation { article: id, comparisons }
    })
}
