//! Records how the last build of an output folder ended and what it published, for deploys.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::options::BuildOptions;
use crate::build::cache;
use crate::config::{Config, Overrides};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::digest::Digest;
use crate::publish::{self, AtomicFile, Differences};
use crate::source::{self, FileStamp};

/// Maximum length of a record in bytes.
const MAX_BYTES: u64 = 1 << 16;

/// Record of the last build into an output folder. It is stored beside the cache, so a folder that
/// was copied from elsewhere has none.
#[derive(Debug, Serialize, Deserialize)]
struct BuildRecord {
    ending: BuildStatus,
    /// The stamp of the manifest, which identifies the folder.
    list: FileStamp,
    site: Option<PublishedSite>,
}

/// How a build ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum BuildStatus {
    /// It has not ended.
    None,
    Failure,
    Success,
}

/// Which site a build published.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PublishedSite {
    /// The version of newsgen: another one may interpret the same configuration differently.
    newsgen: String,
    base_url: String,
    unpublished: bool,
    future: bool,
    preview: bool,
    /// The time of the build (`--at`).
    at: Option<DateTime<Utc>>,
    /// The digest of `site.toml` without the tables that only a deploy reads.
    settings: String,
}

impl PublishedSite {
    fn of(config: &Config, overrides: &Overrides) -> Self {
        Self {
            newsgen: env!("CARGO_PKG_VERSION").to_owned(),
            base_url: config.base_url.as_str().to_owned(),
            unpublished: overrides.unpublished,
            future: overrides.future,
            preview: overrides.preview,
            at: Some(overrides.now),
            settings: config.settings.to_string(),
        }
    }
}

/// Marks that a build has begun by renaming the previous record, which succeeds on a full disk.
///
/// # Errors
/// A warning if it fails, since a later failure of the build may go unrecorded too.
pub(super) fn begin(options: &BuildOptions) -> Result<(), Diagnostic> {
    if options.output.check_only || !source::is_folder(&options.root.join(cache::FOLDER)) {
        return Ok(());
    }
    let (record, begun) = paths(&options.root, &options.output.folder);
    let help = "make the folder writable: otherwise a deploy cannot tell whether this build failed";
    publish::rename(&record, &begun)
        .map_err(|error| error.into_warning().help(help).changes_output())
}

/// Records that a build failed.
pub(super) fn fail(options: &BuildOptions) {
    write_record(options, BuildStatus::Failure, None);
}

/// Records what a build published. Its output folder is still locked.
pub(super) fn succeed(options: &BuildOptions, config: &Config) {
    write_record(
        options,
        BuildStatus::Success,
        Some(PublishedSite::of(config, &options.overrides)),
    );
}

/// Writes the record if there is a published site. If that fails, the build counts as not ended.
fn write_record(options: &BuildOptions, ending: BuildStatus, site: Option<PublishedSite>) {
    let folder = &options.output.folder;
    let Some(list) = publish::manifest_stamp(folder).filter(|_| !options.output.check_only) else {
        return;
    };
    let (record, begun) = paths(&options.root, folder);
    let site = site.or_else(|| read(&begun)?.site);
    let written = AtomicFile::write(&record, |file| {
        let json = serde_json::to_vec(&BuildRecord { ending, list, site })?;
        file.write_all(&json)
    });
    if written.and_then(AtomicFile::put).is_ok() {
        let _ = publish::remove(&begun);
    }
}

/// The record of the last build, if there is one.
fn last(root: &Path, output: &Path) -> Option<BuildRecord> {
    let (record, begun) = paths(root, output);
    read(&record).or_else(|| Some(BuildRecord { ending: BuildStatus::None, ..read(&begun)? }))
}

fn read(path: &Path) -> Option<BuildRecord> {
    let bytes = source::read_optional(path, MAX_BYTES).ok()??;
    serde_json::from_slice(&bytes).ok()
}

/// The paths of the record and of the renamed record during a build.
fn paths(root: &Path, output: &Path) -> (PathBuf, PathBuf) {
    let state = cache::path(root, output);
    (state.with_extension("build"), state.with_extension("begun"))
}

/// What repairs a folder whose manifest lacks files that newsgen wrote.
const FORCE_BUILD: &str = "build the site again with `newsgen build --force`";

/// Number of differing files that are named.
const MAX_NAMED: usize = 3;

