//! Serializes sitemaps and the OPML list of feeds as XML.

use std::io;

use chrono::{DateTime, SecondsFormat, Utc};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::xml_text::strip_illegal_chars;
use crate::page::{NewsSitemapContext, OpmlContext, OpmlEntry, SitemapEntry, XmlContext};

type Xml = Writer<Vec<u8>>;

/// The namespace of sitemaps.
const SITEMAP: (&str, &str) = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");

/// The namespace of the news sitemap extension.
const NEWS: (&str, &str) = ("xmlns:news", "http://www.google.com/schemas/sitemap-news/0.9");

/// Serializes an XML file.
pub fn xml_file(context: &XmlContext<'_>) -> Vec<u8> {
    let mut xml = Writer::new(Vec::new());
    write(&mut xml, context).expect("memory takes all bytes");
    xml.into_inner()
}

fn write(xml: &mut Xml, context: &XmlContext<'_>) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    match context {
        XmlContext::Sitemap(pages) => sitemap(xml, pages),
        XmlContext::SitemapIndex(parts) => index(xml, parts),
        XmlContext::NewsSitemap(news) => news_sitemap(xml, news),
        XmlContext::Opml(feeds) => opml(xml, feeds),
    }
}

fn text(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&strip_illegal_chars(text)))?;
    Ok(())
}

/// The W3C date and time format.
fn instant(xml: &mut Xml, name: &str, instant: DateTime<Utc>) -> io::Result<()> {
    text(xml, name, &instant.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// <https://www.sitemaps.org/protocol.html>
fn sitemap(xml: &mut Xml, pages: &[SitemapEntry]) -> io::Result<()> {
    let root = xml.create_element("urlset").with_attribute(SITEMAP);
    root.write_inner_content(|xml| pages.iter().try_for_each(|page| entry(xml, "url", page)))?;
    Ok(())
}

fn index(xml: &mut Xml, parts: &[SitemapEntry]) -> io::Result<()> {
    let root = xml.create_element("sitemapindex").with_attribute(SITEMAP);
    root.write_inner_content(|xml| parts.iter().try_for_each(|part| entry(xml, "sitemap", part)))?;
    Ok(())
}

fn entry(xml: &mut Xml, name: &str, SitemapEntry { url, newest }: &SitemapEntry) -> io::Result<()> {
    xml.create_element(name).write_inner_content(|xml| {
        text(xml, "loc", url)?;
        newest.map_or(Ok(()), |newest| instant(xml, "lastmod", newest))
    })?;
    Ok(())
}

/// <https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap>
fn news_sitemap(xml: &mut Xml, news: &NewsSitemapContext<'_>) -> io::Result<()> {
    let article = |xml: &mut Xml, (page, title): &(SitemapEntry, &str)| -> io::Result<()> {
        xml.create_element("url").write_inner_content(|xml| {
            text(xml, "loc", &page.url)?;
            xml.create_element("news:news").write_inner_content(|xml| {
                xml.create_element("news:publication").write_inner_content(|xml| {
                    text(xml, "news:name", news.site)?;
                    text(xml, "news:language", &news.language)
                })?;
                if let Some(published_at) = page.newest {
                    instant(xml, "news:publication_date", published_at)?;
                }
                text(xml, "news:title", title)
            })?;
            Ok(())
        })?;
        Ok(())
    };
    let root = xml.create_element("urlset").with_attribute(SITEMAP).with_attribute(NEWS);
    root.write_inner_content(|xml| news.articles.iter().try_for_each(|entry| article(xml, entry)))?;
    Ok(())
}

/// OPML 2.0 (<http://opml.org/spec2.opml>).
fn opml(xml: &mut Xml, feeds: &OpmlContext<'_>) -> io::Result<()> {
    let root = xml.create_element("opml").with_attribute(("version", "2.0"));
    root.write_inner_content(|xml| {
        xml.create_element("head").write_inner_content(|xml| text(xml, "title", feeds.site))?;
        xml.create_element("body").write_inner_content(|xml| {
            outline(xml, &feeds.all)?;
            for (name, group) in feeds.groups.iter().filter(|(_, group)| !group.is_empty()) {
                let group_outline = xml.create_element("outline").with_attribute(("text", *name));
                group_outline.write_inner_content(|xml| {
                    group.iter().try_for_each(|feed| outline(xml, feed))
                })?;
            }
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn outline(xml: &mut Xml, OpmlEntry { name, url, page }: &OpmlEntry<'_>) -> io::Result<()> {
    let name = strip_illegal_chars(name);
    let attributes = [("text", &*name), ("type", "rss"), ("xmlUrl", url), ("htmlUrl", page)];
    xml.create_element("outline").with_attributes(attributes).write_empty()?;
    Ok(())
}
