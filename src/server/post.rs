//! Outgoing requests to endpoints that users name: one POST over a connection of its own.
//!
//! Invariant: redirects are not followed, no more than [`LONGEST`] of an answer is read, and nothing takes longer than [`SLOWEST`].
//! Addresses of this machine and of private networks are as good as any: this is a tool for one's own machine.

use crate::companions::sns::{Parcel, Post};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use std::time::Duration;
use tokio::net::TcpStream;

pub const LONGEST: usize = 64 * 1024;
pub const SLOWEST: Duration = Duration::from_secs(15);

/// Posts by HTTP/1.1.
#[derive(Clone, Copy, Debug)]
pub struct Poster;

#[async_trait]
impl Post for Poster {
    fn accepts(&self, url: &str) -> Result<(), String> {
        target(url).map(drop)
    }

    async fn post(&self, parcel: Parcel) -> Result<u16, String> {
        let (uri, authority) = target(&parcel.url)?;
        let request = request(&uri, &authority, parcel)?;
        let answered = tokio::time::timeout(SLOWEST, send(authority, request)).await;
        answered.unwrap_or_else(|_| Err(format!("no answer in {} seconds", SLOWEST.as_secs())))
    }
}

/// Where a URL leads; why it leads nowhere, for people.
fn target(url: &str) -> Result<(Uri, Authority), String> {
    let uri: Uri = url
        .parse()
        .map_err(|error| format!("'{url}' is no URL: {error}"))?;
    let authority = uri.authority().cloned();
    let authority = authority.filter(|authority| !authority.host().is_empty());
    let authority = authority.ok_or_else(|| format!("'{url}' names no host"))?;
    match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTP => Ok((uri, authority)),
        _ => Err(format!(
            "slipway posts to http URLs only, and '{url}' is none; it has no TLS of its own yet"
        )),
    }
}

fn request(
    uri: &Uri,
    authority: &Authority,
    parcel: Parcel,
) -> Result<Request<Full<Bytes>>, String> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let (user, host) = match authority.as_str().rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority.as_str()),
    };
    let mut request = Request::post(path)
        .header(header::HOST, host)
        .header(header::CONNECTION, "close");
    if let Some(user) = user {
        let plain: Vec<u8> = percent_decode_str(user).collect();
        let basic = format!("Basic {}", STANDARD.encode(plain));
        request = request.header(header::AUTHORIZATION, basic);
    }
    for (name, value) in parcel.headers {
        let value = HeaderValue::from_str(&value);
        request = request.header(name, value.map_err(|error| format!("{name}: {error}"))?);
    }
    let request = request.body(Full::new(parcel.body));
    request.map_err(|error| error.to_string())
}

async fn send(authority: Authority, request: Request<Full<Bytes>>) -> Result<u16, String> {
    let host = authority.host().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await;
    let stream = stream.map_err(|error| format!("cannot connect to {host}: {error}"))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    let exchange = async {
        let answer = sender.send_request(request).await;
        let (head, body) = answer.map_err(|error| error.to_string())?.into_parts();
        // What it says beside its status does not matter, but an endpoint may want it to be read.
        let _ = Limited::new(body, LONGEST).collect().await;
        Ok::<u16, String>(head.status.as_u16())
    };
    tokio::pin!(exchange, connection);
    tokio::select! {
        answered = &mut exchange => answered,
        ended = &mut connection => match ended {
            Ok(()) => exchange.await,
            Err(error) => Err(error.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_urls_with_a_host_are_accepted() {
        for url in [
            "http://127.0.0.1:9/hook?x=1",
            "http://[::1]/",
            "http://u:p@host.example",
        ] {
            assert_eq!(Poster.accepts(url), Ok(()), "{url}");
        }
        for url in [
            "https://host.example/",
            "http://",
            "http:///path",
            "host.example",
            "http://a b/",
            "",
        ] {
            assert!(Poster.accepts(url).is_err(), "{url}");
        }
    }

    #[test]
    fn users_in_urls_become_basic_credentials() {
        let (uri, authority) = target("http://u:p%40@host.example:81/a?b").unwrap();
        let parcel = Parcel {
            url: String::new(),
            headers: vec![("x-one", "1".to_owned())],
            body: Bytes::from("text"),
        };
        let request = request(&uri, &authority, parcel).unwrap();
        assert_eq!(request.uri(), "/a?b");
        assert_eq!(request.headers()["host"], "host.example:81");
        assert_eq!(request.headers()["authorization"], "Basic dTpwQA==");
    }
}
