//! Limits on what comes from outside, and how connections end.

use crate::support::Server;
use crate::support::server::signed;
use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use serde_json::Value;
use slipway::app::App;
use slipway::config::Config;
use slipway::server::Listener;
use slipway::server::body::LONGEST;
use slipway::server::nesting::MOST_VALUES;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

const TARGET: &str = "x-amz-target: CodeDeploy_20141006.ListApplications\r\n";

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
        .header("x-amz-target", "CodeDeploy_20141006.ListApplications");
    let request = request
        .body(http_body_util::Full::new(Bytes::from_static(b"{}")))
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(
        (answer.version(), answer.status()),
        (http::Version::HTTP_2, StatusCode::OK)
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
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    stopping.await.unwrap();
}

// Witness: product.md §3, limits; a small body can hold millions of empty lists.
#[tokio::test]
async fn a_body_of_too_many_values_is_refused_in_both_protocols() {
    let server = Server::start().await;
    let said = |code: &Value, message: &Value| {
        assert_eq!(code.as_str().unwrap(), "SerializationException");
        let message = message.as_str().unwrap();
        assert!(
            message.contains(&format!("more than {MOST_VALUES} values")),
            "{message}"
        );
    };
    let lists = vec!["[]"; MOST_VALUES].join(",");
    let body = format!("{{\"names\":[{lists}]}}");
    let answer = server
        .json_bytes("CodeBuild_20161006.BatchGetProjects", body)
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    said(&answer.json()["__type"], &answer.json()["message"]);

    let count = u32::try_from(MOST_VALUES).unwrap().to_be_bytes();
    let lists = vec![0x80; MOST_VALUES];
    let body = [&[0xa1, 0x65][..], b"names", &[0x9a], &count, &lists].concat();
    let answer = server
        .cbor_bytes("CodeBuild_20161006", "BatchGetProjects", body)
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let code = answer.cbor()["__type"]
        .as_str()
        .unwrap()
        .rsplit('#')
        .next()
        .unwrap()
        .to_owned();
    said(&code.into(), &answer.cbor()["message"]);
}

// Witness: product.md §3, limits; contract codepipeline §1.4: what is not too much is told in the service's own words.
#[tokio::test]
async fn a_large_request_is_told_what_is_wrong_with_it() {
    let server = Server::start().await;
    let names = vec!["\"p\""; MOST_VALUES - 10].join(",");
    let body = format!("{{\"names\":[{names}]}}");
    let answer = server
        .json_bytes("CodeBuild_20161006.BatchGetProjects", body)
        .await;
    assert_eq!(
        answer.json()["__type"],
        "InvalidInputException",
        "{answer:?}"
    );
}

// Witness: product.md §3, limits; the awsQuery protocol has the same ones.
#[tokio::test]
async fn a_form_of_too_many_fields_or_bytes_is_refused() {
    let server = Server::start().await;
    let action = "Action=CreateRole&Version=2010-05-08&RoleName=r";
    let fields: String = (0..MOST_VALUES)
        .map(|number| format!("&Tags.member.{number}.Key=k"))
        .collect();
    let answer = server.query("iam", &format!("{action}{fields}")).await;
    let text = answer.text();
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{text}");
    assert!(text.contains("<Code>MalformedInput</Code>"), "{text}");
    assert!(
        text.contains(&format!("more than {MOST_VALUES} values")),
        "{text}"
    );

    let deep = format!("{action}&{}=x", vec!["a"; 200].join("."));
    let text = server.query("iam", &deep).await.text();
    assert!(text.contains("nested deeper than 128 levels"), "{text}");

    let long = format!("{action}&Description={}", "x".repeat(LONGEST));
    let answer = server.query("iam", &long).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let text = answer.text();
    assert!(
        text.contains("<Code>RequestEntityTooLargeException</Code>"),
        "{text}"
    );
}

// Witness: product.md §3, limits: 10 MiB, whatever a body says of its own length.
#[tokio::test]
async fn a_body_that_does_not_state_its_length_has_the_same_limit() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: CodeBuild_20161006.ListProjects\r\n\
                transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let chunk = [&b"10000\r\n"[..], &[b' '; 0x10000], b"\r\n"].concat();
    // The server answers and reads no further: writing may fail, reading may not.
    let writing = tokio::spawn(async move {
        for _ in 0..=LONGEST / 0x10000 {
            if writer.write_all(&chunk).await.is_err() {
                return;
            }
        }
    });
    let mut said = vec![0; 12];
    reader.read_exact(&mut said).await.unwrap();
    assert_eq!(said, b"HTTP/1.1 413");
    drop(reader);
    writing.await.unwrap();
}

// Witness: product.md §3, limits on headers; presigned URLs and session tokens are long, and fit.
#[tokio::test]
async fn a_long_head_is_served_up_to_the_limit() {
    let server = Server::start().await;
    let request = server
        .post("/")
        .header("x-amz-target", "CodeBuild_20161006.ListProjects")
        .header(
            "authorization",
            signed("000000000000", "us-east-1", "codebuild"),
        )
        .header("x-amz-security-token", "t".repeat(32_000));
    let request = request.body(Full::new(Bytes::from_static(b"{}"))).unwrap();
    assert_eq!(server.send(request).await.status, StatusCode::OK);
}

// Witness: product.md §3, "a slow client costs one task".
#[tokio::test]
async fn slow_clients_do_not_hold_up_others_and_are_answered_in_the_end() {
    let server = Server::start().await;
    let body = b"{\"sortBy\":\"NAME\"}";
    let head = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         x-amz-target: CodeBuild_20161006.ListProjects\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let whole = [head.as_bytes(), body].concat();
    // Each stops somewhere else: in its head, behind it, in its body.
    let mut slow = Vec::new();
    for number in 0..300 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let sent = number % whole.len();
        stream.write_all(&whole[..sent]).await.unwrap();
        slow.push((stream, sent));
    }
    for _ in 0..20 {
        let listed = server
            .json_bytes("CodeBuild_20161006.ListProjects", "{}")
            .await;
        assert_eq!(listed.status, StatusCode::OK);
        assert_eq!(server.get("/_slipway/health").await.status, StatusCode::OK);
    }
    for (mut stream, sent) in slow {
        for byte in &whole[sent..] {
            stream.write_all(&[*byte]).await.unwrap();
        }
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    }
}

// Witness: server/listener.rs, a silent client is let go.
#[tokio::test]
async fn a_silent_client_is_let_go() {
    let app = App::start(Config::in_memory()).await.unwrap();
    let listener = Listener::bind(app.config.listen, &[]).await.unwrap();
    let listener = listener.bearing(Duration::from_millis(100));
    let address = listener.address().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(listener.serve(app, stop.clone()));
    for sent in ["", "POST / HTTP/1.1\r\nhost: local", "PRI * HTTP/2.0\r\n"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut said = Vec::new();
        // Ends with the connection; a server that waits for ever hangs here.
        let _ = stream.read_to_end(&mut said).await;
        assert!(!said.starts_with(b"HTTP/1.1 200"), "{sent}");
    }
    stop.cancel();
    serving.await.unwrap();
}
