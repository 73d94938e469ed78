//! DeleteBuildBatch (contract codebuild §1.1, §3.3).

use super::batched::{READS, batch_arn, created, launch, run, start};
use super::sample::{NOBODY, build_arn};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;

#[tokio::test]
async fn a_batch_goes_with_its_builds() {
    // contract codebuild §3.3: BATCH_DELETED, buildsDeleted are ARNs
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = start(&caller, "hello").await;
        let reads = run(&caller, &id, READS, true).await;
        let one = run(&caller, &id, "one", false).await;
        let answer = caller
            .ok("DeleteBuildBatch", json!({"id": batch_arn(&id)}))
            .await;
        assert_eq!(
            answer["buildsDeleted"],
            json!([build_arn(&reads), build_arn(&one)])
        );
        assert_eq!(caller.ok("ListBuilds", json!({})).await["ids"], json!([]));
        assert_eq!(
            caller.ok("ListBuildBatches", json!({})).await["ids"],
            json!([])
        );
        let got = caller
            .ok("BatchGetBuildBatches", json!({"ids": [id]}))
            .await;
        assert_eq!(got["buildBatchesNotFound"], json!([id]));
        json!({"code": answer["statusCode"], "kept": answer["buildsNotDeleted"]})
    });
    let expected = json!({"code": "BATCH_DELETED", "kept": []});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn a_running_batch_stays_and_an_absent_one_is_deleted_as_well() {
    // contract codebuild §3.3: BATCH_IN_PROGRESS (unconfirmed); absent: succeeds
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    let answer = caller.ok("DeleteBuildBatch", json!({"id": id})).await;
    assert_eq!(
        answer,
        json!({"statusCode": "BATCH_IN_PROGRESS", "buildsDeleted": [], "buildsNotDeleted": []})
    );
    assert_eq!(super::batched::batch(&caller, &id).await["complete"], false);
    let answer = caller.ok("DeleteBuildBatch", json!({"id": NOBODY})).await;
    assert_eq!(answer["statusCode"], "BATCH_DELETED");
}

#[tokio::test]
async fn a_build_that_has_not_ended_yet_stays() {
    // contract codebuild §3.2: BUILD_IN_PROGRESS
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    let reads = launch(&caller, &id, READS).await;
    caller.ok("StopBuildBatch", json!({"id": id})).await;
    let answer = caller.ok("DeleteBuildBatch", json!({"id": id})).await;
    assert_eq!(
        answer["buildsNotDeleted"],
        json!([{"id": build_arn(&reads), "statusCode": "BUILD_IN_PROGRESS"}])
    );
}
