//! Names of days, months and years, and links to their pages.

use serde::Serialize;

use super::card::Cards;
use super::link::LinkContext;
use crate::collection::ArticleId;
use crate::page::period::{Period, first_of_month};
use crate::page::route::Route;

/// The articles of one day on a page of a list: a range of its cards.
#[derive(Debug, Serialize)]
pub(super) struct DayContext {
    iso: String,
    name: String,
    url: Option<String>,
    start: usize,
    end: usize,
}

/// The days of articles, in their order.
pub(super) fn days(cards: &Cards<'_>, ids: &[ArticleId]) -> Vec<DayContext> {
    let mut end = 0;
    let day = |ids: &[ArticleId]| {
        let first = ids.first()?;
        let (date, start) = (cards.routes.date(*first), end);
        end += ids.len();
        Some(DayContext {
            iso: date.to_string(),
            name: cards.date(*first).day.clone(),
            url: cards.routes.day_url(date),
            start,
            end,
        })
    };
    let is_same_day =
        |one: &ArticleId, other: &ArticleId| cards.routes.date(*one) == cards.routes.date(*other);
    ids.chunk_by(is_same_day).filter_map(day).collect()
}

/// The name of a period, with its year.
pub(super) fn name(cards: &Cards<'_>, period: Period) -> String {
    match period {
        Period::Year(start) => cards.periods.year(start),
        Period::Month(start) => cards.periods.month(start),
        Period::Day(date) => {
            let first = cards.routes.articles_of_day(date).first();
            first.map_or_else(String::new, |id| cards.date(*id).day.clone())
        }
    }
}

/// The title of the page of a period: "Stories of November 2026".
pub(super) fn title(cards: &Cards<'_>, period: Period) -> String {
    stories_of(cards, &name(cards, period))
}

fn stories_of(cards: &Cards<'_>, name: &str) -> String {
    cards.routes.config.locale.sentence("stories-of", [("period", name)])
}

/// A link to the page of a period.
pub(super) fn link<'a>(cards: &Cards<'_>, period: Period) -> LinkContext<'a> {
    let url = cards.routes.url(Route::Archive(period));
    LinkContext::titled(name(cards, period), url)
}

/// The path from the front page to the page of a period.
pub(super) fn breadcrumbs<'a>(cards: &'a Cards<'_>, period: Period) -> Vec<LinkContext<'a>> {
    let start = period.days().start;
    let above = match period {
        Period::Year(_) => vec![],
        Period::Month(_) => vec![Period::year_of(start)],
        Period::Day(_) => vec![Period::year_of(start), Period::month_of(start)],
    };
    let above = above.into_iter().map(|period| link(cards, period));
    [LinkContext::home(cards.routes.config)].into_iter().chain(above).collect()
}

/// The title of a page by the dates of its articles, newest first: "Stories of June to August 2021".
/// Within a month it names the days.
pub(super) fn stories_title(cards: &Cards<'_>, ids: &[ArticleId]) -> Option<String> {
    let (oldest, newest) = (ids.last()?, ids.first()?);
    let (first, last) = (cards.routes.date(*oldest), cards.routes.date(*newest));
    let day = |id: ArticleId| cards.date(id).day.clone();
    let (from, to) = if first == last {
        return Some(stories_of(cards, &day(*newest)));
    } else if first_of_month(first) == first_of_month(last) {
        (day(*oldest), day(*newest))
    } else {
        cards.periods.months(first, last)
    };
    let locale = &cards.routes.config.locale;
    Some(locale.sentence("stories-of-range", [("from", &*from), ("to", &*to)]))
}
