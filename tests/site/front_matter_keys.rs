//! Keys of front matter: those of other generators, values in other forms, `draft`, limits, and
//! invisible texts.

use newsgen::diagnostic::Diagnostic;

use crate::fixture::{CONFIG, Site, article, with_help};

/// A site with one article that has more lines of front matter.
fn site(more: &str) -> Site {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", more));
    site
}

/// A model for tests of other keys.
#[test]
fn type_key_is_shown_updated_and_validated() {
    let site = site("type: video\n");
    site.build();
    let shows_type = || site.page("news/2026/01/a/index.html").contains("<span>Video</span>");
    assert!(shows_type());
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.build();
    assert!(!shows_type());
    assert_eq!(site.tree(), site.clean_tree());
    site.write("content/a.md", article("A", "2026-01-02", "type: [video]\n"));
    assert_eq!(site.findings(), ["content/a.md:9:7: `type` must be a text"]);
}

#[test]
fn story_key_is_a_name() {
    for line in ["story: Harbour fire", "story: 2026", "story: none", "story: None", "story:"] {
        assert_eq!(site(&format!("{line}\n")).findings(), [""; 0], "{line}");
    }
    let long = "x".repeat(256);
    for (line, expected) in [
        (
            "story: [fire]".to_owned(),
            "9:8: `story` must be a text (`[` starts a list; put the text in quotation marks)",
        ),
        ("story: \"\\u200B\"".to_owned(), "9:8: `story` is empty ()"),
        (
            "story: false".to_owned(),
            "9:8: `false` is not the name of a story (write `story: none` for an article that stands alone)",
        ),
        (
            "story: \"!?\"".to_owned(),
            "9:8: `!?` is not the name of a story (a name has letters or digits)",
        ),
        ("stroy: fire".to_owned(), "9:1: unknown key `stroy` (did you mean `story`?)"),
        (
            format!("story: {long}"),
            "9:8: `story` is too long for a URL: 256 bytes (limit 255) (shorten it, in all articles of the story)",
        ),
    ] {
        assert_eq!(with_help(&site(&format!("{line}\n"))), [format!("content/a.md:{expected}")]);
    }
}

#[test]
fn list_items_need_a_space() {
    let expected = "write `- Ports` on a line of its own, with a space after the hyphen";
    for (lines, help) in [
        ("topics:\n  -Ports\n", expected),
        ("topics:\n  -Ports\n  -Old Towns\n", expected),
        ("topics: -Ports\n", expected),
        ("topics: Ports -Towns\n", "write `topics: [Ports -Towns]`"),
    ] {
        let found = with_help(&site(lines));
        assert!(found.len() == 1 && found[0].ends_with(&format!("({help})")), "{found:?}");
    }
}

#[test]
fn misspelled_publish_keys_warn_of_publishing() {
    for line in ["publised: false", "Published: false", "publishd: no", "Draft: true"] {
        for found in findings_of_both(line) {
            assert!(found.message.contains("published all the same"), "{found:?}");
            assert!(found.changes_output && found.fix.is_some(), "{found:?}");
        }
    }
    for line in ["publised: true", "Draft: false"] {
        assert!(!findings_of_both(line)[0].message.contains("published all the same"), "{line}");
    }
}

#[test]
fn draft_is_not_published() {
    let drafts = site("draft: true\n");
    drafts.write("content/b.md", article("B", "2026-01-02", "draft: false\n"));
    drafts.write("content/c.md", article("C", "2026-01-02", "draft: true\npublished: false\n"));
    drafts.write("content/d.md", article("D", "2026-01-02", "draft: false\npublished: true\n"));
    drafts.write("content/pages/x.md", "---\ntitle: X\ndraft: true\n---\n");
    drafts.write("content/pages/y.md", "---\ntitle: Y\ndraft: false\n---\n");
    let summary = drafts.build();
    assert_eq!(summary.stats.articles, 2);
    let pages: Vec<String> = drafts
        .tree()
        .into_keys()
        .filter(|path| path.len() == "news/2026/01/a/index.html".len() || path.len() == 12)
        .collect();
    assert!(pages.contains(&"news/2026/01/b/index.html".to_owned()), "{pages:?}");
    assert!(pages.contains(&"news/2026/01/d/index.html".to_owned()), "{pages:?}");
    assert!(
        pages.contains(&"y/index.html".to_owned()) && !pages.contains(&"x/index.html".to_owned()),
        "{pages:?}"
    );
    assert_eq!(drafts.findings(), [""; 0]);
}

