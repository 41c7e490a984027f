//! `newsgen pull`: creates articles about new items of feeds.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::new::{create, site_config, unused_path};
use super::process::{EXIT_LEFT_OUT, EXIT_SITE_ERRORS, executable, start_threads};
use super::terminal::Terminal;
use crate::build::read_documents;
use crate::collection::Documents;
use crate::config::Config;
use crate::curation::{ArticleProposal, SiteKnowledge};
use crate::diagnostic::Diagnostic;
use crate::publish::hold_file;
use crate::pull::{self, ItemCounts, PullPlan, SourceOutcome, SourceReport};

/// The arguments of `newsgen pull`.
#[derive(Debug, Args)]
pub(super) struct PullArgs {
    /// Pull only the source with this name; can be repeated
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    source: Vec<String>,
    /// Also fetch the pages of new articles, for what the feeds do not say
    #[arg(long)]
    fetch_pages: bool,
    /// Only show what would be written
    #[arg(long)]
    dry_run: bool,
    /// The site's folder
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
}

/// Creates the documents, and prints their paths and what became of each source.
pub(super) fn run(args: &PullArgs, now: DateTime<Utc>) -> ExitCode {
    let report = Terminal::new(true);
    match pull(args, now, &report) {
        Ok(failures) if failures.is_empty() => ExitCode::SUCCESS,
        Ok(failures) => {
            report.show(&failures);
            ExitCode::from(EXIT_LEFT_OUT)
        }
        Err(diagnostics) => {
            report.show(&diagnostics);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

/// Pulls, and returns the errors of sources that could not be read and of documents that could not be
/// written.
fn pull(
    args: &PullArgs,
    now: DateTime<Utc>,
    report: &Terminal,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let one = |diagnostic| vec![diagnostic];
    start_threads(None).map_err(one)?;
    let config = site_config(&args.root, now)?;
    let on_wait = || report.note("waiting for another pull of this site");
    let hold = || hold_file(&pull::lock_path(&args.root), on_wait);
    let _held = if args.dry_run { None } else { Some(hold().map_err(one)?) };
    let fetched = pull::fetch(&args.root, &config, &args.source)?;
    let documents = if fetched.has_items() {
        read_documents(&args.root, &config, &executable())?
    } else {
        Documents::default()
    };
    let mut plan = fetched.plan(&SiteKnowledge::new(&documents, &config), args.fetch_pages);
    let written = write(&mut plan, args, &config, report);
    if !args.dry_run {
        plan.record().map_err(one)?;
    }
    for source in &plan.reports {
        report.note(&line(source));
    }
    report.show(&plan.warnings);
    report.note(&summary(written, args.dry_run));
    Ok(plan.failures)
}

/// Writes the documents, or shows where they would be, and returns their number.
fn write(plan: &mut PullPlan<'_>, args: &PullArgs, config: &Config, report: &Terminal) -> usize {
    let (mut taken, mut written) = (HashSet::new(), 0);
    for pulled in std::mem::take(&mut plan.articles) {
        let ArticleProposal { article, notes } = &pulled.proposal;
        let path = article.path(config.now, config.time_zone, &config.slugs);
        let path = unused_path(&args.root, &path, &taken);
        let created = if args.dry_run {
            Ok(args.root.join(&path))
        } else {
            create(&args.root, &path, article)
        };
        let shown = match created {
            Ok(shown) => shown,
            Err(errors) => {
                plan.add_unwritten(&pulled, errors);
                continue;
            }
        };
        report.print(&shown.display().to_string());
        for note in notes.iter().filter(|note| is_of_feed(note)) {
            report.note(&format!("{}: {note}", shown.display()));
        }
        taken.insert(path);
        written += 1;
        plan.add_written(pulled);
    }
    written
}

/// Whether a note is about a key whose value most feeds have.
fn is_of_feed(note: &str) -> bool {
    ["title:", "publishedDateTime:"].iter().any(|key| note.starts_with(key))
}

fn line(SourceReport { name, outcome }: &SourceReport) -> String {
    match outcome {
        SourceOutcome::Read(counts) => format!("{name}: {}", counted(counts)),
        SourceOutcome::Unchanged => format!("{name}: unchanged"),
        SourceOutcome::Waiting(until) => {
            let until = until.format("%Y-%m-%d %H:%M UTC");
            format!("{name}: not asked, since its server asked to wait until {until}")
        }
        SourceOutcome::Failed => format!("{name}: failed"),
    }
}

fn counted(counts: &ItemCounts) -> String {
    let ItemCounts { new, known, filtered, postponed, unusable, unwritten } = counts;
    let mut parts =
        vec![format!("{new} new"), format!("{known} known"), format!("{filtered} filtered")];
    if *postponed > 0 {
        parts.push(format!("{postponed} left for the next pull"));
    }
    if *unusable > 0 {
        parts.push(format!("{unusable} without a usable address"));
    }
    if *unwritten > 0 {
        parts.push(format!("{unwritten} could not be written"));
    }
    parts.join(", ")
}

fn summary(written: usize, is_dry: bool) -> String {
    let documents = if written == 1 { "document" } else { "documents" };
    if is_dry {
        format!("{written} new {documents}; nothing was written")
    } else {
        format!("{written} new {documents}")
    }
}
