//! The languages of articles' titles and excerpts and of topics' names, where they are not that of the
//! site.

use std::borrow::Cow;

use super::provider;
use super::routes::Routes;
use crate::collection::Term;
use crate::config::Config;
use crate::document::ArticleSummary;
use crate::locale::Direction;

/// The language of an article, if it is another than the site's: its own, its provider's, or the one
/// that its script tells.
pub(super) fn of_article<'a>(
    routes: Routes<'a>,
    summary: &'a ArticleSummary,
) -> Option<Cow<'a, str>> {
    let explicit = summary.language.as_deref();
    match explicit.or_else(|| provider::language(routes.collection, summary)) {
        Some(tag) => other(routes.config, tag).map(Cow::Borrowed),
        None => of_text(routes.config, &summary.title),
    }
}

/// The language of a topic's name, if its file names another than the site's.
pub(super) fn of_topic<'a>(config: &Config, topic: &'a Term) -> Option<&'a str> {
    other(config, topic.page.as_ref()?.language.as_deref()?)
}

/// The direction of a language, if it is not the site's.
pub(super) fn direction(config: &Config, language: Option<&str>) -> Option<Direction> {
    let direction = Direction::of_tag(language?);
    (direction != config.locale.direction()).then_some(direction)
}

/// A language, if it is not the site's.
fn other<'a>(config: &Config, tag: &'a str) -> Option<&'a str> {
    (!tag.eq_ignore_ascii_case(&config.language)).then_some(tag)
}

/// A language for metadata, which name languages but no scripts.
pub(super) fn named(language: Cow<'_, str>) -> Option<Cow<'_, str>> {
    Some(language).filter(|tag| !tag.starts_with("und"))
}

/// The language that the script of a text tells, if the site's language does not use this script.
pub(super) fn of_text(config: &Config, text: &str) -> Option<Cow<'static, str>> {
    config.locale.language_in_other_script(text)
}
