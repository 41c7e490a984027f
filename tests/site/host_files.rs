//! Files for hosts, and the limits of hosts.

use chrono::Duration;
use newsgen::build::{self, BuildOptions, COLLECTING, OutputOptions};

use crate::fixture::{CONFIG, Site, article, attribute, instant, messages, paths};

const STYLE: &str = "rel=\"stylesheet\"";

fn site(host: &str) -> Site {
    let site =
        Site::new("=== content/pages/about.md\n---\ntitle: About\naliases: [/who.html]\n---\n");
    site.write("site.toml", format!("{CONFIG}[host]\nkind = \"{host}\"\n"));
    let more = "topics: [Sea]\naliases: [/2019/old one/, old-two]\n";
    site.write("content/a.md", article("A", "2026-01-02", more));
    site.write("content/topics/sea.md", "---\nname: Sea\naliases: [topics/ocean]\n---\n");
    site
}

/// The findings of `newsgen check`.
fn checked(site: &Site) -> Vec<String> {
    let options = site.options();
    let output = OutputOptions { check_only: true, ..options.output.clone() };
    let outcome = build::build(&BuildOptions { output, ..options }, &|_| {});
    messages(&outcome.diagnostics)
}

#[test]
fn host_files_by_kind() {
    for (host, expected) in [
        ("none", &[][..]),
        ("bucket", &[]),
        ("github-pages", &[".nojekyll", "CNAME"]),
        ("cloudflare-pages", &["_headers", "_redirects"]),
        ("netlify", &["_headers", "_redirects"]),
    ] {
        let site = site(host);
        site.build();
        let all = [".nojekyll", "CNAME", "_headers", "_redirects"];
        let found: Vec<&str> = all.into_iter().filter(|path| site.has(path)).collect();
        assert_eq!(found, expected, "{host}");
        assert!(site.has("404.html"));
        assert_eq!(checked(&site), [""; 0], "{host}");
    }
}

#[test]
fn github_domain_needs_no_cname() {
    let site = site("github-pages");
    site.build();
    assert_eq!(site.page("CNAME"), "test.example\n");
    site.write(
        "site.toml",
        CONFIG.replace("test.example/", "me.github.io/news/") + "[host]\nkind = \"github-pages\"\n",
    );
    site.build();
    assert!(!site.has("CNAME"));
    site.write("static/CNAME", "own.example\n");
    site.build();
    assert_eq!(site.page("CNAME"), "own.example\n");
}

#[test]
fn cname_claims_custom_domains_only() {
    for url in ["https://me.example/repository/", "https://test.example:8443/", "http://127.0.0.1/"]
    {
        let site = site("github-pages");
        let config = CONFIG.replace("https://test.example/", url);
        site.write("site.toml", config + "[host]\nkind = \"github-pages\"\n");
        site.build();
        assert!(!site.has("CNAME"), "{url}");
    }
}

#[test]
fn base_path_on_root_only_host_is_a_warning() {
    for host in ["cloudflare-pages", "netlify"] {
        let site = site(host);
        let config = CONFIG.replace("test.example/", "test.example/sub/");
        site.write("site.toml", config + &format!("[host]\nkind = \"{host}\"\n"));
        let findings = site.findings();
        assert!(
            findings.len() == 1
                && findings[0].starts_with("site.toml: `base_url` has the path `/sub/`, but"),
            "{findings:?}"
        );
    }
}

/// The rules of `_headers` for `kind`, each with its pattern, and the path of the stylesheet.
fn header_rules(kind: &str) -> (Vec<String>, String) {
    let site = site(kind);
    site.build();
    let style = attribute(&site.page("index.html"), STYLE, "href").expect("stylesheet").to_owned();
    let headers = site.page("_headers").replace("\n  ", " ");
    (headers.lines().map(str::to_owned).collect(), style)
}

const FOR_ALL: &str = "/* Content-Security-Policy: frame-ancestors 'self' Referrer-Policy: strict-origin-when-cross-origin \
    X-Content-Type-Options: nosniff";

