//! Documents that want a path that another one has: `on_error = "leave-out"` leaves out the later one, and nothing else.

use newsgen::diagnostic::Diagnostic;

use crate::fixture::{CONFIG, Site, article};

/// A site that leaves out, with more lines in its `site.toml`.
fn site(config: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n{config}"));
    site.write("content/a.md", article("A", "2026-01-02", "topics: [Sea]\n"));
    site
}

/// Builds, and says which documents have an error. Each is told once; a second build and a clean one agree.
#[track_caller]
fn left_out(site: &Site) -> Vec<String> {
    let outcome = site.try_build();
    let summary = outcome.summary.unwrap_or_else(|| panic!("{:#?}", outcome.diagnostics));
    let errors = outcome.diagnostics.iter().filter(|found| found.is_error());
    let mut files: Vec<String> = errors.map(|error| error.location.file.clone()).collect();
    files.sort();
    assert_eq!(summary.stats.left_out, files.len(), "{:#?}", outcome.diagnostics);
    let (clean, findings) = site.clean_build();
    assert_eq!(clean, Some(site.tree()));
    let is_told_again = |found: &&Diagnostic| found.location.file != "addresses.lock";
    assert!(findings.iter().eq(outcome.diagnostics.iter().filter(is_told_again)), "{findings:#?}");
    let again = site.build();
    assert_eq!((again.changes.is_empty(), again.stats), (true, summary.stats));
    files
}

fn page(title: &str) -> String {
    format!("---\ntitle: {title}\n---\n")
}

#[test]
fn page_at_a_topics_address_is_left_out() {
    let site = site("");
    site.write("content/pages/topics/sea.md", page("Mine"));
    assert_eq!(left_out(&site), ["content/pages/topics/sea.md"]);
    assert!(!site.page("topics/sea/index.html").contains("Mine") && site.has("news/2026/01/a/index.html"));
    site.write("content/a.md", article("A", "2026-01-02", ""));
    assert_eq!(
        site.findings(),
        [
            "content/pages/topics/sea.md: /topics/sea/ was the address of the list of the topic `sea`, which is gone; this \
          page is there now"
        ]
    );
    assert_eq!(left_out(&site), [""; 0], "the topic is gone");
    assert!(site.page("topics/sea/index.html").contains("Mine"));
}

#[test]
fn page_at_the_list_of_documents_that_are_left_out_is_kept() {
    let site = site("permalink = \"/{slug}/\"\n");
    site.write("content/b.md", article("B", "2026-01-03", "slug: robots.txt\ntopics: [Lake]\n"));
    site.write("content/pages/topics/lake.md", page("Mine"));
    assert_eq!(left_out(&site), ["content/b.md"]);
    assert!(site.page("topics/lake/index.html").contains("Mine"));
    site.write("content/b.md", article("B", "2026-01-03", "topics: [Lake]\n"));
    site.write("static/b", "in the way");
    assert_eq!(left_out(&site), ["content/b.md"], "for another file");
    assert!(site.page("topics/lake/index.html").contains("Mine"));
    site.write("content/c.md", article("C", "2026-01-03", "topics: [Lake]\n"));
    assert!(site.findings().iter().any(|found| found.contains("/topics/lake/ was the address of")));
    assert_eq!(left_out(&site), ["content/b.md", "content/pages/topics/lake.md"], "the list stays");
    site.write("site.toml", format!("{CONFIG}permalink = \"/{{slug}}/\"\n"));
    assert_eq!(
        site.findings(),
        [
            "content/b.md: content/b.md and static/b both need the output path b",
            "content/pages/topics/lake.md: content/pages/topics/lake.md and the list of the topic `Lake` both need the output path topics/lake/index.html"
        ],
        "all at once where the site stops"
    );
    let help = site.try_build().diagnostics[1].help.clone();
    assert_eq!(help.as_deref(), Some("rename this file, or choose another topic"));
}

