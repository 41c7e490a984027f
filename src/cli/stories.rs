//! `newsgen stories`, and what `newsgen explain` says about an article.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{self, Path};
use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use serde::Serialize;

use super::build::{SiteArgs, read_only_options};
use super::date_argument::date_or_instant;
use super::process::EXIT_SITE_ERRORS;
use super::terminal::{Terminal, plural, print};
use crate::build::{self, BuildOptions, InspectedSite};
use crate::collection::{
    ArticleId, Collection, Story, StoryComparison, StoryExplanation, StoryIndex,
};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::{StoryChoice, date};
use crate::escape::escaped_json;
use crate::http_url::HttpUrl;
use crate::page::{FrontArticles, FrontExplanation, Routes};
use crate::story::{Evidence, JoinRefusal, MAX_ARTICLES, MAX_SPAN, SharedTerm, THRESHOLD};

#[derive(Debug, Args)]
pub(super) struct StoriesArgs {
    /// Print JSON, with the articles that stand alone
    #[arg(long)]
    json: bool,
    /// Only stories with an article published at or after this date, or date and time
    #[arg(long, value_name = "DATE", value_parser = date_or_instant)]
    since: Option<String>,
    #[command(flatten)]
    site: SiteArgs,
}

/// Prints the stories of a site.
pub(super) fn run(args: StoriesArgs) -> ExitCode {
    let (is_json, since) = (args.json, args.since);
    let options = match read_only_options(args.site) {
        Ok(options) => options,
        Err(status) => return status,
    };
    let stories = build::inspect(&options, |site| {
        let since = since.and_then(|since| date::parse(&since, site.config.time_zone).ok());
        let shown = ShownStories::new(site, since.map(|since| since.instant));
        if is_json { Ok(shown.json()) } else { Err(shown.lines()) }
    });
    match stories {
        Ok((Ok(json), warning)) => {
            Terminal::new(true).show(warning.as_slice());
            print(json.as_bytes())
        }
        Ok((Err(lines), warning)) => print_lines(Ok((lines, warning))),
        Err(errors) => print_lines(Err(errors)),
    }
}

