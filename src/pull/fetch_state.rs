//! What servers said when feeds were fetched. Losing it only costs requests.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::pull_source::PullSource;
use crate::build::cache;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::net::{HostState, Validators};
use crate::publish::write_shared;
use crate::source;

/// The maximum length of the file in bytes.
const MAX_BYTES: u64 = 1 << 24;

/// What is known from earlier runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FetchState {
    /// By feed and settings: what makes the next request conditional.
    feeds: BTreeMap<String, KnownFeed>,
    /// The digest of the items that were pulled when the feeds were read, in hexadecimal.
    #[serde(default)]
    pulled: String,
    #[serde(default)]
    pub(super) hosts: HostState,
}

/// The validators of a feed all of whose items were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct KnownFeed {
    etag: Option<String>,
    last_modified: Option<String>,
}

impl FetchState {
    /// Reads the state; empty if there is none, or if it is damaged.
    pub(super) fn read(root: &Path) -> Self {
        let bytes = source::read_optional(&path(root), MAX_BYTES).ok().flatten();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Writes the state if it is not the one that is there.
    pub(super) fn write(&self, root: &Path) -> Result<(), Diagnostic> {
        if *self == Self::read(root) {
            return Ok(());
        }
        let json = serde_json::to_vec_pretty(self).expect("texts are JSON");
        write_shared(&path(root), &[&json])
    }

    pub(super) fn validators(&self, source: &PullSource<'_>) -> Validators {
        let known = self.feeds.get(&key(source)).cloned().unwrap_or_default();
        Validators { etag: known.etag, last_modified: known.last_modified }
    }

    /// Sets the validators of a feed; none if it must be read again.
    pub(super) fn set_validators(&mut self, source: &PullSource<'_>, validators: Validators) {
        let Validators { etag, last_modified } = validators;
        if etag.is_none() && last_modified.is_none() {
            self.feeds.remove(&key(source));
        } else {
            self.feeds.insert(key(source), KnownFeed { etag, last_modified });
        }
    }

    /// Forgets what makes requests conditional, unless these are the items that were pulled when the
    /// feeds were read: an unchanged feed may have an item whose line was removed since.
    pub(super) fn expect_pulled(&mut self, pulled: Digest) {
        if self.pulled != pulled.to_string() {
            self.feeds.clear();
        }
    }

    /// Sets the items that were pulled.
    pub(super) fn set_pulled(&mut self, pulled: Digest) {
        self.pulled = pulled.to_string();
    }

    /// Forgets feeds that are no longer sources.
    pub(super) fn keep_only(&mut self, sources: &[PullSource<'_>]) {
        let keys: HashSet<String> = sources.iter().map(key).collect();
        self.feeds.retain(|known, _| keys.contains(known));
    }
}

fn path(root: &Path) -> PathBuf {
    root.join(cache::FOLDER).join("pull.json")
}

/// A feed with a digest of the settings that decide which items are taken: after a change of these, an
/// unchanged feed may have new articles.
fn key(source: &PullSource<'_>) -> String {
    let words = [&source.config.include, &source.config.exclude];
    let digest = Digest::of(format!("{words:?}").as_bytes()).to_string();
    format!("{} {}", source.feed.as_str(), digest.get(..8).unwrap_or_default())
}
