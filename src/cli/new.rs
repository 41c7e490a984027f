//! `newsgen new`: creates an article.

#[cfg(feature = "net")]
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::process::{executable, start_threads};
use super::terminal::Terminal;
use crate::build::{ConfigError, read_config, read_documents};
use crate::collection::Documents;
use crate::config::{Config, Overrides};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::date::ParsedDate;
use crate::document::{placeholder, text};
use crate::domain::Domain;
use crate::http_url::HttpUrl;
use crate::inventory::{KnownOriginals, KnownProviders, KnownTopics};
use crate::invisible_chars::is_blank;
use crate::new_document::{NewArticle, title_in_url, written_date};
use crate::publish::create_file;
use crate::source::{DOCUMENT_EXTENSIONS, kind_of, symlink_escapes_root};

/// The arguments of `newsgen new`.
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The title of the article, or the URL of the original
    #[arg(required_unless_present = "url")]
    title: Option<String>,
    /// The URL of the original
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The name or domain of the provider
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// A topic; can be repeated
    #[arg(long, value_name = "TOPIC", value_parser = NonEmptyStringValueParser::new())]
    topic: Vec<String>,
    /// The excerpt
    #[arg(long, value_name = "TEXT")]
    excerpt: Option<String>,
    /// The site's folder
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
}

/// Creates the file and returns messages about it.
pub(super) fn run(args: &NewArgs, now: DateTime<Utc>) -> Result<Vec<String>, Vec<Diagnostic>> {
    let one = |diagnostic| vec![diagnostic];
    let (title, url) = title_and_url(args).map_err(one)?;
    let config = site_config(&args.root, now)?;
    let is_known_needed = url.is_some() || args.provider.is_some() || !args.topic.is_empty();
    let documents = if is_known_needed {
        start_threads(None).map_err(one)?;
        read_documents(&args.root, &config, &executable())?
    } else {
        Documents::default()
    };
    if let Some(url) = &url {
        KnownOriginals::new(&documents).check_new(url).map_err(one)?;
    }
    let known_topics = KnownTopics::new(&documents, &config);
    let article = article(args, title, url.as_ref(), &documents, &known_topics, &config);
    let path = article.path(now, config.time_zone, &config.slugs);
    let path = create(&args.root, &path, &article)?;
    let terminal = Terminal::new(true);
    let notes = args.topic.iter().filter_map(|topic| known_topics.new_topic_note(topic));
    notes.for_each(|note| terminal.note(&note));
    Ok(vec![path.display().to_string()])
}

/// The configuration of a site for commands that write documents.
pub(super) fn site_config(root: &Path, now: DateTime<Utc>) -> Result<Config, Vec<Diagnostic>> {
    let overrides =
        Overrides { base_url: None, now, unpublished: false, future: false, preview: false };
    read_config(root, None, &overrides).map_err(ConfigError::into_diagnostics)
}

/// Creates the document, unless there is one that would have the same URL. Returns its path.
pub(super) fn create(
    root: &Path,
    path: &Path,
    article: &NewArticle,
) -> Result<PathBuf, Vec<Diagnostic>> {
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let links = folders.filter_map(|folder| symlink_escapes_root(root, &folder.to_string_lossy()));
    if let Some(outermost) = links.last() {
        return Err(vec![outermost]);
    }
    let path = root.join(path);
    let mut others = DOCUMENT_EXTENSIONS.iter().map(|ending| path.with_extension(ending));
    if let Some(other) =
        others.find(|other| *other != path && matches!(kind_of(other), Ok(Some(_))))
    {
        let location = Location::file(other.display().to_string());
        return Err(vec![Diagnostic::new(
            Code::FileExists,
            location,
            "this document already exists and would have the same URL",
        )]);
    }
    create_file(&path, article.to_string().as_bytes()).map_err(|diagnostic| vec![diagnostic])?;
    Ok(path)
}

