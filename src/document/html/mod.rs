//! Third-party HTML inside Markdown bodies: [`flatten`] bounds its nesting, [`sanitize`] removes
//! whatever could run.

pub(crate) mod flatten;
pub(super) mod sanitize;
