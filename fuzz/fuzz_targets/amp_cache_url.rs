//! Addresses in the AMP cache are web addresses on the cache.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgen::document::amp::cache_url;
use newsgen::http_url::HttpUrl;

fuzz_target!(|text: &str| {
    let Ok(original) = HttpUrl::parse(text) else { return };
    if let Some(cached) = cache_url(original.as_str()) {
        let address = HttpUrl::parse(&cached).expect("address");
        assert!(address.host().ends_with(".cdn.ampproject.org"), "{cached}");
        assert_eq!(address.host().split('.').count(), 4, "{cached}");
    }
});
