//! Story clusters: articles of several providers about one event.
//!
//! One pass in order of time. Each article joins the story for which the evidence is strongest, or
//! begins a new one, and stays there: later articles change nothing. `docs/stories.md` describes the
//! method and its figures.

mod article;
mod clusterer;
mod explanation;
mod open_story;
mod rarity;
mod terms;
mod vector;
mod window;

use rayon::prelude::*;

pub use article::{Article, StoryKey};
pub use clusterer::Clusterer;
pub use explanation::{Explanation, Refusal, SharedTerm, StoryMatch};

use terms::ArticleTerms;

const DAY: i64 = 86_400;

/// Articles find stories whose last article is not older, in seconds.
const WINDOW: i64 = 3 * DAY;

/// The longest time from the first to the last article of a story without a key, in seconds.
pub const MAX_SPAN: i64 = 10 * DAY;

/// The number of articles that a story can have without a key.
pub const MAX_ARTICLES: usize = 50;

/// The number of articles whose terms are in memory at once.
const CHUNK: usize = 4096;

/// The place of an article in order of time, then of path.
pub type ArticleNumber = u32;

/// The number of the first article of a story.
pub type StoryId = ArticleNumber;

/// Where an article belongs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    pub story: StoryId,
    /// Why it joined. `None` for the first article of a story.
    pub join: Option<Join>,
}

/// Why an article joined a story.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Join {
    pub by: Evidence,
    /// How similar the article is to the story, from 0 to 1.
    pub score: f64,
    /// The most similar article of the story.
    pub closest: ArticleNumber,
}

/// What an article has in common with a story, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// Clusters all articles of a site, in any order. Returns a placement for each; the numbers in them
/// are indices of `articles`.
pub fn cluster(articles: &[Article]) -> Vec<Placement> {
    let mut order: Vec<(ArticleNumber, &Article)> = (0..).zip(articles).collect();
    order.par_sort_unstable_by_key(|(_, article)| (article.published, article.path));
    let index_of = |number: ArticleNumber| {
        let (index, _) = order.get(number as usize).expect("only added articles have numbers");
        *index
    };
    let mut placements = vec![Placement { story: 0, join: None }; articles.len()];
    for (placement, (index, _)) in cluster_in_order(&order).into_iter().zip(&order) {
        let join = placement.join.map(|join| Join { closest: index_of(join.closest), ..join });
        if let Some(slot) = placements.get_mut(*index as usize) {
            *slot = Placement { story: index_of(placement.story), join };
        }
    }
    placements
}

/// Takes the terms of the next articles in parallel while articles are placed one after the other.
fn cluster_in_order(articles: &[(ArticleNumber, &Article)]) -> Vec<Placement> {
    let terms_of = |chunk: &[(ArticleNumber, &Article)]| -> Vec<ArticleTerms> {
        chunk.par_iter().map(|(_, article)| ArticleTerms::of(article)).collect()
    };
    let mut clusterer = Clusterer::default();
    let mut placements = Vec::with_capacity(articles.len());
    let mut chunks = articles.chunks(CHUNK).peekable();
    let mut terms = chunks.peek().map(|chunk| terms_of(chunk)).unwrap_or_default();
    while let Some(chunk) = chunks.next() {
        let next = chunks.peek().copied().unwrap_or_default();
        let place = || {
            let added = chunk.iter().zip(&terms);
            placements
                .extend(added.map(|((_, article), terms)| clusterer.add_with_terms(article, terms)));
        };
        let ((), next_terms) = rayon::join(place, || terms_of(next));
        terms = next_terms;
    }
    placements
}

/// The number of the first article that must be replayed before article `number` can be added, in a
/// site with these times of publication, in order.
pub fn replay_start(published: &[i64], number: usize) -> usize {
    let Some(now) = published.get(number) else { return 0 };
    let oldest = now.saturating_sub(2 * MAX_SPAN);
    published.partition_point(|published| *published < oldest).saturating_sub(rarity::HORIZON)
}
