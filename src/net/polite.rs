//! Many requests, politely: one at a time to each host, none before the time that a host asked to wait
//! for, and none to a host that did not respond.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::client::{Client, FetchError, MAX_REDIRECTS, Response, TIMEOUT, Validators};
use super::robots::{self, RobotsRules};
use crate::http_url::HttpUrl;

/// The maximum number of hosts that are asked at the same time.
const MAX_HOSTS: usize = 16;

/// The maximum number of redirects of a `robots.txt`; with more it counts as missing (RFC 9309,
/// section 2.3.1.2).
const MAX_ROBOTS_REDIRECTS: usize = 5;

/// The `Accept` header for `robots.txt`.
const ROBOTS_ACCEPT: &str = "text/plain,*/*;q=0.1";

/// The pause after a 429 without `Retry-After`.
const DEFAULT_PAUSE: TimeDelta = TimeDelta::minutes(15);

/// The longest pause that a host can ask for.
const MAX_PAUSE: TimeDelta = TimeDelta::days(7);

/// The maximum time for which a `robots.txt` is used (RFC 9309, section 2.4).
const MAX_ROBOTS_AGE: TimeDelta = TimeDelta::hours(24);

/// The maximum size in bytes of the rules of an origin that are kept for the next run, and of all.
const MAX_KEPT_RULES: usize = 1 << 16;
const MAX_KEPT: usize = 1 << 22;

/// Pauses and `robots.txt` rules kept between runs. Losing them only costs requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostState {
    /// When the pause of each host ends.
    pauses: BTreeMap<String, DateTime<Utc>>,
    /// The `robots.txt` of each origin.
    robots: BTreeMap<String, KnownRobots>,
}

/// A `robots.txt`, and when it was fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KnownRobots {
    at: DateTime<Utc>,
    rules: RobotsRules,
}

impl HostState {
    /// Drops expired entries and those over the size limits.
    fn pruned(mut self, now: DateTime<Utc>) -> Self {
        self.pauses.retain(|_, until| *until > now);
        let mut kept = 0;
        self.robots.retain(|origin, KnownRobots { at, rules }| {
            let size = origin.len() + rules.size();
            let is_kept = (now - MAX_ROBOTS_AGE..=now).contains(at)
                && size <= MAX_KEPT_RULES
                && kept + size <= MAX_KEPT;
            kept += if is_kept { size } else { 0 };
            is_kept
        });
        self
    }
}

/// A client that respects `Retry-After` (RFC 9110, section 10.2.3) and, with
/// [`PoliteClient::with_robots`], `robots.txt` (RFC 9309).
#[derive(Debug)]
pub struct PoliteClient {
    client: Client,
    now: DateTime<Utc>,
    state: RefCell<HostState>,
    /// Hosts that did not respond. Waiting for each of their resources would take long.
    failed_hosts: RefCell<BTreeSet<String>>,
    /// For pages that no person asked for.
    crawler: Option<Crawler>,
}

/// Asks for pages that `robots.txt` allows.
#[derive(Debug)]
struct Crawler {
    /// A client that follows no redirects, since each may lead to what is not allowed.
    client: Client,
    /// The origins whose `robots.txt` could not be read, and why.
    unreadable: RefCell<BTreeMap<String, FetchError>>,
    /// Held while the `robots.txt` of an origin is fetched, since redirects may lead there meanwhile.
    fetching: RefCell<BTreeMap<String, Rc<Mutex<()>>>>,
}

impl Crawler {
    fn new(client: Client) -> Self {
        Self { client, unreadable: RefCell::default(), fetching: RefCell::default() }
    }
}

impl PoliteClient {
    /// A client that knows this about hosts, and respects no `robots.txt`.
    pub fn new(client: Client, state: HostState, now: DateTime<Utc>) -> Self {
        let (state, failed_hosts) = (RefCell::new(state.pruned(now)), RefCell::default());
        Self { client, now, state, failed_hosts, crawler: None }
    }

    /// Requests pages only if `robots.txt` allows them. `client` must not follow redirects.
    #[must_use]
    pub fn with_robots(self, client: Client) -> Self {
        Self { crawler: Some(Crawler::new(client)), ..self }
    }

    /// Fetches a page as [`PoliteClient::get`] does, if `robots.txt` allows it and the pages that it
    /// redirects to.
    ///
    /// # Errors
    /// Also if `robots.txt` does not allow it.
    pub async fn get_page(
        &self,
        url: &HttpUrl,
        accept: &'static str,
    ) -> Result<Response, FetchError> {
        let known = Validators::default();
        let Some(crawler) = &self.crawler else { return self.get(url, accept, &known).await };
        // The client notices first that a host does not respond at all.
        let (mut url, mut time_left) = (url.clone(), TIMEOUT + Duration::from_secs(1));
        for _ in 0..=MAX_REDIRECTS {
            self.check_robots(crawler, &url).await?;
            let start = Instant::now();
            let request = crawler.client.get(&url, accept, &known);
            let response = timeout(time_left, self.respectfully(&url, request));
            let response = response.await.unwrap_or(Err(FetchError::Timeout))?;
            time_left = time_left.saturating_sub(start.elapsed());
            match redirect(&response) {
                Some(next) => url = next.clone(),
                None => return Ok(response),
            }
        }
        Err(FetchError::TooManyRedirects)
    }

