//! The optional file of a topic or a provider, which gives its pages a name and an introduction.

use serde::{Deserialize, Serialize};

use super::foreign_keys::{self, ForeignKeys};
use super::image::{Image, Location, address, locate};
use super::publication::{is_of_publication, is_status_of_draft};
use super::{alias, plain, some_text, written};
use crate::address::Address;
use crate::diagnostic::nearest;
use crate::domain::Domain;
use crate::node::{At, Entry, Problem, Problems};
use crate::slug;
use crate::source::{ContentKind, SiteFile};

/// What the file of a topic or a provider says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TermPage {
    /// The file, as diagnostics name it.
    pub shown: String,
    /// The slug of the file's name: which topic it is.
    pub slug: String,
    /// Which provider it is, where the file's name or a key says so: a name without a dot does not.
    pub domain: Option<Domain>,
    /// How pages name it.
    pub name: Option<String>,
    /// One sentence.
    pub description: String,
    /// The slug of the topic that this one is a part of.
    pub parent: Option<String>,
    /// Its place among its likes: lower is earlier, and what has none comes last.
    pub order: Option<i64>,
    /// Its sign.
    pub logo: Option<Image>,
    /// A provider's own site.
    pub website: Option<Address>,
    /// A provider's own feed.
    pub feed: Option<Address>,
    /// Other addresses at which its list was once.
    pub aliases: Vec<Box<str>>,
    /// Markdown.
    pub body: String,
}

/// The range of `order`.
pub(super) const ORDERS: std::ops::RangeInclusive<i64> = -1_000_000..=1_000_000;

const TOPIC_KEYS: [&str; 8] = ["name", "description", "parent", "order", "logo", "url", "feed", "aliases"];
const PROVIDER_KEYS: [&str; 8] = ["name", "domain", "description", "order", "logo", "url", "feed", "aliases"];

pub(super) fn read(
    file: &SiteFile,
    entries: Vec<Entry<'_>>,
    body: &str,
    problems: &mut Problems,
) -> Option<TermPage> {
    let name = file.name();
    if name.is_none() {
        let help = "name the file as the topic or the provider that it is about";
        problems.add(
            Problem::new(At::NOWHERE, "this `index.md` is in no folder of its own that would name it")
                .help(help),
        );
    }
    let is_provider = file.kind() == ContentKind::Provider;
    let mut term = TermPage {
        shown: file.shown(),
        slug: slug::slugify(name.unwrap_or_default()),
        domain: name.filter(|_| is_provider).and_then(Domain::parse),
        name: None,
        description: String::new(),
        parent: None,
        order: None,
        logo: None,
        website: None,
        feed: None,
        aliases: Vec::new(),
        body: body.trim().to_owned(),
    };
    for Entry { key, node, at } in written(entries) {
        match &*key {
            "name" => term.name = problems.keep(some_text(node, &key)),
            "description" => term.description = problems.keep(plain(node, &key))?,
            "domain" if is_provider => {
                term.domain = problems.keep(super::domain(node, &key)).or(term.domain);
            }
            "parent" if !is_provider => {
                term.parent = problems.keep(some_text(node, &key)).map(|name| slug::slugify(&name));
            }
            "order" => term.order = problems.keep(node.integer(&key, ORDERS)),
            "logo" => {
                let location: Option<Location> = problems.keep(locate(node, &key));
                term.logo =
                    location.map(|location| Image { location, width: None, height: None, cached: false });
            }
            "aliases" => term.aliases = alias::read(node, problems),
            "url" => term.website = problems.keep(address(node, &key)),
            "feed" => term.feed = problems.keep(address(node, &key)),
            _ => {
                let known = if is_provider { &PROVIDER_KEYS } else { &TOPIC_KEYS };
                problems.add(unknown_key(&Entry { at, key, node }, known, &foreign_keys::TERM));
            }
        }
    }
    Some(term)
}

/// A warning about a key that means nothing here. Where it would keep a page off the site, the page is published all the same.
pub(super) fn unknown_key(entry: &Entry<'_>, known: &[&str], foreign: &ForeignKeys) -> Problem {
    let key = &*entry.key;
    let problem = Problem::warning(entry.at, format!("`{key}` is not a key of this kind of file"));
    let (own, near) = (foreign.own(key), nearest(key, known.iter().copied()));
    let is_of_publication = is_of_publication(own.or(near).unwrap_or(key)) || is_status_of_draft(entry);
    let problem = if is_of_publication { problem.changes_output() } else { problem };
    match (own, near) {
        (Some(own), _) => problem.help(format!("write `{own}`")),
        (None, Some(name)) => problem.help(format!("did you mean `{name}`?")),
        (None, None) => problem.help(format!("the keys are {}", known.join(", "))),
    }
}
