//! A small site for unit tests of the stages of a build.

use chrono::DateTime;
use tempfile::TempDir;

use super::context::BuildContext;
use super::documents::DocumentStore;
use super::inputs::Inputs;
use super::options::{BuildOptions, OutputOptions};
use super::outcome::Summary;
use super::report::Report;
use super::session::Session;
use crate::config::Overrides;
use crate::publish::{create_file, write_atomic};
use crate::source::ScanScope;

/// A site of the articles `a` and `b`.
pub(super) struct TestSite {
    folder: TempDir,
}

impl TestSite {
    pub(super) fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().expect("folder") };
        let settings =
            "title = \"T\"\nbase_url = \"https://t.example/\"\nid = \"https://t.example/\"\n";
        for (path, text) in [
            ("site.toml", settings.to_owned()),
            ("content/a.md", article("a", "First.")),
            ("content/b.md", article("b", "Second.")),
        ] {
            create_file(&site.folder.path().join(path), text.as_bytes()).expect("written");
        }
        site
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let write = |file: &mut std::fs::File| std::io::Write::write_all(file, text.as_bytes());
        write_atomic(&self.folder.path().join(path), write).expect("written");
    }

    pub(super) fn remove(&self, path: &str) {
        crate::publish::remove(&self.folder.path().join(path)).expect("removed");
    }

    pub(super) fn options(&self) -> BuildOptions {
        let now = DateTime::parse_from_rfc3339("2026-05-20T00:00:00Z").expect("instant");
        BuildOptions {
            root: self.folder.path().to_owned(),
            config: None,
            overrides: Overrides { now: now.into(), ..Overrides::default() },
            output: OutputOptions {
                folder: self.folder.path().join("public"),
                force: false,
                fresh: false,
                check_only: false,
                allow_empty: false,
            },
            executable: self.folder.path().join("site.toml"),
            // Late enough that all stamps are trusted.
            scanned_at: i64::MAX,
        }
    }

    pub(super) fn inputs(&self) -> (Inputs, DocumentStore) {
        let (inputs, files) = Inputs::read(&self.options(), &ScanScope::Full, Session::default())
            .unwrap_or_else(|error| panic!("{error:?}"));
        let documents = DocumentStore::read(files, &inputs, &|_| {});
        (inputs, documents)
    }

    /// Publishes the assembled site.
    pub(super) fn assemble(&self) -> Option<Summary> {
        let (options, (inputs, documents)) = (self.options(), self.inputs());
        let documents = documents.load_cached(inputs.previous.summaries(), &inputs, &|_| {});
        let build = BuildContext {
            inputs: &inputs,
            documents: &documents,
            options: &options,
            on_progress: &|_| {},
        };
        let published = build.publish_assembled(&mut None, &mut Report::default());
        published.map(|published| published.summary)
    }
}

/// An article with this title and a body that ends so. Cards show its first sentence.
pub(super) fn article(title: &str, body: &str) -> String {
    format!(
        "---\ntitle: {title}\nexcerpt: About E.\npublishedDateTime: 2026-05-01T00:00:00Z\n\
         originalUrl: https://p.example/{title}\nprovider: {{name: P, domain: p.example}}\n---\nA note.\n\n{body}\n"
    )
}
