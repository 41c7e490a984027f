//! The collection of all published documents: their order, taxonomies and relations.
//!
//! Order-dependent steps are sequential, and all are pure. Ids of articles and terms index this
//! collection's own vectors.
#![allow(clippy::indexing_slicing, reason = "ids index the lists that they were made for")]

mod adjacent;
mod days;
mod ids;
mod near_spellings;
mod older;
mod permalinks;
mod providers;
mod ranking;
mod related;
mod stories;
mod story_explanations;
mod taxonomy;
mod trending;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Months, NaiveDate, SecondsFormat, Timelike as _, Utc};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::{ArticleSummary, Page, PartialArticle, TermPage, WithheldReason};
use crate::reservations::{ReservationIndex, ReservedAddresses};
use ids::ids;
use permalinks::Assigned;
use providers::Grouped;
use ranking::RankedArticles;

pub use adjacent::Adjacent;
pub use ids::{ArticleId, DocumentId};
pub use older::{CardDetails, OlderArticles};
pub use permalinks::slug_for;
pub use ranking::{RankedStory, Ranking};
pub use related::{RelatedLink, TopicWeight};
pub use stories::{KnownStories, PlacedArticle, Stories, Story, StoryIndex, StoryJoin};
pub use story_explanations::{StoryComparison, StoryExplanation};
pub use taxonomy::{Taxonomy, Term, TermId};

/// A site's documents and their relations.
#[derive(Debug)]
pub struct Collection {
    summaries: Vec<Arc<ArticleSummary>>,
    documents: Vec<DocumentId>,
    addresses: Vec<String>,
    related: Vec<Vec<RelatedLink>>,
    card_details: Vec<CardDetails>,
    older: Vec<OlderArticles<ArticleId>>,
    adjacent: Vec<Adjacent>,
    /// The articles that are pinned at the time of the build, newest first.
    pinned: Vec<ArticleId>,
    stories: Stories,
    /// Addresses that several articles want or wanted, with their holders.
    pub contested: ReservedAddresses<'static>,
    /// The files of articles with reserved addresses that a page or a category's list also wants.
    displacing: HashSet<Arc<str>>,
    /// Topics; an article can have any number.
    pub topics: Taxonomy,
    /// Providers; an article has one.
    pub providers: Taxonomy,
    /// Categories; an article has one.
    pub categories: Taxonomy,
    /// Pages (About, Contact, ...), by order, then by title.
    pub pages: Vec<Page>,
    /// The articles of each day in the site's time zone, newest first; empty if days have no pages.
    pub days: BTreeMap<NaiveDate, Vec<ArticleId>>,
}

/// The documents to collect, by kind. Articles are only known by their summaries.
#[derive(Debug, Default)]
pub struct Documents {
    pub summaries: Vec<(DocumentId, Arc<ArticleSummary>)>,
    pub topics: Vec<TermPage>,
    pub providers: Vec<TermPage>,
    pub pages: Vec<Page>,
    /// Articles with errors, which are not collected.
    pub faulty: Vec<PartialArticle>,
    /// Display paths of documents that are left out. Articles among them keep their addresses, so
    /// that no other article moves.
    pub left_out: HashSet<String>,
    pub known_stories: KnownStories,
}

/// The taxonomies and pages of a collection, without its articles.
#[derive(Debug, Serialize, Deserialize)]
pub struct TermsAndPages<'a> {
    topics: Cow<'a, Taxonomy>,
    providers: Cow<'a, Taxonomy>,
    categories: Cow<'a, Taxonomy>,
    pages: Cow<'a, [Page]>,
}

/// An article of a partial collection.
#[derive(Debug)]
pub struct CollectedArticle {
    pub document: DocumentId,
    pub summary: Arc<ArticleSummary>,
    /// The path below the site's root, without leading and trailing slashes.
    pub address: String,
    /// Its related links.
    pub related: Vec<RelatedLink>,
    pub card_details: CardDetails,
    pub older: OlderArticles<ArticleId>,
    /// The articles before and after it.
    pub adjacent: Adjacent,
    /// The nearest reports of its story, oldest first, if its page is to be rendered.
    pub reports: Vec<ArticleId>,
}

