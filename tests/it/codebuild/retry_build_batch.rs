//! RetryBuildBatch (contract codebuild §3.3, §11.4).

use super::batched::{READS, batch, batch_arn, created, failed, groups, phases, run, start};
use super::sample::NOBODY;
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;

#[tokio::test]
async fn a_retry_of_what_failed_goes_on_in_the_same_batch() {
    // contract codebuild §11.4: id, ARN and number kept; FAILED gets RETRY; fresh SUBMITTED; old summary is prior
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = failed(&caller, "hello").await;
        let before = batch(&caller, &id).await;
        let input = json!({"id": batch_arn(&id), "retryType": "RETRY_FAILED_BUILDS"});
        let answer = caller.ok("RetryBuildBatch", input).await["buildBatch"].clone();
        assert_eq!(answer, batch(&caller, &id).await);
        for member in ["id", "arn", "buildBatchNumber", "startTime"] {
            assert_eq!(answer[member], before[member], "{member}");
        }
        assert!(answer.get("endTime").is_none());
        let one = &answer["buildGroups"][1];
        let prior = &before["buildGroups"][1]["currentBuildSummary"];
        assert_eq!(one["priorBuildSummaryList"], json!([prior]));
        let running = groups(&answer);
        run(&caller, &id, "one", true).await;
        run(&caller, &id, "two", false).await;
        let done = batch(&caller, &id).await;
        json!({"running": running, "groups": groups(&done), "phases": phases(&done)})
    });
    let expected = json!({
        "groups": ["DOWNLOAD_SOURCE SUCCEEDED", "one SUCCEEDED", "two FAILED"],
        "phases": [
            "SUBMITTED SUCCEEDED", "DOWNLOAD_BATCHSPEC SUCCEEDED", "IN_PROGRESS CLIENT_ERROR", "FAILED RETRY",
            "SUBMITTED SUCCEEDED", "DOWNLOAD_BATCHSPEC SUCCEEDED", "IN_PROGRESS SUCCEEDED", "COMBINE_ARTIFACTS SUCCEEDED",
            "SUCCEEDED",
        ],
        "running": ["DOWNLOAD_SOURCE SUCCEEDED", "one PENDING", "two PENDING"],
    });
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn without_a_type_everything_runs_again() {
    // contract codebuild §3.3: default all (unconfirmed)
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = failed(&caller, "hello").await;
    let answer = caller.ok("RetryBuildBatch", json!({"id": id})).await["buildBatch"].clone();
    assert_eq!(answer["currentPhase"], "SUBMITTED");
    assert_eq!(
        groups(&answer),
        ["DOWNLOAD_SOURCE PENDING", "one PENDING", "two PENDING"]
    );
    let listed = json!({"filter": {"status": "IN_PROGRESS"}});
    assert_eq!(
        caller.ok("ListBuildBatches", listed).await["ids"],
        json!([id])
    );
    let listed = json!({"filter": {"status": "FAILED"}});
    assert_eq!(
        caller.ok("ListBuildBatches", listed).await["ids"],
        json!([])
    );
}

#[tokio::test]
async fn a_token_retries_once() {
    // contract codebuild §1.3: remembered for five minutes
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = failed(&caller, "hello").await;
    let input = json!({"id": id, "idempotencyToken": "t"});
    caller.ok("RetryBuildBatch", input.clone()).await;
    run(&caller, &id, READS, false).await;
    let before = batch(&caller, &id).await;
    assert_eq!(before["buildBatchStatus"], "FAILED");
    assert_eq!(
        caller.ok("RetryBuildBatch", input).await["buildBatch"],
        before
    );
}

#[tokio::test]
async fn only_a_failed_batch_is_retried() {
    // contract codebuild §3.3; the words are ours after those of builds
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let running = start(&caller, "hello").await;
    let stopped = start(&caller, "hello").await;
    caller.ok("StopBuildBatch", json!({"id": stopped})).await;
    let absent = format!("Build batch cannot be found: {NOBODY}");
    let invalid = "InvalidInputException";
    for (id, code, said) in [
        (
            running.as_str(),
            invalid,
            "Cannot retry an in progress build batch",
        ),
        (
            &stopped,
            invalid,
            "Cannot retry a build batch that did not fail",
        ),
        ("hello", invalid, "Invalid build batch ID provided"),
        (NOBODY, "ResourceNotFoundException", &absent),
    ] {
        caller
            .expect_refusal("RetryBuildBatch", json!({"id": id}), code, said)
            .await;
    }
}
