//! Why stories are where they are on the front page, for editors.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::front_articles::{Demotion, FrontArticles};
use super::routes::Routes;
use crate::collection::{ArticleId, RankedStory};
use crate::config::{Config, FrontConfig, FrontOrder};

/// Explains a front page.
pub struct FrontExplanation<'a> {
    routes: Routes<'a>,
    articles: &'a FrontArticles,
    /// The time of the newest article, by which ages are measured.
    newest: DateTime<Utc>,
}

/// The minimum number of stories in the table, if there are so many.
const MIN_ROWS: usize = 15;

/// The columns of the table of stories.
const COLUMNS: [&str; 8] =
    ["rank", "place", "score", "quality", "heat", "providers", "age", "article"];

impl<'a> FrontExplanation<'a> {
    pub fn new(routes: Routes<'a>, articles: &'a FrontArticles) -> Self {
        let newest = routes.collection.ids().next();
        let newest =
            newest.map_or(routes.config.now, |id| routes.collection.summary(id).published_at);
        Self { routes, articles, newest }
    }

    /// Why each article is where it is, in the order of the page.
    pub fn reasons(&self) -> Vec<(ArticleId, String)> {
        let stories = self.stories().iter().enumerate();
        let ranks: HashMap<ArticleId, usize> =
            stories.map(|(index, story)| (story.oldest, index)).collect();
        let reason = |id: ArticleId| {
            let index = ranks.get(&self.routes.collection.stories().shown_as_one(id)[0]).copied();
            self.reason(id, index)
        };
        self.articles.all().map(|id| (id, reason(id))).collect()
    }

    /// Where an article is on the front page, and why. It need not be there.
    pub fn of_article(&self, id: ArticleId) -> String {
        let shown = self.routes.collection.stories().shown_as_one(id);
        let index = self.stories().iter().position(|story| shown.contains(&story.article));
        let is_there = |id: &ArticleId| self.articles.all().any(|other| other == *id);
        let Some(there) = shown.iter().copied().find(is_there) else {
            return match index {
                Some(index) => format!("not there; {}", self.rank(index)),
                None => "not there".to_owned(),
            };
        };
        let reason = self.reason(there, index);
        if there == id {
            return reason;
        }
        let path = self.routes.collection.summary(there).display_path();
        format!("shown with its story, as {path}: {reason}")
    }

    /// Why an article, whose story has this index in the ranking, is where it is.
    fn reason(&self, id: ArticleId, index: Option<usize>) -> String {
        let Some(index) = index else { return self.place(id).to_owned() };
        let story = &self.stories()[index];
        let mut reason = if story.is_pinned { "pinned" } else { self.place(id) }.to_owned();
        if let Some(demotion) = self.articles.demoted.get(&index) {
            reason = format!("{reason} ({})", self.describe(*demotion));
        }
        format!("{reason}; {}", self.rank(index))
    }

    fn rank(&self, index: usize) -> String {
        let stories = self.stories();
        format!("rank {} of {}, {}", index + 1, stories.len(), self.score(&stories[index]))
    }

