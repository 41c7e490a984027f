//! Markdown becomes HTML that is safe to publish and fits below the page's own heading.

use std::borrow::Cow;
use std::collections::HashSet;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

/// The HTML of a body. Raw HTML is cleaned of all that could run or break out; links lead to the web, to mail or into
/// the site (`root` is the path of its front page); the highest heading is an `<h2>`.
pub fn to_html(markdown: &str, root: &str) -> String {
    let (html, has_raw_html) = to_raw_html(markdown, root);
    if has_raw_html { cleaner(root).clean(&html).to_string() } else { html }
}

/// The same, cleaned even where there is no raw HTML, without some tags that it may have otherwise; what stands in these
/// stays.
pub(super) fn to_clean_html(markdown: &str, root: &str, without: &[&str]) -> String {
    if markdown.is_empty() {
        return String::new();
    }
    let (html, _) = to_raw_html(markdown, root);
    cleaner(root).rm_tags(without).clean(&html).to_string()
}

/// The HTML before it is cleaned, and whether there is raw HTML in it.
fn to_raw_html(markdown: &str, root: &str) -> (String, bool) {
    if markdown.is_empty() {
        return (String::new(), false);
    }
    let events: Vec<Event<'_>> = Parser::new_ext(markdown, options()).collect();
    let has_html = events.iter().any(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)));
    let shift = heading_shift(&events);
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, present(events, shift, root).into_iter());
    (out, has_html)
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

fn shifted(level: HeadingLevel, shift: i32) -> HeadingLevel {
    let wanted = (level as i32 + shift).clamp(2, 6);
    usize::try_from(wanted)
        .ok()
        .and_then(|level| HeadingLevel::try_from(level).ok())
        .unwrap_or(HeadingLevel::H6)
}

/// The events as this site wants them in its HTML.
fn present<'a>(events: Vec<Event<'a>>, shift: i32, root: &str) -> Vec<Event<'a>> {
    let mut presented = Vec::with_capacity(events.len());
    let mut events = events.into_iter();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => presented.push(Event::Start(Tag::Heading {
                level: shifted(level, shift),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            })),
            Event::End(TagEnd::Heading(level)) => {
                presented.push(Event::End(TagEnd::Heading(shifted(level, shift))));
            }
            Event::Start(Tag::Link { link_type: LinkType::Email, dest_url, title, .. }) => {
                presented.push(Event::InlineHtml(open_link(&format!("mailto:{dest_url}"), &title, root)));
            }
            Event::Start(Tag::Link { dest_url, title, .. }) => {
                presented.push(Event::InlineHtml(open_link(&dest_url, &title, root)));
            }
            Event::End(TagEnd::Link) => presented.push(Event::InlineHtml("</a>".into())),
            Event::Start(Tag::Image { dest_url, .. }) => {
                let alt = text_of_image(&mut events);
                presented.push(Event::InlineHtml(image(&dest_url, &alt, root)));
            }
            Event::Start(Tag::Table(alignment)) => {
                presented.push(Event::Html(OPEN_TABLE.into()));
                presented.push(Event::Start(Tag::Table(alignment)));
            }
            Event::End(TagEnd::Table) => {
                presented.push(Event::End(TagEnd::Table));
                presented.push(Event::Html("</div>".into()));
            }
            other => presented.push(other),
        }
    }
    presented
}

/// A table may be wider than a phone: it scrolls by itself, also by keyboard.
const OPEN_TABLE: &str = r#"<div class="table" role="region" tabindex="0" aria-label="Table">"#;

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

fn image<'a>(source: &str, alt: &str, root: &str) -> CowStr<'a> {
    let Some(source) = image_source(source, root) else {
        return html_escape::encode_text(alt).into_owned().into();
    };
    format!(
        r#"<img src="{}" alt="{}" loading="lazy" decoding="async" referrerpolicy="no-referrer">"#,
        html_escape::encode_double_quoted_attribute(&source),
        html_escape::encode_double_quoted_attribute(alt)
    )
    .into()
}

