//! The table `[limits]`: limits on documents, so that none can exhaust a build's time or memory.

use super::keys::{self, LIMITS};
use super::values::{count, unknown_key};
use crate::node::{Node, Problems};

/// Limits on the size of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file in `content/`.
    pub document: usize,
    /// Characters of a text in front matter.
    pub text: usize,
    /// Entries of a list or mapping in front matter.
    pub items: usize,
    /// Topics of an article.
    pub topics: usize,
    /// Characters of a topic's name.
    pub topic_name: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { document: 500_000, text: 10_000, items: 500, topics: 32, topic_name: 100 }
    }
}

impl Limits {
    /// The highest values that a site can configure.
    pub(super) const LARGEST: Self = Self {
        document: keys::MAX_DOCUMENT as usize,
        text: keys::MAX_TEXT as usize,
        items: keys::MAX_ITEMS as usize,
        topics: keys::MAX_TOPICS as usize,
        topic_name: keys::MAX_TOPIC_NAME as usize,
    };

    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut limits = Self::default();
        for entry in problems.keep(node.map("limits")).unwrap_or_default() {
            let (limit, highest) = match &*entry.key {
                "document" => (&mut limits.document, Self::LARGEST.document),
                "text" => (&mut limits.text, Self::LARGEST.text),
                "items" => (&mut limits.items, Self::LARGEST.items),
                "topics" => (&mut limits.topics, Self::LARGEST.topics),
                "topic_name" => (&mut limits.topic_name, Self::LARGEST.topic_name),
                _ => {
                    problems.add(unknown_key(&entry, "limits", &LIMITS));
                    continue;
                }
            };
            let given = problems.keep(count(
                &entry.node,
                &entry.key,
                1..=i64::try_from(highest).unwrap_or(i64::MAX),
            ));
            *limit = given.unwrap_or(*limit);
        }
        limits
    }
}
