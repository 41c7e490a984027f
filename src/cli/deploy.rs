//! `newsgen deploy`: a built site goes to its host.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

use super::report::{self, Report};
use super::{SITE_HAS_ERRORS, base_url, clock_of_files, interrupted, now, start_threads, write_json};
use crate::address::Address;
use crate::build::{NoConfig, read_config, staleness};
use crate::config::{Config, Overrides, Target};
use crate::deploy::{self, Changes};
use crate::diagnostic::{Diagnostic, Place, Severity, nearest};
use crate::digest::Digest;
use crate::source::CONFIG as SITE_TOML;

#[derive(Debug, Args)]
pub(super) struct DeployArgs {
    /// The name of a table `[deploy.NAME]` of site.toml [default: the only one there is]
    target: Option<String>,
    /// The folder of the site
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Where the built site is, relative to the current folder [default: ROOT/public]
    #[arg(short, long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// The configuration, in place of ROOT/site.toml
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address of the site, in place of the one in site.toml
    #[arg(short = 'u', long, value_name = "URL", value_parser = base_url)]
    base_url: Option<Address>,
    /// Deploy what is there though the last build failed, or was one by another configuration, address or option, or files of it are
    /// missing or changed
    #[arg(long)]
    allow_stale: bool,
    /// Say what would be sent and removed, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// How many files may be removed at most
    #[arg(long, value_name = "N", default_value_t = 256)]
    max_deletes: usize,
    /// Take over from another deploy, and overwrite files in the way that newsgen did not put there
    #[arg(long)]
    force: bool,
    /// Write to this file, as JSON, what was sent, removed and kept, and which paths caches are to purge
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
}

/// Deploys a site.
pub(super) fn run(args: &DeployArgs) -> ExitCode {
    let report = Report::new(!args.quiet);
    match deploy(args, &report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(diagnostics) => {
            report.show(&diagnostics);
            ExitCode::from(SITE_HAS_ERRORS)
        }
    }
}

fn deploy(args: &DeployArgs, report: &Report) -> Result<(), Vec<Diagnostic>> {
    start_threads(None).map_err(|message| vec![Diagnostic::error(Place::file("newsgen"), message)])?;
    let overrides = Overrides {
        base_url: args.base_url.clone(),
        now: now(),
        unpublished: false,
        future: false,
        preview: false,
    };
    let config =
        read_config(&args.root, args.config.as_deref(), &overrides).map_err(NoConfig::into_diagnostics)?;
    let shown = args.config.as_ref().map_or(SITE_TOML.to_owned(), |file| file.display().to_string());
    let target = target(&config, args.target.as_deref(), &shown).map_err(|error| vec![error])?;
    let url = target.url.as_url().to_string();
    let options = deploy::Options {
        folder: args.output_dir.clone().unwrap_or_else(|| args.root.join("public")),
        target,
        host: config.host,
        root: config.root().to_owned(),
        max_deletes: args.max_deletes,
        dry_run: args.dry_run,
        force: args.force,
        id: id(),
        clock: clock_of_files,
    };
    #[expect(clippy::disallowed_methods, reason = "it is only shown how long a deploy took")]
    let began = Instant::now();
    let tell = |changes: &Changes| {
        report.finish_progress();
        say(changes, args.dry_run, &url, began.elapsed().as_secs_f64(), report);
        args.report.as_ref().map_or(Ok(()), |file| write_json(file, changes))
    };
    let inspect = |files: &[(&str, Digest)]| {
        let mut found = staleness(&args.root, &options.folder, &config, files);
        if args.allow_stale {
            for found in &mut found {
                found.severity = Severity::Warning;
            }
        }
        found
    };
    let result = deploy::deploy(&options, &inspect, &|progress| report.progress(progress), &tell, end);
    report.finish_progress();
    let warnings = result?;
    if report.talks() {
        report.show(&warnings);
    }
    Ok(())
}

/// Waits until somebody wants the deploy to end. Where the system does not tell, it never does.
async fn end() {
    #[cfg(unix)]
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted() => {}
        _ = terminated => {}
    }
}

/// The last lines: what was sent, and which paths to purge.
fn say(changes: &Changes, is_dry: bool, url: &str, seconds: f64, report: &Report) {
    if is_dry {
        let verbs = [("would send", &changes.uploaded), ("would remove", &changes.removed)];
        for (verb, path) in verbs.iter().flat_map(|(verb, paths)| paths.iter().map(move |path| (verb, path)))
        {
            report.say(&format!("{verb} {path}"));
        }
    }
    report.say(&report::deployed(changes, is_dry, url, seconds));
    if !changes.purge.is_empty() {
        report.say(&format!("to purge: {}", changes.purge.join(" ")));
    }
}

/// The target of this name, or the only one, of the file that is `shown`.
fn target(config: &Config, name: Option<&str>, shown: &str) -> Result<Target, Diagnostic> {
    let error = |message: String| Diagnostic::error(Place::file(shown), message);
    let names: Vec<&str> = config.targets.iter().map(|target| target.name.as_str()).collect();
    match (name, config.targets.as_slice()) {
        (_, []) => Err(error("it names no target to deploy to".to_owned()).help(
            "add a table such as `[deploy.live]` with `url = \"s3://BUCKET\"`; docs/deploy.md shows how",
        )),
        (None, [target]) => Ok(target.clone()),
        (None, _) => Err(error("it names several targets to deploy to".to_owned())
            .help(format!("say which one: {}", names.join(", ")))),
        (Some(name), targets) => {
            let found = targets.iter().find(|target| target.name == name).cloned();
            found.ok_or_else(|| {
                let error = error(format!("it has no target `{name}`"));
                match nearest(name, names.iter().copied()) {
                    Some(name) => error.help(format!("did you mean `{name}`?")),
                    None => error.help(format!("there are {}", names.join(", "))),
                }
            })
        }
    }
}

/// A text that no two deploys have.
fn id() -> String {
    let parts = [clock_of_files().to_le_bytes().to_vec(), std::process::id().to_le_bytes().to_vec()];
    Digest::of_parts(parts.iter().map(Vec::as_slice)).to_string()
}
