//! The optional file of a topic or a provider, which gives its pages a name and an introduction.

use serde::{Deserialize, Serialize};

use super::alias;
use super::image::{Image, Location, address, locate};
use super::{plain, some_text, written};
use crate::address::Address;
use crate::node::{Entry, Problem, Problems};
use crate::slug;
use crate::source::{ContentKind, SiteFile};

/// What the file of a topic or a provider says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TermPage {
    /// The file, as diagnostics name it.
    pub shown: String,
    /// The name of the file: which topic or provider it is.
    pub slug: String,
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

const KEYS: [&str; 8] = ["name", "description", "parent", "order", "logo", "url", "feed", "aliases"];

pub(super) fn read(
    file: &SiteFile,
    entries: Vec<Entry<'_>>,
    body: &str,
    problems: &mut Problems,
) -> Option<TermPage> {
    let mut term = TermPage {
        shown: file.shown(),
        slug: slug::slugify(file.stem()),
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
            "parent" if file.kind() == ContentKind::Topic => {
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
            _ => problems.add(unknown_key(&key, at, &KEYS)),
        }
    }
    Some(term)
}

/// A warning about a key that means nothing here.
pub(super) fn unknown_key(key: &str, at: crate::node::At, known: &[&str]) -> Problem {
    let problem = Problem::warning(at, format!("`{key}` is not a key of this kind of file"));
    match crate::diagnostic::nearest(key, known.iter().copied()) {
        Some(name) => problem.help(format!("did you mean `{name}`?")),
        None => problem.help(format!("the keys are {}", known.join(", "))),
    }
}
