//! Sources that are looked at: what starts an execution and what does not (contract codepipeline §5.4, polling).
//!
//! Here the engine runs.

use super::sample::{action, pipeline, stage};
use crate::support::caller::{CODEPIPELINE, Caller, with};
use crate::support::wait_for;
use serde_json::{Value, json};

const SOURCE: &str = "/stages/0/actions/0/configuration";

/// The account has the buckets; the source bucket keeps versions.
async fn world() -> Caller {
    let caller = Caller::running(CODEPIPELINE).await;
    for bucket in ["/store", "/incoming"] {
        caller.s3("PUT", bucket, "").await;
    }
    let on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    caller.s3("PUT", "/incoming?versioning", on).await;
    caller
}

/// The sample, whose source `polls` and looks at this key.
fn watching(polls: &str, key: &str) -> Value {
    let source = json!({"S3Bucket": "incoming", "S3ObjectKey": key, "PollForSourceChanges": polls});
    with(pipeline("p"), SOURCE, source)
}

/// All executions, the newest first, once there are as many and none of them runs.
async fn runs(caller: &Caller, count: usize) -> Vec<Value> {
    wait_for("the executions", async || {
        let body = json!({"pipelineName": "p"});
        let listed = caller.ok("ListPipelineExecutions", body).await;
        let all = listed["pipelineExecutionSummaries"]
            .as_array()
            .unwrap()
            .clone();
        assert!(all.len() <= count, "{listed}");
        let over = all.iter().all(|of| of["status"] != "InProgress");
        (all.len() == count && over).then_some(all)
    })
    .await
}

fn triggers(runs: &[Value]) -> Vec<&str> {
    let kinds = runs.iter().map(|of| &of["trigger"]["triggerType"]);
    kinds.map(|kind| kind.as_str().unwrap()).collect()
}

async fn update(caller: &Caller, declaration: Value) {
    let body = json!({"pipeline": declaration});
    caller.ok("UpdatePipeline", body).await;
}

#[tokio::test]
async fn each_of_two_sources_that_poll_starts_an_execution_of_both() {
    // contract codepipeline §5.4: two polling sources give two executions, each binding both revisions; detail: the action's name
    let caller = world().await;
    for key in ["one.zip", "two.zip"] {
        caller.s3("PUT", &format!("/incoming/{key}"), key).await;
    }
    let second = json!({"S3Bucket": "incoming", "S3ObjectKey": "two.zip"});
    let second = action("Second", "Source", "S3", second, &[], &["More"]);
    let declared = with(watching("TRUE", "one.zip"), "/stages/0/actions/-", second);
    let body = json!({"pipeline": declared});
    caller.ok("CreatePipeline", body).await;
    let runs = runs(&caller, 2).await;
    let mut details: Vec<&Value> = runs
        .iter()
        .map(|of| &of["trigger"]["triggerDetail"])
        .collect();
    details.sort_by_key(|detail| detail.to_string());
    assert_eq!(details, ["Second", "Zip"]);
    assert_eq!(triggers(&runs), ["PollForSourceChanges"; 2]);
    for run in &runs {
        let bound = run["sourceRevisions"].as_array().unwrap();
        assert_eq!(bound.len(), 2, "{run}");
    }
}

#[tokio::test]
async fn the_same_bytes_again_are_a_new_revision() {
    // contract codepipeline §5.4, comparison: by version id
    let caller = world().await;
    caller.s3("PUT", "/incoming/src.zip", "same").await;
    let body = json!({"pipeline": watching("true", "src.zip")});
    caller.ok("CreatePipeline", body).await;
    runs(&caller, 1).await;
    caller.s3("PUT", "/incoming/src.zip", "same").await;
    let runs = runs(&caller, 2).await;
    let revision = |of: &Value| of["sourceRevisions"][0]["revisionId"].clone();
    assert_ne!(revision(&runs[0]), revision(&runs[1]));
}

#[tokio::test]
async fn polling_that_is_turned_on_takes_what_no_poll_has_taken() {
    // contract codepipeline §5.4, turning polling off and on
    let caller = world().await;
    for key in ["src.zip", "other.zip"] {
        caller.s3("PUT", &format!("/incoming/{key}"), key).await;
    }
    let body = json!({"pipeline": watching("yes", "src.zip")});
    caller.ok("CreatePipeline", body).await;
    assert_eq!(triggers(&runs(&caller, 1).await), ["CreatePipeline"]);
    // The revision that an execution took without a poll is taken once more; then it is known.
    update(&caller, watching("true", "src.zip")).await;
    let polled = ["PollForSourceChanges", "CreatePipeline"];
    assert_eq!(triggers(&runs(&caller, 2).await), polled);
    update(&caller, watching("false", "src.zip")).await;
    update(&caller, watching("true", "src.zip")).await;
    // Another key is another source.
    update(&caller, watching("true", "other.zip")).await;
    let runs = runs(&caller, 3).await;
    let other = caller
        .s3("GET", "/incoming?versions&prefix=other.zip", "")
        .await;
    let newest = runs[0]["sourceRevisions"][0]["revisionId"]
        .as_str()
        .unwrap();
    assert!(other.contains(newest), "{newest} is not in {other}");
}

#[tokio::test]
async fn a_source_that_is_missing_is_shown_and_starts_nothing() {
    // contract codepipeline §5.4, source missing; §5.12a: a state without ids, revision or execution
    let caller = world().await;
    caller.s3("PUT", "/incoming/src.zip", "zip").await;
    let body = json!({"pipeline": watching("true", "src.zip")});
    caller.ok("CreatePipeline", body).await;
    let first = runs(&caller, 1).await[0]["pipelineExecutionId"].clone();
    update(&caller, watching("true", "none.zip")).await;
    let source = wait_for("the look at the source", async || {
        let source = stage(&caller, "p", 0).await;
        let latest = &source["actionStates"][0]["latestExecution"];
        latest.get("errorDetails").is_some().then_some(source)
    })
    .await;
    assert_eq!(source["latestExecution"]["pipelineExecutionId"], first);
    let mut shown = source["actionStates"][0].clone();
    let since = shown["latestExecution"]["lastStatusChange"].take();
    assert!(since.is_f64(), "{since}");
    let said = "Could not access the Amazon S3 object: \"incoming/none.zip\". Make sure that the names of the bucket and object are both correct.";
    let error = json!({"code": "ConfigurationError", "message": said});
    let latest = json!({"status": "Failed", "lastStatusChange": null, "errorDetails": error});
    assert_eq!(shown["latestExecution"], latest);
    assert_eq!(shown.get("currentRevision"), None);
    // It comes, and all is well.
    caller.s3("PUT", "/incoming/none.zip", "zip").await;
    runs(&caller, 2).await;
}
