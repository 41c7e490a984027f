//! The items of an RSS, Atom or JSON feed.

use feed_rs::model::{Content, Entry, Feed, Link, Text};

use super::html;
use super::item::{ImportItem, KeyUse, ReadItems};
use super::options::{self, ImportOptions, ImportSource, host};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::date::ParsedDate;
use crate::document::{text, text_of_html};
use crate::http_url::HttpUrl;
use crate::language::closest_tag;
use crate::metadata::{ParsedFeed, parse_feed};

/// The maximum length of an excerpt in characters: some feeds have whole articles as summaries.
const MAX_EXCERPT: usize = 500;

/// The maximum length of a text that is read, in characters.
const MAX_TEXT: usize = 10_000;

/// Reads the items of a feed, and those that cannot be imported.
pub(super) fn read(source: &ImportSource, options: &ImportOptions) -> ReadItems {
    let builder = feed_rs::parser::Builder::new().sanitize_content(false);
    let ParsedFeed { feed, pictures } = match parse_feed(&source.bytes, None, builder) {
        Ok(parsed) => parsed,
        Err(error) => {
            let location = Location::file(&source.display_path);
            let message = format!("this is not an RSS, Atom or JSON feed: {error}");
            let help = "save the feed itself, not a page that shows it";
            return ReadItems::error(
                Diagnostic::new(Code::UnreadableImport, location, message).help(help),
            );
        }
    };
    let reader = FeedReader::new(source, options, &feed);
    let mut found = ReadItems::default();
    let mut pictures = pictures.into_iter();
    for (index, entry) in feed.entries.iter().enumerate() {
        let own_picture = pictures.next().flatten();
        match reader.item(entry, index) {
            Ok(item) => {
                found.items.push(ImportItem { picture: own_picture.or(item.picture), ..item });
            }
            Err(error) => found.errors.push(error),
        }
    }
    found
}

struct FeedReader<'a> {
    source: &'a ImportSource,
    options: &'a ImportOptions,
    /// The host of the site that the feed belongs to.
    host: Option<String>,
    /// Whether it is the editor's own site.
    is_own: bool,
    title: Option<String>,
}

impl<'a> FeedReader<'a> {
    fn new(source: &'a ImportSource, options: &'a ImportOptions, feed: &Feed) -> Self {
        let mut site = feed.links.iter().filter(|link| is_page(link));
        let site = site.find_map(|link| HttpUrl::parse(&link.href).ok());
        let host = site.or_else(|| options.base_url.clone()).map(|url| host(&url).to_owned());
        let is_own = options
            .base_url
            .as_ref()
            .is_some_and(|base| Some(options::host(base)) == host.as_deref());
        let title = feed.title.as_ref().map(plain).filter(|title| !title.is_empty());
        Self { source, options, host, is_own, title }
    }

