//! Decides which of the requested redirects a site has: those whose paths are free.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::claims::{Claimant, Claims};
use super::new_lists::new_list_of_articles;
use super::output_file::{
    OutputContent, OutputFile, page_served_as, served_as_page, shared_address,
};
use super::path_conflicts::Refused;
use super::redirect::{self, Redirect, redirect_line};
use super::route::{ListId, ListPage, RedirectTarget, Route, list_key};
use super::routes::Routes;
use super::taken_paths::TakenPaths;
use crate::config::HostKind;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::alias::file_of;
use crate::preflight::REDIRECTS;
use crate::reservations::ReservationIndex;
use crate::slug::folded;

/// The redirects of a site.
pub(super) struct Redirects<'a> {
    /// Sorted by path.
    pub(super) published: Vec<Redirect<'a>>,
    /// The documents of new lists that give way to redirects.
    pub(super) refused_lists: Vec<Refused>,
    /// An error for each alias that cannot be published, and a warning for each without a use.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The redirects of a site whose other files are `files`. If several documents request one path,
/// the first one gets it. New lists that only articles ask for give way to the aliases of pages,
/// topics and providers. `static_files` are the paths of the site's own files.
pub(super) fn redirects<'a>(
    routes: Routes<'a>,
    files: &[OutputFile],
    static_files: &HashSet<Arc<str>>,
    reserved: &ReservationIndex<'_>,
) -> Redirects<'a> {
    let (mut refused_lists, mut diagnostics) = (Vec::new(), Vec::new());
    let requested = redirect::requested(routes, reserved);
    if requested.is_empty() {
        return Redirects { published: Vec::new(), refused_lists, diagnostics };
    }
    let mut taken = TakenPaths::default();
    for file in files {
        taken.add(&file.path, PathOwner::File(file));
    }
    let claims = Claims::new(routes, &[]);
    let mut redirects: BTreeMap<String, Redirect<'a>> = BTreeMap::new();
    for redirect in requested {
        let path = file_of(redirect.from);
        let owner = find_conflict(&taken, &redirect, &path);
        if let Some(PathOwner::File(file)) = owner
            && folded(&file.path) == folded(&path)
            && is_page_of(file, &redirect)
        {
            if !redirect.is_of_story {
                diagnostics.push(own_alias(&redirect));
            }
            continue;
        }
        if let Some(PathOwner::File(file)) = owner
            && !redirect.is_of_article()
            && let Some(list) = new_list_of_articles(claims, file, reserved)
        {
            refused_lists.extend(refused_list(claims, list, file, &redirect));
            continue;
        }
        let error = owner
            .map(|owner| alias_conflict(&redirect, owner.source(claims, &redirect)))
            .or_else(|| line_too_long(routes, &redirect));
        if let Some(error) = error {
            // Nobody wrote the redirect of a story, so that nobody could change it.
            diagnostics.extend(Some(error).filter(|_| !redirect.is_of_story));
            continue;
        }
        taken.add(&path, PathOwner::Document(redirect.display_path.clone()));
        redirects.insert(folded(&path).into_owned(), redirect);
    }
    let host = routes.config.host.kind;
    if host.supports_rule_files() && static_files.contains(REDIRECTS) && !redirects.is_empty() {
        diagnostics.push(redirects_overridden(host, redirects.len()));
    }
    Redirects { published: redirects.into_values().collect(), refused_lists, diagnostics }
}

/// An error for each document that asks for a list at the path of an alias.
fn refused_list(
    claims: Claims<'_>,
    list: ListId,
    file: &OutputFile,
    redirect: &Redirect<'_>,
) -> Vec<Refused> {
    let (kind, _) = list_key(list);
    let name = claims.routes.term(list).map_or("", |term| &term.name);
    let Redirect { from, display_path, .. } = redirect;
    let path = file_of(from);
    let what = if page_served_as(&path).is_some_and(|page| folded(&page) == folded(&file.path)) {
        shared_address(&file.path, &path)
    } else {
        format!("the output path {path}")
    };
    let refused = |(document, key): (String, Option<&'static str>)| {
        let message = format!(
            "the {kind} `{name}` of {document} and the alias `/{from}/` of {display_path} both need {what}"
        );
        let error = Diagnostic::new(Code::AliasConflict, Location::file(document), message)
            .other(Location::file(display_path), "needs the same path")
            .help(format!("choose another {kind}, or remove the alias"));
        // The document of the alias may be left out, too.
        Refused { error: Diagnostic { key, ..error }, is_sure: false }
    };
    claims.causes(Claimant::List(list)).into_iter().map(refused).collect()
}

/// What has a path.
enum PathOwner<'f> {
    File(&'f OutputFile),
    /// A document that requested a redirect from there.
    Document(String),
}