#[test]
fn headers_file_sets_caching_and_types() {
    let (rules, style) = header_rules("cloudflare-pages");
    for rule in [
        FOR_ALL,
        &format!("{style} Cache-Control: public, max-age=31536000, immutable"),
        "/ Cache-Control: public, max-age=60",
        "/*/ Cache-Control: public, max-age=60",
        "/feed.json Content-Type: application/feed+json; charset=utf-8",
        "/*/atom.xml Content-Type: application/xml; charset=utf-8",
        "/opml.xml Content-Type: text/x-opml; charset=utf-8",
    ] {
        assert!(rules.iter().any(|found| found == rule), "{rule}\n{rules:#?}");
    }
}

#[test]
fn netlify_headers_have_one_rule() {
    let (rules, style) = header_rules("netlify");
    assert_eq!(rules.iter().filter(|rule| rule.contains('*')).collect::<Vec<_>>(), [FOR_ALL]);
    for rule in [
        &*format!("{style} Cache-Control: public, max-age=31536000, immutable"),
        "/feed.json Content-Type: application/feed+json; charset=utf-8",
        "/topics/sea/atom.xml Content-Type: application/xml; charset=utf-8",
        "/opml.xml Content-Type: text/x-opml; charset=utf-8",
    ] {
        assert!(rules.iter().any(|found| found == rule), "{rule}\n{rules:#?}");
    }
    assert!(rules.iter().all(|rule| !rule.contains("max-age=60")), "{rules:#?}");
}

#[test]
fn aliases_redirect() {
    let lines = "/2019/old%20one /news/2026/01/a/ 301\n/2019/old%20one/ /news/2026/01/a/ 301\n\
        /old-two /news/2026/01/a/ 301\n/old-two/ /news/2026/01/a/ 301\n\
        /topics/ocean /topics/sea/ 301\n/topics/ocean/ /topics/sea/ 301\n/who.html /about/ 301\n";
    let site = site("cloudflare-pages");
    site.build();
    assert_eq!(site.page("_redirects"), lines);
    assert!(!site.has("old-two/index.html"));
    site.write("site.toml", CONFIG.replace("test.example/", "test.example/sub/"));
    site.build();
    for (path, to) in [
        ("2019/old one/index.html", "news/2026/01/a/"),
        ("old-two/index.html", "news/2026/01/a/"),
        ("topics/ocean/index.html", "topics/sea/"),
        ("who.html", "about/"),
    ] {
        let page = site.page(path);
        assert_eq!(
            attribute(&page, "http-equiv=\"refresh\"", "content"),
            Some(&*format!("0; url=/sub/{to}"))
        );
        let canonical = attribute(&page, "rel=\"canonical\"", "href");
        assert_eq!(canonical, Some(&*format!("https://test.example/sub/{to}")), "{page}");
    }
    let sitemap = site.page("sitemap.xml");
    assert!(!sitemap.contains("old-two") && !sitemap.contains("who.html"), "{sitemap}");
}

#[test]
fn host_rules_are_percent_encoded() {
    let site = site("cloudflare-pages");
    let aliases = "aliases: [\"/0,1518,99.html\", \"it's (old)\", b/index.html, C.HTML, \"99%\"]\n";
    site.write("content/a.md", article("A", "2026-01-02", aliases));
    site.write("content/topics/sea.md", "---\nname: Sea\n---\n");
    site.build();
    let rules = site.page("_redirects");
    let from: Vec<&str> = rules.lines().filter_map(|line| line.split(' ').next()).collect();
    let expected = [
        "/0,1518,99.html",
        "/99%25",
        "/99%25/",
        "/b",
        "/b/",
        "/b/index.html",
        "/C.HTML",
        "/it's%20(old)",
        "/it's%20(old)/",
        "/who.html",
    ];
    assert_eq!(from, expected);
}

#[test]
fn alias_is_not_percent_encoded() {
    let site = site("none");
    site.write("content/b.md", article("B", "2026-01-03", "aliases: [caf%C3%A9]\n"));
    assert_eq!(site.findings(), ["content/b.md:9:11: `caf%C3%A9` is not a path on this site"]);
}

