//! The client: one request at a time, with bounds.

use std::collections::HashSet;
use std::env;
use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use reqwest::redirect::{Attempt, Policy};
use url::{Host, Url};

use super::public_address::is_public;
use crate::config::Config;
use crate::http_url::HttpUrl;

/// The maximum length of a body in bytes, after decompression.
pub const MAX_BODY: usize = 5_000_000;

/// The maximum time for a request, with its redirects and its body.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);

/// The maximum number of redirects.
pub(super) const MAX_REDIRECTS: usize = 10;

/// How the client behaves.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// The value of `User-Agent`, which names the site.
    pub user_agent: String,
    /// Whether addresses of private networks and of this machine are allowed.
    pub allow_private: bool,
}

impl ClientOptions {
    /// The options for the commands of a site.
    pub fn of_site(config: &Config) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self {
            user_agent: format!("newsgen/{version} (+{})", config.base_url.as_str()),
            allow_private: config.net.allow_private,
        }
    }
}

/// An HTTP client. It sends no cookies and no `Referer`, and uses the proxies of the usual
/// environment variables.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    rules: Arc<AddressRules>,
    /// The URLs whose requests were redirected.
    redirected: Arc<Mutex<HashSet<String>>>,
}

/// What a server said when a resource was fetched before, so that it sends only what is new
/// (RFC 9110, section 13.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// The value of `ETag`.
    pub etag: Option<String>,
    /// The value of `Last-Modified`.
    pub last_modified: Option<String>,
}

/// A response with its body.
#[derive(Clone, Debug)]
pub struct Response {
    /// The URL that the last redirect led to.
    pub url: HttpUrl,
    /// The status code.
    pub status: u16,
    /// The value of `Content-Type`.
    pub content_type: Option<String>,
    /// What makes the next request conditional.
    pub validators: Validators,
    /// The value of `Retry-After`.
    pub retry_after: Option<String>,
    /// Where a redirect that is not followed leads.
    pub location: Option<HttpUrl>,
    /// The decompressed body; empty unless it is read and the status is 200.
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The address leads into a private network, or to this machine.
    PrivateAddress(String),
    /// A redirect leads to something that is no `http` or `https` URL.
    Redirect(String),
    /// Too many redirects.
    TooManyRedirects,
    /// The body is longer than [`MAX_BODY`].
    TooLarge,
    /// No complete response in time.
    Timeout,
    /// The host asked for a pause until this time.
    Paused(DateTime<Utc>),
    /// The host did not respond to a request before.
    FailedHost,
    /// The `robots.txt` of this host does not allow it.
    Disallowed(String),
    /// No connection, or no response; with the reason.
    Connection(String),
    /// An interrupted or broken response; with the reason.
    Interrupted(String),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivateAddress(host) => write!(f, "`{host}` is an address of a private network"),
            Self::Redirect(url) => {
                write!(f, "a redirect leads to `{url}`, which is not a web address")
            }
            Self::TooManyRedirects => write!(f, "more than {MAX_REDIRECTS} redirects"),
            Self::TooLarge => write!(f, "more than {} MB", MAX_BODY / 1_000_000),
            Self::Timeout => write!(f, "no response within {} seconds", TIMEOUT.as_secs()),
            Self::Paused(until) => {
                write!(f, "the server asks to wait until {}", until.format("%Y-%m-%d %H:%M UTC"))
            }
            Self::FailedHost => f.write_str("the server did not respond to a request before"),
            Self::Disallowed(host) => {
                write!(f, "`robots.txt` of {host} does not allow it, or cannot be read")
            }
            Self::Connection(reason) | Self::Interrupted(reason) => f.write_str(reason),
        }
    }
}

impl Error for FetchError {}

