//! `newsgen import`: creates documents from what other generators and services have.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use rayon::prelude::*;

use super::new::site_config;
use super::process::{EXIT_LEFT_OUT, EXIT_SITE_ERRORS, executable, start_threads};
use super::terminal::{Terminal, plural};
use crate::build::read_documents;
use crate::collection::Documents;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::http_url::HttpUrl;
use crate::import::{
    Import, ImportKind, ImportOptions, ImportSource, ImportedDocument, import, is_import_source,
};
use crate::publish::create_file;
use crate::source;

/// The arguments of `newsgen import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// What to import from
    kind: KindArg,
    /// The folder of the old site, or the file
    path: PathBuf,
    /// The site's folder
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// The folder for articles, below `content/`
    #[arg(long, value_name = "FOLDER", default_value = "content/imported")]
    into: String,
    /// The URL of the old site: posts without a link become articles about their own pages there
    #[arg(short = 'u', long, value_name = "URL", value_parser = super::build::base_url)]
    base_url: Option<HttpUrl>,
    /// How the old site made addresses, such as `/:year/:month/:title/`, if its configuration does
    /// not say it
    #[arg(long, value_name = "PATTERN")]
    permalink: Option<String>,
    /// Take the first link of a text as the original if nothing else names one
    #[arg(long)]
    first_link: bool,
    /// Publish imported bookmarks and feed items with the next build
    #[arg(long)]
    publish: bool,
    /// Only report what would be written
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum KindArg {
    /// Posts of Jekyll: the folder of the site
    Jekyll,
    /// Content of Hugo: the folder of the site
    Hugo,
    /// Markdown of Eleventy: its input folder
    Eleventy,
    /// Markdown with front matter of any other generator: a folder or a file
    Markdown,
    /// An RSS, Atom or JSON feed: a file
    Feed,
    /// A list of feeds: prints `[[source]]` tables for site.toml
    Opml,
    /// Bookmarks of Pinboard, Raindrop, Pocket, Instapaper and similar services: a CSV file
    Csv,
    /// Bookmarks of a browser or a service: an HTML file
    Netscape,
}

impl KindArg {
    fn kind(self) -> ImportKind {
        match self {
            Self::Jekyll => ImportKind::Jekyll,
            Self::Hugo => ImportKind::Hugo,
            Self::Eleventy => ImportKind::Eleventy,
            Self::Markdown => ImportKind::Markdown,
            Self::Feed => ImportKind::Feed,
            Self::Opml => ImportKind::Opml,
            Self::Csv => ImportKind::Csv,
            Self::Netscape => ImportKind::Netscape,
        }
    }
}

/// Folders that are not part of an old site's content.
const SKIPPED_FOLDERS: [&str; 3] = ["_site", "node_modules", "vendor"];

/// The maximum size of a feed or a file of bookmarks, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 28;

