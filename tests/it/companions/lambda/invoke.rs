//! Invoke: what is decided before anything runs. Witness: API reference, Invoke.

use super::house::*;
use serde_json::{Value, json};

const PATH: &str = "/2015-03-31/functions/f/invocations";

#[tokio::test]
async fn a_dry_run_only_looks_whether_it_could_be_done() {
    let server = with_function().await;
    let headers = [("x-amz-invocation-type", "DryRun")];
    let answer = ask_with(&server, "POST", PATH, &headers, "{}").await;
    assert_eq!((answer.status.as_u16(), &*answer.text()), (204, ""));
    let path = "/2015-03-31/functions/g/invocations";
    let absent = ask_with(&server, "POST", path, &headers, "{}").await;
    assert_eq!(absent.status, 404);
    let path = format!("{PATH}?Qualifier=live");
    assert_eq!(
        ask_with(&server, "POST", &path, &headers, "{}")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_payload_is_json_and_no_larger_than_it_may_be() {
    let server = with_function().await;
    let bad = ask(&server, "POST", PATH, "{\"a\":").await;
    assert_eq!(
        bad.header("x-amzn-errortype"),
        Some("InvalidRequestContentException")
    );
    assert!(
        bad.text()
            .contains("Could not parse request body into json"),
        "{}",
        bad.text()
    );
    let large = format!("\"{}\"", "x".repeat(6 * 1024 * 1024));
    let large = ask(&server, "POST", PATH, large).await;
    assert_eq!(large.status, 413);
    assert_eq!(
        large.header("x-amzn-errortype"),
        Some("RequestTooLargeException")
    );
    let event = [("x-amz-invocation-type", "Event")];
    let large = format!("\"{}\"", "x".repeat(1024 * 1024));
    assert_eq!(
        ask_with(&server, "POST", PATH, &event, large).await.status,
        413
    );
    let other = ask_with(
        &server,
        "POST",
        PATH,
        &[("x-amz-invocation-type", "Later")],
        "{}",
    )
    .await;
    assert_eq!(
        other.header("x-amzn-errortype"),
        Some("ValidationException")
    );
}

#[tokio::test]
async fn a_role_that_is_gone_is_named() {
    let server = with_function().await;
    let removed = server
        .query(
            "iam",
            "Action=DeleteRole&Version=2010-05-08&RoleName=functions",
        )
        .await;
    assert_eq!(removed.status, 200);
    let (status, code, message) = refused(&server, "POST", PATH, json!({})).await;
    assert_eq!((status, &*code), (500, "ServiceException"));
    assert!(message.contains(ROLE), "{message}");
    assert_eq!(
        refused(
            &server,
            "POST",
            "/2015-03-31/functions/g/invocations",
            Value::Null
        )
        .await
        .0,
        404
    );
}
