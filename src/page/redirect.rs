//! Addresses at which a page was once, and from which readers are sent on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::host::as_browsers_ask;
use super::{Content, ListOf, Plan, Subject, list_front};
use crate::collection::{ArticleId, Taxonomy, TermId};
use crate::config::HostKind;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::TermPage;
use crate::document::alias::file_of;
use crate::preflight::{HEADERS, REDIRECTS};
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
        for path in self.pages.iter().map(|page| &page.path).chain(own) {
            taken.add(path, Owner::Path);
        }
        for path in HOST_FILES {
            taken.add(path, Owner::Path);
        }
        let mut redirects: BTreeMap<String, Redirect<'a>> = BTreeMap::new();
        // One document is told once.
        let mut refused: BTreeMap<String, Diagnostic> = BTreeMap::new();
        for redirect in asked {
            let file = file_of(redirect.from);
            if let Some((path, owner)) = taken.in_the_way_of(&file) {
                let owner = match owner {
                    Owner::Path => self.owner(path),
                    Owner::Document(shown) => shown.clone(),
                };
                refused.entry(redirect.shown.clone()).or_insert_with(|| already_there(&redirect, owner));
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
            ask(&card.aliases, Subject::Article(id), &|| format!("content/{}", card.path));
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
            let file = file_of(redirect.from);
            let folder = file.strip_suffix("/index.html");
            let of_folder = folder.into_iter().flat_map(|folder| [folder.to_owned(), format!("{folder}/")]);
            let itself = (folder != Some(redirect.from)).then(|| redirect.from.to_owned());
            let to = self.url(redirect.to);
            of_folder.chain(itself).map(|from| (as_browsers_ask(&from), to.clone())).collect::<Vec<_>>()
        };
        self.redirects.iter().flat_map(lines).collect()
    }
}

/// The files that hosts read, wherever the site may be tomorrow.
const HOST_FILES: [&str; 4] = [".nojekyll", "CNAME", HEADERS, REDIRECTS];

/// The paths that are somebody's, with the folders that they lie in, in lower case.
#[derive(Default)]
struct Taken {
    files: HashMap<String, (String, Owner)>,
    /// Each with a file in it.
    folders: HashMap<String, String>,
}

/// Whose a path is.
enum Owner {
    /// Whoever makes the file.
    Path,
    /// A document that asks for it.
    Document(String),
}

impl Taken {
    fn add(&mut self, path: &str, owner: Owner) {
        let key = folded(path).into_owned();
        for folder in key.match_indices('/').filter_map(|(end, _)| key.get(..end)) {
            if !self.folders.contains_key(folder) {
                self.folders.insert(folder.to_owned(), key.clone());
            }
        }
        self.files.insert(key, (path.to_owned(), owner));
    }

    /// What is where a file is to be, or where one of its folders is to be.
    fn in_the_way_of(&self, path: &str) -> Option<(&str, &Owner)> {
        let key = folded(path);
        let folders = key.match_indices('/').filter_map(|(end, _)| key.get(..end));
        let below = self.folders.get(&*key).and_then(|file| self.files.get(file));
        let found = folders.chain([&*key]).find_map(|path| self.files.get(path)).or(below);
        found.map(|(path, owner)| (path.as_str(), owner))
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
        .changes_output()
}