    /// The section of an article.
    fn place(&self, id: ArticleId) -> &'static str {
        if self.articles.lead == Some(id) {
            "lead story"
        } else if self.articles.secondary.contains(&id) {
            "beside the lead story"
        } else {
            "latest, newest first"
        }
    }

    /// The score of a story and its parts.
    fn score(&self, story: &RankedStory) -> String {
        let (ranking, front) = (&self.articles.ranking, &self.routes.config.front);
        format!(
            "score {}: quality {}, heat {}, {} {}, {} older than the newest article",
            rounded(story.score_at(self.newest, front)),
            scored(story.quality, ranking.median_quality),
            scored(story.heat, ranking.median_heat),
            story.providers,
            if story.providers == 1 { "provider" } else { "providers" },
            age(self.newest - story.time),
        )
    }

    /// The table of the first stories of the ranking, and what decided.
    pub fn lines(&self) -> Vec<String> {
        let Some(lead) = self.articles.lead else {
            return vec!["the front page is empty: no article is published".to_owned()];
        };
        let header = COLUMNS.map(str::to_owned);
        let stories = self.stories().iter().take(self.row_count()).enumerate();
        let rows = std::iter::once(header).chain(stories.map(|(at, story)| self.row(at, story)));
        let mut lines = aligned(&rows.collect::<Vec<_>>());
        lines.push(String::new());
        lines.push(format!("score = {}", formula(self.routes.config)));
        lines.push(format!("\"{}\" leads: {}", self.title(lead), self.reason_of_lead(lead)));
        for (index, demotion) in &self.articles.demoted {
            let title = self.title(self.stories()[*index].article);
            lines.push(format!("\"{title}\" {}", self.describe(*demotion)));
        }
        lines
    }

    fn stories(&self) -> &'a [RankedStory] {
        &self.articles.ranking.stories
    }

    fn title(&self, id: ArticleId) -> &'a str {
        &self.routes.collection.summary(id).title
    }

    /// How many stories the table has: all that are, or would be, among the first ones, and some that
    /// come after them.
    fn row_count(&self) -> usize {
        let is_first = |(at, story): &(usize, &RankedStory)| {
            self.articles.demoted.contains_key(at)
                || self.articles.lead == Some(story.article)
                || self.articles.secondary.contains(&story.article)
        };
        self.stories().iter().enumerate().rfind(is_first).map_or(0, |(at, _)| at + 1).max(MIN_ROWS)
    }

    fn row(&self, at: usize, story: &RankedStory) -> [String; 8] {
        let ranking = &self.articles.ranking;
        let summary = self.routes.collection.summary(story.article);
        let place = if self.articles.lead == Some(story.article) {
            "lead"
        } else if self.articles.secondary.contains(&story.article) {
            "beside"
        } else {
            "later"
        };
        [
            (at + 1).to_string(),
            place.to_owned(),
            rounded(story.score_at(self.newest, &self.routes.config.front)),
            scored(story.quality, ranking.median_quality),
            scored(story.heat, ranking.median_heat),
            story.providers.to_string(),
            age(self.newest - story.time),
            format!("{} ({})", summary.title, summary.display_path()),
        ]
    }

    fn reason_of_lead(&self, lead: ArticleId) -> &'static str {
        match self.stories().iter().find(|story| story.article == lead) {
            Some(story) if story.is_pinned => "it is pinned",
            _ if self.routes.config.front.order == FrontOrder::Newest => {
                "it is the newest story that may lead"
            }
            _ => "no other story that may lead has a higher score",
        }
    }

    fn describe(&self, demotion: Demotion) -> String {
        let FrontConfig { minimum_quality, provider_share, topic_share, .. } =
            self.routes.config.front;
        match demotion {
            Demotion::NoPicture => "does not lead: it has no picture".to_owned(),
            Demotion::LowQuality => format!("comes later: its quality is below {minimum_quality}"),
            Demotion::ProviderShare => {
                format!("comes later: its provider has its share of {provider_share} %")
            }
            Demotion::TopicShare => {
                format!("comes later: its topic has its share of {topic_share} %")
            }
        }
    }
}

/// A score, or the median in its place.
fn scored(score: Option<i64>, median: i64) -> String {
    score.map_or_else(|| format!("({median})"), |score| score.to_string())
}

/// A faded score, with the digits that tell it from others.
fn rounded(score: f64) -> String {
    match score {
        0.1.. => format!("{score:.2}"),
        0.0001.. => format!("{score:.4}"),
        _ => "0.0000".to_owned(),
    }
}

/// How the score is computed.
fn formula(config: &Config) -> String {
    let FrontConfig { weights, half_life, order, .. } = &config.front;
    match order {
        FrontOrder::Ranked => format!(
            "({} x quality/100 + {} x heat/100 + {} x log2(providers)) x 2^(-age/{half_life} h); \
             age is before the newest article, numbers in brackets are medians",
            weights.quality, weights.heat, weights.coverage
        ),
        FrontOrder::Newest => "not used, since `front.order` is `newest`".to_owned(),
    }
}

/// `3 h` or `12 days`.
fn age(age: TimeDelta) -> String {
    match age.num_hours() {
        hours @ ..48 => format!("{hours} h"),
        hours => format!("{} days", hours / 24),
    }
}

/// The rows of a table, whose last column is aligned to the left.
fn aligned<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &[String; N]| {
        let (last, others) = row.split_last().expect("a table has columns");
        let cells = others.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}  "));
        cells.chain([last.clone()]).collect()
    };
    rows.iter().map(line).collect()
}
