//! URLs in front matter: entities, AMP viewers, and videos.

use crate::fixture::{Site, article, attribute, with_help};

/// The page of an article with more lines of front matter, and the findings.
fn page(more: &str) -> (String, Vec<String>) {
    let site = Site::new("");
    let text = article("A", "2026-01-02", "");
    let own = "originalUrl: https://www.provider.example/a\n";
    let text = if more.starts_with("originalUrl") {
        text.replace(own, more)
    } else {
        article("A", "2026-01-02", more)
    };
    site.write("content/a.md", text);
    let findings = site.findings();
    (site.page("news/2026/01/a/index.html"), findings)
}

#[test]
fn url_entities_are_decoded_once() {
    for (written, published) in [
        ("https://a.example/?p=1&#038;q=2", "https://a.example/?p=1&amp;q=2"),
        ("https://a.example/?p=1&amp;q=2", "https://a.example/?p=1&amp;q=2"),
        ("https://a.example/?p=1&#x26;q=2", "https://a.example/?p=1&amp;q=2"),
        ("https://a.example/?p=1&amp;amp;q=2", "https://a.example/?p=1&amp;amp;q=2"),
        (
            "https://a.example/?a=1&copy=2&para;&lt",
            "https://a.example/?a=1&amp;copy=2&amp;para;&amp;lt",
        ),
    ] {
        let more = format!(
            "webUrl: \"{written}\"\nampWebUrl: \"{written}\"\nimages: [{{url: \"{written}\"}}]\nrelated: [{{title: R, webUrl: \"{}\"}}]\n",
            written.replace("a.example", "r.example")
        );
        let (html, findings) = page(&more);
        assert_eq!(findings, [""; 0], "{written}");
        assert_eq!(attribute(&html, "class=\"button\"", "href"), Some(published), "{written}");
        assert_eq!(attribute(&html, "rel=\"amphtml\"", "href"), Some(published), "{written}");
        assert_eq!(
            attribute(&html, "fetchpriority", "src").or(attribute(&html, "<img", "src")),
            Some(published),
            "{written}"
        );
        let related = published.replace("a.example", "r.example");
        assert!(html.contains(&format!("href=\"{related}\"")), "{written}: {html}");
    }
}

#[test]
fn provider_url_entities_are_decoded_once() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    let address = |name: &str| format!("https://provider.example/{name}?a=1&#038;b=2");
    site.write(
        "content/providers/provider-example.md",
        format!(
            "---\nurl: {}\nfeed: {}\nlogo: {}\n---\n",
            address("url"),
            address("feed"),
            address("logo")
        ),
    );
    assert_eq!(site.findings(), [""; 0]);
    let html = site.page("providers/provider-example/index.html");
    for name in ["url", "feed", "logo"] {
        assert!(
            html.contains(&format!("\"https://provider.example/{name}?a=1&amp;b=2\"")),
            "{name}: {html}"
        );
    }
}

#[test]
fn entities_do_not_hide_a_scheme() {
    let site = Site::new("");
    site.write(
        "content/a.md",
        article("A", "2026-01-02", "webUrl: \"&#106;avascript&#58;alert(1)\"\n"),
    );
    assert_eq!(
        site.findings(),
        ["content/a.md:9:9: `webUrl` has the scheme `javascript:`, which is not allowed"]
    );
}

#[test]
fn mistaken_schemes_and_hosts_are_reported() {
    let no_dot = "the host of `webUrl` has no dot";
    let whole = "write the full host name, such as `news.example`";
    for (url, message, help) in [
        (
            "htps://a.example/x",
            "`webUrl` has the scheme `htps:`, which is not allowed",
            "did you mean `https`?",
        ),
        (
            "https://https://www.a.example/x",
            &format!("{no_dot}: `https`"),
            "write `webUrl: https://www.a.example/x`",
        ),
        ("https://courier/x", &format!("{no_dot}: `courier`"), whole),
        ("https://https://user:pw@a.example/", &format!("{no_dot}: `https`"), whole),
    ] {
        let site = Site::new("");
        site.write("content/a.md", article("A", "2026-01-02", &format!("webUrl: {url}\n")));
        assert_eq!(with_help(&site), [format!("content/a.md:9:9: {message} ({help})")], "{url}");
    }
    for url in ["http://localhost:8000/x", "http://127.0.0.1/x", "http://[::1]/x"] {
        assert_eq!(page(&format!("webUrl: {url}\n")).1, [""; 0], "{url}");
    }
}

