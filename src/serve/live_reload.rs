//! Live reload. The server injects a script into each page, which keeps an event stream open (HTML
//! Living Standard, "Server-sent events") and is notified of every build.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, Uri};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::sync::watch;

use super::ServedSite;
use super::http::page_digest;
use crate::digest::Digest;

/// Where the stream of events is.
pub(super) const EVENTS: &str = "/.newsgen/events";

/// The files that the server has beside those of the site, by their paths.
pub(super) const FILES: [(&str, &str); 2] = [
    ("/.newsgen/live.js", include_str!("live_reload.js")),
    ("/.newsgen/live.css", include_str!("live_reload.css")),
];

/// How long a browser waits until it asks a server again that does not answer.
const RETRY: Duration = Duration::from_millis(500);

/// The result of a build, as sent to open pages.
#[derive(Clone, Debug, Default)]
pub struct BuildEvent {
    /// All that is wrong, as the terminal shows it; nothing if the site is as its sources are.
    pub errors: String,
    /// Whether a stylesheet has other bytes.
    pub has_new_styles: bool,
}

/// Broadcasts builds to open pages.
#[derive(Debug)]
pub struct LiveReload {
    /// Of this server. Another one counts its builds anew.
    server: i64,
    builds: watch::Sender<Build>,
}

/// The state of the site after a build.
#[derive(Clone, Debug)]
struct Build {
    number: u64,
    /// The last build that made a stylesheet anew.
    styled: u64,
    errors: Arc<str>,
}

/// The number of a build, and of the server that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BuildId {
    server: i64,
    number: u64,
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.server, self.number)
    }
}

impl BuildId {
    fn parse(text: &str) -> Option<Self> {
        let (server, number) = text.split_once('-')?;
        Some(Self { server: server.parse().ok()?, number: number.parse().ok()? })
    }
}

impl LiveReload {
    /// Begins with the `event` of the first build of a server, which a number tells from all others of the site.
    pub fn new(server: i64, event: BuildEvent) -> Self {
        let build = Build { number: 1, styled: 1, errors: event.errors.into() };
        Self { server, builds: watch::Sender::new(build) }
    }

    /// Broadcasts a build to all open pages.
    pub fn broadcast(&self, event: BuildEvent) {
        self.builds.send_modify(|build| {
            build.number += 1;
            if event.has_new_styles {
                build.styled = build.number;
            }
            build.errors = event.errors.into();
        });
    }

    /// The last build that was told of.
    pub(super) fn last_build(&self) -> BuildId {
        self.id(&self.builds.borrow())
    }

    fn id(&self, build: &Build) -> BuildId {
        BuildId { server: self.server, number: build.number }
    }

    /// Whether a page with the styles of an earlier build has old ones.
    fn is_restyled_since(&self, earlier: Option<BuildId>, build: &Build) -> bool {
        earlier.is_none_or(|earlier| earlier.server != self.server || earlier.number < build.styled)
    }
}

/// A page with the script in it that tells it of later builds than `build`: first thing in its head, or at its end if it
/// has none.
pub(super) fn with_script(page: &[u8], build: BuildId) -> Vec<u8> {
    let digest = Digest::of(page);
    let script = format!(
        "<script async src=\"/.newsgen/live.js\" data-page=\"{digest}\" data-build=\"{build}\"></script>"
    );
    let (before, behind) = page.split_at(end_of_head_tag(page).unwrap_or(page.len()));
    [before, script.as_bytes(), behind].concat()
}

/// Where the tag ends that begins the head of a page.
fn end_of_head_tag(page: &[u8]) -> Option<usize> {
    let start = page.windows(5).position(|bytes| bytes.eq_ignore_ascii_case(b"<head"))?;
    let rest = page.get(start + 5..)?;
    let is_tag = rest.first().is_some_and(|byte| *byte == b'>' || byte.is_ascii_whitespace());
    let end = rest.iter().position(|byte| *byte == b'>').filter(|_| is_tag)?;
    Some(start + 5 + end + 1)
}

/// The message to an open page.
#[derive(Debug, Serialize)]
struct Message<'a> {
    /// Whether the page has changed.
    reload: bool,
    /// Whether its stylesheets may have changed.
    restyle: bool,
    errors: &'a str,
}

/// What is known of an open page.
struct OpenPage {
    path: String,
    /// Of its bytes.
    digest: Option<Digest>,
    /// The last build that it was told of.
    build: Option<BuildId>,
}

impl OpenPage {
    /// The page that asks for events.
    fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let query = uri.query().unwrap_or("");
        let values = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        // A browser that lost its connection says by itself what it heard last.
        let heard = headers.get("last-event-id").and_then(|id| BuildId::parse(id.to_str().ok()?));
        let build = heard.or_else(|| BuildId::parse(&values("build")));
        Self { path: values("path"), digest: Digest::parse(&values("page")), build }
    }
}

/// The stream of events for the page that asks for it: one at once, so that a page that was away hears what it missed, and
/// one for every build.
pub(super) fn events(site: Arc<ServedSite>, live_reload: Arc<LiveReload>, request: &Parts) -> Response<Body> {
    let mut builds = live_reload.builds.subscribe();
    builds.mark_changed();
    let subscriber =
        Subscriber { site, live_reload, builds, page: OpenPage::of(&request.uri, &request.headers) };
    let stream = unfold(subscriber, |mut subscriber| async {
        let build = subscriber.next_build().await?;
        // To look at the page takes the disk.
        let told = tokio::task::spawn_blocking(move || (subscriber.event_for(&build), subscriber));
        let (event, subscriber) = told.await.ok()?;
        Some((Ok::<_, Infallible>(event), subscriber))
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

/// The event stream of one open page.
struct Subscriber {
    site: Arc<ServedSite>,
    live_reload: Arc<LiveReload>,
    builds: watch::Receiver<Build>,
    page: OpenPage,
}

impl Subscriber {
    async fn next_build(&mut self) -> Option<Build> {
        self.builds.changed().await.ok()?;
        Some(self.builds.borrow_and_update().clone())
    }

    fn event_for(&mut self, build: &Build) -> Event {
        let id = self.live_reload.id(build);
        // What cannot be read just now is not known to be other than it was.
        let now = page_digest(&self.site, &self.page.path);
        let message = Message {
            reload: now.is_some() && now != self.page.digest,
            restyle: self.live_reload.is_restyled_since(self.page.build.replace(id), build),
            errors: &build.errors,
        };
        let event = Event::default().id(id.to_string()).retry(RETRY);
        let data = serde_json::to_string(&message).unwrap_or_default();
        event.data(data)
    }
}

/// Whether a request comes from a page of another site, be it of this machine: a browser says where a page is from that may not
/// read the answer (Fetch Standard, "`Origin` header"; Fetch Metadata Request Headers, "`Sec-Fetch-Site`").
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    let all = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    let own = all("host").next().map(|host| format!("http://{host}"));
    all("origin").any(|origin| own.as_deref() != Some(origin))
        || all("sec-fetch-site").any(|site| !matches!(site, "same-origin" | "none"))
}

/// Whether the answer will be a page of its own in a tab, of which whoever led there sees nothing: somebody followed a link.
pub(super) fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document")
}
