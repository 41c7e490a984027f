//! JSON-LD structured data (schema.org) of pages.
//!
//! It states no more than the page shows: the provider of an article is named as the publisher, and
//! lists are lists. It is derived from nothing but the context of the page, so that pages with
//! equal contexts have equal JSON-LD.

use serde_json::{Value, json};

use super::context::{Cards, FrontArticles, ImageContext, PageHead};
use super::provider;
use super::route::{ListId, Route};
use super::routes::Routes;
use crate::collection::ArticleId;
use crate::config::Config;

/// The JSON-LD of a page; none if there is nothing to describe.
pub(super) fn linked_data(cards: &Cards<'_>, route: Route, head: &PageHead<'_>) -> Option<Value> {
    let Routes { collection, config } = cards.routes;
    let mut graph = match route {
        Route::NotFound | Route::Redirect(_) => return None,
        Route::Front => {
            let newest = cards.routes.articles(ListId::All.front());
            let FrontArticles { lead, secondary, latest } =
                FrontArticles::choose(collection, &newest);
            let shown = lead.into_iter().chain(secondary).chain(latest);
            vec![web_site(config), organization(config), item_list(cards.routes, shown)]
        }
        Route::List(page) => vec![item_list(cards.routes, cards.routes.articles(page))],
        Route::Article(id) | Route::Amp(id) => vec![article_data(cards, id)],
        Route::Index(_) | Route::Page(_) => Vec::new(),
    };
    let page = match route {
        Route::Amp(id) => Route::Article(id),
        other => other,
    };
    graph.extend(breadcrumb_list(cards.routes, head, page));
    Some(json!({ "@context": "https://schema.org", "@graph": graph }))
}

fn web_site(config: &Config) -> Value {
    let mut site = json!({
        "@type": "WebSite",
        "@id": site_relative_url(config, "#website"),
        "name": config.title,
        "url": config.base_url.as_str(),
        "inLanguage": config.language,
        "publisher": { "@id": site_relative_url(config, "#organization") },
    });
    if !config.description.is_empty() {
        site["description"] = json!(config.description);
    }
    site
}

fn organization(config: &Config) -> Value {
    json!({
        "@type": "Organization",
        "@id": site_relative_url(config, "#organization"),
        "name": config.title,
        "url": config.base_url.as_str(),
    })
}

fn site_relative_url(config: &Config, fragment: &str) -> String {
    [config.base_url.as_str(), fragment].concat()
}

fn item_list(routes: Routes<'_>, articles: impl IntoIterator<Item = ArticleId>) -> Value {
    let item = |(index, id): (usize, ArticleId)| {
        json!({
            "@type": "ListItem",
            "position": index + 1,
            "name": routes.collection.summary(id).title,
            "url": routes.absolute_article_url(id),
        })
    };
    let items: Vec<Value> = articles.into_iter().enumerate().map(item).collect();
    json!({ "@type": "ItemList", "numberOfItems": items.len(), "itemListElement": items })
}

/// The path from the front page to a page, including the page; none for the front page.
fn breadcrumb_list(routes: Routes<'_>, head: &PageHead<'_>, page: Route) -> Option<Value> {
    if head.breadcrumbs.is_empty() {
        return None;
    }
    let url = routes.url(page);
    let own = (&*head.title, url.as_str());
    let steps = head.breadcrumbs.iter().map(|link| (&*link.title, &*link.url)).chain([own]);
    let item = |(index, (name, url)): (usize, (&str, &str))| {
        json!({
            "@type": "ListItem",
            "position": index + 1,
            "name": name,
            "item": routes.config.absolute(url),
        })
    };
    let items: Vec<Value> = steps.enumerate().map(item).collect();
    Some(json!({ "@type": "BreadcrumbList", "itemListElement": items }))
}

/// The original of an article.
fn article_data(cards: &Cards<'_>, id: ArticleId) -> Value {
    let routes = cards.routes;
    let Routes { collection, config } = routes;
    let summary = collection.summary(id);
    let published = &cards.date(id).iso;
    let (kind, name, date, image) = match (&*summary.kind, &summary.image) {
        // Search engines reject a video without a thumbnail.
        ("video", Some(_)) => ("VideoObject", "name", "uploadDate", "thumbnailUrl"),
        ("article", _) => ("NewsArticle", "headline", "datePublished", "image"),
        _ => ("CreativeWork", "headline", "datePublished", "image"),
    };
    let mut data = json!({
        "@type": kind,
        "url": summary.web_url.as_str(),
        "publisher": {
            "@type": "Organization",
            "name": summary.provider.name,
        },
    });
    if let Some(website) = provider::website(collection, summary) {
        data["publisher"]["url"] = json!(website);
    }
    if routes.has_own_page(id) {
        data["mainEntityOfPage"] = json!(routes.absolute_url(Route::Article(id)));
    }
    data[name] = json!(summary.title);
    data[date] = json!(published);
    // The page shows no excerpt that was taken from the body.
    if summary.has_written_excerpt {
        data["description"] = json!(summary.excerpt);
    }
    if let Some(picture) = &summary.image {
        data[image] = json!([ImageContext::absolute(config, picture).url]);
    }
    data
}
