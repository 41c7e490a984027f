//! Detects published documents that disappeared unintentionally: hidden by a symbolic link or a
//! folder, or all gone at once. An unattended build must not empty the site.

use std::collections::HashSet;

use super::options::BuildOptions;
use crate::build::cache::{CacheState, CachedDocument};
use crate::collection::{Collection, Withheld};
use crate::config::Ignore;
use crate::diagnostic::{Code, Diagnostic, Location, Origin};
use crate::digest::Digest;
use crate::page::OutputFiles;
use crate::publish::ManifestSnapshot;
use crate::source::{self, SiteFile, Skipped, Snapshot};

const ALLOW: &str = "to publish without them, pass `--allow-empty`";

/// Diagnostics for skipped entries of the site's folders: an error if the last build read something
/// there or below, else a warning.
pub(super) fn files(
    skipped: &[Skipped],
    last: Option<&CacheState>,
    options: &BuildOptions,
) -> Vec<Diagnostic> {
    let diagnostic = |skipped: &Skipped| {
        let hidden = last
            .filter(|_| !options.output.allow_empty)
            .map_or(0, |last| last.sources_at(&skipped.display_path));
        let hides = || hides(&skipped.display_path, skipped.what(), &hidden.to_string());
        if hidden == 0 { skipped.warning() } else { hides() }
    };
    skipped.iter().map(diagnostic).collect()
}

/// Errors for folders in place of documents and templates that the last build read.
pub(super) fn folders(
    snapshot: &Snapshot,
    last: Option<&CacheState>,
    ignore: &Ignore,
    options: &BuildOptions,
) -> Vec<Diagnostic> {
    let Some(last) = last.filter(|_| !options.output.allow_empty) else { return Vec::new() };
    let documents = last.documents.iter().map(|document| &*document.path);
    let documents = missing(documents, &snapshot.content)
        .filter(|path| !ignore.matches(path))
        .map(|path| format!("content/{path}"));
    let templates =
        last.site_files.keys().filter_map(|display_path| display_path.strip_prefix("templates/"));
    let templates = missing(templates, &snapshot.templates).map(|path| format!("templates/{path}"));
    let is_folder = |display_path: &String| {
        let kind = source::kind_of(&options.root.join(display_path));
        kind.is_ok_and(|kind| kind.is_some_and(|kind| kind.is_dir()))
    };
    let replaced = documents.chain(templates).filter(is_folder);
    replaced.map(|path| hides(&path, "this is a folder: it is", "1")).collect()
}

/// The paths that are not those of any file. Both lists are sorted by path.
fn missing<'a>(
    paths: impl Iterator<Item = &'a str>,
    files: &'a [SiteFile],
) -> impl Iterator<Item = &'a str> {
    let mut now = files.iter().map(|file| &*file.path).peekable();
    paths.filter(move |path| {
        while now.next_if(|file| file < path).is_some() {}
        now.next_if_eq(path).is_none()
    })
}

/// A folder of the site that lost all its files since the last build.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Emptied {
    /// Relative to the site's root.
    folder: String,
    /// Number of lost files.
    files: usize,
    /// Digests of the lost documents.
    documents: Vec<Digest>,
}

/// The emptied folders among `templates`, `static` and those directly in `content`, also if
/// `ignore` empties them. A folder in `content` may go with its only file; a lone template may be
/// the whole design, and a lone static file the site's domain. Folders further down may go, since
/// sites may keep articles for a time only.
pub(super) fn emptied(snapshot: &Snapshot, last: Option<&CacheState>) -> Vec<Emptied> {
    let Some(last) = last else { return Vec::new() };
    let site_folders = [("templates", &snapshot.templates), ("static", &snapshot.static_files)];
    let without_files = site_folders.into_iter().filter(|(_, files)| files.is_empty());
    let site_templates = without_files
        .map(|(folder, _)| (folder.to_owned(), last.sources_at(folder), Vec::new()))
        .filter(|(_, files, _)| *files > 0);
    let has_files = |folder: &str| {
        let below = [folder, "/"].concat();
        let first = snapshot.content.partition_point(|file| *file.path < *below);
        snapshot.content.get(first).is_some_and(|file| file.path.starts_with(&below))
    };
    let mut gone: Vec<(&str, Vec<Digest>)> = Vec::new();
    let mut documents = &last.documents[..];
    while let Some((document, others)) = documents.split_first() {
        documents = others;
        let Some(folder) = top(&document.path) else { continue };
        // A folder's documents follow each other.
        let is_in_folder = |document: &CachedDocument| top(&document.path) == Some(folder);
        let count = others.partition_point(is_in_folder);
        let (in_folder, others) = others.split_at(count);
        documents = others;
        if !has_files(folder) {
            let lost = [document].into_iter().chain(in_folder);
            gone.push((folder, lost.map(|document| document.digest).collect()));
        }
    }
    let of_documents = gone
        .into_iter()
        .map(|(folder, documents)| (format!("content/{folder}"), documents.len(), documents))
        .filter(|(_, files, _)| *files > 1);
    let emptied = site_templates.chain(of_documents);
    emptied.map(|(folder, files, documents)| Emptied { folder, files, documents }).collect()
}

