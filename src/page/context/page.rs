//! The context of `page.html`: a page such as About.

use std::borrow::Cow;

use serde::Serialize;

use super::body::body_html;
use super::head::PageHead;
use super::link::LinkContext;
use crate::document::body::HtmlTarget;
use crate::page::route::Route;
use crate::page::routes::Routes;

/// The variables of `page.html`.
#[derive(Debug, Serialize)]
pub(super) struct PageContext<'a> {
    pub(super) page: PageHead<'a>,
    body: String,
}

impl<'a> PageContext<'a> {
    /// The page at an index of the collection.
    pub(super) fn new(routes: Routes<'a>, index: usize) -> Self {
        let Routes { collection, config, .. } = routes;
        let page = &collection.pages[index];
        let head = PageHead::new(routes, "page", page.title.as_str(), Route::Page(index));
        Self {
            page: PageHead {
                description: Cow::Borrowed(&page.description),
                breadcrumbs: vec![LinkContext::home(config)],
                ..head
            },
            body: body_html(routes, &page.body, HtmlTarget::Html),
        }
    }
}
