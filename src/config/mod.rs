//! `site.toml` and the command line become one [`Config`], checked once.

mod amp;
mod article_html;
mod content_security_policy;
mod date_format;
mod deploy;
mod feed_css;
mod feeds;
mod front;
mod host;
mod ignore;
mod keys;
mod limits;
mod menu;
mod check;
mod net;
mod permalink;
mod pictures;
mod site_id;
mod source_list;
mod sources;
mod theme;
mod values;
mod video;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};
use url::Url;

pub use amp::AmpConfig;
pub use article_html::ArticleHtml;
pub use check::{CheckConfig, CheckLevel};
pub use content_security_policy::ContentSecurityPolicy;
pub use deploy::{FileRule, Target, TargetUrl};
pub use feeds::{FeedFormat, FeedLink, FeedStories, Feeds};
pub use front::{FrontConfig, FrontOrder, ScoreWeights};
pub use host::{Host, HostKind, HostLimits};
pub use ignore::Ignore;
pub use keys::{ARTICLE_PAGES, SITE as SITE_KEYS};
pub use limits::Limits;
pub use menu::{MenuEntry, MenuTarget};
pub use net::NetConfig;
pub use permalink::{Permalink, PermalinkParts, RESERVED_URL_PREFIXES};
pub use pictures::PictureConfig;
pub use site_id::SiteId;
pub use source_list::{InlineCode, SourceList, digest_source};
pub use sources::{SourceConfig, SourceFeeds};
pub use theme::{
    ByScheme, FileSetting, IconSetting, Stylesheet, Theme, ThemeFiles, ThemeIcon, ThemeImage,
};
pub use video::VideoConfig;

use crate::diagnostic::{Code, Diagnostic, Location, closest_match};
use crate::digest::Digest;
use crate::http_url::HttpUrl;
use crate::language;
use crate::locale::{DateFormat, Locale};
use crate::node::{Field, MapEntry, Node, Problem, ProblemKind, Problems, SourcePos, Value};
use crate::slug::{SlugVersion, Slugs};
use values::{choice, count, required_text, visible_text};
use words::{Language, Words};

/// The directive of a Content-Security-Policy that players of videos need.
const FRAMES: &str = "frame-src";

/// The configuration of a site.
#[derive(Clone, Debug)]
pub struct Config {
    pub title: String,
    /// A few words below the title.
    pub tagline: String,
    /// A sentence about the site.
    pub description: String,
    /// The site's URL; ends in `/`.
    pub base_url: HttpUrl,
    /// The URL of the published site; in a preview not the `base_url`.
    published_url: HttpUrl,
    /// The site's identity, independent of its URL.
    pub id: SiteId,
    /// A BCP 47 language tag.
    pub language: String,
    /// The conventions of the language, with the site's own words.
    pub locale: Arc<Locale>,
    /// The slugs of the language.
    pub slugs: Slugs,
    /// Time zone of displayed dates and of `{year}/{month}/{day}` in permalinks.
    pub time_zone: Tz,
    /// The number of articles on an archive page.
    pub per_page: usize,
    /// The minimum number of related items of an article, if there are candidates.
    pub related_count: usize,
    /// The maximum number of articles that show the same picture; 0 means no limit.
    pub shared_picture_limit: usize,
    /// The quality below which articles are not published; unscored ones are.
    pub minimum_quality: i64,
    /// The heat below which articles are not published; unscored ones are.
    pub minimum_heat: i64,
    /// The permalink pattern of articles.
    pub permalink: Permalink,
    /// Whether years, months and days have pages.
    pub archives: bool,
    /// Whether articles about one event are shown as one story.
    pub stories: bool,
    /// How an article's page relates to the original.
    pub article_pages: ArticlePages,
    /// Which articles have pages of their own.
    pub article_html: ArticleHtml,
    /// How a build handles documents with errors.
    pub on_error: OnError,
    /// Patterns of files in `content/` to ignore.
    pub ignore: Ignore,
    /// The links of the site's navigation.
    pub menu: Vec<MenuEntry>,
    /// The links in the footer; if there are none, the footer has those of the theme.
    pub footer_menu: Vec<MenuEntry>,
    /// What the front page shows first.
    pub front: FrontConfig,
    pub feeds: Feeds,
    pub pictures: PictureConfig,
    pub amp: AmpConfig,
    /// Which videos are embedded.
    pub video: VideoConfig,
    pub theme: Theme,
    /// What is known of the files that `theme` names, once the site was scanned.
    pub theme_files: ThemeFiles,
    /// What pages may load and run.
    pub content_security_policy: ContentSecurityPolicy,
    /// The `rel` of outbound links; may be empty.
    pub outbound_rel: String,
    pub limits: Limits,
    pub host: Host,
    /// How commands that read other sites use the network.
    pub net: NetConfig,
    /// What becomes of warnings.
    pub check: CheckConfig,
    /// The feeds that `newsgen pull` reads.
    pub sources: Vec<SourceConfig>,
    /// Deploy targets.
    pub targets: Vec<Target>,
    /// How days are written.
    pub date_format: DateFormat,
    /// The `strftime` format of times.
    pub time_format: String,
    /// The table `extra`, for templates.
    pub extra: Vec<MapEntry<'static>>,
    /// The time of the build.
    pub now: DateTime<Utc>,
    /// Whether documents with `published: false` are published too.
    pub unpublished: bool,
    /// Whether articles dated after `now` are published too.
    pub future: bool,
    /// Whether this is a local preview: assets keep their plain names, and host limits are not
    /// checked.
    pub preview: bool,
    /// Digest of the configuration without base URL, deploy targets and sources.
    pub settings: Digest,
    /// Warnings about `site.toml`.
    pub warnings: Vec<Diagnostic>,
    /// Whether `site.toml` is valid. If not, invalid settings have defaults, and errors in
    /// documents and templates may be consequences.
    pub is_complete: bool,
    /// Whether `ignore` is valid. If not, any document may be one that should be ignored.
    pub knows_ignored: bool,
    digest: Digest,
}

