//! Diagnostics of faulty input: all of them in one run, each with its location.

use newsgen::diagnostic::Diagnostic;

use crate::fixture::{CONFIG, Site, article, messages};

const GOOD: &str = "title: T\npublishedDateTime: 2026-01-02T10:00:00Z\noriginalUrl: https://www.provider.example/a\n\
                    provider:\n  domain: provider.example\n";

/// The diagnostics of a site with one document of this front matter.
fn diagnostics(front_matter: &str) -> Vec<Diagnostic> {
    let site = Site::new("");
    site.write("content/a.md", format!("---\n{front_matter}---\n"));
    site.try_build().diagnostics
}

/// The locations and messages of the same.
fn findings(front_matter: &str) -> Vec<String> {
    messages(&diagnostics(front_matter))
}

/// The findings of a site with the valid document, in which `line` replaces the one with the same
/// key.
fn with(line: &str) -> Vec<String> {
    let key = line.split(':').next().expect("key");
    let kept = GOOD.lines().filter(|other| !other.starts_with(key)).map(|line| format!("{line}\n"));
    findings(&format!("{line}\n{}", kept.collect::<String>()))
}

#[test]
fn valid_document_has_no_diagnostics() {
    assert_eq!(findings(GOOD), [""; 0]);
}

#[test]
fn missing_fences_are_an_error() {
    let site = Site::new(
        "=== content/a.md\n---\ntitle: T\n=== content/b.md\ntitle: T\n=== content/c.md\n",
    );
    assert_eq!(
        site.findings(),
        [
            "content/a.md:1:1: the front matter has no closing fence",
            "content/b.md:1:1: the document does not begin with front matter",
            "content/c.md:1:1: the document does not begin with front matter",
        ]
    );
}

#[test]
fn yaml_syntax_errors_are_located() {
    assert_eq!(
        findings("title: \"never closed\nheat: 1\n"),
        ["content/a.md:2:8: this quotation mark is not closed"]
    );
    assert_eq!(
        findings("title: One: two\n"),
        [
            "content/a.md:2:11: the front matter is not YAML: mapping values are not allowed in this context"
        ]
    );
    assert_eq!(
        findings("title: T\n\theat: 1\n"),
        [
            "content/a.md:3:1: the front matter is not YAML: found a tab character that violates indentation"
        ]
    );
    assert_eq!(
        findings("- a\n- b\n"),
        ["content/a.md:2:1: front matter must be `key: value` lines"]
    );
}

#[test]
fn missing_space_after_a_colon_is_explained() {
    for (front_matter, place) in [
        ("title:T\n", "2:7"),
        ("title:T\nexcerpt: a\n", "2:7"),
        ("excerpt: a\ntitle:T\n", "3:7"),
        ("excerpt: a\ntitle:\"T\"\ntopics: [a]\n", "3:7"),
        ("title: T\nprovider:\n  name: P\n  domain:p.example\n", "5:10"),
    ] {
        let found = diagnostics(front_matter);
        let [error] = &found[..] else { panic!("{front_matter}: {found:#?}") };
        assert_eq!(error.location.to_string(), format!("content/a.md:{place}"), "{front_matter}");
        assert_eq!(error.help.as_deref(), Some("write a space between `:` and the value"));
    }
    for front_matter in
        ["secured:hidden1\n", "secured:hidden1\ntitle: T\n", "title: T\nsecured:hidden1\n"]
    {
        assert!(!format!("{:?}", diagnostics(front_matter)).contains("hidden1"), "{front_matter}");
    }
    for front_matter in ["topics:\n  - ai:llm\nexcerpt: a: b\n", "- a:b\n", "https://a.example/\n"]
    {
        for found in diagnostics(front_matter) {
            assert!(found.help.is_none_or(|help| !help.contains("a space between")));
        }
    }
}

