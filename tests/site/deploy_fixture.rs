//! A built site and a folder that it is deployed to.

use std::path::PathBuf;
use std::process::Output;

use crate::fixture::{CONFIG, Site, article, newsgen, text};

pub(crate) struct Deployed {
    pub(crate) site: Site,
    pub(crate) target: PathBuf,
}

impl Deployed {
    /// A site with a target beside it, built by the command.
    pub(crate) fn new() -> Self {
        let site = Site::new("");
        let target = site.path("target of it");
        let deployed = Self { site, target };
        deployed.configure("");
        deployed.site.write("content/a.md", article("A", "2026-01-02", "topics: [Sea]\n"));
        deployed.site.write("content/b.md", article("B", "2026-01-03", "topics: [Sky]\n"));
        deployed.site.write("static/images/é %41 #.txt", "picture");
        deployed.succeeds(&["build", "-q"]);
        deployed
    }

    /// Writes a `site.toml` with the target, and with more lines.
    pub(crate) fn configure(&self, more: &str) {
        let url = url::Url::from_file_path(&self.target).expect("address");
        self.site.write("site.toml", format!("{CONFIG}{more}[deploy.disk]\nurl = \"{url}\"\n"));
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        newsgen(self.site.root(), arguments)
    }

    /// Runs a command that must succeed, and returns what it printed to standard error.
    pub(crate) fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stderr)
    }
}