impl PathOwner<'_> {
    /// Whether a redirect leads to the document that has the path, or is requested by it.
    fn is_target_of(&self, redirect: &Redirect<'_>) -> bool {
        match self {
            Self::File(file) => is_page_of(file, redirect),
            Self::Document(display_path) => *display_path == redirect.display_path,
        }
    }

    /// The source, as diagnostics about a redirect name it: for a list the first document that asks
    /// for it, except for the one that redirects.
    fn source(&self, claims: Claims<'_>, redirect: &Redirect<'_>) -> String {
        match self {
            Self::File(file) => {
                let list = Some(claims.claimant(file)).filter(|of| matches!(of, Claimant::List(_)));
                let documents = list.map_or_else(Vec::new, |list| claims.causes(list)).into_iter();
                let mut others = documents.filter(|(path, _)| *path != redirect.display_path);
                others.next().map_or_else(|| claims.source(file), |(document, _)| document)
            }
            Self::Document(display_path) => display_path.clone(),
        }
    }
}

/// Whether a file is the page to which a redirect leads.
fn is_page_of(file: &OutputFile, redirect: &Redirect<'_>) -> bool {
    let OutputContent::Page(route) = &file.content else { return false };
    match (redirect.to, *route) {
        (RedirectTarget::Article(id), Route::Article(of) | Route::Amp(of)) => id == of,
        (RedirectTarget::List(list), Route::List(ListPage { of, .. })) => list == of,
        (RedirectTarget::Page(index), Route::Page(of)) => index == of,
        (RedirectTarget::Story(story), Route::Story(of)) => story == of,
        _ => false,
    }
}

/// What has the path of a redirect. Many hosts serve `NAME.html` at the address of the page
/// `NAME/index.html`, so these two must not lead to different documents.
fn find_conflict<'t, 'f>(
    taken: &'t TakenPaths<PathOwner<'f>>,
    redirect: &Redirect<'_>,
    path: &str,
) -> Option<&'t PathOwner<'f>> {
    let conflict = taken.conflict(path).or_else(|| taken.conflict(&shadowed_page(path)?));
    conflict.map(|(_, owner)| owner).or_else(|| {
        let path = served_as_page(path).or_else(|| page_served_as(path))?;
        let (_, owner) = taken.file(&path)?;
        Some(owner).filter(|owner| !owner.is_target_of(redirect))
    })
}

/// The page that some servers would no longer show for a folder because they show a file of this
/// path.
fn shadowed_page(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_shown =
        ["index.htm", "default.htm"].iter().any(|other| name.eq_ignore_ascii_case(other));
    is_shown.then(|| if folder.is_empty() { INDEX.to_owned() } else { format!("{folder}/{INDEX}") })
}

const INDEX: &str = "index.html";

/// An error if the host does not accept a line as long as the redirect needs.
fn line_too_long(routes: Routes<'_>, redirect: &Redirect<'_>) -> Option<Diagnostic> {
    let host = routes.config.host;
    let limit = host
        .limits()
        .redirect_line
        .filter(|_| host.kind.supports_rule_files() && !routes.config.preview)?;
    let length = |(from, to): (String, String)| redirect_line(&from, &to).chars().count();
    let longest = redirect.lines(routes).into_iter().map(length).max()?;
    let message = format!(
        "the alias `/{}/` needs a line of {longest} characters in `{REDIRECTS}` ({} allows {limit})",
        redirect.from,
        host.kind.name()
    );
    (longest > limit).then(|| {
        Diagnostic::new(Code::AliasConflict, Location::file(redirect.display_path.clone()), message)
            .at_key("aliases")
            .help("remove it, or give the page a shorter URL")
    })
}

fn own_alias(redirect: &Redirect<'_>) -> Diagnostic {
    let message = format!("the alias `/{}/` is the address of this document itself", redirect.from);
    Diagnostic::new(Code::AliasOfItself, Location::file(redirect.display_path.clone()), message)
        .at_key("aliases")
        .help("remove it")
}

fn alias_conflict(redirect: &Redirect<'_>, owner: String) -> Diagnostic {
    let message = format!("the alias `/{}/` is already in use", redirect.from);
    Diagnostic::new(Code::AliasConflict, Location::file(redirect.display_path.clone()), message)
        .at_key("aliases")
        .other(Location::file(owner), "uses the same path")
        .help("remove it from one of the two")
}

fn redirects_overridden(host: HostKind, count: usize) -> Diagnostic {
    let message = format!(
        "this file overrides the {count} redirects from `aliases`, so {} does not see them",
        host.name()
    );
    Diagnostic::new(
        Code::OverriddenRedirects,
        Location::file(format!("static/{REDIRECTS}")),
        message,
    )
    .help("move its lines to `aliases`, or the aliases into it")
    .changes_output()
}
