//! Documents about the same original.

use newsgen::diagnostic::Code;

use crate::fixture::{Site, article, messages};

#[test]
fn duplicate_original_warning_names_both_documents() {
    let site = Site::new("");
    site.write("content/a.md", article("one", "2026-01-01", ""));
    for (file, original) in [
        ("b", "http://provider.example/one/"),
        ("c", "https://www.provider.example/one?utm_source=x#top"),
        ("d", "https://www.provider.example/two"),
    ] {
        let text = article(file, "2026-01-02", "");
        site.write(
            &format!("content/{file}.md"),
            text.replace(&format!("https://www.provider.example/{file}"), original),
        );
    }
    let outcome = site.try_build();
    assert!(outcome.summary.is_some());
    assert_eq!(
        messages(&outcome.diagnostics),
        [
            "content/b.md: the same original as content/a.md: http://provider.example/one/",
            "content/c.md: the same original as content/a.md: https://www.provider.example/one?utm_source=x#top",
        ]
    );
    assert!(outcome.diagnostics.iter().all(|found| found.changes_output));
    assert_eq!(outcome.diagnostics[0].others[0].0.file, "content/a.md");
}

#[test]
fn draft_with_the_original_of_an_article_is_a_warning() {
    let found = |of_article: &str, of_draft: &str| {
        let site = Site::new("");
        site.write("content/a.md", article("one", "2026-01-01", of_article));
        let draft = format!("published: false\n{of_draft}");
        site.write("content/draft.md", article("one", "2026-01-02", &draft));
        let mut found = site.try_build().diagnostics;
        found.retain(|found| found.code == Code::DuplicateOriginal);
        assert!(found.iter().all(|found| !found.changes_output));
        messages(&found)
    };
    assert_eq!(
        found("", ""),
        [
            "content/draft.md:5:14: this draft has the same original as content/a.md, which is published"
        ]
    );
    assert_eq!(found("", "story: none\n"), [""; 0]);
    assert_eq!(found("published: false\n", ""), [""; 0], "two drafts");
}

#[test]
fn decided_story_explains_a_duplicate_original() {
    let duplicates = |a: &str, b: &str| {
        let site = Site::new("");
        site.write("content/a.md", article("one", "2026-01-01", a));
        site.write("content/b.md", article("one", "2026-01-02", b));
        site.findings().len()
    };
    for (a, b, warnings) in [
        ("", "", 1),
        ("story: X\n", "", 1),
        ("story: X\n", "story: X\n", 0),
        ("story: X\n", "story: Y\n", 0),
        ("", "story: none\n", 0),
        ("story: none\n", "", 0),
    ] {
        assert_eq!(duplicates(a, b), warnings, "{a}{b}");
    }
}

#[test]
fn redirected_url_is_the_same_original() {
    let site = Site::new("");
    site.write(
        "content/a.md",
        article("one", "2026-01-01", "webUrl: https://www.provider.example/moved\n"),
    );
    site.write("content/b.md", article("moved", "2026-01-02", ""));
    let findings = site.findings();
    assert_eq!(
        findings,
        ["content/b.md: the same original as content/a.md: https://www.provider.example/moved"]
    );
}
