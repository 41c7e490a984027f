//! Redirects from former URLs of pages.

use super::address_holder::holder;
use super::route::{ListId, RedirectTarget};
use super::routes::Routes;
use super::url_encoding::percent_encode_path;
use crate::collection::{Taxonomy, TermId};
use crate::document::TermPage;
use crate::document::alias::file_of;
use crate::reservations::{AddressHolder, ReservationIndex};
use crate::slug::folded;

/// A redirect.
#[derive(Debug)]
pub(super) struct Redirect<'a> {
    /// The former path below the site's root, without slashes at its ends.
    pub(super) from: &'a str,
    /// Where it leads.
    pub(super) to: RedirectTarget,
    /// The document that requests it, as diagnostics name it.
    pub(super) display_path: String,
    /// Whether no document requests it, because a story had the address.
    pub(super) is_of_story: bool,
}

impl<'a> Redirect<'a> {
    /// The former address, also if the alias names its file.
    pub(super) fn address(&self) -> &'a str {
        self.from.strip_suffix("/index.html").unwrap_or(self.from)
    }

    pub(super) fn is_of_article(&self) -> bool {
        matches!(self.to, RedirectTarget::Article(_))
    }

    /// Whether its target is a holder of an address.
    fn leads_to(
        &self,
        former: Option<&AddressHolder<'_>>,
        routes: Routes<'_>,
        reserved: &ReservationIndex<'_>,
    ) -> bool {
        former.is_some_and(|former| match self.to {
            RedirectTarget::Article(id) => {
                reserved.matches(former, routes.collection.summary(id)).is_some()
            }
            _ => holder(routes, self.to.into()).as_ref() == Some(former),
        })
    }

    /// The lines that a host reads, as pairs of paths. Some hosts distinguish paths with and
    /// without a slash at the end.
    pub(super) fn lines(&self, routes: Routes<'_>) -> Vec<(String, String)> {
        let file = file_of(self.from);
        let folder = file.strip_suffix("/index.html");
        let of_folder =
            folder.into_iter().flat_map(|folder| [folder.to_owned(), format!("{folder}/")]);
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
pub(super) fn redirect_lines(
    routes: Routes<'_>,
    redirects: &[Redirect<'_>],
) -> Vec<(String, String)> {
    redirects.iter().flat_map(|redirect| redirect.lines(routes)).collect()
}

/// The redirects that documents request, in order of precedence: those of pages and lists, then
/// those of articles that have pages, then those of stories. Among each of these, the ones that held or had the address
/// come first, then the others by path.
pub(super) fn requested<'a>(
    routes: Routes<'a>,
    reserved: &ReservationIndex<'_>,
) -> Vec<Redirect<'a>> {
    let mut requested = all(routes);
    requested.sort_by_cached_key(|redirect| {
        let address = folded(redirect.address());
        let holds = redirect.leads_to(reserved.get(&address), routes, reserved);
        let was_shown = redirect.leads_to(reserved.last_shown(&address), routes, reserved);
        (
            redirect.is_of_story,
            redirect.is_of_article(),
            !holds,
            !was_shown,
            redirect.display_path.clone(),
        )
    });
    requested
}

/// The redirects that documents request, and those of stories.
pub(super) fn all(routes: Routes<'_>) -> Vec<Redirect<'_>> {
    let collection = routes.collection;
    let mut requested = Vec::new();
    for (index, page) in collection.pages.iter().enumerate() {
        requested
            .extend(each(&page.aliases, RedirectTarget::Page(index), || page.display_path.clone()));
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
    for id in collection.ids().filter(|id| routes.has_page(*id)) {
        let summary = collection.summary(id);
        requested
            .extend(each(&summary.aliases, RedirectTarget::Article(id), || summary.display_path()));
    }
    requested.extend(routes.story_redirects().iter().map(|redirect| Redirect {
        from: &redirect.from,
        to: redirect.to,
        display_path: collection.summary(redirect.article).display_path(),
        is_of_story: true,
    }));
    requested
}

fn each(
    aliases: &[Box<str>],
    to: RedirectTarget,
    display_path: impl Fn() -> String,
) -> impl Iterator<Item = Redirect<'_>> {
    aliases.iter().map(move |from| Redirect {
        from,
        to,
        display_path: display_path(),
        is_of_story: false,
    })
}

fn pages_of(taxonomy: &Taxonomy) -> impl Iterator<Item = (TermId, &TermPage)> {
    taxonomy.terms().filter_map(|(id, term)| Some((id, term.page.as_ref()?)))
}
