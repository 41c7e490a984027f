//! The elements of a page that describe it.

use std::cell::RefCell;

use html5ever::tokenizer::{Tag, TagKind, Token};

use crate::document::tokenize_html;

/// The maximum number of elements of a kind that are kept: pages have a few dozen.
const MAX_ELEMENTS: usize = 512;

/// The maximum length in bytes of a text between tags that is kept, except for JSON-LD.
const MAX_TEXT: usize = 4096;

/// What the elements of a page say, in the order of the page.
#[derive(Debug, Default)]
pub(super) struct Elements {
    /// The contents of `meta` elements by lower-case `name`, `property`, `itemprop` or `http-equiv`.
    metas: Vec<(String, String)>,
    /// The addresses of `link` elements by lower-case relation.
    links: Vec<(String, String)>,
    /// Microdata: the values by `itemprop`.
    properties: Vec<(String, String)>,
    /// The contents of JSON-LD scripts.
    pub(super) json_ld: Vec<String>,
    pub(super) title: Option<String>,
    /// The first `h1`.
    pub(super) heading: Option<String>,
    /// The machine-readable form of the first `time` element.
    pub(super) time: Option<String>,
    /// The language of the root element.
    pub(super) language: Option<String>,
    /// The address that relative ones are relative to.
    pub(super) base: Option<String>,
    /// The address of the oEmbed description in JSON.
    pub(super) oembed: Option<String>,
    /// The addresses of feeds.
    pub(super) feeds: Vec<String>,
}

/// The media types of feeds.
const FEED_TYPES: [&str; 4] =
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"];

/// The maximum nesting depth of microdata items.
const MAX_OPEN_ITEMS: usize = 16;

/// Void elements (HTML, section 13.1.2).
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// A microdata item that is being read.
struct OpenItem {
    tag: String,
    /// The number of open elements of this name, this one included.
    depth: usize,
    /// The property that has the item as its value; empty if none has.
    property: String,
}

/// The text of an element that is being read.
struct OpenText {
    tag: String,
    /// The number of open elements of this name, this one included.
    depth: usize,
    goal: Goal,
    text: String,
}

/// What a text is for.
enum Goal {
    Title,
    Heading,
    JsonLd,
    Property(String),
}

impl Elements {
    pub(super) fn of(html: &str) -> Self {
        let reader = RefCell::new(Reader::default());
        tokenize_html(html, |token, _| reader.borrow_mut().take(token));
        let mut reader = reader.into_inner();
        reader.end_text();
        reader.elements
    }

    /// The contents of all `meta` elements with one of these names, in the order of the names.
    pub(super) fn metas<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let of = |name: &'a str| self.metas.iter().filter(move |(other, _)| other == name);
        names.iter().flat_map(move |name| of(name)).map(|(_, content)| content.as_str())
    }

    /// The first address with this relation.
    pub(super) fn link(&self, relation: &str) -> Option<&str> {
        value_of(&self.links, relation)
    }

    /// The first value of a microdata property.
    pub(super) fn property(&self, property: &str) -> Option<&str> {
        value_of(&self.properties, property)
    }

    /// The contents of `meta` elements of pictures, with the size that Open Graph states after each
    /// (<https://ogp.me/#structured>).
    pub(super) fn pictures<'a>(
        &'a self,
        names: &'a [&str],
    ) -> impl Iterator<Item = (&'a str, Option<(u32, u32)>)> {
        let at = |name: &'a str| {
            self.metas.iter().enumerate().filter(move |(_, (other, _))| other == name)
        };
        names
            .iter()
            .flat_map(move |name| at(name))
            .map(|(index, (_, url))| (url.as_str(), self.size_after(index)))
    }

    fn size_after(&self, index: usize) -> Option<(u32, u32)> {
        let own = self.metas.iter().skip(index + 1).take_while(|(name, _)| name != "og:image");
        let number = |wanted: &str| {
            let mut found = own.clone().filter(|(name, _)| name == wanted);
            found.find_map(|(_, content)| content.trim().parse().ok())
        };
        Some((number("og:image:width")?, number("og:image:height")?))
    }
}

fn value_of<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

#[derive(Default)]
struct Reader {
    elements: Elements,
    /// The texts that are being read, the innermost last.
    open: Vec<OpenText>,
    /// The microdata items that are being read, the innermost last.
    items: Vec<OpenItem>,
}

