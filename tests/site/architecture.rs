//! The order of the modules, which `lib.rs` shows and ARCHITECTURE.md explains.

use std::fs;
use std::path::Path;

const LIB: &str = include_str!("../../src/lib.rs");

#[test]
fn modules_depend_only_on_modules_above() {
    let order: Vec<&str> =
        LIB.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() > 10, "{order:?}");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (index, module) in order.iter().enumerate() {
        let folder = source.join(module);
        let single = source.join(format!("{module}.rs"));
        let top = if folder.is_dir() { folder } else { single };
        for entry in walkdir::WalkDir::new(top) {
            let entry = entry.expect("entry");
            if entry.path().extension().is_none_or(|ending| ending != "rs") {
                continue;
            }
            let text = fs::read_to_string(entry.path()).expect("source");
            for used in text.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let location = order.iter().position(|name| *name == used);
                assert!(
                    location.is_some_and(|location| location <= index),
                    "{} uses crate::{used}",
                    entry.path().display()
                );
            }
        }
    }
}