#[test]
fn draft_is_shown_by_unpublished() {
    let mut site = site("draft: true\n");
    assert_eq!(site.build().stats.articles, 0);
    site.overrides.unpublished = true;
    assert_eq!(site.build().stats.articles, 1);
}

#[test]
fn draft_contradicting_published_is_an_error() {
    for (draft, published) in [(true, true), (false, false)] {
        let lines = format!("draft: {draft}\npublished: {published}\n");
        let expected = format!(
            "`draft: {draft}` contradicts `published: {published}` (remove one of the two lines)"
        );
        let article = site(&lines);
        assert_eq!(with_help(&article), [format!("content/a.md:9:8: {expected}")]);
        assert!(article.try_build().summary.is_none());
        let page = site("");
        page.write("content/pages/x.md", format!("---\ntitle: X\n{lines}---\n"));
        assert_eq!(with_help(&page), [format!("content/pages/x.md:3:8: {expected}")]);
    }
}

#[test]
fn draft_must_be_true_or_false() {
    for value in ["\"yes\"", "yes", "\"true\"", "1", "[true]"] {
        let expected = ["content/a.md:9:8: `draft` must be `true` or `false`"];
        assert_eq!(site(&format!("draft: {value}\n")).findings(), expected, "{value}");
    }
}

#[test]
fn build_prints_draft_near_misses() {
    for line in [
        "drafts: true",
        "Draft: true",
        "isDraft: true",
        "hidden: true",
        "publishd: false",
        "status: draft",
    ] {
        let diagnostics = site(&format!("{line}\n")).try_build().diagnostics;
        assert!(
            matches!(diagnostics.as_slice(), [warning] if warning.changes_output),
            "{line}: {diagnostics:?}"
        );
    }
    assert_eq!(site("status: published\n").findings(), [""; 0]);
    for path in ["content/topics/x.md", "content/providers/x-example.md"] {
        for line in ["draft: true", "published: false"] {
            let site = site("");
            site.write(path, format!("---\n{line}\n---\n"));
            let found = site.try_build().diagnostics;
            let warning =
                found.iter().find(|found| found.location.to_string() == format!("{path}:2:1"));
            assert!(warning.is_some_and(|warning| warning.changes_output), "{found:?}");
        }
    }
}

#[test]
fn compat_keys_are_warnings_and_reach_templates() {
    let site = site("tags: [a]\nimage: /x.png\nredirect_from: /x/\nauthor: Somebody\n");
    site.write(
        "templates/article.html",
        "{{ article.extra.tags[0] }} {{ article.extra.image }} {{ article.extra.author }}",
    );
    assert_eq!(
        with_help(&site),
        [
            "content/a.md:9:1: unknown key `tags` (write `topics`; templates see this one as `article.extra.tags`)",
            "content/a.md:10:1: unknown key `image` (write `images`; templates see this one as `article.extra.image`)",
            "content/a.md:11:1: unknown key `redirect_from` (write `aliases`; templates see this one as `article.extra.redirect_from`)",
        ]
    );
    assert_eq!(site.page("news/2026/01/a/index.html").trim(), "a /x.png Somebody");
}

#[test]
fn missing_key_names_the_compat_key() {
    let site = Site::new(
        "=== content/a.md\n---\nheadline: T\ndate: 2026-01-02\nexternal_url: https://a.example/\npublisher: P\n---\n",
    );
    let errors: Vec<String> =
        with_help(&site).into_iter().filter(|line| line.contains("is missing")).collect();
    assert_eq!(
        errors,
        [
            "content/a.md:1:1: `originalUrl` is missing (found key `external_url`; newsgen uses `originalUrl`)",
            "content/a.md:1:1: `provider` is missing (found key `publisher`; newsgen uses `provider`)",
            "content/a.md:1:1: `publishedDateTime` is missing (found key `date`; newsgen uses `publishedDateTime`)",
            "content/a.md:1:1: `title` is missing (found key `headline`; newsgen uses `title`)",
        ]
    );
}

#[test]
fn compat_keys_of_other_documents_are_named() {
    let site = site("images: [{src: /a.png}]\nrelated: [{title: R, link: 'https://r.example/'}]\n");
    site.write("content/topics/t.md", "---\ntitle: T\nweight: 3\n---\n");
    site.write("content/pages/p.md", "---\ntitle: P\nsummary: S\nweight: 1\n---\n");
    let provider = article("B", "2026-01-02", "").replace("domain: ", "url: ");
    site.write("content/b.md", provider);
    assert_eq!(
        with_help(&site),
        [
            "content/a.md:9:10: an image has no `url` (found key `src`; newsgen uses `url`)",
            "content/a.md:10:11: a related item has no `webUrl` (found key `link`; newsgen uses `webUrl`)",
            "content/b.md:7:3: `provider.domain` is missing (found key `url`; newsgen uses `domain`)",
            "content/pages/p.md:3:1: unknown key `summary` (write `description`)",
            "content/pages/p.md:4:1: unknown key `weight` (write `order`)",
            "content/topics/t.md:2:1: unknown key `title` (write `name`)",
            "content/topics/t.md:3:1: unknown key `weight` (write `order`)",
        ]
    );
}

