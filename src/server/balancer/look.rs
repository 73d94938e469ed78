//! A look at a target: whether it takes a connection, or what it answers to a GET.

use crate::companions::elbv2::{Look, Seen};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::pin::pin;
use tokio::net::TcpStream;

/// Over a connection of its own.
pub async fn look(look: Look) -> Seen {
    let seen = tokio::time::timeout(look.patience, seen(look.at, look.path.as_deref()));
    seen.await.unwrap_or(Seen::TimedOut)
}

async fn seen(at: SocketAddr, path: Option<&str>) -> Seen {
    let Ok(stream) = TcpStream::connect(at).await else {
        return Seen::Failed;
    };
    match path {
        None => Seen::Open,
        Some(path) => status(stream, at, path)
            .await
            .map_or(Seen::Failed, Seen::Status),
    }
}

async fn status(stream: TcpStream, at: SocketAddr, path: &str) -> Option<u16> {
    let request = Request::get(path)
        .header(header::HOST, at.to_string())
        .header(header::CONNECTION, "close")
        .header(header::USER_AGENT, "ELB-HealthChecker/2.0")
        .body(Empty::<Bytes>::new())
        .ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let mut answer = pin!(sender.send_request(request));
    let answer = tokio::select! {
        answer = &mut answer => answer,
        // What has come by then is there; otherwise nothing comes any more.
        _ = connection => answer.await,
    };
    Some(answer.ok()?.status().as_u16())
}
