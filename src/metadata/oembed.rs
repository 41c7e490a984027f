//! oEmbed: a description of a page in JSON (<https://oembed.com/>).

use serde_json::Value;

use super::values::{absolute, clean, shortened};
use super::{PageMetadata, PagePicture};
use crate::http_url::HttpUrl;

/// Completes the metadata of a page with title, picture and provider from its oEmbed description,
/// which was fetched from `url`. What the page itself says is kept.
pub fn add_oembed(metadata: PageMetadata, json: &[u8], url: &HttpUrl) -> PageMetadata {
    let description: Value = serde_json::from_slice(json).unwrap_or_default();
    let text = |key: &str| description.get(key)?.as_str().and_then(clean).map(shortened);
    let pixels = |key: &str| u32::try_from(description.get(key)?.as_u64()?).ok();
    let picture = || {
        let url = absolute(description.get("thumbnail_url")?.as_str()?, url)?;
        Some(PagePicture { url, size: pixels("thumbnail_width").zip(pixels("thumbnail_height")) })
    };
    PageMetadata {
        title: metadata.title.or_else(|| text("title")),
        provider: metadata.provider.or_else(|| text("provider_name")),
        picture: metadata.picture.or_else(picture),
        ..metadata
    }
}
