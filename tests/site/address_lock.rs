//! Addresses of articles: an address that was published never shows another article.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Mutex;

use newsgen::build::{self, BuildOptions, COLLECTING, OutputOptions};
use newsgen::diagnostic::{Code, Diagnostic};
use proptest::prelude::*;

use crate::fixture::{CONFIG, Site, article, attribute};

/// A site whose articles are at `/NAME/` and show only their titles.
fn site() -> Site {
    let site = Site::new("=== templates/article.html\narticle {{ page.title }}\n");
    site.write("site.toml", format!("{CONFIG}permalink = \"/{{slug}}/\"\n"));
    site
}

fn put(site: &Site, file: &str, title: &str, day: &str) {
    site.write(&format!("content/{file}.md"), article(title, day, ""));
}

/// The titles of the articles by their addresses.
fn articles(site: &Site) -> BTreeMap<String, String> {
    let title = |(path, bytes): (String, Vec<u8>)| {
        let address = path.strip_suffix("/index.html")?.to_owned();
        let text = String::from_utf8(bytes).ok()?;
        Some((address, text.trim().strip_prefix("article ")?.to_owned()))
    };
    site.tree().into_iter().filter_map(title).collect()
}

fn titles<const N: usize>(articles: [(&str, &str); N]) -> BTreeMap<String, String> {
    articles.into_iter().map(|(address, title)| (address.to_owned(), title.to_owned())).collect()
}

fn lock(site: &Site) -> Option<String> {
    fs::read_to_string(site.path("addresses.lock")).ok()
}

/// Removes what a fresh clone of the site does not have.
fn forget_local_files(site: &Site) {
    for folder in [".newsgen", "public"] {
        fs::remove_dir_all(site.path(folder)).expect("remove");
    }
}

#[test]
fn older_article_does_not_take_published_address() {
    let site = site();
    put(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    let expected = titles([("weekly", "two"), ("weekly-provider-example", "one")]);
    assert_eq!(articles(&site), expected);
    put(&site, "0/weekly", "zero", "2025-01-01");
    site.build();
    let with_third = titles([
        ("weekly", "two"),
        ("weekly-provider-example", "one"),
        ("weekly-provider-example-2", "zero"),
    ]);
    assert_eq!(articles(&site), with_third);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn contested_addresses_are_stable_in_a_fresh_clone() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    let before = articles(&site);
    assert_eq!(before, titles([("weekly", "one"), ("weekly-provider-example", "two")]));
    forget_local_files(&site);
    put(&site, "a/weekly", "one", "2026-03-01");
    site.build();
    assert_eq!(articles(&site), before, "redated");
    forget_local_files(&site);
    site.remove("content/a/weekly.md");
    site.build();
    assert_eq!(articles(&site), titles([("weekly-provider-example", "two")]), "removed");
    forget_local_files(&site);
    put(&site, "c/weekly", "three", "2020-01-01");
    site.build();
    let after =
        titles([("weekly-provider-example", "two"), ("weekly-provider-example-2", "three")]);
    assert_eq!(articles(&site), after, "added");
}

#[test]
fn address_of_removed_article_is_not_reused() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    site.remove("content/a/weekly.md");
    site.build();
    assert_eq!(lock(&site), None, "no conflict yet");
    put(&site, "b/weekly", "two", "2026-02-01");
    let findings = site.findings();
    assert_eq!(articles(&site), titles([("always", "always"), ("weekly-provider-example", "two")]));
    assert_eq!(
        findings,
        [
            "addresses.lock: this file is new",
            "content/b/weekly.md: /weekly/ was the URL of another article; this article is at \
             /weekly-provider-example/"
        ]
    );
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    assert_eq!(
        articles(&site),
        titles([("always", "always"), ("weekly", "one"), ("weekly-provider-example", "two")])
    );
}

