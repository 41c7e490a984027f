//! Feeds of other sites: RSS, Atom and JSON Feed. An item says of its article what a page would.

use std::borrow::Cow;

use chrono::Datelike;
use feed_rs::model::{Entry, Feed, FeedType, Link, MediaContent, Text};
use feed_rs::parser;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::charset;
use super::elements::Elements;
use super::page_metadata::{PageMetadata, PagePicture};
use super::values::{absolute, clean, informative, shortened};
use crate::document::date::ParsedDate;
use crate::document::{excerpt_of_html, has_markup, text_of_html};
use crate::domain::Domain;
use crate::http_url::HttpUrl;
use crate::language::closest_tag;

/// The maximum number of items of a feed that are read.
const MAX_ITEMS: usize = 1000;

/// The maximum length in characters of a text that is not cut.
const MAX_TEXT: usize = 500;

/// The maximum depth of elements. The library calls itself for elements of Media RSS.
const MAX_DEPTH: usize = 200;

/// The maximum length in bytes of what the library may copy: it gives each element of Media RSS all
/// texts that its item has for them.
const MAX_COPIES: u64 = 100_000_000;

/// The maximum length in characters of the reason why a text is not a feed.
const MAX_REASON: usize = 200;

/// What a feed says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchedFeed {
    /// The items that have an address, in the order of the feed.
    pub items: Vec<FetchedItem>,
    /// The number of items without an address.
    pub without_address: usize,
}

/// An item of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedItem {
    /// What identifies the item in its feed.
    pub id: Option<String>,
    /// The address of the article.
    pub url: HttpUrl,
    /// What the feed says about the article.
    pub metadata: PageMetadata,
}

/// Why a text is not a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAFeed {
    /// It is a web page; with the feeds that it names.
    Page(Vec<HttpUrl>),
    /// It is something else, or broken; with the reason.
    Other(String),
}

/// A feed as it is written.
#[derive(Debug)]
pub struct ParsedFeed {
    pub feed: Feed,
    /// The pictures of the items of a JSON Feed.
    pub pictures: Vec<Option<String>>,
}

/// Reads a feed that was fetched from `url` with this `Content-Type`.
///
/// # Errors
/// When it is no RSS, Atom or JSON Feed.
pub fn read_feed(
    body: &[u8],
    content_type: Option<&str>,
    url: &HttpUrl,
) -> Result<FetchedFeed, NotAFeed> {
    let builder = parser::Builder::new().base_uri(Some(url.as_str()));
    let parsed = parse_feed(body, content_type, builder).map_err(|reason| {
        if is_page(&charset::decode_xml(body, content_type)) {
            NotAFeed::Page(feeds_of_page(body, content_type, url))
        } else {
            NotAFeed::Other(reason)
        }
    })?;
    Ok(FeedReader { feed: &parsed.feed, url, pictures: parsed.pictures }.read())
}

/// Parses a feed with this `Content-Type`.
///
/// # Errors
/// When it is no RSS, Atom or JSON Feed; with the reason.
pub fn parse_feed(
    body: &[u8],
    content_type: Option<&str>,
    builder: parser::Builder,
) -> Result<ParsedFeed, String> {
    let first = body.iter().copied().find(|byte| matches!(byte, b'<' | b'{'));
    let (text, pictures) = if first == Some(b'{') {
        json_feed(&String::from_utf8_lossy(body))
    } else {
        let xml = with_thumbnails(charset::decode_xml(body, content_type));
        check_xml(&xml)?;
        (xml, Vec::new())
    };
    // The identifiers that the library invents differ from run to run.
    let parser = builder.id_generator(|_, _, _| String::new()).build();
    let feed = parser.parse(text.as_bytes());
    let feed =
        feed.map_err(|error| error.to_string().chars().take(MAX_REASON).collect::<String>())?;
    Ok(ParsedFeed { feed, pictures })
}

/// Replaces `media:thumbnail` by `media:content`: the library drops a thumbnail that has no content
/// beside it.
fn with_thumbnails(xml: String) -> String {
    if !xml.contains("media:thumbnail") {
        return xml;
    }
    let xml = xml.replace("<media:thumbnail ", "<media:content type=\"image/jpeg\" ");
    xml.replace("</media:thumbnail>", "</media:content>")
}

/// An item that is being read: its depth, its number of elements of Media RSS, and the length of the
/// rest.
struct OpenItem {
    depth: usize,
    media: u64,
    length: u64,
}