/// Valid documents that are not published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Articles and pages with `published: false`.
    pub unpublished: usize,
    /// Articles below the site's minimum quality.
    pub low_quality: usize,
    /// Articles below the site's minimum heat.
    pub low_heat: usize,
    /// Published articles dated after the time of the build.
    pub not_yet_due: usize,
    /// When the first of these becomes due.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub next_due: Option<DateTime<Utc>>,
}

impl Withheld {
    /// Counts the documents that are withheld.
    pub fn of(documents: &Documents, config: &Config) -> Self {
        let mut withheld = Self::default();
        for (_, summary) in &documents.summaries {
            match summary.withheld_reason(config) {
                Some(WithheldReason::Unpublished) => withheld.unpublished += 1,
                Some(WithheldReason::LowQuality) => withheld.low_quality += 1,
                Some(WithheldReason::LowHeat) => withheld.low_heat += 1,
                None if !is_due(summary, config) => {
                    withheld.not_yet_due += 1;
                    let earlier = withheld.next_due.filter(|due| *due <= summary.published_at);
                    withheld.next_due = earlier.or(Some(summary.published_at));
                }
                None => {}
            }
        }
        withheld.unpublished +=
            documents.pages.iter().filter(|page| !is_published_page(page, config)).count();
        withheld
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Withheld {
    /// `246 unpublished, 3 below the minimum quality, 1 not yet due until 2026-12-01T09:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.unpublished, "unpublished"),
            (self.low_quality, "below the minimum quality"),
            (self.low_heat, "below the minimum heat"),
        ];
        let mut comma = "";
        for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, "{comma}{count} {what}")?;
            comma = ", ";
        }
        let Some(due) = self.next_due else { return Ok(()) };
        let shape = if due.second() == 0 { "%Y-%m-%dT%H:%MZ" } else { "%Y-%m-%dT%H:%M:%SZ" };
        write!(f, "{comma}{} not yet due until {}", self.not_yet_due, due.format(shape))
    }
}

