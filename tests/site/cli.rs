//! The command itself: streams, exit status, options. `tests/cli/*.md` show what it prints.

use std::process::Command;

use crate::fixture::{CONFIG, Site, article, newsgen, text, tree};

fn site() -> Site {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "topics: [T]\n"));
    site
}

#[test]
fn summary_on_stdout_diagnostics_on_stderr() {
    let site = site();
    let output = newsgen(site.root(), &["build"]);
    assert!(text(&output.stdout).starts_with("1 article, "), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr), "");
    site.write("content/b.md", article("B", "2026-01-02", "quality: high\n"));
    let output = newsgen(site.root(), &["build"]);
    assert_eq!(text(&output.stdout), "1 error: the site was not published\n");
    assert!(
        text(&output.stderr).starts_with("error[E0030]: `quality` must be "),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn check_and_failed_build_write_nothing() {
    let site = site();
    assert_eq!(newsgen(site.root(), &["check"]).status.code(), Some(0));
    assert!(!site.path("public").exists());
    site.write("content/b.md", article("B", "2026-01-02", "quality: high\n"));
    assert_eq!(newsgen(site.root(), &["build"]).status.code(), Some(1));
    assert!(!site.path("public").exists());
}

#[test]
fn check_finds_build_errors() {
    let site = site();
    site.write("public/mine.txt", "mine");
    for arguments in [
        &["check"][..],
        &["build"],
        &["check", "-o", "content/public"],
        &["build", "-o", "foo/../content/x"],
    ] {
        assert_eq!(newsgen(site.root(), arguments).status.code(), Some(1), "{arguments:?}");
    }
    assert_eq!(newsgen(site.root(), &["build", "-o", ".", "--force"]).status.code(), Some(1));
    assert_eq!(
        newsgen(site.root(), &["build", "--force"]).status.code(),
        Some(0),
        "`--force` uses the folder"
    );
    assert!(site.path("public/mine.txt").exists());
}

#[test]
fn source_date_epoch_sets_now() {
    let site = site();
    let output = Command::new(env!("CARGO_BIN_EXE_newsgen"))
        .args(["check", "--root"])
        .arg(site.root())
        .env("SOURCE_DATE_EPOCH", "0")
        .output()
        .expect("newsgen runs");
    assert!(text(&output.stdout).contains("0 articles"), "{}", text(&output.stdout));
}

#[test]
fn concurrent_builds_are_serialized() {
    let site = site();
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_newsgen"))
            .args(["build", "-q", "--fresh", "--root"])
            .arg(site.root())
            .spawn()
            .expect("newsgen runs")
    };
    let builds: Vec<std::process::Child> = (0..6).map(|_| start()).collect();
    for mut build in builds {
        assert_eq!(build.wait().expect("end").code(), Some(0));
    }
    assert_eq!(site.tree(), site.clean_tree());
}

#[cfg(target_os = "linux")]
#[test]
fn closed_stdout_does_not_panic() {
    let site = site();
    for (command, status) in [("build", 0), ("check", 0), ("next-change", 1)] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a full device");
        let output = Command::new(env!("CARGO_BIN_EXE_newsgen"))
            .args([command, "--root"])
            .arg(site.root())
            .stdout(full)
            .output()
            .expect("newsgen runs");
        assert_eq!(output.status.code(), Some(status), "{command}: {}", text(&output.stderr));
        assert!(!text(&output.stderr).contains("panicked"), "{command}");
    }
}

