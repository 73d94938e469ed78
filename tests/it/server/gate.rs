//! Requests from web pages are refused over the wire (design/product.md §3, browser).

use crate::support::Server;
use http::{Method, StatusCode};
use http_body_util::Full;

async fn status(server: &Server, method: Method, headers: &[(&str, &str)]) -> StatusCode {
    let mut request = http::Request::builder()
        .method(method)
        .uri("/_slipway/health");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server
        .send(request.body(Full::default()).unwrap())
        .await
        .status
}

#[tokio::test]
async fn a_foreign_host_is_refused_with_the_reason() {
    let server = Server::start().await;
    let request = http::Request::builder()
        .uri("/_slipway/health")
        .header("host", "evil.example:4566");
    let answer = server.send(request.body(Full::default()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let body = answer.json();
    assert_eq!(body["__type"], "AccessDeniedException");
    assert!(
        body["message"].as_str().unwrap().contains("'evil.example'"),
        "{body}"
    );
}

#[tokio::test]
async fn a_pages_request_and_its_preflight_are_refused() {
    let server = Server::start().await;
    let host = ("host", "localhost:4566");
    assert_eq!(status(&server, Method::GET, &[host]).await, StatusCode::OK);
    let origin = ("origin", "https://evil.example");
    assert_eq!(
        status(&server, Method::POST, &[host, origin]).await,
        StatusCode::FORBIDDEN
    );
    let preflight = ("access-control-request-method", "POST");
    assert_eq!(
        status(&server, Method::OPTIONS, &[host, origin, preflight]).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        status(
            &server,
            Method::GET,
            &[host, ("sec-fetch-site", "cross-site")]
        )
        .await,
        StatusCode::FORBIDDEN
    );
}
