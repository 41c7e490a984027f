//! Links of templates that lead out of a site below the root of its host.

use super::html_tags::{Attribute, StartTag, masked, start_tags};
use crate::diagnostic::{Code, Diagnostic, Location};

/// Attributes whose values are URLs (HTML, "Attributes").
const URL_ATTRIBUTES: [&str; 9] =
    ["action", "cite", "data", "formaction", "href", "manifest", "poster", "src", "xlink:href"];

/// Attributes whose values are lists of URLs.
const URL_LIST_ATTRIBUTES: [&str; 2] = ["imagesrcset", "srcset"];

/// A warning for each URL of a template that begins with `/`, but not with `root`, the path of the
/// site.
pub(super) fn links_outside(display_path: &str, template: &str, root: &str) -> Vec<Diagnostic> {
    if root == "/" {
        return Vec::new();
    }
    let masked = masked(template);
    let warning = |(at, url): (usize, &str)| {
        let location = Location::in_text(display_path, template, at, at + url.len());
        let message = format!("`{url}` is outside the site, which is at `{root}`");
        let path = url.trim_start_matches('/');
        let help = format!(
            "write `{{{{ site.root }}}}{path}`, or the whole URL if it does not belong to this site"
        );
        Diagnostic::new(Code::LinkOutsideRoot, location, message).help(help).changes_output()
    };
    let tags = start_tags(&masked);
    tags.iter().flat_map(urls).filter(|(_, url)| is_outside(url, root)).map(warning).collect()
}

/// Attributes with the URLs of programs, not of pages.
const PROGRAM_ATTRIBUTES: [&str; 2] = ["action", "formaction"];

/// The literal URLs of a template that begin with `/`, with their locations.
pub(super) fn own_links(display_path: &str, template: &str) -> Vec<(Location, String)> {
    let masked = masked(template);
    let is_literal = |(at, url): &(usize, &str)| {
        // What follows an expression in a URL is not known.
        let end = template.get(at + url.len()..).and_then(|rest| rest.chars().next());
        let is_own = url.starts_with('/') && !url.starts_with("//");
        is_own && end.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | ','))
    };
    let links = start_tags(&masked).into_iter().flat_map(|mut tag| {
        tag.attributes.retain(|attribute| !PROGRAM_ATTRIBUTES.contains(&&*attribute.name));
        urls(&tag)
    });
    let link = |(at, url): (usize, &str)| {
        let location = Location::in_text(display_path, template, at, at + url.len());
        (location, url.to_owned())
    };
    links.filter(is_literal).map(link).collect()
}

/// The URLs in a tag, with their positions.
fn urls<'a>(tag: &StartTag<'a>) -> Vec<(usize, &'a str)> {
    let urls = |Attribute { name, value }: &Attribute<'a>| {
        let is_list = URL_LIST_ATTRIBUTES.contains(&name.as_str());
        let is_url = is_list || URL_ATTRIBUTES.contains(&name.as_str());
        is_url.then(|| value.parts(is_list.then_some(',')))
    };
    tag.attributes.iter().filter_map(urls).flatten().collect()
}

/// Whether a URL is on the site's host, but not below its root.
fn is_outside(url: &str, root: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    url.starts_with('/')
        && !url.starts_with("//")
        && !url.starts_with(root)
        && root.strip_suffix('/') != Some(path)
}
