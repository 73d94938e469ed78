//! PutJobFailureResult (contract codepipeline §7.1, §7.2).

use super::worker::{latest, taken, waiting};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use serde_json::{Value, json};

fn body(id: &str, kind: &str) -> Value {
    json!({"jobId": id, "failureDetails": {"type": kind, "message": "the stone broke", "externalExecutionId": "42"}})
}

#[tokio::test]
async fn the_action_fails_with_the_code_and_the_message_of_its_worker() {
    // contract codepipeline §1.1: zero bytes; §7.1
    let shown = both(CODEPIPELINE, async |caller| {
        waiting(&caller).await;
        let id = taken(&caller).await;
        let answer = caller
            .ok("PutJobFailureResult", body(&id, "RevisionOutOfSync"))
            .await;
        assert_eq!(answer, Value::Null);
        let mut latest = latest(&caller, "p", 1).await;
        latest.as_object_mut().unwrap().remove("actionExecutionId");
        latest
    });
    let shown: Value = serde_json::from_str(&shown.await).unwrap();
    let expected = json!({
        "status": "Failed",
        "lastStatusChange": "<time>",
        "externalExecutionId": "42",
        "externalExecutionUrl": "https://mill.example/nightly/42",
        "errorDetails": {"code": "RevisionOutOfSync", "message": "the stone broke"},
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn every_type_of_failure_is_the_code_of_the_error() {
    // contract codepipeline §7.1 types
    for kind in [
        "JobFailed",
        "ConfigurationError",
        "PermissionError",
        "RevisionOutOfSync",
        "RevisionUnavailable",
        "SystemUnavailable",
    ] {
        let caller = Caller::new(CODEPIPELINE).await;
        waiting(&caller).await;
        let id = taken(&caller).await;
        caller.ok("PutJobFailureResult", body(&id, kind)).await;
        assert_eq!(latest(&caller, "p", 1).await["errorDetails"]["code"], kind);
    }
}

#[tokio::test]
async fn the_same_failure_is_taken_for_ever_and_no_other() {
    // contract codepipeline §7.2, §10 T12
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let id = taken(&caller).await;
    let put = body(&id, "JobFailed");
    caller.ok("PutJobFailureResult", put.clone()).await;
    caller.ok("PutJobFailureResult", put.clone()).await;
    let code = "InvalidJobStateException";
    let said = format!(
        "The status of job with id {id} is already set to the desired value. It cannot be updated with the same status, but different result or output variables."
    );
    let other = with(put, "/failureDetails/message", json!("another"));
    caller
        .expect_refusal("PutJobFailureResult", other, code, &said)
        .await;
    let said = format!("Job with id {id} has already terminated");
    caller
        .expect_refusal("PutJobSuccessResult", json!({"jobId": id}), code, &said)
        .await;
}