#[test]
fn text_in_place_of_list_gets_a_yaml_hint() {
    for (line, help) in [
        ("topics: Cities", "write `topics: [Cities]`"),
        ("topics: Cities, Old Ports", "write `topics: [Cities, Old Ports]`"),
        ("topics: C#", "write `topics: [\"C#\"]`"),
        ("topics: {a: b}", "write `- ` before its first key, which makes it an item of a list"),
        ("aliases: /old/", "write `aliases: [/old/]`"),
        ("images: /a.png", "write `images: [{url: /a.png}]`"),
        ("images: [/a.png]", "write `- url: /a.png`"),
        (
            "images: {url: /a.png}",
            "write `- ` before its first key, which makes it an item of a list",
        ),
        (
            "related: https://a.example/",
            "write `related: [{title: ..., webUrl: \"https://a.example/\"}]`",
        ),
        (
            "related: [\"https://a.example/\"]",
            "write\n- webUrl: \"https://a.example/\"\n  title: ...",
        ),
    ] {
        let found = site(&format!("{line}\n")).try_build().diagnostics;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].help.as_deref(), Some(help), "{line}");
    }
    for (value, help) in [
        ("Harbour Post", "write\nprovider:\n  name: Harbour Post\n  domain: ..."),
        ("harbourpost.example", "write\nprovider:\n  domain: harbourpost.example"),
    ] {
        let site = Site::new("");
        let text = article("A", "2026-01-02", "");
        let text = text.replace(
            "provider:\n  name: Provider\n  domain: provider.example",
            &format!("provider: {value}"),
        );
        site.write("content/a.md", text);
        let found = site.try_build().diagnostics;
        assert_eq!(found[0].help.as_deref(), Some(help), "{value}");
    }
}

#[test]
fn topics_have_limits() {
    let many: Vec<String> = (0..33).map(|number| format!("t{number}")).collect();
    let topics = |count: usize| site(&format!("topics: [{}]\n", many[..count].join(", ")));
    assert_eq!(topics(32).findings(), [""; 0]);
    assert_eq!(
        site(&format!("topics: [{}]\n", ["t"; 40].join(", "))).findings(),
        [""; 0],
        "one topic, many times"
    );
    assert_eq!(
        with_help(&topics(33)),
        [
            "content/a.md:9:9: more than 32 topics (shorten it, or raise `topics` in the table `[limits]` of site.toml)"
        ]
    );
    let long = |count: usize| site(&format!("topics:\n  - {}\n", "é".repeat(count)));
    assert_eq!(long(100).findings(), [""; 0]);
    assert_eq!(
        with_help(&long(101)),
        [
            "content/a.md:10:5: this topic is longer than 100 characters (shorten it, or raise `topic_name` in the table `[limits]` of site.toml)"
        ]
    );
    for site in [topics(33), long(101)] {
        // Without article pages, no document is read again to render one.
        let limits = |topics, name| {
            format!(
                "{CONFIG}article_html = \"none\"\n[limits]\ntopics = {topics}\ntopic_name = {name}\n"
            )
        };
        site.write("site.toml", limits(33, 101));
        assert_eq!(site.findings(), [""; 0]);
        site.write("site.toml", limits(32, 100));
        assert_eq!(site.findings().len(), 1, "lower limits apply to cached documents");
    }
    let site = topics(33);
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    site.write("content/b.md", article("B", "2026-01-02", ""));
    let stats = site.build().stats;
    assert_eq!((stats.articles, stats.left_out), (1, 1));
}

