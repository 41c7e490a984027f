//! `newsgen serve`: a site on this machine, while it is written.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;

use super::report::{self, Report};
use super::{SITE_HAS_ERRORS, build_once, clock_of_files, finish, interrupted, now, program, start_threads};
use crate::build::{Options, Outcome, OutputOptions};
use crate::config::{Overrides, site_address};
use crate::diagnostic::{Cause, Diagnostic, Place};
use crate::serve::{self, Built, Live, News, Site, Watch};
use crate::state;

/// How long a build that failed because of the machine waits to be tried again: at first, and at most.
const RETRY_IN: Duration = Duration::from_secs(1);
const RETRY_IN_AT_MOST: Duration = Duration::from_secs(60);

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The folder of the site
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Build the site again whenever a file is saved, and show it at once in the pages that are open
    #[arg(short, long)]
    watch: bool,
    /// Look for changes every so many seconds, for drives that do not tell of them; turns `--watch` on
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    poll: Option<Duration>,
    /// The port to listen at; the next free one if it is taken
    #[arg(short, long, default_value_t = 1111)]
    port: u16,
    /// The address or name of this machine to listen at; any but the default one may let other machines in
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: String,
    /// Open the site in the browser
    #[arg(long)]
    open: bool,
    /// Publish documents with `published: false`, too
    #[arg(long)]
    unpublished: bool,
    /// Publish articles dated after now, too
    #[arg(long)]
    future: bool,
}

/// Builds a site into a folder of its own and serves it until the user ends it.
pub(super) fn run(args: &ServeArgs) -> ExitCode {
    let report = Arc::new(Report::new(true));
    match serve(args, &report) {
        Ok(status) => status,
        Err(diagnostic) => {
            report.show(&[diagnostic]);
            ExitCode::from(SITE_HAS_ERRORS)
        }
    }
}

