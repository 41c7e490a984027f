//! The keys `published` and `draft`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::compat_keys::is_same;
use super::date;
use crate::diagnostic::Code;
use crate::node::{MapEntry, Node, Problem, Problems, SourcePos, Value};
use crate::source::is_index;

/// Whether a key is one of the two.
pub(super) fn is_publish_key(key: &str) -> bool {
    matches!(key, "published" | "draft")
}

/// Other generators' keys that unpublish a document if they are true. Spaces, hyphens, underscores
/// and case are ignored, here and below.
const HIDES: [&str; 52] = [
    "internal",
    "isInternal",
    "internalOnly",
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
    "embargo",
    "embargoed",
    "unreleased",
    "underReview",
    "needsReview",
    "doNotShow",
    "suppressed",
    "retracted",
    "isRetracted",
    "withdrawn",
    "isWithdrawn",
    "skip",
    "ignore",
];

/// Other generators' keys that unpublish a document if they are false.
const SHOWS: [&str; 35] = [
    "dgPublish",
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
    "release",
    "released",
    "isReleased",
    "isReady",
    "isApproved",
    "export",
    "exported",
];

/// Hugo's table of build options, and its keys: `never` and `false` unpublish a document.
const BUILD: [&str; 1] = ["build"];
const BUILD_KEYS: [&str; 2] = ["render", "list"];

/// Other generators' keys for the date of publication that unpublish a document if they are empty.
const PUBLISHED_AT: [&str; 2] = ["publishedAt", "publishedOn"];

/// Other generators' keys that keep a document out of search engines and sitemaps if they are true
/// or false, and the one with a list of directives.
const NO_INDEX: [&str; 10] = [
    "noindex",
    "noSearch",
    "noSitemap",
    "excludeFromSearch",
    "excludeFromSitemap",
    "hideFromSearch",
    "hideFromSearchEngines",
    "hideFromSitemap",
    "searchExclude",
    "sitemapExclude",
];
const INDEX: [&str; 11] = [
    "index",
    "indexed",
    "indexable",
    "indexing",
    "search",
    "searchable",
    "sitemap",
    "includeInSearch",
    "includeInSitemap",
    "showInSearch",
    "showInSitemap",
];
const ROBOTS: [&str; 2] = ["robots", "metaRobots"];

/// Other generators' tables about search engines and sitemaps, and their keys that keep a document
/// out if they are true or false.
const SEARCH_TABLES: [&str; 4] = ["sitemap", "search", "robots", "metaRobots"];
const EXCLUDE: [&str; 8] =
    ["disable", "disabled", "exclude", "excluded", "ignore", "hide", "hidden", "noindex"];
const INCLUDE: [&str; 5] = ["index", "indexed", "include", "enable", "enabled"];

/// Other generators' tables of keys of the document, or of all below its folder.
const TABLES: [&str; 18] = [
    "cascade",
    "params",
    "extra",
    "seo",
    "meta",
    "metadata",
    "frontMatter",
    "eleventyComputed",
    "fields",
    "customFields",
    "attributes",
    "properties",
    "workflow",
    "publication",
    "publishing",
    "editorial",
    "moderation",
    "settings",
];

/// Keys that say in any table that the document is not published if they are true or false. The
/// other ones can be about something else there, such as the comments.
const DRAFT: [&str; 3] = ["draft", "isDraft", "saveAsDraft"];
const PUBLISHED: [&str; 3] = ["published", "isPublished", "dgPublish"];

/// Values of [`STATUS`] that say so in any table.
const DRAFT_STATUS: [&str; 10] = [
    "draft",
    "drafts",
    "inDraft",
    "unpublished",
    "notPublished",
    "entwurf",
    "brouillon",
    "borrador",
    "bozza",
    "rascunho",
];

