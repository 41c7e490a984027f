//! An image as front matter names it.

use serde::{Deserialize, Serialize};

use super::{foreign_keys, form, text, written};
use crate::address::{Address, Refused, within_site};
use crate::node::{Entry, Field, Node, Problem, ProblemKind, Problems};

/// A picture and its size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Where it is.
    pub location: Location,
    /// In pixels, if known.
    pub width: Option<u32>,
    /// In pixels, if known.
    pub height: Option<u32>,
    /// Whether the program that wrote the document keeps a copy of it.
    pub cached: bool,
}

/// Where a picture is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Location {
    /// On another site.
    Remote(Address),
    /// In this site's `static/`: its path there, after a `/`, as addresses spell it.
    Own(Box<str>),
}

/// More than this is no size of a picture.
const WIDEST: i64 = 100_000;

/// The list `images`. Items without `url` are problems.
pub(super) fn read_list(node: Node<'_>, problems: &mut Problems) -> Vec<Image> {
    let list = form::list(node, "images", |text| format!("images: [{{url: {}}}]", form::scalar(text)));
    let items = problems.keep(list).unwrap_or_default();
    items.into_iter().filter_map(|item| read(item, problems)).collect()
}

fn read(node: Node<'_>, problems: &mut Problems) -> Option<Image> {
    let at = node.at;
    let map = form::map(node, "images", |text| format!("- url: {}", form::scalar(text)));
    let entries = problems.keep(map)?;
    let (mut location, mut width, mut height, mut cached) = (Field::Missing, None, None, false);
    let mut unknown = Vec::new();
    for Entry { key, node, at } in written(entries) {
        match &*key {
            "url" => location = problems.field(locate(node, &key)),
            "width" => width = problems.keep(node.integer(&key, 0..=WIDEST)),
            "height" => height = problems.keep(node.integer(&key, 0..=WIDEST)),
            "isCached" => cached = problems.keep(node.boolean(&key)).unwrap_or(false),
            _ => unknown.push(Entry { at, key, node }),
        }
    }
    if location.is_missing() {
        let help = match foreign_keys::IMAGE.in_place_of("url", &unknown) {
            Some(key) => foreign_keys::reads(key, "url"),
            None => "add a line `url: ...` to this image".to_owned(),
        };
        let missing = ProblemKind::MissingKey("url".to_owned());
        let problem = Problem::new(at, "an image has no `url`").of_kind(missing);
        problems.add(problem.help(help));
    }
    let size =
        |value: Option<i64>| value.and_then(|value| u32::try_from(value).ok()).filter(|value| *value > 0);
    Some(Image { location: location.given()?, width: size(width), height: size(height), cached })
}

/// An address of the web, or a path that begins with `/` and leads into `static/`. An address by `http` is taken by
/// `https`, because browsers show no other picture on a safe page.
///
/// # Errors
/// When it is neither.
pub fn locate(node: Node<'_>, key: &str) -> Result<Location, Problem> {
    let at = node.at;
    let text = node.text(key)?;
    let text = text::address(text.trim());
    if text.starts_with('/')
        && let Some(path) = within_site(&text)
    {
        return Ok(Location::Own(path.into()));
    }
    Address::parse(&text)
        .map(|address| Location::Remote(address.secure()))
        .map_err(|refused| refusal(&refused, at, key))
}

/// A web address.
///
/// # Errors
/// When it is not absolute, or its scheme is refused.
pub(super) fn address(node: Node<'_>, key: &str) -> Result<Address, Problem> {
    let at = node.at;
    let text = node.text(key)?;
    Address::parse(&text::address(&text)).map_err(|refused| refusal(&refused, at, key))
}

/// Why an address with a user name or password is not published.
pub(super) const CREDENTIALS: &str =
    "addresses must not hold a user name or password, which all readers would see; remove them, and the `@`";

fn refusal(refused: &Refused, at: crate::node::At, key: &str) -> Problem {
    match refused {
        Refused::NotAnAddress => Problem::new(at, format!("`{key}` is not a web address"))
            .label("expected an address such as `https://news.example/story`"),
        Refused::Credentials => Problem::new(at, format!("`{key}` holds a user name or password"))
            .label("expected an address such as `https://news.example/story`")
            .help(CREDENTIALS),
        Refused::Scheme(scheme) => {
            Problem::new(at, format!("`{key}` has the scheme `{scheme}:`, which is refused"))
                .label("expected `https://` or `http://`")
                .help("only addresses of the web can be published")
        }
    }
}
