//! Slugs are valid, and their own slugs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgen::slug::{folded, from_file_name, is_valid, slugify};

fuzz_target!(|text: &str| {
    for slug in [slugify(text), from_file_name(text)] {
        assert!(is_valid(&slug), "{slug:?}");
        assert_eq!(slugify(&slug), slug);
        assert_eq!(folded(&slug), slug);
    }
});
