//! Years, months and days of the archive, day headings, and the previous and next story.

use std::collections::BTreeSet;

use crate::fixture::{CONFIG, Site, Tree, article, attribute, messages, rendered};

const ARCHIVES: &str = "archives = true\n";

fn site_with(settings: &str, days: &[&str]) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}{settings}"));
    for (index, day) in days.iter().enumerate() {
        add(&site, index, day);
    }
    site
}

/// Adds an article, a minute later in its day than the one before.
fn add(site: &Site, index: usize, day: &str) {
    site.write(
        &format!("content/n{index}.md"),
        article(&format!("N{index}"), day, "").replace("T10:00:", &format!("T10:{index:02}:")),
    );
}

/// The pages of years, months and days.
fn periods(tree: &Tree) -> Vec<&str> {
    tree.keys().map(String::as_str).filter(|path| path.starts_with("20")).collect()
}

#[test]
fn years_months_and_days_have_pages_if_the_site_wants_them() {
    let days = ["2025-12-31", "2026-01-02", "2026-01-02", "2026-01-30"];
    let site = site_with("", &days);
    site.build();
    assert_eq!(periods(&site.tree()), [""; 0]);
    assert!(!site.page("index.html").contains("archive"));

    site.write("site.toml", format!("{CONFIG}{ARCHIVES}"));
    site.build();
    let tree = site.tree();
    assert_eq!(tree, site.clean_tree());
    let paths = [
        "2025/12/31/index.html",
        "2025/12/index.html",
        "2025/index.html",
        "2026/01/02/index.html",
        "2026/01/30/index.html",
        "2026/01/index.html",
        "2026/index.html",
    ];
    assert_eq!(periods(&tree), paths);

    let year = site.page("2026/index.html");
    assert!(year.contains("<title>Stories of 2026 - The Test</title>"), "{year}");
    assert!(year.contains("<a href=\"/2026/01/\">January 2026</a>"), "{year}");
    assert!(year.contains("<a class=\"older\" href=\"/2025/\" rel=\"next\">2025</a>"), "{year}");
    assert!(!site.page("2025/index.html").contains("/2026/"));

    let month = site.page("2026/01/index.html");
    assert!(month.contains("<h1>Stories of January 2026</h1>"), "{month}");
    let order: Vec<usize> =
        [">30 January 2026</a></h2>", ">N3<", ">2 January 2026</a></h2>", ">N1<"]
            .map(|text| month.find(text).unwrap_or_else(|| panic!("{text}: {month}")))
            .into();
    assert!(order.is_sorted(), "{order:?}");
    assert!(month.contains("<a class=\"older\" href=\"/2025/12/\" rel=\"next\">December 2025</a>"));

    let day = site.page("2026/01/02/index.html");
    assert!(day.contains("<bdi>Stories of 2 January 2026</bdi></h1>"), "{day}");
    assert!(day.contains(">N1</a></h2>") && day.contains(">N2</a></h2>") && !day.contains(">N3<"));
    assert!(day.contains("<li><a href=\"/2026/\">2026</a></li>"), "{day}");
    assert!(day.contains("<li><a href=\"/2026/01/\">January 2026</a></li>"), "{day}");
    assert!(day.contains("<a class=\"older\" href=\"/2025/12/31/\" rel=\"next\">"), "{day}");
    assert!(!day.contains("/2026/01/30/") && !day.contains("class=\"follow\""), "{day}");
    assert!(day.contains("\"@type\":\"ItemList\"") && day.contains("\"numberOfItems\":2"));
    let canonical = "<link rel=\"canonical\" href=\"https://test.example/2026/01/02/\">";
    assert!(day.contains(canonical) && !day.contains("name=\"robots\""));

    let front = site.page("index.html");
    assert!(
        front
            .contains("<li><a href=\"/2026/\">2026</a></li>\n<li><a href=\"/2025/\">2025</a></li>")
    );
    assert!(front.contains("id=\"_archive\""));
    assert!(site.page("topics/index.html").contains("<a href=\"/#_archive\">Archive</a>"));
    let sitemap = site.page("sitemap.xml");
    for path in &paths {
        let url = path.trim_end_matches("index.html");
        assert!(sitemap.contains(&format!("<loc>https://test.example/{url}</loc>")), "{url}");
    }
    assert!(site.page("news/2026/01/n1/index.html").contains("href=\"/2026/01/02/\""));
    assert!(!tree.keys().any(|path| path.starts_with("20") && path.ends_with(".xml")));
}

