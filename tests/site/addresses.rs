//! Addresses of articles: an address that was published never shows another article.

use std::collections::BTreeMap;
use std::fs;

use newsgen::build::{self, Options, OutputOptions};
use proptest::prelude::*;

use crate::fixture::{CONFIG, Site, article};

/// A site whose articles are at `/NAME/`, and whose pages of articles say no more than their titles.
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

/// What is left of a site in a fresh clone.
fn forget_local_files(site: &Site) {
    for folder in [".newsgen", "public"] {
        fs::remove_dir_all(site.path(folder)).expect("remove");
    }
}

#[test]
fn earlier_article_leaves_published_address_alone() {
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
fn contested_addresses_stay_in_a_fresh_clone() {
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
    let after = titles([("weekly-provider-example", "two"), ("weekly-provider-example-2", "three")]);
    assert_eq!(articles(&site), after, "added");
}

#[test]
fn address_of_removed_article_is_not_used_again() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    site.remove("content/a/weekly.md");
    site.build();
    assert_eq!(lock(&site), None, "nobody else wants the address yet");
    put(&site, "b/weekly", "two", "2026-02-01");
    let findings = site.findings();
    assert_eq!(articles(&site), titles([("always", "always"), ("weekly-provider-example", "two")]));
    assert_eq!(
        findings,
        ["content/b/weekly.md: /weekly/ was the address of content/a/weekly.md; this article is at \
          /weekly-provider-example/"]
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
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    let before = articles(&site);
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
    assert!(lock.contains("/weekly/ provider.example/one b/weekly.md\n"), "{lock}");
}

#[test]
fn reused_file_does_not_take_the_address_of_a_moved_article() {
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
fn reused_file_does_not_take_the_substitute_of_a_moved_article() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "b/weekly", "two", "2026-02-01");
    site.build();
    site.remove("content/b/weekly.md");
    put(&site, "archive/issue-2", "two", "2026-02-01");
    put(&site, "b/weekly", "three", "2026-03-01");
    site.build();
    let expected = titles([("weekly", "one"), ("issue-2", "two"), ("weekly-provider-example-2", "three")]);
    assert_eq!(articles(&site), expected);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn corrected_original_keeps_its_address() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    put(&site, "b/weekly", "two", "2025-01-01");
    site.write("content/a/weekly.md", article("one", "2026-01-01", "").replace("/one", "/one-corrected"));
    site.build();
    assert_eq!(articles(&site), titles([("weekly", "one"), ("weekly-provider-example", "two")]));
}