#[test]
fn moved_file_keeps_its_address() {
    let site = site();
    put(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    let before = articles(&site);
    assert_eq!(before, titles([("weekly", "two"), ("weekly-provider-example", "one")]));
    for (from, to, title, day) in [
        ("b/weekly", "archive/2026-02-01-weekly", "two", "2026-02-01"),
        ("a/weekly", "b/weekly", "one", "2026-01-01"),
    ] {
        site.remove(&format!("content/{from}.md"));
        put(&site, to, title, day);
        site.build();
        assert_eq!(articles(&site), before, "{from} to {to}");
    }
    let lock = lock(&site).expect("lock");
    let line = "/weekly/ provider.example/two archive/2026-02-01-weekly.md\n";
    assert!(lock.contains(line), "{lock}");
}

/// Writes an article of the original `x`.
fn put_of_x(site: &Site, file: &str, title: &str, day: &str) {
    let text = article(title, day, "").replace(&format!("example/{title}\n"), "example/x\n");
    site.write(&format!("content/{file}.md"), text);
}

#[test]
fn same_original_does_not_take_a_substitute() {
    let site = site();
    put(&site, "news/weekly", "one", "2026-01-01");
    put_of_x(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    put_of_x(&site, "c/weekly", "three", "2026-01-15");
    let expected = titles([
        ("weekly", "one"),
        ("weekly-provider-example", "two"),
        ("weekly-provider-example-2", "three"),
    ]);
    for location in ["here", "in a fresh clone"] {
        site.build();
        assert_eq!(articles(&site), expected, "{location}");
        forget_local_files(&site);
    }
}

#[test]
fn same_original_does_not_reuse_removed_address() {
    let site = site();
    for (folder, title, day) in
        [("a", "one", "2026-01-01"), ("b", "two", "2026-01-02"), ("c", "three", "2026-01-03")]
    {
        put_of_x(&site, &format!("{folder}/weekly"), title, day);
    }
    site.build();
    site.remove("content/a/weekly.md");
    let expected =
        titles([("weekly-provider-example", "two"), ("weekly-provider-example-2", "three")]);
    for location in ["here", "in a fresh clone"] {
        site.build();
        assert_eq!(articles(&site), expected, "{location}");
        forget_local_files(&site);
    }
}

#[test]
fn moved_articles_of_one_original_keep_addresses() {
    let site = site();
    let mut expected = BTreeMap::new();
    for number in 1..13 {
        let title = format!("t{number:02}");
        put_of_x(&site, &format!("{number:02}/weekly"), &title, &format!("2026-01-{number:02}"));
        let ending = match number {
            1 => String::new(),
            2 => "-provider-example".to_owned(),
            _ => format!("-provider-example-{}", number - 1),
        };
        expected.insert(format!("weekly{ending}"), title);
    }
    site.build();
    assert_eq!(articles(&site), expected);
    fs::create_dir(site.path("content/archive")).expect("folder");
    for number in 1..13 {
        let folder = format!("{number:02}");
        fs::rename(
            site.path(&format!("content/{folder}")),
            site.path(&format!("content/archive/{folder}")),
        )
        .expect("move");
    }
    site.build();
    assert_eq!(articles(&site), expected);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn long_substitute_is_kept_after_a_move() {
    let site = site();
    let name = "a-word-".repeat(35);
    let name = name.trim_end_matches('-');
    for number in 1..13 {
        let day = format!("2026-01-{number:02}");
        put_of_x(&site, &format!("{number:02}/{name}"), &format!("t{number}"), &day);
    }
    site.build();
    let before = articles(&site);
    assert_eq!(before.len(), 12);
    for folder in ["02", "12"] {
        fs::rename(
            site.path(&format!("content/{folder}")),
            site.path(&format!("content/moved-{folder}")),
        )
        .expect("move");
        site.build();
        assert_eq!(articles(&site), before, "{folder}");
    }
}

#[test]
fn article_can_return_to_its_former_address() {
    let site = site();
    put(&site, "old", "one", "2026-01-01");
    site.build();
    for name in ["new", "newer"] {
        fs::rename(
            site.path(&format!("content/{}.md", if name == "new" { "old" } else { "new" })),
            site.path(&format!("content/{name}.md")),
        )
        .expect("rename");
        site.build();
        assert_eq!(articles(&site), titles([(name, "one")]));
    }
    site.write("content/newer.md", article("one", "2026-01-01", "slug: old\n"));
    site.build();
    assert_eq!(articles(&site), titles([("old", "one")]));
}

#[test]
fn locked_former_address_returns_to_its_article() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    forget_local_files(&site);
    site.remove("content/a/weekly.md");
    put(&site, "a/other", "one", "2026-01-01");
    site.build();
    assert_eq!(articles(&site), titles([("other", "one"), ("weekly-provider-example", "two")]));
    site.write("content/a/other.md", article("one", "2026-01-01", "slug: weekly\n"));
    site.build();
    assert_eq!(articles(&site), titles([("weekly", "one"), ("weekly-provider-example", "two")]));
}

#[test]
fn many_articles_of_one_original_are_cheap() {
    let site = site();
    let put_in = |folder: &str| {
        for number in 0..3000 {
            put_of_x(
                &site,
                &format!("{folder}{number}/weekly"),
                &format!("t{number}"),
                "2026-01-01",
            );
        }
    };
    put_in("f");
    site.build();
    let before = articles(&site);
    put(&site, "weekly", "one", "2026-02-01");
    site.build();
    assert_eq!(articles(&site).len(), 3001);
    for number in 0..3000 {
        site.remove(&format!("content/f{number}/weekly.md"));
    }
    put_in("g");
    site.build();
    let after = articles(&site);
    assert!(before.keys().all(|address| after.contains_key(address)), "all were moved");
    assert_eq!(after.len(), 3001);
}

#[test]
fn reused_file_name_does_not_get_moved_address() {
    let site = site();
    put(&site, "x", "one", "2026-01-01");
    put(&site, "z", "other", "2026-01-01");
    site.build();
    put(&site, "y", "one", "2026-01-01");
    put(&site, "x", "two", "2026-01-02");
    site.build();
    let expected = titles([("x-provider-example", "two"), ("y", "one"), ("z", "other")]);
    assert_eq!(articles(&site), expected);
    assert_eq!(site.tree(), site.clean_tree());
    put(&site, "y", "other", "2026-01-01");
    put(&site, "z", "one", "2026-01-01");
    site.build();
    let after = articles(&site);
    assert!(after.get("y").is_none_or(|title| title == "one"), "{after:?}");
    assert!(after.get("z").is_none_or(|title| title == "other"), "{after:?}");
}

#[test]
fn reused_file_name_does_not_get_moved_substitute() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    site.remove("content/b/weekly.md");
    put(&site, "archive/issue-2", "two", "2026-02-01");
    put(&site, "b/weekly", "three", "2026-03-01");
    site.build();
    let expected =
        titles([("weekly", "one"), ("issue-2", "two"), ("weekly-provider-example-2", "three")]);
    assert_eq!(articles(&site), expected);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn corrected_original_keeps_its_address() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    put(&site, "b/weekly", "two", "2025-01-01");
    site.write(
        "content/a/weekly.md",
        article("one", "2026-01-01", "").replace("/one", "/one-corrected"),
    );
    site.build();
    assert_eq!(articles(&site), titles([("weekly", "one"), ("weekly-provider-example", "two")]));
}

#[test]
fn contested_article_of_a_corrected_provider_keeps_its_address() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "b/weekly", "two", "2026-02-01");
    put(&site, "c/weekly", "three", "2026-03-01");
    site.build();
    let before = articles(&site);
    let of = |domain: &str, file: &str, title: &str, original: &str| {
        let text = article(title, "2026-02-01", "");
        let text = text.replace("domain: provider.example", &format!("domain: {domain}"));
        site.write(&format!("content/{file}.md"), text.replace("www.provider.example", original));
    };
    for (domain, original, is_fresh) in [
        ("corrected.example", "www.provider.example", false),
        ("other.example", "www.other.example", false),
        ("corrected.example", "www.other.example", true),
        ("a-rather-long-name.of.a-provider.example", "www.other.example", true),
    ] {
        if is_fresh {
            forget_local_files(&site);
        }
        of(domain, "b/weekly", "two", original);
        of(domain, "c/weekly", "three", original);
        site.build();
        assert_eq!(articles(&site), before, "{domain}");
        assert_eq!(site.tree(), site.clean_tree(), "{domain}");
    }
    put(&site, "d/weekly", "four", "2020-01-01");
    site.build();
    let four = [("weekly-provider-example-3".to_owned(), "four".to_owned())];
    assert_eq!(articles(&site), before.into_iter().chain(four).collect());
}

#[test]
fn long_contested_address_of_a_corrected_provider_is_kept() {
    let site = site();
    let name = "word-".repeat(50);
    for (folder, title) in [("a", "one"), ("b", "two")] {
        put(&site, &format!("{folder}/{name}x"), title, "2026-01-01");
    }
    site.build();
    let before = articles(&site);
    let text = article("two", "2026-01-01", "");
    let text = text.replace("domain: provider.example", "domain: c.example");
    site.write(&format!("content/b/{name}x.md"), text);
    site.build();
    assert_eq!(articles(&site), before);
}

#[test]
fn slug_needs_lock_entry_for_former_address() {
    let site = site();
    put(&site, "a", "one", "2026-01-01");
    put(&site, "other", "other", "2026-01-01");
    site.build();
    site.remove("content/a.md");
    site.build();
    site.write("content/b.md", article("two", "2026-02-01", "slug: a\n"));
    let outcome = site.try_build();
    let found = outcome.diagnostics.first().expect("error");
    assert_eq!(found.message, "`slug` gives /a/, the former URL of another article");
    let line = "/a/ provider.example/two b.md";
    assert!(found.help.as_ref().is_some_and(|help| help.contains(line)), "{found:?}");
    site.write("addresses.lock", format!("{line}\n"));
    site.build();
    assert_eq!(articles(&site), titles([("a", "two"), ("other", "other")]));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn slug_of_older_article_does_not_take_published_address() {
    let site = site();
    put(&site, "a", "one", "2026-01-01");
    site.build();
    site.write("content/b.md", article("two", "2025-02-01", "slug: a\n"));
    let findings = site.findings();
    assert!(findings[0].contains("`slug` gives /a/, the URL of content/a.md"), "{findings:?}");
}

#[test]
fn page_or_category_does_not_take_published_address() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    site.write("content/pages/weekly.md", "---\ntitle: Weekly\n---\n");
    site.write("content/b.md", article("two", "2025-01-01", "category: always\n"));
    let outcome = site.try_build();
    assert!(outcome.summary.is_none());
    let found: Vec<&str> = outcome.diagnostics.iter().map(|found| &*found.location.file).collect();
    assert_eq!(found, ["content/b.md", "content/pages/weekly.md"], "{:?}", outcome.diagnostics);
    site.write(
        "site.toml",
        format!("{CONFIG}permalink = \"/{{slug}}/\"\non_error = \"leave-out\"\n"),
    );
    site.build();
    assert_eq!(articles(&site), titles([("always", "always"), ("weekly", "one")]));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn lock_lists_contested_addresses_only() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "b/daily", "two", "2026-01-01");
    site.build();
    assert_eq!(lock(&site), None);
    put(&site, "b/weekly", "three", "2026-01-02");
    let check = BuildOptions {
        output: OutputOptions { check_only: true, ..site.options().output },
        ..site.options()
    };
    assert!(build::build(&check, &|_| {}).summary.is_some());
    let mut preview = site.options();
    preview.overrides.preview = true;
    preview.output.folder = site.path(".newsgen/preview");
    assert!(build::build(&preview, &|_| {}).summary.is_some());
    assert_eq!(lock(&site), None, "nothing was published");
    site.build();
    let text = lock(&site).expect("lock");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        lines,
        [
            "/weekly/ provider.example/one a/weekly.md",
            "/weekly-provider-example/ provider.example/three b/weekly.md"
        ]
    );
    let (_, stages) = site.build_in_stages();
    assert!(!stages.contains(COLLECTING), "the lock that a build wrote is no change: {stages:?}");
    site.write("addresses.lock", text.replace("/weekly-p", "/weekly-P"));
    assert_eq!(site.try_build().changed, [""; 0]);
    assert_eq!(articles(&site).len(), 3);
}

