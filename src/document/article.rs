//! Articles: other publishers' works as this site presents them.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::amp::{self, UnwrappedUrl};
use super::body::{self, OwnUrls};
use super::compat_keys::{self, ARTICLE, reads};
use super::date::{self, ParsedDate};
use super::draft::{
    PublicationDate, PublishStatus, empty_publication_dates, foreign_publication, hides_item,
    is_foreign_publish_key, is_publish_key, misspelled_key,
};
use super::excerpt::{excerpt, first_sentence};
use super::image::{Image, ImageLocation, http_url, read_list as read_images};
use super::keys::{self, MAX_SCORE, NOT_SCORED};
use super::nested_keys::{OF_PROVIDER, OF_RELATED};
use super::pin::{self, Pin};
use super::values::{domain, non_empty, plain, raise, required_text};
use super::written_excerpt::{self, with_ellipsis};
use super::{alias, lint, placeholder, video, yaml_hints};
use crate::config::{ArticlePages, Config, Limits, RESERVED_URL_PREFIXES};
use crate::diagnostic::{Code, closest_match};
use crate::digest::{Digest, encoded};
use crate::domain::Domain;
use crate::http_url::{HttpUrl, holds_credentials};
use crate::language;
use crate::node::{Field, MapEntry, Node, Problem, ProblemKind, Problems, SourcePos};
use crate::slug::{self, MAX_NAME_LENGTH, Slugs};
use crate::source::{SiteFile, name};

/// An article: its summary, which any page may show, and its body.
#[derive(Clone, Debug)]
pub struct Article {
    /// What any page may show of it.
    pub summary: ArticleSummary,
    /// What only its own page shows: video, body.
    pub article_body: ArticleBody,
}

/// What only the article's own page shows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ArticleBody {
    /// The URL of the video player, if the article is a video.
    pub video: Option<HttpUrl>,
    /// The original's AMP page, if it has one.
    pub amp: Option<AmpPage>,
    /// Unknown keys, in file order.
    #[serde(skip)]
    pub extra: Vec<MapEntry<'static>>,
    /// The body in Markdown; usually empty.
    pub body: String,
    /// Related items chosen by editors.
    pub related: Vec<Related>,
}

impl ArticleBody {
    /// The body in compact form, without unknown keys.
    pub fn pack(&self) -> Box<[u8]> {
        encoded(self).as_slice().into()
    }

    /// A body from its compact form and its unknown keys. None if the form is damaged.
    pub fn unpack(packed: &[u8], extra: Vec<MapEntry<'static>>) -> Option<Self> {
        let article_body = postcard::from_bytes(packed).ok()?;
        Some(Self { extra, ..article_body })
    }
}

/// What any page may show of an article.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArticleSummary {
    /// The path relative to `content/`, with `/` separators.
    pub path: Arc<str>,
    /// The title; not empty.
    pub title: Box<str>,
    /// The excerpt: explicit, or else the beginning of the body. May be empty.
    pub excerpt: Box<str>,
    /// Whether the excerpt is explicit.
    pub has_written_excerpt: bool,
    /// The first sentence of the body, which is the site's own note. Empty if the excerpt is not
    /// explicit, because that is taken from the body too.
    pub note: Box<str>,
    /// The original's publication time.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub published_at: DateTime<Utc>,
    /// Whether the time of day is known.
    pub has_time: bool,
    /// Whether the site publishes the article.
    pub published: bool,
    /// The category.
    pub category: Arc<Named>,
    /// The kind: `article`, `video`, ...
    pub kind: Box<str>,
    /// The URL of the original.
    pub web_url: HttpUrl,
    /// The URL of the original as it was first found, if it differs.
    pub first_url: Option<HttpUrl>,
    /// The publisher of the original.
    pub provider: Arc<Provider>,
    /// The topics, with distinct slugs.
    pub topics: Vec<Arc<Named>>,
    /// The first image.
    pub image: Option<Image>,
    /// All others.
    pub more_images: Box<[Image]>,
    /// The paths in `static/` of the images of the body.
    pub body_images: Box<[Box<str>]>,
    /// The URLs below the root of this site that the links of the body and the related items lead to,
    /// and of the pictures of these items.
    pub own_links: Box<[Box<str>]>,
    /// The ids of the headings of the body.
    pub heading_ids: Box<[Box<str>]>,
    /// The quality score, if any.
    pub quality: Option<i64>,
    /// The engagement score, if any.
    pub heat: Option<i64>,
    /// Whether the front page shows the article first.
    pub pin: Option<Pin>,
    /// The targets of [`ArticleBody::related`].
    pub related: Vec<RelatedTarget>,
    /// The language of title and excerpt, if explicit: a tag (BCP 47).
    pub language: Option<Box<str>>,
    /// The explicit slug.
    pub slug: Option<Box<str>>,
    /// How the page relates to the original, if it differs from the site's setting.
    pub article_pages: Option<ArticlePages>,
    /// Former URLs, see [`alias`].
    pub aliases: Vec<Box<str>>,
    /// What the editor says about its story, if anything.
    pub story: Option<StoryChoice>,
}

