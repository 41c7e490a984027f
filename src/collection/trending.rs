//! Topics that more stories have than before.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use chrono::TimeDelta;

use super::ids::{ArticleId, ids};
use super::stories::Stories;
use super::taxonomy::{Taxonomy, TermId};
use crate::document::ArticleSummary;

/// The maximum number of trending topics.
const MAX_TOPICS: usize = 6;

/// The days that are compared with those before.
const RECENT: TimeDelta = TimeDelta::days(7);

/// The weeks before these days.
const WEEKS_BEFORE: usize = 4;

/// All of these days.
const WINDOW: TimeDelta = TimeDelta::days(35);

/// The minimum number of recent stories of a trending topic.
const MIN_STORIES: usize = 3;

/// The minimum number of stories in the weeks before. With fewer there is nothing to compare with.
const MIN_BEFORE: usize = 10;

/// The maximum share of the recent stories with a trending topic, in percent: what nearly all
/// stories are about is no news.
const MAX_SHARE: usize = 60;

/// The recent and earlier stories with a topic.
#[derive(Clone, Copy, Default)]
struct Counts {
    recent: usize,
    before: usize,
}

impl Counts {
    /// By how much the recent stories exceed the mean of the weeks before, in quarters of a story.
    fn excess(self) -> usize {
        (WEEKS_BEFORE * self.recent).saturating_sub(self.before)
    }

    /// Whether there are at least twice as many as in a mean week.
    fn is_striking(self) -> bool {
        self.recent >= MIN_STORIES && WEEKS_BEFORE * self.recent >= 2 * self.before
    }
}

/// The trending topics as of the newest article, whatever the time of the build. Most striking
/// first.
pub(super) fn topics(
    summaries: &[Arc<ArticleSummary>],
    stories: &Stories,
    topics: &Taxonomy,
) -> Vec<TermId> {
    let Some(newest) = summaries.first() else { return Vec::new() };
    let age = |summary: &Arc<ArticleSummary>| newest.published_at - summary.published_at;
    let recent = summaries.partition_point(|summary| age(summary) < RECENT);
    let in_window = summaries.partition_point(|summary| age(summary) < WINDOW);
    // A story counts once, when it was last reported. All lists are sorted by time.
    let count = |articles: &mut dyn Iterator<Item = ArticleId>| {
        let (mut seen, mut counts) = (HashSet::new(), Counts::default());
        for id in articles.take_while(|id| id.index() < in_window) {
            if seen.insert(stories.of(id)) {
                let count =
                    if id.index() < recent { &mut counts.recent } else { &mut counts.before };
                *count += 1;
            }
        }
        counts
    };
    let all = count(&mut ids(summaries.len()));
    if all.before < MIN_BEFORE {
        return Vec::new();
    }
    let is_news =
        |counts: Counts| counts.is_striking() && counts.recent * 100 <= all.recent * MAX_SHARE;
    let mut trending: Vec<(usize, TermId)> = topics
        .terms()
        .map(|(id, term)| (count(&mut term.articles.iter().copied()), id))
        .filter(|(counts, _)| is_news(*counts))
        .map(|(counts, id)| (counts.excess(), id))
        .collect();
    // Terms are sorted by their slugs.
    trending.sort_by_key(|(excess, id)| (Reverse(*excess), *id));
    trending.into_iter().map(|(_, id)| id).take(MAX_TOPICS).collect()
}
