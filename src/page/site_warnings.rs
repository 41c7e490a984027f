//! Warnings about settings that have no effect, or one that may not be intended.

use std::collections::{BTreeMap, HashMap};

use super::menu;
use super::routes::Routes;
use crate::collection::ArticleId;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::source::CONFIG as SITE_TOML;

/// All warnings about the settings of a site.
pub(super) fn site_warnings(routes: Routes<'_>) -> Vec<Diagnostic> {
    let config = routes.config;
    let others = [missing_id(config), base_url_with_path(config), no_amp_pages(routes)];
    menu::missing_targets(routes)
        .chain(others.into_iter().flatten())
        .chain(shared_pictures(routes))
        .chain(shared_excerpts(routes))
        .collect()
}

/// A warning for each picture that too many articles have.
fn shared_pictures(routes: Routes<'_>) -> impl Iterator<Item = Diagnostic> {
    let mut hidden: BTreeMap<&str, (ArticleId, usize)> = BTreeMap::new();
    for id in
        routes.collection.ids().filter(|id| routes.collection.card_details(*id).has_shared_picture)
    {
        if let Some(image) = &routes.collection.summary(id).image {
            hidden.entry(image.location.as_str()).or_insert((id, 0)).1 += 1;
        }
    }
    hidden.into_iter().map(move |(picture, (newest, count))| {
        let all = count + routes.config.shared_picture_limit;
        let message = format!(
            "{count} of the {all} articles with this picture are shown without it: {picture}"
        );
        let file = routes.collection.summary(newest).display_path();
        Diagnostic::new(Code::SharedPicture, Location::file(file), message)
            .at_key("images")
            .help("choose other pictures, or change `shared_picture_limit` in site.toml")
    })
}

/// How many articles may have the same excerpt.
const SHARED_EXCERPT_LIMIT: usize = 5;

/// The number of excerpts with a warning each.
const MAX_SHARED_EXCERPTS: usize = 20;

/// The number of characters of an excerpt that a warning shows.
const SHOWN_LENGTH: usize = 60;

/// A warning for each excerpt that many articles have: it is probably about their provider.
fn shared_excerpts(routes: Routes<'_>) -> Vec<Diagnostic> {
    let collection = routes.collection;
    let mut articles: HashMap<&str, (ArticleId, usize)> = HashMap::new();
    for id in collection.ids().filter(|id| collection.summary(*id).has_written_excerpt) {
        articles.entry(&collection.summary(id).excerpt).or_insert((id, 0)).1 += 1;
    }
    let mut shared: Vec<(ArticleId, usize, &str)> = articles
        .into_iter()
        .filter(|(_, (_, count))| *count > SHARED_EXCERPT_LIMIT)
        .map(|(excerpt, (newest, count))| (newest, count, excerpt))
        .collect();
    shared.sort_by_key(|(newest, ..)| *newest);
    let warning = |newest: ArticleId, message: String| {
        let file = collection.summary(newest).display_path();
        Diagnostic::new(Code::SharedExcerpt, Location::file(file), message)
            .at_key("excerpt")
            .help("say what each article is about, or remove the line")
    };
    let more = shared.get(MAX_SHARED_EXCERPTS).map(|(newest, ..)| {
        let count = shared.len() - MAX_SHARED_EXCERPTS;
        warning(*newest, format!("{count} more excerpts are the same in several articles"))
    });
    let first = shared.iter().take(MAX_SHARED_EXCERPTS);
    let first = first.map(|(newest, count, excerpt)| {
        let mut shown: String = excerpt.chars().take(SHOWN_LENGTH).collect();
        if shown.len() < excerpt.len() {
            shown.push('…');
        }
        warning(*newest, format!("{count} articles have the same excerpt: {shown}"))
    });
    first.chain(more).collect()
}

fn missing_id(config: &Config) -> Option<Diagnostic> {
    let message = "the site has no `id`, so its feeds get new identities if its URL changes";
    let help = "add `id = \"ADDRESS\"`, with the URL at which the site was first published, and never change it";
    let has_feeds = !config.feeds.formats.is_empty();
    (has_feeds && !config.id.is_explicit)
        .then(|| Diagnostic::new(Code::NoSiteId, Location::file(SITE_TOML), message).help(help))
}

/// A warning if the host serves sites only at the root of a domain, and the site's URL has a path.
fn base_url_with_path(config: &Config) -> Option<Diagnostic> {
    let (host, root) = (config.host.kind, config.root());
    let message = format!(
        "`base_url` has the path `{root}`, but {} serves sites only at the root of a domain",
        host.name()
    );
    let is_below = host.supports_rule_files() && root != "/" && !config.preview;
    let help = "remove the path, unless a proxy in front of the host strips it";
    is_below.then(|| {
        Diagnostic::new(Code::PathOnRootHost, Location::file(SITE_TOML), message).help(help)
    })
}

fn no_amp_pages(routes: Routes<'_>) -> Option<Diagnostic> {
    let message = "`[amp]` enables AMP pages, but no article can have one";
    let help = "only articles whose own page is canonical have one: set `article_pages = \"self\"`, or \
        `articlePages: self` in their front matter";
    (routes.config.amp.pages && !routes.has_own_pages()).then(|| {
        Diagnostic::new(Code::NoAmpPages, Location::file(SITE_TOML), message)
            .help(help)
            .changes_output()
    })
}
