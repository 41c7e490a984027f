//! `newsgen deploy`: uploads a built site to its host.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

use super::build::{base_url, check_report, write_json};
use super::process::{EXIT_SITE_ERRORS, ctrl_c, now, start_threads, unix_nanos};
use super::terminal::{self, Terminal};
use crate::build::{ConfigError, DEFAULT_OUTPUT, read_config, staleness};
use crate::config::{Config, Overrides, Target};
use crate::deploy::{self, DeployChanges};
use crate::diagnostic::{Code, Diagnostic, Location, Severity, closest_match};
use crate::digest::Digest;
use crate::escape::escaped_name;
use crate::http_url::HttpUrl;
use crate::source::CONFIG as SITE_TOML;

#[derive(Debug, Args)]
pub(super) struct DeployArgs {
    /// A deploy target: NAME of a `[deploy.NAME]` table in site.toml [default: the only one]
    target: Option<String>,
    /// The site's folder
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// The folder with the built site [default: ROOT/public]
    #[arg(short, long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// The configuration file [default: ROOT/site.toml]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The site's URL, overriding `base_url` in site.toml
    #[arg(short = 'u', long, value_name = "URL", value_parser = base_url)]
    base_url: Option<HttpUrl>,
    /// Deploy even if the last build failed or used another configuration, base URL or option, or
    /// files of it are missing or changed
    #[arg(long)]
    allow_stale: bool,
    /// Show what would be uploaded and removed without changing anything
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Maximum number of files to remove
    #[arg(long, value_name = "N", default_value_t = 256)]
    max_deletes: usize,
    /// Take over from another deploy, and overwrite conflicting files that newsgen did not upload
    #[arg(long)]
    force: bool,
    /// Write a JSON report of uploaded, removed and kept files, and of paths to purge from caches
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Only print errors
    #[arg(short, long)]
    quiet: bool,
}

/// Deploys a site.
pub(super) fn run(args: &DeployArgs) -> ExitCode {
    let report = Terminal::new(!args.quiet);
    match deploy(args, &report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(diagnostics) => {
            report.show(&diagnostics);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

fn deploy(args: &DeployArgs, report: &Terminal) -> Result<(), Vec<Diagnostic>> {
    start_threads(None).map_err(|error| vec![error])?;
    let overrides = Overrides {
        base_url: args.base_url.clone(),
        now: now(),
        unpublished: false,
        future: false,
        preview: false,
    };
    let config = read_config(&args.root, args.config.as_deref(), &overrides)
        .map_err(ConfigError::into_diagnostics)?;
    let display_path =
        args.config.as_ref().map_or(SITE_TOML.to_owned(), |file| file.display().to_string());
    let folder = args.output_dir.clone().unwrap_or_else(|| args.root.join(DEFAULT_OUTPUT));
    let target =
        target(&config, args.target.as_deref(), &display_path).map_err(|error| vec![error])?;
    let published: Vec<PathBuf> = [folder.clone()].into_iter().chain(target.url.folder()).collect();
    check_report(args.report.as_deref(), &args.root, args.config.as_deref(), &published)
        .map_err(|error| vec![error])?;
    let url = target.url.as_url().to_string();
    let options = deploy::DeployOptions {
        folder,
        site_folder: args.root.clone(),
        target,
        host: config.host,
        root: config.root().to_owned(),
        max_deletes: args.max_deletes,
        dry_run: args.dry_run,
        force: args.force,
        id: id(),
        clock: unix_nanos,
    };
    #[expect(clippy::disallowed_methods, reason = "it is only shown how long a deploy took")]
    let began = Instant::now();
    let on_changes = |changes: &DeployChanges| {
        report.finish_progress();
        say(changes, args.dry_run, &url, began.elapsed().as_secs_f64(), report);
        args.report.as_ref().map_or(Ok(()), |file| write_json(file, changes))
    };
    let check_build = |files: &[(&str, Digest)]| {
        let mut found = staleness(&args.root, &options.folder, &config, files);
        if args.allow_stale {
            for found in &mut found {
                found.severity = Severity::Warning;
            }
        }
        found
    };
    let result = deploy::deploy(
        &options,
        &check_build,
        &|progress| report.progress(progress),
        &on_changes,
        end,
    );
    report.finish_progress();
    let warnings = result?;
    if report.is_verbose() {
        report.show(&warnings);
    }
    Ok(())
}

/// Resolves when the user or the system asks the process to end.
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
        () = ctrl_c() => {}
        _ = terminated => {}
    }
}

/// Prints the summary: what was sent, and which paths to purge.
fn say(changes: &DeployChanges, is_dry: bool, url: &str, seconds: f64, report: &Terminal) {
    if is_dry {
        let verbs = [("would send", &changes.uploaded), ("would remove", &changes.removed)];
        for (verb, path) in
            verbs.iter().flat_map(|(verb, paths)| paths.iter().map(move |path| (verb, path)))
        {
            report.print(&format!("{verb} {}", escaped_name(path)));
        }
    }
    report.print(&terminal::deployed(changes, is_dry, url, seconds));
    if !changes.purge.is_empty() {
        report.print(&format!("to purge: {}", changes.purge.join(" ")));
    }
}

/// The deploy target with this name, or the only one.
fn target(config: &Config, name: Option<&str>, display_path: &str) -> Result<Target, Diagnostic> {
    let error =
        |message: String| Diagnostic::new(Code::UnknownName, Location::file(display_path), message);
    let names: Vec<&str> = config.targets.iter().map(|target| target.name.as_str()).collect();
    match (name, config.targets.as_slice()) {
        (_, []) => Err(error("no deploy target".to_owned()).help(
            "add a table such as `[deploy.live]` with `url = \"s3://BUCKET\"`; see docs/deploy.md",
        )),
        (None, [target]) => Ok(target.clone()),
        (None, _) => Err(error("several deploy targets".to_owned())
            .help(format!("choose one: {}", names.join(", ")))),
        (Some(name), targets) => {
            let found = targets.iter().find(|target| target.name == name).cloned();
            found.ok_or_else(|| {
                let error = error(format!("unknown deploy target `{name}`"));
                match closest_match(name, names.iter().copied()) {
                    Some(name) => error.help(format!("did you mean `{name}`?")),
                    None => error.help(format!("there are {}", names.join(", "))),
                }
            })
        }
    }
}

/// A unique id of a deploy.
fn id() -> String {
    let parts = [unix_nanos().to_le_bytes().to_vec(), std::process::id().to_le_bytes().to_vec()];
    Digest::of_parts(parts.iter().map(Vec::as_slice)).to_string()
}
