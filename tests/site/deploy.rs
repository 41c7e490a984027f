//! `newsgen deploy` to a folder. What is the same for all targets is tested here; object stores are
//! tested by `.ci/checks/deploy.py`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::deploy_fixture::Deployed;
use crate::fixture::{CONFIG, Site, Tree, article, temporary_folder, text, tree};

impl Deployed {
    /// Deploys and returns the report.
    fn deploy(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["deploy", "--report", "report.json"], arguments].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let report = fs::read(self.site.path("report.json")).expect("report");
        serde_json::from_slice(&report).expect("JSON")
    }

    /// A deploy that must fail and change nothing; returns what it printed.
    fn refused(&self, arguments: &[&str]) -> String {
        let before = self.there();
        let output = self.run(&[&["deploy"], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
        assert_eq!(self.there(), before);
        text(&output.stderr)
    }

    /// The files at the target.
    fn there(&self) -> Tree {
        if self.target.is_dir() { site_files(tree(&self.target)) } else { Tree::new() }
    }

    /// The site as it was built.
    fn here(&self) -> Tree {
        site_files(self.site.tree())
    }
}

fn site_files(tree: Tree) -> Tree {
    tree.into_iter().filter(|(path, _)| !path.starts_with(".newsgen")).collect()
}

fn paths(value: &Value) -> BTreeSet<&str> {
    value.as_array().expect("list").iter().map(|path| path.as_str().expect("path")).collect()
}

#[test]
fn deploy_uploads_changes_only() {
    let deployed = Deployed::new();
    let report = deployed.deploy(&[]);
    assert_eq!(deployed.there(), deployed.here());
    assert_eq!(paths(&report["uploaded"]).len(), deployed.here().len());
    assert_eq!(paths(&report["purge"]), BTreeSet::new(), "the first deploy purges nothing");
    let report = deployed.deploy(&["disk"]);
    assert_eq!(report["unchanged"], deployed.here().len());
    assert!(
        paths(&report["uploaded"]).is_empty() && paths(&report["removed"]).is_empty(),
        "{report}"
    );

    deployed.site.write("content/b.md", article("B", "2026-01-03", "topics: [Sun]\n"));
    let changes = deployed.site.build().changes;
    let report = deployed.deploy(&[]);
    assert_eq!(deployed.there(), deployed.here());
    assert_eq!(paths(&report["uploaded"]), changes.written.iter().map(|path| &**path).collect());
    assert_eq!(paths(&report["removed"]), changes.removed.iter().map(|path| &**path).collect());
    let purge = paths(&report["purge"]);
    assert!(
        purge.contains("/topics/sky/") && purge.contains("/") && !purge.contains("/topics/sun/"),
        "{purge:?}"
    );
}

#[test]
fn deploy_keeps_old_stylesheet_once() {
    let deployed = Deployed::new();
    deployed.deploy(&[]);
    let style = |tree: &Tree| -> BTreeSet<String> {
        tree.keys().filter(|path| path.starts_with("theme/style.")).cloned().collect()
    };
    let first = style(&deployed.here());
    deployed.site.write("static/theme/style.css", "a{}");
    deployed.site.build();
    let report = deployed.deploy(&[]);
    assert_eq!(paths(&report["retired"]), first.iter().map(String::as_str).collect());
    assert_eq!(style(&deployed.there()).len(), 2);
    let quiet = deployed.deploy(&[]);
    assert_eq!(paths(&quiet["removed"]), BTreeSet::new(), "nothing else has changed");
    deployed.site.write("static/theme/style.css", "b{}");
    deployed.site.build();
    let report = deployed.deploy(&[]);
    assert_eq!(paths(&report["removed"]), first.iter().map(String::as_str).collect());
    assert_eq!(style(&deployed.there()).len(), 2);
}

#[test]
fn dry_run_changes_nothing() {
    let deployed = Deployed::new();
    let output = deployed.run(&["deploy", "--dry-run"]);
    let said = text(&output.stdout);
    assert!(output.status.success() && !deployed.target.exists(), "{said}");
    assert!(said.contains("would send index.html\n"), "{said}");
    assert!(
        said.lines().last().is_some_and(|line| line.contains("; nothing was changed in ")),
        "{said}"
    );
}

#[test]
fn max_deletes_stops_the_deploy() {
    let deployed = Deployed::new();
    deployed.deploy(&[]);
    deployed.site.remove("content/b.md");
    let count = deployed.site.build().changes.removed.len();
    let said = deployed.refused(&["--max-deletes", "2"]);
    assert!(said.contains(&format!("the deploy would remove {count} files (limit 2)")), "{said}");
    assert!(said.contains(&format!("--max-deletes {count}")), "{said}");
    deployed.deploy(&["--max-deletes", &count.to_string()]);
    assert_eq!(deployed.there(), deployed.here());
}

#[test]
fn foreign_files_are_kept() {
    let deployed = Deployed::new();
    fs::create_dir_all(&deployed.target).expect("folder");
    fs::write(deployed.target.join("other.txt"), "other").expect("file");
    let said = deployed.refused(&[]);
    assert!(
        said.contains("it contains files that newsgen did not upload: other.txt, 1 in total"),
        "{said}"
    );
    deployed.deploy(&["--force"]);
    assert_eq!(deployed.there().len(), deployed.here().len() + 1);
    deployed.site.write("static/other.txt", "mine");
    deployed.site.build();
    let said = deployed.refused(&[]);
    assert!(said.contains("other.txt already exists and was not uploaded by newsgen"), "{said}");
    deployed.deploy(&["--force"]);
    assert_eq!(deployed.there(), deployed.here());
}

#[test]
fn deploy_repairs_foreign_changes() {
    let deployed = Deployed::new();
    deployed.deploy(&[]);
    fs::remove_file(deployed.target.join("index.html")).expect("remove");
    fs::write(deployed.target.join("topics/index.html"), "other").expect("write");
    let report = deployed.deploy(&[]);
    assert_eq!(paths(&report["uploaded"]), BTreeSet::from(["index.html", "topics/index.html"]));
    assert_eq!(deployed.there(), deployed.here());
}

#[test]
fn invalid_manifest_is_an_error() {
    let deployed = Deployed::new();
    deployed.deploy(&[]);
    fs::write(deployed.target.join(".newsgen/manifest.json.gz"), "<html>").expect("write");
    let said = deployed.refused(&[]);
    assert!(
        said.contains(".newsgen/manifest.json.gz was not written by this version of newsgen"),
        "{said}"
    );
    fs::remove_file(deployed.target.join(".newsgen/manifest.json.gz")).expect("remove");
    deployed.deploy(&["--force"]);
    assert_eq!(deployed.deploy(&[])["unchanged"], deployed.here().len());
}

#[test]
fn concurrent_deploys_are_refused() {
    let deployed = Deployed::new();
    deployed.deploy(&[]);
    let lock =
        fs::File::options().append(true).open(deployed.target.join(".newsgen/lock")).expect("lock");
    lock.lock().expect("lock");
    assert_eq!(deployed.deploy(&[])["unchanged"], deployed.here().len(), "there is nothing to do");
    deployed.site.write("content/a.md", article("Other", "2026-01-02", ""));
    deployed.site.build();
    let said = deployed.refused(&[]);
    assert!(said.contains("another deploy is running there"), "{said}");
    drop(lock);
    deployed.deploy(&[]);
    assert_eq!(deployed.there(), deployed.here());
}

#[test]
fn target_must_be_outside_the_folder() {
    let deployed = Deployed::new();
    for location in ["public", "public/sub", ""] {
        let url = url::Url::from_directory_path(deployed.site.path(location)).expect("address");
        deployed.site.write("site.toml", format!("{CONFIG}[deploy.disk]\nurl = \"{url}\"\n"));
        let said = deployed.refused(&[]);
        assert!(said.contains("must not overlap"), "{said}");
    }
}

#[test]
fn interrupted_build_is_not_deployed() {
    let deployed = Deployed::new();
    fs::create_dir(deployed.site.path("public/.newsgen-staging")).expect("folder");
    let said = deployed.refused(&[]);
    assert!(said.contains("the last build was interrupted"), "{said}");
    deployed.site.build();
    deployed.deploy(&[]);
}

#[test]
fn deploy_summary_is_printed_if_report_fails() {
    let deployed = Deployed::new();
    let too_long = "x".repeat(256);
    let output = deployed.run(&["deploy", "--report", &too_long]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains(" files sent ("), "{}", text(&output.stderr));
    assert_eq!(deployed.there(), deployed.here());
}

#[test]
fn deploy_report_does_not_overwrite_a_source() {
    let deployed = Deployed::new();
    for path in ["site.toml", "content/a.md", "addresses.lock"] {
        let said = deployed.refused(&["--report", path]);
        assert!(
            said.contains("the report would overwrite or become a source of the site"),
            "{path}: {said}"
        );
    }
}

#[test]
fn deploy_into_the_sources_is_refused() {
    let deployed = Deployed::new();
    for (path, name) in [
        ("content", "content"),
        ("content/new", "content"),
        ("static/images", "static"),
        ("templates", "templates"),
        ("templates/new/deep", "templates"),
    ] {
        let url = url::Url::from_file_path(deployed.site.path(path)).expect("address");
        deployed.site.write("site.toml", format!("{CONFIG}[deploy.disk]\nurl = \"{url}\"\n"));
        for arguments in [&[][..], &["--force"], &["--dry-run"], &["--allow-stale"]] {
            let said = deployed.refused(arguments);
            let expected = format!("the target must not overlap the site's `{name}`");
            assert!(said.contains(&expected), "{path}: {said}");
        }
    }
    assert!(!deployed.site.path("templates").exists());
    let url = url::Url::from_file_path(deployed.site.root()).expect("address");
    deployed.site.write("site.toml", format!("{CONFIG}[deploy.disk]\nurl = \"{url}\"\n"));
    let outside = temporary_folder();
    let built = outside.path().join("built");
    let status = Command::new(env!("CARGO_BIN_EXE_newsgen"))
        .args(["build", "-q", "--output-dir"])
        .arg(&built)
        .current_dir(deployed.site.root())
        .status();
    assert!(status.expect("newsgen runs").success());
    let said = deployed.refused(&["--output-dir", built.to_str().expect("UTF-8")]);
    assert!(said.contains("the target must not overlap the site's `content`"), "{said}");
}

#[test]
fn deploy_lock_is_shared_among_readers() {
    let deployed = Deployed::new();
    let lock = fs::File::options()
        .append(true)
        .open(deployed.site.path("public/.newsgen-lock"))
        .expect("lock");
    lock.lock_shared().expect("lock");
    deployed.deploy(&[]);
    assert_eq!(deployed.there(), deployed.here());
    assert!(lock.try_lock().is_ok(), "the lock is released");
}

#[test]
fn deploy_needs_a_build_and_a_target() {
    let deployed = Deployed::new();
    let said = deployed.refused(&["dsk"]);
    assert!(
        said.contains("unknown deploy target `dsk`") && said.contains("did you mean `disk`?"),
        "{said}"
    );
    let said = deployed.refused(&["--output-dir", "elsewhere"]);
    assert!(said.contains("no site is published here"), "{said}");
    deployed.site.write("site.toml", CONFIG);
    let said = deployed.refused(&[]);
    assert!(said.contains("no deploy target"), "{said}");
}

#[test]
fn deploy_is_refused_if_a_host_file_cannot_be_read() {
    let deployed = Deployed::new();
    let redirects = fs::File::create(deployed.site.path("public/_redirects")).expect("file");
    redirects.set_len((1 << 24) + 1).expect("longer than any text");
    let said = deployed.refused(&["--allow-stale"]);
    assert!(said.contains("_redirects") && said.contains("cannot read the file"), "{said}");
}

#[test]
fn deploy_checks_host_limits() {
    let deployed = Deployed::new();
    let config = fs::read_to_string(deployed.site.path("site.toml")).expect("configuration");
    deployed.site.write("site.toml", config + "[host]\nkind = \"bucket\"\nmax_files = 3\n");
    let said = deployed.refused(&[]);
    let count = deployed.here().len();
    assert!(said.contains(&format!("too many files: {count} (a bucket allows 3)")), "{said}");
}

#[test]
fn deploy_targets_are_validated() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    let targets = [
        ("", "has no `url`"),
        ("url = \"ftp://a.example\"", "`url` has the scheme `ftp:`, which is not supported"),
        ("url = \"s3://\"", "`url` has no bucket"),
        ("url = \"s3://me:secret@bucket\"", "`url` contains a password"),
        ("url = \"s3://b?x\"", "`url` contains a query or a fragment"),
        ("url = \"s3://localhost:9000/b\"", "`url` contains a port"),
        ("url = \"file:///\"", "`url` has no folder"),
        ("url = \"s3://b\"\nendpoint = \"http://s3.example\"", "`endpoint` is not encrypted"),
        ("url = \"s3://b\"\nuploads = 0", "`uploads` must be a whole number from 1 to 256"),
        ("url = \"s3://b\"\nregin = \"x\"", "unknown key `regin` in `[deploy.x]`"),
        ("url = \"s3://b\"\n[[deploy.x.files]]\ngzip = true", "a rule of `files` has no `pattern`"),
        (
            "url = \"s3://b\"\n[[deploy.x.files]]\npattern = \"a[\"",
            "`pattern` is not a valid glob pattern",
        ),
        (
            "url = \"s3://b\"\n[[deploy.x.files]]\npattern = \"*\"\ncache_control = \"é\"",
            "is not a valid header value",
        ),
    ];
    for (target, expected) in targets {
        site.write("site.toml", format!("{CONFIG}[deploy.x]\n{target}\n"));
        let findings = site.findings();
        let is_expected =
            |finding: &String| finding.starts_with("site.toml:") && finding.contains(expected);
        assert!(findings.len() == 1 && findings.iter().all(is_expected), "{target}: {findings:?}");
    }
    site.write(
        "site.toml",
        format!("{CONFIG}[deploy.x]\nurl = \"s3://b\"\nendpoint = \"http://[::1]:9000\"\n"),
    );
    assert_eq!(site.findings(), [""; 0]);
}