#[test]
fn missing_keys_are_errors() {
    assert_eq!(
        findings("excerpt: E\n"),
        [
            "content/a.md:1:1: `originalUrl` is missing",
            "content/a.md:1:1: `provider` is missing",
            "content/a.md:1:1: `publishedDateTime` is missing",
            "content/a.md:1:1: `title` is missing",
        ]
    );
    let site = Site::new("");
    site.write(
        "content/a.md",
        format!("---\n{}---\n", GOOD.replace("publishedDateTime", "publishedDatetime")),
    );
    let outcome = site.try_build();
    let help = outcome.diagnostics[0].help.as_deref();
    assert_eq!(help, Some("found key `publishedDatetime`; did you mean `publishedDateTime`?"));
}

#[test]
fn wrong_types_are_all_located() {
    let wrong = "title: [a]\nexcerpt: {a: b}\nquality: high\nheat: -5\npublished: maybe\ntopics: AI\nslug: a/b\n\
                 articlePages: own\nimages:\n  - url: /a.png\n    width: wide\n  - height: 3\nrelated:\n  - excerpt: E\n";
    let kept = GOOD.replace("title: T\n", "");
    assert_eq!(
        findings(&format!("{wrong}{kept}")),
        [
            "content/a.md:2:8: `title` must be a text",
            "content/a.md:3:10: `excerpt` must be a text",
            "content/a.md:4:10: `quality` must be a whole number",
            "content/a.md:5:7: `heat` must be a whole number from -1 to 1000000000",
            "content/a.md:6:12: `published` must be `true` or `false`",
            "content/a.md:7:9: `topics` must be a list",
            "content/a.md:8:7: `slug` is not valid in a URL",
            "content/a.md:9:15: `articlePages` cannot be `own`",
            "content/a.md:12:12: `width` must be a whole number",
            "content/a.md:13:5: an image has no `url`",
            "content/a.md:15:5: a related item has no `title`",
            "content/a.md:15:5: a related item has no `webUrl`",
        ]
    );
}

#[test]
fn invalid_dates_are_located() {
    for date in ["yesterday", "2026-13-01T00:00:00Z", "01.02.2026", "99999-01-01T00:00:00Z"] {
        assert_eq!(
            with(&format!("publishedDateTime: {date}")),
            ["content/a.md:2:20: `publishedDateTime` is not a date and time"],
            "{date}"
        );
    }
    for date in
        ["2026-01-02", "2026-01-02T10:00:00", "2026-01-02 10:00:00", "2026-01-02T10:00:00.5+02:00"]
    {
        assert_eq!(with(&format!("publishedDateTime: {date}")), [""; 0], "{date}");
    }
}

#[test]
fn invalid_urls_are_located() {
    assert_eq!(with("originalUrl: nowhere"), ["content/a.md:2:14: `originalUrl` is not a web URL"]);
    for scheme in ["javascript", "data", "file", "ftp"] {
        assert_eq!(
            with(&format!("originalUrl: {scheme}:alert(1)")),
            [format!(
                "content/a.md:2:14: `originalUrl` has the scheme `{scheme}:`, which is not allowed"
            )]
        );
    }
    assert_eq!(
        with("images: [{url: 'javascript:x'}]"),
        ["content/a.md:2:16: `url` has the scheme `javascript:`, which is not allowed"]
    );
    assert_eq!(
        with("category: Topics"),
        ["content/a.md:2:11: /topics/ is reserved for the site's own lists"]
    );
}

#[test]
fn duplicate_keys_are_errors() {
    assert_eq!(findings(&format!("{GOOD}title: U\n")), ["content/a.md:7:1: duplicate key `title`"]);
    assert_eq!(
        findings(&GOOD.replace("  domain:", "  domain: x.example\n  domain:")),
        ["content/a.md:7:3: duplicate key `domain`"]
    );
}

#[test]
fn non_utf8_file_is_an_error() {
    let site = Site::new("");
    site.write("content/a.md", b"---\ntitle: Z\xfcrich\n---\n");
    assert_eq!(site.findings(), ["content/a.md:2:9: the file is not UTF-8"]);
}