/// An invalid `site.toml`.
#[derive(Clone, Debug)]
pub struct InvalidConfig {
    /// Its diagnostics, with at least one error.
    pub diagnostics: Vec<Diagnostic>,
    /// The valid settings, with defaults for all others, so that documents and templates can still
    /// be checked.
    pub rest: Box<Config>,
}

/// How an article's page relates to the original.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArticlePages {
    /// The original is canonical, and its AMP page is linked.
    #[default]
    Source,
    /// The article's page is canonical.
    Own,
    /// The article's page is canonical and not indexed by search engines.
    NoIndex,
}

impl ArticlePages {
    /// Parses the name in `site.toml` or front matter.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "source" => Some(Self::Source),
            "self" => Some(Self::Own),
            "noindex" => Some(Self::NoIndex),
            _ => None,
        }
    }
}

/// How a build handles documents with errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// Nothing is published.
    #[default]
    Stop,
    /// Documents with errors are left out, and the rest is published.
    LeaveOut,
}

/// Settings from the command line.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// The base URL, instead of that in `site.toml`.
    pub base_url: Option<HttpUrl>,
    /// The time of the build.
    pub now: DateTime<Utc>,
    /// Whether documents with `published: false` are published too.
    pub unpublished: bool,
    /// Whether articles dated after `now` are published too.
    pub future: bool,
    /// Whether this is a local preview: assets keep their plain names, so that changing one changes
    /// no page, host limits are not checked, and `base_url` keeps the path of the site's own.
    pub preview: bool,
}

impl InvalidConfig {
    /// A configuration that cannot be read.
    pub fn unreadable(reason: Diagnostic, overrides: &Overrides) -> Self {
        let config = ConfigFields::default().finish(overrides, &mut Problems::default());
        let rest =
            Config { limits: Limits::LARGEST, is_complete: false, knows_ignored: false, ..config };
        Self { diagnostics: vec![reason], rest: Box::new(rest) }
    }
}