    /// Fetches a resource as [`Client::get`] does, unless its host asked to wait or does not respond.
    ///
    /// # Errors
    /// When there is no complete response, the address is not allowed, or the host is paused.
    pub async fn get(
        &self,
        url: &HttpUrl,
        accept: &'static str,
        known: &Validators,
    ) -> Result<Response, FetchError> {
        self.respectfully(url, self.client.get(url, accept, known)).await
    }

    /// Asks for the head of a page as [`Client::probe`] does, unless its host asked to wait or does
    /// not respond, or `robots.txt` does not allow it.
    ///
    /// # Errors
    /// When there is no response, the address is not allowed, or the host is paused.
    pub async fn probe(&self, url: &HttpUrl, by_get: bool) -> Result<Response, FetchError> {
        if let Some(crawler) = &self.crawler {
            self.check_robots(crawler, url).await?;
        }
        self.respectfully(url, self.client.probe(url, by_get)).await
    }

    /// Whether `robots.txt` allows a page. One that cannot be read allows none in this run.
    async fn check_robots(&self, crawler: &Crawler, url: &HttpUrl) -> Result<(), FetchError> {
        let origin = url.origin();
        let fetching = crawler.fetching.borrow_mut().entry(origin.to_owned()).or_default().clone();
        let _held = fetching.lock().await;
        self.check_host(url)?;
        if let Some(error) = crawler.unreadable.borrow().get(origin) {
            return Err(error.clone());
        }
        let known = self.state.borrow().robots.get(origin).map(|known| known.rules.allow(url));
        let is_allowed = match known {
            Some(is_allowed) => is_allowed,
            None => match self.robots(crawler, url).await {
                Ok(rules) => {
                    let is_allowed = rules.allow(url);
                    let known = KnownRobots { at: self.now, rules };
                    self.state.borrow_mut().robots.insert(origin.to_owned(), known);
                    is_allowed
                }
                Err(error) => {
                    crawler.unreadable.borrow_mut().insert(origin.to_owned(), error.clone());
                    return Err(error);
                }
            },
        };
        if is_allowed { Ok(()) } else { Err(disallowed(url)) }
    }

    /// Fetches the rules for a page. A server that fails allows nothing, and one without the file
    /// everything (RFC 9309, section 2.3.1).
    async fn robots(&self, crawler: &Crawler, page: &HttpUrl) -> Result<RobotsRules, FetchError> {
        let url = HttpUrl::parse(&format!("{}/robots.txt", page.origin()));
        let mut url = url.expect("the origin of a URL is one");
        let known = Validators::default();
        for _ in 0..=MAX_ROBOTS_REDIRECTS {
            let length = robots::MAX_BYTES;
            let request = crawler.client.get_beginning(&url, ROBOTS_ACCEPT, &known, length);
            let response = self.respectfully(&url, request).await.map_err(|error| match error {
                FetchError::Interrupted(_) | FetchError::Redirect(_) => disallowed(page),
                error => error,
            })?;
            match (redirect(&response), response.status) {
                (Some(next), _) => url = next.clone(),
                (None, 200) => return Ok(RobotsRules::parse(&response.body)),
                (None, 429 | 500..) => {
                    self.check_host(&url)?;
                    return Err(disallowed(page));
                }
                (None, _) => break,
            }
        }
        Ok(RobotsRules::default())
    }

    /// Makes a request unless the host of its address asked to wait, which a response may do, or did
    /// not respond.
    async fn respectfully(
        &self,
        url: &HttpUrl,
        request: impl Future<Output = Result<Response, FetchError>>,
    ) -> Result<Response, FetchError> {
        self.check_host(url)?;
        let response = request.await;
        if let Err(FetchError::Timeout | FetchError::Connection(_)) = &response
            && !self.client.was_redirected(url)
        {
            self.failed_hosts.borrow_mut().insert(url.host().to_owned());
        }
        let response = response?;
        if let Some(until) = pause(&response, self.now) {
            self.state.borrow_mut().pauses.insert(response.url.host().to_owned(), until);
        }
        Ok(response)
    }

    /// Fails while the host is paused, or if it did not respond in this run.
    fn check_host(&self, url: &HttpUrl) -> Result<(), FetchError> {
        let until = self.state.borrow().pauses.get(url.host()).copied();
        if let Some(until) = until.filter(|until| *until > self.now) {
            return Err(FetchError::Paused(until));
        }
        let is_failed = self.failed_hosts.borrow().contains(url.host());
        if is_failed { Err(FetchError::FailedHost) } else { Ok(()) }
    }

