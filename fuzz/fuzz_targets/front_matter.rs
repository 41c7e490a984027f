//! The fences of a document and the YAML between them: both readers say the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsgen::document::front_matter::{self, Parts};
use newsgen::node::{At, Entry, Node, Problems, Value};

fn without_places(node: Node<'_>) -> Node<'_> {
    let value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(without_places).collect()),
        Value::Map(entries) => Value::Map(entries.into_iter().map(entry_without_places).collect()),
        scalar => scalar,
    };
    Node { at: At(0), value }
}

fn entry_without_places(entry: Entry<'_>) -> Entry<'_> {
    Entry { at: At(0), node: without_places(entry.node), ..entry }
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
        let read: Vec<_> = read.into_iter().map(entry_without_places).collect();
        assert_eq!(entries, read);
    }
    front_matter::locate("a.md", yaml, problems);
});