impl Config {
    /// Parses `text`, the `site.toml` that diagnostics call `display_path`.
    ///
    /// # Errors
    /// All errors, with the valid rest of the configuration.
    pub fn parse(
        display_path: &str,
        text: &str,
        overrides: &Overrides,
    ) -> Result<Self, InvalidConfig> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut problems = Problems::default();
        let mut fields = ConfigFields::default();
        let locate = |at: SourcePos| location_at(display_path, text, at);
        let table = table.into_inner();
        let ignore_ends_at = table.get("ignore").map(|value| value.span().end);
        let mut entries = entries(table, text);
        let settings = settings(&entries);
        // The topics of sources are checked against them.
        entries.sort_by_key(|entry| entry.key != "limits");
        for entry in entries {
            fields.read(entry, &locate, &mut problems);
        }
        let lacks_ignored = fields.lacks_ignored;
        let config = fields.finish(overrides, &mut problems);
        if problems.has_fix() {
            let (table, _) = DeTable::parse_recoverable(text);
            problems.drop_duplicate_keys(&self::entries(table.into_inner(), text));
        }
        let (has_error, problems) = (problems.has_error(), problems.into_vec());
        let is_complete = errors.is_empty() && !has_error;
        let error_at = errors.iter().filter_map(|error| Some(error.span()?.start)).min();
        let is_read = !lacks_ignored
            && ignore_ends_at.is_some_and(|end| error_at.is_none_or(|error_at| end <= error_at));
        let is_ignore = |line: &str| key_meant_by(first_key(line)) == Some("ignore");
        let knows_ignored = is_complete || is_read || !text.lines().any(is_ignore);
        let flags = [overrides.unpublished, overrides.future, overrides.preview].map(u8::from);
        let parts =
            [display_path.as_bytes(), text.as_bytes(), config.base_url.as_str().as_bytes(), &flags];
        let digest = Digest::of_parts(parts);
        // The limits may be among the invalid settings.
        let limits = if is_complete { config.limits } else { Limits::LARGEST };
        let config = Self { limits, settings, is_complete, knows_ignored, digest, ..config };
        if !errors.is_empty() {
            let mut diagnostics: Vec<Diagnostic> =
                errors.iter().map(|error| syntax_error(display_path, text, error)).collect();
            // The parser reports a repeated table once for each of its keys.
            diagnostics.dedup();
            return Err(InvalidConfig { diagnostics, rest: Box::new(config) });
        }
        let diagnostics: Vec<Diagnostic> =
            problems.into_iter().map(|problem| diagnose(problem, &locate)).collect();
        if has_error {
            return Err(InvalidConfig { diagnostics, rest: Box::new(config) });
        }
        Ok(Self { warnings: diagnostics, ..config })
    }

    /// Adds what is known of the files that `theme` names.
    #[must_use]
    pub fn with_theme_files(self, theme_files: ThemeFiles) -> Self {
        Self { theme_files, ..self }
    }

    /// Digest of the whole configuration except the time of the build.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Digest of all settings that affect the parsing of documents.
    pub fn parse_digest(&self) -> Digest {
        let Limits { document, text, items, topics, topic_name } = self.limits;
        let limits = [document, text, items, topics, topic_name];
        let limits = limits.map(|limit| (limit as u64).to_le_bytes()).concat();
        let slugs = self.slugs.identity().map(str::as_bytes);
        let hosts = self.video.hosts.iter().map(String::as_bytes);
        let frames = self.content_security_policy.own_sources(FRAMES);
        let frames =
            frames.map(|sources| [sources.as_bytes(), self.published_url.origin().as_bytes()]);
        let own = self.published_url.as_str().as_bytes();
        let parts = [self.time_zone.name().as_bytes(), &limits, own].into_iter();
        let parts = parts.chain(slugs).chain(hosts).chain(frames.into_iter().flatten());
        Digest::of_parts(parts)
    }

    /// Whether the Content-Security-Policy allows the player of a video, which is on one of the hosts
    /// of `[video]`.
    pub fn allows_player(&self, player: &HttpUrl) -> bool {
        let policy = &self.content_security_policy;
        let is_default = policy.own_sources(FRAMES).is_none();
        let list = policy.source_list(FRAMES, &self.video);
        let (player, page) = (Url::parse(player.as_str()), self.published_page());
        is_default
            || list.is_none_or(|list| {
                player.is_ok_and(|player| page.is_some_and(|page| list.allows(&player, &page)))
            })
    }

    /// The URL of a page of the published site, which a Content-Security-Policy is about.
    pub fn published_page(&self) -> Option<Url> {
        Url::parse(self.published_url.as_str()).ok()
    }

    /// The host of the published site, with its port, if any.
    pub fn published_host(&self) -> &str {
        self.published_url.host()
    }

    /// The URL below the site's root that a URL means, if it is one of the published site.
    pub fn own_url<'u>(&self, url: &'u HttpUrl) -> Option<&'u str> {
        let below = url.as_str().strip_prefix(url.origin())?;
        let below = below.strip_prefix(self.published_url.path().trim_end_matches('/'))?;
        let is_own = url.host() == self.published_url.host();
        (is_own && (below.is_empty() || below.starts_with(['/', '?', '#']))).then_some(below)
    }

    /// The date of an instant in the site's time zone.
    pub fn local_date(&self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.time_zone).date_naive()
    }

    /// The absolute URL, in the published site, of a URL below the site's root.
    pub fn published(&self, url: &str) -> String {
        [self.published_url.as_str().trim_end_matches('/'), url].concat()
    }

    /// The URL path of the front page, `/` or `/news/`: the prefix of every URL of the site.
    pub fn root(&self) -> &str {
        self.base_url.path()
    }

    /// The maximum length in bytes of a path prefix at any deploy target.
    pub fn prefix_length(&self) -> usize {
        self.targets.iter().map(|target| target.url.key_prefix().len()).max().unwrap_or(0)
    }

    /// The absolute URL of a URL path, which includes the path of `base_url`.
    pub fn absolute(&self, url: &str) -> String {
        [self.base_url.origin(), url].concat()
    }
}

