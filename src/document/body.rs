//! Markdown becomes HTML that is safe to publish and fits below the page's own heading.

use std::borrow::Cow;

use html_escape::{encode_double_quoted_attribute, encode_text};
use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use super::clean::{self, CLOSE_TABLE, OPEN_TABLE};
use super::shallow::DEEPEST;
use super::text::{self, printable};
use crate::address::{Address, within_site};

/// How the links of a site's bodies are written.
#[derive(Clone, Copy, Debug)]
pub struct Links<'a> {
    /// The path of the front page.
    pub root: &'a str,
    /// The `rel` of links that leave the site.
    pub outbound_rel: &'a str,
}

/// For which kind of page HTML is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Any but AMP pages.
    Html,
    /// AMP pages, whose HTML is always cleaned.
    Amp,
}

/// The HTML of a body. Raw HTML is cleaned of all that could run or break out; links lead to the web, to mail or into
/// the site; the highest heading is an `<h2>`.
pub fn to_html(markdown: &str, links: Links<'_>, form: Form) -> String {
    if markdown.is_empty() {
        return String::new();
    }
    let events: Vec<Event<'_>> = Parser::new_ext(markdown, options()).collect();
    let has_html = events.iter().any(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)));
    let is_cleaned = has_html || form == Form::Amp || depth(&events) > DEEPEST;
    let presenter = Presenter { shift: heading_shift(&events), links, is_cleaned };
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, presenter.present(events).into_iter());
    printable(if is_cleaned { clean::clean(&out, links, form) } else { out })
}

/// How deep elements are nested.
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

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// How many levels all headings go down, so that the highest becomes an `<h2>`; it may be minus, for up.
fn heading_shift(events: &[Event<'_>]) -> i32 {
    let highest = events.iter().filter_map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(*level as i32),
        _ => None,
    });
    highest.min().map_or(0, |level| 2 - level)
}

/// Turns the events of Markdown into those that this site wants in its HTML.
struct Presenter<'l> {
    shift: i32,
    links: Links<'l>,
    /// Whether the HTML is cleaned after this. Then links and pictures are as they were written, and tables have no
    /// frames.
    is_cleaned: bool,
}

impl Presenter<'_> {
    fn present<'a>(&self, events: Vec<Event<'a>>) -> Vec<Event<'a>> {
        let mut presented = Vec::with_capacity(events.len());
        let mut events = events.into_iter();
        let (mut alignments, mut column, mut cell) = (Vec::new(), 0, "td");
        while let Some(event) = events.next() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => presented.push(Event::Start(Tag::Heading {
                    level: self.shifted(level),
                    id: None,
                    classes: Vec::new(),
                    attrs: Vec::new(),
                })),
                Event::End(TagEnd::Heading(level)) => {
                    presented.push(Event::End(TagEnd::Heading(self.shifted(level))));
                }
                Event::Start(Tag::Link { link_type: LinkType::Email, dest_url, title, .. }) => {
                    let target = format!("mailto:{dest_url}");
                    presented.push(Event::InlineHtml(self.open_link(&target, &title)));
                }
                // The parser decodes the entities of all other links.
                Event::Start(Tag::Link { link_type: LinkType::Autolink, dest_url, title, .. }) => {
                    presented.push(Event::InlineHtml(self.open_link(&text::address(&dest_url), &title)));
                }
                Event::Start(Tag::Link { dest_url, title, .. }) => {
                    presented.push(Event::InlineHtml(self.open_link(&dest_url, &title)));
                }
                Event::End(TagEnd::Link) => presented.push(Event::InlineHtml("</a>".into())),
                Event::Start(Tag::Image { dest_url, .. }) => {
                    let alt = text_of_image(&mut events);
                    presented.push(Event::InlineHtml(self.image(&dest_url, &alt)));
                }
                Event::Start(Tag::Table(of_columns)) => {
                    presented.extend((!self.is_cleaned).then_some(Event::Html(OPEN_TABLE.into())));
                    presented.push(Event::Start(Tag::Table(Vec::new())));
                    alignments = of_columns;
                }
                Event::Start(row @ (Tag::TableHead | Tag::TableRow)) => {
                    (column, cell) = (0, if row == Tag::TableHead { "th" } else { "td" });
                    presented.push(Event::Start(row));
                }
                Event::Start(Tag::TableCell) => {
                    presented.push(Event::InlineHtml(open_cell(cell, alignments.get(column)).into()));
                    column += 1;
                }
                Event::End(TagEnd::TableCell) => {
                    presented.push(Event::InlineHtml(format!("</{cell}>").into()));
                }
                Event::End(TagEnd::Table) => {
                    presented.push(Event::End(TagEnd::Table));
                    presented.extend((!self.is_cleaned).then_some(Event::Html(CLOSE_TABLE.into())));
                }
                other => presented.push(other),
            }
        }
        presented
    }

    fn shifted(&self, level: HeadingLevel) -> HeadingLevel {
        let wanted = (level as i32 + self.shift).clamp(2, 6);
        usize::try_from(wanted)
            .ok()
            .and_then(|level| HeadingLevel::try_from(level).ok())
            .unwrap_or(HeadingLevel::H6)
    }

    fn open_link(&self, target: &str, title: &str) -> CowStr<'static> {
        let target = if self.is_cleaned { Some(target.into()) } else { link_target(target, self.links.root) };
        let target = target.as_deref().map(encode_double_quoted_attribute);
        clean::link(target.as_deref(), &encode_double_quoted_attribute(title), self.links).into()
    }

    fn image(&self, source: &str, alt: &str) -> CowStr<'static> {
        let source =
            if self.is_cleaned { Some(source.to_owned()) } else { image_source(source, self.links.root) };
        let Some(source) = source else { return encode_text(alt).into_owned().into() };
        let (source, alt) = (encode_double_quoted_attribute(&source), encode_double_quoted_attribute(alt));
        clean::picture(&source, &alt, "").into()
    }
}

