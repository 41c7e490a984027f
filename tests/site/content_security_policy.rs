//! Content-Security-Policy, video players, and `rel` of outbound links.

use newsgen::config::digest_source;
use newsgen::http_url::HttpUrl;
use newsgen::render::theme;

use crate::fixture::{CONFIG, Site, article, attribute, with_help};

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

fn site_with_hook(config: &str, hook: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}{config}"));
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("templates/hooks/head.html", hook);
    site
}

#[test]
fn what_the_policy_blocks_in_templates_is_a_warning() {
    let url = |directive: &str, url: &str, sources: &str| {
        format!(
            "the Content-Security-Policy blocks `{url}` (to allow it, write `{directive} = \"{sources}\"` below `[content_security_policy]` in site.toml)"
        )
    };
    let code = |attribute: &str, help: &str| {
        format!("the Content-Security-Policy blocks this attribute `{attribute}` ({help})")
    };
    let script = |sources: &str| url("script-src", "https://a.example/x.js", sources);
    let (listener, rule) = (
        "write an event listener in a script of `static/`",
        "write a rule in a stylesheet of `static/`",
    );
    for (hook, place, expected) in [
        (
            "<script async src=\"https://a.example/x.js\"></script>",
            "1:20",
            script("'self' https://a.example"),
        ),
        (
            "<script src=//a.example/x.js type=module></script>",
            "1:13",
            script("'self' https://a.example"),
        ),
        (
            "\n\n<link rel=\"preload stylesheet\" href='https://a.example:8443/x.css'>",
            "3:38",
            url("style-src", "https://a.example:8443/x.css", "'self' https://a.example:8443"),
        ),
        (
            "<link rel=preload as=font href=https://a.example/x.woff2>",
            "1:32",
            url("font-src", "https://a.example/x.woff2", "'self' https://a.example"),
        ),
        (
            "<iframe src=\"https://a.example/\"></iframe>",
            "1:14",
            url("frame-src", "https://a.example/", "https://player.example https://a.example"),
        ),
        (
            "<form action=\"https://a.example/?b&amp;c\">",
            "1:15",
            url("form-action", "https://a.example/?b&c", "'self' https://a.example"),
        ),
        (
            "<form><button formaction=\"http://a.example/\">",
            "1:27",
            url("form-action", "http://a.example/", "'self' http://a.example"),
        ),
        (
            "<object data=\"/x.svg\"></object>",
            "1:15",
            url("object-src", "https://test.example/x.svg", "'self'"),
        ),
        (
            "<img srcset=\"/x.png, http://a.example/y.png 2x\">",
            "1:22",
            url("img-src", "http://a.example/y.png", "'self' https: http://a.example"),
        ),
        (
            "<img src=\"data:image/png;base64,AAAA\">",
            "1:11",
            url("img-src", "data:", "'self' https: data:"),
        ),
        ("<p>é<b onclick=\"f()\">", "1:17", code("onclick", listener)),
        ("<my-chart onclick=\"f()\">", "1:20", code("onclick", listener)),
        ("<a href=\"JavaScript:f()\">", "1:10", code("href", listener)),
        ("<p style=\"color: {{ site.extra.color }}\">", "1:11", code("style", rule)),
        (
            "<script>f({{ page.title }})</script>",
            "1:1",
            "the Content-Security-Policy blocks this `<script>` (move it into a file of `static/`)"
                .to_owned(),
        ),
        (
            "<style>\na{}\r\n\n</style>",
            "1:1",
            format!(
                "the Content-Security-Policy blocks this `<style>` (move it into a file of `static/`, or write \
                 `style-src = \"'self' {}\"` below `[content_security_policy]` in site.toml)",
                digest_source("\na{}\n")
            ),
        ),
    ] {
        let site = site_with_hook(
            "[extra]\ncolor = \"red\"\n[video]\nhosts = [\"player.example\"]\n",
            hook,
        );
        assert_eq!(with_help(&site), [format!("templates/hooks/head.html:{place}: {expected}")]);
        assert!(site.try_build().diagnostics[0].changes_output, "a build shows it, too");
    }
}

#[test]
fn what_the_policy_allows_in_templates_is_no_warning() {
    let policy = "[content_security_policy]\nscript-src = \"'self' https://a.example 'nonce-n'\"\n\
        style-src = \"'unsafe-inline'\"\nframe-src = \"*\"\nform-action = \"'self' mailto:\"\n";
    for hook in [
        "<script src=\"/x.js\"></script><script src=\"{{ site.root }}x.js\"></script>",
        "<script src=\"https://a.example/x.js\"></script><script src=\"https://{{ page.kind }}.b.example/\"></script>",
        "<script nonce=n>f()</script><script></script>",
        "<script type=\"application/json\">{}</script><script type='text/template'><b onclick=f()></script>",
        "<style>a{}</style><p style=\"color:red\">",
        "<iframe src=\"https://a.example/\"></iframe>",
        "<form action=\"/search\"></form><form action=\"mailto:a@a.example\"></form><form></form>",
        "<a href=\"https://a.example/\" title=\"on\">A</a><img src=\"https://a.example/x.png\">",
        "<link rel=\"canonical\" href=\"https://a.example/\"><link rel=\"preconnect\" href=\"https://a.example/\">",
        "<!-- <script>f()</script> -->{# <script>f()</script> #}",
        "<my-chart only=\"a\" on-change=\"b\" once></my-chart>",
        "<link rel=modulepreload nonce=n href=https://b.example/x.js>",
    ] {
        assert_eq!(with_help(&site_with_hook(policy, hook)), [""; 0], "{hook}");
    }
    let hook = "<link rel=stylesheet nonce=n href=https://b.example/x.css>";
    let policy = "[content_security_policy]\nstyle-src = \"'nonce-n'\"\n";
    assert_eq!(with_help(&site_with_hook(policy, hook)), [""; 0]);
    assert_eq!(site_with_hook(policy, &hook.replace("=n ", "=m ")).findings().len(), 1);
    // It is about scripts only.
    let policy = "[content_security_policy]\nstyle-src = \"'unsafe-inline' 'strict-dynamic'\"\n";
    assert_eq!(with_help(&site_with_hook(policy, "<style>a{}</style><p style=a>")), [""; 0]);
}

