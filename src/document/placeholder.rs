//! What `newsgen new` writes where it does not know better, until an editor writes something else.

use crate::domain::Domain;
use crate::http_url::HttpUrl;

/// The URL of the original.
pub const ORIGINAL_URL: &str = "https://provider.example/the-original-article";

/// The name of the provider.
pub const PROVIDER_NAME: &str = "The Provider";

/// The domain of the provider.
pub const PROVIDER_DOMAIN: &str = "provider.example";

/// The topic.
pub const TOPIC: &str = "The Topic";

/// Whether a URL is only the placeholder of an original.
pub fn is_original(url: &HttpUrl) -> bool {
    url.as_str() == ORIGINAL_URL
}

/// Whether a topic is only the placeholder of one.
pub fn is_topic(name: &str) -> bool {
    name == TOPIC
}

/// Whether a name and a domain are only the placeholders of a provider.
pub fn is_provider(name: &str, domain: &Domain) -> bool {
    name == PROVIDER_NAME && domain.as_str() == PROVIDER_DOMAIN
}
