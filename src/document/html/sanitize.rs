//! Sanitizes third-party HTML in bodies: deep nesting is flattened, ammonia removes whatever could
//! run or break out, and links, images and tables are rewritten.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::LazyLock;

use html_escape::{decode_html_entities, encode_text};
use html5ever::tokenizer::{Tag, TagKind, Token};
use memchr::memchr_iter;

use crate::language::is_language;

use super::flatten::{DROPPED_WITH_CONTENT, flatten, long_tags, tokenize};
use crate::document::anchors::Anchors;
use crate::document::body_options::BodyOptions;
use crate::document::footnotes::Reference;
use crate::document::links::{image_source, link_target, own_fragment};

/// Tags that ammonia allows but bodies do not: the page has its own heading, there are no image
/// maps, some tags need strict attributes, and the others are obsolete (HTML, section 16.2).
const NOT_IN_BODIES: [&str; 11] =
    ["h1", "map", "area", "time", "data", "bdo", "acronym", "center", "strike", "tt", "rtc"];

/// The allowed attributes besides `lang` and `title`.
const ATTRIBUTES: [(&str, &[&str]); 13] = [
    ("a", &["href", "id"]),
    ("h2", &["id"]),
    ("h3", &["id"]),
    ("h4", &["id"]),
    ("h5", &["id"]),
    ("h6", &["id"]),
    ("input", &["type", "checked"]),
    ("img", &["src", "alt", "width", "height"]),
    ("ol", &["start"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
];

/// What is before a table: wide tables scroll, also by keyboard.
pub(in crate::document) fn open_table(options: BodyOptions<'_>) -> String {
    let label = options.label("table");
    format!(r#"<div class="table" role="region" tabindex="0" aria-label="{label}">"#)
}

/// What closes [`open_table`].
pub(in crate::document) const CLOSE_TABLE: &str = "</div>";

/// The kind of page to render HTML for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HtmlTarget {
    /// Any page except AMP pages.
    Html,
    /// AMP pages, whose HTML is always sanitized.
    Amp,
}

/// Sanitizes the HTML of a body, in one or several parts.
pub(in crate::document) struct Sanitizer<'a> {
    links: BodyOptions<'a>,
    form: HtmlTarget,
    anchors: &'a Anchors,
    /// The document's own ids that have not occurred yet.
    own_ids: RefCell<HashSet<String>>,
    ammonia: ammonia::Builder<'static>,
}

impl<'a> Sanitizer<'a> {
    /// Sanitizes HTML that may contain `own_ids`.
    pub(in crate::document) fn new(
        links: BodyOptions<'a>,
        form: HtmlTarget,
        anchors: &'a Anchors,
        own_ids: HashSet<String>,
    ) -> Self {
        Self { links, form, anchors, own_ids: own_ids.into(), ammonia: sanitizer(links.root) }
    }

    pub(in crate::document) fn sanitize(&self, html: &str) -> String {
        let flat = flatten(html, |tag| TAGS.contains(tag));
        let safe = self.ammonia.clean(&flat).to_string();
        let mut out = String::with_capacity(safe.len() * 2);
        // In ammonia's output `<` and `>` only delimit tags, and attribute values are in double
        // quotes.
        let mut parts = safe.split('<');
        out.push_str(parts.next().expect("a split has a first part"));
        for part in parts {
            let (tag, text) = part.split_once('>').unwrap_or((part, ""));
            out.push_str(&self.rewrite(tag));
            out.push_str(text);
        }
        out
    }

    /// Own ids that did not occur: third-party HTML may have put them into a comment.
    pub(in crate::document) fn unused_ids(self) -> HashSet<String> {
        self.own_ids.into_inner()
    }

    /// Rewrites a tag, given without `<` and `>`.
    fn rewrite(&self, tag: &str) -> Cow<'static, str> {
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        match (name, self.form) {
            ("a", _) => self.rewrite_link(attributes).into(),
            ("img", form) => rewrite_image(attributes, form).into(),
            ("h2" | "h3" | "h4" | "h5" | "h6", _) => self.rewrite_heading(tag, attributes).into(),
            ("table", _) => format!("{}<{tag}>", open_table(self.links)).into(),
            ("/table", _) => format!("<{tag}>{CLOSE_TABLE}").into(),
            ("input", form) => rewrite_checkbox(attributes, form, self.links).into(),
            // AMP allows `<summary>` only as a child of `<details>`, which is not guaranteed here.
            ("details" | "summary", HtmlTarget::Amp) => "<div>".into(),
            ("/details" | "/summary", HtmlTarget::Amp) => "</div>".into(),
            _ => format!("<{tag}>").into(),
        }
    }

    /// Whether an id is the document's own and occurs for the first time.
    fn is_own(&self, id: &str) -> bool {
        self.own_ids.borrow_mut().remove(id)
    }

    fn rewrite_link(&self, attributes: &str) -> String {
        let id = attribute(attributes, "id").filter(|id| Reference::is_id(id));
        if let Some(id) = id.filter(|id| self.is_own(id)) {
            return Reference::open_link(id, self.links);
        }
        let target = attribute(attributes, "href").map(|target| {
            let own = own_fragment(&decode_html_entities(target), self.anchors);
            own.map_or(Cow::Borrowed(target), Cow::Owned)
        });
        link_tag(target.as_deref(), attribute(attributes, "title").unwrap_or(""), self.links)
    }

    fn rewrite_heading(&self, tag: &str, attributes: &str) -> String {
        match attribute(attributes, "id") {
            Some(id) if Reference::is_id(id) || !self.is_own(id) => {
                format!("<{}>", tag.replacen(&format!(" id=\"{id}\""), "", 1))
            }
            _ => format!("<{tag}>"),
        }
    }
}