#[test]
fn changed_lock_is_reported_once() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    assert_eq!(reported(&site), []);
    for (folder, title, message) in
        [("b", "two", "this file is new"), ("c", "three", "this file has changed")]
    {
        put(&site, &format!("{folder}/weekly"), title, "2026-02-01");
        let found = reported(&site);
        let of_lock: Vec<&Diagnostic> =
            found.iter().filter(|found| found.location.file == "addresses.lock").collect();
        let [found] = of_lock.as_slice() else { panic!("{found:#?}") };
        assert_eq!(found.message, message);
        assert!(
            found.changes_output
                && found.help.as_ref().is_some_and(|help| help.starts_with("commit it"))
        );
        put(&site, &format!("unrelated-{title}"), "unrelated", "2026-01-01");
        let found = reported(&site);
        assert!(found.iter().all(|found| found.location.file != "addresses.lock"), "{found:#?}");
    }
}

/// Builds the site while another build holds the lock, which is released after `end` as soon as
/// this build waits for it.
fn build_beside(site: &Site, options: &BuildOptions, end: impl Fn() + Sync) -> Vec<String> {
    let other =
        fs::File::options().append(true).create(true).open(site.path(".newsgen/addresses-lock"));
    let other = other.expect("file");
    other.lock().expect("lock");
    let (other, waits) = (Mutex::new(Some(other)), Mutex::new(Vec::new()));
    let watch = |progress: build::Progress| {
        if progress.is_waiting() {
            waits.lock().expect("waits").push(progress.stage.to_owned());
            end();
            drop(other.lock().expect("file").take());
        }
    };
    let outcome = build::build(options, &watch);
    assert!(outcome.summary.is_some(), "{:#?}", outcome.diagnostics);
    waits.into_inner().expect("waits")
}

#[test]
fn overlapping_builds_keep_each_others_reservations() {
    let site = site();
    put(&site, "b/weekly", "two", "2026-02-01");
    put(&site, "daily", "daily", "2026-02-01");
    site.build();
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "a/daily", "other", "2026-01-01");
    let lock_line = "/weekly-provider-example/ provider.example/zero 0/weekly.md\n";
    let history_line = "/daily-provider-example/ provider.example/zero 0/daily.md\n";
    let history = fs::read_to_string(site.path(".newsgen/addresses")).expect("history");
    let end = || {
        site.write("addresses.lock", lock_line);
        site.write(".newsgen/addresses", format!("{history}{history_line}"));
    };
    assert_eq!(build_beside(&site, &site.options(), end), [build::WAITING_FOR_ADDRESSES]);
    let expected = titles([
        ("daily", "daily"),
        ("daily-provider-example-2", "other"),
        ("weekly", "two"),
        ("weekly-provider-example-2", "one"),
    ]);
    assert_eq!(articles(&site), expected);
    assert!(lock(&site).expect("lock").contains(lock_line));
    let history = fs::read_to_string(site.path(".newsgen/addresses")).expect("history");
    assert!(history.contains(history_line), "{history}");
    let (_, stages) = site.build_in_stages();
    assert!(!stages.contains(COLLECTING), "{stages:?}");
}

#[test]
fn builds_wait_only_to_reserve_addresses() {
    let site = site();
    put(&site, "a", "one", "2026-02-01");
    site.build();
    assert_eq!(build_beside(&site, &site.options(), || {}), [""; 0], "unchanged");
    put(&site, "b", "two", "2026-02-01");
    let mut check = site.options();
    check.output.check_only = true;
    assert_eq!(build_beside(&site, &check, || {}), [""; 0]);
    let mut elsewhere = site.options();
    elsewhere.output.folder = site.path("elsewhere");
    for preview in [true, false] {
        elsewhere.overrides.preview = preview;
        let waits = build_beside(&site, &elsewhere, || {});
        assert_eq!(waits.len(), usize::from(!preview), "{waits:?}");
    }
}

#[test]
fn lock_with_merge_conflict_is_an_error() {
    let site = site();
    put(&site, "a", "one", "2026-01-01");
    site.write("addresses.lock", "<<<<<<< HEAD\n/a/ x.example a.md\n");
    assert_eq!(site.findings(), ["addresses.lock:1:1: unresolved merge conflict"]);
}

#[test]
fn long_file_names_are_not_cut() {
    let site = site();
    let name = "a-word-".repeat(35);
    let name = name.trim_end_matches('-');
    put(&site, &format!("a/{name}"), "one", "2026-01-01");
    put(&site, &format!("b/{name}"), "two", "2026-01-02");
    site.build();
    let articles = articles(&site);
    assert_eq!(articles.get(name).map(String::as_str), Some("one"));
    let (other, _) = articles.iter().find(|(_, title)| *title == "two").expect("two");
    assert!(other.len() <= 255 && other.ends_with("-word-provider-example"), "{other}");
}

/// The findings of a build, which must publish the site.
fn reported(site: &Site) -> Vec<Diagnostic> {
    let outcome = site.try_build();
    assert!(outcome.summary.is_some(), "{:#?}", outcome.diagnostics);
    outcome.diagnostics
}

/// Message and help of the only finding. It must be printed by `build`, and not be repeated by the
/// next build.
fn reported_once(site: &Site) -> (String, String) {
    let found = reported(site);
    let [found] = found.as_slice() else { panic!("{found:#?}") };
    assert!(found.changes_output && !found.is_error());
    assert_eq!(site.tree(), site.clean_tree());
    assert_eq!(reported(site), [], "reported again by an idle build");
    put(site, "unrelated", "unrelated", "2026-01-01");
    assert_eq!(reported(site), [], "reported again by a build of another article");
    site.remove("content/unrelated.md");
    assert_eq!(reported(site), []);
    let location = found.location.to_string();
    (format!("{location}: {}", found.message), found.help.clone().unwrap_or_default())
}

#[test]
fn moved_article_is_reported_once() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "old", "one", "2026-01-02");
    assert_eq!(reported(&site), []);
    site.remove("content/old.md");
    put(&site, "new", "one", "2026-01-02");
    let mut preview = site.options();
    preview.overrides.preview = true;
    preview.output.folder = site.path(".newsgen/preview");
    let found = build::build(&preview, &|_| {}).diagnostics;
    let is_move =
        |found: &Diagnostic| found.changes_output && found.message.starts_with("moved from");
    assert!(found.iter().any(is_move), "{found:?}");
    let (message, help) = reported_once(&site);
    assert_eq!(message, "content/new.md: moved from /old/ to /new/; nothing is at /old/ now");
    assert_eq!(
        help,
        "write `aliases: [/old/]` to redirect readers, or `slug: old` to keep the address"
    );
    site.write("content/new.md", article("one", "2026-01-02", "slug: old\n"));
    let (message, help) = reported_once(&site);
    assert_eq!(message, "content/new.md: moved from /new/ to /old/; nothing is at /new/ now");
    assert_eq!(
        help,
        "write `aliases: [/new/]` to redirect readers, or `slug: new` to keep the address"
    );
}

