//! Pulls new articles from the feeds of other sites.
//!
//! [`fetch`] reads the feeds, [`FetchedSources::plan`] decides which items become articles, and
//! [`PullPlan::record`] remembers those that were written. Documents are written in between: a pull that is killed there
//! finds them as known originals next time, so nothing is lost and nothing comes twice.

mod fetch_state;
mod ledger;
mod pull_source;
mod word_filter;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use tokio::runtime::{Builder, Runtime};

use crate::build::cache;
use crate::config::Config;
use crate::curation::{ArticleProposal, EditorChoices, SiteKnowledge};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::fetched_page::{FetchedPage, remedy};
use crate::http_url::HttpUrl;
use crate::metadata::{FetchedFeed, FetchedItem, NotAFeed, read_feed};
use crate::net::{Client, ClientOptions, FetchError, PoliteClient, Validators, by_host};
use fetch_state::FetchState;
use ledger::{ItemId, PulledItems};
use pull_source::{PullSource, check_names, sources};
use word_filter::WordFilter;

pub use ledger::PULLED;

/// The types of resources to ask for.
const FEED: &str = "application/atom+xml,application/rss+xml,application/feed+json,\
                    application/xml;q=0.9,text/xml;q=0.9,application/json;q=0.8,*/*;q=0.1";

/// The file that a pull keeps locked, so that two of one site do not write the same articles.
pub fn lock_path(root: &Path) -> PathBuf {
    root.join(cache::FOLDER).join("pull-lock")
}

/// Sources of a site, with what their servers sent.
pub struct FetchedSources<'a> {
    root: &'a Path,
    config: &'a Config,
    sources: Vec<PullSource<'a>>,
    /// What was fetched from each source.
    fetched: Vec<Fetched>,
    pulled: PulledItems,
    state: FetchState,
    client: PoliteClient,
    runtime: Runtime,
}

/// What was fetched from a source.
enum Fetched {
    Feed(FetchedFeed, Validators),
    Unchanged,
    Waiting(DateTime<Utc>),
    Failed(Diagnostic),
}

/// What a pull does.
pub struct PullPlan<'a> {
    root: &'a Path,
    /// The new articles: in the order of their sources, then by date.
    pub articles: Vec<PulledArticle>,
    /// What became of the sources.
    pub reports: Vec<SourceReport>,
    /// The errors of sources that could not be read, and of articles that could not be written.
    pub failures: Vec<Diagnostic>,
    /// Warnings about single items.
    pub warnings: Vec<Diagnostic>,
    sources: Vec<PullSource<'a>>,
    pulled: PulledItems,
    state: FetchState,
}

/// A new article, and the item that it is about.
pub struct PulledArticle {
    /// What becomes a document.
    pub proposal: ArticleProposal,
    /// The index of its source.
    source: usize,
    id: Option<ItemId>,
    /// The addresses of the item and its page.
    urls: Vec<HttpUrl>,
}

/// What became of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReport {
    /// The name of the source.
    pub name: String,
    pub outcome: SourceOutcome,
}

/// What became of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceOutcome {
    /// Its items were counted.
    Read(ItemCounts),
    /// It has not changed since it was read.
    Unchanged,
    /// It was not asked, because its host asked to wait until this time.
    Waiting(DateTime<Utc>),
    /// It could not be read.
    Failed,
}

impl SourceOutcome {
    /// Counts one of the new items as something else.
    fn recount(&mut self, change: impl FnOnce(&mut ItemCounts)) {
        if let Self::Read(counts) = self {
            counts.new -= 1;
            change(counts);
        }
    }
}

/// How many items of a source there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemCounts {
    /// Items that become articles.
    pub new: usize,
    /// Items that were pulled before, or that the site has for another reason.
    pub known: usize,
    /// Items without the words that the source is about, or with others.
    pub filtered: usize,
    /// Items that are left for the next run, because of the limit.
    pub postponed: usize,
    /// Items without the address of an article.
    pub unusable: usize,
    /// Items whose documents could not be written.
    pub unwritten: usize,
}

/// An item that may become an article.
struct ChosenItem {
    /// The index of its source.
    source: usize,
    item: FetchedItem,
    id: Option<ItemId>,
}

