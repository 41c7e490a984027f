//! Renders Markdown bodies to safe HTML, with headings starting at `<h2>`.

use std::borrow::Cow;
use std::collections::HashSet;

use html_escape::{decode_html_entities, encode_double_quoted_attribute, encode_text};
use memchr::memchr_iter;
use pulldown_cmark::{
    Alignment, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
    TextMergeStream, html,
};

use super::anchors::Anchors;
use super::footnotes::{Footnotes, Reference};
use super::html::flatten::MAX_DEPTH;
use super::html::sanitize::{self, CLOSE_TABLE, Sanitizer};
use super::image::path_in_static;
use super::links::{image_source, link_target, own_fragment};
use super::text::{self, strip_unprintable};
use crate::config::Config;
use crate::http_url::HttpUrl;
use crate::slug::Slugs;

pub use super::body_options::BodyOptions;
pub use super::html::sanitize::{HtmlTarget, OPEN_IMAGE};

/// Renders a body whose nesting [`crate::document::parse`] has checked. Raw HTML is sanitized;
/// links lead to the web, to mail or into the site; headings begin at `<h2>`; footnotes are at the
/// end.
pub fn to_html(markdown: &str, links: BodyOptions<'_>, form: HtmlTarget) -> String {
    if markdown.is_empty() {
        return String::new();
    }
    let events: Vec<Event<'_>> =
        TextMergeStream::new(Parser::new_ext(markdown, options())).map(with_html_chars).collect();
    let has_html =
        events.iter().any(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)));
    let is_sanitized = has_html || form == HtmlTarget::Amp || depth(&events) > MAX_DEPTH;
    let mut anchors = Anchors::new(links.slugs);
    for event in &events {
        anchors.note(event);
    }
    let shift = heading_shift(&events);
    let (flow, footnotes) = Footnotes::extract(events);
    let mut rewriter = EventRewriter {
        shift,
        links,
        is_sanitized,
        anchors: &anchors,
        ids: anchors.ids().iter(),
        footnotes,
    };
    let mut html = rewriter.html(flow, markdown.len() * 2);
    let mut notes = Vec::new();
    while let Some(text) = rewriter.footnotes.next_text() {
        notes.push(rewriter.html(text, 0));
    }
    let footnotes = rewriter.footnotes;
    let mut lost = HashSet::new();
    if is_sanitized {
        let headings = anchors.ids().iter().flatten().cloned();
        let own_ids = headings.chain(footnotes.reference_ids()).collect();
        let sanitizer = Sanitizer::new(links, form, &anchors, own_ids);
        html = sanitizer.sanitize(&html);
        notes = notes.iter().map(|note| sanitizer.sanitize(note)).collect();
        lost = sanitizer.unused_ids();
    }
    html.push_str(&footnotes.section(&notes, &lost, links));
    strip_unprintable(html)
}

/// The URLs of this site that a body has.
#[derive(Debug, Default)]
pub struct OwnUrls {
    /// The paths in `static/` of the images that it shows.
    pub images: Vec<Box<str>>,
    /// The URLs below the root of the site that its links lead to, in order.
    pub links: Vec<Box<str>>,
}

/// The URLs of this site that a body has.
pub fn own_urls(markdown: &str, config: &Config) -> OwnUrls {
    let has_own_host = || markdown.contains(config.published_host());
    if !may_show_images(markdown) && !may_have_own_links(markdown) && !has_own_host() {
        return OwnUrls::default();
    }
    let options = BodyOptions { root: "/", ..BodyOptions::new(config) };
    let html = to_html(markdown, options, HtmlTarget::Html);
    OwnUrls { images: images_of(&html), links: links_of(&html, config) }
}

/// The ids of the headings of a body.
pub fn heading_ids(markdown: &str, slugs: Slugs) -> Vec<Box<str>> {
    if !may_have_headings(markdown) {
        return Vec::new();
    }
    let mut anchors = Anchors::new(slugs);
    let events = TextMergeStream::new(Parser::new_ext(markdown, options()));
    events.for_each(|event| anchors.note(&with_html_chars(event)));
    anchors.ids().iter().flatten().map(|id| id.as_str().into()).collect()
}

