//! `published` and `draft`: whether this site publishes a document.

use crate::node::{At, Entry, Node, Problem, Problems, Value};

/// Whether a key of front matter is one of the two.
pub(super) fn is_of_publication(key: &str) -> bool {
    matches!(key, "published" | "draft")
}

/// Whether an entry is what other generators write to keep a document off the site.
pub(super) fn is_status_of_draft(entry: &Entry<'_>) -> bool {
    let is_status = ["status", "state", "visibility"].iter().any(|key| entry.key.eq_ignore_ascii_case(key));
    let is_draft = |text: &str| {
        ["draft", "hidden", "private", "pending", "unpublished"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
    };
    is_status && matches!(&entry.node.value, Value::Text(text) if is_draft(text.trim()))
}

/// What front matter says of it.
#[derive(Debug, Default)]
pub(super) struct Publication {
    published: Option<bool>,
    draft: Option<(bool, At)>,
}

impl Publication {
    /// Reads the value of one of the two keys.
    pub(super) fn read(&mut self, node: &Node<'_>, key: &str, problems: &mut Problems) {
        let given = problems.keep(node.boolean(key));
        if key == "draft" {
            self.draft = given.map(|draft| (draft, node.at));
        } else {
            self.published = given;
        }
    }

    /// Whether the document is published. A draft is one that is not; where the keys contradict each other nobody knows.
    pub(super) fn is_published(&self, problems: &mut Problems) -> bool {
        if let (Some(published), Some((draft, at))) = (self.published, self.draft)
            && published == draft
        {
            let message = format!("`draft: {draft}` contradicts `published: {published}`");
            problems.add(Problem::new(at, message).help("remove one of the two lines"));
        }
        self.published.or(self.draft.map(|(draft, _)| !draft)).unwrap_or(true)
    }
}