/// The path, or one with a number if a document about another article with this title is there, or
/// will be.
#[cfg(feature = "net")]
pub(super) fn unused_path(root: &Path, path: &Path, taken: &HashSet<PathBuf>) -> PathBuf {
    let is_unused = |path: &PathBuf| {
        let mut spellings = DOCUMENT_EXTENSIONS.iter().map(|ending| path.with_extension(ending));
        !taken.contains(path)
            && !spellings.any(|path| matches!(kind_of(&root.join(path)), Ok(Some(_))))
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = (2_u64..).map(|number| path.with_file_name(format!("{stem}-{number}.md")));
    let mut all = std::iter::once(path.to_owned()).chain(numbered);
    all.find(is_unused).expect("there is a number that no document has")
}

/// The title of the article, and the URL of its original if that is given.
fn title_and_url(args: &NewArgs) -> Result<(String, Option<HttpUrl>), Diagnostic> {
    let title = args.title.as_deref().map(str::trim);
    // A bare `www.` address is a URL without its scheme, not a title.
    let is_url = |text: &str| {
        HttpUrl::parse(text).is_ok()
            || text.starts_with("www.") && !text.contains(char::is_whitespace)
    };
    let (title, url) = match (title, args.url.as_deref()) {
        (title, Some(url)) => (title, Some(parsed_url(url, "--url")?)),
        (Some(title), None) if is_url(title) => (None, Some(parsed_url(title, "TITLE")?)),
        (title, None) => (title, None),
    };
    let title = match (title, &url) {
        (Some(title), _) => title.to_owned(),
        (None, Some(url)) => title_in_url(url),
        (None, None) => String::new(),
    };
    if is_blank(&text::normalize(&title)) {
        return Err(Diagnostic::new(
            Code::InvalidArgument,
            Location::file("TITLE"),
            "the title is empty",
        ));
    }
    Ok((title, url))
}

/// The new article, as the site spells its provider and topics, with placeholders for what is not
/// known. It is unpublished until reviewed.
fn article(
    args: &NewArgs,
    title: String,
    url: Option<&HttpUrl>,
    documents: &Documents,
    known_topics: &KnownTopics<'_>,
    config: &Config,
) -> NewArticle {
    let chosen = args.provider.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let urls: Vec<&HttpUrl> = url.into_iter().collect();
    let provider = KnownProviders::new(documents).identify(chosen, &urls);
    let domain = provider.as_ref().map(|provider| provider.domain.to_unicode().into_owned());
    let name = provider
        .and_then(|provider| provider.name)
        .or_else(|| chosen.filter(|chosen| Domain::parse(chosen).is_none()).map(str::to_owned));
    let topics = args.topic.iter().map(|topic| known_topics.usual_spelling(topic));
    let mut topics: Vec<String> = topics.filter(|topic| !is_blank(topic)).collect();
    if topics.is_empty() {
        topics.push(placeholder::TOPIC.to_owned());
    }
    NewArticle {
        title,
        excerpt: args.excerpt.clone().unwrap_or_default(),
        published: written_date(ParsedDate { instant: config.now, has_time: true }, Tz::UTC),
        original_url: url
            .map_or_else(|| placeholder::ORIGINAL_URL.to_owned(), |url| url.as_str().to_owned()),
        web_url: None,
        amp_url: None,
        provider_name: name
            .or_else(|| domain.clone())
            .unwrap_or_else(|| placeholder::PROVIDER_NAME.to_owned()),
        provider_domain: domain.unwrap_or_else(|| placeholder::PROVIDER_DOMAIN.to_owned()),
        topics,
        suggested_topics: Vec::new(),
        picture: None,
        player: None,
        language: None,
        note: None,
        is_published: false,
    }
}

fn parsed_url(url: &str, argument: &str) -> Result<HttpUrl, Diagnostic> {
    HttpUrl::parse(url).map_err(|_| {
        let message = format!("`{url}` is not a web address");
        Diagnostic::new(Code::InvalidArgument, Location::file(argument), message)
            .help("it begins with `https://`")
    })
}
