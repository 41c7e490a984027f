//! How serious a diagnostic is.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// The document or the site cannot be published.
    Error,
    /// The site can be published.
    Warning,
}
