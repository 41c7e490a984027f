//! What the clustering sees of an article.

use crate::digest::Digest;
use crate::http_url::HttpUrl;

/// An article to cluster.
#[derive(Clone, Debug)]
pub struct StoryArticle<'a> {
    /// Decides the order of articles of one instant; unique.
    pub path: &'a str,
    pub title: &'a str,
    pub excerpt: &'a str,
    /// The provider's identity: its domain.
    pub provider: &'a str,
    /// In Unix seconds.
    pub published: i64,
    /// The address of the original, if it is known. Its words are read, which are often more of the
    /// title.
    pub original: Option<&'a HttpUrl>,
    /// The identities of all addresses of the article ([`HttpUrl::identity`]).
    pub identities: Vec<Digest>,
    /// The identities of the addresses that the editor named as related.
    pub related: Vec<Digest>,
    pub key: StoryKey<'a>,
}

/// What the editor says about the story of an article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoryKey<'a> {
    /// Nothing: evidence decides.
    #[default]
    Unset,
    /// `story: NAME`: all articles with this name are one story.
    Name(&'a str),
    /// `story: none`: the article is a story of its own.
    Alone,
}
