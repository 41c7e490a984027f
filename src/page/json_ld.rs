//! JSON-LD structured data (schema.org) of pages.
//!
//! It states no more than the page shows: the provider of an article is named as the publisher, and
//! lists are lists. It is derived from nothing but the context of the page, so that pages with
//! equal contexts have equal JSON-LD.

use std::borrow::Cow;

use serde::Serialize;

use super::context::{Cards, ImageContext, PageHead};
use super::period::Period;
use super::provider;
use super::route::Route;
use super::routes::Routes;
use super::text_language;
use crate::collection::ArticleId;
use crate::config::Config;

/// The JSON-LD of a page. The keys of each object are in alphabetical order.
#[derive(Debug, Serialize)]
pub struct LinkedData<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: Vec<Entity<'a>>,
}

/// What a page describes.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entity<'a> {
    WebSite(WebSite<'a>),
    Organization(Organization<'a>),
    Articles(ItemList<ListedArticle<'a>>),
    Original(Box<Original<'a>>),
    Breadcrumbs(ItemList<Breadcrumb<'a>>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WebSite<'a> {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    in_language: &'a str,
    name: &'a str,
    publisher: Reference,
    url: &'a str,
}

#[derive(Debug, Serialize)]
struct Reference {
    #[serde(rename = "@id")]
    id: String,
}

/// The site, as the publisher of its pages.
#[derive(Debug, Serialize)]
struct Organization<'a> {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<String>,
    name: &'a str,
    url: &'a str,
}

#[derive(Debug, Serialize)]
struct ItemList<T> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "itemListElement")]
    items: Vec<T>,
    #[serde(rename = "numberOfItems", skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
}

/// An article in a list.
#[derive(Debug, Serialize)]
struct ListedArticle<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    position: usize,
    url: Cow<'a, str>,
}

/// A step of the path to a page.
#[derive(Debug, Serialize)]
struct Breadcrumb<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    item: String,
    name: Cow<'a, str>,
    position: usize,
}

/// The original of an article. A video has `name`, `uploadDate` and `thumbnailUrl`; other types have
/// `headline`, `datePublished` and `image`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Original<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headline: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<[Cow<'a, str>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_language: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    main_entity_of_page: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    publisher: Publisher<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_url: Option<[Cow<'a, str>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upload_date: Option<&'a str>,
    url: &'a str,
}

/// The provider of an article.
#[derive(Debug, Default, Serialize)]
struct Publisher<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

/// The JSON-LD of a page; none if there is nothing to describe.
pub(super) fn linked_data<'a>(
    cards: &'a Cards<'_>,
    route: Route,
    head: &PageHead<'a>,
) -> Option<LinkedData<'a>> {
    let config = cards.routes.config;
    let mut graph = match route {
        Route::NotFound | Route::Redirect(_) => return None,
        Route::Front => {
            let shown = item_list(cards.routes, cards.front_articles().all());
            vec![web_site(config), organization(cards.routes), shown]
        }
        Route::List(page) => vec![item_list(cards.routes, cards.routes.articles(page))],
        Route::Archive(Period::Day(day)) => {
            vec![item_list(cards.routes, cards.routes.articles_of_day(day).iter().copied())]
        }
        Route::Story(story) => {
            let articles = cards.routes.articles_of_story(story);
            vec![item_list(cards.routes, articles.iter().copied())]
        }
        Route::Article(id) | Route::Amp(id) => vec![original(cards, id)],
        Route::Archive(_) | Route::Index(_) | Route::Page(_) => Vec::new(),
    };
    let page = match route {
        Route::Amp(id) => Route::Article(id),
        other => other,
    };
    graph.extend(breadcrumb_list(cards.routes, head, page));
    Some(LinkedData { context: "https://schema.org", graph })
}

fn web_site(config: &Config) -> Entity<'_> {
    Entity::WebSite(WebSite {
        id: site_relative_url(config, "#website"),
        kind: "WebSite",
        description: &config.description,
        in_language: &config.language,
        name: &config.title,
        publisher: Reference { id: site_relative_url(config, "#organization") },
        url: config.base_url.as_str(),
    })
}

fn organization(routes: Routes<'_>) -> Entity<'_> {
    let config = routes.config;
    let logo = config.theme_files.logo.as_ref();
    Entity::Organization(Organization {
        id: site_relative_url(config, "#organization"),
        kind: "Organization",
        logo: logo.map(|logo| config.absolute(&routes.file_url(&logo.light.path))),
        name: &config.title,
        url: config.base_url.as_str(),
    })
}

fn site_relative_url(config: &Config, fragment: &str) -> String {
    [config.base_url.as_str(), fragment].concat()
}

fn item_list<'a>(routes: Routes<'a>, articles: impl IntoIterator<Item = ArticleId>) -> Entity<'a> {
    let item = |(index, id)| ListedArticle {
        kind: "ListItem",
        name: &routes.collection.summary(id).title,
        position: index + 1,
        url: routes.absolute_article_url(id),
    };
    let items: Vec<ListedArticle<'a>> = articles.into_iter().enumerate().map(item).collect();
    Entity::Articles(ItemList { kind: "ItemList", length: Some(items.len()), items })
}

/// The path from the front page to a page, including the page; none for the front page.
fn breadcrumb_list<'a>(routes: Routes<'a>, head: &PageHead<'a>, page: Route) -> Option<Entity<'a>> {
    if head.breadcrumbs.is_empty() {
        return None;
    }
    let own = (head.title.clone(), Cow::Owned(routes.url(page)));
    let steps = head.breadcrumbs.iter().map(|link| (link.title.clone(), link.url.clone()));
    let item = |(index, (name, url)): (usize, (Cow<'a, str>, Cow<'a, str>))| Breadcrumb {
        kind: "ListItem",
        item: routes.config.absolute(&url),
        name,
        position: index + 1,
    };
    Some(Entity::Breadcrumbs(ItemList {
        kind: "BreadcrumbList",
        items: steps.chain([own]).enumerate().map(item).collect(),
        length: None,
    }))
}

fn original<'a>(cards: &'a Cards<'_>, id: ArticleId) -> Entity<'a> {
    let routes = cards.routes;
    let collection = routes.collection;
    let summary = collection.summary(id);
    let (title, date) = (Some(&*summary.title), Some(&*cards.date(id).iso));
    // Structured data may only name what the page shows.
    let is_shown = !routes.collection.card_details(id).has_shared_picture;
    let image = summary.image.as_ref().filter(|_| is_shown);
    let image = image.map(|image| [ImageContext::absolute(routes, image).url]);
    let original = Original {
        // The page shows no excerpt that was taken from the body.
        description: summary.has_written_excerpt.then_some(&*summary.excerpt),
        in_language: text_language::of_article(routes, summary).and_then(text_language::named),
        main_entity_of_page: routes
            .has_own_page(id)
            .then(|| routes.absolute_url(Route::Article(id))),
        publisher: Publisher {
            kind: "Organization",
            name: &summary.provider.name,
            url: provider::website(collection, summary),
        },
        url: summary.web_url.as_str(),
        ..Original::default()
    };
    let original = match (&*summary.kind, image) {
        // Search engines reject a video without a thumbnail.
        ("video", Some(image)) => Original {
            kind: "VideoObject",
            name: title,
            upload_date: date,
            thumbnail_url: Some(image),
            ..original
        },
        (kind, image) => Original {
            kind: if kind == "article" { "NewsArticle" } else { "CreativeWork" },
            headline: title,
            date_published: date,
            image,
            ..original
        },
    };
    Entity::Original(Box::new(original))
}
