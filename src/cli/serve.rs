//! `newsgen serve`: a local preview that rebuilds on changes.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;

use super::build::{build_once, finish, timed};
use super::process::{EXIT_SITE_ERRORS, ctrl_c, executable, now, start_threads, unix_nanos};
use super::terminal::{self, Terminal};
use crate::build::cache;
use crate::build::{self, BuildOptions, FULL_SCAN_INTERVAL, Outcome, OutputOptions, Session};
use crate::config::{Overrides, parse_base_url};
use crate::diagnostic::{Code, Diagnostic, Location, Origin};
use crate::serve::{
    self, BuildEvent, LiveReload, RebuildResult, ServedSite, SiteRoot, SourceWatcher,
};
use crate::source::ScanScope;

/// The delay before a build that failed because of I/O is retried: at first, and at most.
const RETRY_IN: Duration = Duration::from_secs(1);
const RETRY_IN_AT_MOST: Duration = Duration::from_secs(60);

/// The quiet time after a build that followed an event until one with a full scan.
const FULL_SCAN_IN: Duration = Duration::from_secs(2);

/// The error that is shown if a build panics.
const INTERNAL_ERROR: &str = "error: internal error; see the terminal";

/// Where a site is served unless told otherwise.
const DEFAULT_PORT: u16 = 1111;
const DEFAULT_HOST: &str = "127.0.0.1";

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The site's folder
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// The page to open, as a URL from the root of the host
    #[arg(skip)]
    page: Option<String>,
    /// Rebuild when files change, and reload open pages
    #[arg(short, long)]
    watch: bool,
    /// Poll for changes every SECONDS instead of using file events (network drives); implies
    /// `--watch`
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    poll: Option<Duration>,
    /// The port to listen on; the next free one if it is in use
    #[arg(short, long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The host name or IP address to listen on; any other than the default may expose the site to
    /// the network
    #[arg(long, value_name = "ADDRESS", default_value = DEFAULT_HOST)]
    host: String,
    /// Open the site in the browser
    #[arg(long)]
    open: bool,
    /// Include documents with `published: false` or below a minimum quality or heat
    #[arg(long)]
    unpublished: bool,
    /// Include articles dated in the future
    #[arg(long)]
    future: bool,
}

