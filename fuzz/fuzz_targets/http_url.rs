//! Web addresses: an address that was taken is taken as it is, and by every part that looks at
//! addresses.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgen::document::{amp, video};
use newsgen::http_url::HttpUrl;

fuzz_target!(|text: &str| {
    video::player(text, &["www.youtube.com".to_owned()]);
    let Ok(address) = HttpUrl::parse(text) else { return };
    assert_eq!(HttpUrl::parse(address.as_str()).as_ref(), Ok(&address));
    assert!(address.as_str().starts_with(&[address.origin(), address.path()].concat()));
    assert!(!address.as_str().contains(['"', '<', '>', ' ', '\\', '`']), "{address:?}");
    address.dedup_key();
    let _ = amp::cache_url(address.as_str());
    video::youtube(&address);
    let secure = address.into_https();
    assert!(secure.as_str().starts_with("https://"));
    assert_eq!(HttpUrl::parse(secure.as_str()), Ok(secure));
});
