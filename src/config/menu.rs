//! The keys `nav`, `menu` and `footer_menu`: the links in the header and the footer of every page.

use super::keys::MENU;
use super::values::{required_text, unknown_key};
use url::Url;

use crate::diagnostic::{Code, Location};
use crate::domain::Domain;
use crate::http_url::{HttpUrl, site_relative_url};
use crate::node::{MapEntry, Node, Problem, Problems, SourcePos, Value};
use crate::slug::Slugs;

/// A link of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuEntry {
    /// The key of `site.toml` that the entry belongs to.
    pub key: &'static str,
    pub target: MenuTarget,
    /// The target as it is written in `site.toml`.
    pub name: String,
    /// The slug of a topic or category, the domain of a provider, the address of a page, or a URL.
    /// The URL of a page of this site is below its root and begins with `/`.
    pub identity: String,
    /// The text of the link, if it is not the target's name.
    pub label: Option<String>,
    /// The location of the target in `site.toml`.
    pub location: Location,
}

impl MenuEntry {
    /// The entry with the identity of its target, which depends on how the site makes slugs.
    pub(super) fn with_slug(self, slugs: Slugs) -> Self {
        let identity = match self.target {
            MenuTarget::Topic | MenuTarget::Category => slugs.slugify(&self.name),
            MenuTarget::Page => address(&self.name, slugs),
            MenuTarget::Provider | MenuTarget::Url => self.identity,
        };
        Self { identity, ..self }
    }

    /// Whether the text of the link is not a name of its target.
    pub fn has_own_label(&self) -> bool {
        self.label.is_some() && self.key != "nav"
    }
}

/// What a link of a menu leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MenuTarget {
    Topic,
    Category,
    Provider,
    Page,
    Url,
}

impl MenuTarget {
    /// The key of an entry that names the target.
    pub fn key(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Category => "category",
            Self::Provider => "provider",
            Self::Page => "page",
            Self::Url => "url",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        [Self::Topic, Self::Category, Self::Provider, Self::Page, Self::Url]
            .into_iter()
            .find(|target| target.key() == key)
    }
}

/// The topics of `nav`.
pub(super) fn nav(
    node: Node<'_>,
    locate: &impl Fn(SourcePos) -> Location,
    problems: &mut Problems,
) -> Vec<MenuEntry> {
    let items = problems.keep(node.list("nav")).unwrap_or_default().into_iter();
    let topic = |item: Node<'_>| {
        let location = locate(item.at);
        let name = problems.keep(required_text(item, "nav"))?;
        Some(MenuEntry {
            key: "nav",
            target: MenuTarget::Topic,
            identity: name.clone(),
            label: Some(name.clone()),
            name,
            location,
        })
    };
    items.filter_map(topic).collect()
}

/// The entries of `menu` or `footer_menu`.
pub(super) fn parse(
    node: Node<'_>,
    key: &'static str,
    locate: &impl Fn(SourcePos) -> Location,
    problems: &mut Problems,
) -> Vec<MenuEntry> {
    let list = node.list(key).map_err(|problem| {
        problem.help(format!("write `[[{key}]]` above each entry, with two brackets"))
    });
    let items = problems.keep(list).unwrap_or_default().into_iter();
    items.filter_map(|item| entry(item, key, locate, problems)).collect()
}

fn entry(
    node: Node<'_>,
    key: &'static str,
    locate: &impl Fn(SourcePos) -> Location,
    problems: &mut Problems,
) -> Option<MenuEntry> {
    let at = node.at;
    let (mut label, mut targets, mut has_label, mut has_unknown) = (None, Vec::new(), false, false);
    let example = match &node.value {
        Value::Text(name) => name.to_string(),
        _ => "NAME".to_owned(),
    };
    let entries = node.map(key).map_err(|problem| {
        problem.help(format!(
            "write each entry as a table: a line `[[{key}]]`, and a line such as `topic = \"{example}\"` below it"
        ))
    });
    for entry in problems.keep(entries)? {
        if entry.key == "label" {
            has_label = true;
            label = problems.keep(required_text(entry.node, "label"));
        } else if let Some(target) = MenuTarget::from_key(&entry.key) {
            targets.push((target, entry));
        } else {
            has_unknown = true;
            problems.add(unknown_key(&entry, &format!("[{key}]"), &MENU));
        }
    }
    if let [(first, _), (second, MapEntry { at, .. }), ..] = &targets[..] {
        let (first, second) = (first.key(), second.key());
        let message = format!("an entry of `{key}` has both `{first}` and `{second}`");
        problems.add(
            Problem::new(Code::ConflictingSettings, *at, message).help("write one entry for each"),
        );
        return None;
    }
    let Some((target, MapEntry { node, .. })) = targets.pop() else {
        if !has_unknown {
            let message = format!("an entry of `{key}` has no target");
            let help = "add `topic`, `category`, `provider`, `page` or `url`";
            problems.add(Problem::new(Code::InvalidMenuEntry, at, message).help(help));
        }
        return None;
    };
    if target == MenuTarget::Url && !has_label {
        let message = format!("an entry of `{key}` with a `url` has no `label`");
        problems.add(
            Problem::new(Code::InvalidMenuEntry, node.at, message)
                .help("add the text of the link as `label`"),
        );
    }
    let location = locate(node.at);
    let (name, identity) = problems.keep(identify(target, node))?;
    Some(MenuEntry { key, target, name, identity, label, location })
}

/// A target as it is written, and its identity.
fn identify(target: MenuTarget, node: Node<'_>) -> Result<(String, String), Problem> {
    let at = node.at;
    let name = required_text(node, target.key())?;
    let identity = match target {
        MenuTarget::Topic | MenuTarget::Category | MenuTarget::Page => name.clone(),
        MenuTarget::Provider => Domain::parse(&name).map(|domain| domain.as_str().to_owned()).ok_or_else(
            || {
                Problem::new(Code::InvalidDomain, at, format!("`{name}` is not the domain of a provider"))
                    .label("expected one such as `harbourpost.example`")
            },
        )?,
        MenuTarget::Url => url(&name).ok_or_else(|| {
            Problem::new(Code::InvalidUrl, at, "`url` is not a URL")
                .label("expected one such as `https://shop.example/` or `mailto:desk@news.example`, or the path of a page of this site, such as `/topics/`")
        })?,
    };
    Ok((name, identity))
}

/// The address of a page of `content/pages/` by its file or its URL.
fn address(name: &str, slugs: Slugs) -> String {
    let name = name.strip_suffix(".md").unwrap_or(name);
    let parts = name.split('/').filter(|part| !part.is_empty()).map(|part| slugs.slugify(part));
    parts.collect::<Vec<String>>().join("/")
}

/// The URL of another site, of mail or a telephone, or a path below the root of this site.
fn url(text: &str) -> Option<String> {
    match HttpUrl::parse(text) {
        Ok(url) => Some(url.as_str().to_owned()),
        Err(_) if text.starts_with('/') => site_relative_url(text),
        Err(_) => contact_url(text),
    }
}

/// A `mailto:` or `tel:` URL (RFC 6068, RFC 3966).
fn contact_url(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once(':')?;
    let is_valid = match scheme {
        "mailto" => {
            let address = rest.split('?').next().unwrap_or(rest).split_once('@');
            address.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        }
        "tel" => {
            let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '(' | ')');
            let number = rest.strip_prefix('+').unwrap_or(rest);
            number.contains(|c: char| c.is_ascii_digit()) && number.chars().all(is_part)
        }
        _ => false,
    };
    Url::parse(text).ok().filter(|_| is_valid).map(String::from)
}