#[test]
fn invisible_texts_are_empty() {
    for blank in [
        "\u{200b}",
        "&#8203;",
        "\u{2060}\u{ad}",
        "\u{34f}",
        "\u{3164}",
        "\u{202e}\u{200f}",
        "\u{301}",
        "\u{e0041}",
    ] {
        let text = article(
            "A",
            "2026-01-02",
            &format!(
                "topics: [\"{blank}\"]\nrelated: [{{title: \"{blank}\", webUrl: 'https://r.example/'}}]\n"
            ),
        );
        let text = text
            .replace("title: A\n", &format!("title: \"{blank}\"\n"))
            .replace("name: Provider", &format!("name: \"{blank}\""));
        let text = text.replace("excerpt: About A.", &format!("excerpt: \"{blank}\""));
        let site = Site::new("");
        site.write("content/a.md", text);
        site.write(
            "content/b.md",
            article("B", "2026-01-02", &format!("category: \"{blank}\"\ntype: \"{blank}\"\n")),
        );
        site.write("content/pages/p.md", format!("---\ntitle: \"{blank}\"\n---\n"));
        site.write("content/topics/t.md", format!("---\nname: \"{blank}\"\n---\n"));
        site.write("site.toml", CONFIG.replace("The Test", blank));
        let mut expected: Vec<String> = [
            "content/a.md:2:8: `title` is empty",
            "content/a.md:7:9: `name` is empty",
            "content/a.md:9:10: `topics` is empty",
            "content/a.md:10:19: `title` is empty",
            "content/b.md:9:11: `category` is empty",
            "content/b.md:10:7: `type` is empty",
            "content/pages/p.md:2:8: `title` is empty",
            "content/topics/t.md:2:7: `name` is empty",
        ]
        .map(str::to_owned)
        .into();
        // In TOML an entity is a text like any other.
        if !blank.starts_with('&') {
            expected.push("site.toml:1:9: `title` is empty".to_owned());
        }
        assert_eq!(site.findings(), expected, "{blank:?}");
    }
}

#[test]
fn invisible_optional_texts_are_absent() {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}tagline = \"\u{200b}\"\n"));
    site.write(
        "content/a.md",
        article("A", "2026-01-02", "").replace("About A.", "\"\u{200b}\u{3164}\""),
    );
    site.build();
    assert!(!site.page("news/2026/01/a/index.html").contains("standfirst"));
    assert!(!site.page("index.html").contains("tagline"));
}

/// The front page and the page of an article with this body and an invisible excerpt.
fn pages(body: &str) -> (String, String) {
    let site = Site::new("");
    let text = article("A", "2026-01-02", "").replace("excerpt: About A.", "excerpt: '&#8203;'");
    site.write("content/a.md", format!("{text}{body}\n"));
    site.build();
    (site.page("index.html"), site.page("news/2026/01/a/index.html"))
}

#[test]
fn invisible_bodies_are_absent() {
    for body in [
        "\u{200b}",
        "&nbsp;",
        "\u{a0}\n\n\u{feff}\u{2060}",
        "&#8203; &#xA0;\n\n&nbsp;\u{3164}",
        "<p>&nbsp;</p>",
        "*\u{200b}*",
    ] {
        let (index, page) = pages(body);
        assert_eq!(index, pages("").0, "{body:?}");
        assert!(body.starts_with(['<', '*']) || page == pages("").1, "{body:?} {page}");
    }
    assert!(pages("&nbsp;One\u{200b}.\n").0.contains("One"));
}

#[test]
fn autolinks_show_decoded_addresses() {
    let (index, page) = pages("See <https://a.example/?a&amp;b&#38;c&copy=1>.");
    assert!(index.contains("See https://a.example/?a&amp;b&amp;c&amp;copy=1."), "{index}");
    assert!(page.contains(">https://a.example/?a&amp;b&amp;c&amp;copy=1</a>"), "{page}");
}

#[test]
fn slug_error_suggests_a_slug_if_there_is_one() {
    for slug in ["\u{200b}", "!!!", "\u{301}", "🎉", "-", "\u{202e}"] {
        assert_eq!(
            with_help(&site(&format!("slug: \"{slug}\"\n"))),
            ["content/a.md:9:7: `slug` is not valid in a URL (a slug needs a letter or digit)"],
            "{slug:?}"
        );
    }
    assert_eq!(
        with_help(&site("slug: Old Name!\n")),
        ["content/a.md:9:7: `slug` is not valid in a URL (write `slug: old-name`)"]
    );
}

