//! One word per concept, and one concept per word: see the glossary in ARCHITECTURE.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Words that have a standard word in their place.
const BANNED_WORDS: &[&str] = &[
    "Bell",
    "CardView",
    "Census",
    "DirectoryView",
    "FOR_EVER",
    "FeedsView",
    "FileInPlace",
    "Glance",
    "Ground",
    "Guarding",
    "Inspector",
    "KnownDocument",
    "KnownPage",
    "ListFile",
    "NewsView",
    "NoConfig",
    "OddNames",
    "OrShared",
    "PackedDetails",
    "SHORTLY",
    "Shelf",
    "ShowsArticle",
    "ShowsItem",
    "SiteView",
    "StandingPage",
    "Teller",
    "as_browsers_ask",
    "clock_of_files",
    "complain",
    "drop_later",
    "is_mended",
    "is_settled",
    "judge",
    "judges",
    "keep_all",
    "leads_out",
    "looked_at",
    "mend",
    "mended",
    "mending",
    "mends",
    "names_in",
    "put_guarded",
    "put_surely",
    "read_if_there",
    "refuse_what_its_host_does_not_take",
    "says_nothing_is_there",
    "shelf",
];

const BANNED_PHRASES: &[&str] = &[
    "closed page",
    "is rid of",
    "leads nowhere",
    "means nothing to newsgen",
    "not every system can hold",
    "say nothing but errors",
    "standing page",
    "stands by itself",
    "takes part",
    "take part",
    "went astray",
];

/// The texts of this repository that people read, by their paths.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    for name in [
        "src",
        "tests",
        "benches",
        "docs",
        "templates",
        ".github",
        "README.md",
        "ARCHITECTURE.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "justfile",
        ".ci/run",
        ".ci/checks",
    ] {
        for entry in walkdir::WalkDir::new(root.join(name)).sort_by_file_name() {
            let path = entry.expect("entry").into_path();
            let shown = path.strip_prefix(root).expect("below the root").display().to_string();
            let is_data =
                shown.ends_with("language_subtags.txt") || shown.ends_with("vocabulary.rs");
            if path.is_file() && !is_data {
                texts.extend(fs::read_to_string(&path).ok().map(|text| (shown, text)));
            }
        }
    }
    assert!(texts.len() > 100, "{}", texts.len());
    texts
}

#[test]
fn banned_words_do_not_come_back() {
    let mut found = Vec::new();
    for (path, text) in texts() {
        for (number, line) in (1..).zip(text.lines()) {
            let lower = line.to_lowercase();
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let word = words.find(|word| BANNED_WORDS.contains(word));
            let phrase = BANNED_PHRASES.iter().copied().find(|phrase| lower.contains(phrase));
            found.extend(word.or(phrase).map(|banned| format!("{path}:{number}: {banned}")));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn public_types_have_different_names() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in texts().into_iter().filter(|(path, _)| path.starts_with("src")) {
        for line in text.lines().map(str::trim_start).filter(|line| line.starts_with("pub")) {
            let mut words = line
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !word.is_empty());
            let is_type = words.any(|word| ["struct", "enum", "trait", "type"].contains(&word));
            if let (true, Some(name)) = (is_type && !line.contains("fn "), words.next()) {
                places.entry(name.to_owned()).or_default().push(path.clone());
            }
        }
    }
    assert!(places.len() > 100, "{places:?}");
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}
