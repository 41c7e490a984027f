//! Stories: what pages and feeds show of articles about one event, and the addresses of their pages.

use std::collections::BTreeSet;
use std::fs;

use crate::fixture::{
    CONFIG, NOW, Site, article, attribute, messages, newsgen, rendered, text as utf8,
};

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
    assert!(page.contains(&canonical));
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
    let is_noindex = |site: &Site| {
        site.page(&format!("{AURORA}-a/index.html")).contains("content=\"noindex,follow\"")
    };
    site.build();
    assert!(!is_listed(&site) && is_noindex(&site));
    add_settings(&site, "article_pages = \"self\"\n");
    site.build();
    assert!(is_listed(&site) && !is_noindex(&site));
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
fn front_page_links_to_the_page_of_each_story() {
    let site = site(&["a", "b", "c"]);
    site.build();
    let front = site.page("index.html");
    let also = between(&front, "<p class=\"meta also\">", "</p>");
    assert!(also[0].ends_with(&format!(" · <a href=\"/{AURORA}-a/\">All reports</a>")), "{also:?}");
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
fn timelines_follow_the_names_of_providers() {
    let site = site(&["one", "two"]);
    site.build();
    let renamed = report("two", "2026-05-01T01:00", "").replace("name: TWO", "name: Second");
    site.write("content/two.md", renamed);
    site.build();
    let page = site.page("news/2026/05/one/index.html");
    let timeline = between(&page, "<ol class=\"headlines reports\">", "</ol>")[0];
    assert_eq!(between(timeline, "<span>", "</span>"), ["ONE", "Second"]);
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
    // Bodies change their own pages only, which then show the same reports.
    let before = site.tree();
    for (name, hour) in [("p09", "09"), ("p12", "12")] {
        let text = report(name, &format!("2026-05-01T{hour}:00"), "story: Ferry\n") + "A note.\n";
        site.write(&format!("content/{name}.md"), text);
    }
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
    let line =
        format!("/{address}/ (story) a.example/ferry-aurora-runs-aground-off-kelso-says-a a.md\n");
    assert_eq!((story_addresses(&site), lock(&site)), (vec![address.clone()], line.clone()));
    forget_local_files(&site);
    site.write("content/z.md", report("z", "2026-04-30T23:00", ""));
    site.build();
    let title = "Ferry Aurora runs aground off Kelso says z".to_owned();
    assert_eq!(stories(&site), [(address.clone(), title)]);
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
    unnamed("y", "2026-05-20");
    site.build();
    assert_eq!(story_addresses(&site), ["stories/weekly", "stories/weekly-news"]);
    assert_eq!(first_of("stories/weekly-news"), "/news/2026/05/y-a/");
    let before = (stories(&site), lock(&site));
    let [weekly, weekly_news] = [
        "/stories/weekly/ (story) name weekly\n",
        "/stories/weekly-news/ (story) a.example/y y-a.md\n",
    ];
    assert_eq!(before.1, [weekly, weekly_news].concat());
    // An older story of that title gives way, with and without the local history.
    unnamed("w", "2026-05-01");
    site.build();
    assert_eq!(
        story_addresses(&site),
        ["stories/weekly", "stories/weekly-news", "stories/weekly-news-2"]
    );
    assert_eq!(first_of("stories/weekly-news"), "/news/2026/05/y-a/");
    assert_eq!(first_of("stories/weekly-news-2"), "/news/2026/05/w-a/");
    let lines = [weekly, weekly_news, "/stories/weekly-news-2/ (story) a.example/w w-a.md\n"];
    assert_eq!(lock(&site), lines.concat());
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
        assert_eq!(site.findings(), ["addresses.lock: this file is new"], "{path}");
        assert!(site.page(address).contains("Mine"));
        assert_eq!(story_addresses(&site), [format!("{AURORA}-a")], "{path}");
    }
    let site = site(&["a", "b", "c"]);
    site.write("static/stories", "mine");
    let warning = "static/stories: this file has the path of /stories/, so stories have no pages";
    assert_eq!(site.findings(), [warning]);
    assert_eq!(site.page("stories"), "mine");
    assert!(!site.page("news/2026/05/a/index.html").contains("All reports"));
}

#[test]
fn published_story_moves_away_from_a_new_page_and_stays_there() {
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
    // The new address is published now, too.
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
    forget_local_files(&site);
    site.write(&format!("content/{slug}.md"), mine(""));
    site.build();
    assert_eq!(story_addresses(&site), [format!("stories/{slug}")], "a fresh clone");
}

