//! Stories: what pages and feeds show of articles about one event, and the addresses of their pages.

use std::collections::BTreeSet;
use std::fs;

use crate::fixture::{CONFIG, Site, article, attribute, messages, rendered};

/// A report of `NAME.example` about a ferry, with more lines of front matter. The title ends in the
/// name of the provider.
fn report(name: &str, time: &str, more: &str) -> String {
    article(&format!("Ferry Aurora runs aground off Kelso says {name}"), "2026-05-01", more)
        .replace("2026-05-01T10:00", time)
        .replace("provider.example", &format!("{name}.example"))
        .replace("name: Provider", &format!("name: {}", name.to_uppercase()))
}

/// A site with reports of some providers, an hour apart, oldest first.
fn site(providers: &[&str]) -> Site {
    let site = Site::new("");
    for (hour, name) in providers.iter().enumerate() {
        site.write(
            &format!("content/{name}.md"),
            report(name, &format!("2026-05-01T{hour:02}:00"), ""),
        );
    }
    site
}

fn add_settings(site: &Site, settings: &str) {
    site.write("site.toml", format!("{CONFIG}{settings}"));
}

/// The texts between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0)).collect()
}

/// The pages of stories: their addresses and titles.
fn stories(site: &Site) -> Vec<(String, String)> {
    let pages = site.files().into_iter().filter(|path| path.starts_with("stories/"));
    let title = |path: &String| {
        let page = site.page(path);
        between(&page, "<title>All reports: ", " - The Test</title>")
            .first()
            .map(|title| (*title).to_owned())
    };
    pages
        .filter_map(|path| Some((path.strip_suffix("/index.html")?.to_owned(), title(&path)?)))
        .collect()
}

fn story_addresses(site: &Site) -> Vec<String> {
    let mut addresses: Vec<String> =
        stories(site).into_iter().map(|(address, _)| address).collect();
    addresses.sort();
    addresses
}

const AURORA: &str = "stories/ferry-aurora-runs-aground-off-kelso-says";

#[test]
fn article_page_shows_its_story_in_order_of_time() {
    let site = site(&["b", "a", "c"]);
    site.write("content/x.md", article("Something else", "2026-05-02", ""));
    site.build();
    let page = site.page("news/2026/05/a/index.html");
    let timeline = between(&page, "<ol class=\"headlines reports\">", "</ol>")[0];
    assert_eq!(between(timeline, "<span>", "</span>"), ["B", "A", "C"]);
    assert_eq!(between(timeline, "href=\"", "\""), ["/news/2026/05/b/", "/news/2026/05/c/"]);
    let own = between(timeline, "<b aria-current=\"true\">", "</b>");
    assert_eq!(own, ["Ferry Aurora runs aground off Kelso says a"]);
    assert!(timeline.contains("<time datetime=\"2026-05-01T00:00:00Z\">1 May 2026, 00:00</time>"));
    assert!(
        page.contains(&format!("<p class=\"all\"><a href=\"/{AURORA}-b/\">All reports</a></p>"))
    );
    assert!(!site.page("news/2026/05/x/index.html").contains("This story"));
}

#[test]
fn related_and_older_articles_leave_the_story_out() {
    let site = site(&["b", "a"]);
    let url = "https://www.b.example/ferry-aurora-runs-aground-off-kelso-says-b";
    let more = format!("topics: [Sea]\nrelated:\n  - title: R\n    webUrl: {url}\n");
    site.write("content/c.md", report("c", "2026-05-01T05:00", &more));
    site.write("content/other.md", article("Other", "2026-04-01", "topics: [Sea]\n"));
    let older = article("Storm closes the bridge", "2026-04-02", "")
        .replace("provider.example", "c.example");
    site.write("content/older.md", older);
    site.write("content/b.md", report("b", "2026-05-01T01:00", "topics: [Sea]\n"));
    site.write("content/c2.md", report("c", "2026-05-01T04:00", "").replace("-c", "-c2"));
    site.build();
    let page = site.page("news/2026/05/c/index.html");
    assert_eq!(between(&page, "<span>", "</span> <time").len(), 4);
    let related = &page[page.find("id=\"related\"").expect("related")..];
    assert!(related.contains("/other/") && !related.contains("/b/"), "{related}");
    let more = &page[page.find("More from C").expect("older")..];
    let more = more.split("</section>").next().expect("section");
    assert!(more.contains("Storm closes") && !more.contains("/c2/"), "{more}");
    // A backlink leaves the story out, too.
    let page = site.page("news/2026/05/b/index.html");
    let related = &page[page.find("id=\"related\"").expect("related")..];
    assert!(related.contains("/other/") && !related.contains("/05/c/\">"), "{related}");
}