/// Prints lines about a site, after the warning of what they leave out; or the errors.
pub(super) fn print_lines(
    inspected: Result<(Vec<String>, Option<Diagnostic>), Vec<Diagnostic>>,
) -> ExitCode {
    let report = Terminal::new(true);
    match inspected {
        Ok((lines, warning)) => {
            report.show(warning.as_slice());
            for line in lines {
                report.print(&line);
            }
            ExitCode::SUCCESS
        }
        Err(errors) => {
            report.show(&errors);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

/// Explains the story of an article, by the path of its document, its URL, a former URL, or the URL of
/// its original.
///
/// # Errors
/// If there is no such article, and all errors of `site.toml`.
pub(super) fn explain(
    options: &BuildOptions,
    what: &str,
) -> Result<(Vec<String>, Option<Diagnostic>), Vec<Diagnostic>> {
    let path = document_path(&options.root, what);
    let (explained, warning) = build::inspect(options, |site| {
        let collection = site.routes.collection;
        let of_path =
            |path: &str| collection.ids().find(|id| *collection.summary(*id).path == *path);
        let of_document = path.as_deref().and_then(of_path);
        let direct = of_document.or_else(|| site.routes.article_of_address(what));
        let other = if direct.is_none() { of_other_address(site, what) } else { None };
        let path = other.as_ref().map(|(path, _)| *path).or(path.as_deref());
        let Some(id) = direct.or_else(|| path.and_then(of_path)) else {
            return Err(path.map(|path| site.why_missing(path)).unwrap_or_default());
        };
        let mut lines = Vec::new();
        if let Some((_, kind)) = other {
            lines.extend([format!("{what} is {kind}:"), String::new()]);
        }
        let articles = FrontArticles::choose(site.routes);
        let front = FrontExplanation::new(site.routes, &articles).of_article(id);
        lines.extend(explanation(collection, id));
        lines.extend([String::new(), format!("Front page: {front}.")]);
        Ok(lines)
    })?;
    let missing = || {
        let message = "no published article has this path or address";
        let help = "write the path of a document, such as `content/news/harbour.md`, an address of its page or its original, or `front`";
        vec![Diagnostic::new(Code::UnknownName, Location::file(what), message).help(help)]
    };
    let explained = explained.map_err(|errors| if errors.is_empty() { missing() } else { errors });
    Ok((explained?, warning))
}

/// The path of the article with an address other than that of its page, and what the address is.
fn of_other_address<'s>(site: &'s InspectedSite<'_>, what: &str) -> Option<(&'s str, String)> {
    let original = HttpUrl::parse(what).ok().and_then(|url| site.path_of_original(&url));
    let original = original.map(|(path, others)| {
        let mut kind = "the original of this article".to_owned();
        if others > 0 {
            let others = plural(others, "other");
            let _ = write!(kind, " and of {others}, which `newsgen list --duplicates` shows");
        }
        (path, kind)
    });
    let former =
        || Some((site.path_of_alias(what)?, "a former address of this article".to_owned()));
    original.or_else(former)
}

/// The path of a document relative to `content/`. It is given relative to the site's root or to the
/// current folder, or as an absolute path.
pub(super) fn document_path(root: &Path, path: &str) -> Option<String> {
    let absolute = path::absolute(path).ok();
    let below_root = absolute.as_deref().zip(path::absolute(root).ok());
    let below_root = below_root.and_then(|(path, root)| path.strip_prefix(root).ok());
    let candidates = below_root.into_iter().chain([Path::new(path)]);
    let below_content = candidates.map(|path| path.strip_prefix("./").unwrap_or(path));
    let mut documents = below_content.filter_map(|path| path.strip_prefix("content").ok());
    Some(documents.next()?.to_str()?.replace('\\', "/"))
}

/// Stories with what is known of how their articles joined.
struct ShownStories<'a> {
    config: &'a Config,
    routes: Routes<'a>,
    collection: &'a Collection,
    /// In the order of their oldest articles.
    stories: Vec<(StoryIndex, &'a Story)>,
    /// Why articles joined.
    joins: BTreeMap<ArticleId, StoryComparison>,
    /// The stories that articles missed by little.
    near_misses: BTreeMap<ArticleId, StoryComparison>,
}

/// A score of at least this share of the necessary one is a near miss.
const NEAR: f64 = 0.75;

/// The number of shared terms that are shown.
const MAX_TERMS: usize = 8;

impl<'a> ShownStories<'a> {
    fn new(site: &InspectedSite<'a>, since: Option<DateTime<Utc>>) -> Self {
        let InspectedSite { routes, config, .. } = *site;
        let collection = routes.collection;
        let is_shown = |id: &ArticleId| {
            since.is_none_or(|since| collection.summary(*id).published_at >= since)
        };
        let stories: Vec<(StoryIndex, &Story)> = collection
            .stories()
            .iter()
            .filter(|(_, story)| story.articles.iter().any(is_shown))
            .collect();
        let oldest = stories.iter().flat_map(|(_, story)| &story.articles).max();
        let explained = oldest.map(|oldest| collection.explain_stories(*oldest));
        let shown: BTreeSet<StoryIndex> = stories.iter().map(|(index, _)| *index).collect();
        let (mut joins, mut near_misses) = (BTreeMap::new(), BTreeMap::new());
        for StoryExplanation { article, comparisons } in explained.into_iter().flatten() {
            let own = collection.stories().of(article);
            if !shown.contains(&own) {
                continue;
            }
            let (joined, missed): (Vec<_>, Vec<_>) =
                comparisons.into_iter().partition(|found| found.story == own);
            joins.extend(joined.into_iter().next().map(|found| (article, found)));
            let missed = missed.into_iter().find(is_near_miss);
            near_misses.extend(missed.map(|found| (article, found)));
        }
        Self { config, routes, collection, stories, joins, near_misses }
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Stories<'a> {
            stories: Vec<JsonStory<'a>>,
        }
        #[derive(Serialize)]
        struct JsonStory<'a> {
            id: String,
            title: String,
            /// The URL of its page; none if it has no page.
            url: Option<String>,
            articles: Vec<JsonArticle<'a>>,
        }
        #[derive(Serialize)]
        struct JsonArticle<'a> {
            path: String,
            provider: &'a str,
            published: String,
            joined: Option<Joined<'a>>,
        }
        #[derive(Serialize)]
        struct Joined<'a> {
            by: &'static str,
            score: f64,
            terms: Vec<&'a str>,
        }
        let joined = |id: &ArticleId| {
            let StoryComparison { by, score, terms, .. } = self.joins.get(id)?;
            let score = (score * 1000.0).round() / 1000.0;
            Some(Joined { by: name(*by), score, terms: words(terms).collect() })
        };
        let article = |id: &ArticleId| {
            let summary = self.collection.summary(*id);
            JsonArticle {
                path: summary.display_path(),
                provider: summary.provider.domain.as_str(),
                published: published(self.collection, *id),
                joined: joined(id),
            }
        };
        let stories = self.stories.iter().map(|(index, story)| JsonStory {
            id: self.id(*index, story),
            title: self.title(*index),
            url: self.url(*index),
            articles: story.articles.iter().map(article).collect(),
        });
        let json = serde_json::to_string_pretty(&Stories { stories: stories.collect() })
            .expect("all keys are texts");
        format!("{}\n", escaped_json(&json))
    }

    /// The name that editors gave a story, else the path of the document by which it is known.
    fn id(&self, index: StoryIndex, story: &Story) -> String {
        let known_by = || self.collection.summary(self.routes.known_by(index)).display_path();
        story.key.as_ref().map_or_else(known_by, |key| key.slug.to_string())
    }

    /// The name that editors gave a story, else the title of its first article.
    fn title(&self, index: StoryIndex) -> String {
        self.routes.story_name(index).to_owned()
    }

    /// The URL of the page of a story.
    fn url(&self, index: StoryIndex) -> Option<String> {
        self.routes.story_url(index).map(|url| self.config.absolute(&url))
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let several = || self.stories.iter().filter(|(_, story)| story.articles.len() > 1);
        for (index, story) in several() {
            lines.extend(self.story_lines(*index, story));
            lines.push(String::new());
        }
        if !self.near_misses.is_empty() {
            lines.push("Near misses:".to_owned());
            for (id, found) in self.near_misses.iter().rev() {
                let path = self.collection.summary(*id).display_path();
                lines.push(format!("  {path}"));
                lines.push(format!("    {}", comparison(self.collection, *id, found)));
            }
            lines.push(String::new());
        }
        let several = several().count();
        let stories = if several == 1 { "story" } else { "stories" };
        let alone = plural(self.stories.len() - several, "article");
        lines.push(format!("{several} {stories} of several articles, {alone} alone"));
        lines
    }

    /// A story with its page and how its articles joined.
    fn story_lines(&self, index: StoryIndex, story: &Story) -> Vec<String> {
        let mut lines = vec![self.title(index)];
        lines.extend(self.url(index).map(|url| format!("  {url}")));
        for id in &story.articles {
            lines.push(format!("  {}", article_line(self.collection, *id)));
            lines.extend(
                self.joins
                    .get(id)
                    .map(|found| format!("    joined {}", evidence(self.collection, *id, found))),
            );
        }
        lines
    }
}

