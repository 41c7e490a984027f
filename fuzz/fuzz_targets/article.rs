//! A whole article: its document, and every page, feed, sitemap and host file of a site that holds
//! nothing else.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use newsgen::collection::{Collection, DocumentId, Documents};
use newsgen::config::{Config, Overrides};
use newsgen::digest::DigestKey;
use newsgen::document::{self, Article, ArticleBody, Document};
use newsgen::page::{Contexts, File, OutputContent, OutputFiles, Route, Routes};
use newsgen::render::{self, Renderer, Templates};
use newsgen::reservations::Reservations;
use newsgen::source::{FileStamp, Folder, SiteFile};

const SITE: &str = "title = \"T\"\nbase_url = \"https://t.example/\"\nid = \"https://t.example/\"\n\
    article_pages = \"self\"\n[amp]\npages = true\n";

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let overrides = Overrides {
        base_url: None,
        now: Default::default(),
        unpublished: true,
        future: true,
        preview: false,
    };
    Config::parse("site.toml", SITE, &overrides).expect("configuration")
});

static RENDERER: LazyLock<Renderer> = LazyLock::new(|| {
    let collection = collect(Documents::default());
    let output_files = OutputFiles::none(Routes::new(&collection, &CONFIG), &[]);
    let site = Contexts::new(&output_files, &DigestKey::random()).site();
    Renderer::new(Templates::default_theme(), &site, &CONFIG.locale)
        .unwrap_or_else(|errors| panic!("{errors:?}"))
});

fn collect(documents: Documents) -> Collection {
    Collection::new(documents, &CONFIG, &Reservations::default().index(&[])).0
}

fn read(bytes: &[u8]) -> Option<Article> {
    let folder = Folder { name: "content", on_disk: "content".into() };
    let stamp = FileStamp { length: 0, changed_at: 0, touched_at: 0 };
    let file = SiteFile { path: "2026-01-02-a.md".into(), folder: folder.into(), stamp };
    let (document, diagnostics) = document::parse(&file, bytes, &CONFIG);
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
            _ => assert!(
                tag.contains(" src=\"https://cdn.ampproject.org/") && text.is_empty(),
                "{tag}"
            ),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some(Article { summary, article_body }) = read(bytes) else { return };
    let documents = Documents {
        summaries: vec![(DocumentId::at(0), Arc::new(summary))],
        ..Documents::default()
    };
    let collection = collect(documents);
    let (output_files, _) = OutputFiles::new(
        Routes::new(&collection, &CONFIG),
        &Reservations::default().index(&[]),
        &[],
        &[],
    );
    let contexts = Contexts::new(&output_files, &DigestKey::random());
    let packed = article_body.pack();
    let article_body = ArticleBody::unpack(&packed, article_body.extra).expect("body");
    for file in &output_files.files {
        match &file.content {
            OutputContent::Page(route) => {
                let context = contexts.context(*route);
                let context = match contexts.linked_data(*route, &context) {
                    Some(data) => context.with_json_ld(render::json_text(&data)),
                    None => context,
                };
                let of_article = matches!(route, Route::Article(_) | Route::Amp(_));
                let context =
                    if of_article { contexts.with_body(context, &article_body) } else { context };
                let html = RENDERER.render(&context).unwrap_or_else(|error| panic!("{error:?}"));
                check_html(&String::from_utf8(html).expect("UTF-8"));
            }
            OutputContent::Feed(feed) => {
                let bytes = render::feed(feed.format, &contexts.feed(*feed));
                if bytes.starts_with(b"<") {
                    check_xml(&bytes);
                } else {
                    serde_json::from_slice::<serde_json::Value>(&bytes).expect("JSON");
                }
            }
            OutputContent::Xml(file) => {
                check_xml(&render::xml_file(&contexts.xml_context(*file)));
            }
            OutputContent::File(File::Host(file)) => {
                render::host_file(file);
            }
            OutputContent::File(
                File::Robots(_) | File::Copy(_) | File::Variant(_) | File::Asset(_),
            ) => {}
        }
    }
});
