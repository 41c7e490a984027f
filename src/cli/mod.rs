//! The command line: arguments become options, and what comes of them becomes lines and an exit status.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the module that talks to the user")]

#[cfg(feature = "deploy")]
mod deploy;
mod guard;
mod init;
mod manual;
mod new;
mod report;
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

use crate::address::Address;
use crate::build::{self, Options, Outcome, OutputOptions, Summary};
use crate::config::{Overrides, site_address};
use crate::diagnostic::{Cause, Diagnostic, Place};
use crate::escape::{escaped, escaped_json};
use crate::publish::replace_file;
use report::Report;

/// The site has errors.
const SITE_HAS_ERRORS: u8 = 1;
/// The command line is wrong.
const WRONG_USAGE: u8 = 2;
/// The site is published, with documents left out.
const LEFT_OUT: u8 = 3;

/// A static site generator for curated news feeds.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    after_help = "Exit status: 0 done, 1 the site has errors, 2 wrong usage, 3 published with documents left out, 70 newsgen has a mistake of its own."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a new site that builds at once
    #[command(after_help = "Example:\n  newsgen init my-site && newsgen build --root my-site")]
    Init(InitArgs),
    /// Start a new article: a file with today's date and filled-in front matter
    #[command(after_help = "Example:\n  newsgen new \"Harbour reopens after the storm\"")]
    New(NewArgs),
    /// Publish the site into its output folder
    #[command(
        after_help = "Examples:\n  newsgen build\n  newsgen build --root my-site --output-dir /srv/www --base-url https://news.example/\n  newsgen build --report changes.json"
    )]
    Build(BuildArgs),
    /// Show the site in a browser on this machine; its output folder stays as it is
    #[command(after_help = "Example:\n  newsgen serve --open --unpublished")]
    Serve(serve::ServeArgs),
    /// Print the next instant at which a build would make another site with no file changed, or `never`
    #[command(
        after_help = "An article that is dated ahead becomes due, or one leaves the news sitemap. Example:\n  newsgen next-change --root my-site"
    )]
    NextChange(NextChangeArgs),
    /// Send a built site to its host: what has changed, in an order in which no reader meets a broken page
    #[cfg(feature = "deploy")]
    #[command(
        after_help = "Credentials come from the environment, as the clouds' own tools take them. Examples:\n  newsgen build && newsgen deploy\n  newsgen deploy live --dry-run"
    )]
    Deploy(deploy::DeployArgs),
    /// Print what lets a shell complete the commands and options of newsgen
    #[command(
        after_help = "Examples:\n  newsgen completions bash > /etc/bash_completion.d/newsgen\n  newsgen completions zsh > ~/.zfunc/_newsgen"
    )]
    Completions(CompletionsArgs),
    /// Print the manual page of newsgen, for `man`
    #[command(after_help = "Example:\n  newsgen man > /usr/local/share/man/man1/newsgen.1")]
    Man,
    /// Do everything that build does, short of writing, and show warnings too
    #[command(after_help = "Example:\n  newsgen check --future --unpublished")]
    Check(CheckArgs),
}

#[derive(Debug, Args)]
struct InitArgs {
    /// The folder of the new site: new, empty, or a new repository with files such as README.md, which stay
    dir: PathBuf,
    /// Write out the default theme's templates and assets, to be changed
    #[arg(long)]
    with_theme: bool,
}

#[derive(Debug, Args)]
struct NewArgs {
    /// The title of the article
    title: String,
    /// The folder of the site
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
    /// Do everything anew, whatever the previous build left
    #[arg(long)]
    fresh: bool,
    /// Use the output folder even if it holds files that newsgen did not write, and overwrite those in the way
    #[arg(long)]
    force: bool,
    /// Write to this file, as JSON, which files of the output folder were written, unchanged and removed
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
    /// The folder of the site
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Where the site goes, relative to the current folder [default: ROOT/public]
    #[arg(short, long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// The address of the site, in place of the one in site.toml
    #[arg(short = 'u', long, value_name = "URL", value_parser = base_url)]
    base_url: Option<Address>,
    /// The configuration, in place of ROOT/site.toml
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Publish documents with `published: false`, too
    #[arg(long)]
    unpublished: bool,
    /// Publish articles dated after now, too
    #[arg(long)]
    future: bool,
    /// The "now" of this build, by RFC 3339 [default: `SOURCE_DATE_EPOCH`, else the clock]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<DateTime<Utc>>,
    /// Publish the site even if files of the last build are missing: none is left in the site or in one of its folders, or
    /// symbolic links hide them
    #[arg(long)]
    allow_empty: bool,
    /// How many threads to use [default: one for each core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    guard::guarded(|| parse().map_or_else(|status| status, execute))
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
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(WRONG_USAGE))
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
        Command::Completions(args) => return print(&manual::completions(Cli::command(), args.shell)),
        // Writing to memory does not fail.
        Command::Man => return print(&manual::page(Cli::command()).unwrap_or_default()),
        Command::Check(args) => return build(args.site, None),
    };
    match result {
        Ok(lines) => {
            let report = Report::new(true);
            for line in lines {
                report.say(&line);
            }
            ExitCode::SUCCESS
        }
        Err(diagnostics) => {
            Report::new(false).show(&diagnostics);
            ExitCode::from(SITE_HAS_ERRORS)
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
            let place = Place::file("standard output");
            Report::new(false).show(&[Diagnostic::error(place, format!("cannot write to it: {error}"))]);
            ExitCode::from(SITE_HAS_ERRORS)
        }
    }
}

