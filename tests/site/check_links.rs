//! `newsgen check --links` against a server on this machine.

use std::process::{Command, Output};

use chrono::{DateTime, TimeDelta, Utc};
use newsgen::document::placeholder;
use serde_json::Value;

use crate::fixture::{CONFIG, Site, article, text};
use crate::web_server::{WebServer, response};

/// Where results are.
const RESULTS: &str = ".newsgen/links.json";

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
    command(site, arguments).output().expect("newsgen runs")
}

fn command(site: &Site, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsgen"));
    command.args(["check", "--links"]).args(arguments).current_dir(site.root());
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        command.env_remove(variable);
    }
    command
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
    let host = server.url("").replace("http://", "");
    let unreachable = format!("]: 3 originals at {host} could not be reached");
    assert_eq!(printed.matches(&unreachable).count(), 1, "{printed}");
    assert!(printed.contains("content/7.md:5:14"), "{printed}");
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

fn set_time_of_results(site: &Site, at: DateTime<Utc>) {
    let json = std::fs::read_to_string(site.path(RESULTS)).expect("results");
    let mut results: Value = serde_json::from_str(&json).expect("JSON");
    let links = results["links"].as_object_mut().expect("links");
    links.values_mut().for_each(|link| link["at"] = at.to_rfc3339().into());
    site.write(RESULTS, results.to_string());
}

#[test]
fn originals_are_asked_for_once_a_week() {
    let server = WebServer::with(vec![("/a", response("200 OK", b""))]);
    let site = site(&[server.url("/a")]);
    check(&site, &[]);
    assert_eq!(server.take_requests(), ["/robots.txt", "/a"]);
    let now = Utc::now();
    let date = |days| (now - TimeDelta::days(days)).format("%Y-%m-%d").to_string();
    for (days, arguments, asked) in [
        (0, &[][..], 0),
        (6, &[], 0),
        (8, &[], 1),
        (3, &["--since", &*date(5)], 0),
        (3, &["--since", &*date(1)], 1),
        // The time of a build is not that of the servers, and results from the future are none.
        (0, &["--at", "2020-01-01T00:00:00Z"], 0),
        (0, &["--at", "2099-01-01T00:00:00Z"], 0),
        (-2, &[], 1),
    ] {
        set_time_of_results(&site, now - TimeDelta::days(days));
        check(&site, arguments);
        assert_eq!(server.take_requests().len(), asked, "{days} {arguments:?}");
    }
}

#[test]
fn server_without_head_is_asked_by_get() {
    for status in ["405 Method Not Allowed", "404 Not Found", "410 Gone", "500 Error", "400 Bad"] {
        let server = WebServer::new(move |request| {
            if request.contains(" /robots.txt ") {
                return response("404 Not Found", b"");
            }
            let status = if request.starts_with("head ") { status } else { "200 OK" };
            response(status, &vec![b'x'; newsgen::net::MAX_BODY + 1])
        });
        let printed = check(&site(&[server.url("/a")]), &[]);
        assert!(
            !printed.contains("could not be reached") && !printed.contains("is gone"),
            "{status}: {printed}"
        );
        assert_eq!(server.take_requests().len(), 3);
    }
}

#[test]
fn placeholder_of_an_original_is_not_asked_for() {
    let site = site(&[placeholder::ORIGINAL_URL.to_owned()]);
    let printed = check(&site, &[]);
    assert!(printed.contains("0 originals: 0 asked, 0 known\n"), "{printed}");
}

#[test]
fn results_that_cannot_be_written_are_shown() {
    let server = WebServer::with(Vec::new());
    let site = site(&[server.url("/gone")]);
    std::fs::create_dir_all(site.path(RESULTS)).expect("a folder");
    let printed = check(&site, &[]);
    assert!(printed.contains("]: the original is gone"), "{printed}");
    assert!(printed.contains("1 original: 1 asked, 0 known\n"), "{printed}");
    assert!(printed.contains("links.json"), "{printed}");
}

#[cfg(target_os = "linux")]
#[test]
fn network_that_cannot_be_used_fails_the_check() {
    let site = site(&["https://www.provider.example/a".to_owned()]);
    let mut command = command(&site, &[]);
    let output = command
        .env("SSL_CERT_FILE", site.path("none.pem"))
        .env_remove("SSL_CERT_DIR")
        .output()
        .expect("newsgen runs");
    let printed = text(&output.stderr);
    assert!(printed.contains("error[E0137]"), "{printed}");
    assert_eq!(output.status.code(), Some(1), "{printed}");
}

#[test]
fn host_that_does_not_respond_is_asked_once() {
    let broken = WebServer::new(|_| Vec::new());
    let limited = WebServer::new(|_| response("429 Too Many Requests\r\nretry-after: 60", b""));
    let site = site(&[broken.url("/a"), broken.url("/b"), limited.url("/a"), limited.url("/b")]);
    let printed = check(&site, &[]);
    assert_eq!(printed.matches("]: 2 originals at ").count(), 2, "{printed}");
    assert_eq!(printed.matches(" could not be reached").count(), 2, "{printed}");
    assert_eq!((broken.take_requests().len(), limited.take_requests().len()), (1, 1));
    check(&site, &[]);
    assert_eq!((broken.take_requests().len(), limited.take_requests().len()), (1, 0));
}

