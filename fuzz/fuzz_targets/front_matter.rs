//! The fences of a document and the YAML between them: both readers say the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgen::document::front_matter::{self, Parts};
use newsgen::node::{MapEntry, Node, Problems, SourcePos, Value};

fn without_positions(node: Node<'_>) -> Node<'_> {
    let value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(without_positions).collect()),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(entry_without_positions).collect())
        }
        scalar => scalar,
    };
    Node { at: SourcePos(0), value }
}

fn entry_without_positions(entry: MapEntry<'_>) -> MapEntry<'_> {
    MapEntry { at: SourcePos(0), node: without_positions(entry.node), ..entry }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(Parts { yaml, .. }) = front_matter::split("a.md", bytes) else { return };
    let mut problems = Problems::default();
    let read = front_matter::parse("a.md", yaml, &mut problems);
    if let Ok(entries) = &read {
        front_matter::misread_texts("a.md", yaml, entries);
    }
    if let Some(entries) = front_matter::parse_fast(yaml) {
        let read = read.expect("the library reads what the fast path reads");
        let read: Vec<_> = read.into_iter().map(entry_without_positions).collect();
        assert_eq!(entries, read);
    }
    front_matter::locate("a.md", yaml, problems);
});