#[test]
fn colliding_slugs_name_both_files() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "slug: same\n"));
    site.write("content/b.md", article("B", "2026-01-03", "slug: Same\n"));
    let outcome = site.try_build();
    let error = &outcome.diagnostics[0];
    assert_eq!(error.location.to_string(), "content/b.md:9:7");
    assert_eq!(error.message, "`slug` gives /news/2026/01/Same/, the URL of content/a.md");
    assert_eq!(error.others[0].0.to_string(), "content/a.md");
    assert!(outcome.summary.is_none());
}

#[test]
fn path_conflicts_name_both_sources() {
    let site = Site::new(
        "=== content/pages/about.md\n---\ntitle: A\n---\n=== static/about/index.html\nx\n=== static/News\nx\n",
    );
    site.write("content/a.md", article("A", "2026-01-02", ""));
    assert_eq!(
        site.findings(),
        [
            "content/a.md: the category `News` of content/a.md and static/News both need the output path News",
            "content/pages/about.md: content/pages/about.md and static/about/index.html both need the output path about/index.html",
        ]
    );
}

#[test]
fn site_toml_errors_are_located() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "quality: high\n"));
    site.write("site.toml", format!("{CONFIG}per_pag = 3\n"));
    assert_eq!(
        site.findings(),
        [
            "content/a.md:9:10: `quality` must be a whole number",
            "site.toml:4:1: unknown key `per_pag`"
        ],
        "errors of site.toml and of documents are shown together"
    );
    site.write("site.toml", "title = \n");
    assert!(
        site.findings()[1].starts_with("site.toml:1:8: this is not TOML"),
        "{:?}",
        site.findings()
    );
    site.remove("site.toml");
    assert!(site.findings()[0].ends_with("no site here: file not found"), "{:?}", site.findings());
}

#[test]
fn template_errors_are_located() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "quality: high\n"));
    site.write("templates/page.html", "one\n  {% if %}\n");
    site.write("templates/404.html", "{{ page.title }\n");
    let findings = site.findings();
    assert_eq!(
        findings.len(),
        3,
        "errors of documents and of templates are shown together: {findings:#?}"
    );
    assert!(findings[0].starts_with("content/a.md:9:10:"), "{findings:#?}");
    assert!(findings[1].starts_with("templates/404.html:1:15:"), "{findings:#?}");
    assert!(findings[2].starts_with("templates/page.html:2:9:"), "{findings:#?}");

    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("content/b.md", article("B", "2026-01-02", ""));
    site.write("templates/article.html", "one\n{{ artikel.title }}\n");
    let findings = site.findings();
    assert_eq!(findings.len(), 1, "an error that every page has is shown once: {findings:?}");
    assert!(
        findings[0].starts_with("templates/article.html:2:4: variable `artikel` is not defined"),
        "{findings:?}"
    );
    site.write("templates/article.html", "{% extends \"bass.html\" %}\n");
    assert_eq!(
        site.findings(),
        ["templates/article.html:1:12: unknown parent template `bass.html`"]
    );
    site.write("templates/404.html", "{%- extends 'nowhere.html' -%}\n{% block x %}{% endblock %}");
    assert_eq!(
        site.findings(),
        [
            "templates/404.html:1:13: unknown parent template `nowhere.html`",
            "templates/article.html:1:12: unknown parent template `bass.html`"
        ]
    );
    site.remove("templates/404.html");
    site.write("templates/article.html", "x\n{% include \"missing.html\" %}\n");
    let findings = site.findings();
    assert!(findings[0].starts_with("templates/article.html:2:"), "{findings:?}");
    assert!(findings[0].contains("missing.html"), "{findings:?}");
}

#[test]
fn missing_content_folder_is_an_error() {
    let site = Site::new("");
    assert_eq!(site.findings(), ["content: the site has no folder `content`"]);
}

