//! Builds by the command on machines that fail, and their outcome.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::fixture::{CONFIG, NOW, Site, Tree, article, temporary_folder, tree};

/// Which of two versions of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Old,
    New,
}

/// Forty articles, which in the new version have other titles, topics and addresses; a page becomes
/// a folder.
pub(crate) fn put(site: &Site, version: Version) {
    let (title, topic, removed) = match version {
        Version::Old => ("Old", "Harbours", "content/pages/b.md"),
        Version::New => ("New", "Ships", "content/pages/a.md"),
    };
    site.write("site.toml", format!("{CONFIG}tagline = \"{title}\"\n"));
    for number in 0..40 {
        let more = format!("topics: [{topic}, T{}]\nslug: {title}-{number}\n", number % 5);
        let text = article(
            &format!("{title} {number}"),
            &format!("2026-01-{:02}", number % 28 + 1),
            &more,
        );
        site.write(&format!("content/{number}.md"), text + "Text.\n");
    }
    let _ = fs::remove_file(site.path(removed));
    let static_file = match version {
        Version::Old => "static/x",
        Version::New => "static/x/y",
    };
    let _ = fs::remove_file(site.path("static/x"));
    let _ = fs::remove_dir_all(site.path("static/x"));
    site.write(static_file, title);
    let page = if version == Version::Old { "content/pages/a.md" } else { "content/pages/b.md" };
    site.write(page, "---\ntitle: Page\n---\nText.\n");
}

/// The program without debug information if possible: it reads its own file at the start, which
/// would take most of a small build's time.
pub(crate) fn executable() -> &'static Path {
    static PROGRAM: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = PROGRAM.get_or_init(|| {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("newsgen");
        let original = env!("CARGO_BIN_EXE_newsgen");
        let strip = Command::new("strip").args([original, "-o"]).arg(&path).status();
        if !strip.is_ok_and(|status| status.success()) {
            fs::copy(original, &path).expect("copied");
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("opened");
        (folder, path)
    });
    path
}

pub(crate) fn newsgen(site: &Site) -> Command {
    let mut command = Command::new(executable());
    command.args(["build", "--at", NOW, "--root"]).arg(site.root());
    command.env_remove("SOURCE_DATE_EPOCH").stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Runs a build that must succeed.
pub(crate) fn must_build(site: &Site) {
    let output = newsgen(site).output().expect("newsgen runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Runs a build that must fail, and returns what it printed.
pub(crate) fn must_fail(command: &mut Command) -> String {
    let output = command.output().expect("newsgen runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    text
}

/// The published files, without newsgen's own.
pub(crate) fn published(folder: &Path) -> Tree {
    let mut files = if folder.exists() { tree(folder) } else { Tree::default() };
    files.retain(|path, _| !path.starts_with(".newsgen-"));
    files
}

pub(crate) fn clean(site: &Site) -> Tree {
    let folder = temporary_folder();
    let status =
        newsgen(site).args(["--fresh", "-o"]).arg(folder.path()).status().expect("newsgen runs");
    assert!(status.success());
    let state = site.path(".newsgen");
    let _ = fs::remove_dir_all(state);
    published(folder.path())
}

pub(crate) fn assert_same(found: &Tree, expected: &Tree, what: &str) {
    let names = |tree: &Tree| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected), "{what}");
    for (path, bytes) in found {
        assert!(expected[path] == *bytes, "{what}: {path}");
    }
}

pub(crate) fn end_by(build: &mut Child, signal: &str) -> ExitStatus {
    if signal == "KILL" {
        build.kill().expect("killed");
    } else {
        let _ =
            Command::new("kill").args([&format!("-{signal}"), &build.id().to_string()]).status();
    }
    build.wait().expect("status")
}

/// A build that waits for another one ends at a signal and changes nothing.
pub(crate) fn assert_waiting_build_ends(signal: &str) {
    let site = Site::new("");
    put(&site, Version::Old);
    must_build(&site);
    let before = site.tree();
    let lock =
        fs::File::options().append(true).open(site.path("public/.newsgen-lock")).expect("lock");
    lock.lock().expect("locked");
    put(&site, Version::New);
    let mut build = newsgen(&site).spawn().expect("newsgen runs");
    let mut said = String::new();
    BufReader::new(build.stderr.take().expect("pipe")).read_line(&mut said).expect("line");
    assert!(said.contains("waiting for another build"), "{said}");
    assert!(build.try_wait().expect("status").is_none(), "it waits");
    assert!(end_by(&mut build, signal).signal().is_some(), "{signal}");
    assert_eq!(site.tree(), before);
    lock.unlock().expect("unlocked");
    must_build(&site);
    assert_same(&published(&site.path("public")), &clean(&site), "the next build");
}

pub(crate) fn three_articles() -> Site {
    let site = Site::new("");
    for (path, day) in [("a", "2026-01-01"), ("b", "2026-01-02"), ("c", "2026-01-03")] {
        site.write(&format!("content/{path}.md"), article(path, day, "topics: [T]\n"));
    }
    site
}
