//! Killed builds, missing permissions, files that change during a build: no published file is ever
//! torn, and the next build equals a clean one.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use newsgen::build::{self, Outcome, Progress};

use crate::fault_fixture::{
    Version, assert_same, assert_waiting_build_ends, clean, end_by, must_build, must_fail, newsgen,
    published, put, three_articles,
};
use crate::fixture::{CONFIG, Site, article, messages};

/// A build under a limit of `ulimit`.
fn limited(site: &Site, limit: &str) -> Command {
    let build = newsgen(site);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit {limit}; exec \"$@\""), "sh"]).arg(build.get_program());
    command.args(build.get_args()).env_remove("SOURCE_DATE_EPOCH");
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Pseudo-random numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    /// One below `end`.
    fn next(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// How far a build was when it was killed.
#[derive(Debug, Default)]
struct Kills {
    before_the_output: usize,
    while_pages_were_made: usize,
    between_commit_steps: usize,
    after_the_end: usize,
}

/// Waits until the build moves files into place, or has ended.
fn await_commit(build: &mut Child, list: &Path) {
    let stamp =
        |path: &Path| fs::metadata(path).map(|found| (found.ino(), found.mtime_nsec())).ok();
    let before = stamp(list);
    while stamp(list) == before && build.try_wait().expect("status").is_none() {
        std::hint::spin_loop();
    }
}

/// The number of builds to kill.
fn kills() -> u64 {
    std::env::var("NEWSGEN_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

#[test]
fn killed_build_is_repaired_by_the_next() {
    let site = Site::new("");
    put(&site, Version::Old);
    let old = clean(&site);
    put(&site, Version::New);
    let new = clean(&site);
    let begun = Instant::now();
    must_build(&site);
    let whole = begun.elapsed();
    let output = site.path("public");
    let (mut numbers, mut seen) = (Numbers(1), Kills::default());
    for round in 0..kills() {
        let is_cold = numbers.next(3) == 0;
        let version = if round % 2 == 0 { Version::Old } else { Version::New };
        if is_cold {
            fs::remove_dir_all(&output).expect("removed");
            fs::remove_dir_all(site.path(".newsgen")).expect("removed");
        }
        put(&site, version);
        let mut build = newsgen(&site).spawn().expect("newsgen runs");
        if numbers.next(2) == 0 {
            await_commit(&mut build, &output.join(".newsgen-files"));
            thread::sleep(Duration::from_micros(numbers.next(2_500)));
        } else {
            let micros = u64::try_from(whole.as_micros()).expect("short");
            thread::sleep(Duration::from_micros(numbers.next(micros)));
        }
        let signal = ["KILL", "KILL", "KILL", "KILL", "TERM", "INT"]
            [usize::try_from(round % 6).expect("small")];
        let status = end_by(&mut build, signal);
        assert!(status.success() || status.signal().is_some(), "round {round}: {status}");

        let (is_staging, found) = (output.join(".newsgen-staging").exists(), published(&output));
        match (status.success(), is_staging) {
            (true, _) => seen.after_the_end += 1,
            (_, false) => seen.before_the_output += 1,
            _ if found == old || found == new || found.is_empty() => {
                seen.while_pages_were_made += 1;
            }
            _ => seen.between_commit_steps += 1,
        }
        for (path, bytes) in &found {
            let is_complete = [&old, &new].iter().any(|tree| tree.get(path) == Some(bytes));
            assert!(is_complete, "round {round}, {signal}, cold {is_cold}: {path} is torn");
        }
        must_build(&site);
        let expected = if version == Version::Old { &old } else { &new };
        assert_same(
            &published(&output),
            expected,
            &format!("round {round}, {signal}, cold {is_cold}"),
        );
    }
    // A few kills may all miss a phase.
    let is_enough =
        kills() < 300 || (seen.while_pages_were_made > 0 && seen.between_commit_steps > 0);
    assert!(is_enough, "{seen:?}");
}

/// Runs a build that panics when it reports its progress for the `count`th time; `false` if it
/// ends before.
fn panic_after(site: &Site, count: usize) -> bool {
    let reports = AtomicUsize::new(0);
    let panic = |_: Progress| {
        assert!(reports.fetch_add(1, Ordering::Relaxed) + 1 != count, "injected");
    };
    catch_unwind(AssertUnwindSafe(|| build::build(&site.options(), &panic))).is_err()
}

#[test]
fn build_after_a_panic_equals_a_clean_one() {
    let site = three_articles();
    for count in 1.. {
        site.write("content/a.md", article(&format!("A {count}"), "2026-01-01", "topics: [S]\n"));
        let before = published(&site.path("public"));
        let has_panicked = panic_after(&site, count);
        if has_panicked {
            assert_same(&published(&site.path("public")), &before, &format!("after {count}"));
        }
        site.build();
        assert_eq!(site.tree(), site.clean_tree(), "after {count}");
        if !has_panicked {
            assert!(count > 5, "only {count} reports");
            return;
        }
    }
}

#[test]
fn waiting_build_can_be_terminated() {
    for signal in ["TERM", "KILL"] {
        assert_waiting_build_ends(signal);
    }
}

#[test]
fn unwritable_cache_is_a_warning() {
    let site = Site::new("");
    put(&site, Version::Old);
    fs::create_dir(site.path(".newsgen")).expect("folder");
    hand_over(&site);
    fs::set_permissions(site.path(".newsgen"), fs::Permissions::from_mode(0o555)).expect("closed");
    let output = by_somebody(&site).output().expect("newsgen runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("warning["), "{said}");
    let found = published(&site.path("public"));
    fs::set_permissions(site.path(".newsgen"), fs::Permissions::from_mode(0o755)).expect("opened");
    assert_same(&found, &clean(&site), "without a state");
}

/// A build by another user if this one is root, who can read everything.
fn by_somebody(site: &Site) -> Command {
    as_somebody(newsgen(site))
}

fn as_somebody(mut command: Command) -> Command {
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}

/// Gives a site to the user who builds it.
fn hand_over(site: &Site) {
    if is_root() {
        for entry in walkdir::WalkDir::new(site.root()) {
            chown(entry.expect("entry").path(), Some(NOBODY), Some(NOBODY)).expect("handed over");
        }
    }
}

#[test]
fn permission_errors_name_the_path() {
    let site = Site::new("");
    put(&site, Version::Old);
    fs::create_dir_all(site.path("content/deep")).expect("folder");
    site.write("content/deep/a.md", article("Deep", "2026-01-02", ""));
    hand_over(&site);
    assert!(by_somebody(&site).status().expect("newsgen runs").success());
    let old = published(&site.path("public"));
    for (path, operation) in [
        ("content/3.md", "cannot read it"),
        ("content/deep", "cannot list it"),
        ("static/x", "cannot read it"),
        ("site.toml", "cannot read it"),
        ("content", "cannot list it"),
    ] {
        let location = site.path(path);
        let before = fs::metadata(&location).expect("there").permissions();
        fs::set_permissions(&location, fs::Permissions::from_mode(0o0)).expect("closed");
        let text = must_fail(by_somebody(&site).arg("--fresh"));
        assert!(text.contains(operation) && text.contains("Permission denied"), "{path}: {text}");
        assert!(text.contains(path), "{path}: {text}");
        assert_same(&published(&site.path("public")), &old, path);
        fs::set_permissions(&location, before).expect("opened");
    }
    let output = site.path("public");
    fs::set_permissions(&output, fs::Permissions::from_mode(0o555)).expect("closed");
    fs::remove_file(output.join(".newsgen-lock")).ok();
    let text = must_fail(by_somebody(&site).arg("--fresh"));
    assert!(
        text.contains("public") && text.contains("cannot ") && text.contains("Permission denied"),
        "{text}"
    );
    fs::set_permissions(&output, fs::Permissions::from_mode(0o755)).expect("opened");
    assert!(by_somebody(&site).status().expect("newsgen runs").success());
    assert_same(&published(&output), &old, "repaired");
}

#[test]
fn unreadable_folder_in_the_way_fails_before_writing() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("static/x/y", "old");
    hand_over(&site);
    assert!(by_somebody(&site).status().expect("newsgen runs").success());
    let old = published(&site.path("public"));
    fs::remove_dir_all(site.path("static/x")).expect("removed");
    site.write("static/x", "new");
    site.write("content/b.md", article("B", "2026-01-03", ""));
    hand_over(&site);
    let folder = site.path("public/x");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o0)).expect("closed");
    let text = must_fail(&mut by_somebody(&site));
    assert!(text.contains("public/x") && text.contains("cannot list the folder"), "{text}");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("opened");
    assert_same(&published(&site.path("public")), &old, "nothing is written");
}

#[test]
fn unreadable_document_is_never_left_out() {
    let site = Site::new("");
    put(&site, Version::Old);
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    fs::create_dir_all(site.path("content/deep")).expect("folder");
    site.write("content/deep/a.md", article("Deep", "2026-01-02", ""));
    hand_over(&site);
    assert!(by_somebody(&site).status().expect("newsgen runs").success());
    let old = published(&site.path("public"));
    for path in ["content/3.md", "content/deep", "content"] {
        let location = site.path(path);
        let before = fs::metadata(&location).expect("there").permissions();
        fs::set_permissions(&location, fs::Permissions::from_mode(0o0)).expect("closed");
        let text = must_fail(by_somebody(&site).arg("--fresh"));
        assert!(text.contains("Permission denied"), "{path}: {text}");
        fs::set_permissions(&location, before).expect("opened");
        assert_same(&published(&site.path("public")), &old, path);
    }
}

#[test]
fn non_utf8_file_name_is_a_warning() {
    use std::os::unix::ffi::OsStrExt as _;
    let site = Site::new("");
    put(&site, Version::Old);
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    let name = std::ffi::OsStr::from_bytes(b"\xff.md");
    fs::write(site.path("content").join(name), "---\n---\n").expect("file");
    assert_eq!(newsgen(&site).status().expect("newsgen runs").code(), Some(3));
}

#[test]
fn file_in_place_of_a_folder_is_an_error() {
    for (name, message) in [
        ("static", "static: this is not a folder"),
        ("templates", "templates: this is not a folder"),
        ("content", "content: this is not a folder"),
    ] {
        let site = three_articles();
        let _ = fs::rename(site.path(name), site.path("aside"));
        site.write(name, "a file");
        assert_eq!(site.findings(), [message]);
        site.remove(name);
        std::os::unix::fs::symlink("nowhere", site.path(name)).expect("link");
        assert_eq!(site.findings(), [format!("{name}: broken symbolic link")]);
    }
}

#[test]
fn changing_static_file_is_never_torn() {
    let site = three_articles();
    site.write("static/z.txt", "old");
    site.build();
    site.write("static/z.txt", "new");
    let outcome = build_and(&site, "writing", || site.write("static/z.txt", "even newer"));
    assert!(outcome.summary.is_some(), "{:?}", messages(&outcome.diagnostics));
    assert_eq!(site.page("z.txt"), "even newer", "the build starts again");
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn failed_build_keeps_the_lock_file() {
    let site = three_articles();
    site.write("static/z.txt", "z");
    let lock = site.path("public/.newsgen-lock");
    let inode = std::sync::Mutex::new(0);
    let outcome = build_and(&site, "writing", || {
        *inode.lock().expect("inode") = fs::metadata(&lock).expect("lock").ino();
        site.remove("static/z.txt");
    });
    assert!(outcome.summary.is_none());
    assert_eq!(fs::metadata(&lock).expect("lock").ino(), inode.into_inner().expect("inode"));
}

#[test]
fn report_follows_links_and_special_files() {
    let site = three_articles();
    let report = |path: &Path| {
        let status = newsgen(&site).arg("--report").arg(path).status().expect("newsgen runs");
        assert!(status.success());
    };
    site.write("real.json.newsgen-new0", "a neighbour");
    site.write("real.json", "");
    std::os::unix::fs::symlink("real.json", site.path("link.json")).expect("link");
    report(&site.path("link.json"));
    assert_eq!(
        fs::read_to_string(site.path("real.json.newsgen-new0")).expect("neighbour"),
        "a neighbour"
    );
    assert!(fs::read_to_string(site.path("real.json")).expect("report").contains("\"written\""));
    let pipe = site.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).expect("read")
    });
    report(&pipe);
    assert!(reader.join().expect("read").contains("\"unchanged\""));
    assert!(!fs::symlink_metadata(&pipe).expect("pipe").is_file());
}