/// Styles would be refused by the policy of the pages, so the alignment of a cell is a class.
fn open_cell(name: &str, alignment: Option<&Alignment>) -> String {
    match alignment {
        Some(Alignment::Center) => format!("<{name} class=\"center\">"),
        Some(Alignment::Right) => format!("<{name} class=\"right\">"),
        _ => format!("<{name}>"),
    }
}

/// The words inside an image, which say what it shows. Takes the events up to the image's end.
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

/// Where a link of a body may lead: to the web, to mail, or into the site whose front page has the path `root`.
/// Everything else leads nowhere.
pub(super) fn link_target<'a>(target: &'a str, root: &str) -> Option<Cow<'a, str>> {
    if let Ok(address) = Address::parse(target) {
        return Some(address.as_str().to_owned().into());
    }
    let is_mail = target.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    if is_mail {
        let is_plain = !target.contains(|c: char| c.is_control() || c.is_whitespace());
        return is_plain.then(|| target.into());
    }
    let path = within_site(target).filter(|_| !target.is_empty())?;
    match path.strip_prefix("/#") {
        Some(fragment) if target.starts_with('#') => Some(format!("#{fragment}").into()),
        _ => Some(below(root, &path).into()),
    }
}

/// Where a picture of a body may come from: the web by `https`, or this site.
pub(super) fn image_source(target: &str, root: &str) -> Option<String> {
    if let Ok(address) = Address::parse(target) {
        return Some(address.secure().as_str().to_owned());
    }
    within_site(target).filter(|_| target.starts_with('/')).map(|path| below(root, &path))
}

/// A path within the site, which begins with `/`, with the path of the front page before it.
fn below(root: &str, path: &str) -> String {
    [root, path.trim_start_matches('/')].concat()
}

#[cfg(test)]
mod tests {
    use super::{Form, Links};

    fn to_html(markdown: &str, root: &str) -> String {
        super::to_html(markdown, Links { root, outbound_rel: "noopener nofollow" }, Form::Html)
    }

    #[test]
    fn headings_begin_below_the_pages_own() {
        assert_eq!(to_html("# a\n\n### b", "/"), "<h2>a</h2>\n<h4>b</h4>\n");
        assert_eq!(to_html("### a\n\n#### b", "/"), "<h2>a</h2>\n<h3>b</h3>\n");
        assert_eq!(to_html("", "/"), "");
    }

    #[test]
    fn links_lead_to_the_web_to_mail_or_into_the_site() {
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
    fn pictures_come_from_the_web_or_the_site() {
        let rest = r#"loading="lazy" decoding="async" referrerpolicy="no-referrer">"#;
        for (markdown, html) in [
            (
                "![a *b* \"c\"](http://a.example/x.jpg)",
                r#"<img src="https://a.example/x.jpg" alt="a b &quot;c&quot;" "#,
            ),
            ("![](/images/x.jpg)", r#"<img src="/news/images/x.jpg" alt="" "#),
        ] {
            assert_eq!(to_html(markdown, "/news/"), format!("<p>{html}{rest}</p>\n"));
        }
        assert_eq!(to_html("![a<b](javascript:x)", "/"), "<p>a&lt;b</p>\n");
    }

    #[test]
    fn what_is_nested_deep_is_flattened() {
        let depth = |html: &str| {
            let steps = html.split('<').skip(1).map(|tag| if tag.starts_with('/') { -1 } else { 1 });
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
            for form in [Form::Html, Form::Amp] {
                let html = super::to_html(&markdown, Links { root: "/", outbound_rel: "" }, form);
                assert!(depth(&html) == Some(32) && html.contains('a'), "{html}");
            }
        }
    }

    #[test]
    fn characters_that_no_page_should_hold_are_left_out() {
        for markdown in
            ["a\u{7}\u{9b}\u{fffe}\u{202e}\u{fdd0}b", "a&#1;&#x202e;b", "<i></i>a\u{1}\u{2066}&#xffff;b"]
        {
            let html = to_html(markdown, "/");
            assert!(html.contains("ab") && html.chars().all(|c| matches!(c, '\n' | ' '..='~')), "{html:?}");
        }
    }

    #[test]
    fn cells_are_aligned_without_styles() {
        let html = to_html("|a|b|\n|:-:|-:|\n|1|2|\n", "/");
        assert!(html.contains(r#"<th class="center">a</th><th class="right">b</th>"#), "{html}");
        assert!(html.contains(r#"<td class="center">1</td><td class="right">2</td>"#), "{html}");
        assert!(!html.contains("style"), "{html}");
    }
}
