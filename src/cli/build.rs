//! `newsgen build`, `newsgen check` and `newsgen next-change`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use serde::Serialize;

#[cfg(feature = "net")]
use super::check_links::LinkArgs;
use super::fix;
use super::formats::{Format, SitePaths};
use super::process::{
    EXIT_LEFT_OUT, EXIT_SITE_ERRORS, EXIT_USAGE, executable, now, source_date_epoch, start_threads,
    unix_nanos,
};
use super::terminal::{self, Terminal, print, print_error};
use crate::build::cache;
use crate::build::{
    self, BuildOptions, DEFAULT_OUTPUT, Outcome, OutputOptions, ProgressFn, Summary,
};
use crate::config::{Overrides, parse_base_url};
use crate::diagnostic::{Code, Diagnostic, Location, Origin};
use crate::escape::escaped_json;
use crate::http_url::HttpUrl;
use crate::publish::write_atomic;
use crate::reservations;
use crate::source;

#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    writing: WritingArgs,
    #[command(flatten)]
    printing: PrintingArgs,
}

#[derive(Debug, Args)]
struct PrintingArgs {
    /// How errors and warnings are printed: for people on standard error, for programs on standard
    /// output
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, hide_possible_values = true)]
    format: Format,
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
pub(super) struct NextChangeArgs {
    #[command(flatten)]
    site: SiteArgs,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Fix what has one right answer, such as misspelt keys and dates: shows the changes, and asks
    #[arg(long, conflicts_with = "format")]
    fix: bool,
    /// With `--fix`, change the files without asking
    #[arg(long, requires = "fix")]
    yes: bool,
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    printing: PrintingArgs,
    #[cfg(feature = "net")]
    #[command(flatten)]
    links: LinkArgs,
}

