//! Whole sites, built as their users build them.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test may do what the program may not"
)]

mod addresses;
mod amp;
mod architecture;
mod bodies;
mod breakdowns;
mod building;
mod collecting;
mod command;
mod conflicts;
mod content_files;
mod credentials;
mod dates;
#[cfg(feature = "deploy")]
mod deploying;
mod determinism;
mod directories;
mod duplicates;
mod errors;
mod feed_settings;
mod feeds;
mod fixture;
mod hidden_characters;
mod hosting;
mod host_limits;
mod indexes;
mod init;
mod keys;
mod original_addresses;
mod protection;
mod providers;
mod real_documents;
mod retrying;
mod linked_data;
mod missing_content;
mod rebuilding;
mod reserved_names;
mod server;
mod serving;
mod special_files;
#[cfg(feature = "deploy")]
mod stale_deploys;
#[cfg(feature = "deploy")]
mod stores;
mod streaming;
mod summary;
mod topic_parents;
mod site_toml;
mod watching;
mod yaml_test_suite;
mod yaml_texts;
