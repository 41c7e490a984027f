//! What `newsgen new` writes where nothing was given, until an editor writes something else.

use crate::domain::Domain;
use crate::http_url::HttpUrl;

/// The URL of the original.
pub const ORIGINAL_URL: &str = "https://the-provider.example/the-original-article";

/// The name of the provider.
pub const PROVIDER_NAME: &str = "The Provider";

/// The domain of the provider. Only `newsgen new` writes it: examples have others.
pub const PROVIDER_DOMAIN: &str = "the-provider.example";

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

/// Whether a domain is only the placeholder of one, whatever the name of the provider.
pub fn is_provider(domain: &Domain) -> bool {
    domain.as_str() == PROVIDER_DOMAIN
}
