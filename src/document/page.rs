//! Pages outside all lists: About, Contact, Privacy.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::draft::{PublicationDate, PublishStatus, empty_publication_dates, foreign_publication};
use super::keys::{self, ORDERS};
use super::term::unknown_key;
use super::values::{non_empty, plain, required_text};
use super::{alias, compat_keys};
use crate::config::RESERVED_URL_PREFIXES;
use crate::diagnostic::Code;
use crate::node::{Field, MapEntry, Problem, Problems, SourcePos};
use crate::slug::Slugs;
use crate::source::{SiteFile, is_index, stem};

/// A page of `content/pages/`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page {
    /// The display path.
    pub display_path: String,
    /// The path below the site's root, without leading and trailing slashes: `about`, `about/team`.
    pub address: String,
    /// The title; not empty.
    pub title: String,
    /// The description for search engines.
    pub description: String,
    /// Whether the site publishes the page.
    pub published: bool,
    /// The sort order among pages: lower is earlier, and pages without one are last.
    pub order: Option<i64>,
    /// Former URLs.
    pub aliases: Vec<Box<str>>,
    /// The body in Markdown.
    pub body: String,
}

pub(super) fn parse(
    file: &SiteFile,
    entries: Vec<MapEntry<'_>>,
    body: &str,
    slugs: Slugs,
    problems: &mut Problems,
) -> Option<Page> {
    let (mut title, mut description, mut order, mut publication) =
        (Field::Missing, None, None, PublishStatus::default());
    let (mut aliases, mut unknown) = (Vec::new(), Vec::new());
    empty_publication_dates(&entries, problems);
    let own_date = PublicationDate { at: None, zone: Tz::UTC };
    for MapEntry { key, node, at } in non_empty(entries) {
        match &*key {
            "title" => title = problems.field(required_text(node, &key)),
            "description" => description = problems.keep(plain(node, &key)),
            "published" | "draft" => publication.read(&node, &key, problems),
            "aliases" => aliases = alias::parse(node, problems),
            "order" => order = problems.keep(node.integer(&key, ORDERS)),
            _ => {
                let entry = MapEntry { at, key, node };
                problems.add(match foreign_publication(&entry, own_date) {
                    Some((problem, help)) => problem.help(help),
                    None => unknown_key(&entry, &keys::PAGE, &compat_keys::PAGE),
                });
                unknown.push(entry);
            }
        }
    }
    let title = compat_keys::PAGE.require(title, "title", &unknown, problems);
    let address = address(file, slugs);
    if address.is_empty() || RESERVED_URL_PREFIXES.contains(&address.as_str()) {
        let message = format!("/{address} is reserved for the site's own lists");
        problems.add(
            Problem::new(Code::ReservedAddress, SourcePos::UNKNOWN, message)
                .help("rename the file"),
        );
    }
    Some(Page {
        display_path: file.display_path(),
        address,
        title: title?,
        description: description.unwrap_or_default(),
        published: publication.is_published(&file.path, problems),
        order,
        aliases,
        body: body.to_owned(),
    })
}

/// The path of `pages/about/team.md` and `pages/about/team/index.md` is `about/team`.
fn address(file: &SiteFile, slugs: Slugs) -> String {
    let below = file.path.strip_prefix("pages/").unwrap_or(&file.path);
    let (folders, file_name) = below.rsplit_once('/').unwrap_or(("", below));
    let named_by_file = (!is_index(file_name)).then(|| stem(file_name));
    let parts = folders.split('/').filter(|part| !part.is_empty()).chain(named_by_file);
    let parts: Vec<String> = parts.map(|part| slugs.slugify(part)).collect();
    parts.join("/")
}
