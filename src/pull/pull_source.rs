//! The feeds to pull: those of `site.toml`, and of the OPML files that it names.

use std::collections::HashMap;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::config::{Config, SourceConfig, SourceFeeds};
use crate::diagnostic::{Code, Diagnostic, Location, closest_match};
use crate::document::text;
use crate::http_url::HttpUrl;
use crate::source;

/// A feed to pull.
#[derive(Clone, Debug)]
pub(super) struct PullSource<'a> {
    pub(super) name: String,
    pub(super) feed: HttpUrl,
    pub(super) config: &'a SourceConfig,
    /// Where the feed is named.
    pub(super) location: Location,
}

/// A feed, and the name that it was given.
struct NamedFeed {
    name: Option<String>,
    feed: HttpUrl,
    location: Location,
}

/// The sources of a site, in their order.
///
/// # Errors
/// All mistakes of OPML files; when there is no source.
pub(super) fn sources<'a>(
    root: &Path,
    config: &'a Config,
) -> Result<Vec<PullSource<'a>>, Vec<Diagnostic>> {
    let (mut found, mut diagnostics) = (Vec::new(), Vec::new());
    for source in &config.sources {
        let feeds = match &source.feeds {
            SourceFeeds::Feed(feed) => Ok(vec![NamedFeed {
                name: source.name.clone(),
                feed: feed.clone(),
                location: source.location.clone(),
            }]),
            SourceFeeds::Opml(path) => opml(root, path, &source.location),
        };
        match feeds {
            Ok(feeds) => found.extend(feeds.into_iter().map(|feed| (source, feed))),
            Err(errors) => diagnostics.extend(errors),
        }
    }
    if config.sources.is_empty() {
        let message = "the site has no sources";
        diagnostics.push(Diagnostic::new(Code::InvalidSource, Location::file(source::CONFIG), message).help(
            "add lines such as `[[source]]` and `feed = \"https://harbourpost.example/feed.xml\"`",
        ));
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let mut hosts: HashMap<&str, usize> = HashMap::new();
    for (_, named) in &found {
        *hosts.entry(host(&named.feed)).or_default() += 1;
    }
    let names: Vec<String> = found
        .iter()
        .map(|(_, named)| {
            let is_only = hosts.get(host(&named.feed)) == Some(&1);
            let unnamed =
                || if is_only { host(&named.feed).into() } else { named.feed.dedup_key() };
            named.name.clone().unwrap_or_else(|| unnamed().into_owned())
        })
        .collect();
    let sources = found.into_iter().zip(names).map(|((config, named), name)| PullSource {
        name,
        feed: named.feed,
        config,
        location: named.location,
    });
    Ok(sources.collect())
}

/// Checks that each of these names is that of a source, or of the sources of an OPML file.
///
/// # Errors
/// For each unknown name.
pub(super) fn check_names(
    names: &[String],
    sources: &[PullSource<'_>],
) -> Result<(), Vec<Diagnostic>> {
    let unknown = names.iter().filter(|name| !sources.iter().any(|source| source.has_name(name)));
    let error = |name: &String| {
        let known = || sources.iter().map(|source| source.name.as_str());
        let help = match closest_match(name, known()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("the sources are `{}`", known().collect::<Vec<_>>().join("`, `")),
        };
        let message = format!("no source has the name `{name}`");
        Diagnostic::new(Code::UnknownName, Location::file("--source"), message).help(help)
    };
    let errors: Vec<Diagnostic> = unknown.map(error).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

impl PullSource<'_> {
    /// Whether this is the name of the source, or of the OPML file that lists it.
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.name == name || self.config.name.as_deref() == Some(name)
    }
}

fn host(feed: &HttpUrl) -> &str {
    feed.host().strip_prefix("www.").unwrap_or(feed.host())
}

/// The feeds of an OPML file, which `site.toml` names at this location.
fn opml(root: &Path, path: &str, named_at: &Location) -> Result<Vec<NamedFeed>, Vec<Diagnostic>> {
    if let Some(diagnostic) = source::symlink_escapes_root(root, path) {
        return Err(vec![diagnostic]);
    }
    let unreadable = |reason: String| {
        vec![Diagnostic::new(
            Code::UnreadableFile,
            named_at.clone(),
            format!("cannot read `{path}`: {reason}"),
        )]
    };
    let bytes = source::read_regular(&root.join(path), source::MAX_TEXT_BYTES)
        .map_err(|error| unreadable(error.to_string()))?;
    let text = source::text(&bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
    parse_opml(text, path)
}

fn parse_opml(text: &str, path: &str) -> Result<Vec<NamedFeed>, Vec<Diagnostic>> {
    let (mut feeds, mut diagnostics) = (Vec::new(), Vec::new());
    let mut reader = Reader::from_str(text);
    let (mut is_opml, mut is_broken) = (false, false);
    loop {
        let start = offset(reader.buffer_position());
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                is_opml |= element.local_name().as_ref() == b"opml";
                let start = text
                    .get(start..)
                    .and_then(|rest| rest.find('<'))
                    .map_or(start, |at| start + at);
                let end = offset(reader.buffer_position());
                let location = Location::in_text(path, text, start, end);
                match outline(&element, location) {
                    Some(Ok(feed)) => feeds.push(feed),
                    Some(Err(diagnostic)) => diagnostics.push(diagnostic),
                    None => {}
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let at = offset(reader.error_position());
                is_broken = true;
                diagnostics.push(
                    Diagnostic::new(
                        Code::InvalidSource,
                        Location::in_text(path, text, at, at + 1),
                        format!("this is not XML: {error}"),
                    )
                    .help("export the file again from your feed reader"),
                );
                break;
            }
        }
    }
    if !is_broken && (!is_opml || feeds.is_empty() && diagnostics.is_empty()) {
        let message = "this OPML file lists no feeds";
        diagnostics.push(
            Diagnostic::new(Code::InvalidSource, Location::file(path), message)
                .help("write an `outline` with the address of a feed as `xmlUrl` for each"),
        );
    }
    if diagnostics.is_empty() { Ok(feeds) } else { Err(diagnostics) }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// The feed of an element, if it is an outline with one.
fn outline(element: &BytesStart<'_>, location: Location) -> Option<Result<NamedFeed, Diagnostic>> {
    if element.local_name().as_ref() != b"outline" {
        return None;
    }
    let value = |name: &str| {
        let mut attributes = element.attributes();
        let mut attributes = attributes.with_checks(false).filter_map(Result::ok);
        let found =
            attributes.find(|one| one.key.as_ref().eq_ignore_ascii_case(name.as_bytes()))?;
        let value = String::from_utf8(found.value.into_owned()).ok()?;
        (!value.trim().is_empty()).then_some(value)
    };
    let name = ["title", "text"].into_iter().find_map(value);
    let name = name.map(|name| text::normalize(&name));
    let url = text::decode_url_entities(&value("xmlUrl")?).into_owned();
    let Ok(feed) = HttpUrl::parse(&url) else {
        let message = format!("`xmlUrl` is not a URL: `{url}`");
        return Some(Err(
            Diagnostic::new(Code::InvalidUrl, location, message).help("it begins with `https://`")
        ));
    };
    Some(Ok(NamedFeed { name, feed, location }))
}