#[test]
fn originals_are_asked_for_if_robots_txt_allows_it() {
    let rules = b"User-agent: *\nDisallow: /private\nDisallow: /hidden\n";
    let server = WebServer::with(vec![
        ("/robots.txt", response("200 OK", rules)),
        ("/a", response("200 OK", b"")),
        ("/moved", response("301 Moved\r\nlocation: /hidden", b"")),
    ]);
    let paths = ["/a", "/b", "/private/1", "/private/2", "/moved"];
    let site = site(&paths.map(|path| server.url(path)));
    let printed = check(&site, &[]);
    assert!(printed.contains("5 originals: 2 asked, 0 known\n"), "{printed}");
    let unchecked =
        "3 originals not checked: robots.txt does not allow it, or cannot be read, at 127.0.0.1:";
    assert!(printed.contains(unchecked), "{printed}");
    assert!(!printed.contains("could not be reached"), "{printed}");
    assert_eq!(printed.matches("]: the original ").count(), 1, "{printed}");
    let requests = server.take_requests();
    assert_eq!(requests, ["/robots.txt", "/a", "/b", "/b", "/moved"]);
}

#[test]
fn redirected_originals_count_for_the_host_that_refuses() {
    let rules = b"User-agent: *\nDisallow: /\n";
    let closed = WebServer::with(vec![("/robots.txt", response("200 OK", rules))]);
    let to_closed = response(&format!("302 Found\r\nlocation: {}", closed.url("/b")), b"");
    let open = WebServer::with(vec![("/a", to_closed)]);
    let printed = check(&site(&[open.url("/a")]), &[]);
    let host = closed.url("").replace("http://", "");
    let unchecked = format!(
        "1 original not checked: robots.txt does not allow it, or cannot be read, at {host}\n"
    );
    assert!(printed.contains(&unchecked), "{printed}");
}

#[test]
fn result_of_a_document_with_errors_is_kept() {
    let server = WebServer::with(vec![("/a", response("200 OK", b""))]);
    let site = site(&[server.url("/a"), server.url("/missing")]);
    check(&site, &[]);
    server.take_requests();
    let document = std::fs::read_to_string(site.path("content/0.md")).expect("document");
    site.write("content/0.md", document.replace("title: A0", "title: A: 0"));
    let printed = text(&run(&site, &[]).stderr);
    assert!(printed.contains("1 original: 0 asked, 1 known\n"), "{printed}");
    site.write("content/0.md", document);
    assert!(check(&site, &[]).contains("2 originals: 0 asked, 2 known\n"));
    assert!(server.take_requests().is_empty());
}

#[test]
fn robots_txt_is_asked_for_once_a_day_unless_it_failed() {
    for (robots, hours, is_asked) in [
        ("200 OK", 23, false),
        ("404 Not Found", 23, false),
        ("200 OK", 25, true),
        ("200 OK", -1, true),
        ("500 Internal Server Error", 0, true),
    ] {
        let server = WebServer::with(vec![("/robots.txt", response(robots, b""))]);
        let site = site(&[server.url("/a"), server.url("/b")]);
        check(&site, &[]);
        let count =
            |requests: Vec<String>| requests.iter().filter(|path| *path == "/robots.txt").count();
        assert_eq!(count(server.take_requests()), 1, "{robots}");
        let json = std::fs::read_to_string(site.path(RESULTS)).expect("results");
        let mut results: Value = serde_json::from_str(&json).expect("JSON");
        let at = (Utc::now() - TimeDelta::hours(hours)).to_rfc3339();
        let known = results["hosts"]["robots"].as_object_mut().expect("hosts");
        known.values_mut().for_each(|robots| robots["at"] = at.as_str().into());
        results["links"] = serde_json::json!({});
        site.write(RESULTS, results.to_string());
        check(&site, &[]);
        assert_eq!(count(server.take_requests()), usize::from(is_asked), "{robots} {hours}");
    }
}

#[test]
fn unreachable_host_is_reported_once_with_all_documents() {
    let broken = WebServer::new(|_| Vec::new());
    let urls: Vec<String> = (0..6).map(|index| broken.url(&format!("/{index}"))).collect();
    let site = site(&urls);
    let printed = check(&site, &[]);
    assert_eq!(printed.matches("could not be reached").count(), 1, "{printed}");
    assert!(printed.contains("6 originals") && printed.contains("and 2 more places"), "{printed}");
    let json = text(&run(&site, &["--format", "json"]).stdout);
    let sarif = text(&run(&site, &["--format", "sarif"]).stdout);
    for index in 0..6 {
        let file = format!("content/{index}.md");
        assert!(json.contains(&file) && sarif.contains(&file), "{file}: {json}");
    }
    let found: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(found["warnings"], 1, "{json}");
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
