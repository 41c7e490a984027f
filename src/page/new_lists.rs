//! Lists that give way to documents, since only articles ask for them.

use super::address_holder::holder;
use super::claims::{Claimant, Claims};
use super::menu;
use super::output_file::OutputFile;
use super::route::ListId;
use crate::document::article::DEFAULT_CATEGORY;
use crate::reservations::ReservationIndex;
use crate::slug::folded;

/// The list that a file belongs to, if only articles ask for it and it was not published before:
/// neither a document nor site.toml names its term.
pub(super) fn new_list_of_articles(
    claims: Claims<'_>,
    file: &OutputFile,
    reserved: &ReservationIndex<'_>,
) -> Option<ListId> {
    let Claimant::List(of) = claims.claimant(file) else { return None };
    let routes = claims.routes;
    let term = routes.term(of)?;
    let is_default = matches!(of, ListId::Category(_)) && term.slug == DEFAULT_CATEGORY;
    let is_of_site = is_default || menu::has_list(routes, of);
    let front = of.front_page();
    let was_published =
        || reserved.get(&folded(&routes.address(front))) == holder(routes, front).as_ref();
    (term.page.is_none() && !is_of_site && !was_published()).then_some(of)
}
