//! The entries of menus: what they lead to, and warnings of those that lead nowhere.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::output_file::leads_to_file;
use super::route::{ListId, Route};
use super::routes::Routes;
use crate::collection::{Collection, Taxonomy, Term, TermId};
use crate::config::{MenuEntry, MenuTarget};
use crate::diagnostic::{Code, Diagnostic, closest_match};
use crate::slug::Slugs;

/// The page of this site that an entry leads to. None if there is no such page, and if the entry
/// has a URL.
pub(super) fn route(routes: Routes<'_>, entry: &MenuEntry) -> Option<Route> {
    let Collection { topics, providers, categories, pages, .. } = routes.collection;
    let list = |taxonomy: &Taxonomy, of: fn(TermId) -> ListId| {
        taxonomy.find(&entry.identity).map(|id| of(id).front_page())
    };
    match entry.target {
        MenuTarget::Topic => list(topics, ListId::Topic),
        MenuTarget::Category => list(categories, ListId::Category),
        MenuTarget::Provider => list(providers, ListId::Provider),
        MenuTarget::Page => {
            pages.iter().position(|page| page.address == entry.identity).map(Route::Page)
        }
        MenuTarget::Url => None,
    }
}

/// The URL that an entry leads to, if there is a page.
pub(super) fn url<'a>(routes: Routes<'a>, entry: &'a MenuEntry) -> Option<Cow<'a, str>> {
    match (entry.target, entry.identity.strip_prefix('/')) {
        (MenuTarget::Url, None) => Some(entry.identity.as_str().into()),
        (MenuTarget::Url, Some(path)) => Some([routes.config.root(), path].concat().into()),
        _ => Some(routes.url(route(routes, entry)?).into()),
    }
}

/// The text of an entry: its label, the title of its page, or the name of a topic or provider in its
/// file. Names that articles use are not considered, since the most frequent one may change.
pub(super) fn label<'a>(routes: Routes<'a>, entry: &'a MenuEntry) -> &'a str {
    let name = match route(routes, entry) {
        _ if entry.label.is_some() => entry.label.as_deref(),
        Some(Route::Page(index)) => Some(routes.collection.pages[index].title.as_str()),
        Some(Route::List(page)) => {
            let file = routes.term(page.of).and_then(|term: &Term| term.page.as_ref());
            file.and_then(|file| file.name.as_deref())
        }
        _ => None,
    };
    name.unwrap_or(&entry.name)
}

/// Whether a menu has an entry for a list.
pub(super) fn has_list(routes: Routes<'_>, of: ListId) -> bool {
    let leads_to = |entry: &MenuEntry| matches!(route(routes, entry), Some(Route::List(page)) if page.of == of);
    entries(routes).any(leads_to)
}

/// Warnings of entries that lead to no page.
pub(super) fn missing_targets(routes: Routes<'_>) -> impl Iterator<Item = Diagnostic> {
    entries(routes).filter(move |entry| url(routes, entry).is_none()).map(move |entry| {
        let MenuEntry { key, target, name, .. } = entry;
        let kind = target.key();
        let (problem, help) = match target {
            MenuTarget::Page => ("does not exist", "there is such a page"),
            _ => ("no article has", "an article has it"),
        };
        let message = format!("`{key}` names the {kind} `{name}`, which {problem}");
        let help = match nearest(routes, entry) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("it is left out of the navigation until {help}"),
        };
        Diagnostic::new(Code::DeadMenuEntry, entry.location.clone(), message)
            .help(help)
            .changes_output()
    })
}

/// Warnings of entries with the URL of a page of this site that does not exist. `has_file` says
/// whether there is a file at a path, and `pages` are the addresses of all pages.
pub(super) fn dead_links<'a>(
    routes: Routes<'a>,
    has_file: impl Fn(&str) -> bool,
    pages: impl Iterator<Item = &'a str> + Clone,
) -> impl Iterator<Item = Diagnostic> {
    let root = routes.config.root();
    let has_page = move |path: &str| leads_to_file(path, &has_file);
    entries(routes).filter_map(move |entry| {
        let is_here = entry.target == MenuTarget::Url && entry.identity.starts_with('/');
        let path = entry.identity.split(['?', '#']).next().filter(|_| is_here)?;
        let path = percent_decode_str(path).decode_utf8_lossy();
        if has_page(&path) {
            return None;
        }
        let below = path.strip_prefix(root.trim_end_matches('/')).filter(|_| root != "/");
        let below = below.filter(|below| below.starts_with('/') && has_page(below));
        let name = path.trim_matches('/');
        let help = if let Some(below) = below {
            format!("the path of `base_url` is added to it: write `{below}`")
        } else if let Some(near) = closest_match(name, pages.clone()) {
            format!("did you mean `/{near}/`?")
        } else {
            "write the path of a page, or the whole URL if another program serves it".to_owned()
        };
        let MenuEntry { key, name, location, .. } = entry;
        let message = format!("`{key}` names the URL `{name}`, at which there is no page");
        Some(
            Diagnostic::new(Code::DeadMenuEntry, location.clone(), message)
                .help(help)
                .changes_output(),
        )
    })
}

fn entries(routes: Routes<'_>) -> impl Iterator<Item = &MenuEntry> {
    routes.config.menu.iter().chain(&routes.config.footer_menu)
}

/// What an entry probably means.
fn nearest<'a>(routes: Routes<'a>, entry: &MenuEntry) -> Option<&'a str> {
    let Collection { topics, providers, categories, pages, .. } = routes.collection;
    let slugs = routes.config.slugs;
    let of = |taxonomy: &'a Taxonomy, known: &dyn Fn(&'a Term) -> &'a str| {
        closest_match(&entry.name, taxonomy.terms().map(|(_, term)| known(term)))
    };
    match entry.target {
        MenuTarget::Topic => of(topics, &|term| known_name(term, slugs)),
        MenuTarget::Category => of(categories, &|term| known_name(term, slugs)),
        MenuTarget::Provider => of(providers, &|term| &term.identity),
        MenuTarget::Page => {
            closest_match(&entry.identity, pages.iter().map(|page| page.address.as_str()))
        }
        MenuTarget::Url => None,
    }
}

/// The name of a topic or category, unless only its slug finds it.
fn known_name(term: &Term, slugs: Slugs) -> &str {
    if slugs.slugify(&term.name) == term.identity { &term.name } else { &term.identity }
}