/// Digest of a configuration without the base URL, which the command line can override, and without
/// what changes no output: checks, deploy targets and sources.
fn settings(entries: &[MapEntry<'_>]) -> Digest {
    let is_counted =
        |entry: &&MapEntry<'_>| !["base_url", "check", "deploy", "source"].contains(&&*entry.key);
    // Serialization as JSON sorts the keys.
    let value =
        |entry: &MapEntry<'_>| (entry.key.to_string(), serde_json::to_value(&entry.node).ok());
    let values: BTreeMap<String, Option<serde_json::Value>> =
        entries.iter().filter(is_counted).map(value).collect();
    Digest::of(format!("{values:?}").as_bytes())
}

fn diagnose(problem: Problem, locate: &impl Fn(SourcePos) -> Location) -> Diagnostic {
    let location = locate(problem.at);
    problem.into_diagnostic(location)
}

/// The keys of lists of tables.
const LISTS_OF_TABLES: [&str; 3] = ["footer_menu", "menu", "source"];

fn syntax_error(display_path: &str, text: &str, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    if let Some((start, name)) = table_of_list(text, span.start) {
        let end = start + name.len() + 2;
        let location = Location::in_text(display_path, text, start, end);
        let message = format!("this is not TOML: there are several tables `[{name}]`");
        return Diagnostic::new(Code::InvalidToml, location, message)
            .help(format!("write `[[{name}]]` above each, with two brackets"));
    }
    let location = Location::in_text(display_path, text, span.start, span.end.max(span.start + 1));
    Diagnostic::new(Code::InvalidToml, location, format!("this is not TOML: {}", error.message()))
}

/// The start and the name of the table at a position, if there is another one of the same name and both
/// belong in a list.
fn table_of_list(text: &str, at: usize) -> Option<(usize, &'static str)> {
    let line_end = text.get(at..)?.find('\n').map_or(text.len(), |end| at + end);
    let before = text.get(..line_end)?;
    let start = before.rfind("\n[").map_or(0, |start| start + 1);
    let header = |name: &str| format!("[{name}]");
    let is_here =
        |name: &&str| before.get(start..).is_some_and(|text| text.starts_with(&header(name)));
    let name = LISTS_OF_TABLES.into_iter().find(is_here)?;
    let is_second = before.lines().filter(|line| line.starts_with(&header(name))).count() > 1;
    is_second.then_some((start, name))
}

/// The key at the beginning of a line.
fn first_key(line: &str) -> &str {
    let line = line.trim_start().trim_start_matches(['"', '\'']);
    line.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'))
        .next()
        .expect("a split has a first part")
}

/// The location of the key or value at a byte offset.
fn location_at(display_path: &str, text: &str, at: SourcePos) -> Location {
    if at == SourcePos::UNKNOWN {
        return Location::file(display_path);
    }
    let start = at.0 as usize;
    let rest = text.get(start..).unwrap_or("");
    let length = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            rest.get(1..).and_then(|rest| rest.find(quote)).map_or(1, |end| end + 2)
        }
        Some('[' | '{') => 1,
        _ => rest
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | ',' | ']' | '}'))
            .unwrap_or(rest.len()),
    };
    Location::in_text(display_path, text, start, start + length)
}

/// The entries of a TOML document, in file order.
pub(crate) fn toml_entries(text: &str) -> Result<Vec<MapEntry<'_>>, toml::de::Error> {
    Ok(entries(DeTable::parse(text)?.into_inner(), text))
}

/// The entries of a table, in file order.
fn entries<'a>(table: DeTable<'_>, text: &'a str) -> Vec<MapEntry<'a>> {
    let entry =
        |(key, value): (toml::Spanned<Cow<'_, str>>, toml::Spanned<DeValue<'_>>)| MapEntry {
            at: at(&key.span()),
            key: Cow::Owned(key.into_inner().into_owned()),
            node: node(value, text),
        };
    let mut found: Vec<MapEntry<'a>> = table.into_iter().map(entry).collect();
    found.sort_by_key(|entry| entry.at);
    found
}

fn at(span: &std::ops::Range<usize>) -> SourcePos {
    SourcePos(u32::try_from(span.start).unwrap_or(u32::MAX))
}

fn node<'a>(value: toml::Spanned<DeValue<'_>>, text: &'a str) -> Node<'a> {
    let at = at(&value.span());
    let spelled = Cow::Borrowed(text.get(value.span()).unwrap_or(""));
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(Cow::Owned(text.into_owned())),
        DeValue::Boolean(value) => Value::Bool(value, spelled),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number, spelled),
            Err(_) => Value::Float(f64::INFINITY, spelled),
        },
        DeValue::Float(number) => {
            Value::Float(number.as_str().parse().unwrap_or(f64::NAN), spelled)
        }
        DeValue::Datetime(_) => Value::Date(spelled),
        DeValue::Array(items) => {
            Value::List(items.into_iter().map(|item| node(item, text)).collect())
        }
        DeValue::Table(table) => Value::Map(entries(table, text)),
    };
    Node { at, value }
}

