//! Documents of a real site.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Missing;
use crate::fixture::{Site, Tree};

/// A folder of documents beside the project, which its users do not have.
fn shared(path: &str) -> Result<PathBuf, Missing> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err(Missing::Condition("real documents in ../shared"))
    }
}

fn copy(from: &Path, site: &Site) -> BTreeMap<String, String> {
    let mut documents = BTreeMap::new();
    for entry in fs::read_dir(from).expect("folder") {
        let path = entry.expect("entry").path();
        if path.extension().is_some_and(|ending| ending == "md") {
            let name = path.file_name().and_then(|name| name.to_str()).expect("name").to_owned();
            let text = fs::read_to_string(&path).expect("document");
            site.write(&format!("content/news/{name}"), &text);
            documents.insert(name, text);
        }
    }
    documents
}

/// The value behind `key: ` of the first line that has it, without quotation marks.
fn value<'a>(document: &'a str, key: &str) -> Option<&'a str> {
    let line = document.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))?;
    Some(line.trim().trim_matches('"'))
}

fn is_published(document: &str) -> bool {
    value(document, "published") != Some("false")
}

/// The pages that link to the original of a document.
fn pages_with<'a>(tree: &'a Tree, original: &str) -> Vec<&'a str> {
    let needle = format!("href=\"{}\"", original.replace('&', "&amp;"));
    let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(&needle);
    tree.iter().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path.as_str()).collect()
}

pub(crate) fn real_documents_have_one_page_each() -> Result<(), Missing> {
    let folder = shared("real/news")?;
    let site = Site::new("");
    let documents = copy(&folder, &site);
    let summary = site.build();
    let tree = site.tree();
    let published = documents.values().filter(|document| is_published(document)).count();
    assert_eq!(summary.stats.articles, published);
    let articles: Vec<&String> = tree
        .keys()
        .filter(|path| path.starts_with("news/2") && path.ends_with("/index.html"))
        .collect();
    assert_eq!(
        articles.len(),
        published,
        "each published document has its page, and no other has one"
    );
    for document in documents.values() {
        let original =
            value(document, "webUrl").or(value(document, "originalUrl")).expect("address");
        let on = pages_with(&tree, original);
        if is_published(document) {
            assert!(on.iter().any(|path| path.starts_with("news/2")), "{original} is on {on:?}");
        } else {
            let is_elsewhere =
                documents.values().any(|other| is_published(other) && other.contains(original));
            assert!(on.is_empty() || is_elsewhere, "{original} is on {on:?}");
        }
    }
    Ok(())
}

pub(crate) fn real_documents_are_listed_by_topic_and_provider() -> Result<(), Missing> {
    let folder = shared("real/news")?;
    let site = Site::new("");
    let documents = copy(&folder, &site);
    site.build();
    let tree = site.tree();
    let all_of = |prefix: &str| -> String {
        let pages = tree.iter().filter(|(path, _)| path.starts_with(prefix));
        pages.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect()
    };
    let mut lists: BTreeMap<String, String> = BTreeMap::new();
    for (name, document) in documents.iter().filter(|(_, document)| is_published(document)) {
        let slug = newsgen::slug::Slugs::default().from_file_name(name.trim_end_matches(".md"));
        let topics = document.split("\ntopics:\n").nth(1).expect("topics");
        let topics = topics.lines().map_while(|line| line.trim().strip_prefix("- "));
        let topics = topics.map(|topic| {
            format!("topics/{}/", newsgen::slug::Slugs::default().slugify(topic.trim_matches('"')))
        });
        let provider = document.split("\nprovider:\n").nth(1).expect("provider");
        let domain =
            provider.lines().find_map(|line| line.trim().strip_prefix("domain: ")).expect("domain");
        let provider = format!(
            "providers/{}/",
            newsgen::slug::Slugs::default().slugify(domain.trim_matches('"'))
        );
        for list in topics.chain([provider]) {
            let pages = lists.entry(list.clone()).or_insert_with(|| all_of(&list));
            assert!(pages.contains(&format!("/{slug}")), "{name} is in {list}");
        }
    }
    Ok(())
}

pub(crate) fn secured_values_are_never_published() -> Result<(), Missing> {
    for folder in ["real/news", "sample"] {
        let folder = shared(folder)?;
        let mut site = Site::new("");
        let documents = copy(&folder, &site);
        site.overrides.unpublished = true;
        site.build();
        let secrets: Vec<&str> =
            documents.values().filter_map(|document| value(document, "secured")).collect();
        assert!(!secrets.is_empty() && secrets.iter().all(|secret| secret.len() > 40));
        for (path, bytes) in site.tree() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(
                !secrets.iter().any(|secret| text.contains(secret)),
                "{path} holds a value of `secured`"
            );
        }
    }
    Ok(())
}

pub(crate) fn sample_document_is_complete() -> Result<(), Missing> {
    let folder = shared("sample")?;
    let mut site = Site::new("");
    let documents = copy(&folder, &site);
    assert_eq!(site.build().stats.articles, 0);
    site.overrides.unpublished = true;
    site.build();
    let document = documents.values().next().expect("document");
    let (path, bytes) =
        site.tree().into_iter().find(|(path, _)| path.starts_with("news/2023/08/")).expect("page");
    let page = String::from_utf8(bytes).expect("html");
    let amp = format!(
        "<link rel=\"amphtml\" href=\"{}\">",
        value(document, "ampWebUrl").expect("AMP page")
    );
    for part in [
        amp.as_str(),
        value(document, "cdnAmpWebUrl").expect("cached copy"),
        value(document, "webUrl").expect("original"),
    ] {
        assert!(page.contains(part), "{path} lacks {part}");
    }
    for part in [
        "/topics/ai-in-healthcare/",
        "/topics/ai/",
        "/providers/ctvnews-ca/",
        "1_5407257.jpg",
        "pcmag.com/news/",
    ] {
        assert!(page.contains(part), "{path} lacks {part}");
    }
    Ok(())
}
