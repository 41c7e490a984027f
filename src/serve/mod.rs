//! The local preview server.
//!
//! The server never writes. It refuses requests from pages of other sites, for other host names
//! (DNS rebinding), and for files outside the folder.

mod access;
mod connection;
mod debounce;
mod event_stream;
mod http;
mod live_reload;
mod response;
mod site;
mod watch;

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use futures_util::future::poll_immediate;

use crate::diagnostic::{Code, Diagnostic, Location};

pub use live_reload::{BuildEvent, LiveReload};
pub use site::{ServedSite, SiteRoot};
pub use watch::{RebuildResult, SourceWatcher, rebuild};

/// The number of ports to try.
const PORTS: u16 = 100;

/// Listens at `port` of `host`, or at the next free port.
///
/// # Errors
/// When there is no such host here, or no port is free.
pub fn listen(host: &str, port: u16) -> Result<(TcpListener, SocketAddr), Diagnostic> {
    let failed = |error| failure(host, port, &error);
    let mut addresses = (host, port).to_socket_addrs().map_err(failed)?;
    // Of several addresses only the first is used, so that a port in use is detected.
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
    let location = Location::file(format!("{host}:{port}"));
    Diagnostic::new(Code::CannotServe, location, format!("cannot listen here: {error}"))
        .help("choose another port with `--port`, or a local address with `--host`")
}

/// Serves a site until `end` resolves. `announce` is called once requests are accepted.
///
/// # Errors
/// When the machine gives no means to do so.
pub fn run(
    site: ServedSite,
    listener: TcpListener,
    end: impl Future<Output = ()>,
    announce: impl FnOnce(),
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    // tokio panics if its first file thread cannot be started; later ones it only waits for.
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
    // Pending responses do not keep the process alive.
    runtime.shutdown_background();
    served
}
