//! Feeds, read by independent parsers.

use feed_rs::model::Feed;

use crate::fixture::{CONFIG, Site, article, rendered};

const PROVIDER: &str = "---\nname: The Provider\nurl: https://www.provider.example/home\nfeed: https://www.provider.example/rss\n---\n";

fn site() -> Site {
    let site = Site::new("");
    let more = "topics: [R&D, \"<Topic>\"]\nimages: [{url: /images/a.webp}]\n";
    site.write("content/one.md", article("One & <two>", "2026-01-02", more));
    site.write("content/two.md", article("Two ]]> \"three\"", "2026-01-03", "topics: [R&D]\n"));
    site
}

fn feed(site: &Site, path: &str) -> Feed {
    feed_rs::parser::parse(site.page(path).as_bytes())
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn feed_formats_agree() {
    let site = site();
    site.build();
    for folder in ["", "topics/r-and-d/", "providers/provider-example/"] {
        for name in ["atom.xml", "rss.xml", "feed.json"] {
            let feed = feed(&site, &format!("{folder}{name}"));
            let titles: Vec<String> = feed
                .entries
                .iter()
                .map(|entry| entry.title.clone().expect("title").content)
                .collect();
            assert_eq!(titles, ["Two ]]> \"three\"", "One & <two>"], "{folder}{name}");
            let one = &feed.entries[1];
            assert_eq!(one.published.expect("date").to_rfc3339(), "2026-01-02T10:00:00+00:00");
            assert_eq!(
                one.links[0].href, "https://test.example/news/2026/01/one/",
                "{folder}{name}"
            );
            let topics: Vec<&str> =
                one.categories.iter().map(|category| category.term.as_str()).collect();
            assert_eq!(topics, ["R&D", "<Topic>"]);
            assert_eq!(one.authors[0].name.as_deref(), Some("Provider"));
            let text = one.summary.as_ref().map(|text| text.content.clone());
            let text = text.or(one.content.clone().and_then(|content| content.body)).expect("text");
            // The parser writes XHTML again, without escapes.
            let text = text.replace("&amp;", "&");
            let source = "<a href=\"https://www.provider.example/one-&-%3Ctwo%3E\">Provider</a>";
            assert!(text.contains(source), "{text}");
        }
    }
}

#[test]
fn feed_ids_are_stable() {
    let mut site = site();
    site.build();
    let ids = |site: &Site| {
        ["atom.xml", "topics/r-and-d/atom.xml"].map(|path| {
            let feed = feed(site, path);
            (feed.id, feed.entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>())
        })
    };
    let before = ids(&site);
    assert_ne!(before[0].0, before[1].0);
    assert_eq!(before[0].1, before[1].1);
    site.overrides.base_url = newsgen::config::parse_base_url("https://moved.example/news");
    site.write("content/one.md", article("Another title", "2026-01-05", "topics: [R&D]\n"));
    site.build();
    let mut after = ids(&site);
    for (_, entries) in &mut after {
        entries.reverse();
    }
    assert_eq!(after, before);
    site.write("site.toml", CONFIG.replace("\nid = \"https://test", "\nid = \"https://other"));
    site.build();
    assert_ne!(ids(&site)[0].0, before[0].0);
}

#[test]
fn missing_site_id_is_a_warning() {
    let site = site();
    site.write("site.toml", "title = \"T\"\nbase_url = \"https://test.example/\"\n");
    assert_eq!(
        site.findings(),
        ["site.toml: the site has no `id`, so its feeds get new identities if its URL changes"]
    );
    site.write("site.toml", format!("{}id = \"no iri\"\n", CONFIG.replace("id =", "tagline =")));
    assert_eq!(site.findings(), ["site.toml:4:6: `id` is not an IRI"]);
}

#[test]
fn rss_source_needs_a_provider_feed() {
    let site = site();
    site.build();
    assert!(
        !site.page("rss.xml").contains("<source") && !site.page("atom.xml").contains("<source")
    );
    site.write("content/providers/provider-example.md", PROVIDER);
    site.build();
    let rss = site.page("rss.xml");
    assert!(
        rss.contains("<source url=\"https://www.provider.example/rss\">Provider</source>"),
        "{rss}"
    );
    let atom = site.page("atom.xml");
    assert!(
        atom.contains("<source><title>Provider</title><id>https://www.provider.example/rss</id>"),
        "{atom}"
    );
    assert!(atom.contains("<uri>https://www.provider.example/home</uri>"), "{atom}");
}

#[test]
fn rss_has_required_elements() {
    let site = site();
    site.write(
        "site.toml",
        format!("{CONFIG}[feeds]\nhub = \"https://hub.example/\"\nlimit = 1\n"),
    );
    site.build();
    let rss = site.page("rss.xml");
    for part in [
        "<atom:link href=\"https://test.example/rss.xml\" rel=\"self\" type=\"application/rss+xml\"/>",
        "<atom:link href=\"https://hub.example/\" rel=\"hub\"/>",
        "<guid isPermaLink=\"false\">urn:uuid:",
        "<pubDate>Sat, 3 Jan 2026 10:00:00 +0000</pubDate>",
        "<dc:creator>Provider</dc:creator>",
        "<description>The Test</description>",
    ] {
        assert!(rss.contains(part), "{part} in {rss}");
    }
    assert_eq!(rss.matches("<item>").count(), 1);
    assert!(
        site.page("feed.json")
            .contains("\"hubs\":[{\"type\":\"WebSub\",\"url\":\"https://hub.example/\"}]")
    );
}

#[test]
fn feed_link_setting_selects_the_target() {
    let site = site();
    site.write("site.toml", format!("{CONFIG}[feeds]\nlink = \"source\"\nformats = [\"rss\"]\n"));
    site.build();
    let feed = feed(&site, "rss.xml");
    assert_eq!(
        feed.entries[0].links[0].href,
        "https://www.provider.example/two-%5D%5D%3E-%22three%22"
    );
    let page = site.page("topics/r-and-d/index.html");
    assert_eq!(page.matches("rel=\"alternate\"").count(), 1);
    assert!(page.contains(
        "type=\"application/rss+xml\" title=\"R&amp;D - The Test\" href=\"/topics/r-and-d/rss.xml\""
    ));
    assert!(
        !site.path("public/atom.xml").exists()
            && !site.path("public/topics/r-and-d/feed.json").exists()
    );
}

#[test]
fn feeds_ignore_bodies_and_yield_to_static_files() {
    let site = site();
    let two = article("Two ]]> \"three\"", "2026-01-03", "topics: [R&D]\n") + "A note.\n\n";
    site.write("content/two.md", &two);
    site.build();
    site.write("content/two.md", two + "body\n");
    assert_eq!(rendered(&site.build()), ["news/2026/01/two/index.html"]);
    site.write("static/rss.xml", "own");
    site.build();
    assert_eq!(site.page("rss.xml"), "own");
}

/// The path of the stylesheet that a feed names.
fn stylesheet(site: &Site, feed: &str) -> String {
    let text = site.page(feed);
    let mut lines = text.lines();
    assert!(lines.next().is_some_and(|line| line.starts_with("<?xml version=\"1.0\"")), "{text}");
    let link = lines.next().expect("a second line");
    let path = link.strip_prefix("<?xml-stylesheet type=\"text/css\" href=\"/");
    path.and_then(|rest| rest.strip_suffix("\"?>")).unwrap_or_else(|| panic!("{link}")).to_owned()
}

#[test]
fn feed_stylesheet_has_the_language_of_the_site() {
    for (language, note, is_mirrored) in [
        ("en", "This is a feed. To follow it, copy its address into a feed reader.", false),
        ("de", "Dies ist ein Feed. Um ihm zu folgen,", false),
        ("ar", "هذا موجز ويب.", true),
    ] {
        let site = site();
        let accent = "[theme]\naccent = \"#00205b\"\n";
        site.write("site.toml", format!("{CONFIG}language = \"{language}\"\n{accent}"));
        site.build();
        for feed in ["atom.xml", "rss.xml", "topics/r-and-d/atom.xml"] {
            let path = stylesheet(&site, feed);
            assert!(path.starts_with("theme/feed.") && path.len() == 31, "{path}");
            let css = site.page(&path);
            assert!(css.contains(&format!("--note:\"{note}")), "{css}");
            assert!(css.contains("--accent:#00205b"), "{css}");
            assert_eq!(css.contains("direction:rtl}"), is_mirrored, "{language}");
        }
        assert!(!site.page("feed.json").contains("theme/feed"));
    }
}

#[test]
fn feeds_follow_their_stylesheet() {
    let site = site();
    site.build();
    let before = stylesheet(&site, "rss.xml");
    let words = "[words]\nfeed-note = \"A \\\"feed\\\"\"\n";
    site.write("site.toml", format!("{CONFIG}{words}"));
    site.build();
    let changed = stylesheet(&site, "rss.xml");
    assert!(changed != before && !site.has(&before), "{changed}");
    assert!(site.page(&changed).ends_with(":root{--note:\"A \\22 feed\\22 \"}\n"));
    // A stylesheet of the site's own has the same words.
    site.write("static/theme/feed.css", "title{color:red}\n");
    let summary = site.build();
    assert!(rendered(&summary).contains(&"topics/r-and-d/atom.xml"));
    assert_eq!(
        site.page(&stylesheet(&site, "atom.xml")),
        "title{color:red}\n:root{--note:\"A \\22 feed\\22 \"}\n"
    );
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn atom_summaries_are_xhtml_that_browsers_show() {
    let site = site();
    let three = article("Three", "2026-01-04", "language: ar\n");
    site.write("content/three.md", three.replace("About Three.", "AT&T and <b> too."));
    site.build();
    let atom = site.page("atom.xml");
    let summary = "<summary type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">\
        <p lang=\"ar\">AT&amp;T and &lt;b&gt; too.</p><p>Source: \
        <a href=\"https://www.provider.example/three\">Provider</a></p></div></summary>";
    assert!(atom.contains(summary), "{atom}");
}
