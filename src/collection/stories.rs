//! The stories of a site: which articles are about one event.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::ids::{ArticleId, ids};
use crate::digest::Digest;
use crate::document::article::Named;
use crate::document::{ArticleSummary, StoryChoice};
use crate::http_url::HttpUrl;
use crate::story::{self, ArticleNumber, Evidence, Placement, StoryArticle, StoryKey};

/// The index of a story among the stories of a collection, which are in the order of their oldest
/// articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoryIndex(u32);

impl StoryIndex {
    fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("a site has fewer than 2^32 stories"))
    }

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A story: one or more articles about one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its articles, oldest first.
    pub articles: Vec<ArticleId>,
    /// The name that editors gave it.
    pub key: Option<Arc<Named>>,
    /// The number of different providers.
    providers: usize,
}

/// Why an article joined its story.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoryJoin {
    pub by: Evidence,
    /// How similar the article is to the story, from 0 to 1.
    pub score: f64,
    /// The most similar article of the story.
    pub closest: ArticleId,
}

/// All stories of a collection. Each article is in one of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stories {
    of: Vec<StoryIndex>,
    joins: Vec<Option<StoryJoin>>,
    stories: Vec<Story>,
}

impl Stories {
    /// Clusters the articles of a collection, newest first.
    pub(super) fn cluster(summaries: &[Arc<ArticleSummary>]) -> Self {
        let addresses: Vec<Addresses> =
            summaries.par_iter().rev().map(|summary| Addresses::of(summary)).collect();
        let articles: Vec<StoryArticle> = summaries
            .iter()
            .rev()
            .zip(&addresses)
            .map(|(summary, addresses)| story_article(summary, addresses))
            .collect();
        Self::new(&story::cluster_in_order(&articles), summaries)
    }

    /// The stories by the placements of articles in order of time.
    fn new(placements: &[Placement], summaries: &[Arc<ArticleSummary>]) -> Self {
        // The number of an article is its index from the oldest.
        let id = |number: ArticleNumber| ArticleId::at(placements.len() - 1 - number as usize);
        let mut stories: Vec<Vec<ArticleId>> = Vec::new();
        let mut of = vec![StoryIndex(0); placements.len()];
        let mut joins = vec![None; placements.len()];
        for (number, placement) in (0..).zip(placements) {
            let article = id(number);
            let story = if placement.story == number {
                stories.push(Vec::new());
                StoryIndex::at(stories.len() - 1)
            } else {
                of[id(placement.story).index()]
            };
            stories[story.index()].push(article);
            of[article.index()] = story;
            joins[article.index()] = placement.join.map(|join| StoryJoin {
                by: join.by,
                score: join.score,
                closest: id(join.closest),
            });
        }
        let stories = stories.into_par_iter().map(|articles| Story::new(articles, summaries));
        Self { of, joins, stories: stories.collect() }
    }

    /// Stories of a part of a collection, of which some articles know all articles of their stories,
    /// oldest first.
    pub(super) fn of_part(known: Vec<Vec<ArticleId>>, summaries: &[Arc<ArticleSummary>]) -> Self {
        let mut part = Self { joins: vec![None; known.len()], ..Self::default() };
        let mut of: HashMap<ArticleId, StoryIndex> = HashMap::new();
        let alone = ids(known.len()).map(|id| vec![id]);
        for articles in known.into_iter().chain(alone) {
            if articles.iter().all(|id| !of.contains_key(id)) && !articles.is_empty() {
                let story = StoryIndex::at(part.stories.len());
                of.extend(articles.iter().map(|id| (*id, story)));
                part.stories.push(Story::new(articles, summaries));
            }
        }
        part.of = ids(part.joins.len()).map(|id| of[&id]).collect();
        part
    }

    /// The story of an article.
    pub fn of(&self, article: ArticleId) -> StoryIndex {
        self.of[article.index()]
    }

    pub fn get(&self, story: StoryIndex) -> &Story {
        &self.stories[story.index()]
    }

    /// Why an article joined its story. None for the first article of a story, and in a part of a
    /// collection.
    pub fn join(&self, article: ArticleId) -> Option<StoryJoin> {
        self.joins[article.index()]
    }

    /// The number of different providers of a story.
    pub fn providers(&self, story: StoryIndex) -> usize {
        self.get(story).providers
    }

    /// All stories, in the order of their oldest articles.
    pub fn iter(
        &self,
    ) -> impl DoubleEndedIterator<Item = (StoryIndex, &Story)> + ExactSizeIterator {
        self.stories.iter().enumerate().map(|(index, story)| (StoryIndex::at(index), story))
    }
}

impl Story {
    fn new(mut articles: Vec<ArticleId>, summaries: &[Arc<ArticleSummary>]) -> Self {
        articles.shrink_to_fit();
        let members = || articles.iter().map(|id| &*summaries[id.index()]);
        let key = members().find_map(|summary| match &summary.story {
            Some(StoryChoice::Named(name)) => Some(Arc::clone(name)),
            _ => None,
        });
        let providers: HashSet<&str> =
            members().map(|summary| summary.provider.domain.as_str()).collect();
        Self { providers: providers.len(), key, articles }
    }
}

/// The identities of an article's own addresses and of those that the editor named as related.
struct Addresses {
    own: Vec<Digest>,
    related: Vec<Digest>,
}

impl Addresses {
    fn of(summary: &ArticleSummary) -> Self {
        let own = [Some(&summary.web_url), summary.first_url.as_ref()];
        Self {
            own: own.into_iter().flatten().map(HttpUrl::identity).collect(),
            related: summary.related.iter().map(|target| target.identity).collect(),
        }
    }
}

fn story_article<'a>(summary: &'a ArticleSummary, addresses: &'a Addresses) -> StoryArticle<'a> {
    StoryArticle {
        path: &summary.path,
        title: &summary.title,
        excerpt: &summary.excerpt,
        provider: summary.provider.domain.as_str(),
        published: summary.published_at.timestamp(),
        original: summary.original_url(),
        identities: &addresses.own,
        related: &addresses.related,
        key: match &summary.story {
            None => StoryKey::Unset,
            Some(StoryChoice::Alone) => StoryKey::Alone,
            Some(StoryChoice::Named(name)) => StoryKey::Name(&name.slug),
        },
    }
}
