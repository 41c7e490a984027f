//! The clustering, one article after the other.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};
use std::hash::RandomState;

use rayon::prelude::*;

use super::article::{StoryArticle, StoryKey};
use super::explanation::{Explanation, JoinRefusal, SharedTerm, StoryMatch};
use super::open_story::{Comparison, MAX_SPAN, Member, OpenStory, WINDOW};
use super::placement::{ArticleNumber, Evidence, Join, Placement, StoryId};
use super::rarity::Rarity;
use super::terms::{BuildTermHasher, StoryTerm, TermWeights, for_each_term_of};
use super::vector::{Lookup, UnitVector};
use super::window::Window;
use crate::digest::Digest;

/// An article with a lower score does not join.
pub const THRESHOLD: f64 = 0.16;

/// The largest share of the cosine that a single term may have. If it has more with each article of
/// a story, they share little but one name, such as a place with many events, and the article does
/// not join. Less than 1, since on new sites any common word beside the name has some weight.
const MAX_SHARE_OF_TERM: f64 = 0.875;

/// Smaller differences of scores do not decide, so that a backdated article changes few stories.
const SCORE_STEP: f64 = 0.1;

/// A match with a lower score is not worth a word.
const NEAR_MISS: f64 = THRESHOLD / 2.0;

/// The number of an article's terms by which stories are found: the rarest.
const SEARCH_TERMS: usize = 24;

/// The share of an article's squared length that the terms have by which it finds a story.
const MIN_SHARE: f64 = 0.1;

/// The number of articles with a term whose stories are compared: the newest.
const MAX_POSTINGS: usize = 16;

/// Assigns articles to stories. They must be added in order of time, then of path.
///
/// The story of an article depends on older articles only. To continue where an earlier clustering
/// ended, [`Clusterer::replay`] the articles from [`super::replay_start`] on.
pub struct Clusterer {
    next: ArticleNumber,
    rarity: Rarity,
    stories: HashMap<StoryId, OpenStory>,
    /// The articles that stories have not yet forgotten, oldest first.
    recent: VecDeque<(i64, StoryId)>,
    names: HashMap<Box<str>, StoryId>,
    terms: Window<StoryTerm, BuildTermHasher>,
    addresses: Window<Digest, RandomState>,
    related: Window<Digest, RandomState>,
}

/// An article and what it is compared by.
struct Prepared {
    terms: Box<[StoryTerm]>,
    member: Member,
}

/// A story that was compared with an article.
struct Compared {
    story: StoryId,
    by: Evidence,
    comparison: Comparison,
    refusal: Option<JoinRefusal>,
}

impl Default for Clusterer {
    fn default() -> Self {
        Self::starting_at(0)
    }
}

impl Clusterer {
    /// A clustering whose first article has this number.
    pub fn starting_at(number: ArticleNumber) -> Self {
        Self {
            next: number,
            rarity: Rarity::new(),
            stories: HashMap::new(),
            recent: VecDeque::new(),
            names: HashMap::new(),
            terms: Window::new(WINDOW),
            addresses: Window::new(MAX_SPAN),
            related: Window::new(MAX_SPAN),
        }
    }

    /// Makes the story known of an article with a name that is before the first replayed one.
    pub fn remember(&mut self, name: &str, story: StoryId, published: i64) {
        self.names.entry(name.into()).or_insert_with(|| {
            self.stories.insert(story, OpenStory::remembered(name, published));
            story
        });
    }

    /// Assigns the next article to a story.
    pub fn add(&mut self, article: &StoryArticle) -> Placement {
        self.add_with_terms(article, &TermWeights::of(article))
    }

    /// Adds the next article, whose story is known.
    pub fn replay(&mut self, article: &StoryArticle, story: StoryId) {
        self.replay_with_terms(article, &TermWeights::of(article), story);
    }

