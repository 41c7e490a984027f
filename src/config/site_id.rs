//! The permanent identity of a site, which feeds keep when the site moves.

use uuid::Uuid;

use crate::diagnostic::Code;
use crate::http_url::HttpUrl;
use crate::node::{Node, Problem};

/// The identity of a site, from which those of its articles and feeds derive (RFC 9562, version 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteId {
    namespace: Uuid,
    /// Whether it is set in `site.toml`, and so survives a change of the base URL.
    pub is_explicit: bool,
}

impl SiteId {
    /// The identity from an IRI.
    pub(super) fn parse(node: Node<'_>) -> Result<Self, Problem> {
        let at = node.at;
        let text = node.text("id")?;
        let is_iri = text.split_once(':').is_some_and(|(scheme, rest)| {
            let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(is_letter)
                && !rest.is_empty()
                && !rest.contains(|c: char| {
                    c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c)
                })
        });
        if !is_iri {
            let label = "expected one such as `urn:uuid:…`, or the first address of the site";
            return Err(Problem::new(Code::InvalidSiteId, at, "`id` is not an IRI").label(label));
        }
        Ok(Self {
            namespace: Uuid::new_v5(&Uuid::NAMESPACE_URL, text.as_bytes()),
            is_explicit: true,
        })
    }

    /// The identity of a site that has only its base URL.
    pub(super) fn of_address(address: &HttpUrl) -> Self {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, address.as_str().as_bytes());
        Self { namespace, is_explicit: false }
    }

    /// The same identity, marked as set in `site.toml`.
    pub(super) fn given(self) -> Self {
        Self { is_explicit: true, ..self }
    }

    /// The identity of a part of the site, as a URN.
    pub fn urn_for(&self, name: &str) -> String {
        Uuid::new_v5(&self.namespace, name.as_bytes()).urn().to_string()
    }
}
