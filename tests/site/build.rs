//! What is published, and what a build does to the output folder.

use std::path::Path;

use newsgen::build::{self, BuildOptions, OutputOptions};
use walkdir::WalkDir;

use crate::fixture::{Site, article, attribute, messages, paths};

fn small_site() -> Site {
    let site = Site::new(
        "=== templates/marker.html\n\
         === static/images/a.svg\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n\
         === content/pages/about.md\n---\ntitle: About us\n---\n# Who\n\nWe are here.\n",
    );
    let more =
        "topics:\n  - AI\n  - C++\nimages:\n  - url: /images/a.svg\n    width: 3\n    height: 2\n";
    site.write("content/news/2026-01-02-first.md", article("First", "2026-01-02", more));
    site.write(
        "content/news/2026-02-03-second.md",
        article("Second", "2026-02-03", "topics: [AI]\ncategory: Opinion\n"),
    );
    site
}

#[test]
fn page_urls_by_kind() {
    let site = small_site();
    let summary = site.build();
    assert_eq!((summary.stats.articles, summary.stats.topics, summary.stats.providers), (2, 2, 1));
    // The names of assets hold digests.
    let plain = |path: String| if path.starts_with("theme/") { "theme/*".to_owned() } else { path };
    let paths: Vec<String> = site.tree().into_keys().map(plain).collect();
    let expected = [
        ".newsgen-files",
        "404.html",
        "about/index.html",
        "atom.xml",
        "feed.json",
        "images/a.svg",
        "index.html",
        "news/2026/01/first/index.html",
        "news/index.html",
        "opinion/2026/02/second/index.html",
        "opinion/index.html",
        "opml.xml",
        "providers/index.html",
        "providers/provider-example/atom.xml",
        "providers/provider-example/feed.json",
        "providers/provider-example/index.html",
        "providers/provider-example/rss.xml",
        "robots.txt",
        "rss.xml",
        "sitemap.xml",
        "theme/*",
        "theme/*",
        "theme/*",
        "topics/ai/atom.xml",
        "topics/ai/feed.json",
        "topics/ai/index.html",
        "topics/ai/rss.xml",
        "topics/c-plus-plus/atom.xml",
        "topics/c-plus-plus/feed.json",
        "topics/c-plus-plus/index.html",
        "topics/c-plus-plus/rss.xml",
        "topics/index.html",
    ];
    assert_eq!(paths, expected);
    assert_eq!(summary.files + 1, expected.len());
    let about = site.page("about/index.html");
    assert!(about.contains("<h1") && about.contains("<h2 id=\"who\">Who</h2>"), "{about}");
}

#[test]
fn base_url_path_prefixes_every_link() {
    let mut site = small_site();
    site.overrides.base_url = newsgen::config::parse_base_url("https://me.example/news/site");
    site.build();
    for (path, bytes) in site.tree() {
        if !path.ends_with(".html") {
            continue;
        }
        let html = String::from_utf8(bytes).expect("html");
        for attribute in ["href=\"/", "src=\"/"] {
            for rest in html.split(attribute).skip(1) {
                assert!(rest.starts_with("news/site/"), "{path}: {attribute}{}", &rest[..40]);
            }
        }
    }
    let page = site.page("news/2026/01/first/index.html");
    assert_eq!(
        attribute(&page, "og:image", "content"),
        Some("https://me.example/news/site/images/a.svg")
    );
    let list = site.page("topics/ai/index.html");
    assert_eq!(
        attribute(&list, "\"canonical\"", "href"),
        Some("https://me.example/news/site/topics/ai/")
    );
}

#[test]
fn second_build_writes_differences_only() {
    let site = small_site();
    let first = site.build().changes;
    assert_eq!(paths(&first.written), site.files());
    assert!(first.unchanged.is_empty() && first.removed.is_empty(), "{first:?}");
    let again = site.build().changes;
    assert_eq!(again.unchanged, first.written);
    assert!(again.is_empty(), "{again:?}");
    site.write("public/CNAME", "foreign");
    site.remove("content/news/2026-02-03-second.md");
    let third = site.build().changes;
    assert_eq!(paths(&third.removed), ["opinion/2026/02/second/index.html", "opinion/index.html"]);
    let tree = site.tree();
    assert!(!tree.keys().any(|path| path.starts_with("opinion")));
    assert!(!site.path("public/opinion").exists(), "empty folders are removed");
    assert_eq!(tree["CNAME"], b"foreign", "foreign files are kept");
}

#[test]
fn foreign_files_are_never_overwritten() {
    let site = small_site();
    site.write("public/mine.txt", "mine");
    assert!(
        site.findings()[0].ends_with("the output folder contains files that newsgen did not write")
    );
    site.remove("public/mine.txt");
    site.build();
    site.write("public/news/2026/03/third/index.html", "mine");
    site.write("content/news/2026-03-04-third.md", article("Third", "2026-03-04", ""));
    let before = site.tree();
    let findings = site.findings();
    assert!(
        findings[0].contains("public/news/2026/03/third/index.html: newsgen did not write this"),
        "{findings:?}"
    );
    assert_eq!(site.tree(), before, "a build with an error writes nothing");
}

