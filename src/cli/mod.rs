//! The command line interface.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the module that talks to the user")]

#[cfg(feature = "deploy")]
mod deploy;
mod panics;
mod init;
mod man_page;
mod new;
mod terminal;
mod serve;

use std::borrow::Cow;
use std::env::VarError;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use serde::Serialize;

use crate::build::{self, BuildOptions, Outcome, OutputOptions, Summary};
use crate::config::{Overrides, parse_base_url};
use crate::diagnostic::{Diagnostic, Location, Origin};
use crate::escape::{escaped, escaped_json};
use crate::http_url::HttpUrl;
use crate::publish::write_atomic;
use terminal::Terminal;

/// The site has errors.
const EXIT_SITE_ERRORS: u8 = 1;
/// The command line is wrong.
const EXIT_USAGE: u8 = 2;
/// The site is published, with documents left out.
const EXIT_LEFT_OUT: u8 = 3;

/// A static site generator for curated news feeds.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    after_help = "Exit status: 0 success, 1 the site has errors, 2 usage error, 3 published with documents left out, 70 internal error."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a new site
    #[command(after_help = "Example:\n  newsgen init my-site && newsgen build --root my-site")]
    Init(InitArgs),
    /// Create an article with today's date and front matter to fill in
    #[command(after_help = "Example:\n  newsgen new \"Harbour reopens after the storm\"")]
    New(NewArgs),
    /// Build the site
    #[command(
        after_help = "Examples:\n  newsgen build\n  newsgen build --root my-site --output-dir /srv/www --base-url https://news.example/\n  newsgen build --report changes.json"
    )]
    Build(BuildArgs),
    /// Serve the site locally, without touching its output folder
    #[command(after_help = "Example:\n  newsgen serve --open --unpublished")]
    Serve(serve::ServeArgs),
    /// Print when the site next needs a rebuild even if no file changes, or `never`
    #[command(
        after_help = "For example, when a future article becomes due or one leaves the news sitemap. Example:\n  newsgen next-change --root my-site"
    )]
    NextChange(NextChangeArgs),
    /// Upload a built site to its host: only what changed, in an order that never breaks pages
    #[cfg(feature = "deploy")]
    #[command(
        after_help = "Credentials come from the same environment variables as for the cloud providers' own tools. Examples:\n  newsgen build && newsgen deploy\n  newsgen deploy live --dry-run"
    )]
    Deploy(deploy::DeployArgs),
    /// Generate shell completions
    #[command(
        after_help = "Examples:\n  newsgen completions bash > /etc/bash_completion.d/newsgen\n  newsgen completions zsh > ~/.zfunc/_newsgen"
    )]
    Completions(CompletionsArgs),
    /// Generate the man page
    #[command(after_help = "Example:\n  newsgen man > /usr/local/share/man/man1/newsgen.1")]
    Man,
    /// Check the site for errors and warnings without writing it
    #[command(after_help = "Example:\n  newsgen check --future --unpublished")]
    Check(CheckArgs),
}

#[derive(Debug, Args)]
struct InitArgs {
    /// The folder of the new site: new, empty, or a new repository (files such as README.md are
    /// kept)
    dir: PathBuf,
    /// Copy the default theme's templates and assets into the site
    #[arg(long)]
    with_theme: bool,
}

#[derive(Debug, Args)]
struct NewArgs {
    /// The title of the article
    title: String,
    /// The site's folder
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
}

#[derive(Debug, Args)]
struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[derive(Debug, Args)]
struct BuildArgs {
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    writing: WritingArgs,
}

