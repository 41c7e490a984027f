//! `newsgen serve --watch` with programs that not every machine has.

use std::fs;
use std::process::Command;

use crate::Missing;
use crate::fixture::{Site, article};
use crate::serve_fixture::{Server, see};

const PAGE: &str = "/news/2026/01/a/";

fn site() -> Site {
    let site = Site::new("");
    site.write("content/a.md", document("before"));
    site
}

fn document(body: &str) -> String {
    format!("{}\n{body}\n", article("A", "2026-01-01", "articlePages: self\n"))
}

pub(crate) fn watch_sees_rsync() -> Result<(), Missing> {
    let rsync = |arguments: &[&str]| Command::new("rsync").args(arguments).output();
    rsync(&["--version"]).map_err(|_| Missing::Tool("rsync"))?;
    let (site, source) = (site(), tempfile::tempdir().expect("folder"));
    site.write("content/b.md", article("B", "2026-01-02", ""));
    fs::write(source.path().join("a.md"), document("by rsync")).expect("written");
    let server = Server::start(&site, &["--watch"]);
    see(&server, PAGE, "by rsync", || {
        let (from, to) = (format!("{}/", source.path().display()), site.path("content"));
        let output =
            rsync(&["-a", "--delete", &from, to.to_str().expect("path")]).expect("rsync runs");
        assert!(output.status.success(), "{output:?}");
    });
    assert!(server.get("/news/2026/01/b/").0.starts_with("http/1.1 404"));
    Ok(())
}

pub(crate) fn retries_a_build_that_could_open_no_file() -> Result<(), Missing> {
    let site = site();
    let mut server = Server::start(&site, &["--watch"]);
    // Who can open no file may not be able to watch a folder either.
    server.may_poll = true;
    // The page is open already: who cannot open a file cannot accept a connection.
    let mut page = server.open(PAGE);
    let limit = |files: &str| {
        let process = server.process.id().to_string();
        Command::new("prlimit").args(["--pid", &process, &format!("--nofile={files}:")]).status()
    };
    assert!(limit("3").map_err(|_| Missing::Tool("prlimit"))?.success());
    fs::write(site.path("content/a.md"), document("after the failure")).expect("written");
    let event = page.wait_for(|event| event.errors.contains("Too many open files"));
    assert!(!event.reload, "a page that cannot be read is not known to be another one: {event:?}");
    assert!(limit("1024").expect("started").success());
    page.wait_for(|event| event.errors.is_empty() && event.reload);
    assert!(server.get(PAGE).1.contains("after the failure"));
    Ok(())
}
