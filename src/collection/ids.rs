//! Ids of articles and documents: indices into the lists of a collection.

use serde::{Deserialize, Serialize};

/// The place of an article among all articles, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(u32);

impl ArticleId {
    /// The article at a place.
    pub fn at(index: usize) -> Self {
        Self(to_u32(index))
    }

    /// Its place.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The place of a document among all that were read, in the order of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId(u32);

impl DocumentId {
    /// The document at a place.
    pub fn at(index: usize) -> Self {
        Self(to_u32(index))
    }

    /// Its place.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

pub(super) fn ids(count: usize) -> impl DoubleEndedIterator<Item = ArticleId> {
    (0..to_u32(count)).map(ArticleId)
}

/// No site has as many documents as this can tell apart.
fn to_u32(index: usize) -> u32 {
    u32::try_from(index).expect("a site has fewer than 2^32 documents")
}
