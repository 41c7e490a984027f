//! `newsgen check --links` against a server on this machine.

use std::process::{Command, Output};

use crate::fixture::{CONFIG, Site, article, text};
use crate::web_server::{WebServer, response};

/// A site with an article about each of these addresses.
fn site(urls: &[String]) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}[net]\nallow_private = true\n"));
    for (index, url) in urls.iter().enumerate() {
        let article = article(&format!("A{index}"), "2026-01-02", "");
        let own = format!("https://www.provider.example/a{index}");
        site.write(&format!("content/{index}.md"), article.replace(&own, url));
    }
    site
}

fn run(site: &Site, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsgen"));
    command.args(["check", "--links"]).args(arguments).current_dir(site.root());
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        command.env_remove(variable);
    }
    command.output().expect("newsgen runs")
}

/// What a check prints.
fn check(site: &Site, arguments: &[&str]) -> String {
    let output = run(site, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stderr)
}

#[test]
fn originals_that_are_gone_or_moved_are_warnings() {
    let resources = [
        ("/fine", "200 OK"),
        ("/gone", "410 Gone"),
        ("/found", "302 Found\r\nlocation: /fine"),
        ("/moved", "301 Moved\r\nlocation: /hop"),
        ("/hop", "308 Moved\r\nlocation: /new?id=1"),
        ("/new?id=1", "200 OK"),
        ("/slash", "301 Moved\r\nlocation: /slash/"),
        ("/slash/", "200 OK"),
        ("/front", "301 Moved\r\nlocation: /"),
        ("/", "200 OK"),
        ("/forbidden", "403 Forbidden"),
        ("/error", "500 Internal Server Error"),
        ("/again", "301 Moved\r\nlocation: /again"),
    ];
    let heads = resources.map(|(path, head)| (path, response(head, b"")));
    let server = WebServer::with(heads.into());
    let names = [
        "/fine",
        "/gone",
        "/none",
        "/found",
        "/moved",
        "/slash",
        "/front",
        "/forbidden",
        "/error",
        "/again",
    ];
    let site = site(&names.map(|path| server.url(path)));
    let printed = check(&site, &[]);
    for (file, message, help) in [
        ("1", "the original is gone: its server responds with status 410", "`--archived`"),
        ("2", "the original is gone: its server responds with status 404", "`--archived`"),
        (
            "4",
            "the original has moved for good",
            &*format!("write `webUrl: \"{}\"`", server.url("/new?id=1")),
        ),
        ("6", "the original is gone: its address leads to the front page now", "`--archived`"),
    ] {
        let mut warnings = printed.split("warning[");
        let warning = warnings.find(|found| found.contains(&format!("content/{file}.md:5:14")));
        let warning = warning.unwrap_or_else(|| panic!("{file}: {printed}"));
        assert!(warning.contains(message) && warning.contains(help), "{file}: {warning}");
    }
    assert_eq!(printed.matches("]: the original ").count(), 4, "{printed}");
    assert!(printed.contains("10 originals: 10 asked, 0 known\n"), "{printed}");
    assert!(printed.contains("3 originals could not be reached, at 127.0.0.1:"), "{printed}");
    assert_eq!(server.take_requests().iter().filter(|path| *path == "/forbidden").count(), 2);

    // What could not be reached is asked for again.
    let printed = check(&site, &["--archived"]);
    assert!(printed.contains("10 originals: 3 asked, 7 known\n"), "{printed}");
    let copy =
        format!("`webUrl: \"https://web.archive.org/web/20260102/{}\"`", server.url("/gone"));
    assert!(printed.contains(&copy), "{printed}");
    let requests = server.take_requests();
    assert!(
        requests.iter().all(|path| ["/forbidden", "/error", "/again"].contains(&&**path)),
        "{requests:?}"
    );
}

#[test]
fn originals_are_asked_for_once_a_week() {
    let server = WebServer::with(vec![("/a", response("200 OK", b""))]);
    let site = site(&[server.url("/a")]);
    for (at, since, asked) in [
        ("2026-06-01T12:00:00Z", None, 1),
        ("2026-06-08T12:00:00Z", None, 0),
        ("2026-06-08T12:00:00Z", Some("2026-06-01"), 0),
        ("2026-06-08T12:00:00Z", Some("2026-06-02"), 1),
        ("2026-06-15T12:00:01Z", None, 1),
    ] {
        let since = since.map(|since| ["--since", since]);
        let arguments = since.iter().flatten().copied().chain(["--at", at]);
        check(&site, &arguments.collect::<Vec<_>>());
        assert_eq!(server.take_requests().len(), asked, "{at} {since:?}");
    }
}

#[test]
fn server_without_head_is_asked_by_get() {
    let server = WebServer::new(|request| {
        let status = if request.starts_with("head ") { "405 Method Not Allowed" } else { "200 OK" };
        response(status, &vec![b'x'; newsgen::net::MAX_BODY + 1])
    });
    let printed = check(&site(&[server.url("/a")]), &[]);
    assert!(!printed.contains("could not be reached") && !printed.contains("is gone"), "{printed}");
    assert_eq!(server.take_requests().len(), 2);
}

#[test]
fn host_that_does_not_respond_is_asked_once() {
    let broken = WebServer::new(|_| Vec::new());
    let limited = WebServer::new(|_| response("429 Too Many Requests\r\nretry-after: 60", b""));
    let site = site(&[broken.url("/a"), broken.url("/b"), limited.url("/a"), limited.url("/b")]);
    let printed = check(&site, &[]);
    assert!(printed.contains("4 originals could not be reached"), "{printed}");
    assert_eq!((broken.take_requests().len(), limited.take_requests().len()), (1, 1));
    check(&site, &[]);
    assert_eq!((broken.take_requests().len(), limited.take_requests().len()), (1, 0));
}

#[test]
fn check_without_links_makes_no_request() {
    let server = WebServer::with(Vec::new());
    let site = site(&[server.url("/a")]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsgen"));
    let output = command.arg("check").current_dir(site.root()).output().expect("newsgen runs");
    assert!(output.status.success() && server.take_requests().is_empty());
    let output = command.args(["--since", "2026-01-01"]).output().expect("newsgen runs");
    assert_eq!(output.status.code(), Some(2));
}