#[test]
fn names_too_long_report_their_length() {
    const REASON: &str = "file names can have at most 255 bytes";
    for (line, message) in [
        (
            format!("slug: {}", "a".repeat(256)),
            "9:7: `slug` is too long: 256 bytes (limit 255) (shorten it: ",
        ),
        (
            format!("slug: {}", "é".repeat(150)),
            "9:7: `slug` is too long: 300 bytes (limit 255) (shorten it: ",
        ),
        (
            format!("aliases: [/x/{}/]", "a".repeat(256)),
            "9:11: a segment of this alias is too long: 256 bytes (limit 255) (remove it: ",
        ),
    ] {
        assert_eq!(
            with_help(&site(&format!("{line}\n"))),
            [format!("content/a.md:{message}{REASON})")]
        );
    }
    for (category, length) in [("c".repeat(256), 256), ("é c ".repeat(100), 399)] {
        let site = site(&format!("category: {category}\n"));
        let found = site.try_build();
        assert!(found.summary.is_some() && found.diagnostics[0].changes_output, "{found:?}");
        assert_eq!(
            with_help(&site),
            [format!(
                "content/a.md:9:11: `category` is too long for a URL and is cut: {length} bytes (limit 255) \
                 (shorten it: {REASON})"
            )]
        );
    }
    assert_eq!(
        site(&format!("slug: {0}\ncategory: {0}\naliases: [/x/{0}/]\n", "a".repeat(255)))
            .findings(),
        [""; 0]
    );
}

#[test]
fn alias_errors_give_the_reason() {
    for (alias, reason) in [
        ("/a#b/", "do not send it to the server"),
        ("/a/#b", "do not send it to the server"),
        ("/a?b=c", "starts a query"),
        ("/a\u{202e}b/", "hidden character U+202E"),
        ("/a\u{2066}b/", "hidden character U+2066"),
        ("/a\u{200b}b/", "hidden character U+200B"),
        ("/a\u{ad}b/", "hidden character U+00AD"),
        ("/a\u{200d}b/", "hidden character U+200D"),
        ("/é\u{feff}/", "hidden character U+FEFF"),
        ("/a\\tb/", "hidden character U+0009"),
        ("/a\\u0000b/", "hidden character U+0000"),
        ("/caf%C3%A9/", "percent-encoded"),
        ("/a//b/", "nothing between two slashes"),
        ("https://old.example/a/", "a full URL"),
        ("/a:b/", "`a:b` is not a portable file name"),
    ] {
        let found = site(&format!("aliases: [/ok/, \"{alias}\"]\n")).try_build().diagnostics;
        assert_eq!(found.len(), 1, "{alias:?} {found:?}");
        assert_eq!(found[0].location.to_string(), "content/a.md:9:17", "{alias:?}");
        let label = found[0].label.as_deref().unwrap_or_default();
        assert!(label.contains(reason) && found[0].help.is_some(), "{alias:?} {found:?}");
    }
    let joined = "/می\u{200c}خواهم/, /👩\u{200d}🚀/, /❤\u{fe0f}/";
    assert_eq!(site(&format!("aliases: [{joined}]\n")).findings(), [""; 0]);
}

#[test]
fn build_prints_expiry_key_warnings() {
    for key in [
        "expiryDate",
        "expiry_date",
        "unpublishdate",
        "expires",
        "expire-date",
        "Expiration",
        "validUntil",
    ] {
        let site = site(&format!("{key}: 2026-01-03\n"));
        site.write("content/pages/x.md", format!("---\ntitle: X\n{key}: 2026-01-03\n---\n"));
        let found = site.try_build().diagnostics;
        assert_eq!(found.len(), 2, "{key}: {found:?}");
        for (found, location) in found.iter().zip(["content/a.md:9:1", "content/pages/x.md:3:1"]) {
            assert_eq!(found.location.to_string(), location);
            assert!(found.changes_output && !found.is_error(), "{found:?}");
            assert!(found.message.contains("newsgen has no expiry"), "{found:?}");
            assert!(
                found
                    .help
                    .as_deref()
                    .is_some_and(|help| help.starts_with("write `published: false`"))
            );
        }
    }
}

#[test]
fn build_prints_status_key_warnings() {
    for line in [
        "status: draft",
        "Status: Draft",
        "post_status: pending",
        "visibility: private",
        "status: scheduled",
    ] {
        let site = site(&format!("{line}\n"));
        site.write("content/pages/x.md", format!("---\ntitle: X\n{line}\n---\n"));
        let outcome = site.try_build();
        assert_eq!(outcome.summary.map(|summary| summary.stats.articles), Some(1));
        assert_eq!(outcome.diagnostics.len(), 2, "{line}: {:?}", outcome.diagnostics);
        for found in &outcome.diagnostics {
            assert!(
                found.changes_output && found.message.contains("published all the same"),
                "{found:?}"
            );
            let help = found.help.as_deref().unwrap_or_default();
            assert!(help.starts_with("write `published: false` or `draft: true`"), "{help}");
        }
    }
    for line in ["status: publish", "status: published", "state: Ohio", "visibility: public"] {
        assert_eq!(site(&format!("{line}\n")).findings(), [""; 0], "{line}");
    }
    let site = site("");
    site.write("content/topics/x.md", "---\nstatus: draft\n---\n");
    assert!(site.try_build().diagnostics.iter().any(|found| found.changes_output));
}

