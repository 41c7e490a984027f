//! The `article` variable: an article on its own page.

use serde::Serialize;

use super::card::{CardContext, Cards};
use super::extra::Extra;
use super::image::ImageContext;
use super::link::LinkContext;
use crate::collection::ArticleId;
use crate::document::video::Youtube;
use crate::page::provider;

/// The `article` variable: a card and what only the article's own page shows.
#[derive(Debug, Serialize)]
pub struct ArticleContext<'a> {
    #[serde(flatten)]
    pub(super) card: CardContext<'a>,
    #[serde(flatten)]
    pub(super) fields: ArticleFields<'a>,
}

/// What only an article's own page shows.
#[derive(Debug, Serialize)]
pub struct ArticleFields<'a> {
    pub(super) body: String,
    original_url: &'a str,
    website: Option<&'a str>,
    pub(super) amp_url: Option<&'a str>,
    images: Vec<ImageContext<'a>>,
    pub(super) video: Option<VideoContext<'a>>,
    category: LinkContext<'a>,
    /// The page of its day.
    day_url: Option<String>,
    pub(super) extra: Extra<'a>,
}

/// The player of a video.
#[derive(Debug, Serialize)]
pub(super) struct VideoContext<'a> {
    pub(super) url: &'a str,
    pub(super) youtube: Option<Youtube<'a>>,
}

impl<'a> ArticleFields<'a> {
    /// The fields of an article without its body.
    pub(super) fn new(cards: &'a Cards<'_>, id: ArticleId) -> Self {
        let summary = cards.routes.collection.summary(id);
        Self {
            body: String::new(),
            original_url: summary.original_url().as_str(),
            website: provider::website(cards.routes.collection, summary),
            amp_url: None,
            images: summary
                .images()
                .filter(|_| !cards.routes.config.theme.hides_pictures)
                .map(|image| ImageContext::with_file(cards.routes, image))
                .collect(),
            video: None,
            category: cards.terms.category(summary),
            day_url: cards.routes.day_url(cards.routes.date(id)),
            extra: Extra(&[]),
        }
    }
}