#[test]
fn alias_conflicts_are_errors() {
    for host in ["none", "netlify"] {
        let site = site(host);
        site.write("content/b.md", article("B", "2026-01-03", "aliases: [/about/, /old-two/]\n"));
        let findings = site.findings();
        let expected = ["/about/", "/old-two/"]
            .map(|alias| format!("content/b.md:9:10: the alias `{alias}` is already in use"));
        assert_eq!(findings, expected, "{host}");
        for alias in ["About", "INDEX.html", "OLD-two"] {
            site.write(
                "content/b.md",
                article("B", "2026-01-03", &format!("aliases: [{alias}]\n")),
            );
            let found = site.findings();
            let expected = format!("the alias `/{alias}/` is already in use");
            assert!(found.len() == 1 && found[0].ends_with(&expected), "{alias}: {found:#?}");
        }
        for alias in ["index.html/x", "robots.txt/a", "CNAME", ".nojekyll/x", ".newsgen-files"] {
            site.write(
                "content/b.md",
                article("B", "2026-01-03", &format!("aliases: [{alias}]\n")),
            );
            let found = site.findings();
            let expected = "content/b.md:9:11: an alias cannot have the name `";
            assert!(found.len() == 1 && found[0].starts_with(expected), "{alias}: {found:#?}");
        }
        site.write(
            "content/b.md",
            article("B", "2026-01-03", "aliases: [x.html, x.html/y, a/z.html]\n"),
        );
        assert_eq!(site.findings().len(), 1, "of one another");
        site.write("static/docs.html/a.txt", "a");
        site.write("content/b.md", article("B", "2026-01-03", "aliases: [docs.html]\n"));
        assert!(
            site.findings()[0].starts_with("content/b.md:9:10: the alias `/docs.html/`"),
            "a folder"
        );
        site.write(
            "content/b.md",
            article("B", "2026-01-03", "aliases: [../x, /a//b, 'http://a.example/', /]\n"),
        );
        let found = site.findings();
        let is_refused = |finding: &String| {
            finding.starts_with("content/b.md:9:")
                && finding.ends_with("is not a path on this site")
        };
        assert!(found.len() == 4 && found.iter().all(is_refused), "{found:#?}");
    }
}

#[test]
fn conflicting_alias_can_be_left_out() {
    let site = site("none");
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    site.write("content/b.md", article("B", "2026-01-03", "aliases: [index.html, /free/]\n"));
    let summary = site.build();
    assert_eq!((summary.stats.left_out, summary.stats.left_out_aliases), (0, 1));
    assert!(site.page("index.html").contains("The Test") && site.has("free/index.html"));
    let many: Vec<String> = (0..51).map(|number| format!("x{number}")).collect();
    site.write(
        "content/b.md",
        article("B", "2026-01-03", &format!("aliases: [{}]\n", many.join(", "))),
    );
    assert_eq!(site.findings(), ["content/b.md:9:10: too many `aliases`: 51 (limit 50)"]);
    let long = ["a".repeat(200), "b".repeat(200)].join("/");
    site.write("content/b.md", article("B", "2026-01-03", &format!("aliases: [{long}]\n")));
    assert_eq!(
        site.findings(),
        ["content/b.md:9:11: this alias is too long: 401 bytes (limit 300)"]
    );
}

#[test]
fn static_redirects_file_warns_about_aliases() {
    let site = site("netlify");
    site.write("static/_redirects", "/x /y 302\n");
    site.build();
    assert_eq!(site.page("_redirects"), "/x /y 302\n");
    let findings = site.findings();
    assert!(
        findings[0].starts_with("static/_redirects: this file overrides the 4 redirects"),
        "{findings:?}"
    );
}

