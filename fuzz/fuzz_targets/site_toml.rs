//! `site.toml`: it is read, or all that is wrong with it is said at its place.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgen::config::{Config, Overrides};

fuzz_target!(|text: &str| {
    let overrides = Overrides { base_url: None, now: Default::default(), unpublished: false, future: false, preview: false };
    if let Err(diagnostics) = Config::read("site.toml", text, &overrides) {
        assert!(!diagnostics.is_empty());
    }
});
