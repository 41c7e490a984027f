//! The keys of `site.toml` and of its tables. The parsers of the tables take names, choices and
//! ranges from here.

use std::ops::RangeInclusive;

use crate::key::ValueForm::{
    AnyMapping, Boolean, Choice, Integer, List, Mapping, NamedMappings, Number, OneOf, Pattern,
    Text, Texts, Url, VisibleText,
};
use crate::key::{Key, Keys, ValueForm};
use crate::locale;

/// The keys of `site.toml`.
pub const SITE: Keys = Keys::new(&[
    Key::new("title", VisibleText, "The site's name."),
    Key::new("tagline", Text, "A few words below the name."),
    Key::new("description", Text, "A sentence about the site."),
    Key::new("base_url", Url, "The URL of the site, such as `https://news.example/`."),
    Key::new(
        "id",
        Pattern(r"^[A-Za-z][A-Za-z0-9+.-]*:."),
        "The permanent identity of the site, an IRI. Never change it.",
    ),
    Key::new("language", VisibleText, "The language of the site: a BCP 47 tag, such as `pt-BR`."),
    Key::new("slugs", Choice(&SLUGS), "How addresses are spelled."),
    Key::new("time_zone", VisibleText, "The time zone of dates, such as `Europe/Dublin`."),
    Key::new("per_page", Integer(PER_PAGE), "How many articles an archive page of a list has."),
    Key::new(
        "related_count",
        Integer(RELATED_COUNT),
        "The minimum number of related items of an article.",
    ),
    Key::new(
        "shared_picture_limit",
        Integer(SHARED_PICTURE_LIMIT),
        "How many articles are shown with the same picture; 0 is no limit.",
    ),
    Key::new(
        "minimum_quality",
        Integer(MINIMUM_SCORE),
        "Articles of a lower quality are not published.",
    ),
    Key::new("minimum_heat", Integer(MINIMUM_SCORE), "Articles of lower heat are not published."),
    Key::new(
        "permalink",
        Pattern(r"^/.*\{slug\}.*/$"),
        "The URL paths of articles, with `{category}`, `{year}`, `{month}`, `{day}` and `{slug}`.",
    ),
    Key::new("archives", Boolean, "Whether years, months and days have pages."),
    Key::new(
        "stories",
        Boolean,
        "Whether articles of several providers about one event are shown as one story.",
    ),
    Key::new(
        "article_pages",
        Choice(&ARTICLE_PAGES),
        "How the page of an article relates to the original.",
    ),
    Key::new(
        "article_html",
        Pattern(r"^\s*(all|none|recent\s+\d+\s+days?)\s*$"),
        "Which articles have pages: `all`, `recent 30 days` or `none`.",
    ),
    Key::new("on_error", Choice(&ON_ERROR), "What happens if a document has an error."),
    Key::new("ignore", List(&Text), "Patterns of files in `content/` that are not of the site."),
    Key::new("nav", List(&VisibleText), "The topics in the navigation."),
    Key::new("menu", List(&Mapping(&MENU)), "The links of the navigation."),
    Key::new("footer_menu", List(&Mapping(&MENU)), "The links in the footer."),
    Key::new("front", Mapping(&FRONT), "The order of the front page."),
    Key::new("feeds", Mapping(&FEEDS), "Atom, RSS and JSON feeds."),
    Key::new("pictures", Mapping(&PICTURES), "Smaller variants of pictures in `static/`."),
    Key::new("amp", Mapping(&AMP), "AMP pages of this site."),
    Key::new("video", Mapping(&VIDEO), "Which videos are embedded."),
    Key::new("theme", Mapping(&THEME), "The look of the default theme."),
    Key::new(
        "content_security_policy",
        Mapping(&CONTENT_SECURITY_POLICY),
        "What pages may load and run: the sources of each directive.",
    ),
    Key::new(
        "outbound_rel",
        Pattern(r"^\s*((external|nofollow|noopener|noreferrer|sponsored|ugc)(\s+|$))*$"),
        "The `rel` of links to other sites.",
    ),
    Key::new("limits", Mapping(&LIMITS), "The maximum size of documents and of their values."),
    Key::new("host", Mapping(&HOST), "The service that serves the site."),
    Key::new("net", Mapping(&NET), "How commands read other sites."),
    Key::new("check", Mapping(&CHECK), "What becomes of warnings, by their codes."),
    Key::new("source", List(&Mapping(&SOURCE)), "The feeds that `newsgen pull` reads."),
    Key::new("deploy", NamedMappings(&DEPLOY), "Targets of `newsgen deploy`, by their names."),
    Key::new("words", Texts(locale::word_keys), "Other words for the theme's own."),
    Key::new(
        "date_format",
        Pattern("^(long|medium|short)$|%"),
        "The format of dates: `long`, `medium`, `short`, or one in strftime notation.",
    ),
    Key::new("time_format", Pattern("%"), "The format of times of day, in strftime notation."),
    Key::new("extra", AnyMapping, "Your own values, for templates."),
])
.require(&[&["title"], &["base_url"]]);

