//! `newsgen list`: what a site has, and where it is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::build::{SiteArgs, read_only_options};
use super::process::EXIT_SITE_ERRORS;
use super::serve::{self, ServeArgs};
use super::stories::{document_path, print_lines};
use super::terminal::{Terminal, plural, print};
use crate::build::{self, DocumentState, InspectedSite, ListedDocument};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::ArticleSummary;
use crate::escape::escaped_json;
use crate::http_url::HttpUrl;

/// The arguments of `newsgen list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    choice: Choice,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Serve the site with everything that it does not publish, and open this document's page in
    /// the browser
    #[arg(long, value_name = "PATH")]
    open: Option<String>,
    #[command(flatten)]
    site: SiteArgs,
}

/// Which documents are listed.
#[derive(Clone, Copy, Debug, Args)]
struct Choice {
    /// Only documents with `published: false`
    #[arg(long, conflicts_with_all = ["due", "published"])]
    drafts: bool,
    /// Only articles that become due later
    #[arg(long, conflicts_with = "published")]
    due: bool,
    /// Only published documents
    #[arg(long)]
    published: bool,
    /// Only articles with the same original as another one
    #[arg(long)]
    duplicates: bool,
    /// Only articles that share no topic with a published article, so that no topic leads readers
    /// from one to the other
    #[arg(long)]
    orphans: bool,
    /// Only articles without a picture
    #[arg(long)]
    without_picture: bool,
}

/// Prints the documents of a site, or opens the page of one.
pub(super) fn run(args: ListArgs) -> ExitCode {
    if let Some(path) = args.open {
        return open(args.site, &path);
    }
    let options = match read_only_options(args.site) {
        Ok(options) => options,
        Err(status) => return status,
    };
    let listed = build::inspect(&options, |site| {
        let listing = Listing::new(site, args.choice);
        if args.json { Ok(listing.json()) } else { Err(listing.lines()) }
    });
    match listed {
        Ok((Ok(json), warning)) => {
            Terminal::new(true).show(warning.as_slice());
            print(json.as_bytes())
        }
        Ok((Err(lines), warning)) => print_lines(Ok((lines, warning))),
        Err(errors) => print_lines(Err(errors)),
    }
}

/// Opens the page of a document.
fn open(site: SiteArgs, path: &str) -> ExitCode {
    let root = site.root().to_owned();
    let options = match read_only_options(site.with_all()) {
        Ok(options) => options,
        Err(status) => return status,
    };
    let wanted = document_path(&root, path).map(|path| format!("content/{path}"));
    let found = build::inspect(&options, |site| {
        site.listing().into_iter().find(|document| Some(&document.path) == wanted.as_ref())
    });
    let document = match found {
        Ok((document, _)) => document,
        Err(errors) => return print_lines(Err(errors)),
    };
    let Some(document) = document else {
        let help = "`newsgen list` shows the paths of all";
        return refuse(path, Code::UnknownName, "the site has no such document", help);
    };
    match document {
        ListedDocument { url: Some(url), .. } => {
            serve::run_in_threads(&ServeArgs::for_page(root, url))
        }
        ListedDocument { state: DocumentState::LeftOut, .. } => refuse(
            path,
            Code::UnpublishedArticle,
            "this document has errors and no page",
            "`newsgen check` shows the errors",
        ),
        _ => refuse(
            path,
            Code::UnpublishedArticle,
            "this article has no page",
            "`article_html` in site.toml limits pages",
        ),
    }
}

fn refuse(path: &str, code: Code, message: &str, help: &str) -> ExitCode {
    let error = Diagnostic::new(code, Location::file(path), message).help(help);
    Terminal::new(true).show(&[error]);
    ExitCode::from(EXIT_SITE_ERRORS)
}

/// The documents that are listed.
struct Listing<'a> {
    config: &'a Config,
    documents: Vec<ListedDocument>,
}

