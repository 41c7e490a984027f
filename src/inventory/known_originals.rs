//! Which originals a site has articles about.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::collection::Documents;
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
        Self(originals)
    }

    /// The path of the document about this original, relative to `content/`.
    pub fn find(&self, url: &HttpUrl) -> Option<&'a str> {
        self.0.get(&*url.dedup_key()).copied()
    }
}
