//! `newsgen add`: creates an article about a page of another site.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use chrono::{DateTime, Utc};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::new::create;
use super::process::{EXIT_SITE_ERRORS, start_threads};
use super::terminal::Terminal;
use crate::build::{ConfigError, read_config, read_documents};
use crate::config::{Config, Overrides};
use crate::curation::{ArticleProposal, EditorChoices, FetchedPage, SiteKnowledge};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::http_url::{HttpUrl, UrlError};
use crate::metadata::{self, PageMetadata};
use crate::net::{Client, ClientOptions, FetchError, Response, Validators};
use crate::source::{DOCUMENT_EXTENSIONS, kind_of};

/// The arguments of `newsgen add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// The URL of the article
    url: String,
    /// A topic; can be repeated
    #[arg(long, value_name = "TOPIC", value_parser = NonEmptyStringValueParser::new())]
    topic: Vec<String>,
    /// Your own words about the article, in Markdown
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Publish the article with the next build
    #[arg(long)]
    publish: bool,
    /// Open the document in the editor that `VISUAL` or `EDITOR` names
    #[arg(long)]
    edit: bool,
    /// The site's folder
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
}

/// The types of resources to ask for.
const HTML: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
const JSON: &str = "application/json";

/// What helps if a page cannot be read.
const WITHOUT_PAGE: &str = "`newsgen new URL` creates a document to fill in";

