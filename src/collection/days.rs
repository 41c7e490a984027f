//! The articles of each day.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::ids::{ArticleId, ids};
use crate::config::Config;
use crate::document::ArticleSummary;

/// The articles of each day in the site's time zone, newest first.
pub(super) fn group(
    summaries: &[Arc<ArticleSummary>],
    config: &Config,
) -> BTreeMap<NaiveDate, Vec<ArticleId>> {
    // Where clocks are turned back over midnight, the days of two articles may be in reverse order.
    let mut days: BTreeMap<NaiveDate, Vec<ArticleId>> = BTreeMap::new();
    for (id, summary) in ids(summaries.len()).zip(summaries) {
        days.entry(config.local_date(summary.published_at)).or_default().push(id);
    }
    days
}
