//! The order of modules and files, which `lib.rs` shows and ARCHITECTURE.md explains.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const LIB: &str = include_str!("../../src/lib.rs");

/// A module of one file, as its path from the crate's root: `["document", "html", "flatten"]`.
type FileModule = Vec<String>;

/// The text of all source files, without their comments and unit tests.
type Sources = BTreeMap<FileModule, String>;

#[test]
fn modules_depend_only_on_modules_above() {
    let order: Vec<&str> =
        LIB.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() > 10, "{order:?}");
    for (module, text) in sources(str::to_owned) {
        let Some(top) = module.first() else { continue };
        let index = order.iter().position(|name| name == top).expect("a module of lib.rs");
        for used in text.split("crate::").skip(1) {
            let used: String =
                used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let location = order.iter().position(|name| *name == used);
            assert!(
                location.is_some_and(|location| location <= index),
                "{} uses crate::{used}",
                module.join("::")
            );
        }
    }
}

/// A module uses its submodules. These use each other and what is above their parent, but nothing
/// that the parent itself defines.
#[test]
fn files_do_not_use_each_other_in_circles() {
    let sources = sources(code);
    let mut uses: BTreeMap<&FileModule, BTreeSet<FileModule>> = BTreeMap::new();
    for (module, text) in &sources {
        let mut used = used_modules(&sources, module, text);
        used.remove(module);
        uses.insert(module, used);
    }
    assert!(uses.values().flatten().count() > 200, "{uses:?}");
    let mut without_circle = BTreeSet::new();
    for module in sources.keys() {
        let circle = circle(&uses, module, &mut Vec::new(), &mut without_circle);
        assert!(
            circle.is_none(),
            "each of these uses the next, and the last the first: {circle:?}"
        );
    }
}

/// A circle that can be reached from a module, if there is one.
fn circle(
    uses: &BTreeMap<&FileModule, BTreeSet<FileModule>>,
    module: &FileModule,
    way: &mut Vec<String>,
    without_circle: &mut BTreeSet<FileModule>,
) -> Option<Vec<String>> {
    let name = module.join("::");
    if let Some(start) = way.iter().position(|before| *before == name) {
        return way.get(start..).map(<[String]>::to_vec);
    }
    if without_circle.contains(module) {
        return None;
    }
    way.push(name);
    for used in &uses[module] {
        if let Some(found) = circle(uses, used, way, without_circle) {
            return Some(found);
        }
    }
    way.pop();
    without_circle.insert(module.clone());
    None
}

/// The modules that a module uses: its submodules, and those that define what its paths lead to.
fn used_modules(sources: &Sources, module: &FileModule, text: &str) -> BTreeSet<FileModule> {
    let is_submodule =
        |other: &FileModule| other.len() == module.len() + 1 && other.starts_with(module);
    let submodules = sources.keys().filter(|other| is_submodule(other)).cloned();
    let paths = paths(text, &["crate", "super", "self"]);
    submodules.chain(paths.iter().map(|path| definer(sources, module, path))).collect()
}

/// The module that defines what a path leads to which is written in `module`.
fn definer(sources: &Sources, module: &FileModule, path: &[String]) -> FileModule {
    let mut place = module.clone();
    for (index, part) in path.iter().enumerate() {
        match part.as_str() {
            "crate" => place.clear(),
            "super" => drop(place.pop()),
            "self" => {}
            name => {
                place.push(name.to_owned());
                if sources.contains_key(&place) {
                    continue;
                }
                place.pop();
                let exported = paths(&sources[&place], &["use"])
                    .into_iter()
                    .find(|path| path.last() == Some(part));
                let Some(exported) = exported.filter(|path| is_of_crate(sources, &place, path))
                else {
                    break;
                };
                let rest = path.get(index + 1..).unwrap_or_default();
                return definer(sources, &place, &[&exported[1..], rest].concat());
            }
        }
    }
    place
}

/// Whether a path of a `use` line, which begins with `use`, is not one of another crate.
fn is_of_crate(sources: &Sources, place: &FileModule, path: &[String]) -> bool {
    let first = &path[1];
    matches!(first.as_str(), "crate" | "super" | "self")
        || sources.contains_key(&[place, std::slice::from_ref(first)].concat())
}

/// The paths of a source text that begin with one of these words; `a::{b, c}` is two.
fn paths(text: &str, first_words: &[&str]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for first in first_words {
        for (at, _) in text.match_indices(first) {
            let before = &text[..at];
            let behind = &text[at + first.len()..];
            let begins_word =
                !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'));
            let begins_path = behind.starts_with(if *first == "use" { " " } else { "::" });
            let is_visibility = before.ends_with("pub(in ");
            if begins_word && begins_path && !is_visibility {
                read_paths(&text[at..], &[], &mut paths);
            }
        }
    }
    paths
}

/// Reads a tree of paths, each of which begins with `head`, and returns the rest of the text.
fn read_paths<'t>(text: &'t str, head: &[String], paths: &mut Vec<Vec<String>>) -> &'t str {
    let name = word(text);
    let path = [head, &[name.to_owned()]].concat();
    let rest = &text[name.len()..];
    let Some(rest) =
        rest.strip_prefix("::").or_else(|| rest.strip_prefix(' ').filter(|_| name == "use"))
    else {
        paths.push(path);
        return rest.strip_prefix(" as ").map_or(rest, |rest| &rest[word(rest).len()..]);
    };
    let Some(mut rest) = rest.strip_prefix('{') else { return read_paths(rest, &path, paths) };
    while !rest.starts_with('}') {
        rest = read_paths(rest.trim_start(), &path, paths);
        rest = rest.trim_start_matches(|c: char| matches!(c, ',' | '*') || c.is_whitespace());
    }
    &rest[1..]
}

fn word(text: &str) -> &str {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()
}

fn sources(read: impl Fn(&str) -> String) -> Sources {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Sources::new();
    for entry in walkdir::WalkDir::new(&folder) {
        let path = entry.expect("entry").into_path();
        if path.extension().is_none_or(|ending| ending != "rs") || path.ends_with("src/main.rs") {
            continue;
        }
        let relative = path.strip_prefix(&folder).expect("inside").with_extension("");
        let parts = relative.iter().map(|part| part.to_str().expect("name").to_owned());
        let module = parts.filter(|part| part != "mod" && part != "lib").collect();
        sources.insert(module, read(&fs::read_to_string(&path).expect("source")));
    }
    sources
}

/// A source text without its comments and unit tests, which are inline modules at its end.
fn code(text: &str) -> String {
    let is_inline_module = |line: &str| {
        let rest = ["pub(crate) ", "pub(super) "]
            .iter()
            .find_map(|visibility| line.strip_prefix(visibility));
        rest.unwrap_or(line).starts_with("mod ") && line.ends_with('{')
    };
    let lines = text.lines().take_while(|line| !is_inline_module(line));
    lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<&str>>().join("\n")
}