pub(super) const SLUGS: [&str; 2] = ["v1", "v2"];
pub(super) const PER_PAGE: RangeInclusive<i64> = 1..=1000;
pub(super) const RELATED_COUNT: RangeInclusive<i64> = 0..=100;
pub(super) const SHARED_PICTURE_LIMIT: RangeInclusive<i64> = 0..=1000;
pub(super) const MINIMUM_SCORE: RangeInclusive<i64> = 0..=1_000_000_000;
pub(super) const ON_ERROR: [&str; 2] = ["stop", "leave-out"];

/// The names of [`super::ArticlePages`].
pub const ARTICLE_PAGES: [&str; 3] = ["source", "self", "noindex"];

pub(super) const MENU: Keys = Keys::new(&[
    Key::new("topic", VisibleText, "The name of a topic."),
    Key::new("category", VisibleText, "The name of a category."),
    Key::new("provider", VisibleText, "The domain of a provider."),
    Key::new("page", VisibleText, "The path of a page in `content/pages/`."),
    Key::new("url", VisibleText, "A URL, or a path of this site. It needs a `label`."),
    Key::new("label", VisibleText, "The text of the link."),
])
.require(&[&["topic", "category", "provider", "page", "url"]]);

pub(super) const SOURCE: Keys = Keys::new(&[
    Key::new("feed", Url, "The address of a feed."),
    Key::new("opml", VisibleText, "An OPML file of the site that lists feeds."),
    Key::new("name", VisibleText, "The name of the source on the command line."),
    Key::new("topics", List(&VisibleText), "The topics of its articles."),
    Key::new("provider", VisibleText, "The name or domain of the provider of its articles."),
    Key::new("language", VisibleText, "The language of its articles: a BCP 47 tag."),
    Key::new("include", List(&VisibleText), "Words: only items with one of them are taken."),
    Key::new("exclude", List(&VisibleText), "Words: items with one of them are not taken."),
    Key::new("limit", Integer(NEW_ARTICLES), "The maximum number of new articles in one run."),
    Key::new("publish", Boolean, "Whether its articles are published without a review."),
])
.require(&[&["feed", "opml"]]);

pub(super) const NEW_ARTICLES: RangeInclusive<i64> = 1..=1000;

pub(super) const FRONT: Keys = Keys::new(&[
    Key::new("weights", Mapping(&WEIGHTS), "What counts how much in the score of a story."),
    Key::new("half_life", Integer(HALF_LIFE), "The hours after which a score has halved."),
    Key::new(
        "minimum_quality",
        Integer(MINIMUM_SCORE),
        "The quality below which a story is not among the first ones.",
    ),
    Key::new("stories", Integer(FIRST_STORIES), "The number of the first stories."),
    Key::new("order", Choice(&FRONT_ORDERS), "What decides the order of the first stories."),
    Key::new(
        "provider_share",
        Integer(SHARE),
        "The maximum share in percent of the first stories with the same provider.",
    ),
    Key::new(
        "topic_share",
        Integer(SHARE),
        "The maximum share in percent of the first stories with the same kicker.",
    ),
]);

/// Up to a year.
pub(super) const HALF_LIFE: RangeInclusive<i64> = 1..=8784;
pub(super) const FIRST_STORIES: RangeInclusive<i64> = 5..=25;
pub(super) const FRONT_ORDERS: [&str; 2] = ["ranked", "newest"];
pub(super) const SHARE: RangeInclusive<i64> = 1..=100;

pub(super) const WEIGHTS: Keys = Keys::new(&[
    Key::new("quality", WEIGHT, "The weight of an article's quality."),
    Key::new("heat", WEIGHT, "The weight of an article's heat."),
    Key::new("coverage", WEIGHT, "The weight of the number of providers that report."),
]);

