//! The server's own endpoints (design/product.md §3, control).

use crate::support::{Answer, Server};
use http::StatusCode;
use http_body_util::Full;
use serde_json::json;

async fn post(server: &Server, path: &str, body: &str) -> Answer {
    let body = bytes::Bytes::copy_from_slice(body.as_bytes());
    server
        .send(server.post(path).body(Full::new(body)).unwrap())
        .await
}

#[tokio::test]
async fn health_names_the_services_and_the_version() {
    let server = Server::start().await;
    for path in ["/_slipway/health", "/_localstack/health"] {
        let body = server.get(path).await.json();
        assert_eq!(body["services"]["codepipeline"], "running");
        assert_eq!(body["version"], env!("CARGO_PKG_VERSION"));
    }
    assert_eq!(
        server.get("/_slipway/info").await.json()["account"],
        "000000000000"
    );
}

#[tokio::test]
async fn reset_is_a_post_and_empties_everything() {
    let server = Server::start().await;
    let trust = r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}"#;
    let create = form_urlencoded::Serializer::new(
        "Action=CreateRole&Version=2010-05-08&RoleName=r&".to_owned(),
    )
    .append_pair("AssumeRolePolicyDocument", trust)
    .finish();
    assert_eq!(server.query("iam", &create).await.status, StatusCode::OK);
    assert_eq!(
        server.get("/_slipway/reset").await.status,
        StatusCode::NOT_FOUND
    );
    let get = "Action=GetRole&Version=2010-05-08&RoleName=r";
    assert_eq!(server.query("iam", get).await.status, StatusCode::OK);
    for path in ["/_slipway/reset", "/moto-api/reset"] {
        assert_eq!(
            post(&server, path, "").await.json(),
            json!({ "status": "reset" })
        );
    }
    assert_eq!(server.query("iam", get).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn time_can_be_made_faster_and_moved_forward_but_not_back() {
    let server = Server::start().await;
    assert_eq!(server.get("/_slipway/time").await.json()["scale"], 1.0);
    let set = post(
        &server,
        "/_slipway/time",
        r#"{"scale":60,"advance_seconds":3600}"#,
    )
    .await
    .json();
    assert_eq!(set["scale"], 60.0);
    assert!(set["offset_seconds"].as_f64().unwrap() >= 3600.0, "{set}");
    for body in [
        r#"{"advance_seconds":-1}"#,
        r#"{"scale":0}"#,
        r#"{"scale":1e9}"#,
        r#"{"speed":2}"#,
        "",
        "[]",
    ] {
        let refused = post(&server, "/_slipway/time", body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(
            refused.json()["message"]
                .as_str()
                .unwrap()
                .contains("scale"),
            "{body}"
        );
    }
    assert_eq!(server.get("/_slipway/time").await.json()["scale"], 60.0);
}
