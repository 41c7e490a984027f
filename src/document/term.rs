//! The optional file of a topic or provider, with a name and an introduction.

use serde::{Deserialize, Serialize};

use super::alias;
use super::compat_keys::{self, CompatKeys};
use super::draft::{hides_document, is_foreign_publish_key, is_publish_key, misspelled_key};
use super::image::{Image, ImageLocation, http_url, locate};
use super::keys::{self, ORDERS};
use super::values::{domain, non_empty, plain, required_text};
use crate::diagnostic::{Code, closest_match};
use crate::domain::Domain;
use crate::http_url::HttpUrl;
use crate::key::Keys;
use crate::language;
use crate::node::{MapEntry, Problem, Problems, SourcePos};
use crate::slug::Slugs;
use crate::source::{ContentKind, SiteFile};

/// The file of a topic or provider.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TermPage {
    /// The display path.
    pub display_path: String,
    /// The slug of the file name, which identifies a topic.
    pub slug: String,
    /// The provider's domain, from the file name or a key; a name without a dot is none.
    pub domain: Option<Domain>,
    /// The display name.
    pub name: Option<String>,
    /// The description.
    pub description: String,
    /// The slug of the parent topic.
    pub parent: Option<String>,
    /// The sort order among siblings: lower is earlier, and terms without one are last.
    pub order: Option<i64>,
    /// The logo.
    pub logo: Option<Image>,
    /// The language of a topic's name, or of a provider's articles where they have no other: a tag
    /// (BCP 47).
    pub language: Option<String>,
    /// A provider's website.
    pub website: Option<HttpUrl>,
    /// A provider's feed.
    pub feed: Option<HttpUrl>,
    /// Former URLs of the list.
    pub aliases: Vec<Box<str>>,
    /// The introduction in Markdown.
    pub body: String,
}

pub(super) fn parse(
    file: &SiteFile,
    entries: Vec<MapEntry<'_>>,
    body: &str,
    slugs: Slugs,
    problems: &mut Problems,
) -> Option<TermPage> {
    let name = file.name();
    if name.is_none() {
        let help = "name the file after its topic or provider";
        problems.add(
            Problem::new(
                Code::UnnamedIndex,
                SourcePos::UNKNOWN,
                "this `index.md` has no folder of its own to name it",
            )
            .help(help),
        );
    }
    let is_provider = file.kind() == ContentKind::Provider;
    let mut term = TermPage {
        display_path: file.display_path(),
        slug: slugs.slugify(name.unwrap_or_default()),
        domain: name.filter(|_| is_provider).and_then(Domain::parse),
        name: None,
        description: String::new(),
        parent: None,
        order: None,
        logo: None,
        language: None,
        website: None,
        feed: None,
        aliases: Vec::new(),
        body: body.to_owned(),
    };
    for MapEntry { key, node, at } in non_empty(entries) {
        match &*key {
            "name" => term.name = problems.keep(required_text(node, &key)),
            "description" => term.description = problems.keep(plain(node, &key))?,
            "domain" if is_provider => {
                term.domain = problems.keep(domain(node, &key)).or(term.domain);
            }
            "parent" if !is_provider => {
                term.parent =
                    problems.keep(required_text(node, &key)).map(|name| slugs.slugify(&name));
            }
            "order" => term.order = problems.keep(node.integer(&key, ORDERS)),
            "logo" => {
                let location: Option<ImageLocation> = problems.keep(locate(node, &key));
                term.logo = location.map(|location| Image {
                    location,
                    width: None,
                    height: None,
                    cached: false,
                });
            }
            "language" => {
                term.language = problems.keep(language::parse(node, &key));
            }
            "aliases" => term.aliases = alias::parse(node, problems),
            "url" => term.website = http_url(node, &key, problems),
            "feed" => term.feed = http_url(node, &key, problems),
            _ => {
                let known = if is_provider { keys::PROVIDER } else { keys::TOPIC };
                problems.add(unknown_key(&MapEntry { at, key, node }, &known, &compat_keys::TERM));
            }
        }
    }
    Some(term)
}

/// Warns of a key without a meaning here, and of one that would unpublish a page elsewhere.
pub(super) fn unknown_key(entry: &MapEntry<'_>, known: &Keys, foreign: &CompatKeys) -> Problem {
    let key = &*entry.key;
    let near = closest_match(key, known.names()).filter(|_| !is_foreign_publish_key(key));
    let own = foreign.own(key);
    let problem = misspelled_key(entry, own.or(near));
    let is_publish_key = is_publish_key(own.or(near).unwrap_or(key)) || hides_document(entry);
    let problem = if is_publish_key { problem.changes_output() } else { problem };
    match (own, near) {
        (Some(own), _) => problem.help(format!("write `{own}`")),
        (None, Some(name)) => problem.did_you_mean(key, name),
        (None, None) => {
            let names: Vec<&str> = known.names().collect();
            problem.help(format!("valid keys are {}", names.join(", ")))
        }
    }
}