#[test]
fn unreadable_file_is_an_error() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    std::fs::create_dir(site.path("content/b.md")).expect("folder");
    std::os::unix::fs::symlink(site.path("nowhere"), site.path("content/c.md")).expect("link");
    let findings = site.findings();
    assert_eq!(
        findings,
        ["content/c.md: a symbolic link is not followed"],
        "folders can have names of documents"
    );
    let missing =
        newsgen::source::read(&site.path("gone.md"), "content/gone.md").expect_err("missing");
    assert_eq!(missing.location.to_string(), "content/gone.md");
    assert!(missing.message.starts_with("cannot read it: "), "{}", missing.message);
}

#[test]
fn errors_keep_the_published_site() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.build();
    let before = site.tree();
    site.write("content/b.md", article("B", "2026-01-03", "heat: warm\n"));
    site.write("content/c.md", article("C", "2026-01-03", "heat: cold\n"));
    let outcome = site.try_build();
    assert!(outcome.summary.is_none());
    assert_eq!(outcome.diagnostics.len(), 2, "all errors are shown");
    assert_eq!(site.tree(), before);
    site.remove("content/b.md");
    site.write("content/c.md", article("C", "2026-01-03", ""));
    site.write("templates/404.html", "{{ nothing }}");
    assert!(site.try_build().summary.is_none());
    assert_eq!(site.tree(), before, "errors of rendering write nothing either");
}

#[test]
fn on_error_leave_out_publishes_the_rest() {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    site.write("content/a.md", article("A", "2026-01-02", "slug: same\n"));
    site.write("content/b.md", article("B", "2026-01-03", "heat: warm\n"));
    site.write("content/c.md", article("C", "2026-01-04", "slug: same\n"));
    let outcome = site.try_build();
    let summary = outcome.summary.expect("published");
    assert_eq!((summary.stats.articles, summary.stats.left_out), (1, 2));
    assert_eq!(outcome.diagnostics.len(), 2, "all errors are shown");
    site.write("templates/404.html", "{{ nothing }}");
    assert!(site.try_build().summary.is_none(), "an error in a template always stops");
}

#[test]
fn secured_values_are_never_shown() {
    let found = findings(&format!("{GOOD}heat: warm\nsecured: \"s3cret\nquality: 1\n"));
    assert!(!found.is_empty() && !format!("{found:?}").contains("s3cret"));
}

#[test]
fn page_at_a_category_address_is_left_out() {
    let site = Site::new("=== content/pages/news.md\n---\ntitle: N\n---\n");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    assert_eq!(
        site.findings(),
        [
            "content/pages/news.md: content/pages/news.md and the list of the category `News` both need the output path news/index.html"
        ]
    );
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    assert_eq!(site.build().stats.left_out, 1);
}

/// The findings of a site with limits and one document of this front matter.
fn findings_within(limits: &str, front_matter: &str) -> Vec<String> {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}[limits]\n{limits}\n"));
    site.write("content/a.md", format!("---\n{front_matter}---\n"));
    site.findings()
}

#[test]
fn limits_are_enforced() {
    let topics = |count: usize| format!("{GOOD}topics:\n{}", "  - T\n".repeat(count));
    assert_eq!(findings(&topics(500)), [""; 0]);
    assert_eq!(findings(&topics(501)), ["content/a.md:8:3: too many entries: 501 (limit 500)"]);
    assert_eq!(findings_within("items = 501", &topics(501)), [""; 0]);
    let related =
        format!("{GOOD}related: [{}]\n", "{title: a, webUrl: 'https://a.example/'}, ".repeat(2000));
    assert_eq!(findings(&related), ["content/a.md:7:10: too many entries: 2000 (limit 500)"]);
    let titled =
        |length: usize| GOOD.replace("title: T", &format!("title: {}", "é".repeat(length)));
    assert_eq!(findings(&titled(10_000)), [""; 0]);
    assert_eq!(
        findings(&titled(10_001)),
        ["content/a.md:2:8: this text is longer than 10000 characters"]
    );
    assert_eq!(findings_within("text = 10001", &titled(10_001)), [""; 0]);
    let unknown = format!("{GOOD}extra:\n  deep: [{{deeper: {}}}]\n", "x".repeat(10_001));
    assert_eq!(
        findings(&unknown),
        ["content/a.md:8:19: this text is longer than 10000 characters"]
    );
    assert_eq!(findings(&titled(300_000)), ["content/a.md: this file is longer than 500000 bytes"]);
    assert_eq!(
        findings_within("item = 3", GOOD),
        ["site.toml:5:1: unknown key `item` in `[limits]`"]
    );
    assert_eq!(
        findings_within("document = 1", GOOD),
        ["content/a.md: this file is longer than 1 bytes"]
    );
}

