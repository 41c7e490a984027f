//! The contexts that templates receive, documented in `docs/templates.md`: one file for each
//! variable or template.

mod article;
mod article_page;
mod article_repr;
mod body;
mod card;
mod date;
mod extra;
mod front;
mod head;
mod head_only;
mod image;
mod index;
mod initials;
mod link;
mod list;
mod page;
mod period;
mod provider;
mod site;
mod story;
mod terms;

use serde::Serialize;

use super::period::Period;
use super::route::Route;
use crate::document::ArticleBody;
use crate::document::body::HtmlTarget;
use article_page::ArticlePageContext;
use front::FrontPageContext;
use head_only::HeadContext;
use index::IndexPageContext;
use list::ListPageContext;
use page::PageContext;

pub use article_repr::ArticleRepr;
pub use card::CardContext;
pub(super) use card::Cards;
pub(super) use head::PageHead;
pub(super) use image::ImageContext;
pub(super) use index::TermOrder;
pub use site::SiteContext;

/// The context of one page's template, besides [`SiteContext`]. `C` represents articles.
#[derive(Debug, Serialize)]
#[serde(transparent, bound = "")]
pub struct TemplateContext<'a, C: ArticleRepr<'a>>(Variables<'a, C>);

impl<'a> TemplateContext<'a, CardContext<'a>> {
    /// Adds an article's body.
    pub(super) fn add_body(&mut self, cards: &'a Cards<'_>, body: &'a ArticleBody) {
        match &mut self.0 {
            Variables::Article(article) => article.add_body(cards, body, HtmlTarget::Html),
            Variables::Amp(article) => article.add_body(cards, body, HtmlTarget::Amp),
            _ => {}
        }
    }
}

/// The variables of each template.
#[derive(Debug, Serialize)]
#[serde(untagged, bound = "")]
enum Variables<'a, C: ArticleRepr<'a>> {
    Front(Box<FrontPageContext<'a, C>>),
    List(Box<ListPageContext<'a, C>>),
    Index(IndexPageContext<'a>),
    Article(Box<ArticlePageContext<'a, C>>),
    Amp(Box<ArticlePageContext<'a, C>>),
    Story(Box<ListPageContext<'a, C>>),
    Page(PageContext<'a>),
    NotFound(HeadContext<'a>),
    Redirect(HeadContext<'a>),
}

impl<'a, C: ArticleRepr<'a>> Variables<'a, C> {
    fn head(&self) -> &PageHead<'a> {
        match self {
            Self::Front(context) => &context.page,
            Self::List(context) | Self::Story(context) => &context.page,
            Self::Index(context) => &context.page,
            Self::Article(context) | Self::Amp(context) => &context.page,
            Self::Page(context) => &context.page,
            Self::NotFound(context) | Self::Redirect(context) => &context.page,
        }
    }

    fn head_mut(&mut self) -> &mut PageHead<'a> {
        match self {
            Self::Front(context) => &mut context.page,
            Self::List(context) | Self::Story(context) => &mut context.page,
            Self::Index(context) => &mut context.page,
            Self::Article(context) | Self::Amp(context) => &mut context.page,
            Self::Page(context) => &mut context.page,
            Self::NotFound(context) | Self::Redirect(context) => &mut context.page,
        }
    }
}

impl<'a, C: ArticleRepr<'a>> TemplateContext<'a, C> {
    /// The context of a page; that of an article lacks the body.
    pub(super) fn new(cards: &'a Cards<'_>, term_order: &TermOrder, route: Route) -> Self {
        let routes = cards.routes;
        Self(match route {
            Route::Front => Variables::Front(FrontPageContext::new(cards).into()),
            Route::List(page) => Variables::List(ListPageContext::new(cards, page).into()),
            Route::Index(page) => Variables::Index(IndexPageContext::new(routes, term_order, page)),
            Route::Archive(Period::Day(day)) => {
                Variables::List(ListPageContext::of_day(cards, day).into())
            }
            Route::Archive(period) => Variables::Index(IndexPageContext::of_period(cards, period)),
            Route::Article(id) => Variables::Article(ArticlePageContext::new(cards, id).into()),
            Route::Amp(id) => Variables::Amp(ArticlePageContext::amp(cards, id).into()),
            Route::Story(story) => Variables::Story(ListPageContext::of_story(cards, story).into()),
            Route::Page(index) => Variables::Page(PageContext::new(routes, index)),
            Route::NotFound => Variables::NotFound(HeadContext::not_found(routes)),
            Route::Redirect(redirect) => {
                Variables::Redirect(HeadContext::redirect(routes, redirect))
            }
        })
    }

    pub(super) fn head(&self) -> &PageHead<'a> {
        self.0.head()
    }

    /// Adds the page's JSON-LD, which templates insert unescaped.
    #[must_use]
    pub fn with_json_ld(mut self, json_ld: String) -> Self {
        self.0.head_mut().json_ld = Some(json_ld);
        self
    }

    /// Whether the page is an AMP page.
    pub fn is_amp(&self) -> bool {
        matches!(self.0, Variables::Amp(_))
    }

    /// The name of the page's template.
    pub fn template(&self) -> &'static str {
        match self.0 {
            Variables::Front(_) => "index.html",
            Variables::List(_) => "list.html",
            Variables::Index(_) => "terms.html",
            Variables::Article(_) => "article.html",
            Variables::Amp(_) => "amp/article.html",
            Variables::Story(_) => "story.html",
            Variables::Page(_) => "page.html",
            Variables::NotFound(_) => "404.html",
            Variables::Redirect(_) => "redirect.html",
        }
    }
}
