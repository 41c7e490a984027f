//! Decides which of the requested redirects a site has: those whose paths are free.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::claims::Claims;
use super::output_file::OutputFile;
use super::redirect::{self, Redirect, redirect_line};
use super::routes::Routes;
use super::taken_paths::TakenPaths;
use crate::config::HostKind;
use crate::diagnostic::{Diagnostic, Location};
use crate::document::alias::file_of;
use crate::preflight::REDIRECTS;
use crate::slug::folded;

/// The redirects of a site whose other files are `files`, sorted by path, and an error for each
/// document with an alias that cannot be published. If several documents request one path, the
/// first one gets it. `static_files` are the paths of the site's own files.
pub(super) fn redirects<'a>(
    routes: Routes<'a>,
    files: &[OutputFile],
    static_files: &HashSet<Arc<str>>,
) -> (Vec<Redirect<'a>>, Vec<Diagnostic>) {
    let requested = redirect::requested(routes);
    if requested.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut taken = TakenPaths::default();
    for file in files {
        taken.add(&file.path, PathOwner::File(file));
    }
    let claims = Claims::new(routes, &[]);
    let mut redirects: BTreeMap<String, Redirect<'a>> = BTreeMap::new();
    // Each document gets one error at most.
    let mut rejected: BTreeMap<String, Diagnostic> = BTreeMap::new();
    for redirect in requested {
        let path = file_of(redirect.from);
        let error = find_conflict(&taken, &path)
            .map(|owner| alias_conflict(&redirect, owner.source(claims)))
            .or_else(|| line_too_long(routes, &redirect));
        if let Some(error) = error {
            rejected.entry(redirect.display_path.clone()).or_insert(error);
            continue;
        }
        taken.add(&path, PathOwner::Document(redirect.display_path.clone()));
        redirects.insert(folded(&path).into_owned(), redirect);
    }
    let mut diagnostics: Vec<Diagnostic> = rejected.into_values().collect();
    let host = routes.config.host.kind;
    if host.supports_rule_files() && static_files.contains(REDIRECTS) && !redirects.is_empty() {
        diagnostics.push(redirects_overridden(host, redirects.len()));
    }
    (redirects.into_values().collect(), diagnostics)
}

/// What has a path.
enum PathOwner<'f> {
    File(&'f OutputFile),
    /// A document that requested a redirect from there.
    Document(String),
}

impl PathOwner<'_> {
    /// The source, as diagnostics name it.
    fn source(&self, claims: Claims<'_>) -> String {
        match self {
            Self::File(file) => claims.source(file),
            Self::Document(display_path) => display_path.clone(),
        }
    }
}

fn find_conflict<'t, 'f>(taken: &'t TakenPaths<PathOwner<'f>>, path: &str) -> Option<&'t PathOwner<'f>> {
    let conflict = taken.conflict(path).or_else(|| taken.conflict(&shadowed_page(path)?));
    conflict.map(|(_, owner)| owner)
}

/// The page that some servers would no longer show for a folder because they show a file of this
/// path.
fn shadowed_page(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_shown = ["index.htm", "default.htm"].iter().any(|other| name.eq_ignore_ascii_case(other));
    is_shown.then(|| if folder.is_empty() { INDEX.to_owned() } else { format!("{folder}/{INDEX}") })
}

const INDEX: &str = "index.html";

/// An error if the host does not accept a line as long as the redirect needs.
fn line_too_long(routes: Routes<'_>, redirect: &Redirect<'_>) -> Option<Diagnostic> {
    let host = routes.config.host;
    let limit =
        host.limits().redirect_line.filter(|_| host.kind.supports_rule_files() && !routes.config.preview)?;
    let length = |(from, to): (String, String)| redirect_line(&from, &to).chars().count();
    let longest = redirect.lines(routes).into_iter().map(length).max()?;
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

fn alias_conflict(redirect: &Redirect<'_>, owner: String) -> Diagnostic {
    let message = format!("the alias `/{}/` is already in use", redirect.from);
    Diagnostic::error(Location::file(redirect.display_path.clone()), message)
        .at_key("aliases")
        .other(Location::file(owner), "uses the same path")
        .help("remove it from one of the two")
}

fn redirects_overridden(host: HostKind, count: usize) -> Diagnostic {
    let message = format!(
        "this file overrides the {count} redirects from `aliases`, so {} does not see them",
        host.name()
    );
    Diagnostic::warning(Location::file(format!("static/{REDIRECTS}")), message)
        .help("move its lines to `aliases`, or the aliases into it")
        .changes_output()
}
