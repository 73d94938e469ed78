//! Limits on what comes from outside, and how connections end.

use crate::support::Server;
use bytes::Bytes;
use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TARGET: &str = "x-amz-target: CodeDeploy_20141006.GetDeployment\r\n";

/// What the server says to these bytes until it closes the connection.
async fn exchange(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn bytes_that_are_no_http_do_not_disturb_others() {
    let server = Server::start().await;
    let said = exchange(
        &server,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    )
    .await;
    assert!(
        said.starts_with("HTTP/1.1 400") || said.is_empty(),
        "{said}"
    );
    assert_eq!(server.get("/_slipway/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_head_without_end_is_cut_off() {
    let server = Server::start().await;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nx: {}",
        "a".repeat(200_000)
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let _ = stream.write_all(head.as_bytes()).await;
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said).await;
    assert!(
        said.is_empty() || said.starts_with(b"HTTP/1.1 431"),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

#[tokio::test]
async fn http_2_is_served_with_prior_knowledge() {
    let server = Server::start().await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = http::Request::post(format!("http://{}/", server.address))
        .header("x-amz-target", "CodeDeploy_20141006.GetDeployment");
    let request = request
        .body(http_body_util::Full::new(Bytes::from_static(b"{}")))
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(
        (answer.version(), answer.status()),
        (http::Version::HTTP_2, StatusCode::NOT_IMPLEMENTED)
    );
}

#[tokio::test]
async fn a_request_that_has_begun_is_answered_although_the_server_stops() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!("POST / HTTP/1.1\r\nhost: localhost\r\n{TARGET}content-length: 2\r\n\r\n{{");
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server has seen the head once it answers on another connection that came later.
    server.get("/_slipway/health").await;
    let address = server.address;
    let stopping = tokio::spawn(server.stop());
    crate::support::wait_for("the socket to close", || async {
        TcpStream::connect(address).await.is_err().then_some(())
    })
    .await;
    stream.write_all(b"}").await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 501"), "{said}");
    stopping.await.unwrap();
}
