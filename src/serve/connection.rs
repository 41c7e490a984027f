//! HTTP connections, with limits on number, memory and time.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Semaphore;
use tokio::time::{Sleep, sleep};

use super::live_reload::EVENTS;
use super::response::{HttpResponse, plain};
use super::site::ServedSite;
use super::{access, event_stream, http};

/// The maximum number of simultaneous connections. Others wait until one of them ends.
const MAX_CONNECTIONS: usize = 128;

/// The time limit for a request's head.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum size of a request's head and of the write buffer, in bytes.
const MAX_HEADER_BYTES: usize = 64 << 10;

/// The time after which a response that the client does not read is given up.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// Accepts connections and serves each in a task of its own.
pub(super) async fn accept(mut listener: impl Listener, site: Arc<ServedSite>) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
        let (stream, _) = listener.accept().await;
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            serve_connection(stream, site).await;
            drop(permit);
        });
    }
}

/// Responds to the requests of a connection until it ends.
async fn serve_connection(stream: impl AsyncRead + AsyncWrite + Unpin, site: Arc<ServedSite>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let response = respond(Arc::clone(&site), request.into_parts().0);
        async { Ok::<_, Infallible>(response.await) }
    });
    let stream = TokioIo::new(TimeoutStream { stream, deadline: None });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEADER_BYTES);
    // Errors of the client or the connection concern nobody else.
    let _ = http.serve_connection(stream, service).await;
}

async fn respond(site: Arc<ServedSite>, request: Parts) -> HttpResponse {
    // The connection reads more than its limit at once.
    if header_length(&request) > MAX_HEADER_BYTES {
        return plain(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "The request header is too long.\n",
        );
    }
    if let Some(live_reload) = site.live_reload.as_ref().filter(|_| request.uri.path() == EVENTS)
        && access::refusal(&site, &request).is_none()
    {
        return event_stream::respond(Arc::clone(&site), Arc::clone(live_reload), &request);
    }
    http::respond(site, &request).await
}

/// Length of a request's head in bytes.
fn header_length(request: &Parts) -> usize {
    let Parts { method, uri, headers, .. } = request;
    let line = format!("{method} {uri} HTTP/1.1\r\n").len();
    let fields =
        headers.iter().map(|(name, value)| name.as_str().len() + ": \r\n".len() + value.len());
    line + fields.sum::<usize>() + "\r\n".len()
}