/// The settings read so far.
#[derive(Default)]
struct ConfigFields {
    title: Field<String>,
    tagline: Option<String>,
    description: Option<String>,
    base_url: Field<HttpUrl>,
    id: Field<SiteId>,
    language: Option<Language>,
    slugs: Option<SlugVersion>,
    time_zone: Option<Tz>,
    per_page: Option<usize>,
    related_count: Option<usize>,
    shared_picture_limit: Option<usize>,
    minimum_quality: Option<i64>,
    minimum_heat: Option<i64>,
    permalink: Option<Permalink>,
    archives: bool,
    stories: Option<bool>,
    article_pages: Option<ArticlePages>,
    article_html: Option<ArticleHtml>,
    on_error: Option<OnError>,
    ignore: Ignore,
    /// Whether `ignore` is invalid.
    lacks_ignored: bool,
    /// The position of `nav`, and its entries.
    nav: Option<(SourcePos, Vec<MenuEntry>)>,
    menu: Option<Vec<MenuEntry>>,
    footer_menu: Vec<MenuEntry>,
    front: FrontConfig,
    feeds: Feeds,
    pictures: PictureConfig,
    amp: AmpConfig,
    video: VideoConfig,
    theme: Theme,
    content_security_policy: ContentSecurityPolicy,
    outbound_rel: Option<String>,
    limits: Limits,
    host: Host,
    net: NetConfig,
    check: CheckConfig,
    sources: Vec<SourceConfig>,
    targets: Vec<Target>,
    words: Words,
    date_format: Option<DateFormat>,
    time_format: Option<String>,
    extra: Vec<MapEntry<'static>>,
    unknown: Vec<MapEntry<'static>>,
}

impl ConfigFields {
    fn read(
        &mut self,
        entry: MapEntry<'_>,
        locate: &impl Fn(SourcePos) -> Location,
        problems: &mut Problems,
    ) {
        let MapEntry { at, key, node } = entry;
        let text = |node: Node<'_>| visible_text(node, &key);
        match &*key {
            "title" => self.title = problems.field(required_text(node, &key)),
            "tagline" => self.tagline = problems.keep(text(node)),
            "description" => self.description = problems.keep(text(node)),
            "base_url" => self.base_url = problems.field(base_url(node)),
            "id" => self.id = problems.field(SiteId::parse(node)),
            "language" => self.language = problems.keep(language(node)),
            "slugs" => {
                let version = choice(node, &key, &keys::SLUGS, SlugVersion::from_name);
                self.slugs = problems.keep(version);
            }
            "time_zone" => self.time_zone = problems.keep(time_zone(node)),
            "per_page" => self.per_page = problems.keep(count(&node, &key, keys::PER_PAGE)),
            "related_count" => {
                self.related_count = problems.keep(count(&node, &key, keys::RELATED_COUNT));
            }
            "shared_picture_limit" => {
                self.shared_picture_limit =
                    problems.keep(count(&node, &key, keys::SHARED_PICTURE_LIMIT));
            }
            "minimum_quality" => {
                self.minimum_quality = problems.keep(front::minimum_score(&node, &key));
            }
            "minimum_heat" => self.minimum_heat = problems.keep(front::minimum_score(&node, &key)),
            "permalink" => self.permalink = problems.keep(permalink(node)),
            "archives" => {
                self.archives = problems.keep(node.boolean(&key)).unwrap_or_default();
            }
            "stories" => self.stories = problems.keep(node.boolean(&key)),
            "article_pages" => {
                self.article_pages =
                    problems.keep(choice(node, &key, &ARTICLE_PAGES, ArticlePages::from_name));
            }
            "article_html" => self.article_html = problems.keep(ArticleHtml::parse(node)),
            "on_error" => {
                self.on_error =
                    problems.keep(choice(node, &key, &keys::ON_ERROR, |name| match name {
                        "stop" => Some(OnError::Stop),
                        "leave-out" => Some(OnError::LeaveOut),
                        _ => None,
                    }));
            }
            "ignore" => {
                let mut found = Problems::default();
                self.ignore = Ignore::parse(node, locate, &mut found);
                self.lacks_ignored = !found.is_empty();
                for problem in found.into_vec() {
                    problems.add(problem);
                }
            }
            "nav" => self.nav = Some((at, menu::nav(node, locate, problems))),
            "menu" => self.menu = Some(menu::parse(node, "menu", locate, problems)),
            "footer_menu" => {
                self.footer_menu = menu::parse(node, "footer_menu", locate, problems);
            }
            "front" => self.front = FrontConfig::parse(node, problems),
            "feeds" => self.feeds = Feeds::parse(node, problems),
            "pictures" => self.pictures = PictureConfig::parse(node, problems),
            "amp" => self.amp = AmpConfig::parse(node, problems),
            "video" => self.video = VideoConfig::parse(node, problems),
            "theme" => self.theme = Theme::parse(node, locate, problems),
            "content_security_policy" => {
                self.content_security_policy = ContentSecurityPolicy::parse(node, problems);
            }
            "outbound_rel" => self.outbound_rel = problems.keep(outbound_rel(node)),
            "limits" => self.limits = Limits::parse(node, problems),
            "host" => self.host = Host::parse(node, problems),
            "net" => self.net = NetConfig::parse(node, problems),
            "check" => self.check = CheckConfig::parse(node, problems),
            "source" => self.sources = sources::parse(node, locate, &self.limits, problems),
            "deploy" => self.targets = deploy::targets(node, problems),
            "words" => self.words = Words::parse(node, problems),
            "date_format" => self.date_format = problems.keep(date_format::day(node, &key)),
            "time_format" => self.time_format = problems.keep(date_format::parse(node, &key)),
            "extra" => {
                for entry in problems.keep(node.map(&key)).unwrap_or_default() {
                    problems.keep(check_misplaced(&entry, locate));
                    self.extra.push(entry.into_owned());
                }
            }
            _ => {
                let problem =
                    Problem::new(Code::UnknownSetting, at, format!("unknown key `{key}`"));
                let problem = problem.of_kind(ProblemKind::UnknownKey);
                problems.add(match closest_match(&key, SITE_KEYS.names()) {
                    Some(name) => problem.did_you_mean(&key, name),
                    None => problem
                        .help("see docs/site-toml.md; custom values belong in the table `[extra]`"),
                });
                self.unknown.push(MapEntry { at, key, node }.into_owned());
            }
        }
    }

