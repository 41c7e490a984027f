//! How contexts represent articles.

use std::fmt::Debug;

use serde::Serialize;

use super::article::{ArticleContext, ArticleFields};
use super::card::{CardContext, Cards, Coverage, HeadlineContext, ReportContext};
use super::image::ImageContext;
use crate::collection::ArticleId;
use crate::digest::Digest;

/// How a context represents articles: by their cards, for rendering, or by the cards' digests,
/// which are enough to detect a change.
pub trait ArticleRepr<'a>: Debug + Serialize {
    /// How an article is represented on its own page.
    type Article: Debug + Serialize;
    /// How the headline of an article is represented.
    type Headline: Debug + Serialize;
    /// How a report of a story is represented.
    type Report: Debug + Serialize;
    /// How an article that represents its story is represented.
    type FrontCard: Debug + Serialize;

    /// An article on another page.
    fn card(cards: &'a Cards<'_>, id: ArticleId) -> Self;

    /// An article that represents its story, with the reason of its place.
    fn front_card(cards: &'a Cards<'_>, id: ArticleId, why: Option<String>) -> Self::FrontCard;

    /// The headline of an article on another page.
    fn headline(cards: &'a Cards<'_>, id: ArticleId) -> Self::Headline;

    /// A report of the story of the article `page`, on the page of that article.
    fn report(cards: &'a Cards<'_>, id: ArticleId, page: ArticleId) -> Self::Report;

    /// An article on its own page.
    fn article(cards: &'a Cards<'_>, id: ArticleId) -> Self::Article;
}

impl<'a> ArticleRepr<'a> for CardContext<'a> {
    type Article = ArticleContext<'a>;
    type Headline = HeadlineContext<'a>;
    type Report = ReportContext<'a>;
    type FrontCard = Self;

    fn card(cards: &'a Cards<'_>, id: ArticleId) -> Self {
        cards.card(id)
    }

    fn front_card(cards: &'a Cards<'_>, id: ArticleId, why: Option<String>) -> Self {
        cards.card(id).on_front_page(cards.coverage(id), why)
    }

    fn headline(cards: &'a Cards<'_>, id: ArticleId) -> HeadlineContext<'a> {
        cards.headline(id)
    }

    fn report(cards: &'a Cards<'_>, id: ArticleId, page: ArticleId) -> ReportContext<'a> {
        cards.report(id).of_page(id == page)
    }

    fn article(cards: &'a Cards<'_>, id: ArticleId) -> ArticleContext<'a> {
        let summary = cards.routes.collection.summary(id);
        let mut card = cards.card(id);
        if !summary.has_written_excerpt {
            // The page shows the body that the excerpt is taken from.
            card.excerpt = "";
        }
        let first = summary.image.as_ref().filter(|_| card.image.is_some());
        card.image = first.map(|image| ImageContext::with_file(cards.routes, image));
        ArticleContext { card, fields: ArticleFields::new(cards, id) }
    }
}

impl<'a> ArticleRepr<'a> for Digest {
    type Article = (Self, ArticleFields<'a>);
    type Headline = Self;
    type Report = Self;
    type FrontCard = (Self, Coverage<'a>, Option<String>);

    fn card(cards: &'a Cards<'_>, id: ArticleId) -> Self {
        cards.digest(id)
    }

    fn front_card(cards: &'a Cards<'_>, id: ArticleId, why: Option<String>) -> Self::FrontCard {
        (cards.digest(id), cards.coverage(id), why)
    }

    fn headline(cards: &'a Cards<'_>, id: ArticleId) -> Self {
        // One digest for headlines and reports: pages with headlines are rendered once too often if
        // a provider is renamed.
        cards.report_digest(id)
    }

    fn report(cards: &'a Cards<'_>, id: ArticleId, _: ArticleId) -> Self {
        // Which report is the page's own follows from the page's URL, which is in the digest.
        cards.report_digest(id)
    }

    fn article(cards: &'a Cards<'_>, id: ArticleId) -> Self::Article {
        (cards.digest(id), ArticleFields::new(cards, id))
    }
}
