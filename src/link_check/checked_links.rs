//! What is known of originals from earlier checks. Losing it only costs requests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::build::cache;
use crate::diagnostic::Diagnostic;
use crate::http_url::HttpUrl;
use crate::net::HostState;
use crate::publish::write_shared;
use crate::source;

/// The maximum length of the file in bytes.
const MAX_BYTES: u64 = 1 << 28;

/// Where an original is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum LinkState {
    /// At its address.
    Found,
    /// Nowhere; with the status of the response.
    Gone(u16),
    /// Its address leads to the front page of a site.
    AtFrontPage,
    /// At another address, for good.
    Moved(HttpUrl),
}

/// A result, and when it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CheckedLink {
    pub(super) at: DateTime<Utc>,
    pub(super) state: LinkState,
}

/// The results of earlier checks, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CheckedLinks {
    pub(super) links: BTreeMap<String, CheckedLink>,
    #[serde(default)]
    pub(super) hosts: HostState,
}

impl CheckedLinks {
    /// Reads the results; none if there is no file, or if it is damaged.
    pub(super) fn read(root: &Path) -> Self {
        let bytes = source::read_optional(&path(root), MAX_BYTES).ok().flatten();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    pub(super) fn write(&self, root: &Path) -> Result<(), Diagnostic> {
        let json = serde_json::to_vec(self).expect("texts are JSON");
        write_shared(&path(root), &[&json])
    }
}

fn path(root: &Path) -> PathBuf {
    root.join(cache::FOLDER).join("links.json")
}
