//! Links of feed items, and which lists have feeds.

use serde_json::Value;

use crate::fixture::{CONFIG, Site, article};

const PAGE: &str = "https://test.example/news/2026/01/a/";
const ORIGINAL: &str = "https://www.provider.example/a";

fn site(settings: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}{settings}"));
    site.write("content/a.md", article("A", "2026-01-02", "topics: [T]\n"));
    site.build();
    site
}

/// The links of the only entry, by relation.
fn links(site: &Site) -> Vec<(String, String)> {
    let atom = site.page("atom.xml");
    let entry = atom.split("<entry>").nth(1).expect("entry").to_owned();
    let links = entry.split("<link ").skip(1).filter_map(|link| {
        let value = |name: &str| {
            Some(link.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.to_owned())
        };
        Some((value("rel")?, value("href")?))
    });
    links.collect()
}

fn item(site: &Site) -> (String, Option<Value>, Option<Value>, String) {
    let feed: Value = serde_json::from_str(&site.page("feed.json")).expect("JSON");
    let item = &feed["items"][0];
    let rss = site.page("rss.xml");
    let rss_item = rss.split("<item>").nth(1).expect("item").to_owned();
    (item["id"].to_string(), item.get("url").cloned(), item.get("external_url").cloned(), rss_item)
}

#[test]
fn feed_items_link_to_page_and_original() {
    let (page, source) = (site(""), site("[feeds]\nlink = \"source\"\n"));
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(rel, href)| ((*rel).to_owned(), (*href).to_owned())).collect()
    };
    assert_eq!(links(&page), pairs(&[("alternate", PAGE), ("via", ORIGINAL)]));
    assert_eq!(
        links(&source),
        pairs(&[("alternate", ORIGINAL), ("via", ORIGINAL), ("related", PAGE)])
    );
    let related = format!("<atom:link href=\"{PAGE}\" rel=\"related\" type=\"text/html\"/>");
    for (site, link) in [(&page, PAGE), (&source, ORIGINAL)] {
        let (_, url, external_url, rss) = item(site);
        assert_eq!((url, external_url), (Some(PAGE.into()), Some(ORIGINAL.into())));
        assert!(rss.contains(&format!("<link>{link}</link>")), "{rss}");
        assert_eq!(rss.contains(&related), link == ORIGINAL, "{rss}");
    }
    assert_eq!(item(&page).0, item(&source).0, "ids do not depend on links");
    for name in ["atom.xml", "rss.xml", "feed.json"] {
        let feed = feed_rs::parser::parse(source.page(name).as_bytes()).expect(name);
        assert!(feed.entries[0].links.iter().any(|link| link.href == ORIGINAL), "{name}");
    }
}

#[test]
fn feed_items_without_pages_link_to_original_only() {
    for settings in
        ["article_html = \"none\"\n", "article_html = \"none\"\n[feeds]\nlink = \"source\"\n"]
    {
        let site = site(settings);
        assert!(
            links(&site).iter().all(|(rel, href)| rel != "related" && href == ORIGINAL),
            "{:?}",
            links(&site)
        );
        let (_, url, external_url, rss) = item(&site);
        assert_eq!((url, external_url), (Some(ORIGINAL.into()), Some(ORIGINAL.into())));
        assert!(!rss.contains("related") && !rss.contains(PAGE), "{rss}");
    }
}

/// A site with topics `Big` and `Small` and providers `big.example` and `small.example`, of three
/// articles and one.
fn sized_site(settings: &str) -> Site {
    let site = Site::new("");
    site.write(
        "site.toml",
        format!("{CONFIG}[host]\nkind = \"cloudflare-pages\"\n[feeds]\n{settings}"),
    );
    for number in 0..4 {
        let (topic, provider) = if number == 0 { ("Small", "small") } else { ("Big", "big") };
        let text = article(&format!("A{number}"), "2026-01-02", &format!("topics: [{topic}]\n"));
        let text = text.replace("  domain: provider", &format!("  domain: {provider}"));
        site.write(
            &format!("content/{number}.md"),
            text.replace("name: Provider", &format!("name: {provider}")),
        );
    }
    site.build();
    site
}

