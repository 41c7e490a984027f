//! `newsgen check --fix`.

use std::fs;

use crate::fixture::{CONFIG, Site, article, newsgen, text};

fn fix(site: &Site, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = newsgen(site.root(), &[&["check", "--fix"], arguments].concat());
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn read(site: &Site, path: &str) -> String {
    fs::read_to_string(site.path(path)).expect("file")
}

#[test]
fn fix_corrects_keys_and_dates() {
    let site = Site::new("");
    let good = article("A", "2026-01-02", "quality: 3\n");
    let bad = good.replace("2026-01-02T10:00:00Z", "2026/01/02 10:00").replace("quality", "qualty");
    site.write("content/a.md", &bad);
    site.write("site.toml", format!("{CONFIG}perpage = 9\n"));
    let (status, stdout, stderr) = fix(&site, &[]);
    assert_eq!(status, Some(1), "{stdout}{stderr}");
    assert!(stderr.contains("nobody can be asked"), "{stderr}");
    assert!(
        stdout.contains("+publishedDateTime: 2026-01-02 10:00\n")
            && stdout.contains("-qualty: 3\n+quality: 3\n"),
        "{stdout}"
    );
    assert_eq!(read(&site, "content/a.md"), bad);
    let (status, stdout, stderr) = fix(&site, &["--yes"]);
    assert_eq!(status, Some(0), "{stdout}{stderr}");
    assert!(stdout.contains("changed 3 lines of 2 files\n"), "{stdout}");
    assert_eq!(read(&site, "content/a.md"), good.replace("T10:00:00Z", " 10:00"));
    assert_eq!(read(&site, "site.toml"), format!("{CONFIG}per_page = 9\n"));
}

#[test]
fn fix_leaves_what_has_several_answers() {
    let site = Site::new("");
    let text =
        article("A", "2026-01-02", "headlin: B\ntitel: C\n").replace("2026-01-02", "01/02/2026");
    site.write("content/a.md", &text);
    let (status, stdout, stderr) = fix(&site, &["--yes"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("no problem has a fix that newsgen can make"), "{stdout}{stderr}");
    assert_eq!(read(&site, "content/a.md"), text);
}

/// An article with more keys, and what its fixes change.
fn fixed_article(more: &str) -> (String, String) {
    let site = Site::new("");
    let before = article("A", "2026-01-02", more);
    site.write("content/a.md", &before);
    fix(&site, &["--yes"]);
    (before, read(&site, "content/a.md"))
}

#[test]
fn fix_keeps_the_keys_of_a_mapping_unique() {
    let inline = "related: [{title: B, titel: C, webUrl: https://b.example/, web_url: x}]\n";
    for more in [inline, "topics: [A]\nTopics: [B]\n", "quality: 3\nqualty: 4\n"] {
        let (before, after) = fixed_article(more);
        assert_eq!(after, before);
    }
    let (before, after) = fixed_article("qualty: 3\nqualitty: 4\n");
    assert_eq!(after, before.replace("qualty", "quality"), "only the first");
    let site = Site::new("");
    let before = article("A", "2026-01-02", "")
        .replace("provider:\n  name: Provider\n  domain:", "provider: {name: A, nam: B, domain:")
        .replace("provider.example\n---", "provider.example}\n---");
    site.write("content/a.md", &before);
    fix(&site, &["--yes"]);
    assert_eq!(read(&site, "content/a.md"), before);
}

#[test]
fn fix_keeps_the_keys_of_a_table_unique() {
    for (before, after) in [
        ("feeds = { limit = 10, limt = 5 }\n", None),
        ("[feeds]\nlimit = 10\n[feds]\nlimit = 5\n", None),
        ("  [feeds]\n  limit = 10\n    limt = 5\n", None),
        ("[feeds]\nlimt = 10\n", Some("[feeds]\nlimit = 10\n")),
        (
            "[feeds]\nlimit = 10\n\n[[source]]\nfeed = \"https://a.example/feed\"\nlimt = 5\n",
            Some(
                "[feeds]\nlimit = 10\n\n[[source]]\nfeed = \"https://a.example/feed\"\nlimit = 5\n",
            ),
        ),
    ] {
        let site = Site::new("");
        site.write("site.toml", format!("{CONFIG}{before}"));
        let (_, stdout, stderr) = fix(&site, &["--yes"]);
        let expected = format!("{CONFIG}{}", after.unwrap_or(before));
        assert_eq!(read(&site, "site.toml"), expected, "{stdout}{stderr}");
    }
}

#[test]
fn fix_leaves_keys_that_may_be_the_sites_own() {
    for more in ["store: A\n", "head: A\n", "heta: 3\n", "imagos: A\n"] {
        let (before, after) = fixed_article(more);
        assert_eq!(after, before);
    }
    let (before, after) = fixed_article("Heat: 3\n");
    assert_eq!(after, before.replace("Heat", "heat"));
}

#[test]
fn fix_keeps_line_ends_and_permissions() {
    let site = Site::new("");
    let before = article("A", "2026-01-02", "qualty: 3\n").replace('\n', "\r\n");
    site.write("content/a.md", &before);
    #[cfg(unix)]
    let mode = |mode: Option<u32>| {
        use std::os::unix::fs::PermissionsExt as _;
        let path = site.path("content/a.md");
        if let Some(mode) = mode {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("mode");
        }
        fs::metadata(path).expect("metadata").permissions().mode() & 0o777
    };
    #[cfg(unix)]
    mode(Some(0o640));
    fix(&site, &["--yes"]);
    assert_eq!(read(&site, "content/a.md"), before.replace("qualty", "quality"));
    #[cfg(unix)]
    assert_eq!(mode(None), 0o640);
}

#[test]
fn fix_writes_true_and_false_as_yaml_does() {
    for (before, after) in [
        ("no", "false"),
        ("Yes", "true"),
        ("\"false\"", "false"),
        ("'off'", "false"),
        ("0", "false"),
        ("1 # yes", "true # yes"),
        ("never", "never"),
    ] {
        let (_, found) = fixed_article(&format!("published: {before}\n"));
        let expected = article("A", "2026-01-02", &format!("published: {after}\n"));
        assert_eq!(found, expected, "{before}");
    }
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}archives = \"no\"\n"));
    fix(&site, &["--yes"]);
    assert_eq!(read(&site, "site.toml"), format!("{CONFIG}archives = false\n"));
}

