//! Serializes feeds as Atom, RSS and JSON Feed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use atom_syndication as atom;
use chrono::SecondsFormat;
use html_escape::{encode_double_quoted_attribute, encode_text};
use rss::extension::atom::AtomExtension;
use rss::extension::dublincore::DublinCoreExtension;
use serde::Serialize;

use super::json::json_text;
use super::xml_text::strip_illegal_chars;
use crate::config::FeedFormat;
use crate::page::{Feed, FeedItem, FeedStory};

/// The bytes of a feed.
pub fn feed(format: FeedFormat, feed: &Feed<'_>) -> Vec<u8> {
    match format {
        FeedFormat::Rss => rss(feed).write_to(Vec::new()).expect("memory takes all bytes"),
        FeedFormat::Atom => atom(feed).write_to(Vec::new()).expect("memory takes all bytes"),
        FeedFormat::Json => json_text(&json(feed)).into_bytes(),
    }
}

/// The description of an article in every format: its excerpt and its provider.
fn html(feed: &Feed<'_>, item: &FeedItem<'_>) -> String {
    let mut html = String::new();
    if !item.excerpt.is_empty() {
        // Writing to a string cannot fail.
        let excerpt = encode_text(item.excerpt);
        let _ = match item.language.as_ref().filter(|_| !item.own_excerpt) {
            Some(language) => write!(html, "<p lang=\"{language}\">{excerpt}</p>"),
            None => write!(html, "<p>{excerpt}</p>"),
        };
    }
    let (source, provider) =
        (encode_double_quoted_attribute(item.source), encode_text(item.provider));
    let label = encode_text(feed.source_label);
    let _ = write!(html, "<p>{label} <a href=\"{source}\">{provider}</a></p>");
    html
}

fn owned(text: &str) -> String {
    strip_illegal_chars(text).into_owned()
}

/// The page of an external item, and the earlier reports of its story.
fn related(item: &FeedItem<'_>) -> Vec<atom::Link> {
    let page = item.page.as_deref().filter(|page| *page != item.link);
    let page = page.map(|page| link("related", page, Some("text/html")));
    let reports = item.story.iter().flat_map(|story| &story.reports);
    let reports = reports.map(|report| atom::Link {
        title: Some(owned(&format!("{}: {}", report.provider, report.title))),
        ..link("related", &report.url, Some("text/html"))
    });
    page.into_iter().chain(reports).collect()
}

/// RSS 2.0 (<https://www.rssboard.org/rss-specification>), by the profile of the RSS Advisory
/// Board.
fn rss(feed: &Feed<'_>) -> rss::Channel {
    let mut links = vec![link("self", &feed.url, Some(FeedFormat::Rss.media_type()))];
    links.extend(feed.hub.map(|hub| link("hub", hub, None)));
    let namespaces =
        [("atom", "http://www.w3.org/2005/Atom"), ("dc", "http://purl.org/dc/elements/1.1/")];
    rss::Channel {
        title: owned(&feed.title),
        link: feed.page.clone(),
        description: owned(feed.description),
        language: Some(feed.language.to_owned()),
        pub_date: Some(feed.updated.to_rfc2822()),
        atom_ext: Some(AtomExtension { links }),
        namespaces: namespaces.map(|(prefix, name)| (prefix.to_owned(), name.to_owned())).into(),
        items: feed.items.iter().map(|item| rss_item(feed, item)).collect(),
        ..rss::Channel::default()
    }
}

fn rss_item(feed: &Feed<'_>, item: &FeedItem<'_>) -> rss::Item {
    let category = |topic: &&str| rss::Category { name: owned(topic), domain: None };
    let source =
        |feed: &str| rss::Source { url: feed.to_owned(), title: Some(owned(item.provider)) };
    let creators = vec![owned(item.provider)];
    rss::Item {
        title: Some(owned(item.title)),
        link: Some(item.link.clone().into_owned()),
        description: Some(owned(&html(feed, item))),
        categories: item.topics.iter().map(category).collect(),
        guid: Some(rss::Guid { value: item.id.clone(), permalink: false }),
        pub_date: Some(item.published_at.to_rfc2822()),
        source: item.feed.map(source),
        atom_ext: Some(AtomExtension { links: related(item) }),
        dublin_core_ext: Some(DublinCoreExtension {
            creators,
            languages: item.language.iter().map(|language| language.clone().into_owned()).collect(),
            ..DublinCoreExtension::default()
        }),
        ..rss::Item::default()
    }
}