/// Whether a story lacks little to be the one of the article.
fn is_near_miss(found: &StoryComparison) -> bool {
    found.refusal.is_some() && found.score >= THRESHOLD * NEAR
}

/// Why an article is in its story, and which topics count for its related articles.
fn explanation(collection: &Collection, id: ArticleId) -> Vec<String> {
    let (summary, stories) = (collection.summary(id), collection.stories());
    let story = stories.get(stories.of(id));
    let mut lines = vec![
        summary.title.to_string(),
        format!("  {}", article_line(collection, id)),
        String::new(),
    ];
    lines.push(format!(
        "Its story has {} of {}:",
        plural(story.articles.len(), "article"),
        plural(stories.providers(stories.of(id)), "provider")
    ));
    lines.extend(story.articles.iter().map(|id| format!("  {}", article_line(collection, *id))));
    let explained = collection.explain_stories(id).next();
    let (joined, others): (Vec<_>, Vec<_>) = explained
        .into_iter()
        .flat_map(|explained| explained.comparisons)
        .partition(|found| found.story == stories.of(id));
    if let Some(found) = joined.first() {
        lines.push(format!("It joined {}", evidence(collection, id, found)));
        let terms = found.terms.iter().take(MAX_TERMS);
        lines.extend(terms.map(|term| format!("  {:.3} {}", term.weight, term.text)));
    } else if matches!(summary.story, Some(StoryChoice::Alone)) {
        lines.push("It is the only one: its key `story: none` keeps it apart.".to_owned());
    } else {
        lines.push("It is the first: no older story had enough in common with it.".to_owned());
    }
    if !others.is_empty() {
        lines.extend([String::new(), "Other stories that it was compared with:".to_owned()]);
        lines.extend(others.iter().map(|found| format!("  {}", comparison(collection, id, found))));
    }
    let topics = collection.topic_weights(id);
    if !topics.is_empty() {
        lines
            .extend([String::new(), "Topics, with their weights for related articles:".to_owned()]);
        let kicker = collection.card_details(id).kicker.map(|index| index as usize);
        lines.extend(topics.iter().enumerate().map(|(index, topic)| {
            let kicker = if kicker == Some(index) { "; the kicker of its card" } else { "" };
            format!(
                "  {:.2} {} ({} of {} older articles{kicker})",
                topic.weight, topic.name, topic.articles, topic.older
            )
        }));
    }
    lines
}

