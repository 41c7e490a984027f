//! The process and its system: exit status, clock, threads and signals.

use std::env::VarError;
use std::io;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};

use crate::diagnostic::{Code, Diagnostic, Location};

pub(super) const EXIT_SITE_ERRORS: u8 = 1;

pub(super) const EXIT_USAGE: u8 = 2;

/// Published, with documents left out.
pub(super) const EXIT_LEFT_OUT: u8 = 3;

#[expect(clippy::disallowed_methods, reason = "this is where the clock enters")]
pub(super) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The time in nanoseconds since 1970, as in file stamps.
#[expect(clippy::disallowed_methods, reason = "this is where the clock enters")]
pub(super) fn unix_nanos() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_nanos()).unwrap_or(i64::MAX)
}

/// The executable of this process; empty if unknown.
pub(super) fn executable() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}

/// Resolves at Ctrl-C. If signals are not available, the process is ended from outside.
pub(super) async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Starts the threads of builds: the requested number, or one per core, or as many as the system
/// allows, or only the current one. They are started before rayon is set up, which is possible only
/// once.
pub(super) fn start_threads(jobs: Option<u16>) -> Result<(), Diagnostic> {
    let failed = |message| Diagnostic::new(Code::NoThread, Location::file("newsgen"), message);
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
        return Err(failed(format!("cannot start {jobs} threads: {error}")));
    }
    // Joining rethrows a panic. Nobody joins detached threads, but the panic hook has reported
    // theirs.
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(started.len().max(1)).panic_handler(|_| {});
    let built = if started.is_empty() {
        pool.use_current_thread().build_global()
    } else {
        let hand_over = |thread: rayon::ThreadBuilder| {
            let sender = started.get(thread.index()).ok_or(io::ErrorKind::NotFound)?;
            sender.send(thread).map_err(|_| io::ErrorKind::BrokenPipe.into())
        };
        pool.spawn_handler(hand_over).build_global()
    };
    built.map_err(|error| failed(format!("cannot start a thread: {error}")))
}

/// The build time set by the environment
/// (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub(super) fn source_date_epoch() -> Result<Option<DateTime<Utc>>, String> {
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text,
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(text)) => text.to_string_lossy().into_owned(),
    };
    let instant = seconds.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    instant
        .map(Some)
        .ok_or_else(|| format!("SOURCE_DATE_EPOCH must be a number of seconds, not `{seconds}`"))
}
