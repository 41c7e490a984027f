//! The order of stories on the front page: by a score that fades with their age.
//!
//! The order never changes as time passes: the logarithm of a score falls equally fast for all
//! stories, so they are compared by what it was at one fixed instant.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::ids::{ArticleId, ids};
use super::older::CardDetails;
use super::stories::Stories;
use crate::config::{Config, FrontConfig, FrontOrder, ScoreWeights};
use crate::document::ArticleSummary;

/// The number of the newest articles whose stories are ranked. The scores of others have faded.
const CANDIDATES: usize = 1000;

/// What counts as the quality and heat of articles if no recent one has any.
const DEFAULT_SCORE: i64 = 50;

/// The minimum of a score before it fades, so that it has a logarithm.
const MIN_SCORE: f64 = 0.01;

/// What ranks are counted in: so many make up one half-life.
const RANKS_PER_HALF_LIFE: f64 = 1_000_000.0;

/// The stories of a site, best first.
#[derive(Debug)]
pub struct Ranking {
    /// What counts as the quality of articles without one: the median of recent articles.
    pub median_quality: i64,
    /// What counts as the heat of articles without one.
    pub median_heat: i64,
    /// Pinned ones, then the others by score.
    pub stories: Vec<RankedStory>,
}

/// A story, or an article that is shown by itself, with what decides its place.
#[derive(Clone, Debug)]
pub struct RankedStory {
    /// Its oldest article.
    pub oldest: ArticleId,
    /// The article that represents it.
    pub article: ArticleId,
    /// Whether one of its articles is pinned.
    pub is_pinned: bool,
    /// The highest quality of its articles, if any is scored.
    pub quality: Option<i64>,
    /// The highest heat of its articles, if any is scored.
    pub heat: Option<i64>,
    /// The number of providers that report it.
    pub providers: usize,
    /// When the middle one of its articles was published: one late report makes no story new.
    pub time: DateTime<Utc>,
    /// The score before it fades.
    pub fresh_score: f64,
    /// The logarithm of the score at a fixed instant, or else the time, if that decides. Whole numbers,
    /// since logarithms may differ in their last bits from machine to machine.
    rank: i64,
}

impl RankedStory {
    /// The score at an instant.
    pub fn score_at(&self, instant: DateTime<Utc>, front: &FrontConfig) -> f64 {
        let hours = (instant - self.time).as_seconds_f64() / 3600.0;
        self.fresh_score * (-hours / as_f64(front.half_life)).exp2()
    }

    /// By how many half-lives another story is behind, where scores decide.
    pub fn half_lives_ahead_of(&self, other: &Self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^53")]
        let ranks = (self.rank - other.rank) as f64;
        ranks / RANKS_PER_HALF_LIFE
    }
}

/// What the ranking depends on.
pub(super) struct RankedArticles<'a> {
    /// Newest first, as are the pinned ones.
    pub(super) summaries: &'a [Arc<ArticleSummary>],
    pub(super) card_details: &'a [CardDetails],
    pub(super) stories: &'a Stories,
    pub(super) pinned: &'a [ArticleId],
}

impl Ranking {
    pub(super) fn new(articles: &RankedArticles<'_>, config: &Config) -> Self {
        let recent = articles.summaries.get(..CANDIDATES).unwrap_or(articles.summaries);
        let median_quality = median(recent.iter().filter_map(|summary| summary.quality).collect());
        let median_heat = median(recent.iter().filter_map(|summary| summary.heat).collect());
        let scorer = Scorer { articles, config, median_quality, median_heat };
        let mut seen = HashSet::new();
        let candidates = articles.pinned.iter().copied().chain(ids(recent.len()));
        let mut stories: Vec<RankedStory> = candidates
            .map(|id| articles.stories.shown_as_one(id))
            .filter(|reports| seen.insert(reports[0]))
            .map(|reports| scorer.score(reports))
            .collect();
        stories.sort_by_key(|story| (!story.is_pinned, Reverse(story.rank), story.article));
        Self { median_quality, median_heat, stories }
    }
}

/// The lower median.
fn median(mut scores: Vec<i64>) -> i64 {
    scores.sort_unstable();
    let middle = scores.len().saturating_sub(1) / 2;
    scores.get(middle).copied().unwrap_or(DEFAULT_SCORE)
}

/// Computes the scores of stories.
struct Scorer<'a> {
    articles: &'a RankedArticles<'a>,
    config: &'a Config,
    median_quality: i64,
    median_heat: i64,
}

impl Scorer<'_> {
    fn summary(&self, id: ArticleId) -> &ArticleSummary {
        &self.articles.summaries[id.index()]
    }

    fn is_pinned(&self, id: ArticleId) -> bool {
        self.articles.pinned.binary_search(&id).is_ok()
    }

    fn score(&self, articles: &[ArticleId]) -> RankedStory {
        let FrontConfig { weights, order, .. } = self.config.front;
        let summaries = || articles.iter().map(|id| self.summary(*id));
        let quality = summaries().filter_map(|summary| summary.quality).max();
        let heat = summaries().filter_map(|summary| summary.heat).max();
        let oldest = articles[0];
        let providers = self.articles.stories.providers(self.articles.stories.of(oldest));
        let middle = articles[(articles.len() - 1) / 2];
        let time = self.summary(middle).published_at;
        let coverage = weights.coverage * as_f64(providers).log2();
        let fresh_score = (self.merit(weights, quality, heat) + coverage).max(MIN_SCORE);
        let article = articles.iter().copied().max_by(|a, b| {
            let key = |id: ArticleId| (self.is_pinned(id), self.has_picture(id));
            let merit = |id: ArticleId| {
                let summary = self.summary(id);
                self.merit(weights, summary.quality, summary.heat)
            };
            // The first report wins ties.
            key(*a).cmp(&key(*b)).then(merit(*a).total_cmp(&merit(*b))).then(a.cmp(b))
        });
        let rank = match order {
            FrontOrder::Ranked => self.rank(fresh_score, time),
            FrontOrder::Newest => time.timestamp_micros(),
        };
        RankedStory {
            oldest,
            article: article.expect("a story has articles"),
            is_pinned: articles.iter().any(|id| self.is_pinned(*id)),
            quality,
            heat,
            providers,
            time,
            fresh_score,
            rank,
        }
    }

    /// The part of a score that does not depend on coverage.
    fn merit(&self, weights: ScoreWeights, quality: Option<i64>, heat: Option<i64>) -> f64 {
        let percent = |score: i64| {
            #[expect(clippy::cast_precision_loss, reason = "scores are far below 2^53")]
            let score = score as f64;
            score / 100.0
        };
        weights.quality * percent(quality.unwrap_or(self.median_quality))
            + weights.heat * percent(heat.unwrap_or(self.median_heat))
    }

    fn rank(&self, fresh_score: f64, time: DateTime<Utc>) -> i64 {
        // What a microsecond is to a second, a rank is to a half-life.
        let seconds = i64::try_from(self.config.front.half_life * 3600).expect("at most a year");
        let by_time = time.timestamp_micros().div_euclid(seconds);
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm is small")]
        let by_score = (fresh_score.log2() * RANKS_PER_HALF_LIFE).round() as i64;
        by_time + by_score
    }

    fn has_picture(&self, id: ArticleId) -> bool {
        let is_hidden = self.config.theme.hides_pictures
            || self.articles.card_details[id.index()].has_shared_picture;
        self.summary(id).image.is_some() && !is_hidden
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
