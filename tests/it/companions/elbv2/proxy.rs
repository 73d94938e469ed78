//! What is done to a request on its way, and what is answered when there is no way.

use super::stand::{Backend, Balancer, ELB, get, group, header, register, text};
use crate::support::Server;
use slipway::server::client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn with_backend(server: &Server) -> (Balancer, String, Backend) {
    let web = Balancer::new(server, "web", "application").await;
    let blue = group(server, "blue").await;
    web.listen(server, &[(&blue, 1)]).await;
    let backend = Backend::healthy(server, &blue, "blue").await;
    (web, blue, backend)
}

#[tokio::test]
async fn without_a_target_503_is_answered() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let answer = get(&web.url("/")).await;
    assert_eq!(answer.status, 503);
    assert_eq!(header(&answer, "server"), "awselb/2.0");
    assert!(text(&answer).contains("<h1>503 Service Temporarily Unavailable</h1>"));
}

#[tokio::test]
async fn targets_are_told_who_the_client_is() {
    // User guide, "HTTP headers and Application Load Balancers".
    let server = Server::start().await;
    let (web, _, _backend) = with_backend(&server).await;
    let headers = [
        ("x-forwarded-for", "203.0.113.7"),
        ("connection", "x-secret"),
        ("x-secret", "1"),
    ];
    let answer = client::get(&web.url("/headers"), &headers).await.unwrap();
    let seen = text(&answer);
    for part in [
        "\"x-forwarded-for\": \"203.0.113.7, 127.",
        "\"x-forwarded-proto\": \"http\"",
        "\"x-forwarded-port\": \"8080\"",
        "\"x-amzn-trace-id\": \"Root=1-",
        &format!("\"host\": \"{}:8080\"", web.dns),
    ] {
        assert!(seen.contains(part), "{part}: {seen}");
    }
}

#[tokio::test]
async fn long_bodies_pass_in_both_directions() {
    let server = Server::start().await;
    let (web, _, _backend) = with_backend(&server).await;
    let body = vec![7_u8; 20 << 20];
    let answer = client::post(&web.url("/length"), &[], body).await.unwrap();
    assert_eq!(text(&answer), (20 << 20).to_string());
}

/// A target of one's own making: sends `answer` to every connection and keeps it open.
async fn raw(answer: &'static [u8]) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer).await;
            kept.push(stream);
        }
    });
    at
}

#[tokio::test]
async fn a_target_that_is_silent_is_504_and_one_that_babbles_502() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let set = [
        ("LoadBalancerArn", web.arn.as_str()),
        ("Attributes.member.1.Key", "idle_timeout.timeout_seconds"),
        ("Attributes.member.1.Value", "1"),
    ];
    ELB.ok(&server, "ModifyLoadBalancerAttributes", &set).await;
    let silent = raw(b"").await;
    register(&server, &blue, silent).await;
    assert_eq!(get(&web.url("/")).await.status, 504);
    super::stand::deregister(&server, &blue, silent).await;
    register(&server, &blue, raw(b"nonsense\r\n\r\n").await).await;
    assert_eq!(get(&web.url("/")).await.status, 502);
}

#[tokio::test]
async fn answers_come_through_while_they_are_made() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let first = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n";
    register(&server, &blue, raw(first).await).await;
    let mut stream = TcpStream::connect((web.dns.as_str(), 8080)).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut seen = Vec::new();
    while !seen.windows(5).any(|part| part == b"first") {
        assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0, "{seen:?}");
    }
}

#[tokio::test]
async fn a_connection_may_switch_its_protocol() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let switched =
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nwelcome";
    register(&server, &blue, raw(switched).await).await;
    let mut stream = TcpStream::connect((web.dns.as_str(), 8080)).await.unwrap();
    let asked = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    stream.write_all(asked).await.unwrap();
    let mut seen = Vec::new();
    while !seen.windows(7).any(|part| part == b"welcome") {
        assert_ne!(
            stream.read_buf(&mut seen).await.unwrap(),
            0,
            "{:?}",
            String::from_utf8_lossy(&seen)
        );
    }
    assert!(seen.starts_with(b"HTTP/1.1 101"));
}
