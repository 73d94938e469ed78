//! Network load balancers: bytes both ways.

use super::element;
use super::stand::{Balancer, ELB, PORT, group, register, until, weigh};
use crate::support::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Greets with its name and then echoes.
async fn echo(name: &'static str) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.write_all(name.as_bytes()).await;
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    at
}

async fn greeting(web: &Balancer, length: usize) -> (TcpStream, String) {
    let mut stream = TcpStream::connect((web.dns.as_str(), PORT)).await.unwrap();
    let mut name = vec![0; length];
    stream.read_exact(&mut name).await.unwrap();
    (stream, String::from_utf8(name).unwrap())
}

#[tokio::test]
async fn a_network_load_balancer_carries_connections_and_swaps_groups() {
    // contract codedeploy §7.5: NLB: only one group per forward action: swap 100 % at once.
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "network").await;
    assert!(web.arn.contains(":loadbalancer/net/web/"), "{}", web.arn);
    let (one, two) = (
        group(&server, "tcp-one").await,
        group(&server, "tcp-two").await,
    );
    let listener = web.listen(&server, &[(&one, 1)]).await;
    register(&server, &one, echo("one").await).await;
    register(&server, &two, echo("two").await).await;
    until(&server, &one, "healthy").await;
    let (mut before, name) = greeting(&web, 3).await;
    assert_eq!(name, "one");
    weigh(&server, &listener, &[(&two, 1)]).await;
    assert_eq!(greeting(&web, 3).await.1, "two");
    // The connection of before goes on.
    before.write_all(b"still here").await.unwrap();
    let mut back = [0; 10];
    before.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"still here");
}

#[tokio::test]
async fn groups_of_tcp_are_checked_by_a_connection_unless_asked_otherwise() {
    let server = Server::start().await;
    let base = [
        ("Name", "tcp"),
        ("Protocol", "TCP"),
        ("Port", "80"),
        ("VpcId", "vpc-1"),
    ];
    let shown = ELB.ok(&server, "CreateTargetGroup", &base).await;
    assert_eq!(element(&shown, "HealthCheckProtocol"), "TCP");
    assert_eq!(element(&shown, "HealthCheckTimeoutSeconds"), "10");
    assert!(!shown.contains("Matcher"), "{shown}");
    let http = [
        base[1],
        base[2],
        base[3],
        ("Name", "http"),
        ("HealthCheckProtocol", "HTTP"),
    ];
    let shown = ELB.ok(&server, "CreateTargetGroup", &http).await;
    assert_eq!(element(&shown, "HttpCode"), "200-399");
    assert_eq!(element(&shown, "HealthCheckTimeoutSeconds"), "6");
}
