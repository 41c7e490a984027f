//! Checks whether the originals of articles are still at their addresses.

mod checked_links;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::runtime::Builder;

use crate::collection::Documents;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::front_matter::location_of_key;
use crate::document::{ArticleSummary, placeholder};
use crate::http_url::HttpUrl;
use crate::net::{Client, ClientOptions, FetchError, PoliteClient, Response, by_host};
use crate::source;
use checked_links::{CheckedLink, CheckedLinks, LinkState};

/// How long a result is used.
const MAX_AGE: TimeDelta = TimeDelta::days(7);

/// The maximum number of redirects.
const MAX_REDIRECTS: usize = 10;

/// How to check originals.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkCheckOptions {
    /// Results from before this time are not used; by default those of more than a week ago.
    pub since: Option<DateTime<Utc>>,
    /// Whether to offer the addresses of archived copies.
    pub archived: bool,
    /// The time of the check: that of the clock, since servers go by it.
    pub now: DateTime<Utc>,
}

/// What a check of originals found.
#[derive(Clone, Debug, Default)]
pub struct LinkReport {
    /// Warnings about originals that are gone or have moved, and one for each host with originals that
    /// could not be reached.
    pub warnings: Vec<Diagnostic>,
    /// The number of addresses that were asked for.
    pub asked: usize,
    /// The number of addresses that were checked before.
    pub known: usize,
    /// The hosts whose `robots.txt` does not allow originals to be asked for, each with their number.
    pub disallowed: BTreeMap<String, usize>,
}

/// Asks for the originals of all articles, also unpublished ones, unless they were checked lately.
///
/// # Errors
/// When the network cannot be used.
pub fn check_originals(
    root: &Path,
    config: &Config,
    documents: &Documents,
    options: LinkCheckOptions,
) -> Result<LinkReport, Diagnostic> {
    let failed =
        |reason: String| Diagnostic::new(Code::UnusableNetwork, Location::file("newsgen"), reason);
    let mut checked = CheckedLinks::read(root);
    let since = options.since.unwrap_or(options.now - MAX_AGE);
    let mut report = LinkReport::default();
    let urls = documents.summaries.iter().map(|(_, summary)| &summary.web_url);
    let urls: BTreeSet<&HttpUrl> = urls.filter(|url| !placeholder::is_original(url)).collect();
    // Keep the results of documents that have errors: they are probably corrected soon.
    let of_faulty: BTreeSet<&HttpUrl> =
        documents.faulty.iter().flat_map(|article| &article.urls).collect();
    checked.links.retain(|url, link| {
        (since..=options.now).contains(&link.at)
            && HttpUrl::parse(url).is_ok_and(|url| urls.contains(&url) || of_faulty.contains(&url))
    });
    report.known = urls.iter().filter(|url| checked.links.contains_key(url.as_str())).count();
    let to_ask: Vec<&HttpUrl> =
        urls.into_iter().filter(|url| !checked.links.contains_key(url.as_str())).collect();
    let candidates = to_ask.len();
    let client = Client::without_redirects(&ClientOptions::of_site(config));
    let client = client.map_err(|error| failed(error.to_string()))?;
    let client =
        PoliteClient::new(client.clone(), checked.hosts.clone(), options.now).with_robots(client);
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(error.to_string()))?;
    let probe = Probe { client: &client };
    let items = to_ask.into_iter().map(|url| (url.clone(), url));
    let states = runtime.block_on(by_host(items, async |url, asked| (asked, probe.run(url).await)));
    let mut unreachable: BTreeMap<&str, BTreeSet<&HttpUrl>> = BTreeMap::new();
    for (url, state) in states {
        match state {
            Ok(state) => {
                let link = CheckedLink { at: options.now, state };
                checked.links.insert(url.as_str().to_owned(), link);
            }
            Err(Unchecked::Unreachable) => {
                unreachable.entry(url.host()).or_default().insert(url);
            }
            Err(Unchecked::Disallowed(host)) => *report.disallowed.entry(host).or_default() += 1,
        }
    }
    report.asked = candidates - report.disallowed.values().sum::<usize>();
    for (_, summary) in &documents.summaries {
        let link = checked.links.get(summary.web_url.as_str());
        report.warnings.extend(link.and_then(|link| warning(root, summary, &link.state, options)));
    }
    report.warnings.extend(unreachable_hosts(root, documents, &unreachable));
    checked.hosts = client.into_state();
    // Only requests are lost.
    report.warnings.extend(checked.write(root).err().map(Diagnostic::into_warning));
    Ok(report)
}

/// Asks for originals.
struct Probe<'a> {
    client: &'a PoliteClient,
}

/// Why an original could not be checked.
enum Unchecked {
    /// There was no usable response.
    Unreachable,
    /// The `robots.txt` of this host, to which redirects may have led, does not allow it.
    Disallowed(String),
}

impl From<FetchError> for Unchecked {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Disallowed(host) => Self::Disallowed(host),
            _ => Self::Unreachable,
        }
    }
}