impl Client {
    /// A client that follows redirects.
    ///
    /// # Errors
    /// When the system's certificates or proxy settings cannot be used; with the reason.
    pub fn new(options: &ClientOptions) -> Result<Self, FetchError> {
        let rules = Arc::new(AddressRules::new(options));
        let redirected: Arc<Mutex<HashSet<String>>> = Arc::default();
        let (of_policy, log) = (Arc::clone(&rules), Arc::clone(&redirected));
        let policy = Policy::custom(move |attempt| {
            if let (Some(first), Ok(mut log)) = (attempt.previous().first(), log.lock()) {
                log.insert(first.to_string());
            }
            follow(attempt, &of_policy)
        });
        Self::build(options, rules, redirected, policy)
    }

    /// A client that follows no redirects.
    ///
    /// # Errors
    /// As for [`Client::new`].
    pub fn without_redirects(options: &ClientOptions) -> Result<Self, FetchError> {
        Self::build(options, Arc::new(AddressRules::new(options)), Arc::default(), Policy::none())
    }

    fn build(
        options: &ClientOptions,
        rules: Arc<AddressRules>,
        redirected: Arc<Mutex<HashSet<String>>>,
        policy: Policy,
    ) -> Result<Self, FetchError> {
        let http = reqwest::Client::builder()
            .user_agent(options.user_agent.as_str())
            .timeout(TIMEOUT)
            .referer(false)
            .redirect(policy)
            .dns_resolver(Arc::new(Resolver(Arc::clone(&rules))))
            .build()
            .map_err(|error| FetchError::Connection(reason(&error)))?;
        Ok(Self { http, rules, redirected })
    }

    /// Whether a request for this URL was redirected, so that its failure may be that of another host.
    pub(super) fn was_redirected(&self, url: &HttpUrl) -> bool {
        let url = Url::parse(url.as_str()).expect("an HttpUrl is a URL");
        self.redirected.lock().is_ok_and(|urls| urls.contains(url.as_str()))
    }

    /// Fetches a resource. With `known`, the server may answer that it has not changed (status 304).
    ///
    /// # Errors
    /// When there is no complete response, or the address is not allowed.
    pub async fn get(
        &self,
        url: &HttpUrl,
        accept: &'static str,
        known: &Validators,
    ) -> Result<Response, FetchError> {
        let response = self.get_beginning(url, accept, known, MAX_BODY).await?;
        if response.body.len() > MAX_BODY { Err(FetchError::TooLarge) } else { Ok(response) }
    }

    /// Fetches a resource, but stops reading once its body exceeds `length` bytes. The returned
    /// body is then longer than `length`, so that callers see that it was cut.
    ///
    /// # Errors
    /// As for [`Client::get`].
    pub(super) async fn get_beginning(
        &self,
        url: &HttpUrl,
        accept: &'static str,
        known: &Validators,
        length: usize,
    ) -> Result<Response, FetchError> {
        let mut request = self.http.get(self.checked(url)?).header(ACCEPT, accept);
        for (name, value) in
            [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)]
        {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let mut response = request.send().await.map_err(|error| fetch_error(&error))?;
        let mut found = Self::head_of(&response)?;
        if found.status == 200 {
            while found.body.len() <= length
                && let Some(chunk) = response.chunk().await.map_err(|error| body_error(&error))?
            {
                found.body.extend_from_slice(&chunk);
            }
        }
        Ok(found)
    }

    /// Asks for the head of a resource: by `HEAD`, or by `GET` without reading the body.
    ///
    /// # Errors
    /// When there is no response, or the address is not allowed.
    pub async fn probe(&self, url: &HttpUrl, by_get: bool) -> Result<Response, FetchError> {
        let url = self.checked(url)?;
        let request = if by_get { self.http.get(url) } else { self.http.head(url) };
        let response = request.send().await.map_err(|error| fetch_error(&error))?;
        Self::head_of(&response)
    }

    fn checked(&self, url: &HttpUrl) -> Result<Url, FetchError> {
        let parsed = Url::parse(url.as_str()).expect("an HttpUrl is a URL");
        self.rules.check(&parsed).map_err(FetchError::PrivateAddress)?;
        Ok(parsed)
    }

