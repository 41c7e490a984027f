//! What paths the files of a site may have: every file system and every host can hold them, no document takes a name that means
//! something to servers or browsers, and no two files want one path.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::{Content, FeedPage, File, ListOf, ListPage, Page, Plan, Subject};
use crate::collection::ArticleId;
use crate::diagnostic::{Diagnostic, Place};
use crate::preflight::{Share, why_not_taken};
use crate::reserved::reserved_part;
use crate::slug::{self, folded};

/// Who wants paths, in the order in which they get them: what the site's owner put there, what every site has, articles whose
/// addresses are reserved, the lists of terms, standing pages by path, and all other articles, of which the oldest come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Claimant<'a> {
    File(&'a str),
    Site(&'a str),
    Reserved(&'a str, ArticleId),
    List(ListOf),
    Standing(&'a str),
    Article(DateTime<Utc>, &'a str, ArticleId),
}

/// Why a file cannot have its path.
enum Fault {
    /// A sentence that goes on behind the name of the source.
    Path(String),
    /// The page that is there or needs a folder there, and the path of that.
    Taken { by: usize, path: String },
}

/// A document or a file of the site that cannot have a path that it wants.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Placed there.
    pub error: Diagnostic,
    /// Whether it could not have the path either if no document were refused.
    pub is_sure: bool,
}

impl Fault {
    /// The page that has the path.
    fn by(&self) -> Option<usize> {
        match self {
            Self::Path(_) => None,
            Self::Taken { by, .. } => Some(*by),
        }
    }
}

/// A document because of which there is a file, and the key that says so.
type Cause = (String, Option<&'static str>);

impl Plan<'_> {
    /// Each document and each file of the site that cannot have the paths that it wants, because another one comes first that wants
    /// them, too, or because nobody can. Of the documents behind a list each has its error.
    pub(super) fn refused(&self) -> Vec<Refused> {
        let mut faults: HashMap<usize, Fault> = self
            .pages
            .par_iter()
            .enumerate()
            .filter_map(|(place, page)| Some((place, Fault::Path(self.fault(page)?))))
            .collect();
        if faults.is_empty() && self.has_no_conflicts() {
            return Vec::new();
        }
        let mut claims: BTreeMap<Claimant<'_>, Vec<usize>> = BTreeMap::new();
        for (place, page) in self.pages.iter().enumerate() {
            claims.entry(self.claimant(page)).or_default().push(place);
        }
        let mut taken = Taken::default();
        let mut found = Vec::new();
        for (claimant, places) in claims {
            let of_path = places.iter().find_map(|place| Some((*place, faults.remove(place)?)));
            let fault = of_path.or_else(|| {
                places.iter().find_map(|place| Some((*place, conflict(self.pages.get(*place)?, &taken)?)))
            });
            if let Some((place, fault)) = fault
                && let Some(page) = self.pages.get(place)
            {
                found.extend(
                    self.refusals(claimant, page, &fault).into_iter().map(|error| (error, fault.by())),
                );
                continue;
            }
            for place in places {
                if let Some(page) = self.pages.get(place) {
                    taken.add(&page.path, place);
                }
            }
        }
        self.once_each(found)
    }

    /// Of each document the error that is sure, or the first one. A conflict is not sure if the one that comes first wants its path for
    /// documents alone that are refused, too.
    fn once_each(&self, found: Vec<(Diagnostic, Option<usize>)>) -> Vec<Refused> {
        let files: HashSet<String> = found.iter().map(|(error, _)| error.place.file.clone()).collect();
        let may_go = |by: usize| {
            let causes = self.pages.get(by).map(|page| self.causes(self.claimant(page))).unwrap_or_default();
            !causes.is_empty() && causes.iter().all(|(document, _)| files.contains(document))
        };
        // Many documents of one list have one error.
        let mut known: HashMap<usize, bool> = HashMap::new();
        let mut refused: BTreeMap<String, Refused> = BTreeMap::new();
        for (error, by) in found {
            let file = error.place.file.clone();
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
        let has_free_folders = |page: &Page| page.path.rsplit('/').skip(1).all(is_no_file);
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
    fn fault(&self, page: &Page) -> Option<String> {
        if let Some(name) = page.path.split('/').find(|name| !slug::is_file_name(name)) {
            return Some(if name.len() > slug::LONGEST_NAME {
                let (length, longest) = (name.len(), slug::LONGEST_NAME);
                format!("needs a name of {length} bytes in the output; a name can have {longest}")
            } else {
                format!("needs the name `{name}` in the output, which not every system can hold")
            });
        }
        if !self.is_of_documents(page) {
            return None;
        }
        if let Some((name, reason)) = reserved_part(&page.path) {
            return Some(format!("needs the name `{name}` in the output, which is reserved: {reason}"));
        }
        let is_for_host = !self.config.preview;
        let reason =
            is_for_host.then(|| why_not_taken(self.config.host, self.config.above(), &page.path))??;
        Some(format!("needs a path that its host does not take: {reason}"))
    }

    /// Whether there is a file because documents ask for it.
    fn is_of_documents(&self, page: &Page) -> bool {
        !matches!(self.claimant(page), Claimant::File(_) | Claimant::Site(_))
    }

    fn claimant<'p>(&'p self, page: &'p Page) -> Claimant<'p> {
        match &page.content {
            Content::File(_) => Claimant::File(&page.path),
            Content::Feed(FeedPage { of, .. }) | Content::Subject(Subject::List(ListPage { of, .. }))
                if *of != ListOf::All =>
            {
                Claimant::List(*of)
            }
            Content::Subject(Subject::Standing(index)) => {
                Claimant::Standing(&self.collection.pages[*index].shown)
            }
            Content::Subject(Subject::Article(id) | Subject::Amp(id)) => {
                let card = self.collection.card(*id);
                if self.collection.displaces(*id) {
                    return Claimant::Reserved(&card.path, *id);
                }
                Claimant::Article(card.published_at, &card.path, *id)
            }
            Content::Feed(_) | Content::Directory(_) | Content::Subject(_) => Claimant::Site(&page.path),
        }
    }

    /// The documents without which a claimant would want nothing.
    fn causes(&self, claimant: Claimant<'_>) -> Vec<Cause> {
        let article = |id: ArticleId| self.collection.card(id).shown();
        match claimant {
            Claimant::File(_) | Claimant::Site(_) => Vec::new(),
            Claimant::List(of) => {
                let Some((taxonomy, id)) = self.taxonomy(of) else { return Vec::new() };
                let (term, (_, key)) = (taxonomy.term(id), words(of));
                let articles = term.articles.iter().map(|id| (article(*id), Some(key)));
                articles.chain(term.page.iter().map(|page| (page.shown.clone(), None))).collect()
            }
            Claimant::Standing(shown) => vec![(shown.to_owned(), None)],
            Claimant::Reserved(_, id) | Claimant::Article(_, _, id) => {
                let key = self.collection.card(id).slug.is_some().then_some("slug");
                vec![(article(id), key)]
            }
        }
    }

    /// The document because of which something is published, and the key that says so.
    pub fn cause(&self, subject: Subject) -> Option<Cause> {
        let claimant = match subject {
            Subject::Redirect(place) => return Some((self.redirects[place].shown.clone(), Some("aliases"))),
            Subject::List(ListPage { of, .. }) => Claimant::List(of),
            Subject::Standing(place) => Claimant::Standing(&self.collection.pages[place].shown),
            Subject::Article(id) => {
                let card = self.collection.card(id);
                Claimant::Article(card.published_at, &card.path, id)
            }
            _ => return None,
        };
        self.causes(claimant).into_iter().next()
    }

    fn refusals(&self, claimant: Claimant<'_>, page: &Page, fault: &Fault) -> Vec<Diagnostic> {
        let causes = match self.causes(claimant) {
            causes if causes.is_empty() => vec![(self.source(page), None)],
            causes => causes,
        };
        let list_of = |claimant: Claimant<'_>| match claimant {
            Claimant::List(of) => {
                let name = self.taxonomy(of).map_or("", |(taxonomy, id)| &taxonomy.term(id).name);
                Some((words(of).0, name))
            }
            _ => None,
        };
        let list = list_of(claimant);
        let by = fault.by().and_then(|place| self.pages.get(place));
        let other_list = by.and_then(|page| list_of(self.claimant(page)));
        let help = match (list, other_list, fault) {
            (Some((kind, _)), ..) => format!("choose another {kind}"),
            (None, Some((kind, _)), _) => format!("rename this file, or choose another {kind}"),
            (None, None, Fault::Taken { .. }) => {
                "rename one of the two, or give it another `slug`".to_owned()
            }
            (None, None, Fault::Path(_)) => {
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
        let diagnostic = |(source, key): Cause| {
            let what = match list {
                Some((kind, name)) => format!("the {kind} `{name}` of {source}"),
                None => source.clone(),
            };
            let place = Place::file(source);
            let diagnostic = match fault {
                Fault::Path(why) => Diagnostic::error(place, format!("{what} {why}")),
                Fault::Taken { path, .. } => {
                    let message = format!("{what} and {by} both want the path {path} in the output");
                    Diagnostic::error(place, message).other(Place::file(&other), "wants this path, too")
                }
            };
            Diagnostic { key, ..diagnostic.help(&*help) }
        };
        causes.into_iter().map(diagnostic).collect()
    }

    /// What the site would not have without each single document, of which the files have these lengths.
    pub fn shares(&self, lengths: &[u64]) -> Vec<Share> {
        let mut sole: HashMap<Claimant<'_>, Option<String>> = HashMap::new();
        let mut shares: BTreeMap<String, Share> = BTreeMap::new();
        let mut share = |document: &str, add: &dyn Fn(&mut Share)| {
            let share = shares.entry(document.to_owned()).or_default();
            document.clone_into(&mut share.document);
            add(share);
        };
        for (page, length) in self.pages.iter().zip(lengths) {
            let document = match &page.content {
                Content::Subject(Subject::Redirect(place)) => Some(self.redirects[*place].shown.clone()),
                Content::File(File::Copy(_)) => None,
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
            share(&redirect.shown, &|share| share.redirects += lines);
        }
        shares.into_values().collect()
    }

    /// The only document without which there would be no such page, if there is one.
    pub fn sole_document(&self, page: &Page) -> Option<String> {
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
fn conflict(page: &Page, taken: &Taken<usize>) -> Option<Fault> {
    let (path, place) = taken.in_the_way_of(&page.path)?;
    Some(Fault::Taken { by: *place, path: path.to_owned() })
}

/// What the articles of a list have in common, and the key that says so.
pub(super) fn words(of: ListOf) -> (&'static str, &'static str) {
    match of {
        ListOf::All => ("site", ""),
        ListOf::Topic(_) => ("topic", "topics"),
        ListOf::Provider(_) => ("provider", "provider"),
        ListOf::Category(_) => ("category", "category"),
    }
}

/// The paths that are somebody's, with the folders that they lie in, as they are compared.
pub(super) struct Taken<O> {
    files: HashMap<String, (String, O)>,
    /// Each with a file in it.
    folders: HashMap<String, String>,
}

impl<O> Default for Taken<O> {
    fn default() -> Self {
        Self { files: HashMap::new(), folders: HashMap::new() }
    }
}

impl<O> Taken<O> {
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
