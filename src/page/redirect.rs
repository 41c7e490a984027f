//! Addresses at which a page was once, and from which readers are sent on.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::{Content, ListOf, Plan, Subject, list_front};
use crate::collection::{Taxonomy, TermId};
use crate::config::HostKind;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::TermPage;
use crate::document::alias::file_of;
use crate::preflight::REDIRECTS;
use crate::slug::folded;

/// A redirect.
#[derive(Debug)]
pub(super) struct Redirect<'a> {
    /// Below the site's root, without slashes at its ends.
    pub(super) from: &'a str,
    /// The page that is there no more.
    pub(super) to: Subject,
    /// The document that asks for it, as diagnostics name it.
    pub(super) shown: String,
}

impl<'a> Plan<'a> {
    /// Adds the redirects that documents ask for: as pages, unless the host reads a file of them, which may be one of the
    /// site's `own`.
    pub(super) fn add_redirects(&mut self, own: &HashSet<Arc<str>>) -> Vec<Diagnostic> {
        let asked = self.asked_redirects();
        if asked.is_empty() {
            return Vec::new();
        }
        let paths = self.pages.iter().map(|page| &page.path).chain(own);
        let taken: HashMap<Cow<'_, str>, &str> = paths.map(|path| (folded(path), &**path)).collect();
        let mut diagnostics = Vec::new();
        let mut redirects: BTreeMap<String, Redirect<'a>> = BTreeMap::new();
        for redirect in asked {
            let file = file_of(redirect.from);
            let key = folded(&file).into_owned();
            let folders = key.match_indices('/').filter_map(|(end, _)| key.get(..end));
            let in_the_way = folders.chain([key.as_str()]).find_map(|path| taken.get(path));
            let owner = in_the_way.map(|path| self.owner(path));
            if let Some(owner) = owner.or_else(|| redirects.get(&key).map(|other| other.shown.clone())) {
                diagnostics.push(already_there(&redirect, owner));
            } else {
                redirects.insert(key, redirect);
            }
        }
        let host = self.config.host.kind;
        if host.reads_rules() && own.contains(REDIRECTS) && !redirects.is_empty() {
            diagnostics.push(own_file_of_redirects(host, redirects.len()));
        }
        for (place, redirect) in redirects.into_values().enumerate() {
            let file = file_of(redirect.from);
            self.redirects.push(redirect);
            if !host.reads_rules() {
                self.add(file, Content::Subject(Subject::Redirect(place)));
            }
        }
        diagnostics
    }

    /// The redirects that documents ask for whose pages are there, in the order of the pages.
    fn asked_redirects(&self) -> Vec<Redirect<'a>> {
        let collection = self.collection;
        let mut asked = Vec::new();
        let mut ask = |aliases: &'a [Box<str>], to: Subject, shown: &dyn Fn() -> String| {
            asked.extend(aliases.iter().map(|from| Redirect { from, to, shown: shown() }));
        };
        for id in collection.ids().filter(|id| self.has_page(*id)) {
            let card = collection.card(id);
            ask(&card.aliases, Subject::Article(id), &|| format!("content/{}", card.path));
        }
        let lists = [
            (&collection.topics, ListOf::Topic as fn(TermId) -> ListOf),
            (&collection.providers, ListOf::Provider),
        ];
        for (id, list_of, page) in lists
            .into_iter()
            .flat_map(|(taxonomy, of)| pages_of(taxonomy).map(move |(id, page)| (id, of, page)))
        {
            ask(&page.aliases, list_front(list_of(id)), &|| page.shown.clone());
        }
        for (index, page) in collection.pages.iter().enumerate() {
            ask(&page.aliases, Subject::Standing(index), &|| page.shown.clone());
        }
        asked
    }

    fn owner(&self, path: &str) -> String {
        let page = self.pages.iter().find(|page| &*page.path == path);
        page.map_or_else(|| format!("static/{path}"), |page| self.source(page))
    }

    /// The lines of redirects that hosts read: from where, to where. Some of them ask whether there is a slash at the end.
    pub(super) fn redirect_lines(&self) -> Vec<(String, String)> {
        let lines = |redirect: &Redirect<'_>| {
            let (from, to) = (format!("/{}", super::encode(redirect.from)), self.url(redirect.to));
            let is_folder = file_of(redirect.from) != redirect.from;
            let with_slash = is_folder.then(|| (format!("{from}/"), to.clone()));
            [(from, to)].into_iter().chain(with_slash).collect::<Vec<_>>()
        };
        self.redirects.iter().flat_map(lines).collect()
    }
}

fn pages_of(taxonomy: &Taxonomy) -> impl Iterator<Item = (TermId, &TermPage)> {
    taxonomy.terms().filter_map(|(id, term)| Some((id, term.page.as_ref()?)))
}

fn already_there(redirect: &Redirect<'_>, owner: String) -> Diagnostic {
    let message = format!("the alias `/{}/` is the address of something else", redirect.from);
    Diagnostic::error(Place::file(redirect.shown.clone()), message)
        .at_key("aliases")
        .other(Place::file(owner), "is there, too")
        .help("take it out of one of the two")
}

fn own_file_of_redirects(host: HostKind, count: usize) -> Diagnostic {
    let message = format!(
        "this file takes the place of the {count} redirects that `aliases` ask for, which {} does not see then",
        host.name()
    );
    Diagnostic::warning(Place::file(format!("static/{REDIRECTS}")), message)
        .help("write its lines as `aliases`, or the aliases into it")
}
