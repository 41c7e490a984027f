//! Who takes part, who has which address, and who is related to whom.

use crate::fixture::{Site, article, instant};

/// The addresses of the related cards on the page of an article, in their order.
fn related(site: &Site, path: &str) -> Vec<String> {
    let page = site.page(path);
    let Some(start) = page.find("id=\"related\"") else { return Vec::new() };
    let cards = page[start..].split("<h3").skip(1);
    let links = cards.filter_map(|card| card.split("href=\"").nth(1)?.split('"').next());
    links.map(|link| link.trim_start_matches("/news/2026/").trim_end_matches('/').to_owned()).collect()
}

#[test]
fn what_is_unpublished_or_not_due_takes_part_in_nothing() {
    let mut site = Site::new("");
    site.write("content/a.md", article("Public", "2026-01-02", "topics: [Open]\n"));
    site.write("content/b.md", article("Hidden", "2026-01-03", "published: false\ntopics: [Shut]\n"));
    site.write("content/c.md", article("Tomorrow", "2026-06-02", "topics: [Later]\n"));
    assert_eq!(site.build().census.articles, 1);
    for (path, bytes) in site.tree() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for word in ["Hidden", "Tomorrow", "Shut", "Later"] {
            assert!(!text.contains(word), "{path} holds {word}");
        }
    }
    site.overrides.unpublished = true;
    assert_eq!(site.build().census.articles, 2);
    site.overrides.future = true;
    assert_eq!(site.build().census.articles, 3);
    (site.overrides.unpublished, site.overrides.future) = (false, false);
    site.overrides.now = instant("2026-06-02T10:00:00Z");
    assert_eq!(site.build().census.articles, 2, "an article is due at its instant");
}

#[test]
fn the_oldest_of_two_keeps_the_address_that_both_want() {
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
        "content/x/2026-01-09-same.md: /news/2026/01/same/ is the address of content/y/2026-01-08-same.md already; \
         this article is at /news/2026/01/same-provider-example/"
    );
    for slug in ["same", "same-provider-example", "same-other-example", "same-other-example-2"] {
        site.page(&format!("news/2026/01/{slug}/index.html"));
    }
}

#[test]
fn spellings_of_one_topic_meet_and_distinct_topics_stay_apart() {
    let site = Site::new("");
    site.write("content/a.md", article("One", "2026-01-02", "topics: [AI, C++, Électricité]\n"));
    site.write("content/b.md", article("Two", "2026-01-03", "topics: [ai, 'C#', 量子計算]\n"));
    site.write("content/c.md", article("Three", "2026-01-04", "topics: [AI, C, .NET]\n"));
    let outcome = site.try_build();
    let warning = &outcome.diagnostics[0];
    assert_eq!(warning.place.to_string(), "content/b.md");
    assert!(warning.message.contains("`ai` is the same as `AI`"), "{}", warning.message);
    assert_eq!(warning.others[0].0.to_string(), "content/a.md");
    for slug in ["ai", "c", "c-plus-plus", "c-sharp", "dot-net", "electricite", "量子計算"] {
        site.page(&format!("topics/{slug}/index.html"));
    }
    let index = site.page("topics/index.html");
    assert!(index.contains("/topics/%E9%87%8F%E5%AD%90%E8%A8%88%E7%AE%97/"), "{index}");
    assert_eq!(outcome.summary.expect("built").census.topics, 7);
}

#[test]
fn a_provider_is_its_domain_and_its_pages_show_the_usual_name() {
    let site = Site::new("");
    let named =
        |name: &str, day: &str| article(name, day, "").replace("name: Provider", &format!("name: {name}"));
    site.write("content/a.md", named("CTV", "2026-01-02"));
    site.write("content/b.md", named("CTV News", "2026-01-03"));
    site.write("content/c.md", named("CTV News", "2026-01-04"));
    assert_eq!(site.build().census.providers, 1);
    assert!(site.page("providers/provider-example/index.html").contains(">CTV News</h1>"));
    assert!(
        site.page("news/2026/01/a/index.html").contains(">CTV</a>"),
        "a card has the name that its article has"
    );
    site.write("content/providers/provider-example.md", "---\nname: CTV Network\n---\nHello\n");
    site.build();
    assert!(site.page("providers/provider-example/index.html").contains(">CTV Network</h1>"));
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
    let findings = site.findings();
    assert_eq!(
        findings,
        [
            "content/topics/lost.md: there is no topic `nowhere` that could be the parent",
            "content/topics/round.md: the topic `about` cannot be the parent, because it is a part of this one"
        ]
    );
    let parent = site.page("topics/ai/index.html");
    assert!(
        parent.contains(">Artificial Intelligence</h1>")
            && parent.contains("<p>An <em>introduction</em>.</p>")
    );
    assert!(parent.contains("href=\"/topics/ai-in-healthcare/\""), "children are linked");
    assert!(parent.contains("href=\"/news/2026/01/a/\""), "a topic lists what its parts list");
    assert!(
        site.page("topics/ai-in-healthcare/index.html").contains("href=\"/topics/ai/\""),
        "the breadcrumb"
    );
}

#[test]
fn links_of_editors_go_both_ways_and_in_any_spelling() {
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
    site.write("content/new.md", article("new", "2026-01-03", &format!("related:\n{}", named.concat())));
    site.build();
    assert_eq!(related(&site, "news/2026/01/new/index.html"), ["01/old", "https://foreign.example/story"]);
    assert_eq!(related(&site, "news/2026/01/old/index.html"), ["01/new"]);
}

#[test]
fn short_lists_are_filled_with_older_articles_of_rarer_topics_first() {
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
        "a computed link makes no link back"
    );
}

