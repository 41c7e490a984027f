//! Workflow commands of GitHub Actions
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>), which
//! become annotations of files.

use super::printed_diagnostic::{ColumnRange, PrintedDiagnostic};
use crate::escape::escaped;

pub(super) fn text(diagnostics: &[PrintedDiagnostic]) -> String {
    diagnostics.iter().map(command).collect()
}

fn command(diagnostic: &PrintedDiagnostic) -> String {
    let range = diagnostic.place.range.map(|ColumnRange { line, column, end_column }| {
        format!(",line={line},col={column},endColumn={end_column}")
    });
    let title = format!("{}: {}", diagnostic.code, diagnostic.rule.title());
    format!(
        "::{} file={}{},title={}::{}\n",
        diagnostic.severity,
        property(&diagnostic.place.file),
        range.unwrap_or_default(),
        property(&title),
        data(&diagnostic.full_message())
    )
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A message, whose line breaks are escapes.
fn data(text: &str) -> String {
    let lines: Vec<String> =
        text.split('\n').map(|line| escaped(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_a_command_or_a_property() {
        assert_eq!(data("100 %\nof\r::error::it"), "100 %25%0Aof\\u{d}::error::it");
        assert_eq!(property("a,line=1::b%.md"), "a%2Cline=1%3A%3Ab%25.md");
    }
}
