//! The tables `[[source]]`: the feeds of other sites that `newsgen pull` reads.

use super::keys::{NEW_ARTICLES, SOURCE};
use super::limits::Limits;
use super::values::{count, http_url, required_text, unknown_key};
use crate::diagnostic::{Code, Location};
use crate::http_url::HttpUrl;
use crate::language;
use crate::node::{Field, MapEntry, Node, Problem, Problems, SourcePos};

/// A source of articles, and what becomes of its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceConfig {
    /// Where the feeds are.
    pub feeds: SourceFeeds,
    /// Its name on the command line, if it has one.
    pub name: Option<String>,
    /// The topics of its articles.
    pub topics: Vec<String>,
    /// The name or domain of the provider, if it does not follow from the item.
    pub provider: Option<String>,
    /// The language of its articles.
    pub language: Option<String>,
    /// Words; an item needs one of them, if there are any.
    pub include: Vec<String>,
    /// Words that no item may have.
    pub exclude: Vec<String>,
    /// The maximum number of new articles in one run.
    pub limit: Option<usize>,
    /// Whether its articles are published without being reviewed.
    pub publish: bool,
    /// The location of `feed` or `opml` in `site.toml`.
    pub location: Location,
}

/// Where the feeds of a source are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceFeeds {
    /// One feed.
    Feed(HttpUrl),
    /// The feeds that an OPML file lists, given by its path below the site's root.
    Opml(String),
}

/// The entries of `source`.
pub(super) fn parse(
    node: Node<'_>,
    locate: &impl Fn(SourcePos) -> Location,
    limits: &Limits,
    problems: &mut Problems,
) -> Vec<SourceConfig> {
    let list = node
        .list("source")
        .map_err(|problem| problem.help("write `[[source]]` above each source, with two brackets"));
    let items = problems.keep(list).unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    items
        .into_iter()
        .filter_map(|item| source(item, &mut names, locate, limits, problems))
        .collect()
}

fn source(
    node: Node<'_>,
    names: &mut Vec<String>,
    locate: &impl Fn(SourcePos) -> Location,
    limits: &Limits,
    problems: &mut Problems,
) -> Option<SourceConfig> {
    let at = node.at;
    let (mut feed, mut opml, mut feeds_at, mut other_at) = (Field::Missing, Field::Missing, at, at);
    let mut found = SourceConfig {
        feeds: SourceFeeds::Opml(String::new()),
        name: None,
        topics: Vec::new(),
        provider: None,
        language: None,
        include: Vec::new(),
        exclude: Vec::new(),
        limit: None,
        publish: false,
        location: Location::default(),
    };
    let mut has_unknown = false;
    for entry in problems.keep(node.map("source"))? {
        let MapEntry { at, key, node } = entry;
        match &*key {
            "feed" => {
                (feeds_at, other_at) = (node.at, feeds_at);
                feed = problems.field(http_url(node, "feed"));
            }
            "opml" => {
                (feeds_at, other_at) = (node.at, feeds_at);
                opml = problems.field(opml_path(node));
            }
            "name" => found.name = problems.keep(new_name(node, names)),
            "topics" => found.topics = topics(node, limits, problems),
            "provider" => found.provider = problems.keep(required_text(node, "provider")),
            "language" => found.language = problems.keep(language::parse(node, "language")),
            "include" => found.include = texts(node, "include", problems),
            "exclude" => found.exclude = texts(node, "exclude", problems),
            "limit" => found.limit = problems.keep(count(&node, "limit", NEW_ARTICLES)),
            "publish" => {
                found.publish = problems.keep(node.boolean("publish")).unwrap_or_default();
            }
            _ => {
                has_unknown = true;
                problems.add(unknown_key(&MapEntry { at, key, node }, "[source]", &SOURCE));
            }
        }
    }
    if !feed.is_missing() && !opml.is_missing() {
        let message = "a source has both `feed` and `opml`";
        problems.add(
            Problem::new(Code::ConflictingSettings, feeds_at.max(other_at), message)
                .help("write one entry for each"),
        );
        return None;
    }
    if feed.is_missing() && opml.is_missing() && !has_unknown {
        problems.add(
            Problem::new(Code::InvalidSource, at, "a source has no `feed`")
                .help("add the address of its feed, such as `feed = \"https://harbourpost.example/feed.xml\"`"),
        );
    }
    let feeds = feed.given().map(SourceFeeds::Feed);
    let feeds = feeds.or_else(|| opml.given().map(SourceFeeds::Opml))?;
    Some(SourceConfig { feeds, location: locate(feeds_at), ..found })
}

/// The topics of articles, which their documents may have.
fn topics(node: Node<'_>, limits: &Limits, problems: &mut Problems) -> Vec<String> {
    let at = node.at;
    let topics = texts(node, "topics", problems);
    let Limits { topics: most, topic_name: longest, .. } = *limits;
    if topics.len() > most {
        let message = format!("more than {most} topics");
        problems.add(
            Problem::new(Code::LimitExceeded, at, message)
                .help("name fewer, or raise `topics` in the table `[limits]`"),
        );
    }
    if topics.iter().any(|topic| topic.chars().count() > longest) {
        let message = format!("a topic is longer than {longest} characters");
        problems.add(
            Problem::new(Code::LimitExceeded, at, message)
                .help("shorten it, or raise `topic_name` in the table `[limits]`"),
        );
    }
    topics
}

/// A list of texts.
fn texts(node: Node<'_>, key: &str, problems: &mut Problems) -> Vec<String> {
    let items = problems.keep(node.list(key)).unwrap_or_default().into_iter();
    items.filter_map(|item| problems.keep(required_text(item, key))).collect()
}

/// A name that no source before has.
fn new_name(node: Node<'_>, names: &mut Vec<String>) -> Result<String, Problem> {
    let at = node.at;
    let name = required_text(node, "name")?;
    if names.contains(&name) {
        let message = format!("another source has the name `{name}`, too");
        return Err(Problem::new(Code::ConflictingSettings, at, message).help(
            "choose another one: `newsgen pull --source NAME` pulls the source with this name",
        ));
    }
    names.push(name.clone());
    Ok(name)
}

/// The path of a file of the site.
fn opml_path(node: Node<'_>) -> Result<String, Problem> {
    let at = node.at;
    let path = required_text(node, "opml")?;
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']);
    if path.split('/').all(is_part) {
        return Ok(path);
    }
    Err(Problem::new(Code::InvalidSource, at, "`opml` is not the path of a file of the site")
        .label("expected one such as `feeds.opml`"))
}
