//! Ids of articles and documents: indices into the lists of a collection.

use serde::{Deserialize, Serialize};

/// The index of an article among all articles, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(u32);

impl ArticleId {
    pub fn at(index: usize) -> Self {
        Self(to_u32(index))
    }

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The index of a document among all parsed documents, in the order of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId(u32);

impl DocumentId {
    pub fn at(index: usize) -> Self {
        Self(to_u32(index))
    }

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

pub(super) fn ids(count: usize) -> impl DoubleEndedIterator<Item = ArticleId> {
    (0..to_u32(count)).map(ArticleId)
}

fn to_u32(index: usize) -> u32 {
    u32::try_from(index).expect("a site has fewer than 2^32 documents")
}
