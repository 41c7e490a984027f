//! Collects the diagnostics of a build.

use crate::config::{Config, OnError};
use crate::diagnostic::{Diagnostic, Origin};

/// All diagnostics of a build so far, by subject.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    /// Found by scanning the site's folders. Every build scans them, so the cache does not keep
    /// these.
    pub(super) scan: Vec<Diagnostic>,
    /// About the configuration, the templates, and the site as a whole.
    pub(super) site: Vec<Diagnostic>,
    /// About single documents.
    pub(super) documents: Vec<Diagnostic>,
    /// About this build alone, such as an address that it changes. The cache does not keep these
    /// either.
    pub(super) build: Vec<Diagnostic>,
}

impl Report {
    /// Whether the site must not be published. A document that the machine could not read is never
    /// left out: it would disappear from the site.
    pub(super) fn blocks(&self, config: &Config) -> bool {
        let is_unread = |found: &Diagnostic| found.is_error() && found.origin != Origin::Input;
        let about_files = || self.scan.iter().chain(&self.documents);
        self.site.iter().any(Diagnostic::is_error)
            || about_files().any(is_unread)
            || self.scan.iter().any(|found| found.is_error() && !is_about_document(found))
            || (config.on_error == OnError::Stop && about_files().any(Diagnostic::is_error))
    }

    /// Whether the site or one of its documents has an error.
    pub(super) fn has_errors(&self) -> bool {
        self.scan.iter().chain(&self.site).chain(&self.documents).any(Diagnostic::is_error)
    }

    /// The diagnostics that hold until the site changes.
    pub(super) fn lasting(&self) -> Vec<Diagnostic> {
        self.site.iter().chain(&self.documents).cloned().collect()
    }

    pub(super) fn into_diagnostics(self) -> impl Iterator<Item = Diagnostic> {
        self.scan.into_iter().chain(self.site).chain(self.documents).chain(self.build)
    }
}

/// Whether a diagnostic is about a document.
pub(super) fn is_about_document(diagnostic: &Diagnostic) -> bool {
    diagnostic.location.file.starts_with("content/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::fixture::config;
    use crate::diagnostic::{Code, Location};

    fn error(file: &str) -> Diagnostic {
        Diagnostic::new(Code::NotUtf8, Location::file(file), "wrong")
    }

    #[test]
    fn errors_of_documents_block_unless_these_are_left_out() {
        let [stop, leave_out] = ["", "on_error = \"leave-out\"\n"].map(config);
        let of_document = Report { documents: vec![error("content/a.md")], ..Report::default() };
        assert!(of_document.blocks(&stop));
        assert!(!of_document.blocks(&leave_out));
        for report in [
            Report { site: vec![error("site.toml")], ..Report::default() },
            Report { scan: vec![error("static")], ..Report::default() },
            Report {
                documents: vec![error("content/a.md").with_origin(Origin::Io)],
                ..Report::default()
            },
        ] {
            assert!(report.blocks(&leave_out), "{report:?}");
        }
    }

    #[test]
    fn lasting_diagnostics_are_those_of_the_site_and_its_documents() {
        let report = Report {
            scan: vec![error("static")],
            site: vec![error("site.toml")],
            documents: vec![error("content/a.md")],
            build: vec![error("addresses.lock")],
        };
        assert_eq!(report.lasting(), [error("site.toml"), error("content/a.md")]);
        assert_eq!(report.into_diagnostics().count(), 4);
    }
}
