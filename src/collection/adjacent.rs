//! The articles before and after each article, among those that have pages.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};

use super::ids::{ArticleId, ids};
use crate::config::Config;
use crate::document::ArticleSummary;

/// The articles before and after an article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adjacent {
    /// The next older article.
    pub previous: Option<ArticleId>,
    /// The next newer article of the same month: the first article of a month changes no page of an
    /// earlier one.
    pub next: Option<ArticleId>,
}

/// The articles before and after each article. All of them have pages.
pub(super) fn find(summaries: &[Arc<ArticleSummary>], config: &Config) -> Vec<Adjacent> {
    let mut adjacent = vec![Adjacent::default(); summaries.len()];
    let mut newer: Option<(ArticleId, NaiveDate)> = None;
    for (id, summary) in ids(summaries.len()).zip(summaries) {
        if !summary.has_page(config) {
            continue;
        }
        let date = config.local_date(summary.published_at);
        if let Some((next, its_date)) = newer {
            adjacent[next.index()].previous = Some(id);
            let is_same_month = (date.year(), date.month()) == (its_date.year(), its_date.month());
            adjacent[id.index()].next = is_same_month.then_some(next);
        }
        newer = Some((id, date));
    }
    adjacent
}