/// Time, provider and path of an article.
fn article_line(collection: &Collection, id: ArticleId) -> String {
    let summary = collection.summary(id);
    let provider = summary.provider.domain.to_unicode();
    format!("{} {provider} {}", published(collection, id), summary.display_path())
}

fn published(collection: &Collection, id: ArticleId) -> String {
    collection.summary(id).published_at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Why an article joined a story.
fn evidence(collection: &Collection, id: ArticleId, found: &StoryComparison) -> String {
    let other = collection.summary(found.closest).display_path();
    let how = match found.by {
        Evidence::Key => {
            let story = collection.stories().get(collection.stories().of(id));
            let name = story.key.as_ref().map(|key| &*key.name).unwrap_or_default();
            return format!("by its key `story: {name}`");
        }
        Evidence::Related => format!("by an editor's `related`; most like {other}"),
        Evidence::Original => format!("by the same original; most like {other}"),
        Evidence::Title => format!("by nearly the same title or terms as {other}"),
        Evidence::Terms => format!("by shared terms; most like {other}"),
    };
    format!("{how} ({})", score(found))
}

/// Why an article did not join a story.
fn comparison(collection: &Collection, id: ArticleId, found: &StoryComparison) -> String {
    let other = collection.summary(found.closest).display_path();
    let provider = collection.summary(id).provider.domain.to_unicode();
    let reason = match found.refusal {
        Some(JoinRefusal::Score) => format!("the score must be at least {THRESHOLD}"),
        Some(JoinRefusal::Terms) => "one shared word makes up nearly all of the score".to_owned(),
        Some(JoinRefusal::Provider) => {
            format!(
                "it already has another report of {provider}, which needs nearly the same words"
            )
        }
        Some(JoinRefusal::Span) => {
            format!("it would be longer than {} days", MAX_SPAN / (24 * 60 * 60))
        }
        Some(JoinRefusal::Size) => format!("it has {MAX_ARTICLES} articles"),
        Some(JoinRefusal::Name) => "it has another name".to_owned(),
        None => "another story had more in common".to_owned(),
    };
    format!("not the story of {other}: {reason} ({})", score(found))
}

/// The score with the terms that it comes from.
fn score(found: &StoryComparison) -> String {
    let terms: Vec<&str> = words(&found.terms).collect();
    let of = if terms.is_empty() { "" } else { ": " };
    format!("score {:.3}{of}{}", found.score, terms.join(", "))
}

fn words(terms: &[SharedTerm]) -> impl Iterator<Item = &str> {
    terms.iter().take(MAX_TERMS).map(|term| &*term.text)
}

fn name(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Key => "key",
        Evidence::Related => "related",
        Evidence::Original => "original",
        Evidence::Title => "title",
        Evidence::Terms => "terms",
    }
}