/// Creates the document, and prints its path and what was not found.
pub(super) fn run(args: AddArgs, now: DateTime<Utc>) -> ExitCode {
    let report = Terminal::new(true);
    match add(args, now, &report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(diagnostics) => {
            report.show(&diagnostics);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

fn add(args: AddArgs, now: DateTime<Utc>, report: &Terminal) -> Result<(), Vec<Diagnostic>> {
    let one = |diagnostic| vec![diagnostic];
    let url = parsed(&args.url).map_err(one)?;
    let editor = if args.edit { Some(editor().map_err(one)?) } else { None };
    start_threads(None).map_err(|message| {
        vec![Diagnostic::new(Code::NoThread, Location::file("newsgen"), message)]
    })?;
    let overrides =
        Overrides { base_url: None, now, unpublished: false, future: false, preview: false };
    let config =
        read_config(&args.root, None, &overrides).map_err(ConfigError::into_diagnostics)?;
    let documents = read_documents(&args.root, &config)?;
    let site = SiteKnowledge::new(&documents, &config);
    site.check_new(&url).map_err(one)?;
    let page = fetch(url, &config).map_err(one)?;
    let choices = EditorChoices { topics: args.topic, note: args.note, is_published: args.publish };
    let ArticleProposal { article, notes } = site.propose(page, choices, now).map_err(one)?;
    let path = article.path(now, config.time_zone, &config.slugs);
    let path = create(&args.root, &unused_path(&args.root, path), &article)?;
    report.print(&path.display().to_string());
    for note in notes {
        report.note(&note);
    }
    editor.map_or(Ok(()), |editor| edit(&editor, &path)).map_err(one)
}

fn parsed(url: &str) -> Result<HttpUrl, Diagnostic> {
    HttpUrl::parse(url).map_err(|error| {
        let (message, help) = match error {
            UrlError::NotAnAddress => ("this is not a web address", "it begins with `https://`"),
            UrlError::Credentials => {
                ("this address contains a user name or password", "pass it without them")
            }
            UrlError::Scheme(_) => {
                ("this is not a web address", "only `https` and `http` addresses can be read")
            }
        };
        Diagnostic::new(Code::InvalidArgument, Location::file(url), message).help(help)
    })
}

/// Fetches a page and reads its metadata.
fn fetch(given: HttpUrl, config: &Config) -> Result<FetchedPage, Diagnostic> {
    let failed = |error: FetchError| fetch_failure(&given, &error);
    let options = ClientOptions {
        user_agent: format!(
            "newsgen/{} (+{})",
            env!("CARGO_PKG_VERSION"),
            config.base_url.as_str()
        ),
        allow_private: config.net.allow_private,
    };
    let client = Client::new(&options).map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(FetchError::Connection(error.to_string())))?;
    let get =
        |url: &HttpUrl, accept| runtime.block_on(client.get(url, accept, &Validators::default()));
    let page = get(&given, HTML).map_err(failed)?;
    check_page(&given, &page)?;
    let found =
        metadata::read(&page.body, page.content_type.as_deref(), &page.url, config.time_zone);
    let metadata = match found.oembed.clone().filter(|_| lacks_what_oembed_has(&found)) {
        // It is only a supplement, so that errors do not matter.
        Some(url) => match get(&url, JSON) {
            Ok(Response { body, url, .. }) => found.with_oembed(&body, &url),
            Err(_) => found,
        },
        None => found,
    };
    Ok(FetchedPage { given, url: page.url, metadata })
}

fn lacks_what_oembed_has(metadata: &PageMetadata) -> bool {
    metadata.title.is_none() || metadata.picture.is_none()
}

fn fetch_failure(url: &HttpUrl, error: &FetchError) -> Diagnostic {
    let help = match error {
        FetchError::PrivateAddress(_) => {
            "if this site is in your own network, write `allow_private = true` in the table `[net]` of site.toml"
        }
        FetchError::Redirect(_) | FetchError::TooManyRedirects => {
            "pass the address that a browser shows when it has opened the page"
        }
        FetchError::TooLarge => WITHOUT_PAGE,
        FetchError::Timeout => "try again later",
        FetchError::Connection(_) => "check the address and the connection",
    };
    let message = format!("cannot read the page: {error}");
    Diagnostic::new(Code::UnreadablePage, Location::file(url.as_str()), message).help(help)
}

/// Refuses a response that is not a page.
fn check_page(url: &HttpUrl, page: &Response) -> Result<(), Diagnostic> {
    let refused = |message: String, help: &str| {
        Err(Diagnostic::new(Code::UnreadablePage, Location::file(url.as_str()), message).help(help))
    };
    if page.status != 200 {
        let help = match page.status {
            404 | 410 => "there is no such page; check the address",
            429 | 500.. => "try again later",
            _ => WITHOUT_PAGE,
        };
        return refused(format!("the server responds with status {}", page.status), help);
    }
    let content_type = page.content_type.as_deref().unwrap_or("text/html");
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(&*media_type, "text/html" | "application/xhtml+xml") {
        return refused(format!("this is no web page but `{media_type}`"), WITHOUT_PAGE);
    }
    Ok(())
}

/// The path, or one with a number if there is a document about another article with this title.
fn unused_path(root: &Path, path: PathBuf) -> PathBuf {
    let is_unused = |path: &PathBuf| {
        let mut spellings = DOCUMENT_EXTENSIONS.iter().map(|ending| path.with_extension(ending));
        spellings.all(|path| matches!(kind_of(&root.join(path)), Ok(None)))
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = (2..100).map(|number| path.with_file_name(format!("{stem}-{number}.md")));
    let found = std::iter::once(path.clone()).chain(numbered).find(is_unused);
    found.unwrap_or(path)
}

/// The command of the editor.
fn editor() -> Result<String, Diagnostic> {
    let commands = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok());
    commands.into_iter().find(|command| !command.trim().is_empty()).ok_or_else(|| {
        Diagnostic::new(Code::EditorFailed, Location::file("--edit"), "no editor is set")
            .help("set the environment variable `EDITOR`, such as `EDITOR=nano`")
    })
}

/// Runs the editor, whose command may have arguments.
fn edit(command: &str, path: &Path) -> Result<(), Diagnostic> {
    let failed = |reason: String| {
        let message = format!("the editor `{command}` failed: {reason}");
        Err(Diagnostic::new(
            Code::EditorFailed,
            Location::file(path.display().to_string()),
            message,
        )
        .help("the document is complete; open it yourself"))
    };
    let mut words = command.split_whitespace();
    let program = words.next().expect("the command is not blank");
    match Command::new(program).args(words).arg(path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => failed(status.to_string()),
        Err(error) => failed(error.to_string()),
    }
}
