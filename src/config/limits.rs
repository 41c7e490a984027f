//! The table `[limits]`: limits on documents, so that none can exhaust a build's time or memory.

use super::values::{count, unknown_key};
use crate::node::{Node, Problems};

/// How large documents may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A file of `content/`, in bytes.
    pub document: usize,
    /// A text of front matter, in characters.
    pub text: usize,
    /// The entries of one list or mapping of front matter.
    pub items: usize,
    /// The topics of an article.
    pub topics: usize,
    /// The name of a topic of an article, in characters.
    pub topic_name: usize,
}

const KEYS: [&str; 5] = ["document", "text", "items", "topics", "topic_name"];

impl Default for Limits {
    fn default() -> Self {
        Self { document: 500_000, text: 10_000, items: 500, topics: 32, topic_name: 100 }
    }
}

impl Limits {
    /// The most that a site can allow.
    pub(super) const LARGEST: Self =
        Self { document: 100_000_000, text: 1_000_000, items: 2_000, topics: 2_000, topic_name: 1_000 };

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
                    problems.add(unknown_key(&entry, "limits", &KEYS));
                    continue;
                }
            };
            let given =
                problems.keep(count(&entry.node, &entry.key, 1..=i64::try_from(highest).unwrap_or(i64::MAX)));
            *limit = given.unwrap_or(*limit);
        }
        limits
    }
}