#[test]
fn every_kind_of_move_is_reported() {
    let site = site();
    site.write("site.toml", format!("{CONFIG}permalink = \"/{{category}}/{{year}}/{{slug}}/\"\n"));
    put(&site, "always", "always", "2026-01-01");
    put(&site, "x", "one", "2026-01-02");
    site.build();
    let ways = [
        (
            "2025-01-02",
            "",
            "/news/2026/x/",
            "/news/2025/x/",
            "write `aliases: [/news/2026/x/]` to redirect readers",
        ),
        (
            "2025-01-02",
            "category: Local\naliases: [/a b/, /c/]\n",
            "/news/2025/x/",
            "/local/2025/x/",
            "write `aliases: [\"/a b/\", /c/, /news/2025/x/]` to redirect readers",
        ),
        (
            "2025-01-02",
            "category: Local\nslug: Y\n",
            "/local/2025/x/",
            "/local/2025/Y/",
            "write `aliases: [/local/2025/x/]` to redirect readers, or `slug: x` to keep the address",
        ),
        (
            "2025-01-02",
            "category: Local\nslug: z\n",
            "/local/2025/Y/",
            "/local/2025/z/",
            "write `aliases: [/local/2025/Y/]` to redirect readers, or `slug: Y` to keep the address",
        ),
    ];
    for (day, more, from, to, expected) in ways {
        site.write("content/x.md", article("one", day, more));
        let (message, help) = reported_once(&site);
        assert_eq!(
            message,
            format!("content/x.md: moved from {from} to {to}; nothing is at {from} now")
        );
        assert_eq!(help, expected);
    }
    site.write(
        "content/x.md",
        article("one", "2025-01-02", "category: Local\n").replace("/one", "/two"),
    );
    let (message, _) = reported_once(&site);
    assert!(
        message.contains("moved from /local/2025/z/ to /local/2025/x/"),
        "known by its file: {message}"
    );
}

/// A build that fails because of a file at `path` in its output folder, which is then removed.
fn fails_to_publish(site: &Site, path: &str) {
    let before = site.tree();
    site.write(&format!("public/{path}"), "theirs");
    let outcome = site.try_build();
    assert!(outcome.summary.is_none(), "{:#?}", outcome.diagnostics);
    fs::remove_dir_all(site.path("public").join(path).parent().expect("folder")).expect("removed");
    assert_eq!(site.tree(), before);
}

#[test]
fn move_is_reported_by_the_build_that_publishes_it() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "old", "one", "2026-01-02");
    site.build();
    let history = fs::read(site.path(".newsgen/addresses")).expect("history");
    site.remove("content/old.md");
    put(&site, "new", "one", "2026-01-02");
    fails_to_publish(&site, "new/index.html");
    assert_eq!(fs::read(site.path(".newsgen/addresses")).expect("history"), history);
    let (message, _) = reported_once(&site);
    assert_eq!(message, "content/new.md: moved from /old/ to /new/; nothing is at /old/ now");
}

#[test]
fn build_that_fails_to_publish_reserves_no_address() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    site.build();
    put(&site, "a/weekly", "one", "2026-01-02");
    fails_to_publish(&site, "weekly/index.html");
    site.remove("content/a/weekly.md");
    site.build();
    put(&site, "b/weekly", "two", "2026-01-03");
    assert_eq!(reported(&site), []);
    assert_eq!(articles(&site), titles([("always", "always"), ("weekly", "two")]));
    assert_eq!(lock(&site), None);
}

#[test]
fn no_warning_for_moved_article_with_redirect() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "old", "one", "2026-01-02");
    site.build();
    site.remove("content/old.md");
    site.write("content/new.md", article("one", "2026-01-02", "aliases: [/old/]\n"));
    assert_eq!(reported(&site), []);
    site.remove("content/new.md");
    site.write("content/newer.md", article("one", "2026-01-02", "aliases: [/old/]\n"));
    site.write("static/new/index.html", "gone");
    assert_eq!(reported(&site), [], "a file of the site is there");
}

#[test]
fn address_that_was_never_published_is_not_reported() {
    let mut site = site();
    put(&site, "always", "always", "2026-01-01");
    site.write("content/draft.md", article("one", "2026-01-02", "published: false\n"));
    site.overrides.unpublished = true;
    assert_eq!(reported(&site), []);
    site.overrides.unpublished = false;
    assert_eq!(reported(&site), []);
    site.remove("content/draft.md");
    put(&site, "new", "one", "2026-01-02");
    assert_eq!(reported(&site), []);
    site.write(
        "site.toml",
        format!("{CONFIG}permalink = \"/{{slug}}/\"\narticle_html = \"none\"\n"),
    );
    assert_eq!(reported(&site), []);
    site.remove("content/always.md");
    put(&site, "without-page", "always", "2026-01-01");
    assert_eq!(reported(&site), [], "without a page");
}

#[test]
fn moved_draft_is_reported_when_published() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "old", "one", "2026-01-02");
    site.build();
    site.write("content/old.md", article("one", "2026-01-02", "published: false\n"));
    assert_eq!(reported(&site), []);
    site.remove("content/old.md");
    site.write("content/new.md", article("one", "2026-01-02", "published: false\n"));
    assert_eq!(reported(&site), []);
    put(&site, "new", "one", "2026-01-02");
    assert!(reported_once(&site).0.contains("moved from /old/ to /new/"));
}

#[test]
fn alias_taking_an_address_is_reported_once() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "gone", "one", "2026-01-02");
    put(&site, "moves", "two", "2026-01-03");
    put(&site, "hides", "three", "2026-01-04");
    site.build();
    site.remove("content/gone.md");
    site.write(
        "content/always.md",
        article("always", "2026-01-01", "aliases: [/gone/index.html]\n"),
    );
    let (message, help) = reported_once(&site);
    assert_eq!(
        message,
        "content/always.md:9:10: the alias `/gone/` was the address of content/gone.md, which is gone"
    );
    assert_eq!(help, "remove it, unless readers of that URL should come here");
    site.remove("content/moves.md");
    put(&site, "moved", "two", "2026-01-03");
    site.write("content/pages/info.md", "---\ntitle: P\naliases: [/moves/]\n---\n");
    let (message, _) = reported_once(&site);
    let expected = "content/pages/info.md:3:10: the alias `/moves/` was the address of content/moved.md, which is at /moved/ now";
    assert_eq!(message, expected);
    site.write("content/hides.md", article("three", "2026-01-04", "published: false\n"));
    site.write("content/topics/topic.md", "---\nname: Topic\naliases: [/hides/]\n---\n");
    site.write("content/moved.md", article("two", "2026-01-03", "topics: [Topic]\n"));
    let (message, _) = reported_once(&site);
    assert!(
        message.ends_with("was the address of content/hides.md, which has no page now"),
        "{message}"
    );
}

#[test]
fn no_warning_for_alias_at_own_former_address() {
    let site = site();
    site.write("content/a.md", article("one", "2026-01-02", "topics: [Old]\n"));
    site.write("content/pages/about.md", "---\ntitle: About\n---\n");
    site.build();
    site.remove("content/pages/about.md");
    site.write("content/pages/about-us.md", "---\ntitle: About\naliases: [/about/]\n---\n");
    site.write(
        "content/a.md",
        article("one", "2026-01-02", "topics: [New]\naliases: [/before/]\n"),
    );
    site.write("content/topics/new.md", "---\nname: New\naliases: [/topics/old/]\n---\n");
    assert_eq!(reported(&site), []);
}

