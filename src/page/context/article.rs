//! The context of `article.html` and `amp/article.html`: an article on its own page.

use std::borrow::Cow;
use std::fmt::Debug;

use serde::Serialize;
use tera::Value;

use super::body::body_html;
use super::card::{CardContext, Cards, Coverage, HeadlineContext, ReportContext};
use super::extra::Extra;
use super::head::PageHead;
use super::image::ImageContext;
use super::link::LinkContext;
use super::story::{StoryContext, coverage};
use crate::collection::{Adjacent, ArticleId, RelatedLink};
use crate::config::ArticlePages;
use crate::digest::Digest;
use crate::document::ArticleBody;
use crate::document::body::HtmlTarget;
use crate::document::video::{self, Youtube};
use crate::page::provider;
use crate::page::route::Route;
use crate::page::routes::Routes;

/// The variables of `article.html` and `amp/article.html`.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub(super) struct ArticlePageContext<'a, C: ArticleRepr<'a>> {
    pub(super) page: PageHead<'a>,
    article: C::Article,
    story: Option<StoryContext<'a, C>>,
    related: Vec<RelatedContext<'a, C>>,
    older: OlderContext<'a, C>,
    /// The articles before and after it.
    previous: Option<C::Headline>,
    next: Option<C::Headline>,
    /// Whether the page names the original's AMP page as its own.
    #[serde(skip)]
    has_amp_of_original: bool,
}

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
        cards.card(id).on_front_page(coverage(cards, id), why)
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
        (cards.digest(id), coverage(cards, id), why)
    }

    fn headline(cards: &'a Cards<'_>, id: ArticleId) -> Self {
        cards.report_digest(id)
    }

    fn report(cards: &'a Cards<'_>, id: ArticleId, _: ArticleId) -> Self {
        cards.report_digest(id)
    }

    fn article(cards: &'a Cards<'_>, id: ArticleId) -> Self::Article {
        (cards.digest(id), ArticleFields::new(cards, id))
    }
}

/// The `article` variable: a card and what only the article's own page shows.
#[derive(Debug, Serialize)]
pub struct ArticleContext<'a> {
    #[serde(flatten)]
    card: CardContext<'a>,
    #[serde(flatten)]
    fields: ArticleFields<'a>,
}

/// What only an article's own page shows.
#[derive(Debug, Serialize)]
pub struct ArticleFields<'a> {
    body: String,
    original_url: &'a str,
    website: Option<&'a str>,
    amp_url: Option<&'a str>,
    images: Vec<ImageContext<'a>>,
    video: Option<VideoContext<'a>>,
    category: LinkContext<'a>,
    /// The page of its day.
    day_url: Option<String>,
    extra: Extra<'a>,
}

/// Older articles, which only a page without a body lists.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
struct OlderContext<'a, C: ArticleRepr<'a>> {
    of_provider: Vec<C::Headline>,
    on_topic: Vec<C::Headline>,
}

impl<'a, C: ArticleRepr<'a>> OlderContext<'a, C> {
    fn none() -> Self {
        Self { of_provider: Vec::new(), on_topic: Vec::new() }
    }

    fn new(cards: &'a Cards<'_>, id: ArticleId) -> Self {
        let older = cards.routes.collection.older(id);
        let headlines =
            |ids: &[ArticleId]| ids.iter().map(|other| C::headline(cards, *other)).collect();
        Self { of_provider: headlines(&older.of_provider), on_topic: headlines(&older.on_topic) }
    }
}

/// The player of a video.
#[derive(Debug, Serialize)]
struct VideoContext<'a> {
    url: &'a str,
    youtube: Option<Youtube<'a>>,
}

/// A related article.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RelatedContext<'a, C> {
    Card(C),
    /// Placeholder for the item at this index of [`ArticleBody::related`] until the body is added. What
    /// the site knows of the item's provider is part of the page's input.
    External(u32, Option<&'a Value>),
}