/// Builds a site, or only checks it where there is nothing to say about writing.
fn build(args: SiteArgs, writing: Option<&WritingArgs>) -> ExitCode {
    let is_check = writing.is_none();
    let report = Report::new(!args.quiet);
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
        ExitCode::from(SITE_HAS_ERRORS)
    })
}

/// What the command line says of a site. What is wrong with it is said here, and gives the status to end with.
fn options(args: SiteArgs, writing: Option<&WritingArgs>) -> Result<Options, ExitCode> {
    let at = args.at.map_or_else(source_date_epoch, |at| Ok(Some(at))).map_err(|message| {
        complain(&message);
        ExitCode::from(WRONG_USAGE)
    })?;
    start_threads(args.jobs).map_err(|message| {
        complain(&message);
        ExitCode::from(SITE_HAS_ERRORS)
    })?;
    let output = OutputOptions {
        folder: args.output_dir.unwrap_or_else(|| args.root.join("public")),
        force: writing.is_some_and(|writing| writing.force),
        fresh: writing.is_some_and(|writing| writing.fresh),
        only_check: writing.is_none(),
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
    Ok(Options { root, config, overrides, output, program: program(), looked_at: clock_of_files() })
}

/// Says what is wrong where no place can be named.
fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "error: {}", escaped(message));
}

/// Waits for Ctrl-C. Without a signal to wait for, the process is ended from outside.
async fn interrupted() {
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
    // Whoever waits for a thread hears of its panic. Nobody waits for the others, whose panics the guard has noted.
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
    let report = Report::new(!args.quiet);
    let mut options = match options(args, None) {
        Ok(options) => options,
        Err(status) => return status,
    };
    // What the last build knows saves the reading of all documents.
    options.output.only_check = false;
    match build::next_change(&options) {
        Ok(next) => {
            let next = next.map(|next| next.to_rfc3339_opts(SecondsFormat::AutoSi, true));
            print(format!("{}\n", next.as_deref().unwrap_or("never")).as_bytes())
        }
        Err(diagnostics) => {
            report.show(&diagnostics);
            ExitCode::from(SITE_HAS_ERRORS)
        }
    }
}

/// Builds a site and says how many seconds that took.
fn build_once(options: &Options, report: &Report) -> (Outcome, f64) {
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
    report: &Report,
    diagnostics: &[Diagnostic],
    summary: Option<Summary>,
    is_check: bool,
    seconds: f64,
) -> ExitCode {
    let (errors, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
        diagnostics.iter().cloned().partition(Diagnostic::is_error);
    // What went wrong on the machine will not be found by a check.
    let (of_machine, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
        warnings.into_iter().partition(|warning| warning.cause == Cause::Machine);
    report.show(if is_check && report.talks() { diagnostics } else { &errors });
    if !is_check && report.talks() {
        report.show(&of_machine);
    }
    let counts = report::counts(errors.len(), warnings.len() + of_machine.len());
    let (of_output, others): (Vec<Diagnostic>, Vec<Diagnostic>) =
        warnings.into_iter().partition(|warning| warning.changes_output);
    let Some(summary) = summary else {
        let what = if is_check { "the site cannot be published" } else { "the site was not published" };
        report.say(&format!("{counts}: {what}"));
        return ExitCode::from(SITE_HAS_ERRORS);
    };
    if is_check {
        report.say(&format!("{counts}: {}", report::site(&summary)));
    } else {
        report.show_some(&of_output);
        if !others.is_empty() {
            report.note(&report::warnings(others.len()));
        }
        report.say(&report::summary(&summary, seconds));
    }
    ExitCode::from(if summary.census.left_out > 0 { LEFT_OUT } else { 0 })
}

/// Writes what was changed, for programs.
fn write_json(file: &Path, changes: &impl Serialize) -> Result<(), Diagnostic> {
    let json = serde_json::to_string_pretty(changes);
    replace_file(file, |file| {
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
fn clock_of_files() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_nanos()).unwrap_or(i64::MAX)
}

/// The executable of this process; nothing where the system does not say.
fn program() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}

fn base_url(text: &str) -> Result<Address, String> {
    site_address(text)
        .ok_or_else(|| "expected the address of a site, such as https://news.example/".to_owned())
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.to_utc())
        .map_err(|_| "expected an instant such as 2026-08-09T14:24:00Z".to_owned())
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
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
