//! Content-Security-Policy, video players, and `rel` of outbound links.

use crate::fixture::{CONFIG, Site, article, attribute};

const EXTERNAL: &str = "related: [{title: R, webUrl: 'https://b.example/'}]\n";

fn site_with(config: &str) -> Site {
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\nAbout.\n");
    site.write("site.toml", format!("{CONFIG}article_pages = \"self\"\n{config}"));
    let more =
        format!("featuredContent: '<iframe src=\"https://player.vimeo.com/video/1\">'\n{EXTERNAL}");
    site.write(
        "content/a.md",
        article("A", "2026-01-02", &more) + "[b](https://b.example/) <b>c</b>\n",
    );
    site
}

fn policy(html: &str) -> Option<&str> {
    attribute(html, "http-equiv=\"Content-Security-Policy\"", "content")
}

#[test]
fn csp_meta_precedes_all_loads() {
    let site = site_with("[amp]\npages = true\n");
    site.build();
    let expected = "default-src &#39;self&#39;; img-src &#39;self&#39; https:; frame-src https://www.youtube.com \
        https://youtube.com https://www.youtube-nocookie.com https://player.vimeo.com https://www.dailymotion.com \
        https://geo.dailymotion.com; object-src &#39;none&#39;; base-uri &#39;none&#39;; form-action &#39;self&#39;";
    for (path, bytes) in site.tree() {
        let html = String::from_utf8_lossy(&bytes);
        if path.ends_with("/amp/index.html") {
            assert_eq!(policy(&html), None, "{path}");
        } else if path.ends_with(".html") {
            assert_eq!(policy(&html), Some(expected), "{path}");
            let before = html.split("Content-Security-Policy").next().unwrap_or_default();
            assert!(
                !["<link", "<script", "<img", "<style"].iter().any(|tag| before.contains(tag)),
                "{path}"
            );
        }
    }
}

#[test]
fn csp_pages_have_no_inline_code() {
    let site = site_with("[amp]\npages = true\n");
    site.write(
        "content/b.md",
        article("B", "2026-01-02", "") + "|a|\n|:-:|\n|b|\n\n<p style='color:red'>c\n",
    );
    site.build();
    for (path, bytes) in site.tree() {
        let html = String::from_utf8_lossy(&bytes);
        if path.ends_with(".html") && !path.ends_with("/amp/index.html") {
            assert!(!html.contains("<style") && !html.contains(" style="), "{path}");
            let scripts = html.matches("<script").count();
            assert_eq!(
                scripts,
                html.matches("<script type=\"application/ld+json\">").count(),
                "{path}"
            );
        }
    }
}

#[test]
fn csp_directives_are_configurable() {
    let config = "[video]\nhosts = [\"Player.example\"]\n[content_security_policy]\nimg-src = \"'self'\"\n\
        script-src = \"'self' https://scripts.example\"\n";
    let site = site_with(config);
    site.build();
    let html = site.page("index.html");
    assert_eq!(
        policy(&html),
        Some(
            "default-src &#39;self&#39;; script-src &#39;self&#39; https://scripts.example; img-src &#39;self&#39;; \
             frame-src https://player.example; object-src &#39;none&#39;; base-uri &#39;none&#39;; form-action &#39;self&#39;"
        )
    );
    let wrong = "[content_security_policy]\nimg_src = \"'self'\"\nframe-ancestors = \"'none'\"\n\
        font-src = \"'self'; script-src *\"\nbase-uri = \"\"\n";
    assert_eq!(
        site_with(wrong).findings(),
        [
            "site.toml:6:1: unknown key `img_src` in `[content_security_policy]`",
            "site.toml:7:1: unknown key `frame-ancestors` in `[content_security_policy]`",
            "site.toml:8:12: `font-src` is not a list of sources",
            "site.toml:9:12: `base-uri` is not a list of sources",
        ]
    );
}

