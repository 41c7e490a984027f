//! The codes of diagnostics.

use std::fs;
use std::path::Path;

use newsgen::diagnostic::Code;

/// The text of all files below `folder` but the one that defines the codes.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if !path.ends_with("diagnostic/code.rs") {
            let file = fs::read_to_string(&path).expect("UTF-8");
            text.push_str(file.split("#[cfg(test)]\nmod tests").next().expect("first part"));
        }
    }
    text
}

#[test]
fn numbers_of_codes_ascend_without_gaps() {
    let numbers = Code::ALL.iter().map(|code| code.to_string()[1..].to_owned());
    let expected = (1..=Code::ALL.len()).map(|number| format!("{number:04}"));
    assert!(numbers.eq(expected));
}

#[test]
fn each_code_is_used() {
    let text = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let names = || {
        text.split("Code::")
            .skip(1)
            .map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().expect("first part"))
    };
    let is_unused = |code: &&Code| !names().any(|name| name == format!("{code:?}"));
    let unused: Vec<&Code> = Code::ALL.iter().filter(is_unused).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn each_code_is_explained() {
    for code in Code::ALL {
        let (title, explanation) = (code.title(), code.explanation());
        assert!(!title.is_empty() && title.len() < 80 && !title.ends_with('.'), "{code}: {title}");
        assert!(explanation.len() >= 60, "{code}: {explanation}");
        let prose: String = explanation.split("```").step_by(2).collect();
        assert!(prose.trim_end().ends_with(['.', ':']), "{code}: {explanation}");
        assert_eq!(explanation.matches("```").count() % 2, 0, "{code}");
    }
}

#[test]
fn titles_of_codes_are_unique() {
    let mut titles: Vec<&str> = Code::ALL.iter().map(|code| code.title()).collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), Code::ALL.len());
}
