//! Where articles belong, and why.

use serde::{Deserialize, Serialize};

/// The place of an article in order of time, then of path.
pub type ArticleNumber = u32;

/// The number of the first article of a story.
pub type StoryId = ArticleNumber;

/// Where an article belongs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    pub story: StoryId,
    /// Why it joined. `None` for the first article of a story.
    pub join: Option<Join>,
}

/// Why an article joined a story.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Join {
    pub by: Evidence,
    /// How similar the article is to the story, from 0 to 1.
    pub score: f64,
    /// The most similar article of the story.
    pub closest: ArticleNumber,
}

/// What an article has in common with a story, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Evidence {
    /// The name that the editor gave the story.
    Key,
    /// An editor's link from one to the other.
    Related,
    /// An address: both are one publication.
    Original,
    /// The title, or nearly all terms.
    Title,
    /// Rare terms.
    Terms,
}