    fn finish(self, overrides: &Overrides, problems: &mut Problems) -> Config {
        let title = problems.require(self.title, "title", &self.unknown);
        let own_url = self.base_url.clone().given();
        let base_url = match &overrides.base_url {
            Some(given) if overrides.preview => Some(with_path_of(given, own_url.as_ref())),
            Some(given) => problems.keep(base_url(Node {
                at: SourcePos(0),
                value: Value::Text(given.as_str().into()),
            })),
            None => problems.require(self.base_url, "base_url", &self.unknown),
        };
        let id = match (self.id, &base_url) {
            (Field::Present(id), _) => id,
            (Field::Missing, Some(base_url)) => SiteId::of_address(base_url),
            (Field::Missing, None) | (Field::Invalid, _) => {
                SiteId::of_address(&HttpUrl::placeholder()).given()
            }
        };
        let base_url = base_url.unwrap_or_else(HttpUrl::placeholder);
        let published_url =
            own_url.filter(|_| overrides.preview).unwrap_or_else(|| base_url.clone());
        let menu = one_menu(self.nav, self.menu, problems);
        let language = self.language.unwrap_or_default();
        let slugs = Slugs::new(self.slugs.unwrap_or_default(), &language.tag);
        let resolved = |entry: MenuEntry| entry.with_slug(slugs);
        Config {
            title: title.unwrap_or_else(|| "Untitled".to_owned()),
            tagline: self.tagline.unwrap_or_default(),
            description: self.description.unwrap_or_default(),
            id,
            base_url,
            published_url,
            locale: self.words.locale(&language, problems),
            date_format: self
                .date_format
                .unwrap_or_else(|| date_format::default_for(&language.tag)),
            language: language.tag,
            slugs,
            time_zone: self.time_zone.unwrap_or(Tz::UTC),
            per_page: self.per_page.unwrap_or(20),
            related_count: self.related_count.unwrap_or(4),
            shared_picture_limit: self.shared_picture_limit.unwrap_or(5),
            minimum_quality: self.minimum_quality.unwrap_or_default(),
            minimum_heat: self.minimum_heat.unwrap_or_default(),
            permalink: self.permalink.unwrap_or_default(),
            archives: self.archives,
            stories: self.stories.unwrap_or(true),
            article_pages: self.article_pages.unwrap_or_default(),
            article_html: self.article_html.unwrap_or_default(),
            on_error: self.on_error.unwrap_or_default(),
            ignore: self.ignore,
            menu: menu.into_iter().map(resolved).collect(),
            footer_menu: self.footer_menu.into_iter().map(resolved).collect(),
            front: self.front,
            feeds: self.feeds,
            pictures: self.pictures,
            amp: self.amp,
            video: self.video,
            theme: self.theme,
            theme_files: ThemeFiles::default(),
            content_security_policy: self.content_security_policy,
            outbound_rel: self.outbound_rel.unwrap_or_else(|| "noopener nofollow".to_owned()),
            limits: self.limits,
            host: self.host,
            net: self.net,
            check: self.check,
            sources: self.sources,
            targets: self.targets,
            time_format: self.time_format.unwrap_or_else(|| "%H:%M".to_owned()),
            extra: self.extra,
            now: overrides.now,
            unpublished: overrides.unpublished,
            future: overrides.future,
            preview: overrides.preview,
            settings: Digest::default(),
            warnings: Vec::new(),
            is_complete: true,
            knows_ignored: true,
            digest: Digest::default(),
        }
    }
}

/// The menu of `nav` or `menu`, which cannot both be set.
fn one_menu(
    nav: Option<(SourcePos, Vec<MenuEntry>)>,
    menu: Option<Vec<MenuEntry>>,
    problems: &mut Problems,
) -> Vec<MenuEntry> {
    match (nav, menu) {
        (Some((at, _)), Some(menu)) => {
            let help =
                "write each topic of `nav` as an entry `[[menu]]` with a `topic`, and remove `nav`";
            problems.add(
                Problem::new(Code::ConflictingSettings, at, "`nav` and `menu` cannot both be set")
                    .help(help),
            );
            menu
        }
        (Some((_, menu)), None) | (None, Some(menu)) => menu,
        (None, None) => Vec::new(),
    }
}

