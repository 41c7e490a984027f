//! The language of an article's title and excerpt, where it is not that of the site.

use std::borrow::Cow;

use super::provider;
use super::routes::Routes;
use crate::config::Config;
use crate::document::ArticleSummary;

/// The language of an article, if it is another than the site's: its own, its provider's, or the one
/// that its script tells.
pub(super) fn of_article<'a>(
    routes: Routes<'a>,
    summary: &'a ArticleSummary,
) -> Option<Cow<'a, str>> {
    let explicit = summary.language.as_deref();
    match explicit.or_else(|| provider::language(routes.collection, summary)) {
        Some(tag) => (!tag.eq_ignore_ascii_case(&routes.config.language)).then(|| tag.into()),
        None => of_text(routes.config, &summary.title),
    }
}

/// A language for metadata, which name languages but no scripts.
pub(super) fn named(language: Cow<'_, str>) -> Option<Cow<'_, str>> {
    Some(language).filter(|tag| !tag.starts_with("und"))
}

/// The language that the script of a text tells, if the site's language does not use this script.
pub(super) fn of_text(config: &Config, text: &str) -> Option<Cow<'static, str>> {
    config.locale.language_in_other_script(text)
}