#[test]
fn invalid_source_date_epoch_is_a_usage_error() {
    let site = site();
    let output = Command::new(env!("CARGO_BIN_EXE_newsgen"))
        .args(["check", "--root"])
        .arg(site.root())
        .env("SOURCE_DATE_EPOCH", "tomorrow")
        .output()
        .expect("newsgen runs");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn options_set_folders_base_url_and_now() {
    let site = site();
    site.write("content/future.md", article("Future", "2999-01-02", ""));
    site.write("other.toml", "title = \"Other\"\nbase_url = \"https://other.example/\"\n");
    let root = site.root().to_str().expect("path");
    let elsewhere = tempfile::tempdir().expect("folder");
    let arguments = [
        "build",
        "-r",
        root,
        "-o",
        "out",
        "-u",
        "https://x.example/sub",
        "-c",
        &format!("{root}/other.toml"),
        "-j",
        "1",
        "--future",
    ];
    let output = newsgen(elsewhere.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let page =
        std::fs::read_to_string(elsewhere.path().join("out/index.html")).expect("front page");
    assert!(
        page.contains("href=\"https://x.example/sub/\"")
            && page.contains("Other")
            && page.contains("Future"),
        "{page}"
    );
    let output = newsgen(site.root(), &["check", "--at", "2025-01-01T00:00:00Z"]);
    assert!(text(&output.stdout).contains("0 articles"), "{}", text(&output.stdout));
}

#[test]
fn init_creates_a_site_that_builds() {
    let folder = tempfile::tempdir().expect("folder");
    for theme in [false, true] {
        let name = if theme { "themed" } else { "plain" };
        let arguments: &[&str] =
            if theme { &["init", name, "--with-theme"] } else { &["init", name] };
        assert_eq!(newsgen(folder.path(), arguments).status.code(), Some(0));
        assert_eq!(folder.path().join(name).join("templates").exists(), theme);
        let check = newsgen(folder.path(), &["check", "-r", name]);
        assert_eq!(
            text(&check.stdout),
            "no errors, no warnings: 3 articles, 2 topics, 2 providers: 33 files\n"
        );
        assert_eq!(
            newsgen(folder.path(), arguments).status.code(),
            Some(1),
            "an existing folder is refused"
        );
    }
    let build = |name: &str| newsgen(folder.path(), &["build", "-q", "-r", name]);
    assert_eq!((build("plain").status.code(), build("themed").status.code()), (Some(0), Some(0)));
    let tree = |name: &str| crate::fixture::tree(&folder.path().join(name).join("public"));
    assert_eq!(tree("plain").keys().collect::<Vec<_>>(), tree("themed").keys().collect::<Vec<_>>());
}

#[test]
fn new_creates_an_unpublished_article() {
    let site = site();
    let title = "R&D: \"quoted\" news";
    let output = newsgen(site.root(), &["new", title]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let path = text(&output.stdout);
    assert!(path.trim_end().ends_with("-r-and-d-quoted-news.md"), "{path}");
    let document = std::fs::read_to_string(site.root().join(path.trim_end())).expect("document");
    assert!(document.contains(r#"title: "R&D: \"quoted\" news""#), "{document}");
    let check = newsgen(site.root(), &["check", "--unpublished"]);
    assert!(
        text(&check.stdout).starts_with("no errors, no warnings: 2 articles"),
        "{}",
        text(&check.stdout)
    );
    let again = newsgen(site.root(), &["new", title]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("this file already exists"), "{}", text(&again.stderr));
    let first = site.root().join(path.trim_end());
    std::fs::rename(&first, first.with_extension("markdown")).expect("rename");
    let again = newsgen(site.root(), &["new", title]);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        text(&again.stderr).contains("this document already exists"),
        "{}",
        text(&again.stderr)
    );
}

#[test]
fn new_knows_originals_providers_and_topics() {
    let site = Site::new("=== content/providers/rail.example.md\n---\nname: Rail Gazette\n---\n");
    site.write("content/old.md", article("old", "2026-01-01", "topics: [Night Trains]\n"));
    site.write("content/faulty.md", "---\noriginalUrl: https://rail.example/night\n---\n");
    for (url, file) in [
        ("http://provider.example/old/?utm_source=mail", "content/old.md"),
        ("https://rail.example/night", "content/faulty.md"),
    ] {
        for arguments in [&["new", url][..], &["new", "Title", "--url", url]] {
            let output = newsgen(site.root(), arguments);
            let error = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{error}");
            assert!(error.contains("error[E0133]"), "{error}");
            assert!(error.contains(&format!("--> {file}")), "{error}");
        }
    }
    assert!(!site.path("content/news").exists());
    let provider = |name: &str, domain: &str| {
        format!("provider:\n  name: \"{name}\"\n  domain: \"{domain}\"\n")
    };
    let known = provider("Rail Gazette", "rail.example");
    for (index, (arguments, expected)) in [
        (&["--url", "https://www.rail.example/a"][..], known.clone()),
        (&["--provider", "rail gazette"], known.clone()),
        (&["--provider", "rail.example"], known),
        (&["--url", "https://www.provider.example/b"], provider("Provider", "provider.example")),
        (&["--url", "https://ferry.example/c"], provider("ferry.example", "ferry.example")),
        (&["--provider", "Ferry News"], provider("Ferry News", "the-provider.example")),
        // The document before has no domain to learn.
        (
            &["--provider", "Ferry News", "--url", "https://ferry-news.example/d"],
            provider("Ferry News", "ferry-news.example"),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let title = format!("Title {index}");
        let start = ["new", &title, "--topic", "night trains"];
        let output = newsgen(site.root(), &[&start[..], arguments].concat());
        let path = text(&output.stdout);
        let document =
            std::fs::read_to_string(site.root().join(path.trim_end())).expect("document");
        assert!(document.contains(&expected), "{arguments:?}: {document}");
        assert!(document.contains("topics:\n  - \"Night Trains\"\n"), "{document}");
    }
}

#[cfg(unix)]
#[test]
fn new_does_not_write_through_links_out_of_the_site() {
    let elsewhere = crate::fixture::temporary_folder();
    let site = site();
    let output = newsgen(site.root(), &["new", "First"]);
    let first = text(&output.stdout);
    let mut folder = std::path::Path::new(first.trim_end());
    while let Some(parent) = folder.parent().filter(|parent| {
        parent.ends_with("content") || parent.to_string_lossy().contains("content/")
    }) {
        folder = parent;
        let on_disk = site.root().join(folder);
        let moved = site.path("moved");
        std::fs::rename(&on_disk, &moved).expect("moved");
        std::os::unix::fs::symlink(elsewhere.path(), &on_disk).expect("link");
        let output = newsgen(site.root(), &["new", "Hello"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{}", folder.display());
        assert!(said.contains("this symbolic link points outside the site"), "{said}");
        assert!(tree(elsewhere.path()).is_empty());
        std::fs::remove_file(&on_disk).expect("removed");
        std::fs::rename(&moved, &on_disk).expect("moved");
    }
    assert!(folder.ends_with("content"), "{}", folder.display());
}

#[test]
fn lost_content_stops_a_build_without_allow_empty() {
    let site = site();
    let build = |arguments: &[&str]| newsgen(site.root(), &[&["build", "-q"], arguments].concat());
    assert_eq!(build(&[]).status.code(), Some(0));
    site.remove("content/a.md");
    let refused = build(&[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("--allow-empty"), "{}", text(&refused.stderr));
    assert!(site.has("news/2026/01/a/index.html"));
    assert_eq!(newsgen(site.root(), &["check"]).status.code(), Some(1));
    assert_eq!(build(&["--allow-empty"]).status.code(), Some(0));
    assert!(!site.has("news/2026/01/a/index.html"));
    assert_eq!(build(&[]).status.code(), Some(0), "the last build had no articles");
}

#[test]
fn report_lists_written_unchanged_and_removed() {
    let site = site();
    site.write("content/b.md", article("B", "2026-01-03", "topics: [T]\n"));
    assert!(newsgen(site.root(), &["build", "-q"]).status.success());
    site.write("content/a.md", article("A", "2026-01-02", "topics: [T]\n") + "A body.\n");
    site.remove("content/b.md");
    assert!(
        newsgen(site.root(), &["build", "-q", "--report", "changes/now.json"]).status.success()
    );
    let json = std::fs::read_to_string(site.path("changes/now.json")).expect("report");
    let report: std::collections::BTreeMap<String, Vec<String>> =
        serde_json::from_str(&json).expect("three lists");
    assert_eq!(report["removed"], ["news/2026/01/b/index.html"]);
    assert!(report["written"].contains(&"news/2026/01/a/index.html".to_owned()), "{report:?}");
    assert!(report["unchanged"].contains(&"404.html".to_owned()), "{report:?}");
}

#[test]
fn report_does_not_overwrite_a_source() {
    let site = site();
    site.write("static/a.txt", "a");
    site.write("other.toml", CONFIG);
    assert!(newsgen(site.root(), &["build", "-q"]).status.success());
    std::fs::remove_dir_all(site.path("public")).expect("removed");
    std::fs::create_dir(site.path("real")).expect("folder");
    let before = tree(site.root());
    for path in [
        "site.toml",
        "./real/../site.toml",
        "other.toml",
        "addresses.lock",
        "content/a.md",
        "content/new.json",
        "content",
        "static/a.txt",
        "static/new.json",
        "templates/new.json",
        ".newsgen/addresses",
    ] {
        let output = newsgen(site.root(), &["build", "--config", "other.toml", "--report", path]);
        assert_eq!(output.status.code(), Some(1), "{path}");
        let said = text(&output.stderr);
        assert!(
            said.contains("the report would overwrite or become a source of the site"),
            "{path}: {said}"
        );
        assert_eq!(tree(site.root()), before, "{path}");
    }
    for path in ["public/index.html", "public/.newsgen-files", "public/new.json"] {
        let output = newsgen(site.root(), &["build", "--report", path]);
        assert_eq!(output.status.code(), Some(1), "{path}");
        let said = text(&output.stderr);
        assert!(said.contains("would overwrite or become a published file"), "{path}: {said}");
    }
    let content = site.path("content/report.json");
    let path = content.to_str().expect("UTF-8");
    let output = newsgen(&site.path("real"), &["build", "--root", "..", "--report", path]);
    assert_eq!(output.status.code(), Some(1), "{path}");
}

#[test]
fn report_that_cannot_be_written_is_an_error() {
    let site = site();
    let output = newsgen(site.root(), &["build", "-q", "--report", "site.toml/changes.json"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("the report must be in a folder"), "{said}");
    std::fs::create_dir(site.path("changes")).expect("folder");
    for path in ["changes", "changes/", "new/"] {
        let output = newsgen(site.root(), &["build", "-q", "--report", path]);
        assert_eq!(output.status.code(), Some(1), "{path}");
        let said = text(&output.stderr);
        assert!(said.contains("the report must be a file"), "{path}: {said}");
        assert!(said.contains("choose another file with `--report`"), "{path}: {said}");
    }
    let left: Vec<String> = tree(site.root()).into_keys().collect();
    assert!(!left.iter().any(|path| path.contains("newsgen-new")), "{left:?}");
}

#[test]
fn man_page_and_completions_cover_every_command() {
    let site = Site::new("");
    let manual = text(&newsgen(site.root(), &["man"]).stdout);
    assert!(
        manual.starts_with(".ie \\n(.g .ds Aq") && manual.contains(".TH newsgen 1"),
        "{manual}"
    );
    let scripts: Vec<String> = ["bash", "zsh", "fish", "powershell", "elvish"]
        .map(|shell| text(&newsgen(site.root(), &["completions", shell]).stdout))
        .into();
    for command in [
        "init",
        "new",
        "build",
        "serve",
        "check",
        "next-change",
        "explain",
        "stories",
        "completions",
        "man",
    ] {
        assert!(manual.contains(&format!(".SH \"{}\"", command.to_uppercase())), "{command}");
        assert!(scripts.iter().all(|script| script.contains(command)), "{command}");
    }
    assert!(manual.contains("\\-\\-base\\-url") || manual.contains("\\-\\-base-url"), "{manual}");
}