#[test]
fn published_story_gives_way_to_an_explicit_slug() {
    let site = site(&["a", "b", "c"]);
    add_settings(&site, "permalink = \"/{category}/{slug}/\"\n");
    site.build();
    let slug = "ferry-aurora-runs-aground-off-kelso-says-a";
    let more = format!("category: Stories\nslug: {slug}\n");
    site.write("content/x.md", article("Mine", "2026-01-01", &more));
    let found = site.findings();
    let warning = format!(
        "content/x.md:10:7: /{AURORA}-a/ was the address of the story of content/a.md, which is at /{AURORA}-a-2/ \
         now; this article is there now"
    );
    assert!(found.contains(&warning), "{found:#?}");
    assert!(site.page(&format!("{AURORA}-a/index.html")).contains("Mine"));
    assert_eq!(story_addresses(&site), [format!("{AURORA}-a-2")]);
    assert_eq!(site.findings(), [""; 0]);
    forget_local_files(&site);
    site.build();
    assert_eq!(story_addresses(&site), [format!("{AURORA}-a-2")], "a fresh clone");
}

/// Writes a report of `NAME.example` with a story, an hour after the previous one by name.
fn write_report(site: &Site, name: &str, story: &str) {
    let hour = name.bytes().next().expect("name") - b'a';
    let time = format!("2026-05-01T{hour:02}:00");
    site.write(&format!("content/{name}.md"), report(name, &time, story));
}

#[test]
fn address_of_a_named_story_belongs_to_the_name() {
    let site = Site::new("");
    for name in ["a", "b", "c", "d"] {
        write_report(&site, name, "story: Fire\n");
    }
    for name in ["e", "f"] {
        write_report(&site, name, "story: Blaze\n");
    }
    site.build();
    let line = "/stories/fire/ (story) name fire\n";
    assert_eq!((story_addresses(&site), lock(&site)), (vec!["stories/fire".into()], line.into()));
    // Its oldest article joins another story.
    write_report(&site, "a", "story: Blaze\n");
    site.build();
    assert_eq!(story_addresses(&site), ["stories/blaze", "stories/fire"]);
    assert!(!site.page("stories/fire/index.html").contains("says a"));
    // It is removed.
    write_report(&site, "a", "story: Fire\n");
    site.build();
    site.remove("content/a.md");
    assert_eq!(site.findings(), [""; 0]);
    assert_eq!(story_addresses(&site), ["stories/fire"]);
    // It has an error.
    write_report(&site, "a", "story: Fire\n");
    add_settings(&site, "on_error = \"leave-out\"\n");
    site.build();
    site.write("content/a.md", "---\ntitle: a\n---\n");
    site.try_build();
    assert_eq!(story_addresses(&site), ["stories/fire"]);
    assert_eq!(site.tree(), site.clean_tree());
    // Nothing else gets the address, even if nobody remembers that it was published.
    site.remove("content/a.md");
    site.remove("content/b.md");
    site.build();
    forget_local_files(&site);
    for (provider, path) in [("x", "x"), ("y", "y"), ("z", "z")] {
        let text = report(provider, "2026-06-01T00:00", "")
            .replace("Ferry Aurora runs aground off Kelso says", "Fire");
        site.write(
            &format!("content/{path}.md"),
            text.replace(&format!("title: Fire {provider}"), "title: Fire"),
        );
    }
    site.build();
    assert_eq!(story_addresses(&site), ["stories/fire-2"]);
}

#[test]
fn story_that_cannot_have_its_path_is_reported() {
    let site = Site::new("");
    let name = ["fire"; 16].join(" ");
    for provider in ["a", "b", "c"] {
        write_report(&site, provider, &format!("story: {name}\n"));
    }
    let bucket = format!("s3://bucket/{}/", "p".repeat(940));
    add_settings(&site, &format!("[host]\nkind = \"bucket\"\n[deploy.a]\nurl = \"{bucket}\"\n"));
    let found = site.findings();
    let warning = "content/a.md:9:8: the story of content/a.md needs a path that its host rejects";
    assert!(found.len() == 1 && found[0].starts_with(warning), "{found:#?}");
    assert_eq!(story_addresses(&site), [""; 0]);
}

#[test]
fn page_of_a_huge_story_says_how_many_reports_it_shows() {
    let site = site(&["a", "b", "c"]);
    for name in ["a", "b", "c"] {
        write_report(&site, name, "story: Fire\n");
    }
    for number in 0..498 {
        let text = report("d", "2026-05-02T00:00", "story: Fire\n");
        site.write(
            &format!("content/d{number}.md"),
            text.replace("says d", &format!("says {number}")),
        );
    }
    let warning =
        "content/a.md:9:8: the page of the story `Fire` shows the newest 500 of its 501 reports";
    let found = site.findings();
    assert!(found.iter().any(|line| line == warning), "{found:#?}");
    site.remove("content/d0.md");
    assert_eq!(site.findings(), [""; 0]);
}