/// Atom (RFC 4287).
fn atom(feed: &Feed<'_>) -> atom::Feed {
    let mut links = vec![
        link("alternate", &feed.page, Some("text/html")),
        link("self", &feed.url, Some(FeedFormat::Atom.media_type())),
    ];
    links.extend(feed.hub.map(|hub| link("hub", hub, None)));
    atom::Feed {
        title: owned(&feed.title).into(),
        id: feed.id.clone(),
        updated: feed.updated.into(),
        authors: vec![atom::Person { name: owned(feed.site), ..atom::Person::default() }],
        links,
        subtitle: Some(owned(feed.description).into()),
        entries: feed.items.iter().map(|item| atom_entry(feed, item)).collect(),
        lang: Some(feed.language.to_owned()),
        namespaces: BTreeMap::new(),
        ..atom::Feed::default()
    }
}

fn link(rel: &str, href: &str, mime_type: Option<&str>) -> atom::Link {
    atom::Link {
        rel: rel.to_owned(),
        href: href.to_owned(),
        mime_type: mime_type.map(str::to_owned),
        ..atom::Link::default()
    }
}

fn atom_entry(feed: &Feed<'_>, item: &FeedItem<'_>) -> atom::Entry {
    let author = atom::Person {
        name: owned(item.provider),
        uri: Some(item.website.clone().into_owned()),
        ..atom::Person::default()
    };
    // Only the URL of the provider is known.
    let source = |feed: &str| atom::Source {
        title: owned(item.provider).into(),
        id: feed.to_owned(),
        updated: item.published_at.into(),
        links: vec![link("self", feed, None)],
        ..atom::Source::default()
    };
    let mut links = vec![
        link("alternate", &item.link, Some("text/html")),
        link("via", item.source, Some("text/html")),
    ];
    links.extend(related(item));
    let category =
        |topic: &&str| atom::Category { term: owned(topic), ..atom::Category::default() };
    atom::Entry {
        title: atom::Text {
            lang: item.language.clone().map(Cow::into_owned),
            ..owned(item.title).into()
        },
        id: item.id.clone(),
        updated: item.published_at.into(),
        authors: vec![author],
        categories: item.topics.iter().map(category).collect(),
        links,
        published: Some(item.published_at.into()),
        source: item.feed.map(source),
        summary: Some(atom::Text::html(owned(&html(feed, item)))),
        ..atom::Entry::default()
    }
}

/// JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>).
#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    description: &'a str,
    language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hubs: Option<[JsonHub<'a>; 1]>,
    items: Vec<JsonItem<'a>>,
}

#[derive(Serialize)]
struct JsonHub<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct JsonItem<'a> {
    id: &'a str,
    url: &'a str,
    external_url: &'a str,
    title: &'a str,
    content_html: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    date_published: String,
    authors: [JsonAuthor<'a>; 1],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [&'a str],
    #[serde(rename = "_newsgen", skip_serializing_if = "Option::is_none")]
    newsgen: Option<JsonExtension<'a>>,
}

#[derive(Serialize)]
struct JsonExtension<'a> {
    story: &'a FeedStory<'a>,
}

#[derive(Serialize)]
struct JsonAuthor<'a> {
    name: &'a str,
    url: &'a str,
}

fn json<'a>(feed: &'a Feed<'_>) -> JsonFeed<'a> {
    JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: &feed.title,
        home_page_url: &feed.page,
        feed_url: &feed.url,
        description: feed.description,
        language: feed.language,
        hubs: feed.hub.map(|url| [JsonHub { kind: "WebSub", url }]),
        items: feed.items.iter().map(|item| json_item(feed, item)).collect(),
    }
}

fn json_item<'a>(feed: &Feed<'_>, item: &'a FeedItem<'_>) -> JsonItem<'a> {
    JsonItem {
        id: &item.id,
        url: item.page.as_deref().unwrap_or(item.source),
        external_url: item.source,
        title: item.title,
        content_html: html(feed, item),
        language: item.language.as_deref(),
        image: item.image.as_deref(),
        date_published: item.published_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        authors: [JsonAuthor { name: item.provider, url: &item.website }],
        tags: &item.topics,
        newsgen: item.story.as_ref().map(|story| JsonExtension { story }),
    }
}