    /// What to keep for the next run.
    pub fn into_state(self) -> HostState {
        self.state.into_inner().pruned(self.now)
    }
}

fn disallowed(page: &HttpUrl) -> FetchError {
    FetchError::Disallowed(page.host().to_owned())
}

/// Where a redirect leads.
fn redirect(response: &Response) -> Option<&HttpUrl> {
    let is_redirect = matches!(response.status, 301 | 302 | 303 | 307 | 308);
    response.location.as_ref().filter(|_| is_redirect)
}

/// When the pause that a response asks for ends.
fn pause(response: &Response, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if !matches!(response.status, 429 | 503) {
        return None;
    }
    let asked = response.retry_after.as_deref().and_then(|value| retry_after(value.trim(), now));
    let until = match response.status {
        429 => asked.unwrap_or(now + DEFAULT_PAUSE),
        _ => asked?,
    };
    Some(until.min(now + MAX_PAUSE))
}

/// Parses a number of seconds or a date.
fn retry_after(value: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Only the number can be too large.
        let seconds = value.parse::<u32>().unwrap_or(u32::MAX);
        return Some(now + TimeDelta::seconds(seconds.into()));
    }
    DateTime::parse_from_rfc2822(value).ok().map(|date| date.to_utc())
}

/// Processes items by their addresses: those of one host one after the other, and those of several
/// hosts at the same time. The results are in the order of the items.
pub async fn by_host<T, R>(
    items: impl IntoIterator<Item = (HttpUrl, T)>,
    process: impl AsyncFn(HttpUrl, T) -> R,
) -> Vec<R> {
    let mut hosts: BTreeMap<String, Vec<(usize, HttpUrl, T)>> = BTreeMap::new();
    for (index, (url, item)) in items.into_iter().enumerate() {
        hosts.entry(url.host().to_owned()).or_default().push((index, url, item));
    }
    let process = &process;
    let in_turn = |items: Vec<(usize, HttpUrl, T)>| async move {
        let mut results = Vec::new();
        for (index, url, item) in items {
            results.push((index, process(url, item).await));
        }
        results
    };
    let hosts: Vec<_> = hosts.into_values().map(in_turn).collect();
    let results: Vec<Vec<(usize, R)>> =
        stream::iter(hosts).buffer_unordered(MAX_HOSTS).collect().await;
    let mut results: Vec<(usize, R)> = results.into_iter().flatten().collect();
    results.sort_unstable_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().expect("an instant");
        for (value, expected) in [
            ("120", Some("2026-06-01T12:02:00Z")),
            ("Mon, 01 Jun 2026 13:00:00 GMT", Some("2026-06-01T13:00:00Z")),
            ("99999999999", Some("2162-07-08T18:28:15Z")),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            let expected = expected.map(|text| text.parse().expect("an instant"));
            assert_eq!(retry_after(value, now), expected, "{value}");
        }
    }

    #[test]
    fn hosts_cannot_fill_the_state() {
        let now: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().expect("an instant");
        let file = |rules: usize| {
            let rules: Vec<String> =
                (0..rules).map(|rule| format!("Disallow: /{rule}\n")).collect();
            let file = ["User-agent: *\n", &rules.concat()].concat();
            let rules = RobotsRules::parse(file.as_bytes());
            KnownRobots { at: now, rules }
        };
        let (usual, long) = (file(500), file(5000));
        let mut state = HostState::default();
        state.robots.insert("https://a.example".to_owned(), long);
        for host in 0..500 {
            state.robots.insert(format!("https://h{host}.example"), usual.clone());
        }
        let kept = state.pruned(now);
        assert!(!kept.robots.contains_key("https://a.example"));
        assert!((20..100).contains(&kept.robots.len()), "{}", kept.robots.len());
        let json = serde_json::to_vec_pretty(&kept).expect("texts are JSON");
        assert!(json.len() < 2 * MAX_KEPT, "{}", json.len());
    }

    #[test]
    fn hosts_get_one_request_at_a_time() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let url = |host: usize, path: usize| {
            HttpUrl::parse(&format!("https://h{host}.example/{path}")).expect("a URL")
        };
        let items = (0..90).map(|index| (url(index % 30, index), index));
        let open: RefCell<BTreeMap<String, usize>> = RefCell::default();
        let most = RefCell::new(0);
        let results = runtime.block_on(by_host(items, async |url: HttpUrl, index| {
            let host = url.host().to_owned();
            *open.borrow_mut().entry(host.clone()).or_default() += 1;
            assert_eq!(open.borrow().get(&host), Some(&1), "{host}");
            most.replace_with(|most| open.borrow().values().sum::<usize>().max(*most));
            // Those of later hosts end first.
            for _ in 0..100 - index {
                tokio::task::yield_now().await;
            }
            *open.borrow_mut().entry(host).or_default() -= 1;
            index
        }));
        assert_eq!(results, (0..90).collect::<Vec<usize>>());
        assert_eq!(most.into_inner(), MAX_HOSTS);
    }
}
