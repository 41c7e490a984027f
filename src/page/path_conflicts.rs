//! Checks output paths: they must be portable, allowed by the host, free of reserved names, and
//! unique.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::{FeedPage, File, ListId, ListPage, OutputContent, OutputFile, Route, Routes, list_front};
use crate::collection::ArticleId;
use crate::diagnostic::{Diagnostic, Location};
use crate::document::article::DEFAULT_CATEGORY;
use crate::preflight::{DocumentUsage, path_rejection};
use crate::reservations::ReservationIndex;
use crate::reserved_names::reserved_part;
use crate::slug::{self, folded};

/// Claimants of output paths, in order of precedence: static files, the site's own pages, articles
/// with reserved addresses, lists of terms, pages by path, then all other articles, oldest first. New
/// lists that only articles ask for come between pages and articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Claimant<'a> {
    File(&'a str),
    Site(&'a str),
    Reserved(&'a str, ArticleId),
    List(ListId),
    Page(&'a str),
    Article(DateTime<Utc>, &'a str, ArticleId),
}

/// Why a file cannot have its output path.
enum PathError {
    /// A sentence that goes on behind the name of the source.
    Path(String),
    /// The page that is there or needs a folder there, and the path of that.
    TakenPaths { by: usize, path: String },
}

/// A document or a file of the site that cannot have a path that it wants.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Placed there.
    pub error: Diagnostic,
    /// Whether it could not have the path either if no document were refused.
    pub is_sure: bool,
}

impl PathError {
    /// The page that has the path.
    fn by(&self) -> Option<usize> {
        match self {
            Self::Path(_) => None,
            Self::TakenPaths { by, .. } => Some(*by),
        }
    }
}

/// A document that causes an output file, and the front-matter key responsible.
type DocumentKey = (String, Option<&'static str>);

impl Routes<'_> {
    /// Each document and each file of the site that cannot have the paths that it wants, because another one comes first that wants
    /// them, too, or because nobody can. Of the documents behind a list each has its error.
    pub(super) fn rejected(&self, reserved: &ReservationIndex<'_>) -> Vec<Refused> {
        let mut path_errors: HashMap<usize, PathError> = self
            .pages
            .par_iter()
            .enumerate()
            .filter_map(|(index, page)| Some((index, PathError::Path(self.path_error(page)?))))
            .collect();
        if path_errors.is_empty() && self.has_no_conflicts() {
            return Vec::new();
        }
        let mut claims: BTreeMap<(bool, Claimant<'_>), Vec<usize>> = BTreeMap::new();
        for (index, page) in self.pages.iter().enumerate() {
            let claimant = self.claimant(page);
            let gives_way = matches!(claimant, Claimant::Article(..))
                || self.new_list_of_articles(page, reserved).is_some();
            claims.entry((gives_way, claimant)).or_default().push(index);
        }
        let mut taken = TakenPaths::default();
        let mut found = Vec::new();
        for ((_, claimant), indexes) in claims {
            let of_path = indexes.iter().find_map(|index| Some((*index, path_errors.remove(index)?)));
            let path_error = of_path.or_else(|| {
                indexes.iter().find_map(|index| Some((*index, conflict(self.pages.get(*index)?, &taken)?)))
            });
            if let Some((index, path_error)) = path_error
                && let Some(page) = self.pages.get(index)
            {
                found.extend(
                    self.refusals(claimant, page, &path_error)
                        .into_iter()
                        .map(|error| (error, path_error.by())),
                );
                continue;
            }
            for index in indexes {
                if let Some(page) = self.pages.get(index) {
                    taken.add(&page.path, index);
                }
            }
        }
        self.once_each(found)
    }

    /// Of each document the error that is sure, or the first one. A conflict is not sure if the one that comes first wants its path for
    /// documents alone that are refused, too.
    fn once_each(&self, found: Vec<(Diagnostic, Option<usize>)>) -> Vec<Refused> {
        let files: HashSet<String> = found.iter().map(|(error, _)| error.location.file.clone()).collect();
        let may_go = |by: usize| {
            let causes = self.pages.get(by).map(|page| self.causes(self.claimant(page))).unwrap_or_default();
            !causes.is_empty() && causes.iter().all(|(document, _)| files.contains(document))
        };
        // Many documents of one list have one error.
        let mut known: HashMap<usize, bool> = HashMap::new();
        let mut refused: BTreeMap<String, Refused> = BTreeMap::new();
        for (error, by) in found {
            let file = error.location.file.clone();
            let is_sure = !by.is_some_and(|by| *known.entry(by).or_insert_with(|| may_go(by)));
            match refused.get_mut(&file) {
                Some(one) if one.is_sure || !is_sure => {}
                Some(one) => *one = Refused { error, is_sure },
                None => {
                    refused.insert(file, Refused { error, is_sure });
                }
            }
        }
        refused.into_values().collect()
    }

    /// Whether there are clearly no conflicts: no two paths are equal, also where case does not matter, and no folder has the
    /// name of a file.
    fn has_no_conflicts(&self) -> bool {
        let names: HashSet<Cow<'_, str>> =
            self.pages.iter().filter_map(|page| page.path.rsplit('/').next()).map(folded).collect();
        let is_no_file = |folder: &str| !names.contains(&folded(folder));
        let has_free_folders = |page: &OutputFile| page.path.rsplit('/').skip(1).all(is_no_file);
        let mut other_forms = self.pages.iter().filter_map(|page| match folded(&page.path) {
            Cow::Owned(form) if form != *page.path => Some(form),
            _ => None,
        });
        let mut seen = HashSet::new();
        let has_path = |path: &str| self.pages.binary_search_by(|page| (*page.path).cmp(path)).is_ok();
        let mut pairs = self.pages.iter().zip(self.pages.iter().skip(1));
        pairs.all(|(page, next)| page.path != next.path)
            && other_forms.all(|form| !has_path(&form) && seen.insert(form))
            && self.pages.par_iter().all(has_free_folders)
    }

    /// Why a file cannot have its path whatever else there is, as a sentence that goes on behind the name of its source.
    fn path_error(&self, page: &OutputFile) -> Option<String> {
        if let Some(name) = page.path.split('/').find(|name| !slug::is_file_name(name)) {
            return Some(if name.len() > slug::MAX_NAME_LENGTH {
                let (length, longest) = (name.len(), slug::MAX_NAME_LENGTH);
                format!("needs an output name of {length} bytes (limit {longest})")
            } else {
                format!("needs the output name `{name}`, which is not portable")
            });
        }
        if !self.is_of_documents(page) {
            return None;
        }
        if let Some((name, reason)) = reserved_part(&page.path) {
            return Some(format!("needs the output name `{name}`, which is reserved: {reason}"));
        }
        let is_for_host = !self.config.preview;
        let reason = is_for_host
            .then(|| path_rejection(self.config.host, self.config.prefix_length(), &page.path))??;
        Some(format!("needs a path that its host rejects: {reason}"))
    }

    /// Whether there is a file because documents ask for it.
    fn is_of_documents(&self, page: &OutputFile) -> bool {
        !matches!(self.claimant(page), Claimant::File(_) | Claimant::Site(_))
    }

    fn claimant<'p>(&'p self, page: &'p OutputFile) -> Claimant<'p> {
        match &page.content {
            OutputContent::File(_) => Claimant::File(&page.path),
            OutputContent::Feed(FeedPage { of, .. })
            | OutputContent::Page(Route::List(ListPage { of, .. }))
                if *of != ListId::All =>
            {
                Claimant::List(*of)
            }
            OutputContent::Page(Route::Page(index)) => {
                Claimant::Page(&self.collection.pages[*index].display_path)
            }
            OutputContent::Page(Route::Article(id) | Route::Amp(id)) => {
                let summary = self.collection.summary(*id);
                if self.collection.displaces(*id) {
                    return Claimant::Reserved(&summary.path, *id);
                }
                Claimant::Article(summary.published_at, &summary.path, *id)
            }
            OutputContent::Feed(_) | OutputContent::Xml(_) | OutputContent::Page(_) => {
                Claimant::Site(&page.path)
            }
        }
    }

    /// The documents without which a claimant would want nothing.
    fn causes(&self, claimant: Claimant<'_>) -> Vec<DocumentKey> {
        let article = |id: ArticleId| self.collection.summary(id).display_path();
        match claimant {
            Claimant::File(_) | Claimant::Site(_) => Vec::new(),
            Claimant::List(of) => self.causes_of_list(of),
            Claimant::Page(display_path) => vec![(display_path.to_owned(), None)],
            Claimant::Reserved(_, id) | Claimant::Article(_, _, id) => {
                let key = self.collection.summary(id).slug.is_some().then_some("slug");
                vec![(article(id), key)]
            }
        }
    }

    /// The documents that ask for a list.
    pub(super) fn causes_of_list(&self, of: ListId) -> Vec<DocumentKey> {
        let Some((taxonomy, id)) = self.taxonomy(of) else { return Vec::new() };
        let (term, (_, key)) = (taxonomy.term(id), list_key(of));
        let article = |id: &ArticleId| (self.collection.summary(*id).display_path(), Some(key));
        let articles = term.articles.iter().map(article);
        articles.chain(term.page.iter().map(|page| (page.display_path.clone(), None))).collect()
    }

    /// The list that a page belongs to, if only articles ask for it and it was not published before: neither a file nor
    /// site.toml names its term.
    pub(super) fn new_list_of_articles(
        &self,
        page: &OutputFile,
        reserved: &ReservationIndex<'_>,
    ) -> Option<ListId> {
        let Claimant::List(of) = self.claimant(page) else { return None };
        let (taxonomy, id) = self.taxonomy(of)?;
        let term = taxonomy.term(id);
        let is_of_site = match of {
            ListId::Topic(_) => self.nav.iter().any(|(_, topic)| *topic == id),
            ListId::Category(_) => term.slug == DEFAULT_CATEGORY,
            ListId::All | ListId::Provider(_) => false,
        };
        let has_address =
            || reserved.get(&folded(&self.list_address(of))) == self.holder(list_front(of)).as_ref();
        (term.page.is_none() && !is_of_site && !has_address()).then_some(of)
    }

    /// The document because of which something is published, and the key that says so.
    pub fn cause(&self, route: Route) -> Option<DocumentKey> {
        let claimant = match route {
            Route::Redirect(index) => {
                return Some((self.redirects[index].display_path.clone(), Some("aliases")));
            }
            Route::List(ListPage { of, .. }) => Claimant::List(of),
            Route::Page(index) => Claimant::Page(&self.collection.pages[index].display_path),
            Route::Article(id) => {
                let summary = self.collection.summary(id);
                Claimant::Article(summary.published_at, &summary.path, id)
            }
            _ => return None,
        };
        self.causes(claimant).into_iter().next()
    }

    fn refusals(&self, claimant: Claimant<'_>, page: &OutputFile, path_error: &PathError) -> Vec<Diagnostic> {
        let causes = match self.causes(claimant) {
            causes if causes.is_empty() => vec![(self.source(page), None)],
            causes => causes,
        };
        let list_of = |claimant: Claimant<'_>| match claimant {
            Claimant::List(of) => {
                let name = self.taxonomy(of).map_or("", |(taxonomy, id)| &taxonomy.term(id).name);
                Some((list_key(of).0, name))
            }
            _ => None,
        };
        let list = list_of(claimant);
        let by = path_error.by().and_then(|index| self.pages.get(index));
        let other_list = by.and_then(|page| list_of(self.claimant(page)));
        let help = match (list, other_list, path_error) {
            (Some((kind, _)), ..) => format!("choose another {kind}"),
            (None, Some((kind, _)), _) => format!("rename this file, or choose another {kind}"),
            (None, None, PathError::TakenPaths { .. }) => {
                "rename one of the two, or give it another `slug`".to_owned()
            }
            (None, None, PathError::Path(_)) => {
                "rename the file, give it a `slug`, or change `permalink` in site.toml".to_owned()
            }
        };
        let other = by.map(|page| self.source(page)).unwrap_or_default();
        let document = by.and_then(|page| self.causes(self.claimant(page)).into_iter().next());
        let (by, other) = match (other_list, document) {
            (Some((kind, name)), Some((document, _))) => {
                (format!("the list of the {kind} `{name}`"), document)
            }
            _ => (other.clone(), other),
        };
        let diagnostic = |(source, key): DocumentKey| {
            let what = match list {
                Some((kind, name)) => format!("the {kind} `{name}` of {source}"),
                None => source.clone(),
            };
            let index = Location::file(source);
            let diagnostic = match path_error {
                PathError::Path(why) => Diagnostic::error(index, format!("{what} {why}")),
                PathError::TakenPaths { path, .. } => {
                    let message = format!("{what} and {by} both need the output path {path}");
                    Diagnostic::error(index, message).other(Location::file(&other), "needs the same path")
                }
            };
            Diagnostic { key, ..diagnostic.help(&*help) }
        };
        causes.into_iter().map(diagnostic).collect()
    }

    /// What each document adds to the site, given the lengths of all output files.
    pub fn usage(&self, lengths: &[u64]) -> Vec<DocumentUsage> {
        let mut sole: HashMap<Claimant<'_>, Option<String>> = HashMap::new();
        let mut usage: BTreeMap<String, DocumentUsage> = BTreeMap::new();
        let mut share = |document: &str, add: &dyn Fn(&mut DocumentUsage)| {
            let share = usage.entry(document.to_owned()).or_default();
            document.clone_into(&mut share.document);
            add(share);
        };
        for (page, length) in self.pages.iter().zip(lengths) {
            let document = match &page.content {
                OutputContent::Page(Route::Redirect(index)) => {
                    Some(self.redirects[*index].display_path.clone())
                }
                OutputContent::File(File::Copy(_)) => None,
                _ => {
                    let claimant = self.claimant(page);
                    sole.entry(claimant).or_insert_with(|| self.sole_cause(claimant)).clone()
                }
            };
            if let Some(document) = document {
                share(&document, &|share| {
                    share.files += 1;
                    share.bytes += usize::try_from(*length).unwrap_or(usize::MAX);
                });
            }
        }
        for redirect in &self.redirects {
            let lines = self.lines_of(redirect).len();
            share(&redirect.display_path, &|share| share.redirects += lines);
        }
        usage.into_values().collect()
    }

    /// The only document without which there would be no such page, if there is one.
    pub fn sole_document(&self, page: &OutputFile) -> Option<String> {
        self.sole_cause(self.claimant(page))
    }

    fn sole_cause(&self, claimant: Claimant<'_>) -> Option<String> {
        let mut causes = self.causes(claimant).into_iter();
        let (document, _) = causes.next()?;
        causes.next().is_none().then_some(document)
    }
}

/// What has the path of a file already, or is where that needs a folder. Paths that differ by case only are one, as they are on many
/// file systems.
fn conflict(page: &OutputFile, taken: &TakenPaths<usize>) -> Option<PathError> {
    let (path, index) = taken.in_the_way_of(&page.path)?;
    Some(PathError::TakenPaths { by: *index, path: path.to_owned() })
}

/// What the articles of a list have in common, and the key that says so.
pub(super) fn list_key(of: ListId) -> (&'static str, &'static str) {
    match of {
        ListId::All => ("site", ""),
        ListId::Topic(_) => ("topic", "topics"),
        ListId::Provider(_) => ("provider", "provider"),
        ListId::Category(_) => ("category", "category"),
    }
}

/// The paths already taken, with their parent folders, case-folded for comparison.
pub(super) struct TakenPaths<O> {
    files: HashMap<String, (String, O)>,
    /// Each with a file in it.
    folders: HashMap<String, String>,
}

impl<O> Default for TakenPaths<O> {
    fn default() -> Self {
        Self { files: HashMap::new(), folders: HashMap::new() }
    }
}

impl<O> TakenPaths<O> {
    pub(super) fn add(&mut self, path: &str, owner: O) {
        let key = folded(path).into_owned();
        for folder in key.match_indices('/').filter_map(|(end, _)| key.get(..end)) {
            if !self.folders.contains_key(folder) {
                self.folders.insert(folder.to_owned(), key.clone());
            }
        }
        self.files.insert(key, (path.to_owned(), owner));
    }

    /// What is where a file is to be, or where one of its folders is to be.
    pub(super) fn in_the_way_of(&self, path: &str) -> Option<(&str, &O)> {
        let key = folded(path);
        let folders = key.match_indices('/').filter_map(|(end, _)| key.get(..end));
        let below = self.folders.get(&*key).and_then(|file| self.files.get(file));
        let found = folders.chain([&*key]).find_map(|path| self.files.get(path)).or(below);
        found.map(|(path, owner)| (path.as_str(), owner))
    }
}
