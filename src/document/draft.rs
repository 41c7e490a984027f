//! The keys `published` and `draft`.

use super::compat_keys::is_same;
use crate::node::{MapEntry, Node, Problem, Problems, SourcePos, Value};

/// Whether a key is one of the two.
pub(super) fn is_publish_key(key: &str) -> bool {
    matches!(key, "published" | "draft")
}

/// Other generators' keys for unpublishing a document at some date. Hyphens, underscores and case
/// are ignored.
const EXPIRY: [&str; 19] = [
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
];

/// Other generators' keys for the state of a document, and the states in which it is not published.
const STATUS: [&str; 5] = ["status", "state", "visibility", "postStatus", "publicationStatus"];
const NOT_PUBLISHED: [&str; 14] = [
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
];

/// Warns of an entry by which other generators do not publish a document, since newsgen ignores it.
pub(super) fn foreign_publication(entry: &MapEntry<'_>) -> Option<(Problem, &'static str)> {
    let MapEntry { at, key, .. } = entry;
    let (reason, help) = if is_draft_status(entry) {
        ("the document is published all the same", "write `published: false` or `draft: true`")
    } else if is_one_of(key, &EXPIRY) {
        (
            "newsgen has no expiry, and the document stays published",
            "write `published: false` when it should disappear",
        )
    } else {
        return None;
    };
    Some((Problem::warning(*at, format!("unknown key `{key}`: {reason}")).changes_output(), help))
}

/// Whether an entry gives a state in which a document is not published.
pub(super) fn is_draft_status(entry: &MapEntry<'_>) -> bool {
    let is_draft = |text: &str| NOT_PUBLISHED.iter().any(|word| text.eq_ignore_ascii_case(word));
    is_one_of(&entry.key, &STATUS) && matches!(&entry.node.value, Value::Text(text) if is_draft(text.trim()))
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