/// Whether a body may have headings, without parsing it. A `#` of a URL or a word begins none.
fn may_have_headings(markdown: &str) -> bool {
    let bytes = markdown.as_bytes();
    let is_mark = |at: usize| {
        let (before, rest) = bytes.split_at(at);
        let begins = before.last().is_none_or(|c| c.is_ascii_whitespace() || b">:".contains(c));
        begins && rest.iter().find(|c| **c != b'#').is_none_or(u8::is_ascii_whitespace)
    };
    let is_underline = |line: &str| {
        let line = line.trim_matches(|c: char| c == '>' || c.is_whitespace());
        !line.is_empty() && ['=', '-'].iter().any(|sign| line.trim_matches(*sign).is_empty())
    };
    memchr_iter(b'#', bytes).any(is_mark) || markdown.split(['\n', '\r']).any(is_underline)
}

/// The paths in `static/` of the images of this site that a body shows.
pub fn own_images(markdown: &str, options: BodyOptions<'_>) -> Vec<Box<str>> {
    if !may_show_images(markdown) {
        return Vec::new();
    }
    images_of(&to_html(markdown, BodyOptions { root: "/", ..options }, HtmlTarget::Html))
}

/// Whether a body may show an image, without parsing it.
fn may_show_images(markdown: &str) -> bool {
    let is_tag = |at: usize| {
        markdown.get(at + 1..at + 4).is_some_and(|name| name.eq_ignore_ascii_case("img"))
    };
    markdown.contains("![") || memchr_iter(b'<', markdown.as_bytes()).any(is_tag)
}

fn images_of(html: &str) -> Vec<Box<str>> {
    let sources = html.split(OPEN_IMAGE).skip(1).filter_map(|tag| tag.split('"').next());
    let path = |source| {
        let url = decode_html_entities(source);
        Some(path_in_static(url.strip_prefix('/')?)?.into())
    };
    sources.filter_map(path).collect()
}

fn links_of(html: &str, config: &Config) -> Vec<Box<str>> {
    let target = |tag: &str| {
        let (tag, _) = tag.split_once('>')?;
        let (_, target) = tag.split_once("href=\"")?;
        let url = decode_html_entities(target.split('"').next()?);
        if url.starts_with('/') && !url.starts_with("//") {
            return Some(url.into());
        }
        config.own_url(&HttpUrl::parse(&url).ok()?).map(Into::into)
    };
    let mut links: Vec<Box<str>> = html.split("<a ").skip(1).filter_map(target).collect();
    links.sort();
    links.dedup();
    links
}

