//! Which articles are published, at which URLs, and how they are related.

use crate::fixture::{Site, article, instant};

/// The addresses of the related cards on the page of an article, in their order.
fn related(site: &Site, path: &str) -> Vec<String> {
    let page = site.page(path);
    let Some(start) = page.find("id=\"related\"") else { return Vec::new() };
    let cards = page[start..].split("<h3").skip(1);
    let links = cards.filter_map(|card| card.split("href=\"").nth(1)?.split('"').next());
    links
        .map(|link| link.trim_start_matches("/news/2026/").trim_end_matches('/').to_owned())
        .collect()
}

#[test]
fn unpublished_and_future_articles_are_excluded() {
    let mut site = Site::new("");
    site.write("content/a.md", article("Public", "2026-01-02", "topics: [Open]\n"));
    site.write(
        "content/b.md",
        article("Hidden", "2026-01-03", "published: false\ntopics: [Shut]\n"),
    );
    site.write("content/c.md", article("Tomorrow", "2026-06-02", "topics: [Later]\n"));
    assert_eq!(site.build().stats.articles, 1);
    for (path, bytes) in site.tree() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for word in ["Hidden", "Tomorrow", "Shut", "Later"] {
            assert!(!text.contains(word), "{path} holds {word}");
        }
    }
    site.overrides.unpublished = true;
    assert_eq!(site.build().stats.articles, 2);
    site.overrides.future = true;
    assert_eq!(site.build().stats.articles, 3);
    (site.overrides.unpublished, site.overrides.future) = (false, false);
    site.overrides.now = instant("2026-06-02T10:00:00Z");
    assert_eq!(site.build().stats.articles, 2, "an article is due at its instant");
}

#[test]
fn oldest_article_keeps_a_contested_address() {
    let site = Site::new("");
    let other = |day: &str| {
        let text = article("Same", day, "").replace("provider.example", "other.example");
        text.replace("/same", &format!("/same-{day}")).replace("name: Provider", "name: Other")
    };
    site.write("content/x/2026-01-09-same.md", article("Same", "2026-01-09", ""));
    site.write("content/y/2026-01-08-same.md", other("2026-01-08"));
    site.write("content/y/2026-01-10-same.md", other("2026-01-10"));
    site.write("content/z/2026-01-11-same.md", other("2026-01-11"));
    let findings = site.findings();
    assert_eq!(findings.len(), 4, "{findings:?}");
    assert_eq!(findings[0], "addresses.lock: this file is new");
    assert_eq!(
        findings[1],
        "content/x/2026-01-09-same.md: /news/2026/01/same/ is already the URL of content/y/2026-01-08-same.md; this article is at /news/2026/01/same-provider-example/"
    );
    for slug in ["same", "same-provider-example", "same-other-example", "same-other-example-2"] {
        site.page(&format!("news/2026/01/{slug}/index.html"));
    }
}

#[test]
fn topics_merge_by_slug() {
    let site = Site::new("");
    site.write("content/a.md", article("One", "2026-01-02", "topics: [AI, C++, Électricité]\n"));
    site.write("content/b.md", article("Two", "2026-01-03", "topics: [ai, 'C#', 量子計算]\n"));
    site.write("content/c.md", article("Three", "2026-01-04", "topics: [AI, C, .NET]\n"));
    let outcome = site.try_build();
    let warning = &outcome.diagnostics[0];
    assert_eq!(warning.location.to_string(), "content/b.md:9:10");
    assert!(
        warning.message.contains("`ai` (1 article) and `AI` (2 articles) share"),
        "{}",
        warning.message
    );
    assert_eq!(warning.others[0].0.to_string(), "content/a.md");
    for slug in ["ai", "c", "c-plus-plus", "c-sharp", "dot-net", "electricite", "量子計算"] {
        site.page(&format!("topics/{slug}/index.html"));
    }
    let index = site.page("topics/index.html");
    assert!(index.contains("/topics/%E9%87%8F%E5%AD%90%E8%A8%88%E7%AE%97/"), "{index}");
    assert_eq!(outcome.summary.expect("built").stats.topics, 7);
}

#[test]
fn providers_are_grouped_by_domain() {
    let site = Site::new("");
    let named = |name: &str, day: &str| {
        article(name, day, "").replace("name: Provider", &format!("name: {name}"))
    };
    site.write("content/a.md", named("CTV", "2026-01-02"));
    site.write("content/b.md", named("CTV News", "2026-01-03"));
    site.write("content/c.md", named("CTV News", "2026-01-04"));
    assert_eq!(site.build().stats.providers, 1);
    assert!(site.page("providers/provider-example/index.html").contains(">CTV News</bdi></h1>"));
    assert!(
        site.page("news/2026/01/a/index.html").contains(">CTV</a>"),
        "a card shows the topic name of its article"
    );
    site.write("content/providers/provider-example.md", "---\nname: CTV Network\n---\nHello\n");
    site.build();
    assert!(site.page("providers/provider-example/index.html").contains(">CTV Network</bdi></h1>"));
}