#[test]
fn slug_cannot_take_a_former_address_unless_the_lock_says_so() {
    let site = site();
    put(&site, "a", "one", "2026-01-01");
    put(&site, "other", "other", "2026-01-01");
    site.build();
    site.remove("content/a.md");
    site.build();
    site.write("content/b.md", article("two", "2026-02-01", "slug: a\n"));
    let outcome = site.try_build();
    let found = outcome.diagnostics.first().expect("error");
    assert_eq!(found.message, "`slug` leads to /a/, which was the address of content/a.md");
    let line = "/a/ provider.example/two b.md";
    assert!(found.help.as_ref().is_some_and(|help| help.contains(line)), "{found:?}");
    site.write("addresses.lock", format!("{line}\n"));
    site.build();
    assert_eq!(articles(&site), titles([("a", "two"), ("other", "other")]));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn slug_of_an_older_article_leaves_published_address_alone() {
    let site = site();
    put(&site, "a", "one", "2026-01-01");
    site.build();
    site.write("content/b.md", article("two", "2025-02-01", "slug: a\n"));
    let findings = site.findings();
    assert!(
        findings[0].contains("`slug` leads to /a/, which is the address of content/a.md"),
        "{findings:?}"
    );
}

#[test]
fn page_or_category_leaves_published_address_alone() {
    let site = site();
    put(&site, "always", "always", "2026-01-01");
    put(&site, "a/weekly", "one", "2026-01-01");
    site.build();
    site.write("content/pages/weekly.md", "---\ntitle: Weekly\n---\n");
    site.write("content/b.md", article("two", "2025-01-01", "category: always\n"));
    let outcome = site.try_build();
    assert!(outcome.summary.is_none());
    let found: Vec<&str> = outcome.diagnostics.iter().map(|found| &*found.place.file).collect();
    assert_eq!(found, ["content/b.md", "content/pages/weekly.md"], "{:?}", outcome.diagnostics);
    site.write("site.toml", format!("{CONFIG}permalink = \"/{{slug}}/\"\non_error = \"leave-out\"\n"));
    site.build();
    assert_eq!(articles(&site), titles([("always", "always"), ("weekly", "one")]));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn lock_is_written_only_where_addresses_are_contested() {
    let site = site();
    put(&site, "a/weekly", "one", "2026-01-01");
    put(&site, "b/daily", "two", "2026-01-01");
    site.build();
    assert_eq!(lock(&site), None);
    put(&site, "b/weekly", "three", "2026-01-02");
    let check =
        Options { output: OutputOptions { only_check: true, ..site.options().output }, ..site.options() };
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
    assert!(stages.is_empty(), "the lock that a build wrote is no change: {stages:?}");
    site.write("addresses.lock", text.replace("/weekly-p", "/weekly-P"));
    assert_eq!(site.try_build().changed, [""; 0]);
    assert_eq!(articles(&site).len(), 3);
}

#[test]
fn lock_with_merge_conflict_is_an_error() {
    let site = site();
    put(&site, "a", "one", "2026-01-01");
    site.write("addresses.lock", "<<<<<<< HEAD\n/a/ x.example a.md\n");
    assert_eq!(site.findings(), ["addresses.lock:1:1: unresolved merge conflict"]);
}

#[test]
fn long_file_names_stay_whole() {
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

/// A change of one of the documents.
#[derive(Clone, Debug)]
enum Step {
    /// Puts a document there, or dates it anew.
    Put(usize, u8),
    Remove(usize),
    /// Moves it to another folder, or back.
    Move(usize),
    /// Does without the cache, but not without the history.
    Fresh(bool),
    /// Makes a draft of it, or publishes it.
    Publish(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let document = 0..DOCUMENTS;
    prop_oneof![
        6 => (document.clone(), 1..29_u8).prop_map(|(document, day)| Step::Put(document, day)),
        2 => document.clone().prop_map(Step::Remove),
        1 => document.clone().prop_map(Step::Move),
        1 => document.prop_map(Step::Publish),
        1 => any::<bool>().prop_map(Step::Fresh),
    ]
}

const DOCUMENTS: usize = 9;

#[derive(Clone, Copy, Default)]
struct Document {
    day: Option<u8>,
    is_moved: bool,
    is_draft: bool,
}

/// Three names for nine documents, some of which have names as substitutes for others have them, and slugs.
fn file(number: usize, is_moved: bool) -> String {
    let name = ["weekly", "weekly-provider-example", "Weekly"][number % 3];
    format!("{}{number}/{name}", if is_moved { "archive/" } else { "" })
}

fn write(site: &Site, number: usize, document: Document) {
    let Some(day) = document.day else { return };
    let slug = if number == 8 { "slug: weekly\n" } else { "" };
    let published = if document.is_draft { "published: false\n" } else { "" };
    let text = article(
        &format!("t{number}"),
        &format!("2026-0{}-{day:02}", 1 + day % 2),
        &format!("{slug}{published}"),
    );
    site.write(&format!("content/{}.md", file(number, document.is_moved)), text);
}

fn apply(site: &mut Site, documents: &mut [Document; DOCUMENTS], step: &Step) {
    let number = match step {
        Step::Fresh(fresh) => {
            site.fresh = *fresh;
            return;
        }
        Step::Put(number, _) | Step::Remove(number) | Step::Move(number) | Step::Publish(number) => *number,
    };
    if documents[number].day.is_some() {
        site.remove(&format!("content/{}.md", file(number, documents[number].is_moved)));
    }
    match step {
        Step::Put(_, day) => documents[number].day = Some(*day),
        Step::Remove(_) => documents[number].day = None,
        Step::Move(_) => documents[number].is_moved ^= true,
        Step::Publish(_) => documents[number].is_draft ^= true,
        Step::Fresh(_) => {}
    }
    write(site, number, documents[number]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: sequences(), ..ProptestConfig::default() })]

    #[test]
    fn published_address_never_shows_another_article(
        steps in prop::collection::vec(prop::collection::vec(step(), 1..4), 4..12),
        with_month in any::<bool>(),
    ) {
        let mut site = site();
        let permalink = if with_month { "/{year}/{month}/{slug}/" } else { "/{slug}/" };
        site.write("site.toml", format!("{CONFIG}permalink = \"{permalink}\"\non_error = \"leave-out\"\n"));
        put(&site, "always", "always", "2026-01-01");
        let mut documents = [Document::default(); DOCUMENTS];
        let mut published: BTreeMap<String, String> = BTreeMap::new();
        for changes in &steps {
            for step in changes {
                apply(&mut site, &mut documents, step);
            }
            site.build();
            for (address, title) in articles(&site) {
                let before = published.insert(address.clone(), title.clone());
                prop_assert!(before.as_ref().is_none_or(|before| *before == title), "{address}: {before:?}, now {title}");
            }
            prop_assert!(site.tree() == site.clean_tree(), "{:?}", articles(&site));
        }
    }
}

/// How many sequences of steps are tried: `NEWSGEN_SEQUENCES` for a longer run.
fn sequences() -> u32 {
    std::env::var("NEWSGEN_SEQUENCES").ok().and_then(|number| number.parse().ok()).unwrap_or(60)
}