/// Warns of a key of `[extra]` that was probably meant for the site: a line at the end of the file
/// belongs to the table above it, and a table may have been written as `[extra.feeds]`.
fn check_misplaced(
    entry: &MapEntry<'_>,
    locate: &impl Fn(SourcePos) -> Location,
) -> Result<(), Problem> {
    let is_line = locate(entry.at).span.is_some_and(|span| {
        span.text.chars().take(span.column.saturating_sub(1)).all(char::is_whitespace)
    });
    let is_table = matches!(entry.node.value, Value::Map(_));
    let Some(name) = key_meant_by(&entry.key).filter(|_| is_line || is_table) else {
        return Ok(());
    };
    // A text `theme` is hardly meant as the table.
    let holds_mappings = SITE_KEYS.get(name).is_some_and(|key| key.form.holds_mappings());
    let is_spelled_so = words_of(&entry.key) == words_of(name) && !holds_mappings;
    if (is_table || !is_spelled_so) && !is_value_of(name, entry, locate) {
        return Ok(());
    }
    let key = if is_line { entry.key.to_string() } else { format!("[extra.{}]", entry.key) };
    let location = if is_line { " in `[extra]`" } else { "" };
    let message = format!("`{key}`{location} is only passed to templates and configures nothing");
    let question =
        if entry.key == name { String::new() } else { format!("did you mean `{name}`? ") };
    let remedy = if is_line {
        "move this line above the first `[table]`".to_owned()
    } else {
        format!("write `[{name}]`")
    };
    Err(Problem::new(Code::UnusedSetting, entry.at, message)
        .changes_output()
        .help(format!("{question}{remedy}; if it is meant for templates, rename it")))
}

/// The known key that `key` equals or resembles. Many other words are two letters away, so one
/// difference is allowed.
fn key_meant_by(key: &str) -> Option<&'static str> {
    let words = words_of(key);
    let distance = |name: &str| strsim::damerau_levenshtein(&words, &words_of(name));
    let is_near = |(distance, _): &(usize, &str)| {
        *distance == 0
            || *distance == 1 && words.len() > 4 && !words.contains(|c: char| c.is_ascii_digit())
    };
    let names = SITE_KEYS.names().map(|name| (distance(name), name));
    names.filter(is_near).min().map(|(_, name)| name)
}

/// A key without case and punctuation.
fn words_of(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether an entry would be valid under the key `name`; for a table, part of it is enough.
fn is_value_of(
    name: &'static str,
    entry: &MapEntry<'_>,
    locate: &impl Fn(SourcePos) -> Location,
) -> bool {
    if name == "extra" {
        return false;
    }
    let mut problems = Problems::default();
    let node = entry.node.clone();
    ConfigFields::default().read(
        MapEntry { at: entry.at, key: name.into(), node },
        locate,
        &mut problems,
    );
    let problems = problems.into_vec();
    let is_right = |at: SourcePos| problems.iter().all(|problem| problem.at != at);
    match &entry.node.value {
        Value::Map(entries) => {
            let is_known = |entry: &MapEntry<'_>| is_right(entry.at) && is_right(entry.node.at);
            is_right(entry.node.at) && entries.iter().any(is_known)
        }
        _ => problems.is_empty(),
    }
}

fn base_url(node: Node<'_>) -> Result<HttpUrl, Problem> {
    let at = node.at;
    let text = node.text("base_url")?;
    parse_base_url(&text).ok_or_else(|| {
        let is_bare = !text.contains(':');
        let problem = Problem::new(Code::InvalidUrl, at, "`base_url` is not the URL of a site")
            .label("expected one such as `https://news.example/`");
        let with_scheme = format!("https://{text}");
        match parse_base_url(&with_scheme).filter(|url| is_bare && url.host().contains('.')) {
            Some(url) => problem.help(format!("write `{}`", url.as_str())),
            None => problem,
        }
    })
}

/// The URL of a preview: links below the path of the site's URL work there as they will when the
/// site is published.
fn with_path_of(preview: &HttpUrl, site: Option<&HttpUrl>) -> HttpUrl {
    let moved = site.and_then(|site| parse_base_url(&[preview.origin(), site.path()].concat()));
    moved.unwrap_or_else(|| preview.clone())
}

/// Parses the URL of a site and adds a trailing slash.
pub fn parse_base_url(text: &str) -> Option<HttpUrl> {
    let with_slash = format!("{}/", text.trim().trim_end_matches('/'));
    let is_site = |address: &HttpUrl| {
        !address.as_str().contains(['?', '#']) && !address.path().contains("//")
    };
    HttpUrl::parse(&with_slash).ok().filter(is_site)
}

fn language(node: Node<'_>) -> Result<Language, Problem> {
    let at = node.at;
    Ok(Language { at, tag: language::parse(node, "language")? })
}

fn time_zone(node: Node<'_>) -> Result<Tz, Problem> {
    let at = node.at;
    let text = node.text("time_zone")?;
    text.parse().map_err(|_| {
        let problem =
            Problem::new(Code::InvalidTimeZone, at, format!("unknown time zone `{text}`"))
                .label("expected a name such as `UTC` or `Europe/Dublin`");
        if let Some(help) = help_for_offset(&text) {
            return problem.help(help);
        }
        match closest_match(&text, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())) {
            Some(name) => problem.help(format!("did you mean `{name}`?")),
            None => problem,
        }
    })
}

