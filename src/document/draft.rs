//! The keys `published` and `draft`.

use super::compat_keys::is_same;
use crate::node::{MapEntry, Node, Problem, Problems, SourcePos, Value};

/// Whether a key is one of the two.
pub(super) fn is_publish_key(key: &str) -> bool {
    matches!(key, "published" | "draft")
}

/// Other generators' keys that unpublish a document if they are true. Spaces, hyphens, underscores
/// and case are ignored, here and below.
const HIDES: [&str; 36] = [
    "protected",
    "isProtected",
    "saveAsDraft",
    "exclude",
    "excluded",
    "isExcluded",
    "wip",
    "isWip",
    "workInProgress",
    "offline",
    "noPublish",
    "doNotPublish",
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
const SHOWS: [&str; 27] = [
    "posted",
    "isPosted",
    "live",
    "isLive",
    "online",
    "isOnline",
    "show",
    "shown",
    "display",
    "approved",
    "ready",
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

/// Other generators' keys for the date of publication that unpublish a document if they are empty.
const PUBLISHED_AT: [&str; 2] = ["publishedAt", "publishedOn"];

/// Other generators' keys that keep a document out of search engines and sitemaps if they are true
/// or false, and the one with a list of directives.
const NO_INDEX: [&str; 4] = ["noindex", "excludeFromSearch", "hideFromSearch", "sitemapExclude"];
const INDEX: [&str; 6] = ["index", "indexed", "indexable", "search", "searchable", "sitemap"];
const ROBOTS: [&str; 2] = ["robots", "metaRobots"];

/// Other generators' tables of keys of the document, or of all below its folder.
const TABLES: [&str; 7] =
    ["cascade", "params", "extra", "seo", "meta", "frontMatter", "eleventyComputed"];

/// Other generators' keys for unpublishing a document at some date.
const EXPIRY: [&str; 30] = [
    "notAfter",
    "availableUntil",
    "visibleUntil",
    "showUntil",
    "hideAfter",
    "offlineAt",
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
const EMBARGO: [&str; 21] = [
    "notBefore",
    "availableFrom",
    "validFrom",
    "visibleFrom",
    "showFrom",
    "showAfter",
    "liveFrom",
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
const STATUS: [&str; 12] = [
    "status",
    "state",
    "stage",
    "visibility",
    "access",
    "postStatus",
    "articleStatus",
    "publicationStatus",
    "publishStatus",
    "workflowState",
    "workflowStatus",
    "moderationState",
];
const NOT_PUBLISHED: [&str; 35] = [
    "queue",
    "queued",
    "wip",
    "inProgress",
    "inReview",
    "needsReview",
    "pendingReview",
    "notPublished",
    "embargoed",
    "offline",
    "trashed",
    "deleted",
    "expired",
    "rejected",
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

/// Other generators' keys that protect a document, whatever their value is.
const PASSWORD: [&str; 2] = ["password", "passphrase"];

/// Why a warning is necessary, and the help for it.
type ForeignEffect = (&'static str, &'static str);

const HIDDEN: ForeignEffect =
    ("the document is published all the same", "write `published: false` or `draft: true`");

/// Warns of an entry by which other generators do not publish a document, since newsgen ignores it.
/// `is_later` tells whether a date is after the one at which newsgen publishes the document.
pub(super) fn foreign_publication(
    entry: &MapEntry<'_>,
    is_later: impl Fn(&str) -> bool,
) -> Option<(Problem, &'static str)> {
    let MapEntry { at, key, .. } = entry;
    if let Some((reason, help)) = foreign_effect(entry, &is_later) {
        let message = format!("unknown key `{key}`: {reason}");
        return Some((Problem::warning(*at, message).changes_output(), help));
    }
    let (below, (reason, help)) = effect_in_table(entry, &is_later)?;
    let message = format!("`{}` in the unknown key `{key}` is ignored: {reason}", below.key);
    Some((Problem::warning(below.at, message).changes_output(), help))
}

fn foreign_effect(entry: &MapEntry<'_>, is_later: &dyn Fn(&str) -> bool) -> Option<ForeignEffect> {
    let MapEntry { key, node, .. } = entry;
    if hides_document(entry) {
        Some(HIDDEN)
    } else if is_one_of(key, &EXPIRY) {
        Some((
            "newsgen has no expiry, and the document stays published",
            "write `published: false` when it should disappear",
        ))
    } else if is_one_of(key, &EMBARGO) && node.value.spelled().is_some_and(is_later) {
        Some((
            "the document is not held back until that date",
            "write the date as `publishedDateTime`, which articles have, or `published: false` until then",
        ))
    } else if hides_from_search(entry) {
        Some((
            "search engines find the document all the same",
            "write a `robots` element into a template of your own, or `published: false`",
        ))
    } else {
        None
    }
}

/// The first entry of a table of another generator that has an effect there.
fn effect_in_table<'n, 'a>(
    table: &'n MapEntry<'a>,
    is_later: &dyn Fn(&str) -> bool,
) -> Option<(&'n MapEntry<'a>, ForeignEffect)> {
    let is_own = |below: &MapEntry<'_>| {
        is_same(&below.key, "draft") && is_true(&below.node)
            || is_same(&below.key, "published") && is_false(&below.node)
    };
    let effect = |below: &'n MapEntry<'a>| {
        let own = is_own(below).then_some(HIDDEN);
        let effect = own.or_else(|| foreign_effect(below, is_later));
        effect.map(|effect| (below, effect)).or_else(|| effect_in_table(below, is_later))
    };
    if is_one_of(&table.key, &TABLES) {
        entries_of(&table.node).into_iter().find_map(effect)
    } else {
        None
    }
}

/// The entries of a mapping, or of the mappings in a list.
fn entries_of<'n, 'a>(node: &'n Node<'a>) -> Vec<&'n MapEntry<'a>> {
    match &node.value {
        Value::Map(entries) => entries.iter().collect(),
        Value::List(items) => items.iter().flat_map(entries_of).collect(),
        _ => Vec::new(),
    }
}

/// Warns of empty dates of publication, which are otherwise like missing keys.
pub(super) fn empty_publication_dates(entries: &[MapEntry<'_>], problems: &mut Problems) {
    let is_empty_date =
        |entry: &&MapEntry<'_>| entry.node.is_empty() && is_one_of(&entry.key, &PUBLISHED_AT);
    for MapEntry { at, key, .. } in entries.iter().filter(is_empty_date) {
        let (reason, help) = HIDDEN;
        let message = format!("unknown key `{key}` without a value: {reason}");
        problems.add(Problem::warning(*at, message).help(help).changes_output());
    }
}

/// Whether an entry unpublishes a document in another generator.
pub(super) fn hides_document(entry: &MapEntry<'_>) -> bool {
    let MapEntry { key, node, .. } = entry;
    is_one_of(key, &HIDES) && is_true(node)
        || is_one_of(key, &SHOWS) && is_false(node)
        || is_one_of(key, &STATUS) && has_one(node, &NOT_PUBLISHED)
        || is_one_of(key, &BUILD) && makes_nothing(node)
        || is_one_of(key, &PASSWORD)
}

/// Whether an entry keeps a document out of search engines or sitemaps in another generator.
fn hides_from_search(entry: &MapEntry<'_>) -> bool {
    let MapEntry { key, node, .. } = entry;
    let is_noindex = || {
        let directives = node.value.spelled().unwrap_or_default().split([',', ' ']);
        directives.map(str::trim).any(|word| ["noindex", "none"].iter().any(|no| is_same(no, word)))
    };
    is_one_of(key, &NO_INDEX) && is_true(node)
        || is_one_of(key, &INDEX) && is_false(node)
        || is_one_of(key, &ROBOTS) && is_noindex()
}

fn is_true(node: &Node<'_>) -> bool {
    has_one(node, &["true", "yes", "on", "1"])
}

fn is_false(node: &Node<'_>) -> bool {
    has_one(node, &["false", "no", "off", "0", "never"])
}

/// Whether a value, or an item of a list, is one of these words.
fn has_one(node: &Node<'_>, words: &[&str]) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(|item| has_one(item, words)),
        value => value.spelled().is_some_and(|text| is_one_of(text.trim(), words)),
    }
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