#[test]
fn feeds_of_topics_and_providers_can_be_limited() {
    for (settings, topics, providers) in [
        ("", &["big", "small"][..], &["big", "small"][..]),
        ("providers = true\ntopics = true\n", &["big", "small"], &["big", "small"]),
        ("providers = false\n", &["big", "small"], &[]),
        ("topics = false\nproviders = 3\n", &[], &["big"]),
        ("topics = 2\nproviders = 4\n", &["big"], &[]),
        ("topics = false\nproviders = false\n", &[], &[]),
    ] {
        let site = sized_site(settings);
        let folders = |kind: &str, names: &[&str], ending: &str| -> Vec<String> {
            names.iter().map(|name| format!("{kind}/{name}{ending}/")).collect()
        };
        let with_feeds =
            [folders("topics", topics, ""), folders("providers", providers, "-example")].concat();
        let all =
            ["topics/big/", "topics/small/", "providers/big-example/", "providers/small-example/"];
        let opml = site.page("opml.xml");
        for folder in all {
            let has_feeds = with_feeds.iter().any(|other| other == folder);
            let page = site.page(&format!("{folder}index.html"));
            for name in ["atom.xml", "rss.xml", "feed.json"] {
                let feed = format!("{folder}{name}");
                assert_eq!(
                    site.path(&format!("public/{feed}")).exists(),
                    has_feeds,
                    "{settings}: {feed}"
                );
                assert_eq!(
                    page.contains(&format!("href=\"/{feed}\"")),
                    has_feeds,
                    "{settings}: {feed}"
                );
                assert_eq!(
                    page.contains(&format!("href=\"/{name}\"")),
                    !has_feeds,
                    "{settings}: {feed}"
                );
            }
            assert_eq!(
                opml.contains(&format!("{folder}atom.xml")),
                has_feeds,
                "{settings}: {opml}"
            );
        }
        assert_eq!(opml.contains("text=\"Topics\""), !topics.is_empty(), "{opml}");
        assert!(opml.contains("xmlUrl=\"https://test.example/atom.xml\""), "{opml}");
        let headers = site.page("_headers");
        assert_eq!(
            headers.contains("/*/atom.xml"),
            !with_feeds.is_empty(),
            "{settings}: {headers}"
        );
        assert!(headers.contains("\n/atom.xml\n"), "{headers}");
        for (path, bytes) in site.tree().iter().filter(|(path, _)| path.ends_with(".html")) {
            let text = String::from_utf8_lossy(bytes).into_owned();
            for link in text.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()) {
                let is_feed = link.ends_with(".xml") || link.ends_with(".json");
                assert!(!is_feed || site.path("public").join(link).exists(), "{path} links {link}");
            }
        }
    }
}

#[test]
fn feeds_follow_the_article_threshold() {
    let site = sized_site("providers = 2\n");
    let feed = site.path("public/providers/small-example/atom.xml");
    assert!(!feed.exists());
    let text = article("More", "2026-01-03", "").replace("  domain: provider", "  domain: small");
    site.write("content/more.md", text);
    site.build();
    assert!(feed.exists());
    assert_eq!(site.tree(), site.clean_tree());
    site.remove("content/more.md");
    site.build();
    assert!(!feed.exists());
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn rejects_invalid_feed_thresholds() {
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n");
    let config = |line: &str| format!("{CONFIG}[feeds]\n{line}\n");
    for value in ["\"many\"", "1.5", "[1]", "99999999999999999999"] {
        site.write("site.toml", config(&format!("topics = {value}")));
        let message =
            "site.toml:5:10: `topics` must be `true`, `false` or a whole number from 1 to 1000000";
        assert_eq!(site.findings(), [message], "{value}");
    }
    for value in ["0", "-1"] {
        site.write("site.toml", config(&format!("providers = {value}")));
        let message = "site.toml:5:13: `providers` must be `true`, `false` or a whole number from 1 to 1000000";
        assert_eq!(site.findings(), [message]);
    }
}