#[test]
fn body_url_entities_are_decoded_once() {
    for link in [
        "[x](https://b.example/?p=1&#038;q=2)",
        "[x](https://b.example/?p=1&amp;q=2)",
        "<https://b.example/?p=1&amp;q=2>",
        "<a href=\"https://b.example/?p=1&#038;q=2\">x</a>",
        "![x](https://b.example/?p=1&#038;q=2)",
        "[x][y]\n\n[y]: https://b.example/?p=1&amp;q=2",
    ] {
        let site = Site::new("");
        site.write("content/a.md", format!("{}\n{link}\n", article("A", "2026-01-02", "")));
        site.build();
        let html = site.page("news/2026/01/a/index.html");
        assert!(html.contains("\"https://b.example/?p=1&amp;q=2\""), "{link}: {html}");
    }
}

#[test]
fn amp_cache_url_is_unwrapped() {
    for written in [
        "https://www.google.com/amp/s/www.provider.example/a.amp?usqp=mq331",
        "https://www-provider-example.cdn.ampproject.org/v/s/www.provider.example/a.amp?amp_js_v=0.1",
        "https://www-provider-example.bing-amp.com/c/s/www.provider.example/a.amp",
    ] {
        let (html, findings) = page(&format!("ampWebUrl: {written}\n"));
        assert_eq!(
            findings,
            ["content/a.md:9:12: `ampWebUrl` is the URL of an AMP cache or viewer"]
        );
        assert_eq!(
            attribute(&html, "rel=\"amphtml\"", "href"),
            Some("https://www.provider.example/a.amp")
        );
        let cached = "href=\"https://www-provider-example.cdn.ampproject.org/c/s/www.provider.example/a.amp\"";
        assert!(html.contains(cached) && !html.contains("google"), "{html}");
    }
}

#[test]
fn amp_short_link_is_not_used() {
    let (html, findings) = page("ampWebUrl: https://search.app/AbC12\n");
    assert_eq!(findings, ["content/a.md:9:12: `ampWebUrl` is the URL of an AMP cache or viewer"]);
    assert!(!html.contains("search.app") && !html.contains("amphtml"), "{html}");
}

#[test]
fn amp_viewer_url_is_unwrapped() {
    let viewer = "https://www.google.com/amp/s/www.provider.example/b";
    for key in ["webUrl", "originalUrl"] {
        let (html, findings) = page(&format!("{key}: {viewer}\n"));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(
            findings[0].ends_with(&format!("`{key}` is the URL of an AMP cache or viewer")),
            "{findings:?}"
        );
        assert_eq!(
            attribute(&html, "class=\"button\"", "href"),
            Some("https://www.provider.example/b")
        );
        assert_eq!(
            attribute(&html, "rel=\"canonical\"", "href"),
            Some("https://www.provider.example/b")
        );
    }
    let (html, findings) = page("webUrl: https://search.app/AbC12\n");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(attribute(&html, "class=\"button\"", "href"), Some("https://search.app/AbC12"));
}

#[test]
fn video_pages_become_players() {
    for (written, player) in [
        (
            "https://www.youtube.com/watch?v=aB-_0123456&t=1m30s",
            "https://www.youtube.com/embed/aB-_0123456?start=90",
        ),
        ("https://youtu.be/aB-_0123456", "https://www.youtube.com/embed/aB-_0123456"),
        (
            "<IFRAME SRC=https://m.youtube.com/shorts/aB-_0123456></IFRAME>",
            "https://www.youtube.com/embed/aB-_0123456",
        ),
        ("https://vimeo.com/123", "https://player.vimeo.com/video/123"),
    ] {
        let (html, findings) = page(&format!("featuredContent: '{written}'\n"));
        assert_eq!(findings, [""; 0], "{written}");
        assert_eq!(attribute(&html, "<iframe", "src"), Some(player), "{written}");
    }
    let (html, findings) =
        page("featuredContent: 'https://www.youtube.com/redirect?q=https://evil.example/'\n");
    assert_eq!(
        findings,
        [
            "content/a.md:9:18: `featuredContent` is not a player of an allowed video host and is not shown"
        ]
    );
    assert!(!html.contains("<iframe") && !html.contains("evil"), "{html}");
}
