//! newsgen is a static site generator for curated news feeds.
//!
//! The modules are listed in the order of the data flow. A module uses only modules above it.

pub mod invisible_chars;
pub mod escape;
pub mod diagnostic;
pub mod digest;
pub mod slug;
pub mod reserved_names;
pub mod local_time;
pub mod http_url;
pub mod domain;
pub mod node;
pub mod source;
pub mod language;
pub mod config;
pub mod media_type;
pub mod asset;
pub mod document;
pub mod reservations;
pub mod collection;
pub mod preflight;
pub mod page;
pub mod render;
pub mod publish;
pub mod build;
#[cfg(feature = "deploy")]
pub mod deploy;
pub mod serve;
pub mod cli;