/// Where a page redirects to.
fn redirect(site: &Site, address: &str) -> String {
    let page = site.page(&format!("{address}/index.html"));
    between(&page, "url=", "\"").first().expect("redirect").to_string()
}

#[test]
fn former_address_of_a_story_redirects_to_where_its_article_is() {
    let address = format!("{AURORA}-a");
    let former = format!("/{address}/ was the address of the story of content/a.md, which");
    let published = || {
        let site = site(&["a", "b", "c"]);
        site.build();
        site
    };
    let check = |site: &Site, to: &str, now: &str| {
        let found = site.findings();
        let warning = format!("content/a.md: {former} {now}; it redirects to {to}");
        assert!(found.contains(&warning), "{found:#?}");
        assert_eq!(redirect(site, &address), to);
        assert_eq!(site.findings(), [""; 0], "warned once");
        assert_eq!(site.tree(), site.clean_tree());
        forget_local_files(site);
        site.build();
        assert_eq!(redirect(site, &address), to, "a fresh clone");
    };
    // Editors name the story.
    let site = published();
    write_report(&site, "a", "story: Aground\n");
    check(&site, "/stories/aground/", "is at /stories/aground/ now");
    // It has too few providers.
    let site = published();
    site.remove("content/c.md");
    check(&site, "/news/2026/05/a/", "has no page now");
    site.write("content/c.md", report("c", "2026-05-01T02:00", ""));
    site.build();
    assert_eq!(story_addresses(&site), [address.as_str()], "it comes back");
    // Its article is another story.
    let site = published();
    write_report(&site, "d", "");
    site.build();
    write_report(&site, "a", "story: none\n");
    check(&site, "/news/2026/05/a/", "has no page now");
    assert_eq!(story_addresses(&site), [format!("{AURORA}-b")]);
    // Two stories with pages become one.
    let site = published();
    for name in ["p", "q", "r"] {
        let text = report(name, "2026-06-01T00:00", "story: Other\n");
        site.write(&format!("content/{name}.md"), text.replace("Ferry Aurora", "Balloon Zeta"));
    }
    site.build();
    for name in ["a", "b", "c"] {
        write_report(&site, name, "story: Other\n");
    }
    check(&site, "/stories/other/", "is at /stories/other/ now");
}