/// Whether a body may have a link that leads neither to the web nor to mail, without parsing it.
fn may_have_own_links(markdown: &str) -> bool {
    let is_own = |rest: &str| {
        let is_filler = |c: char| c.is_whitespace() || matches!(c, '<' | '=' | '"' | '\'');
        let target = rest.trim_start_matches(is_filler);
        let begins = |scheme: &str| {
            target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        !["http:", "https:", "mailto:", "#"].into_iter().any(begins)
    };
    ["](", "]:", "href", "HREF"].iter().any(|mark| markdown.split(mark).skip(1).any(is_own))
}

/// The maximum depth of elements.
fn depth(events: &[Event<'_>]) -> usize {
    let depths = events.iter().scan(0_usize, |depth, event| {
        *depth = match event {
            Event::Start(_) => *depth + 1,
            Event::End(_) => depth.saturating_sub(1),
            _ => *depth,
        };
        Some(*depth)
    });
    depths.max().unwrap_or_default()
}

/// The extensions to `CommonMark`.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
}

/// An event of the parser, which decodes numeric entities as `CommonMark` does, with the characters
/// that these mean in HTML.
pub(super) fn with_html_chars(event: Event<'_>) -> Event<'_> {
    let plain = text::with_windows_chars;
    match event {
        Event::Text(text) => Event::Text(plain(text)),
        Event::Code(text) => Event::Code(plain(text)),
        Event::Html(text) => Event::Html(plain(text)),
        Event::InlineHtml(text) => Event::InlineHtml(plain(text)),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => Event::Start(Tag::Link {
            link_type,
            dest_url: plain(dest_url),
            title: plain(title),
            id,
        }),
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => Event::Start(Tag::Image {
            link_type,
            dest_url: plain(dest_url),
            title: plain(title),
            id,
        }),
        other => other,
    }
}

/// How many levels headings move down so that the highest becomes an `<h2>`; negative for up.
fn heading_shift(events: &[Event<'_>]) -> i32 {
    let highest = events.iter().filter_map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(*level as i32),
        _ => None,
    });
    highest.min().map_or(0, |level| 2 - level)
}

/// Rewrites the events of the Markdown parser.
struct EventRewriter<'l, 'a> {
    shift: i32,
    links: BodyOptions<'l>,
    /// Whether the HTML will be sanitized. Then links and images are left as written, and tables
    /// have no frames.
    is_sanitized: bool,
    anchors: &'l Anchors,
    /// The ids of the remaining headings.
    ids: std::slice::Iter<'l, Option<String>>,
    footnotes: Footnotes<'a>,
}

impl<'a> EventRewriter<'_, 'a> {
    fn html(&mut self, events: Vec<Event<'a>>, length: usize) -> String {
        let mut out = String::with_capacity(length);
        let events = events.into_iter();
        let presented = RewrittenEvents {
            rewriter: self,
            events,
            held_back: None,
            alignments: Vec::new(),
            column: 0,
            cell: "td",
            open_links: 0,
            is_in_autolink: false,
        };
        html::push_html(&mut out, presented);
        out
    }

    fn shifted(&self, level: HeadingLevel) -> HeadingLevel {
        let wanted = (level as i32 + self.shift).clamp(2, 6);
        let wanted = usize::try_from(wanted).expect("the level is from 2 to 6");
        HeadingLevel::try_from(wanted).expect("the level is from 2 to 6")
    }

    /// A link to a footnote, or only its number inside another link.
    fn reference(&mut self, label: &str, is_in_link: bool) -> Event<'a> {
        let Some(reference) = self.footnotes.reference(label, !is_in_link) else {
            return Event::Text(format!("[^{label}]").into());
        };
        let (number, id) = (reference.number, reference.id());
        Event::InlineHtml(match (is_in_link, self.is_sanitized) {
            (true, _) => format!("<sup>{number}</sup>").into(),
            (false, true) => format!("<sup><a id=\"{id}\">{number}</a></sup>").into(),
            (false, false) => {
                format!("<sup>{}{number}</a></sup>", Reference::open_link(&id, self.links)).into()
            }
        })
    }

    fn open_link(&self, target: &str, title: &str) -> CowStr<'static> {
        let target = if self.is_sanitized {
            Some(target.into())
        } else {
            let own = own_fragment(target, self.anchors).map(Cow::Owned);
            own.or_else(|| link_target(target, self.links.root))
        };
        let target = target.as_deref().map(encode_double_quoted_attribute);
        sanitize::link_tag(target.as_deref(), &encode_double_quoted_attribute(title), self.links)
            .into()
    }

    fn image(&self, source: &str, alt: &str) -> CowStr<'static> {
        let source = if self.is_sanitized {
            Some(source.to_owned())
        } else {
            image_source(source, self.links.root)
        };
        let Some(source) = source else { return encode_text(alt).into_owned().into() };
        let (source, alt) =
            (encode_double_quoted_attribute(&source), encode_double_quoted_attribute(alt));
        sanitize::image_tag(&source, &alt, "").into()
    }
}

/// The iterator of rewritten events.
struct RewrittenEvents<'p, 'l, 'a> {
    rewriter: &'p mut EventRewriter<'l, 'a>,
    events: std::vec::IntoIter<Event<'a>>,
    /// The event to return before the next of `events`.
    held_back: Option<Event<'a>>,
    /// The alignments of the columns of the open table.
    alignments: Vec<Alignment>,
    column: usize,
    cell: &'static str,
    /// The number of open links. In HTML a link cannot contain another, so only the outermost is one.
    open_links: usize,
    is_in_autolink: bool,
}

