//! Images in front matter.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::keys::DIMENSION;
use super::nested_keys::OF_IMAGE;
use super::values::non_empty;
use super::{compat_keys, text, yaml_hints};
use crate::diagnostic::{Code, closest_match};
use crate::domain::Domain;
use crate::http_url::{HttpUrl, UrlError, holds_credentials, site_relative_url};
use crate::node::{Field, MapEntry, Node, Problem, ProblemKind, Problems};

/// An image and its size.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Image {
    pub location: ImageLocation,
    /// Width in pixels, if known.
    pub width: Option<u32>,
    /// Height in pixels, if known.
    pub height: Option<u32>,
    /// Whether the program that wrote the document keeps a copy.
    pub cached: bool,
}

/// The location of an image.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ImageLocation {
    /// On another site.
    Remote(HttpUrl),
    /// In this site's `static/`: its encoded path there, with a leading `/`.
    Local(Box<str>),
}

impl ImageLocation {
    /// The URL, or the path.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Remote(url) => url.as_str(),
            Self::Local(path) => path,
        }
    }
}

impl Image {
    /// The path in `static/` of an image of this site.
    pub fn static_path(&self) -> Option<Cow<'_, str>> {
        let ImageLocation::Local(url) = &self.location else { return None };
        path_in_static(url.trim_start_matches('/'))
    }
}

/// The path in `static/` of the file at an encoded URL below the site's root.
pub fn path_in_static(url: &str) -> Option<Cow<'_, str>> {
    let path = url.split(['?', '#']).next().expect("a split has a first part");
    percent_decode_str(path).decode_utf8().ok()
}

/// Reads the list `images`. Items without `url` are problems.
pub(super) fn read_list(node: Node<'_>, problems: &mut Problems) -> Vec<Image> {
    let list = yaml_hints::list(node, "images", |text| {
        format!("images: [{{url: {}}}]", yaml_hints::scalar(text))
    });
    let items = problems.keep(list).unwrap_or_default();
    items.into_iter().filter_map(|item| read(item, problems)).collect()
}

fn read(node: Node<'_>, problems: &mut Problems) -> Option<Image> {
    let at = node.at;
    let map =
        yaml_hints::item(node, "images", |text| format!("- url: {}", yaml_hints::scalar(text)));
    let entries: Vec<_> = non_empty(problems.keep(map)?).collect();
    OF_IMAGE.check(&entries, problems);
    let (mut location, mut width, mut height, mut cached) = (Field::Missing, None, None, false);
    let mut unknown = Vec::new();
    for MapEntry { key, node, at } in entries {
        match &*key {
            "url" => location = problems.field(locate(node, &key)),
            "width" => width = problems.keep(node.integer(&key, DIMENSION)),
            "height" => height = problems.keep(node.integer(&key, DIMENSION)),
            "isCached" => cached = problems.keep(node.boolean(&key)).unwrap_or(false),
            _ => unknown.push(MapEntry { at, key, node }),
        }
    }
    if location.is_missing() {
        let help = match compat_keys::IMAGE.used_instead_of("url", &unknown) {
            Some(key) => compat_keys::reads(key, "url"),
            None => "add a line `url: ...` to this image".to_owned(),
        };
        let missing = ProblemKind::MissingKey("url".to_owned());
        let problem = Problem::new(Code::MissingKey, at, "an image has no `url`").of_kind(missing);
        problems.add(problem.help(help));
    }
    let size = |value: Option<i64>| {
        value.and_then(|value| u32::try_from(value).ok()).filter(|value| *value > 0)
    };
    Some(Image { location: location.given()?, width: size(width), height: size(height), cached })
}

/// A web URL, or a path into `static/` that begins with `/`. `http` becomes `https`, since browsers
/// block other images on secure pages.
///
/// # Errors
/// When it is neither.
pub fn locate(node: Node<'_>, key: &str) -> Result<ImageLocation, Problem> {
    let at = node.at;
    let text = node.text(key)?;
    check_one_line(&text, at, key)?;
    let text = text::decode_url_entities(text.trim());
    if text.starts_with('/')
        && let Some(path) = site_relative_url(&text)
    {
        return Ok(ImageLocation::Local(path.into()));
    }
    HttpUrl::parse(&text).map(|address| ImageLocation::Remote(address.into_https())).map_err(
        |refused| {
            let problem = refusal(&refused, &text, at, key);
            match path_meant(&text).filter(|_| refused == UrlError::NotAnAddress) {
                Some(path) => problem.help(format!("for a file in `static/`, write `/{path}`")),
                None => problem,
            }
        },
    )
}