impl Collection {
    /// Collects the published documents without unpublished and future ones. An article whose
    /// explicit slug is taken is left out, with an error.
    pub fn new(
        documents: Documents,
        config: &Config,
        reserved: &ReservationIndex<'_>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let Documents {
            mut summaries,
            mut topics,
            mut providers,
            mut pages,
            faulty: _,
            left_out,
            known_stories,
        } = documents;
        let is_kept = |display_path: &str| left_out.is_empty() || !left_out.contains(display_path);
        let is_kept_article =
            |summary: &ArticleSummary| left_out.is_empty() || is_kept(&summary.display_path());
        let warnings = summaries.iter().filter_map(|(_, one)| warning_of_far_date(one, config));
        diagnostics.extend(warnings);
        let known = providers::known_domains(&providers, summaries.iter().map(|(_, one)| &**one));
        let withheld = topics_of_withheld(&summaries, config);
        let drafts = drafts(&summaries, config);
        summaries.retain(|(_, summary)| is_due(summary, config));
        pages.retain(|page| is_published_page(page, config) && is_kept(&page.display_path));
        for files in [&mut topics, &mut providers] {
            files.retain(|page| is_kept(&page.display_path));
        }
        summaries.par_sort_unstable_by(|(_, a), (_, b)| newest_first(a, b));
        let (mut documents, mut summaries): (Vec<DocumentId>, Vec<Arc<ArticleSummary>>) =
            summaries.into_iter().unzip();
        pages.sort_by(|a, b| page_order(a).cmp(&page_order(b)));
        let Assigned { mut addresses, mut contested, displacing } =
            permalinks::assign(&summaries, &pages, config, reserved, &mut diagnostics);
        if !left_out.is_empty() {
            for (_, address) in summaries
                .iter()
                .zip(&mut addresses)
                .filter(|(summary, _)| !is_kept_article(summary))
            {
                *address = None;
            }
            // The errors of documents that are left out have been reported.
            diagnostics.retain(|found| is_kept(&found.location.file));
        }
        retain_where_some(&mut summaries, &addresses);
        retain_where_some(&mut documents, &addresses);
        let addresses = addresses.into_iter().flatten().collect();
        let (((mut topics, of_topics), (providers, categories)), stories) = rayon::join(
            || {
                rayon::join(
                    || taxonomy::topics(&summaries, topics, &withheld),
                    || {
                        let slugs = config.slugs;
                        (
                            providers::providers(&summaries, &known, providers, slugs, reserved),
                            taxonomy::categories(&summaries),
                        )
                    },
                )
            },
            || {
                if config.stories {
                    Stories::cluster(&summaries, &documents, known_stories)
                } else {
                    Stories::apart(&summaries)
                }
            },
        );
        let Grouped { providers, contested: contested_lists, diagnostics: of_providers } =
            providers;
        contested.extend(contested_lists);
        diagnostics.extend(of_topics.into_iter().chain(of_providers));
        diagnostics.extend(stories::warnings_of_near_names(&summaries, config));
        let count = config.related_count;
        let related =
            related::link(&summaries, &drafts, &topics, &stories, count, &mut diagnostics);
        let card_details = older::card_details(&summaries, &topics, config.shared_picture_limit);
        let is_shown = |id: ArticleId, other: ArticleId| {
            stories.of(other) == stories.of(id)
                || related[id.index()].contains(&RelatedLink::Own(other))
        };
        let older = older::older_articles(&summaries, &card_details, is_shown, &topics, &providers);
        // Added after related links, since topics are weighted by the articles that name them.
        topics.add_articles_of_parts();
        let adjacent = adjacent::find(&summaries, config);
        let days = if config.archives { days::group(&summaries, config) } else { BTreeMap::new() };
        let pinned = pinned(&summaries, config);
        let collection = Self {
            summaries,
            documents,
            addresses,
            related,
            card_details,
            older,
            adjacent,
            pinned,
            stories,
            contested,
            displacing,
            topics,
            providers,
            categories,
            pages,
            days,
        };
        (collection, diagnostics)
    }

    /// The part of a collection with these articles. It knows all terms, but not their articles.
    /// The pages of its articles equal those of the whole collection; its lists do not.
    pub fn part(terms_and_pages: TermsAndPages<'_>, members: Vec<CollectedArticle>) -> Self {
        let TermsAndPages { topics, providers, categories, pages } = terms_and_pages;
        let mut part = Self {
            summaries: Vec::with_capacity(members.len()),
            documents: Vec::with_capacity(members.len()),
            addresses: Vec::with_capacity(members.len()),
            related: Vec::with_capacity(members.len()),
            card_details: Vec::with_capacity(members.len()),
            older: Vec::with_capacity(members.len()),
            adjacent: Vec::with_capacity(members.len()),
            pinned: Vec::new(),
            stories: Stories::default(),
            contested: ReservedAddresses::new(),
            displacing: HashSet::new(),
            topics: topics.into_owned(),
            providers: providers.into_owned(),
            categories: categories.into_owned(),
            pages: pages.into_owned(),
            days: BTreeMap::new(),
        };
        let mut nearest = Vec::with_capacity(members.len());
        for CollectedArticle {
            document,
            summary,
            address,
            related,
            card_details,
            older,
            adjacent,
            reports,
        } in members
        {
            part.summaries.push(summary);
            part.documents.push(document);
            part.addresses.push(address);
            part.related.push(related);
            part.card_details.push(card_details);
            part.older.push(older);
            part.adjacent.push(adjacent);
            nearest.push(reports);
        }
        part.stories = Stories::of_part(nearest, &part.summaries);
        part
    }

    /// The part of the collection that has no articles, for the build cache.
    pub fn terms_and_pages(&self) -> TermsAndPages<'_> {
        TermsAndPages {
            topics: Cow::Borrowed(&self.topics),
            providers: Cow::Borrowed(&self.providers),
            categories: Cow::Borrowed(&self.categories),
            pages: Cow::Borrowed(&self.pages),
        }
    }

    /// The number of published articles.
    pub fn len(&self) -> usize {
        self.summaries.len()
    }

    /// Whether there are no published articles.
    pub fn is_empty(&self) -> bool {
        self.summaries.is_empty()
    }

    /// The ids of all articles, newest first.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ArticleId> + use<> {
        ids(self.summaries.len())
    }

    /// The bodies of pages and of the files of topics and providers, each after its display path.
    pub fn bodies(&self) -> impl Iterator<Item = (&str, &str)> {
        let pages = self.pages.iter().map(|page| (&*page.display_path, &*page.body));
        let terms = self.topics.terms().chain(self.providers.terms());
        let files = terms.filter_map(|(_, term)| term.page.as_ref());
        pages.chain(files.map(|page| (&*page.display_path, &*page.body)))
    }

    /// The summary of an article.
    pub fn summary(&self, id: ArticleId) -> &ArticleSummary {
        &self.summaries[id.index()]
    }

    /// The article with a summary that is equal to this one, if it was collected.
    pub fn find(&self, summary: &ArticleSummary) -> Option<ArticleId> {
        let found = self.summaries.binary_search_by(|other| newest_first(other, summary));
        found.ok().map(ArticleId::at)
    }

    /// The document that an article was parsed from.
    pub fn document(&self, id: ArticleId) -> DocumentId {
        self.documents[id.index()]
    }

    /// The path of an article below the site's root, without leading and trailing slashes.
    pub fn address(&self, id: ArticleId) -> &str {
        &self.addresses[id.index()]
    }

    /// Whether a page or the list of a category also claims the reserved address of an article.
    pub fn displaces(&self, id: ArticleId) -> bool {
        !self.displacing.is_empty() && self.displacing.contains(&self.summary(id).path)
    }

    /// The related links of an article, in the order in which its page shows them.
    pub fn related(&self, id: ArticleId) -> &[RelatedLink] {
        &self.related[id.index()]
    }

    /// What the card of an article shows that depends on older articles.
    pub fn card_details(&self, id: ArticleId) -> CardDetails {
        self.card_details[id.index()]
    }

    /// The older articles that the page of an article lists.
    pub fn older(&self, id: ArticleId) -> &OlderArticles<ArticleId> {
        &self.older[id.index()]
    }

    /// The stories of the site in the order in which its front page shows them.
    pub fn ranking(&self, config: &Config) -> Ranking {
        let articles = RankedArticles {
            summaries: &self.summaries,
            card_details: &self.card_details,
            stories: &self.stories,
            pinned: &self.pinned,
        };
        Ranking::new(&articles, config)
    }

    /// The topics that more of the newest stories have than before, most striking first.
    pub fn trending(&self) -> Vec<TermId> {
        trending::topics(&self.summaries, &self.stories, &self.topics)
    }

    /// The articles before and after an article.
    pub fn adjacent(&self, id: ArticleId) -> Adjacent {
        self.adjacent[id.index()]
    }

    /// The stories that the articles are about. A part of a collection knows those of its articles
    /// whose pages are rendered; all other articles are stories of their own there.
    pub fn stories(&self) -> &Stories {
        &self.stories
    }

    /// Why the articles from one on are in their stories, oldest first. A part of a collection does
    /// not know.
    pub fn explain_stories(&self, first: ArticleId) -> impl Iterator<Item = StoryExplanation> {
        story_explanations::explain(&self.summaries, &self.stories, first)
    }

    /// What the topics of an article count for its computed related articles.
    pub fn topic_weights(&self, id: ArticleId) -> Vec<TopicWeight<'_>> {
        related::topic_weights(id, &self.summaries, &self.topics)
    }
}

