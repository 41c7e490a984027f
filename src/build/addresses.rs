//! The files that remember which article has which address: read before articles get their addresses, and written before
//! what they say is published.

use std::io::Write as _;
use std::path::Path;

use super::{Options, as_warning};
use crate::collection::Collection;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::publish::replace_file;
use crate::reservations::{LOCK, Reservations};
use crate::source;
use crate::state;

/// No history of addresses is longer, in bytes: it has about a hundred for each address.
const LONGEST_HISTORY: u64 = 1 << 30;

/// The text of the lock file, which is empty where there is none.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read_lock(root: &Path) -> Result<String, Diagnostic> {
    if let Some(diagnostic) = source::leads_out(root, LOCK) {
        return Err(diagnostic);
    }
    let unreadable =
        |reason: String| Diagnostic::error(Place::file(LOCK), format!("cannot read it: {reason}"));
    let bytes = source::read_if_there(&root.join(LOCK), source::LONGEST_TEXT)
        .map_err(|error| unreadable(error.to_string()))?;
    let text = source::text(bytes.as_deref().unwrap_or_default());
    text.map(str::to_owned).map_err(|_| unreadable("it is not UTF-8".to_owned()))
}

/// All reserved addresses, by a lock file of this text and by the local history. A history that cannot be read is as good as
/// none.
pub(super) fn reservations(root: &Path, lock: &str) -> (Reservations, Vec<Diagnostic>) {
    let history = source::read_if_there(&state::address_history(root), LONGEST_HISTORY)
        .ok()
        .flatten()
        .unwrap_or_default();
    Reservations::read(lock, String::from_utf8_lossy(&history).into_owned())
}

/// Remembers the addresses of `collection`, unless it is only looked at or has articles that are not public. Returns the
/// digest of the lock file as it is then. What goes wrong is a warning: the site itself is as it should be.
pub(super) fn remember(
    reservations: &Reservations,
    lock: &str,
    collection: &Collection,
    options: &Options,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Digest {
    if config.preview || config.unpublished || config.future {
        return Digest::of(lock.as_bytes());
    }
    let mut replace = |path: &Path, text: &str| {
        let replaced = replace_file(path, |file| file.write_all(text.as_bytes()));
        diagnostics.extend(replaced.map_err(as_warning).err());
    };
    if let Some(history) = reservations.history_with(collection.holders()) {
        replace(&state::address_history(&options.root), &history);
    }
    match reservations.lock_with(&collection.contested) {
        Some(text) => {
            replace(&options.root.join(LOCK), &text);
            Digest::of(text.as_bytes())
        }
        None => Digest::of(lock.as_bytes()),
    }
}