/// The tags that a body may contain.
static TAGS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| sanitizer("").clone_tags());

fn sanitizer(root: &str) -> ammonia::Builder<'static> {
    let attributes = ATTRIBUTES.map(|(tag, names)| (tag, names.iter().copied().collect()));
    let root = root.to_owned();
    let mut sanitizer = ammonia::Builder::default();
    sanitizer
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(None)
        .rm_tags(NOT_IN_BODIES)
        .add_tags(["input"])
        .tag_attributes(attributes.into())
        .attribute_filter(move |element, attribute, value| {
            published_value(element, attribute, value, &root)
        })
        .add_allowed_classes("td", ["center", "right"])
        .add_allowed_classes("th", ["center", "right"]);
    sanitizer
}

/// The published value of an attribute, if it is allowed.
fn published_value<'v>(
    element: &str,
    attribute: &str,
    value: &'v str,
    root: &str,
) -> Option<Cow<'v, str>> {
    match (element, attribute) {
        ("a", "href") => link_target(value, root).map(|target| target.into_owned().into()),
        ("img", "src") => image_source(value, root).map(Cow::Owned),
        (_, "width" | "height" | "start" | "colspan" | "rowspan" | "span") => {
            value.parse::<u16>().ok().map(|number| number.to_string().into())
        }
        (_, "lang") => is_language(value).then_some(value.into()),
        _ => Some(value.into()),
    }
}

/// The checkbox of a task list item, which is disabled.
pub(in crate::document) fn checkbox(is_done: bool, options: BodyOptions<'_>) -> String {
    let (checked, key) = if is_done { (" checked", "task-done") } else { ("", "task-open") };
    let label = options.label(key);
    format!("<input type=\"checkbox\" disabled{checked} aria-label=\"{label}\"> ")
}

/// Only checkboxes are kept. AMP allows inputs in forms only, so there it becomes a symbol.
fn rewrite_checkbox(attributes: &str, form: HtmlTarget, options: BodyOptions<'_>) -> String {
    let is_done = attribute(attributes, "checked").is_some();
    match form {
        _ if attribute(attributes, "type") != Some("checkbox") => String::new(),
        HtmlTarget::Html => checkbox(is_done, options).trim_end().to_owned(),
        HtmlTarget::Amp => {
            let (sign, key) =
                if is_done { ('\u{2611}', "task-done") } else { ('\u{2610}', "task-open") };
            format!("<span role=\"img\" aria-label=\"{}\">{sign}</span>", options.label(key))
        }
    }
}

/// Third-party HTML that is not published.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::document) enum DroppedHtml {
    /// An element; its content may be published.
    Element(String),
    /// An element and its content.
    WithContent(String),
    /// A declaration, a processing instruction, or a CDATA section up to its first `>`.
    Declaration(String),
    /// Everything after an unclosed comment.
    Rest,
    /// The target of a link.
    Target(String),
    /// The source of an image, or that it has none.
    Source(String),
    /// An attribute that links may lead to: its name, and that of its element.
    Id(String, String),
    /// Any other attribute: its name, and that of its element.
    Attribute(String, String),
    /// A tag that is too long.
    LongTag,
}

/// All third-party HTML that is not published, with line numbers (from 1).
pub(in crate::document) fn dropped_html(html: &str) -> Vec<(u64, DroppedHtml)> {
    let mut found = Vec::new();
    let line_at =
        |at: usize| html.get(..at).map_or(1, |before| before.matches('\n').count() as u64 + 1);
    found.extend(long_tags(html).into_iter().map(|tag| (line_at(tag.start), DroppedHtml::LongTag)));
    tokenize(html, |token, line| {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            found.extend(dropped_of(&tag).into_iter().map(|dropped| (line, dropped)));
        }
    });
    found.extend(dropped_comments(html));
    found
}

