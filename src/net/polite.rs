//! Many requests, politely: one at a time to each host, none before the time that a host asked to wait
//! for, and none to a host that did not respond.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::stream;

use super::client::{Client, FetchError, Response, Validators};
use crate::http_url::HttpUrl;

/// The maximum number of hosts that are asked at the same time.
const MAX_HOSTS: usize = 16;

/// How long a host is left alone that refuses too many requests without saying for how long.
const DEFAULT_PAUSE: TimeDelta = TimeDelta::minutes(15);

/// The maximum time that a host is left alone.
const MAX_PAUSE: TimeDelta = TimeDelta::days(7);

/// Until when each host is left alone.
pub type HostPauses = BTreeMap<String, DateTime<Utc>>;

/// A client that respects `Retry-After` (RFC 9110, section 10.2.3).
#[derive(Debug)]
pub struct PoliteClient {
    client: Client,
    now: DateTime<Utc>,
    pauses: RefCell<HostPauses>,
    /// Hosts that did not respond. Waiting for each of their resources would take long.
    failed_hosts: RefCell<BTreeSet<String>>,
}

impl PoliteClient {
    /// A client that knows these pauses.
    pub fn new(client: Client, pauses: HostPauses, now: DateTime<Utc>) -> Self {
        Self { client, now, pauses: RefCell::new(pauses), failed_hosts: RefCell::default() }
    }

    /// Fetches a resource as [`Client::get`] does, unless its host asked to wait or does not respond.
    ///
    /// # Errors
    /// When there is no complete response, the address is not allowed, or the host is left alone.
    pub async fn get(
        &self,
        url: &HttpUrl,
        accept: &'static str,
        known: &Validators,
    ) -> Result<Response, FetchError> {
        self.respectfully(url, self.client.get(url, accept, known)).await
    }

    /// Asks for the head of a resource as [`Client::probe`] does, unless its host asked to wait or
    /// does not respond.
    ///
    /// # Errors
    /// When there is no response, the address is not allowed, or the host is left alone.
    pub async fn probe(&self, url: &HttpUrl, by_get: bool) -> Result<Response, FetchError> {
        self.respectfully(url, self.client.probe(url, by_get)).await
    }

    /// Makes a request unless the host of its address asked to wait, which a response may do, or did
    /// not respond.
    async fn respectfully(
        &self,
        url: &HttpUrl,
        request: impl Future<Output = Result<Response, FetchError>>,
    ) -> Result<Response, FetchError> {
        let until = self.pauses.borrow().get(url.host()).copied();
        if let Some(until) = until.filter(|until| *until > self.now) {
            return Err(FetchError::Paused(until));
        }
        if self.failed_hosts.borrow().contains(url.host()) {
            return Err(FetchError::FailedHost);
        }
        let response = request.await;
        if let Err(FetchError::Timeout | FetchError::Connection(_)) = &response
            && !self.client.was_redirected(url)
        {
            self.failed_hosts.borrow_mut().insert(url.host().to_owned());
        }
        let response = response?;
        if let Some(until) = pause(&response, self.now) {
            self.pauses.borrow_mut().insert(response.url.host().to_owned(), until);
        }
        Ok(response)
    }

    /// The pauses that have not ended.
    pub fn into_pauses(self) -> HostPauses {
        let now = self.now;
        self.pauses.into_inner().into_iter().filter(|(_, until)| *until > now).collect()
    }
}

/// Until when a host asks to be left alone.
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
