//! `GET /_slipway/events` (design/product.md §3, control; contract codepipeline §9, envelope).

use crate::support::Server;
use bytes::Bytes;
use futures::FutureExt;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope, Time};
use slipway::companions::events::Event;
use slipway::store::Txn;
use std::convert::Infallible;
use tokio::net::TcpStream;

async fn record(server: &Server, source: &str, name: &str) {
    let scope = Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    let event = Event {
        scope,
        source: source.to_owned(),
        detail_type: "Something Happened".to_owned(),
        resources: vec![format!(
            "arn:aws:codepipeline:us-east-1:000000000000:{name}"
        )],
        detail: json!({"pipeline": name, "version": 1.0}),
        time: Time::from_millis(1_446_137_358_328),
    };
    let events = server.app.events.clone();
    let written = server.app.store.write(move |tx: &mut Txn| {
        events.record(tx, event);
        Ok::<_, Infallible>(())
    });
    written.await.unwrap();
}

async fn three(server: &Server) {
    for (source, name) in [
        ("aws.codepipeline", "a"),
        ("aws.codebuild", "b"),
        ("aws.codepipeline", "c"),
    ] {
        record(server, source, name).await;
    }
}

async fn listed(server: &Server, query: &str) -> Vec<Value> {
    let answer = server.get(&format!("/_slipway/events{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    lines(&answer.text())
}

fn lines(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn names(events: &[Value]) -> String {
    let name = |event: &Value| event["detail"]["pipeline"].as_str().unwrap().to_owned();
    events.iter().map(name).collect()
}

/// An answer that is still open.
struct Open {
    body: Incoming,
    /// Dropped, the connection ends.
    _sender: hyper::client::conn::http1::SendRequest<Full<Bytes>>,
}

impl Open {
    async fn new(server: &Server, query: &str) -> Self {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let request = Request::get(format!("/_slipway/events{query}"))
            .header("host", server.address.to_string())
            .body(Full::default())
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Self {
            body: response.into_body(),
            _sender: sender,
        }
    }

    /// The lines of the next piece; `None` at the end.
    async fn next(&mut self) -> Option<Vec<Value>> {
        let frame = self.body.frame().await?.unwrap();
        let bytes = frame.into_data().unwrap();
        Some(lines(std::str::from_utf8(&bytes).unwrap()))
    }
}

#[tokio::test]
async fn events_are_lines_in_the_envelope_of_eventbridge() {
    // contract codepipeline §9
    let server = Server::start().await;
    assert_eq!(listed(&server, "").await, [] as [Value; 0]);
    record(&server, "aws.codepipeline", "p").await;
    let text = server.get("/_slipway/events").await.text();
    assert!(text.contains(r#""version":1.0"#), "{text}");
    let mut events = lines(&text);
    let id = events[0]["id"].take();
    assert_eq!(id.as_str().map(str::len), Some(36), "{id}");
    let expected = json!({
        "version": "0",
        "id": null,
        "detail-type": "Something Happened",
        "source": "aws.codepipeline",
        "account": "000000000000",
        "time": "2015-10-29T16:49:18Z",
        "region": "us-east-1",
        "resources": ["arn:aws:codepipeline:us-east-1:000000000000:p"],
        "detail": {"pipeline": "p", "version": 1.0},
        "sequence": 1,
    });
    assert_eq!(events, [expected]);
}

#[tokio::test]
async fn what_is_asked_for_is_what_comes() {
    // our reading
    let server = Server::start().await;
    three(&server).await;
    for (query, expected) in [
        ("", "abc"),
        ("?after=0", "abc"),
        ("?after=1", "bc"),
        ("?after=3", ""),
        ("?after=newest", ""),
        ("?after=18446744073709551615", ""),
        ("?limit=2", "ab"),
        ("?limit=0", ""),
        ("?source=aws.codepipeline", "ac"),
        ("?source=aws.codepipeline&limit=1&after=1", "c"),
        ("?source=aws.nothing", ""),
        ("?follow=false", "abc"),
        ("?follow=true&limit=3", "abc"),
    ] {
        assert_eq!(names(&listed(&server, query).await), expected, "{query}");
    }
    for query in ["?after=x", "?limit=-1", "?follow=yes", "?from=1"] {
        let answer = server.get(&format!("/_slipway/events{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn a_follower_gets_what_is_there_and_then_what_comes() {
    // our reading
    let server = Server::start().await;
    three(&server).await;
    let mut all = Open::new(&server, "?follow=true").await;
    let mut some = Open::new(
        &server,
        "?follow=true&after=newest&source=aws.codebuild&limit=2",
    )
    .await;
    assert_eq!(names(&all.next().await.unwrap()), "abc");
    assert!(all.next().now_or_never().is_none(), "nothing is new");
    record(&server, "aws.codepipeline", "d").await;
    assert_eq!(names(&all.next().await.unwrap()), "d");
    record(&server, "aws.codebuild", "e").await;
    assert_eq!(names(&all.next().await.unwrap()), "e");
    assert_eq!(names(&some.next().await.unwrap()), "e");
    record(&server, "aws.codebuild", "f").await;
    assert_eq!(names(&some.next().await.unwrap()), "f");
    assert_eq!(some.next().await, None, "two were asked for");
}

#[tokio::test]
async fn a_follower_ends_when_the_server_stops() {
    // our reading
    let server = Server::start().await;
    let mut open = Open::new(&server, "?follow=true").await;
    let begun = std::time::Instant::now();
    let ((), end) = tokio::join!(server.stop(), open.next());
    assert_eq!(end, None);
    assert!(begun.elapsed() < slipway::server::listener::GRACE);
}

#[tokio::test]
async fn a_follower_goes_on_after_a_reset() {
    // our reading
    let server = Server::start().await;
    three(&server).await;
    let mut open = Open::new(&server, "?follow=true").await;
    assert_eq!(names(&open.next().await.unwrap()), "abc");
    server.app.reset().await.unwrap();
    record(&server, "aws.codepipeline", "x").await;
    assert_eq!(names(&open.next().await.unwrap()), "x");
}