    /// Assigns the next articles to stories.
    pub fn add_all<'a, T: Sync, A: Borrow<StoryArticle<'a>> + Send + Sync>(
        &mut self,
        items: &'a [T],
        article: impl Fn(&'a T) -> A + Sync,
    ) -> Vec<Placement> {
        let mut placements = Vec::with_capacity(items.len());
        with_terms(items, article, |article, terms| {
            placements.push(self.add_with_terms(article, terms));
        });
        placements
    }

    /// Adds the next articles, whose stories are known.
    pub fn replay_all<'a, T: Sync, A: Borrow<StoryArticle<'a>> + Send + Sync>(
        &mut self,
        items: &'a [T],
        article: impl Fn(&'a T) -> A + Sync,
        stories: impl IntoIterator<Item = StoryId, IntoIter: Send>,
    ) {
        let mut stories = stories.into_iter();
        with_terms(items, article, |article, terms| {
            let story = stories.next().expect("each replayed article has a story");
            self.replay_with_terms(article, terms, story);
        });
    }

    /// Why [`Clusterer::add`] will place an article as it will.
    pub fn explain(&mut self, article: &StoryArticle) -> Explanation {
        self.advance(article.published);
        let prepared = self.prepare(article, &TermWeights::of(article));
        let found = self.find(article, &prepared.member);
        let mut compared = self.compare(found, article, &prepared.member);
        let placement = self.place(&compared);
        compared.retain(|other| other.by != Evidence::Terms || other.comparison.score >= NEAR_MISS);
        compared.sort_by(Compared::best_first);
        let words = words(article);
        let explained = |other: Compared| StoryMatch {
            story: other.story,
            by: other.by,
            score: other.comparison.score,
            closest: other.comparison.closest,
            terms: self.shared_terms(other.story, &prepared.member, &words),
            refusal: other.refusal,
        };
        Explanation { placement, matches: compared.into_iter().map(explained).collect() }
    }

    fn replay_with_terms(&mut self, article: &StoryArticle, terms: &TermWeights, story: StoryId) {
        self.advance(article.published);
        let prepared = self.prepare(article, terms);
        self.record(article, prepared, story);
    }

    fn add_with_terms(&mut self, article: &StoryArticle, terms: &TermWeights) -> Placement {
        self.advance(article.published);
        let prepared = self.prepare(article, terms);
        let mut found = self.find(article, &prepared.member);
        found.retain(|(id, by)| self.admits(*id, *by, article));
        let placement = self.place(&self.compare(found, article, &prepared.member));
        self.record(article, prepared, placement.story);
        placement
    }

    /// Forgets what is too old at a time.
    fn advance(&mut self, now: i64) {
        self.terms.advance(now);
        self.addresses.advance(now);
        self.related.advance(now);
        while let Some((published, id)) = self.recent.front().copied() {
            if now.saturating_sub(published) <= MAX_SPAN {
                break;
            }
            self.recent.pop_front();
            self.forget(id, now);
        }
    }

    /// Forgets the old articles of a story, and the story if that leaves nothing of it.
    fn forget(&mut self, id: StoryId, now: i64) {
        let Some(story) = self.stories.get_mut(&id) else { return };
        if !story.forget(now) && story.name.is_none() {
            self.stories.remove(&id);
        }
    }

    fn prepare(&self, article: &StoryArticle, terms: &TermWeights) -> Prepared {
        let weighted =
            terms.weights.iter().map(|(term, weight)| (*term, weight * self.rarity.of(*term)));
        Prepared {
            terms: terms.weights.iter().map(|(term, _)| *term).collect(),
            member: Member {
                article: self.next,
                published: article.published,
                provider: StoryTerm::of(article.provider),
                title: terms.title,
                vector: UnitVector::new(weighted.collect()),
            },
        }
    }

    /// Finds all stories that anything speaks for.
    fn find(&self, article: &StoryArticle, member: &Member) -> Vec<(StoryId, Evidence)> {
        let mut found: Vec<(StoryId, Evidence)> = Vec::new();
        match article.key {
            StoryKey::Alone => return Vec::new(),
            StoryKey::Name(name) => {
                found.extend(self.names.get(name).map(|story| (*story, Evidence::Key)));
            }
            StoryKey::Unset => {}
        }
        for identity in &article.related {
            found.extend(self.addresses.stories(identity).map(|story| (story, Evidence::Related)));
        }
        for identity in &article.identities {
            found.extend(self.related.stories(identity).map(|story| (story, Evidence::Related)));
            found.extend(self.addresses.stories(identity).map(|story| (story, Evidence::Original)));
        }
        found.extend(self.stories_with_terms(member).map(|story| (story, Evidence::Terms)));
        found.sort_unstable();
        found.dedup_by_key(|(story, _)| *story);
        found
    }

    /// Whether an article may join a story, whatever it says.
    fn admits(&self, id: StoryId, by: Evidence, article: &StoryArticle) -> bool {
        self.stories.get(&id).is_some_and(|story| refusal_of_story(story, by, article).is_none())
    }

    /// Compares an article with stories.
    fn compare(
        &self,
        found: Vec<(StoryId, Evidence)>,
        article: &StoryArticle,
        member: &Member,
    ) -> Vec<Compared> {
        if found.is_empty() {
            return Vec::new();
        }
        let lookup = member.vector.lookup();
        let compare = |(id, by)| self.compare_with(id, by, article, member, &lookup);
        found.into_iter().filter_map(compare).collect()
    }

    /// The stories that share enough of an article's rarest terms.
    fn stories_with_terms(&self, member: &Member) -> impl Iterator<Item = StoryId> {
        let mut shares: Vec<(StoryId, f64)> = Vec::new();
        for (term, weight) in member.vector.heaviest(SEARCH_TERMS) {
            let from = shares.len();
            let stories = self.terms.stories(&term).take(MAX_POSTINGS);
            for story in stories {
                let added = shares.get(from..).unwrap_or_default();
                if added.iter().all(|(other, _)| *other != story) {
                    shares.push((story, weight * weight));
                }
            }
        }
        shares.sort_unstable_by(|(a, x), (b, y)| a.cmp(b).then(x.total_cmp(y)));
        shares.dedup_by(|(next, more), (story, sum)| {
            let is_same = next == story;
            if is_same {
                *sum += *more;
            }
            is_same
        });
        shares.into_iter().filter(|(_, share)| *share >= MIN_SHARE).map(|(story, _)| story)
    }

    fn compare_with(
        &self,
        id: StoryId,
        by: Evidence,
        article: &StoryArticle,
        member: &Member,
        lookup: &Lookup,
    ) -> Option<Compared> {
        let story = self.stories.get(&id).filter(|story| !story.stands_alone)?;
        let comparison = story.compare(member, lookup);
        let by = match by {
            Evidence::Terms if comparison.is_near_identical => Evidence::Title,
            by => by,
        };
        let has_several_strong_terms = || story.has_several_strong_terms(lookup, MAX_SHARE_OF_TERM);
        let refusal = refusal_of_story(story, by, article)
            .or_else(|| refusal_of_comparison(by, &comparison))
            .or_else(|| {
                let is_refused = by == Evidence::Terms && !has_several_strong_terms();
                is_refused.then_some(JoinRefusal::Terms)
            });
        Some(Compared { story: id, by, comparison, refusal })
    }

    /// The story of the strongest evidence, else a new one.
    fn place(&self, compared: &[Compared]) -> Placement {
        let admitted = compared.iter().filter(|other| other.refusal.is_none());
        match admitted.min_by(|a, b| a.best_first(b)) {
            Some(best) => Placement { story: best.story, join: Some(best.join()) },
            None => Placement { story: self.next, join: None },
        }
    }

    fn record(&mut self, article: &StoryArticle, prepared: Prepared, id: StoryId) {
        let published = article.published;
        let story = self.stories.entry(id).or_insert_with(|| OpenStory::new(published));
        match article.key {
            StoryKey::Alone => story.stands_alone = true,
            StoryKey::Name(name) => {
                story.name = Some(name.into());
                self.names.entry(name.into()).or_insert(id);
            }
            StoryKey::Unset => {}
        }
        let heaviest = prepared.member.vector.heaviest(SEARCH_TERMS);
        self.terms.add(published, heaviest.into_iter().map(|(term, _)| term).collect(), id);
        self.addresses.add(published, article.identities.as_slice().into(), id);
        self.related.add(published, article.related.as_slice().into(), id);
        self.recent.push_back((published, id));
        self.rarity.add(prepared.terms);
        story.add(prepared.member);
        self.next += 1;
    }

    fn shared_terms(
        &self,
        story: StoryId,
        member: &Member,
        words: &HashMap<StoryTerm, String>,
    ) -> Vec<SharedTerm> {
        let Some(story) = self.stories.get(&story) else { return Vec::new() };
        let named = |(term, weight): (StoryTerm, f64)| {
            words.get(&term).map(|text| SharedTerm { text: text.clone(), weight })
        };
        let mut shared: Vec<SharedTerm> =
            story.shared_terms(member).into_iter().filter_map(named).collect();
        shared.retain(|term| term.weight > 0.0);
        shared.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.text.cmp(&b.text)));
        shared
    }
}

