//! Which files are documents, and how they are named: `.markdown`, `index.md`, `ignore`.

use newsgen::build::COLLECTING;

use crate::fixture::{CONFIG, Site, article, rendered};

fn site() -> Site {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site
}

#[test]
fn markdown_extension_is_a_document() {
    let site = site();
    site.write("content/news/2026-01-03-b.markdown", article("B", "2026-01-03", "topics: [Sea]\n"));
    site.write("content/news/c.MARKDOWN", article("C", "2026-01-03", ""));
    site.write("content/pages/about.markdown", "---\ntitle: About\n---\n");
    site.write("content/topics/sea.markdown", "---\nname: Sea\n---\n");
    assert_eq!(site.findings(), [""; 0]);
    for path in [
        "news/2026/01/b/index.html",
        "news/2026/01/c/index.html",
        "about/index.html",
        "topics/sea/index.html",
    ] {
        assert!(site.has(path), "{path}");
    }
    site.write("content/a.markdown", article("Another A", "2026-01-03", ""));
    let found = site.findings();
    assert_eq!(found[0], "addresses.lock: this file is new");
    assert!(
        found.len() == 2
            && found[1].starts_with("content/a.markdown: /news/2026/01/a/ is already the URL of"),
        "{found:?}"
    );
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn index_md_takes_the_name_of_its_folder() {
    let site = site();
    for folder in ["news/harbour", "news/2026-11-20-Sea Port", "x/y/deep"] {
        site.write(
            &format!("content/{folder}/index.md"),
            article("B", "2026-01-03", "topics: [Sea]\n"),
        );
    }
    site.write("content/upper/INDEX.markdown", article("B", "2026-01-03", "topics: [Sea]\n"));
    site.write("content/_hugo/_index.md", article("B", "2026-01-03", "topics: [Sea]\n"));
    site.write("content/pages/team/index.md", "---\ntitle: Team\n---\n");
    site.write("content/topics/cities/index.md", "---\nname: The Cities\n---\n");
    site.build();
    for path in ["harbour", "sea-port", "deep", "upper", "hugo"] {
        assert!(site.has(&format!("news/2026/01/{path}/index.html")), "{path}");
    }
    assert!(
        site.has("team/index.html") && site.page("topics/cities/index.html").contains("The Cities")
    );
    assert!(!site.has("topics/index/index.html") && !site.has("news/2026/01/index/index.html"));
}

#[test]
fn index_md_without_a_folder_is_an_error() {
    let site = site();
    site.write("content/index.md", article("B", "2026-01-03", "topics: [Sea]\n"));
    site.write("content/topics/index.md", "---\nname: T\n---\n");
    site.write("content/providers/index.md", "---\nname: P\n---\n");
    assert_eq!(
        site.findings(),
        [
            "content/index.md:1:1: this `index.md` has no parent folder to name the article",
            "content/providers/index.md:1:1: this `index.md` has no folder of its own to name it",
            "content/topics/index.md:1:1: this `index.md` has no folder of its own to name it",
        ]
    );
    site.remove("content/topics/index.md");
    site.remove("content/providers/index.md");
    site.write("content/index.md", article("B", "2026-01-03", "slug: b\n"));
    assert_eq!(site.findings(), [""; 0]);
}

#[test]
fn readme_is_ignored_in_each_folder() {
    let site = site();
    let before = site.clean_tree();
    for path in ["README.md", "news/readme.md", "topics/ReadMe.markdown", "pages/README.MD"] {
        site.write(&format!("content/{path}"), "Notes for those who write here.\n");
    }
    assert_eq!(site.findings(), [""; 0]);
    assert_eq!(site.tree(), before);
    assert_eq!(rendered(&site.build()), [""; 0]);
    site.write("content/README.txt", "Notes.\n");
    assert_eq!(site.findings().len(), 1);
}

#[test]
fn ignored_files_are_not_published() {
    let site = site();
    let files = [
        "drafts/b.md",
        "drafts/deep/c.md",
        "news/x.draft.md",
        "todo.txt",
        "news/notes.md",
        "news/drafts/d.md",
    ];
    for file in files {
        site.write(&format!("content/{file}"), "Not a document.\n");
    }
    let findings_with = |patterns: &str| {
        site.write("site.toml", format!("{CONFIG}ignore = [{patterns}]\n"));
        let line = |finding: &String| {
            finding.split(':').next().unwrap_or_default().replace("content/", "")
        };
        site.findings().iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(findings_with("'*.draft.md', 'drafts', 'notes.md', '*.txt'"), [""; 0]);
    assert_eq!(findings_with("'drafts/**', '/news/*.md', 'todo.txt'"), ["news/drafts/d.md"]);
    assert_eq!(findings_with("'drafts/', 'news/**', 'todo.*'"), [""; 0]);
    assert_eq!(
        findings_with("'/drafts', '**/*.draft.md', 'n*/notes.md', '{todo,x}.txt'"),
        ["news/drafts/d.md"]
    );
    assert_eq!(
        findings_with("'./drafts/./**', '././news/*.md', './todo.txt'"),
        ["news/drafts/d.md"]
    );
    site.write("site.toml", format!("{CONFIG}ignore = ['drafts/', 'news/**', 'todo.*']\n"));
    assert_eq!(site.build().stats.articles, 1);
    site.write("content/drafts/b.md", "Not a document either.\n");
    assert!(!site.build_in_stages().1.contains(COLLECTING));
}

#[test]
fn ignore_pattern_change_updates_the_site() {
    let site = site();
    site.write("content/drafts/b.md", article("B", "2026-01-03", "topics: [Sea]\n"));
    site.build();
    assert!(site.has("news/2026/01/b/index.html"));
    site.write("site.toml", format!("{CONFIG}ignore = [\"drafts/**\"]\n"));
    assert_eq!(site.build().stats.articles, 1);
    assert_eq!(site.tree(), site.clean_tree());
    site.write("content/drafts/b.md", article("B", "2026-01-04", ""));
    let summary = site.build();
    assert_eq!(rendered(&summary), [""; 0]);
    assert!(summary.changes.is_empty(), "{:?}", summary.changes);
    site.write("site.toml", CONFIG);
    assert_eq!(site.build().stats.articles, 2);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn invalid_ignore_patterns_are_located() {
    let site = site();
    for (pattern, message) in [
        ("'a[b'", "`a[b` is not a valid glob pattern: "),
        ("''", "`` is not a valid glob pattern: it names no file"),
        ("'!a.md'", "`!a.md` is not a valid glob pattern: a leading `!` does not negate it"),
        ("'content/drafts/**'", "`ignore` patterns are relative to `content/`"),
        ("'./content/drafts/**'", "`ignore` patterns are relative to `content/`"),
        ("'/./content'", "`ignore` patterns are relative to `content/`"),
        ("'content/'", "`ignore` patterns are relative to `content/`"),
        (
            "'drafts//x.md'",
            "`drafts//x.md` matches nothing: it has an empty name between two slashes",
        ),
        ("'//x.md'", "`//x.md` matches nothing: it has an empty name between two slashes"),
        ("'news/../drafts/**'", "`news/../drafts/**` matches nothing: it has a `..`"),
        ("'../content/drafts/**'", "`../content/drafts/**` matches nothing: it has a `..`"),
        (r"'drafts\**'", r"`drafts\**` has a `\`"),
        ("'./'", "`./` is not a valid glob pattern: it names no file"),
        ("'.'", "`.` is not a valid glob pattern: it names no file"),
        ("[]", "`ignore` must be a text"),
    ] {
        site.write("site.toml", format!("{CONFIG}ignore = ['x', {pattern}]\n"));
        let found = site.findings();
        let expected = format!("site.toml:4:16: {message}");
        assert!(found.len() == 1 && found[0].starts_with(&expected), "{pattern}: {found:?}");
    }
    site.write("site.toml", format!("{CONFIG}ignore = 'x'\n"));
    assert_eq!(site.findings(), ["site.toml:4:10: `ignore` must be a list"]);
}

#[test]
fn patterns_of_missing_files_are_warnings() {
    let site = site();
    for path in ["news/b.md", "drafts/b.md", "drafts/deep/b.md"] {
        site.write(&format!("content/{path}"), article("B", "2026-01-03", "topics: [Sea]\n"));
    }
    site.write("site.toml", format!("{CONFIG}ignore = ['NEWS/**', '*.tmp', 'x.md', 'draft*/**', 'drafts/deep/{{b,c}}.md', '/drafts/c.md', 'news']\n"));
    let missing = |column, path| {
        format!("site.toml:4:{column}: `ignore` names `content/{path}`, which does not exist")
    };
    assert_eq!(site.findings(), [missing(11, "NEWS"), missing(76, "drafts/c.md")]);
    let outcome = site.try_build();
    assert!(
        outcome.diagnostics.iter().all(|found| !found.is_error() && !found.changes_output),
        "{outcome:?}"
    );
}

#[test]
fn patterns_in_another_case_are_warnings() {
    let site = site();
    site.write("content/drafts/b.md", article("B", "2026-01-03", "topics: [Sea]\n"));
    for (pattern, file) in [
        ("Drafts/**", "content/drafts/b.md"),
        ("/drafts/B.md", "content/drafts/b.md"),
        ("Drafts", "content/drafts/b.md"),
        ("*.MD", "content/a.md"),
        ("DRAFTS/", "content/drafts/b.md"),
    ] {
        site.write("site.toml", format!("{CONFIG}ignore = ['x.md', '{pattern}']\n"));
        let outcome = site.try_build();
        let [found] = outcome.diagnostics.as_slice() else { panic!("{:#?}", outcome.diagnostics) };
        assert_eq!(found.location.to_string(), "site.toml:4:19");
        let message = format!("`{pattern}` does not match {file}: upper and lower case differ");
        assert_eq!(found.message, message);
        assert!(found.changes_output && !found.is_error(), "{found:?}");
        assert_eq!(site.clean_build().1, outcome.diagnostics);
    }
    site.write("site.toml", format!("{CONFIG}ignore = ['drafts/**', 'Drafts/**']\n"));
    assert!(!site.findings().iter().any(|found| found.contains("case differ")));
}

#[test]
fn files_of_systems_are_ignored() {
    let site = site();
    site.write("static/a/b.txt", "b");
    let before = site.clean_tree();
    for folder in ["content", "content/news", "static", "static/a", "templates"] {
        for name in [
            ".DS_Store",
            "._a.md",
            "Icon\r",
            "Thumbs.db",
            "thumbs.db",
            "desktop.ini",
            "Desktop.ini",
        ] {
            site.write(&format!("{folder}/{name}"), "of a system");
        }
    }
    assert_eq!(site.findings(), [""; 0]);
    assert_eq!(site.tree(), before);
}

#[test]
fn static_files_with_names_of_newsgen_are_errors() {
    for path in [".newsgen/x", ".newsgen/deep/x", ".Newsgen/x", ".newsgen-x", ".newsgen"] {
        let site = site();
        site.write(&format!("static/{path}"), "x");
        assert_eq!(site.findings(), [format!("static/{path}: this name belongs to newsgen")]);
    }
    let site = site();
    for path in ["newsgen/x", ".newsgenrc", ".nojekyll", "a/.newsgen/x"] {
        site.write(&format!("static/{path}"), "x");
    }
    assert_eq!(site.findings(), [""; 0]);
    assert!(site.has("a/.newsgen/x") && site.has(".nojekyll"));
}

#[test]
fn repositories_in_static_are_skipped_with_a_warning() {
    let site = site();
    site.write("static/.git/config", "x");
    site.write("static/theme/.git", "gitdir: ../../.git/modules/theme");
    site.write("static/.gitignore", "x");
    for _ in 0..2 {
        assert_eq!(
            site.findings(),
            [
                "static/.git: the files of Git are not published",
                "static/theme/.git: the files of Git are not published",
            ]
        );
    }
    assert!(site.has(".gitignore") && !site.has(".git/config") && !site.has("theme/.git"));
    assert!(!site.try_build().diagnostics[0].changes_output);
}