/// Checks a published folder: an error if it was built for another configuration or differs from
/// what the last build published, and a warning if it has foreign files. `files` are its files with
/// the digests of their bytes, sorted by path.
pub fn staleness(
    root: &Path,
    folder: &Path,
    config: &Config,
    files: &[(&str, Digest)],
) -> Vec<Diagnostic> {
    let record = last(root, folder);
    let has_record = record.is_some();
    let current = record.filter(|record| publish::manifest_stamp(folder) == Some(record.list));
    let is_manifest_replaced = has_record && current.is_none();
    let mut found = current.map(|record| of_last_build(record, folder, config)).unwrap_or_default();
    found.extend(damage(folder, files, is_manifest_replaced));
    found
}

/// Compares the folder with its manifest, which a copy of the folder has too.
fn damage(folder: &Path, files: &[(&str, Digest)], is_manifest_replaced: bool) -> Vec<Diagnostic> {
    let Differences { missing, changed, foreign, is_manifest_damaged } =
        Differences::find(folder, files);
    let location = || Location::file(folder.display().to_string());
    let error = |message: String, build: &str| {
        Diagnostic::new(Code::StaleBuild, location(), message)
            .help(format!("{build}, or deploy what is here with `--allow-stale`"))
    };
    let of_files = |what: &str, paths: &[String], build: &str| {
        (!paths.is_empty()).then(|| error(format!("{what}: {}", named(paths)), build))
    };
    let errors = [
        is_manifest_damaged.then(|| {
            let message = "the manifest is damaged or not of this version of newsgen";
            let file = Location::file(folder.join(publish::MANIFEST).display().to_string());
            Diagnostic { location: file, ..error(message.to_owned(), FORCE_BUILD) }
        }),
        of_files(
            "files that the last build published are missing",
            &missing,
            "build the site again",
        ),
        of_files(
            "files differ from what the last build published",
            &changed,
            "build the site again with `newsgen build --fresh`",
        ),
    ];
    // What a damaged manifest lacks may be newsgen's.
    let foreign = if is_manifest_damaged { Vec::new() } else { foreign };
    let of_foreign = if is_manifest_replaced {
        let what = "files are missing from the manifest, which has changed since the last build";
        of_files(what, &foreign, FORCE_BUILD)
    } else {
        (!foreign.is_empty()).then(|| {
            let message =
                format!("files that no build wrote are deployed, too: {}", named(&foreign));
            Diagnostic::new(Code::UnknownFilesDeployed, location(), message)
                .help("remove them, or put them into `static/` if they belong to the site")
        })
    };
    errors.into_iter().flatten().chain(of_foreign).collect()
}

/// Formats the first few paths and the number of the others.
fn named(paths: &[String]) -> String {
    let (first, others) = paths.split_at(paths.len().min(MAX_NAMED));
    match others.len() {
        0 => first.join(", "),
        count => format!("{} and {count} more", first.join(", ")),
    }
}

/// Errors if the last build failed, or was of another site than the configuration describes.
fn of_last_build(record: BuildRecord, folder: &Path, config: &Config) -> Vec<Diagnostic> {
    let BuildRecord { ending, site, .. } = record;
    let error = |message: String| {
        Diagnostic::new(Code::StaleBuild, Location::file(folder.display().to_string()), message)
            .help("rebuild the site, or deploy it as it is with `--allow-stale`")
    };
    let ending = match ending {
        BuildStatus::None => {
            Some("the last build is still running or was killed; the site may be out of date")
        }
        BuildStatus::Failure => Some("the last build failed; the site is out of date"),
        BuildStatus::Success => None,
    };
    let ending = ending.map(|message| error(message.to_owned()));
    let differences = site.map(|site| differences(&site, config)).unwrap_or_default();
    ending.into_iter().chain(differences.into_iter().map(error)).collect()
}

fn differences(site: &PublishedSite, config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    if site.base_url != config.base_url.as_str() {
        let wanted = config.base_url.as_str();
        found.push(format!("built for {}, but the site's URL is {wanted}", site.base_url));
    }
    let options = [(site.unpublished, "`--unpublished`"), (site.future, "`--future`")];
    found.extend(
        options
            .iter()
            .filter(|(is_set, _)| *is_set)
            .map(|(_, option)| format!("built with {option}")),
    );
    if site.preview {
        found.push("built by `newsgen serve`".to_owned());
    }
    if let Some(at) = site.at.filter(|at| *at > config.now) {
        let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        found.push(format!("this was built as of {at}, which is in the future"));
    }
    if site.newsgen == env!("CARGO_PKG_VERSION") && site.settings != config.settings.to_string() {
        found.push("the configuration has changed since the build".to_owned());
    }
    found
}
