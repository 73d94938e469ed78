//! A listener of an application load balancer: takes connections, asks the rules for each request, forwards or answers.

use super::MOST_CONNECTIONS;
use super::answers::{self, Body};
use super::forward::Targets;
use crate::companions::elbv2::{Facts, Gate, Life, Verdict};
use crate::server::listener::SILENCE;
use crate::server::listener::accept;
use http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Serves until told to stop; requests that have begun then are finished.
pub async fn serve(socket: TcpListener, gate: Gate, targets: Targets, life: Life) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let open = GracefulShutdown::new();
    let server = Arc::new(builder());
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await.ok()?;
            Some((accept(&socket).await, place))
        };
        let next = tokio::select! {
            next = next => next,
            () = life.stop.cancelled() => None,
        };
        let Some(((stream, peer), place)) = next else {
            break;
        };
        let _ = stream.set_nodelay(true);
        let (gate, targets, server) = (gate.clone(), targets.clone(), server.clone());
        let watcher = open.watcher();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let (gate, targets) = (gate.clone(), targets.clone());
                async move { Ok::<_, Infallible>(answer(request, peer, &gate, &targets).await) }
            });
            let connection = server.serve_connection_with_upgrades(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection.into_owned()).await {
                tracing::debug!(%error, "a connection to a load balancer broke");
            }
            drop(place);
        });
    }
    drop(socket);
    life.stopped.cancel();
    open.shutdown().await;
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    let http1 = &mut server.http1();
    http1.timer(TokioTimer::new()).header_read_timeout(SILENCE);
    let http2 = &mut server.http2();
    http2.timer(TokioTimer::new()).max_concurrent_streams(128);
    server
}

async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    gate: &Gate,
    targets: &Targets,
) -> Response<Body> {
    match decide(&request, peer, gate) {
        Verdict::Forward(target) => targets.send(request, target, peer, gate).await,
        Verdict::Nobody => answers::page(StatusCode::SERVICE_UNAVAILABLE),
        Verdict::Redirect { status, location } => answers::redirect(status, &location),
        Verdict::Fixed {
            status,
            content_type,
            body,
        } => answers::fixed(status, &content_type, body),
    }
}

fn decide(request: &Request<Incoming>, peer: SocketAddr, gate: &Gate) -> Verdict {
    let uri = request.uri();
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let host = uri.authority().map(|authority| authority.as_str()).or(host);
    let values = |name: &str| {
        let values = request.headers().get_all(name);
        let texts = values.iter().filter_map(|value| value.to_str().ok());
        texts.map(str::to_owned).collect::<Vec<String>>()
    };
    gate.decide(&Facts {
        method: request.method().as_str(),
        host: without_port(host.unwrap_or_default()),
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: &values,
        source: peer.ip(),
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
