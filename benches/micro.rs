//! How long the parts take of which a build consists.
#![allow(clippy::panic, reason = "a bench may do what the program may not")]

use std::sync::Arc;

use chrono::DateTime;
use divan::{Bencher, counter::BytesCount};
use newsgen::collection::{Collection, DocumentId, Documents};
use newsgen::config::{Config, Overrides};
use newsgen::digest::DigestKey;
use newsgen::document::{self, ArticleBody, ArticleSummary, Document, front_matter};
use newsgen::node::Problems;
use newsgen::page::{Contexts, OutputContent, OutputFiles, Route, Routes};
use newsgen::render::{Renderer, Templates};
use newsgen::reservations::Reservations;
use newsgen::source::{FileStamp, Folder, SiteFile};

fn main() {
    divan::main();
}

const CONFIG: &str = "title = \"Bench\"\nbase_url = \"https://bench.example/\"\n";

fn config() -> Config {
    let now = DateTime::from_timestamp(2_000_000_000, 0).expect("instant");
    let overrides =
        Overrides { base_url: None, now, unpublished: false, future: false, preview: false };
    Config::parse("site.toml", CONFIG, &overrides).expect("config")
}

/// An article of the usual length.
fn text(number: usize) -> String {
    let day = number % 28 + 1;
    format!(
        "---\ncategory: news\ntitle: \"Harbour reopens {number} days after the storm\"\nexcerpt: \"The first ships came in at noon, \
         and the market had fish again before the evening of the same day.\"\npublishedDateTime: 2026-05-{day:02}T10:00:00Z\n\
         originalUrl: \"https://www.harbourpost.example/2026/05/harbour-reopens-{number}\"\n\
         webUrl: \"https://www.harbourpost.example/2026/05/harbour-reopens-{number}\"\ntype: article\nquality: 6\nheat: 20\n\
         published: true\nprovider:\n  name: \"Harbour Post {provider}\"\n  domain: harbour{provider}.example\n\ntopics:\n  - \"Cities\"\n  \
         - \"Topic {topic}\"\n\nimages:\n  - url: \"https://img.harbourpost.example/{number}.jpg\"\n    width: 640\n    height: 360\n    \
         isCached: true\n\nrelated:\n  - title: \"The storm of the century\"\n    excerpt: \"What was left behind on the quays.\"\n    \
         publishedDateTime: 2026-04-01T10:00:00Z\n    webUrl: \"https://www.meridian.example/storm-{number}\"\n    type: article\n    \
         provider:\n      name: Meridian\n      domain: meridian.example\n---\n\nThe first ships came in at *noon*.\n\n- One\n- Two\n",
        provider = number % 50,
        topic = number % 40,
    )
}

fn read(number: usize, config: &Config) -> (ArticleSummary, ArticleBody) {
    let folder = Arc::new(Folder { name: "content", on_disk: "content".into() });
    let path = format!("news/{number}.md").into();
    let file =
        SiteFile { path, folder, stamp: FileStamp { length: 0, changed_at: 0, touched_at: 0 } };
    match document::parse(&file, text(number).as_bytes(), config).0 {
        Some(Document::Article(article)) => (article.summary, article.article_body),
        other => panic!("{other:?}"),
    }
}

fn documents(count: usize, config: &Config) -> Documents {
    let summary = |number| (DocumentId::at(number), read(number, config).0.into());
    let summaries = (0..count).map(summary).collect();
    Documents { summaries, ..Documents::default() }
}

/// Measures how fast `parse` reads front matter, of which it returns the number of keys.
fn front_matter(bencher: Bencher, parse: impl Fn(&str) -> usize + Sync) {
    let text = text(1);
    let yaml = front_matter::split("a.md", text.as_bytes()).expect("parts").yaml;
    bencher.counter(BytesCount::of_str(yaml)).bench(|| parse(yaml));
}

#[divan::bench]
fn front_matter_fast(bencher: Bencher) {
    front_matter(bencher, |yaml| front_matter::parse_fast(yaml).expect("fast").len());
}

#[divan::bench]
fn front_matter_by_the_library(bencher: Bencher) {
    front_matter(bencher, |yaml| {
        front_matter::parse("a.md", yaml, &mut Problems::default()).expect("parsed").len()
    });
}

#[divan::bench]
fn document(bencher: Bencher) {
    let config = config();
    bencher.bench(|| read(1, &config));
}

#[divan::bench(args = [1_000, 10_000])]
fn collection(bencher: Bencher, count: usize) {
    let config = config();
    bencher.with_inputs(|| documents(count, &config)).bench_values(|documents| {
        Collection::new(documents, &config, &Reservations::default().index(&[]))
    });
}

#[divan::bench(args = ["article", "list"])]
fn one_page(bencher: Bencher, kind: &str) {
    let config = config();
    let (collection, _) =
        Collection::new(documents(1_000, &config), &config, &Reservations::default().index(&[]));
    let (outputs, _) = OutputFiles::new(
        Routes::new(&collection, &config),
        &Reservations::default().index(&[]),
        &[],
        &[],
    );
    let contexts = Contexts::new(&outputs, &DigestKey::random());
    let renderer = Renderer::new(Templates::default_theme(), &contexts.site(), &config.locale)
        .expect("templates");
    let article_body = read(1, &config).1;
    let is_meant = |content: &OutputContent| match content {
        OutputContent::Page(Route::Article(_)) => kind == "article",
        OutputContent::Page(Route::List(_)) => kind == "list",
        _ => false,
    };
    let page = outputs.files.iter().find(|page| is_meant(&page.content)).expect("page");
    let OutputContent::Page(route) = page.content else { panic!("{page:?}") };
    bencher.bench(|| {
        renderer
            .render(&contexts.with_body(contexts.context(route), &article_body))
            .expect("rendered")
    });
}
