//! The table `[amp]`.

use super::keys::AMP;
use super::values::unknown_key;
use crate::node::{Node, Problems};

/// Settings of AMP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AmpConfig {
    /// Whether articles whose own pages are canonical have AMP pages too.
    pub pages: bool,
}

impl AmpConfig {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut amp = Self::default();
        for entry in problems.keep(node.map("amp")).unwrap_or_default() {
            match &*entry.key {
                "pages" => {
                    amp.pages = problems.keep(entry.node.boolean("pages")).unwrap_or_default();
                }
                _ => problems.add(unknown_key(&entry, "amp", &AMP)),
            }
        }
        amp
    }
}
