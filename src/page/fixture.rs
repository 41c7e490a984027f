//! Collections for unit tests.

use chrono::DateTime;

use crate::collection::{Collection, DocumentId, Documents};
use crate::config::{Config, Overrides};
use crate::document::{self, ArticleBody, Document};
use crate::reservations::Reservations;
use crate::source::{FileStamp, Folder, SiteFile};

/// The configuration of a site at <https://t.example/sub/> with these settings besides.
pub(super) fn config(settings: &str) -> Config {
    let overrides = Overrides {
        base_url: None,
        now: DateTime::UNIX_EPOCH,
        unpublished: false,
        future: true,
        preview: false,
    };
    let text = format!("title = \"T\"\nbase_url = \"https://t.example/sub/\"\n{settings}");
    Config::parse("site.toml", &text, &overrides).expect("valid settings")
}

/// The collection of documents, given as paths below `content/` and texts, and the bodies of the
/// articles in that order.
pub(super) fn collection<S: AsRef<str>>(
    documents: &[(S, S)],
    config: &Config,
) -> (Collection, Vec<ArticleBody>) {
    let (mut found, mut bodies) = (Documents::default(), Vec::new());
    for (path, text) in documents {
        match parse(path.as_ref(), text.as_ref(), config) {
            Document::Article(article) => {
                found.summaries.push((DocumentId::at(bodies.len()), article.summary.into()));
                bodies.push(article.article_body);
            }
            Document::Topic(page) => found.topics.push(page),
            Document::Provider(page) => found.providers.push(page),
            Document::Page(page) => found.pages.push(page),
        }
    }
    let (collection, _) = Collection::new(found, config, &Reservations::default().index(&[]));
    (collection, bodies)
}

fn parse(path: &str, text: &str, config: &Config) -> Document {
    let folder = Folder { name: "content", on_disk: "content".into() };
    let stamp = FileStamp { length: 0, changed_at: 0, touched_at: 0 };
    let file = SiteFile { path: path.into(), folder: folder.into(), stamp };
    let (document, diagnostics) = document::parse(&file, text.as_bytes(), config);
    document.unwrap_or_else(|| panic!("{diagnostics:?}"))
}
