//! AcknowledgeJob (contract codepipeline §7.1, §10 F20).

use super::sample::NOBODY;
use super::worker::{offered, open, waiting};
use crate::support::caller::{CODEPIPELINE, Caller, both};
use serde_json::{Value, json};

#[tokio::test]
async fn the_job_is_in_progress_and_offered_no_more() {
    let shown = both(CODEPIPELINE, async |caller| {
        waiting(&caller).await;
        let job = offered(&caller).await;
        let body = json!({"jobId": job["id"], "nonce": job["nonce"]});
        let answer = caller.ok("AcknowledgeJob", body).await;
        assert_eq!(open(&caller), 0);
        answer
    });
    let shown: Value = serde_json::from_str(&shown.await).unwrap();
    assert_eq!(shown, json!({"status": "InProgress"}));
}

#[tokio::test]
async fn a_job_is_taken_once_and_with_the_nonce_of_its_newest_offer() {
    // contract codepipeline §7.1: older offer, or already taken
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let job = offered(&caller).await;
    let body = json!({"jobId": job["id"], "nonce": job["nonce"]});
    let wrong = json!({"jobId": job["id"], "nonce": "7"});
    assert_eq!(
        caller.refused("AcknowledgeJob", wrong).await.code,
        "InvalidNonceException"
    );
    caller.ok("AcknowledgeJob", body.clone()).await;
    assert_eq!(
        caller.refused("AcknowledgeJob", body).await.code,
        "InvalidNonceException"
    );
}

#[tokio::test]
async fn a_job_whose_action_was_abandoned_is_not_taken() {
    let caller = Caller::new(CODEPIPELINE).await;
    let execution = waiting(&caller).await;
    let job = offered(&caller).await;
    let stop = json!({"pipelineName": "p", "pipelineExecutionId": execution, "abandon": true});
    caller.ok("StopPipelineExecution", stop).await;
    assert_eq!(open(&caller), 0);
    let body = json!({"jobId": job["id"], "nonce": job["nonce"]});
    assert_eq!(
        caller.refused("AcknowledgeJob", body).await.code,
        "InvalidNonceException"
    );
}

#[tokio::test]
async fn a_job_that_is_not_there_is_not_found() {
    // contract codepipeline §7.2
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let job = offered(&caller).await;
    let absent = json!({"jobId": NOBODY, "nonce": "1"});
    let said = format!("Job with id '{NOBODY}' does not exist");
    caller
        .expect_refusal("AcknowledgeJob", absent, "JobNotFoundException", &said)
        .await;
    let id = job["id"].as_str().unwrap();
    let said = format!("Job with id '{id}' does not exist");
    let elsewhere = caller.in_region("eu-west-1");
    let body = json!({"jobId": id, "nonce": "1"});
    elsewhere
        .expect_refusal("AcknowledgeJob", body, "JobNotFoundException", &said)
        .await;
    let said = "1 validation error detected: Value at 'jobId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    let malformed = json!({"jobId": "job", "nonce": "1"});
    caller
        .expect_refusal("AcknowledgeJob", malformed, "ValidationException", said)
        .await;
}
