//! `/_slipway/follow`: lines when something changes, in the caller's own scope, until the server stops.

use crate::support::Server;
use futures::StreamExt;
use http::StatusCode;
use serde_json::{Value, json};
use slipway::server::client::{self, Chunks};

async fn follow(server: &Server, query: &str) -> Chunks {
    let url = format!("http://{}/_slipway/follow?{query}", server.address);
    let (status, chunks) = client::get_stream(&url, &[]).await.unwrap();
    assert_eq!(status, 200);
    chunks
}

async fn line(chunks: &mut Chunks) -> Value {
    let chunk = chunks.next().await.unwrap().unwrap();
    serde_json::from_slice(&chunk).unwrap()
}

#[tokio::test]
async fn what_is_followed_has_to_be_named() {
    let server = Server::start().await;
    for query in ["", "?", "?log-group=g", "?pipelines=p"] {
        let refused = server.get(&format!("/_slipway/follow{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
        let message = refused.json()["message"].to_string();
        assert!(message.contains("pipeline=NAME"), "{message}");
    }
}

#[tokio::test]
async fn the_first_line_comes_at_once_and_the_last_when_the_server_stops() {
    let server = Server::start().await;
    let mut pipeline = follow(&server, "pipeline=p").await;
    let mut build = follow(&server, "build=p%3A1").await;
    let mut deployment = follow(&server, "deployment=d-1").await;
    assert_eq!(
        line(&mut pipeline).await,
        json!({"pipeline": "p", "running": []})
    );
    assert_eq!(line(&mut build).await, json!({"build": "p:1"}));
    assert_eq!(line(&mut deployment).await, json!({"deployment": "d-1"}));
    server.stop().await;
    assert!(pipeline.next().await.is_none());
    assert!(build.next().await.is_none());
    assert!(deployment.next().await.is_none());
}

#[tokio::test]
async fn new_lines_of_a_log_wake_who_follows_it() {
    let server = Server::start().await;
    let mut log = follow(&server, "log-group=g&log-stream=s").await;
    let mut other = follow(&server, "log-group=g&log-stream=t").await;
    assert_eq!(
        line(&mut log).await,
        json!({"log-group": "g", "log-stream": "s"})
    );
    line(&mut other).await;
    for (operation, body) in [
        ("CreateLogGroup", json!({"logGroupName": "g"})),
        (
            "CreateLogStream",
            json!({"logGroupName": "g", "logStreamName": "s"}),
        ),
        (
            "PutLogEvents",
            json!({"logGroupName": "g", "logStreamName": "s", "logEvents": [
                {"timestamp": server.app.now().millis(), "message": "hello"}]}),
        ),
    ] {
        let answer = server
            .json(&format!("Logs_20140328.{operation}"), &body)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }
    assert_eq!(line(&mut log).await["log-stream"], "s");
    server.stop().await;
    assert!(other.next().await.is_none(), "nobody wrote there");
}