/// Builds a site into a folder of its own and serves it until Ctrl-C.
pub(super) fn run(args: &ServeArgs) -> ExitCode {
    match start_threads(None) {
        Ok(()) => run_in_threads(args),
        Err(error) => {
            Terminal::new(true).show(&[error]);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

/// The same if the threads of builds are started already.
pub(super) fn run_in_threads(args: &ServeArgs) -> ExitCode {
    let report = Arc::new(Terminal::new(true));
    match serve(args, &report) {
        Ok(status) => status,
        Err(diagnostic) => {
            report.show(&[diagnostic]);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

impl ServeArgs {
    /// Serves everything that a site has, and opens a page.
    pub(super) fn for_page(root: PathBuf, page: String) -> Self {
        Self {
            root,
            page: Some(page),
            watch: true,
            poll: None,
            port: DEFAULT_PORT,
            host: DEFAULT_HOST.to_owned(),
            open: true,
            unpublished: true,
            future: true,
        }
    }
}

/// The URL of a page of the served site, or else that of the site.
fn shown_url(site: &SiteUrl, page: Option<&str>) -> String {
    page.map_or_else(|| site.to_string(), |page| format!("{}{page}", site.origin))
}

fn serve(args: &ServeArgs, report: &Arc<Terminal>) -> Result<ExitCode, Diagnostic> {
    let (listener, address) = serve::listen(&args.host, args.port)?;
    if ![0, address.port()].contains(&args.port) {
        report.note(&format!("port {} is in use; using port {}", args.port, address.port()));
    }
    let origin = format!("http://{}", browser_url(&args.host, address));
    let options = options(args, &origin, address)?;
    let (outcome, seconds) = build_once(&options, report);
    let root = outcome.summary.as_ref().map_or("/", |summary| &summary.root);
    let url = SiteUrl { origin, root: SiteRoot::new(root) };
    let found = PreviousBuild::first(&outcome);
    let has_site = outcome.summary.is_some();
    finish(report, &outcome.diagnostics, outcome.summary.as_ref(), false, seconds);
    let is_watched = args.watch || args.poll.is_some();
    if !has_site && !is_watched {
        return Ok(ExitCode::from(EXIT_SITE_ERRORS));
    }
    let name = args.host.parse::<IpAddr>().is_err().then(|| args.host.clone());
    let folder = options.output.folder.clone();
    let live_reload = is_watched
        .then(|| rebuild(options, args.poll, url.clone(), found, Arc::clone(report)))
        .transpose()?;
    let failed = |error| {
        Diagnostic::new(
            Code::CannotServe,
            Location::file(url.to_string()),
            format!("cannot serve: {error}"),
        )
    };
    let announce = || {
        let shown = shown_url(&url, args.page.as_deref());
        report.print(&format!("{shown} until Ctrl-C"));
        if !address.ip().is_loopback() {
            report.note("other machines on the network can reach this site");
        }
        if args.open
            && let Err(error) = opener::open_browser(shown)
        {
            report.note(&format!("cannot open a browser: {error}"));
        }
    };
    let site = ServedSite { folder, root: url.root.clone(), name, live_reload };
    serve::run(site, listener, ctrl_c(), announce).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

/// The URL at which the site is served.
#[derive(Clone)]
struct SiteUrl {
    origin: String,
    root: SiteRoot,
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.root.get())
    }
}

/// Rebuilds the site whenever its sources may have changed, on a detached thread.
fn rebuild(
    mut options: BuildOptions,
    poll: Option<Duration>,
    url: SiteUrl,
    mut before: PreviousBuild,
    report: Arc<Terminal>,
) -> Result<Arc<LiveReload>, Diagnostic> {
    let event = BuildEvent { errors: before.errors.clone(), has_new_styles: false };
    // Unique among the servers of a site.
    let live_reload = Arc::new(LiveReload::new(unix_nanos(), event));
    let broadcaster = Arc::clone(&live_reload);
    let work = move || {
        let (watch, notice) = SourceWatcher::start(&options.root, poll);
        let note = |notice: &str| report.note(notice);
        if let Some(notice) = notice {
            note(&notice);
        }
        let mut session = Session::default();
        serve::rebuild(watch, &broadcaster, note, |scope, is_outdated| {
            options.overrides.now = now();
            options.scanned_at = unix_nanos();
            let follows_event = scope.is_some();
            let scope = scope.unwrap_or(ScanScope::Full);
            let built = catch_panic(|| {
                timed(&report, |on_progress| {
                    build::rebuild(&mut session, &scope, &options, on_progress)
                })
            });
            let Some((outcome, seconds)) = built else { return before.after_panic() };
            if outcome.summary.as_ref().is_some_and(|summary| url.root.set(&summary.root)) {
                note(&format!("the site is now at {url}"));
            }
            let rebuild = Rebuild { outcome, seconds, follows_event };
            after_rebuild(&rebuild, &mut before, is_outdated, &report)
        })
    };
    let started = thread::Builder::new().spawn(work);
    started.map(|_| live_reload).map_err(|error| {
        Diagnostic::new(
            Code::NoThread,
            Location::file("newsgen"),
            format!("cannot start the watch thread: {error}"),
        )
        .help("serve without `--watch`, or raise the process limit, for example with `ulimit -u`")
        .with_origin(Origin::Io)
    })
}

/// The result of a build. None if it panicked, which does not end the server.
fn catch_panic<T>(build: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(build)).ok()
}

/// State of the previous build.
struct PreviousBuild {
    errors: String,
    /// The number of warnings that were only counted.
    warnings: usize,
    /// Warnings about the output that were shown, by file and message: a moved line is not new.
    of_output: BTreeSet<(String, String)>,
    /// Whether this was the first build. The next one follows without a change.
    is_first: bool,
    /// The delay before its retry, if it failed because of I/O.
    retried_in: Option<Duration>,
}

/// A build that just ended.
struct Rebuild {
    outcome: Outcome,
    seconds: f64,
    /// Whether an event preceded it.
    follows_event: bool,
}

impl PreviousBuild {
    /// The state after the first build of a server.
    fn first(outcome: &Outcome) -> Self {
        let mut first = Self {
            errors: terminal::errors(&outcome.diagnostics),
            warnings: count_warnings(outcome),
            of_output: BTreeSet::new(),
            is_first: true,
            retried_in: None,
        };
        first.new_output_warnings(outcome);
        first
    }

    /// The state after a build that panicked.
    fn after_panic(&mut self) -> RebuildResult {
        INTERNAL_ERROR.clone_into(&mut self.errors);
        let event = BuildEvent { errors: self.errors.clone(), has_new_styles: false };
        RebuildResult { event: Some(event), rebuild_after: Some(FULL_SCAN_INTERVAL) }
    }

    /// New warnings about the output, which are known from now on. A failed build has none.
    fn new_output_warnings(&mut self, outcome: &Outcome) -> Vec<Diagnostic> {
        if outcome.summary.is_none() {
            return Vec::new();
        }
        let key = |found: &Diagnostic| (found.location.file.clone(), found.message.clone());
        let found = || outcome.diagnostics.iter().filter(|found| found.changes_output);
        let event =
            found().filter(|found| !self.of_output.contains(&key(found))).cloned().collect();
        self.of_output = found().map(key).collect();
        event
    }
}

/// Reports a build, and says what follows. A build that fails while files are changing is not
/// reported, since the next one follows.
fn after_rebuild(
    rebuild: &Rebuild,
    before: &mut PreviousBuild,
    is_outdated: &dyn Fn() -> bool,
    report: &Terminal,
) -> RebuildResult {
    let Rebuild { outcome, follows_event, .. } = rebuild;
    let is_superseded = outcome.summary.is_none() && is_outdated();
    let is_retry = before.retried_in.is_some();
    if !is_superseded {
        before.retried_in = retry_in(outcome, before.retried_in);
    }
    let rebuild_after = Some(rebuild_after(outcome, *follows_event, before.retried_in));
    if is_superseded {
        return RebuildResult { event: None, rebuild_after };
    }
    let errors = terminal::errors(&outcome.diagnostics);
    let is_new = report_rebuild(rebuild, &errors, is_retry, before, report);
    let is_style =
        |path: &Arc<str>| Path::new(&**path).extension().is_some_and(|ending| ending == "css");
    let has_new_styles = outcome
        .summary
        .as_ref()
        .is_some_and(|summary| summary.changes.written.iter().any(is_style));
    RebuildResult { event: is_new.then_some(BuildEvent { errors, has_new_styles }), rebuild_after }
}

/// When the next build follows even without an event: a full scan, since events can be lost, a
/// retry, or a change of the site in time.
fn rebuild_after(outcome: &Outcome, follows_event: bool, retried_in: Option<Duration>) -> Duration {
    // A time that has just passed is handled by the next build.
    let wait = |until: DateTime<Utc>| {
        (until - now()).to_std().unwrap_or_default() + Duration::from_millis(1)
    };
    let change = outcome.summary.as_ref().and_then(|summary| summary.next_change).map(wait);
    let full_scan = if follows_event { FULL_SCAN_IN } else { FULL_SCAN_INTERVAL };
    retried_in.into_iter().chain(change).fold(full_scan, Duration::min)
}

/// The delay before a build is retried without a change: no event reports free disk space or
/// readable files.
fn retry_in(outcome: &Outcome, before: Option<Duration>) -> Option<Duration> {
    let is_of_machine = |found: &Diagnostic| found.is_error() && found.origin != Origin::Input;
    let has_failed = outcome.summary.is_none() && outcome.diagnostics.iter().any(is_of_machine);
    let longer = |before: Duration| before.saturating_mul(2).min(RETRY_IN_AT_MOST);
    has_failed.then(|| before.map_or(RETRY_IN, longer))
}

/// Reports a rebuild if it is worth a line. Returns whether anything changed.
fn report_rebuild(
    Rebuild { outcome, seconds, follows_event }: &Rebuild,
    errors: &str,
    is_retry: bool,
    before: &mut PreviousBuild,
    report: &Terminal,
) -> bool {
    let has_other_errors = errors != before.errors;
    let (is_published, writes) = match &outcome.summary {
        Some(summary) => (true, !summary.changes.is_empty()),
        None => (false, false),
    };
    // A change without effect is reported once. Documents that are left out always count as changed.
    let is_only_scan = !follows_event && !is_retry;
    let has_changes = is_published && !is_only_scan && !outcome.changed.is_empty();
    let is_new = writes || has_other_errors || has_changes;
    if has_other_errors {
        let found = outcome.diagnostics.iter().filter(|found| found.is_error()).cloned();
        report.show(&found.collect::<Vec<_>>());
        errors.clone_into(&mut before.errors);
    }
    report.show_limited(&before.new_output_warnings(outcome));
    // A failure is reported after every save.
    if is_new || !(is_published || before.is_first || is_only_scan) {
        report.print(&terminal::rebuilt(outcome, has_other_errors && errors.is_empty(), *seconds));
    }
    let warnings = count_warnings(outcome);
    if warnings > before.warnings {
        report.note(&terminal::warnings(warnings, false));
    }
    (before.warnings, before.is_first) = (warnings, false);
    is_new
}

fn count_warnings(outcome: &Outcome) -> usize {
    outcome.diagnostics.iter().filter(|found| !found.is_error() && !found.changes_output).count()
}

/// Host and port for a URL. A server that listens on all addresses is reachable as `localhost`.
fn browser_url(host: &str, address: SocketAddr) -> String {
    match host.parse() {
        Ok(ip) if IpAddr::is_unspecified(&ip) => format!("localhost:{}", address.port()),
        Ok(IpAddr::V6(_)) => format!("[{host}]:{}", address.port()),
        _ => format!("{host}:{}", address.port()),
    }
}

/// The name of the server's output folder, unique by its address.
fn folder_of(address: SocketAddr) -> String {
    format!("serve-{}-{}", address.ip().to_string().replace(':', "_"), address.port())
}

fn options(
    args: &ServeArgs,
    origin: &str,
    address: SocketAddr,
) -> Result<BuildOptions, Diagnostic> {
    let base_url = parse_base_url(origin).ok_or_else(|| {
        Diagnostic::new(Code::CannotServe, Location::file(origin), "not a valid host")
            .help("choose another `--host`")
    })?;
    let overrides = Overrides {
        base_url: Some(base_url),
        now: now(),
        unpublished: args.unpublished,
        future: args.future,
        preview: true,
    };
    let output = OutputOptions {
        folder: args.root.join(cache::FOLDER).join(folder_of(address)),
        force: false,
        fresh: false,
        check_only: false,
        // Emptying a folder while editing is fine here, since the published site is not affected.
        allow_empty: true,
    };
    let root = args.root.clone();
    Ok(BuildOptions {
        root,
        config: None,
        overrides,
        output,
        executable: executable(),
        scanned_at: unix_nanos(),
    })
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.1..=3600.0).contains(seconds));
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "expected seconds, from 0.1 to 3600".to_owned())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::build::Summary;

    fn previous() -> PreviousBuild {
        PreviousBuild::first(&Outcome { summary: Some(Summary::default()), ..Outcome::default() })
    }

    #[test]
    fn full_scan_follows_every_build() {
        let change = |seconds| Outcome {
            summary: Some(Summary {
                next_change: Some(now() + TimeDelta::seconds(seconds)),
                ..Summary::default()
            }),
            ..Outcome::default()
        };
        let none = Outcome::default();
        assert_eq!(rebuild_after(&none, true, None), FULL_SCAN_IN);
        assert_eq!(rebuild_after(&none, false, None), FULL_SCAN_INTERVAL);
        assert_eq!(rebuild_after(&change(3600), false, None), FULL_SCAN_INTERVAL);
        assert!(rebuild_after(&change(10), false, None) <= Duration::from_millis(10_001));
        assert_eq!(rebuild_after(&change(10), true, Some(RETRY_IN)), RETRY_IN);
    }

    #[test]
    fn error_of_a_panic_is_gone_after_the_next_build() {
        let (report, mut before) = (Terminal::new(true), previous());
        assert!(catch_panic(|| -> Outcome { panic!("a build fails") }).is_none());
        let after = before.after_panic();
        assert_eq!(after.event.map(|event| event.errors).as_deref(), Some(INTERNAL_ERROR));
        assert_eq!(after.rebuild_after, Some(FULL_SCAN_INTERVAL));
        let outcome = Outcome { summary: Some(Summary::default()), ..Outcome::default() };
        let rebuild = Rebuild { outcome, seconds: 0.0, follows_event: true };
        let after = after_rebuild(&rebuild, &mut before, &|| false, &report);
        assert_eq!(after.event.map(|event| event.errors).as_deref(), Some(""));
    }

    #[test]
    fn failure_is_reported_once_by_full_scans() {
        let (report, mut before) = (Terminal::new(true), previous());
        let failed = || Rebuild {
            outcome: Outcome {
                diagnostics: vec![Diagnostic::new(Code::NotUtf8, Location::file("a"), "failed")],
                ..Outcome::default()
            },
            seconds: 0.0,
            follows_event: false,
        };
        let events = [(); 2]
            .map(|()| after_rebuild(&failed(), &mut before, &|| false, &report).event.is_some());
        assert_eq!(events, [true, false]);
    }

    #[test]
    fn retry_delay_grows() {
        let failed = |cause| Outcome {
            diagnostics: vec![
                Diagnostic::new(Code::NotUtf8, Location::file("a"), "failed").with_origin(cause),
            ],
            ..Outcome::default()
        };
        let mut delays = vec![None];
        for _ in 0..8 {
            delays.push(retry_in(&failed(Origin::Io), delays[delays.len() - 1]));
        }
        let seconds: Vec<u64> = delays.into_iter().flatten().map(|wait| wait.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(retry_in(&failed(Origin::ConcurrentEdit), None), Some(RETRY_IN));
        assert_eq!(
            retry_in(&failed(Origin::Input), Some(RETRY_IN_AT_MOST)),
            None,
            "an edit brings the next build"
        );
        let warned = Outcome {
            diagnostics: vec![
                Diagnostic::new(Code::UnknownKey, Location::file("a"), "slow")
                    .with_origin(Origin::Io),
            ],
            ..Outcome::default()
        };
        assert_eq!(retry_in(&warned, None), None);
    }
}