#[test]
fn address_of_alias_is_not_reused() {
    let site = site();
    site.write("content/a.md", article("one", "2026-01-02", "aliases: [/b/]\n"));
    site.build();
    put(&site, "a", "one", "2026-01-02");
    put(&site, "b", "two", "2026-01-03");
    let found = reported(&site);
    assert_eq!(
        found[1].message,
        "/b/ was the URL of another article; this article is at /b-provider-example/"
    );
    assert_eq!(articles(&site), titles([("a", "one"), ("b-provider-example", "two")]));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn redirecting_substitute_is_not_reused() {
    let mut site = site();
    site.allow_empty = true;
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    let page = "content/pages/weekly-provider-example.md";
    site.write(page, "---\ntitle: Page\n---\n");
    site.build();
    let expected = titles([("weekly", "one"), ("weekly-provider-example-2", "two")]);
    assert_eq!(articles(&site), expected);
    site.remove(page);
    site.write(
        "content/b/weekly.md",
        article("two", "2026-02-01", "aliases: [/weekly-provider-example/]\n"),
    );
    for _ in 0..2 {
        site.build();
        assert_eq!(articles(&site), expected);
        assert_eq!(site.tree(), site.clean_tree());
        forget_local_files(&site);
    }
    put(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn substitute_is_kept_while_old_file_name_redirects() {
    let site = site();
    put(&site, "weekly-provider-example", "one", "2026-01-01");
    site.build();
    site.remove("content/weekly-provider-example.md");
    site.write("content/weekly.md", article("one", "2026-01-01", "aliases: [/weekly/]\n"));
    for _ in 0..2 {
        site.build();
        assert_eq!(articles(&site), titles([("weekly-provider-example", "one")]));
        assert_eq!(site.tree(), site.clean_tree());
        put(&site, "unrelated/daily", "daily", "2026-01-01");
        site.build();
        site.remove("content/unrelated/daily.md");
    }
}

#[test]
fn alias_gives_an_address_back_to_its_holder() {
    let site = site();
    put(&site, "b/weekly", "two", "2026-01-01");
    site.build();
    site.remove("content/b/weekly.md");
    site.write("content/a/weekly.md", article("one", "2026-01-01", "aliases: [/weekly/]\n"));
    site.build();
    put(&site, "b/weekly", "two", "2026-01-01");
    assert_eq!(
        site.findings()[1],
        "content/a/weekly.md:9:10: the alias `/weekly/` is already in use"
    );
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    let expected = titles([("weekly", "two"), ("weekly-provider-example", "one")]);
    assert_eq!(articles(&site), expected);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn alias_that_is_removed_again_moves_no_article() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "b/weekly", "two", "2026-01-01");
    site.build();
    for more in ["published: false\n", ""] {
        let is_draft = !more.is_empty();
        site.write("content/b/weekly.md", article("two", "2026-01-01", more));
        if !is_draft {
            site.remove("content/b/weekly.md");
        }
        put(&site, "a/weekly", "one", "2026-01-02");
        site.build();
        let expected = titles([("always", "always"), ("weekly-provider-example", "one")]);
        assert_eq!(articles(&site), expected);
        let lock_before = lock(&site).expect("lock");
        site.write("content/a/weekly.md", article("one", "2026-01-02", "aliases: [/weekly/]\n"));
        let changes = || -> Vec<String> {
            let found = reported(&site).into_iter().map(|found| found.message);
            found.filter(|message| !message.starts_with("/weekly/ was the URL of")).collect()
        };
        let [message] = &changes()[..] else { panic!("not told once") };
        assert!(
            message.contains("the alias `/weekly/` was the address of content/b/weekly.md"),
            "{message}"
        );
        assert_eq!(site.tree(), site.clean_tree());
        assert_eq!(lock(&site).as_ref(), Some(&lock_before));
        put(&site, "unrelated", "unrelated", "2026-01-01");
        assert_eq!(changes(), [""; 0], "told again");
        site.remove("content/unrelated.md");
        put(&site, "a/weekly", "one", "2026-01-02");
        assert_eq!(changes(), [""; 0]);
        assert_eq!(articles(&site), expected);
        put(&site, "b/weekly", "two", "2026-01-01");
        site.build();
        let back = [("always", "always"), ("weekly", "two"), ("weekly-provider-example", "one")];
        assert_eq!(articles(&site), titles(back), "draft: {is_draft}");
        assert_eq!(site.tree(), site.clean_tree());
    }
}

#[test]
fn alias_in_a_fresh_clone_leaves_the_lock_alone() {
    let site = site();
    put(&site, "b/weekly", "two", "2026-01-01");
    put(&site, "a/weekly", "one", "2026-01-02");
    site.build();
    let lock_before = lock(&site);
    site.remove("content/b/weekly.md");
    site.write("content/a/weekly.md", article("one", "2026-01-02", "aliases: [/weekly/]\n"));
    forget_local_files(&site);
    site.build();
    assert_eq!(lock(&site), lock_before);
    put(&site, "a/weekly", "one", "2026-01-02");
    site.build();
    assert_eq!(articles(&site), titles([("weekly-provider-example", "one")]));
}

/// Where readers of `/old/` are sent.
fn target_of_old(site: &Site) -> String {
    attribute(&site.page("old/index.html"), "rel=\"canonical\"", "href").expect("link").to_owned()
}

#[test]
fn published_alias_stays_with_its_document_whatever_the_dates() {
    let mut site = site();
    site.write(
        "site.toml",
        format!("{CONFIG}permalink = \"/{{slug}}/\"\non_error = \"leave-out\"\n"),
    );
    let with_alias = |title: &str, day: &str| article(title, day, "aliases: [/old/]\n");
    site.write("content/real.md", with_alias("real", "2026-01-20"));
    site.build();
    site.write("content/evil.md", with_alias("evil", "2001-01-01"));
    for location in ["here", "rebuilt"] {
        let errors: Vec<String> =
            reported(&site).iter().map(|found| found.location.file.clone()).collect();
        assert_eq!(errors, ["content/evil.md"], "{location}");
        assert_eq!(target_of_old(&site), "https://test.example/real/");
        assert_eq!(site.tree(), site.clean_tree());
        site.fresh = true;
    }
    forget_local_files(&site);
    site.write("content/evil.md", with_alias("evil", "2026-02-01"));
    site.build();
    assert_eq!(
        target_of_old(&site),
        "https://test.example/evil/",
        "the first by path, where nobody had it"
    );
}

#[test]
fn damaged_history_stops_the_build() {
    let site = site();
    put(&site, "a", "one", "2026-01-01");
    put(&site, "b", "two", "2026-01-01");
    site.build();
    let history = fs::read(site.path(".newsgen/addresses")).expect("history");
    let garbled = [&history[..], b"xx\n"].concat();
    let of_line = format!(
        "line {} is not an address and its document",
        garbled.split(|c| *c == b'\n').count() - 1
    );
    let lines: Vec<&[u8]> = history.split_inclusive(|c| *c == b'\n').collect();
    let (cut, cut_more) = (lines[..lines.len() - 1].concat(), lines[..lines.len() - 2].concat());
    for (text, expected) in [
        (&b""[..], "it is empty"),
        (b"\n", "it is empty"),
        (b"\xff\xfe", "it is not UTF-8"),
        (&garbled, &of_line),
        (&history[..history.len() - 1], "its last line is cut"),
        (&history[..history.len() - 5], "its last line is cut"),
        (&cut, "1 of its addresses is missing"),
        (&cut_more, "2 of its addresses are missing"),
    ] {
        site.write(".newsgen/addresses", text);
        put(&site, "c", "three", "2026-01-01");
        assert_eq!(
            site.findings(),
            [format!(".newsgen/addresses: this file is damaged: {expected}")]
        );
        assert_eq!(fs::read(site.path(".newsgen/addresses")).expect("history"), text);
    }
    site.remove(".newsgen/addresses");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", site.path(".newsgen/addresses")).expect("link");
        let unread = ".newsgen/addresses: cannot read it: broken symbolic link";
        assert_eq!(site.findings(), [unread]);
        site.remove(".newsgen/addresses");
    }
    assert_eq!(reported(&site), []);
}

#[test]
fn new_article_in_a_file_of_a_former_one_gets_another_address() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "w", "one", "2026-01-01");
    site.build();
    site.remove("content/w.md");
    site.build();
    put(&site, "w", "two", "2026-01-02");
    let found = reported(&site);
    let message = "/w/ was the URL of another article; this article is at /w-provider-example/";
    assert_eq!(found[1].message, message);
    let expected = titles([("always", "always"), ("w-provider-example", "two")]);
    for location in ["here", "in a fresh clone"] {
        site.build();
        assert_eq!(articles(&site), expected, "{location}");
        assert_eq!(site.tree(), site.clean_tree());
        forget_local_files(&site);
    }
}

