//! The context of `index.html`: the front page.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::article::ArticleRepr;
use super::card::Cards;
use super::date::DateContext;
use super::head::PageHead;
use super::link::LinkContext;
use super::list::Pagination;
use super::period;
use crate::collection::ArticleId;
use crate::page::period::Period;
use crate::page::route::{ListId, Route};
use crate::page::routes::Routes;

/// The lead article is one of this many of the newest.
const LEAD_CANDIDATES: usize = 12;

/// The maximum number of articles beside the lead.
const SECONDARY: usize = 4;

/// The minimum number of latest articles in a column of their own.
const MIN_COLUMN: usize = 6;

/// The topics that the front page names.
const FRONT_TOPICS: usize = 12;

/// The variables of `index.html`.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub(super) struct FrontPageContext<'a, C: ArticleRepr<'a>> {
    pub(super) page: PageHead<'a>,
    front: FrontContext<'a, C>,
}

/// The `front` variable.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
struct FrontContext<'a, C: ArticleRepr<'a>> {
    newest: Option<Cow<'a, DateContext>>,
    lead: Option<C::FrontCard>,
    secondary: Vec<C::FrontCard>,
    latest: Vec<C::FrontCard>,
    topics: Vec<LinkContext<'a>>,
    older: Option<String>,
    years: Vec<LinkContext<'a>>,
}

impl<'a, C: ArticleRepr<'a>> FrontPageContext<'a, C> {
    pub(super) fn new(cards: &'a Cards<'_>) -> Self {
        let routes = cards.routes;
        let page = ListId::All.front();
        let ids = routes.articles(page);
        let FrontArticles { lead, secondary, latest } = FrontArticles::choose(routes, &ids);
        let head = PageHead::new(routes, "front", routes.config.title.as_str(), Route::Front);
        Self {
            page: PageHead { description: &routes.config.description, ..head },
            front: FrontContext {
                newest: ids.first().map(|id| Cow::Borrowed(cards.date(*id))),
                lead: lead.map(|id| C::front_card(cards, id)),
                secondary: secondary.iter().map(|id| C::front_card(cards, *id)).collect(),
                latest: latest.iter().map(|id| C::front_card(cards, *id)).collect(),
                topics: frequent_topics(routes, &ids),
                older: Pagination::new(routes, page).older,
                years: years(cards),
            },
        }
    }
}

/// The years that have pages, newest first.
fn years<'a>(cards: &Cards<'_>) -> Vec<LinkContext<'a>> {
    let periods = cards.routes.periods().into_iter().rev();
    let years = periods.filter(|period| matches!(period, Period::Year(_)));
    years.map(|year| period::link(cards, year)).collect()
}

/// The articles of the front page by section.
pub(in crate::page) struct FrontArticles {
    pub(in crate::page) lead: Option<ArticleId>,
    pub(in crate::page) secondary: Vec<ArticleId>,
    pub(in crate::page) latest: Vec<ArticleId>,
}

impl FrontArticles {
    /// Distributes the newest articles, one of each story. The first secondary one has an image if
    /// any has.
    pub(in crate::page) fn choose(routes: Routes<'_>, ids: &[ArticleId]) -> Self {
        let lead = lead(routes, ids);
        let in_order = lead.into_iter().chain(ids.iter().copied());
        let others = folded(routes, in_order).split_off(usize::from(lead.is_some()));
        let has_image = |id: &ArticleId| routes.card_image(*id).is_some();
        let count = secondary_count(others.len(), lead.is_some_and(|id| has_image(&id)));
        let mut secondary: Vec<ArticleId> =
            others.iter().copied().filter(has_image).take(count).collect();
        let plain =
            others.iter().copied().filter(|id| !has_image(id)).take(count - secondary.len());
        secondary.extend(plain);
        secondary.sort_unstable();
        if let Some(first) = secondary.iter().position(has_image) {
            secondary[..=first].rotate_right(1);
        }
        let latest = others.into_iter().filter(|id| !secondary.contains(id)).collect();
        Self { lead, secondary, latest }
    }
}

/// The first of some articles for each story.
fn folded(routes: Routes<'_>, articles: impl Iterator<Item = ArticleId>) -> Vec<ArticleId> {
    let mut seen = HashSet::new();
    articles.filter(|id| seen.insert(routes.collection.stories().of(*id))).collect()
}

/// How many of the articles besides the lead are secondary. Where the latest get no column of their
/// own, they fill rows.
fn secondary_count(others: usize, lead_has_image: bool) -> usize {
    match others {
        0 => 0,
        _ if lead_has_image && others >= SECONDARY + MIN_COLUMN => SECONDARY,
        _ => (others - 1) % SECONDARY + 1,
    }
}

/// The hottest of the newest articles with an image; without images the newest article.
fn lead(routes: Routes<'_>, ids: &[ArticleId]) -> Option<ArticleId> {
    let candidates =
        ids.iter().take(LEAD_CANDIDATES).filter(|id| routes.card_image(**id).is_some());
    let attention = |id: &&ArticleId| {
        let summary = routes.collection.summary(**id);
        (summary.heat, summary.quality, Reverse(**id))
    };
    candidates.max_by_key(attention).or(ids.first()).copied()
}

/// The topics that most of the articles have.
fn frequent_topics<'a>(routes: Routes<'a>, ids: &[ArticleId]) -> Vec<LinkContext<'a>> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for id in ids {
        for topic in &routes.collection.summary(*id).topics {
            *counts.entry(&topic.slug).or_default() += 1;
        }
    }
    let mut topics: Vec<(&str, usize)> = counts.into_iter().collect();
    topics.sort_by_key(|(slug, count)| (Reverse(*count), *slug));
    let link = |(slug, _): &(&str, usize)| {
        routes.collection.topics.find(slug).map(|id| LinkContext::topic_list(routes, id))
    };
    topics.iter().take(FRONT_TOPICS).filter_map(link).collect()
}