/// The path in `static/` that a text without a leading `/` probably means.
fn path_meant(text: &str) -> Option<&str> {
    let path = text.trim_start_matches("./");
    let path = path.strip_prefix("static/").unwrap_or(path);
    let (folder, _) = path.split_once('/')?;
    let is_path = !folder.is_empty() && !folder.contains('.') && !path.contains([':', ' ']);
    is_path.then_some(path)
}

/// The URL that a text without a scheme, or with a misspelt one, probably means.
fn with_scheme(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = ["https", "http"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let rest = rest.filter(|rest| rest.starts_with([':', '/'])).unwrap_or(text);
    let rest = rest.trim_start_matches([':', '/']);
    let (host, _) = rest.split_once('/')?;
    let is_host = Domain::parse(host).is_some() && !rest.contains(char::is_whitespace);
    let url = HttpUrl::parse(&format!("https://{rest}")).ok().filter(|_| is_host)?;
    Some(url.as_str().to_owned())
}

/// A web address. It must be absolute and have an allowed scheme.
pub(super) fn http_url(node: Node<'_>, key: &str, problems: &mut Problems) -> Option<HttpUrl> {
    let at = node.at;
    let text = problems.keep(node.text(key))?;
    problems.keep(check_one_line(&text, at, key))?;
    let text = text::decode_url_entities(&text);
    let parsed = HttpUrl::parse(&text);
    let url = problems.keep(parsed.map_err(|refused| refusal(&refused, &text, at, key)))?;
    if let Some(problem) = host_without_dot(&url, &text, at, key) {
        problems.add(problem);
    }
    if text.trim().contains(' ') {
        let message = format!("`{key}` contains a space, which becomes `%20`");
        let help = "write the URL on one line, with `%20` for each of its own spaces: YAML joins lines with a space";
        problems.add(Problem::new(Code::SpaceInUrl, at, message).help(help).changes_output());
    }
    Some(url)
}

/// Warns of a host that only a local network can know, or that is another `https`.
fn host_without_dot(
    url: &HttpUrl,
    text: &str,
    at: crate::node::SourcePos,
    key: &str,
) -> Option<Problem> {
    let host = url.host_name();
    if host.contains(['.', '[']) || host == "localhost" {
        return None;
    }
    let message = format!("the host of `{key}` has no dot: `{host}`");
    let rest = text.splitn(3, "://").nth(2).filter(|rest| {
        matches!(host, "https" | "http") && !holds_credentials(&format!("https://{rest}"))
    });
    let problem = Problem::new(Code::HostWithoutDot, at, message);
    Some(
        problem
            .help(match rest {
                Some(rest) => format!("write `{key}: https://{rest}`"),
                None => "write the full host name, such as `news.example`".to_owned(),
            })
            .changes_output(),
    )
}

/// Refuses several lines, which a URL parser would join, and several URLs.
fn check_one_line(text: &str, at: crate::node::SourcePos, key: &str) -> Result<(), Problem> {
    let text = text.trim();
    let (what, help) = if text.contains(['\n', '\r', '\t']) {
        ("a line break or a tab", "write one URL on one line")
    } else if text.split(' ').skip(1).any(begins_url) {
        ("several URLs", "write one URL")
    } else {
        return Ok(());
    };
    Err(Problem::new(Code::InvalidUrl, at, format!("`{key}` contains {what}"))
        .label("expected one URL")
        .help(help))
}

fn begins_url(word: &str) -> bool {
    let scheme = word.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        ["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
    })
}

/// Why a URL with credentials is not published.
pub(super) const CREDENTIALS: &str = "URLs must not contain a user name or password, which all readers would see; remove them, and the `@`";

fn refusal(refused: &UrlError, text: &str, at: crate::node::SourcePos, key: &str) -> Problem {
    match refused {
        UrlError::NotAnAddress => {
            let problem = Problem::new(Code::InvalidUrl, at, format!("`{key}` is not a web URL"))
                .label("expected a URL such as `https://news.example/story`");
            match with_scheme(text) {
                Some(url) => problem.help(format!("write `{key}: {url}`")),
                None => problem,
            }
        }
        UrlError::Credentials => Problem::new(
            Code::UrlWithCredentials,
            at,
            format!("`{key}` contains a user name or password"),
        )
        .label("expected a URL such as `https://news.example/story`")
        .help(CREDENTIALS),
        UrlError::Scheme(scheme) => Problem::new(
            Code::InvalidUrl,
            at,
            format!("`{key}` has the scheme `{scheme}:`, which is not allowed"),
        )
        .label("expected `https://` or `http://`")
        .help(match closest_match(scheme, ["https", "http"]) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "only `http` and `https` URLs can be published".to_owned(),
        }),
    }
}