const WEIGHT: ValueForm = Number(0..=MAX_WEIGHT as i64);
pub(super) const MAX_WEIGHT: u32 = 100;

pub(super) const FEEDS: Keys = Keys::new(&[
    Key::new("formats", List(&Choice(&FEED_FORMATS)), "The formats of feeds."),
    Key::new("limit", Integer(FEED_LIMIT), "The maximum number of items."),
    Key::new("link", Choice(&FEED_LINKS), "Where items lead: to this site, or to the originals."),
    Key::new("stories", Choice(&FEED_STORIES), "Which reports of a story are items."),
    Key::new("hub", Url, "The WebSub hub that notifies subscribers."),
    Key::new(
        "topics",
        FEEDS_OF_TERMS,
        "Which topics have feeds: all, none, or from how many articles.",
    ),
    Key::new("providers", FEEDS_OF_TERMS, "Which providers have feeds, as `topics`."),
]);

pub(super) const FEED_FORMATS: [&str; 3] = ["atom", "rss", "json"];
pub(super) const FEED_LIMIT: RangeInclusive<i64> = 1..=1000;
pub(super) const FEED_LINKS: [&str; 2] = ["page", "source"];
pub(super) const FEED_STORIES: [&str; 2] = ["all", "lead"];
pub(super) const FEED_ARTICLES: RangeInclusive<i64> = 1..=1_000_000;
const FEEDS_OF_TERMS: ValueForm = OneOf(&[Boolean, Integer(FEED_ARTICLES)]);

pub(super) const PICTURES: Keys = Keys::new(&[
    Key::new("widths", List(&Integer(PICTURE_WIDTH)), "The widths of variants, in pixels."),
    Key::new("max_megapixels", Integer(MEGAPIXELS), "Larger pictures have no variants."),
]);

pub(super) const PICTURE_WIDTH: RangeInclusive<i64> = 16..=4096;
pub(super) const MEGAPIXELS: RangeInclusive<i64> = 1..=1000;

pub(super) const AMP: Keys = Keys::new(&[Key::new(
    "pages",
    Boolean,
    "Whether articles whose own pages are canonical have AMP pages too.",
)]);

pub(super) const VIDEO: Keys = Keys::new(&[Key::new(
    "hosts",
    List(&VisibleText),
    "The hosts whose players are embedded, such as `player.vimeo.com`.",
)]);

pub(super) const THEME: Keys = Keys::new(&[
    Key::new("logo", OneOf(&[VisibleText, Mapping(&LOGO)]), "The logo, a file in `static/`."),
    Key::new("icon", OneOf(&[VisibleText, Mapping(&ICON)]), "The icon, a file in `static/`."),
    Key::new(
        "accent",
        OneOf(&[COLOR, Mapping(&ACCENT)]),
        "The colour of topics, links and buttons.",
    ),
    Key::new("font", Choice(&FONTS), "The font of headlines."),
    Key::new("density", Choice(&DENSITIES), "How much space there is."),
    Key::new("pictures", Choice(&THEME_PICTURES), "Whether articles are shown with pictures."),
    Key::new(
        "social_image",
        VisibleText,
        "The picture of pages that have none of their own, for social networks.",
    ),
    Key::new("custom_css", VisibleText, "A stylesheet after the theme's own."),
]);

pub(super) const LOGO: Keys = Keys::new(&[
    Key::new("light", VisibleText, "The logo on light pages."),
    Key::new("dark", VisibleText, "The logo on dark pages."),
])
.require(&[&["light"]]);

pub(super) const ICON: Keys = Keys::new(&[
    Key::new("svg", VisibleText, "The icon of browsers."),
    Key::new("png", VisibleText, "The icon of home screens."),
])
.require(&[&["svg", "png"]]);

pub(super) const ACCENT: Keys = Keys::new(&[
    Key::new("light", COLOR, "The colour on light pages."),
    Key::new("dark", COLOR, "The colour on dark pages."),
])
.require(&[&["light", "dark"]]);

const COLOR: ValueForm = Pattern(r"^\s*#([0-9A-Fa-f]{3}){1,2}\s*$");
pub(super) const FONTS: [&str; 3] = ["serif", "sans", "system"];
pub(super) const DENSITIES: [&str; 2] = ["comfortable", "compact"];
pub(super) const THEME_PICTURES: [&str; 2] = ["auto", "none"];

