//! The HTTP client of the commands that read other sites. No other command uses the network.
//!
//! What a page links to is a stranger's choice, so every address is resolved here and refused if it
//! leads into a private network, also after redirects; sizes and times are bounded. Many requests are
//! made [politely](PoliteClient).

mod client;
mod polite;
mod public_address;
mod robots;

pub use client::{Client, ClientOptions, FetchError, MAX_BODY, Response, Validators};
pub use polite::{HostState, PoliteClient, by_host};
