//! newsgen is a static site generator for curated news feeds: it turns a folder of Markdown
//! documents, each about one article published elsewhere, into a news site.
//!
//! The command `newsgen` is a thin wrapper around [`cli::run`]. This library is what it is made of.
//!
//! # Pipeline
//!
//! | step | module | result |
//! |---|---|---|
//! | scan the disk and read files | [`source`] | [`source::Snapshot`] |
//! | check `site.toml` and the command line | [`config`] | [`config::Config`] |
//! | parse documents, in parallel | [`document`] | [`document::Document`] |
//! | relate all documents | [`collection`] | [`collection::Collection`] |
//! | assign URLs and output paths | [`page`] | [`page::Routes`] |
//! | render pages, feeds and sitemaps, in parallel | [`render`] | bytes |
//! | write the output folder | [`publish`] | the site |
//!
//! [`build::build`] runs these steps and reuses whatever the previous build left in its cache.
//! Every step reports what is wrong as [`diagnostic::Diagnostic`]s with a location and a remedy;
//! only [`cli`] prints or exits.
//!
//! # Example
//!
//! ```
//! use std::fs;
//!
//! use newsgen::build::{self, BuildOptions, OutputOptions};
//! use newsgen::config::Overrides;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let root = folder.path();
//! fs::write(
//!     root.join("site.toml"),
//!     "title = \"Harbour News\"\nbase_url = \"https://news.example/\"\nid = \"https://news.example/\"\n",
//! )?;
//! fs::create_dir(root.join("content"))?;
//! fs::write(
//!     root.join("content/harbour-reopens.md"),
//!     r#"---
//! title: "Harbour reopens after the storm"
//! publishedDateTime: 2026-11-20T12:30:00Z
//! originalUrl: "https://www.harbourpost.example/2026/11/harbour-reopens"
//! provider:
//!   name: Harbour Post
//!   domain: harbourpost.example
//! ---
//! "#,
//! )?;
//!
//! let options = BuildOptions {
//!     root: root.to_owned(),
//!     config: None,
//!     overrides: Overrides {
//!         base_url: None,
//!         now: "2026-11-21T00:00:00Z".parse()?,
//!         unpublished: false,
//!         future: false,
//!         preview: false,
//!     },
//!     output: OutputOptions {
//!         folder: root.join("public"),
//!         force: false,
//!         fresh: false,
//!         check_only: false,
//!         allow_empty: false,
//!     },
//!     executable: std::env::current_exe()?,
//!     scanned_at: 0,
//! };
//! let outcome = build::build(&options, &|_progress| {});
//!
//! for diagnostic in &outcome.diagnostics {
//!     println!("{}: {}", diagnostic.location, diagnostic.message);
//! }
//! let summary = outcome.summary.expect("the site has no errors");
//! assert_eq!(summary.stats.articles, 1);
//! let page = fs::read_to_string(root.join("public/news/2026/11/harbour-reopens/index.html"))?;
//! assert!(page.contains("Harbour reopens after the storm"));
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! The modules are listed in the order of the data flow. A module uses only modules above it.

pub mod invisible_chars;
pub mod escape;
pub mod diagnostic;
pub mod digest;
pub mod slug_rules;
pub mod slug;
pub mod reserved_names;
pub mod local_time;
pub mod http_url;
pub mod domain;
pub mod color;
pub mod image_size;
pub mod node;
pub mod key;
pub mod source;
pub mod language;
pub mod locale;
pub mod config;
pub mod media_type;
pub mod theme_copy;
pub mod asset;
pub mod theme_files;
pub mod picture;
pub mod document;
pub mod schema;
pub mod new_document;
pub mod metadata;
#[cfg(feature = "net")]
pub mod net;
#[cfg(feature = "net")]
pub mod fetched_page;
pub mod story;
pub mod reservations;
pub mod collection;
pub mod inventory;
#[cfg(feature = "net")]
pub mod curation;
pub mod import;
pub mod preflight;
pub mod page;
pub mod render;
pub mod publish;
pub mod build;
#[cfg(feature = "net")]
pub mod pull;
#[cfg(feature = "net")]
pub mod link_check;
#[cfg(feature = "deploy")]
pub mod deploy;
pub mod serve;
pub mod cli;
