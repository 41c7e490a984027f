//! `newsgen serve`: large files, ranges, and cross-site requests.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use crate::fixture::{Site, article};
use crate::serve_fixture::Server;

/// Large in comparison with the memory of a server.
const LENGTH: usize = 100 << 20;

fn site(length: usize) -> Site {
    let site = Site::new("");
    site.write("content/one.md", article("One", "2026-01-01", ""));
    site.write("static/big.bin", vec![b'x'; length]);
    site
}

/// The peak memory of a process in bytes, if the system reports it.
fn most_memory(server: &Server) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes << 10)
}

#[test]
fn serves_large_files_in_little_memory() {
    let site = site(LENGTH);
    let server = Server::start(&site, &[]);
    let before = most_memory(&server);
    let ask = |more: &str| {
        let mut stream = TcpStream::connect(&server.address).expect("connected");
        let request = format!("GET /big.bin HTTP/1.1\r\nHost: {}\r\n{more}\r\n", server.address);
        stream.write_all(request.as_bytes()).expect("asked");
        let mut answer = BufReader::new(stream);
        let mut line = String::new();
        answer.read_line(&mut line).expect("answered");
        assert!(line.starts_with("HTTP/1.1 20"), "{line}");
        answer
    };
    // The client stops reading.
    let open: Vec<_> =
        (0..16).map(|_| ask("")).chain((0..16).map(|_| ask("Range: bytes=0-0\r\n"))).collect();
    if let (Some(before), Some(after)) = (before, most_memory(&server)) {
        assert!(after - before < LENGTH / 2, "{before} bytes, then {after}");
    }
    drop(open);
}

#[test]
fn cross_site_requests_get_no_files() {
    let site = site(1000);
    let server = Server::start(&site, &[]);
    let own = format!("Origin: http://{}\n", server.address);
    for (more, status) in [
        ("Origin: http://evil.example\nRange: bytes=0-0\n", 403),
        ("Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: image\n", 403),
        ("Sec-Fetch-Site: same-site\nSec-Fetch-Mode: cors\nSec-Fetch-Dest: empty\n", 403),
        ("Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: iframe\n", 403),
        ("Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n", 200),
        ("Sec-Fetch-Site: same-origin\nRange: bytes=0-0\n", 206),
        (&*own, 200),
        ("", 200),
    ] {
        let request =
            format!("GET /big.bin HTTP/1.1\nHost: {}\nConnection: close\n{more}\n", server.address);
        let (head, body) = server.ask(&request);
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{more}: {head}");
        assert_eq!(body.contains('x'), status != 403, "{more}");
    }
}

#[test]
fn serves_ranges() {
    let site = site(0);
    site.write("static/a.txt", "0123456789");
    let server = Server::start(&site, &[]);
    for (method, range, status, shown, expected) in [
        ("GET", "bytes=2-3", 206, "bytes 2-3/10", "23"),
        ("GET", "bytes=7-", 206, "bytes 7-9/10", "789"),
        ("GET", "bytes=-2", 206, "bytes 8-9/10", "89"),
        ("GET", "bytes=-99", 206, "bytes 0-9/10", "0123456789"),
        ("GET", "bytes=0-1,4-5", 200, "", "0123456789"),
        ("GET", "bytes=10-", 416, "bytes */10", "Range not satisfiable.\n"),
        ("HEAD", "bytes=2-3", 200, "", ""),
    ] {
        let request = format!(
            "{method} /a.txt HTTP/1.1\nHost: {}\nConnection: close\nRange: {range}\n\n",
            server.address
        );
        let (head, body) = server.ask(&request);
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{method} {range}: {head}");
        assert_eq!(body, expected, "{method} {range}");
        assert_eq!(head.contains("content-range"), !shown.is_empty(), "{method} {range}: {head}");
        assert!(head.contains(shown), "{method} {range}: {head}");
        let length = if method == "HEAD" { 10 } else { body.len() };
        assert!(
            head.contains(&format!("content-length: {length}\r\n")),
            "{method} {range}: {head}"
        );
    }
}

#[test]
fn request_without_exactly_one_host_is_refused() {
    let site = site(1);
    let server = Server::start(&site, &[]);
    let own = format!("Host: {}\n", server.address);
    let foreign = "Host: evil.example\n";
    for (target, hosts, status) in [
        ("/", own.clone(), 200),
        ("/", String::new(), 400),
        ("/", format!("{own}{own}"), 400),
        ("/", format!("{own}{foreign}"), 400),
        (&*format!("http://{}/", server.address), format!("{own}{foreign}"), 400),
    ] {
        let (head, _) = server.ask(&format!("GET {target} HTTP/1.1\n{hosts}Connection: close\n\n"));
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{target} {hosts}: {head}");
    }
}