fn retain_where_some<T, O>(list: &mut Vec<T>, options: &[Option<O>]) {
    let mut is_kept = options.iter().map(Option::is_some);
    list.retain(|_| is_kept.next().expect("there is one option for each item"));
}

/// Whether an article is published at the time of the build.
pub fn is_due(summary: &ArticleSummary, config: &Config) -> bool {
    summary.is_published(config) && (summary.published_at <= config.now || config.future)
}

fn is_published_page(page: &Page, config: &Config) -> bool {
    page.published || config.unpublished
}

/// An article that becomes due later than this is probably misdated.
const FAR_FUTURE: Months = Months::new(12);

/// The time until which a future date is plausible.
pub fn suspicious_until(published_at: DateTime<Utc>) -> DateTime<Utc> {
    published_at.checked_sub_months(FAR_FUTURE).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

fn warning_of_far_date(summary: &ArticleSummary, config: &Config) -> Option<Diagnostic> {
    if !summary.is_published(config)
        || config.future
        || suspicious_until(summary.published_at) <= config.now
    {
        return None;
    }
    let due = summary.published_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let message = format!("hidden until {due}, more than a year from now");
    let warning =
        Diagnostic::new(Code::ImplausibleDate, Location::file(summary.display_path()), message);
    Some(warning.at_key("publishedDateTime").help("check the year of its date").changes_output())
}

/// The articles that the front page shows first.
fn pinned(summaries: &[Arc<ArticleSummary>], config: &Config) -> Vec<ArticleId> {
    let is_pinned =
        |summary: &ArticleSummary| summary.pin.is_some_and(|pin| pin.is_in_force(config.now));
    ids(summaries.len()).filter(|id| is_pinned(&summaries[id.index()])).collect()
}

/// The articles with `published: false` or `draft: true`.
fn drafts(
    summaries: &[(DocumentId, Arc<ArticleSummary>)],
    config: &Config,
) -> Vec<Arc<ArticleSummary>> {
    let is_draft = |summary: &&Arc<ArticleSummary>| {
        summary.withheld_reason(config) == Some(WithheldReason::Unpublished)
    };
    summaries.iter().map(|(_, summary)| summary).filter(is_draft).cloned().collect()
}

/// The slugs of the topics of articles that are not published yet.
fn topics_of_withheld(
    summaries: &[(DocumentId, Arc<ArticleSummary>)],
    config: &Config,
) -> HashSet<Box<str>> {
    let withheld = summaries.iter().filter(|(_, summary)| !is_due(summary, config));
    let topics = withheld.flat_map(|(_, summary)| &summary.topics);
    topics.map(|topic| topic.slug.clone()).collect()
}

fn newest_first(a: &ArticleSummary, b: &ArticleSummary) -> std::cmp::Ordering {
    b.published_at.cmp(&a.published_at).then_with(|| a.path.cmp(&b.path))
}

fn page_order(page: &Page) -> (i64, &str, &str) {
    (page.order.unwrap_or(i64::MAX), &page.title, &page.address)
}

/// Documents for unit tests.
#[cfg(test)]
pub(crate) mod fixture {
    use chrono::{DateTime, Utc};

    use super::{DocumentId, Documents};
    use crate::config::{Config, Overrides};
    use crate::document::{self, Document};
    use crate::source::{FileStamp, Folder, SiteFile};

    /// The time of builds with `config`.
    pub(crate) const NOW: &str = "2026-06-01T12:00:00Z";

    pub(crate) fn instant(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("instant").to_utc()
    }

    /// A configuration with additional lines of `site.toml`.
    pub(crate) fn config(more: &str) -> Config {
        let overrides = Overrides { now: instant(NOW), ..Overrides::default() };
        let text = format!("title = \"T\"\nbase_url = \"https://t.example\"\n{more}");
        Config::parse("site.toml", &text, &overrides).expect("configuration")
    }

    /// An article of `a.example`, with additional lines of front matter.
    pub(crate) fn article(name: &str, published: &str, more: &str) -> String {
        format!(
            "---\ntitle: {name}\npublishedDateTime: {published}\noriginalUrl: https://a.example/{name}\n\
             provider:\n  domain: a.example\n{more}---\n"
        )
    }

    /// A valid document.
    pub(crate) fn document(path: &str, text: &str, config: &Config) -> Document {
        let folder = Folder { name: "content", on_disk: "content".into() };
        let stamp = FileStamp { length: 0, changed_at: 0, touched_at: 0 };
        let file = SiteFile { path: path.into(), folder: folder.into(), stamp };
        let (document, diagnostics) = document::parse(&file, text.as_bytes(), config);
        document.unwrap_or_else(|| panic!("{diagnostics:?}"))
    }

    /// The documents in `files`, each with its path below `content/`.
    pub(crate) fn documents<'a>(
        files: impl IntoIterator<Item = (&'a str, String)>,
        config: &Config,
    ) -> Documents {
        let mut documents = Documents::default();
        for (index, (path, text)) in files.into_iter().enumerate() {
            match document(path, &text, config) {
                Document::Article(article) => {
                    documents.summaries.push((DocumentId::at(index), article.summary.into()));
                }
                Document::Topic(page) => documents.topics.push(page),
                Document::Provider(page) => documents.providers.push(page),
                Document::Page(page) => documents.pages.push(page),
            }
        }
        documents
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::{article, config, documents, instant};
    use super::*;
    use crate::reservations::Reservations;
    use crate::story::Evidence;

    fn collect(documents: Documents, config: &Config) -> (Collection, Vec<String>) {
        let (collection, diagnostics) =
            Collection::new(documents, config, &Reservations::default().index(&[]));
        let line = |found: &Diagnostic| format!("{}: {}", found.location, found.message);
        (collection, diagnostics.iter().map(line).collect())
    }

    fn addresses(collection: &Collection) -> Vec<&str> {
        collection.ids().map(|id| collection.address(id)).collect()
    }

    /// The addresses of an article's related articles.
    fn related<'c>(collection: &'c Collection, address: &str) -> Vec<&'c str> {
        let id = collection.ids().find(|id| collection.address(*id) == address).expect("article");
        let address = |link: &RelatedLink| match link {
            RelatedLink::Own(id) => collection.address(*id),
            RelatedLink::External(_) => "external",
        };
        collection.related(id).iter().map(address).collect()
    }

    #[test]
    fn articles_are_sorted_newest_first_then_by_path() {
        let config = config("permalink = \"/{slug}/\"\n");
        let files = [
            ("old.md", article("old", "2026-01-01T00:00:00Z", "")),
            ("z.md", article("z", "2026-01-02T00:00:00Z", "")),
            ("a.md", article("a", "2026-01-02T00:00:00Z", "")),
            ("new.md", article("new", "2026-01-02T00:00:01Z", "")),
        ];
        let (collection, diagnostics) = collect(documents(files, &config), &config);
        assert_eq!(diagnostics, [""; 0]);
        assert_eq!(addresses(&collection), ["new", "a", "z", "old"]);
        let read_as: Vec<usize> =
            collection.ids().map(|id| collection.document(id).index()).collect();
        assert_eq!(read_as, [3, 2, 1, 0]);
    }

    #[test]
    fn withheld_documents_are_counted_and_not_collected() {
        let mut config = config("permalink = \"/{slug}/\"\n");
        let files = || {
            [
                ("due.md", article("due", "2026-06-01T12:00:00Z", "")),
                ("soon.md", article("soon", "2026-06-01T12:00:01Z", "")),
                ("later.md", article("later", "2026-07-01T00:00:00Z", "")),
                ("hidden.md", article("hidden", "2026-07-01T00:00:00Z", "published: false\n")),
                ("pages/about.md", "---\ntitle: P\npublished: false\n---\n".to_owned()),
            ]
        };
        let all = documents(files(), &config);
        let withheld = Withheld::of(&all, &config);
        let next_due = Some(instant("2026-06-01T12:00:01Z"));
        assert_eq!(
            withheld,
            Withheld { unpublished: 2, not_yet_due: 2, next_due, ..Withheld::default() }
        );
        assert_eq!(withheld.to_string(), "2 unpublished, 2 not yet due until 2026-06-01T12:00:01Z");
        let (collection, _) = collect(all, &config);
        assert_eq!(addresses(&collection), ["due"]);
        assert!(collection.pages.is_empty());

        (config.unpublished, config.future) = (true, true);
        let (collection, _) = collect(documents(files(), &config), &config);
        assert_eq!(addresses(&collection), ["hidden", "later", "soon", "due"]);
        assert_eq!(collection.pages.len(), 1);
    }

    #[test]
    fn dates_far_in_the_future_are_warnings() {
        let config = config("");
        let files = [
            ("next-year.md", article("a", "2027-06-01T12:00:00Z", "")),
            ("a-day-later.md", article("d", "2027-06-02T00:00:00Z", "")),
            ("typo.md", article("b", "2062-01-01T00:00:00Z", "")),
            ("draft.md", article("c", "2062-01-01T00:00:00Z", "published: false\n")),
        ];
        let (_, mut diagnostics) = collect(documents(files, &config), &config);
        diagnostics.sort();
        assert_eq!(
            diagnostics,
            [
                "content/a-day-later.md: hidden until 2027-06-02T00:00:00Z, more than a year from now",
                "content/typo.md: hidden until 2062-01-01T00:00:00Z, more than a year from now"
            ]
        );
    }

    #[test]
    fn left_out_article_keeps_its_address() {
        let config = config("permalink = \"/{slug}/\"\n");
        let mut all = documents(
            [
                ("x/same.md", article("first", "2026-01-01T00:00:00Z", "")),
                ("y/same.md", article("second", "2026-01-02T00:00:00Z", "")),
                ("pages/p.md", "---\ntitle: P\n---\n".to_owned()),
            ],
            &config,
        );
        all.left_out = ["content/x/same.md", "content/pages/p.md"].map(str::to_owned).into();
        let (collection, _) = collect(all, &config);
        assert_eq!(addresses(&collection), ["same-a-example"]);
        assert_eq!(&*collection.summary(ArticleId::at(0)).title, "second");
        assert!(collection.pages.is_empty());
    }

    #[test]
    fn article_with_a_taken_slug_is_an_error_and_not_collected() {
        let config = config("permalink = \"/{slug}/\"\n");
        let files = [
            ("a.md", article("a", "2026-01-01T00:00:00Z", "slug: same\n")),
            ("b.md", article("b", "2026-01-02T00:00:00Z", "slug: same\n")),
        ];
        let (collection, diagnostics) = collect(documents(files, &config), &config);
        assert_eq!(addresses(&collection), ["same"]);
        assert_eq!(&*collection.summary(ArticleId::at(0)).title, "a");
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        assert!(diagnostics[0].starts_with("content/b.md: "), "{diagnostics:?}");
    }

    #[test]
    fn pages_are_sorted_by_order_then_title() {
        let config = config("");
        let page = |title: &str, more: &str| format!("---\ntitle: {title}\n{more}---\n");
        let files = [
            ("a.md", article("a", "2026-01-01T00:00:00Z", "")),
            ("pages/b.md", page("B", "")),
            ("pages/a.md", page("A", "")),
            ("pages/z.md", page("Z", "order: 1\n")),
        ];
        let (collection, diagnostics) = collect(documents(files, &config), &config);
        let titles: Vec<&str> = collection.pages.iter().map(|page| &*page.title).collect();
        assert_eq!(titles, ["Z", "A", "B"]);
        assert_eq!(diagnostics, [""; 0]);
    }

    #[test]
    fn editorial_links_come_first_and_go_both_ways() {
        let config = config("permalink = \"/{slug}/\"\nrelated_count = 3\n");
        let link = |url: &str| format!("  - title: R\n    webUrl: {url}\n");
        let related_to_old = format!(
            "topics: [T]\nrelated:\n{}{}{}",
            link("https://a.example/old"),
            link("https://b.example/"),
            // The article itself.
            link("https://a.example/new")
        );
        let files = [
            ("old.md", article("old", "2026-01-01T00:00:00Z", "topics: [U]\n")),
            ("middle.md", article("middle", "2026-01-02T00:00:00Z", "topics: [T]\n")),
            ("new.md", article("new", "2026-02-03T00:00:00Z", &related_to_old)),
        ];
        let (collection, _) = collect(documents(files, &config), &config);
        assert_eq!(related(&collection, "new"), ["old", "external", "middle"]);
        assert_eq!(related(&collection, "old"), ["new"]);
        assert_eq!(
            related(&collection, "middle"),
            [""; 0],
            "computed links lead to older articles only"
        );
    }

    #[test]
    fn computed_links_prefer_rare_topics_then_quality_then_recency() {
        let config = config("permalink = \"/{slug}/\"\nrelated_count = 3\n");
        let files = [
            ("rare.md", article("rare", "2026-01-01T00:00:00Z", "topics: [Rare]\n")),
            ("good.md", article("good", "2026-01-02T00:00:00Z", "topics: [Common]\nquality: 9\n")),
            ("older.md", article("older", "2026-01-03T00:00:00Z", "topics: [Common]\n")),
            ("newer.md", article("newer", "2026-01-04T00:00:00Z", "topics: [Common]\n")),
            ("new.md", article("new", "2026-01-05T00:00:00Z", "topics: [Common, Rare]\n")),
        ];
        let (collection, _) = collect(documents(files, &config), &config);
        assert_eq!(related(&collection, "new"), ["rare", "good", "newer"]);
    }

    /// The stories with several articles, by addresses, with the evidence of all but the first.
    fn stories(collection: &Collection) -> Vec<Vec<(&str, Option<Evidence>)>> {
        let stories = collection.stories();
        let member =
            |id: &ArticleId| (collection.address(*id), stories.join(*id).map(|join| join.by));
        let members = |story: &Story| story.articles.iter().map(member).collect::<Vec<_>>();
        let stories = stories.iter().map(|(_, story)| members(story));
        stories.filter(|members| members.len() > 1).collect()
    }

    #[test]
    fn stories_are_found_by_keys_related_items_originals_and_titles() {
        let config = config("permalink = \"/{slug}/\"\n");
        let related = "related: [{title: R, webUrl: https://a.example/linked}]\n";
        let original = "webUrl: https://a.example/copied?utm_source=x\n";
        let files = [
            ("named.md", article("named", "2026-01-01T00:00:00Z", "story: The Event\n")),
            ("later.md", article("later", "2026-04-01T00:00:00Z", "story: the-event\n")),
            ("linked.md", article("linked", "2026-02-01T00:00:00Z", "")),
            ("links.md", article("links", "2026-02-02T00:00:00Z", related)),
            ("copied.md", article("copied", "2026-03-01T00:00:00Z", "")),
            ("copy.md", article("copy", "2026-03-02T00:00:00Z", original)),
            (
                "alone.md",
                article("alone", "2026-03-02T00:00:00Z", original)
                    .replace("\n---\n", "\nstory: none\n---\n"),
            ),
            (
                "hidden.md",
                article("hidden", "2026-01-01T00:00:00Z", "story: The Event\npublished: false\n"),
            ),
        ];
        let (collection, _) = collect(documents(files, &config), &config);
        assert_eq!(
            stories(&collection),
            [
                [("named", None), ("later", Some(Evidence::Key))],
                [("linked", None), ("links", Some(Evidence::Related))],
                [("copied", None), ("copy", Some(Evidence::Original))],
            ]
        );
        let named = collection.stories().iter().next().expect("story").1;
        assert_eq!(named.key.as_ref().map(|key| &*key.name), Some("The Event"));
        assert_eq!(collection.stories().iter().len(), 4);
    }

    #[test]
    fn part_keeps_its_members_in_order_and_all_terms() {
        let config = config("permalink = \"/{slug}/\"\n");
        let files = [
            ("a.md", article("a", "2026-01-01T00:00:00Z", "topics: [T]\n")),
            ("b.md", article("b", "2026-01-02T00:00:00Z", "topics: [U]\n")),
        ];
        let (whole, _) = collect(documents(files, &config), &config);
        let member = |id: ArticleId| CollectedArticle {
            document: whole.document(id),
            summary: Arc::clone(&whole.summaries[id.index()]),
            address: whole.address(id).to_owned(),
            related: whole.related(id).to_vec(),
            card_details: whole.card_details(id),
            older: whole.older(id).clone(),
            adjacent: whole.adjacent(id),
            reports: whole.stories().nearest(id).to_vec(),
        };
        let members: Vec<CollectedArticle> = whole.ids().rev().map(member).collect();
        let part = Collection::part(whole.terms_and_pages(), members);
        assert_eq!(addresses(&part), ["a", "b"]);
        let names: Vec<&str> = part.topics.terms().map(|(_, topic)| &*topic.name).collect();
        assert_eq!(names, ["T", "U"]);
    }

    #[test]
    fn part_knows_the_stories_of_its_rendered_articles() {
        let config = config("permalink = \"/{slug}/\"\n");
        let files = [
            ("a.md", article("a", "2026-01-01T00:00:00Z", "story: X\n")),
            ("b.md", article("b", "2026-01-02T00:00:00Z", "story: X\n")),
            ("c.md", article("c", "2026-01-03T00:00:00Z", "")),
        ];
        let (whole, _) = collect(documents(files, &config), &config);
        let part_with = |rendered: &str| {
            // The members of the part are in the opposite order.
            let in_part = |id: &ArticleId| ArticleId::at(whole.len() - 1 - id.index());
            let member = |id: ArticleId| {
                let reports = whole.stories().nearest(id).iter().map(in_part);
                let is_rendered = whole.address(id) == rendered;
                CollectedArticle {
                    document: whole.document(id),
                    summary: Arc::clone(&whole.summaries[id.index()]),
                    address: whole.address(id).to_owned(),
                    related: Vec::new(),
                    card_details: whole.card_details(id),
                    older: OlderArticles::default(),
                    adjacent: Adjacent::default(),
                    reports: reports.filter(|_| is_rendered).collect(),
                }
            };
            let members = whole.ids().rev().map(member).collect();
            let part = Collection::part(whole.terms_and_pages(), members);
            let stories = part.stories();
            part.ids().map(|id| stories.nearest(id).to_vec()).collect::<Vec<_>>()
        };
        let [a, b, c] = [0, 1, 2].map(ArticleId::at);
        assert_eq!(part_with("b"), [vec![a], vec![a, b], vec![c]]);
        assert_eq!(part_with("c"), [[a], [b], [c]]);
    }
}
