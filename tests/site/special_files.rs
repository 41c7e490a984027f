//! Pipes, devices, sockets and folders in place of files, and endless files: nothing hangs.
#![cfg(unix)]

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::fixture::{Site, article};

/// Kinds of paths that are not regular files.
const KINDS: [&str; 5] = ["pipe", "link to a pipe", "endless device", "socket", "folder"];

fn put(kind: &str, path: &Path, elsewhere: &Path) {
    if path.is_dir() && !path.is_symlink() {
        fs::remove_dir_all(path).expect("removed");
    } else {
        let _ = fs::remove_file(path);
    }
    let pipe = |path: &Path| {
        assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
    };
    match kind {
        "pipe" => pipe(path),
        "link to a pipe" => {
            let target = elsewhere.join("pipe");
            let _ = fs::remove_file(&target);
            pipe(&target);
            symlink(target, path).expect("link");
        }
        "endless device" => symlink("/dev/zero", path).expect("link"),
        "socket" => drop(UnixListener::bind(path).expect("socket")),
        _ => fs::create_dir(path).expect("folder"),
    }
}

fn site() -> Site {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("static/a.txt", "a");
    site.write("templates/404.html", "{% extends \"base.html\" %}");
    site
}

/// Runs newsgen with little memory and a time limit; returns its exit status and output.
fn newsgen(site: &Site, arguments: &str) -> (Option<i32>, String) {
    let limits = format!(
        "ulimit -t 20; ulimit -v 4000000; exec timeout 30 '{}' {arguments}",
        env!("CARGO_BIN_EXE_newsgen")
    );
    let mut command = Command::new("sh");
    command.args(["-c", &limits]).current_dir(site.root()).stdin(Stdio::null());
    let output = command.output().expect("newsgen runs");
    (
        output.status.code(),
        String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned(),
    )
}

#[test]
fn special_source_files_are_errors_or_skipped() {
    for kind in KINDS {
        let elsewhere = tempfile::tempdir().expect("folder");
        for path in [
            "site.toml",
            "templates/404.html",
            "templates/page.html",
            "content/a.md",
            "content/b.md",
            "static/a.txt",
            "static/theme/style.css",
            "static/_headers",
        ] {
            let site = site();
            site.write("static/theme/x.txt", "x");
            put(kind, &site.path(path), elsewhere.path());
            let status = Some(i32::from(path == "site.toml"));
            let (found, said) = newsgen(&site, "check");
            assert_eq!(found, status, "{kind} at {path}: {said}");
            // An empty folder is ignored.
            assert!(said.contains(path) || kind == "folder", "{kind} at {path}: {said}");
            let (found, said) = newsgen(&site, "build -q");
            assert_eq!(found, status, "{kind} at {path}, build: {said}");
        }
    }
}

#[test]
fn special_files_as_arguments_are_errors() {
    for kind in KINDS {
        let (site, elsewhere) = (site(), tempfile::tempdir().expect("folder"));
        put(kind, &site.path("other.toml"), elsewhere.path());
        let (status, said) = newsgen(&site, "check --config other.toml");
        assert_eq!(status, Some(1), "{kind}: {said}");
        assert!(said.contains("other.toml") && said.contains("cannot read it"), "{kind}: {said}");
    }
}

fn state(site: &Site) -> PathBuf {
    let entries = fs::read_dir(site.path(".newsgen"))
        .expect("folder")
        .map(|entry| entry.expect("entry").path());
    entries
        .into_iter()
        .find(|path| path.extension().is_some_and(|ending| ending == "state"))
        .expect("state")
}

#[test]
fn special_cache_file_is_ignored() {
    for kind in KINDS.into_iter().filter(|kind| *kind != "folder") {
        let (site, elsewhere) = (site(), tempfile::tempdir().expect("folder"));
        assert_eq!(newsgen(&site, "build -q").0, Some(0));
        put(kind, &state(&site), elsewhere.path());
        assert_eq!(newsgen(&site, "build -q"), (Some(0), String::new()), "{kind}");
        assert!(
            state(&site).symlink_metadata().expect("state").is_file(),
            "{kind}: it is replaced"
        );
        assert_eq!(site.tree(), site.clean_tree(), "{kind}");
    }
}

