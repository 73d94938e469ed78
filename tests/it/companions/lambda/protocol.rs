//! The protocol: names of what is not built, and what is wrong with a request. Witness: Smithy 2.0, restJson1; the rest is ours.

use super::house::*;
use serde_json::{Value, json};

#[tokio::test]
async fn an_operation_that_is_not_built_is_answered_501_by_its_name() {
    let server = house().await;
    let (status, code, message) = refused(&server, "GET", "/2018-10-31/layers", Value::Null).await;
    assert_eq!((status, &*code), (501, "NotImplementedException"));
    assert!(message.contains("ListLayers"), "{message}");
    let (status, code, message) =
        refused(&server, "PATCH", "/2015-03-31/nothing", Value::Null).await;
    assert_eq!((status, &*code), (400, "UnknownOperationException"));
    assert!(message.contains("PATCH /2015-03-31/nothing"), "{message}");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let server = with_function().await;
    let malformed = ask(&server, "POST", FUNCTIONS, "{\"FunctionName\":").await;
    assert_eq!(
        malformed.header("x-amzn-errortype"),
        Some("SerializationException")
    );
    let mistyped = ask(&server, "POST", FUNCTIONS, r#"{"FunctionName":7}"#).await;
    assert_eq!(
        mistyped.header("x-amzn-errortype"),
        Some("SerializationException")
    );
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let deep = ask(&server, "POST", FUNCTIONS, deep).await;
    assert_eq!(
        deep.header("x-amzn-errortype"),
        Some("SerializationException")
    );
    let (status, code, message) =
        refused(&server, "POST", FUNCTIONS, json!({ "FunctionName": "a b" })).await;
    assert_eq!((status, &*code), (400, "ValidationException"));
    assert!(
        message.contains("'functionName'") && message.contains("Member must not be null"),
        "{message}"
    );
    let (status, _, message) = refused(
        &server,
        "GET",
        &format!("{FUNCTIONS}?MaxItems=many"),
        Value::Null,
    )
    .await;
    assert_eq!(status, 400, "{message}");
    let other =
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Af";
    let (status, _, message) = refused(&server, "GET", other, Value::Null).await;
    assert_eq!(status, 404);
    assert_eq!(
        message,
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    );
}

#[tokio::test]
async fn an_unsigned_request_is_known_by_its_path() {
    let server = with_function().await;
    let answer = server.get("/2015-03-31/functions/f/configuration").await;
    assert_eq!(answer.json()["FunctionArn"], ARN);
    assert!(answer.header("x-amzn-requestid").is_some());
    assert_eq!(answer.header("content-type"), Some("application/json"));
}
