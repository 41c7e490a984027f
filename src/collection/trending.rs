//! Topics that more stories have than before.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
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
    fn count(&mut self, is_recent: bool) {
        if is_recent {
            self.recent += 1;
        } else {
            self.before += 1;
        }
    }

    /// By how much the recent stories exceed the mean of the weeks before, in quarters of a story.
    fn excess(self) -> Option<usize> {
        (WEEKS_BEFORE * self.recent).checked_sub(self.before)
    }

    /// Whether there are at least twice as many as in a mean week.
    fn is_striking(self) -> bool {
        self.recent >= MIN_STORIES && WEEKS_BEFORE * self.recent >= 2 * self.before
    }
}

/// The trending topics as of the newest article, whatever the time of the build.
pub(super) fn topics(
    summaries: &[Arc<ArticleSummary>],
    stories: &Stories,
    topics: &Taxonomy,
) -> Vec<TermId> {
    let Some(newest) = summaries.first() else { return Vec::new() };
    let age = |id: ArticleId| newest.published_at - summaries[id.index()].published_at;
    let (mut seen, mut all) = (HashSet::new(), Counts::default());
    let mut by_topic: BTreeMap<&str, Counts> = BTreeMap::new();
    for id in ids(summaries.len()).take_while(|id| age(*id) < WINDOW) {
        let story = stories.of(id);
        if !seen.insert(story) {
            continue;
        }
        // A story counts once, when it was last reported.
        let articles = &stories.get(story).articles;
        let is_recent = age(id) < RECENT;
        let named = articles.iter().flat_map(|id| &summaries[id.index()].topics);
        for topic in named.map(|topic| &*topic.slug).collect::<BTreeSet<&str>>() {
            by_topic.entry(topic).or_default().count(is_recent);
        }
        all.count(is_recent);
    }
    if all.before < MIN_BEFORE {
        return Vec::new();
    }
    let is_news =
        |counts: &Counts| counts.is_striking() && counts.recent * 100 <= all.recent * MAX_SHARE;
    let mut trending: Vec<(usize, &str)> = by_topic
        .into_iter()
        .filter(|(_, counts)| is_news(counts))
        .filter_map(|(topic, counts)| Some((counts.excess().filter(|excess| *excess > 0)?, topic)))
        .collect();
    trending.sort_by_key(|(excess, topic)| (Reverse(*excess), *topic));
    trending.into_iter().filter_map(|(_, topic)| topics.find(topic)).take(MAX_TOPICS).collect()
}