#[test]
fn topics_have_parents_and_introductions() {
    let site = Site::new(
        "=== content/topics/ai.md\n---\nname: Artificial Intelligence\n---\nAn *introduction*.\n\
         === content/topics/ai-in-healthcare.md\n---\nparent: AI\n---\n\
         === content/topics/lost.md\n---\nparent: nowhere\n---\n\
         === content/topics/round.md\n---\nparent: about\n---\n\
         === content/topics/about.md\n---\nparent: round\n---\n",
    );
    site.write("content/a.md", article("One", "2026-01-02", "topics: [AI in Healthcare]\n"));
    let mut findings = site.findings();
    findings.retain(|line| !line.contains("no article has"));
    assert_eq!(
        findings,
        [
            "content/topics/lost.md: unknown parent topic `nowhere`",
            "content/topics/round.md: topic `about` cannot be the parent: it is a subtopic of this one"
        ]
    );
    let parent = site.page("topics/ai/index.html");
    assert!(
        parent.contains(">Artificial Intelligence</bdi></h1>")
            && parent.contains("<p>An <em>introduction</em>.</p>")
    );
    assert!(parent.contains("href=\"/topics/ai-in-healthcare/\""), "children are linked");
    assert!(
        parent.contains("href=\"/news/2026/01/a/\""),
        "a topic lists the articles of its subtopics"
    );
    assert!(
        site.page("topics/ai-in-healthcare/index.html").contains("href=\"/topics/ai/\""),
        "the breadcrumb"
    );
}

#[test]
fn editorial_links_are_bidirectional() {
    let site = Site::new("");
    let item = |url: &str| format!("  - title: X\n    webUrl: {url}\n");
    let named = [
        item("http://provider.example/old/?utm_source=feed#top"),
        item("https://www.provider.example/old"),
        item("https://www.provider.example/new"),
        item("https://foreign.example/story"),
        item("https://www.foreign.example/story/"),
    ];
    site.write("content/old.md", article("old", "2026-01-02", ""));
    site.write(
        "content/new.md",
        article("new", "2026-01-23", &format!("related:\n{}", named.concat())),
    );
    site.build();
    assert_eq!(
        related(&site, "news/2026/01/new/index.html"),
        ["01/old", "https://foreign.example/story"]
    );
    assert_eq!(related(&site, "news/2026/01/old/index.html"), ["01/new"]);
}

#[test]
fn related_lists_prefer_rarer_topics() {
    let site = Site::new("");
    let write = |name: &str, day: &str, more: &str| {
        site.write(&format!("content/{name}.md"), article(name, day, more));
    };
    write("common1", "2026-01-01", "topics: [Common]\nquality: 5\n");
    write("common2", "2026-01-02", "topics: [Common]\nquality: 9\n");
    write("common3", "2026-01-03", "topics: [Common]\nquality: 5\n");
    write("common4", "2026-01-04", "topics: [Common]\n");
    write("rare", "2026-01-05", "topics: [Rare]\n");
    write("both", "2026-01-06", "topics: [Common, Rare]\n");
    write("newest", "2026-01-07", "topics: [Common, Rare]\n");
    site.build();
    assert_eq!(
        related(&site, "news/2026/01/newest/index.html"),
        ["01/both", "01/rare", "01/common2", "01/common3"]
    );
    assert_eq!(
        related(&site, "news/2026/01/both/index.html"),
        ["01/rare", "01/common2", "01/common3", "01/common1"]
    );
    assert_eq!(
        related(&site, "news/2026/01/common1/index.html"),
        [""; 0],
        "computed links are one-way"
    );
}

#[test]
fn duplicate_topic_files_are_an_error() {
    let site =
        Site::new("=== content/topics/AI.md\n---\n---\n=== content/topics/deep/ai.md\n---\n---\n");
    assert_eq!(
        site.findings(),
        ["content/topics/deep/ai.md: content/topics/AI.md is already the page of `ai`"]
    );
}

#[test]
fn explicit_slug_does_not_displace_older_article() {
    let site = Site::new("");
    site.write("content/2026-01-01-same.md", article("Old", "2026-01-01", ""));
    site.write("content/new.md", article("New", "2026-01-02", "slug: same\n"));
    assert_eq!(
        site.findings(),
        [
            "content/new.md:9:7: `slug` gives /news/2026/01/same/, the URL of content/2026-01-01-same.md"
        ]
    );
}

