//! StopBuildBatch (contract codebuild §3.3, §11.4).

use super::batched::{
    READS, batch, batch_arn, created, failed, groups, launch, phases, run, start,
};
use super::sample::{NOBODY, build};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;
use slipway::engine::world::World;

#[tokio::test]
async fn a_stopped_batch_is_complete_in_the_answer() {
    // contract codebuild §3.3: STOPPED, never-started groups STOPPED; §11.4: IN_PROGRESS phase STOPPED, then STOPPED
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = start(&caller, "hello").await;
        run(&caller, &id, READS, true).await;
        launch(&caller, &id, "one").await;
        let input = json!({"id": batch_arn(&id)});
        let answer = caller.ok("StopBuildBatch", input).await["buildBatch"].clone();
        assert_eq!(answer, batch(&caller, &id).await);
        assert_eq!(answer["endTime"], answer["phases"][3]["startTime"]);
        json!({
            "complete": answer["complete"],
            "status": answer["buildBatchStatus"],
            "currentPhase": answer["currentPhase"],
            "phases": phases(&answer),
            "groups": groups(&answer),
        })
    });
    let expected = json!({
        "complete": true,
        "currentPhase": "STOPPED",
        "groups": ["DOWNLOAD_SOURCE SUCCEEDED", "one STOPPED", "two STOPPED"],
        "phases": ["SUBMITTED SUCCEEDED", "DOWNLOAD_BATCHSPEC SUCCEEDED", "IN_PROGRESS STOPPED", "STOPPED"],
        "status": "STOPPED",
    });
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn its_builds_can_be_stopped_by_the_batchs_wish() {
    // contract codebuild §3.3: running children stopped; the wish reaches builds and batches alike
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    let reads = launch(&caller, &id, READS).await;
    let world = &caller.server.app.world;
    let scope = super::batched::key("").0;
    world.stop_build(&scope, &reads).await;
    assert_eq!(build(&caller, &reads).await["buildStatus"], "STOPPED");
    world.stop_build(&scope, &id).await;
    assert_eq!(batch(&caller, &id).await["buildBatchStatus"], "STOPPED");
}

#[tokio::test]
async fn a_finished_batch_comes_back_unchanged() {
    // contract codebuild §3.2, as of builds
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = failed(&caller, "hello").await;
    let before = batch(&caller, &id).await;
    let answer = caller.ok("StopBuildBatch", json!({"id": id})).await;
    assert_eq!(answer["buildBatch"], before);
}

#[tokio::test]
async fn a_batch_that_is_not_there_is_not_found_and_an_id_of_another_form_is_refused() {
    // contract codebuild §1.1; the words follow those of builds
    let caller = Caller::new(CODEBUILD).await;
    let said = format!("Build batch cannot be found: {NOBODY}");
    let input = json!({"id": NOBODY});
    caller
        .expect_refusal("StopBuildBatch", input, "ResourceNotFoundException", &said)
        .await;
    for id in [
        "hello",
        "hello:1",
        "arn:aws:codebuild:us-east-1:000000000000:build/hello",
    ] {
        let said = "Invalid build batch ID provided";
        caller
            .expect_refusal(
                "StopBuildBatch",
                json!({"id": id}),
                "InvalidInputException",
                said,
            )
            .await;
    }
}