#[test]
fn fix_corrects_dates_in_words_and_numbers() {
    for (before, after) in [
        ("Nov 20, 2025", "2025-11-20"),
        ("November 3rd, 2025 14:24", "2025-11-03 14:24"),
        ("1763648640", "2025-11-20T14:24:00Z"),
        ("1763648640123", "2025-11-20T14:24:00Z"),
        ("Nov 31, 2025", "Nov 31, 2025"),
        ("176364864", "176364864"),
        ("2025112014", "2025112014"),
    ] {
        let site = Site::new("");
        let text = article("A", "2026-01-02", "");
        site.write("content/a.md", text.replace("2026-01-02T10:00:00Z", before));
        fix(&site, &["--yes"]);
        let expected = text.replace("2026-01-02T10:00:00Z", after);
        assert_eq!(read(&site, "content/a.md"), expected, "{before}");
    }
}

#[test]
fn fix_spells_topics_as_most_articles_do() {
    let site = Site::new("");
    for index in 0..8 {
        let more = "topics: [\"C#: code\", Elections]\n";
        site.write(
            &format!("content/a{index}.md"),
            article(&format!("a{index}"), "2026-01-02", more),
        );
    }
    let rare = [
        ("topics: [Ports, c# code] # two\n", "topics: [Ports, \"C#: code\"] # two\n"),
        ("topics:\n  - 'c# code' # why\n", "topics:\n  - 'C#: code' # why\n"),
        ("topics:\n- \"Eletions\"\n- Sea\n", "topics:\n- \"Elections\"\n- Sea\n"),
        ("topics: [Eletions, Elections]\n", "topics: [Eletions, Elections]\n"),
    ];
    let path = |index: usize| format!("content/b{index}.md");
    for (index, (before, _)) in rare.iter().enumerate() {
        site.write(&path(index), article(&format!("b{index}"), "2026-01-02", before));
    }
    let (_, stdout, stderr) = fix(&site, &["--yes"]);
    assert!(
        stdout.contains("-topics: [Ports, c# code] # two\n+topics: [Ports, "),
        "{stdout}{stderr}"
    );
    for (index, (_, after)) in rare.iter().enumerate() {
        let expected = article(&format!("b{index}"), "2026-01-02", after);
        assert_eq!(read(&site, &path(index)), expected, "{stdout}{stderr}");
    }
}

#[test]
fn fix_spells_no_topic_otherwise_than_its_file() {
    let site = Site::new("");
    site.write("content/topics/ai.md", "---\nname: AI\n---\n");
    for index in 0..8 {
        let text = article(&format!("a{index}"), "2026-01-02", "topics: [ai]\n");
        site.write(&format!("content/a{index}.md"), text);
    }
    let other = article("b", "2026-01-02", "topics: [Ai]\n");
    site.write("content/b.md", &other);
    fix(&site, &["--yes"]);
    assert_eq!(read(&site, "content/b.md"), other);
}

#[test]
fn fix_spells_stories_as_other_articles_do() {
    let site = Site::new("");
    for (name, story) in
        [("a", "'Fire: harbour'"), ("b", "'Fire: harbour'"), ("c", "fire harbor # why")]
    {
        let more = format!("story: {story}\n");
        site.write(&format!("content/{name}.md"), article(name, "2026-01-02", &more));
    }
    fix(&site, &["--yes"]);
    let expected = article("c", "2026-01-02", "story: \"Fire: harbour\" # why\n");
    assert_eq!(read(&site, "content/c.md"), expected);
}

#[test]
fn fix_changes_the_configuration_that_is_checked() {
    let site = Site::new("");
    let before = format!("\u{feff}perpage = 9\n{CONFIG}");
    site.write("site.toml", &before);
    site.write("other/site.toml", &before);
    let arguments = ["--root", "..", "--config", "site.toml", "--yes", "--quiet"];
    let output = newsgen(&site.path("other"), &[&["check", "--fix"], &arguments[..]].concat());
    let stdout = text(&output.stdout);
    assert!(stdout.contains("-perpage = 9\n+per_page = 9\n"), "also if quiet: {stdout}");
    assert_eq!(read(&site, "site.toml"), before);
    assert_eq!(read(&site, "other/site.toml"), before.replace("perpage", "per_page"));
}