#[test]
fn article_that_comes_back_is_known_by_its_file_again() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "w", "one", "2026-01-01");
    site.build();
    site.remove("content/w.md");
    site.build();
    put(&site, "w", "one", "2026-01-01");
    site.build();
    site.write("content/w.md", article("one", "2026-01-01", "").replace("/one", "/corrected"));
    assert_eq!(reported_once(&site).0, corrected("w", "one", "corrected"));
    assert_eq!(articles(&site), titles([("always", "always"), ("w", "one")]));
}

#[test]
fn article_with_an_error_is_not_gone() {
    let site = site();
    site.write(
        "site.toml",
        format!("{CONFIG}permalink = \"/{{slug}}/\"\non_error = \"leave-out\"\n"),
    );
    put(&site, "always", "always", "2026-01-01");
    put(&site, "w", "one", "2026-01-01");
    site.build();
    site.write("content/w.md", "---\ntitle: one\n---\n");
    assert_eq!(site.build().stats.left_out, 1);
    site.write("content/w.md", article("one", "2026-01-01", "").replace("/one", "/corrected"));
    site.build();
    assert_eq!(articles(&site), titles([("always", "always"), ("w", "one")]));
}

fn corrected(file: &str, before: &str, now: &str) -> String {
    format!(
        "content/{file}.md: /{file}/ showed the article of `provider.example/{before}` before; it shows \
         `provider.example/{now}` now"
    )
}

#[test]
fn other_original_at_a_published_address_is_reported_once() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "weekly", "one", "2026-01-01");
    site.build();
    put(&site, "weekly", "two", "2026-01-02");
    let (message, help) = reported_once(&site);
    assert_eq!(message, corrected("weekly", "one", "two"));
    assert!(
        help.starts_with("if this is another article, put it into a file of its own"),
        "{help}"
    );
    site.remove("content/weekly.md");
    site.write("content/archive.md", article("two", "2026-01-02", "").replace("/two", "/three"));
    put(&site, "weekly", "four", "2026-01-03");
    let found = reported(&site);
    assert!(
        found.iter().any(|found| found.message.contains("/weekly/ showed the article of")),
        "{found:#?}"
    );
}

#[test]
fn new_substitute_is_not_an_alias() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    site.write(
        "content/b/weekly.md",
        article("two", "2026-02-01", "aliases: [/weekly-provider-example/]\n"),
    );
    for _ in 0..2 {
        site.build();
        let expected = titles([("weekly", "one"), ("weekly-provider-example-2", "two")]);
        assert_eq!(articles(&site), expected);
        assert_eq!(site.tree(), site.clean_tree());
        put(&site, "unrelated/daily", "daily", "2026-01-01");
        site.remove("content/unrelated/daily.md");
    }
}

#[test]
fn address_of_removed_page_or_list_is_not_reused() {
    let mut site = site();
    site.allow_empty = true;
    put(&site, "always", "always", "2026-01-01");
    site.write("content/pages/about.md", "---\ntitle: About\n---\n");
    site.write("content/x.md", article("x", "2026-01-02", "category: Local\n"));
    site.build();
    site.remove("content/pages/about.md");
    put(&site, "x", "x", "2026-01-02");
    site.build();
    put(&site, "about", "one", "2026-01-03");
    put(&site, "local", "two", "2026-01-03");
    let found: Vec<String> = reported(&site).into_iter().map(|found| found.message).collect();
    assert_eq!(
        found,
        [
            "this file is new",
            "/about/ was the URL of content/pages/about.md; this article is at /about-provider-example/",
            "/local/ was the URL of the list of the category `local`; this article is at /local-provider-example/"
        ]
    );
    assert_eq!(site.tree(), site.clean_tree());
    let before = articles(&site);
    forget_local_files(&site);
    site.build();
    assert_eq!(articles(&site), before, "in a fresh clone");
    site.write("content/about.md", article("one", "2026-01-03", "slug: about\n"));
    let error = site.findings();
    assert!(
        error[0].contains("`slug` gives /about/, the former URL of content/pages/about.md"),
        "{error:?}"
    );
}

#[test]
fn page_or_list_taking_an_address_is_reported_once() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "weekly", "one", "2026-01-02");
    put(&site, "local", "two", "2026-01-02");
    site.build();
    site.remove("content/weekly.md");
    site.remove("content/local.md");
    site.build();
    site.write("content/pages/weekly.md", "---\ntitle: Weekly\n---\n");
    let (message, _) = reported_once(&site);
    assert_eq!(
        message,
        "content/pages/weekly.md: /weekly/ was the address of content/weekly.md, which is gone; this page is there now"
    );
    site.write("content/always.md", article("always", "2026-01-01", "category: Local\n"));
    let (message, _) = reported_once(&site);
    assert_eq!(
        message,
        "content/always.md:9:11: /local/ was the address of content/local.md, which is gone; the list of the category \
         `local` is there now"
    );
    put(&site, "weekly", "one", "2026-01-02");
    site.build();
    let expected = titles([("always", "always"), ("weekly-provider-example", "one")]);
    assert_eq!(articles(&site), expected);
}

#[test]
fn page_taking_a_list_address_is_reported() {
    let site = site();
    site.write("content/a.md", article("one", "2026-01-01", "topics: [Old]\n"));
    site.build();
    put(&site, "a", "one", "2026-01-01");
    site.write("content/pages/topics/old.md", "---\ntitle: Old\n---\n");
    let (message, _) = reported_once(&site);
    assert!(
        message
            .contains("/topics/old/ was the address of the list of the topic `old`, which is gone"),
        "{message}"
    );
}

#[test]
fn reused_file_name_does_not_get_address_of_draft() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "x", "one", "2026-01-01");
    site.build();
    site.write("content/y.md", article("one", "2026-01-01", "published: false\n"));
    put(&site, "x", "two", "2026-01-02");
    site.build();
    assert_eq!(articles(&site), titles([("always", "always"), ("x-provider-example", "two")]));
    assert_eq!(site.tree(), site.clean_tree());
    put(&site, "y", "one", "2026-01-01");
    site.build();
    assert_eq!(
        articles(&site),
        titles([("always", "always"), ("x-provider-example", "two"), ("y", "one")])
    );
}

#[test]
fn moved_article_does_not_get_removed_address() {
    let site = site();
    put(&site, "x", "one", "2026-01-01");
    put(&site, "y", "two", "2026-01-01");
    site.build();
    site.remove("content/y.md");
    put(&site, "x", "two", "2026-01-01");
    for _ in 0..3 {
        site.build();
        assert_eq!(articles(&site), titles([("x-provider-example", "two")]));
        site.write("content/note.md", article("note", "2030-01-01", ""));
    }
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn twice_corrected_original_keeps_its_address() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "x", "one", "2026-01-01");
    let expected = titles([("always", "always"), ("x", "one")]);
    for original in ["/one", "/two", "/one", "/three"] {
        site.write("content/x.md", article("one", "2026-01-01", "").replace("/one", original));
        site.build();
        assert_eq!(articles(&site), expected, "{original}");
    }
}

