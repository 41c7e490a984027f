//! What a build leaves for the next one: what it knows of the documents that it read and of the files that it wrote.
//!
//! A state is only ever a reason to do less. What it says is used where it is proven to hold still; without a state, or
//! with one that is damaged or of another newsgen, everything is done anew.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::document::{Card, StandingPage, TermPage};
use crate::slug::slugify;
use crate::source::Stamp;

/// The folder of a site that holds its states; safe to delete.
pub const FOLDER: &str = ".newsgen";

/// The first bytes of a state.
const MAGIC: &[u8] = b"newsgen state 1\n";

/// What a build knows.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// On what the reading of every document depends: this newsgen and the configuration.
    pub reading: Digest,
    /// What was read without a finding, by path.
    pub documents: HashMap<String, KnownDocument>,
    /// What was written, by path.
    pub pages: HashMap<String, KnownPage>,
}

/// A document as it was read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KnownDocument {
    /// Its stamp, unless it was so fresh that it may have changed again without changing its stamp.
    pub stamp: Option<Stamp>,
    /// Of its bytes.
    pub digest: Digest,
    /// What it says.
    pub content: KnownContent,
}

/// What a document says to other pages than its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum KnownContent {
    /// An article.
    Article(Arc<Card>),
    /// The page of a topic.
    Topic(TermPage),
    /// The page of a provider.
    Provider(TermPage),
    /// A page that stands by itself.
    Page(StandingPage),
}

/// A file as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPage {
    /// Of all that it was made from.
    pub origin: Digest,
    /// Of its bytes.
    pub digest: Digest,
    /// Its stamp in the output folder.
    pub stamp: Stamp,
}

impl State {
    /// The state that `bytes` hold, if they are whole.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (digest, body) = rest.split_at_checked(Digest::default().as_bytes().len())?;
        (Digest::of(body).as_bytes() == digest).then(|| postcard::from_bytes(body).ok())?
    }

    /// The bytes of this state.
    pub fn encode(&self) -> Vec<u8> {
        // A state consists of numbers, texts, lists and maps of known length, all of which can be encoded.
        let body = postcard::to_stdvec(self).unwrap_or_default();
        [MAGIC, Digest::of(&body).as_bytes(), &body].concat()
    }
}

/// Where the state of a site's output folder lies. A folder inside the site is named as it is seen from there, so that a
/// site can be moved with its states.
pub fn path(root: &Path, output: &Path) -> PathBuf {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (root_path, output) = (absolute(root), absolute(output));
    let name = output.strip_prefix(&root_path).unwrap_or(&output).to_string_lossy().into_owned();
    let digest = Digest::of(name.as_bytes()).to_string();
    root.join(FOLDER).join(format!("{}-{}.state", slugify(&name), digest.get(..8).unwrap_or("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let stamp = Stamp { length: 3, changed_at: -4 };
        let page = KnownPage { origin: Digest::of(b"a"), digest: Digest::of(b"b"), stamp };
        State { pages: [("index.html".to_owned(), page)].into(), ..State::default() }
    }

    #[test]
    fn a_state_survives_its_encoding() {
        let decoded = State::decode(&state().encode()).expect("state");
        assert_eq!(decoded.pages, state().pages);
    }

    #[test]
    fn a_damaged_state_is_none() {
        let bytes = state().encode();
        for cut in 0..bytes.len() {
            assert!(State::decode(&bytes[..cut]).is_none(), "cut at {cut}");
        }
        for flipped in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[flipped] ^= 1;
            assert!(State::decode(&bytes).is_none(), "flipped at {flipped}");
        }
    }

    #[test]
    fn an_output_folder_inside_the_site_is_named_from_there() {
        let name = |root: &str, output: &str| {
            path(Path::new(root), Path::new(output))
                .file_name()
                .and_then(|name| name.to_str())
                .map(str::to_owned)
        };
        assert_eq!(name("/a/site", "/a/site/public"), name("/b/site", "/b/site/public"));
        assert_ne!(name("/a/site", "/srv/x"), name("/a/site", "/srv/y"));
    }
}
