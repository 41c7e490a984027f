//! Names that servers, hosts and browsers reserve are not published.

use crate::fixture::{CONFIG, Site, article};

const LEAVE_OUT: &str = "on_error = \"leave-out\"\n";

const NAMES: [&str; 55] = [
    ".htaccess",
    "a/.git/config",
    ".well-known/security.txt",
    "web.config",
    "a/WEB.config",
    "_worker.js",
    "_routes.json",
    "_headers",
    "_redirects",
    "CNAME",
    "cname/x",
    "error.html",
    "ads.txt",
    "app-ads.txt",
    "favicon.ico",
    "robots.txt",
    "sitemap.xml",
    "sitemap-articles-2.xml",
    "news-sitemap.xml",
    "sw.js",
    "service-worker.js",
    "manifest.json",
    "apple-touch-icon.png",
    "security.txt",
    "vercel.json",
    "cgi-bin/x.html",
    "news/404.html",
    "feed.json",
    "\u{200b}.htaccess",
    "web\u{200d}.config",
    "ＣＮＡＭＥ",
    "yandex_0123456789abcdef.html",
    "google0123456789abcdef.html",
    "pinterest-12ab3.html",
    "BingSiteAuth.xml",
    "llms-full.txt",
    "ai.txt",
    "theme/style.css",
    "/theme/favicon.svg",
    "/THEME/style.css/x/",
    "/atlassian-domain-verification.html",
    "/ByteDanceVerify.html",
    "/WW_verify_x.txt",
    "/MJ12_x.txt",
    "/have-i-been-pwned-verification.txt",
    "/shenma-site-verification.txt",
    "/tiktok0123abc.txt",
    "/tiktok-developers-site-verification.txt",
    "/buyers.json",
    "/verify_0123456789abcdef.html",
    "/0123456789abcdef_verification.html",
    "/verify-ownership.txt",
    "/siteverification.xml",
    "/verification.json",
    "/domain_verification.htm",
];

#[test]
fn ordinary_aliases_about_verification_are_allowed() {
    let site = Site::new("");
    let aliases = "aliases: [/how-to-verify-a-photo.html, /2019/verification.html, /verification/, /verified.html, \
                   /tiktok.html, /tiktok-verification-explained/, /a/buyers.json]\n";
    site.write("content/a.md", article("A", "2026-01-02", aliases));
    assert_eq!(site.findings(), [""; 0]);
}

#[test]
fn reserved_alias_names_are_errors() {
    for host in ["none", "github-pages", "netlify"] {
        for name in NAMES {
            let site = Site::new("");
            site.write(
                "site.toml",
                format!("{CONFIG}{LEAVE_OUT}[feeds]\nformats = []\n[host]\nkind = \"{host}\"\n"),
            );
            site.write("content/a.md", article("A", "2026-01-02", ""));
            site.write(
                "content/b.md",
                article("B", "2026-01-03", &format!("aliases:\n  - old\n  - \"{name}\"\n")),
            );
            let outcome = site.try_build();
            let found: Vec<String> =
                outcome.diagnostics.iter().map(|found| found.location.to_string()).collect();
            assert_eq!(found, ["content/b.md:11:5"], "{name}: {:?}", outcome.diagnostics);
            assert_eq!(outcome.summary.expect("published").stats.left_out, 1);
        }
    }
}

#[test]
fn reserved_aliases_of_pages_and_terms_are_errors() {
    for name in [".htaccess", "CNAME", "a/web.config"] {
        for (file, text) in [
            ("pages/p.md", "title: P\n"),
            ("topics/sea.md", "name: Sea\n"),
            ("providers/provider.example.md", "name: Provider\n"),
        ] {
            let site = Site::new("");
            site.write("content/a.md", article("A", "2026-01-02", "topics: [Sea]\n"));
            let text = format!("---\n{text}aliases: [{name}]\n---\n");
            site.write(&format!("content/{file}"), text);
            let outcome = site.try_build();
            let [found] = &outcome.diagnostics[..] else { panic!("{:#?}", outcome.diagnostics) };
            assert_eq!(found.location.to_string(), format!("content/{file}:3:11"), "{name}");
            assert!(found.message.starts_with("an alias cannot have the name"), "{found:?}");
            assert!(outcome.summary.is_none());
        }
    }
}