/// A change of one of the documents.
#[derive(Clone, Debug)]
enum Step {
    /// Writes a document, or gives it another date.
    Put(usize, u8),
    Remove(usize),
    /// Moves it to another folder, or back.
    Move(usize),
    /// Gives it another file name.
    Rename(usize),
    /// Swaps the files of two documents.
    Swap(usize, usize),
    /// Unpublishes it, or publishes it again.
    Publish(usize),
    /// Gives it the next one of some aliases, or none.
    Alias(usize),
    /// Gives it the next one of some providers.
    Provider(usize),
    /// Writes a page, or removes it.
    Page(usize),
    /// Removes the cache, but not the history.
    Fresh(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let document = 0..DOCUMENTS;
    prop_oneof![
        6 => (document.clone(), 1..29_u8).prop_map(|(document, day)| Step::Put(document, day)),
        2 => document.clone().prop_map(Step::Remove),
        1 => document.clone().prop_map(Step::Move),
        2 => document.clone().prop_map(Step::Rename),
        1 => (document.clone(), document.clone()).prop_map(|(one, other)| Step::Swap(one, other)),
        2 => document.clone().prop_map(Step::Publish),
        2 => document.clone().prop_map(Step::Alias),
        1 => document.prop_map(Step::Provider),
        2 => (0..NAMES.len()).prop_map(Step::Page),
        1 => any::<bool>().prop_map(Step::Fresh),
    ]
}

const DOCUMENTS: usize = 9;

/// Names of files and pages. Some look like substitutes of others.
const NAMES: [&str; 3] = ["weekly", "weekly-provider-example", "Weekly"];

const ALIASES: [&str; 4] = ["", "/weekly/", "/weekly-provider-example/", "/2026/02/weekly/"];

const DOMAINS: [&str; 2] = ["provider.example", "corrected.example"];

/// The original of a document, which some share.
fn original(number: usize) -> usize {
    if number < 4 { number % 2 } else { number }
}

/// The path of a document: one of a few names, in a folder of its own that may be in another one.
#[derive(Clone, Copy, Default, PartialEq)]
struct File {
    number: usize,
    is_moved: bool,
    name: usize,
}

impl File {
    fn path(self) -> String {
        let folder = if self.is_moved { "archive/" } else { "" };
        format!("content/{folder}{}/{}.md", self.number, NAMES[self.name % NAMES.len()])
    }
}

#[derive(Clone, Copy, Default, PartialEq)]
struct Document {
    day: Option<u8>,
    file: File,
    is_draft: bool,
    alias: usize,
    provider: usize,
}

/// A site whose documents change, and what readers have seen there.
struct Model {
    site: Site,
    documents: [Document; DOCUMENTS],
    pages: [bool; NAMES.len()],
    /// By address, the titles that readers saw there or after a redirect.
    published: BTreeMap<String, String>,
    /// The titles for which addresses are reserved: an alias only borrows an address.
    holders: BTreeMap<String, String>,
    /// By title, the last address of each article.
    addresses: BTreeMap<String, String>,
    /// The articles as they were at that time.
    known: BTreeMap<String, Document>,
    /// Titles of articles that may have been taken for others of the same original, with these.
    taken: BTreeSet<(String, String)>,
    /// The titles of the articles that have pages.
    shown: BTreeSet<String>,
    /// The addresses without a page from which a build has reported a move.
    reported: BTreeSet<String>,
}

impl Model {
    fn new(permalink: &str) -> Self {
        let mut site = Site::new(
            "=== templates/article.html\narticle {{ page.title }}\n\
             === templates/page.html\narticle {{ page.title }}\n\
             === templates/redirect.html\nredirect {{ page.url }}\n",
        );
        site.write(
            "site.toml",
            format!("{CONFIG}permalink = \"{permalink}\"\non_error = \"leave-out\"\n"),
        );
        site.allow_empty = true;
        put(&site, "always", "always", "2026-01-01");
        let document = |number| Document {
            file: File { number, name: number, ..File::default() },
            ..Document::default()
        };
        Self {
            site,
            documents: std::array::from_fn(document),
            pages: [false; NAMES.len()],
            published: BTreeMap::new(),
            holders: BTreeMap::new(),
            addresses: BTreeMap::new(),
            known: BTreeMap::new(),
            taken: BTreeSet::new(),
            shown: BTreeSet::new(),
            reported: BTreeSet::new(),
        }
    }

    fn write(&self, number: usize) {
        let Document { day: Some(day), file, is_draft, alias, provider } = self.documents[number]
        else {
            return;
        };
        let slug = if number == 8 { "slug: weekly\n" } else { "" };
        let draft = if is_draft { "published: false\n" } else { "" };
        let aliases = format!("aliases: [{}]\n", ALIASES[alias % ALIASES.len()]);
        let day = format!("2026-0{}-{day:02}", 1 + day % 2);
        let title = format!("t{number}");
        let text = article(&title, &day, &format!("{slug}{draft}{aliases}"));
        let original = original(number);
        let domain = format!("domain: {}", DOMAINS[provider % DOMAINS.len()]);
        let text = text.replace(&format!("example/{title}\n"), &format!("example/{original}\n"));
        self.site.write(&file.path(), text.replace("domain: provider.example", &domain));
    }

    fn erase(&self, number: usize) {
        if self.documents[number].day.is_some() {
            self.site.remove(&self.documents[number].file.path());
        }
    }

    fn apply(&mut self, step: &Step) {
        match *step {
            Step::Put(number, day) => self.change(number, |document| document.day = Some(day)),
            Step::Remove(number) => self.change(number, |document| document.day = None),
            Step::Move(number) => self.change(number, |document| document.file.is_moved ^= true),
            Step::Rename(number) => self.change(number, |document| document.file.name += 1),
            Step::Publish(number) => self.change(number, |document| document.is_draft ^= true),
            Step::Alias(number) => self.change(number, |document| document.alias += 1),
            Step::Provider(number) => self.change(number, |document| document.provider += 1),
            Step::Swap(one, other) => self.swap(one, other),
            Step::Page(name) => self.toggle_page(name),
            Step::Fresh(is_fresh) => self.site.fresh = is_fresh,
        }
    }

    fn change(&mut self, number: usize, change: impl FnOnce(&mut Document)) {
        self.erase(number);
        change(&mut self.documents[number]);
        self.write(number);
    }

    /// A new article in the file of a removed one cannot be distinguished from a correction of that
    /// one, nor can two articles of one original.
    fn swap(&mut self, one: usize, other: usize) {
        let is_known = |number: usize| {
            let title = format!("t{number}");
            let address = self.addresses.get(&title);
            self.documents[number].day.is_some()
                && address.is_some_and(|address| self.published.get(address) == Some(&title))
        };
        if one == other || original(one) == original(other) || !is_known(one) || !is_known(other) {
            return;
        }
        self.erase(one);
        self.erase(other);
        let file = self.documents[one].file;
        self.documents[one].file = self.documents[other].file;
        self.documents[other].file = file;
        self.write(one);
        self.write(other);
    }

    fn toggle_page(&mut self, name: usize) {
        // Both names give the same address.
        let file = format!("content/pages/{}.md", NAMES[name % 2]);
        self.pages[name % 2] ^= true;
        if self.pages[name % 2] {
            self.site.write(&file, format!("---\ntitle: page {}\n---\n", name % 2));
        } else {
            self.site.remove(&file);
        }
    }

    fn document(&self, title: &str) -> Option<(usize, Document)> {
        let number = title.strip_prefix('t')?.parse().ok()?;
        Some((number, *self.documents.get(number)?))
    }

    /// Whether an article cannot be distinguished from another one of the same original, now or
    /// since an earlier build.
    fn is_taken_for(&self, title: &str, before: &str) -> bool {
        self.taken.contains(&(title.to_owned(), before.to_owned()))
            || self.may_replace(title, before)
    }

    /// Whether an article that was not in its file before cannot be distinguished from another one
    /// of the same original, which is not in its file any more.
    fn may_replace(&self, title: &str, before: &str) -> bool {
        let is_in_place = |title: &str| {
            let (Some((_, now)), Some(known)) = (self.document(title), self.known.get(title))
            else {
                return false;
            };
            now.day.is_some() && now.file.path() == known.file.path()
        };
        let original = |title: &str| self.document(title).map(|(number, _)| original(number));
        original(title).is_some()
            && original(title) == original(before)
            && !is_in_place(title)
            && !is_in_place(before)
    }

    /// The titles of articles and pages, by the addresses that redirect to them.
    fn redirects(&self, shown: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let redirect = |(path, bytes): (String, Vec<u8>)| {
            let text = String::from_utf8(bytes).ok()?;
            let to = text.trim().strip_prefix("redirect ")?.trim_matches('/').to_owned();
            Some((path.strip_suffix("/index.html")?.to_owned(), shown.get(&to)?.clone()))
        };
        self.site.tree().into_iter().filter_map(redirect).collect()
    }

