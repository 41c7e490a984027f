//! Targets of the links and images of bodies.

use std::borrow::Cow;

use super::anchors::Anchors;
use crate::http_url::{HttpUrl, site_relative_url};

/// The fragment of the heading in this body that a link means, if there is one.
pub(super) fn own_fragment(target: &str, anchors: &Anchors) -> Option<String> {
    let id = anchors.find(target.strip_prefix('#')?)?;
    link_target(&format!("#{id}"), "/").map(Cow::into_owned)
}

/// The allowed targets of links: the web, mail, and the site, whose front page has the path `root`.
/// Relative URLs are relative to `root`. All other links are removed.
pub(super) fn link_target<'a>(target: &'a str, root: &str) -> Option<Cow<'a, str>> {
    if let Ok(address) = HttpUrl::parse(target) {
        return Some(address.as_str().to_owned().into());
    }
    let is_mail = target.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    if is_mail {
        let is_plain = !target.contains(|c: char| c.is_control() || c.is_whitespace());
        return is_plain.then(|| target.into());
    }
    let path = site_relative_url(target).filter(|_| !target.is_empty())?;
    match path.strip_prefix("/#") {
        Some(fragment) if target.starts_with('#') => Some(format!("#{fragment}").into()),
        _ => Some(below(root, &path).into()),
    }
}

/// The allowed sources of images: the web by `https`, and this site.
pub(super) fn image_source(target: &str, root: &str) -> Option<String> {
    if let Ok(address) = HttpUrl::parse(target) {
        return Some(address.into_https().as_str().to_owned());
    }
    let is_of_page = target.trim().is_empty() || target.trim_start().starts_with(['#', '?']);
    site_relative_url(target).filter(|_| !is_of_page).map(|path| below(root, &path))
}

/// Joins a path within the site to the path of the front page.
fn below(root: &str, path: &str) -> String {
    [root, path.trim_start_matches('/')].concat()
}