/// An article with errors, as far as it can be read.
#[derive(Clone, Debug)]
pub struct PartialArticle {
    /// The path relative to `content/`.
    pub path: Arc<str>,
    /// All addresses of its original, also those of AMP pages; no placeholders.
    pub urls: Vec<HttpUrl>,
    pub provider: Option<Provider>,
    pub topics: Vec<Named>,
}

/// What an editor says about the story of an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoryChoice {
    /// `story: none`: it is a story of its own.
    Alone,
    /// `story: NAME`: it is of the story of all articles with this name.
    Named(Arc<Named>),
}

/// Why an article is not published, whatever its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithheldReason {
    /// Its front matter says so.
    Unpublished,
    /// Its quality is below the site's minimum.
    LowQuality,
    /// Its heat is below the site's minimum.
    LowHeat,
}

/// The target of a related item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RelatedTarget {
    /// Digest of what identifies its URL ([`HttpUrl::identity`]).
    pub identity: Digest,
    /// The provider's domain, if known.
    pub provider: Option<Domain>,
}

impl ArticleSummary {
    /// All images, in the order of the front matter.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.image.iter().chain(&self.more_images)
    }

    /// The display path.
    pub fn display_path(&self) -> String {
        format!("content/{}", self.path)
    }

    /// The URL of the original as it was first found.
    pub fn original_url(&self) -> &HttpUrl {
        self.first_url.as_ref().unwrap_or(&self.web_url)
    }

    /// Where readers find the original, and where it was first found if that differs; not a
    /// placeholder.
    pub fn addresses(&self) -> [Option<&HttpUrl>; 2] {
        [Some(&self.web_url), self.first_url.as_ref()]
            .map(|url| url.filter(|url| !placeholder::is_original(url)))
    }

    /// Why the article is not published, whatever its date.
    pub fn withheld_reason(&self, config: &Config) -> Option<WithheldReason> {
        let is_below = |score: Option<i64>, minimum| score.is_some_and(|score| score < minimum);
        if config.unpublished {
            None
        } else if !self.published {
            Some(WithheldReason::Unpublished)
        } else if is_below(self.quality, config.minimum_quality) {
            Some(WithheldReason::LowQuality)
        } else if is_below(self.heat, config.minimum_heat) {
            Some(WithheldReason::LowHeat)
        } else {
            None
        }
    }

    /// Whether the article is published once it is due.
    pub fn is_published(&self, config: &Config) -> bool {
        self.withheld_reason(config).is_none()
    }

    /// How the page relates to the original.
    pub fn article_pages(&self, config: &Config) -> ArticlePages {
        self.article_pages.unwrap_or(config.article_pages)
    }

    /// Whether the article has a page of its own. One with an explicitly canonical page always has.
    pub fn has_page(&self, config: &Config) -> bool {
        self.article_pages == Some(ArticlePages::Own)
            || config.article_html.includes(self.published_at, config.now, config.time_zone)
    }

    /// When the page is removed, if ever.
    pub fn page_leaves_at(&self, config: &Config) -> Option<DateTime<Utc>> {
        let goes = self.article_pages != Some(ArticlePages::Own);
        config.article_html.leaves_at(self.published_at, config.time_zone).filter(|_| goes)
    }

    /// The slug that the article wants: explicit, or from the name of its file or folder, in the
    /// language of the article if that is explicit. The provider's language does not count, since an
    /// edit of its file would move all its articles.
    pub fn wanted_slug(&self, slugs: Slugs) -> Cow<'_, str> {
        if let Some(slug) = &self.slug {
            return Cow::Borrowed(slug);
        }
        let slugs = slugs.in_language(self.language.as_deref());
        slugs.from_file_name(name(&self.path).unwrap_or_default()).into()
    }
}

/// A name, identified by its slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Named {
    pub name: Box<str>,
    pub slug: Box<str>,
}

/// The AMP page of the original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmpPage {
    /// On the provider's host.
    pub url: HttpUrl,
    /// On the AMP cache, which fetches from standard ports only.
    pub cached: Option<HttpUrl>,
}

/// A provider as named by an article.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Provider {
    pub name: Box<str>,
    /// The domain, which identifies the provider.
    pub domain: Domain,
    /// The logo.
    pub logo: Option<Image>,
}

/// A related item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Related {
    /// The title; not empty.
    pub title: String,
    /// The excerpt; may be empty.
    pub excerpt: String,
    /// The publication time.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub published_at: Option<DateTime<Utc>>,
    /// Whether the time of day is known.
    pub has_time: bool,
    /// The kind: `article`, `video`, ...
    pub kind: String,
    /// Its URL.
    pub web_url: HttpUrl,
    /// The publisher, if known: the host may be an IP address.
    pub provider: Option<Provider>,
    /// The quality score, if any.
    pub quality: Option<i64>,
    /// The first image.
    pub image: Option<Image>,
}