    /// Remembers which articles have pages now, and which of them may have been taken for others.
    fn remember(&mut self, titles: BTreeSet<String>) {
        self.shown = titles;
        let pairs = self
            .shown
            .iter()
            .flat_map(|title| self.known.keys().map(move |before| (title, before)))
            .filter(|(title, before)| title != before && self.may_replace(title, before));
        let pairs: Vec<_> = pairs.map(|(title, before)| (title.clone(), before.clone())).collect();
        self.taken.extend(pairs);
        for title in &self.shown {
            if let Some((_, document)) = self.document(title) {
                self.known.insert(title.clone(), document);
            }
        }
    }

    fn follow(&mut self, steps: &[Vec<Step>]) -> Result<(), TestCaseError> {
        for changes in steps {
            for step in changes {
                self.apply(step);
            }
            self.build()?;
        }
        Ok(())
    }

    /// Builds the site and checks its addresses.
    fn build(&mut self) -> Result<(), TestCaseError> {
        let outcome = self.site.try_build();
        prop_assert!(outcome.summary.is_some(), "{:#?}", outcome.diagnostics);
        let is_reported = |file: &str, text: &str| {
            let mut found = outcome.diagnostics.iter().filter(|found| found.location.file == file);
            found.any(|found| found.message.contains(text))
        };
        let shown = articles(&self.site);
        let redirects = self.redirects(&shown);
        let titles: BTreeSet<String> = shown.values().cloned().collect();
        for (title, address) in shown.iter().map(|(address, title)| (title, address)) {
            let Some(number) =
                title.strip_prefix('t').and_then(|number| number.parse::<usize>().ok())
            else {
                continue;
            };
            let file = self.documents[number].file.path();
            let last = self.addresses.insert(title.clone(), address.clone());
            let is_same =
                self.known.get(title).is_some_and(|known| *known == self.documents[number]);
            let is_of_page =
                |address| shown.get(address).is_some_and(|title| title.starts_with("page"));
            prop_assert!(
                !is_same
                    || !self.shown.contains(title)
                    || last.as_ref().is_none_or(|last| last == address || is_of_page(last)),
                "{title} left {last:?} for /{address}/, and nothing about it has changed"
            );
            let Some(last) = last.filter(|last| self.published.get(last) == Some(title)) else {
                continue;
            };
            if last == *address {
                // It may be taken for another document of its original, which had another address
                // and is gone.
                let moved = format!("moved from /{last}/");
                prop_assert!(!is_reported(&file, &moved), "{title} is at /{last}/ still");
            } else if !shown.contains_key(&last) && !redirects.contains_key(&last) {
                // If all documents of one original are in new files, nobody can tell which of them
                // moved.
                let mut same = (0..DOCUMENTS).filter(|other| original(*other) == original(number));
                let address = format!("/{last}/");
                let is_any_reported =
                    same.any(|other| is_reported(&self.documents[other].file.path(), &address));
                prop_assert!(
                    is_any_reported || self.reported.contains(&last),
                    "{title} left {address}"
                );
            }
        }
        let is_moved = |address: &&String| {
            let address = format!("/{address}/");
            let mut found = outcome.diagnostics.iter().map(|found| &found.message);
            found.any(|message| message.starts_with("moved from") && message.contains(&address))
        };
        self.reported.extend(self.published.keys().filter(is_moved).cloned());
        self.reported.retain(|address| !shown.contains_key(address));
        for (address, title) in shown {
            self.published.insert(address.clone(), title.clone());
            let before = self.holders.insert(address.clone(), title.clone());
            let file = format!("content/pages/{address}.md");
            prop_assert!(
                before
                    .as_ref()
                    .is_none_or(|before| *before == title || self.is_taken_for(&title, before))
                    || (title.starts_with("page")
                        && is_reported(&file, &format!("/{address}/ was the address of"))),
                "{address}: {before:?}, now {title}"
            );
        }
        for (address, title) in redirects {
            let before = self.published.insert(address.clone(), title.clone());
            let alias = format!("the alias `/{address}/` was the address of");
            let is_same = |before: &String| *before == title || self.is_taken_for(&title, before);
            let is_holder = self.holders.get(&address).is_none_or(is_same);
            prop_assert!(
                is_holder
                    || before.as_ref().is_some_and(is_same)
                    || outcome.diagnostics.iter().any(|found| found.message.contains(&alias)),
                "{address}: {before:?}, now redirected to {title}"
            );
            if is_holder {
                self.holders.insert(address, title);
            }
        }
        self.remember(titles);
        self.build_clean()
    }

    /// Checks that a clean build publishes the same and reports no change again.
    fn build_clean(&self) -> Result<(), TestCaseError> {
        let (clean, found) = self.site.clean_build();
        prop_assert!(clean == Some(self.site.tree()), "{:?}", articles(&self.site));
        let is_change = |found: &Diagnostic| {
            ["moved from", "the alias", "is there now"]
                .iter()
                .any(|text| found.message.contains(text))
                && found.code != Code::AliasOfItself
                && !found.is_error()
        };
        prop_assert!(!found.iter().any(is_change), "reported twice: {found:#?}");
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: sequences(), ..ProptestConfig::default() })]

    #[test]
    fn published_address_never_shows_another_article(
        steps in prop::collection::vec(prop::collection::vec(step(), 1..4), 4..12),
        with_month in any::<bool>(),
    ) {
        let mut model = Model::new(if with_month { "/{year}/{month}/{slug}/" } else { "/{slug}/" });
        model.follow(&steps)?;
    }
}

/// The number of tried sequences; set `NEWSGEN_SEQUENCES` for a longer run.
fn sequences() -> u32 {
    std::env::var("NEWSGEN_SEQUENCES").ok().and_then(|number| number.parse().ok()).unwrap_or(60)
}

#[test]
fn address_left_by_another_article_of_one_original() {
    let steps =
        [Step::Put(2, 20), Step::Rename(0), Step::Remove(2), Step::Put(0, 1), Step::Put(2, 15)];
    let steps = steps.map(|step| vec![step]);
    Model::new("/{year}/{month}/{slug}/").follow(&steps).expect("no surprise");
}

#[test]
fn article_taken_for_a_removed_one_has_its_former_address() {
    let steps = [Step::Put(2, 1), Step::Remove(2), Step::Put(0, 6), Step::Put(0, 7)];
    let steps = steps.map(|step| vec![step]);
    Model::new("/{year}/{month}/{slug}/").follow(&steps).expect("no surprise");
}

#[test]
fn move_beside_a_draft_of_the_same_original_is_reported() {
    let steps = [
        vec![Step::Publish(3)],
        vec![Step::Put(2, 1), Step::Put(5, 1)],
        vec![Step::Put(3, 1)],
        vec![Step::Put(1, 1)],
        vec![Step::Swap(5, 1)],
    ];
    Model::new("/{slug}/").follow(&steps).expect("no surprise");
}

/// The file of an article of another month that another article has now.
fn replaced_file(alias: &str) -> Site {
    let site = site();
    site.write("site.toml", format!("{CONFIG}permalink = \"/{{month}}/{{slug}}/\"\n"));
    put(&site, "always", "always", "2026-01-01");
    put(&site, "m", "one", "2026-01-01");
    site.build();
    site.write("content/m.md", article("two", "2026-02-01", alias));
    site
}

#[test]
fn article_of_another_month_in_the_same_file_is_reported() {
    let (message, help) = reported_once(&replaced_file(""));
    assert_eq!(
        message,
        "content/m.md: moved from /01/m/ to /02/m/, with the original `provider.example/two` in \
         place of `provider.example/one`; nothing is at /01/m/ now"
    );
    assert!(
        help.starts_with("if this is another article, put it into a file of its own"),
        "{help}"
    );
}

#[test]
fn alias_to_another_article_in_the_same_file_is_reported() {
    let (message, _) = reported_once(&replaced_file("aliases: [/01/m/]\n"));
    assert_eq!(
        message,
        "content/m.md: /01/m/ showed the article of `provider.example/one` before; it redirects to \
         `provider.example/two` now"
    );
}