impl Probe<'_> {
    /// Where an original is.
    async fn run(&self, url: HttpUrl) -> Result<LinkState, Unchecked> {
        let mut current = url.clone();
        // The address after permanent redirects only.
        let (mut moved_to, mut is_permanent) = (url.clone(), true);
        for _ in 0..=MAX_REDIRECTS {
            let response = self.ask(&current).await?;
            match (response.status, response.location) {
                (301 | 302 | 303 | 307 | 308, Some(next)) => {
                    is_permanent &= matches!(response.status, 301 | 308);
                    if is_permanent {
                        moved_to = next.clone();
                    }
                    current = next;
                }
                (404 | 410, _) => return Ok(LinkState::Gone(response.status)),
                (200..=299, _) => return Ok(found_at(&url, &current, moved_to)),
                _ => return Err(Unchecked::Unreachable),
            }
        }
        Err(Unchecked::Unreachable)
    }

    /// Asks by `HEAD`, and by `GET` if that fails, since many servers do not support `HEAD`.
    async fn ask(&self, url: &HttpUrl) -> Result<Response, FetchError> {
        let response = self.client.probe(url, false).await?;
        if matches!(response.status, 200..=299 | 301 | 302 | 303 | 307 | 308 | 429 | 503) {
            return Ok(response);
        }
        self.client.probe(url, true).await
    }
}

/// What it means that the original at one address was found at another.
fn found_at(url: &HttpUrl, current: &HttpUrl, moved_to: HttpUrl) -> LinkState {
    let is_front_page =
        |url: &HttpUrl| matches!(url.path(), "" | "/") && !url.as_str().contains('?');
    if is_front_page(current) && !is_front_page(url) {
        LinkState::AtFrontPage
    } else if moved_to.dedup_key() == url.dedup_key() {
        LinkState::Found
    } else {
        LinkState::Moved(moved_to)
    }
}

/// The warning about an original that is not at its address.
fn warning(
    root: &Path,
    summary: &ArticleSummary,
    state: &LinkState,
    options: LinkCheckOptions,
) -> Option<Diagnostic> {
    let (code, message, help) = match state {
        LinkState::Found => return None,
        LinkState::Gone(status) => (
            Code::OriginalGone,
            format!("the original is gone: its server responds with status {status}"),
            without_original(summary, options),
        ),
        LinkState::AtFrontPage => (
            Code::OriginalGone,
            "the original is gone: its address leads to the front page now".to_owned(),
            without_original(summary, options),
        ),
        LinkState::Moved(url) => (
            Code::OriginalMoved,
            "the original has moved for good".to_owned(),
            format!("write `webUrl: \"{}\"`", url.as_str()),
        ),
    };
    Some(Diagnostic::new(code, location(root, summary), message).help(help))
}

/// One warning for each host with originals that could not be reached.
fn unreachable_hosts(
    root: &Path,
    documents: &Documents,
    unreachable: &BTreeMap<&str, BTreeSet<&HttpUrl>>,
) -> Vec<Diagnostic> {
    let mut locations: BTreeMap<&str, Vec<Location>> = BTreeMap::new();
    for (_, summary) in &documents.summaries {
        let host = summary.web_url.host();
        if unreachable.get(host).is_some_and(|urls| urls.contains(&summary.web_url)) {
            locations.entry(host).or_default().push(location(root, summary));
        }
    }
    let warnings = locations.into_iter().filter_map(|(host, locations)| {
        unreachable_host(host, unreachable.get(host)?.len(), locations.into_iter())
    });
    warnings.collect()
}

/// The warning about a host whose originals could not be reached.
fn unreachable_host(
    host: &str,
    count: usize,
    mut locations: impl Iterator<Item = Location>,
) -> Option<Diagnostic> {
    let originals = if count == 1 { "1 original".to_owned() } else { format!("{count} originals") };
    let message = format!("{originals} at {host} could not be reached");
    let warning = Diagnostic::new(Code::UnreachableHost, locations.next()?, message)
        .help("open one in a browser; the next check asks again");
    Some(locations.fold(warning, |warning, other| warning.other(other, "is at the same host")))
}

fn without_original(summary: &ArticleSummary, options: LinkCheckOptions) -> String {
    if options.archived {
        let day = summary.published_at.format("%Y%m%d");
        let copy = format!("https://web.archive.org/web/{day}/{}", summary.web_url.as_str());
        format!("there may be an archived copy: `webUrl: \"{copy}\"`")
    } else {
        "remove the article, or change its address; `--archived` offers that of an archived copy"
            .to_owned()
    }
}

/// Where the address of the original is in its document.
fn location(root: &Path, summary: &ArticleSummary) -> Location {
    let path = summary.display_path();
    let Ok(bytes) = source::read(&root.join(&path), &path) else { return Location::file(path) };
    let of_key = |key| location_of_key(&path, &bytes, key);
    let location = of_key("webUrl");
    if location.span.is_some() { location } else { of_key("originalUrl") }
}