#[test]
fn files_of_a_killed_deploy_are_removed() {
    let deployed = Deployed::new();
    deployed.deploy(&[]);
    let write = |path: &str| fs::write(deployed.target.join(path), "to").expect("written");
    let has = |path: &str| deployed.target.join(path).exists();
    let torn = ["index.html#1", "topics/sky/index.html#23", ".newsgen/journal.json.gz#2"];
    let others = ["other.html#1", "index.html#", "index.html#1a", "#1"];
    for path in torn.iter().chain(&others) {
        write(path);
    }
    fs::create_dir(deployed.target.join("robots.txt#1")).expect("folder");
    deployed.succeeds(&["deploy", "--dry-run"]);
    assert!(torn.iter().all(|path| has(path)), "nothing is changed");
    assert_eq!(deployed.deploy(&[])["unchanged"], deployed.here().len());
    for path in torn {
        assert!(!has(path), "{path}");
    }
    for path in others.iter().chain(&["robots.txt#1"]) {
        assert!(has(path), "{path}");
    }
    // Beside a page that this deploy removes.
    write("topics/sky/index.html#1");
    deployed.site.write("content/b.md", article("B", "2026-01-03", "topics: [Sea]\n"));
    deployed.site.build();
    deployed.deploy(&[]);
    assert!(!has("topics/sky"));
    // In the folder of a new page that an interrupted deploy did not complete.
    deployed.site.write("content/c.md", article("C", "2026-01-03", "topics: [Sea]\n"));
    deployed.site.build();
    fs::create_dir_all(deployed.target.join("news/2026/01/c")).expect("folder");
    write("news/2026/01/c/index.html#1");
    deployed.deploy(&[]);
    assert!(has("news/2026/01/c/index.html") && !has("news/2026/01/c/index.html#1"));
}