#[test]
fn page_at_an_archive_page_is_left_out() {
    let site = site("per_page = 1\n");
    site.write("content/b.md", article("B", "2026-01-03", ""));
    for (path, is_in_the_way) in [("page/1", true), ("news/page/1", true), ("news/page/9", false)] {
        site.write(&format!("content/pages/{path}.md"), page("Mine"));
        let expected = if is_in_the_way { vec![format!("content/pages/{path}.md")] } else { vec![] };
        assert_eq!(left_out(&site), expected);
        site.remove(&format!("content/pages/{path}.md"));
    }
}

#[test]
fn slug_with_the_name_of_a_feed_is_left_out() {
    let site = site("permalink = \"/{slug}/\"\n");
    for slug in ["atom.xml", "Feed.JSON", "robots.txt", "sitemap.xml", "index.html", "404.html", "_x"] {
        site.write("content/b.md", article("B", "2026-01-03", &format!("slug: {slug}\n")));
        assert_eq!(left_out(&site), ["content/b.md"], "{slug}");
        assert!(site.has("a/index.html") && site.has("atom.xml"));
    }
}

#[test]
fn pages_that_differ_by_case_are_not_both_published() {
    let site = site("");
    site.write("content/pages/x.md", page("Small"));
    site.write("content/pages/X.md", page("Large"));
    assert_eq!(left_out(&site), ["content/pages/x.md"], "the later one by path");
    assert!(site.page("x/index.html").contains("Large"));
    site.write("content/pages/x/index.md", page("Folder"));
    assert_eq!(left_out(&site), ["content/pages/x.md", "content/pages/x/index.md"]);
}

#[test]
fn slugs_that_differ_by_unicode_form_are_not_both_published() {
    let site = site("");
    site.write("content/b.md", article("B", "2026-01-03", "slug: caf\u{e9}\n"));
    site.write("content/c.md", article("C", "2026-01-04", "slug: cafe\u{301}\n"));
    assert_eq!(left_out(&site), ["content/c.md"]);
}

#[test]
fn category_beside_a_static_file_is_left_out() {
    let site = site("");
    site.write("static/img", "a file");
    site.write("content/b.md", article("B", "2026-01-03", "category: img\n"));
    site.write("content/c.md", article("C", "2026-01-04", "category: Img\n"));
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md"]);
    let outcome = site.try_build();
    assert_eq!(outcome.diagnostics[0].location.to_string(), "content/b.md:9:11");
    site.remove("static/img");
    site.write("static/img/a.png", "a picture");
    assert_eq!(left_out(&site), [""; 0], "a folder is not in the way");
    site.write("static/IMG/index.html", "a page");
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md"]);
}

#[test]
fn topics_and_providers_beside_a_static_file_are_left_out() {
    let site = site("");
    site.write("content/b.md", article("B", "2026-01-03", "topics: [River]\n"));
    let other = article("C", "2026-01-04", "").replace("domain: provider", "domain: other");
    site.write("content/c.md", other);
    site.write("static/topics/river/atom.xml/x", "in the way");
    site.write("static/providers/other-example", "in the way");
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md"]);
    site.write("content/topics/lake.md", "---\nname: Lake\n---\n");
    site.write("static/topics/lake/index.html", "in the way");
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md", "content/topics/lake.md"]);
}

#[test]
fn page_at_an_amp_page_is_kept_and_its_article_left_out() {
    let site = site("article_pages = \"self\"\n[amp]\npages = true\n");
    site.write("content/pages/news/2026/01/a/amp.md", page("Mine"));
    site.write("content/b.md", article("B", "2026-01-03", ""));
    assert_eq!(left_out(&site), ["content/a.md"]);
    assert!(!site.has("news/2026/01/a/index.html") && site.has("news/2026/01/b/amp/index.html"));
}