#[test]
fn story_without_its_article_moves_with_a_warning() {
    let address = format!("{AURORA}-a");
    let site = site(&["a", "b", "c", "d"]);
    site.build();
    site.remove("content/a.md");
    let found = site.findings();
    let warning = format!(
        "addresses.lock: /{address}/ was the address of the story of content/a.md, which is gone; nothing is there now"
    );
    assert!(found.contains(&warning), "{found:#?}");
    assert_eq!(story_addresses(&site), [format!("{AURORA}-b")]);
    assert_eq!(site.findings(), [""; 0]);
    // When it returns, so does the page; a faulty document is no other case.
    site.write("content/a.md", report("a", "2026-05-01T00:00", ""));
    site.build();
    assert_eq!(story_addresses(&site), [address.as_str()]);
    assert_eq!(redirect(&site, &format!("{AURORA}-b")), format!("/{address}/"));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn alias_borrows_the_address_of_a_story() {
    let site = site(&["a", "b", "c"]);
    site.build();
    let address = format!("{AURORA}-a");
    let page = |more: &str| format!("---\ntitle: Mine\n{more}---\n");
    site.write("content/pages/p.md", page(&format!("aliases: [/{address}/]\n")));
    let found = site.findings();
    assert!(found.iter().any(|line| line.contains("was the address of the story")), "{found:#?}");
    assert_eq!(redirect(&site, &address), "/p/");
    assert_eq!(story_addresses(&site), [format!("{address}-2")]);
    site.write("content/pages/p.md", page(""));
    site.build();
    assert_eq!(story_addresses(&site), [address.as_str()]);
    assert_eq!(redirect(&site, &format!("{address}-2")), format!("/{address}/"));
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
fn feeds_can_have_the_first_report_only_which_names_later_ones() {
    let site = site(&["a", "b", "c"]);
    site.write("content/b2.md", report("b", "2026-05-01T05:00", "").replace("-b", "-b2"));
    site.write("content/x.md", article("Something else", "2026-05-01", ""));
    add_settings(&site, "[feeds]\nstories = \"lead\"\n");
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
    let lead = item("a", &["b", "c", "b"]);
    assert_eq!(items(&site, "feed.json"), [item("else", &[]), lead.clone()]);
    assert_eq!(items(&site, "providers/b-example/feed.json"), [item("b", &["c", "b"])]);
    assert!(site.page("atom.xml").contains("title=\"C: Ferry"));
    add_settings(&site, "[feeds]\nstories = \"lead\"\nlimit = 1\n");
    site.remove("content/x.md");
    site.build();
    assert_eq!(items(&site, "feed.json"), [lead]);
    add_settings(&site, "[feeds]\nstories = \"first\"\n");
    let found = site.findings();
    assert_eq!(found, ["site.toml:5:11: `stories` cannot be `first`"]);
}

/// The ids that the items of a feed have for their stories.
fn story_ids(site: &Site) -> BTreeSet<String> {
    let feed: serde_json::Value = serde_json::from_str(&site.page("feed.json")).expect("JSON");
    let items = feed["items"].as_array().expect("items").iter();
    items.filter_map(|item| Some(item["_newsgen"]["story"]["id"].as_str()?.to_owned())).collect()
}

fn listed_ids(site: &Site) -> Vec<String> {
    let output = newsgen(site.root(), &["stories", "--json", "--at", NOW]);
    let listed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let stories = listed["stories"].as_array().expect("stories").iter();
    stories.map(|story| story["id"].as_str().expect("id").to_owned()).collect()
}

#[test]
fn id_of_a_story_survives_an_earlier_report() {
    for more in ["", "story: Ferry\n"] {
        let site = Site::new("");
        for (hour, name) in ["b", "c", "d"].iter().enumerate() {
            let text = report(name, &format!("2026-05-01T{:02}:00", hour + 1), more);
            site.write(&format!("content/{name}.md"), text);
        }
        site.build();
        let before = (story_ids(&site), listed_ids(&site));
        assert_eq!((before.0.len(), before.1.len()), (1, 1));
        site.write("content/a.md", report("a", "2026-05-01T00:00", more));
        site.build();
        assert_eq!((story_ids(&site), listed_ids(&site)), before, "{more}");
    }
}

// AMP pages

#[test]
fn new_report_changes_no_amp_page() {
    let site = site(&["a", "b", "c"]);
    add_settings(&site, "article_pages = \"self\"\n[amp]\npages = true\n");
    site.build();
    site.write("content/d.md", report("d", "2026-05-01T05:00", ""));
    let summary = site.build();
    let changed = rendered(&summary);
    let amp: Vec<&&str> = changed.iter().filter(|path| path.ends_with("/amp/index.html")).collect();
    assert_eq!(amp, [&"news/2026/05/d/amp/index.html"]);
    assert_eq!(site.tree(), site.clean_tree());
}

// `newsgen explain` and `newsgen stories`

/// What `newsgen explain` prints, and what it reports.
fn explained(site: &Site, what: &str) -> (String, String) {
    let output = newsgen(site.root(), &["explain", what, "--at", NOW]);
    (utf8(&output.stdout), utf8(&output.stderr))
}

#[test]
fn explain_says_why_a_document_is_not_published() {
    let site = site(&["a", "b"]);
    site.write("content/pages/about.md", "---\ntitle: About\n---\n");
    for (name, more, reason) in [
        ("faulty", "story: [x]\n", "`story` must be"),
        ("draft", "published: false\n", "it has `published: false`"),
        (
            "future",
            "publishedDateTime: 2099-01-01T00:00:00Z\n",
            "this article is not yet due: it becomes due at 2099-01-01T00:00:00Z",
        ),
    ] {
        let text = report("c", "2026-05-01T05:00", more);
        let text = match name {
            "future" => text.replacen("publishedDateTime: 2026-05-01T05:00:00Z\n", "", 1),
            _ => text,
        };
        site.write(&format!("content/{name}.md"), text);
        let (_, errors) = explained(&site, &format!("content/{name}.md"));
        assert!(errors.contains(reason), "{name}: {errors}");
    }
    let (_, errors) = explained(&site, "content/pages/about.md");
    assert!(errors.contains("this document is not an article"), "{errors}");
    let warning = "warning[W0122]: this document has errors and is left out\n--> content/faulty.md";
    assert!(explained(&site, "content/a.md").1.contains(warning));
    assert!(explained(&site, "front").1.contains(warning));
    let stories = newsgen(site.root(), &["stories", "--json", "--at", NOW]);
    assert!(stories.status.success() && utf8(&stories.stderr).contains(warning));
}

#[test]
fn explain_leaves_out_what_a_build_leaves_out() {
    let site = site(&["a", "b", "c"]);
    add_settings(&site, "on_error = \"leave-out\"\n");
    site.write("static/news/2026/05/b/index.html", "in the way");
    site.build();
    assert!(!site.page("news/2026/05/a/index.html").contains("/news/2026/05/b/"));
    let (lines, warnings) = explained(&site, "content/a.md");
    assert!(lines.contains("Its story has 2 articles of 2 providers"), "{lines}");
    assert!(warnings.contains("left out\n--> content/b.md"), "{warnings}");
    let (_, errors) = explained(&site, "content/b.md");
    assert!(errors.starts_with("error[E0097]: ") && errors.contains("static/news"), "{errors}");
}

#[test]
fn explain_takes_paths_and_addresses_in_all_forms() {
    let site = site(&["a", "b"]);
    add_settings(&site, "");
    let config = CONFIG.replace("https://test.example/\"", "https://test.example/here/\"");
    site.write("site.toml", config);
    let (expected, _) = explained(&site, "content/a.md");
    assert!(expected.contains("Its story has 2 articles"), "{expected}");
    let absolute = site.root().join("content/a.md");
    let absolute = absolute.to_str().expect("UTF-8");
    let forms = [
        "./content/a.md",
        absolute,
        "news/2026/05/a",
        "/here/news/2026/05/a/",
        "https://test.example/here/news/2026/05/a/",
    ];
    for form in forms {
        assert_eq!(explained(&site, form).0, expected, "{form}");
    }
    let (parent, name) = (site.root().parent(), site.root().file_name());
    let (parent, name) = (parent.expect("parent"), name.and_then(|name| name.to_str()));
    let name = name.expect("UTF-8");
    let below_parent = format!("{name}/content/a.md");
    for form in ["content/a.md", absolute, &below_parent] {
        let output = newsgen(parent, &["explain", "--root", name, form, "--at", NOW]);
        assert_eq!(utf8(&output.stdout), expected, "{form}");
    }
}

#[test]
fn explain_takes_addresses_of_originals_and_former_ones() {
    let site = site(&["a", "b"]);
    add_settings(&site, "");
    let aliases = "aliases: [/2020/Ferry.html, /caf\u{e9}/]\n";
    site.write("content/c.md", report("c", "2026-05-01T05:00", aliases));
    site.write(
        "content/draft.md",
        report("d", "2026-05-01T06:00", "published: false\naliases: [/d]\n"),
    );
    let (expected, _) = explained(&site, "content/c.md");
    let text = fs::read_to_string(site.path("content/c.md")).expect("c");
    let url = text.lines().find_map(|line| line.strip_prefix("originalUrl: ")).expect("original");
    let other = format!("{}/?utm_source=x", url.replace("https", "http"));
    for (form, what) in [
        (url, "the original of this article"),
        (&other, "the original of this article"),
        ("/2020/Ferry.html", "a former address of this article"),
        ("https://test.example/2020/Ferry.html", "a former address of this article"),
        ("https://TEST.example/2020/Ferry.html?x=1#y", "a former address of this article"),
        ("caf%C3%A9", "a former address of this article"),
    ] {
        assert_eq!(explained(&site, form).0, format!("{form} is {what}:\n\n{expected}"));
    }
    for form in ["/d/", &url.replace("//www.c.", "//www.d.").replace("says-c", "says-d")] {
        let (_, errors) = explained(&site, form);
        assert!(
            errors.contains("it has `published: false`\n--> content/draft.md"),
            "{form}: {errors}"
        );
    }
    assert!(explained(&site, "/2021/").1.contains("no published article has this path or address"));
    site.write("content/later.md", text.replace("aliases: ", "published: false\naliases: "));
    let (found, _) = explained(&site, url);
    let first =
        "the original of this article and of 1 other, which `newsgen list --duplicates` shows:";
    assert!(found.starts_with(&format!("{url} is {first}\n")), "{found}");
}

#[test]
fn address_of_a_placeholder_says_nothing_about_the_event() {
    let site = Site::new("");
    let report = |title: &str, original: &str, provider: &str| {
        format!(
            "---\ntitle: {title}\npublishedDateTime: 2026-01-02T10:00:00Z\noriginalUrl: {original}\n\
             provider:\n  domain: {provider}\n---\n"
        )
    };
    let placeholder = "https://the-provider.example/the-original-article";
    site.write("content/a.md", report("Dockers vote on an offer", placeholder, "provider.example"));
    let original = "https://b.example/the-original-article";
    site.write("content/b.md", report("The original article of the treaty", original, "b.example"));
    site.build();
    assert!(!site.page("news/2026/01/a/index.html").contains("This story"));
}