    fn item(&self, entry: &Entry, index: usize) -> Result<ImportItem, Diagnostic> {
        let title = entry.title.as_ref().map(plain).unwrap_or_default();
        let location = Location::file(&self.source.display_path);
        let links: Vec<HttpUrl> = entry
            .links
            .iter()
            .filter(|link| is_page(link))
            .filter_map(|link| HttpUrl::parse(&link.href).ok())
            .collect();
        let is_of_site = |url: &&HttpUrl| self.host.as_deref() == Some(host(url));
        // The identifier of an item in RSS is often its address on the site.
        let id = HttpUrl::parse(&entry.id).ok();
        let own = links.iter().chain(&id).find(is_of_site).cloned();
        let content = entry.content.as_ref().and_then(|content| content.body.as_deref());
        let of_content = || {
            let is_other = |href: &str| HttpUrl::parse(href).is_ok_and(|url| !is_of_site(&&url));
            let href = html::first_link(content.filter(|_| self.options.first_link)?, is_other);
            HttpUrl::parse(&href?).ok()
        };
        let other = links.iter().find(|url| !is_of_site(url)).cloned().or_else(of_content);
        let link = other.or_else(|| own.clone()).ok_or_else(|| {
            let shown =
                if title.is_empty() { format!("{}", index + 1) } else { format!("`{title}`") };
            let message = format!("the item {shown} has no link");
            Diagnostic::new(Code::ImportWithoutOriginal, location.clone(), message)
                .help("only items with a link can be imported")
        })?;
        let mut item = ImportItem {
            location,
            is_published: self.options.publish,
            title,
            provider_name: self.title.clone().filter(|_| is_of_site(&&link)),
            old_address: own.filter(|_| self.is_own).map(|url| url.path().to_owned()),
            link: Some(link),
            language: entry.language.as_deref().and_then(closest_tag),
            topics: topics(entry),
            picture: picture(entry),
            ..ImportItem::default()
        };
        if let Some(instant) = entry.published.or(entry.updated) {
            item.date = Some(ParsedDate { instant, has_time: true });
        }
        let summary = entry.summary.as_ref().map(plain).unwrap_or_default();
        if let Some(content) = entry.content.as_ref().filter(|_| self.is_own) {
            item.body = body(content);
            item.excerpt = summary;
        } else {
            let content = content.map(plain_text).unwrap_or_default();
            item.excerpt = if summary.is_empty() { content } else { summary };
        }
        item.excerpt = shortened(&item.excerpt);
        note_keys(&mut item, entry);
        Ok(item)
    }
}

fn note_keys(item: &mut ImportItem, entry: &Entry) {
    let is_kept = !item.body.is_empty();
    let content = if is_kept { KeyUse::Becomes("body") } else { KeyUse::Dropped };
    let keys = [
        ("title", entry.title.is_some(), KeyUse::Becomes("title")),
        ("link", true, KeyUse::Becomes("originalUrl")),
        ("published", item.date.is_some(), KeyUse::Becomes("publishedDateTime")),
        ("summary", entry.summary.is_some(), KeyUse::Becomes("excerpt")),
        ("content", entry.content.is_some(), content),
        ("category", !item.topics.is_empty(), KeyUse::Becomes("topics")),
        ("author", !entry.authors.is_empty(), KeyUse::Dropped),
    ];
    for (key, _, becomes) in keys.into_iter().filter(|(_, is_there, _)| *is_there) {
        item.note(key, becomes);
    }
}

/// Whether a link leads to a page.
fn is_page(link: &Link) -> bool {
    link.rel.as_deref().is_none_or(|relation| matches!(relation, "alternate" | "related" | "via"))
}

fn plain(text: &Text) -> String {
    plain_text(&text.content)
}

fn plain_text(html: &str) -> String {
    text::normalize(&text_of_html(html, MAX_TEXT))
}

fn body(content: &Content) -> String {
    let body = content.body.as_deref().unwrap_or_default();
    if content.content_type.subty() == "html" || content.content_type.subty() == "xhtml" {
        html::block(body)
    } else {
        body.to_owned()
    }
}

fn topics(entry: &Entry) -> Vec<String> {
    let name = |category: &feed_rs::model::Category| {
        text::normalize(category.label.as_deref().unwrap_or(&category.term))
    };
    entry.categories.iter().map(name).filter(|name| !name.is_empty()).collect()
}

fn picture(entry: &Entry) -> Option<String> {
    let mut pictures = entry.media.iter().flat_map(|media| {
        let thumbnails = media.thumbnails.iter().map(|thumbnail| thumbnail.image.uri.clone());
        let is_image = |content: &&feed_rs::model::MediaContent| {
            content.content_type.as_ref().is_some_and(|kind| kind.ty() == "image")
        };
        let contents = media.content.iter();
        let contents = contents.filter(is_image);
        thumbnails
            .chain(contents.filter_map(|content| content.url.as_ref().map(ToString::to_string)))
    });
    pictures.next()
}

/// A text of at most [`MAX_EXCERPT`] characters.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(MAX_EXCERPT) else { return text.to_owned() };
    let text = text.get(..end).unwrap_or(text);
    let words = text.rsplit_once(' ').map_or(text, |(words, _)| words);
    format!("{words} …")
}