impl Related {
    fn target(&self) -> RelatedTarget {
        let provider = self.provider.as_ref().map(|provider| provider.domain.clone());
        RelatedTarget { identity: self.web_url.identity(), provider }
    }

    /// The URLs below the root of this site of the item and its picture.
    fn own_links(&self, config: &Config) -> impl Iterator<Item = Box<str>> {
        let link = config.own_url(&self.web_url).map(Into::into);
        let picture = self.image.as_ref().and_then(|image| match &image.location {
            ImageLocation::Local(url) => Some(url.to_string().into()),
            ImageLocation::Remote(_) => None,
        });
        link.into_iter().chain(picture)
    }
}

/// The key of the publisher's AMP page.
const AMP_WEB_URL: &str = "ampWebUrl";

/// The category of an article without one.
pub const DEFAULT_CATEGORY: &str = "news";

/// The kind of an article without one.
const DEFAULT_KIND: &str = "article";

pub(super) fn parse(
    file: &SiteFile,
    entries: Vec<MapEntry<'_>>,
    body: &str,
    config: &Config,
    problems: &mut Problems,
) -> Option<Article> {
    let mut fields = ArticleFields::default();
    empty_publication_dates(&entries, problems);
    for entry in non_empty(entries) {
        fields.read(entry, config, problems);
    }
    let ArticleFields { extra, images, .. } = &mut fields;
    let (extra, images) = (shrunk(std::mem::take(extra)), std::mem::take(images));
    let mut images = images.into_iter();
    let title = ARTICLE.require(fields.title, "title", &extra, problems);
    let published_at = ARTICLE.require(fields.published_at, "publishedDateTime", &extra, problems);
    let provider = ARTICLE.require(fields.provider, "provider", &extra, problems);
    let web_url = match fields.web_url {
        Field::Missing => {
            ARTICLE.require(fields.original_url.clone(), "originalUrl", &extra, problems)
        }
        written => written.given(),
    };
    let own_date =
        PublicationDate { at: published_at.map(|date| date.instant), zone: config.time_zone };
    for entry in &extra {
        problems.keep(check_unknown_key(entry, own_date));
    }
    if let (Some((at, pin)), Some(date)) = (fields.pin, &published_at)
        && !pin.is_in_force(date.instant)
    {
        let problem =
            Problem::new(Code::EarlyPin, at, "`pin` ends before the article is published");
        problems.add(problem.help("check the date, or remove the line").changes_output());
    }
    let published = fields.publication.is_published(&file.path, problems);
    if published {
        warn_of_placeholders(&fields.placeholders, problems);
    }
    if let Some(date) = &published_at {
        let date = date.instant.with_timezone(&config.time_zone).date_naive();
        problems.keep(check_file_date(file, date, fields.published_at_pos));
    }
    let amp = amp(fields.amp_web_url, fields.cdn_amp_web_url.as_ref(), problems);
    if fields.slug.is_none() && file.name().is_none() {
        problems.add(
            Problem::new(
                Code::UnnamedIndex,
                SourcePos::UNKNOWN,
                "this `index.md` has no parent folder to name the article",
            )
            .help("rename the file, move it into a folder of its own, or write a `slug`"),
        );
    }
    let (web_url, published_at) = (web_url?, published_at?);
    let title = title?;
    let written = fields.excerpt.and_then(|(at, excerpt)| {
        let reason =
            written_excerpt::reason_to_ignore(&excerpt, &title).filter(|_| !excerpt.is_empty());
        // Bots write many of these, so that only `check` reports them.
        if let Some(reason) = reason {
            let problem = Problem::new(
                Code::UninformativeExcerpt,
                at,
                format!("this excerpt {reason} and is not shown"),
            );
            problems.add(problem.help("write a sentence about the article, or remove the line"));
        }
        (reason.is_none() && !excerpt.is_empty()).then(|| with_ellipsis(excerpt))
    });
    let own_urls = own_urls(body, &fields.related, config);
    let summary = ArticleSummary {
        path: Arc::clone(&file.path),
        title: title.into(),
        has_written_excerpt: written.is_some(),
        note: written.as_ref().map(|_| first_sentence(body)).unwrap_or_default().into(),
        excerpt: written.unwrap_or_else(|| excerpt(body)).into(),
        published_at: published_at.instant,
        has_time: published_at.has_time,
        published,
        category: fields
            .category
            .unwrap_or_else(|| Named::new(DEFAULT_CATEGORY.to_owned(), config.slugs))
            .into(),
        kind: fields.kind.as_deref().unwrap_or(DEFAULT_KIND).into(),
        first_url: fields.original_url.given().filter(|url| *url != web_url),
        web_url,
        provider: provider?.into(),
        topics: shrunk(fields.topics.into_iter().map(Arc::new).collect()),
        image: images.next(),
        more_images: images.collect(),
        body_images: own_urls.images.into(),
        own_links: own_urls.links.into(),
        heading_ids: body::heading_ids(body, config.slugs).into(),
        quality: fields.quality,
        heat: fields.heat,
        pin: fields.pin.map(|(_, pin)| pin),
        related: fields.related.iter().map(Related::target).collect(),
        language: fields.language,
        slug: fields.slug,
        article_pages: fields.article_pages,
        aliases: shrunk(fields.aliases),
        story: fields.story,
    };
    let (video, related) = (fields.video, fields.related);
    let article_body = ArticleBody { video, amp, extra, body: body.to_owned(), related };
    Some(Article { summary, article_body })
}

