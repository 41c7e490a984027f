//! `newsgen serve --watch` on a machine that fails for a while, of whose end no event tells.

use std::fs;
use std::process::Command;

use crate::fixture::{Site, article, skipped};
use crate::serve_fixture::Server;

const PAGE: &str = "/news/2026/01/a/";

fn text(body: &str) -> String {
    format!("{}\n{body}\n", article("A", "2026-01-01", "articlePages: self\n"))
}

/// Edits the article while the machine fails, and waits until the page tells of it by an error that holds `expected`.
fn fail(site: &Site, server: &Server, expected: &str) -> crate::serve_fixture::OpenPage {
    let mut page = server.open(PAGE);
    fs::write(site.path("content/a.md"), text("after the failure")).expect("written");
    page.wait_for(|event| event.errors.contains(expected));
    page
}

fn assert_published(server: &Server, mut page: crate::serve_fixture::OpenPage) {
    page.wait_for(|event| event.errors.is_empty() && event.reload);
    assert!(server.get(PAGE).1.contains("after the failure"));
}

#[test]
fn retries_a_build_whose_output_could_not_be_written() {
    let site = Site::new("");
    site.write("content/a.md", text("before"));
    let server = Server::start(&site, &["--watch"]);
    let lock = site.path(&format!(".newsgen/serve-{}/.newsgen-lock", server.address.replace(':', "-")));
    fs::remove_file(&lock).expect("removed");
    fs::create_dir(&lock).expect("made");
    let page = fail(&site, &server, "cannot lock the file");
    fs::remove_dir(&lock).expect("removed");
    assert_published(&server, page);
}

#[cfg(target_os = "linux")]
#[test]
fn retries_a_build_that_could_open_no_file() {
    let site = Site::new("");
    site.write("content/a.md", text("before"));
    let mut server = Server::start(&site, &["--watch"]);
    // Who can open no file may not be able to watch a folder either.
    server.may_poll = true;
    // The page is open already: who cannot open a file cannot accept a connection.
    let mut page = server.open(PAGE);
    let limit = |files: &str| {
        let process = server.process.id().to_string();
        Command::new("prlimit").args(["--pid", &process, &format!("--nofile={files}:")]).status()
    };
    if !limit("3").is_ok_and(|status| status.success()) {
        skipped("there is no prlimit on this machine");
        return;
    }
    fs::write(site.path("content/a.md"), text("after the failure")).expect("written");
    let event = page.wait_for(|event| event.errors.contains("Too many open files"));
    assert!(!event.reload, "a page that cannot be read is not known to be another one: {event:?}");
    assert!(limit("1024").expect("started").success());
    assert_published(&server, page);
}
