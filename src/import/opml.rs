//! A list of feeds in OPML, as the tables `[[source]]` of `site.toml`.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::options::ImportSource;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::text;
use crate::http_url::HttpUrl;

/// The tables, and the outlines that cannot be imported.
pub(super) fn read(source: &ImportSource, config: &Config) -> (Vec<String>, Vec<Diagnostic>) {
    let xml = String::from_utf8_lossy(&source.bytes);
    let mut reader = Reader::from_str(&xml);
    let mut found = Outlines {
        source,
        xml: &xml,
        feeds: Vec::new(),
        numbers: HashMap::new(),
        errors: Vec::new(),
    };
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
    if found.feeds.is_empty() && found.errors.is_empty() {
        let location = Location::file(&source.display_path);
        let error = Diagnostic::new(Code::UnreadableImport, location, "this file lists no feeds");
        found.errors.push(error.help("feeds are elements `<outline xmlUrl=\"...\">`"));
    }
    (tables(&found.feeds, config), found.errors)
}

/// A feed of the list.
struct ListedFeed {
    name: String,
    address: HttpUrl,
    /// The names of its folders.
    topics: Vec<String>,
}

/// A table for each feed. Names that are taken get a number.
fn tables(feeds: &[ListedFeed], config: &Config) -> Vec<String> {
    let known = config.sources.iter().filter_map(|source| source.name.clone());
    let mut taken: HashSet<String> = known.collect();
    let table = |feed: &ListedFeed| {
        let numbered = (2_usize..).map(|number| format!("{} {number}", feed.name));
        let mut names = std::iter::once(feed.name.clone()).chain(numbered);
        let name = names.find(|name| taken.insert(name.clone())).unwrap_or_default();
        let address = toml_text(feed.address.as_str());
        let mut table = format!("[[source]]\nname = {}\nfeed = {address}\n", toml_text(&name));
        let topics: Vec<String> = feed.topics.iter().map(|topic| toml_text(topic)).collect();
        if !topics.is_empty() {
            let _ = writeln!(table, "topics = [{}]", topics.join(", "));
        }
        table
    };
    feeds.iter().map(table).collect()
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
    feeds: Vec<ListedFeed>,
    /// The positions of feeds by what identifies their addresses.
    numbers: HashMap<String, usize>,
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
        let name =
            ["title", "text"].into_iter().filter_map(attribute).find(|name| !name.is_empty());
        let Some(written) = attribute("xmlUrl") else { return name };
        let Ok(feed) = HttpUrl::parse(&written) else {
            let location = Location::in_text(&self.source.display_path, self.xml, start, start + 1);
            let message = format!("`{written}` is not the address of a feed");
            let help = "only `https` and `http` addresses can be read";
            self.errors.push(Diagnostic::new(Code::UnreadableImport, location, message).help(help));
            return None;
        };
        let name = name.unwrap_or_else(|| feed.host_name().to_owned());
        let key = feed.dedup_key().into_owned();
        let number = *self.numbers.entry(key).or_insert(self.feeds.len());
        if number == self.feeds.len() {
            self.feeds.push(ListedFeed { name, address: feed, topics: Vec::new() });
        }
        if let Some(ListedFeed { topics, .. }) = self.feeds.get_mut(number) {
            for topic in folders.iter().flatten() {
                if !topics.contains(topic) {
                    topics.push(topic.clone());
                }
            }
        }
        None
    }
}

/// A text as TOML.
fn toml_text(text: &str) -> String {
    // Normalized texts have no control characters.
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