#[test]
fn rejects_yaml_bombs() {
    let line = |key: char| {
        let before = char::from(u8::try_from(key).expect("letter") - 1);
        format!("{key}: &{key} [{}]\n", vec![format!("*{before}"); 9].join(","))
    };
    let aliases = ('b'..='m').map(line).collect::<Vec<String>>().concat();
    let laughs = format!("{GOOD}a: &a [x, x, x]\n{aliases}");
    for (front_matter, message) in [
        (laughs, "aliases expand to too much data"),
        (format!("{GOOD}x: {}{}\n", "[".repeat(500), "]".repeat(500)), "recursion limit exceeded"),
        (format!("{GOOD}x:\n  {}a\n", "- ".repeat(5000)), "recursion limit exceeded"),
        (
            format!("{GOOD}x: {}\n", "[".repeat(200_000)),
            "content/a.md:7:31626: the front matter is nested too deeply",
        ),
        (
            format!("{GOOD}x:\n  {}\n", "[a: {".repeat(14_000)),
            "the front matter is nested too deeply",
        ),
    ] {
        let found = findings(&front_matter);
        assert!(found.len() == 1 && found[0].contains(message), "{found:?}");
        assert!(found[0].starts_with("content/a.md:"), "{found:?}");
    }
}

/// A sparse file takes no space on disk, but would fill the memory.
#[test]
fn oversized_document_is_not_read() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("content/b.md", "");
    let file = std::fs::File::options().write(true).open(site.path("content/b.md")).expect("open");
    file.set_len(1 << 40).expect("length");
    assert_eq!(site.findings(), ["content/b.md: this file is longer than 500000 bytes"]);
}

#[test]
fn non_portable_names_are_errors() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    for name in ["con.txt", "a./b.txt", "x/aux", "a:b.txt", "blank ", "fine.txt"] {
        site.write(&format!("static/{name}"), "");
    }
    let found = site.findings();
    assert_eq!(
        found,
        [
            "static/a./b.txt: static/a./b.txt needs the output name `a.`, which is not portable",
            "static/a:b.txt: static/a:b.txt needs the output name `a:b.txt`, which is not portable",
            "static/blank : static/blank  needs the output name `blank `, which is not portable",
            "static/con.txt: static/con.txt needs the output name `con.txt`, which is not portable",
            "static/x/aux: static/x/aux needs the output name `aux`, which is not portable",
        ]
    );
    let site = Site::new("");
    site.write(
        "site.toml",
        format!("{CONFIG}permalink = \"/{{category}}-{{category}}-{{category}}-{{slug}}/\"\n"),
    );
    let category = format!("category: {}\n", "c".repeat(100));
    site.write("content/a.md", article("A", "2026-01-02", &category));
    assert_eq!(
        site.findings(),
        ["content/a.md: content/a.md needs an output name of 304 bytes (limit 255)"]
    );
    site.write("site.toml", format!("{CONFIG}permalink = \"/con/{{slug}}/\"\n"));
    assert_eq!(
        site.findings(),
        ["site.toml:4:13: `permalink` makes the name `con`, which is not portable"]
    );
}