#[test]
fn foreign_file_in_the_way_fails_before_writing() {
    let site = small_site();
    site.build();
    site.write("content/news/2026-04-04-fourth.md", article("Fourth", "2026-04-04", ""));
    for foreign in ["public/news/2026/04", "public/news/2026/04/fourth/index.html/deeper"] {
        site.write(foreign, "mine");
        let findings = site.findings();
        assert!(
            findings[0].contains(&format!("{foreign}: newsgen did not write this")),
            "{findings:?}"
        );
        site.remove(foreign);
    }
}

#[test]
fn page_can_become_a_folder_and_back() {
    let site = Site::new("=== content/pages/a.md\n---\ntitle: A\n---\n=== static/b\nfile\n");
    site.build();
    site.remove("static/b");
    site.write("static/b/c", "folder");
    site.build();
    assert_eq!(site.page("b/c"), "folder");
    site.remove("static/b/c");
    std::fs::remove_dir(site.path("static/b")).expect("folder");
    site.write("static/b", "file again");
    site.build();
    assert_eq!(site.page("b"), "file again");
}

#[test]
fn site_files_override_theme_files() {
    let site = small_site();
    site.write("static/404.html", "own 404");
    site.write("static/robots.txt", "own robots");
    site.write("static/theme/style.css", "own style");
    site.write("templates/page.html", "own {{ page.title }}|{{ site.title }}|{{ body | safe }}");
    site.build();
    assert_eq!(site.page("404.html"), "own 404");
    assert_eq!(site.page("robots.txt"), "own robots");
    let front = site.page("index.html");
    let style = attribute(&front, "rel=\"stylesheet\"", "href").expect("stylesheet");
    assert_eq!(site.page(style.trim_start_matches('/')), "own style");
    assert_eq!(
        site.page("about/index.html"),
        "own About us|The Test|<h2 id=\"who\">Who</h2>\n<p>We are here.</p>\n"
    );
}

#[test]
fn article_pages_modes_are_consistent() {
    let amp = "ampWebUrl: https://amp.provider.example/first\n";
    for (setting, canonical, amphtml, robots) in [
        (
            "source",
            "https://www.provider.example/first",
            Some("https://amp.provider.example/first"),
            None,
        ),
        ("self", "https://test.example/news/2026/01/first/", None, None),
        ("noindex", "https://test.example/news/2026/01/first/", None, Some("noindex,follow")),
    ] {
        let by_site = Site::new("");
        by_site.write(
            "site.toml",
            format!("{}article_pages = \"{setting}\"\n", crate::fixture::CONFIG),
        );
        by_site.write("content/first.md", article("First", "2026-01-02", amp));
        let by_article = Site::new("");
        by_article.write(
            "content/first.md",
            article("First", "2026-01-02", &format!("{amp}articlePages: {setting}\n")),
        );
        for site in [by_site, by_article] {
            site.build();
            let page = site.page("news/2026/01/first/index.html");
            assert_eq!(attribute(&page, "rel=\"canonical\"", "href"), Some(canonical));
            assert_eq!(attribute(&page, "rel=\"amphtml\"", "href"), amphtml);
            assert_eq!(attribute(&page, "name=\"robots\"", "content"), robots);
            assert!(
                page.contains(
                    "https://amp-provider-example.cdn.ampproject.org/c/s/amp.provider.example/first"
                ),
                "the visible link leads to the cached copy, which is derived"
            );
        }
    }
}

#[test]
fn third_party_text_is_escaped_everywhere() {
    let site = Site::new("");
    let evil = r#"title: "<script>alert(1)</script>\" onload=\"x"
excerpt: "A&#038;B &lt;img src=x&gt; {{ site.title }}"
publishedDateTime: 2026-01-02T10:00:00Z
originalUrl: "https://www.provider.example/a\"b<c>"
provider:
  name: "<b>Bold</b>"
  domain: provider.example
topics: ["<i>T</i>"]
featuredContent: "<iframe src=\"https://evil.example/\"></iframe>"
secured: "s3cret"
unheardOf: "never printed"
"#;
    site.write(
        "content/evil.md",
        format!("---\n{evil}---\n<script>alert(2)</script>\n\n[x](javascript:alert(3))\n"),
    );
    site.build();
    for (path, bytes) in site.tree() {
        // A quotation mark that JSON escapes ends nothing.
        let text = String::from_utf8_lossy(&bytes).replace("\\\"", "");
        for payload in [
            "<script>alert",
            "<b>Bold",
            "<i>T",
            "<img src=x",
            "s3cret",
            "never printed",
            "evil.example",
            "javascript:",
            "\" onload",
        ] {
            assert!(!text.contains(payload), "{path} holds {payload}");
        }
    }
    let page = site.page("news/2026/01/evil/index.html");
    assert!(page.contains("A&amp;B &lt;img src=x&gt; {{ site.title }}"), "{page}");
}

