//! A published folder as a browser on this machine sees it.
//!
//! The server reads and never writes. What it refuses, it refuses because others than the editor could ask: pages of other
//! sites, by names that lead here (DNS rebinding), and anybody, for files outside the folder.

mod answer;
mod bell;
mod connection;
mod live;
mod watch;

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;
use futures_util::future::poll_immediate;

use crate::diagnostic::{Diagnostic, Place};
use live::EVENTS;

pub use live::{Live, News};
pub use watch::{Built, Watch, rebuild};

/// How many ports are tried, one after the other, until one is free.
const PORTS: u16 = 100;

/// What is served, and by which names.
#[derive(Clone, Debug)]
pub struct Site {
    /// The published folder.
    pub folder: PathBuf,
    /// The name by which the server is asked beside `localhost` and numbers, if it has one.
    pub name: Option<String>,
    /// What tells open pages of builds, if there will be any.
    pub live: Option<Arc<Live>>,
}

/// Listens at `port` of `host`, a name or a number, or at the first free port behind it.
///
/// # Errors
/// When there is no such host here, or no port is free.
pub fn listen(host: &str, port: u16) -> Result<(TcpListener, SocketAddr), Diagnostic> {
    let failed = |error| failure(host, port, &error);
    let mut addresses = (host, port).to_socket_addrs().map_err(failed)?;
    // A name may have several: only one of them is listened at, so that a port that is taken there is seen to be.
    let address = addresses.next().ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for port in port..=port.saturating_add(PORTS) {
        let bound = TcpListener::bind(SocketAddr::new(address.ip(), port));
        match bound.and_then(|listener| Ok((listener.local_addr()?, listener))) {
            Ok((address, listener)) => return Ok((listener, address)),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(error) => return Err(failed(error)),
        }
    }
    Err(failed(last))
}

fn failure(host: &str, port: u16, error: &io::Error) -> Diagnostic {
    let place = Place::file(format!("{host}:{port}"));
    Diagnostic::error(place, format!("cannot listen here: {error}"))
        .help("name another port with `--port`, or an address of this machine with `--host`")
}

/// Serves a site until `end` is there, and says so by `announce` when it does both: waits for requests and for `end`.
///
/// # Errors
/// When the machine gives no means to do so.
pub fn run(
    site: Site,
    listener: TcpListener,
    end: impl Future<Output = ()>,
    announce: impl FnOnce(),
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    // tokio panics where its first thread for files cannot be started, and only waits where others cannot.
    thread::Builder::new().spawn(|| {})?;
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().thread_keep_alive(Duration::MAX).build()?;
    runtime.spawn_blocking(|| {});
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let mut end = pin!(end);
        if poll_immediate(&mut end).await.is_some() {
            return Ok(());
        }
        announce();
        tokio::select! {
            () = connection::accept(listener, Arc::new(site)) => {}
            () = &mut end => {}
        }
        Ok(())
    });
    // Whoever is still being answered does not keep the process.
    runtime.shutdown_background();
    served
}

async fn respond(site: Arc<Site>, request: Parts) -> Response<Body> {
    if let Some(live) = site.live.as_ref().filter(|_| request.uri.path() == EVENTS)
        && answer::refusal(&site, &request).is_none()
    {
        return live::events(Arc::clone(&site), Arc::clone(live), &request);
    }
    answer::answer(site, &request).await
}
