//! A build does not remove published articles that disappeared by accident.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use newsgen::build::{self, BuildOptions, OutputOptions};

use crate::fixture::{CONFIG, Site, article, instant, messages};

fn site() -> Site {
    let site = Site::new(
        "=== content/pages/about.md\n---\ntitle: About\n---\n=== static/images/a.png\na\n",
    );
    site.write("content/news/a.md", article("A", "2026-01-02", ""));
    site.write("content/news/b.md", article("B", "2026-01-03", ""));
    site.write("content/other/c.md", article("C", "2026-01-04", ""));
    site.build();
    site
}

/// Moves a folder of the site away and replaces it by a symbolic link.
fn replace_by_link(site: &Site, path: &str) {
    let aside = site.path("aside");
    fs::rename(site.path(path), &aside).expect("move");
    symlink(&aside, site.path(path)).expect("link");
}

/// Builds with and without a cache and checks; each must fail and change nothing, and succeed with
/// `--allow-empty`.
#[track_caller]
fn assert_refused(site: &mut Site, location: &str, message: &str) {
    let before = site.tree();
    for (fresh, check_only) in [(false, false), (true, false), (false, true)] {
        let options = site.options();
        let output = OutputOptions { fresh, check_only, ..options.output.clone() };
        let outcome = build::build(&BuildOptions { output, ..options }, &|_| {});
        let errors = messages(outcome.diagnostics.iter().filter(|found| found.is_error()));
        assert_eq!(
            errors,
            [format!("{location}: {message}")],
            "fresh: {fresh}, check: {check_only}"
        );
        assert!(outcome.summary.is_none());
        let help = outcome.diagnostics.iter().find(|d| d.is_error()).and_then(|d| d.help.clone());
        assert!(help.is_some_and(|help| help.contains("--allow-empty")));
    }
    assert_eq!(site.tree(), before);
    site.allow_empty = true;
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
    site.allow_empty = false;
    site.build();
}

const LINK: &str = "this symbolic link is not followed: it is in place of files, and hides";

#[test]
fn symlink_replacing_document_folder_is_an_error() {
    for leave_out in [false, true] {
        let mut site = site();
        if leave_out {
            site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
            site.build();
        }
        replace_by_link(&site, "content/news");
        assert_refused(
            &mut site,
            "content/news",
            &format!("{LINK} 2 that the last build published"),
        );
    }
}

#[test]
fn symlink_replacing_document_is_an_error() {
    let mut site = site();
    replace_by_link(&site, "content/news/a.md");
    assert_refused(
        &mut site,
        "content/news/a.md",
        &format!("{LINK} 1 that the last build published"),
    );
}

#[test]
fn broken_symlink_or_file_replacing_folder_is_an_error() {
    let mut site = site();
    fs::remove_dir_all(site.path("content/news")).expect("remove");
    symlink("/nowhere/at/all", site.path("content/news")).expect("link");
    let message = format!("{LINK} 2 that the last build published");
    assert_refused(&mut site, "content/news", &message);
    let mut site = self::site();
    fs::remove_dir_all(site.path("content/news")).expect("remove");
    site.write("content/news", "../elsewhere/news");
    let message = "this file is not a document: it is in place of files, and hides 2 that the last build published";
    assert_refused(&mut site, "content/news", message);
}

#[test]
fn symlink_replacing_static_or_templates_is_an_error() {
    let mut site = site();
    replace_by_link(&site, "static/images");
    assert_refused(&mut site, "static/images", &format!("{LINK} 1 that the last build published"));
}

#[test]
fn folder_replacing_document_or_template_is_an_error() {
    const FOLDER: &str =
        "this is a folder: it is in place of files, and hides 1 that the last build published";
    for path in ["content/news/a.md", "content/pages/about.md", "templates/404.html"] {
        for file in [None, Some("index.md"), Some("other.md")] {
            let mut site = site();
            site.write("templates/404.html", "own");
            site.write("templates/more.html", "own");
            site.build();
            site.remove(path);
            fs::create_dir(site.path(path)).expect("folder");
            if let Some(file) = file {
                site.write(&format!("{path}/{file}"), article("D", "2026-01-05", ""));
            }
            assert_refused(&mut site, path, FOLDER);
        }
    }
}

