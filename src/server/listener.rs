//! Sockets and connections.
//!
//! Invariant: a slow or silent client costs one task and one of [`MOST_CONNECTIONS`] places, and is let go after [`SILENCE`];
//! requests that have begun when the server stops are finished, as long as that takes no longer than [`GRACE`].

use super::front;
use super::gate::Hosts;
use super::visit::Visit;
use crate::app::App;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// Connections served at a time; further ones wait in the system's queue.
pub const MOST_CONNECTIONS: usize = 1000;
/// How long a client may take for the head of a request, and a connection may stay unused.
pub const SILENCE: Duration = Duration::from_secs(60);
/// How long requests may go on after the server was told to stop.
pub const GRACE: Duration = Duration::from_secs(10);
const LONGEST_HEAD: usize = 64 * 1024;

/// A bound socket and the names under which it may be called.
pub struct Listener {
    socket: TcpListener,
    hosts: Arc<Hosts>,
    silence: Duration,
    tls: Option<TlsAcceptor>,
}

impl Listener {
    /// Binds; port 0 takes a free port, which `address` then tells.
    pub async fn bind(address: SocketAddr, names: &[String]) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let hosts = Arc::new(Hosts::new(socket.local_addr()?, names));
        Ok(Self {
            socket,
            hosts,
            silence: SILENCE,
            tls: None,
        })
    }

    /// Speaks TLS alone, and proves itself by this certificate.
    pub fn secured(self, tls: TlsAcceptor) -> Self {
        Self {
            tls: Some(tls),
            ..self
        }
    }

    /// Bears another silence than [`SILENCE`].
    pub fn bearing(self, silence: Duration) -> Self {
        Self { silence, ..self }
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `stop`, then lets requests end. Several listeners may serve one application.
    pub async fn serve(self, app: Arc<App>, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let open = GracefulShutdown::new();
        let server = Arc::new(builder(self.silence));
        while let Some((stream, place)) = self.next(&places, &stop).await {
            let connection = Connection {
                server: server.clone(),
                app: app.clone(),
                hosts: self.hosts.clone(),
                visit: Visit {
                    peer: stream.peer_addr().ok().map(|peer| peer.ip()),
                    stop: stop.clone(),
                },
                silence: self.silence,
            };
            let (watcher, tls) = (open.watcher(), self.tls.clone());
            tokio::spawn(async move {
                let _ = stream.set_nodelay(true);
                match tls {
                    None => connection.run(stream, watcher).await,
                    Some(tls) => connection.run_secured(tls, stream, watcher).await,
                }
                drop(place);
            });
        }
        drop(self.socket);
        if tokio::time::timeout(GRACE, open.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
    }

    /// The next connection, when there is a place for it. `None` once told to stop.
    async fn next(
        &self,
        places: &Arc<Semaphore>,
        stop: &CancellationToken,
    ) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
        let next = async {
            let place = places.clone().acquire_owned().await.ok()?;
            Some((self.accept().await, place))
        };
        tokio::select! {
            next = next => next,
            () = stop.cancelled() => None,
        }
    }

    async fn accept(&self) -> TcpStream {
        accept(&self.socket).await.0
    }
}

/// The next connection and its peer.
pub(super) async fn accept(socket: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match socket.accept().await {
            Ok(accepted) => return accepted,
            // Out of descriptors, most likely: nothing tells when there are some again.
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

type Server = auto::Builder<TokioExecutor>;

fn builder(silence: Duration) -> Server {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(silence)
        .max_buf_size(LONGEST_HEAD);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(silence / 2)
        .keep_alive_timeout(silence / 2)
        .max_header_list_size(LONGEST_HEAD as u32)
        .max_concurrent_streams(256);
    server
}

struct Connection {
    server: Arc<Server>,
    app: Arc<App>,
    hosts: Arc<Hosts>,
    visit: Visit,
    silence: Duration,
}

impl Connection {
    /// A client that takes its time to agree on keys is let go like one that is silent.
    async fn run_secured(self, tls: TlsAcceptor, stream: TcpStream, watcher: Watcher) {
        match tokio::time::timeout(self.silence, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.run(stream, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "a client does not agree on TLS"),
            Err(_) => {}
        }
    }

    async fn run(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        watcher: Watcher,
    ) {
        let begun = Arc::new(AtomicBool::new(false));
        let silence = self.silence;
        let service = service_fn({
            let begun = begun.clone();
            move |mut request: http::Request<hyper::body::Incoming>| {
                begun.store(true, Ordering::Relaxed);
                request.extensions_mut().insert(self.visit.clone());
                let answer = front::answer(self.app.clone(), self.hosts.clone(), request);
                async { Ok::<_, Infallible>(answer.await) }
            }
        });
        let connection = self
            .server
            .serve_connection(TokioIo::new(stream), service)
            .into_owned();
        let connection = std::pin::pin!(watcher.watch(connection));
        serve_unless_silent(connection, &begun, silence).await;
    }
}

/// hyper's own limits begin after the protocol is known: a client that never sends a request is let go here.
async fn serve_unless_silent<E: std::fmt::Display>(
    mut connection: std::pin::Pin<&mut impl Future<Output = Result<(), E>>>,
    begun: &AtomicBool,
    silence: Duration,
) {
    let outcome = match tokio::time::timeout(silence, connection.as_mut()).await {
        Ok(outcome) => outcome,
        Err(_) if begun.load(Ordering::Relaxed) => connection.await,
        Err(_) => return,
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection broke");
    }
}
