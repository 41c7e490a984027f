//! Redirects from former URLs of pages.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::host_files::{percent_encode_path, redirect_line};
use super::path_conflicts::{Refused, TakenPaths, list_key};
use super::{ListId, OutputContent, Route, Routes, list_front};
use crate::collection::{Taxonomy, TermId};
use crate::config::HostKind;
use crate::diagnostic::{Diagnostic, Location};
use crate::document::TermPage;
use crate::document::alias::file_of;
use crate::preflight::REDIRECTS;
use crate::reservations::{AddressHolder, ReservationIndex};
use crate::slug::folded;

/// A redirect.
#[derive(Debug)]
pub(super) struct Redirect<'a> {
    /// Below the site's root, without slashes at its ends.
    pub(super) from: &'a str,
    /// The page that is there no more.
    pub(super) to: Route,
    /// The document that asks for it, as diagnostics name it.
    pub(super) display_path: String,
}

impl Redirect<'_> {
    /// The address, also of an alias that names its file.
    pub(super) fn address(&self) -> &str {
        self.from.strip_suffix("/index.html").unwrap_or(self.from)
    }

    fn is_of_article(&self) -> bool {
        matches!(self.to, Route::Article(_))
    }
}

impl<'a> Routes<'a> {
    /// Adds the redirects that documents ask for: as pages, unless the host reads a file of them, which may be one of the
    /// site's `own`. Of two documents that ask for one address the first one that is asked has it. A new list that only
    /// articles ask for gives way to the aliases of pages, topics and providers.
    pub(super) fn add_redirects(
        &mut self,
        own: &HashSet<Arc<str>>,
        reserved: &ReservationIndex<'_>,
    ) -> Vec<Diagnostic> {
        let asked = self.requested_redirects(reserved);
        if asked.is_empty() {
            return Vec::new();
        }
        let mut taken = TakenPaths::default();
        for (index, page) in self.pages.iter().enumerate() {
            taken.add(&page.path, PathOwner::Page(index));
        }
        let mut redirects: BTreeMap<String, Redirect<'a>> = BTreeMap::new();
        let mut diagnostics = Vec::new();
        let mut rejected = Vec::new();
        for redirect in asked {
            let file = file_of(redirect.from);
            let shadowed = page_of_folder(&file);
            let in_the_way = taken.in_the_way_of(&file).or_else(|| taken.in_the_way_of(shadowed.as_deref()?));
            if let Some((_, owner)) = in_the_way {
                let page = match owner {
                    PathOwner::Page(index) => Some(&self.pages[*index]),
                    PathOwner::Document(_) => None,
                };
                let list = page.filter(|_| !redirect.is_of_article());
                let list = list.and_then(|page| self.new_list_of_articles(page, reserved));
                if let Some(of) = list {
                    rejected.extend(self.refused_list(of, &redirect));
                    continue;
                }
                let owner = match owner {
                    PathOwner::Page(index) => self.source(&self.pages[*index]),
                    PathOwner::Document(display_path) => display_path.clone(),
                };
                diagnostics.push(alias_conflict(&redirect, owner));
                continue;
            }
            if let Some(diagnostic) = self.too_long(&redirect) {
                diagnostics.push(diagnostic);
                continue;
            }
            taken.add(&file, PathOwner::Document(redirect.display_path.clone()));
            redirects.insert(folded(&file).into_owned(), redirect);
        }
        self.rejected.extend(rejected);
        let host = self.config.host.kind;
        if host.supports_rule_files() && own.contains(REDIRECTS) && !redirects.is_empty() {
            diagnostics.push(own_file_of_redirects(host, redirects.len()));
        }
        for (index, redirect) in redirects.into_values().enumerate() {
            let file = file_of(redirect.from);
            self.redirects.push(redirect);
            if !host.supports_rule_files() {
                self.add(file, OutputContent::Page(Route::Redirect(index)));
            }
        }
        diagnostics
    }

    /// The errors of the articles that ask for a list at an alias.
    fn refused_list(&self, of: ListId, redirect: &Redirect<'_>) -> Vec<Refused> {
        let (kind, _) = list_key(of);
        let Some((taxonomy, id)) = self.taxonomy(of) else { return Vec::new() };
        let (name, Redirect { from, display_path, .. }) = (&taxonomy.term(id).name, redirect);
        let refused = |(document, key): (String, Option<&'static str>)| {
            let message = format!(
                "the {kind} `{name}` of {document} and the alias `/{from}/` of {display_path} both need the output path {}",
                file_of(from)
            );
            let error = Diagnostic::error(Location::file(document), message)
                .other(Location::file(display_path), "needs the same path")
                .help(format!("choose another {kind}, or remove the alias"));
            // The document of the alias may be left out, too.
            Refused { error: Diagnostic { key, ..error }, is_sure: false }
        };
        self.causes_of_list(of).into_iter().map(refused).collect()
    }

