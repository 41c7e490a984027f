//! Invisible characters and terminal control sequences are escaped in all output.

use std::process::{Command, Output};

use crate::fixture::{CONFIG, Site, article, newsgen};
use crate::serve_fixture::Server;

/// A bidirectional override, a zero-width space, and a tag.
const HIDDEN: &str = "\u{202e}\u{200b}\u{e0041}";
const SHOWN: &str = "\\u{202e}\\u{200b}\\u{e0041}";

/// All output, which must have no hidden characters.
fn printed(output: &Output) -> String {
    let text = String::from_utf8([&*output.stderr, &output.stdout].concat()).expect("UTF-8");
    assert_escaped(&text);
    text
}

#[track_caller]
fn assert_escaped(text: &str) {
    let is_hidden = |c: char| c != '\n' && (c.is_control() || HIDDEN.contains(c));
    assert!(!text.contains(is_hidden), "{text:?}");
}

#[test]
fn documents_escape_hidden_characters() {
    let site = Site::new("");
    site.write(
        &format!("content/a{HIDDEN}.md"),
        format!("---\ntitle: {HIDDEN}\nquality: {HIDDEN}x\nx{HIDDEN}: 1\n---\n"),
    );
    site.write(&format!("templates/a{HIDDEN}.html"), format!("{{{{ x{HIDDEN} }}}}"));
    site.write("content/b.md", format!("no front matter {HIDDEN}"));
    let text = printed(&newsgen(site.root(), &["check"]));
    assert!(text.contains(&format!("--> content/a{SHOWN}.md:3:10\n")), "{text}");
    assert!(text.contains(&format!("3 | quality: {SHOWN}x\n")), "{text}");
    assert!(text.contains(&format!("templates/a{SHOWN}.html")), "{text}");
    printed(&newsgen(site.root(), &["build"]));
}

#[test]
fn lookalikes_of_spaces_are_escaped_in_names() {
    let site = Site::new("");
    for name in ["a0", "1680", "2003", "202f", "2800", "3000", "13441", "16fe4", "1d159"] {
        let c = u32::from_str_radix(name, 16).ok().and_then(char::from_u32).expect("a character");
        let path = format!("content/news/a{c}b c.md");
        site.write(&path, format!("---\nquality: {c}x y\n---\n"));
        let text = printed(&newsgen(site.root(), &["check"]));
        assert!(text.contains(&format!("--> content/news/a\\u{{{name}}}b c.md:2:")), "{text}");
        let line = if c.is_whitespace() { c.to_string() } else { format!("\\u{{{name}}}") };
        assert!(text.contains(&format!("2 | quality: {line}x y\n")), "{text}");
        site.remove(&path);
    }
}

#[test]
fn config_and_arguments_escape_hidden_characters() {
    let site = Site::new("");
    site.write(
        "site.toml",
        format!("{CONFIG}a{HIDDEN} = 1\n\"b\\nc\" = 1\nlanguage = \"{HIDDEN}\nx\"\n"),
    );
    assert!(printed(&newsgen(site.root(), &["check"])).contains(SHOWN));
    for arguments in [
        &["check", "--config", HIDDEN][..],
        &["check", "--root", HIDDEN],
        &["build", "--at", HIDDEN],
        &["build", "--output-dir", HIDDEN],
        &[HIDDEN],
        &["build", "--report", "a\u{202e}\u{1b}[2J/b\u{202e}"],
        &["new", "t", "--root", HIDDEN],
        &["init", HIDDEN],
        &["init", HIDDEN],
    ] {
        printed(&newsgen(site.root(), arguments));
    }
}