#[test]
fn folder_replacing_ignored_document_is_ignored() {
    let site = site();
    site.remove("content/news/a.md");
    fs::create_dir(site.path("content/news/a.md")).expect("folder");
    site.write("site.toml", format!("{CONFIG}ignore = [\"news/a.md\"]\n"));
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn special_file_replacing_file_is_an_error() {
    let message = "this is not a regular file: it is in place of files, and hides 1 that the last build published";
    for path in ["content/news/a.md", "templates/404.html", "static/images/a.png"] {
        let mut site = site();
        site.write("templates/404.html", "own");
        site.write("templates/more.html", "own");
        site.write("static/b.txt", "b");
        site.build();
        site.remove(path);
        drop(UnixListener::bind(site.path(path)).expect("socket"));
        assert_refused(&mut site, path, message);
    }
}

#[test]
fn symlink_hiding_nothing_is_a_warning() {
    let site = site();
    symlink("/nowhere", site.path("content/more")).expect("link");
    symlink("/nowhere", site.path("content/new")).expect("link");
    symlink("/nowhere", site.path("static/all")).expect("link");
    let expected = ["content/more", "content/new", "static/all"]
        .map(|path| format!("{path}: a symbolic link is not followed"));
    assert_eq!(site.findings(), expected);
    assert!(site.try_build().summary.is_some());
    fs::remove_dir_all(site.path(".newsgen")).expect("state");
    assert_eq!(site.findings(), expected, "no page is lost");
}

#[test]
fn symlink_losing_pages_is_an_error_without_cache() {
    let mut site = site();
    replace_by_link(&site, "content/news");
    fs::remove_dir_all(site.path(".newsgen")).expect("state");
    assert_refused(
        &mut site,
        "content/news",
        &format!("{LINK} some that the last build published"),
    );
}

const EMPTY: &str = "none of the previously published articles is left";

#[test]
fn emptied_content_folder_is_an_error() {
    for has_state in [true, false] {
        let mut site = site();
        for folder in ["news", "other"] {
            fs::remove_dir_all(site.path(&format!("content/{folder}"))).expect("remove");
        }
        if !has_state {
            fs::remove_dir_all(site.path(".newsgen")).expect("state");
        }
        assert_refused(&mut site, "content", EMPTY);
    }
    let mut site = site();
    fs::remove_dir_all(site.path("content")).expect("remove");
    assert_eq!(site.findings(), ["content: the site has no folder `content`"]);
    fs::create_dir(site.path("content")).expect("folder");
    assert_refused(&mut site, "content", EMPTY);
}

const EMPTIED: &str = "this folder is missing or empty, and the last build had";

/// A site with two files in each folder, from which one was then removed.
fn site_without(folder: &str) -> Site {
    let site = site();
    for name in ["sea", "sky"] {
        site.write(&format!("content/topics/{name}.md"), "---\ndescription: Words.\n---\n");
    }
    site.write("content/pages/more.md", "---\ntitle: More\n---\n");
    site.write("static/more.txt", "more");
    for name in ["404", "more"] {
        site.write(&format!("templates/{name}.html"), "own");
    }
    site.build();
    fs::remove_dir_all(site.path(folder)).expect("remove");
    site
}

#[test]
fn emptied_folder_is_an_error() {
    for folder in ["content/pages", "content/topics", "content/news", "static", "templates"] {
        let message = format!("{EMPTIED} 2 of its files");
        assert_refused(&mut site_without(folder), folder, &message);
        let mut site = site_without(folder);
        fs::create_dir_all(site.path(folder).join("more")).expect("folder");
        assert_refused(&mut site, folder, &message);
    }
}

#[test]
fn loss_of_the_only_template_or_static_file_is_an_error() {
    for (folder, file) in [("static", "static/CNAME"), ("templates", "templates/own.html")] {
        let mut site = Site::new("");
        site.write("content/a.md", article("A", "2026-01-02", ""));
        site.write(file, "own");
        site.build();
        site.remove(file);
        assert_refused(&mut site, folder, &format!("{EMPTIED} 1 of its files"));
    }
}

#[test]
fn static_symlinked_to_empty_folder_is_an_error() {
    let mut site = site_without("static");
    fs::create_dir(site.path("empty")).expect("folder");
    symlink("empty", site.path("static")).expect("link");
    assert_refused(&mut site, "static", &format!("{EMPTIED} 2 of its files"));
}

#[test]
fn emptied_pages_folder_is_an_error() {
    let mut site = site();
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    site.write("content/pages/more.md", "---\ntitle: More\n---\n");
    site.build();
    fs::remove_dir_all(site.path("content/pages")).expect("remove");
    assert_refused(&mut site, "content/pages", &format!("{EMPTIED} 2 of its files"));
    let pages = "=== content/pages/about.md\n---\ntitle: About\n---\n=== content/pages/more.md\n---\ntitle: More\n---\n";
    let site = Site::new(pages);
    site.build();
    fs::remove_dir_all(site.path("content/pages")).expect("remove");
    assert!(site.findings().contains(&format!("content/pages: {EMPTIED} 2 of its files")));
}

#[test]
fn folders_can_shrink_or_be_renamed_or_ignored() {
    let site = site();
    site.write("content/pages/more.md", "---\ntitle: More\n---\n");
    site.write("static/b.txt", "b");
    site.write("templates/404.html", "own");
    site.write("templates/more.html", "own");
    site.write("content/story/index.md", article("D", "2026-01-05", ""));
    site.build();
    for path in [
        "content/pages/about.md",
        "static/b.txt",
        "templates/404.html",
        "content/news/a.md",
        "content/story/index.md",
    ] {
        site.remove(path);
    }
    fs::remove_dir(site.path("content/story")).expect("remove");
    site.build();
    site.remove("content/other/c.md");
    site.build();
    site.write("content/news/e.md", article("E", "2026-01-06", ""));
    site.build();
    fs::rename(site.path("content/news"), site.path("content/stories")).expect("move");
    site.build();
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("site.toml", format!("{CONFIG}ignore = [\"stories/b.md\"]\n"));
    site.build();
    site.write("site.toml", format!("{CONFIG}ignore = [\"stories/**\"]\n"));
    site.build();
}

#[test]
fn folder_emptied_by_ignore_is_an_error() {
    for pattern in [
        "news",
        "news/",
        "/news",
        "news/**",
        "news/*",
        "./news/*",
        "n*",
        "news/*.md",
        "news/[ab].md",
        "news/?.md",
        "**/news/**",
        "[ab].md",
    ] {
        let mut site = site();
        site.write("site.toml", format!("{CONFIG}ignore = [\"{pattern}\"]\n"));
        assert_refused(&mut site, "content/news", &format!("{EMPTIED} 2 of its files"));
    }
    let mut site = site();
    site.write("site.toml", format!("{CONFIG}ignore = [\"news/a.md\", \"news/b.md\"]\n"));
    assert_refused(&mut site, "content/news", &format!("{EMPTIED} 2 of its files"));
    let site = self::site();
    site.write("site.toml", format!("{CONFIG}ignore = [\"news/b*\", \"other/**\"]\n"));
    site.build();
}

#[test]
fn nested_folder_can_disappear() {
    let site = site();
    for month in ["09", "10"] {
        for name in ["d", "e"] {
            let text = article(&format!("{name}{month}"), "2026-01-05", "");
            site.write(&format!("content/news/2026/{month}/{name}{month}.md"), text);
        }
    }
    site.build();
    fs::remove_dir_all(site.path("content/news/2026/09")).expect("remove");
    assert_eq!(site.findings(), [""; 0]);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn content_lost_to_ignore_dates_or_errors_is_an_error() {
    let mut site = site();
    site.write("site.toml", format!("{CONFIG}ignore = [\"*.md\"]\n"));
    assert_refused(&mut site, "content", EMPTY);
    let mut site = self::site();
    site.overrides.now = instant("1970-01-01T00:00:00Z");
    assert_refused(&mut site, "content", EMPTY);
    let site = self::site();
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    for path in ["news/a", "news/b", "other/c"] {
        site.write(&format!("content/{path}.md"), "---\nheat: warm\n---\n");
    }
    let outcome = site.try_build();
    assert!(outcome.summary.is_none() && outcome.diagnostics[0].message == EMPTY, "{outcome:#?}");
}

#[test]
fn unpublished_articles_can_all_be_removed() {
    let site = site();
    for path in ["news/a", "news/b", "other/c"] {
        site.write(&format!("content/{path}.md"), article("A", "2026-01-02", "published: false\n"));
    }
    let outcome = site.try_build();
    assert!(outcome.summary.is_some() && outcome.diagnostics[0].changes_output, "{outcome:#?}");
}

#[test]
fn empty_site_can_stay_empty() {
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n");
    site.build();
    site.build();
    fs::remove_dir_all(site.path(".newsgen")).expect("state");
    site.build();
}

#[test]
fn minimum_that_no_article_reaches_is_named() {
    for (key, setting) in [("quality", "minimum_quality"), ("heat", "minimum_heat")] {
        let site = Site::new("");
        site.write("content/a.md", article("A", "2026-01-02", &format!("{key}: 5\n")));
        site.build();
        site.write("site.toml", format!("{CONFIG}{setting} = 6\n"));
        let result = newsgen::build::build(&site.options(), &|_| {});
        let found = &result.diagnostics[0];
        assert_eq!(found.message, EMPTY);
        let help = found.help.as_deref().unwrap_or_default();
        let expected = format!("lower `{setting}` in site.toml (1 below the minimum {key}); ");
        assert!(help.starts_with(&expected), "{help}");
    }
}
