//! Topics contain the articles of their subtopics.

use crate::fixture::{Site, article};

/// Topics `top > middle > low` and `top > side`; `bare` has neither articles nor subtopics.
const TOPICS: &str = "=== content/topics/top.md\n---\nname: Top\n---\n=== content/topics/middle.md\n---\nparent: top\n---\n\
                      === content/topics/low.md\n---\nparent: middle\n---\n=== content/topics/side.md\n---\nparent: top\n---\n\
                      === content/topics/bare.md\n---\nname: Bare\n---\n";

/// The addresses of the articles in a page's headlines, in their order.
fn headlines(site: &Site, path: &str) -> Vec<String> {
    let page = site.page(path);
    let links = page.split("<h2><a href=\"/news/2026/01/").skip(1);
    links.filter_map(|rest| rest.split('/').next()).map(str::to_owned).collect()
}

fn site() -> Site {
    let site = Site::new(TOPICS);
    site.write("content/one.md", article("One", "2026-01-01", "topics: [low]\n"));
    site.write("content/two.md", article("Two", "2026-01-02", "topics: [side]\n"));
    site.write("content/three.md", article("Three", "2026-01-03", "topics: [low, middle, side]\n"));
    site
}

#[test]
fn parent_topic_lists_articles_of_subtopics() {
    let site = site();
    site.build();
    assert_eq!(headlines(&site, "topics/top/index.html"), ["three", "two", "one"]);
    assert_eq!(headlines(&site, "topics/middle/index.html"), ["three", "one"]);
    assert_eq!(headlines(&site, "topics/low/index.html"), ["three", "one"]);
    assert_eq!(headlines(&site, "topics/side/index.html"), ["three", "two"]);
    assert!(!site.page("topics/top/index.html").contains("There are no stories here yet."));
    let atom = site.page("topics/top/atom.xml");
    assert_eq!(atom.matches("<entry>").count(), 3);
    assert!(atom.contains("<updated>2026-01-03T10:00:00+00:00</updated>"), "{atom}");
    let index = site.page("topics/index.html");
    let counts: Vec<&str> = index
        .split("<span aria-hidden=\"true\">")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .collect();
    assert_eq!(counts, ["0", "3", "2", "2", "2"], "Bare, Top, middle, low, side");
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn subtopics_do_not_change_related_links() {
    let related = |site: &Site| {
        site.build();
        ["one", "two", "three", "four"].map(|name| {
            let page = site.page(&format!("news/2026/01/{name}/index.html"));
            page.split("id=\"related\"").nth(1).unwrap_or_default().to_owned()
        })
    };
    let site = site();
    site.write("content/four.md", article("Four", "2026-01-04", "topics: [top, middle]\n"));
    let with_parents = related(&site);
    for name in ["middle", "low", "side"] {
        site.write(&format!("content/topics/{name}.md"), "---\n---\n");
    }
    assert_eq!(with_parents, related(&site));
    assert!(
        with_parents[3].contains("/three/") && !with_parents[3].contains("/one/"),
        "{}",
        with_parents[3]
    );
}

#[test]
fn archive_pages_of_a_parent_topic_are_stable() {
    let site = Site::new(TOPICS);
    site.write("site.toml", format!("{}per_page = 2\n", crate::fixture::CONFIG));
    let write = |number: u32| {
        let topic = ["low", "side", "top", "middle"][number as usize % 4];
        let text = article(
            &format!("A{number}"),
            &format!("2026-01-{number:02}"),
            &format!("topics: [{topic}]\n"),
        );
        site.write(&format!("content/a{number}.md"), text);
    };
    (1..=7).for_each(write);
    site.build();
    let before = site.tree();
    (8..=12).for_each(write);
    site.build();
    let after = site.tree();
    let is_closed = |path: &&String| path.starts_with("topics/top/page/");
    let closed: Vec<&String> = before.keys().filter(is_closed).collect();
    assert_eq!(closed, ["topics/top/page/1/index.html", "topics/top/page/2/index.html"]);
    // The newest archive page now links to a newer one.
    assert_eq!(before[closed[0]], after[closed[0]]);
    assert_eq!(after, site.clean_tree());
}

#[test]
fn lists_without_articles_have_no_feeds() {
    let site = site();
    site.build();
    let page = site.page("topics/bare/index.html");
    assert!(page.contains("There are no stories here yet."), "{page}");
    assert!(
        page.contains("href=\"/atom.xml\"") && !page.contains("topics/bare/atom.xml"),
        "{page}"
    );
    assert!(!site.page("opml.xml").contains("topics/bare"));
    for (path, bytes) in site.tree() {
        assert!(!String::from_utf8_lossy(&bytes).contains("1970"), "{path}");
        assert!(!path.starts_with("topics/bare/") || path == "topics/bare/index.html", "{path}");
    }
    site.write("content/four.md", article("Four", "2026-01-04", "topics: [bare]\n"));
    site.build();
    assert!(site.page("topics/bare/index.html").contains("href=\"/topics/bare/atom.xml\""));
    assert_eq!(site.tree(), site.clean_tree());
    site.remove("content/four.md");
    site.build();
    assert!(!site.path("public/topics/bare/atom.xml").exists());
}

#[test]
fn empty_site_has_no_feeds() {
    for kind in ["none", "cloudflare-pages", "netlify"] {
        let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n");
        site.write("site.toml", format!("{}[host]\nkind = \"{kind}\"\n", crate::fixture::CONFIG));
        assert_eq!(
            site.findings(),
            ["content: nothing to publish: every article is unpublished or dated in the future"]
        );
        for (path, bytes) in site.tree() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let names = ["atom.xml", "rss.xml", "feed.json", "opml.xml", "1970"];
            assert!(
                path == ".newsgen-files" || !names.iter().any(|name| text.contains(name)),
                "{path}: {text}"
            );
            assert!(!names.contains(&path.as_str()), "{path}");
        }
        site.write("content/a.md", article("A", "2026-01-02", ""));
        site.build();
        for name in ["atom.xml", "rss.xml", "feed.json", "opml.xml"] {
            site.page(name);
        }
        assert_eq!(site.tree(), site.clean_tree());
    }
}

#[test]
fn topic_cannot_be_its_own_parent() {
    let site = Site::new("=== content/topics/a.md\n---\nparent: a\n---\n");
    site.write("content/one.md", article("One", "2026-01-01", "topics: [a]\n"));
    assert_eq!(site.findings(), ["content/topics/a.md: topic `a` cannot be its own parent"]);
}
