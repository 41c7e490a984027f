//! One line for each diagnostic, as compilers print them, which editors understand.

use super::printed_diagnostic::{PrintedDiagnostic, word};
use crate::escape::{escaped, escaped_name};

pub(super) fn text(diagnostics: &[PrintedDiagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| format!("{}\n", line(diagnostic))).collect()
}

/// A diagnostic of a whole file is at its beginning, since editors expect a line.
fn line(diagnostic: &PrintedDiagnostic) -> String {
    let (line, column) = diagnostic.place.range.map_or((1, 1), |range| (range.line, range.column));
    format!(
        "{}:{line}:{column}: {}[{}]: {}",
        escaped_name(&diagnostic.place.file),
        word(diagnostic.severity),
        diagnostic.code,
        escaped(&diagnostic.message)
    )
}