    /// The redirects that documents ask for whose pages are there: first those of the site's own pages and lists, then those of
    /// articles. Of each the ones come first that had their address, then those with the first paths.
    fn requested_redirects(&self, reserved: &ReservationIndex<'_>) -> Vec<Redirect<'a>> {
        let collection = self.collection;
        let mut asked = Vec::new();
        let mut ask = |aliases: &'a [Box<str>], to: Route, display_path: &dyn Fn() -> String| {
            asked.extend(aliases.iter().map(|from| Redirect { from, to, display_path: display_path() }));
        };
        for (index, page) in collection.pages.iter().enumerate() {
            ask(&page.aliases, Route::Page(index), &|| page.display_path.clone());
        }
        let lists = [
            (&collection.topics, ListId::Topic as fn(TermId) -> ListId),
            (&collection.providers, ListId::Provider),
        ];
        for (taxonomy, list_of) in lists {
            for (id, page) in pages_of(taxonomy) {
                ask(&page.aliases, list_front(list_of(id)), &|| page.display_path.clone());
            }
        }
        for id in collection.ids().filter(|id| self.has_page(*id)) {
            let summary = collection.summary(id);
            ask(&summary.aliases, Route::Article(id), &|| summary.display_path());
        }
        asked.sort_by_cached_key(|redirect| {
            let address = folded(redirect.address());
            let is_its = |holder: Option<&AddressHolder<'_>>| {
                holder.is_some_and(|holder| self.is_holder(redirect.to, holder, reserved))
            };
            let (had_it, had_alias) = (is_its(reserved.get(&address)), is_its(reserved.last_shown(&address)));
            (redirect.is_of_article(), !had_it, !had_alias, redirect.display_path.clone())
        });
        asked
    }

    fn is_holder(&self, route: Route, holder: &AddressHolder<'_>, reserved: &ReservationIndex<'_>) -> bool {
        match route {
            Route::Article(id) => reserved.matches(holder, self.collection.summary(id)).is_some(),
            _ => self.holder(route).as_ref() == Some(holder),
        }
    }

    /// An error where the host does not take a line as long as the one of a redirect.
    fn too_long(&self, redirect: &Redirect<'_>) -> Option<Diagnostic> {
        let host = self.config.host;
        let limit = host
            .limits()
            .redirect_line
            .filter(|_| host.kind.supports_rule_files() && !self.config.preview)?;
        let length = |(from, to): (String, String)| redirect_line(&from, &to).chars().count();
        let longest = self.lines_of(redirect).into_iter().map(length).max()?;
        let message = format!(
            "the alias `/{}/` needs a line of {longest} characters in `{REDIRECTS}` ({} allows {limit})",
            redirect.from,
            host.kind.name()
        );
        (longest > limit).then(|| {
            Diagnostic::error(Location::file(redirect.display_path.clone()), message)
                .at_key("aliases")
                .help("remove it, or give the page a shorter URL")
        })
    }

    /// The lines of redirects that hosts read: from where, to where.
    pub(super) fn redirect_lines(&self) -> Vec<(String, String)> {
        self.redirects.iter().flat_map(|redirect| self.lines_of(redirect)).collect()
    }

    /// The lines of one redirect. Some hosts ask whether there is a slash at the end.
    pub(super) fn lines_of(&self, redirect: &Redirect<'_>) -> Vec<(String, String)> {
        let file = file_of(redirect.from);
        let folder = file.strip_suffix("/index.html");
        let of_folder = folder.into_iter().flat_map(|folder| [folder.to_owned(), format!("{folder}/")]);
        let itself = (folder != Some(redirect.from)).then(|| redirect.from.to_owned());
        let to = self.url(redirect.to);
        of_folder.chain(itself).map(|from| (percent_encode_path(&from), to.clone())).collect()
    }
}

/// Whose a path is.
enum PathOwner {
    /// That of the page at this place.
    Page(usize),
    /// That of a document that asks for it.
    Document(String),
}

/// The page of the folder that a file lies in, if some servers show the file in its place.
fn page_of_folder(file: &str) -> Option<String> {
    let (folder, name) = file.rsplit_once('/').map_or(("", file), |(folder, name)| (folder, name));
    let is_shown = ["index.htm", "default.htm"].iter().any(|other| name.eq_ignore_ascii_case(other));
    is_shown.then(|| if folder.is_empty() { INDEX.to_owned() } else { format!("{folder}/{INDEX}") })
}

const INDEX: &str = "index.html";

fn pages_of(taxonomy: &Taxonomy) -> impl Iterator<Item = (TermId, &TermPage)> {
    taxonomy.terms().filter_map(|(id, term)| Some((id, term.page.as_ref()?)))
}

fn alias_conflict(redirect: &Redirect<'_>, owner: String) -> Diagnostic {
    let message = format!("the alias `/{}/` is already in use", redirect.from);
    Diagnostic::error(Location::file(redirect.display_path.clone()), message)
        .at_key("aliases")
        .other(Location::file(owner), "uses the same path")
        .help("remove it from one of the two")
}

fn own_file_of_redirects(host: HostKind, count: usize) -> Diagnostic {
    let message = format!(
        "this file overrides the {count} redirects from `aliases`, so {} does not see them",
        host.name()
    );
    Diagnostic::warning(Location::file(format!("static/{REDIRECTS}")), message)
        .help("move its lines to `aliases`, or the aliases into it")
        .changes_output()
}