/// Reads an article with errors as far as its entries tell what it is about.
pub(super) fn parse_partly(
    file: &SiteFile,
    entries: Vec<MapEntry<'_>>,
    config: &Config,
    problems: &mut Problems,
) -> PartialArticle {
    let (mut urls, mut provider, mut topics) = (Vec::new(), None, Vec::new());
    // In an unresolved merge conflict there may be two entries with one key.
    for entry in non_empty(entries) {
        let mut fields = ArticleFields::default();
        fields.read(entry, config, problems);
        urls.extend(fields.web_url.given());
        urls.extend(fields.original_url.given());
        urls.extend(fields.amp_web_url);
        urls.extend(fields.cdn_amp_web_url.map(|(url, _)| url));
        provider = provider.or(fields.provider.given());
        topics.extend(fields.topics);
    }
    urls.retain(|url| !placeholder::is_original(url));
    PartialArticle { path: Arc::clone(&file.path), urls, provider, topics }
}

/// The URLs of this site that a body and the related items have.
fn own_urls(body: &str, related: &[Related], config: &Config) -> OwnUrls {
    let mut found = body::own_urls(body, config);
    found.links.extend(related.iter().flat_map(|related| related.own_links(config)));
    found
}

/// Growing leaves lists with unused capacity, and so does making smaller items of others in place.
fn shrunk<T>(mut list: Vec<T>) -> Vec<T> {
    list.shrink_to_fit();
    list
}