/// The keys of an HTML `meta` element, and the names of those that search engines obey.
const META_NAME: [&str; 1] = ["name"];
const META_CONTENT: [&str; 1] = ["content"];
const ROBOTS_NAMES: [&str; 5] = ["robots", "googlebot", "googlebotNews", "bingbot", "slurp"];

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
const EMBARGO: [&str; 41] = [
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
    "publishTime",
    "publishStart",
    "embargoed",
    "embargoTime",
    "release",
    "releaseAt",
    "releaseOn",
    "releaseTime",
    "goLiveAt",
    "liveAt",
    "liveOn",
    "visibleAfter",
    "schedule",
    "scheduled",
    "scheduleDate",
    "scheduledDate",
    "scheduledOn",
    "hideUntil",
    "holdUntil",
    "draftUntil",
];

/// Other generators' keys for the date of a document, which publish it at that date if it is later
/// than newsgen's.
const DATE: [&str; 8] = [
    "date",
    "publishedAt",
    "publishedOn",
    "publishedDate",
    "publicationDate",
    "pubDate",
    "datePublished",
    "issued",
];

/// The date at which newsgen publishes a document, to which those of other generators are compared.
#[derive(Clone, Copy)]
pub(super) struct PublicationDate {
    /// The date; a page has none.
    pub(super) at: Option<DateTime<Utc>>,
    /// The time zone of dates without one.
    pub(super) zone: Tz,
}

impl PublicationDate {
    /// Whether a text is a later date.
    fn is_before(self, text: &str) -> bool {
        let date = date::parse(text, self.zone).ok();
        date.zip(self.at).is_some_and(|(date, at)| date.instant > at)
    }

    /// Whether a text is a later date, or any date if newsgen publishes the document without one.
    fn may_be_before(self, text: &str) -> bool {
        self.is_before(text) || self.at.is_none() && date::parse(text, self.zone).is_ok()
    }
}

/// Other generators' keys for the state or the audience of a document, and the values that
/// unpublish it.
const STATUS: [&str; 35] = [
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
    "contentStatus",
    "contentState",
    "documentStatus",
    "entryStatus",
    "pageStatus",
    "storyStatus",
    "editorialStatus",
    "editorialState",
    "publicationState",
    "publishState",
    "publishingStatus",
    "draftStatus",
    "releaseStatus",
    "reviewStatus",
    "reviewState",
    "approvalStatus",
    "workflow",
    "workflowStage",
    "moderation",
    "moderationStatus",
    "wpStatus",
    "wpPostStatus",
    "publishedStatus",
];
const NOT_PUBLISHED: [&str; 53] = [
    "skip",
    "skipped",
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
    "inDraft",
    "unreleased",
    "underReview",
    "awaitingReview",
    "notApproved",
    "unapproved",
    "onHold",
    "todo",
    "retracted",
    "withdrawn",
    "entwurf",
    "brouillon",
    "borrador",
    "bozza",
    "rascunho",
    "concept",
];

/// Other generators' keys for the layout, and the values that unpublish a document.
const LAYOUT: [&str; 1] = ["layout"];
const DRAFT_LAYOUT: [&str; 2] = ["draft", "drafts"];

/// The key for the identifier of a document in a content store, and the prefix of those of drafts.
const ID: [&str; 1] = ["_id"];
const DRAFT_ID: &str = "drafts.";

/// Other generators' keys that protect a document, whatever their value is.
const PASSWORD: [&str; 2] = ["password", "passphrase"];

/// Why a warning is necessary, and the help for it.
type ForeignEffect = (&'static str, &'static str);

const HIDDEN: ForeignEffect =
    ("the document is published all the same", "write `published: false` or `draft: true`");

const INDEXED: ForeignEffect = (
    "search engines find the document all the same",
    "write `articlePages: noindex`, which articles have, a `robots` element into a template of your own, or `published: false`",
);