/// Fetches the feeds of the sources with one of these names, or of all sources if there are none.
///
/// # Errors
/// All errors of the site that keep it from being pulled.
pub fn fetch<'a>(
    root: &'a Path,
    config: &'a Config,
    names: &[String],
) -> Result<FetchedSources<'a>, Vec<Diagnostic>> {
    let mut sources = sources(root, config)?;
    check_names(names, &sources)?;
    let pulled = PulledItems::read(root)?;
    let mut state = FetchState::read(root);
    state.expect_pulled(pulled.digest());
    state.keep_only(&sources);
    sources.retain(|source| names.is_empty() || names.iter().any(|name| source.has_name(name)));
    let unusable = |reason: String| {
        vec![Diagnostic::new(Code::UnusableNetwork, Location::file("newsgen"), reason)]
    };
    let client = Client::new(&ClientOptions::of_site(config));
    let client = client.map_err(|error| unusable(error.to_string()))?;
    let crawler = Client::without_redirects(&ClientOptions::of_site(config));
    let crawler = crawler.map_err(|error| unusable(error.to_string()))?;
    let client = PoliteClient::new(client, state.hosts.clone(), config.now).with_robots(crawler);
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| unusable(error.to_string()))?;
    let feeds = sources.iter().map(|source| (source.feed.clone(), source));
    let fetched = runtime.block_on(by_host(feeds, async |feed, source: &PullSource<'_>| {
        fetch_feed(&client, &feed, state.validators(source), source).await
    }));
    Ok(FetchedSources { root, config, sources, fetched, pulled, state, client, runtime })
}

async fn fetch_feed(
    client: &PoliteClient,
    feed: &HttpUrl,
    known: Validators,
    source: &PullSource<'_>,
) -> Fetched {
    let response = match client.get(feed, FEED, &known).await {
        Ok(response) => response,
        Err(FetchError::Paused(until)) => return Fetched::Waiting(until),
        Err(error) => {
            return Fetched::Failed(failure(
                source,
                &format!("cannot read the feed: {error}"),
                remedy(&error),
            ));
        }
    };
    match response.status {
        200 => match read_feed(&response.body, response.content_type.as_deref(), &response.url) {
            Ok(feed) => Fetched::Feed(feed, response.validators),
            Err(reason) => Fetched::Failed(no_feed(source, reason)),
        },
        304 => Fetched::Unchanged,
        status => {
            let help = match status {
                404 | 410 => {
                    "there is no such feed; look for its new address, or remove the source"
                }
                429 | 500.. => "the next pull tries again",
                _ => "open the address in a browser; the publisher may refuse programs",
            };
            Fetched::Failed(failure(
                source,
                &format!("the server responds with status {status}"),
                help,
            ))
        }
    }
}

fn no_feed(source: &PullSource<'_>, reason: NotAFeed) -> Diagnostic {
    match reason {
        NotAFeed::Page(feeds) => {
            let help = match feeds.first() {
                Some(feed) => format!("the page names this feed: `{}`", feed.as_str()),
                None => "look on the page for the address of its feed".to_owned(),
            };
            failure(source, "this is no feed but a web page", &help)
        }
        NotAFeed::Other(reason) => failure(
            source,
            &format!("this is no feed: {reason}"),
            "newsgen reads RSS, Atom and JSON Feed",
        ),
    }
}

/// The error of a source that could not be read.
fn failure(source: &PullSource<'_>, message: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::UnreadableFeed, source.location.clone(), message).help(help)
}

impl<'a> FetchedSources<'a> {
    /// Whether any feed was read, so that it matters what the site has.
    pub fn has_items(&self) -> bool {
        self.fetched.iter().any(|fetched| matches!(fetched, Fetched::Feed(..)))
    }

