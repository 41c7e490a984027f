//! SARIF 2.1.0
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html>).

use serde_json::{Value, json};
use url::Url;

use super::printed_diagnostic::{ColumnRange, OtherPlace, Place, PrintedDiagnostic, word};
use crate::diagnostic::Code;
use crate::escape::escaped_json;
use crate::page;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name of the folder that relative addresses begin in, by which code scanning knows it.
const CURRENT_FOLDER: &str = "%SRCROOT%";

pub(super) fn text(diagnostics: &[PrintedDiagnostic]) -> String {
    let mut codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.rule).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> =
        diagnostics.iter().map(|diagnostic| result(diagnostic, &codes)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "newsgen",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                CURRENT_FOLDER: { "description": { "text": "The folder in which newsgen ran." } },
            },
            "results": results,
        }],
    });
    let json = serde_json::to_string_pretty(&log).expect("all keys are texts");
    format!("{}\n", escaped_json(&json))
}

fn rule(code: Code) -> Value {
    let explanation = without_placeholders(&code.plain_explanation());
    json!({
        "id": code.to_string(),
        "name": format!("{code:?}"),
        "shortDescription": { "text": without_placeholders(code.title()) },
        "fullDescription": { "text": explanation },
        "help": { "text": explanation, "markdown": without_placeholders(&code.explanation()) },
        "defaultConfiguration": { "level": word(code.severity()) },
    })
}

fn result(diagnostic: &PrintedDiagnostic, codes: &[Code]) -> Value {
    let others = (1..).zip(&diagnostic.others);
    let others = others.map(|(id, other): (usize, &OtherPlace)| {
        json!({
            "id": id,
            "message": { "text": message(&other.message) },
            "physicalLocation": physical_location(&other.place),
        })
    });
    json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.binary_search(&diagnostic.rule).expect("the code of a diagnostic"),
        "level": diagnostic.severity,
        "message": { "text": message(&diagnostic.full_message()) },
        "locations": [{ "physicalLocation": physical_location(&diagnostic.place) }],
        "relatedLocations": others.collect::<Vec<Value>>(),
    })
}

/// A message without links, which `[text](address)` would be, and without placeholders.
fn message(text: &str) -> String {
    without_placeholders(&text.replace("](", "\\]("))
}

/// A text whose braces, which would be those of placeholders, are doubled (3.11.5).
fn without_placeholders(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn physical_location(place: &Place) -> Value {
    let file = artifact(&place.file);
    match place.range {
        None => json!({ "artifactLocation": file }),
        Some(ColumnRange { line, column, end_column }) => json!({
            "artifactLocation": file,
            "region": { "startLine": line, "startColumn": column, "endColumn": end_column },
        }),
    }
}

/// A file: by its address, or relative to the current folder.
fn artifact(file: &str) -> Value {
    let absolute = Url::from_file_path(file)
        .ok()
        .or_else(|| Url::parse(file).ok().filter(|url| matches!(url.scheme(), "http" | "https")));
    match absolute {
        Some(url) => json!({ "uri": url.as_str() }),
        None => json!({
            "uri": page::encode(file),
            "uriBaseId": CURRENT_FOLDER,
        }),
    }
}