#[test]
fn stories_of_three_providers_have_pages() {
    let site = site(&["a", "b"]);
    site.build();
    assert_eq!(story_addresses(&site), [""; 0]);
    let page = site.page("news/2026/05/a/index.html");
    assert!(page.contains("This story") && !page.contains("All reports"));
    site.write("content/a2.md", report("a", "2026-05-01T03:00", "").replace("-a", "-a2"));
    site.build();
    assert_eq!(story_addresses(&site), [""; 0], "three reports of two providers");

    site.write("content/c.md", report("c", "2026-05-02T02:00", ""));
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
    let address = format!("{AURORA}-a");
    let title = "Ferry Aurora runs aground off Kelso says a".to_owned();
    assert_eq!(stories(&site), [(address.clone(), title.clone())]);
    let page = site.page(&format!("{address}/index.html"));
    assert!(page.contains(&format!("<h1><bdi>{title}</bdi></h1>")), "{page}");
    let days = between(&page, "<section class=\"day\">", "</section>");
    assert_eq!(days.len(), 2);
    assert!(days[0].contains(">1 May 2026</h2>") && days[1].contains(">2 May 2026</h2>"));
    let links = ["/a/", "/b/", "/a2/", "/c/"].map(|name| page.find(&format!("05{name}\">")));
    assert!(links.is_sorted() && links[0].is_some(), "{links:?}");
    assert!(page.contains("\"@type\":\"ItemList\"") && page.contains("\"numberOfItems\":4"));
    assert!(page.contains("\"@type\":\"BreadcrumbList\""));
    let canonical = format!("<link rel=\"canonical\" href=\"https://test.example/{address}/\">");
    assert!(page.contains(&canonical) && !page.contains("name=\"robots\""));
}

#[test]
fn story_pages_are_shown_by_the_list_template_of_a_site() {
    let site = site(&["a", "b", "c"]);
    site.write("templates/list.html", "{{ list.kind }} {{ list.name }} {{ cards | length }}");
    site.build();
    let expected = "story Ferry Aurora runs aground off Kelso says a 3";
    assert_eq!(site.page(&format!("{AURORA}-a/index.html")), expected);
}

#[test]
fn story_pages_are_in_the_sitemap_where_articles_are() {
    let site = site(&["a", "b", "c"]);
    let is_listed = |site: &Site| site.page("sitemap.xml").contains(&format!("/{AURORA}-a/</loc>"));
    site.build();
    assert!(!is_listed(&site));
    add_settings(&site, "article_pages = \"self\"\n");
    site.build();
    assert!(is_listed(&site));
    let sitemap = site.page("sitemap.xml");
    assert!(sitemap.contains("-a/</loc><lastmod>2026-05-01T02:00:00Z</lastmod>"), "{sitemap}");
}

#[test]
fn front_page_shows_one_card_of_each_story() {
    let site = site(&["a", "b", "c", "d", "e", "f"]);
    site.write("content/x.md", article("Something else", "2026-04-01", ""));
    site.build();
    let front = site.page("index.html");
    assert_eq!(front.matches("<article class=\"card").count(), 2);
    // Without scores and pictures the first report represents the story.
    assert!(front.contains("Kelso says a</a></h2>"), "{front}");
    let also = between(&front, "<p class=\"meta also\">", "</p>");
    let story = format!("<a href=\"/{AURORA}-a/\">and 2 more</a>");
    let names = [("F", "f"), ("E", "e"), ("D", "d")]
        .map(|(name, slug)| format!("<a href=\"/news/2026/05/{slug}/\">{name}</a>"));
    assert_eq!(also, [format!("<span>Also covered by:</span> {} {story}", names.join(", "))]);
    assert!(front.contains("\"numberOfItems\":2"));
    // Lists keep every article.
    let list = site.page("news/index.html");
    assert_eq!(list.matches("<article class=\"card").count(), 7);
    assert!(!list.contains("class=\"meta also\""));
}

