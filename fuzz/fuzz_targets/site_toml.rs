//! `site.toml`: it is read, or all that is wrong with it is said at its place.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgen::config::{Config, Overrides};
use newsgen::diagnostic::Diagnostic;

fuzz_target!(|text: &str| {
    let overrides = Overrides {
        base_url: None,
        now: Default::default(),
        unpublished: false,
        future: false,
        preview: false,
    };
    if let Err(wrong) = Config::parse("site.toml", text, &overrides) {
        assert!(wrong.diagnostics.iter().any(Diagnostic::is_error));
    }
});
