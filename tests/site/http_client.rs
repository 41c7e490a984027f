//! The client against a server on this machine.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use newsgen::http_url::HttpUrl;
use newsgen::net::{Client, ClientOptions, FetchError, MAX_BODY, Response, Validators};

/// Answers each connection with the next of these bytes, and passes on what was requested.
fn server(responses: Vec<Vec<u8>>) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the address");
    let (requests, received) = channel();
    thread::spawn(move || {
        for response in responses {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n")
                && stream.read(&mut byte).is_ok_and(|count| count == 1)
            {
                request.extend(byte);
            }
            // The test may have ended.
            let _ = requests.send(String::from_utf8_lossy(&request).into_owned());
            let _ = stream.write_all(&response);
        }
    });
    (address, received)
}

fn response(head: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn get(url: &str, allow_private: bool, known: &Validators) -> Result<Response, FetchError> {
    let options =
        ClientOptions { user_agent: "newsgen (+https://news.example/)".to_owned(), allow_private };
    let client = Client::new(&options)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let url = HttpUrl::parse(url).expect("a URL");
    runtime.block_on(client.get(&url, "text/html", known))
}

#[test]
fn request_names_the_site_and_is_conditional() {
    let (address, requests) = server(vec![response("304 Not Modified\r\netag: \"2\"", b"")]);
    let known = Validators {
        etag: Some("\"1\"".to_owned()),
        last_modified: Some("Fri, 20 Nov 2026 12:30:00 GMT".to_owned()),
    };
    let response = get(&format!("http://{address}/feed"), true, &known).expect("a response");
    assert_eq!((response.status, response.validators.etag.as_deref()), (304, Some("\"2\"")));
    let request = requests.recv().expect("the request").to_ascii_lowercase();
    for header in [
        "get /feed http/1.1",
        "user-agent: newsgen (+https://news.example/)",
        "accept: text/html",
        "if-none-match: \"1\"",
        "if-modified-since: fri, 20 nov 2026 12:30:00 gmt",
        "accept-encoding:",
    ] {
        assert!(request.contains(header), "{header}: {request}");
    }
    assert!(!request.contains("cookie") && !request.contains("referer"), "{request}");
}

#[test]
fn redirects_are_followed_up_to_a_limit() {
    let (end, _) = server(vec![response("200 OK\r\ncontent-type: text/html", b"done")]);
    let (start, _) = server(vec![response(&format!("301 Moved\r\nlocation: http://{end}/b"), b"")]);
    let found =
        get(&format!("http://{start}/a"), true, &Validators::default()).expect("a response");
    assert_eq!(found.url.as_str(), format!("http://{end}/b"));
    assert_eq!(
        (found.body.as_slice(), found.content_type.as_deref()),
        (&b"done"[..], Some("text/html"))
    );

    let again = response("302 Found\r\nlocation: /again", b"");
    let (circle, _) = server(vec![again; 20]);
    let error =
        get(&format!("http://{circle}/"), true, &Validators::default()).expect_err("a circle");
    assert_eq!(error, FetchError::TooManyRedirects);
}

#[test]
fn redirects_lead_to_web_addresses_only() {
    for location in
        ["file:///etc/passwd", "ftp://files.example/", "http://user:secret@news.example/"]
    {
        let (address, _) =
            server(vec![response(&format!("302 Found\r\nlocation: {location}"), b"")]);
        // A location that cannot be requested is no redirect, and the response has no body.
        match get(&format!("http://{address}/"), true, &Validators::default()) {
            Ok(response) => {
                assert_eq!((response.status, response.body.len()), (302, 0), "{location}");
            }
            Err(error) => {
                assert!(matches!(error, FetchError::Redirect(_)), "{location}: {error:?}");
            }
        }
    }
}

#[test]
fn private_addresses_are_refused() {
    let (address, requests) = server(vec![response("200 OK", b"secret")]);
    for url in [format!("http://{address}/"), format!("http://localhost:{}/", address.port())] {
        let error = get(&url, false, &Validators::default()).expect_err("a private address");
        assert!(matches!(error, FetchError::PrivateAddress(_)), "{url}: {error:?}");
    }
    assert!(requests.try_recv().is_err(), "nothing was requested");
}

#[test]
fn body_is_bounded_and_decompressed() {
    let long = response("200 OK", &vec![b'x'; MAX_BODY + 1]);
    let (address, _) = server(vec![long]);
    let error =
        get(&format!("http://{address}/"), true, &Validators::default()).expect_err("too long");
    assert_eq!(error, FetchError::TooLarge);

    // `gzip` of ten million zeros is about ten thousand bytes.
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![0; 2 * MAX_BODY]).expect("memory");
    let bomb = response("200 OK\r\ncontent-encoding: gzip", &bomb.finish().expect("memory"));
    let (address, _) = server(vec![bomb]);
    let error =
        get(&format!("http://{address}/"), true, &Validators::default()).expect_err("too long");
    assert_eq!(error, FetchError::TooLarge);
}

#[test]
fn broken_connections_are_errors_with_a_reason() {
    let (address, _) = server(vec![b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec()]);
    let error =
        get(&format!("http://{address}/"), true, &Validators::default()).expect_err("half a body");
    assert!(matches!(error, FetchError::Interrupted(_)), "{error:?}");

    let closed = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port");
    let error =
        get(&format!("http://{closed}/"), true, &Validators::default()).expect_err("no server");
    assert!(error.to_string().contains("refused"), "{error}");
}
