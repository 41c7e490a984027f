//! A web server on this machine, whose resources change.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Responds to the heads of requests.
type Respond = dyn Fn(&str) -> Vec<u8> + Send + Sync;

/// A server that runs until the tests end.
pub(crate) struct WebServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl WebServer {
    /// A server that responds with what a function makes of each request.
    pub(crate) fn new(respond: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("the address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, respond): (_, Arc<Respond>) = (Arc::clone(&requests), Arc::new(respond));
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (log, respond) = (Arc::clone(&log), Arc::clone(&respond));
                thread::spawn(move || serve(stream, &log, &*respond));
            }
        });
        Self { address, requests }
    }

    /// A server with these resources, by their paths.
    pub(crate) fn with(resources: Vec<(&'static str, Vec<u8>)>) -> Self {
        Self::new(move |request| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            let found = resources.iter().find(|(known, _)| *known == path);
            found.map_or_else(|| response("404 Not Found", b""), |(_, bytes)| bytes.clone())
        })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The paths of the requests since the last call.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().expect("lock"))
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<String>>, respond: &Respond) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        request.extend(byte);
    }
    let request = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    log.lock().expect("lock").push(path);
    // The client may have left.
    let _ = stream.write_all(&respond(&request));
}

/// A response with this status and more header lines.
pub(crate) fn response(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// A page.
pub(crate) fn html(page: &str) -> Vec<u8> {
    response("200 OK\r\ncontent-type: text/html; charset=utf-8", page.as_bytes())
}

/// A feed in XML.
pub(crate) fn xml(feed: &str) -> Vec<u8> {
    response("200 OK\r\ncontent-type: application/xml", feed.as_bytes())
}
