//! Documents that the last build published and that are not there now, though nobody seems to have taken them out: they are
//! hidden by a link, or all of them are gone. An unattended build must not empty the site for that.

use std::collections::{BTreeMap, HashSet};

use super::Options;
use super::ground::Ground;
use super::shelf::Shelf;
use crate::collection::{Collection, Withheld};
use crate::config::Ignore;
use crate::diagnostic::{Cause, Diagnostic, Place};
use crate::digest::Digest;
use crate::page::Plan;
use crate::publish::Glance;
use crate::source::{Skipped, Snapshot};
use crate::state::State;

const ALLOW: &str = "if this is meant, `--allow-empty` publishes the site without them";

/// What there is to say of what lies in the site's folders and is not read: an error where the last build read something there
/// or below it.
pub(super) fn files(skipped: &[Skipped], last: Option<&State>, options: &Options) -> Vec<Diagnostic> {
    let diagnostic = |skipped: &Skipped| {
        let hidden =
            last.filter(|_| !options.output.allow_empty).map_or(0, |last| last.sources_at(&skipped.shown));
        if hidden == 0 { skipped.warning() } else { hides(skipped, &format!("{hidden} that")) }
    };
    skipped.iter().map(diagnostic).collect()
}

/// A folder of the site that has no file now, and from which the last build read some.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Emptied {
    /// Relative to the site's root.
    folder: String,
    /// How many files.
    files: usize,
    /// Of those that were documents.
    documents: Vec<Digest>,
}

/// The folders of the site that were emptied: those of templates and of static files, and those directly in the folder of documents. A
/// folder of one file alone goes with it.
pub(super) fn emptied(snapshot: &Snapshot, last: Option<&State>, ignore: &Ignore) -> Vec<Emptied> {
    let Some(last) = last else { return Vec::new() };
    let site_folders = [("templates", &snapshot.templates), ("static", &snapshot.static_files)];
    let without_files = site_folders.into_iter().filter(|(_, files)| files.is_empty());
    let of_site = without_files.map(|(folder, _)| (folder.to_owned(), last.sources_at(folder), Vec::new()));
    let top = |path: &str| path.split_once('/').map(|(folder, _)| folder.to_owned());
    let kept: HashSet<String> = snapshot.content.iter().filter_map(|file| top(&file.path)).collect();
    let mut gone: BTreeMap<String, Vec<Digest>> = BTreeMap::new();
    for document in &last.documents {
        let folder = top(&document.path).filter(|folder| !kept.contains(folder));
        if let Some(folder) = folder.filter(|_| !ignore.matches(&document.path)) {
            gone.entry(folder).or_default().push(document.digest);
        }
    }
    let of_documents =
        gone.into_iter().map(|(folder, documents)| (format!("content/{folder}"), documents.len(), documents));
    let emptied = of_site.chain(of_documents).filter(|(_, files, _)| *files > 1);
    emptied.map(|(folder, files, documents)| Emptied { folder, files, documents }).collect()
}

/// Errors for folders that were emptied, unless their documents are elsewhere in the site now.
fn of_emptied(emptied: &[Emptied], shelf: &Shelf) -> Vec<Diagnostic> {
    if emptied.is_empty() {
        return Vec::new();
    }
    let now: HashSet<Digest> = shelf.known().into_iter().map(|(known, _)| known.digest).collect();
    let is_lost = |emptied: &&Emptied| !emptied.documents.iter().any(|digest| now.contains(digest));
    let error = |Emptied { folder, files, .. }: &Emptied| {
        let message = format!("this folder is missing or empty, and the last build had {files} of its files");
        Diagnostic::error(Place::file(folder), message)
            .help(format!("look whether the folder is complete; {ALLOW}"))
    };
    emptied.iter().filter(is_lost).map(error).collect()
}

/// What there is to say of a site without articles, or with a folder that was emptied; an error where the last build published
/// some that nobody has withdrawn.
pub(super) fn documents(
    plan: &Plan<'_>,
    collection: &Collection,
    withheld: &Withheld,
    ground: &Ground,
    shelf: &Shelf,
    glance: &Glance,
    options: &Options,
) -> Vec<Diagnostic> {
    let warning = || {
        let without = if withheld.is_empty() { String::new() } else { format!(" ({withheld})") };
        let message = format!("no article takes part: none is published and due{without}");
        Diagnostic::warning(Place::file("content"), message).changes_output()
    };
    let is_planned = |path: &str| plan.pages.binary_search_by(|page| (*page.path).cmp(path)).is_ok();
    // Without a state the list of published files tells that pages are about to go.
    let loses_pages = || glance.paths().any(|path| path.ends_with("/index.html") && !is_planned(path));
    let loses_articles = || ground.last_articles.map_or_else(loses_pages, |count| count > 0);
    let is_allowed = options.output.allow_empty;
    if collection.is_empty() && !is_allowed && !shelf.is_withdrawn() && loses_articles() {
        let message = "no article is left of those that the last build published";
        let help = format!("look whether the folder is complete, and the clock right; {ALLOW}");
        return vec![Diagnostic::error(Place::file("content"), message).help(help)];
    }
    let mut found: Vec<Diagnostic> = collection.is_empty().then(warning).into_iter().collect();
    if !is_allowed {
        found.extend(of_emptied(&ground.emptied, shelf));
    }
    if collection.is_empty()
        || is_allowed
        || ground.last_articles.is_some()
        || ground.skipped.is_empty()
        || !loses_pages()
    {
        return found;
    }
    let of_content = ground.skipped.iter().filter(|skipped| skipped.shown.starts_with("content/"));
    found.extend(of_content.filter(|skipped| skipped.is_link()).map(|skipped| hides(skipped, "some that")));
    found
}

fn hides(skipped: &Skipped, what: &str) -> Diagnostic {
    let message = format!("{} in place of files, and hides {what} the last build published", skipped.what());
    Diagnostic::error(Place::file(&skipped.shown), message)
        .help(format!("put the files themselves there; {ALLOW}"))
        .caused_by(Cause::Machine)
}