#[test]
fn archives_are_below_the_path_of_the_site() {
    let site = site_with(ARCHIVES, &["2026-01-02"]);
    site.write(
        "site.toml",
        CONFIG.replace("test.example/\"\nid", "test.example/sub/\"\nid") + ARCHIVES,
    );
    site.build();
    for (path, link) in [
        ("index.html", "/sub/2026/"),
        ("2026/index.html", "/sub/2026/01/"),
        ("2026/01/index.html", "/sub/2026/01/02/"),
        ("2026/01/02/index.html", "/sub/#_archive"),
    ] {
        assert!(site.page(path).contains(&format!("href=\"{link}\"")), "{path}");
    }
}

/// The files that a build writes for one more article, without those of the article itself.
fn written_for_new_article(settings: &str, before: &[&str], new: &str) -> BTreeSet<String> {
    let site = site_with(settings, before);
    site.build();
    add(&site, before.len(), new);
    let summary = site.build();
    assert_eq!(site.tree(), site.clean_tree());
    rendered(&summary).into_iter().map(str::to_owned).collect()
}

#[test]
fn new_article_changes_at_most_three_more_files() {
    let ended = ["2025-11-30", "2025-12-30", "2025-12-31"];
    let many = ["2026-01-02"; 9];
    for (before, new, expected) in [
        (&ended[..], "2025-12-31", vec!["2025/12/31/", "2025/12/", "news/2025/12/n2/"]),
        (&ended, "2026-01-01", vec!["2026/01/01/", "2026/01/", "2026/"]),
        (&ended[..2], "2025-12-31", vec!["2025/12/31/", "2025/12/", "news/2025/12/n1/"]),
        (&ended[..1], "2025-12-31", vec!["2025/12/31/", "2025/12/", "2025/"]),
        (&many, "2026-01-02", vec!["2026/01/02/", "2026/01/", "news/2026/01/n8/"]),
    ] {
        let with = written_for_new_article(&format!("{ARCHIVES}per_page = 2\n"), before, new);
        let without = written_for_new_article("per_page = 2\n", before, new);
        let own = format!("/n{}/", before.len());
        let is_of_archives = |path: &&String| path.starts_with("20");
        let is_of_another_article =
            |path: &&String| path.starts_with("news/20") && !path.contains(&own);
        let changed: BTreeSet<String> = with
            .iter()
            .filter(|path| is_of_archives(path) || is_of_another_article(path))
            .cloned()
            .collect();
        let expected: BTreeSet<String> =
            expected.into_iter().map(|folder| format!("{folder}index.html")).collect();
        assert_eq!(changed, expected, "{new}");
        assert!(with.difference(&without).all(|path| is_of_archives(&path)), "{new}: {with:?}");
        assert!(without.is_subset(&with), "{new}");
    }
}

