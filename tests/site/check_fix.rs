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
