//! Structured data of pages.

use serde_json::{Value, json};

use crate::fixture::{CONFIG, Site, article};

/// The parts of a page's only JSON-LD block, by type.
fn graph(site: &Site, path: &str) -> Vec<Value> {
    let html = site.page(path);
    let mut blocks = html.split("<script type=\"application/ld+json\">").skip(1);
    let block =
        blocks.next().unwrap_or_else(|| panic!("{path} has none")).split("</script>").next();
    assert!(blocks.next().is_none(), "{path} has several");
    let block = block.expect("an end");
    let data: Value = serde_json::from_str(block).expect("JSON");
    let sorted = data.to_string().replace('<', "\\u003c");
    assert_eq!(sorted, block, "keys are in alphabetical order");
    assert_eq!(data["@context"], "https://schema.org");
    data["@graph"].as_array().expect("a graph").clone()
}

fn part<'g>(graph: &'g [Value], kind: &str) -> &'g Value {
    graph
        .iter()
        .find(|part| part["@type"] == kind)
        .unwrap_or_else(|| panic!("no {kind} in {graph:#?}"))
}

fn site() -> Site {
    let site = Site::new("");
    site.write(
        "site.toml",
        format!("{CONFIG}description = \"About it.\"\ntime_zone = \"Europe/Dublin\"\n"),
    );
    let more = "topics: [\"A & B\"]\nimages: [{url: /images/a.webp}]\n";
    let one =
        article("One", "2026-05-01", more).replace("title: One", r#"title: "</script> \"One\"""#);
    site.write("content/one.md", one);
    let video = "type: video\nimages: [{url: /images/b.webp}]\n";
    site.write("content/two.md", article("Two", "2026-05-02", video));
    site.write("content/three.md", article("Three", "2026-05-01", "type: video\n"));
    site
}

#[test]
fn json_ld_names_the_provider_as_publisher() {
    let site = site();
    site.build();
    let one = graph(&site, "news/2026/05/one/index.html");
    assert_eq!(
        part(&one, "NewsArticle"),
        &json!({
            "@type": "NewsArticle",
            "headline": "</script> \"One\"",
            "description": "About One.",
            "url": "https://www.provider.example/one",
            "datePublished": "2026-05-01T11:00:00+01:00",
            "image": ["https://test.example/images/a.webp"],
            "publisher": { "@type": "Organization", "name": "Provider" }
        })
    );
    let two = graph(&site, "news/2026/05/two/index.html");
    assert_eq!(part(&two, "VideoObject")["name"], "Two");
    assert_eq!(part(&two, "VideoObject")["uploadDate"], "2026-05-02T11:00:00+01:00");
    let three = graph(&site, "news/2026/05/three/index.html");
    assert_eq!(part(&three, "CreativeWork")["headline"], "Three", "a video without an image");
}

#[test]
fn json_ld_has_breadcrumbs() {
    let site = site();
    site.build();
    let names = |path: &str| {
        let graph = graph(&site, path);
        let steps =
            part(&graph, "BreadcrumbList")["itemListElement"].as_array().expect("list").clone();
        let names = steps
            .iter()
            .map(|step| (step["position"].clone(), step["name"].clone(), step["item"].clone()));
        names.collect::<Vec<_>>()
    };
    assert_eq!(
        names("topics/a-and-b/index.html"),
        [
            (json!(1), json!("The Test"), json!("https://test.example/")),
            (json!(2), json!("Topics"), json!("https://test.example/topics/")),
            (json!(3), json!("A & B"), json!("https://test.example/topics/a-and-b/")),
        ]
    );
    assert_eq!(names("news/2026/05/two/index.html").len(), 3);
}

#[test]
fn json_ld_types_of_lists_and_front_page() {
    let site = site();
    site.build();
    let front = graph(&site, "index.html");
    assert_eq!(part(&front, "WebSite")["description"], "About it.");
    assert_eq!(part(&front, "Organization")["name"], "The Test");
    let items = part(&front, "ItemList")["itemListElement"].as_array().expect("list");
    assert_eq!(items[0]["url"], "https://test.example/news/2026/05/two/");
    assert_eq!(items.len(), 3);
    assert!(front.iter().all(|part| part["@type"] != "BreadcrumbList"));
    assert!(!site.page("404.html").contains("ld+json"));
}

#[test]
fn json_ld_and_feeds_agree_on_provider_site() {
    let site = site();
    let provider = "---\nurl: https://www.provider.example/home\n---\n";
    site.write("content/providers/provider-example.md", provider);
    site.build();
    let one = graph(&site, "news/2026/05/one/index.html");
    assert_eq!(part(&one, "NewsArticle")["publisher"]["url"], "https://www.provider.example/home");
    assert!(site.page("atom.xml").contains("<uri>https://www.provider.example/home</uri>"));
}