#[test]
fn html_has_no_blank_lines_but_in_verbatim_text() {
    let site = small_site();
    site.write(
        "content/code.md",
        format!("{}```\na\n\n\nb\n```\n", article("Code", "2026-01-05", "")),
    );
    site.build();
    for (path, bytes) in site.tree() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if path.ends_with(".html") && !text.contains("<pre>") {
            assert!(!text.contains("\n\n"), "{path}");
        }
    }
    assert!(site.page("news/2026/01/code/index.html").contains("a\n\n\nb"));
}

#[test]
fn crlf_and_bom_are_accepted() {
    let site = Site::new("");
    let plain = article("Plain", "2026-01-02", "");
    site.write("content/crlf.md", plain.replace('\n', "\r\n"));
    site.write("content/bom.md", format!("\u{feff}{}", plain.replace("Plain", "Bom")));
    site.write(
        "content/dots.md",
        plain.replace("Plain", "Dots").replace("example\n---\n", "example\n..."),
    );
    site.write("content/.hidden.md", "not a document");
    site.write("content/.hidden/a.md", "not a document");
    assert_eq!(site.build().stats.articles, 3);
    assert!(site.page("news/2026/01/crlf/index.html").contains(">Plain</h1>"));
}

#[test]
fn lists_are_numbered_from_the_oldest() {
    let site = Site::new("");
    site.write("site.toml", format!("{}per_page = 2\n", crate::fixture::CONFIG));
    for day in 1..=7 {
        site.write(
            &format!("content/a{day}.md"),
            article(&format!("Day {day}"), &format!("2026-01-0{day}"), "topics: [T]\n"),
        );
    }
    site.build();
    let titles = |path: &str| -> Vec<usize> {
        let page = site.page(path);
        (1..=7).filter(|day| page.contains(&format!(">Day {day}<"))).collect()
    };
    assert_eq!(titles("index.html"), [5, 6, 7]);
    assert_eq!(titles("page/2/index.html"), [3, 4]);
    assert_eq!(titles("page/1/index.html"), [1, 2]);
    assert_eq!(titles("topics/t/page/1/index.html"), [1, 2]);
    let before = site.tree();
    site.write("content/a8.md", article("Day 8", "2026-01-08", "topics: [T]\n"));
    site.build();
    let after = site.tree();
    for path in [
        "page/1/index.html",
        "topics/t/page/1/index.html",
        "news/page/1/index.html",
        "news/2026/01/a6/index.html",
    ] {
        assert_eq!(before[path], after[path], "{path} stays put");
    }
    assert_eq!(titles("page/3/index.html"), [5, 6], "an archive page is full");
}

#[test]
fn time_zone_dates_permalinks() {
    let site = Site::new("");
    site.write("site.toml", format!("{}time_zone = \"Asia/Tokyo\"\n", crate::fixture::CONFIG));
    site.write("content/a.md", article("Late", "2025-12-31", "").replace("T10:", "T20:"));
    site.build();
    let page = site.page("news/2026/01/a/index.html");
    assert!(
        page.contains("datetime=\"2026-01-01T05:00:00+09:00\"") && page.contains("1 January 2026"),
        "{page}"
    );
}

#[test]
fn symlinks_are_not_written_through() {
    let site = small_site();
    site.build();
    let elsewhere = tempfile::tempdir().expect("folder");
    std::fs::create_dir_all(elsewhere.path().join("02/second")).expect("folder");
    std::fs::write(elsewhere.path().join("02/second/index.html"), "precious").expect("write");
    std::fs::remove_dir_all(site.path("public/opinion/2026")).expect("remove");
    std::os::unix::fs::symlink(elsewhere.path(), site.path("public/opinion/2026")).expect("link");
    site.remove("content/news/2026-02-03-second.md");
    let findings = site.findings();
    assert!(
        findings[0].contains("public/opinion/2026: newsgen did not write this"),
        "{findings:?}"
    );
    let precious = std::fs::read_to_string(elsewhere.path().join("02/second/index.html"))
        .expect("still there");
    assert_eq!(precious, "precious");
}

#[test]
fn folder_in_place_of_a_page_fails_before_writing() {
    let site = small_site();
    site.build();
    site.remove("public/topics/index.html");
    site.write("public/topics/index.html/mine", "mine");
    site.write("site.toml", crate::fixture::CONFIG.replace("The Test", "Renamed"));
    let before = site.tree();
    assert!(
        site.findings()[0].contains("public/topics/index.html/mine: newsgen did not write this")
    );
    assert_eq!(site.tree(), before);
}