#[test]
fn csp_keywords_need_quotation_marks() {
    for (written, meant) in [
        ("self", "self"),
        ("SELF https://a.example", "SELF"),
        ("none", "none"),
        ("'self' unsafe-inline", "unsafe-inline"),
        ("unsafe-eval", "unsafe-eval"),
        ("strict-dynamic", "strict-dynamic"),
        ("nonce-abc", "nonce-abc"),
        ("sha256-abc=", "sha256-abc="),
        ("'self", "self"),
        ("https://a.example none'", "none"),
    ] {
        let config = format!("[content_security_policy]\nscript-src = \"{written}\"\n");
        let found = site_with(&config).try_build().diagnostics;
        let [found] = &found[..] else { panic!("{written}: {found:?}") };
        assert!(found.is_error() && found.location.to_string() == "site.toml:6:14", "{found:?}");
        let help = format!("write `'{meant}'`, with single quotation marks inside the others");
        assert_eq!(found.help.as_deref(), Some(&*help));
    }
    for written in ["'self' 'unsafe-inline'", "https: data:", "*.self.example", "'sha256-abc='"] {
        let config = format!("[content_security_policy]\nscript-src = \"{written}\"\n");
        assert_eq!(site_with(&config).findings(), [""; 0], "{written}");
    }
}

#[test]
fn csp_allows_configured_video_hosts() {
    let page = "news/2026/01/a/index.html";
    let site = site_with("");
    site.build();
    let html = site.page(page);
    assert_eq!(attribute(&html, "<iframe", "src"), Some("https://player.vimeo.com/video/1"));
    for name in ["sandbox", "title", "referrerpolicy"] {
        assert!(attribute(&html, "<iframe", name).is_some(), "{name}");
    }
    assert_eq!(attribute(&html, "<iframe", "loading"), Some("lazy"));

    let config = "article_pages = \"self\"\n[video]\nhosts = [\"player.example\"]\n";
    site.write("site.toml", format!("{CONFIG}{config}"));
    let message = "content/a.md:9:18: `featuredContent` is not a player of an allowed video host and is not shown";
    assert!(site.findings().contains(&message.to_owned()), "{:?}", site.findings());
    assert_eq!(
        attribute(&site.page(page), "<iframe", "src"),
        None,
        "a warm build reads the document again"
    );

    let wrong = "[video]\nhosts = [\"https://player.example\", \"player.example/x\", \"a.example:8\", \"*.example\"]\n";
    let found = site_with(wrong).findings();
    let config_errors: Vec<&String> =
        found.iter().filter(|line| line.starts_with("site.toml")).collect();
    assert_eq!(
        config_errors,
        [
            "site.toml:6:10: `https://player.example` is not the name of a host",
            "site.toml:6:36: `player.example/x` is not the name of a host",
            "site.toml:6:56: `a.example:8` is not the name of a host",
            "site.toml:6:71: `*.example` is not the name of a host",
        ]
    );
}

#[test]
fn outbound_rel_is_applied() {
    let rels = |site: &Site| -> Vec<Option<String>> {
        site.build();
        let html = site.page("news/2026/01/a/index.html");
        let links = ["href=\"https://www.provider.example/a\"", "href=\"https://b.example/\""];
        let last = html.rfind(links[1]).map(|at| &html[at..]).unwrap_or_default();
        let rel = |html: &str, link| {
            let tag = html[html.find(link)?..].split('>').next()?;
            attribute(tag, "", "rel").map(str::to_owned)
        };
        vec![rel(&html, links[0]), rel(&html, links[1]), rel(last, links[1])]
    };
    let all = |rel: &str| vec![Some(rel.to_owned()); 3];
    let site = site_with("");
    assert_eq!(rels(&site), all("noopener nofollow"));
    site.write(
        "site.toml",
        format!("{CONFIG}article_pages = \"self\"\noutbound_rel = \"ugc  noreferrer\"\n"),
    );
    assert_eq!(rels(&site), all("ugc noreferrer"));
    site.write("site.toml", format!("{CONFIG}article_pages = \"self\"\noutbound_rel = \"\"\n"));
    assert_eq!(rels(&site), [None, None, None]);
    assert_eq!(
        site_with("outbound_rel = \"nofollow opener\"\n").findings(),
        ["site.toml:5:16: `outbound_rel` cannot contain `opener`"]
    );
}