/// A stream whose writes fail if the client reads nothing for a while.
struct TimeoutStream<S> {
    stream: S,
    /// Set while a write is pending.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<S: Unpin> TimeoutStream<S> {
    fn in_time<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.deadline = None;
            return written;
        }
        ready!(
            self.deadline.get_or_insert_with(|| Box::pin(sleep(WRITE_TIMEOUT))).as_mut().poll(cx)
        );
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimeoutStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimeoutStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.in_time(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.in_time(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.in_time(flushed, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.in_time(ended, cx)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes the folder that it looks at")]
mod tests {
    use std::fs;

    use tempfile::TempDir;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
    use tokio::time::{Instant, timeout};

    use super::*;
    use crate::serve::site::SiteRoot;

    /// Longer than any time limit. The paused clock advances at once.
    const LONG: Duration = Duration::from_secs(3600);

    const REQUEST: &[u8] = b"GET /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /// A site with a file of this length.
    fn site(length: usize) -> (TempDir, Arc<ServedSite>) {
        let folder = TempDir::new().expect("folder");
        fs::write(folder.path().join("a.txt"), vec![b'x'; length]).expect("file");
        let site = ServedSite {
            folder: folder.path().to_owned(),
            root: SiteRoot::new("/"),
            name: None,
            live_reload: None,
        };
        (folder, Arc::new(site))
    }

    fn run<T>(task: impl Future<Output = T>) -> T {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().start_paused(true).build().expect("runtime").block_on(task)
    }

    /// The browser's end of a new connection.
    fn connect(site: &Arc<ServedSite>) -> DuplexStream {
        let (browser, server) = duplex(1 << 10);
        tokio::spawn(serve_connection(server, Arc::clone(site)));
        browser
    }

    /// Everything that the server sends until it closes the connection.
    async fn rest(browser: &mut DuplexStream) -> String {
        let mut response = Vec::new();
        let read = timeout(LONG, browser.read_to_end(&mut response)).await;
        read.expect("the connection ends").expect("read");
        String::from_utf8(response).expect("text")
    }

    #[test]
    fn request_head_has_a_time_limit() {
        let (_folder, site) = site(1);
        run(async {
            let (begin, mut silent) = (Instant::now(), connect(&site));
            rest(&mut silent).await;
            assert_eq!(begin.elapsed().as_secs(), HEADER_TIMEOUT.as_secs(), "nothing is sent");
            let (begin, mut slow) = (Instant::now(), connect(&site));
            for byte in REQUEST {
                if slow.write_all(&[*byte]).await.is_err() {
                    break;
                }
                sleep(Duration::from_secs(1)).await;
            }
            rest(&mut slow).await;
            assert!(begin.elapsed() < HEADER_TIMEOUT * 2, "a byte is sent now and then");
            let (begin, mut idle) = (Instant::now(), connect(&site));
            idle.write_all(REQUEST).await.expect("asked");
            assert!(rest(&mut idle).await.ends_with("\r\n\r\nx"));
            assert_eq!(begin.elapsed().as_secs(), HEADER_TIMEOUT.as_secs(), "no request follows");
        });
    }

    #[test]
    fn request_head_has_a_size_limit() {
        let (_folder, site) = site(1);
        let head = |path: &str, length: usize| {
            let begin =
                format!("GET /{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: ");
            format!("{begin}{}\r\n\r\n", "x".repeat(length - begin.len() - 4))
        };
        for (path, length, status) in [
            ("a.txt", 2 * MAX_HEADER_BYTES, 431),
            ("a.txt", MAX_HEADER_BYTES + (MAX_HEADER_BYTES >> 1), 431),
            ("a.txt", MAX_HEADER_BYTES + 1, 431),
            ("a.txt", MAX_HEADER_BYTES, 200),
            (&"?".repeat(MAX_HEADER_BYTES >> 1), MAX_HEADER_BYTES + 1, 431),
        ] {
            for at_once in [1 << 10, 1 << 20] {
                run(async {
                    let (mut browser, server) = duplex(at_once);
                    tokio::spawn(serve_connection(server, Arc::clone(&site)));
                    let _ = browser.write_all(head(path, length).as_bytes()).await;
                    let answer = rest(&mut browser).await;
                    let expected = format!("HTTP/1.1 {status}");
                    assert!(
                        answer.starts_with(&expected),
                        "{length} bytes, {at_once} at once: {answer}"
                    );
                });
            }
        }
    }

    #[test]
    fn unread_responses_time_out() {
        let (_folder, site) = site(1 << 20);
        run(async {
            let (browser, server) = duplex(1 << 10);
            let answering = tokio::spawn(serve_connection(server, Arc::clone(&site)));
            let mut browser = browser;
            browser.write_all(REQUEST).await.expect("asked");
            let begin = Instant::now();
            timeout(LONG, answering).await.expect("it ends").expect("no panic");
            assert_eq!(begin.elapsed().as_secs(), WRITE_TIMEOUT.as_secs());
        });
    }

    #[test]
    fn slow_clients_get_whole_responses() {
        let (_folder, site) = site(10 << 10);
        run(async {
            let mut browser = connect(&site);
            browser.write_all(REQUEST).await.expect("asked");
            let (mut taken, mut some) = (0, [0; 1 << 10]);
            while taken < 10 << 10 {
                sleep(WRITE_TIMEOUT / 2).await;
                let count = browser.read(&mut some).await.expect("read");
                assert!(count > 0, "the response ended after {taken} bytes");
                taken += count;
            }
        });
    }

    /// Accepts the connections of browsers.
    struct Browsers(UnboundedReceiver<DuplexStream>);

    impl Listener for Browsers {
        type Io = DuplexStream;
        type Addr = ();

        async fn accept(&mut self) -> (DuplexStream, ()) {
            match self.0.recv().await {
                Some(stream) => (stream, ()),
                None => std::future::pending().await,
            }
        }

        fn local_addr(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn connections_are_limited() {
        let (_folder, site) = site(1);
        run(async {
            let (sender, receiver) = unbounded_channel();
            tokio::spawn(accept(Browsers(receiver), site));
            let connect = || {
                let (browser, server) = duplex(1 << 10);
                sender.send(server).expect("sent");
                browser
            };
            let silent: Vec<DuplexStream> = (0..MAX_CONNECTIONS).map(|_| connect()).collect();
            let (begin, mut late) = (Instant::now(), connect());
            late.write_all(REQUEST).await.expect("asked");
            let mut response = [0; 12];
            timeout(LONG, late.read_exact(&mut response)).await.expect("answered").expect("read");
            assert_eq!(&response, b"HTTP/1.1 200");
            assert_eq!(
                begin.elapsed().as_secs(),
                HEADER_TIMEOUT.as_secs(),
                "when the silent ones have ended"
            );
            drop(silent);
        });
    }
}
