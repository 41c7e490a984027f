//! Live reload. The server injects a script into each page, which keeps an event stream open (HTML
//! Living Standard, "Server-sent events") and is notified of every build.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use crate::digest::Digest;

/// Where the stream of events is.
pub(super) const EVENTS: &str = "/.newsgen/events";

/// The files that the server has beside those of the site, by their paths.
pub(super) const FILES: [(&str, &str); 2] = [
    ("/.newsgen/live.js", include_str!("live_reload.js")),
    ("/.newsgen/live.css", include_str!("live_reload.css")),
];

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
pub(super) struct Build {
    number: u64,
    /// The last build that made a stylesheet anew.
    styled: u64,
    pub(super) errors: Arc<str>,
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
    pub(super) fn parse(text: &str) -> Option<Self> {
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

    /// A receiver of the builds, the last one first.
    pub(super) fn subscribe(&self) -> watch::Receiver<Build> {
        let mut builds = self.builds.subscribe();
        builds.mark_changed();
        builds
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

    pub(super) fn id(&self, build: &Build) -> BuildId {
        BuildId { server: self.server, number: build.number }
    }

    /// Whether a page with the styles of an earlier build has old ones.
    pub(super) fn is_restyled_since(&self, earlier: Option<BuildId>, build: &Build) -> bool {
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