/// Imports, and prints a report.
pub(super) fn run(args: ImportArgs, now: DateTime<Utc>) -> ExitCode {
    let report = Terminal::new(true);
    match run_import(args, now, &report) {
        Ok(status) => status,
        Err(diagnostics) => {
            report.show(&diagnostics);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

fn run_import(
    args: ImportArgs,
    now: DateTime<Utc>,
    report: &Terminal,
) -> Result<ExitCode, Vec<Diagnostic>> {
    let one = |diagnostic| vec![diagnostic];
    let kind = args.kind.kind();
    let folder = content_folder(&args.into).map_err(one)?;
    refuse_address(&args.path, kind).map_err(one)?;
    start_threads(None).map_err(one)?;
    let (config, documents) = read_site(&args.root, kind, now)?;
    let (sources, unread) = read_sources(&args.path, kind, &config).map_err(one)?;
    let options = ImportOptions {
        kind,
        folder,
        source_name: source_name(&args.path),
        base_url: args.base_url,
        permalink: args.permalink,
        first_link: args.first_link,
        publish: args.publish,
        now,
    };
    let imported = import(&sources, &documents, &config, &options);
    drop(sources);
    let Import { documents, feeds, report: mapped, mut diagnostics } = imported;
    diagnostics.extend(unread);
    if kind.is_folder() && documents.is_empty() && diagnostics.is_empty() {
        return Err(vec![nothing_to_import(&args.path)]);
    }
    for feed in &feeds {
        for line in feed.lines().chain([""]) {
            report.print(line);
        }
    }
    let written = Written::write(&args.root, &documents, args.dry_run, &mut diagnostics);
    report.show(&diagnostics);
    if kind == ImportKind::Opml {
        report.note(&plural(feeds.len(), "feed"));
    } else {
        for line in mapped.lines() {
            report.print(&line);
        }
        if !written.unwritten.is_empty() {
            report.print("not written, since another document is there:");
        }
        for path in &written.unwritten {
            report.print(&format!("  {path}"));
        }
        let left_out = diagnostics.iter().filter(|found| found.is_error()).count();
        report.print(&written.summary(&args.into, args.dry_run, left_out));
    }
    let is_complete = !diagnostics.iter().any(Diagnostic::is_error);
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::from(EXIT_LEFT_OUT) })
}

/// The folder for articles relative to `content/`.
fn content_folder(into: &str) -> Result<String, Diagnostic> {
    let refused = |message: &str| {
        let error = Diagnostic::new(Code::InvalidArgument, Location::file("--into"), message);
        Err(error.help("write a folder such as `content/imported`"))
    };
    let into = into.replace('\\', "/");
    let into = into.trim_start_matches("./").trim_end_matches('/');
    let Some(folder) = into.strip_prefix("content/") else {
        return refused("the folder must be below `content/`");
    };
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.');
    if !folder.split('/').all(is_plain) {
        return refused("the folder must be below `content/`, and not hidden");
    }
    let first = folder.split('/').next().unwrap_or_default();
    if ["pages", "providers", "topics"].contains(&first) {
        return refused("this folder does not hold articles");
    }
    Ok(folder.to_owned())
}

/// Refuses an address in the place of a path.
fn refuse_address(path: &Path, kind: ImportKind) -> Result<(), Diagnostic> {
    let address = path.to_string_lossy();
    if HttpUrl::parse(&address).is_err() {
        return Ok(());
    }
    let needed = if kind.is_folder() { "folder" } else { "file" };
    let message = format!("expected a {needed}, not a URL");
    let help = match kind {
        ImportKind::Feed => {
            "to follow the feed, add `[[source]]` with `feed = \"ADDRESS\"` to site.toml and run `newsgen pull`; to import it once, download it"
        }
        _ if kind.is_folder() => "pass the folder with the files of the old site",
        _ => "download the file, and import it",
    };
    Err(Diagnostic::new(Code::InvalidArgument, Location::file(address), message).help(help))
}

fn nothing_to_import(path: &Path) -> Diagnostic {
    let location = Location::file(path.display().to_string());
    let (what, help) = if source::is_folder(path) {
        ("folder", "pass the folder that holds the Markdown files of the old site")
    } else {
        ("file", "pass a Markdown file; README files, indexes and 404 pages are skipped")
    };
    let message = format!("there is nothing to import in this {what}");
    Diagnostic::new(Code::InvalidArgument, location, message).help(help)
}

fn read_site(
    root: &Path,
    kind: ImportKind,
    now: DateTime<Utc>,
) -> Result<(Config, Documents), Vec<Diagnostic>> {
    let config = site_config(root, now)?;
    let documents = if kind == ImportKind::Opml {
        Documents::default()
    } else {
        read_documents(root, &config, &executable())?
    };
    Ok((config, documents))
}

/// The name of the imported folder, also if the path is `.`.
fn source_name(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads the files to import, and returns the errors of those that cannot be read.
fn read_sources(
    path: &Path,
    kind: ImportKind,
    config: &Config,
) -> Result<(Vec<ImportSource>, Vec<Diagnostic>), Diagnostic> {
    let shown = path.display().to_string();
    let unreadable = |shown: &str, error: &std::io::Error| {
        let help = "check the path and the permissions";
        Diagnostic::new(
            Code::UnreadableFile,
            Location::file(shown),
            format!("cannot read this: {error}"),
        )
        .help(help)
    };
    let is_folder = source::is_folder(path);
    if is_folder && !kind.is_folder() {
        let message = "expected a file, not a folder";
        return Err(Diagnostic::new(Code::InvalidArgument, Location::file(shown), message)
            .help("pass the exported file itself"));
    }
    if source::is_file(path) && kind.is_folder() && kind != ImportKind::Markdown {
        let message = "expected a folder, not a file";
        let help =
            "pass the folder of the old site; `newsgen import markdown FILE` imports one file";
        let error = Diagnostic::new(Code::InvalidArgument, Location::file(shown), message);
        return Err(error.help(help));
    }
    let names = if is_folder {
        let wanted = |path: &str| is_import_source(kind, path);
        source::list_wanted(path, &SKIPPED_FOLDERS, wanted)
            .map_err(|error| unreadable(&shown, &error))?
    } else {
        vec![source_name(path)]
    };
    let limit = if is_folder { config.limits.document as u64 } else { MAX_FILE_BYTES };
    let read = |name: String| {
        let on_disk = if is_folder { path.join(&name) } else { path.to_owned() };
        let display_path = on_disk.display().to_string();
        match source::read_regular(&on_disk, limit) {
            Ok(bytes) => Ok(ImportSource { path: name, display_path, bytes }),
            Err(error) => Err(unreadable(&display_path, &error)),
        }
    };
    let read: Vec<_> = names.into_par_iter().map(read).collect();
    let (mut sources, mut errors) = (Vec::new(), Vec::new());
    for result in read {
        match result {
            Ok(source) => sources.push(source),
            Err(error) if !is_folder => return Err(error),
            Err(error) => errors.push(error),
        }
    }
    if sources.is_empty() && errors.is_empty() {
        return Err(nothing_to_import(path));
    }
    Ok((sources, errors))
}

/// What was done with documents.
#[derive(Default)]
struct Written {
    articles: usize,
    unpublished: usize,
    pages: usize,
    already_there: usize,
    /// How many of those that are there differ from what would be written: they were edited since, or
    /// newsgen, its options or the old site have changed.
    different: usize,
    /// The paths of documents that are not written since another document is there.
    unwritten: Vec<String>,
}

/// What was done with one document.
enum Outcome {
    Created,
    AlreadyThere { is_different: bool },
}

impl Written {
    /// Writes documents that do not exist.
    fn write(
        root: &Path,
        documents: &[ImportedDocument],
        is_dry_run: bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let write = |document: &ImportedDocument| write_new(root, document, is_dry_run);
        let outcomes: Vec<_> = documents.par_iter().map(write).collect();
        let mut written = Self::default();
        for (document, outcome) in documents.iter().zip(outcomes) {
            match outcome {
                Ok(Outcome::Created) => {
                    *(if document.is_page { &mut written.pages } else { &mut written.articles }) +=
                        1;
                    written.unpublished += usize::from(!document.is_published);
                }
                Ok(Outcome::AlreadyThere { is_different }) => {
                    written.already_there += 1;
                    written.different += usize::from(is_different);
                    if is_different && !document.is_known {
                        written.unwritten.push(document.path.clone());
                    }
                }
                Err(error) => diagnostics.push(error),
            }
        }
        written
    }

    fn summary(&self, into: &str, is_dry_run: bool, left_out: usize) -> String {
        let verb = if is_dry_run { "would import" } else { "imported" };
        let mut summary = format!("{verb} {} into {into}", plural(self.articles, "article"));
        if self.pages > 0 {
            let _ = write!(summary, ", {} into content/pages", plural(self.pages, "page"));
        }
        let already_there = match self.different {
            0 => "already there".to_owned(),
            count => {
                format!("already there (kept, though {count} would be written differently now)")
            }
        };
        for (count, what) in [
            (self.unpublished, "unpublished"),
            (self.already_there, &*already_there),
            (left_out, "left out"),
        ] {
            if count > 0 {
                let _ = write!(summary, ", {count} {what}");
            }
        }
        summary
    }
}

/// Creates a document unless its file exists.
fn write_new(
    root: &Path,
    document: &ImportedDocument,
    is_dry_run: bool,
) -> Result<Outcome, Diagnostic> {
    let path = Path::new(&document.path);
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let links =
        folders.filter_map(|folder| source::symlink_escapes_root(root, &folder.to_string_lossy()));
    if let Some(outermost) = links.last() {
        return Err(outermost);
    }
    for ending in source::DOCUMENT_EXTENSIONS {
        let path = root.join(path.with_extension(ending));
        if matches!(source::kind_of(&path), Ok(None)) {
            continue;
        }
        let there = source::read_regular(&path, u64::MAX - 1);
        let is_same = there.is_ok_and(|bytes| bytes == document.text.as_bytes());
        return Ok(Outcome::AlreadyThere { is_different: !is_same });
    }
    if !is_dry_run {
        create_file(&root.join(path), document.text.as_bytes())?;
    }
    Ok(Outcome::Created)
}