    /// A response without its body.
    fn head_of(response: &reqwest::Response) -> Result<Response, FetchError> {
        let final_url = response.url().to_string();
        let headers = response.headers();
        let location = header(headers, &LOCATION).and_then(|to| response.url().join(&to).ok());
        Ok(Response {
            url: HttpUrl::parse(&final_url).map_err(|_| FetchError::Redirect(final_url))?,
            status: response.status().as_u16(),
            content_type: header(headers, &CONTENT_TYPE),
            validators: Validators {
                etag: header(headers, &ETAG),
                last_modified: header(headers, &LAST_MODIFIED),
            },
            retry_after: header(headers, &RETRY_AFTER),
            location: location.and_then(|url| HttpUrl::parse(url.as_str()).ok()),
            body: Vec::new(),
        })
    }
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Decides whether to follow a redirect.
fn follow(attempt: Attempt<'_>, rules: &AddressRules) -> reqwest::redirect::Action {
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error(FetchError::TooManyRedirects);
    }
    if HttpUrl::parse(attempt.url().as_str()).is_err() {
        let url = attempt.url().to_string();
        return attempt.error(FetchError::Redirect(url));
    }
    match rules.check(attempt.url()) {
        Ok(()) => attempt.follow(),
        Err(host) => attempt.error(FetchError::PrivateAddress(host)),
    }
}

/// Which addresses are allowed.
#[derive(Debug)]
struct AddressRules {
    allow_private: bool,
    /// The names of the hosts of proxies, which may be in private networks.
    proxies: Vec<String>,
}

impl AddressRules {
    fn new(options: &ClientOptions) -> Self {
        let variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
        let proxies = variables.into_iter().filter_map(|name| {
            let proxy = [name, &name.to_ascii_lowercase()]
                .into_iter()
                .find_map(|name| env::var(name).ok())?;
            let proxy = if proxy.contains("://") { proxy } else { format!("http://{proxy}") };
            Url::parse(&proxy).ok()?.domain().map(str::to_owned)
        });
        Self { allow_private: options.allow_private, proxies: proxies.collect() }
    }

    /// Checks a host that is an IP address, since such a host is not resolved, or a proxy, since such
    /// a host may be private when it is resolved.
    fn check(&self, url: &Url) -> Result<(), String> {
        let is_allowed = match url.host() {
            Some(Host::Ipv4(address)) => is_public(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => is_public(IpAddr::V6(address)),
            Some(Host::Domain(name)) => !self.is_proxy(name),
            None => true,
        };
        let host = || url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if self.allow_private || is_allowed { Ok(()) } else { Err(host()) }
    }

    fn is_proxy(&self, name: &str) -> bool {
        self.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(name))
    }
}

/// Resolves host names by the system, and refuses those that lead into private networks. The
/// connection uses the checked addresses, so a name cannot change its meaning in between.
#[derive(Debug)]
struct Resolver(Arc<AddressRules>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<_> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let is_checked = !rules.allow_private && !rules.is_proxy(&host);
            if is_checked && found.iter().any(|address| !is_public(address.ip())) {
                return Err(FetchError::PrivateAddress(host).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// What a failure of the library means: a refusal from here may be inside it.
fn fetch_error(error: &reqwest::Error) -> FetchError {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(inner) = source {
        if let Some(refused) = inner.downcast_ref::<FetchError>() {
            return refused.clone();
        }
        source = inner.source();
    }
    if error.is_timeout() { FetchError::Timeout } else { FetchError::Connection(reason(error)) }
}

/// What a failure of the library means after the head of a response.
fn body_error(error: &reqwest::Error) -> FetchError {
    match fetch_error(error) {
        FetchError::Connection(reason) => FetchError::Interrupted(reason),
        error => error,
    }
}

/// The innermost reason of a failure: the outer ones only say that sending failed.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