#[test]
fn merge_keys_are_errors() {
    for (lines, location) in [
        ("<<: {draft: true}\n", "content/a.md:9:1"),
        ("base: &b {draft: true}\n<<: *b\n", "content/a.md:10:1"),
        ("x:\n  <<: {y: z}\n", "content/a.md:10:3"),
        ("x: [{<<: {y: z}}]\n", "content/a.md:9:6"),
    ] {
        let site = site(lines);
        assert_eq!(
            with_help(&site),
            [format!("{location}: merge keys (`<<`) are not supported (write the keys out)")],
            "{lines}"
        );
        assert!(site.try_build().summary.is_none());
    }
    assert_eq!(site("x: <<\nsecured: {<<: {y: z}}\n").findings(), [""; 0]);
}

/// The findings of an article and of a page with this line.
fn findings_of_both(line: &str) -> Vec<Diagnostic> {
    let site = site(&format!("{line}\n"));
    site.write("content/pages/x.md", format!("---\ntitle: X\n{line}\n---\n"));
    site.try_build().diagnostics
}

#[test]
fn keys_that_hide_documents_elsewhere_are_printed_by_build() {
    for line in [
        "build: {render: never, list: never}",
        "_build: {list: false}",
        "visibility: members",
        "routable: false",
        "visible: false",
        "eleventyExcludeFromCollections: true",
        "listed: false",
        "public: \"false\"",
        "hide: true",
        "hidden: yes",
        "archived: true",
        "permalink: false",
        "unpublished: true",
        "isPublished: false",
        "saveAsDraft: true",
        "posted: false",
        "password: abc",
        "workflow_state: draft",
        "publishedAt: null",
        "published_at:",
        "state: queued",
        "status: In Review",
        "status: [draft]",
        "content_status: draft",
        "workflow: draft",
        "editorialStatus: in review",
        "embargoed: true",
        "release: false",
        "live: false",
        "online: false",
        "show: false",
        "exclude: true",
        "wip: true",
        "cascade: {draft: true}",
        "cascade: [{target: {path: /x/**}, params: {hidden: true}}]",
        "params: {published: false}",
        "dg-publish: false",
        "status: skip",
        "internal: true",
        "is_internal: true",
        "metadata: {status: draft}",
        "metadata: {hidden: true}",
        "workflow: {state: draft}",
        "fields: {draft: true}",
        "fields: {visible: false}",
        "attributes: {published: false}",
        "meta: {status: skip}",
        "meta: [{name: status, draft: true}]",
        "publication: {isDraft: true}",
        "whatever: {draft: true}",
        "whatever: {published: false}",
        "whatever: {status: draft}",
        "wp_status: trash",
        "published_status: draft",
        "layout: draft",
        "retracted: true",
        "withdrawn: true",
        "status: withdrawn",
        "_id: drafts.abc",
        "export: false",
        "skip: true",
        "ignore: true",
        "status: Entwurf",
        "status: brouillon",
        "post_status: borrador",
        "state: Bozza",
        "status: rascunho",
        "status: concept",
        "whatever: {status: Entwurf}",
    ] {
        let found = findings_of_both(line);
        assert_eq!(found.len(), 2, "{line}: {found:?}");
        for found in found {
            assert!(
                found.changes_output && found.message.contains("published all the same"),
                "{found:?}"
            );
            let help = found.help.unwrap_or_default();
            assert!(
                help.starts_with("write `published: false` or `draft: true`"),
                "{line}: {help}"
            );
        }
    }
    for line in ["end_date: 2026-01-03", "endDate: 2026-01-03", "params: {not_after: 2026-01-03}"] {
        let found = findings_of_both(line);
        assert!(
            found.len() == 2 && found.iter().all(|found| found.changes_output),
            "{line}: {found:?}"
        );
    }
}