#[test]
fn special_lock_or_history_file_is_an_error() {
    for kind in KINDS {
        for name in ["addresses.lock", ".newsgen/addresses"] {
            let (site, elsewhere) = (site(), tempfile::tempdir().expect("folder"));
            assert_eq!(newsgen(&site, "build -q").0, Some(0));
            put(kind, &site.path(name), elsewhere.path());
            site.write("content/b.md", article("B", "2026-01-02", ""));
            let (status, said) = newsgen(&site, "build");
            assert_eq!(status, Some(1), "{kind} at {name}: {said}");
            assert!(said.contains(name), "{kind} at {name}: {said}");
            assert!(!site.path("public/news/2026/01/b").exists(), "{kind} at {name}");
        }
    }
}

#[test]
fn file_or_broken_link_in_place_of_the_cache_folder_is_an_error() {
    let site = site();
    let folder = site.path(".newsgen");
    for is_link in [false, true] {
        if is_link {
            symlink("nowhere", &folder).expect("link");
        } else {
            fs::write(&folder, "x").expect("file");
        }
        for command in ["build", "check", "serve -p 0", "next-change"] {
            let (status, said) = newsgen(&site, command);
            assert_eq!(status, Some(1), "{command}: {said}");
            assert!(said.contains("--> .newsgen\n"), "{command}: {said}");
            assert!(said.contains("this is not a folder"), "{command}: {said}");
            assert!(said.contains("help: remove it"), "{command}: {said}");
            assert!(!said.contains("warning"), "{command}: {said}");
            assert!(!site.path("public").exists(), "{command}");
        }
        fs::remove_file(&folder).expect("removed");
    }
    fs::create_dir(site.path("elsewhere")).expect("folder");
    symlink("elsewhere", &folder).expect("link");
    assert_eq!(newsgen(&site, "build -q"), (Some(0), String::new()));
}

#[test]
fn address_history_is_not_followed_through_symlinks() {
    let (site, elsewhere) = (site(), tempfile::tempdir().expect("folder"));
    assert_eq!(newsgen(&site, "build -q").0, Some(0));
    let (location, target) = (site.path(".newsgen/addresses"), elsewhere.path().join("file"));
    let history = fs::read(&location).expect("history");
    fs::remove_file(&location).expect("removed");
    symlink(&target, &location).expect("link");
    let (status, said) = newsgen(&site, "build --fresh");
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains(".newsgen/addresses") && said.contains("broken symbolic link"), "{said}");
    assert!(!target.exists());
    fs::remove_file(&location).expect("removed");
    fs::write(&target, "/a/ x a.md\n").expect("file");
    symlink(&target, &location).expect("link");
    site.write("content/b.md", article("B", "2026-01-02", ""));
    let (status, said) = newsgen(&site, "build");
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains(".newsgen/addresses") && said.contains("this symbolic link"), "{said}");
    assert_eq!(fs::read_to_string(&target).expect("file"), "/a/ x a.md\n");
    fs::remove_file(&location).expect("removed");
    fs::write(site.path(".newsgen/other"), &history).expect("history");
    symlink("other", &location).expect("link");
    assert_eq!(newsgen(&site, "build -q"), (Some(0), String::new()));
    assert!(location.symlink_metadata().expect("history").is_file(), "the link is replaced");
    assert_eq!(fs::read(site.path(".newsgen/other")).expect("file"), history);
}

#[test]
fn special_build_record_is_replaced() {
    for kind in KINDS.into_iter().filter(|kind| *kind != "folder") {
        for ending in ["build", "begun"] {
            let (site, elsewhere) = (site(), tempfile::tempdir().expect("folder"));
            assert_eq!(newsgen(&site, "build -q").0, Some(0));
            let record = state(&site).with_extension(ending);
            put(kind, &record, elsewhere.path());
            site.write("content/b.md", article("B", "2026-01-02", ""));
            assert_eq!(newsgen(&site, "build -q"), (Some(0), String::new()), "{kind} at {ending}");
            let record = state(&site).with_extension("build");
            assert!(record.symlink_metadata().expect("record").is_file(), "{kind} at {ending}");
        }
    }
}

#[test]
fn special_output_files_are_errors() {
    for kind in KINDS {
        let elsewhere = tempfile::tempdir().expect("folder");
        for name in [".newsgen-files", ".newsgen-lock"] {
            let site = site();
            assert_eq!(newsgen(&site, "build -q").0, Some(0));
            put(kind, &site.path("public").join(name), elsewhere.path());
            let (status, said) = newsgen(&site, "build");
            assert_eq!(status, Some(1), "{kind} at {name}: {said}");
            assert!(
                said.contains(name) && said.contains("this is not a regular file"),
                "{kind} at {name}: {said}"
            );
        }
    }
}

