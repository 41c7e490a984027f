//! One line for each diagnostic, as compilers print them, which editors understand.

use super::printed_diagnostic::PrintedDiagnostic;
use crate::escape::{escaped, escaped_name};

pub(super) fn text(diagnostics: &[PrintedDiagnostic]) -> String {
    diagnostics.iter().map(line).collect()
}

/// A diagnostic of a whole file is at its beginning, since editors expect a line.
fn line(diagnostic: &PrintedDiagnostic) -> String {
    let (line, column) = diagnostic.place.range.map_or((1, 1), |range| (range.line, range.column));
    format!(
        "{}:{line}:{column}: {}[{}]: {}\n",
        escaped_name(&diagnostic.place.file),
        diagnostic.severity,
        diagnostic.code,
        escaped(&diagnostic.message)
    )
}