/// The first folder of a relative path.
fn top(path: &str) -> Option<&str> {
    path.split_once('/').map(|(folder, _)| folder)
}

/// Errors for emptied folders whose documents are not elsewhere in the site now.
fn of_emptied(emptied: &[Emptied], documents: &[&CachedDocument]) -> Vec<Diagnostic> {
    if emptied.is_empty() {
        return Vec::new();
    }
    let now: HashSet<Digest> = documents.iter().map(|document| document.digest).collect();
    let is_lost = |emptied: &&Emptied| !emptied.documents.iter().any(|digest| now.contains(digest));
    let error = |Emptied { folder, files, .. }: &Emptied| {
        let message =
            format!("this folder is missing or empty, and the last build had {files} of its files");
        Diagnostic::new(Code::ContentDisappeared, Location::file(folder), message)
            .help(format!("check that the folder is complete; {ALLOW}"))
    };
    emptied.iter().filter(is_lost).map(error).collect()
}

/// What may have disappeared since the last build.
pub(super) struct LostContent {
    /// Number of articles that the last build published, if there is a cache.
    pub(super) previous_article_count: Option<usize>,
    /// The folders that lost all their files.
    pub(super) emptied: Vec<Emptied>,
}

/// What a build is about to publish.
pub(super) struct PresentContent<'a> {
    pub(super) outputs: &'a OutputFiles<'a>,
    pub(super) collection: &'a Collection,
    pub(super) withheld: &'a Withheld,
    pub(super) documents: &'a [&'a CachedDocument],
    /// The skipped files in the site's folders.
    pub(super) skipped: &'a [Skipped],
    /// Whether there are articles, all of them with `published: false`.
    pub(super) is_all_unpublished: bool,
}

impl LostContent {
    /// Diagnostics of a site without articles or with an emptied folder: errors if that was
    /// probably not intended.
    pub(super) fn diagnostics(
        &self,
        present: &PresentContent<'_>,
        manifest_snapshot: Option<&ManifestSnapshot>,
        options: &BuildOptions,
    ) -> Vec<Diagnostic> {
        let PresentContent {
            outputs,
            collection,
            withheld,
            documents,
            skipped,
            is_all_unpublished,
        } = present;
        let warning = || {
            let without =
                if withheld.is_empty() { String::new() } else { format!(" ({withheld})") };
            let message = format!(
                "nothing to publish: every article is unpublished or dated in the future{without}"
            );
            Diagnostic::new(Code::NothingToPublish, Location::file("content"), message)
                .changes_output()
        };
        // Without a cache the manifest tells that pages would be removed.
        let loses_pages = || {
            manifest_snapshot
                .into_iter()
                .flat_map(ManifestSnapshot::paths)
                .any(|path| path.ends_with("/index.html") && !outputs.has_file_at(path))
        };
        let loses_articles =
            || self.previous_article_count.map_or_else(loses_pages, |count| count > 0);
        let is_allowed = options.output.allow_empty;
        if collection.is_empty() && !is_allowed && !is_all_unpublished && loses_articles() {
            let message = "none of the previously published articles is left";
            let setting = match withheld {
                Withheld { low_quality: 1.., .. } => Some("minimum_quality"),
                Withheld { low_heat: 1.., .. } => Some("minimum_heat"),
                _ => None,
            };
            let remedy = setting.map_or_else(
                || "check that the folder is complete and the clock is right".to_owned(),
                |setting| format!("lower `{setting}` in site.toml ({withheld})"),
            );
            let help = format!("{remedy}; {ALLOW}");
            return vec![
                Diagnostic::new(Code::ContentDisappeared, Location::file("content"), message)
                    .help(help),
            ];
        }
        let mut found: Vec<Diagnostic> = collection.is_empty().then(warning).into_iter().collect();
        if !is_allowed {
            found.extend(of_emptied(&self.emptied, documents));
        }
        if collection.is_empty()
            || is_allowed
            || self.previous_article_count.is_some()
            || skipped.is_empty()
            || !loses_pages()
        {
            return found;
        }
        let of_content =
            skipped.iter().filter(|skipped| skipped.display_path.starts_with("content/"));
        found.extend(
            of_content
                .filter(|skipped| skipped.is_link())
                .map(|skipped| hides(&skipped.display_path, skipped.what(), "some")),
        );
        found
    }
}

/// The error for what is in place of files.
fn hides(display_path: &str, what: &str, hidden: &str) -> Diagnostic {
    let message =
        format!("{what} in place of files, and hides {hidden} that the last build published");
    Diagnostic::new(Code::ContentDisappeared, Location::file(display_path), message)
        .help(format!("put the real files there; {ALLOW}"))
        .with_origin(Origin::Io)
}