impl<'a> Iterator for RewrittenEvents<'_, '_, 'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        if let Some(event) = self.held_back.take() {
            return Some(event);
        }
        let is_sanitized = self.rewriter.is_sanitized;
        Some(match self.events.next()? {
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: self.rewriter.shifted(level),
                id: self.rewriter.ids.next().cloned().flatten().map(CowStr::from),
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
            Event::End(TagEnd::Heading(level)) => {
                Event::End(TagEnd::Heading(self.rewriter.shifted(level)))
            }
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                self.open_links += 1;
                self.is_in_autolink = link_type == LinkType::Autolink;
                if self.open_links > 1 {
                    return self.next();
                }
                let target = match link_type {
                    LinkType::Email => format!("mailto:{dest_url}").into(),
                    // The parser decodes the entities of all other links.
                    LinkType::Autolink => text::decode_url_entities(&dest_url).into_owned().into(),
                    _ => dest_url,
                };
                Event::InlineHtml(self.rewriter.open_link(&target, &title))
            }
            Event::End(TagEnd::Link) => {
                self.open_links -= 1;
                self.is_in_autolink = false;
                if self.open_links > 0 {
                    return self.next();
                }
                Event::InlineHtml("</a>".into())
            }
            Event::Text(text) if self.is_in_autolink => {
                Event::Text(text::decode_url_entities(&text).into_owned().into())
            }
            Event::FootnoteReference(label) => self.rewriter.reference(&label, self.open_links > 0),
            Event::TaskListMarker(is_done) => {
                Event::InlineHtml(sanitize::checkbox(is_done, self.rewriter.links).into())
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let alt = text_of_image(&mut self.events);
                Event::InlineHtml(self.rewriter.image(&dest_url, &alt))
            }
            Event::Start(Tag::Table(alignments)) => {
                self.alignments = alignments;
                let table = Event::Start(Tag::Table(Vec::new()));
                if is_sanitized {
                    return Some(table);
                }
                self.held_back = Some(table);
                Event::Html(sanitize::open_table(self.rewriter.links).into())
            }
            Event::Start(row @ (Tag::TableHead | Tag::TableRow)) => {
                (self.column, self.cell) = (0, if row == Tag::TableHead { "th" } else { "td" });
                Event::Start(row)
            }
            Event::Start(Tag::TableCell) => {
                self.column += 1;
                let alignment = self.alignments.get(self.column - 1);
                Event::InlineHtml(open_cell(self.cell, alignment).into())
            }
            Event::End(TagEnd::TableCell) => Event::InlineHtml(format!("</{}>", self.cell).into()),
            Event::End(TagEnd::Table) => {
                self.held_back = (!is_sanitized).then(|| Event::Html(CLOSE_TABLE.into()));
                Event::End(TagEnd::Table)
            }
            other => other,
        })
    }
}

/// The alignment of a cell is a class, since the pages' policy blocks style attributes.
fn open_cell(name: &str, alignment: Option<&Alignment>) -> String {
    match alignment {
        Some(Alignment::Center) => format!("<{name} class=\"center\">"),
        Some(Alignment::Right) => format!("<{name} class=\"right\">"),
        _ => format!("<{name}>"),
    }
}

