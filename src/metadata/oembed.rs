//! oEmbed: a description of a page in JSON (<https://oembed.com/>).

use serde_json::Value;

use super::values::{absolute, clean, shortened};
use crate::http_url::HttpUrl;

/// What an oEmbed description says about its page.
#[derive(Debug, Default)]
pub(super) struct Oembed {
    pub(super) title: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) picture: Option<HttpUrl>,
    pub(super) picture_size: Option<(u32, u32)>,
}

impl Oembed {
    /// Parses a description that was fetched from `url`.
    pub(super) fn parse(json: &[u8], url: &HttpUrl) -> Self {
        let description: Value = serde_json::from_slice(json).unwrap_or_default();
        let value = |key: &str| description.get(key)?.as_str();
        let text = |key: &str| value(key).and_then(clean).map(shortened);
        let pixels = |key: &str| u32::try_from(description.get(key)?.as_u64()?).ok();
        Self {
            title: text("title"),
            provider: text("provider_name"),
            picture: value("thumbnail_url").and_then(|picture| absolute(picture, url)),
            picture_size: pixels("thumbnail_width").zip(pixels("thumbnail_height")),
        }
    }
}