#[test]
fn reserved_names_are_allowed_in_static() {
    let names =
        [".htaccess", ".well-known/security.txt", "ads.txt", "sw.js", "cgi-bin/x", "404.html"];
    let site = Site::new("");
    site.write(
        "content/a.md",
        article("A", "2026-01-02", "aliases: [/wp/x.php, /2019/index.html]\n"),
    );
    for name in names {
        site.write(&format!("static/{name}"), name);
    }
    assert_eq!(site.findings(), [""; 0]);
    for name in names {
        assert_eq!(site.page(name), name);
    }
}

#[test]
fn reserved_slugs_are_errors() {
    let site = Site::new("");
    let slug = |slug: &str| {
        site.write("content/a.md", article("A", "2026-01-02", &format!("slug: {slug}\n")));
    };
    slug("web.config");
    assert_eq!(
        site.findings(),
        [
            "content/a.md:9:7: content/a.md needs the output name `web.config`, which is reserved: IIS reads it as the configuration of its folder"
        ]
    );
    slug("robots.txt");
    assert_eq!(site.findings(), [""; 0], "/news/2026/01/robots.txt/ is an address as any other");
    site.write("site.toml", format!("{CONFIG}permalink = \"/{{slug}}/\"\n"));
    assert!(
        site.findings()[0].contains("which is reserved: crawlers obey it"),
        "{:?}",
        site.findings()
    );
}

#[test]
fn reserved_categories_and_pages_are_left_out() {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}{LEAVE_OUT}"));
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("content/b.md", article("B", "2026-01-03", "category: cgi-bin\n"));
    site.write("content/pages/cname.md", "---\ntitle: C\n---\n");
    site.write("content/pages/server-status/x.md", "---\ntitle: S\n---\n");
    let outcome = site.try_build();
    let found: Vec<String> =
        outcome.diagnostics.iter().map(|found| found.location.to_string()).collect();
    assert_eq!(
        found,
        ["content/b.md:9:11", "content/pages/cname.md", "content/pages/server-status/x.md"]
    );
    assert_eq!(outcome.summary.expect("published").stats.left_out, 3);
    assert!(site.tree().keys().all(|path| !path.starts_with('c') && !path.starts_with("server")));
}

#[test]
fn reserved_permalinks_are_errors() {
    for (permalink, name) in [
        ("/_redirects/{slug}/", "_redirects"),
        ("/cgi-bin/{slug}/", "cgi-bin"),
        ("/CNAME/{slug}/", "CNAME"),
    ] {
        let site = Site::new("");
        site.write("site.toml", format!("{CONFIG}{LEAVE_OUT}permalink = \"{permalink}\"\n"));
        site.write("content/a.md", article("A", "2026-01-02", ""));
        let found = site.findings();
        let expected = format!("site.toml:5:13: `permalink` makes the name `{name}`: ");
        assert!(found.len() == 1 && found[0].starts_with(&expected), "{found:?}");
    }
}

#[test]
fn reserved_index_alias_does_not_hide_a_page() {
    let site = Site::new("");
    for alias in [
        "index.htm",
        "default.htm",
        "news/Index.HTM",
        "topics/index.html",
        "news/2026/01/a/default.htm",
    ] {
        site.write("content/a.md", article("A", "2026-01-02", &format!("aliases: [{alias}]\n")));
        let expected = format!("content/a.md:9:10: the alias `/{alias}/` is already in use");
        assert_eq!(site.findings(), [expected]);
    }
    site.write("content/a.md", article("A", "2026-01-02", "aliases: [old/index.htm]\n"));
    assert_eq!(site.findings(), [""; 0]);
}

#[test]
fn reserved_theme_assets_are_the_same_in_every_mode() {
    for preview in [false, true] {
        let mut site = Site::new("");
        site.overrides.preview = preview;
        site.write("site.toml", format!("{CONFIG}permalink = \"/{{category}}/{{slug}}/\"\n"));
        site.write(
            "content/a.md",
            article("A", "2026-01-02", "category: theme\nslug: style.css\n"),
        );
        site.write("content/b.md", article("B", "2026-01-02", "category: theme\n"));
        assert_eq!(
            site.findings(),
            [
                "content/a.md:10:7: content/a.md needs the output name `style.css`, which is reserved: \
                 it is the style sheet of the theme"
            ]
        );
    }
}

#[test]
fn reserved_page_names_get_a_remedy_of_pages() {
    let site = Site::new("");
    site.write("content/pages/cname.md", "---\ntitle: C\n---\n");
    let found = site.try_build().diagnostics;
    let error = found.iter().find(|found| found.is_error()).expect("error");
    assert_eq!(error.help.as_deref(), Some("rename the file or its folder"), "{error:?}");
}
