//! Front-matter keys of other generators, and their equivalents in newsgen.

use crate::diagnostic::Code;
use crate::node::{Field, MapEntry, Problem, ProblemKind, Problems, SourcePos};

/// The keys of one kind of mapping: newsgen's, with equivalents in other generators. Spaces,
/// hyphens, underscores and case are ignored.
pub(super) struct CompatKeys(&'static [(&'static str, &'static [&'static str])]);

/// Other generators' keys for former URLs.
const ALIASES: &[&str] = &["redirectFrom", "redirects", "oldUrls"];

/// Other generators' keys for the sort order.
const ORDER: &[&str] = &["weight", "navOrder", "menuOrder", "position", "sortOrder"];

/// Other generators' keys for a description.
const DESCRIPTION: &[&str] =
    &["summary", "excerpt", "subtitle", "abstract", "lead", "metaDescription"];

pub(super) const ARTICLE: CompatKeys = CompatKeys(&[
    ("title", &["headline", "name", "heading"]),
    (
        "excerpt",
        &["description", "summary", "subtitle", "abstract", "lead", "metaDescription", "teaser"],
    ),
    (
        "publishedDateTime",
        &[
            "date",
            "publishDate",
            "pubDate",
            "publicationDate",
            "publishedAt",
            "publishedOn",
            "published_date",
            "datePublished",
            "issued",
            "created",
            "createdAt",
            "createdDate",
            "timestamp",
        ],
    ),
    (
        "originalUrl",
        &[
            "link",
            "url",
            "externalUrl",
            "externalLink",
            "canonical",
            "canonicalUrl",
            "canonicalLink",
            "sourceUrl",
            "sourceLink",
            "linkUrl",
            "uri",
            "href",
            "website",
        ],
    ),
    ("provider", &["publisher", "source", "siteName"]),
    ("topics", &["tags", "tag", "categories", "keywords", "topic", "subjects", "labels"]),
    (
        "images",
        &[
            "image",
            "cover",
            "coverImage",
            "featuredImage",
            "featureImage",
            "heroImage",
            "bannerImage",
            "thumbnail",
            "ogImage",
            "socialImage",
            "imageUrl",
            "picture",
            "photo",
            "banner",
            "hero",
        ],
    ),
    ("featuredContent", &["video", "videoUrl", "youtube", "vimeo", "embed"]),
    ("slug", &["permalink"]),
    ("pin", &["pinned", "sticky"]),
    ("aliases", ALIASES),
    ("ampWebUrl", &["amp", "ampUrl", "ampLink", "amphtml"]),
]);

pub(super) const PAGE: CompatKeys = CompatKeys(&[
    ("title", &["headline", "name", "heading"]),
    ("description", DESCRIPTION),
    ("order", ORDER),
    ("aliases", ALIASES),
]);

pub(super) const TERM: CompatKeys = CompatKeys(&[
    ("name", &["title", "headline", "heading", "label"]),
    ("description", DESCRIPTION),
    ("order", ORDER),
    ("logo", &["image", "icon", "avatar", "cover", "images", "picture", "favicon"]),
    ("url", &["website", "link", "homepage", "site", "webUrl", "siteUrl", "canonical"]),
    ("feed", &["rss", "atom", "feedUrl", "rssUrl", "rssFeed", "xmlUrl"]),
    ("aliases", ALIASES),
]);

pub(super) const IMAGE: CompatKeys = CompatKeys(&[(
    "url",
    &["src", "href", "path", "file", "source", "image", "link", "uri", "webUrl"],
)]);

pub(super) const PROVIDER: CompatKeys = CompatKeys(&[
    ("name", &["title", "label", "displayName", "siteName"]),
    (
        "domain",
        &["url", "website", "site", "host", "hostname", "homepage", "href", "link", "webUrl"],
    ),
    ("images", &["logo", "icon", "avatar", "picture", "favicon"]),
]);

impl CompatKeys {
    /// newsgen's equivalent of a foreign key.
    pub(super) fn own(&self, key: &str) -> Option<&'static str> {
        let means = |(_, foreign): &&(_, &[&str])| foreign.iter().any(|name| is_same(name, key));
        self.0.iter().find(means).map(|(own, _)| *own)
    }

    /// All foreign keys, in one spelling each.
    pub(super) fn foreign(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.0.iter().flat_map(|(_, foreign)| *foreign).copied()
    }

    /// The foreign key among `unknown` that is equivalent to newsgen's.
    pub(super) fn used_instead_of<'e>(
        &self,
        own: &str,
        unknown: &'e [MapEntry<'_>],
    ) -> Option<&'e str> {
        unknown.iter().map(|entry| &*entry.key).find(|key| self.own(key) == Some(own))
    }

    /// The value of a required key. One of the `unknown` keys may be foreign or misspelt.
    pub(super) fn require<T>(
        &self,
        field: Field<T>,
        own: &str,
        unknown: &[MapEntry<'_>],
        problems: &mut Problems,
    ) -> Option<T> {
        match self.used_instead_of(own, unknown).filter(|_| field.is_missing()) {
            Some(foreign) => {
                let kind = ProblemKind::MissingKey(own.to_owned());
                let problem = Problem::new(
                    Code::MissingKey,
                    SourcePos::UNKNOWN,
                    format!("`{own}` is missing"),
                )
                .of_kind(kind);
                problems.add(problem.help(reads(foreign, own)));
                None
            }
            None => problems.require(field, own, unknown),
        }
    }
}

/// The help for a missing key if an equivalent foreign key is present.
pub(super) fn reads(foreign: &str, own: &str) -> String {
    format!("found key `{foreign}`; newsgen uses `{own}`")
}

/// Whether two keys are equal except for spaces, hyphens, underscores and case.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    folded(a).eq(folded(b))
}

fn folded(key: &str) -> impl Iterator<Item = char> {
    key.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).map(|c| c.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compat_keys_match_any_spelling() {
        for (key, own) in [
            ("date", "publishedDateTime"),
            ("publishDate", "publishedDateTime"),
            ("publish_date", "publishedDateTime"),
            ("pubDate", "publishedDateTime"),
            ("tags", "topics"),
            ("categories", "topics"),
            ("description", "excerpt"),
            ("summary", "excerpt"),
            ("link", "originalUrl"),
            ("url", "originalUrl"),
            ("external_url", "originalUrl"),
            ("canonical-url", "originalUrl"),
            ("permalink", "slug"),
            ("redirect_from", "aliases"),
            ("image", "images"),
            ("Cover", "images"),
        ] {
            assert_eq!(ARTICLE.own(key), Some(own), "{key}");
        }
        assert_eq!((ARTICLE.own("author"), ARTICLE.own("")), (None, None));
    }

    #[test]
    fn compat_keys_are_unambiguous() {
        for CompatKeys(table) in [ARTICLE, PAGE, TERM, IMAGE, PROVIDER] {
            let all: Vec<&str> =
                table.iter().flat_map(|(own, foreign)| [&[*own], *foreign].concat()).collect();
            for (index, key) in all.iter().enumerate() {
                assert!(!all[..index].iter().any(|before| is_same(before, key)), "{key}");
            }
        }
    }
}