#[test]
fn alias_edit_updates_redirects() {
    let site = site("none");
    site.build();
    site.write("content/a.md", article("A", "2026-01-02", "topics: [Sea]\naliases: [old-three]\n"));
    let changes = site.build().changes;
    assert_eq!(paths(&changes.written), ["old-three/index.html"]);
    assert_eq!(paths(&changes.removed), ["2019/old one/index.html", "old-two/index.html"]);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn asset_names_are_fingerprinted() {
    let mut site = site("none");
    site.build();
    let front = site.page("index.html");
    let style = attribute(&front, STYLE, "href").expect("stylesheet").to_owned();
    assert!(
        style.starts_with("/theme/style.")
            && style.len() == "/theme/style.0123456789abcdef.css".len()
    );
    let integrity = attribute(&front, STYLE, "integrity").expect("integrity");
    assert!(integrity.starts_with("sha384-") && integrity.len() == 71, "{integrity}");
    site.write("static/theme/style.css", "own{}");
    let changes = site.build().changes;
    let front = site.page("index.html");
    let own = attribute(&front, STYLE, "href").expect("stylesheet");
    assert_ne!(own, style);
    assert_eq!(site.page(&own[1..]), "own{}");
    assert_eq!(paths(&changes.removed), [&style[1..]]);
    assert!(!site.has("theme/style.css"));
    assert_eq!(site.tree(), site.clean_tree());
    // The digest of `own{}` was computed by another program.
    let expected = "sha384-9TAJ2G5Tn+qmYMOTuyNyUtSCaCdTYQ6EwWdwPFbruzcpFt/3/tI9N9MRPK1MQCnY";
    assert_eq!(attribute(&front, STYLE, "integrity"), Some(expected));
    site.overrides.preview = true;
    site.build();
    let front = site.page("index.html");
    assert_eq!(
        (attribute(&front, STYLE, "href"), front.contains("integrity")),
        (Some("/theme/style.css"), false)
    );
    site.write("static/theme/style.css", "edited{}");
    assert_eq!(paths(&site.build().changes.written), ["theme/style.css"]);
}

#[test]
fn unfingerprinted_asset_link_is_a_warning() {
    let site = site("none");
    site.write(
        "templates/404.html",
        "<link href=\"{{ site.root }}theme/style.css\">{{ site.assets[\"theme/style.css\"].url }}",
    );
    assert_eq!(
        site.findings(),
        ["templates/404.html:1:28: theme/style.css is published under a fingerprinted name"]
    );
}

#[test]
fn host_limits_stop_the_build() {
    let mut site = site("cloudflare-pages");
    let config = format!("{CONFIG}[host]\nkind = \"cloudflare-pages\"\nmax_files = ");
    let count = site.build().files;
    let before = site.tree();
    site.write("content/b.md", article("B", "2026-01-03", ""));
    site.write("site.toml", format!("{config}{count}\n"));
    let expected =
        format!("site.toml: too many files: {} (Cloudflare Pages allows {count})", count + 1);
    assert_eq!(checked(&site), [&*expected]);
    for _ in 0..2 {
        let outcome = site.try_build();
        assert!(outcome.summary.is_none(), "{outcome:?}");
        assert_eq!(site.findings(), [&*expected]);
        assert_eq!(site.tree(), before, "the published site is unchanged");
    }
    site.overrides.preview = true;
    assert_eq!(site.findings(), [""; 0], "previews have no limits");
    site.overrides.preview = false;
    site.write("site.toml", format!("{config}{}\n", count + 1));
    assert_eq!(checked(&site), [""; 0]);
    site.write("static/_headers", "/a\n  A: b\n".repeat(101));
    assert_eq!(checked(&site), ["_headers: too many rules: 101 (Cloudflare Pages allows 100)"]);
}

#[test]
fn host_limits_apply_to_incremental_builds() {
    let site = site("cloudflare-pages");
    let config =
        format!("{CONFIG}[host]\nkind = \"cloudflare-pages\"\n[limits]\ndocument = 30000000\n");
    site.write("site.toml", config);
    site.build();
    let before = site.tree();
    let body = "word ".repeat((25 << 20) / "word ".len());
    site.write(
        "content/a.md",
        article("A", "2026-01-02", "topics: [Sea]\naliases: [/2019/old one/, old-two]\n") + &body,
    );
    let outcome = site.try_build();
    assert!(outcome.summary.is_none(), "{:?}", outcome.diagnostics);
    assert!(
        outcome.diagnostics[0].message.ends_with("(Cloudflare Pages allows 26214400)"),
        "{outcome:?}"
    );
    assert_eq!(site.tree(), before);
}

#[test]
fn target_folder_counts_toward_path_limits() {
    let site = site("bucket");
    let config = |folder: &str| {
        format!("{CONFIG}[host]\nkind = \"bucket\"\n[deploy.live]\nurl = \"s3://b/{folder}\"\n")
    };
    site.write("site.toml", config("x"));
    site.build();
    let longest = site.tree().keys().map(String::len).max().expect("path");
    site.write("site.toml", config(&"x".repeat(1023 - longest)));
    assert_eq!(checked(&site), [""; 0]);
    site.write("site.toml", config(&"x".repeat(1024 - longest)));
    let found = checked(&site);
    assert!(
        found.len() == 1
            && found[0].ends_with("too many bytes in its path: 1025 (a bucket allows 1024)"),
        "{found:?}"
    );
}

/// A site of four articles, one of each day before noon of 1 June, of which the oldest is this
/// site's own, and whose page is to be there.
fn dated_site(article_html: &str) -> Site {
    let site = Site::new("");
    site.write(
        "site.toml",
        format!("{CONFIG}article_html = \"{article_html}\"\nper_page = 1\nrelated_count = 4\n"),
    );
    for day in 1..=4 {
        let more = if day == 1 { "articlePages: self\n" } else { "articlePages: source\n" };
        let more = format!("topics: [Sea]\naliases: [old-{day}]\n{more}");
        site.write(
            &format!("content/{day}.md"),
            article(&format!("D{day}"), &format!("2026-05-2{day}"), &more) + "A note.\n",
        );
    }
    site
}

#[test]
fn articles_without_pages_link_to_originals() {
    for (setting, pages) in
        [("all", "1234"), ("recent 10 days", "1234"), ("recent 8 days", "14"), ("none", "1")]
    {
        let site = dated_site(setting);
        site.build();
        for day in 1..=4 {
            let path = format!("news/2026/05/{day}/index.html");
            let has_page = pages.contains(&day.to_string());
            assert_eq!(site.has(&path), has_page, "{setting} {day}");
            assert_eq!(site.has(&format!("old-{day}/index.html")), has_page, "{setting} {day}");
            let link = if has_page {
                format!("href=\"/news/2026/05/{day}/\"")
            } else {
                format!("href=\"https://www.provider.example/d{day}\" rel=\"noopener nofollow\"")
            };
            let closed = site.tree().into_iter().find(|(path, page)| {
                path.starts_with("page/") && String::from_utf8_lossy(page).contains(&link)
            });
            assert!(closed.is_some() || site.page("index.html").contains(&link), "{setting} {day}");
        }
        let feed = site.page("feed.json");
        let symlink_escapes_root = feed.contains("\"url\":\"https://www.provider.example/d2\"");
        assert_eq!(symlink_escapes_root, !pages.contains('2'), "{feed}");
        let sitemap = site.page("sitemap.xml");
        assert!(
            sitemap.contains("/news/2026/05/1/") && !sitemap.contains("provider.example"),
            "{sitemap}"
        );
        for (path, page) in site.tree().into_iter().filter(|(path, _)| path.ends_with(".html")) {
            let page = String::from_utf8(page).expect("HTML");
            for href in page.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()) {
                let file = if href.is_empty() || href.ends_with('/') {
                    format!("{href}index.html")
                } else {
                    href.to_owned()
                };
                assert!(site.has(&file), "{path} leads to {href}");
            }
        }
        assert_eq!(site.tree(), site.clean_tree());
    }
}