#[test]
fn two_files_for_one_topic_are_an_error() {
    let site = Site::new("=== content/topics/AI.md\n---\n---\n=== content/topics/deep/ai.md\n---\n---\n");
    assert_eq!(
        site.findings(),
        ["content/topics/deep/ai.md: content/topics/AI.md is the page of `ai` already"]
    );
}

#[test]
fn a_slug_that_an_editor_wrote_does_not_push_an_older_article_away() {
    let site = Site::new("");
    site.write("content/2026-01-01-same.md", article("Old", "2026-01-01", ""));
    site.write("content/new.md", article("New", "2026-01-02", "slug: same\n"));
    assert_eq!(
        site.findings(),
        [
            "content/new.md:9:7: `slug` leads to /news/2026/01/same/, which is the address of content/2026-01-01-same.md"
        ]
    );
}

#[test]
fn a_card_names_a_topic_as_its_article_does() {
    let site = Site::new("");
    for (name, topic) in [("a", "AI"), ("b", "AI"), ("c", "ai")] {
        site.write(
            &format!("content/{name}.md"),
            article(name, "2026-01-02", &format!("topics: [{topic}]\n")),
        );
    }
    site.build();
    assert!(site.page("topics/ai/index.html").contains(">AI</h1>"));
    assert!(site.page("news/2026/01/c/index.html").contains("<a href=\"/topics/ai/\">ai</a>"));
}

#[test]
fn a_key_that_looks_misspelt_is_a_warning() {
    let site = Site::new("");
    site.write(
        "content/a.md",
        article("A", "2026-01-02", "publised: false\ndrafts: true\nreadingMinutes: 6\n"),
    );
    assert_eq!(
        site.findings(),
        [
            "content/a.md:9:1: `publised` means nothing to newsgen",
            "content/a.md:10:1: `drafts` means nothing to newsgen"
        ]
    );
}

#[test]
fn what_has_no_value_is_missing() {
    let site = Site::new("");
    let more = "webUrl: \"\"\nampWebUrl: ''\ncategory: \"\"\ntype: \"\"\nslug: \"\"\nheat: -1\n";
    site.write("content/a.md", article("A", "2026-01-02", more));
    assert_eq!(site.findings(), [""; 0]);
    site.page("news/2026/01/a/index.html");
}

#[test]
fn standing_pages_can_be_unpublished_and_have_an_order() {
    let site = Site::new(
        "=== content/pages/a.md\n---\ntitle: A\norder: 2\n---\n=== content/pages/b.md\n---\ntitle: B\norder: 1\n---\n\
         === content/pages/c.md\n---\ntitle: C\npublished: false\n---\n",
    );
    site.build();
    let page = site.page("a/index.html");
    assert!(page.find(">B</a>") < page.find(">A</a>") && !page.contains(">C</a>"), "{page}");
}

#[test]
fn a_cached_copy_that_the_cache_would_not_have_is_a_warning() {
    let site = Site::new("");
    let amp = "ampWebUrl: https://amp.provider.example/a\ncdnAmpWebUrl: https://elsewhere.example/a\n";
    site.write("content/a.md", article("A", "2026-01-02", amp));
    assert_eq!(
        site.findings(),
        ["content/a.md:10:15: `cdnAmpWebUrl` is not the AMP cache's address of `ampWebUrl`"]
    );
    assert!(!site.page("news/2026/01/a/index.html").contains("elsewhere.example"));
}

#[test]
fn topics_stand_in_their_order_and_then_by_name() {
    let site = Site::new("=== content/topics/zebra.md\n---\nname: Zebra\norder: 1\n---\n");
    site.write("content/a.md", article("A", "2026-01-02", "topics: [Beta, alpha, Zebra]\n"));
    site.build();
    let page = site.page("topics/index.html");
    let place = |name: &str| page.find(&format!(">{name}</a>")).expect(name);
    assert!(place("Zebra") < place("alpha") && place("alpha") < place("Beta"), "{page}");
}

#[test]
fn pictures_are_fetched_by_https_and_categories_begin_with_a_capital() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "images: [{url: 'http://a.example/x y.jpg'}]\n"));
    site.build();
    let page = site.page("news/2026/01/a/index.html");
    assert!(page.contains("src=\"https://a.example/x%20y.jpg\""), "{page}");
    assert!(page.contains(">News</a>"), "{page}");
}

#[test]
fn an_address_that_two_articles_share_is_the_older_ones() {
    let site = Site::new("");
    let same =
        |name: &str, day: &str| article(name, day, "").replace(&format!("example/{name}"), "example/shared");
    site.write("content/old.md", same("old", "2026-01-01"));
    site.write("content/new.md", same("new", "2026-01-02"));
    let named = "related:\n  - title: X\n    webUrl: https://provider.example/shared\n";
    site.write("content/third.md", article("third", "2026-01-03", named));
    site.build();
    assert_eq!(related(&site, "news/2026/01/third/index.html"), ["01/old"]);
}

#[test]
fn chains_and_circles_of_topics_are_cut() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "topics: [T00]\n"));
    for number in 0..40 {
        let parent = format!("t{:02}", number + 1);
        site.write(&format!("content/topics/t{number:02}.md"), format!("---\nparent: {parent}\n---\n"));
    }
    site.write("content/topics/t40.md", "---\n---\n");
    let deep = |number: u8| {
        format!("content/topics/t{number:02}.md: topics can be parts of one another to a depth of 8")
    };
    assert_eq!(site.findings(), [0, 8, 16, 24, 32].map(deep));
    site.write("content/topics/t40.md", "---\nparent: t00\n---\n");
    let message =
        "content/topics/t40.md: the topic `t00` cannot be the parent, because it is a part of this one";
    assert!(site.findings().contains(&message.to_owned()), "{:?}", site.findings());
}