#[test]
fn deploy_report_does_not_overwrite_a_deployed_file() {
    let deployed = Deployed::new();
    deployed.deploy(&[]);
    for path in ["target of it/index.html", "target of it/new.json"] {
        let said = deployed.refused(&["--report", path]);
        assert!(said.contains("would overwrite or become a published file"), "{path}: {said}");
    }
}

#[test]
fn deploy_into_the_folder_of_the_cache_is_refused() {
    let deployed = Deployed::new();
    for path in [".newsgen", ".newsgen/live"] {
        let url = url::Url::from_file_path(deployed.site.path(path)).expect("address");
        deployed.site.write("site.toml", format!("{CONFIG}[deploy.disk]\nurl = \"{url}\"\n"));
        let said = deployed.refused(&["--allow-stale"]);
        assert!(
            said.contains("the target must not overlap the site's `.newsgen`"),
            "{path}: {said}"
        );
    }
}

#[test]
fn file_and_folder_of_one_name_replace_each_other() {
    let deployed = Deployed::new();
    let write = |path: &str| deployed.site.write(path, "x");
    write("static/keep");
    write("static/q");
    deployed.site.build();
    deployed.deploy(&[]);
    deployed.site.remove("static/q");
    write("static/q/z/one");
    write("static/q/two");
    deployed.site.build();
    let report = deployed.deploy(&[]);
    assert_eq!(deployed.there(), deployed.here());
    assert_eq!(paths(&report["removed"]), BTreeSet::from(["q"]));
    assert_eq!(paths(&report["uploaded"]), BTreeSet::from(["q/two", "q/z/one"]));
    fs::remove_dir_all(deployed.site.path("static/q")).expect("removed");
    write("static/q");
    deployed.site.build();
    let report = deployed.deploy(&[]);
    assert_eq!(deployed.there(), deployed.here());
    assert_eq!(paths(&report["removed"]), BTreeSet::from(["q/two", "q/z/one"]));
    fs::write(deployed.target.join("q"), "edited").expect("written");
    deployed.site.remove("static/q");
    write("static/q/one");
    deployed.site.build();
    for arguments in [&["deploy"][..], &["deploy", "--dry-run"]] {
        let output = deployed.run(arguments);
        assert_eq!(output.status.code(), Some(1));
        let message = "q already exists and was not uploaded by newsgen";
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
}

#[test]
fn obstacles_at_the_target_are_explained() {
    let deployed = Deployed::new();
    deployed.deploy(&[]);
    let page = deployed.target.join("topics/index.html");
    fs::remove_file(&page).expect("removed");
    fs::create_dir(&page).expect("folder");
    for arguments in [&[][..], &["--force"]] {
        let output = deployed.run(&[&["deploy"], arguments].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let help = "topics/index.html is a folder: remove it";
        assert!(said.contains(help) && !said.contains("temporary failure"), "{said}");
    }
    fs::remove_dir(&page).expect("removed");
    fs::remove_dir_all(deployed.target.join("topics")).expect("removed");
    fs::write(deployed.target.join("topics"), "").expect("written");
    let output = deployed.run(&["deploy", "--force"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("topics is no folder: remove it"), "{said}");
    fs::remove_dir_all(&deployed.target).expect("removed");
    fs::write(&deployed.target, "").expect("written");
    let said = text(&deployed.run(&["deploy"]).stderr);
    assert!(said.contains("remove a file or broken link in its place"), "{said}");
    assert!(!said.contains("the next build"), "{said}");
}