fn open_link<'a>(target: &str, title: &str, root: &str) -> CowStr<'a> {
    let Some(target) = link_target(target, root) else { return "<a>".into() };
    let outbound = target.contains("://");
    let rel = if outbound { r#" rel="noopener nofollow""# } else { "" };
    let title = match title {
        "" => String::new(),
        title => format!(r#" title="{}""#, html_escape::encode_double_quoted_attribute(title)),
    };
    format!(r#"<a href="{}"{title}{rel}>"#, html_escape::encode_double_quoted_attribute(&target)).into()
}

/// Where a link of a body may lead: to the web, to mail, or into this site. Everything else leads nowhere.
fn link_target<'a>(target: &'a str, root: &str) -> Option<Cow<'a, str>> {
    if target.starts_with('#') {
        return Some(target.into());
    }
    if target.starts_with('/') && !target.starts_with("//") {
        return Some(format!("{root}{}", target.trim_start_matches(['/', '\\'])).into());
    }
    if let Ok(address) = crate::address::Address::parse(target) {
        return Some(address.as_str().to_owned().into());
    }
    let is_relative = !target.contains(':') && !target.starts_with(['/', '\\']) && !target.is_empty();
    if is_relative {
        return Some(format!("{root}{target}").into());
    }
    let is_mail = target.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let is_plain = !target.contains(|c: char| c.is_control() || c.is_whitespace());
    (is_mail && is_plain).then(|| target.into())
}

/// Where a picture of a body may come from: the web by `https`, or this site.
fn image_source(target: &str, root: &str) -> Option<String> {
    if target.starts_with('/') && !target.starts_with("//") {
        return Some(format!("{root}{}", target.trim_start_matches(['/', '\\'])));
    }
    crate::address::Address::parse(target).ok().map(|url| url.secure().as_str().to_owned())
}

fn is_own(address: &str, root: &str) -> bool {
    address.starts_with(root) && !address.starts_with("//")
}

/// The tags that ammonia allows and that have no place in a body: the page has its heading, pictures have no maps, some
/// tags are nothing without attributes that have a strict form, and the others are obsolete (HTML, section 16.2).
const NOT_IN_BODIES: [&str; 11] =
    ["h1", "map", "area", "time", "data", "bdo", "acronym", "center", "strike", "tt", "rtc"];

/// The attributes that tags may have beside `lang` and `title`.
const ATTRIBUTES: [(&str, &[&str]); 7] = [
    ("a", &["href"]),
    ("img", &["src", "alt", "width", "height"]),
    ("ol", &["start"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
];

/// The attributes that are written here and mean nothing else when strangers write them.
const OWN_ATTRIBUTES: [(&str, &str, &str); 5] = [
    ("img", "loading", "lazy"),
    ("img", "decoding", "async"),
    ("div", "role", "region"),
    ("div", "tabindex", "0"),
    ("div", "aria-label", "Table"),
];

/// Cleans HTML that strangers wrote into a body.
fn cleaner(root: &str) -> ammonia::Builder<'static> {
    let schemes: HashSet<&str> = ["http", "https", "mailto"].into();
    let attributes = ATTRIBUTES.map(|(tag, names)| (tag, names.iter().copied().collect()));
    let own = root.to_owned();
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .url_schemes(schemes)
        .link_rel(Some("noopener nofollow"))
        .rm_tags(NOT_IN_BODIES)
        .tag_attributes(attributes.into())
        .attribute_filter(move |element, attribute, value| match (element, attribute) {
            ("a", "href") | ("img", "src") if is_own(value, &own) => Some(value.into()),
            ("a", "href") => link_target(value, &own).map(|target| target.into_owned().into()),
            ("img", "src") => image_source(value, &own).map(Cow::Owned),
            (_, "width" | "height" | "start" | "colspan" | "rowspan" | "span") => {
                value.parse::<u16>().ok().map(|number| number.to_string().into())
            }
            _ => Some(value.into()),
        })
        // Of several that are set, ammonia would add those that lack in the order of a hash.
        .set_tag_attribute_value("img", "referrerpolicy", "no-referrer")
        .add_allowed_classes("div", ["table"]);
    for (tag, name, value) in OWN_ATTRIBUTES {
        cleaner.add_tag_attribute_values(tag, name, [value]);
    }
    cleaner
}

#[cfg(test)]
mod tests {
    use super::to_html;

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
    fn raw_html_is_cleaned() {
        let html = to_html(
            "a <b onclick=x>b</b> <script>alert(1)</script>\n\n<iframe src=x></iframe>\n\n|a|\n|-|\n|b|\n",
            "/",
        );
        assert!(html.contains("<b>b</b>"), "{html}");
        assert!(html.contains(r#"class="table""#), "{html}");
        for evil in ["onclick", "script", "alert", "iframe"] {
            assert!(!html.contains(evil), "{html}");
        }
    }

    #[test]
    fn raw_html_keeps_what_is_of_use() {
        for (markdown, html) in [
            (
                "<center><img src=/x.jpg width=40 height=50% align=left></center>",
                r#"<img src="/x.jpg" width="40" referrerpolicy="no-referrer">"#,
            ),
            ("<ol start=x reversed><li>a</ol>", "<ol><li>a</li></ol>"),
            ("<ol start=+3><li>a</ol>", r#"<ol start="3"><li>a</li></ol>"#),
            ("<div role=evil tabindex=0>a</div>", r#"<div tabindex="0">a</div>"#),
            ("<blockquote cite=data:x>a</blockquote>", "<blockquote>a</blockquote>"),
            ("<details><summary>a</summary>b</details>", "<details><summary>a</summary>b</details>"),
        ] {
            assert_eq!(to_html(markdown, "/").trim_end(), html, "{markdown}");
        }
    }
}
