//! The event stream of live reload: one per open page.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::sync::watch;

use super::http::page_digest;
use super::live_reload::{Build, BuildId, LiveReload};
use super::response::HttpResponse;
use super::site::ServedSite;
use crate::digest::Digest;

/// The delay before a browser reconnects.
const RETRY: Duration = Duration::from_millis(500);

/// The message to an open page.
#[derive(Debug, Serialize)]
struct Message<'a> {
    /// Whether the page has changed.
    reload: bool,
    /// Whether its stylesheets may have changed.
    restyle: bool,
    errors: &'a str,
}

/// What is known about an open page.
struct OpenPage {
    path: String,
    /// Digest of the page's bytes.
    digest: Option<Digest>,
    /// The last build that the page was notified of.
    build: Option<BuildId>,
}

impl OpenPage {
    /// The page that requests the stream.
    fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let query = uri.query().unwrap_or("");
        let values = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        // After a reconnection the browser sends the id of the last event itself.
        let last_seen =
            headers.get("last-event-id").and_then(|id| BuildId::parse(id.to_str().ok()?));
        let build = last_seen.or_else(|| BuildId::parse(&values("build")));
        Self { path: values("path"), digest: Digest::parse(&values("page")), build }
    }
}

/// The event stream of a page: one event at once, so that a page that was disconnected catches up,
/// and one for every build.
pub(super) fn respond(
    site: Arc<ServedSite>,
    live_reload: Arc<LiveReload>,
    request: &Parts,
) -> HttpResponse {
    let builds = live_reload.subscribe();
    let subscriber = Subscriber {
        site,
        live_reload,
        builds,
        page: OpenPage::of(&request.uri, &request.headers),
    };
    let stream = unfold(subscriber, |mut subscriber| async {
        let build = subscriber.next_build().await?;
        // Computing the digest of the page reads the disk.
        let computed =
            tokio::task::spawn_blocking(move || (subscriber.event_for(&build), subscriber));
        let (event, subscriber) = computed.await.ok()?;
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
        // A page that cannot be read right now counts as unchanged.
        let now = page_digest(&self.site, &self.page.path);
        let message = Message {
            reload: now.is_some() && now != self.page.digest,
            restyle: self.live_reload.is_restyled_since(self.page.build.replace(id), build),
            errors: &build.errors,
        };
        let event = Event::default().id(id.to_string()).retry(RETRY);
        let data = serde_json::to_string(&message).expect("flags and texts are valid JSON");
        event.data(data)
    }
}
