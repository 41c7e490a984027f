//! The keys `published` and `draft`.

use super::compat_keys::is_same;
use crate::node::{MapEntry, Node, Problem, Problems, SourcePos, Value};

/// Whether a key is one of the two.
pub(super) fn is_publish_key(key: &str) -> bool {
    matches!(key, "published" | "draft")
}

/// Other generators' keys that unpublish a document if they are true. Hyphens, underscores and case
/// are ignored, here and below.
const HIDES: [&str; 24] = [
    "isDraft",
    "hidden",
    "isHidden",
    "hide",
    "unlisted",
    "isUnlisted",
    "private",
    "isPrivate",
    "unpublished",
    "isUnpublished",
    "notPublished",
    "archived",
    "isArchived",
    "ignored",
    "disabled",
    "inactive",
    "trashed",
    "deleted",
    "headless",
    "scheduled",
    "membersOnly",
    "eleventyExcludeFromCollections",
    "excludeFromCollections",
    "excludeFromSite",
];

/// Other generators' keys that unpublish a document if they are false.
const SHOWS: [&str; 16] = [
    "isPublished",
    "publish",
    "listed",
    "isListed",
    "public",
    "isPublic",
    "visible",
    "isVisible",
    "discoverable",
    "routable",
    "enabled",
    "isEnabled",
    "active",
    "isActive",
    "render",
    "permalink",
];

/// Hugo's table of build options, and its keys: `never` and `false` unpublish a document.
const BUILD: [&str; 1] = ["build"];
const BUILD_KEYS: [&str; 2] = ["render", "list"];

/// Other generators' keys for unpublishing a document at some date.
const EXPIRY: [&str; 24] = [
    "expiry",
    "expiryDate",
    "expiration",
    "expirationDate",
    "expire",
    "expires",
    "expireDate",
    "expireAt",
    "expiresAt",
    "expiresOn",
    "expired",
    "unpublish",
    "unpublishDate",
    "unpublishAt",
    "unpublishOn",
    "unpublishedDate",
    "publishUntil",
    "publishedUntil",
    "validUntil",
    "validTo",
    "endDate",
    "archiveDate",
    "removeAt",
    "removeDate",
];

/// Other generators' keys for publishing a document at some date.
const EMBARGO: [&str; 14] = [
    "publishDate",
    "publishAt",
    "publishOn",
    "publishFrom",
    "publishAfter",
    "embargo",
    "embargoDate",
    "embargoUntil",
    "embargoedUntil",
    "releaseDate",
    "goLive",
    "goLiveDate",
    "scheduledAt",
    "scheduledFor",
];

/// Other generators' keys for the state or the audience of a document, and the values that
/// unpublish it.
const STATUS: [&str; 6] =
    ["status", "state", "visibility", "postStatus", "publicationStatus", "access"];
const NOT_PUBLISHED: [&str; 21] = [
    "draft",
    "drafts",
    "hidden",
    "private",
    "pending",
    "unpublished",
    "unlisted",
    "future",
    "scheduled",
    "trash",
    "archived",
    "inactive",
    "disabled",
    "review",
    "members",
    "membersOnly",
    "paid",
    "tiers",
    "internal",
    "protected",
    "password",
];

/// Warns of an entry by which other generators do not publish a document, since newsgen ignores it.
/// `is_later` tells whether a date is after the one at which newsgen publishes the document.
pub(super) fn foreign_publication(
    entry: &MapEntry<'_>,
    is_later: impl Fn(&str) -> bool,
) -> Option<(Problem, &'static str)> {
    let MapEntry { at, key, node } = entry;
    let (reason, help) = if hides_document(entry) {
        ("the document is published all the same", "write `published: false` or `draft: true`")
    } else if is_one_of(key, &EXPIRY) {
        (
            "newsgen has no expiry, and the document stays published",
            "write `published: false` when it should disappear",
        )
    } else if is_one_of(key, &EMBARGO) && node.value.spelled().is_some_and(is_later) {
        (
            "the document is not held back until that date",
            "write the date as `publishedDateTime`, which articles have, or `published: false` until then",
        )
    } else {
        return None;
    };
    Some((Problem::warning(*at, format!("unknown key `{key}`: {reason}")).changes_output(), help))
}

/// Whether an entry unpublishes a document in another generator.
pub(super) fn hides_document(entry: &MapEntry<'_>) -> bool {
    let MapEntry { key, node, .. } = entry;
    let is_one = |words: &[&str]| {
        let text = node.value.spelled().map(str::trim);
        text.is_some_and(|text| words.iter().any(|word| is_same(word, text)))
    };
    is_one_of(key, &HIDES) && is_one(&["true", "yes", "on", "1"])
        || is_one_of(key, &SHOWS) && is_one(&["false", "no", "off", "0", "never"])
        || is_one_of(key, &STATUS) && is_one(&NOT_PUBLISHED)
        || is_one_of(key, &BUILD) && makes_nothing(node)
}

/// Whether a key decides in another generator whether a document is published.
pub(super) fn is_foreign_publish_key(key: &str) -> bool {
    is_one_of(key, &HIDES) || is_one_of(key, &SHOWS)
}

/// Whether Hugo's build options leave a document without a page, or out of lists.
fn makes_nothing(node: &Node<'_>) -> bool {
    let Value::Map(entries) = &node.value else { return false };
    let is_never = |entry: &MapEntry<'_>| {
        is_one_of(&entry.key, &BUILD_KEYS)
            && matches!(entry.node.value.spelled(), Some("never" | "false"))
    };
    entries.iter().any(is_never)
}

fn is_one_of(key: &str, names: &[&str]) -> bool {
    names.iter().any(|name| is_same(name, key))
}

/// The values of both keys.
#[derive(Debug, Default)]
pub(super) struct PublishStatus {
    published: Option<bool>,
    draft: Option<(bool, SourcePos)>,
}

impl PublishStatus {
    /// Reads one of the two keys.
    pub(super) fn read(&mut self, node: &Node<'_>, key: &str, problems: &mut Problems) {
        let given = problems.keep(node.boolean(key));
        if key == "draft" {
            self.draft = given.map(|draft| (draft, node.at));
        } else {
            self.published = given;
        }
    }

    /// Whether the document is published; an error if the keys contradict each other.
    pub(super) fn is_published(&self, problems: &mut Problems) -> bool {
        if let (Some(published), Some((draft, at))) = (self.published, self.draft)
            && published == draft
        {
            let message = format!("`draft: {draft}` contradicts `published: {published}`");
            problems.add(Problem::new(at, message).help("remove one of the two lines"));
        }
        self.published.or(self.draft.map(|(draft, _)| !draft)).unwrap_or(true)
    }
}
