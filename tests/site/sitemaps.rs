//! Sitemaps, the news sitemap and the list of feeds.

use std::collections::BTreeSet;

use crate::fixture::{CONFIG, NOW, Site, article, attribute, instant, messages};

/// The contents of all elements `name`.
fn elements<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&start).skip(1).filter_map(|rest| rest.split(&*end).next()).collect()
}

/// A site with all kinds of articles.
fn site() -> Site {
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n");
    site.write("site.toml", format!("{CONFIG}per_page = 2\n"));
    for (name, pages) in [
        ("one", "self"),
        ("two", "self"),
        ("three", "source"),
        ("four", "noindex"),
        ("ünï & co", "self"),
    ] {
        let more = format!("topics: [\"T & U\"]\narticlePages: {pages}\n");
        site.write(&format!("content/{name}.md"), article(name, "2026-05-31", &more));
    }
    site
}

/// The URLs of the pages that allow indexing and name themselves as canonical.
fn listed_pages(site: &Site) -> BTreeSet<String> {
    let pages = site.tree().into_iter().filter(|(path, _)| path.ends_with(".html"));
    pages
        .filter_map(|(path, bytes)| {
            let html = String::from_utf8(bytes).expect("HTML");
            let canonical = attribute(&html, "rel=\"canonical\"", "href")?.to_owned();
            let robots = attribute(&html, "name=\"robots\"", "content").unwrap_or_default();
            let is_own = canonical.starts_with("https://test.example/") && path != "404.html";
            (is_own && !robots.contains("noindex")).then_some(canonical)
        })
        .collect()
}

#[test]
fn sitemap_lists_canonical_pages_only() {
    let site = site();
    site.build();
    let sitemap = site.page("sitemap.xml");
    let urls: BTreeSet<String> =
        elements(&sitemap, "loc").into_iter().map(|url| url.replace("&amp;", "&")).collect();
    assert_eq!(urls, listed_pages(&site));
    assert_eq!(urls.len(), elements(&sitemap, "loc").len());
    assert!(urls.contains("https://test.example/news/2026/05/one/"), "{urls:?}");
    assert!(!urls.iter().any(|url| url.contains("three") || url.contains("four")), "{urls:?}");
    assert!(sitemap.contains(
        "<loc>https://test.example/news/2026/05/one/</loc><lastmod>2026-05-31T10:00:00Z</lastmod>"
    ));
    assert!(sitemap.contains("<loc>https://test.example/about/</loc></url>"), "{sitemap}");
    let robots = site.page("robots.txt");
    assert!(robots.ends_with(
        "\nSitemap: https://test.example/sitemap.xml\nSitemap: https://test.example/news-sitemap.xml\n"
    ));
}

#[test]
fn news_sitemap_covers_48_hours() {
    let mut site = site();
    site.build();
    let news = |site: &Site| {
        let xml = site.page("news-sitemap.xml");
        elements(&xml, "news:title").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(news(&site), ["one", "two", "ünï &amp; co"]);
    let xml = site.page("news-sitemap.xml");
    assert!(xml.contains(
        "<news:publication><news:name>The Test</news:name><news:language>en</news:language></news:publication>\
         <news:publication_date>2026-05-31T10:00:00Z</news:publication_date><news:title>one</news:title>"
    ));
    for (at, is_listed) in [("2026-06-02T09:59:59Z", true), ("2026-06-02T10:00:00Z", false)] {
        site.overrides.now = instant(at);
        site.build();
        assert_eq!(!news(&site).is_empty(), is_listed, "{at}");
        assert_eq!(site.tree(), site.clean_tree());
    }
    site.overrides.now = instant(NOW);
    site.build();
    assert_eq!(news(&site).len(), 3);
}

#[test]
fn news_sitemap_needs_canonical_articles() {
    let site = Site::new("");
    site.write("content/one.md", article("One", "2026-05-31", ""));
    site.build();
    assert!(!site.path("public/news-sitemap.xml").exists());
    assert!(!site.page("robots.txt").contains("news-sitemap"));
}

#[test]
fn opml_is_valid() {
    let site = site();
    site.build();
    let opml = opml::OPML::from_str(&site.page("opml.xml")).expect("OPML");
    let all = &opml.body.outlines[0];
    assert_eq!(all.xml_url.as_deref(), Some("https://test.example/atom.xml"));
    assert_eq!(opml.body.outlines[1].outlines[0].text, "T & U");
    let urls = opml.body.outlines.iter().flat_map(|outline| {
        outline.outlines.iter().chain([outline]).filter_map(|outline| outline.xml_url.clone())
    });
    for url in urls {
        site.page(url.strip_prefix("https://test.example/").expect("own"));
    }
}

#[test]
fn next_change_is_the_next_due_or_expiry_date() {
    let mut site = site();
    site.allow_empty = true;
    let next = || newsgen::build::next_change(&site.options()).expect("a site");
    assert_eq!(next(), Some(instant("2026-06-02T10:00:00Z")));
    site.write("content/six.md", article("Six", "2026-06-02", "").replace("T10:", "T08:"));
    assert_eq!(next(), Some(instant("2026-06-02T08:00:00Z")));
    site.build();
    assert_eq!(next(), Some(instant("2026-06-02T08:00:00Z")));
    for name in ["one", "two", "ünï & co", "six"] {
        site.remove(&format!("content/{name}.md"));
    }
    assert_eq!(next(), None);
    site.write("content/wrong.md", "no front matter\n");
    assert!(newsgen::build::next_change(&site.options()).is_err());
    site.write(
        "site.toml",
        format!("{CONFIG}article_pages = \"self\"\non_error = \"leave-out\"\n"),
    );
    site.write("content/six.md", article("Six", "2026-06-02", ""));
    assert_eq!(
        next(),
        Some(instant("2026-06-02T10:00:00Z")),
        "a build would leave the document out"
    );
}

#[test]
fn next_change_fails_with_the_errors_of_a_build() {
    let site = site();
    let errors = || {
        let errors = newsgen::build::next_change(&site.options()).expect_err("errors");
        assert!(site.try_build().summary.is_none());
        messages(&errors)
    };
    let conflict = "slug: same\n";
    site.write("content/six.md", article("Six", "2026-06-01", conflict));
    site.write("content/seven.md", article("Seven", "2026-06-01", conflict));
    assert_eq!(errors().len(), 1, "{:?}", errors());
    site.remove("content/seven.md");
    site.write("templates/article.html", "{{ missing }}");
    let undefined = "templates/article.html:1:4: variable `missing` is not defined";
    assert!(errors()[0].starts_with(undefined), "{:?}", errors());
    site.remove("templates/article.html");
    site.write("site.toml", "title = \n");
    assert!(errors()[0].starts_with("site.toml:1:"), "{:?}", errors());
}