#[test]
fn keys_that_delay_documents_elsewhere_are_printed_by_build() {
    for line in [
        "embargo: 2099-01-01",
        "publishDate: 2099-01-01",
        "publish_on: 2026-01-02T10:00:01Z",
        "not_before: 2099-01-01",
        "scheduled: 2030-01-01",
        "release: 2030-01-01",
        "schedule_date: 2030-01-01",
        "hide_until: 2030-01-01",
        "cascade: {publishDate: 2099-01-01}",
    ] {
        let found = findings_of_both(line);
        assert_eq!(found.len(), 2, "{line}: {found:?}");
        assert!(
            found
                .iter()
                .all(|found| found.changes_output && found.message.contains("not held back")),
            "{line}: {found:?}"
        );
    }
    for line in ["published_at: 2030-01-01", "publishedAt: 2030-01-01", "date: 2030-01-01"] {
        let found = site(&format!("{line}\n")).try_build().diagnostics;
        let [found] = &found[..] else { panic!("{line}: {found:?}") };
        assert!(found.changes_output && found.message.contains("not held back"), "{found:?}");
        let [_, page] = findings_of_both(line).try_into().expect("one of each");
        assert!(!page.message.contains("not held back"), "a page has no date: {page:?}");
        let earlier = site(&line.replace("2030", "2020")).try_build().diagnostics;
        assert!(earlier.len() == 1 && !earlier[0].changes_output, "{earlier:?}");
    }
    assert_eq!(findings_of_both("scheduled: true").len(), 2);
    let found = site("publishDate: 2025-01-01\n").try_build().diagnostics;
    assert!(found.len() == 1 && !found[0].changes_output, "{found:?}");
    assert_eq!(site("embargo: 2025-01-01\n").findings(), [""; 0]);
    let [page] = findings_of_both("release: 1.2").try_into().expect("only the page's");
    assert_eq!(page.message, "unknown key `release`");
}

#[test]
fn keys_that_show_documents_elsewhere_are_silent() {
    for line in [
        "hidden: false",
        "unpublished: false",
        "public: true",
        "hide: [toc]",
        "build: {list: always}",
        "status: [published, featured]",
        "live: true",
        "params: {hidden: false, color: red}",
        "noindex: false",
        "robots: index, follow",
        "sitemap: {priority: 1}",
        "sitemap: {disable: false}",
        "search: {boost: 2}",
        "robots: {index: true}",
        "workflow: published",
        "release: 1.2",
        "scheduled: 2025-01-01",
        "updatedAt: null",
        "dg-publish: true",
        "internal: false",
        "status: skipper",
        "metadata: {status: published, draft: false}",
        "workflow: {state: approved}",
        "fields: {published: true}",
        "attributes: {color: red}",
        "comments: {enabled: false}",
        "toc: {show: false, hidden: true}",
        "sidebar: {hidden: true}",
        "ship: {state: retired, status: inactive}",
        "photographer: {active: false, private: true}",
        "steps: [{status: draft}]",
        "review: pending",
        "status: 0",
        "display: none",
        "layout: post",
        "_id: abc",
        "skip: 2",
        "export: [pdf]",
        "ship: {status: concept, layout: draft, skip: true}",
        "meta: [{name: robots, content: index}]",
        "meta: [{name: description, content: noindex}]",
        "elements: [[meta, {name: robots, content: all}]]",
    ] {
        assert_eq!(site(&format!("{line}\n")).findings(), [""; 0], "{line}");
    }
}

#[test]
fn noindex_keys_of_other_generators_are_printed_by_build() {
    for line in [
        "noindex: true",
        "no_index: true",
        "robots: noindex, nofollow",
        "sitemap: false",
        "sitemap: {disable: true}",
        "sitemap: {exclude: yes}",
        "sitemap: {enabled: false}",
        "search: {exclude: true}",
        "robots: {index: false}",
        "seo: {robots: {noindex: true}}",
        "exclude_from_sitemap: true",
        "seo: {noindex: true}",
        "meta: {robots: noindex}",
        "meta: [{name: robots, content: noindex}]",
        "meta: [{name: x, content: y}, {content: \"noindex, nofollow\", name: googlebot}]",
        "head: [[meta, {name: robots, content: noindex}]]",
        "metadata: {robots: noindex}",
        "tags_in_head: {name: Robots, content: none}",
    ] {
        let found = findings_of_both(line);
        assert_eq!(found.len(), 2, "{line}: {found:?}");
        for found in found {
            assert!(
                found.changes_output && found.message.contains("search engines"),
                "{line}: {found:?}"
            );
            let help = found.help.unwrap_or_default();
            assert!(
                help.starts_with("write `articlePages: noindex`, which articles have"),
                "{help}"
            );
        }
    }
}

#[test]
fn keys_in_tables_are_located() {
    assert_eq!(
        with_help(&site("params:\n  color: red\n  hidden: true\n")),
        [
            "content/a.md:11:3: `hidden` in the unknown key `params` is ignored: the document is published all the same \
             (write `published: false` or `draft: true`; templates see this key as `article.extra.params`)"
        ]
    );
}

