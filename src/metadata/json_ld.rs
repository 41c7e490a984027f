//! JSON-LD: the node of a page that describes its article (<https://schema.org/NewsArticle>).

use serde_json::{Map, Value};

use crate::http_url::HttpUrl;

/// Types of articles, besides those that end in `Article` or `Posting`.
const ARTICLES: [&str; 4] = ["Report", "LiveBlogPosting", "Review", "PodcastEpisode"];

/// The depth to which a script is searched for nodes.
const MAX_DEPTH: usize = 8;

/// What JSON-LD says about the article of a page.
#[derive(Debug, Default)]
pub(super) struct JsonLd {
    pub(super) title: Option<String>,
    pub(super) excerpt: Option<String>,
    pub(super) published: Option<String>,
    pub(super) url: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) pictures: Vec<ImageNode>,
    pub(super) is_video: bool,
    pub(super) player: Option<String>,
    pub(super) language: Option<String>,
    pub(super) keywords: Vec<String>,
}

/// An image, and its size where it is known.
#[derive(Debug)]
pub(super) struct ImageNode {
    pub(super) url: String,
    pub(super) size: Option<(u32, u32)>,
}

impl JsonLd {
    /// Reads the contents of a page's scripts. If several articles are described, the one with the
    /// URL of the page is meant, else the first; articles come before videos.
    pub(super) fn of(scripts: &[String], page: &HttpUrl) -> Self {
        let scripts: Vec<Value> = scripts.iter().filter_map(|text| parse(text)).collect();
        let mut nodes = Vec::new();
        for script in &scripts {
            collect(script, 0, &mut nodes);
        }
        let is_page = |node: &&&Map<String, Value>| {
            url_of(node).and_then(|url| HttpUrl::parse(&url).ok()).is_some_and(|url| url == *page)
        };
        let find = |is_kind: fn(&str) -> bool| {
            let of_kind: Vec<_> = nodes.iter().filter(|node| has_type(node, is_kind)).collect();
            of_kind.iter().find(|node| is_page(node)).or(of_kind.first()).map(|node| **node)
        };
        let article = find(is_article);
        match article.or_else(|| find(is_video)) {
            Some(node) => Self::of_node(node, &nodes, article.is_none()),
            None => Self::default(),
        }
    }

    fn of_node(node: &Map<String, Value>, nodes: &[&Map<String, Value>], is_video: bool) -> Self {
        let text = |key: &str| node.get(key).and_then(text_of);
        let publisher = node.get("publisher").or_else(|| node.get("sourceOrganization"));
        let keywords = [node.get("keywords"), node.get("articleSection")];
        Self {
            title: text("headline").or_else(|| text("name")),
            excerpt: text("description").or_else(|| text("abstract")),
            published: text("datePublished").or_else(|| text("uploadDate")),
            url: url_of(node),
            provider: publisher.and_then(|value| name_of(value, nodes)),
            pictures: ["image", "thumbnailUrl", "thumbnail"]
                .iter()
                .filter_map(|key| node.get(*key))
                .flat_map(|value| images_of(value, nodes))
                .collect(),
            is_video,
            player: text("embedUrl"),
            language: text("inLanguage"),
            keywords: keywords.into_iter().flatten().flat_map(texts_of).collect(),
        }
    }
}

/// Parses a script. Some have raw line breaks in strings, or are inside a comment.
fn parse(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->");
    let text = text.trim().trim_start_matches("//").trim_start_matches("<![CDATA[");
    let text = text.trim_end().trim_end_matches("]]>").trim_end().trim_end_matches("//");
    let text = text.trim().trim_end_matches(';');
    let spaced = || text.replace(char::is_control, " ");
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&spaced())).ok()
}

/// Collects the nodes that a script is about. What lists, such as those of related articles, hold is
/// not among them.
fn collect<'a>(value: &'a Value, depth: usize, nodes: &mut Vec<&'a Map<String, Value>>) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, depth + 1, nodes)),
        Value::Object(node) => {
            nodes.push(node);
            for key in ["@graph", "mainEntity", "mainEntityOfPage", "publisher", "video"] {
                if let Some(value) = node.get(key) {
                    collect(value, depth + 1, nodes);
                }
            }
        }
        _ => {}
    }
}

fn is_article(kind: &str) -> bool {
    kind.ends_with("Article") || kind.ends_with("Posting") || ARTICLES.contains(&kind)
}

fn is_video(kind: &str) -> bool {
    matches!(kind, "VideoObject" | "Movie" | "Clip" | "TVEpisode")
}

fn has_type(node: &Map<String, Value>, is_kind: fn(&str) -> bool) -> bool {
    let kinds = node.get("@type").map(texts_of).unwrap_or_default();
    kinds.iter().any(|kind| is_kind(kind.rsplit(['/', ':']).next().unwrap_or(kind)))
}

/// The URL of a node: its own, or that of the page that it is the subject of.
fn url_of(node: &Map<String, Value>) -> Option<String> {
    let page = node.get("mainEntityOfPage").and_then(|page| match page {
        Value::Object(page) => page.get("@id").or_else(|| page.get("url")).and_then(text_of),
        page => text_of(page),
    });
    node.get("url").and_then(text_of).or(page)
}

/// The text of a value, of its first item, or its `@value`.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Array(values) => values.iter().find_map(text_of),
        Value::Object(node) => ["@value", "name", "alternateName"]
            .iter()
            .find_map(|key| node.get(*key).and_then(text_of)),
        _ => None,
    }
}

fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text_of).collect(),
        value => text_of(value).into_iter().collect(),
    }
}

/// The name of an organization, also of one that is described elsewhere on the page.
fn name_of(value: &Value, nodes: &[&Map<String, Value>]) -> Option<String> {
    match value {
        Value::Array(values) => values.iter().find_map(|value| name_of(value, nodes)),
        value => text_of(value).or_else(|| text_of(referenced(value, nodes)?.get("name")?)),
    }
}

/// The node with the `@id` of a reference.
fn referenced<'a>(
    value: &Value,
    nodes: &[&'a Map<String, Value>],
) -> Option<&'a Map<String, Value>> {
    let id = value.get("@id")?;
    nodes.iter().find(|node| node.get("@id") == Some(id) && node.len() > 1).copied()
}

fn images_of(value: &Value, nodes: &[&Map<String, Value>]) -> Vec<ImageNode> {
    match value {
        Value::String(url) => vec![ImageNode { url: url.clone(), size: None }],
        Value::Array(values) => values.iter().flat_map(|value| images_of(value, nodes)).collect(),
        Value::Object(node) => {
            let node =
                if node.len() > 1 { Some(node) } else { referenced(value, nodes).or(Some(node)) };
            let Some(node) = node else { return Vec::new() };
            let url = ["url", "contentUrl", "@id"]
                .iter()
                .find_map(|key| node.get(*key).and_then(text_of));
            let size = || Some((pixels(node.get("width")?)?, pixels(node.get("height")?)?));
            url.map(|url| ImageNode { url, size: size() }).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A number of pixels: `1200`, `"1200"`, `"1200px"` or a `QuantitativeValue`.
fn pixels(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.trim().trim_end_matches("px").trim().parse().ok(),
        Value::Object(node) => pixels(node.get("value").or_else(|| node.get("@value"))?),
        _ => None,
    }
    .filter(|number| *number > 0)
}