impl Reader {
    fn take(&mut self, token: Token) {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.start(&tag),
            Token::TagToken(tag) => self.end(&tag.name),
            Token::CharacterTokens(text) => self.text(&text),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag) {
        if let Some(open) = self.open.last_mut().filter(|open| *open.tag == *tag.name) {
            open.depth += usize::from(!tag.self_closing);
        }
        for item in self.items.iter_mut().filter(|item| *item.tag == *tag.name) {
            item.depth += usize::from(!tag.self_closing);
        }
        match &*tag.name {
            "html" => self.elements.language = attribute(tag, "lang"),
            "base" => set(&mut self.elements.base, attribute(tag, "href")),
            "meta" => self.meta(tag),
            "link" => self.link(tag),
            "time" => {
                let date = attribute(tag, "datetime");
                set(&mut self.elements.time, date.filter(|date| !date.trim().is_empty()));
            }
            "title" if self.elements.title.is_none() => self.begin_text(tag, Goal::Title),
            "h1" if self.elements.heading.is_none() => self.begin_text(tag, Goal::Heading),
            "script" if is_json_ld(tag) => self.begin_text(tag, Goal::JsonLd),
            _ => {}
        }
        let property = attribute(tag, "itemprop");
        if let Some(property) = property.clone().filter(|_| &*tag.name != "meta") {
            self.property(tag, property);
        }
        let is_item = has_end(tag) && attribute(tag, "itemscope").is_some();
        if is_item && self.items.len() < MAX_OPEN_ITEMS {
            let (tag, property) = (tag.name.to_string(), property.unwrap_or_default());
            self.items.push(OpenItem { tag, depth: 1, property });
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let Some(content) = attribute(tag, "content") else { return };
        if let Some(property) = attribute(tag, "itemprop") {
            self.push_property(property, content.clone());
        }
        let name = ["property", "name", "http-equiv"].iter().find_map(|name| attribute(tag, name));
        if let Some(name) = name {
            push(&mut self.elements.metas, (name.trim().to_ascii_lowercase(), content));
        }
    }

    fn link(&mut self, tag: &Tag) {
        let (Some(relations), Some(url)) = (attribute(tag, "rel"), attribute(tag, "href")) else {
            return;
        };
        let relations = relations.to_ascii_lowercase();
        if attribute(tag, "type")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json+oembed"))
        {
            set(&mut self.elements.oembed, Some(url));
            return;
        }
        if relations.split_ascii_whitespace().any(|relation| relation == "alternate")
            && attribute(tag, "type").is_some_and(|kind| is_feed_type(&kind))
            && self.elements.feeds.len() < MAX_ELEMENTS
        {
            self.elements.feeds.push(url.clone());
        }
        for relation in relations.split_ascii_whitespace() {
            push(&mut self.elements.links, (relation.to_owned(), url.clone()));
        }
    }

    /// Reads a microdata property: an attribute, or else the text
    /// (HTML, section 5.2.4).
    fn property(&mut self, tag: &Tag, property: String) {
        let names: &[&str] = match &*tag.name {
            "a" | "link" | "area" => &["href"],
            "img" | "audio" | "embed" | "iframe" | "source" | "track" | "video" => &["src"],
            "time" => &["datetime", "content"],
            _ => &["content"],
        };
        let is_item = attribute(tag, "itemscope").is_some();
        if let Some(value) = names.iter().find_map(|name| attribute(tag, name)) {
            self.push_property(property, value);
        } else if !is_item && has_end(tag) {
            self.begin_text(tag, Goal::Property(property));
        }
    }

    /// Keeps a microdata property. The address of a picture and the name of a publisher may be
    /// properties of items of their own.
    fn push_property(&mut self, property: String, value: String) {
        let item = self.items.last().map_or("", |item| &item.property);
        let property = match (item, &*property) {
            ("image", "url" | "contentUrl") => "image".to_owned(),
            ("publisher", "name") => "publisher".to_owned(),
            _ => property,
        };
        push(&mut self.elements.properties, (property, value));
    }

    fn begin_text(&mut self, tag: &Tag, goal: Goal) {
        if self.open.len() < 8 {
            let tag = tag.name.to_string();
            self.open.push(OpenText { tag, depth: 1, goal, text: String::new() });
        }
    }

    fn text(&mut self, text: &str) {
        for open in &mut self.open {
            let is_kept = matches!(open.goal, Goal::JsonLd) || open.text.len() < MAX_TEXT;
            if is_kept {
                open.text.push_str(text);
            }
        }
    }

    fn end(&mut self, name: &str) {
        if let Some(open) = self.open.last_mut().filter(|open| open.tag == name) {
            open.depth -= 1;
            if open.depth == 0 {
                self.end_text();
            }
        }
        for item in self.items.iter_mut().filter(|item| item.tag == name) {
            item.depth -= 1;
        }
        // An item whose own end is missing ends with the one around it.
        if let Some(ended) = self.items.iter().position(|item| item.depth == 0) {
            self.items.truncate(ended);
        }
    }

    /// Keeps the innermost text.
    fn end_text(&mut self) {
        let Some(OpenText { goal, text, .. }) = self.open.pop() else { return };
        match goal {
            Goal::Title => set(&mut self.elements.title, Some(text)),
            Goal::Heading => set(&mut self.elements.heading, Some(text)),
            Goal::JsonLd if self.elements.json_ld.len() < MAX_ELEMENTS => {
                self.elements.json_ld.push(text);
            }
            Goal::JsonLd => {}
            Goal::Property(property) => self.push_property(property, text),
        }
    }
}

fn has_end(tag: &Tag) -> bool {
    !tag.self_closing && !VOID.contains(&&*tag.name)
}

fn is_feed_type(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    FEED_TYPES.iter().any(|known| kind.eq_ignore_ascii_case(known))
}

fn is_json_ld(tag: &Tag) -> bool {
    attribute(tag, "type").is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/ld+json")
    })
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.to_string())
}

/// Sets what is not known yet.
fn set(place: &mut Option<String>, value: Option<String>) {
    if place.is_none() {
        *place = value;
    }
}

fn push(list: &mut Vec<(String, String)>, pair: (String, String)) {
    if list.len() < MAX_ELEMENTS {
        list.push(pair);
    }
}
