//! Diagnostics in formats for other programs. They depend on neither colours nor the width of a
//! terminal.

mod github;
mod json;
mod printed_diagnostic;
mod sarif;
mod short;

use clap::ValueEnum;

use self::printed_diagnostic::PrintedDiagnostic;
pub(super) use self::printed_diagnostic::SitePaths;
use crate::diagnostic::Diagnostic;

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With the lines that they are about
    #[default]
    Human,
    /// A line each, `path:line:column: error[E0012]: message`, for editors
    Short,
    /// A JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands, which GitHub shows beside the lines of a pull request
    Github,
}

impl Format {
    /// The diagnostics as another program reads them; `None` if people read them.
    pub(super) fn text(self, diagnostics: &[Diagnostic], paths: &SitePaths<'_>) -> Option<String> {
        let printed = || -> Vec<PrintedDiagnostic> {
            diagnostics.iter().map(|found| PrintedDiagnostic::new(found, paths)).collect()
        };
        match self {
            Self::Human => None,
            Self::Short => Some(short::text(&printed())),
            Self::Json => Some(json::text(&printed())),
            Self::Sarif => Some(sarif::text(&printed())),
            Self::Github => Some(github::text(&printed())),
        }
    }
}