/// Warns of a path that hides a document from other generators: a file name that begins with `_`,
/// except for `_index.md`, or a folder `_drafts`.
fn hidden_path(path: &str) -> Option<Problem> {
    let mut parts = path.rsplit('/');
    let is_hidden_file = parts.next().is_some_and(|name| name.starts_with('_')) && !is_index(path);
    let what = if is_hidden_file {
        "a file name that begins with `_` has no meaning".to_owned()
    } else {
        let folder = parts.find(|name| {
            ["_draft", "_drafts"].iter().any(|drafts| name.eq_ignore_ascii_case(drafts))
        })?;
        format!("the folder name `{folder}` has no meaning")
    };
    let (reason, help) = HIDDEN;
    let problem =
        Problem::new(Code::PublishedAllTheSame, SourcePos::UNKNOWN, format!("{what}: {reason}"));
    Some(problem.help(format!("{help}, or list it under `ignore` in site.toml")).changes_output())
}

/// Warns of an entry by which other generators do not publish a document, since newsgen ignores it.
pub(super) fn foreign_publication(
    entry: &MapEntry<'_>,
    own_date: PublicationDate,
) -> Option<(Problem, &'static str)> {
    let MapEntry { at, key, .. } = entry;
    if let Some((reason, help)) = foreign_effect(entry, own_date) {
        let message = format!("unknown key `{key}`: {reason}");
        return Some((
            Problem::new(Code::PublishedAllTheSame, *at, message).changes_output(),
            help,
        ));
    }
    let (below, (reason, help)) = effect_in_table(entry, own_date)?;
    let message = format!("`{}` in the unknown key `{key}` is ignored: {reason}", below.key);
    Some((Problem::new(Code::PublishedAllTheSame, below.at, message).changes_output(), help))
}

/// Warns of an unknown key that means `meant`. With this value, it may be one that was to withhold the
/// document.
pub(super) fn misspelled_key(entry: &MapEntry<'_>, meant: Option<&str>) -> Problem {
    let MapEntry { at, key, node } = entry;
    let is_hidden = match meant {
        Some("published") => is_false(node),
        Some("draft") => is_true(node),
        _ => false,
    };
    if is_hidden {
        let (reason, _) = HIDDEN;
        let message = format!("unknown key `{key}`: {reason}");
        return Problem::new(Code::PublishedAllTheSame, *at, message);
    }
    Problem::new(Code::UnknownKey, *at, format!("unknown key `{key}`"))
}

fn foreign_effect(entry: &MapEntry<'_>, own_date: PublicationDate) -> Option<ForeignEffect> {
    let MapEntry { key, node, .. } = entry;
    let is_date = |is_later: fn(PublicationDate, &str) -> bool| {
        node.value.spelled().is_some_and(|text| is_later(own_date, text))
    };
    if hides_document(entry) {
        Some(HIDDEN)
    } else if is_one_of(key, &EXPIRY) {
        Some((
            "newsgen has no expiry, and the document stays published",
            "write `published: false` when it should disappear",
        ))
    } else if is_one_of(key, &EMBARGO) && is_date(PublicationDate::may_be_before)
        || is_one_of(key, &DATE) && is_date(PublicationDate::is_before)
    {
        Some((
            "the document is not held back until that date",
            "write the date as `publishedDateTime`, which articles have, or `published: false` until then",
        ))
    } else if hides_from_search(entry) {
        Some(INDEXED)
    } else {
        None
    }
}

/// The first entry of a table of another generator that has an effect there.
fn effect_in_table<'n, 'a>(
    table: &'n MapEntry<'a>,
    own_date: PublicationDate,
) -> Option<(&'n MapEntry<'a>, ForeignEffect)> {
    if let Some(content) = noindex_element(&table.node) {
        return Some((content, INDEXED));
    }
    if !is_one_of(&table.key, &TABLES) {
        let Value::Map(entries) = &table.node.value else { return None };
        return entries.iter().find(|below| is_draft_mark(below)).map(|below| (below, HIDDEN));
    }
    let effect = |below: &'n MapEntry<'a>| {
        let hidden = hides_item(below).then_some(HIDDEN);
        let effect = hidden.or_else(|| foreign_effect(below, own_date));
        effect.map(|effect| (below, effect)).or_else(|| effect_in_table(below, own_date))
    };
    entries_of(&table.node).into_iter().find_map(effect)
}

