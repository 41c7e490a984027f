//! Why an article is in its story, and not in others.

use super::placement::{ArticleNumber, Evidence, Placement, StoryId};

/// Why an article is placed as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub placement: Placement,
    /// The stories that it was compared with and that came near, the best first.
    pub matches: Vec<StoryMatch>,
}

/// A story that an article joins, or that it misses.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryMatch {
    pub story: StoryId,
    pub by: Evidence,
    pub score: f64,
    /// The most similar article of the story.
    pub closest: ArticleNumber,
    /// The shared terms, the weightiest first. Their weights add up to the score.
    pub terms: Vec<SharedTerm>,
    /// Why the article may not join. `None` for stories that it could join.
    pub refusal: Option<JoinRefusal>,
}

/// A term that an article shares with a story.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedTerm {
    /// A word of the article in lower case, or a pair of characters.
    pub text: String,
    /// Its part of the score.
    pub weight: f64,
}

/// Why an article may not join a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinRefusal {
    /// The score is too low.
    Score,
    /// A single shared term makes up nearly all of the score.
    Terms,
    /// The story has a report of this provider, which differs.
    Provider,
    /// The story would span too many days.
    Span,
    /// The story has too many articles.
    Size,
    /// The editor gave them different names.
    Name,
}