#[cfg(unix)]
#[test]
fn symlinks_outside_the_site_are_not_followed() {
    let elsewhere = Site::new("=== content/b.md\n---\n---\n=== secret.txt\nsecret\n");
    let site = Site::new("=== static/fine.txt\nfine\n");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    let link = |to: &str, from: &str| {
        std::os::unix::fs::symlink(elsewhere.path(to), site.path(from)).expect("link");
    };
    link("secret.txt", "static/secret.txt");
    link("", "static/all");
    link("content/b.md", "content/b.md");
    link("content", "content/more");
    assert_eq!(
        site.findings(),
        ["content/b.md", "content/more", "static/all", "static/secret.txt"]
            .map(|path| format!("{path}: a symbolic link is not followed"))
    );
    assert!(site.tree().values().all(|bytes| !bytes.starts_with(b"secret")));

    for name in ["content", "static", "templates", "site.toml"] {
        let site = Site::new("=== static/fine.txt\nfine\n");
        site.write("content/a.md", article("A", "2026-01-02", ""));
        site.write("templates/page.html", "");
        let there = elsewhere.path("secret.txt");
        let there = if name == "site.toml" { there } else { elsewhere.path("content") };
        std::fs::rename(site.path(name), site.path("aside")).expect("aside");
        std::os::unix::fs::symlink(there, site.path(name)).expect("link");
        let message =
            format!("{name}: this symbolic link points outside the site and is not followed");
        assert!(site.findings().contains(&message), "{:?}", site.findings());
        std::fs::remove_file(site.path(name)).expect("remove");
        std::os::unix::fs::symlink("aside", site.path(name)).expect("link");
        assert_eq!(site.findings(), [""; 0], "{name}: a link within the site is one's own");
    }
}

#[test]
fn yaml_alias_expansion_is_limited() {
    let many = |item: &str, count: usize| vec![item; count].join(", ");
    for front_matter in [
        format!("{GOOD}q: &a [{}]\nr: [{}]\n", many("x", 400), many("*a", 400)),
        format!("{GOOD}q: &a \"{}\"\nr: [{}]\n", "x".repeat(9900), many("*a", 490)),
        format!("{GOOD}q: &a {{b: c}}\nr: [{}]\n", many("*a", 490)),
    ] {
        let found = findings(&front_matter);
        assert!(found.len() <= 1, "{found:?}");
        if front_matter.contains("{b: c}") {
            assert_eq!(found, [""; 0], "a few small aliases are allowed");
        } else {
            assert!(
                found[0].starts_with("content/a.md:8:") && found[0].contains("aliases expand"),
                "{found:?}"
            );
        }
    }
}

#[test]
fn secured_values_are_hidden_behind_aliases() {
    for front_matter in [
        format!("{GOOD}secured: !!int s3cret\n"),
        format!("{GOOD}secured: {{s3cretkey: !!int x}}\n"),
        format!("{GOOD}secured: &s 4242424242\npin: *s\n"),
        format!("{GOOD}secured: &s {{s3cretkey: 1}}\nzip: *s\n"),
        format!("{GOOD}secured: &s s3cret\nfoo: {{*s : 1}}\n"),
        format!("{GOOD}secured: \"a\nslug: s3cret\"\nslug: same\n"),
    ] {
        let site = Site::new("=== templates/article.html\n{{ article.extra }}\n");
        site.write("content/a.md", format!("---\n{front_matter}---\n"));
        site.write(
            "content/b.md",
            format!("---\n{}slug: same\n---\n", GOOD.replace("/a\n", "/b\n")),
        );
        let outcome = site.try_build();
        let said = format!("{:?}", outcome.diagnostics);
        assert!(!said.contains("s3cret") && !said.contains("424242"), "{front_matter}\n{said}");
        assert!(outcome.summary.is_none(), "{front_matter}");
    }
}

#[cfg(unix)]
#[test]
fn symlink_cycle_is_not_followed() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    std::os::unix::fs::symlink(".", site.path("static")).expect("link");
    let message = "static: this symbolic link points outside the site and is not followed";
    assert!(site.findings().contains(&message.to_owned()), "{:?}", site.findings());
}