/// The directives that can be configured, in output order.
pub(super) const CONTENT_SECURITY_POLICY: Keys = Keys::new(&[
    Key::new("default-src", VisibleText, "Sources of everything that has no own directive."),
    Key::new("script-src", VisibleText, "Sources of scripts."),
    Key::new("style-src", VisibleText, "Sources of stylesheets."),
    Key::new("img-src", VisibleText, "Sources of images."),
    Key::new("font-src", VisibleText, "Sources of fonts."),
    Key::new("media-src", VisibleText, "Sources of audio and video."),
    Key::new("connect-src", VisibleText, "Where scripts may connect to."),
    Key::new("frame-src", VisibleText, "Sources of frames."),
    Key::new("worker-src", VisibleText, "Sources of workers."),
    Key::new("manifest-src", VisibleText, "Sources of web app manifests."),
    Key::new("child-src", VisibleText, "Sources of frames and workers."),
    Key::new("object-src", VisibleText, "Sources of plug-ins."),
    Key::new("base-uri", VisibleText, "What a `base` element may name."),
    Key::new("form-action", VisibleText, "Where forms may be sent."),
]);

pub(super) const LIMITS: Keys = Keys::new(&[
    Key::new("document", Integer(1..=MAX_DOCUMENT as i64), "Bytes of a file in `content/`."),
    Key::new("text", Integer(1..=MAX_TEXT as i64), "Characters of a text in front matter."),
    Key::new(
        "items",
        Integer(1..=MAX_ITEMS as i64),
        "Entries of a list or mapping in front matter.",
    ),
    Key::new("topics", Integer(1..=MAX_TOPICS as i64), "Topics of an article."),
    Key::new("topic_name", Integer(1..=MAX_TOPIC_NAME as i64), "Characters of a topic's name."),
]);

pub(super) const MAX_DOCUMENT: u32 = 100_000_000;
pub(super) const MAX_TEXT: u32 = 1_000_000;
pub(super) const MAX_ITEMS: u32 = 2_000;
pub(super) const MAX_TOPICS: u32 = 2_000;
pub(super) const MAX_TOPIC_NAME: u32 = 1_000;

pub(super) const HOST: Keys = Keys::new(&[
    Key::new("kind", Choice(&HOST_KINDS), "The kind of host."),
    Key::new("max_files", Integer(MAX_FILES), "The maximum number of files of the account."),
]);

pub(super) const HOST_KINDS: [&str; 5] =
    ["github-pages", "cloudflare-pages", "netlify", "bucket", "none"];
pub(super) const MAX_FILES: RangeInclusive<i64> = 1..=100_000_000;

pub(super) const NET: Keys = Keys::new(&[Key::new(
    "allow_private",
    Boolean,
    "Whether addresses of private networks and of this machine are allowed.",
)]);

pub(super) const CHECK: Keys = Keys::new(&[
    Key::new("deny", CODES, "Warnings that `newsgen check` counts as errors."),
    Key::new("warn", CODES, "Warnings that are shown."),
    Key::new("allow", CODES, "Warnings that are not shown."),
]);

const CODES: ValueForm = List(&Pattern(r"^\s*(all|[A-Za-z]\d{4})\s*$"));

pub(super) const DEPLOY: Keys = Keys::new(&[
    Key::new(
        "url",
        Pattern(r"^\s*(s3|gs|az|file)://."),
        "The bucket or folder, such as `s3://BUCKET/FOLDER`.",
    ),
    Key::new("endpoint", Pattern("^\\s*https?://."), "The server, unless it is the cloud's own."),
    Key::new("region", VisibleText, "The region of the bucket."),
    Key::new("uploads", Integer(UPLOADS), "The number of parallel uploads."),
    Key::new(
        "purge_limit",
        Integer(PURGE_LIMIT),
        "The number of changed paths above which the whole cache is to be purged.",
    ),
    Key::new("files", List(&Mapping(&DEPLOY_FILES)), "Rules for headers of files."),
])
.require(&[&["url"]]);

pub(super) const UPLOADS: RangeInclusive<i64> = 1..=256;
pub(super) const PURGE_LIMIT: RangeInclusive<i64> = 0..=1_000_000;

pub(super) const DEPLOY_FILES: Keys = Keys::new(&[
    Key::new("pattern", Text, "Which files, such as `images/*`."),
    Key::new("content_type", VisibleText, "The header `Content-Type`."),
    Key::new("cache_control", VisibleText, "The header `Cache-Control`."),
    Key::new("gzip", Boolean, "Whether files are compressed."),
])
.require(&[&["pattern"]]);
