//! What pages say to programs by the vocabulary of schema.org, as JSON-LD.
//!
//! It claims no more than the page shows: an article is its provider's, who is named as the publisher, and lists are lists.
//! It is made of nothing that is not in the view of the page, so that a page whose view is the same says the same.

use serde_json::{Value, json};

use super::list::{ListOf, ListPage};
use super::view::{FrontArticles, Head};
use super::{Plan, Subject, View};
use crate::collection::ArticleId;

impl Plan<'_> {
    /// What a page that is shown by `view` says of itself; nothing where it has nothing to say.
    pub fn linked_data<C>(&self, subject: Subject, view: &View<'_, C>) -> Option<Value> {
        let mut graph = match subject {
            Subject::NotFound | Subject::Redirect(_) => return None,
            Subject::Front => {
                let newest = self.articles(ListPage { of: ListOf::All, number: None });
                let FrontArticles { lead, secondary, latest } = self.front_articles(&newest);
                let shown = lead.into_iter().chain(secondary).chain(latest);
                vec![self.web_site(), self.organization(), self.item_list(shown)]
            }
            Subject::List(page) => vec![self.item_list(self.articles(page))],
            Subject::Article(id) | Subject::Amp(id) => vec![self.article_data(id)],
            Subject::Index(_) | Subject::Standing(_) => Vec::new(),
        };
        let page = match subject {
            Subject::Amp(id) => Subject::Article(id),
            other => other,
        };
        graph.extend(self.breadcrumb_list(view.head(), page));
        Some(json!({ "@context": "https://schema.org", "@graph": graph }))
    }

    fn web_site(&self) -> Value {
        let mut site = json!({
            "@type": "WebSite",
            "@id": self.within_site("#website"),
            "name": self.config.title,
            "url": self.config.base_url.as_str(),
            "inLanguage": self.config.language,
            "publisher": { "@id": self.within_site("#organization") },
        });
        if !self.config.description.is_empty() {
            site["description"] = json!(self.config.description);
        }
        site
    }

    fn organization(&self) -> Value {
        json!({
            "@type": "Organization",
            "@id": self.within_site("#organization"),
            "name": self.config.title,
            "url": self.config.base_url.as_str(),
        })
    }

    fn within_site(&self, fragment: &str) -> String {
        [self.config.base_url.as_str(), fragment].concat()
    }

    fn item_list(&self, articles: impl IntoIterator<Item = ArticleId>) -> Value {
        let item = |(place, id): (usize, ArticleId)| {
            json!({
                "@type": "ListItem",
                "position": place + 1,
                "name": self.collection.card(id).title,
                "url": self.absolute_article_url(id),
            })
        };
        let items: Vec<Value> = articles.into_iter().enumerate().map(item).collect();
        json!({ "@type": "ItemList", "numberOfItems": items.len(), "itemListElement": items })
    }

    /// The way to a page, which is its own last step; none for the front page.
    fn breadcrumb_list(&self, head: &Head<'_>, page: Subject) -> Option<Value> {
        if head.breadcrumbs.is_empty() {
            return None;
        }
        let url = self.url(page);
        let own = (&*head.title, url.as_str());
        let steps = head.breadcrumbs.iter().map(|link| (&*link.title, &*link.url)).chain([own]);
        let item = |(place, (name, url)): (usize, (&str, &str))| {
            json!({
                "@type": "ListItem",
                "position": place + 1,
                "name": name,
                "item": self.config.absolute(url),
            })
        };
        let items: Vec<Value> = steps.enumerate().map(item).collect();
        Some(json!({ "@type": "BreadcrumbList", "itemListElement": items }))
    }

    /// The original that an article stands for.
    fn article_data(&self, id: ArticleId) -> Value {
        let card = self.collection.card(id);
        let published = &self.facts(id).date.iso;
        let (kind, name, date, image) = match (&*card.kind, &card.image) {
            // A video without a picture is none for search engines.
            ("video", Some(_)) => ("VideoObject", "name", "uploadDate", "thumbnailUrl"),
            ("article", _) => ("NewsArticle", "headline", "datePublished", "image"),
            _ => ("CreativeWork", "headline", "datePublished", "image"),
        };
        let mut data = json!({
            "@type": kind,
            "url": card.web_url.as_str(),
            "publisher": {
                "@type": "Organization",
                "name": card.provider.name,
            },
        });
        if let Some(website) = self.website(card) {
            data["publisher"]["url"] = json!(website);
        }
        if self.has_own_page(id) {
            data["mainEntityOfPage"] = json!(self.absolute_url(Subject::Article(id)));
        }
        data[name] = json!(card.title);
        data[date] = json!(published);
        // The article's page shows no excerpt that was made of its body.
        if card.has_written_excerpt {
            data["description"] = json!(card.excerpt);
        }
        if let Some(picture) = &card.image {
            data[image] = json!([self.absolute_image(picture).url]);
        }
        data
    }
}