/// Refuses XML that would take the library too much memory; with the reason.
fn check_xml(xml: &str) -> Result<(), &'static str> {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_unmatched_ends) = (false, true);
    let (mut depth, mut copies, mut item) = (0_usize, 0_u64, None::<OpenItem>);
    while depth <= MAX_DEPTH {
        let start = reader.buffer_position();
        let Ok(event) = reader.read_event() else { return Ok(()) };
        let length = reader.buffer_position() - start;
        let name = match &event {
            Event::Start(element) | Event::Empty(element) => element.local_name().into_inner(),
            _ => b"",
        };
        match &mut item {
            Some(item) if matches!(name, b"group" | b"content") => item.media += 1,
            Some(item) => item.length += length,
            None => {}
        }
        match event {
            Event::Start(_) => {
                depth += 1;
                if item.is_none() && matches!(name, b"item" | b"entry") {
                    item = Some(OpenItem { depth, media: 0, length: 0 });
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_end = matches!(event, Event::Eof);
        if let Some(closed) = item.take_if(|item| is_end || depth < item.depth) {
            copies = copies.saturating_add(closed.media.saturating_mul(closed.length));
        }
        if copies > MAX_COPIES {
            return Err("its items have too many media elements");
        }
        if is_end {
            return Ok(());
        }
    }
    Err("its elements are nested too deep")
}

/// A JSON Feed whose identifiers are texts, and the pictures of its items, which the library ignores.
fn json_feed(json: &str) -> (String, Vec<Option<String>>) {
    let Ok(mut feed) = serde_json::from_str::<Value>(json) else {
        return (json.to_owned(), Vec::new());
    };
    let mut pictures = Vec::new();
    let items = feed.get_mut("items").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten() {
        let picture = ["image", "banner_image"].iter().find_map(|key| item.get(key)?.as_str());
        pictures.push(picture.map(str::to_owned));
        if let Some(id) = item.get_mut("id").filter(|id| id.is_number()) {
            *id = Value::String(id.to_string());
        }
    }
    (feed.to_string(), pictures)
}

/// Whether a text begins like HTML.
fn is_page(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some((_, behind)) = ["<!--", "<?"]
        .iter()
        .zip(["-->", "?>"])
        .find_map(|(start, end)| rest.strip_prefix(start)?.split_once(end))
    {
        rest = behind.trim_start();
    }
    let start: String = rest.chars().take(20).collect();
    let start = start.to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<title", "<meta", "<link", "<body"]
        .iter()
        .any(|element| start.starts_with(element))
}

/// The feeds that a page names.
fn feeds_of_page(page: &[u8], content_type: Option<&str>, url: &HttpUrl) -> Vec<HttpUrl> {
    let elements = Elements::of(&charset::decode(page, content_type));
    let base = elements.base.as_deref().and_then(|base| absolute(base, url));
    let base = base.as_ref().unwrap_or(url);
    elements.feeds.iter().filter_map(|feed| absolute(feed, base)).collect()
}

struct FeedReader<'a> {
    feed: &'a Feed,
    /// Where the feed is.
    url: &'a HttpUrl,
    /// The pictures of the items of a JSON Feed.
    pictures: Vec<Option<String>>,
}

impl FeedReader<'_> {
    fn read(&self) -> FetchedFeed {
        let entries = self.feed.entries.iter().take(MAX_ITEMS).enumerate();
        let items: Vec<FetchedItem> =
            entries.filter_map(|(index, entry)| self.item(index, entry)).collect();
        let count = self.feed.entries.len().min(MAX_ITEMS);
        FetchedFeed { without_address: count - items.len(), items }
    }

    fn item(&self, index: usize, entry: &Entry) -> Option<FetchedItem> {
        let id = Some(entry.id.trim()).filter(|id| !id.is_empty());
        let url = self.address(entry, id)?;
        let title = entry.title.as_ref().and_then(|title| self.title(title));
        let keywords = entry.categories.iter();
        let keywords = keywords.filter_map(|one| clean(one.label.as_deref().unwrap_or(&one.term)));
        let languages = [entry.language.as_deref(), self.feed.language.as_deref()];
        let clean_url = url.without_tracking();
        let metadata = PageMetadata {
            excerpt: self.excerpt(entry, title.as_deref()),
            title,
            published: published(entry),
            canonical: (clean_url != url).then_some(clean_url),
            provider: self.provider(&url),
            picture: self.picture(index, entry),
            language: languages.into_iter().flatten().find_map(closest_tag),
            keywords: keywords.collect(),
            ..PageMetadata::default()
        };
        Some(FetchedItem { id: id.map(str::to_owned), url, metadata })
    }

    /// The address of the article. The identifier of an RSS item is one unless it says otherwise.
    fn address(&self, entry: &Entry, id: Option<&str>) -> Option<HttpUrl> {
        let links = entry.links.iter().filter(|link| is_of_article(link));
        let is_rss = !matches!(self.feed.feed_type, FeedType::Atom | FeedType::JSON);
        let id = id.filter(|id| is_rss && id.starts_with("http"));
        let mut all = links.map(|link| &*link.href).chain(id);
        all.find_map(|link| absolute(link, self.url))
    }

    fn title(&self, title: &Text) -> Option<String> {
        let is_rss = !matches!(self.feed.feed_type, FeedType::Atom | FeedType::JSON);
        let is_html = title.content_type.subty().as_str() != "plain";
        // Titles in RSS are plain text or HTML, and nothing tells which.
        let plain = if is_html || is_rss && has_markup(&title.content) {
            Cow::Owned(text_of_html(&title.content, MAX_TEXT))
        } else {
            Cow::Borrowed(&*title.content)
        };
        clean(&plain).map(shortened)
    }

    /// The summary, or else the beginning of the content.
    fn excerpt(&self, entry: &Entry, title: Option<&str>) -> Option<String> {
        let summary = entry.summary.as_ref().map(|text| (&*text.content, &text.content_type));
        let content = entry.content.as_ref();
        let content =
            content.and_then(|content| Some((content.body.as_deref()?, &content.content_type)));
        let text = |(text, kind): (&str, _)| {
            let is_atom = matches!(self.feed.feed_type, FeedType::Atom);
            let is_html = has_markup(text) || !is_plain(kind);
            let is_literal = is_plain(kind) && is_atom;
            let plain = if is_html && !is_literal {
                excerpt_of_html(text, MAX_TEXT)
            } else {
                text.to_owned()
            };
            clean(&plain).map(shortened)
        };
        let all = [summary, content].into_iter().flatten().filter_map(text);
        all.into_iter().find(|excerpt| informative(excerpt, title.unwrap_or_default()))
    }

    /// The title of the feed, if the article is on the same site.
    fn provider(&self, article: &HttpUrl) -> Option<String> {
        let domain = Domain::in_address(article.as_str())?;
        let home = self.feed.links.iter().map(|link| &*link.href);
        let is_same = |url: &str| {
            Domain::in_address(url).is_some_and(|other| {
                other.contains(domain.as_str()) || domain.contains(other.as_str())
            })
        };
        let is_own = std::iter::once(self.url.as_str()).chain(home).any(is_same);
        self.feed.title.as_ref().filter(|_| is_own).and_then(|title| self.title(title))
    }

    /// The picture: the largest one of Media RSS, an enclosure, or that of a JSON Feed.
    fn picture(&self, index: usize, entry: &Entry) -> Option<PagePicture> {
        let own = self.pictures.get(index).cloned().flatten();
        let own = own.and_then(|url| absolute(&url, self.url));
        let contents = entry.media.iter().flat_map(|media| &media.content);
        let contents = contents.filter(|content| is_picture(content));
        let of_media = contents.filter_map(|content| {
            let url = absolute(content.url.as_ref()?.as_str(), self.url)?;
            Some(PagePicture { url, size: content.width.zip(content.height) })
        });
        let thumbnails = entry.media.iter().flat_map(|media| &media.thumbnails);
        let of_thumbnails = thumbnails.filter_map(|thumbnail| {
            let url = absolute(&thumbnail.image.uri, self.url)?;
            Some(PagePicture { url, size: thumbnail.image.width.zip(thumbnail.image.height) })
        });
        let is_enclosure = |link: &&Link| {
            let kind = link.media_type.as_deref();
            kind.is_some_and(|kind| kind.starts_with("image/"))
        };
        let enclosures = entry.links.iter().filter(is_enclosure);
        let of_links = enclosures.filter_map(|link| absolute(&link.href, self.url));
        let plain = |url| PagePicture { url, size: None };
        let mut all: Vec<PagePicture> = own.map(plain).into_iter().collect();
        all.extend(of_media.chain(of_thumbnails));
        all.extend(of_links.map(plain));
        // The first of several that are equally wide.
        all.reverse();
        all.into_iter().max_by_key(|picture| picture.size.map_or(0, |(width, _)| width))
    }
}

fn is_plain(kind: &impl std::fmt::Display) -> bool {
    kind.to_string().starts_with("text/plain")
}

/// Whether a link leads to the article, and not to its comments or files.
fn is_of_article(link: &Link) -> bool {
    let is_alternate = link.rel.as_deref().is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"));
    let is_page = link.media_type.as_deref().is_none_or(|kind| kind.contains("html"));
    link.target.is_none() && is_alternate && is_page && !link.href.trim().is_empty()
}

fn is_picture(content: &MediaContent) -> bool {
    let kind = content.content_type.as_ref().map(|kind| kind.ty().as_str().to_owned());
    let path = content.url.as_ref().map_or("", |url| url.path()).to_ascii_lowercase();
    match kind {
        Some(kind) => kind == "image",
        None => [".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"]
            .iter()
            .any(|ending| path.ends_with(ending)),
    }
}

/// When the article was published, or else changed. Front matter has four digits for a year.
fn published(entry: &Entry) -> Option<ParsedDate> {
    let instant = entry.published.or(entry.updated)?;
    (1..=9998).contains(&instant.year()).then_some(ParsedDate { instant, has_time: true })
}
