//! Weights lead requests, from one to the next, and none is lost when they change.

use super::stand::{Backend, Balancer, get, group, text, weigh};
use crate::support::Server;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

struct Pair {
    web: Balancer,
    listener: String,
    blue: String,
    green: String,
    _backends: [Backend; 2],
}

async fn pair(server: &Server) -> Pair {
    let web = Balancer::new(server, "web", "application").await;
    let (blue, green) = (group(server, "blue").await, group(server, "green").await);
    let listener = web.listen(server, &[(&blue, 100), (&green, 0)]).await;
    let backends = [
        Backend::healthy(server, &blue, "blue").await,
        Backend::healthy(server, &green, "green").await,
    ];
    Pair {
        web,
        listener,
        blue,
        green,
        _backends: backends,
    }
}

/// How many of `count` requests the green group answered.
async fn green(web: &Balancer, count: usize) -> usize {
    let mut green = 0;
    for _ in 0..count {
        let answer = get(&web.url("/")).await;
        assert_eq!(answer.status, 200);
        green += usize::from(text(&answer) == "green");
    }
    green
}

#[tokio::test]
async fn weights_move_traffic_with_the_next_request() {
    // contract codedeploy §7.5
    let server = Server::start().await;
    let pair = pair(&server).await;
    assert_eq!(green(&pair.web, 20).await, 0);
    weigh(
        &server,
        &pair.listener,
        &[(&pair.blue, 90), (&pair.green, 10)],
    )
    .await;
    assert_eq!(green(&pair.web, 100).await, 10);
    weigh(
        &server,
        &pair.listener,
        &[(&pair.blue, 50), (&pair.green, 50)],
    )
    .await;
    assert_eq!(green(&pair.web, 20).await, 10);
    weigh(
        &server,
        &pair.listener,
        &[(&pair.blue, 0), (&pair.green, 100)],
    )
    .await;
    assert_eq!(green(&pair.web, 20).await, 20);
}

/// Asks over one connection until told to end; every answer must be one of the groups'.
async fn load(at: String, end: Arc<AtomicBool>, asked: Arc<AtomicUsize>) {
    let stream = tokio::net::TcpStream::connect(&at).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    while !end.load(Ordering::SeqCst) {
        sender.ready().await.unwrap();
        let request = http::Request::get("/").header("host", &at);
        let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(&*body == b"blue" || &*body == b"green", "{body:?}");
        asked.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_lost_when_weights_change_under_load() {
    let server = Server::start().await;
    let pair = pair(&server).await;
    let (end, asked) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let at = format!("{}:{}", pair.web.dns, super::stand::PORT);
    let clients: Vec<_> = (0..8)
        .map(|_| tokio::spawn(load(at.clone(), end.clone(), asked.clone())))
        .collect();
    for step in 0..40_u32 {
        let part = (step * 10) % 110;
        weigh(
            &server,
            &pair.listener,
            &[(&pair.blue, 100 - part), (&pair.green, part)],
        )
        .await;
    }
    end.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    assert!(asked.load(Ordering::SeqCst) > 40);
}