#[test]
fn leftovers_of_interrupted_build_are_cleaned() {
    let site = small_site();
    site.write("public/.newsgen-staging/0", "half a pa");
    site.build();
    assert!(!site.path("public/.newsgen-staging").exists());
}

#[test]
fn manifest_of_interrupted_build_is_accepted() {
    for (now, other) in [("static/x", "x/y"), ("static/x/y", "x")] {
        let site = small_site();
        site.write(now, "x");
        site.build();
        let list = site.page(".newsgen-files");
        let line = list.lines().find(|line| line.ends_with(&now["static/".len()..])).expect("line");
        let other_line = line.replace(&now["static/".len()..], other);
        site.write("public/.newsgen-files", list.replace(line, &format!("{line}\n{other_line}")));
        site.write("content/a.md", article("Another", "2026-01-02", ""));
        site.build();
        assert_eq!(site.tree(), site.clean_tree(), "{now}");
    }
}

#[test]
fn empty_output_folder_survives_failed_build() {
    let site = small_site();
    std::fs::create_dir(site.path("public")).expect("folder");
    site.write("templates/404.html", "{{ nothing }}");
    assert!(site.try_build().summary.is_none());
    assert!(site.path("public").exists());
}

#[test]
fn raw_html_links_get_the_base_path() {
    let mut site = Site::new("");
    site.overrides.base_url = newsgen::config::parse_base_url("https://me.example/news/");
    let body = "<a href=\"/about/\">x</a> <img src=\"http://a.example/b.png\"> <a href=\"//evil.example\">y</a> <h1>z</h1>\n";
    site.write("content/a.md", article("A", "2026-01-02", "") + body);
    site.build();
    let page = site.page("news/2026/01/a/index.html");
    assert!(
        page.contains("href=\"/news/about/\"") && page.contains("src=\"https://a.example/b.png\""),
        "{page}"
    );
    assert!(!page.contains("evil.example") && page.matches("<h1").count() == 1, "{page}");
}

#[test]
fn social_cards_match_the_page() {
    let site = Site::new("");
    for (name, image) in [
        ("large", "images: [{url: 'https://a.example/x.jpg', width: 1200, height: 630}]\n"),
        ("small", "images: [{url: 'https://a.example/x.jpg', width: 1200, height: 100}]\n"),
        ("unknown", "images: [{url: 'https://a.example/x.jpg'}]\n"),
        ("none", ""),
    ] {
        site.write(
            &format!("content/{name}.md"),
            article(name, "2026-01-02", &format!("topics: [A, \"B & C\"]\n{image}")),
        );
    }
    site.build();
    let card = |name: &str| {
        let page = site.page(&format!("news/2026/01/{name}/index.html"));
        attribute(&page, "twitter:card", "content").expect("card").to_owned()
    };
    assert_eq!(
        ["large", "small", "unknown", "none"].map(card),
        ["summary_large_image", "summary", "summary_large_image", "summary"]
    );
    let page = site.page("news/2026/01/large/index.html");
    assert!(page.contains("<meta property=\"article:tag\" content=\"B &amp; C\">"), "{page}");
    assert_eq!(
        attribute(&page, "og:url", "content"),
        attribute(&page, "rel=\"canonical\"", "href")
    );
}

#[test]
fn site_of_benches_builds() {
    let site = small_site();
    site.remove("templates/marker.html");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/site");
    for entry in WalkDir::new(&folder) {
        let entry = entry.expect("entry");
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(&folder).expect("inside");
            let content = std::fs::read(entry.path()).expect("read");
            site.write(path.to_str().expect("UTF-8"), content);
        }
    }
    site.build();
    for page in ["index.html", "topics/ai/index.html"] {
        assert!(site.page(page).contains("<article class=\"summary\">"), "{page}");
    }
}

#[test]
fn output_in_the_place_of_other_files_of_newsgen_is_refused() {
    for (folder, name) in [
        (".newsgen", ".newsgen"),
        (".newsgen/x", ".newsgen"),
        ("addresses.lock", "addresses.lock"),
        ("site.toml", "site.toml"),
    ] {
        let site = Site::new("");
        site.write("content/a.md", article("A", "2026-01-02", ""));
        let options = site.options();
        for check_only in [false, true] {
            let output =
                OutputOptions { folder: site.path(folder), check_only, ..options.output.clone() };
            let outcome = build::build(&BuildOptions { output, ..options.clone() }, &|_| {});
            let found = messages(&outcome.diagnostics);
            let expected = format!("the output folder must not overlap the site's `{name}`");
            assert!(found.iter().any(|found| found.contains(&expected)), "{folder}: {found:?}");
            assert!(outcome.summary.is_none());
        }
    }
}
