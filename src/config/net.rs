//! The table `[net]`: how commands that read other sites use the network.

use super::keys::NET;
use super::values::unknown_key;
use crate::node::{Node, Problems};

/// Settings of commands that read other sites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetConfig {
    /// Whether addresses of private networks and of this machine are allowed.
    pub allow_private: bool,
}

impl NetConfig {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut net = Self::default();
        for entry in problems.keep(node.map("net")).unwrap_or_default() {
            match &*entry.key {
                "allow_private" => {
                    let allowed = problems.keep(entry.node.boolean("allow_private"));
                    net.allow_private = allowed.unwrap_or_default();
                }
                _ => problems.add(unknown_key(&entry, "net", &NET)),
            }
        }
        net
    }
}