impl Compared {
    /// Stronger evidence comes before a higher score, and that before the older story.
    fn best_first(&self, other: &Self) -> Ordering {
        let steps = |compared: &Self| (compared.comparison.score / SCORE_STEP).round();
        self.by
            .cmp(&other.by)
            .then_with(|| steps(other).total_cmp(&steps(self)))
            .then_with(|| self.story.cmp(&other.story))
    }

    fn join(&self) -> Join {
        Join { by: self.by, score: self.comparison.score, closest: self.comparison.closest }
    }
}

/// The number of articles whose terms are in memory at once.
const CHUNK: usize = 4096;

/// Calls `visit` with each article and its terms, one after the other. Those of the next articles
/// are taken in parallel meanwhile.
fn with_terms<'a, T: Sync, A: Borrow<StoryArticle<'a>> + Send + Sync>(
    items: &'a [T],
    article: impl Fn(&'a T) -> A + Sync,
    mut visit: impl FnMut(&StoryArticle, &TermWeights) + Send,
) {
    let read = |item: &'a T| {
        let article = article(item);
        let terms = TermWeights::of(article.borrow());
        (article, terms)
    };
    let read_all =
        |chunk: &'a [T]| -> Vec<(A, TermWeights)> { chunk.par_iter().map(read).collect() };
    let mut chunks = items.chunks(CHUNK);
    let mut articles: Vec<(A, TermWeights)> = Vec::new();
    loop {
        let next = chunks.next();
        let visit_all =
            || articles.iter().for_each(|(article, terms)| visit(article.borrow(), terms));
        let ((), read) = rayon::join(visit_all, || read_all(next.unwrap_or_default()));
        articles = read;
        if next.is_none() {
            return;
        }
    }
}