/// The keys read so far.
#[derive(Default)]
struct ArticleFields {
    title: Field<String>,
    excerpt: Option<(SourcePos, String)>,
    published_at: Field<ParsedDate>,
    /// The position of that date.
    published_at_pos: SourcePos,
    /// The keys whose values are placeholders.
    placeholders: Vec<(SourcePos, &'static str)>,
    publication: PublishStatus,
    category: Option<Named>,
    kind: Option<String>,
    web_url: Field<HttpUrl>,
    original_url: Field<HttpUrl>,
    amp_web_url: Option<HttpUrl>,
    cdn_amp_web_url: Option<(HttpUrl, SourcePos)>,
    provider: Field<Provider>,
    topics: Vec<Named>,
    images: Vec<Image>,
    quality: Option<i64>,
    heat: Option<i64>,
    pin: Option<(SourcePos, Pin)>,
    related: Vec<Related>,
    language: Option<Box<str>>,
    slug: Option<Box<str>>,
    article_pages: Option<ArticlePages>,
    aliases: Vec<Box<str>>,
    story: Option<StoryChoice>,
    video: Option<HttpUrl>,
    extra: Vec<MapEntry<'static>>,
}

impl ArticleFields {
    fn read(&mut self, entry: MapEntry<'_>, config: &Config, problems: &mut Problems) {
        let MapEntry { key, node, at } = entry;
        match &*key {
            "title" => self.title = problems.field(required_text(node, &key)),
            "excerpt" => {
                let at = node.at;
                self.excerpt = problems.keep(plain(node, &key)).map(|excerpt| (at, excerpt));
                if let Some((_, excerpt)) = &self.excerpt
                    && let Some(problem) = lint::template_code_of_excerpt(excerpt)
                {
                    problems.add(Problem { at, ..problem });
                }
            }
            "publishedDateTime" => {
                self.published_at_pos = node.at;
                self.published_at = published_at(node, &key, config.time_zone, problems);
            }
            "published" | "draft" => self.publication.read(&node, &key, problems),
            "category" => self.category = category(node, config.slugs, problems),
            "type" => self.kind = problems.keep(required_text(node, &key)),
            "webUrl" => self.web_url = publisher_url(node, &key, problems),
            "originalUrl" => {
                let at = node.at;
                self.original_url = publisher_url(node, &key, problems);
                if matches!(&self.original_url, Field::Present(url) if placeholder::is_original(url))
                {
                    self.placeholders.push((at, "originalUrl"));
                }
            }
            AMP_WEB_URL => self.amp_web_url = publisher_url(node, &key, problems).given(),
            "cdnAmpWebUrl" => {
                let at = node.at;
                self.cdn_amp_web_url = http_url(node, &key, problems).map(|address| (address, at));
            }
            "provider" => {
                let at = node.at;
                self.provider = provider(node, problems).map_or(Field::Invalid, Field::Present);
                if matches!(&self.provider, Field::Present(Provider { domain, .. }) if placeholder::is_provider(domain))
                {
                    self.placeholders.push((at, "provider"));
                }
            }
            "topics" => {
                let at = node.at;
                self.topics = topics(node, config, problems);
                if self.topics.iter().any(|topic| placeholder::is_topic(&topic.name)) {
                    self.placeholders.push((at, "topics"));
                }
            }
            "images" => self.images = read_images(node, problems),
            "quality" => self.quality = score(&node, &key, problems),
            "heat" => self.heat = score(&node, &key, problems),
            "pin" => {
                let at = node.at;
                let pin = problems.keep(pin::parse(node, config.time_zone)).flatten();
                self.pin = pin.map(|pin| (at, pin));
            }
            "related" => self.related = related(node, config, problems),
            "language" => {
                // Bots copy values of other programs, which are no reason to stop.
                let tag = language::parse(node, &key).map_err(|problem| Problem {
                    code: Code::IgnoredLanguage,
                    changes_output: true,
                    ..problem
                });
                self.language = problems.keep(tag).map(Into::into);
            }
            "slug" => self.slug = problems.keep(explicit_slug(node, config.slugs)),
            "articlePages" => self.article_pages = problems.keep(article_pages(node)),
            "aliases" => self.aliases = alias::parse(node, problems),
            "story" => self.story = problems.keep(story(node, config.slugs)),
            "featuredContent" => {
                let at = node.at;
                let html = problems.keep(node.text(&key)).unwrap_or_default();
                self.video = video::player(&html, &config.video.hosts);
                match &self.video {
                    None if !html.is_empty() => {
                        problems.add(no_video(at, &html, &config.video.hosts));
                    }
                    Some(player) if !config.allows_player(player) => {
                        problems.add(blocked_video(at, player));
                    }
                    _ => {}
                }
            }
            _ => self.extra.push(MapEntry { at, key, node }.into_owned()),
        }
    }
}

impl Named {
    /// `name` and the slug that it makes.
    pub fn new(name: String, slugs: Slugs) -> Self {
        let slug = slugs.slugify(&name);
        Self { name: name.into(), slug: slug.into() }
    }
}

fn no_video(at: SourcePos, featured_content: &str, hosts: &[String]) -> Problem {
    let problem = if video::lacks_only_https(featured_content, hosts) {
        Problem::new(
            Code::UnusedVideo,
            at,
            "`featuredContent` is not an `https` URL and is not shown",
        )
        .help("write `https://` in place of `http://`")
    } else {
        let help = format!("the hosts allowed by `[video]` in site.toml are: {}", hosts.join(", "));
        Problem::new(
            Code::UnusedVideo,
            at,
            "`featuredContent` is not a player of an allowed video host and is not shown",
        )
        .help(help)
    };
    problem.changes_output()
}

fn blocked_video(at: SourcePos, player: &HttpUrl) -> Problem {
    let message = "the Content-Security-Policy blocks the player of `featuredContent`";
    let help = format!("add `{}` to `frame-src` in site.toml", player.origin());
    Problem::new(Code::BlockedContent, at, message).help(help).changes_output()
}

/// The AMP page. An explicit URL on the cache is only accepted if the cache has the publisher's AMP
/// page there.
fn amp(
    url: Option<HttpUrl>,
    written: Option<&(HttpUrl, SourcePos)>,
    problems: &mut Problems,
) -> Option<AmpPage> {
    let url = match (url, written) {
        (Some(url), _) => url,
        (None, None) => return None,
        (None, Some((written, at))) => {
            let line = match amp::unwrap_cache_url(written.as_str()) {
                UnwrappedUrl::Page(page) => format!("ampWebUrl: {page}"),
                UnwrappedUrl::Itself | UnwrappedUrl::Unknown => AMP_WEB_URL.to_owned(),
            };
            problems.add(
                Problem::new(
                    Code::UnusedAmpAddress,
                    *at,
                    "`cdnAmpWebUrl` without `ampWebUrl` is not used",
                )
                .help(format!("add `{line}`, the publisher's AMP page"))
                .changes_output(),
            );
            return None;
        }
    };
    let cached = amp::cache_url(url.as_str()).and_then(|cached| HttpUrl::parse(&cached).ok());
    if let (Some((written, at)), Some(cached)) = (written, &cached)
        && written.as_str().trim_end_matches('/') != cached.as_str().trim_end_matches('/')
    {
        problems.add(
            Problem::new(
                Code::UnusedAmpAddress,
                *at,
                "`cdnAmpWebUrl` is not the AMP cache URL of `ampWebUrl`",
            )
            .help(format!("using the cache URL {} instead", cached.as_str()))
            .changes_output(),
        );
    }
    if let (Some((_, at)), None) = (written, &cached) {
        let message = "`cdnAmpWebUrl` is not used: the AMP cache has no copy of `ampWebUrl`";
        problems.add(Problem::new(Code::UnusedAmpAddress, *at, message).changes_output());
    }
    Some(AmpPage { url, cached })
}

/// Whether an unknown key is passed to templates without a warning.
pub(crate) fn is_plain_extra(entry: &MapEntry<'_>) -> bool {
    let own_date = PublicationDate { at: None, zone: Tz::UTC };
    !keys::ARTICLE.names().any(|name| name == entry.key)
        && check_unknown_key(entry, own_date).is_ok()
}

/// An unknown key is passed to templates, unless it resembles a known key or belongs to another
/// generator.
fn check_unknown_key(entry: &MapEntry<'_>, own_date: PublicationDate) -> Result<(), Problem> {
    let key = &entry.key;
    if let Some((problem, help)) = foreign_publication(entry, own_date) {
        return Err(
            problem.help(format!("{help}; templates see this key as `article.extra.{key}`"))
        );
    }
    let (meant, problem) = if let Some(own) = ARTICLE.own(key) {
        let help = format!("write `{own}`; templates see this one as `article.extra.{key}`");
        (own, misspelled_key(entry, Some(own)).help(help))
    } else if let Some(name) =
        closest_match(key, keys::ARTICLE.names()).filter(|_| !is_foreign_publish_key(key))
    {
        let problem = misspelled_key(entry, Some(name)).did_you_mean(key, name);
        // A short key may well be the site's own.
        let is_sure = key.chars().count() >= 5 || key.eq_ignore_ascii_case(name);
        (name, Problem { fix: problem.fix.filter(|_| is_sure), ..problem })
    } else {
        return Ok(());
    };
    Err(if is_publish_key(meant) { problem.changes_output() } else { problem })
}

fn warn_of_placeholders(placeholders: &[(SourcePos, &'static str)], problems: &mut Problems) {
    for (at, key) in placeholders {
        let message = format!("`{key}` is still the placeholder of `newsgen new`");
        let help = if *key == "topics" {
            "write what the article is about, or `published: false`"
        } else {
            "write who published the original and where, or `published: false`"
        };
        problems.add(Problem::new(Code::PlaceholderText, *at, message).help(help).changes_output());
    }
}

/// How many days after the date in the name of its file an article is usually published at most.
const USUAL_DAYS: i64 = 7;

/// Warns if the date of an article and that in the name of its file are hardly both right. An
/// earlier date is usual, since articles are added later, but on the same day of the month before or
/// of another year it is probably a slip.
fn check_file_date(file: &SiteFile, date: NaiveDate, at: SourcePos) -> Result<(), Problem> {
    let in_name = file.name().and_then(|name| name.get(..10));
    let Some(named) = in_name.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
    else {
        return Ok(());
    };
    let month = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
    let months = month(named) - month(date);
    let is_slip = date.day() == named.day() && (months == 1 || months % 12 == 0);
    let days = date.signed_duration_since(named).num_days();
    if days <= USUAL_DAYS && !(days < 0 && is_slip) {
        return Ok(());
    }
    let order = if days < 0 { "before" } else { "after" };
    let message = format!(
        "`publishedDateTime` is {} days {order} the date in the file's name, {named}",
        days.abs()
    );
    Err(Problem::new(Code::DateFarFromFileName, at, message).help("correct one of the two"))
}

fn category(node: Node<'_>, slugs: Slugs, problems: &mut Problems) -> Option<Named> {
    let at = node.at;
    let category = Named::new(problems.keep(required_text(node, "category"))?, slugs);
    if RESERVED_URL_PREFIXES.contains(&&*category.slug) {
        let message = format!("/{}/ is reserved for the site's own lists", category.slug);
        problems
            .add(Problem::new(Code::ReservedAddress, at, message).help("choose another category"));
        return None;
    }
    if let Some(length) = slugs.uncut_length(&category.name) {
        let message = format!(
            "`category` is too long for a URL and is cut: {length} bytes (limit {MAX_NAME_LENGTH})"
        );
        let help = "shorten it: file names can have at most 255 bytes";
        problems.add(Problem::new(Code::CutName, at, message).help(help).changes_output());
    }
    Some(category)
}

fn score(node: &Node<'_>, key: &str, problems: &mut Problems) -> Option<i64> {
    problems.keep(node.integer(key, NOT_SCORED..=MAX_SCORE)).filter(|score| *score != NOT_SCORED)
}

/// The earliest plausible year of a web page.
const FIRST_YEAR: i32 = 1990;

fn published_at(node: Node<'_>, key: &str, zone: Tz, problems: &mut Problems) -> Field<ParsedDate> {
    let at = node.at;
    let Some(text) = problems.keep(node.text(key)) else { return Field::Invalid };
    let timestamp = problems.field(date::parse(&text, zone).map_err(|wrong_part| {
        let message = format!("`{key}` is not a date and time");
        let problem = Problem::new(Code::InvalidDate, at, message).label(wrong_part);
        match date::corrected(&text, zone) {
            Some(date) => problem.help(format!("did you mean `{date}`?")).fix(&text, &date),
            None => problem.help(date::ambiguous(&text, zone).map_or_else(
                || {
                    "write one such as `2026-08-09T14:24:00Z`, or a date alone: `2026-08-09`"
                        .to_owned()
                },
                |[first, second]| format!("write `{first}` or `{second}`"),
            )),
        }
    }));
    if let Field::Present(ParsedDate { instant, .. }) = timestamp
        && let year = instant.with_timezone(&zone).year()
        && year < FIRST_YEAR
    {
        let message = format!("`{key}` is in the year {year}, before the web existed");
        problems.add(
            Problem::new(Code::ImplausibleDate, at, message)
                .help("check the year")
                .changes_output(),
        );
    }
    timestamp
}

/// The publisher's URL, also from that of an AMP cache or viewer if it contains it. If not, the URL
/// is of use to readers only.
fn publisher_url(node: Node<'_>, key: &str, problems: &mut Problems) -> Field<HttpUrl> {
    let at = node.at;
    let Some(address) = http_url(node, key, problems) else { return Field::Invalid };
    let page = match amp::unwrap_cache_url(address.as_str()) {
        UnwrappedUrl::Itself => return Field::Present(address),
        UnwrappedUrl::Page(page) => HttpUrl::parse(&page).ok(),
        UnwrappedUrl::Unknown => None,
    };
    let (page, help) = match page {
        Some(page) => {
            let help = format!("using the publisher's page {} instead", page.as_str());
            (Field::Present(page), help)
        }
        None if key == AMP_WEB_URL => {
            (Field::Invalid, "ignored; use the URL of the publisher's own AMP page".to_owned())
        }
        None => (Field::Present(address), "use the URL of the publisher's page".to_owned()),
    };
    let message = format!("`{key}` is the URL of an AMP cache or viewer");
    problems.add(Problem::new(Code::CachedAddress, at, message).help(help).changes_output());
    page
}

fn explicit_slug(node: Node<'_>, slugs: Slugs) -> Result<Box<str>, Problem> {
    let at = node.at;
    let text = node.text("slug")?;
    if slug::is_valid(&text) {
        return Ok(text.into());
    }
    if text.len() > MAX_NAME_LENGTH {
        let message = format!("`slug` is too long: {} bytes (limit {MAX_NAME_LENGTH})", text.len());
        return Err(Problem::new(Code::InvalidSlug, at, message)
            .help("shorten it: file names can have at most 255 bytes"));
    }
    let problem = Problem::new(Code::InvalidSlug, at, "`slug` is not valid in a URL")
        .label("expected letters, digits and hyphens");
    Err(if text.contains("://") || holds_credentials(&text) {
        problem.help("a slug is only the last segment of a URL")
    } else if slugs.has_word(&text) {
        problem.help(format!("write `slug: {}`", slugs.slugify(&text)))
    } else {
        problem.help("a slug needs a letter or digit")
    })
}

fn article_pages(node: Node<'_>) -> Result<ArticlePages, Problem> {
    let at = node.at;
    let text = node.text("articlePages")?;
    ArticlePages::from_name(&text).ok_or_else(|| {
        Problem::new(Code::InvalidChoice, at, format!("`articlePages` cannot be `{text}`"))
            .label("expected `source`, `self` or `noindex`")
    })
}

/// What YAML and people write for yes and no, which is no name.
const SWITCHES: [&str; 6] = ["false", "no", "off", "on", "true", "yes"];

/// The name of the story of an article that stands alone.
const NO_STORY: &str = "none";

fn story(node: Node<'_>, slugs: Slugs) -> Result<StoryChoice, Problem> {
    let at = node.at;
    let name = required_text(node, "story")?;
    if SWITCHES.iter().any(|switch| name.eq_ignore_ascii_case(switch)) {
        let message = format!("`{name}` is not the name of a story");
        let help = "write `story: none` for an article that stands alone";
        return Err(Problem::new(Code::InvalidStoryName, at, message).help(help));
    }
    if !name.contains(char::is_alphanumeric) {
        let message = format!("`{name}` is not the name of a story");
        return Err(
            Problem::new(Code::InvalidStoryName, at, message).help("a name has letters or digits")
        );
    }
    if let Some(length) = slugs.uncut_length(&name) {
        let message =
            format!("`story` is too long for a URL: {length} bytes (limit {MAX_NAME_LENGTH})");
        let help = "shorten it, in all articles of the story";
        return Err(Problem::new(Code::InvalidStoryName, at, message).help(help));
    }
    let named = Named::new(name, slugs);
    let is_alone = &*named.slug == NO_STORY;
    Ok(if is_alone { StoryChoice::Alone } else { StoryChoice::Named(named.into()) })
}

fn topics(node: Node<'_>, config: &Config, problems: &mut Problems) -> Vec<Named> {
    let at = node.at;
    let list =
        yaml_hints::list(node, "topics", |text| format!("topics: {}", yaml_hints::items(text)));
    let mut topics: Vec<Named> = Vec::new();
    for item in problems.keep(list).unwrap_or_default() {
        let Some(name) = problems.keep(topic_name(item, &config.limits)) else { continue };
        let topic = Named::new(name, config.slugs);
        if topics.iter().any(|known| known.slug == topic.slug) {
            continue;
        }
        if topics.len() == config.limits.topics {
            let message = format!("more than {} topics", config.limits.topics);
            problems.add(Problem::new(Code::LimitExceeded, at, message).help(raise("topics")));
            break;
        }
        topics.push(topic);
    }
    topics
}

fn topic_name(node: Node<'_>, limits: &Limits) -> Result<String, Problem> {
    let at = node.at;
    let name = required_text(node, "topics")?;
    // A text has at least as many bytes as characters.
    if name.len() > limits.topic_name && name.chars().count() > limits.topic_name {
        let message = format!("this topic is longer than {} characters", limits.topic_name);
        return Err(Problem::new(Code::LimitExceeded, at, message).help(raise("topic_name")));
    }
    Ok(name)
}

fn provider(node: Node<'_>, problems: &mut Problems) -> Option<Provider> {
    let at = node.at;
    let entries = problems.keep(yaml_hints::map(node, "provider", provider_form))?;
    let entries: Vec<_> = non_empty(entries).collect();
    OF_PROVIDER.check(&entries, problems);
    let (mut name, mut domain, mut logo) = (None, Field::Missing, None);
    let mut unknown = Vec::new();
    for MapEntry { key, node, at } in entries {
        match &*key {
            "name" => name = problems.keep(required_text(node, &key)),
            "domain" => domain = problems.field(self::domain(node, "provider.domain")),
            "images" => logo = read_images(node, problems).into_iter().next(),
            _ => unknown.push(MapEntry { at, key, node }),
        }
    }
    if domain.is_missing() {
        let help = match compat_keys::PROVIDER.used_instead_of("domain", &unknown) {
            Some(key) => reads(key, "domain"),
            None => {
                "add a line `domain: ...` to `provider`, such as `domain: news.example`".to_owned()
            }
        };
        let missing = ProblemKind::MissingKey("domain".to_owned());
        problems.add(
            Problem::new(Code::MissingKey, at, "`provider.domain` is missing")
                .of_kind(missing)
                .help(help),
        );
    }
    let domain: Domain = domain.given()?;
    let name = name.map_or_else(|| domain.to_unicode().into(), String::into_boxed_str);
    Some(Provider { name, domain, logo })
}

/// The error for a provider with only a name or a domain.
fn provider_form(text: &str) -> String {
    if text.contains('.') && !text.contains(char::is_whitespace) {
        format!("provider:\n  domain: {}", yaml_hints::scalar(text))
    } else {
        format!("provider:\n  name: {}\n  domain: ...", yaml_hints::scalar(text))
    }
}

fn related(node: Node<'_>, config: &Config, problems: &mut Problems) -> Vec<Related> {
    let form =
        |text: &str| format!("related: [{{title: ..., webUrl: {}}}]", yaml_hints::scalar(text));
    let items = problems.keep(yaml_hints::list(node, "related", form)).unwrap_or_default();
    items.into_iter().filter_map(|item| related_item(item, config, problems)).collect()
}

fn related_item(node: Node<'_>, config: &Config, problems: &mut Problems) -> Option<Related> {
    let at = node.at;
    let mut fields = ArticleFields::default();
    let form = |text: &str| format!("- webUrl: {}\n  title: ...", yaml_hints::scalar(text));
    let entries = problems.keep(yaml_hints::item(node, "related", form))?;
    let entries: Vec<_> = non_empty(entries).collect();
    OF_RELATED.check(&entries, problems);
    let (known, unknown): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| OF_RELATED.contains(&entry.key));
    for entry in unknown.iter().filter(|entry| hides_item(entry)) {
        let message =
            format!("`{}` in `related` is ignored: the item is shown all the same", entry.key);
        problems.add(
            Problem::new(Code::IgnoredRelatedKey, entry.at, message)
                .help("remove the item")
                .changes_output(),
        );
    }
    for entry in known {
        fields.read(entry, config, problems);
    }
    let mut missing = |key: &str, of_article: &str| {
        let help = match ARTICLE.used_instead_of(of_article, &unknown) {
            Some(foreign) => reads(foreign, key),
            None => format!("add a line `{key}: ...` to this item of `related`"),
        };
        let missing = ProblemKind::MissingKey(key.to_owned());
        problems.add(
            Problem::new(Code::MissingKey, at, format!("a related item has no `{key}`"))
                .of_kind(missing)
                .help(help),
        );
    };
    if fields.title.is_missing() {
        missing("title", "title");
    }
    let web_url = if fields.web_url.is_missing() { fields.original_url } else { fields.web_url };
    if web_url.is_missing() {
        missing("webUrl", "originalUrl");
    }
    let web_url = web_url.given()?;
    let published_at = fields.published_at.given();
    let provider = fields.provider.given().or_else(|| {
        let domain = Domain::parse(web_url.host_name())?;
        Some(Provider { name: domain.to_unicode().into(), domain, logo: None })
    });
    Some(Related {
        title: fields.title.given()?,
        excerpt: fields.excerpt.map(|(_, excerpt)| excerpt).unwrap_or_default(),
        published_at: published_at.map(|published_at| published_at.instant),
        has_time: published_at.is_some_and(|published_at| published_at.has_time),
        kind: fields.kind.unwrap_or_else(|| DEFAULT_KIND.to_owned()),
        web_url,
        provider,
        quality: fields.quality,
        image: fields.images.into_iter().next(),
    })
}
