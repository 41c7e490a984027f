//! `newsgen init`: a new site.

use std::path::Path;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use uuid::Uuid;

use super::new::quoted;
use crate::diagnostic::{Diagnostic, Place};
use crate::publish::create_file;
use crate::render::theme;
use crate::source;

const SITE_TOML: &str = include_str!("init/site.toml");

/// An article of a new site.
struct Sample {
    title: &'static str,
    excerpt: &'static str,
    slug: &'static str,
    provider: &'static str,
    domain: &'static str,
    topics: &'static [&'static str],
    hours_ago: i64,
    body: &'static str,
}

const SAMPLES: [Sample; 3] = [
    Sample {
        title: "This article stands for one that somebody else published",
        excerpt: "A document names the original, says in a sentence or two what it is about, and sends readers there.",
        slug: "this-article-stands-for-one",
        provider: "The Example Courier",
        domain: "courier.example",
        topics: &["First steps"],
        hours_ago: 1,
        body: "",
    },
    Sample {
        title: "Topics and providers get pages of their own",
        excerpt: "Write the same topic into two documents and they meet on its page.",
        slug: "topics-and-providers-get-pages",
        provider: "Example Weekly",
        domain: "weekly.example",
        topics: &["First steps", "Topics"],
        hours_ago: 26,
        body: "",
    },
    Sample {
        title: "A document can have a body of its own",
        excerpt: "Most have none. One that has is shown below the link to the original.",
        slug: "a-document-can-have-a-body",
        provider: "The Example Courier",
        domain: "courier.example",
        topics: &["Topics"],
        hours_ago: 50,
        body: "\nThis is **Markdown**: your own words about the article.\n\n- lists\n- [links](https://courier.example/)\n- quotations, tables and pictures\n",
    },
];

/// Makes a new site in `dir` and says what to do next.
pub(super) fn run(dir: &Path, with_theme: bool, now: DateTime<Utc>) -> Result<String, Vec<Diagnostic>> {
    let shown = dir.display().to_string();
    let names = source::names_in(dir).map_err(|error| {
        vec![Diagnostic::error(Place::file(&shown), format!("cannot use this folder: {error}"))]
    })?;
    if !names.is_empty() {
        let message = "this folder is not empty, and stays as it is";
        return Err(vec![Diagnostic::error(Place::file(&shown), message).help("name a new folder")]);
    }
    let samples = SAMPLES.iter().map(|sample| (sample.path(now), sample.document(now).into_bytes()));
    let mut files = vec![(source::CONFIG.to_owned(), site_toml(&shown, now).into_bytes())];
    files.push((".gitignore".to_owned(), b"/public\n/.newsgen\n".to_vec()));
    files.extend(samples);
    if with_theme {
        let templates = theme::TEMPLATES.iter();
        files.extend(templates.map(|(name, text)| (format!("templates/{name}"), text.as_bytes().to_vec())));
        files.extend(theme::ASSETS.iter().map(|(path, bytes)| (format!("static/{path}"), bytes.to_vec())));
    }
    for (path, bytes) in files {
        create_file(&dir.join(path), &bytes).map_err(|diagnostic| vec![diagnostic])?;
    }
    Ok(format!("A new site is in {shown}. Publish it with:\n\n    newsgen build --root {shown}\n"))
}

/// The configuration of a site that is made in a folder at an instant, and is known by that.
fn site_toml(folder: &str, now: DateTime<Utc>) -> String {
    let made = format!("{folder} {}", now.to_rfc3339());
    SITE_TOML.replace("{id}", Uuid::new_v5(&Uuid::NAMESPACE_URL, made.as_bytes()).urn().to_string().as_str())
}

impl Sample {
    fn published_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - Duration::hours(self.hours_ago)
    }

    fn path(&self, now: DateTime<Utc>) -> String {
        format!("content/news/{}-{}.md", self.published_at(now).format("%Y-%m-%d"), self.slug)
    }

    fn document(&self, now: DateTime<Utc>) -> String {
        let Self { title, excerpt, slug, provider, domain, body, .. } = self;
        let instant = self.published_at(now).to_rfc3339_opts(SecondsFormat::Secs, true);
        let topics = self.topics.join("\n  - ");
        let (title, excerpt) = (quoted(title), quoted(excerpt));
        format!(
            "---\ncategory: news\ntitle: {title}\nexcerpt: {excerpt}\npublishedDateTime: {instant}\n\
             originalUrl: \"https://www.{domain}/{slug}\"\ntype: article\nquality: 50\n\n\
             provider:\n  name: {provider}\n  domain: {domain}\n\ntopics:\n  - {topics}\n---\n{body}"
        )
    }
}
