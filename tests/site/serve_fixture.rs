//! `newsgen serve` in a process of its own, and a minimal browser.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::fixture::{Site, attribute, settle};

/// A server in a process of its own, which ends with the test.
pub(crate) struct Server {
    pub(crate) process: Child,
    pub(crate) lines: BufReader<std::process::ChildStdout>,
    pub(crate) address: String,
    /// Its standard output up to the address.
    pub(crate) begin: String,
    /// Whether it may poll, because the test keeps file events from it.
    pub(crate) may_poll: bool,
    said: PathBuf,
}

impl Server {
    /// Serves `site` at a free port, with more arguments.
    pub(crate) fn start(site: &Site, arguments: &[&str]) -> Self {
        settle();
        let mut process = Command::new(env!("CARGO_BIN_EXE_newsgen"))
            .args(["serve", "--port", "0", "--root"])
            .arg(site.root())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(fs::File::create(site.path(STDERR)).expect("file"))
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(process.stdout.take().expect("output"));
        let mut begin = String::new();
        while !begin.contains("http://") {
            assert!(lines.read_line(&mut begin).expect("line") > 0, "the server exited");
        }
        let address = begin.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.expect("address").to_owned();
        Self { process, lines, address, begin, may_poll: false, said: site.path(STDERR) }
    }

    /// Head and body of the response to a request.
    pub(crate) fn ask(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        stream.write_all(request.replace('\n', "\r\n").as_bytes()).expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head");
        (head.to_lowercase(), body.to_owned())
    }

    pub(crate) fn get(&self, path: &str) -> (String, String) {
        self.ask(&format!("GET {path} HTTP/1.1\nHost: {}\nConnection: close\n\n", self.address))
    }

    /// Opens a page and its event stream.
    pub(crate) fn open(&self, path: &str) -> OpenPage {
        let html = self.get(path).1;
        let mut page = self.listen(path, &html, "");
        let at_once = page.next_event();
        if at_once.reload {
            // A build ended between the two requests.
            return self.open(path);
        }
        page
    }

    /// The event stream of a page that was loaded as `html`, requested with more header lines.
    pub(crate) fn listen(&self, path: &str, html: &str, more: &str) -> OpenPage {
        let value = |name| attribute(html, "/.newsgen/live.js", name).expect("the script");
        let query =
            format!("path={path}&page={}&build={}", value("data-page"), value("data-build"));
        // HTTP/1.0 has no chunks.
        let request = format!(
            "GET /.newsgen/events?{query} HTTP/1.0\r\nHost: {}\r\n{more}\r\n",
            self.address
        );
        OpenPage { html: html.to_owned(), events: self.connect(&request) }
    }

    fn connect(&self, request: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        stream.set_read_timeout(Some(READ_TIMEOUT)).expect("timeout");
        stream.write_all(request.as_bytes()).expect("asked");
        BufReader::new(stream)
    }

    /// The status line of a response that may not end.
    pub(crate) fn head(&self, request: &str) -> String {
        let mut line = String::new();
        self.connect(&request.replace('\n', "\r\n")).read_line(&mut line).expect("answered");
        line.to_lowercase()
    }

    /// Its standard error.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.said).expect("read")
    }

    /// The next line of standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("line");
        line
    }
}

/// Opens the page at `path`, makes a change, and reloads the page at its events until it contains
/// `expected`.
pub(crate) fn see(server: &Server, path: &str, expected: &str, change: impl FnOnce()) {
    let mut page = server.open(path);
    assert!(!page.html.contains(expected), "{}", page.html);
    change();
    while !page.html.contains(expected) {
        page.wait_for(|event| event.reload);
        page = server.open(path);
    }
}

/// The file of a server's standard error, in the site's root.
const STDERR: &str = "server.err";

/// The longest wait for an event before a test fails.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A page in a browser.
pub(crate) struct OpenPage {
    pub(crate) html: String,
    events: BufReader<TcpStream>,
}

/// A build event.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(skip)]
    pub(crate) id: String,
    pub(crate) reload: bool,
    pub(crate) restyle: bool,
    pub(crate) errors: String,
}

impl OpenPage {
    pub(crate) fn next_event(&mut self) -> Event {
        let (mut id, mut line) = (String::new(), String::new());
        loop {
            line.clear();
            assert!(
                self.events.read_line(&mut line).expect("an event in time") > 0,
                "the stream ended"
            );
            // The server sends comments to keep the connection open.
            assert!(!line.starts_with(':'), "no event in time");
            if let Some(text) = line.strip_prefix("id: ") {
                text.trim_end().clone_into(&mut id);
            }
            if let Some(data) = line.strip_prefix("data: ") {
                let event: Event = serde_json::from_str(data).expect("an event");
                return Event { id, ..event };
            }
        }
    }

    /// Waits for an event of a kind.
    pub(crate) fn wait_for(&mut self, is_wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.next_event();
            if is_wanted(&event) {
                return event;
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let said = fs::read_to_string(&self.said).unwrap_or_default();
        if !self.may_poll && !std::thread::panicking() {
            assert!(!said.contains("polling for changes"), "{said}");
        }
    }
}
