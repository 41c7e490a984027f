//! Addresses at which a page was once, and from which readers are sent on.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::host::{as_browsers_ask, redirect_line};
use super::paths::Taken;
use super::{Content, ListOf, Plan, Subject, list_front};
use crate::collection::{ArticleId, Taxonomy, TermId};
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
    /// site's `own`. Of two documents that ask for one address the first one that is asked has it.
    pub(super) fn add_redirects(&mut self, own: &HashSet<Arc<str>>) -> Vec<Diagnostic> {
        let asked = self.asked_redirects();
        if asked.is_empty() {
            return Vec::new();
        }
        let mut taken = Taken::default();
        for (place, page) in self.pages.iter().enumerate() {
            taken.add(&page.path, Owner::Page(place));
        }
        let mut redirects: BTreeMap<String, Redirect<'a>> = BTreeMap::new();
        // One document is told once.
        let mut refused: BTreeMap<String, Diagnostic> = BTreeMap::new();
        for redirect in asked {
            let file = file_of(redirect.from);
            let shadowed = page_of_folder(&file);
            let in_the_way = taken.in_the_way_of(&file).or_else(|| taken.in_the_way_of(shadowed.as_deref()?));
            if let Some((_, owner)) = in_the_way {
                let owner = match owner {
                    Owner::Page(place) => self.pages.get(*place).map(|page| self.source(page)),
                    Owner::Document(shown) => Some(shown.clone()),
                };
                let diagnostic = already_there(&redirect, owner.unwrap_or_default());
                refused.entry(redirect.shown.clone()).or_insert(diagnostic);
                continue;
            }
            if let Some(diagnostic) = self.too_long(&redirect) {
                refused.entry(redirect.shown.clone()).or_insert(diagnostic);
                continue;
            }
            taken.add(&file, Owner::Document(redirect.shown.clone()));
            redirects.insert(folded(&file).into_owned(), redirect);
        }
        let mut diagnostics: Vec<Diagnostic> = refused.into_values().collect();
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

    /// The redirects that documents ask for whose pages are there: first those of the site's own pages and lists, then those of
    /// articles, of which the oldest come first.
    fn asked_redirects(&self) -> Vec<Redirect<'a>> {
        let collection = self.collection;
        let mut asked = Vec::new();
        let mut ask = |aliases: &'a [Box<str>], to: Subject, shown: &dyn Fn() -> String| {
            asked.extend(aliases.iter().map(|from| Redirect { from, to, shown: shown() }));
        };
        for (index, page) in collection.pages.iter().enumerate() {
            ask(&page.aliases, Subject::Standing(index), &|| page.shown.clone());
        }
        let lists = [
            (&collection.topics, ListOf::Topic as fn(TermId) -> ListOf),
            (&collection.providers, ListOf::Provider),
        ];
        for (taxonomy, list_of) in lists {
            for (id, page) in pages_of(taxonomy) {
                ask(&page.aliases, list_front(list_of(id)), &|| page.shown.clone());
            }
        }
        let mut ids: Vec<ArticleId> = collection.ids().filter(|id| self.has_page(*id)).collect();
        ids.reverse();
        for id in ids {
            let card = collection.card(id);
            ask(&card.aliases, Subject::Article(id), &|| card.shown());
        }
        asked
    }

    /// An error where the host does not take a line as long as the one of a redirect.
    fn too_long(&self, redirect: &Redirect<'_>) -> Option<Diagnostic> {
        let host = self.config.host;
        let limit =
            host.limits().redirect_line.filter(|_| host.kind.reads_rules() && !self.config.preview)?;
        let length = |(from, to): (String, String)| redirect_line(&from, &to).chars().count();
        let longest = self.lines_of(redirect).into_iter().map(length).max()?;
        let message = format!(
            "the alias `/{}/` needs a line of {longest} characters in `{REDIRECTS}`, and {} takes {limit}",
            redirect.from,
            host.kind.name()
        );
        (longest > limit).then(|| {
            Diagnostic::error(Place::file(redirect.shown.clone()), message)
                .at_key("aliases")
                .help("take it out, or give the page a shorter address")
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
        of_folder.chain(itself).map(|from| (as_browsers_ask(&from), to.clone())).collect()
    }
}

/// Whose a path is.
enum Owner {
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
        .changes_output()
}