#[derive(Debug, Args)]
struct WritingArgs {
    /// Ignore the cache and rebuild everything
    #[arg(long)]
    fresh: bool,
    /// Use the output folder even if it contains files that newsgen did not write, and overwrite
    /// conflicting ones
    #[arg(long)]
    force: bool,
    /// Write a JSON report of written, unchanged and removed files
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct NextChangeArgs {
    #[command(flatten)]
    site: SiteArgs,
}

#[derive(Debug, Args)]
struct CheckArgs {
    #[command(flatten)]
    site: SiteArgs,
}

#[derive(Debug, Args)]
struct SiteArgs {
    /// The site's folder
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// The output folder [default: ROOT/public]
    #[arg(short, long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// The site's URL, overriding `base_url` in site.toml
    #[arg(short = 'u', long, value_name = "URL", value_parser = base_url)]
    base_url: Option<HttpUrl>,
    /// The configuration file [default: ROOT/site.toml]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Include documents with `published: false`
    #[arg(long)]
    unpublished: bool,
    /// Include articles dated in the future
    #[arg(long)]
    future: bool,
    /// Build as of this time (RFC 3339) [default: `SOURCE_DATE_EPOCH`, or now]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<DateTime<Utc>>,
    /// Publish even if published files are missing: the site or a folder is empty, or symbolic
    /// links hide them
    #[arg(long)]
    allow_empty: bool,
    /// Number of threads [default: one per core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Only print errors
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    panics::catch_panics(|| parse().map_or_else(|status| status, execute))
}

/// The command line. Where it is wrong, or asks for help, that is said here, and gives the status to end with.
fn parse() -> Result<Cli, ExitCode> {
    Cli::try_parse().map_err(|error| {
        let text = error.render().to_string();
        // Arguments are quoted as they are.
        if text.lines().any(|line| matches!(escaped(line), Cow::Owned(_))) {
            for line in text.lines() {
                let _ = writeln!(io::stderr(), "{}", escaped(line));
            }
        } else {
            let _ = error.print();
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(EXIT_USAGE))
    })
}

fn execute(cli: Cli) -> ExitCode {
    let result = match cli.command {
        Command::Init(args) => init::run(&args.dir, args.with_theme, now()),
        Command::New(args) => new::run(&args.title, &args.root, now()),
        Command::Build(args) => return build(args.site, Some(&args.writing)),
        Command::Serve(args) => return serve::run(&args),
        Command::NextChange(args) => return next_change(args.site),
        #[cfg(feature = "deploy")]
        Command::Deploy(args) => return deploy::run(&args),
        Command::Completions(args) => return print(&man_page::completions(Cli::command(), args.shell)),
        // Writing to memory does not fail.
        Command::Man => return print(&man_page::page(Cli::command()).unwrap_or_default()),
        Command::Check(args) => return build(args.site, None),
    };
    match result {
        Ok(lines) => {
            let report = Terminal::new(true);
            for line in lines {
                report.print(&line);
            }
            ExitCode::SUCCESS
        }
        Err(diagnostics) => {
            Terminal::new(false).show(&diagnostics);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

/// Prints a whole text.
fn print(text: &[u8]) -> ExitCode {
    match io::stdout().write_all(text) {
        Ok(()) => ExitCode::SUCCESS,
        // Who has read enough closes a pipe.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let location = Location::file("standard output");
            Terminal::new(false).show(&[Diagnostic::error(location, format!("cannot write to it: {error}"))]);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

/// Builds a site, or only checks it where there is nothing to say about writing.
fn build(args: SiteArgs, writing: Option<&WritingArgs>) -> ExitCode {
    let is_check = writing.is_none();
    let report = Terminal::new(!args.quiet);
    let options = match options(args, writing) {
        Ok(options) => options,
        Err(status) => return status,
    };
    let changes_file = writing.and_then(|writing| writing.report.as_ref());
    let (Outcome { diagnostics, summary, .. }, seconds) = build_once(&options, &report);
    let failure = changes_file
        .zip(summary.as_ref())
        .and_then(|(file, summary)| write_json(file, &summary.changes).err());
    let status = finish(&report, &diagnostics, summary, is_check, seconds);
    failure.map_or(status, |failure| {
        report.show(&[failure]);
        ExitCode::from(EXIT_SITE_ERRORS)
    })
}

/// What the command line says of a site. What is wrong with it is said here, and gives the status to end with.
fn options(args: SiteArgs, writing: Option<&WritingArgs>) -> Result<BuildOptions, ExitCode> {
    let at = args.at.map_or_else(source_date_epoch, |at| Ok(Some(at))).map_err(|message| {
        print_error(&message);
        ExitCode::from(EXIT_USAGE)
    })?;
    start_threads(args.jobs).map_err(|message| {
        print_error(&message);
        ExitCode::from(EXIT_SITE_ERRORS)
    })?;
    let output = OutputOptions {
        folder: args.output_dir.unwrap_or_else(|| args.root.join("public")),
        force: writing.is_some_and(|writing| writing.force),
        fresh: writing.is_some_and(|writing| writing.fresh),
        check_only: writing.is_none(),
        allow_empty: args.allow_empty,
    };
    let now = at.unwrap_or_else(now);
    let overrides = Overrides {
        base_url: args.base_url,
        now,
        unpublished: args.unpublished,
        future: args.future,
        preview: false,
    };
    let (root, config) = (args.root, args.config);
    Ok(BuildOptions { root, config, overrides, output, executable: executable(), scanned_at: unix_nanos() })
}

/// Prints an error without a location.
fn print_error(message: &str) {
    let _ = writeln!(io::stderr(), "error: {}", escaped(message));
}

/// Waits for Ctrl-C. Without a signal to wait for, the process is ended from outside.
async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Starts the threads of builds: as many as are asked for, else one for each core, or as many as the system gives, or this one
/// alone. They are started before rayon is told of them, which can be done only once.
fn start_threads(jobs: Option<u16>) -> Result<(), String> {
    let cores = || thread::available_parallelism().map_or(1, NonZero::get);
    let wanted = jobs.map_or_else(cores, usize::from);
    let start = || {
        let (sender, receiver) = mpsc::channel::<rayon::ThreadBuilder>();
        let work = move || receiver.recv().map_or((), rayon::ThreadBuilder::run);
        thread::Builder::new().spawn(work).map(|_| sender)
    };
    let mut failure = None;
    let mut note = |error| failure = Some(error);
    let started: Vec<_> = (0..wanted).map_while(|_| start().map_err(&mut note).ok()).collect();
    if let (Some(jobs), Some(error)) = (jobs, failure) {
        return Err(format!("cannot start {jobs} threads: {error}"));
    }
    // A panic reaches whoever joins the thread. Detached threads are joined by nobody, but the panic hook has seen theirs.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(started.len().max(1)).panic_handler(|_| {});
    let built = if started.is_empty() {
        pool.use_current_thread().build_global()
    } else {
        let hand_over = |thread: rayon::ThreadBuilder| {
            let sender = started.get(thread.index()).ok_or(io::ErrorKind::NotFound)?;
            sender.send(thread).map_err(|_| io::ErrorKind::BrokenPipe.into())
        };
        pool.spawn_handler(hand_over).build_global()
    };
    built.map_err(|error| format!("cannot start a thread: {error}"))
}

/// Prints when a build would make another site.
fn next_change(args: SiteArgs) -> ExitCode {
    let report = Terminal::new(!args.quiet);
    let mut options = match options(args, None) {
        Ok(options) => options,
        Err(status) => return status,
    };
    // What the last build knows saves the reading of all documents.
    options.output.check_only = false;
    match build::next_change(&options) {
        Ok(next) => {
            let next = next.map(|next| next.to_rfc3339_opts(SecondsFormat::AutoSi, true));
            print(format!("{}\n", next.as_deref().unwrap_or("never")).as_bytes())
        }
        Err(diagnostics) => {
            report.show(&diagnostics);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

/// Builds a site and says how many seconds that took.
fn build_once(options: &BuildOptions, report: &Terminal) -> (Outcome, f64) {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a build took is told to the user and to nobody else"
    )]
    let start = Instant::now();
    let outcome = build::build(options, &|progress| report.progress(progress));
    report.finish_progress();
    (outcome, start.elapsed().as_secs_f64())
}

/// Shows what was found and what was done, the errors first and the summary last.
fn finish(
    report: &Terminal,
    diagnostics: &[Diagnostic],
    summary: Option<Summary>,
    is_check: bool,
    seconds: f64,
) -> ExitCode {
    let (errors, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
        diagnostics.iter().cloned().partition(Diagnostic::is_error);
    // What went wrong on the machine will not be found by a check.
    let (of_machine, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
        warnings.into_iter().partition(|warning| warning.origin == Origin::Io);
    report.show(if is_check && report.is_verbose() { diagnostics } else { &errors });
    if !is_check && report.is_verbose() {
        report.show(&of_machine);
    }
    let counts = terminal::counts(errors.len(), warnings.len() + of_machine.len());
    let (of_output, others): (Vec<Diagnostic>, Vec<Diagnostic>) =
        warnings.into_iter().partition(|warning| warning.changes_output);
    let Some(summary) = summary else {
        let what = if is_check { "the site cannot be published" } else { "the site was not published" };
        report.print(&format!("{counts}: {what}"));
        return ExitCode::from(EXIT_SITE_ERRORS);
    };
    if is_check {
        report.print(&format!("{counts}: {}", terminal::site(&summary)));
    } else {
        report.show_limited(&of_output);
        if !others.is_empty() {
            report.note(&terminal::warnings(others.len()));
        }
        report.print(&terminal::summary(&summary, seconds));
    }
    ExitCode::from(if summary.stats.left_out > 0 { EXIT_LEFT_OUT } else { 0 })
}

/// Writes what was changed, for programs.
fn write_json(file: &Path, changes: &impl Serialize) -> Result<(), Diagnostic> {
    let json = serde_json::to_string_pretty(changes);
    write_atomic(file, |file| {
        let json = json?;
        writeln!(file, "{}", escaped_json(&json))
    })
}

#[expect(clippy::disallowed_methods, reason = "this is where the clock enters")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The time in nanoseconds since 1970, as files are stamped with it.
#[expect(clippy::disallowed_methods, reason = "this is where the clock enters")]
fn unix_nanos() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_nanos()).unwrap_or(i64::MAX)
}

/// The executable of this process; nothing where the system does not say.
fn executable() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}

fn base_url(text: &str) -> Result<HttpUrl, String> {
    parse_base_url(text).ok_or_else(|| "expected a URL such as https://news.example/".to_owned())
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.to_utc())
        .map_err(|_| "expected a date and time such as 2026-08-09T14:24:00Z".to_owned())
}

/// The instant that <https://reproducible-builds.org/specs/source-date-epoch/> lets a build system set.
fn source_date_epoch() -> Result<Option<DateTime<Utc>>, String> {
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text,
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(text)) => text.to_string_lossy().into_owned(),
    };
    let instant = seconds.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    instant.map(Some).ok_or_else(|| format!("SOURCE_DATE_EPOCH must be a number of seconds, not `{seconds}`"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn clap_definition_is_valid() {
        super::Cli::command().debug_assert();
    }
}