#[test]
fn urls_of_several_lines_are_errors() {
    for key in ["webUrl", "ampWebUrl"] {
        assert_eq!(
            with_help(&site(&format!("{key}: \"https://a.example/x\\nhttps://b.example/y\"\n"))),
            [format!(
                "content/a.md:9:{}: `{key}` contains a line break or a tab (write one URL on one line)",
                key.len() + 3
            )]
        );
    }
    let images = "images: [{url: \"https://a.example/1.png\\nhttps://a.example/2.png\"}]\n";
    assert_eq!(
        with_help(&site(images)),
        ["content/a.md:9:16: `url` contains a line break or a tab (write one URL on one line)"]
    );
    assert_eq!(site("webUrl: \"https://a.example/x\\n\"\n").findings(), [""; 0]);
}

#[test]
fn urls_of_folded_lines_are_reported() {
    for value in [
        ">\n  https://a.example/x\n  https://b.example/y",
        ">-\n  https://a.example/x\n  HTTPS://b.example/y",
        "https://a.example/x\n  http://b.example/y",
        "https://a.example/x https://b.example/y",
    ] {
        assert_eq!(
            with_help(&site(&format!("webUrl: {value}\n"))),
            ["content/a.md:9:9: `webUrl` contains several URLs (write one URL)"],
            "{value}"
        );
    }
    for value in
        [">\n  https://a.example/x\n  /y", "https://a.example/x\n  /y", "https://a.example/x /y"]
    {
        for key in ["webUrl", "ampWebUrl"] {
            let found = site(&format!("{key}: {value}\n")).try_build().diagnostics;
            let [warning] = found.as_slice() else { panic!("{value}: {found:#?}") };
            assert!(!warning.is_error() && warning.changes_output, "{warning:?}");
            assert_eq!(
                warning.message,
                format!("`{key}` contains a space, which becomes `%20`"),
                "{value}"
            );
            let at = format!("content/a.md:9:{}", key.len() + 3);
            assert_eq!(warning.location.to_string(), at);
        }
    }
    let image = "images: [{url: https://a.example/x https://b.example/y}]\n";
    assert_eq!(
        with_help(&site(image)),
        ["content/a.md:9:16: `url` contains several URLs (write one URL)"]
    );
    assert_eq!(site("images: [{url: https://a.example/x y.png}]\n").findings(), [""; 0]);
}

#[test]
fn http_video_names_the_scheme() {
    assert_eq!(
        with_help(&site("featuredContent: http://www.youtube.com/watch?v=aB-_0123456\n")),
        [
            "content/a.md:9:18: `featuredContent` is not an `https` URL and is not shown (write `https://` in place of `http://`)"
        ]
    );
}

#[test]
fn names_that_hide_documents_elsewhere_are_printed_by_build() {
    let paths = [
        "_drafts/x.md",
        "_Draft/x.md",
        "x/_drafts/y/x.md",
        "_drafts/x/index.md",
        "_x.md",
        "news/_x.md",
        "pages/_x.md",
        "pages/_drafts/x.md",
    ];
    for path in paths {
        let site = site("");
        let text = |more: &str| {
            if path.starts_with("pages/") {
                format!("---\ntitle: X\n{more}---\n")
            } else {
                article("X", "2026-01-03", more)
            }
        };
        site.write(&format!("content/{path}"), text(""));
        let outcome = site.try_build();
        assert!(outcome.summary.is_some(), "{path}");
        let [found] = &outcome.diagnostics[..] else { panic!("{path}: {:?}", outcome.diagnostics) };
        assert_eq!(found.location.file, format!("content/{path}"));
        assert!(
            found.changes_output && found.message.contains("published all the same"),
            "{found:?}"
        );
        for line in ["published: false\n", "draft: true\n"] {
            site.write(&format!("content/{path}"), text(line));
            assert_eq!(site.findings(), [""; 0], "{path}");
        }
    }
    for path in ["_index.md", "_posts/x.md", "_articles/x.md", "x_/_y/z.md", "drafts/x.md"] {
        let site = site("");
        site.write(&format!("content/x/{path}"), article("X", "2026-01-03", ""));
        assert_eq!(site.findings(), [""; 0], "{path}");
    }
    let site = site("topics: [_x]\n");
    site.write("content/topics/_x.md", "---\nname: X\n---\n");
    assert!(site.findings().iter().all(|found| !found.contains("published all the same")));
}