#[test]
fn newer_articles_change_no_past_day() {
    let past = ["2026-01-30", "2026-01-31", "2026-01-31"];
    let site = site_with(&format!("{ARCHIVES}per_page = 1\n"), &past);
    site.build();
    let before = site.tree();
    add(&site, 3, "2026-02-01");
    add(&site, 4, "2026-02-02");
    site.build();
    let after = site.tree();
    let of_past = |path: &str| {
        path.starts_with("2026/01")
            || path.starts_with("news/2026/01/")
            || path == "page/1/index.html"
    };
    let mut count = 0;
    for (path, bytes) in before.iter().filter(|(path, _)| of_past(path)) {
        assert!(after[path] == *bytes, "{path}");
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn days_are_those_of_the_time_zone() {
    let settings = format!("{ARCHIVES}time_zone = \"Asia/Tokyo\"\n");
    let site = site_with(&settings, &[]);
    for (name, time) in [("a", "2025-12-31T14:59:59Z"), ("b", "2025-12-31T15:00:00Z")] {
        let text = article(name, "2026-01-01", "").replace("2026-01-01T10:00:00Z", time);
        site.write(&format!("content/{name}.md"), text);
    }
    let date_only = article("c", "2026-01-03", "").replace("T10:00:00Z", "");
    site.write("content/c.md", date_only);
    site.build();
    let days: Vec<String> = periods(&site.tree())
        .into_iter()
        .filter_map(|path| path.strip_suffix("/index.html").filter(|day| day.len() == 10))
        .map(str::to_owned)
        .collect();
    assert_eq!(days, ["2025/12/31", "2026/01/01", "2026/01/03"]);
    assert!(site.page("2026/01/01/index.html").contains(">b</a></h2>"));
}

#[test]
fn article_at_the_address_of_a_day_is_an_error() {
    let permalink = "permalink = \"/{year}/{month}/{slug}/\"\n";
    let site = site_with(&format!("{ARCHIVES}{permalink}"), &["2026-01-02"]);
    site.build();
    assert!(site.has("2026/01/n0/index.html") && site.has("2026/01/02/index.html"));
    site.write("content/02.md", article("Two", "2026-01-05", ""));
    let message = "content/02.md: content/02.md and the site's own page 2026/01/02/index.html both need the output path 2026/01/02/index.html";
    assert_eq!(site.findings(), [message]);
    // A site that does not want archives has no such page.
    site.write("site.toml", format!("{CONFIG}{permalink}"));
    site.build();
    assert!(site.page("2026/01/02/index.html").contains("Two"));
}

#[test]
fn documents_and_static_files_conflict_with_archives() {
    for (path, text, message) in [
        (
            "content/pages/2026.md",
            "---\ntitle: P\n---\n",
            "content/pages/2026.md: content/pages/2026.md and the site's own page 2026/index.html both need the output path 2026/index.html",
        ),
        (
            "static/2026/index.html",
            "mine",
            "static/2026/index.html: static/2026/index.html and the site's own page 2026/index.html both need the output path 2026/index.html",
        ),
        (
            "content/pages/old.md",
            "---\ntitle: P\naliases: [2026/01]\n---\n",
            "content/pages/old.md:3:10: the alias `/2026/01/` is already in use",
        ),
    ] {
        let site = site_with("", &["2026-01-02"]);
        site.write(path, text);
        assert_eq!(site.findings(), [""; 0], "{path}");
        site.write("site.toml", format!("{CONFIG}{ARCHIVES}"));
        assert_eq!(messages(&site.try_build().diagnostics), [message], "{path}");
    }
}

#[test]
fn archive_pages_are_titled_by_their_dates() {
    let days = ["2021-06-03", "2021-08-09", "2021-08-10", "2021-08-12", "2021-08-13", "2021-08-13"];
    let newest = ["2021-08-14", "2022-01-01", "2022-02-03", "2022-02-04"];
    let all = [&days[..], &newest].concat();
    for (language, titles) in [
        (
            "en",
            [
                "Stories of June to August 2021",
                "Stories of 10 August 2021 to 12 August 2021",
                "Stories of 13 August 2021",
                "Stories of August 2021 to January 2022",
            ],
        ),
        (
            "de",
            [
                "Artikel: Juni bis August 2021",
                "Artikel: 10. August 2021 bis 12. August 2021",
                "Artikel: 13. August 2021",
                "Artikel: August 2021 bis Januar 2022",
            ],
        ),
        (
            "ja",
            [
                "2021年6月から8月までの記事",
                "2021年8月10日から2021年8月12日までの記事",
                "2021年8月13日の記事",
                "2021年8月から2022年1月までの記事",
            ],
        ),
    ] {
        let site = site_with(&format!("per_page = 2\nlanguage = \"{language}\"\n"), &all);
        site.build();
        for (number, title) in (1..).zip(titles) {
            let page = site.page(&format!("page/{number}/index.html"));
            assert!(
                page.contains(&format!("<title>{title} - The Test</title>")),
                "{title}: {page}"
            );
            assert!(page.contains(&format!("<small>{title}</small></h1>")), "{page}");
            let page = site.page(&format!("news/page/{number}/index.html"));
            assert!(page.contains(&format!(" - {title} - The Test</title>")), "{page}");
        }
    }
}

#[test]
fn archive_pages_have_a_heading_for_each_day() {
    let days = ["2026-01-02", "2026-01-03", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06"];
    let site = site_with("per_page = 3\n", &days);
    site.build();
    let page = site.page("page/1/index.html");
    let headings: Vec<&str> = page.split("<h2 class=\"head\">").skip(1).collect();
    assert_eq!(headings.len(), 2, "{page}");
    assert!(headings[0].starts_with("3 January 2026</h2>"), "{page}");
    assert!(headings[0].contains(">N1</a></h3>") && headings[0].contains(">N2</a></h3>"));
    assert!(headings[1].starts_with("2 January 2026</h2>") && headings[1].contains(">N0</a></h3>"));
    site.write("site.toml", format!("{CONFIG}{ARCHIVES}per_page = 3\n"));
    site.build();
    let page = site.page("page/1/index.html");
    assert!(page.contains("<h2 class=\"head\"><a href=\"/2026/01/03/\">3 January 2026</a></h2>"));
}

#[test]
fn month_shows_some_headlines_of_each_day_and_the_day_all() {
    let days = vec!["2026-01-02"; 45];
    let site = site_with(&format!("{ARCHIVES}per_page = 2\n"), &days);
    site.build();
    let month = site.page("2026/01/index.html");
    assert_eq!(month.matches("<li><a href=\"/news/2026/01/").count(), 15);
    assert!(month.contains("<a class=\"more\" href=\"/2026/01/02/\">More stories</a>"), "{month}");
    assert_eq!(site.page("2026/01/02/index.html").matches("<article class=\"card\">").count(), 45);
    assert!(!site.path("public/2026/01/02/page").exists());
}

/// The links of an article's page to the previous and next story.
fn steps(site: &Site, path: &str) -> [Option<String>; 2] {
    let page = site.page(path);
    let Some((_, nav)) = page.split_once("<nav class=\"wrap steps\"") else { return [None, None] };
    let nav = nav.split("</nav>").next().expect("nav");
    ["Previous story", "Next story"]
        .map(|mark| attribute(nav, mark, "href").map(str::to_owned).filter(|_| nav.contains(mark)))
}

#[test]
fn adjacent_stories_are_linked_within_a_month() {
    let site = site_with("", &["2026-01-30", "2026-01-31", "2026-02-01"]);
    site.build();
    let url = |name: &str| Some(format!("/news/2026/{name}/"));
    assert_eq!(steps(&site, "news/2026/01/n0/index.html"), [None, url("01/n1")]);
    assert_eq!(steps(&site, "news/2026/01/n1/index.html"), [url("01/n0"), None]);
    assert_eq!(steps(&site, "news/2026/02/n2/index.html"), [url("01/n1"), None]);
}

#[test]
fn previous_and_next_story_have_pages() {
    let site = site_with("article_html = \"none\"\n", &[]);
    for (name, more) in [("a", "articlePages: self\n"), ("b", ""), ("c", "articlePages: self\n")] {
        let day = format!("2026-01-0{}", name.as_bytes()[0] - b'a' + 1);
        site.write(&format!("content/{name}.md"), article(name, &day, more));
    }
    site.build();
    let url = |name: &str| Some(format!("/news/2026/01/{name}/"));
    assert_eq!(steps(&site, "news/2026/01/c/index.html"), [url("a"), None]);
    assert_eq!(steps(&site, "news/2026/01/a/index.html"), [None, url("c")]);
}

#[test]
fn headlines_of_other_languages_are_marked() {
    let site = site_with(ARCHIVES, &["2026-01-01"]);
    site.write("content/b.md", article("b", "2026-01-02", "language: ar\n"));
    site.build();
    for path in ["2026/01/index.html", "news/2026/01/n0/index.html"] {
        let page = site.page(path);
        assert!(page.contains(" lang=\"ar\" dir=\"rtl\">b</a>"), "{path}: {page}");
    }
}

#[test]
fn archives_must_be_true_or_false() {
    let site = site_with("archives = \"days\"\n", &["2026-01-02"]);
    let found = site.findings();
    assert!(found[0].starts_with("site.toml:4:12: `archives` must be"), "{found:?}");
}

#[test]
fn day_with_very_many_articles_is_incremental() {
    let site = site_with(ARCHIVES, &[]);
    for index in 0..=1000 {
        let text = article(&format!("N{index}"), "2026-01-02", "");
        site.write(&format!("content/n{index:04}.md"), text);
    }
    site.build();
    let page = site.page("2026/01/02/index.html");
    assert!(page.contains(">N999<") && !page.contains("N1000"), "the page has 1,000 articles");
    site.write("content/n1000.md", article("Renamed", "2026-01-02", "slug: n1000\n"));
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
}
