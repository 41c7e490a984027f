//! What the parsers know of keys, for editors: JSON Schemas, and forms of a content management
//! system.

mod cms;
mod json_schema;

use crate::config::SITE_KEYS;
use crate::document::keys;
use crate::key::Keys;

pub use cms::config as cms_config;

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaKind {
    /// The front matter of an article.
    Article,
    /// The front matter of a topic.
    Topic,
    /// The front matter of a provider.
    Provider,
    /// The front matter of a page.
    Page,
    /// `site.toml`.
    Site,
}

impl SchemaKind {
    pub const ALL: [Self; 5] = [Self::Article, Self::Topic, Self::Provider, Self::Page, Self::Site];

    pub fn name(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Topic => "topic",
            Self::Provider => "provider",
            Self::Page => "page",
            Self::Site => "site",
        }
    }

    /// The keys that the parser knows.
    pub fn keys(self) -> Keys {
        match self {
            Self::Article => keys::ARTICLE,
            Self::Topic => keys::TOPIC,
            Self::Provider => keys::PROVIDER,
            Self::Page => keys::PAGE,
            Self::Site => SITE_KEYS,
        }
    }

    /// The JSON Schema (draft 7) as the text of a file.
    pub fn json_schema(self) -> String {
        let schema = match self {
            Self::Article => json_schema::article(),
            Self::Site => json_schema::site(),
            Self::Topic | Self::Provider | Self::Page => {
                json_schema::closed_front_matter(self.name(), self.keys())
            }
        };
        let text = serde_json::to_string_pretty(&schema).expect("all keys are texts");
        format!("{text}\n")
    }
}
