//! `newsgen add`: creates an article about a page of another site.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use chrono::{DateTime, Utc};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::new::{create, site_config, unused_path};
use super::process::{EXIT_SITE_ERRORS, executable, start_threads};
use super::terminal::Terminal;
use crate::build::read_documents;
use crate::config::{Config, SourceConfig, SourceFeeds};
use crate::curation::{ArticleProposal, EditorChoices, SiteKnowledge};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::fetched_page::{FetchedPage, failure};
use crate::http_url::{HttpUrl, UrlError};
use crate::net::{Client, ClientOptions, FetchError, HostState, PoliteClient};

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
    start_threads(None).map_err(one)?;
    let config = site_config(&args.root, now)?;
    let documents = read_documents(&args.root, &config, &executable())?;
    let site = SiteKnowledge::new(&documents, &config);
    site.check_new(&url).map_err(one)?;
    check_no_source(&url, &config).map_err(one)?;
    let page = fetch(url, &config).map_err(one)?;
    let choices = EditorChoices {
        topics: args.topic,
        note: args.note,
        is_published: args.publish,
        ..EditorChoices::default()
    };
    let ArticleProposal { article, notes } = site.propose(page, choices, now).map_err(one)?;
    let path = article.path(now, config.time_zone, &config.slugs);
    let path = create(&args.root, &unused_path(&args.root, &path, &HashSet::new()), &article)?;
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

/// Refuses the address of a feed that is a source of the site.
fn check_no_source(url: &HttpUrl, config: &Config) -> Result<(), Diagnostic> {
    let is_it = |source: &SourceConfig| source.feeds == SourceFeeds::Feed(url.clone());
    if !config.sources.iter().any(is_it) {
        return Ok(());
    }
    let message = "this is a feed, and already a source in site.toml";
    Err(Diagnostic::new(Code::UnreadablePage, Location::file(url.as_str()), message)
        .help("`newsgen pull` writes documents for its articles"))
}

/// Fetches a page and reads its metadata.
fn fetch(given: HttpUrl, config: &Config) -> Result<FetchedPage, Diagnostic> {
    let failed = |error: FetchError| failure(&given, &error);
    let client = Client::new(&ClientOptions::of_site(config)).map_err(failed)?;
    let client = PoliteClient::new(client, HostState::default(), config.now);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(FetchError::Connection(error.to_string())))?;
    runtime.block_on(FetchedPage::fetch(given, &client, config.time_zone))
}

/// The command of the editor.
fn editor() -> Result<String, Diagnostic> {
    let commands = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok());
    commands.into_iter().find(|command| !command.trim().is_empty()).ok_or_else(|| {
        Diagnostic::new(Code::EditorFailed, Location::file("--edit"), "no editor is set")
            .help("set the environment variable `EDITOR`, such as `EDITOR=nano`")
    })
}

/// The shell runs the editor, as in Git, so that its command may be quoted and have arguments.
#[cfg(unix)]
fn editor_command(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{command} \"$@\"")).arg(command);
    shell
}

#[cfg(not(unix))]
fn editor_command(command: &str) -> Command {
    let mut words = command.split_whitespace();
    let mut editor = Command::new(words.next().expect("the command is not blank"));
    editor.args(words);
    editor
}

/// Runs the editor.
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
    match editor_command(command).arg(path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => failed(status.to_string()),
        Err(error) => failed(error.to_string()),
    }
}