impl<'a> ArticleFields<'a> {
    /// The fields of an article without its body.
    fn new(cards: &'a Cards<'_>, id: ArticleId) -> Self {
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

impl<'a, C: ArticleRepr<'a>> ArticlePageContext<'a, C> {
    /// The page of an article, without its body.
    pub(super) fn new(cards: &'a Cards<'_>, id: ArticleId) -> Self {
        let routes = cards.routes;
        let summary = routes.collection.summary(id);
        let mut page = head(cards, "article", id, Route::Article(id));
        let article_pages = summary.article_pages(routes.config);
        match article_pages {
            ArticlePages::Own => {
                let amp = routes.has_amp_page(id).then(|| routes.absolute_url(Route::Amp(id)));
                page.amphtml = amp.map(Cow::Owned);
            }
            ArticlePages::NoIndex => page.robots = Some("noindex,follow"),
            ArticlePages::Source => {
                page.canonical = Some(summary.web_url.as_str().to_owned());
            }
        }
        let Adjacent { previous, next } = routes.collection.adjacent(id);
        Self {
            page,
            article: C::article(cards, id),
            story: StoryContext::of(cards, id),
            related: related(cards, id),
            older: OlderContext::new(cards, id),
            previous: previous.map(|id| C::headline(cards, id)),
            next: next.map(|id| C::headline(cards, id)),
            has_amp_of_original: article_pages == ArticlePages::Source,
        }
    }

    /// The AMP page of an article, without its body.
    pub(super) fn amp(cards: &'a Cards<'_>, id: ArticleId) -> Self {
        let canonical = Some(cards.routes.absolute_url(Route::Article(id)));
        Self {
            page: PageHead { canonical, ..head(cards, "amp", id, Route::Amp(id)) },
            article: C::article(cards, id),
            story: None,
            related: related(cards, id),
            older: OlderContext::none(),
            previous: None,
            next: None,
            has_amp_of_original: false,
        }
    }
}

fn head<'a>(cards: &'a Cards<'_>, kind: &'static str, id: ArticleId, route: Route) -> PageHead<'a> {
    let Routes { collection, config, .. } = cards.routes;
    let summary = collection.summary(id);
    let head = PageHead::new(cards.routes, kind, &*summary.title, route);
    let image = summary.image.as_ref().map(|image| ImageContext::absolute(cards.routes, image));
    PageHead {
        description: Cow::Borrowed(&summary.excerpt),
        image: image.or(head.image),
        breadcrumbs: vec![LinkContext::home(config), cards.terms.category(summary)],
        ..head
    }
}

fn related<'a, C: ArticleRepr<'a>>(
    cards: &'a Cards<'_>,
    id: ArticleId,
) -> Vec<RelatedContext<'a, C>> {
    let collection = cards.routes.collection;
    let summary = collection.summary(id);
    let related = collection.related(id).iter().map(|link| match link {
        RelatedLink::Own(other) => RelatedContext::Card(C::card(cards, *other)),
        RelatedLink::External(index) => {
            let target = summary.related.get(*index as usize);
            let domain = target.and_then(|target| target.provider.as_ref());
            let provider = domain.and_then(|domain| collection.providers.find(domain.as_str()));
            RelatedContext::External(*index, provider.map(|id| cards.terms.known_provider(id)))
        }
    });
    related.collect()
}

impl<'a> ArticlePageContext<'a, CardContext<'a>> {
    /// Adds the body.
    pub(super) fn add_body(
        &mut self,
        cards: &'a Cards<'_>,
        body: &'a ArticleBody,
        target: HtmlTarget,
    ) {
        let fields = &mut self.article.fields;
        fields.body = body_html(cards.routes, &body.body, target);
        if !fields.body.is_empty() {
            self.older = OlderContext::none();
        }
        fields.video = body
            .video
            .as_ref()
            .map(|player| VideoContext { url: player.as_str(), youtube: video::youtube(player) });
        fields.extra = Extra(&body.extra);
        if let Some(amp) = &body.amp {
            fields.amp_url = Some(amp.cached.as_ref().unwrap_or(&amp.url).as_str());
            if self.has_amp_of_original {
                self.page.amphtml = Some(amp.url.as_str().into());
            }
        }
        for item in &mut self.related {
            if let RelatedContext::External(index, _) = item
                && let Some(external) = body.related.get(*index as usize)
            {
                *item = RelatedContext::Card(cards.external(external));
            }
        }
    }
}
