//! Which documents cause an output file, and which files take precedence.

use chrono::{DateTime, Utc};

use super::output_file::{File, OutputContent, OutputFile};
use super::redirect::Redirect;
use super::route::{FeedPage, ListId, ListPage, Route, list_key};
use super::routes::Routes;
use crate::collection::ArticleId;

/// Claimants of output paths, in order of precedence: static files, assets, the site's own pages,
/// articles with reserved addresses, lists of terms, pages by path, then all other articles, oldest
/// first. New lists that only articles ask for come between pages and articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Claimant<'a> {
    File(&'a str),
    Asset(&'a str),
    Site(&'a str),
    Reserved(&'a str, ArticleId),
    List(ListId),
    Page(&'a str),
    Article(DateTime<Utc>, &'a str, ArticleId),
}

/// A document that causes an output file, and the front-matter key responsible.
pub(super) type DocumentKey = (String, Option<&'static str>);

/// Tells who claims the output files of a site.
#[derive(Clone, Copy)]
pub(super) struct Claims<'a> {
    pub(super) routes: Routes<'a>,
    redirects: &'a [Redirect<'a>],
}

impl<'a> Claims<'a> {
    pub(super) fn new(routes: Routes<'a>, redirects: &'a [Redirect<'a>]) -> Self {
        Self { routes, redirects }
    }

    pub(super) fn claimant(self, file: &'a OutputFile) -> Claimant<'a> {
        let collection = self.routes.collection;
        match &file.content {
            OutputContent::File(File::Asset(_) | File::Variant(_)) => Claimant::Asset(&file.path),
            OutputContent::File(_) => Claimant::File(&file.path),
            OutputContent::Feed(FeedPage { of, .. })
            | OutputContent::Page(Route::List(ListPage { of, .. }))
                if *of != ListId::All =>
            {
                Claimant::List(*of)
            }
            OutputContent::Page(Route::Page(index)) => {
                Claimant::Page(&collection.pages[*index].display_path)
            }
            OutputContent::Page(Route::Article(id) | Route::Amp(id)) => {
                if collection.displaces(*id) {
                    return Claimant::Reserved(&collection.summary(*id).path, *id);
                }
                self.article(*id)
            }
            OutputContent::Feed(_) | OutputContent::Xml(_) | OutputContent::Page(_) => {
                Claimant::Site(&file.path)
            }
        }
    }

    fn article(self, id: ArticleId) -> Claimant<'a> {
        let summary = self.routes.collection.summary(id);
        Claimant::Article(summary.published_at, &summary.path, id)
    }

    /// The documents without which a claimant would claim nothing.
    pub(super) fn causes(self, claimant: Claimant<'_>) -> Vec<DocumentKey> {
        let summary = |id: ArticleId| self.routes.collection.summary(id);
        match claimant {
            Claimant::File(_) | Claimant::Asset(_) | Claimant::Site(_) => Vec::new(),
            Claimant::List(of) => {
                let Some(term) = self.routes.term(of) else { return Vec::new() };
                let (_, key) = list_key(of);
                let articles =
                    term.articles.iter().map(|id| (summary(*id).display_path(), Some(key)));
                articles
                    .chain(term.page.iter().map(|page| (page.display_path.clone(), None)))
                    .collect()
            }
            Claimant::Page(display_path) => vec![(display_path.to_owned(), None)],
            Claimant::Reserved(_, id) | Claimant::Article(_, _, id) => {
                let summary = summary(id);
                vec![(summary.display_path(), summary.slug.is_some().then_some("slug"))]
            }
        }
    }

    /// The first document that causes a page.
    pub(super) fn cause(self, route: Route) -> Option<DocumentKey> {
        let claimant = match route {
            Route::Redirect(page) => {
                return Some((self.redirects[page.index].display_path.clone(), Some("aliases")));
            }
            Route::List(ListPage { of, .. }) => Claimant::List(of),
            Route::Page(index) => Claimant::Page(&self.routes.collection.pages[index].display_path),
            Route::Article(id) => self.article(id),
            _ => return None,
        };
        self.causes(claimant).into_iter().next()
    }

    /// The only document without which a claimant would claim nothing, if there is just one.
    pub(super) fn sole_cause(self, claimant: Claimant<'_>) -> Option<String> {
        let mut causes = self.causes(claimant).into_iter();
        let (document, _) = causes.next()?;
        causes.next().is_none().then_some(document)
    }

    /// The source of an output file, as diagnostics name it.
    pub(super) fn source(self, file: &OutputFile) -> String {
        let collection = self.routes.collection;
        match &file.content {
            OutputContent::File(File::Copy(copied)) => copied.display_path(),
            OutputContent::File(File::Variant(variant)) => {
                format!("a variant of {}", variant.0.display_path())
            }
            OutputContent::File(File::Asset(_)) => format!("the theme's {}", file.path),
            OutputContent::File(File::Host(_)) => format!("the host's {}", file.path),
            OutputContent::Page(Route::Redirect(page)) => {
                self.redirects[page.index].display_path.clone()
            }
            OutputContent::File(File::Robots(_)) => "the site's robots.txt".to_owned(),
            OutputContent::Page(Route::Article(id) | Route::Amp(id)) => {
                collection.summary(*id).display_path()
            }
            OutputContent::Page(Route::Page(index)) => {
                collection.pages[*index].display_path.clone()
            }
            OutputContent::Feed(_) | OutputContent::Xml(_) | OutputContent::Page(_) => {
                format!("the site's own page {}", file.path)
            }
        }
    }
}
