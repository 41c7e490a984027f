//! Redirects from former URLs of pages.

use super::route::{ListId, RedirectTarget};
use super::routes::Routes;
use super::url_encoding::percent_encode_path;
use crate::collection::{ArticleId, Taxonomy, TermId};
use crate::document::TermPage;
use crate::document::alias::file_of;

/// A redirect.
#[derive(Debug)]
pub(super) struct Redirect<'a> {
    /// The former path below the site's root, without slashes at its ends.
    pub(super) from: &'a str,
    /// Where it leads.
    pub(super) to: RedirectTarget,
    /// The document that requests it, as diagnostics name it.
    pub(super) display_path: String,
}

impl Redirect<'_> {
    /// The lines that a host reads, as pairs of paths. Some hosts distinguish paths with and
    /// without a slash at the end.
    pub(super) fn lines(&self, routes: Routes<'_>) -> Vec<(String, String)> {
        let file = file_of(self.from);
        let folder = file.strip_suffix("/index.html");
        let of_folder = folder.into_iter().flat_map(|folder| [folder.to_owned(), format!("{folder}/")]);
        let itself = (folder != Some(self.from)).then(|| self.from.to_owned());
        let to = routes.url(self.to.into());
        of_folder.chain(itself).map(|from| (percent_encode_path(&from), to.clone())).collect()
    }
}

/// A `_redirects` line for a permanent redirect.
pub fn redirect_line(from: &str, to: &str) -> String {
    format!("{from} {to} 301")
}

/// The lines of all redirects.
pub(super) fn redirect_lines(routes: Routes<'_>, redirects: &[Redirect<'_>]) -> Vec<(String, String)> {
    redirects.iter().flat_map(|redirect| redirect.lines(routes)).collect()
}

/// The redirects that documents request, in order of precedence: those of pages, of lists, and of
/// articles that have pages, oldest first.
pub(super) fn requested(routes: Routes<'_>) -> Vec<Redirect<'_>> {
    let collection = routes.collection;
    let mut requested = Vec::new();
    for (index, page) in collection.pages.iter().enumerate() {
        requested.extend(each(&page.aliases, RedirectTarget::Page(index), || page.display_path.clone()));
    }
    let lists = [
        (&collection.topics, ListId::Topic as fn(TermId) -> ListId),
        (&collection.providers, ListId::Provider),
    ];
    for (taxonomy, list_of) in lists {
        for (id, page) in pages_of(taxonomy) {
            let to = RedirectTarget::List(list_of(id));
            requested.extend(each(&page.aliases, to, || page.display_path.clone()));
        }
    }
    let mut ids: Vec<ArticleId> = collection.ids().filter(|id| routes.has_page(*id)).collect();
    ids.reverse();
    for id in ids {
        let summary = collection.summary(id);
        requested.extend(each(&summary.aliases, RedirectTarget::Article(id), || summary.display_path()));
    }
    requested
}

fn each(
    aliases: &[Box<str>],
    to: RedirectTarget,
    display_path: impl Fn() -> String,
) -> impl Iterator<Item = Redirect<'_>> {
    aliases.iter().map(move |from| Redirect { from, to, display_path: display_path() })
}

fn pages_of(taxonomy: &Taxonomy) -> impl Iterator<Item = (TermId, &TermPage)> {
    taxonomy.terms().filter_map(|(id, term)| Some((id, term.page.as_ref()?)))
}