/// Why an article may not join a story, whatever it says.
fn refusal_of_story(
    story: &OpenStory,
    by: Evidence,
    article: &StoryArticle,
) -> Option<JoinRefusal> {
    let is_other_name = match (article.key, &story.name) {
        (StoryKey::Name(name), Some(other)) => name != &**other,
        _ => false,
    };
    match by {
        Evidence::Key => None,
        _ if is_other_name => Some(JoinRefusal::Name),
        _ if !story.has_time_for(article.published) => Some(JoinRefusal::Span),
        _ if !story.has_room() => Some(JoinRefusal::Size),
        _ => None,
    }
}

/// Why an article may not join a story, because of what it says.
fn refusal_of_comparison(by: Evidence, comparison: &Comparison) -> Option<JoinRefusal> {
    match by {
        Evidence::Key | Evidence::Related | Evidence::Original => None,
        Evidence::Terms if comparison.score < THRESHOLD => Some(JoinRefusal::Score),
        _ if comparison.repeats_provider => Some(JoinRefusal::Provider),
        Evidence::Title | Evidence::Terms => None,
    }
}

/// The words of an article by their terms.
fn words(article: &StoryArticle) -> HashMap<StoryTerm, String> {
    let mut words = HashMap::new();
    for_each_term_of(article, |term, word| {
        words.entry(StoryTerm::of(term)).or_insert_with(|| word.to_owned());
    });
    words
}