#[test]
fn lock_file_is_not_created_through_symlink() {
    let (site, elsewhere) = (site(), tempfile::tempdir().expect("folder"));
    assert_eq!(newsgen(&site, "build -q").0, Some(0));
    site.remove("public/.newsgen-lock");
    symlink(elsewhere.path().join("new"), site.path("public/.newsgen-lock")).expect("link");
    assert_eq!(newsgen(&site, "build -q").0, Some(1));
    assert!(!elsewhere.path().join("new").exists());
}

#[test]
fn huge_files_are_not_read() {
    let long = |path: &Path| {
        let file = fs::File::create(path).expect("file");
        file.set_len(1 << 40).expect("length");
    };
    for (path, status) in [
        ("site.toml", 1),
        ("addresses.lock", 1),
        (".newsgen/addresses", 1),
        ("templates/page.html", 1),
        ("content/a.md", 1),
        ("public/.newsgen-files", 1),
    ] {
        let site = site();
        assert_eq!(newsgen(&site, "build -q").0, Some(0));
        site.write("content/b.md", article("B", "2026-01-02", ""));
        long(&site.path(path));
        let (found, said) = newsgen(&site, "build -q");
        assert_eq!(found, Some(status), "{path}: {said}");
        assert!(said.contains("longer than"), "{path}: {said}");
    }
    let site = site();
    assert_eq!(newsgen(&site, "build -q").0, Some(0));
    long(&state(&site));
    assert_eq!(newsgen(&site, "build -q"), (Some(0), String::new()), "the cache only saves work");
}

/// Builds the site and deploys it to a folder.
#[cfg(feature = "deploy")]
fn deploy_to(site: &Site, target: &Path) {
    let url = url::Url::from_file_path(target).expect("address");
    let config = fs::read_to_string(site.path("site.toml")).expect("configuration");
    site.write("site.toml", format!("{config}[deploy.disk]\nurl = \"{url}\"\n"));
    assert_eq!(newsgen(site, "build -q").0, Some(0));
    assert_eq!(newsgen(site, "deploy -q").0, Some(0));
}

#[cfg(feature = "deploy")]
#[test]
fn special_files_at_deploy_target_are_errors() {
    for kind in KINDS {
        let elsewhere = tempfile::tempdir().expect("folder");
        for name in ["manifest.json.gz", "journal.json.gz", "lock"] {
            let (site, target) = (site(), tempfile::tempdir().expect("folder"));
            deploy_to(&site, target.path());
            put(kind, &target.path().join(".newsgen").join(name), elsewhere.path());
            site.write("static/a.txt", "b");
            assert_eq!(newsgen(&site, "build -q").0, Some(0));
            let (status, said) = newsgen(&site, "deploy");
            if kind == "folder" && name != "lock" {
                assert!(status.is_some_and(|status| status < 2), "{name}: {said}");
                continue;
            }
            assert_eq!(status, Some(1), "{kind} at {name}: {said}");
            assert!(said.contains(&format!(".newsgen/{name}")), "{kind} at {name}: {said}");
        }
    }
}

#[cfg(feature = "deploy")]
#[test]
fn huge_files_at_deploy_target_are_not_read() {
    for name in ["manifest.json.gz", "journal.json.gz"] {
        let (site, target) = (site(), tempfile::tempdir().expect("folder"));
        deploy_to(&site, target.path());
        let file = fs::File::create(target.path().join(".newsgen").join(name)).expect("file");
        file.set_len(1 << 40).expect("length");
        let (status, said) = newsgen(&site, "deploy");
        assert_eq!(status, Some(1), "{name}: {said}");
        assert!(said.contains(&format!(".newsgen/{name}")), "{name}: {said}");
    }
}

#[test]
fn published_pipe_is_never_opened() {
    let (site, elsewhere) = (site(), tempfile::tempdir().expect("folder"));
    assert_eq!(newsgen(&site, "build -q").0, Some(0));
    put("pipe", &site.path("public/a.txt"), elsewhere.path());
    assert_eq!(newsgen(&site, "build -q").0, Some(0));
    let mut text = String::new();
    let file = fs::File::open(site.path("public/a.txt")).expect("file");
    file.take(9).read_to_string(&mut text).expect("read");
    assert_eq!(text, "a");
}
