//! `newsgen list`: what a site has, and where it is.

mod duplicates;
mod names;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::iter;
use std::process::ExitCode;

use chrono::SecondsFormat;
use clap::Args;
use serde::Serialize;

use duplicates::duplicate_groups;
use names::{Names, provider_names, topic_names, with_parents};

use super::build::{SiteArgs, read_only_options};
use super::process::EXIT_SITE_ERRORS;
use super::serve::{self, ServeArgs};
use super::stories::{document_path, print_lines};
use super::terminal::{Terminal, plural, print};
use crate::build::{self, DocumentState, InspectedSite, ListedDocument};
use crate::collection::Collection;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::ArticleSummary;
use crate::escape::escaped_json;

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
#[derive(Clone, Debug, Args)]
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
    /// Only articles with this topic or one of its subtopics: its name or slug
    #[arg(long, value_name = "NAME")]
    topic: Option<String>,
    /// Only articles of this provider: its name, domain or slug
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Only articles with the same original as another one, below the address of their original
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
        let listing = Listing::new(site, &args.choice)?;
        Ok::<_, Vec<Diagnostic>>(if args.json {
            Output::Json(listing.json())
        } else {
            Output::Lines(listing.lines())
        })
    });
    match listed {
        Ok((Ok(Output::Json(json)), warning)) => {
            Terminal::new(true).show(warning.as_slice());
            print(json.as_bytes())
        }
        Ok((Ok(Output::Lines(lines)), warning)) => print_lines(Ok((lines, warning))),
        Ok((Err(errors), warning)) => {
            print_lines(Err([warning.into_iter().collect(), errors].concat()))
        }
        Err(errors) => print_lines(Err(errors)),
    }
}

enum Output {
    Json(String),
    Lines(Vec<String>),
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
    /// With their groups of duplicates, if these are listed.
    documents: Vec<(ListedDocument, Option<usize>)>,
}

impl<'a> Listing<'a> {
    /// Chooses documents.
    ///
    /// # Errors
    /// If no article has the wanted topic or provider.
    fn new(site: &InspectedSite<'a>, choice: &Choice) -> Result<Self, Vec<Diagnostic>> {
        let all = site.listing();
        let collection = site.routes.collection;
        let mut unknown = Vec::new();
        let mut find = |name: Option<&str>, names: fn(&[ListedDocument], &Collection) -> Names| {
            let found = names(&all, collection).find(name?, site.config.slugs);
            found.map_err(|error| unknown.push(error)).ok()
        };
        let topic_slugs = find(choice.topic.as_deref(), topic_names);
        let domains = find(choice.provider.as_deref(), provider_names);
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let groups = if choice.duplicates { duplicate_groups(&all) } else { Vec::new() };
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
            let has_topic = |one: &ArticleSummary, slugs: &BTreeSet<String>| {
                let mut own =
                    one.topics.iter().flat_map(|topic| with_parents(&topic.slug, collection));
                own.any(|slug| slugs.contains(slug))
            };
            (!choice.drafts || is(DocumentState::Draft))
                && (!choice.due || is(DocumentState::Scheduled))
                && (!choice.published || is(DocumentState::Published))
                && topic_slugs.as_ref().is_none_or(|slugs| of(&|one| has_topic(one, slugs)))
                && domains
                    .as_ref()
                    .is_none_or(|known| of(&|one| known.contains(one.provider.domain.as_str())))
                && (!choice.orphans || of(&is_orphan))
                && (!choice.without_picture || of(&|one| one.image.is_none()))
        };
        let chosen: Vec<bool> = all.iter().map(is_chosen).collect();
        let groups = groups.into_iter().chain(iter::repeat(None));
        let mut documents: Vec<_> = all
            .into_iter()
            .zip(groups)
            .zip(chosen)
            .filter(|((_, group), is_chosen)| *is_chosen && choice.duplicates == group.is_some())
            .map(|(document, _)| document)
            .collect();
        documents.sort_by_key(|(_, group)| *group);
        Ok(Self { config: site.config, documents })
    }

    fn date(&self, document: &ListedDocument) -> String {
        let of = |summary: &ArticleSummary| {
            let local = summary.published_at.with_timezone(&self.config.time_zone);
            local.format("%Y-%m-%d").to_string()
        };
        document.summary.as_deref().map(of).unwrap_or_default()
    }

    /// A table, and how many documents it has. Articles with one original are below its address.
    fn lines(&self) -> Vec<String> {
        let row = |(document, _): &(ListedDocument, Option<usize>)| {
            [
                document.path.clone(),
                self.date(document),
                state(document.state).to_owned(),
                document.url.clone().unwrap_or_default(),
                topics(document).join(", "),
            ]
        };
        let rows: Vec<[String; 5]> = self.documents.iter().map(row).collect();
        let (mut lines, mut last) = (Vec::new(), None);
        for ((document, group), row) in self.documents.iter().zip(table(&rows)) {
            if group.is_none() {
                lines.push(row);
                continue;
            }
            if *group != last {
                lines.extend(last.map(|_| String::new()));
                lines.extend(document.summary.as_ref().map(|one| one.web_url.as_str().to_owned()));
                last = *group;
            }
            lines.push(format!("  {row}"));
        }
        lines.extend(last.map(|_| String::new()));
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
            /// When the article was published; none for a page.
            published: Option<String>,
            /// The domain of its provider; none for a page.
            provider: Option<&'a str>,
            /// The URL of its page; none if it has no page.
            url: Option<String>,
            /// The URL of the original; none for a page.
            original: Option<&'a str>,
        }
        let documents = self.documents.iter().map(|(document, _)| JsonDocument {
            path: &document.path,
            title: &document.title,
            date: Some(self.date(document)).filter(|date| !date.is_empty()),
            state: state(document.state),
            topics: topics(document),
            published: document.summary.as_deref().map(published),
            provider: document.summary.as_deref().map(|one| one.provider.domain.as_str()),
            url: document.url.as_deref().map(|url| self.config.absolute(url)),
            original: document.summary.as_deref().map(|summary| summary.web_url.as_str()),
        });
        let json = serde_json::to_string_pretty(&Documents { documents: documents.collect() })
            .expect("all keys are texts");
        format!("{}\n", escaped_json(&json))
    }
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

fn published(one: &ArticleSummary) -> String {
    one.published_at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
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
