//! What the documents of a site have: originals, providers and topics, as commands that add articles
//! need to know them.

mod known_originals;
mod known_providers;
mod known_topics;

pub use known_originals::KnownOriginals;
pub use known_providers::{IdentifiedProvider, KnownProvider, KnownProviders};
pub use known_topics::KnownTopics;
