//! Diagnostics as JSON.

use serde::Serialize;

use super::printed_diagnostic::PrintedDiagnostic;
use crate::escape::escaped_json;

#[derive(Serialize)]
struct JsonReport<'a> {
    errors: usize,
    warnings: usize,
    diagnostics: &'a [PrintedDiagnostic],
}

pub(super) fn text(diagnostics: &[PrintedDiagnostic]) -> String {
    let count =
        |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count("error"), count("warning"));
    let json = serde_json::to_string_pretty(&JsonReport { errors, warnings, diagnostics })
        .expect("all keys are texts");
    format!("{}\n", escaped_json(&json))
}