impl<'a> Listing<'a> {
    fn new(site: &InspectedSite<'a>, choice: Choice) -> Self {
        let all = site.listing();
        let originals =
            count(all.iter().filter_map(|document| document.summary.as_deref()), |one| {
                original_keys(one)
            });
        let published = all.iter().filter(|document| document.state == DocumentState::Published);
        let topics = count(published.filter_map(|document| document.summary.as_deref()), |one| {
            one.topics.iter().map(|topic| Cow::Borrowed(&*topic.slug)).collect()
        });
        let is_chosen = |document: &ListedDocument| {
            let summary = document.summary.as_deref();
            let of = |keeps: &dyn Fn(&ArticleSummary) -> bool| summary.is_some_and(keeps);
            let is = |state| document.state == state;
            // An article counts itself if it is published.
            let own = usize::from(is(DocumentState::Published));
            let is_orphan = |one: &ArticleSummary| {
                let others = |slug: &str| topics.get(slug).copied().unwrap_or_default() > own;
                !one.topics.iter().any(|topic| others(&topic.slug))
            };
            let is_duplicate = |one: &ArticleSummary| {
                let mut keys = original_keys(one).into_iter();
                keys.any(|key| originals.get(&*key).is_some_and(|count| *count > 1))
            };
            (!choice.drafts || is(DocumentState::Draft))
                && (!choice.due || is(DocumentState::Scheduled))
                && (!choice.published || is(DocumentState::Published))
                && (!choice.duplicates || of(&is_duplicate))
                && (!choice.orphans || of(&is_orphan))
                && (!choice.without_picture || of(&|one| one.image.is_none()))
        };
        let chosen: Vec<bool> = all.iter().map(is_chosen).collect();
        let documents = all.into_iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen);
        Self { config: site.config, documents: documents.map(|(document, _)| document).collect() }
    }

    fn date(&self, document: &ListedDocument) -> String {
        let of = |summary: &ArticleSummary| {
            let local = summary.published_at.with_timezone(&self.config.time_zone);
            local.format("%Y-%m-%d").to_string()
        };
        document.summary.as_deref().map(of).unwrap_or_default()
    }

    /// A table, and how many documents it has.
    fn lines(&self) -> Vec<String> {
        let row = |document: &ListedDocument| {
            [
                document.path.clone(),
                self.date(document),
                state(document.state).to_owned(),
                document.url.clone().unwrap_or_default(),
                topics(document).join(", "),
            ]
        };
        let rows: Vec<[String; 5]> = self.documents.iter().map(row).collect();
        let mut lines = table(&rows);
        lines.push(plural(rows.len(), "document"));
        lines
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Documents<'a> {
            documents: Vec<JsonDocument<'a>>,
        }
        #[derive(Serialize)]
        struct JsonDocument<'a> {
            path: &'a str,
            title: &'a str,
            date: Option<String>,
            state: &'static str,
            topics: Vec<&'a str>,
            /// The URL of its page; none if it has no page.
            url: Option<String>,
            /// The URL of the original; none for a page.
            original: Option<&'a str>,
        }
        let documents = self.documents.iter().map(|document| JsonDocument {
            path: &document.path,
            title: &document.title,
            date: Some(self.date(document)).filter(|date| !date.is_empty()),
            state: state(document.state),
            topics: topics(document),
            url: document.url.as_deref().map(|url| self.config.absolute(url)),
            original: document.summary.as_deref().map(|summary| summary.web_url.as_str()),
        });
        let json = serde_json::to_string_pretty(&Documents { documents: documents.collect() })
            .expect("all keys are texts");
        format!("{}\n", escaped_json(&json))
    }
}

/// What identifies the original of an article: both of its addresses.
fn original_keys(one: &ArticleSummary) -> Vec<Cow<'_, str>> {
    let addresses = one.addresses().into_iter().flatten();
    let mut keys: Vec<_> = addresses.map(HttpUrl::dedup_key).collect();
    keys.dedup();
    keys
}

/// How many articles have each key.
fn count<'s>(
    summaries: impl Iterator<Item = &'s ArticleSummary>,
    keys: impl Fn(&'s ArticleSummary) -> Vec<Cow<'s, str>>,
) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for key in summaries.flat_map(keys) {
        *counts.entry(key.into_owned()).or_default() += 1;
    }
    counts
}

fn topics(document: &ListedDocument) -> Vec<&str> {
    let topics = document.summary.iter().flat_map(|summary| &summary.topics);
    topics.map(|topic| &*topic.name).collect()
}

fn state(state: DocumentState) -> &'static str {
    match state {
        DocumentState::Published => "published",
        DocumentState::Draft => "draft",
        DocumentState::Scheduled => "scheduled",
        DocumentState::LowQuality => "low quality",
        DocumentState::LowHeat => "low heat",
        DocumentState::LeftOut => "left out",
    }
}

/// Rows with their cells below each other.
fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..COLUMNS).map(width).collect();
    let line = |row: &[String; COLUMNS]| {
        let cells = row.iter().zip(&widths).filter(|(_, width)| **width > 0);
        let cells: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
