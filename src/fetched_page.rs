//! Fetches a page of another site and reads what it says about its article.

use chrono_tz::Tz;

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::http_url::HttpUrl;
use crate::metadata::{self, PageMetadata};
use crate::net::{FetchError, PoliteClient, Response};

/// A page that was fetched.
#[derive(Clone, Debug)]
pub struct FetchedPage {
    /// The URL that the editor or a feed gave.
    pub given: HttpUrl,
    /// The URL that the last redirect led to.
    pub url: HttpUrl,
    /// What the page says.
    pub metadata: PageMetadata,
}

/// The types of resources to ask for.
const HTML: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
const JSON: &str = "application/json";

/// The maximum number of bytes before the mark of a feed.
const MAX_START: usize = 2000;

/// What helps if a page cannot be read.
const WITHOUT_PAGE: &str = "`newsgen new URL` creates a document to fill in";

impl FetchedPage {
    /// Fetches a page and reads its metadata. Dates without a time zone are local in `zone`.
    ///
    /// # Errors
    /// When there is no page.
    pub async fn fetch(
        given: HttpUrl,
        client: &PoliteClient,
        zone: Tz,
    ) -> Result<Self, Diagnostic> {
        let page = client.get_page(&given, HTML).await.map_err(|error| failure(&given, &error))?;
        check_page(&given, &page)?;
        let found = metadata::read(&page.body, page.content_type.as_deref(), &page.url, zone);
        let metadata = match found.oembed.clone().filter(|_| lacks_what_oembed_has(&found)) {
            // It is only a supplement, so that errors do not matter.
            Some(url) => match client.get_page(&url, JSON).await {
                Ok(Response { body, url, .. }) => found.with_oembed(&body, &url),
                Err(_) => found,
            },
            None => found,
        };
        Ok(Self { given, url: page.url, metadata })
    }
}

fn lacks_what_oembed_has(metadata: &PageMetadata) -> bool {
    metadata.title.is_none() || metadata.picture.is_none()
}

/// Why a page cannot be read.
pub fn failure(url: &HttpUrl, error: &FetchError) -> Diagnostic {
    let help = match error {
        FetchError::TooLarge => WITHOUT_PAGE,
        FetchError::Redirect(_) | FetchError::TooManyRedirects => {
            "pass the address that a browser shows when it has opened the page"
        }
        error => remedy(error),
    };
    let message = format!("cannot read the page: {error}");
    let failure = Diagnostic::new(Code::UnreadablePage, Location::file(url.as_str()), message);
    let failure = failure.help(help);
    match error {
        // Its location is the host that refuses: redirects may lead to another host than that of
        // `url`.
        FetchError::Disallowed(host) => {
            let location = Location::file(host.as_str());
            Diagnostic { code: Code::DisallowedPages, location, ..failure }
        }
        _ => failure,
    }
}

/// What to do about a failed request.
pub fn remedy(error: &FetchError) -> &'static str {
    match error {
        FetchError::PrivateAddress(_) => {
            "if this site is in your own network, write `allow_private = true` in the table `[net]` of site.toml"
        }
        FetchError::Redirect(_) | FetchError::TooManyRedirects | FetchError::TooLarge => {
            "open the address in a browser, and use the one where it ends"
        }
        FetchError::Timeout | FetchError::Paused(_) | FetchError::FailedHost => "try again later",
        FetchError::Disallowed(_) => "open the address in a browser",
        FetchError::Connection(_) | FetchError::Interrupted(_) => {
            "check the address and the connection"
        }
    }
}

/// Whether a response is RSS, Atom or JSON Feed, even if its type says that it is a page.
fn is_feed(page: &Response, media_type: &str) -> bool {
    const MARKS: [&str; 4] = ["<rss", "<feed", "<rdf", "jsonfeed.org"];
    let start = page.body.get(..MAX_START.min(page.body.len())).unwrap_or_default();
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let has_type = media_type.contains("xml") || media_type.contains("json");
    let is_possible = has_type && !is_html(media_type);
    let is_likely = is_possible || MARKS.iter().any(|mark| start.contains(mark));
    is_likely && metadata::read_feed(&page.body, page.content_type.as_deref(), &page.url).is_ok()
}

fn is_html(media_type: &str) -> bool {
    matches!(media_type, "text/html" | "application/xhtml+xml")
}

/// Refuses a response that is not a page.
fn check_page(url: &HttpUrl, page: &Response) -> Result<(), Diagnostic> {
    let refused = |message: String, help: &str| {
        Err(Diagnostic::new(Code::UnreadablePage, Location::file(url.as_str()), message).help(help))
    };
    if page.status != 200 {
        let help = match page.status {
            404 | 410 => "there is no such page; check the address",
            429 | 500.. => "try again later",
            _ => WITHOUT_PAGE,
        };
        return refused(format!("the server responds with status {}", page.status), help);
    }
    let content_type = page.content_type.as_deref().unwrap_or("text/html");
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if is_feed(page, &media_type) {
        let help = format!(
            "to pull the articles that it names, write the lines `[[source]]` and `feed = \"{}\"` at the end of site.toml, and run `newsgen pull`",
            url.as_str()
        );
        return refused("this is not an article but a feed".to_owned(), &help);
    }
    if !is_html(&media_type) {
        return refused(format!("this is no web page but `{media_type}`"), WITHOUT_PAGE);
    }
    Ok(())
}