#[cfg(unix)]
#[test]
fn non_utf8_names_are_shown_escaped() {
    use std::os::unix::ffi::OsStrExt as _;

    let site = Site::new("");
    for name in [&b"\xff\x9b31m"[..], b"a\x1b[2Jb", b"a\nerror: b", b"a\xc2\x85b"] {
        let name = std::ffi::OsStr::from_bytes(name);
        std::fs::create_dir_all(site.path("content")).expect("folder");
        std::fs::write(site.path("content").join(name).with_extension("md"), "").expect("written");
        std::fs::create_dir_all(site.path("static")).expect("folder");
        std::fs::write(site.path("static").join(name), "").expect("written");
    }
    let text = printed(&newsgen(site.root(), &["check"]));
    assert!(
        text.contains("--> content/a\\u{1b}[2Jb.md\n")
            && text.contains("content/a\\u{a}error: b.md\n"),
        "{text}"
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsgen"));
    command.arg(std::ffi::OsStr::from_bytes(b"\xff\xe2\x80\xae")).current_dir(site.root());
    assert_eq!(command.output().expect("newsgen runs").status.code(), Some(2));
    command.env("SOURCE_DATE_EPOCH", std::ffi::OsStr::from_bytes(b"\xff1"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsgen"));
    command
        .arg("check")
        .current_dir(site.root())
        .env("SOURCE_DATE_EPOCH", std::ffi::OsStr::from_bytes(b"1\xff"));
    let output = command.output().expect("newsgen runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(printed(&output).contains("SOURCE_DATE_EPOCH"));
}

#[test]
fn report_json_escapes_hidden_characters() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    let name = format!("a{HIDDEN}\u{7f}.txt");
    site.write(&format!("static/{}", name.trim_end_matches('\u{7f}').replace('\u{7f}', "")), "x");
    assert!(newsgen(site.root(), &["build", "-q", "--report", "changes.json"]).status.success());
    let json = std::fs::read_to_string(site.path("changes.json")).expect("report");
    assert!(
        json.contains("\\u202e\\u200b\\udb40\\udc41") && !json.contains(|c| HIDDEN.contains(c)),
        "{json}"
    );
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let expected = format!("a{HIDDEN}.txt");
    assert!(
        report["written"].as_array().expect("list").iter().any(|path| path == expected.as_str()),
        "{json}"
    );
}

#[test]
fn serve_escapes_hidden_characters() {
    let site = Site::new("");
    let path = format!("content/a{HIDDEN}.md");
    site.write(&path, article("A", "2026-01-02", "featuredContent: <p>no player</p>\n"));
    let mut server = Server::start(&site, &["--watch"]);
    assert_escaped(&server.begin);
    assert!(server.said().contains(&format!("content/a{SHOWN}.md:9:18")), "{}", server.said());
    let mut page = server.open("/");
    site.write("beside", format!("---\ntitle: {HIDDEN}\nquality: {HIDDEN}x\n---\n"));
    std::fs::rename(site.path("beside"), site.path(&path)).expect("renamed");
    let line = server.line();
    assert!(line.starts_with(&format!("content/a{SHOWN}.md: ")), "{line}");
    assert_escaped(&line);
    assert_escaped(&server.said());
    let event = page.wait_for(|event| !event.errors.is_empty());
    assert!(event.errors.contains(SHOWN), "{}", event.errors);
    assert_escaped(&event.errors);
}

#[cfg(feature = "deploy")]
#[test]
fn deploy_escapes_object_names() {
    let (site, target) = (Site::new(""), tempfile::tempdir().expect("folder"));
    let url = url::Url::from_file_path(target.path()).expect("address");
    site.write("site.toml", format!("{CONFIG}[deploy.disk]\nurl = \"{url}\"\n"));
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write(&format!("static/b{HIDDEN}.txt"), "x");
    assert!(newsgen(site.root(), &["build", "-q"]).status.success());
    assert!(
        printed(&newsgen(site.root(), &["deploy", "--dry-run"]))
            .contains(&format!("would send b{SHOWN}.txt\n"))
    );
    std::fs::write(target.path().join(format!("a{HIDDEN}")), "theirs").expect("written");
    assert!(
        printed(&newsgen(site.root(), &["deploy"]))
            .contains(&format!("did not upload: a{SHOWN}, "))
    );
}
