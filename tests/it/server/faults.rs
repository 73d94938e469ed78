//! What is answered outside handlers (design/codegen.md §5).

use crate::support::Server;
use crate::support::server::signed;
use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use serde_json::{Value, json};

const SERVICES: [(&str, &str); 3] = [
    ("CodePipeline_20150709", "AcknowledgeJob"),
    ("CodeBuild_20161006", "BatchDeleteBuilds"),
    ("CodeDeploy_20141006", "BatchGetApplications"),
];

fn error(body: &Value) -> (String, String) {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (
        text("__type")
            .rsplit('#')
            .next()
            .unwrap_or_default()
            .to_owned(),
        text("message"),
    )
}

#[tokio::test]
async fn an_unknown_operation_is_named_in_both_protocols() {
    // contract codepipeline §1.3, F1; that the status is 400 is decided in the design of the edge
    let server = Server::start().await;
    for (service, _) in SERVICES {
        let answer = server
            .json(&format!("{service}.MakeCoffee"), &json!({}))
            .await;
        let (code, message) = error(&answer.json());
        assert_eq!(
            (answer.status, code.as_str()),
            (StatusCode::BAD_REQUEST, "UnknownOperationException")
        );
        assert!(message.contains("'MakeCoffee'"), "{message}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/x-amz-json-1.1")
        );

        let answer = server.cbor(service, "MakeCoffee", &json!({})).await;
        let (code, message) = error(&answer.cbor());
        assert_eq!(
            (answer.status, code.as_str()),
            (StatusCode::BAD_REQUEST, "UnknownOperationException")
        );
        assert!(message.contains("'MakeCoffee'"), "{message}");
        assert_eq!(answer.header("smithy-protocol"), Some("rpc-v2-cbor"));
    }
}

#[tokio::test]
async fn an_operation_that_is_not_built_answers_501_with_its_name_in_both_protocols() {
    let server = Server::start().await;
    // Of the three services every operation is built; this one is CloudWatch's.
    let (service, operation) = ("GraniteServiceVersion20100801", "PutMetricData");
    let answer = server
        .json(&format!("{service}.{operation}"), &json!({}))
        .await;
    assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED);
    let (code, message) = error(&answer.json());
    assert!(
        code == "NotImplementedException" && message.contains(operation),
        "{code} {message}"
    );

    let answer = server.cbor(service, operation, &json!({})).await;
    assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED);
    let (code, message) = error(&answer.cbor());
    assert!(
        code == "NotImplementedException" && message.contains(operation),
        "{code} {message}"
    );
}

#[tokio::test]
async fn an_unknown_service_is_named() {
    let server = Server::start().await;
    let answer = server
        .json("DynamoDB_20120810.ListTables", &json!({}))
        .await;
    let (code, message) = error(&answer.json());
    assert_eq!(
        (answer.status, code.as_str()),
        (StatusCode::BAD_REQUEST, "UnknownOperationException")
    );
    assert!(
        message.contains("DynamoDB_20120810.ListTables"),
        "{message}"
    );

    let request = server.post("/restapis").header(
        "authorization",
        signed("000000000000", "us-east-1", "apigateway"),
    );
    let answer = server.send(request.body(Full::default()).unwrap()).await;
    assert!(error(&answer.json()).1.contains("'apigateway'"));
}

#[tokio::test]
async fn an_unknown_query_service_is_answered_in_xml() {
    let server = Server::start().await;
    let answer = server
        .query(
            "autoscaling",
            "Action=DescribeAutoScalingGroups&Version=2011-01-01",
        )
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let text = answer.text();
    assert!(
        text.contains("<Code>InvalidAction</Code>") && text.contains("DescribeAutoScalingGroups"),
        "{text}"
    );
}

#[tokio::test]
async fn every_answer_carries_a_request_id_of_its_own() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for path in ["/_slipway/health", "/_slipway/nothing", "/"] {
        let answer = server.get(path).await;
        ids.push(
            answer
                .header("x-amzn-requestid")
                .expect("a request id")
                .to_owned(),
        );
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn headers_that_only_other_servers_need_do_not_matter() {
    let server = Server::start().await;
    for (name, value) in [
        ("accept", "text/html"),
        ("content-type", "text/plain"),
        ("content-encoding", "identity"),
    ] {
        let request = server
            .post("/?x=y")
            .header("x-amz-target", "CodeDeploy_20141006.ListApplications")
            .header(name, value);
        let answer = server
            .send(request.body(Full::new(Bytes::from_static(b"{}"))).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {value}");
    }
}

#[tokio::test]
async fn malformed_authorization_is_served_as_unsigned() {
    let server = Server::start().await;
    for value in [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=////",
        "Basic eA==",
        "\u{e9}\u{e9}",
    ] {
        let request = server
            .post("/")
            .header("x-amz-target", "CodeDeploy_20141006.ListApplications")
            .header("authorization", value);
        let answer = server
            .send(request.body(Full::new(Bytes::from_static(b"{}"))).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{value}");
    }
}