/// Whether an entry of any table says that the document is not published.
fn is_draft_mark(MapEntry { key, node, .. }: &MapEntry<'_>) -> bool {
    is_one_of(key, &DRAFT) && is_true(node)
        || is_one_of(key, &PUBLISHED) && is_false(node)
        || is_one_of(key, &STATUS) && has_one(node, &DRAFT_STATUS)
}

/// The content of an HTML `meta` element, written as a mapping, that keeps a document out of search
/// engines.
fn noindex_element<'n, 'a>(node: &'n Node<'a>) -> Option<&'n MapEntry<'a>> {
    match &node.value {
        Value::Map(entries) => {
            let find = |names| entries.iter().find(|entry| is_one_of(&entry.key, names));
            let is_robots = has_one(&find(&META_NAME)?.node, &ROBOTS_NAMES);
            find(&META_CONTENT).filter(|content| is_robots && is_noindex(&content.node))
        }
        Value::List(items) => items.iter().find_map(noindex_element),
        _ => None,
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
        problems
            .add(Problem::new(Code::PublishedAllTheSame, *at, message).help(help).changes_output());
    }
}

/// Whether an entry unpublishes a document in another generator.
pub(crate) fn hides_document(entry: &MapEntry<'_>) -> bool {
    let MapEntry { key, node, .. } = entry;
    is_one_of(key, &HIDES) && is_true(node)
        || is_one_of(key, &SHOWS) && is_false(node)
        || is_one_of(key, &STATUS) && has_one(node, &NOT_PUBLISHED)
        || is_one_of(key, &LAYOUT) && has_one(node, &DRAFT_LAYOUT)
        || is_one_of(key, &ID) && node.value.spelled().is_some_and(|id| id.starts_with(DRAFT_ID))
        || is_one_of(key, &BUILD) && makes_nothing(node)
        || is_one_of(key, &PASSWORD)
}

/// Whether an entry of a nested mapping would unpublish a document, here or in another generator.
pub(super) fn hides_item(entry: &MapEntry<'_>) -> bool {
    is_same(&entry.key, "draft") && is_true(&entry.node)
        || is_same(&entry.key, "published") && is_false(&entry.node)
        || hides_document(entry)
}

/// Whether an entry keeps a document out of search engines or sitemaps in another generator.
fn hides_from_search(entry: &MapEntry<'_>) -> bool {
    let MapEntry { key, node, .. } = entry;
    is_one_of(key, &NO_INDEX) && is_true(node)
        || is_one_of(key, &INDEX) && is_false(node)
        || is_one_of(key, &ROBOTS) && is_noindex(node)
        || is_one_of(key, &SEARCH_TABLES) && excludes(node)
}

/// Whether a list of directives for search engines keeps a document out of them.
fn is_noindex(node: &Node<'_>) -> bool {
    let directives = node.value.spelled().unwrap_or_default().split([',', ' ']);
    directives.map(str::trim).any(|word| is_one_of(word, &["noindex", "none"]))
}

/// Whether a table about search engines keeps a document out of them.
fn excludes(node: &Node<'_>) -> bool {
    let Value::Map(entries) = &node.value else { return false };
    entries.iter().any(|MapEntry { key, node, .. }| {
        is_one_of(key, &EXCLUDE) && is_true(node) || is_one_of(key, &INCLUDE) && is_false(node)
    })
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

    /// Whether the document at `path` is published; an error if the keys contradict each other.
    pub(super) fn is_published(&self, path: &str, problems: &mut Problems) -> bool {
        if let (Some(published), Some((draft, at))) = (self.published, self.draft)
            && published == draft
        {
            let message = format!("`draft: {draft}` contradicts `published: {published}`");
            problems.add(
                Problem::new(Code::ContradictoryDraft, at, message)
                    .help("remove one of the two lines"),
            );
        }
        let written = self.published.or(self.draft.map(|(draft, _)| !draft));
        if written.is_none()
            && let Some(problem) = hidden_path(path)
        {
            problems.add(problem);
        }
        written.unwrap_or(true)
    }
}
