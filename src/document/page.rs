//! A page that stands by itself, in no list: About, Contact, Privacy.

use serde::{Deserialize, Serialize};

use super::publication::{Publication, foreign_publication};
use super::term::{ORDERS, unknown_key};
use super::{alias, foreign_keys, plain, some_text, written};
use crate::config::RESERVED_ADDRESSES;
use crate::node::{At, Entry, Field, Problem, Problems};
use crate::slug;
use crate::source::{SiteFile, is_index, stem};

/// A page of `content/pages/`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StandingPage {
    /// The file, as diagnostics name it.
    pub shown: String,
    /// Its address below the site's root, without slashes at its ends: `about`, `about/team`.
    pub address: String,
    /// Not empty.
    pub title: String,
    /// One sentence, for search engines.
    pub description: String,
    /// Whether this site publishes it.
    pub published: bool,
    /// Its place among the pages: lower is earlier, and what has none comes last.
    pub order: Option<i64>,
    /// Other addresses at which it was once.
    pub aliases: Vec<Box<str>>,
    /// Markdown.
    pub body: String,
}

const KEYS: [&str; 6] = ["title", "description", "order", "published", "draft", "aliases"];

pub(super) fn read(
    file: &SiteFile,
    entries: Vec<Entry<'_>>,
    body: &str,
    problems: &mut Problems,
) -> Option<StandingPage> {
    let (mut title, mut description, mut order, mut publication) =
        (Field::Missing, None, None, Publication::default());
    let (mut aliases, mut unknown) = (Vec::new(), Vec::new());
    for Entry { key, node, at } in written(entries) {
        match &*key {
            "title" => title = problems.field(some_text(node, &key)),
            "description" => description = problems.keep(plain(node, &key)),
            "published" | "draft" => publication.read(&node, &key, problems),
            "aliases" => aliases = alias::read(node, problems),
            "order" => order = problems.keep(node.integer(&key, ORDERS)),
            _ => {
                let entry = Entry { at, key, node };
                problems.add(match foreign_publication(&entry) {
                    Some((problem, help)) => problem.help(help),
                    None => unknown_key(&entry, &KEYS, &foreign_keys::PAGE),
                });
                unknown.push(entry);
            }
        }
    }
    let title = foreign_keys::PAGE.require(title, "title", &unknown, problems);
    let address = address(file);
    if address.is_empty() || RESERVED_ADDRESSES.contains(&address.as_str()) {
        let message = format!("the address /{address} belongs to the site's own lists");
        problems.add(Problem::new(At::NOWHERE, message).help("rename the file"));
    }
    Some(StandingPage {
        shown: file.shown(),
        address,
        title: title?,
        description: description.unwrap_or_default(),
        published: publication.is_published(problems),
        order,
        aliases,
        body: body.trim().to_owned(),
    })
}

/// `pages/about/team.md` is at `about/team`, and so is `pages/about/team/index.md`.
fn address(file: &SiteFile) -> String {
    let below = file.path.strip_prefix("pages/").unwrap_or(&file.path);
    let (folders, file_name) = below.rsplit_once('/').unwrap_or(("", below));
    let named_by_file = (!is_index(file_name)).then(|| stem(file_name));
    let parts = folders.split('/').filter(|part| !part.is_empty()).chain(named_by_file);
    let parts: Vec<String> = parts.map(slug::slugify).collect();
    parts.join("/")
}