/// Help for an offset in place of a time zone, such as `GMT+1` or `+02:00`.
fn help_for_offset(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let offset = ["GMT", "UTC"].iter().find_map(|name| upper.strip_prefix(name)).unwrap_or(&upper);
    let offset = offset.trim_start();
    let (hours, minutes) = offset.get(1..)?.split_once(':').unwrap_or((offset.get(1..)?, "00"));
    let reversed = match offset.get(..1)? {
        "+" => '-',
        "-" => '+',
        _ => return None,
    };
    let hours: u8 = hours.parse().ok()?;
    let zone = format!("Etc/GMT{reversed}{hours}");
    let place = "a place such as `Europe/Dublin`";
    Some(if minutes == "00" && zone.parse::<Tz>().is_ok() {
        format!("write `{zone}`, whose sign is reversed, or better {place}")
    } else {
        format!("write {place}")
    })
}

/// Link types of outbound links (HTML, section 4.6.7).
const OUTBOUND_RELS: [&str; 6] =
    ["external", "nofollow", "noopener", "noreferrer", "sponsored", "ugc"];

fn outbound_rel(node: Node<'_>) -> Result<String, Problem> {
    let at = node.at;
    let text = node.text("outbound_rel")?;
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.iter().find(|word| !OUTBOUND_RELS.contains(word)) {
        None => Ok(words.join(" ")),
        Some(word) => Err(Problem::new(
            Code::InvalidChoice,
            at,
            format!("`outbound_rel` cannot contain `{word}`"),
        )
        .label(format!("expected some of `{}`", OUTBOUND_RELS.join("`, `")))),
    }
}

fn permalink(node: Node<'_>) -> Result<Permalink, Problem> {
    let at = node.at;
    let text = node.text("permalink")?;
    Permalink::parse(&text).map_err(|reason| {
        Problem::new(Code::InvalidPermalink, at, format!("`permalink` {reason}"))
            .help("the default is `/{category}/{year}/{month}/{slug}/`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, Vec<String>> {
        Config::parse("site.toml", text, &Overrides::default()).map_err(
            |InvalidConfig { diagnostics, .. }| {
                let line = |d: &Diagnostic| {
                    format!("{}: {} ({})", d.location, d.message, d.help.as_deref().unwrap_or(""))
                };
                diagnostics.iter().map(line).collect()
            },
        )
    }

    #[test]
    fn config_defaults() {
        let config =
            read("title = \"T\"\nbase_url = \"https://me.example/news\"\n").expect("config");
        assert_eq!(
            (config.base_url.as_str(), config.root()),
            ("https://me.example/news/", "/news/")
        );
        assert_eq!((config.per_page, config.related_count, config.time_zone), (20, 4, Tz::UTC));
        assert_eq!(config.absolute("/news/a/"), "https://me.example/news/a/");
    }

    #[test]
    fn config_errors_are_all_located() {
        let errors = read(
            "# a site\ntitel = \"T\"\nbase_url = \"nowhere\"\nper_page = 0\ntime_zone = \"Europe/Dublim\"\n\
             on_error = \"leave_out\"\ndate_format = \"%Q\"\npermalink = \"/x/\"\nnav = [[]]\n[seo]\n",
        )
        .expect_err("errors");
        let expected = [
            "site.toml:2:1: unknown key `titel` (did you mean `title`?)",
            "site.toml:3:12: `base_url` is not the URL of a site ()",
            "site.toml:4:12: `per_page` must be a whole number from 1 to 1000 ()",
            "site.toml:5:13: unknown time zone `Europe/Dublim` (did you mean `Europe/Dublin`?)",
            "site.toml:6:12: `on_error` cannot be `leave_out` (did you mean `leave-out`?)",
            "site.toml:7:15: `date_format` has an unknown strftime specifier (write `long`, `medium` or `short`, or a format such as `%-d %B %Y`)",
            "site.toml:8:13: `permalink` has no `{slug}` (the default is `/{category}/{year}/{month}/{slug}/`)",
            "site.toml:9:8: `nav` must be a text ()",
            "site.toml:10:2: unknown key `seo` (see docs/site-toml.md; custom values belong in the table `[extra]`)",
            "site.toml: `title` is missing (found key `titel`; did you mean `title`?)",
        ];
        assert_eq!(errors, expected);
    }

    #[test]
    fn toml_syntax_errors_are_located() {
        let errors = read("title = \"T\nbase_url = \"https://me.example\"\n").expect_err("errors");
        assert!(errors[0].starts_with("site.toml:1:"), "{errors:?}");
    }
}
