//! The client: one request at a time, with bounds.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
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
const TIMEOUT: Duration = Duration::from_secs(20);

/// The maximum number of redirects.
const MAX_REDIRECTS: usize = 10;

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
    allow_private: bool,
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
    /// The host asked to be left alone until this time.
    Paused(DateTime<Utc>),
    /// No connection, or an interrupted or broken one; with the reason.
    Connection(String),
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
            Self::Connection(reason) => f.write_str(reason),
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
        let allow_private = options.allow_private;
        Self::build(options, Policy::custom(move |attempt| follow(attempt, allow_private)))
    }

    /// A client that follows no redirects.
    ///
    /// # Errors
    /// As for [`Client::new`].
    pub fn without_redirects(options: &ClientOptions) -> Result<Self, FetchError> {
        Self::build(options, Policy::none())
    }

    fn build(options: &ClientOptions, redirects: Policy) -> Result<Self, FetchError> {
        let allow_private = options.allow_private;
        let http = reqwest::Client::builder()
            .user_agent(options.user_agent.as_str())
            .timeout(TIMEOUT)
            .referer(false)
            .redirect(redirects)
            .dns_resolver(Arc::new(Resolver { allow_private }))
            .build()
            .map_err(|error| FetchError::Connection(reason(&error)))?;
        Ok(Self { http, allow_private })
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
            while let Some(chunk) = response.chunk().await.map_err(|error| fetch_error(&error))? {
                if found.body.len() + chunk.len() > MAX_BODY {
                    return Err(FetchError::TooLarge);
                }
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
        check_literal(&parsed, self.allow_private).map_err(FetchError::PrivateAddress)?;
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
fn follow(attempt: Attempt<'_>, allow_private: bool) -> reqwest::redirect::Action {
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error(FetchError::TooManyRedirects);
    }
    if HttpUrl::parse(attempt.url().as_str()).is_err() {
        let url = attempt.url().to_string();
        return attempt.error(FetchError::Redirect(url));
    }
    match check_literal(attempt.url(), allow_private) {
        Ok(()) => attempt.follow(),
        Err(host) => attempt.error(FetchError::PrivateAddress(host)),
    }
}

/// Checks a host that is an IP address, since such a host is not resolved.
fn check_literal(url: &Url, allow_private: bool) -> Result<(), String> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) | None => return Ok(()),
    };
    if allow_private || is_public(address) { Ok(()) } else { Err(address.to_string()) }
}

/// Resolves host names by the system, and refuses those that lead into private networks. The
/// connection uses the checked addresses, so a name cannot change its meaning in between.
#[derive(Debug)]
struct Resolver {
    allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<_> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            if !allow_private && found.iter().any(|address| !is_public(address.ip())) {
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

/// The innermost reason of a failure: the outer ones only say that sending failed.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