#[test]
fn card_shows_the_topic_name_of_its_article() {
    let site = Site::new("");
    for (name, topic) in [("a", "AI"), ("b", "AI"), ("c", "ai")] {
        site.write(
            &format!("content/{name}.md"),
            article(name, "2026-01-02", &format!("topics: [{topic}]\n")),
        );
    }
    site.build();
    assert!(site.page("topics/ai/index.html").contains(">AI</bdi></h1>"));
    assert!(site.page("news/2026/01/c/index.html").contains("<a href=\"/topics/ai/\">ai</a>"));
}

#[test]
fn misspelt_key_is_a_warning() {
    let site = Site::new("");
    site.write(
        "content/a.md",
        article("A", "2026-01-02", "publised: false\ndrafts: true\nreadingMinutes: 6\n"),
    );
    assert_eq!(
        site.findings(),
        [
            "content/a.md:9:1: unknown key `publised`: the document is published all the same",
            "content/a.md:10:1: unknown key `drafts`: the document is published all the same",
        ]
    );
}

#[test]
fn empty_values_count_as_missing() {
    let site = Site::new("");
    let more = "webUrl: \"\"\nampWebUrl: ''\ncategory: \"\"\ntype: \"\"\nslug: \"\"\nheat: -1\n";
    site.write("content/a.md", article("A", "2026-01-02", more));
    assert_eq!(site.findings(), [""; 0]);
    site.page("news/2026/01/a/index.html");
}

#[test]
fn pages_can_be_unpublished_and_ordered() {
    let site = Site::new(
        "=== content/pages/a.md\n---\ntitle: A\norder: 2\n---\n=== content/pages/b.md\n---\ntitle: B\norder: 1\n---\n\
         === content/pages/c.md\n---\ntitle: C\npublished: false\n---\n",
    );
    site.build();
    let page = site.page("a/index.html");
    assert!(page.find(">B</a>") < page.find(">A</a>") && !page.contains(">C</a>"), "{page}");
}

#[test]
fn wrong_amp_cache_url_is_a_warning() {
    let site = Site::new("");
    let amp =
        "ampWebUrl: https://amp.provider.example/a\ncdnAmpWebUrl: https://elsewhere.example/a\n";
    site.write("content/a.md", article("A", "2026-01-02", amp));
    assert_eq!(
        site.findings(),
        ["content/a.md:10:15: `cdnAmpWebUrl` is not the AMP cache URL of `ampWebUrl`"]
    );
    assert!(!site.page("news/2026/01/a/index.html").contains("elsewhere.example"));
}

#[test]
fn topics_sort_by_order_then_name() {
    let site = Site::new("=== content/topics/zebra.md\n---\nname: Zebra\norder: 1\n---\n");
    site.write("content/a.md", article("A", "2026-01-02", "topics: [Beta, alpha, Zebra]\n"));
    site.build();
    let page = site.page("topics/index.html");
    let location = |name: &str| page.find(&format!(">{name}</a>")).expect(name);
    assert!(
        location("Zebra") < location("alpha") && location("alpha") < location("Beta"),
        "{page}"
    );
}

#[test]
fn images_use_https_and_categories_are_capitalized() {
    let site = Site::new("");
    site.write(
        "content/a.md",
        article("A", "2026-01-02", "images: [{url: 'http://a.example/x y.jpg'}]\n"),
    );
    site.build();
    let page = site.page("news/2026/01/a/index.html");
    assert!(page.contains("src=\"https://a.example/x%20y.jpg\""), "{page}");
    assert!(page.contains(">News</a>"), "{page}");
}

#[test]
fn duplicate_original_belongs_to_the_older_article() {
    let site = Site::new("");
    let same = |name: &str, day: &str| {
        article(name, day, "").replace(&format!("example/{name}"), "example/shared")
    };
    site.write("content/old.md", same("old", "2026-01-01"));
    site.write("content/new.md", same("new", "2026-01-02"));
    let named = "related:\n  - title: X\n    webUrl: https://provider.example/shared\n";
    site.write("content/third.md", article("third", "2026-01-23", named));
    site.build();
    assert_eq!(related(&site, "news/2026/01/third/index.html"), ["01/old"]);
}

#[test]
fn topic_cycles_are_cut() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "topics: [T00]\n"));
    for number in 0..40 {
        let parent = format!("t{:02}", number + 1);
        site.write(
            &format!("content/topics/t{number:02}.md"),
            format!("---\nparent: {parent}\n---\n"),
        );
    }
    site.write("content/topics/t40.md", "---\n---\n");
    let deep = |number: u8| {
        format!("content/topics/t{number:02}.md: topics can be nested at most 8 levels deep")
    };
    let mut found = site.findings();
    found.retain(|line| !line.contains("no article has"));
    assert_eq!(found, [0, 8, 16, 24, 32].map(deep));
    site.write("content/topics/t40.md", "---\nparent: t00\n---\n");
    let message =
        "content/topics/t40.md: topic `t00` cannot be the parent: it is a subtopic of this one";
    assert!(site.findings().contains(&message.to_owned()), "{:?}", site.findings());
}
