//! Which originals a site has articles about.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::collection::Documents;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::http_url::HttpUrl;

/// The documents of a site by what identifies the URLs of their originals.
pub struct KnownOriginals<'a>(HashMap<Cow<'a, str>, &'a str>);

impl<'a> KnownOriginals<'a> {
    pub fn new(documents: &'a Documents) -> Self {
        let mut originals = HashMap::new();
        for (_, summary) in &documents.summaries {
            for url in summary.addresses().into_iter().flatten() {
                originals.entry(url.dedup_key()).or_insert(&*summary.path);
            }
        }
        for article in &documents.faulty {
            for url in &article.urls {
                originals.entry(url.dedup_key()).or_insert(&*article.path);
            }
        }
        Self(originals)
    }

    /// The path of the document about this original, relative to `content/`.
    pub fn find(&self, url: &HttpUrl) -> Option<&'a str> {
        self.0.get(&*url.dedup_key()).copied()
    }

    /// Refuses a URL that is the original of an article already.
    ///
    /// # Errors
    /// Names the document of that article.
    pub fn check_new(&self, url: &HttpUrl) -> Result<(), Diagnostic> {
        let Some(path) = self.find(url) else { return Ok(()) };
        let message = format!("the site already has this article: {}", url.as_str());
        Err(Diagnostic::new(
            Code::KnownOriginal,
            Location::file(format!("content/{path}")),
            message,
        )
        .help("edit this document instead"))
    }
}