#[test]
fn links_to_originals_have_the_outbound_rel() {
    let site = site(&["a", "b", "c", "d", "e"]);
    add_settings(&site, "article_html = \"none\"\noutbound_rel = \"nofollow\"\n");
    site.write("content/a.md", report("a", "2026-05-01T00:00", "articlePages: self\n"));
    site.build();
    let d = "href=\"https://www.d.example/ferry-aurora-runs-aground-off-kelso-says-d\" rel=\"nofollow\"";
    let also = site.page("index.html");
    let also = between(&also, "<p class=\"meta also\">", "</p>");
    assert!(also[0].contains(&format!("<a {d}>D</a>")), "{also:?}");
    let page = site.page("news/2026/05/a/index.html");
    assert!(between(&page, "<ol class=\"headlines reports\">", "</ol>")[0].contains(d), "{page}");
}

#[test]
fn large_story_shows_the_reports_next_to_the_article() {
    let site = Site::new("");
    for number in 0..20 {
        let text = report(
            &format!("p{number:02}"),
            &format!("2026-05-01T{number:02}:00"),
            "story: Ferry\n",
        );
        site.write(&format!("content/p{number:02}.md"), text);
    }
    site.build();
    let shown = |name: &str| {
        let page = site.page(&format!("news/2026/05/{name}/index.html"));
        let timeline = between(&page, "<ol class=\"headlines reports\">", "</ol>")[0].to_owned();
        let names = between(&timeline, "<span>", "</span>");
        (names[0].to_owned(), names[names.len() - 1].to_owned(), names.len())
    };
    for (name, first, last) in [("p00", "P00", "P11"), ("p09", "P03", "P14"), ("p19", "P08", "P19")]
    {
        assert_eq!(shown(name), (first.to_owned(), last.to_owned(), 12), "{name}");
    }
    // A body changes its own page only, which then shows the same story.
    let before = site.tree();
    let text = report("p09", "2026-05-01T09:00", "story: Ferry\n") + "A note.\n";
    site.write("content/p09.md", text);
    let summary = site.build();
    assert!(summary.outdated < before.len());
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn story_page_has_the_name_of_its_editor() {
    let site = Site::new("");
    for name in ["a", "b", "c"] {
        let text = article(name, "2026-05-01", "story: The Kelso ferry & the storm\n");
        site.write(
            &format!("content/{name}.md"),
            text.replace("provider.example", &format!("{name}.example")),
        );
    }
    site.build();
    let (address, title) =
        ("stories/the-kelso-ferry-and-the-storm", "The Kelso ferry &amp; the storm");
    assert_eq!(stories(&site), [(address.to_owned(), title.to_owned())]);
}

#[test]
fn body_of_a_reported_article_is_incremental() {
    let site = site(&["a", "b", "c"]);
    site.build();
    site.write("content/b.md", report("b", "2026-05-01T01:00", "") + "A note of ours.\n");
    let summary = site.build();
    assert_eq!(site.tree(), site.clean_tree());
    assert!(
        site.page("news/2026/05/b/index.html").contains(&format!("/{AURORA}-a/\">All reports"))
    );
    assert!(rendered(&summary).contains(&"news/2026/05/b/index.html"));
}

#[test]
fn new_report_changes_few_files() {
    let written = |is_of_story: bool| {
        let site = site(&["a", "b", "c", "d"]);
        site.build();
        let other =
            article("Budget talks", "2026-05-01", "").replace("provider.example", "e.example");
        let report = report("e", "2026-05-01T10:00", "");
        site.write("content/e.md", if is_of_story { report } else { other });
        let files: BTreeSet<String> =
            rendered(&site.build()).into_iter().map(str::to_owned).collect();
        assert_eq!(site.tree(), site.clean_tree());
        files
    };
    let (joined, alone) = (written(true), written(false));
    let more: Vec<&String> = joined.difference(&alone).collect();
    let expected = ["a", "b", "c"].map(|name| format!("news/2026/05/{name}/index.html"));
    let story = format!("{AURORA}-a/index.html");
    assert_eq!(more, expected.iter().chain([&story]).collect::<Vec<_>>());
}

#[test]
fn stories_can_be_turned_off() {
    let site = site(&["a", "b", "c"]);
    add_settings(&site, "stories = false\n");
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
    assert!(!site.files().iter().any(|path| path.starts_with("stories/")));
    assert!(!site.page("news/2026/05/a/index.html").contains("This story"));
    let front = site.page("index.html");
    assert!(!front.contains("Also covered") && front.matches("<article class=\"card").count() == 3);
    assert!(!site.page("feed.json").contains("_newsgen"));
    add_settings(&site, "stories = \"no\"\n");
    assert_eq!(site.findings(), ["site.toml:4:11: `stories` must be `true` or `false`"]);
}

// Addresses

/// Removes what a fresh clone of the site does not have.
fn forget_local_files(site: &Site) {
    for folder in [".newsgen", "public"] {
        fs::remove_dir_all(site.path(folder)).expect("remove");
    }
}

fn lock(site: &Site) -> String {
    let lock = fs::read_to_string(site.path("addresses.lock")).unwrap_or_default();
    lock.split_inclusive('\n').filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn address_of_a_story_survives_an_earlier_report() {
    let site = site(&["a", "b", "c"]);
    site.build();
    let address = format!("{AURORA}-a");
    assert_eq!((story_addresses(&site), lock(&site)), (vec![address.clone()], String::new()));
    site.write("content/z.md", report("z", "2026-04-30T23:00", ""));
    site.build();
    let title = "Ferry Aurora runs aground off Kelso says z".to_owned();
    assert_eq!(stories(&site), [(address.clone(), title)]);
    let line =
        format!("/{address}/ (story) a.example/ferry-aurora-runs-aground-off-kelso-says-a a.md\n");
    assert_eq!(lock(&site), line);
    assert_eq!(site.tree(), site.clean_tree());
    forget_local_files(&site);
    site.build();
    assert_eq!(story_addresses(&site), std::slice::from_ref(&address), "a fresh clone");
    // Neither the new title nor the moved file of the first report moves the story.
    site.remove("content/a.md");
    site.write(
        "content/2026/moved.md",
        report("a", "2026-05-01T00:00", "").replace("Ferry", "The ferry"),
    );
    site.build();
    assert_eq!(story_addresses(&site), std::slice::from_ref(&address), "a moved file");
    assert!(lock(&site).ends_with(" 2026/moved.md\n"), "{}", lock(&site));
    forget_local_files(&site);
    site.build();
    assert_eq!(story_addresses(&site), [address]);
}

/// Reports of three providers with a common title, an hour apart.
fn write_story(site: &Site, prefix: &str, day: &str, name: &str) {
    for (hour, provider) in ["a", "b", "c"].into_iter().enumerate() {
        let text = article("Weekly news", day, &format!("story: {name}\n"))
            .replace("T10:00", &format!("T1{hour}:00"))
            .replace("provider.example/weekly-news", &format!("{provider}.example/{prefix}"))
            .replace("provider.example", &format!("{provider}.example"));
        site.write(&format!("content/{prefix}-{provider}.md"), text);
    }
}

#[test]
fn address_never_shows_another_story() {
    let site = Site::new("");
    let first_of = |address: &str| {
        let page = site.page(&format!("{address}/index.html"));
        attribute(&page, "<article", "href").expect("link").to_owned()
    };
    for (prefix, day, name) in [("x", "2026-05-10", "Weekly"), ("y", "2026-05-20", "weekly!")] {
        write_story(&site, prefix, day, name);
    }
    // Names with one slug are one story.
    site.build();
    assert_eq!(story_addresses(&site), ["stories/weekly"]);

    // Titles with one slug are not.
    let unnamed = |prefix: &str, day: &str| {
        write_story(&site, prefix, day, "X");
        for provider in ["a", "b", "c"] {
            let path = format!("content/{prefix}-{provider}.md");
            let text = fs::read_to_string(site.path(&path)).expect("read");
            site.write(&path, text.replace("story: X\n", ""));
        }
    };
    unnamed("x", "2026-05-10");
    unnamed("y", "2026-05-20");
    site.build();
    assert_eq!(story_addresses(&site), ["stories/weekly", "stories/weekly-news"]);
    assert_eq!(first_of("stories/weekly-news"), "/news/2026/05/y-a/");
    let before = (stories(&site), lock(&site));
    assert_eq!(before.1, "/stories/weekly/ (story) a.example/x x-a.md\n");
    // An older story of that title gives way, with and without the local history.
    unnamed("w", "2026-05-01");
    site.build();
    assert_eq!(
        story_addresses(&site),
        ["stories/weekly", "stories/weekly-news", "stories/weekly-news-2"]
    );
    assert_eq!(first_of("stories/weekly-news"), "/news/2026/05/y-a/");
    assert_eq!(first_of("stories/weekly-news-2"), "/news/2026/05/w-a/");
    let lines = "/stories/weekly/ (story) a.example/x x-a.md\n\
        /stories/weekly-news/ (story) a.example/y y-a.md\n\
        /stories/weekly-news-2/ (story) a.example/w w-a.md\n";
    assert_eq!(lock(&site), lines);
    assert_eq!(site.tree(), site.clean_tree());
    forget_local_files(&site);
    unnamed("v", "2026-04-20");
    site.build();
    assert_eq!(first_of("stories/weekly-news"), "/news/2026/05/y-a/");
    assert_eq!(first_of("stories/weekly-news-3"), "/news/2026/04/v-a/");
    // What is gone keeps its address.
    for provider in ["a", "b", "c"] {
        site.remove(&format!("content/y-{provider}.md"));
    }
    unnamed("u", "2026-04-10");
    site.build();
    let expected = ["weekly", "weekly-news-2", "weekly-news-3", "weekly-news-4"];
    assert_eq!(story_addresses(&site), expected.map(|slug| format!("stories/{slug}")));
}

#[test]
fn stories_give_way_to_everything_else() {
    let permalink = "permalink = \"/{category}/{slug}/\"\n";
    let page = "---\ntitle: Mine\n---\n";
    let slug = "ferry-aurora-runs-aground-off-kelso-says-a";
    for (settings, path, text) in [
        (
            permalink,
            format!("content/{slug}.md"),
            article("Mine", "2026-01-01", "category: Stories\n"),
        ),
        ("", format!("content/pages/stories/{slug}.md"), page.to_owned()),
        (
            "",
            "content/pages/p.md".to_owned(),
            format!("---\ntitle: Mine\naliases: [/stories/{slug}/]\n---\n"),
        ),
        (
            "",
            "content/pages/p.md".to_owned(),
            format!("---\ntitle: Mine\naliases: [/stories/{slug}.html]\n---\n"),
        ),
        ("", format!("static/stories/{slug}/index.html"), "mine".to_owned()),
        ("", format!("static/Stories/{slug}.html"), "mine".to_owned()),
    ] {
        let site = site(&["a", "b", "c"]);
        add_settings(&site, settings);
        site.write(&path, text);
        assert_eq!(
            messages(&site.try_build().diagnostics)
                .iter()
                .filter(|line| !line.starts_with("addresses.lock"))
                .count(),
            0,
            "{path}"
        );
        assert_eq!(story_addresses(&site), [format!("{AURORA}-a-2")], "{path}");
        assert_eq!(site.tree(), site.clean_tree());
        assert!(lock(&site).contains(&format!("/{AURORA}-a-2/ (story) ")), "{}", lock(&site));
    }
    for (settings, path, text, address) in [
        (
            permalink,
            "content/x.md",
            article("Mine", "2026-01-01", "category: Stories\n"),
            "stories/index.html",
        ),
        ("", "content/pages/stories.md", page.to_owned(), "stories/index.html"),
        (
            "",
            "content/stories/x.md",
            article("Mine", "2026-01-01", ""),
            "news/2026/01/x/index.html",
        ),
        (
            "permalink = \"/{slug}/\"\n",
            "content/stories.md",
            article("Mine", "2026-01-01", ""),
            "stories/index.html",
        ),
    ] {
        let site = site(&["a", "b", "c"]);
        add_settings(&site, settings);
        site.write(path, text);
        assert_eq!(site.findings(), [""; 0], "{path}");
        assert!(site.page(address).contains("Mine"));
        assert_eq!(story_addresses(&site), [format!("{AURORA}-a")], "{path}");
    }
    let site = site(&["a", "b", "c"]);
    site.write("static/stories", "mine");
    assert_eq!(site.findings(), [""; 0]);
    assert_eq!(site.page("stories"), "mine");
    assert!(!site.page("news/2026/05/a/index.html").contains("All reports"));
}

#[test]
fn published_story_moves_away_from_a_new_page_and_comes_back() {
    let site = site(&["a", "b", "c"]);
    site.build();
    let page = format!("content/pages/{AURORA}-a.md");
    site.write(&page, "---\ntitle: Mine\n---\n");
    let found = site.findings();
    assert_eq!(found.len(), 2, "{found:#?}");
    let warning = format!(
        "{page}: /{AURORA}-a/ was the address of the story of content/a.md, which is at /{AURORA}-a-2/ now; this page \
         is there now"
    );
    assert!(found.contains(&warning), "{found:#?}");
    assert_eq!(story_addresses(&site), [format!("{AURORA}-a-2")]);
    assert_eq!(site.tree(), site.clean_tree());
    assert_eq!(site.findings(), [""; 0]);
    // Readers know the new address by now.
    site.remove(&page);
    site.build();
    assert_eq!(story_addresses(&site), [format!("{AURORA}-a-2")]);
}

#[test]
fn articles_give_way_to_published_stories() {
    let site = site(&["a", "b", "c"]);
    let permalink = "permalink = \"/{category}/{slug}/\"\n";
    add_settings(&site, permalink);
    site.build();
    let slug = "ferry-aurora-runs-aground-off-kelso-says-a";
    let mine = |more: &str| article("Mine", "2026-01-01", &format!("category: Stories\n{more}"));
    site.write(&format!("content/{slug}.md"), mine(""));
    site.build();
    assert_eq!(story_addresses(&site), [format!("stories/{slug}")]);
    assert!(site.has(&format!("stories/{slug}-provider-example/index.html")));
    site.remove(&format!("content/{slug}.md"));
    site.write("content/x.md", mine(&format!("slug: {slug}\n")));
    let found = site.findings();
    assert!(found[0].contains("the former URL of a story"), "{found:#?}");
}

// Feeds

/// The titles of the items of a JSON feed, each with those of the earlier reports that it names.
fn items(site: &Site, path: &str) -> Vec<(String, Vec<String>)> {
    let feed: serde_json::Value = serde_json::from_str(&site.page(path)).expect("JSON");
    let last = |value: &serde_json::Value| {
        value["title"].as_str().expect("title").rsplit(' ').next().expect("word").to_owned()
    };
    let items = feed["items"].as_array().expect("items");
    let reports = |item: &serde_json::Value| {
        let reports = item["_newsgen"]["story"]["reports"].as_array().cloned().unwrap_or_default();
        reports.iter().map(last).collect()
    };
    items.iter().map(|item| (last(item), reports(item))).collect()
}

fn item(name: &str, reports: &[&str]) -> (String, Vec<String>) {
    (name.to_owned(), reports.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn feeds_name_the_earlier_reports() {
    let site = site(&["a", "b", "c"]);
    site.write("content/x.md", article("Something else", "2026-05-02", ""));
    add_settings(&site, "[feeds]\nlink = \"source\"\n");
    site.build();
    let expected = [item("else", &[]), item("c", &["a", "b"]), item("b", &["a"]), item("a", &[])];
    assert_eq!(items(&site, "feed.json"), expected);
    let feed: serde_json::Value = serde_json::from_str(&site.page("feed.json")).expect("JSON");
    assert_eq!(feed["items"][1]["_newsgen"]["story"]["id"], feed["items"][3]["id"]);
    let link = "href=\"https://test.example/news/2026/05/a/\" rel=\"related\" type=\"text/html\" \
        title=\"A: Ferry Aurora runs aground off Kelso says a\"";
    for (path, count) in [("atom.xml", 3), ("rss.xml", 3)] {
        let feed = site.page(path);
        assert_eq!(
            feed.matches("title=\"A: Ferry").count() + feed.matches("title=\"B: Ferry").count(),
            count,
            "{feed}"
        );
        assert!(feed.contains(link), "{feed}");
    }
    // A later report changes no feed of an earlier one.
    let before = site.tree();
    site.write("content/d.md", report("d", "2026-05-01T08:00", ""));
    site.build();
    let after = site.tree();
    for path in ["providers/a-example/feed.json", "providers/c-example/atom.xml"] {
        assert!(before[path] == after[path], "{path}");
    }
}

#[test]
fn feeds_can_have_the_first_report_only() {
    let site = site(&["a", "b", "c"]);
    site.write("content/b2.md", report("b", "2026-05-01T05:00", "").replace("-b", "-b2"));
    site.write("content/x.md", article("Something else", "2026-05-01", ""));
    add_settings(&site, "[feeds]\nstories = \"lead\"\n");
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
    assert_eq!(items(&site, "feed.json"), [item("else", &[]), item("a", &[])]);
    assert_eq!(items(&site, "providers/b-example/feed.json"), [item("b", &["a"])]);
    add_settings(&site, "[feeds]\nstories = \"lead\"\nlimit = 1\n");
    site.remove("content/x.md");
    site.build();
    assert_eq!(items(&site, "feed.json"), [item("a", &[])]);
    add_settings(&site, "[feeds]\nstories = \"first\"\n");
    let found = site.findings();
    assert_eq!(found, ["site.toml:5:11: `stories` cannot be `first`"]);
}