/// What the tokenizer reports as comments and is none: declarations, processing instructions and
/// CDATA sections, which browsers end with the first `>`, and an unclosed comment. With the line
/// numbers (from 1) on which they begin.
fn dropped_comments(html: &str) -> Vec<(u64, DroppedHtml)> {
    let bytes = html.as_bytes();
    let begins = |at: &usize| match bytes.get(at + 1..) {
        Some([b'!', rest @ ..]) => !rest.starts_with(b"--"),
        Some([b'?', ..]) => true,
        _ => false,
    };
    let mut begins = memchr_iter(b'<', bytes).filter(begins).peekable();
    let mut found = Vec::new();
    if begins.peek().is_none() && !html.contains("<!--") {
        return found;
    }
    let (mut marked, mut copied) = (String::with_capacity(html.len()), 0);
    for at in begins {
        marked.push_str(html.get(copied..at).expect("`<` and `!` are ASCII"));
        marked.push_str(MARKED);
        copied = at + if bytes.get(at + 1) == Some(&b'!') { 2 } else { 1 };
    }
    marked.push_str(html.get(copied..).expect("`<` and `!` are ASCII"));
    // A comment that contains the end of the text is unclosed.
    marked.push(MARK);
    let mut last = None;
    tokenize(&marked, |token, line| match token {
        Token::CommentToken(text) => {
            let begin = line.saturating_sub(text.matches('\n').count() as u64);
            if let Some(text) = text.strip_prefix(MARK) {
                let text = unmarked(text);
                found.push((begin, DroppedHtml::Declaration(text)));
            } else {
                last = text.ends_with(MARK).then_some((begin, DroppedHtml::Rest));
            }
        }
        Token::CharacterTokens(_) | Token::TagToken(_) => last = None,
        _ => {}
    });
    found.extend(last);
    found
}

/// A noncharacter that marks declarations and the end of a text.
const MARK: char = '\u{fdd0}';

/// The beginning of a marked declaration.
const MARKED: &str = "<!\u{fdd0}";

/// A declaration as it was written, on one line, given without [`MARKED`].
fn unmarked(text: &str) -> String {
    let text = [MARKED, text.strip_suffix(MARK).unwrap_or(text)].concat();
    let text = text.replace(&[MARKED, "?"].concat(), "<?").replace(MARKED, "<!");
    let words: Vec<&str> = text.split_whitespace().collect();
    [&words.join(" "), ">"].concat()
}

fn dropped_of(tag: &Tag) -> Vec<DroppedHtml> {
    let name = &*tag.name;
    let value = |wanted: &str| tag.attrs.iter().find(|attribute| &*attribute.name.local == wanted);
    let is_field = name == "input"
        && value("type").is_none_or(|kind| !kind.value.eq_ignore_ascii_case("checkbox"));
    if DROPPED_WITH_CONTENT.contains(&name) {
        return vec![DroppedHtml::WithContent(name.to_owned())];
    }
    if !TAGS.contains(name) || is_field {
        return vec![DroppedHtml::Element(name.to_owned())];
    }
    let mut dropped: Vec<DroppedHtml> = tag
        .attrs
        .iter()
        .filter_map(|attribute| {
            let (of, value) = (&*attribute.name.local, &*attribute.value);
            let is_published =
                is_kept_or_rewritten(name, of) && published_value(name, of, value, "/").is_some();
            match (name, of) {
                (_, "id" | "name") => Some(DroppedHtml::Id(of.to_owned(), name.to_owned())),
                _ if is_published => None,
                ("a", "href") => Some(DroppedHtml::Target(value.to_owned())),
                ("img", "src") => Some(DroppedHtml::Source(value.to_owned())),
                _ => Some(DroppedHtml::Attribute(of.to_owned(), name.to_owned())),
            }
        })
        .collect();
    if name == "img" && value("src").is_none() {
        dropped.push(DroppedHtml::Source(String::new()));
    }
    dropped
}

/// Whether an attribute is published, or replaced by an equivalent one.
fn is_kept_or_rewritten(tag: &str, attribute: &str) -> bool {
    let is_kept = |(of, names): &(&str, &[&str])| *of == tag && names.contains(&attribute);
    ATTRIBUTES.iter().any(is_kept)
        || matches!(attribute, "lang" | "title")
        || matches!(
            (tag, attribute),
            ("td" | "th", "class") | ("a", "rel" | "target") | ("input", "disabled")
        )
        || matches!(
            (tag, attribute),
            ("img", "loading" | "decoding" | "referrerpolicy" | "fetchpriority")
        )
}

