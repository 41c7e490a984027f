//! The HTML of bodies, with what is known of the files of their pictures.

use html_escape::{decode_html_entities, encode_double_quoted_attribute};

use super::image::srcset;
use crate::document::body::{self, BodyOptions, HtmlTarget, OPEN_IMAGE};
use crate::document::image::path_in_static;
use crate::page::routes::Routes;

/// The HTML of a body. On AMP pages its pictures have no variants.
pub(super) fn body_html(routes: Routes<'_>, markdown: &str, target: HtmlTarget) -> String {
    let html = body::to_html(markdown, BodyOptions::new(routes.config), target);
    if target == HtmlTarget::Amp || !html.contains(OPEN_IMAGE) {
        return html;
    }
    let mut parts = html.split(OPEN_IMAGE);
    let mut out = parts.next().expect("a split has a first part").to_owned();
    for part in parts {
        let (source, rest) = part.split_once('"').unwrap_or((part, ""));
        let attributes = picture_attributes(routes, source, rest).unwrap_or_default();
        out.extend([OPEN_IMAGE, source, "\"", &attributes, rest]);
    }
    out
}

/// The attributes for the variants of the picture at an escaped URL, and for its size if the rest of
/// its tag has none.
fn picture_attributes(routes: Routes<'_>, source: &str, rest: &str) -> Option<String> {
    let url = decode_html_entities(source);
    let path = path_in_static(url.strip_prefix(routes.config.root())?)?;
    let picture = routes.static_picture(&path)?;
    let (tag, _) = rest.split_once('>')?;
    let written = tag.split_once(" width=\"").and_then(|(_, width)| width.split('"').next());
    let width = written.map_or_else(|| picture.size.width.to_string(), str::to_owned);
    let mut attributes = String::new();
    if written.is_none() {
        attributes = format!(" width=\"{width}\" height=\"{}\"", picture.size.height);
    }
    if let Some(srcset) = srcset(routes, &url, picture) {
        let srcset = encode_double_quoted_attribute(&srcset);
        // The theme's column of text; browsers that can, measure by themselves.
        let sizes = format!("auto, min(92vw, 42rem, {width}px)");
        attributes.extend([" srcset=\"", &srcset, "\" sizes=\"", &sizes, "\""]);
    }
    Some(attributes)
}
