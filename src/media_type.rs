//! Media types of files.

use std::path::Path;

use crate::config::FeedFormat;

/// The `Content-Type` of a published file by its name (RFC 9110, section 8.3), with the charset of
/// text.
pub fn media_type(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    if let Some(feed) = FeedFormat::ALL.into_iter().find(|format| name == format.file_name()) {
        return format!("{}; charset=utf-8", feed.served_as());
    }
    if name == "opml.xml" {
        return "text/x-opml; charset=utf-8".to_owned();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = kind.type_() == "text"
        || kind.suffix().is_some_and(|suffix| suffix == "xml")
        || matches!(kind.subtype().as_str(), "javascript" | "json" | "xml");
    if is_text {
        format!("{}; charset=utf-8", kind.essence_str())
    } else {
        kind.essence_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_and_texts_say_what_they_are() {
        for (path, expected) in [
            ("index.html", "text/html; charset=utf-8"),
            ("topics/sea/atom.xml", "application/xml; charset=utf-8"),
            ("rss.xml", "application/xml; charset=utf-8"),
            ("feed.json", "application/feed+json; charset=utf-8"),
            ("opml.xml", "text/x-opml; charset=utf-8"),
            ("theme/favicon.svg", "image/svg+xml; charset=utf-8"),
            ("site.webmanifest", "application/manifest+json"),
            ("favicon.ico", "image/x-icon"),
            ("images/a.webp", "image/webp"),
            ("CNAME", "application/octet-stream"),
        ] {
            assert_eq!(media_type(Path::new(path)), expected, "{path}");
        }
    }
}
