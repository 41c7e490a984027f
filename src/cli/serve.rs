//! `newsgen serve`: a site on this machine, while it is written.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::report::Report;
use super::{SITE_HAS_ERRORS, build_once, clock_of_files, finish, now, program};
use crate::build::{Options, OutputOptions};
use crate::config::{Overrides, site_address};
use crate::diagnostic::{Diagnostic, Place};
use crate::serve::{self, Site};
use crate::state;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The folder of the site
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
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
    let report = Report::new(true);
    match serve(args, &report) {
        Ok(status) => status,
        Err(diagnostic) => {
            report.show(&[diagnostic]);
            ExitCode::from(SITE_HAS_ERRORS)
        }
    }
}

fn serve(args: &ServeArgs, report: &Report) -> Result<ExitCode, Diagnostic> {
    let (listener, address) = serve::listen(&args.host, args.port)?;
    if ![0, address.port()].contains(&args.port) {
        report.note(&format!("port {} is taken, so this is port {}", args.port, address.port()));
    }
    let url = format!("http://{}/", shown(&args.host, address));
    let options = options(args, &url)?;
    let (outcome, seconds) = build_once(&options, report);
    if outcome.summary.is_none() {
        return Ok(finish(report, &outcome.diagnostics, None, false, seconds));
    }
    finish(report, &outcome.diagnostics, outcome.summary, false, seconds);
    report.say(&format!("{url} until Ctrl-C"));
    if args.open
        && let Err(error) = opener::open_browser(&url)
    {
        report.note(&format!("cannot open a browser: {error}"));
    }
    let name = args.host.parse::<IpAddr>().is_err().then(|| args.host.clone());
    let site = Site { folder: options.output.folder, name };
    let end = async {
        // Without a signal to wait for, the process is ended from outside.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let failed = |error| Diagnostic::error(Place::file(&url), format!("cannot serve: {error}"));
    serve::run(site, listener, end).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

/// The host and the port as an address of the web has them.
fn shown(host: &str, address: SocketAddr) -> String {
    match host.parse() {
        Ok(IpAddr::V6(_)) => format!("[{host}]:{}", address.port()),
        _ => format!("{host}:{}", address.port()),
    }
}

fn options(args: &ServeArgs, url: &str) -> Result<Options, Diagnostic> {
    let base_url = site_address(url).ok_or_else(|| {
        Diagnostic::error(Place::file(url), "this is no address of a site").help("name another `--host`")
    })?;
    let overrides = Overrides {
        base_url: Some(base_url),
        now: now(),
        unpublished: args.unpublished,
        future: args.future,
    };
    let output = OutputOptions {
        folder: args.root.join(state::FOLDER).join("serve"),
        force: false,
        fresh: false,
        only_check: false,
    };
    let root = args.root.clone();
    Ok(Options { root, config: None, overrides, output, program: program(), looked_at: clock_of_files() })
}
