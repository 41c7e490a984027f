//! The keys of front matter. The parsers take names, choices and ranges from here.

use std::ops::RangeInclusive;

use super::compat_keys;
use crate::config::ARTICLE_PAGES;
use crate::key::ValueForm::{
    Any, Boolean, Choice, Date, Integer, List, Mapping, OneOf, Pattern, Picture, Prose, Text, Url,
    VisibleText,
};
use crate::key::{Key, Keys, ValueForm};

/// The keys of an article.
pub const ARTICLE: Keys = Keys::new(&[
    Key::new("title", VisibleText, "The headline."),
    Key::new("excerpt", Prose, "A sentence or two about the article."),
    PUBLISHED_DATE_TIME,
    PUBLISHED,
    DRAFT,
    Key::new("category", VisibleText, "The first segment of the article's URL, such as `news`."),
    TYPE,
    WEB_URL,
    ORIGINAL_URL,
    Key::new("ampWebUrl", Url, "The publisher's AMP page."),
    Key::new("cdnAmpWebUrl", Url, "The copy in the AMP cache; derived from `ampWebUrl`."),
    PROVIDER_OF_ARTICLE,
    Key::new("topics", List(&VisibleText), "The topics of the article."),
    IMAGES,
    QUALITY,
    Key::new("heat", SCORE, "How much attention the article draws, usually from 0 to 100."),
    Key::new(
        "pin",
        OneOf(&[Boolean, Date]),
        "Whether the front page shows the article first, or the last day on which it does.",
    ),
    Key::new("related", List(&Mapping(&RELATED)), "Related items, chosen by editors."),
    Key::new("language", VisibleText, "The language of title and excerpt: a BCP 47 tag."),
    Key::new("slug", VisibleText, "The last segment of the article's URL."),
    Key::new(
        "articlePages",
        Choice(&ARTICLE_PAGES),
        "How the article's page relates to the original.",
    ),
    ALIASES,
    Key::new(
        "story",
        VisibleText,
        "The name of the event, the same in all articles about it; `none` stands alone.",
    ),
    Key::new("featuredContent", VisibleText, "A video: the URL of its page or player."),
    SECURED,
])
.require(&[&["title"], &["publishedDateTime"], &["originalUrl", "webUrl"], &["provider"]]);

/// The keys of the file of a topic.
pub const TOPIC: Keys = Keys::new(&[
    TERM_NAME,
    TERM_DESCRIPTION,
    Key::new("parent", VisibleText, "The topic whose list includes the articles of this one."),
    ORDER,
    LOGO,
    Key::new("language", VisibleText, "The language of the topic's name: a BCP 47 tag."),
    Key::new("url", Url, "A page about the topic."),
    Key::new("feed", Url, "A feed about the topic."),
    ALIASES,
]);

/// The keys of the file of a provider.
pub const PROVIDER: Keys = Keys::new(&[
    TERM_NAME,
    DOMAIN,
    TERM_DESCRIPTION,
    ORDER,
    LOGO,
    Key::new("language", VisibleText, "The language of the provider's articles: a BCP 47 tag."),
    Key::new("url", Url, "The provider's own site."),
    Key::new("feed", Url, "The provider's own feed."),
    ALIASES,
]);

/// The keys of a page.
pub const PAGE: Keys = Keys::new(&[
    Key::new("title", VisibleText, "The title of the page."),
    TERM_DESCRIPTION,
    ORDER,
    PUBLISHED,
    DRAFT,
    ALIASES,
])
.require(&[&["title"]]);

pub(super) const PROVIDER_MAPPING: Keys = Keys::new(&[
    Key::new("name", VisibleText, "The provider's name."),
    DOMAIN,
    Key::new("images", List(&Mapping(&IMAGE)), "The provider's logo."),
])
.require(&[&["domain"]]);

pub(super) const IMAGE: Keys = Keys::new(&[
    Key::new(
        "url",
        Picture,
        "The URL, or the path of a file in `static/`, such as `/images/a.webp`.",
    ),
    Key::new("width", Integer(DIMENSION), "The width in pixels."),
    Key::new("height", Integer(DIMENSION), "The height in pixels."),
    Key::new("isCached", Boolean, "Whether the program that wrote the document keeps a copy."),
])
.require(&[&["url"]]);

pub(super) const RELATED: Keys = Keys::new(&[
    Key::new("title", VisibleText, "The headline."),
    Key::new("excerpt", Prose, "A sentence or two about the item."),
    PUBLISHED_DATE_TIME,
    WEB_URL,
    ORIGINAL_URL,
    TYPE,
    PROVIDER_OF_ARTICLE,
    QUALITY,
    IMAGES,
])
.require(&[&["title"], &["originalUrl", "webUrl"]]);

/// The key that every document may have, and that is dropped while parsing.
pub const SECURED: Key = Key::new("secured", Any, "For other programs: published nowhere.");

const PUBLISHED_DATE_TIME: Key =
    Key::new("publishedDateTime", Date, "When the original was published.");
const PUBLISHED: Key = Key::new("published", Boolean, "Whether the site shows it.");
const DRAFT: Key = Key::new("draft", Boolean, "The opposite of `published`.");
const TYPE: Key = Key::new("type", VisibleText, "The kind, such as `article` or `video`.");
const WEB_URL: Key = Key::new("webUrl", Url, "Where readers find the original, if elsewhere.");
const ORIGINAL_URL: Key = Key::new("originalUrl", Url, "The original as it was first found.");
const PROVIDER_OF_ARTICLE: Key =
    Key::new("provider", Mapping(&PROVIDER_MAPPING), "Who published the original.");
const IMAGES: Key =
    Key::new("images", List(&Mapping(&IMAGE)), "Pictures; the first one represents the article.");
const QUALITY: Key = Key::new("quality", SCORE, "How good the article is, usually from 0 to 100.");
const ALIASES: Key = Key::new("aliases", List(&Text), "Former URLs, which redirect here.");
const TERM_NAME: Key = Key::new("name", VisibleText, "The name as pages show it.");
const TERM_DESCRIPTION: Key = Key::new("description", Prose, "One sentence.");
const DOMAIN: Key = Key::new(
    "domain",
    Pattern(r"\."),
    "The domain that identifies the provider, such as `news.example`.",
);
const LOGO: Key = Key::new("logo", Picture, "The URL of the logo, or its path in `static/`.");
const ORDER: Key = Key::new("order", Integer(ORDERS), "The position: lower is earlier.");
const SCORE: ValueForm = Integer(NOT_SCORED..=MAX_SCORE);

/// The score that means "no score".
pub(super) const NOT_SCORED: i64 = -1;

pub(super) const MAX_SCORE: i64 = 1_000_000_000;
pub(super) const ORDERS: RangeInclusive<i64> = -1_000_000..=1_000_000;

/// Widths and heights of images.
pub(super) const DIMENSION: RangeInclusive<i64> = 0..=100_000;

/// Keys of other generators in the place of an article's own, which are reported.
pub fn foreign_article_keys() -> impl Iterator<Item = &'static str> {
    compat_keys::ARTICLE.foreign()
}