#[derive(Debug, Args)]
pub(super) struct SiteArgs {
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
    /// Include documents with `published: false` or below a minimum quality or heat
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

impl SiteArgs {
    /// The site's folder.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The same site, with everything that it does not publish.
    pub(super) fn with_all(self) -> Self {
        Self { unpublished: true, future: true, ..self }
    }
}

/// Builds a site.
pub(super) fn run(args: BuildArgs) -> ExitCode {
    build(args.site, Some(&args.writing), args.printing.format, |_, _| Vec::new())
}

/// Checks a site without writing it.
pub(super) fn check(args: CheckArgs) -> ExitCode {
    #[cfg(feature = "net")]
    let links = |options: &BuildOptions, report: &Terminal| args.links.check(options, report);
    #[cfg(not(feature = "net"))]
    let links = |_: &BuildOptions, _: &Terminal| Vec::new();
    if !args.fix {
        return build(args.site, None, args.printing.format, links);
    }
    let report = Terminal::new(!args.site.quiet);
    let options = match options(args.site, None) {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (found, seconds) = build_once(&options, &report);
    let (Outcome { mut diagnostics, summary, .. }, seconds) =
        match fix::fix(&paths(&options), &found.diagnostics, args.yes, &report) {
            Ok(0) => (found, seconds),
            Ok(_) => build_once(&options, &report),
            Err(errors) => {
                report.show(&errors);
                return ExitCode::from(EXIT_SITE_ERRORS);
            }
        };
    diagnostics.extend(links(&options, &report));
    finish(&report, &diagnostics, summary.as_ref(), true, seconds);
    ExitCode::from(status(&diagnostics, summary.as_ref(), true))
}

/// Builds a site, or checks it if `writing` is `None`. `more` diagnostics are added to its own.
fn build(
    args: SiteArgs,
    writing: Option<&WritingArgs>,
    format: Format,
    more: impl FnOnce(&BuildOptions, &Terminal) -> Vec<Diagnostic>,
) -> ExitCode {
    let is_check = writing.is_none();
    let report = Terminal::new(!args.quiet);
    let options = match options(args, writing) {
        Ok(options) => options,
        Err(status) => return status,
    };
    let changes_file = writing.and_then(|writing| writing.report.as_ref());
    if let Err(error) = check_report(
        changes_file.map(PathBuf::as_path),
        &options.root,
        options.config.as_deref(),
        std::slice::from_ref(&options.output.folder),
    ) {
        match format.text(std::slice::from_ref(&error), &paths(&options)) {
            Some(text) => _ = print(text.as_bytes()),
            None => report.show(&[error]),
        }
        return ExitCode::from(EXIT_SITE_ERRORS);
    }
    let (Outcome { mut diagnostics, summary, .. }, seconds) = build_once(&options, &report);
    diagnostics.extend(more(&options, &report));
    let failure = changes_file
        .zip(summary.as_ref())
        .and_then(|(file, summary)| write_json(file, &summary.changes).err());
    let status = match (&failure, status(&diagnostics, summary.as_ref(), is_check)) {
        (None, status) => status,
        (Some(_), _) => EXIT_SITE_ERRORS,
    };
    if format == Format::Human {
        finish(&report, &diagnostics, summary.as_ref(), is_check, seconds);
        report.show(failure.as_slice());
        return ExitCode::from(status);
    }
    diagnostics.extend(failure);
    report.note(&result(&diagnostics, summary.as_ref(), is_check, seconds));
    diagnostics.retain(|found| report.is_verbose() || found.is_error());
    let text = format.text(&diagnostics, &paths(&options)).unwrap_or_default();
    let printed = print(text.as_bytes());
    if printed == ExitCode::SUCCESS { ExitCode::from(status) } else { printed }
}

fn paths(options: &BuildOptions) -> SitePaths<'_> {
    SitePaths { root: &options.root, config: options.config.as_deref() }
}

/// Build options from the command line. An error is printed, and its exit status returned.
fn options(args: SiteArgs, writing: Option<&WritingArgs>) -> Result<BuildOptions, ExitCode> {
    let at = args.at.map_or_else(source_date_epoch, |at| Ok(Some(at))).map_err(|message| {
        print_error(&message);
        ExitCode::from(EXIT_USAGE)
    })?;
    start_threads(args.jobs).map_err(|error| {
        print_error(&error.message);
        ExitCode::from(EXIT_SITE_ERRORS)
    })?;
    let output = OutputOptions {
        folder: args.output_dir.unwrap_or_else(|| args.root.join(DEFAULT_OUTPUT)),
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
    Ok(BuildOptions {
        root,
        config,
        overrides,
        output,
        executable: executable(),
        scanned_at: unix_nanos(),
    })
}

/// Options of a command that only looks at a site. An error is printed, and its exit status returned.
pub(super) fn read_only_options(args: SiteArgs) -> Result<BuildOptions, ExitCode> {
    options(args, None)
}

/// Prints when a build would next give another site.
pub(super) fn next_change(args: NextChangeArgs) -> ExitCode {
    let report = Terminal::new(!args.site.quiet);
    let mut options = match options(args.site, None) {
        Ok(options) => options,
        Err(status) => return status,
    };
    // With the cache of the last build, documents need not be parsed.
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

/// Builds a site. Returns the outcome and the seconds it took.
pub(super) fn build_once(options: &BuildOptions, report: &Terminal) -> (Outcome, f64) {
    timed(report, |on_progress| build::build(options, on_progress))
}

/// Runs a build and returns its outcome and how many seconds it took.
pub(super) fn timed(
    report: &Terminal,
    build: impl FnOnce(ProgressFn<'_>) -> Outcome,
) -> (Outcome, f64) {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a build took is told to the user and to nobody else"
    )]
    let start = Instant::now();
    let outcome = build(&|progress| report.progress(progress));
    report.finish_progress();
    (outcome, start.elapsed().as_secs_f64())
}

/// Prints the diagnostics and the result for people, errors first.
pub(super) fn finish(
    report: &Terminal,
    diagnostics: &[Diagnostic],
    summary: Option<&Summary>,
    is_check: bool,
    seconds: f64,
) {
    let (errors, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
        diagnostics.iter().cloned().partition(Diagnostic::is_error);
    // A check does not reproduce I/O problems, so they are printed now.
    let (of_machine, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
        warnings.into_iter().partition(|warning| warning.origin == Origin::Io);
    report.show(if is_check && report.is_verbose() { diagnostics } else { &errors });
    if !is_check && report.is_verbose() {
        report.show(&of_machine);
    }
    let (of_output, others): (Vec<Diagnostic>, Vec<Diagnostic>) =
        warnings.into_iter().partition(|warning| warning.changes_output);
    if !is_check && summary.is_some() {
        report.show_limited(&of_output);
        if !others.is_empty() {
            report.note(&terminal::warnings(others.len(), !of_output.is_empty()));
        }
    }
    report.print(&result(diagnostics, summary, is_check, seconds));
}

/// The result in one line.
fn result(
    diagnostics: &[Diagnostic],
    summary: Option<&Summary>,
    is_check: bool,
    seconds: f64,
) -> String {
    let errors = diagnostics.iter().filter(|found| found.is_error()).count();
    let counts = terminal::counts(errors, diagnostics.len() - errors);
    match summary {
        None if is_check => format!("{counts}: the site cannot be published"),
        None => format!("{counts}: the site was not published"),
        Some(summary) if is_check => format!("{counts}: {}", terminal::site(summary)),
        Some(summary) => terminal::summary(summary, seconds),
    }
}

/// The exit status of a build or a check.
fn status(diagnostics: &[Diagnostic], summary: Option<&Summary>, is_check: bool) -> u8 {
    // Originals cannot be checked without the network.
    let fails_check = |found: &Diagnostic| found.is_denied || found.code == Code::UnusableNetwork;
    match summary {
        None => EXIT_SITE_ERRORS,
        Some(_) if is_check && diagnostics.iter().any(fails_check) => EXIT_SITE_ERRORS,
        Some(summary) if summary.stats.is_incomplete() => EXIT_LEFT_OUT,
        Some(_) => 0,
    }
}

/// Refuses a report in the place of a source of the site, existing or not, in the output folder, in
/// the place of a folder, or below a file.
pub(super) fn check_report(
    file: Option<&Path>,
    root: &Path,
    config: Option<&Path>,
    published: &[PathBuf],
) -> Result<(), Diagnostic> {
    let Some(file) = file else { return Ok(()) };
    let report = source::canonicalize(file);
    let state = source::canonicalize(&root.join(cache::FOLDER));
    let names = [source::CONFIG, reservations::LOCK];
    let mut files = names.iter().map(|name| root.join(name)).chain(config.map(Path::to_owned));
    let is_source = source::overlapping_folder(root, &report).is_some()
        || report.starts_with(state)
        || files.any(|file| source::canonicalize(&file) == report);
    let message = if is_source {
        "the report would overwrite or become a source of the site"
    } else if published.iter().any(|folder| report.starts_with(source::canonicalize(folder))) {
        "the report would overwrite or become a published file"
    } else if source::is_folder(file) || file.as_os_str().as_encoded_bytes().ends_with(b"/") {
        "the report must be a file"
    } else if is_below_file(file) {
        "the report must be in a folder"
    } else {
        return Ok(());
    };
    Err(Diagnostic::new(Code::InvalidArgument, Location::file(file.display().to_string()), message)
        .help("choose another file with `--report`"))
}

/// Whether a part of a path but the last is no folder.
fn is_below_file(path: &Path) -> bool {
    let exists = |path: &&Path| source::kind_of(path).is_ok_and(|kind| kind.is_some());
    let existing = path.ancestors().skip(1).find(exists);
    existing.is_some_and(|existing| !source::is_folder(existing))
}

/// Writes a JSON report.
pub(super) fn write_json(file: &Path, changes: &impl Serialize) -> Result<(), Diagnostic> {
    let json = serde_json::to_string_pretty(changes);
    write_atomic(file, |file| {
        let json = json?;
        writeln!(file, "{}", escaped_json(&json))
    })
}

pub(super) fn base_url(text: &str) -> Result<HttpUrl, String> {
    parse_base_url(text).ok_or_else(|| "expected a URL such as https://news.example/".to_owned())
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.to_utc())
        .map_err(|_| "expected a date and time such as 2026-08-09T14:24:00Z".to_owned())
}
