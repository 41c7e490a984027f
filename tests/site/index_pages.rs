//! Index pages of topics, providers and pages.

use std::collections::BTreeSet;

use crate::fixture::{CONFIG, Site, article, rendered};

/// The links of the entries of an index page, in their order.
fn entries(site: &Site, path: &str) -> Vec<String> {
    let page = site.page(path);
    let links = page.split("<p class=\"entry\"><a href=\"").skip(1);
    links.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn providers(count: usize) -> Site {
    let site = Site::new("");
    for number in 0..count {
        let text = article("A", "2026-01-02", "")
            .replace("  domain: provider", &format!("  domain: p{number:04}"));
        site.write(
            &format!("content/{number}.md"),
            text.replace("name: Provider", &format!("name: P{number:04}")),
        );
    }
    site.build();
    site
}

fn pages(count: usize) -> Site {
    let site = Site::new("");
    for number in 0..count {
        let order = count - number;
        let text = format!(
            "---\ntitle: Page {number:04}\ndescription: About {number:04}.\norder: {order}\n---\n"
        );
        site.write(&format!("content/pages/p{number:04}.md"), text);
    }
    site.build();
    site
}

#[test]
fn provider_index_is_paginated_above_500_entries() {
    let site = providers(500);
    assert_eq!(entries(&site, "providers/index.html").len(), 500);
    let page = site.page("providers/index.html");
    assert!(!page.contains("class=\"pager\"") && !page.contains("page 1"), "{page}");
    assert!(!site.path("public/providers/page").exists());
    let site = providers(1001);
    let paths =
        ["providers/index.html", "providers/page/2/index.html", "providers/page/3/index.html"];
    let all: Vec<String> = paths.iter().flat_map(|path| entries(&site, path)).collect();
    let expected: Vec<String> =
        (0..1001).map(|number| format!("/providers/p{number:04}-example/")).collect();
    assert_eq!(all, expected);
    assert_eq!(entries(&site, paths[2]).len(), 1);
    let links = |path: &str| {
        let page = site.page(path);
        let link = |rel: &str| {
            let before = page
                .split(&format!("\" rel=\"{rel}\">"))
                .next()
                .filter(|before| before.len() < page.len())?;
            before.rsplit("href=\"").next().map(str::to_owned)
        };
        (link("prev"), link("next"))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(links(paths[0]), (None, some("/providers/page/2/")));
    assert_eq!(links(paths[1]), (some("/providers/"), some("/providers/page/3/")));
    assert_eq!(links(paths[2]), (some("/providers/page/2/"), None));
    let second = site.page(paths[1]);
    assert!(second.contains("<title>Providers, page 2 - The Test</title>"), "{second}");
    assert!(
        second.contains("<link rel=\"canonical\" href=\"https://test.example/providers/page/2/\">")
    );
    assert!(second.contains("Page 2 of 3") && !second.contains("name=\"robots\""));
    let sitemap = site.page("sitemap.xml");
    for path in ["", "page/2/", "page/3/"] {
        assert!(
            sitemap.contains(&format!("<loc>https://test.example/providers/{path}</loc>")),
            "{path}"
        );
    }
    assert!(
        !site.path("public/providers/page/1").exists()
            && !site.path("public/providers/page/4").exists()
    );
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn topic_index_repeats_parents_on_every_page() {
    let site = Site::new(
        "=== content/topics/a-top.md\n---\nname: A top\n---\n=== content/topics/z.md\n---\nname: Z\n---\n",
    );
    for number in 0..700 {
        site.write(&format!("content/topics/t{number:04}.md"), "---\nparent: a-top\n---\n");
    }
    site.write("content/topics/deep.md", "---\nname: Deep\nparent: t0600\n---\n");
    site.build();
    let (first, second) =
        (entries(&site, "topics/index.html"), entries(&site, "topics/page/2/index.html"));
    assert_eq!((first.len(), second.len()), (500, 204));
    assert_eq!(first[..2], ["/topics/a-top/", "/topics/t0000/"]);
    assert_eq!(
        second[..2],
        ["/topics/a-top/", "/topics/t0499/"],
        "the parent of the first entry is repeated"
    );
    let page = site.page("topics/page/2/index.html");
    let location = |link: &str| page.find(&format!("<a href=\"/topics/{link}/\">")).expect(link);
    let depth = |link: &str| {
        let before = &page[..location(link)];
        before.matches("<ul class=\"terms\">").count() - before.matches("</ul>\n</li>").count()
    };
    assert!(location("t0600") < location("deep") && location("deep") < location("t0601"));
    assert!(depth("deep") > depth("t0600") && depth("t0600") > depth("z"), "{page}");
    let all: BTreeSet<String> = first.into_iter().chain(second).collect();
    assert_eq!(all.len(), 703);
}

#[test]
fn topic_named_page_does_not_conflict_with_pagination() {
    let site = Site::new("");
    for number in 0..501 {
        site.write(&format!("content/topics/t{number:04}.md"), "---\n---\n");
    }
    site.write("site.toml", format!("{CONFIG}per_page = 1\n"));
    for number in 0..5 {
        site.write(&format!("content/{number}.md"), article("A", "2026-01-02", "topics: [Page]\n"));
    }
    site.try_build().summary.expect("built");
    site.page("topics/page/index.html");
    site.page("topics/page/2/index.html");
    site.page("topics/page/page/2/index.html");
}

#[test]
fn footer_links_to_the_page_index() {
    let site = pages(12);
    let footer = |site: &Site, path: &str| {
        site.page(path).split("<footer").nth(1).expect("footer").to_owned()
    };
    assert_eq!(footer(&site, "index.html").matches("href=\"/p0").count(), 12);
    assert!(
        !site.path("public/pages").exists() && !footer(&site, "index.html").contains("All pages")
    );
    let site = pages(2000);
    for path in ["index.html", "p1999/index.html", "404.html"] {
        let footer = footer(&site, path);
        assert_eq!(footer.matches("href=\"/p1").count(), 12, "{footer}");
        assert!(
            footer.contains("<li><a href=\"/p1999/\"")
                && footer.contains("<a href=\"/pages/\">All pages</a>")
        );
    }
    let bytes: usize = site.tree().values().map(Vec::len).sum();
    assert!(bytes < 2000 * 5000, "{bytes}");
    let paths = [
        "pages/index.html",
        "pages/page/2/index.html",
        "pages/page/3/index.html",
        "pages/page/4/index.html",
    ];
    let all: Vec<String> = paths.iter().flat_map(|path| entries(&site, path)).collect();
    let expected: Vec<String> = (0..2000).rev().map(|number| format!("/p{number:04}/")).collect();
    assert_eq!(all, expected);
    let index = site.page("pages/index.html");
    assert!(
        index.contains("<p class=\"note\">About 1999.</p>") && !index.contains(" articles"),
        "{index}"
    );
    assert!(index.contains("<li><a href=\"/pages/\" aria-current=\"page\">All pages</a></li>"));
    assert!(site.page("sitemap.xml").contains("<loc>https://test.example/pages/page/4/</loc>"));
    // A page that is not in the footer changes only the index.
    site.write("content/pages/p0000.md", "---\ntitle: Changed\norder: 2000\n---\n");
    assert_eq!(rendered(&site.build()), ["p0000/index.html", "pages/page/4/index.html"]);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn amp_footer_links_to_the_page_index() {
    let site = pages(20);
    site.write("site.toml", format!("{CONFIG}article_pages = \"self\"\n[amp]\npages = true\n"));
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.build();
    let page = site.page("news/2026/01/a/amp/index.html");
    assert_eq!(page.matches("href=\"/p00").count(), 12, "{page}");
    assert!(page.contains("<li><a href=\"/pages/\">All pages</a></li>"), "{page}");
}

#[test]
fn page_index_address_is_reserved() {
    let site = Site::new("=== content/pages/pages.md\n---\ntitle: P\n---\n");
    assert_eq!(
        site.findings(),
        ["content/pages/pages.md:1:1: /pages is reserved for the site's own lists"]
    );
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "category: Pages\n"));
    assert_eq!(
        site.findings(),
        ["content/a.md:9:11: /pages/ is reserved for the site's own lists"]
    );
    site.write("site.toml", format!("{CONFIG}permalink = \"/{{slug}}/\"\n"));
    site.write("content/a.md", article("A", "2026-01-02", "slug: pages\n"));
    assert_eq!(site.findings().len(), 1, "{:?}", site.findings());
}

#[test]
fn list_without_description_is_described_by_headlines() {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}per_page = 2\n"));
    let long = "A headline of so many words that only one other has room beside it ".repeat(3);
    for (number, title) in
        ["First", &*long, "Third", "Fourth", "Fifth", "Sixth", "Seventh"].iter().enumerate()
    {
        let day = format!("2026-01-0{}", number + 2);
        site.write(
            &format!("content/{number}.md"),
            article(title.trim(), &day, "topics: [Ports]\n"),
        );
    }
    site.build();
    let description = |path: &str| {
        let page = site.page(path);
        let rest = page.split_once("<meta name=\"description\" content=\"").expect("description").1;
        rest.split_once('"').expect("end").0.to_owned()
    };
    assert_eq!(description("topics/ports/index.html"), "Seventh · Sixth · Fifth");
    assert_eq!(description("topics/ports/page/1/index.html"), long.trim());
    assert_eq!(description("topics/ports/page/2/index.html"), "Fourth · Third");
    site.write("content/topics/ports.md", "---\nname: Ports\ndescription: All about ports.\n---\n");
    site.build();
    assert_eq!(description("topics/ports/index.html"), "All about ports.");
    assert_eq!(description("topics/ports/page/1/index.html"), "All about ports.");
}
