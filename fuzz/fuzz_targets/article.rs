//! A whole article: its document, and every page, feed and directory of a site that holds it alone.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use newsgen::collection::{Collection, DocumentId, Documents};
use newsgen::config::{Config, Overrides};
use newsgen::document::{self, Article, Document};
use newsgen::page::{Content, Plan, Subject};
use newsgen::render::{self, Renderer, Templates};
use newsgen::reservations::Reservations;
use newsgen::source::{Folder, SiteFile, Stamp};

const SITE: &str = "title = \"T\"\nbase_url = \"https://t.example/\"\nid = \"https://t.example/\"\n\
    article_pages = \"self\"\n[amp]\npages = true\n";

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let overrides = Overrides { base_url: None, now: Default::default(), unpublished: true, future: true, preview: false };
    Config::read("site.toml", SITE, &overrides).expect("configuration")
});

static RENDERER: LazyLock<Renderer> = LazyLock::new(|| {
    let (collection, _) = Collection::new(Documents::default(), &CONFIG);
    let (plan, _) = Plan::without_pages(&collection, &CONFIG);
    Renderer::new(Templates::of_theme(), &plan.site()).unwrap_or_else(|errors| panic!("{errors:?}"))
});

fn read(bytes: &[u8]) -> Option<Article> {
    let folder = Folder { name: "content", on_disk: "content".into() };
    let stamp = Stamp { length: 0, changed_at: 0, touched_at: 0 };
    let file = SiteFile { path: "2026-01-02-a.md".into(), folder: folder.into(), stamp };
    let (document, diagnostics) = document::read(&file, bytes, &CONFIG);
    match document {
        Some(Document::Article(article)) => Some(*article),
        Some(_) => panic!("content/a.md is an article"),
        None => {
            assert!(diagnostics.iter().any(|diagnostic| diagnostic.is_error()));
            None
        }
    }
}

fn check_xml(xml: &[u8]) {
    let mut reader = quick_xml::Reader::from_reader(xml);
    while !matches!(reader.read_event().expect("XML"), quick_xml::events::Event::Eof) {}
}

/// The only script of a page is data, and that is JSON.
fn check_html(html: &str) {
    for script in html.split("<script").skip(1) {
        let (tag, rest) = script.split_once('>').expect("tag");
        let (text, _) = rest.split_once("</script").expect("end");
        match tag {
            " type=\"application/ld+json\"" => {
                serde_json::from_str::<serde_json::Value>(text).expect("JSON");
            }
            _ => assert!(tag.contains(" src=\"https://cdn.ampproject.org/") && text.is_empty(), "{tag}"),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some(Article { card, details }) = read(bytes) else { return };
    let documents = Documents { cards: vec![(DocumentId::at(0), Arc::new(card))], ..Documents::default() };
    let (collection, _) = Collection::new(documents, &CONFIG, &Reservations::default().index(&[]));
    let (plan, _) = Plan::new(&collection, &CONFIG, &[], &[]);
    let details = details.pack().unpack().expect("details");
    for page in &plan.pages {
        match &page.content {
            Content::Subject(subject) => {
                let view = plan.view(*subject);
                let data = plan.linked_data(*subject, &view).unwrap_or_default();
                let view = view.with_json_ld(render::json_text(&data).expect("JSON"));
                let of_article = matches!(subject, Subject::Article(_) | Subject::Amp(_));
                let view = if of_article { plan.with_details(view, &details) } else { view };
                let html = RENDERER.render(&view).unwrap_or_else(|error| panic!("{error:?}"));
                check_html(&String::from_utf8(html).expect("UTF-8"));
            }
            Content::Feed(feed) => {
                let bytes = render::feed(feed.format, &plan.feed(*feed)).expect("feed");
                if bytes.starts_with(b"<") {
                    check_xml(&bytes);
                } else {
                    serde_json::from_slice::<serde_json::Value>(&bytes).expect("JSON");
                }
            }
            Content::Directory(directory) => {
                check_xml(&render::directory(&plan.directory(*directory)).expect("directory"));
            }
            Content::File(_) => {}
        }
    }
});
