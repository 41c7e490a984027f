//! JSON-LD structured data (schema.org) of pages.
//!
//! It claims no more than the page shows: an article is its provider's, who is named as the publisher, and lists are lists.
//! It is made of nothing that is not in the view of the page, so that a page whose view is the same says the same.

use serde_json::{Value, json};

use super::context::{FrontArticles, PageHead};
use super::pagination::{ListId, ListPage};
use super::{Route, Routes, TemplateContext};
use crate::collection::ArticleId;

impl Routes<'_> {
    /// The JSON-LD of a page; none if there is nothing to describe.
    pub fn linked_data<C>(&self, route: Route, context: &TemplateContext<'_, C>) -> Option<Value> {
        let mut graph = match route {
            Route::NotFound | Route::Redirect(_) => return None,
            Route::Front => {
                let newest = self.articles(ListPage { of: ListId::All, number: None });
                let FrontArticles { lead, secondary, latest } = self.front_articles(&newest);
                let shown = lead.into_iter().chain(secondary).chain(latest);
                vec![self.web_site(), self.organization(), self.item_list(shown)]
            }
            Route::List(page) => vec![self.item_list(self.articles(page))],
            Route::Article(id) | Route::Amp(id) => vec![self.article_data(id)],
            Route::Index(_) | Route::Page(_) => Vec::new(),
        };
        let page = match route {
            Route::Amp(id) => Route::Article(id),
            other => other,
        };
        graph.extend(self.breadcrumb_list(context.head(), page));
        Some(json!({ "@context": "https://schema.org", "@graph": graph }))
    }

    fn web_site(&self) -> Value {
        let mut site = json!({
            "@type": "WebSite",
            "@id": self.site_relative_url("#website"),
            "name": self.config.title,
            "url": self.config.base_url.as_str(),
            "inLanguage": self.config.language,
            "publisher": { "@id": self.site_relative_url("#organization") },
        });
        if !self.config.description.is_empty() {
            site["description"] = json!(self.config.description);
        }
        site
    }

    fn organization(&self) -> Value {
        json!({
            "@type": "Organization",
            "@id": self.site_relative_url("#organization"),
            "name": self.config.title,
            "url": self.config.base_url.as_str(),
        })
    }

    fn site_relative_url(&self, fragment: &str) -> String {
        [self.config.base_url.as_str(), fragment].concat()
    }

    fn item_list(&self, articles: impl IntoIterator<Item = ArticleId>) -> Value {
        let item = |(index, id): (usize, ArticleId)| {
            json!({
                "@type": "ListItem",
                "position": index + 1,
                "name": self.collection.summary(id).title,
                "url": self.absolute_article_url(id),
            })
        };
        let items: Vec<Value> = articles.into_iter().enumerate().map(item).collect();
        json!({ "@type": "ItemList", "numberOfItems": items.len(), "itemListElement": items })
    }

    /// The way to a page, which is its own last step; none for the front page.
    fn breadcrumb_list(&self, head: &PageHead<'_>, page: Route) -> Option<Value> {
        if head.breadcrumbs.is_empty() {
            return None;
        }
        let url = self.url(page);
        let own = (&*head.title, url.as_str());
        let steps = head.breadcrumbs.iter().map(|link| (&*link.title, &*link.url)).chain([own]);
        let item = |(index, (name, url)): (usize, (&str, &str))| {
            json!({
                "@type": "ListItem",
                "position": index + 1,
                "name": name,
                "item": self.config.absolute(url),
            })
        };
        let items: Vec<Value> = steps.enumerate().map(item).collect();
        Some(json!({ "@type": "BreadcrumbList", "itemListElement": items }))
    }

    /// The original that an article stands for.
    fn article_data(&self, id: ArticleId) -> Value {
        let summary = self.collection.summary(id);
        let published = &self.precomputed(id).date.iso;
        let (kind, name, date, image) = match (&*summary.kind, &summary.image) {
            // A video without a picture is none for search engines.
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
        if let Some(website) = self.website(summary) {
            data["publisher"]["url"] = json!(website);
        }
        if self.has_own_page(id) {
            data["mainEntityOfPage"] = json!(self.absolute_url(Route::Article(id)));
        }
        data[name] = json!(summary.title);
        data[date] = json!(published);
        // The article's page shows no excerpt that was made of its body.
        if summary.has_written_excerpt {
            data["description"] = json!(summary.excerpt);
        }
        if let Some(picture) = &summary.image {
            data[image] = json!([self.absolute_image(picture).url]);
        }
        data
    }
}
