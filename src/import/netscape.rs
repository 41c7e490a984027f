//! Bookmarks as HTML, as browsers and bookmark services export them: the format of Netscape.

use std::cell::RefCell;

use chrono_tz::Tz;
use html5ever::tokenizer::{Tag, TagKind, Token};

use super::csv_bookmarks::{instant, separator, tags};
use super::item::{ImportItem, KeyUse, ReadItems};
use super::options::ImportSource;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::{text, tokenize_html};
use crate::http_url::HttpUrl;

/// The folders that browsers have themselves, which are no topics.
const BROWSER_FOLDERS: [&str; 9] = [
    "bookmarks",
    "bookmarks bar",
    "bookmarks menu",
    "bookmarks toolbar",
    "favorites",
    "favorites bar",
    "mobile bookmarks",
    "other bookmarks",
    "unsorted",
];

/// Reads the bookmarks of a file, and those that cannot be imported.
pub(super) fn read(source: &ImportSource, zone: Tz, is_published: bool) -> ReadItems {
    let html = String::from_utf8_lossy(&source.bytes);
    let reader = RefCell::new(Reader::new(source, &html, zone, is_published));
    tokenize_html(&html, |token, line| reader.borrow_mut().take(token, line));
    let mut reader = reader.into_inner();
    reader.end_text();
    let mut found = reader.found;
    if found.items.is_empty() && found.errors.is_empty() && found.skipped.is_empty() {
        let location = Location::file(&source.display_path);
        let error = Diagnostic::new(Code::UnreadableImport, location, "this file has no bookmarks");
        found
            .errors
            .push(error.help("export bookmarks as HTML: lines `<DT><A HREF=\"...\">Title</A>`"));
    }
    found
}

struct Reader<'a> {
    source: &'a ImportSource,
    lines: Vec<&'a str>,
    zone: Tz,
    is_published: bool,
    found: ReadItems,
    /// The names of the open folders.
    folders: Vec<String>,
    /// The name of the folder that the next list belongs to.
    next_folder: Option<String>,
    /// Whether a description belongs to the last item, and not to a folder or to a bookmark that is
    /// not imported.
    is_after_item: bool,
    open: OpenText,
    text: String,
}

/// What the text that is being read is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenText {
    None,
    Folder,
    Title,
    /// The title of an address that cannot be imported.
    Ignored,
    Description,
}

impl<'a> Reader<'a> {
    fn new(source: &'a ImportSource, html: &'a str, zone: Tz, is_published: bool) -> Self {
        Self {
            source,
            lines: html.lines().collect(),
            zone,
            is_published,
            found: ReadItems::default(),
            folders: Vec::new(),
            next_folder: None,
            is_after_item: false,
            open: OpenText::None,
            text: String::new(),
        }
    }

    fn take(&mut self, token: Token, line: u64) {
        match token {
            Token::CharacterTokens(text) if self.open != OpenText::None => {
                self.text.push_str(&text);
            }
            Token::TagToken(tag) => {
                let is_start = tag.kind == TagKind::StartTag;
                match &*tag.name {
                    "h3" | "h1" if is_start => self.begin(OpenText::Folder),
                    "a" if is_start => self.begin_bookmark(&tag, line),
                    "dd" if is_start => self.begin(OpenText::Description),
                    "dl" if is_start => {
                        self.end_text();
                        let name = self.next_folder.take().unwrap_or_default();
                        self.folders.push(name);
                    }
                    "dl" => {
                        self.end_text();
                        self.folders.pop();
                    }
                    "h3" | "h1" | "a" | "dt" | "dd" => self.end_text(),
                    _ if self.open != OpenText::None => self.text.push(' '),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, what: OpenText) {
        self.end_text();
        self.is_after_item &= what == OpenText::Description;
        self.open = what;
    }

    fn begin_bookmark(&mut self, tag: &Tag, line: u64) {
        self.begin(OpenText::Title);
        let number = usize::try_from(line).unwrap_or(1).max(1);
        let shown = self.lines.get(number - 1).copied().unwrap_or_default();
        let location =
            Location::on_line(&self.source.display_path, number, 1, usize::MAX, shown.trim_start());
        let attribute = |name: &str| {
            let mut attributes = tag.attrs.iter();
            attributes.find(|attribute| &*attribute.name.local == name).map(|found| &*found.value)
        };
        let href = attribute("href").unwrap_or_default();
        let Ok(link) = HttpUrl::parse(href) else {
            self.open = OpenText::Ignored;
            self.found.refuse(location, href, "this bookmark has no web address");
            return;
        };
        let mut item = ImportItem {
            location,
            link: Some(link),
            is_published: self.is_published && !matches!(attribute("private"), Some("1" | "true")),
            ..ImportItem::default()
        };
        item.note("HREF", KeyUse::Becomes("originalUrl"));
        let added = attribute("add_date").map(str::trim);
        if let Some(written) = added.filter(|written| !written.is_empty()) {
            item.date = instant(written, self.zone);
            let becomes = match item.date {
                Some(_) => KeyUse::Becomes("publishedDateTime"),
                None => item.keep_wrong_date("ADD_DATE", written, self.zone),
            };
            item.note("ADD_DATE", becomes);
        }
        if let Some(names) = attribute("tags") {
            item.topics = tags(names, separator(&[names]));
            item.note("TAGS", KeyUse::Becomes("topics"));
        }
        let is_topic =
            |name: &&String| !name.is_empty() && !BROWSER_FOLDERS.contains(&&*name.to_lowercase());
        let folders: Vec<String> = self.folders.iter().filter(is_topic).cloned().collect();
        if !folders.is_empty() {
            item.topics.extend(folders);
            item.note("folder", KeyUse::Becomes("topics"));
        }
        self.found.items.push(item);
        self.is_after_item = true;
    }

    /// Uses the text that ends here.
    fn end_text(&mut self) {
        let text = text::normalize(&std::mem::take(&mut self.text));
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let item = self.found.items.last_mut().filter(|_| self.is_after_item);
        match std::mem::replace(&mut self.open, OpenText::None) {
            OpenText::Folder => self.next_folder = Some(words),
            OpenText::Title => {
                if let Some(item) = item {
                    item.title = words;
                }
            }
            OpenText::Description => {
                if let Some(item) = item.filter(|item| item.excerpt.is_empty() && !words.is_empty())
                {
                    item.excerpt = words;
                    item.note("DD", KeyUse::Becomes("excerpt"));
                }
            }
            OpenText::Ignored | OpenText::None => {}
        }
    }
}