/// The alternative text of an image. Takes the events up to its end.
fn text_of_image<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> String {
    let mut text = String::new();
    let mut depth = 1;
    for event in events {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) if depth > 1 => depth -= 1,
            Event::End(TagEnd::Image) => break,
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Anchors, BodyOptions, HtmlTarget, Parser};
    use crate::locale::Locale;
    use crate::slug::Slugs;

    fn to_html(markdown: &str, root: &str) -> String {
        super::to_html(
            markdown,
            BodyOptions {
                root,
                outbound_rel: "noopener nofollow",
                locale: Locale::english(),
                slugs: Slugs::default(),
            },
            HtmlTarget::Html,
        )
    }

    #[test]
    fn headings_start_at_h2() {
        assert_eq!(to_html("# a\n\n### b", "/"), "<h2 id=\"a\">a</h2>\n<h4 id=\"b\">b</h4>\n");
        assert_eq!(to_html("### a\n\n#### b", "/"), "<h2 id=\"a\">a</h2>\n<h3 id=\"b\">b</h3>\n");
        assert_eq!(to_html("", "/"), "");
    }

    #[test]
    fn bodies_without_headings_are_not_parsed_for_ids() {
        for (markdown, expected) in [
            ("a https://a.example/#b [c](/d#e) C# #f", false),
            ("a\n\n***\n\n| b |\n|---|\n", false),
            ("a\n# b", true),
            ("> ## b", true),
            ("- # b", true),
            ("[^1]:# b", true),
            ("a\n===\t\n", true),
            ("> a\r> -- \r", true),
        ] {
            assert_eq!(super::may_have_headings(markdown), expected, "{markdown}");
        }
    }

    proptest! {
        #[test]
        fn heading_ids_are_those_of_all_headings(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "#", "##", " ", "\t", "\n", "\r\n", "\n\n", "\r", ">", "- ", "1. ", "===", "---",
                    "[^1]:", "\\", "`", "<b>", "    ", "|", ":",
                ]),
                0..10,
            ),
        ) {
            let markdown = parts.concat();
            let mut anchors = Anchors::new(Slugs::default());
            Parser::new_ext(&markdown, super::options()).for_each(|event| anchors.note(&event));
            let all: Vec<&str> = anchors.ids().iter().flatten().map(String::as_str).collect();
            let found = super::heading_ids(&markdown, Slugs::default());
            prop_assert_eq!(found.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), all);
        }
    }

    #[test]
    fn link_targets_are_restricted() {
        for (markdown, html) in [
            (
                "[a](https://a.example/?b&c)",
                r#"<a href="https://a.example/?b&amp;c" rel="noopener nofollow">a</a>"#,
            ),
            ("[a](/about/)", r#"<a href="/news/about/">a</a>"#),
            ("[a](mailto:x@a.example)", r#"<a href="mailto:x@a.example">a</a>"#),
            ("<x@a.example>", r#"<a href="mailto:x@a.example">x@a.example</a>"#),
            ("[a](about/)", r#"<a href="/news/about/">a</a>"#),
            ("[a](#b)", r##"<a href="#b">a</a>"##),
            ("[a](javascript:alert(1))", "<a>a</a>"),
            ("[a](//evil.example)", "<a>a</a>"),
            ("[a](data:text/html,x)", "<a>a</a>"),
        ] {
            assert_eq!(to_html(markdown, "/news/"), format!("<p>{html}</p>\n"), "{markdown}");
        }
    }

    #[test]
    fn image_sources_are_restricted() {
        let rest = r#"loading="lazy" decoding="async" referrerpolicy="no-referrer">"#;
        for (markdown, html) in [
            (
                "![a *b* \"c\"](http://a.example/x.jpg)",
                r#"<img src="https://a.example/x.jpg" alt="a b &quot;c&quot;" "#,
            ),
            ("![](/images/x.jpg)", r#"<img src="/news/images/x.jpg" alt="" "#),
            ("![](images/x.jpg)", r#"<img src="/news/images/x.jpg" alt="" "#),
            ("![](./x.jpg)", r#"<img src="/news/x.jpg" alt="" "#),
            ("![](../../x.jpg?a&b)", r#"<img src="/news/x.jpg?a&amp;b" alt="" "#),
        ] {
            assert_eq!(to_html(markdown, "/news/"), format!("<p>{html}{rest}</p>\n"));
        }
        for source in
            ["javascript:x", "", "#x", "?x", "//x.example/x.jpg", "/\\x.example/x.jpg", "data:x"]
        {
            assert_eq!(to_html(&format!("![a<b]({source})"), "/"), "<p>a&lt;b</p>\n", "{source}");
        }
    }

    #[test]
    fn relative_links_and_images_resolve_alike() {
        for address in [
            "a/b.png",
            "./a/b.png",
            "../a/b.png",
            "/a/b.png",
            "/a//../b.png?c=d",
            "a b/é.png",
            "a%20b",
        ] {
            let markdown = format!("[x](<{address}>) ![x](<{address}>)");
            let html =
                format!("<p><a href=\"{address}\">x</a> <img src=\"{address}\" alt=\"x\"></p>");
            let targets = |html: &str| -> Vec<String> {
                let values = html.split(['"']).skip(1).step_by(2);
                values.filter(|value| value.starts_with("/news/")).map(str::to_owned).collect()
            };
            let (markdown, html) =
                (targets(&to_html(&markdown, "/news/")), targets(&to_html(&html, "/news/")));
            assert_eq!((markdown.len(), &markdown), (2, &html), "{address}");
            assert_eq!(markdown[0], markdown[1], "{address}");
        }
    }

    #[test]
    fn fragment_links_resolve_to_headings() {
        for (markdown, link) in [
            ("# Who is *it*?\n\n[x](#who-is-it)", "#who-is-it"),
            ("[x](#main)\n\n# Main", "#main-1"),
            ("# 日本\n\n[x](#日本)", "#%E6%97%A5%E6%9C%AC"),
            ("# A\n# A\n\n[x](#a-1)", "#a-1"),
            ("# A {#chosen}\n\n[x](#chosen)", "#chosen"),
            ("# A {#chosen}\n\n[x][y]\n\n[y]: #a", "#chosen"),
            ("# A\n\n[x](#b)", "#b"),
            ("# A\n\n[x](/a/#b)", "/a/#b"),
            ("# Q&A\n\n[x](#q&a)", "#q-and-a"),
        ] {
            for html in ["", "<i>cleaned</i>\n"] {
                let found = to_html(&format!("{markdown}\n\n{html}"), "/");
                assert!(found.contains(&format!("<a href=\"{link}\">x</a>")), "{found}");
            }
        }
        let html = to_html("# Who\n\n<p><a href='#Who'>x</a></p>", "/");
        assert!(
            html.contains("<h2 id=\"who\">Who</h2>") && html.contains("<a href=\"#who\">x</a>"),
            "{html}"
        );
    }

    #[test]
    fn footnotes_are_at_the_end_with_backlinks() {
        let reference = |id: &str, number: u8| {
            format!(
                "<sup><a href=\"#fn:{number}\" id=\"fnref:{id}\" role=\"doc-noteref\" \
                 aria-label=\"Footnote {number}\">{number}</a></sup>"
            )
        };
        let back = |id: &str, sign: &str| {
            format!(
                "<a href=\"#fnref:{id}\" role=\"doc-backlink\" aria-label=\"Back to reference {id}\">\
                 \u{21a9}\u{fe0e}{sign}</a>"
            )
        };
        let (a, b, again) = (reference("1", 1), reference("2", 2), reference("1-2", 1));
        let markdown = "One[^b] two[^a] three[^B].\n\n[^a]: A.\n[^b]: B *c*.\n\n    - d\n\n[^c]: Nobody.\n\nEnd.\n";
        let section = format!(
            "<div class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\">\n<ol>\n<li id=\"fn:1\">\n\
             <p>B <em>c</em>.</p>\n<ul>\n<li>d</li>\n</ul>\n {} {}</li>\n<li id=\"fn:2\">\n<p>A. {}</p>\n</li>\n</ol>\n</div>\n",
            back("1", ""),
            back("1-2", "<sup>2</sup>"),
            back("2", ""),
        );
        let flow = format!("<p>One{a} two{b} three{again}.</p>\n<p>End.</p>\n");
        assert_eq!(to_html(markdown, "/"), flow.clone() + &section);
        // The sanitizer does not change footnotes.
        for form in [HtmlTarget::Html, HtmlTarget::Amp] {
            let links = BodyOptions {
                root: "/",
                outbound_rel: "",
                locale: Locale::english(),
                slugs: Slugs::default(),
            };
            let cleaned = super::to_html(&format!("{markdown}\n<i>x</i>\n"), links, form);
            assert_eq!(cleaned, format!("{flow}<p><i>x</i></p>\n{section}"));
        }
    }

    #[test]
    fn footnotes_may_reference_footnotes() {
        let html = to_html("a[^1]\n\n[^1]: b[^2][^1]\n\n[^2]: c[^1]\n\n> [^3]: d\n", "/");
        assert_eq!(html.matches("<li id=").count(), 2, "{html}");
        for id in ["fnref:1", "fnref:2", "fnref:1-2", "fnref:1-3"] {
            assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{html}");
            assert_eq!(html.matches(&format!("href=\"#{id}\"")).count(), 1, "{html}");
        }
        assert!(to_html("a[^1]\n\n[^2]: b\n", "/").contains("a[^1]"));
    }

    #[test]
    fn task_list_checkboxes_are_disabled() {
        let html = to_html("- [x] a\n- [ ] b\n", "/");
        let (done, open) = (
            "<input type=\"checkbox\" disabled checked aria-label=\"Done\"> a",
            "<input type=\"checkbox\" disabled aria-label=\"Not done\"> b",
        );
        assert!(html.contains(done) && html.contains(open), "{html}");
        let cleaned =
            to_html("- [x] a\n- [ ] b\n\n<i>c</i> <input name=d> <input type=text value=e>", "/");
        assert!(cleaned.contains(done) && cleaned.contains(open), "{cleaned}");
        assert_eq!(cleaned.matches("<input").count(), 2, "{cleaned}");
        let amp = super::to_html(
            "- [x] a\n- [ ] b\n",
            BodyOptions {
                root: "/",
                outbound_rel: "",
                locale: Locale::english(),
                slugs: Slugs::default(),
            },
            HtmlTarget::Amp,
        );
        assert!(amp.contains("<span role=\"img\" aria-label=\"Done\">\u{2611}</span> a"), "{amp}");
        assert!(!amp.contains("<input"), "{amp}");
    }

    #[test]
    fn third_party_ids_are_removed() {
        let markdown = "<h2 id=who>a</h2><a id='fnref:1' href=/x>b</a><p id=main name=y>c</p>\n\n# Who\n\nd[^1]\n\n[^1]: e\n\n\
            <h3 id='fnref:1'>f</h3>\n\n<a name=who id=who>g</a>\n";
        for form in [HtmlTarget::Html, HtmlTarget::Amp] {
            let html = super::to_html(
                markdown,
                BodyOptions {
                    root: "/",
                    outbound_rel: "",
                    locale: Locale::english(),
                    slugs: Slugs::default(),
                },
                form,
            );
            let ids: Vec<&str> =
                html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let mut unique = ids.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!((ids.len(), unique), (3, vec!["fn:1", "fnref:1", "who"]), "{html}");
            assert!(!html.contains("name="), "{html}");
        }
    }

    #[test]
    fn deep_nesting_is_flattened() {
        let depth = |html: &str| {
            let steps =
                html.split('<').skip(1).map(|tag| if tag.starts_with('/') { -1 } else { 1 });
            let depths = steps.scan(0, |depth, step| {
                *depth += step;
                Some(*depth)
            });
            depths.max()
        };
        for markdown in [
            format!("{}a", "> ".repeat(200)),
            format!("{}a", "- ".repeat(200)),
            format!("{}a{}", "<div>".repeat(200), "</div>".repeat(200)),
            format!("{}a", "<b title=x>".repeat(200)),
        ] {
            for form in [HtmlTarget::Html, HtmlTarget::Amp] {
                let html = super::to_html(
                    &markdown,
                    BodyOptions {
                        root: "/",
                        outbound_rel: "",
                        locale: Locale::english(),
                        slugs: Slugs::default(),
                    },
                    form,
                );
                assert!(depth(&html) == Some(32) && html.contains('a'), "{html}");
            }
        }
    }

    #[test]
    fn unprintable_characters_are_removed() {
        for markdown in [
            "a\u{7}\u{9d}\u{fffe}\u{202e}\u{fdd0}b",
            "a&#1;&#x202e;b",
            "<i></i>a\u{1}\u{2066}&#xffff;b",
        ] {
            let html = to_html(markdown, "/");
            assert!(
                html.contains("ab") && html.chars().all(|c| matches!(c, '\n' | ' '..='~')),
                "{html:?}"
            );
        }
    }

    #[test]
    fn table_cells_are_aligned_by_class() {
        let html = to_html("|a|b|\n|:-:|-:|\n|1|2|\n", "/");
        assert!(html.contains(r#"<th class="center">a</th><th class="right">b</th>"#), "{html}");
        assert!(html.contains(r#"<td class="center">1</td><td class="right">2</td>"#), "{html}");
        assert!(!html.contains("style"), "{html}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn ids_are_unique_and_fragment_links_resolve(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "# a\n\n", "# a-1\n\n", "# Main {#a}\n\n", "a[^1] ", "[^2] ", "[^1]: b\n\n", "[^2]: c[^1][^2]\n\n", "[^1]: d\n",
                    "> ", "- ", "    ", "\n\n", "[x](#a) ", "[x[^1]](#a-1) ", "<h2 id=a>", "</h2>", "<a id=fnref:1>", "</a>",
                    "<p id=fn:1>", "<b>", "<div>\n\n", "</div>\n\n", "<table><td>", "`", "![y[^2]](/z) ", "<!--", "- [x] ", "|a[^1]|\n|-|\n",
                ]),
                0..16,
            ),
        ) {
            let links = BodyOptions { root: "/", outbound_rel: "", locale: Locale::english(), slugs: Slugs::default() };
            for form in [HtmlTarget::Html, HtmlTarget::Amp] {
                let html = super::to_html(&parts.concat(), links, form);
                let values = |name: &str| -> Vec<String> {
                    let rests = html.split(&format!(" {name}=\"")).skip(1).map(str::to_owned).collect::<Vec<_>>();
                    rests.iter().filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
                };
                let ids = values("id");
                let unique: std::collections::HashSet<&String> = ids.iter().collect();
                prop_assert_eq!(ids.len(), unique.len(), "{}", &html);
                for target in values("href").iter().filter_map(|href| href.strip_prefix("#fn")) {
                    prop_assert!(unique.contains(&format!("fn{target}")), "{target}: {}", &html);
                }
            }
        }
    }
}
