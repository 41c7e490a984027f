//! A list of feeds in OPML, as the tables `[[source]]` of `site.toml`.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::options::ImportSource;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::text;
use crate::http_url::HttpUrl;

/// The tables, and the outlines that cannot be imported.
pub(super) fn read(source: &ImportSource) -> (Vec<String>, Vec<Diagnostic>) {
    let xml = String::from_utf8_lossy(&source.bytes);
    let mut reader = Reader::from_str(&xml);
    let mut found = Outlines { source, xml: &xml, sources: Vec::new(), errors: Vec::new() };
    let mut folders: Vec<Option<String>> = Vec::new();
    loop {
        let start = position(&reader);
        match reader.read_event() {
            Ok(Event::Start(element)) if is_outline(&element) => {
                let name = found.outline(&element, &folders, start);
                folders.push(name);
            }
            Ok(Event::Empty(element)) if is_outline(&element) => {
                found.outline(&element, &folders, start);
            }
            Ok(Event::End(element)) if element.name().as_ref().eq_ignore_ascii_case(b"outline") => {
                folders.pop();
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let location = Location::in_text(&source.display_path, &xml, start, start + 1);
                let message = format!("this is not OPML: {error}");
                let error = Diagnostic::new(Code::UnreadableImport, location, message);
                found.errors.push(error.help("export the list of feeds again"));
                break;
            }
        }
    }
    if found.sources.is_empty() && found.errors.is_empty() {
        let location = Location::file(&source.display_path);
        let error = Diagnostic::new(Code::UnreadableImport, location, "this file lists no feeds");
        found.errors.push(error.help("feeds are elements `<outline xmlUrl=\"...\">`"));
    }
    (found.sources, found.errors)
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn is_outline(element: &BytesStart<'_>) -> bool {
    element.name().as_ref().eq_ignore_ascii_case(b"outline")
}

struct Outlines<'a> {
    source: &'a ImportSource,
    xml: &'a str,
    sources: Vec<String>,
    errors: Vec<Diagnostic>,
}

impl Outlines<'_> {
    /// Reads an outline: a feed, or else a folder, whose name is returned.
    fn outline(
        &mut self,
        element: &BytesStart<'_>,
        folders: &[Option<String>],
        start: usize,
    ) -> Option<String> {
        let attribute = |name: &str| {
            let mut attributes = element.attributes();
            let found = attributes
                .with_checks(false)
                .flatten()
                .find(|found| found.key.as_ref().eq_ignore_ascii_case(name.as_bytes()))?;
            Some(text::normalize(&String::from_utf8_lossy(&found.value)))
        };
        let name = attribute("title").or_else(|| attribute("text")).filter(|name| !name.is_empty());
        let Some(written) = attribute("xmlUrl") else { return name };
        let Ok(feed) = HttpUrl::parse(&written) else {
            let location = Location::in_text(&self.source.display_path, self.xml, start, start + 1);
            let message = format!("`{written}` is not the address of a feed");
            let help = "only `https` and `http` addresses can be read";
            self.errors.push(Diagnostic::new(Code::UnreadableImport, location, message).help(help));
            return None;
        };
        let name = name.unwrap_or_else(|| feed.host_name().to_owned());
        let mut table = format!(
            "[[source]]\nname = {}\nfeed = {}\n",
            toml_text(&name),
            toml_text(feed.as_str())
        );
        let topics: Vec<String> = folders.iter().flatten().map(|name| toml_text(name)).collect();
        if !topics.is_empty() {
            let _ = writeln!(table, "topics = [{}]", topics.join(", "));
        }
        if !self.sources.contains(&table) {
            self.sources.push(table);
        }
        None
    }
}

/// A text as TOML.
fn toml_text(text: &str) -> String {
    // Normalized texts have no control characters.
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
