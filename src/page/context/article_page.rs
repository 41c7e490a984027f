//! The context of `article.html` and `amp/article.html`: an article on its own page.

use std::borrow::Cow;

use serde::Serialize;
use tera::Value;

use super::article::VideoContext;
use super::article_repr::ArticleRepr;
use super::body::body_html;
use super::card::{CardContext, Cards};
use super::extra::Extra;
use super::head::PageHead;
use super::image::ImageContext;
use super::link::LinkContext;
use super::story::StoryContext;
use crate::collection::{Adjacent, ArticleId, RelatedLink};
use crate::config::ArticlePages;
use crate::document::ArticleBody;
use crate::document::body::HtmlTarget;
use crate::document::video;
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

/// A related article.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RelatedContext<'a, C> {
    Card(C),
    /// Placeholder for the item at this index of [`ArticleBody::related`] until the body is added. What
    /// the site knows of the item's provider is part of the page's input.
    External(u32, Option<&'a Value>),
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