#[test]
fn article_html_recent_removes_old_pages() {
    let mut site = dated_site("recent 10 days");
    let summary = site.build();
    assert_eq!(
        summary.next_change,
        Some(instant("2026-06-02T00:00:00Z")),
        "when the page of 22 May expires"
    );
    site.overrides.now = instant("2026-06-01T23:59:59Z");
    assert!(site.build().changes.is_empty());
    site.overrides.now += Duration::seconds(1);
    let changes = site.build().changes;
    assert!(
        changes.removed.iter().any(|path| &**path == "news/2026/05/2/index.html"),
        "{changes:?}"
    );
    assert_eq!(site.tree(), site.clean_tree());
    // If the clock is set back, it returns.
    site.overrides.now = instant("2026-06-01T12:00:00Z");
    site.build();
    assert!(site.has("news/2026/05/2/index.html"));
}

#[test]
fn edit_with_pageless_articles_is_incremental() {
    let site = dated_site("recent 8 days");
    site.build();
    site.write(
        "content/4.md",
        article("D4", "2026-05-24", "topics: [Sea]\naliases: [old-4]\narticlePages: source\n")
            + "A note.\n\nNew body.\n",
    );
    let (summary, stages) = site.build_in_stages();
    assert_eq!(paths(&summary.changes.written), ["news/2026/05/4/index.html"]);
    assert!(!stages.contains(COLLECTING), "{stages:?}");
    assert_eq!(site.tree(), site.clean_tree());
}