/// The opening tag of a link. Target and title are already escaped.
pub(in crate::document) fn link_tag(
    target: Option<&str>,
    title: &str,
    links: BodyOptions<'_>,
) -> String {
    let Some(target) = target else { return "<a>".to_owned() };
    let is_outbound = target.starts_with("https://") || target.starts_with("http://");
    let rel = Some(links.outbound_rel).filter(|rel| is_outbound && !rel.is_empty());
    let rel = rel.map_or_else(String::new, |rel| format!(r#" rel="{rel}""#));
    let title = if title.is_empty() { String::new() } else { format!(r#" title="{title}""#) };
    format!(r#"<a href="{target}"{title}{rel}>"#)
}

/// What the tag of every image begins with, before its source.
pub const OPEN_IMAGE: &str = "<img src=\"";

/// An image. Its source, alternative text and size are already escaped. No referrer is sent.
pub(in crate::document) fn image_tag(source: &str, alt: &str, size: &str) -> String {
    format!(
        r#"{OPEN_IMAGE}{source}" alt="{alt}"{size} loading="lazy" decoding="async" referrerpolicy="no-referrer">"#
    )
}

/// An image without a source becomes its alternative text.
fn rewrite_image(attributes: &str, form: HtmlTarget) -> String {
    let alt = attribute(attributes, "alt").unwrap_or("");
    let Some(source) = attribute(attributes, "src") else {
        return encode_text(&decode_html_entities(alt)).into_owned();
    };
    let size = |name| attribute(attributes, name).filter(|size| *size != "0");
    let size = size("width").zip(size("height"));
    let size = size.map(|(width, height)| format!(r#" width="{width}" height="{height}""#));
    match form {
        HtmlTarget::Html => image_tag(source, alt, &size.unwrap_or_default()),
        HtmlTarget::Amp => amp_image_tag(source, alt, size.as_deref()),
    }
}

/// An image in AMP (<https://amp.dev/documentation/components/amp-img>). Without a known size it
/// fills its frame.
fn amp_image_tag(source: &str, alt: &str, size: Option<&str>) -> String {
    let tag = |layout: &str| {
        format!(
            r#"<amp-img src="{source}" alt="{alt}"{layout} referrerpolicy="no-referrer"></amp-img>"#
        )
    };
    match size {
        Some(size) => tag(&format!(r#"{size} layout="intrinsic""#)),
        None => format!(r#"<span class="unsized">{}</span>"#, tag(r#" layout="fill""#)),
    }
}

/// The raw value of an attribute.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = attributes.split('"');
    while let (Some(before), Some(value)) = (parts.next(), parts.next()) {
        if before.trim().strip_suffix('=') == Some(name) {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::body::{HtmlTarget, to_html};
    use crate::locale::Locale;
    use crate::slug::Slugs;

    fn options() -> BodyOptions<'static> {
        BodyOptions {
            root: "/news/",
            outbound_rel: "noopener nofollow",
            locale: Locale::english(),
            slugs: Slugs::default(),
        }
    }

    #[test]
    fn raw_html_is_sanitized() {
        let html = to_html(
            "a <b onclick=x>b</b> <script>alert(1)</script>\n\n<iframe src=x></iframe>\n",
            options(),
            HtmlTarget::Html,
        );
        assert!(html.contains("<b>b</b>"), "{html}");
        for evil in ["onclick", "script", "alert", "iframe"] {
            assert!(!html.contains(evil), "{html}");
        }
    }

    #[test]
    fn raw_html_keeps_safe_markup() {
        let rest = r#"loading="lazy" decoding="async" referrerpolicy="no-referrer">"#;
        for (markdown, html) in [
            (
                "<center><img src=/x.jpg width=40 height=30 align=left></center>",
                format!(r#"<img src="/news/x.jpg" alt="" width="40" height="30" {rest}"#),
            ),
            (
                "<img src=http://a.example/?a&b alt='<img src=x>' height=50%>",
                format!(r#"<img src="https://a.example/?a&amp;b" alt="&lt;img src=x&gt;" {rest}"#),
            ),
            ("<div><a href='/\\evil.example/x'>a</a> <a href='/&#9;/evil.example/x'>b</a></div>", "<div><a>a</a> <a>b</a></div>".into()),
            ("<b>x</b> [a](/news/2026/) <a href=/news/2026/>b</a>", r#"<p><b>x</b> <a href="/news/news/2026/">a</a> <a href="/news/news/2026/">b</a></p>"#.into()),
            ("<div><img src='javascript:x' alt='<b>'></div>", "<div>&lt;b&gt;</div>".into()),
            ("<ol start=x reversed><li>a</ol>", "<ol><li>a</li></ol>".into()),
            ("<ol start=+3><li>a</ol>", r#"<ol start="3"><li>a</li></ol>"#.into()),
            ("<div role=evil tabindex=0>a</div>", "<div>a</div>".into()),
            ("<div lang=pt-BR>a<i lang='no language'>b</i><b lang=english>c</b></div>", r#"<div lang="pt-BR">a<i>b</i><b>c</b></div>"#.into()),
            ("<blockquote cite=data:x>a</blockquote>", "<blockquote>a</blockquote>".into()),
            ("<details><summary>a</summary>b</details>", "<details><summary>a</summary>b</details>".into()),
            (
                "<div><a href=https://a.example/ title='\"'>a</a> <a href=/b rel=x>b</a> <a href=javascript:c>c</a></div>",
                r#"<div><a href="https://a.example/" title="&quot;" rel="noopener nofollow">a</a> <a href="/news/b">b</a> <a>c</a></div>"#.into(),
            ),
            (
                "<table><tr><td align=right>a</table>",
                r#"<div class="table" role="region" tabindex="0" aria-label="Table"><table><tbody><tr><td>a</td></tr></tbody></table></div>"#
                    .into(),
            ),
        ] {
            assert_eq!(to_html(markdown, options(), HtmlTarget::Html).trim_end(), html, "{markdown}");
        }
    }

    #[test]
    fn table_wrapper_appears_once() {
        let table = "|a|b|\n|-|-:|\n|1|2|\n";
        let plain = to_html(table, options(), HtmlTarget::Html);
        let cleaned = to_html(&format!("{table}\n<b>x</b>"), options(), HtmlTarget::Html);
        for html in [&plain, &cleaned] {
            assert_eq!(
                (html.matches("<div").count(), html.matches("</div>").count()),
                (1, 1),
                "{html}"
            );
            assert!(html.contains(r#"<td class="right">2</td>"#), "{html}");
        }
    }

    #[test]
    fn amp_page_uses_amp_img() {
        for (markdown, html) in [
            (
                "![a \"b\" \\<c>](/x.jpg)",
                r#"<p><span class="unsized"><amp-img src="/news/x.jpg" alt="a &quot;b&quot; &lt;c&gt;" layout="fill" referrerpolicy="no-referrer"></amp-img></span></p>"#,
            ),
            (
                "a <img alt='<img src=x>' height=30 width=40 src='https://a.example/?a&b'> b",
                r#"<p>a <amp-img src="https://a.example/?a&amp;b" alt="&lt;img src=x&gt;" width="40" height="30" layout="intrinsic" referrerpolicy="no-referrer"></amp-img> b</p>"#,
            ),
            (
                "<img src=/x.jpg width=40 height=50%>",
                r#"<span class="unsized"><amp-img src="/news/x.jpg" alt="" layout="fill" referrerpolicy="no-referrer"></amp-img></span>"#,
            ),
            ("a <img src='javascript:x' alt='<b>'>", "<p>a &lt;b&gt;</p>"),
            ("a < b > c", "<p>a &lt; b &gt; c</p>"),
            ("<details><summary>a</summary><b>b</b></details>", "<div><div>a</div><b>b</b></div>"),
            // AMP reserves class names that contain `i-amphtml-`.
            ("```i-amphtml-x\na\n```", "<pre><code>a\n</code></pre>"),
        ] {
            assert_eq!(
                to_html(markdown, options(), HtmlTarget::Amp).trim_end(),
                html,
                "{markdown}"
            );
        }
    }

    #[test]
    fn dropped_values_are_reported() {
        let attribute = |name: &str, tag: &str| {
            vec![(1, DroppedHtml::Attribute(name.to_owned(), tag.to_owned()))]
        };
        for (html, expected) in [
            ("<img src=\"/a.png\" width=\"50%\">", attribute("width", "img")),
            ("<p lang=\"english\">", attribute("lang", "p")),
            ("<ol start=\"a\">", attribute("start", "ol")),
            ("<ol start=\"-3\">", attribute("start", "ol")),
            ("<td colspan=\"2\" class=\"right\">", vec![]),
        ] {
            assert_eq!(dropped_html(html), expected, "{html}");
        }
        let long = format!("\n<a href=\"/{}\">", "a".repeat(9000));
        assert_eq!(dropped_html(&long), [(2, DroppedHtml::LongTag)]);
    }
}