#[test]
fn edit_with_same_length_and_mtime_is_detected() {
    let site = three_articles();
    site.build();
    let stamp =
        fs::metadata(site.path("content/c.md")).and_then(|found| found.modified()).expect("stamp");
    site.write("content/c.md", article("C", "2026-01-03", "topics: [T]\n"));
    let file = fs::File::options().write(true).open(site.path("content/c.md")).expect("open");
    file.set_modified(stamp).expect("stamp");
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
    assert!(
        String::from_utf8_lossy(&site.tree()["news/2026/01/c/index.html"]).contains("About C.")
    );
}

#[test]
fn empty_folders_of_killed_build_are_removed() {
    let site = three_articles();
    site.build();
    let list = site.page(".newsgen-files");
    let line = list
        .lines()
        .find(|line| line.ends_with(" robots.txt") || line.ends_with("robots.txt"))
        .expect("line");
    let other = line.replace("robots.txt", "news/2025/12/gone/index.html");
    site.write("public/.newsgen-files", list.replace(line, &format!("{other}\n{line}")));
    fs::create_dir_all(site.path("public/news/2025/12")).expect("folder");
    site.build();
    assert!(!site.path("public/news/2025").exists());
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn symlinks_in_the_output_folder_are_not_followed() {
    let site = three_articles();
    site.build();
    site.write("victim", "whole");
    std::os::unix::fs::symlink(site.path("victim"), site.path("public/.newsgen-files.new"))
        .expect("link");
    site.write("public/.newsgen-staging", "a file");
    site.remove("content/c.md");
    site.build();
    assert_eq!(fs::read_to_string(site.path("victim")).expect("victim"), "whole");
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn build_works_without_threads() {
    let site = Site::new("");
    put(&site, Version::Old);
    hand_over(&site);
    let output = as_somebody(limited(&site, "-u 1")).output().expect("newsgen runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Builds a site on one thread, so that the order of reads and writes is fixed, and calls `act`
/// when a stage begins.
fn build_and(site: &Site, stage: &str, act: impl Fn() + Sync + Send) -> Outcome {
    let has_acted = AtomicBool::new(false);
    let watcher = |progress: Progress| {
        if progress.stage == stage && !has_acted.swap(true, Ordering::Relaxed) {
            act();
        }
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let outcome = pool.install(|| build::build(&site.options(), &watcher));
    assert!(has_acted.into_inner(), "{stage}");
    outcome
}

#[test]
fn source_removed_while_reading_is_an_error() {
    let site = three_articles();
    site.build();
    let old = site.tree();
    site.write("content/a.md", article("a2", "2026-01-01", "topics: [T]\n"));
    site.write("content/c.md", article("c2", "2026-01-03", "topics: [T]\n"));
    let outcome = build_and(&site, "reading", || site.remove("content/c.md"));
    assert!(outcome.summary.is_none());
    let found = messages(&outcome.diagnostics);
    assert!(
        found.len() == 1 && found[0].starts_with("content/c.md: cannot read it: "),
        "{found:?}"
    );
    assert_eq!(site.tree(), old);
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn source_removed_while_writing_is_an_error() {
    for stage in ["reading", "writing"] {
        let site = three_articles();
        site.write("static/y.txt", "y");
        site.write("static/z.txt", "z");
        site.build();
        let old = site.tree();
        let edited =
            article("a2", "2026-01-01", "topics: [T]\n").replace("example/a2", "example/a");
        site.write("content/a.md", edited);
        site.write("static/z.txt", "another z");
        let outcome = build_and(&site, stage, || site.remove("static/z.txt"));
        let found = messages(&outcome.diagnostics);
        assert!(
            outcome.summary.is_none() && found[0].starts_with("static/z.txt: cannot read it: "),
            "{found:?}"
        );
        assert_eq!(site.tree(), old);
        site.build();
        assert_eq!(site.tree(), site.clean_tree());
    }
}

#[test]
fn replaced_document_is_never_torn() {
    for stage in ["reading", "writing"] {
        let site = three_articles();
        site.write("site.toml", format!("{CONFIG}tagline = \"Old\"\n"));
        site.build();
        let old = site.tree();
        site.write("site.toml", format!("{CONFIG}tagline = \"New\"\n"));
        site.write("content/a.md", article("a2", "2026-01-01", "topics: [T]\n"));
        let outcome = build_and(&site, stage, || {
            site.write("content/c.md", article("C", "2026-01-03", "topics: [T]\n"));
        });
        assert!(outcome.summary.is_some(), "{:?}", messages(&outcome.diagnostics));
        let new = site.clean_tree();
        if stage == "writing" {
            assert_ne!(old, new);
            assert_eq!(site.tree(), new, "all documents were read again");
        }
        site.build();
        assert_eq!(site.tree(), site.clean_tree(), "{stage}");
    }
}

#[test]
fn document_with_restored_mtime_is_read_again() {
    let site = three_articles();
    site.build();
    let path = site.path("content/c.md");
    let stamp = fs::metadata(&path).and_then(|found| found.modified()).expect("stamp");
    let text = fs::read(&path).expect("text");
    site.write("content/a.md", article("a2", "2026-01-01", "topics: [T]\n"));
    site.write("content/c.md", &text);
    let outcome = build_and(&site, "reading", || {
        site.write("content/c.md", article("C", "2026-01-03", "topics: [T]\n"));
    });
    assert!(outcome.summary.is_some(), "{:?}", messages(&outcome.diagnostics));
    let scanned_at = stamp + Duration::from_secs(10);
    fs::write(&path, text).expect("restored");
    fs::File::options()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_modified(scanned_at))
        .expect("stamp");
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn file_descriptor_limit_is_handled() {
    let site = Site::new("");
    put(&site, Version::Old);
    let output = limited(&site, "-n 64").output().expect("newsgen runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = published(&site.path("public"));
    put(&site, Version::New);
    let text = must_fail(&mut limited(&site, "-n 5"));
    assert!(text.contains("Too many open files") && text.contains("cannot "), "{text}");
    assert_same(&published(&site.path("public")), &expected, "the old site");
    must_build(&site);
    assert_same(&published(&site.path("public")), &clean(&site), "repaired");
}

/// The instant of a stamp, in nanoseconds since 1970.
const SECOND: i64 = 1_000_000_000;

fn stamp(site: &Site, path: &str, seconds: i64) {
    let instant =
        std::time::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).expect("after 1970"));
    let file = fs::File::options().write(true).open(site.path(path)).expect("open");
    file.set_modified(instant).expect("stamp");
}

#[test]
fn clock_jumps_hide_no_edit() {
    const AT: i64 = 2_000_000_000;
    // In seconds: the stamp before the edit, the first build, the stamp after the edit, the second
    // build.
    for (before, first, after, second) in [
        // The clock was ahead, and was set back after the first build.
        (AT, AT + 5, AT - 3600, AT - 3599),
        // A file from the future, saved with the same stamp.
        (AT + 3600, AT, AT + 3600, AT + 10),
        // A file system with a resolution of two seconds.
        (AT, AT + 1, AT, AT + 3),
        // A file from before 1980, saved with an older stamp.
        (1000, AT, 900, AT + 10),
    ] {
        let mut site = three_articles();
        stamp(&site, "content/c.md", before);
        site.scanned_at = first * SECOND;
        site.build();
        site.write("content/c.md", article("C", "2026-01-03", "topics: [T]\n"));
        stamp(&site, "content/c.md", after);
        site.scanned_at = second * SECOND;
        site.build();
        assert_eq!(site.tree(), site.clean_tree(), "{before} {first} {after} {second}");
        assert!(
            String::from_utf8_lossy(&site.tree()["news/2026/01/c/index.html"]).contains("About C.")
        );
    }
}

#[test]
fn clock_jump_back_withdraws_future_articles() {
    let mut site = three_articles();
    site.write("content/due.md", article("Due", "2026-05-31", ""));
    site.build();
    assert!(site.has("news/2026/05/due/index.html"));
    site.overrides.now = crate::fixture::instant("2026-05-01T00:00:00Z");
    site.build();
    assert!(!site.has("news/2026/05/due/index.html"));
    assert_eq!(site.tree(), site.clean_tree());
}
