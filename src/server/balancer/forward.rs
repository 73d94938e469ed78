//! A request on its way to a target, and the answer on its way back.
//!
//! Invariant: headers that concern one connection stay on it; who the client is, is added and never believed.

use super::CONNECT;
use super::answers::{self, Body};
use super::idle::{Beating, Pulse};
use crate::companions::elbv2::Gate;
use http::{
    HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, Version, header,
};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::client::legacy::{Client, Error, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Shorter than common servers keep connections that nobody uses: fewer requests meet one that is being closed.
const KEPT: Duration = Duration::from_secs(4);

/// Connections to targets, kept for a while. Clones share them.
#[derive(Clone)]
pub struct Targets(Client<HttpConnector, Beating>);

impl Default for Targets {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        Self(
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(KEPT)
                .build(connector),
        )
    }
}

impl Targets {
    /// Sends the request and gives what comes back, or the page of what went wrong.
    pub async fn send(
        &self,
        request: Request<Incoming>,
        target: SocketAddr,
        peer: SocketAddr,
        gate: &Gate,
    ) -> Response<Body> {
        let pulse = Pulse::new();
        let Some((request, upgrade)) = outgoing(request, target, peer, gate, &pulse) else {
            return answers::page(StatusCode::BAD_REQUEST);
        };
        let answer = tokio::select! {
            answer = self.0.request(request) => answer,
            () = pulse.stops(gate.patience()) => return answers::page(StatusCode::GATEWAY_TIMEOUT),
        };
        match answer {
            Ok(response) => incoming(response, upgrade),
            Err(error) => {
                tracing::debug!(%target, %error, "a target did not answer");
                answers::page(status_of(&error))
            }
        }
    }
}

/// 504 where the target took no connection in time; 502 where it refused one, or broke it.
fn status_of(error: &Error) -> StatusCode {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            return StatusCode::GATEWAY_TIMEOUT;
        }
        cause = error.source();
    }
    StatusCode::BAD_GATEWAY
}

fn outgoing(
    mut request: Request<Incoming>,
    target: SocketAddr,
    peer: SocketAddr,
    gate: &Gate,
    pulse: &Pulse,
) -> Option<(Request<Beating>, Option<OnUpgrade>)> {
    let protocol = upgraded(request.headers());
    let upgrade = protocol.is_some().then(|| hyper::upgrade::on(&mut request));
    let (mut head, body) = request.into_parts();
    let host = head
        .uri
        .authority()
        .map(|authority| authority.as_str().to_owned());
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = Uri::builder()
        .scheme("http")
        .authority(target.to_string())
        .path_and_query(path)
        .build()
        .ok()?;
    head.version = Version::HTTP_11;
    let headers = &mut head.headers;
    if let Some(host) = host {
        headers.insert(header::HOST, HeaderValue::from_str(&host).ok()?);
    }
    strip(headers);
    if let Some(protocol) = protocol {
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, protocol);
    }
    introduce(headers, peer, gate)?;
    let body = Beating {
        body,
        pulse: pulse.clone(),
    };
    Some((Request::from_parts(head, body), upgrade))
}

fn incoming(mut response: Response<Incoming>, upgrade: Option<OnUpgrade>) -> Response<Body> {
    let protocol = upgraded(response.headers());
    let switches = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    if let Some((client, protocol)) = upgrade.zip(protocol).filter(|_| switches) {
        let target = hyper::upgrade::on(&mut response);
        tokio::spawn(join(client, target));
        strip(response.headers_mut());
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, protocol);
    } else {
        strip(response.headers_mut());
    }
    response.map(|body| body.boxed())
}

/// Bytes both ways, once both sides speak another protocol.
async fn join(client: OnUpgrade, target: OnUpgrade) {
    if let (Ok(client), Ok(target)) = tokio::join!(client, target) {
        let (mut client, mut target) = (TokioIo::new(client), TokioIo::new(target));
        let _ = tokio::io::copy_bidirectional(&mut client, &mut target).await;
    }
}

/// The protocol that a head wants to switch to.
fn upgraded(headers: &HeaderMap) -> Option<HeaderValue> {
    let connection = headers.get(header::CONNECTION)?.to_str().ok()?;
    let mut words = connection.split(',').map(str::trim);
    words
        .any(|word| word.eq_ignore_ascii_case("upgrade"))
        .then(|| headers.get(header::UPGRADE).cloned())?
}

/// Removes what concerns one connection only (RFC 9110, 7.6.1).
fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let always = [
        header::CONNECTION,
        HeaderName::from_static("keep-alive"),
        HeaderName::from_static("proxy-connection"),
        header::TE,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    for name in named.iter().chain(&always) {
        headers.remove(name);
    }
}

/// Says who the client is and how it came (user guide, "X-Forwarded headers").
fn introduce(headers: &mut HeaderMap, peer: SocketAddr, gate: &Gate) -> Option<()> {
    let client = peer.ip().to_canonical().to_string();
    let before = headers.get_all("x-forwarded-for");
    let before = before.iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<&str> = before.chain([client.as_str()]).collect();
    let chain = HeaderValue::from_str(&chain.join(", ")).ok()?;
    headers.insert("x-forwarded-for", chain);
    headers.insert("x-forwarded-proto", HeaderValue::from_static(gate.scheme));
    headers.insert("x-forwarded-port", HeaderValue::from(gate.port));
    let trace = headers.get("x-amzn-trace-id");
    let trace = traced(trace.and_then(|value| value.to_str().ok()));
    headers.insert("x-amzn-trace-id", HeaderValue::from_str(&trace).ok()?);
    Some(())
}

/// A trace of its own, or a step of the one that is there.
fn traced(before: Option<&str>) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.unwrap_or_default().as_secs();
    let id = &Uuid::new_v4().simple().to_string()[..24];
    let id = format!("1-{seconds:08x}-{id}");
    match before {
        None | Some("") => format!("Root={id}"),
        Some(before) if before.contains("Root=") => format!("Self={id};{before}"),
        Some(before) => format!("Root={id};{before}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_where_there_is_one() {
        // Witness: user guide, "Request tracing".
        let own = traced(None);
        assert!(
            own.starts_with("Root=1-") && own.len() == "Root=".len() + 35,
            "{own}"
        );
        assert!(traced(Some("Root=1-67891233-abc")).ends_with(";Root=1-67891233-abc"));
        assert!(traced(Some("Root=1-67891233-abc")).starts_with("Self=1-"));
        assert!(traced(Some("CalledFrom=app")).starts_with("Root=1-"));
    }

    #[test]
    fn what_concerns_one_connection_stays_on_it() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, x-own"),
            ("keep-alive", "timeout=5"),
            ("x-own", "1"),
            ("te", "trailers"),
            ("x-kept", "2"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        strip(&mut headers);
        assert_eq!(
            headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(),
            ["x-kept"]
        );
    }
}