#[test]
fn article_below_an_amp_page_is_left_out_if_it_is_younger() {
    let site = site("article_pages = \"self\"\npermalink = \"/{slug}/\"\n[amp]\npages = true\n");
    site.write("static/b", "in the way");
    site.write("content/b.md", article("B", "2026-01-03", ""));
    assert_eq!(left_out(&site), ["content/b.md"]);
}

#[test]
fn second_file_of_a_term_is_left_out() {
    let site = site("");
    site.write("content/topics/sea.md", "---\nname: First\n---\n");
    site.write("content/topics/Sea.markdown", "---\nname: Zero\n---\n");
    site.write("content/topics/x/sea.md", "---\nname: Third\n---\n");
    assert_eq!(left_out(&site), ["content/topics/sea.md", "content/topics/x/sea.md"]);
    assert!(site.page("topics/sea/index.html").contains("Zero"));
}

#[test]
fn names_that_are_too_long_or_not_portable_are_left_out() {
    let site = site("permalink = \"/{category}-{category}-{category}-co{slug}/\"\n");
    site.write("content/b.md", article("B", "2026-01-03", &format!("category: {}\n", "c".repeat(100))));
    assert_eq!(left_out(&site), ["content/b.md"]);
    let site = self::site("permalink = \"/co{slug}/\"\n");
    site.write("content/b.md", article("B", "2026-01-03", "slug: n\n"));
    assert_eq!(left_out(&site), ["content/b.md"]);
}

#[test]
fn names_that_the_host_does_not_serve_are_left_out() {
    let site = site("[host]\nkind = \"cloudflare-pages\"\n");
    site.write("content/b.md", article("B", "2026-01-03", "category: functions\n"));
    site.write("content/c.md", article("C", "2026-01-03", "slug: node_modules\n"));
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md"]);
}

#[test]
fn left_out_document_keeps_its_address() {
    let site = site("permalink = \"/{slug}/\"\n");
    site.write("static/weekly", "in the way");
    for number in 1..6 {
        site.write(&format!("content/{number}/weekly.md"), article("W", &format!("2026-01-0{number}"), ""));
    }
    assert_eq!(left_out(&site), ["content/1/weekly.md"]);
    assert!(site.has("weekly-provider-example/index.html"));
}

#[test]
fn conflict_with_left_out_document_is_ignored() {
    let site = site("permalink = \"/{slug}/\"\n[feeds]\nformats = []\n");
    site.write("static/b/x/y", "in the way");
    site.write("content/pages/b/x.md", page("Page"));
    site.write("content/pages/b/x/y/z.md", page("Deep"));
    site.write("content/b.md", article("B", "2026-01-03", "slug: b\naliases: [old]\n"));
    site.write("content/c.md", article("C", "2026-01-04", "aliases: [old]\n"));
    site.write("static/B.html/x", "");
    assert_eq!(left_out(&site), ["content/c.md", "content/pages/b/x/y/z.md"], "an alias goes alone");
    assert!(site.has("c/index.html") && site.has("b/x/index.html"));
}

#[test]
fn static_file_conflicts_always_stop() {
    let site = site("");
    site.write("static/a.txt", "a");
    site.write("static/A.TXT", "a");
    assert_eq!(
        site.findings(),
        ["static/a.txt: static/a.txt and static/A.TXT both need the output path A.TXT"]
    );
    site.remove("static/A.TXT");
    site.write("static/topics", "a file");
    assert!(site.try_build().summary.is_none());
}

#[test]
fn conflicts_stop_the_build_by_default() {
    let site = site("");
    site.write("site.toml", CONFIG);
    site.write("content/pages/topics/sea.md", page("Mine"));
    let outcome = site.try_build();
    assert!(outcome.summary.is_none());
    assert_eq!(
        outcome.diagnostics.iter().map(|found| found.location.to_string()).collect::<Vec<_>>(),
        ["content/pages/topics/sea.md"]
    );
}