    /// Decides which items become articles, completed by their pages if these are to be fetched.
    pub fn plan(mut self, site: &SiteKnowledge<'_>, fetch_pages: bool) -> PullPlan<'a> {
        let (mut reports, failures, chosen) = self.choose(site);
        let (pages, mut warnings) = self.pages(&chosen, fetch_pages);
        let mut written = Written { site, urls: HashSet::new() };
        let mut articles = Vec::new();
        for (ChosenItem { source: index, item, id }, page) in chosen.into_iter().zip(pages) {
            let (Some(source), Some(report)) = (self.sources.get(index), reports.get_mut(index))
            else {
                continue;
            };
            if written.has(&page) {
                self.pulled.add(&item.url, id);
                report.outcome.recount(|counts| counts.known += 1);
                continue;
            }
            match site.propose(page, choices(source), self.config.now) {
                Ok(proposal) => {
                    let of_page = written.add(&proposal);
                    let urls = std::iter::once(item.url).chain(of_page).collect();
                    articles.push(PulledArticle { proposal, source: index, id, urls });
                }
                Err(diagnostic) => {
                    warnings.push(diagnostic.into_warning());
                    report.outcome.recount(|counts| counts.unusable += 1);
                }
            }
        }
        self.state.hosts = self.client.into_state();
        let Self { root, sources, pulled, state, .. } = self;
        PullPlan { root, articles, reports, failures, warnings, sources, pulled, state }
    }

    /// Chooses the items that may become articles: what became of each source, the errors of those
    /// that could not be read, and the items.
    fn choose(
        &mut self,
        site: &SiteKnowledge<'_>,
    ) -> (Vec<SourceReport>, Vec<Diagnostic>, Vec<ChosenItem>) {
        let (mut reports, mut failures, mut chosen) = (Vec::new(), Vec::new(), Vec::new());
        let pulled = &mut self.pulled;
        let mut selection = Selection { site, pulled, taken: PulledItems::default() };
        let fetched = std::mem::take(&mut self.fetched);
        for (index, (source, fetched)) in self.sources.iter().zip(fetched).enumerate() {
            let outcome = match fetched {
                Fetched::Unchanged => SourceOutcome::Unchanged,
                Fetched::Waiting(until) => SourceOutcome::Waiting(until),
                Fetched::Failed(diagnostic) => {
                    failures.push(diagnostic);
                    SourceOutcome::Failed
                }
                Fetched::Feed(feed, validators) => {
                    let now = self.config.now;
                    let counts = selection.choose(index, source, feed, now, &mut chosen);
                    // What is left must be sent again.
                    let is_done = counts.postponed == 0;
                    let validators = if is_done { validators } else { Validators::default() };
                    self.state.set_validators(source, validators);
                    SourceOutcome::Read(counts)
                }
            };
            reports.push(SourceReport { name: source.name.clone(), outcome });
        }
        (reports, failures, chosen)
    }

    /// What is known of the chosen items: what the feeds say, and the pages too if they are fetched.
    /// Warnings name the pages that could not be read.
    fn pages(
        &self,
        chosen: &[ChosenItem],
        fetch_pages: bool,
    ) -> (Vec<FetchedPage>, Vec<Diagnostic>) {
        let of_feed = |item: &FetchedItem| FetchedPage {
            given: item.url.clone(),
            url: item.url.clone(),
            metadata: item.metadata.clone(),
        };
        if !fetch_pages {
            return (chosen.iter().map(|chosen| of_feed(&chosen.item)).collect(), Vec::new());
        }
        let zone = self.config.time_zone;
        let items = chosen.iter().map(|chosen| (chosen.item.url.clone(), &chosen.item));
        let fetched = self.runtime.block_on(by_host(items, async |url, item: &FetchedItem| {
            (item, FetchedPage::fetch(url, &self.client, zone).await)
        }));
        let (mut warnings, mut disallowed) = (Vec::new(), BTreeMap::<usize, Vec<String>>::new());
        let pages = fetched.into_iter().zip(chosen).map(|((item, page), chosen)| match page {
            Ok(page) => completed(page, item),
            Err(diagnostic) => {
                if diagnostic.code == Code::DisallowedPages {
                    // `fetched_page::failure` locates this diagnostic at the host.
                    disallowed.entry(chosen.source).or_default().push(diagnostic.location.file);
                } else {
                    let help = "the document says only what the feed says";
                    warnings.push(diagnostic.into_warning().help(help));
                }
                of_feed(item)
            }
        });
        let pages = pages.collect();
        let sources = disallowed.into_iter();
        warnings.extend(sources.filter_map(|(source, hosts)| {
            Some(disallowed_pages(self.sources.get(source)?, hosts))
        }));
        (pages, warnings)
    }
}

/// The warning that the `robots.txt` of these hosts does not allow the pages of a source, one each.
fn disallowed_pages(source: &PullSource<'_>, mut hosts: Vec<String>) -> Diagnostic {
    let pages = match hosts.len() {
        1 => "1 page".to_owned(),
        count => format!("{count} pages"),
    };
    hosts.sort_unstable();
    hosts.dedup();
    let message = format!(
        "{pages} not fetched: `robots.txt` of {} does not allow it, or cannot be read",
        hosts.join(", ")
    );
    Diagnostic::new(Code::DisallowedPages, source.location.clone(), message)
        .help("the documents say only what the feed says")
}

/// A page, completed by what the feed says. The address in the feed is no canonical one then.
fn completed(page: FetchedPage, item: &FetchedItem) -> FetchedPage {
    let mut of_feed = item.metadata.clone();
    let clean_url = page.url.without_tracking();
    of_feed.canonical = (clean_url != page.url).then_some(clean_url);
    FetchedPage { metadata: page.metadata.or(of_feed), ..page }
}

/// What the settings of a source decide about its articles.
fn choices(source: &PullSource<'_>) -> EditorChoices {
    EditorChoices {
        topics: source.config.topics.clone(),
        note: None,
        is_published: source.config.publish,
        provider: source.config.provider.clone(),
        language: source.config.language.clone(),
    }
}

/// Chooses items, none of them twice.
struct Selection<'s> {
    site: &'s SiteKnowledge<'s>,
    pulled: &'s mut PulledItems,
    /// What was chosen in this run.
    taken: PulledItems,
}

