//! What the formats show of a diagnostic.

use std::path::{self, Path, PathBuf};

use serde::Serialize;

use crate::build::cache;
use crate::diagnostic::{Code, Diagnostic, Location, Severity};
use crate::escape::without_credentials;
use crate::reservations;
use crate::source;

/// A diagnostic without credentials, with paths from the current folder.
#[derive(Debug, Serialize)]
pub(super) struct PrintedDiagnostic {
    #[serde(skip)]
    pub(super) rule: Code,
    pub(super) code: String,
    pub(super) severity: &'static str,
    pub(super) message: String,
    #[serde(flatten)]
    pub(super) place: Place,
    pub(super) label: Option<String>,
    pub(super) help: Option<String>,
    pub(super) others: Vec<OtherPlace>,
}

/// A place in a file.
#[derive(Debug, Serialize)]
pub(super) struct Place {
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) range: Option<ColumnRange>,
}

/// Characters of a line, all counted from 1.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct ColumnRange {
    pub(super) line: usize,
    pub(super) column: usize,
    /// The column behind the last character.
    pub(super) end_column: usize,
}

/// A related place.
#[derive(Debug, Serialize)]
pub(super) struct OtherPlace {
    pub(super) message: String,
    #[serde(flatten)]
    pub(super) place: Place,
}

impl PrintedDiagnostic {
    pub(super) fn new(diagnostic: &Diagnostic, paths: &SitePaths<'_>) -> Self {
        let Diagnostic { code, severity, location, message, label, help, others, .. } = diagnostic;
        let clean = |text: &String| without_credentials(text).into_owned();
        let other = |(location, what): &(Location, String)| OtherPlace {
            message: clean(what),
            place: Place::new(location, paths),
        };
        Self {
            rule: *code,
            code: code.to_string(),
            severity: word(*severity),
            message: clean(message),
            place: Place::new(location, paths),
            label: label.as_ref().map(clean),
            help: help.as_ref().map(clean),
            others: others.iter().map(other).collect(),
        }
    }

    /// The message with its label and the help, on several lines.
    pub(super) fn full_message(&self) -> String {
        let label = self.label.iter().map(|label| format!("\n{label}"));
        let help = self.help.iter().map(|help| format!("\nhelp: {help}"));
        std::iter::once(self.message.clone()).chain(label).chain(help).collect()
    }
}

impl Place {
    fn new(location: &Location, paths: &SitePaths<'_>) -> Self {
        let range = location.span.as_ref().map(|span| ColumnRange {
            line: span.line,
            column: span.column,
            end_column: span.column + span.length,
        });
        Self { file: paths.path_of(&location.file), range }
    }
}

/// The word for a severity.
pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// Where the site is, seen from the current folder.
pub(in crate::cli) struct SitePaths<'a> {
    pub(in crate::cli) root: &'a Path,
    /// The file that `--config` names.
    pub(in crate::cli) config: Option<&'a Path>,
}

impl SitePaths<'_> {
    /// The path by which a [`Location`]'s file is opened.
    pub(in crate::cli) fn on_disk(&self, file: &str) -> PathBuf {
        self.given_config(file).map_or_else(|| self.root.join(file), Path::to_owned)
    }

    /// The file that `--config` names, if it is the one of a [`Location`].
    fn given_config(&self, file: &str) -> Option<&Path> {
        self.config.filter(|config| config.display().to_string() == file)
    }

    /// The path of a [`Location`]'s file from the current folder, with `/` separators.
    fn path_of(&self, file: &str) -> String {
        let file = without_credentials(file).into_owned();
        let is_config = self.given_config(&file).is_some();
        let first = file.split('/').next().unwrap_or_default();
        let names = [source::CONFIG, reservations::LOCK, cache::FOLDER];
        let is_of_site = names.contains(&first) || source::FOLDERS.contains(&first);
        if is_config || !is_of_site {
            return with_forward_slashes(file.strip_prefix("./").unwrap_or(&file));
        }
        let current = path::absolute(".").unwrap_or_default();
        let root = self.root.strip_prefix(current).unwrap_or(self.root);
        let root = root.strip_prefix(".").unwrap_or(root);
        with_forward_slashes(&root.join(file).display().to_string())
    }
}

fn with_forward_slashes(path: &str) -> String {
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}
