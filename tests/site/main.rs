//! Tests of whole sites.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test may do what the program may not"
)]

#[cfg(feature = "net")]
mod add;
mod address_lock;
mod amp;
mod architecture;
mod archives;
mod markdown_bodies;
#[cfg(unix)]
mod fault_fixture;
mod fault_injection;
mod build;
mod cards;
mod check_fix;
mod collection;
#[cfg(feature = "net")]
mod check_links;
mod check_findings;
mod cli;
mod path_conflicts;
mod content_files;
mod credentials;
mod check_formats;
mod check_levels;
mod dates;
#[cfg(feature = "deploy")]
mod deploy;
#[cfg(feature = "deploy")]
mod deploy_fixture;
mod determinism;
mod docs;
mod sitemaps;
mod duplicate_originals;
mod diagnostic_codes;
mod diagnostics;
#[cfg(all(feature = "deploy", feature = "net"))]
mod diagnostics_listing;
mod feed_settings;
mod feeds;
mod fixture;
mod front;
mod escaping;
mod hooks;
#[cfg(feature = "net")]
mod http_client;
mod host_files;
mod host_limits;
#[cfg(feature = "pictures")]
mod icons;
mod index_pages;
mod init;
mod front_matter_keys;
mod original_urls;
#[cfg(feature = "net")]
mod page_metadata;
mod partial_scans;
mod content_security_policy;
#[cfg(feature = "pictures")]
mod pictures;
mod providers;
#[cfg(feature = "net")]
mod pull;
mod serve_retry;
mod schema;
mod slugs;
mod json_ld;
mod languages;
#[cfg(all(feature = "deploy", feature = "net"))]
mod message_listing;
mod menu;
mod missing_content;
mod nested_keys;
mod import;
mod list;
mod incremental;
mod reserved_names;
mod serve_fixture;
mod serve_cli;
mod special_files;
mod stories;
#[cfg(feature = "deploy")]
mod deploy_stale;
#[cfg(feature = "deploy")]
mod deploy_stores;
mod serve_http;
mod build_summary;
mod theme;
mod template_links;
mod topic_parents;
#[cfg(all(feature = "deploy", feature = "net"))]
mod transcripts;
mod site_toml;
mod theme_copies;
mod serve_watch;
mod vocabulary;
#[cfg(feature = "net")]
mod web_server;
mod yaml_pitfalls;
