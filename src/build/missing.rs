//! Documents that the last build published and that are not there now, though nobody seems to have taken them out: they are
//! hidden by a link, or all of them are gone. An unattended build must not empty the site for that.

use super::Options;
use super::ground::Ground;
use super::shelf::Shelf;
use crate::collection::{Collection, Withheld};
use crate::diagnostic::{Cause, Diagnostic, Place};
use crate::page::Plan;
use crate::publish::Glance;
use crate::source::Skipped;
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

/// What there is to say of a site without articles; an error where the last build published some that nobody has withdrawn.
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
    if collection.is_empty() {
        let is_error = !is_allowed && !shelf.is_withdrawn() && loses_articles();
        let message = "no article is left of those that the last build published";
        return vec![if is_error {
            Diagnostic::error(Place::file("content"), message)
                .help(format!("look whether the folder is complete, and the clock right; {ALLOW}"))
        } else {
            warning()
        }];
    }
    if is_allowed || ground.last_articles.is_some() || ground.skipped.is_empty() || !loses_pages() {
        return Vec::new();
    }
    let of_content = ground.skipped.iter().filter(|skipped| skipped.shown.starts_with("content/"));
    of_content.filter(|skipped| skipped.is_link()).map(|skipped| hides(skipped, "some that")).collect()
}

fn hides(skipped: &Skipped, what: &str) -> Diagnostic {
    let message = format!("{} in place of files, and hides {what} the last build published", skipped.what());
    Diagnostic::error(Place::file(&skipped.shown), message)
        .help(format!("put the files themselves there; {ALLOW}"))
        .caused_by(Cause::Machine)
}