#[test]
fn allowed_digest_is_that_of_the_published_page() {
    let hook = "<script>\n  f();\r\n\n  g();\n</script>\n";
    let site = site_with_hook("", hook);
    let help = with_help(&site).remove(0);
    let setting = help.split('`').find(|part| part.starts_with("script-src")).expect("setting");
    site.write("site.toml", format!("{CONFIG}[content_security_policy]\n{setting}\n"));
    assert_eq!(site.findings(), [""; 0]);
    let html = site.page("index.html").replace("\r\n", "\n");
    let code =
        html.split_once("<script>").expect("script").1.split_once("</script>").expect("end").0;
    assert!(setting.contains(&digest_source(code)), "{setting} {code:?}");
}

/// A `frame-src` replaces the hosts of `[video]`.
#[test]
fn blocked_players_are_warnings() {
    let warning = "content/a.md:9:18: the Content-Security-Policy blocks the player of `featuredContent` \
        (add `https://player.vimeo.com` to `frame-src` in site.toml)";
    let site = site_with("");
    assert_eq!(site.findings(), [""; 0]);
    for (sources, expected) in [
        ("https://giscus.example", &[warning][..]),
        ("https://giscus.example https://player.vimeo.com", &[]),
        ("'none'", &[warning]),
        ("https:", &[]),
    ] {
        let policy = format!("[content_security_policy]\nframe-src = \"{sources}\"\n");
        site.write("site.toml", format!("{CONFIG}article_pages = \"self\"\n{policy}"));
        assert_eq!(with_help(&site), expected, "a warm build reads the document again: {sources}");
    }
}

/// Pages without the site's policy are not subject to it.
#[test]
fn templates_without_the_policy_are_not_checked() {
    let script = "<script>f()</script>";
    let site = site_with_hook("", script);
    site.write("templates/amp/style.html", script);
    site.write("templates/404.html", format!("<html>{script}"));
    assert_eq!(site.findings().len(), 1, "only the hook: {:#?}", site.findings());
    site.write(
        "templates/base.html",
        format!("{{% extends \"theme/base.html\" %}}{{% block head %}}{script}{{% endblock %}}"),
    );
    assert_eq!(site.findings().len(), 2);
    let blocks = ["title", "masthead", "head", "crumbs", "main", "after"];
    let blocks = blocks.map(|name| format!("{{% block {name} %}}{{% endblock %}}")).concat();
    site.write("templates/base.html", format!("<html>{script}{blocks}"));
    assert_eq!(site.findings(), [""; 0]);
}

#[test]
fn policy_allows_the_default_theme() {
    let site = site_with_hook("", "");
    for (name, text) in theme::TEMPLATES {
        site.write(&format!("templates/{name}"), text);
    }
    assert_eq!(site.findings(), [""; 0]);
}

const RECIPES: &str = include_str!("../../docs/recipes.md");

/// The files of a recipe: each is named in backticks at the beginning of the line above its text.
fn files(recipe: &str) -> Vec<(&str, &str)> {
    let mut blocks = recipe.split("\n```");
    let mut files = Vec::new();
    while let (Some(before), Some(block)) = (blocks.next(), blocks.next()) {
        let name =
            before.rsplit("\n\n").find_map(|part| part.trim().strip_prefix('`')?.split('`').next());
        files.extend(name.zip(block.split_once('\n').map(|(_, text)| text)));
    }
    files
}

/// Every recipe has the lines of the policy that it needs.
#[test]
fn policies_of_recipes_are_complete() {
    let recipes: Vec<&str> = RECIPES.split("\n## ").skip(1).collect();
    assert!(recipes.len() >= 6, "{}", recipes.len());
    for recipe in recipes {
        let name = recipe.lines().next().expect("heading");
        let site = site_with_hook("", "");
        let files = files(recipe);
        for (path, text) in files.iter().filter(|(path, _)| *path != "site.toml") {
            site.write(path, text);
        }
        let policy = files.iter().find(|(path, _)| *path == "site.toml");
        assert_eq!(site.findings().is_empty(), policy.is_none(), "{name}: {:?}", site.findings());
        if let Some((_, policy)) = policy {
            site.write("site.toml", format!("{CONFIG}{policy}\n"));
            assert_eq!(site.findings(), [""; 0], "{name}");
        }
    }
}

/// The published site is at another address than the preview.
#[test]
fn preview_is_checked_against_the_policy_of_the_published_site() {
    let policy = "[content_security_policy]\nframe-src = \"'self' https://player.vimeo.com\"\n";
    for (page, expected) in [
        ("<script src=\"https://test.example/x.js\"></script>", 0),
        ("<script src=\"http://127.0.0.1:1111/x.js\"></script>", 1),
        ("<script src=\"/x.js\"></script>", 0),
    ] {
        let mut site = site_with_hook(policy, page);
        assert_eq!(site.findings().len(), expected, "{page}");
        site.overrides.preview = true;
        site.overrides.base_url = HttpUrl::parse("http://127.0.0.1:1111/").ok();
        assert_eq!(site.findings().len(), expected, "{page}");
    }
}