fn serve(args: &ServeArgs, report: &Arc<Report>) -> Result<ExitCode, Diagnostic> {
    start_threads(None).map_err(|message| Diagnostic::error(Place::file("newsgen"), message))?;
    let (listener, address) = serve::listen(&args.host, args.port)?;
    if ![0, address.port()].contains(&args.port) {
        report.note(&format!("port {} is taken, so this is port {}", args.port, address.port()));
    }
    let url = format!("http://{}/", shown(&args.host, address));
    let options = options(args, &url, address)?;
    let (outcome, seconds) = build_once(&options, report);
    let found = Before::first(&outcome);
    let has_site = outcome.summary.is_some();
    let status = finish(report, &outcome.diagnostics, outcome.summary, false, seconds);
    let is_watched = args.watch || args.poll.is_some();
    if !has_site && !is_watched {
        return Ok(status);
    }
    let name = args.host.parse::<IpAddr>().is_err().then(|| args.host.clone());
    let folder = options.output.folder.clone();
    let live = is_watched.then(|| rebuild(options, args.poll, found, Arc::clone(report))).transpose()?;
    let failed = |error| Diagnostic::error(Place::file(&url), format!("cannot serve: {error}"));
    let announce = || {
        report.say(&format!("{url} until Ctrl-C"));
        if !address.ip().is_loopback() {
            report.note("other machines can see this site, too, by the address of this one");
        }
        if args.open
            && let Err(error) = opener::open_browser(&url)
        {
            report.note(&format!("cannot open a browser: {error}"));
        }
    };
    serve::run(Site { folder, name, live }, listener, interrupted(), announce).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds the site again whenever its sources may have changed, on a thread that ends with the process.
fn rebuild(
    mut options: Options,
    poll: Option<Duration>,
    mut before: Before,
    report: Arc<Report>,
) -> Result<Arc<Live>, Diagnostic> {
    let news = News { errors: before.errors.clone(), has_new_styles: false };
    // No two servers of one site begin at one instant.
    let live = Arc::new(Live::new(clock_of_files(), news));
    let teller = Arc::clone(&live);
    let work = move || {
        let (watch, notice) = Watch::start(&options.root, poll);
        let note = |notice: &str| report.note(notice);
        if let Some(notice) = notice {
            note(&notice);
        }
        serve::rebuild(watch, &teller, note, |is_outdated| {
            options.overrides.now = now();
            options.looked_at = clock_of_files();
            build_again(&options, &mut before, is_outdated, &report)
        })
    };
    let started = thread::Builder::new().spawn(work);
    started.map(|_| live).map_err(|error| {
        Diagnostic::error(Place::file("newsgen"), format!("cannot start the thread that watches: {error}"))
            .help("serve without `--watch`, or raise the limit of processes, as by `ulimit -u`")
            .caused_by(Cause::Machine)
    })
}

/// What the build before found.
struct Before {
    errors: String,
    /// How many warnings were only counted.
    warnings: usize,
    /// What was shown of the others, by file and message: a line that has moved is no news.
    of_output: BTreeSet<(String, String)>,
    /// Whether it was the first one, so that the next one follows without a change.
    is_first: bool,
    /// How long it waited to be tried again, if it failed because of the machine.
    retried_in: Option<Duration>,
}

impl Before {
    /// What the first build of a server found.
    fn first(outcome: &Outcome) -> Self {
        let mut first = Self {
            errors: report::errors(&outcome.diagnostics),
            warnings: count_warnings(outcome),
            of_output: BTreeSet::new(),
            is_first: true,
            retried_in: None,
        };
        first.news_of_output(outcome);
        first
    }

    /// The warnings about what is published that are new, from now on known. A build that publishes nothing has none.
    fn news_of_output(&mut self, outcome: &Outcome) -> Vec<Diagnostic> {
        if outcome.summary.is_none() {
            return Vec::new();
        }
        let key = |found: &Diagnostic| (found.place.file.clone(), found.message.clone());
        let found = || outcome.diagnostics.iter().filter(|found| found.changes_output);
        let news = found().filter(|found| !self.of_output.contains(&key(found))).cloned().collect();
        self.of_output = found().map(key).collect();
        news
    }
}

/// Builds a site. A build that fails because files are changing just now says nothing: the next one follows at once.
fn build_again(
    options: &Options,
    before: &mut Before,
    is_outdated: &dyn Fn() -> bool,
    report: &Report,
) -> Built {
    let (outcome, seconds) = build_once(options, report);
    if outcome.summary.is_none() && is_outdated() {
        return Built::default();
    }
    let errors = report::errors(&outcome.diagnostics);
    before.retried_in = retry_in(&outcome, before.retried_in);
    let is_new = say(&outcome, &errors, seconds, before, report);
    let Some(summary) = outcome.summary else {
        let news = News { errors, has_new_styles: false };
        return Built { news: is_new.then_some(news), changes_in: before.retried_in };
    };
    let is_style = |path: &Arc<str>| Path::new(&**path).extension().is_some_and(|ending| ending == "css");
    let news = News { errors, has_new_styles: summary.changes.written.iter().any(is_style) };
    // An instant that is just over is over at the next look.
    let wait = |until: DateTime<Utc>| (until - now()).to_std().unwrap_or_default() + Duration::from_millis(1);
    Built { news: is_new.then_some(news), changes_in: summary.until.map(wait) }
}

/// After what time a build is tried again without a change: no event tells that there is room on the disk again, or that a
/// file can be opened.
fn retry_in(outcome: &Outcome, before: Option<Duration>) -> Option<Duration> {
    let is_of_machine = |found: &Diagnostic| found.is_error() && found.cause != Cause::Text;
    let has_failed = outcome.summary.is_none() && outcome.diagnostics.iter().any(is_of_machine);
    let longer = |before: Duration| before.saturating_mul(2).min(RETRY_IN_AT_MOST);
    has_failed.then(|| before.map_or(RETRY_IN, longer))
}

/// Says what a build came to, as far as it is worth a line, and whether it is anything new.
fn say(outcome: &Outcome, errors: &str, seconds: f64, before: &mut Before, report: &Report) -> bool {
    let has_other_errors = errors != before.errors;
    let (is_published, writes) = match &outcome.summary {
        Some(summary) => (true, !summary.changes.is_empty()),
        None => (false, false),
    };
    let is_new = writes || has_other_errors || (is_published && !outcome.changed.is_empty());
    if has_other_errors {
        let found = outcome.diagnostics.iter().filter(|found| found.is_error()).cloned();
        report.show(&found.collect::<Vec<_>>());
        errors.clone_into(&mut before.errors);
    }
    report.show_some(&before.news_of_output(outcome));
    // What is still wrong is worth a line after each save.
    if is_new || !(is_published || before.is_first) {
        report.say(&report::rebuilt(outcome, has_other_errors && errors.is_empty(), seconds));
    }
    let warnings = count_warnings(outcome);
    if warnings > before.warnings {
        report.note(&report::warnings(warnings));
    }
    (before.warnings, before.is_first) = (warnings, false);
    is_new
}

fn count_warnings(outcome: &Outcome) -> usize {
    outcome.diagnostics.iter().filter(|found| !found.is_error() && !found.changes_output).count()
}

/// The host and the port as an address of the web has them. Who listens at all addresses is found here by this one, too.
fn shown(host: &str, address: SocketAddr) -> String {
    match host.parse() {
        Ok(ip) if IpAddr::is_unspecified(&ip) => format!("localhost:{}", address.port()),
        Ok(IpAddr::V6(_)) => format!("[{host}]:{}", address.port()),
        _ => format!("{host}:{}", address.port()),
    }
}

/// The folder of a server's site: no two servers have one address.
fn folder_of(address: SocketAddr) -> String {
    format!("serve-{}-{}", address.ip().to_string().replace(':', "_"), address.port())
}

fn options(args: &ServeArgs, url: &str, address: SocketAddr) -> Result<Options, Diagnostic> {
    let base_url = site_address(url).ok_or_else(|| {
        Diagnostic::error(Place::file(url), "this is no address of a site").help("name another `--host`")
    })?;
    let overrides = Overrides {
        base_url: Some(base_url),
        now: now(),
        unpublished: args.unpublished,
        future: args.future,
        preview: true,
    };
    let output = OutputOptions {
        folder: args.root.join(state::FOLDER).join(folder_of(address)),
        force: false,
        fresh: false,
        only_check: false,
        // Whoever writes a site may empty a folder; what is published stays as it is.
        allow_empty: true,
    };
    let root = args.root.clone();
    Ok(Options { root, config: None, overrides, output, program: program(), looked_at: clock_of_files() })
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.1..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "expected seconds, from 0.1 to 3600".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_of_failed_builds_come_later_and_later() {
        let failed = |cause| Outcome {
            diagnostics: vec![Diagnostic::error(Place::file("a"), "failed").caused_by(cause)],
            ..Outcome::default()
        };
        let mut waits = vec![None];
        for _ in 0..8 {
            waits.push(retry_in(&failed(Cause::Machine), waits[waits.len() - 1]));
        }
        let seconds: Vec<u64> = waits.into_iter().flatten().map(|wait| wait.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(retry_in(&failed(Cause::Change), None), Some(RETRY_IN));
        assert_eq!(
            retry_in(&failed(Cause::Text), Some(RETRY_IN_AT_MOST)),
            None,
            "an edit brings the next build"
        );
        let warned = Outcome {
            diagnostics: vec![Diagnostic::warning(Place::file("a"), "slow").caused_by(Cause::Machine)],
            ..Outcome::default()
        };
        assert_eq!(retry_in(&warned, None), None);
    }
}
