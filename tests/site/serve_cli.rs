//! `newsgen serve` over real connections.

use std::io::Read;
use std::net::TcpStream;
use std::process::Command;

use crate::fixture::{CONFIG, Site, article};
use crate::serve_fixture::Server;

fn site() -> Site {
    let site = Site::new("=== static/robots.txt\nUser-agent: *\n");
    site.write("site.toml", CONFIG.replace("test.example/", "test.example/path/"));
    site.write("content/one.md", article("One", "2026-01-01", "articlePages: self\n"));
    site
}

#[test]
fn serve_does_not_touch_the_output_folder() {
    let site = site();
    let server = Server::start(&site, &[]);
    let (head, body) = server.get("/path/news/2026/01/one/");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(body.contains(&format!("http://{}/path/news/2026/01/one/", server.address)), "{body}");
    assert!(!site.path("public").exists());
    let (head, body) = server.get("/path/missing/");
    assert!(head.starts_with("http/1.1 404") && body.contains("<h1"), "{head}\n{body}");
    let (head, _) = server.get("/path/news/2026/01/one");
    assert!(head.contains("location: /path/news/2026/01/one/"), "{head}");
}

/// A link that lacks the path breaks in the preview, as it will when the site is published.
#[test]
fn serves_below_the_path_of_base_url() {
    let site = site();
    let server = Server::start(&site, &[]);
    assert!(server.begin.contains(&format!("http://{}/path/ until", server.address)));
    let (head, _) = server.get("/");
    assert!(head.contains("location: /path/\r\n"), "{head}");
    for path in ["/robots.txt", "/news/2026/01/one/", "/missing"] {
        let (head, body) = server.get(path);
        assert!(head.starts_with("http/1.1 404"), "{path}: {head}");
        assert!(body.contains("href=\"/path/theme/style.css\""), "{path}: {body}");
    }
}

#[test]
fn head_request_has_content_length() {
    let site = site();
    let server = Server::start(&site, &[]);
    let request =
        format!("HEAD /path/robots.txt HTTP/1.1\nHost: {}\nConnection: close\n\n", server.address);
    let (head, body) = server.ask(&request);
    assert!(head.starts_with("http/1.1 200") && head.contains("content-length: 14"), "{head}");
    assert!(body.is_empty(), "{body}");
}

#[test]
fn serve_rejects_foreign_hosts_and_traversal() {
    let site = site();
    let server = Server::start(&site, &[]);
    let (head, _) = server.ask("GET / HTTP/1.1\nHost: evil.example\nConnection: close\n\n");
    assert!(head.starts_with("http/1.1 421"), "{head}");
    for path in
        ["/../site.toml", "/..%2f..%2fsite.toml", "/%2e%2e/%2e%2e/site.toml", "/.newsgen-files"]
    {
        let path = &format!("/path{path}");
        let (head, body) = server.get(path);
        assert!(head.starts_with("http/1.1 404") && !body.contains("base_url"), "{path}: {head}");
    }
}

#[test]
fn serve_uses_the_next_free_port() {
    let site = site();
    let first = Server::start(&site, &[]);
    let port = first.address.rsplit(':').next().expect("port");
    let (listener, address) =
        newsgen::serve::listen("127.0.0.1", port.parse().expect("number")).expect("free");
    assert_ne!(address.port().to_string(), port);
    drop(listener);
}

#[test]
fn serve_needs_a_site_without_errors() {
    let site = Site::new("=== content/a.md\nno front matter\n");
    let output = Command::new(env!("CARGO_BIN_EXE_newsgen"))
        .args(["serve", "--port", "0", "--root"])
        .arg(site.root())
        .output()
        .expect("ran");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("content/a.md"));
}

/// Runs the command where no thread can be started, since its stack would be too large.
#[cfg(unix)]
fn without_threads(site: &Site, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new("timeout");
    command.arg("20").arg(env!("CARGO_BIN_EXE_newsgen")).args(arguments).current_dir(site.root());
    let output = command.env("RUST_MIN_STACK", (1_u64 << 46).to_string()).output().expect("ran");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[cfg(unix)]
#[test]
fn missing_threads_are_an_error() {
    let site = site();
    let target = url::Url::from_file_path(site.path("target")).expect("address");
    site.write("site.toml", format!("{CONFIG}[deploy.disk]\nurl = \"{target}\"\n"));
    assert_eq!(without_threads(&site, &["build", "-q"]).0, Some(0));
    let serve = ["serve", "--port", "0"];
    for arguments in [
        &serve[..],
        &[&serve[..], &["--watch"]].concat(),
        &[&serve[..], &["--poll", "1"]].concat(),
        &["deploy"],
        &["build", "--jobs", "2"],
    ] {
        let (status, said) = without_threads(&site, arguments);
        assert_eq!(status, Some(1), "{arguments:?}: {said}");
        assert!(said.contains(": cannot "), "{arguments:?}: {said}");
        assert!(!said.contains("mistake of its own"), "{arguments:?}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn serve_stops_on_interrupt() {
    let site = site();
    let mut server = Server::start(&site, &[]);
    let _waiting = TcpStream::connect(&server.address).expect("connected");
    let id = server.process.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("sent").success());
    let mut rest = String::new();
    server.lines.read_to_string(&mut rest).expect("the output ends with the process");
    assert!(server.process.wait().expect("ended").success());
}

#[test]
fn serve_does_not_block_builds() {
    let site = site();
    let _server = Server::start(&site, &["--watch"]);
    let output = Command::new(env!("CARGO_BIN_EXE_newsgen"))
        .args(["build", "--root"])
        .arg(site.root())
        .output()
        .expect("ran");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !said.contains("waiting"), "{said}");
}

#[test]
fn serve_on_all_interfaces_prints_localhost() {
    let site = site();
    let server = Server::start(&site, &["--host", "0.0.0.0"]);
    assert!(server.address.starts_with("localhost:"), "{}", server.address);
    assert!(server.get("/path/").1.contains(&format!("http://{}/path/", server.address)));
}
