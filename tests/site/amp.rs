//! The site's own AMP pages.

use crate::fixture::{CONFIG, Site, article};

/// A site with AMP pages.
fn site(more: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}{more}[amp]\npages = true\n"));
    site
}

fn own_pages() -> Site {
    site("article_pages = \"self\"\n")
}

/// The targets of a page's links with this `rel`.
fn linked<'a>(page: &'a str, rel: &str) -> Vec<&'a str> {
    let start = format!("<link rel=\"{rel}\" href=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn amp_pages(site: &Site) -> Vec<String> {
    site.tree().into_keys().filter(|path| path.ends_with("/amp/index.html")).collect()
}

#[test]
fn amp_page_and_article_link_to_each_other() {
    let site = own_pages();
    site.write(
        "content/a.md",
        article("a", "2026-01-01", "ampWebUrl: https://amp.provider.example/a\n"),
    );
    site.build();
    let (page, amp_page) =
        (site.page("news/2026/01/a/index.html"), site.page("news/2026/01/a/amp/index.html"));
    assert_eq!(linked(&page, "canonical"), ["https://test.example/news/2026/01/a/"]);
    assert_eq!(linked(&page, "amphtml"), ["https://test.example/news/2026/01/a/amp/"]);
    assert_eq!(linked(&amp_page, "canonical"), ["https://test.example/news/2026/01/a/"]);
    assert!(linked(&amp_page, "amphtml").is_empty());
    assert!(amp_page.starts_with("<!DOCTYPE html>\n<html amp lang=\"en\">"), "{amp_page}");
}

#[test]
fn amp_pages_exist_for_canonical_articles_only() {
    for (by_site, by_article, count) in [
        ("article_pages = \"self\"\n", "", 1),
        ("article_pages = \"self\"\n", "articlePages: source\n", 0),
        ("article_pages = \"self\"\n", "articlePages: noindex\n", 0),
        ("article_pages = \"noindex\"\n", "", 0),
        ("", "articlePages: self\n", 1),
        ("", "", 0),
    ] {
        let site = site(by_site);
        site.write("content/a.md", article("a", "2026-01-01", by_article));
        site.build();
        assert_eq!(amp_pages(&site).len(), count, "{by_site} {by_article}");
        let amphtml = linked(&site.page("news/2026/01/a/index.html"), "amphtml").len();
        assert_eq!(amphtml, count, "{by_site} {by_article}");
    }
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}article_pages = \"self\"\n"));
    site.write("content/a.md", article("a", "2026-01-01", ""));
    site.build();
    assert!(amp_pages(&site).is_empty(), "AMP pages are off by default");
}

#[test]
fn amp_pages_without_canonical_articles_warn() {
    let site = site("");
    site.write("content/a.md", article("a", "2026-01-01", ""));
    let findings = site.findings();
    assert_eq!(findings, ["site.toml: `[amp]` enables AMP pages, but no article can have one"]);
    site.write("content/a.md", article("a", "2026-01-01", "articlePages: self\n"));
    assert!(site.findings().is_empty());
    site.write("site.toml", format!("{CONFIG}article_pages = \"self\"\n[amp]\npages = true\n"));
    site.write("content/a.md", article("a", "2026-01-01", "articlePages: source\n"));
    assert_eq!(site.findings(), findings);
    assert!(!site.path("public/news-sitemap.xml").exists(), "no article is canonical");
}

#[test]
fn amp_page_is_linked_from_its_article_only() {
    let site = own_pages();
    site.write("content/a.md", article("a", "2026-01-01", "topics: [T]\n"));
    site.build();
    let amp_page = "news/2026/01/a/amp/";
    let naming: Vec<String> = site
        .tree()
        .into_iter()
        .filter(|(path, bytes)| {
            path != ".newsgen-files" && String::from_utf8_lossy(bytes).contains(amp_page)
        })
        .map(|(path, _)| path)
        .collect();
    assert_eq!(naming, ["news/2026/01/a/index.html"]);
}

#[test]
fn amp_page_uses_amp_video_players() {
    for (player, expected) in [
        (
            "https://www.youtube.com/embed/abcdefghij0?start=9",
            "<amp-youtube data-videoid=\"abcdefghij0\" data-param-start=\"9\" ",
        ),
        (
            "https://player.vimeo.com/video/1?a=b&c=d",
            "<amp-iframe src=\"https://player.vimeo.com/video/1?a=b&amp;c=d\" ",
        ),
    ] {
        let site = own_pages();
        let video = format!("type: video\nfeaturedContent: '<iframe src=\"{player}\"></iframe>'\n");
        site.write("content/a.md", article("a", "2026-01-01", &video));
        site.write("content/b.md", article("b", "2026-01-02", ""));
        site.build();
        let page = site.page("news/2026/01/a/amp/index.html");
        assert!(page.contains(expected), "{page}");
        let element = expected.trim_start_matches('<').split(' ').next().expect("element");
        let script = format!("custom-element=\"{element}\"");
        assert_eq!(page.matches(&script).count(), 1, "{page}");
        assert!(!page.contains("<iframe"), "{page}");
        assert!(!site.page("news/2026/01/b/amp/index.html").contains("custom-element"));
    }
}

#[test]
fn amp_page_images_are_amp_img() {
    let site = own_pages();
    let images = "images:\n  - url: /one.webp\n    width: 40\n    height: 30\n  - url: https://a.example/two.jpg\n";
    let body =
        "![Three](/three.webp)\n\nand <img src=\"https://a.example/four.jpg\" onerror=\"x\">\n";
    site.write("content/a.md", article("a", "2026-01-01", images) + body);
    site.build();
    let page = site.page("news/2026/01/a/amp/index.html");
    assert_eq!((page.matches("<amp-img ").count(), page.matches("<img").count()), (4, 0), "{page}");
    for source in
        ["/one.webp", "https://a.example/two.jpg", "/three.webp", "https://a.example/four.jpg"]
    {
        assert!(page.contains(&format!("<amp-img src=\"{source}\"")), "{source}");
    }
    assert!(!page.contains("onerror"));
}

#[test]
fn amp_page_has_one_small_style() {
    let site = own_pages();
    site.write("content/a.md", article("a", "2026-01-01", ""));
    site.build();
    let page = site.page("news/2026/01/a/amp/index.html");
    let styles: Vec<&str> = page.split("<style amp-custom>").skip(1).collect();
    assert_eq!(styles.len(), 1);
    let length = styles[0].find("</style>").expect("end");
    assert!((1_000..75_000).contains(&length), "{length} bytes");
    assert!(!page.contains("style=\"") && !page.contains("theme/style.css"));
}

#[test]
fn amp_template_can_be_overridden() {
    let site = own_pages();
    site.write("content/a.md", article("a", "2026-01-01", ""));
    site.write(
        "templates/amp/article.html",
        "{{ page.kind }} {{ article.title }} {{ page.canonical }} {{ page.url }}",
    );
    site.build();
    assert_eq!(
        site.page("news/2026/01/a/amp/index.html"),
        "amp a https://test.example/news/2026/01/a/ /news/2026/01/a/amp/"
    );
}

#[test]
fn amp_page_path_conflict_is_an_error() {
    let site = own_pages();
    site.write("content/a.md", article("a", "2026-01-01", ""));
    site.write("static/news/2026/01/a/amp/index.html", "mine");
    let findings = site.findings();
    let is_conflict = |finding: &String| {
        finding.contains("content/a.md")
            && finding.contains("both need the output path news/2026/01/a/amp/index.html")
    };
    assert!(findings.iter().any(is_conflict), "{findings:?}");
}
