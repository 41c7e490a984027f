//! Slugs are valid, and their own slugs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgen::slug::{SlugVersion, Slugs, is_valid};

fuzz_target!(|text: &str| {
    for language in ["en", "de", "nb", "ru", "tlh"] {
        let slugs = Slugs::new(SlugVersion::V2, language);
        for slug in [slugs.slugify(text), slugs.from_file_name(text)] {
            assert!(is_valid(&slug), "{slug:?}");
            assert_eq!(slugs.slugify(&slug), slug);
        }
    }
});
