//! The context of `index.html`: the front page.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use serde::Serialize;

use super::article_repr::ArticleRepr;
use super::card::Cards;
use super::date::DateContext;
use super::head::PageHead;
use super::link::LinkContext;
use super::list::Pagination;
use super::period;
use crate::collection::ArticleId;
use crate::page::front_explanation::FrontExplanation;
use crate::page::period::Period;
use crate::page::route::{ListId, Route};
use crate::page::routes::Routes;

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
    trending: Vec<LinkContext<'a>>,
    older: Option<String>,
    years: Vec<LinkContext<'a>>,
}

impl<'a, C: ArticleRepr<'a>> FrontPageContext<'a, C> {
    pub(super) fn new(cards: &'a Cards<'_>) -> Self {
        let routes = cards.routes;
        let page = ListId::All.front();
        let ids = routes.articles(page);
        let articles = cards.front_articles();
        let is_preview = routes.config.preview;
        let reasons = is_preview.then(|| FrontExplanation::new(routes, articles).reasons());
        let reasons: HashMap<ArticleId, String> = reasons.into_iter().flatten().collect();
        let card_of = |id: ArticleId| C::front_card(cards, id, reasons.get(&id).cloned());
        let cards_of = |ids: &[ArticleId]| ids.iter().map(|id| card_of(*id)).collect();
        let head = PageHead::new(routes, "front", routes.config.title.as_str(), Route::Front);
        Self {
            page: PageHead { description: Cow::Borrowed(&routes.config.description), ..head },
            front: FrontContext {
                newest: ids.first().map(|id| Cow::Borrowed(cards.date(*id))),
                lead: articles.lead.map(card_of),
                secondary: cards_of(&articles.secondary),
                latest: cards_of(&articles.latest),
                topics: frequent_topics(routes, &ids),
                trending: trending_topics(routes),
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

fn trending_topics(routes: Routes<'_>) -> Vec<LinkContext<'_>> {
    let topics = routes.collection.trending().into_iter();
    topics.map(|id| LinkContext::topic_list(routes, id)).collect()
}
