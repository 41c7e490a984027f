//! `newsgen serve --watch` retries builds after errors of the machine, whose end causes no event.

use std::fs;

use crate::fixture::{Site, article};
use crate::serve_fixture::Server;

const PAGE: &str = "/news/2026/01/a/";

fn text(body: &str) -> String {
    format!("{}\n{body}\n", article("A", "2026-01-01", "articlePages: self\n"))
}

/// Edits the article while the machine fails, and waits until the page shows an error that contains
/// `expected`.
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
fn serve_retries_build_after_output_error() {
    let site = Site::new("");
    site.write("content/a.md", text("before"));
    let server = Server::start(&site, &["--watch"]);
    let lock =
        site.path(&format!(".newsgen/serve-{}/.newsgen-lock", server.address.replace(':', "-")));
    fs::remove_file(&lock).expect("removed");
    fs::create_dir(&lock).expect("made");
    let page = fail(&site, &server, "cannot lock the file");
    fs::remove_dir(&lock).expect("removed");
    assert_published(&server, page);
}
