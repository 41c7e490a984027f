//! What the HTML of bodies depends on beside the bodies.

use html_escape::encode_double_quoted_attribute;

use crate::config::Config;
use crate::locale::{Argument, Locale};
use crate::slug::Slugs;

/// How bodies are rendered.
#[derive(Clone, Copy, Debug)]
pub struct BodyOptions<'a> {
    /// The URL path of the front page.
    pub root: &'a str,
    /// The `rel` of outbound links.
    pub outbound_rel: &'a str,
    /// The language of the site, for the labels that screen readers read.
    pub locale: &'a Locale,
    /// The slugs of the site's language, for the ids of headings.
    pub slugs: Slugs,
}

impl<'a> BodyOptions<'a> {
    /// How a site's bodies are rendered.
    pub fn new(config: &'a Config) -> Self {
        Self {
            root: config.root(),
            outbound_rel: &config.outbound_rel,
            locale: &config.locale,
            slugs: config.slugs,
        }
    }
}

impl BodyOptions<'_> {
    /// A label without variables, as the value of an attribute.
    pub(super) fn label(&self, key: &str) -> String {
        encode_double_quoted_attribute(self.locale.word(key)).into_owned()
    }

    /// A label with a number, as the value of an attribute.
    pub(super) fn numbered_label(&self, key: &str, number: &str) -> String {
        let arguments = [("number", Argument::Text(number))];
        let label = self.locale.catalog().message(key, arguments);
        let label = label.expect("the catalogues have this message with this variable");
        encode_double_quoted_attribute(&label).into_owned()
    }
}