impl Selection<'_> {
    /// Chooses the new items of a source, the newest first if there is a limit, and adds them by date.
    fn choose(
        &mut self,
        index: usize,
        source: &PullSource<'_>,
        feed: FetchedFeed,
        now: DateTime<Utc>,
        chosen: &mut Vec<ChosenItem>,
    ) -> ItemCounts {
        let filter = WordFilter::new(&source.config.include, &source.config.exclude);
        let limit = source.config.limit.unwrap_or(usize::MAX);
        let mut counts = ItemCounts { unusable: feed.without_address, ..ItemCounts::default() };
        let mut items = feed.items;
        let date = |item: &FetchedItem| item.metadata.published.map_or(now, |date| date.instant);
        items.sort_by_key(|item| std::cmp::Reverse(date(item)));
        let mut new = Vec::new();
        for item in items {
            let id = item.id.as_deref().and_then(|id| ItemId::new(&source.feed, id, &item.url));
            if self.is_known(&item.url, id.as_ref()) {
                counts.known += 1;
            } else if !filter.accepts(&text(&item)) {
                counts.filtered += 1;
            } else if counts.new == limit {
                counts.postponed += 1;
            } else {
                counts.new += 1;
                self.taken.add(&item.url, id.clone());
                new.push(ChosenItem { source: index, item, id });
            }
        }
        chosen.extend(new.into_iter().rev());
        counts
    }

    /// Whether an item was pulled, or the site has it. What the site has is remembered as pulled, so
    /// that it does not come after it was deleted, either; and so is a new address or identifier of
    /// an item, which may change the other one next.
    fn is_known(&mut self, url: &HttpUrl, id: Option<&ItemId>) -> bool {
        if self.taken.has(url, id) {
            return true;
        }
        let is_known = self.pulled.has(url, id) || self.site.check_new(url).is_err();
        if is_known {
            self.pulled.add(url, id.cloned());
        }
        is_known
    }
}

/// The text that is searched for words.
fn text(item: &FetchedItem) -> String {
    let parts = [item.metadata.title.as_deref(), item.metadata.excerpt.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The originals of the articles of this run.
struct Written<'s> {
    site: &'s SiteKnowledge<'s>,
    urls: HashSet<String>,
}

impl Written<'_> {
    /// Whether there is an article about this page.
    fn has(&self, page: &FetchedPage) -> bool {
        let canonical = page.metadata.canonical.as_ref();
        let mut urls = [Some(&page.given), Some(&page.url), canonical].into_iter().flatten();
        self.site.check_new_page(page).is_err()
            || urls.any(|url| self.urls.contains(&*url.dedup_key()))
    }

    /// Adds an article, and returns its addresses.
    fn add(&mut self, proposal: &ArticleProposal) -> Vec<HttpUrl> {
        let article = &proposal.article;
        let urls = [Some(&article.original_url), article.web_url.as_ref()];
        let urls: Vec<HttpUrl> =
            urls.into_iter().flatten().filter_map(|url| HttpUrl::parse(url).ok()).collect();
        self.urls.extend(urls.iter().map(|url| url.dedup_key().into_owned()));
        urls
    }
}

impl PullPlan<'_> {
    /// Notes that the document of an article was written.
    pub fn add_written(&mut self, article: PulledArticle) {
        let mut id = article.id;
        for url in article.urls {
            self.pulled.add(&url, id.take());
        }
    }

    /// Notes why the document of an article could not be written. The next pull tries again.
    pub fn add_unwritten(&mut self, article: &PulledArticle, errors: Vec<Diagnostic>) {
        self.failures.extend(errors);
        if let Some(source) = self.sources.get(article.source) {
            self.state.set_validators(source, Validators::default());
        }
        if let Some(report) = self.reports.get_mut(article.source) {
            report.outcome.recount(|counts| counts.unwritten += 1);
        }
    }

    /// Remembers what was pulled, after the documents were written.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn record(&mut self) -> Result<(), Diagnostic> {
        self.pulled.write(self.root)?;
        self.state.set_pulled(self.pulled.digest());
        self.state.write(self.root)
    }
}
