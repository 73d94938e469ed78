//! PutJobSuccessResult (contract codepipeline §7.1, §7.2, §6.7).

use super::sample::{NOBODY, action, create, finish, pipeline, tell};
use super::worker::{later, latest, offered, open, poll, rows, taken, waiting};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use serde_json::{Value, json};
use slipway::codepipeline::jobs::JobStatus;
use slipway::engine::pipeline::Event;

const STATE: &str = "InvalidJobStateException";

fn differs(id: &str) -> String {
    format!(
        "The status of job with id {id} is already set to the desired value. It cannot be updated with the same status, but different result or output variables."
    )
}

fn terminated(id: &str) -> String {
    format!("Job with id {id} has already terminated")
}

fn failure(id: &str) -> Value {
    json!({"jobId": id, "failureDetails": {"type": "JobFailed", "message": "no"}})
}

/// What the history says of the mill.
async fn history(caller: &Caller) -> Value {
    let listed = caller
        .ok("ListActionExecutions", json!({"pipelineName": "p"}))
        .await;
    let details = listed["actionExecutionDetails"].as_array().unwrap();
    let found = details
        .iter()
        .find(|detail| detail["actionName"] == "Grind");
    found.unwrap_or_else(|| panic!("{listed}"))["output"].clone()
}

#[tokio::test]
async fn the_action_succeeds_with_the_details_and_variables_of_its_worker() {
    // contract codepipeline §1.1: zero bytes; §7.1
    let shown = both(CODEPIPELINE, async |caller| {
        waiting(&caller).await;
        let id = taken(&caller).await;
        let body = json!({
            "jobId": id,
            "executionDetails": {"summary": "ground", "externalExecutionId": "42", "percentComplete": 100},
            "outputVariables": {"Weight": "3"},
        });
        assert_eq!(caller.ok("PutJobSuccessResult", body).await, Value::Null);
        let mut latest = latest(&caller, "p", 1).await;
        latest.as_object_mut().unwrap().remove("actionExecutionId");
        let output = history(&caller).await;
        assert_eq!(output["outputVariables"], json!({"Weight": "3"}));
        assert_eq!(output["outputArtifacts"][0]["name"], "Site");
        latest
    });
    let shown: Value = serde_json::from_str(&shown.await).unwrap();
    let expected = json!({
        "status": "Succeeded",
        "summary": "ground",
        "lastStatusChange": "<time>",
        "externalExecutionId": "42",
        "externalExecutionUrl": "https://mill.example/nightly/42",
        "percentComplete": 100,
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn the_same_result_is_taken_for_ever_and_no_other() {
    // contract codepipeline §7.2, §10 T12
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let id = taken(&caller).await;
    let body = json!({"jobId": id, "executionDetails": {"summary": "ground"}, "outputVariables": {"A": "1"}});
    for _ in 0..3 {
        caller.ok("PutJobSuccessResult", body.clone()).await;
    }
    for other in [
        json!({"jobId": id}),
        with(body.clone(), "/executionDetails/summary", json!("milled")),
        with(body.clone(), "/outputVariables/A", json!("2")),
        with(
            with(body.clone(), "/outputVariables", Value::Null),
            "/continuationToken",
            json!("t"),
        ),
    ] {
        caller
            .expect_refusal("PutJobSuccessResult", other, STATE, &differs(&id))
            .await;
    }
    caller
        .expect_refusal("PutJobFailureResult", failure(&id), STATE, &terminated(&id))
        .await;
    caller.ok("DeletePipeline", json!({"name": "p"})).await;
    caller.ok("PutJobSuccessResult", body).await;
}

#[tokio::test]
async fn a_result_needs_a_job_that_its_worker_has_taken() {
    // contract codepipeline §7.2
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let waits = rows(&caller)[0].record.id.clone();
    let said = format!("Job with id {waits} has not been acknowledged");
    let body = json!({"jobId": waits});
    caller
        .expect_refusal("PutJobSuccessResult", body.clone(), STATE, &said)
        .await;
    offered(&caller).await;
    caller
        .expect_refusal("PutJobSuccessResult", body.clone(), STATE, &said)
        .await;
    caller
        .expect_refusal("PutJobFailureResult", failure(&waits), STATE, &said)
        .await;
    let absent = |id: &str| format!("Job with id '{id}' does not exist");
    let code = "JobNotFoundException";
    let nobody = json!({"jobId": NOBODY});
    caller
        .expect_refusal("PutJobSuccessResult", nobody, code, &absent(NOBODY))
        .await;
    let elsewhere = caller.in_region("eu-west-1");
    elsewhere
        .expect_refusal("PutJobSuccessResult", body, code, &absent(&waits))
        .await;
}

#[tokio::test]
async fn a_continuation_is_a_new_job_of_the_same_action() {
    // contract codepipeline §6.7, §7.1, §10 F20, T11
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let first = offered(&caller).await;
    let take = json!({"jobId": first["id"], "nonce": first["nonce"]});
    caller.ok("AcknowledgeJob", take).await;
    let half = json!({
        "jobId": first["id"],
        "continuationToken": "half",
        "executionDetails": {"summary": "half way", "percentComplete": 50},
    });
    caller.ok("PutJobSuccessResult", half.clone()).await;
    let now = latest(&caller, "p", 1).await;
    assert_eq!(
        (&now["status"], &now["percentComplete"], &now["summary"]),
        (&json!("InProgress"), &json!(50), &json!("half way"))
    );
    let second = offered(&caller).await;
    assert_ne!(first["id"], second["id"]);
    assert_eq!(second["data"]["continuationToken"], "half");
    for same in ["pipelineContext", "inputArtifacts", "outputArtifacts"] {
        assert_eq!(first["data"][same], second["data"][same]);
    }
    // The first job is done; saying so again is harmless, and anything else is not.
    caller.ok("PutJobSuccessResult", half).await;
    let id = first["id"].as_str().unwrap();
    let done = json!({"jobId": id});
    caller
        .expect_refusal("PutJobSuccessResult", done, STATE, &differs(id))
        .await;
    assert_eq!(open(&caller), 1);
    let take = json!({"jobId": second["id"], "nonce": second["nonce"]});
    caller.ok("AcknowledgeJob", take).await;
    caller
        .ok("PutJobSuccessResult", json!({"jobId": second["id"]}))
        .await;
    let now = latest(&caller, "p", 1).await;
    assert_eq!(
        (&now["status"], &now["percentComplete"]),
        (&json!("Succeeded"), &json!(50))
    );
}

#[tokio::test]
async fn a_continuation_token_does_not_go_with_variables() {
    // contract codepipeline §6.7: the job is not consumed
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let id = taken(&caller).await;
    let both = json!({"jobId": id, "continuationToken": "t", "outputVariables": {"A": "1"}});
    let said = "A job can not contain both a continuation token and output variables.";
    caller
        .expect_refusal("PutJobSuccessResult", both, "ValidationException", said)
        .await;
    let none = json!({"jobId": id, "continuationToken": "t", "outputVariables": {}});
    caller.ok("PutJobSuccessResult", none).await;
}

#[tokio::test]
async fn variables_have_names_and_a_size() {
    // contract codepipeline §7.2: 122880
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let id = taken(&caller).await;
    let sized = |size: usize| json!({"jobId": id, "outputVariables": {"A": "x".repeat(size - 1)}});
    let said = caller.refused("PutJobSuccessResult", sized(122_881)).await;
    assert_eq!(said.code, "OutputVariablesSizeExceededException");
    let misnamed = json!({"jobId": id, "outputVariables": {"a b": "1"}});
    assert_eq!(
        caller.refused("PutJobSuccessResult", misnamed).await.code,
        "ValidationException"
    );
    caller.ok("PutJobSuccessResult", sized(122_880)).await;
}

#[tokio::test]
async fn results_for_what_was_given_up_are_for_nobody() {
    // contract codepipeline §6.7, §7.2: abandoned meanwhile, even after DeletePipeline
    let caller = Caller::new(CODEPIPELINE).await;
    let execution = waiting(&caller).await;
    let id = taken(&caller).await;
    let stop = json!({"pipelineName": "p", "pipelineExecutionId": execution, "abandon": true});
    caller.ok("StopPipelineExecution", stop).await;
    caller
        .ok(
            "PutJobSuccessResult",
            json!({"jobId": id, "outputVariables": {"A": "1"}}),
        )
        .await;
    caller.ok("PutJobFailureResult", failure(&id)).await;
    assert_eq!(latest(&caller, "p", 1).await["status"], "Abandoned");
    assert_eq!(history(&caller).await["outputVariables"], json!({}));
    caller.ok("DeletePipeline", json!({"name": "p"})).await;
    caller.ok("PutJobSuccessResult", json!({"jobId": id})).await;
}

#[tokio::test]
async fn a_pipeline_that_is_deleted_takes_its_jobs_back() {
    // contract codepipeline §6.7, §7.2
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let id = taken(&caller).await;
    caller.ok("DeletePipeline", json!({"name": "p"})).await;
    caller.ok("PutJobFailureResult", failure(&id)).await;
    caller.ok("PutJobSuccessResult", json!({"jobId": id})).await;
    super::worker::waiting_too(&caller, "p").await;
    assert_eq!(open(&caller), 1);
    caller.ok("DeletePipeline", json!({"name": "p"})).await;
    assert_eq!(caller.ok("PollForJobs", poll()).await, json!({"jobs": []}));
    assert_eq!(open(&caller), 0);
}

#[tokio::test]
async fn a_custom_action_has_a_day() {
    // contract codepipeline §5.14, §7.2 job lifetime
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    offered(&caller).await;
    later(&caller, 24 * 3600 - 60).await;
    tell(&caller, "p", Event::Tick).await;
    assert_eq!(
        (rows(&caller)[0].status, open(&caller)),
        (JobStatus::Dispatched, 1)
    );
    let id = taken(&caller).await;
    later(&caller, 61).await;
    tell(&caller, "p", Event::Tick).await;
    assert_eq!(
        (rows(&caller)[0].status, open(&caller)),
        (JobStatus::TimedOut, 0)
    );
    assert_eq!(latest(&caller, "p", 1).await["status"], "Failed");
    let body = json!({"jobId": id});
    caller
        .expect_refusal("PutJobSuccessResult", body, STATE, &terminated(&id))
        .await;
}

#[tokio::test]
async fn a_day_ends_offers_too() {
    // contract codepipeline §5.14
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    later(&caller, 24 * 3600 + 1).await;
    tell(&caller, "p", Event::Tick).await;
    assert_eq!(
        (rows(&caller)[0].status, open(&caller)),
        (JobStatus::TimedOut, 0)
    );
    assert_eq!(caller.ok("PollForJobs", poll()).await, json!({"jobs": []}));
}

#[tokio::test]
async fn functions_have_their_jobs_at_once_and_are_named_by_themselves() {
    // contract codepipeline §6.7: callback details are not shown; a continuation has a new id
    let caller = Caller::new(CODEPIPELINE).await;
    let configuration = json!({"FunctionName": "grind"});
    let invoke = action(
        "Grind",
        "Invoke",
        "Lambda",
        configuration,
        &["Sources"],
        &["Site"],
    );
    let id = create(&caller, with(pipeline("p"), "/stages/1/actions/0", invoke)).await;
    finish(&caller, "p", &id, "Zip").await;
    let first = rows(&caller)[0].record.id.clone();
    let body = json!({"jobId": first, "continuationToken": "t"});
    caller.ok("PutJobSuccessResult", body.clone()).await;
    caller.ok("PutJobSuccessResult", body).await;
    let next = rows(&caller).into_iter().find(|row| row.record.id != first);
    let next = next.unwrap().record;
    assert_eq!(next.continuation.as_deref(), Some("t"));
    let details = json!({"externalExecutionId": "x", "summary": "s"});
    let body =
        json!({"jobId": next.id, "executionDetails": details, "outputVariables": {"A": "1"}});
    caller.ok("PutJobSuccessResult", body).await;
    let latest = latest(&caller, "p", 1).await;
    assert_eq!(
        (
            &latest["status"],
            &latest["externalExecutionId"],
            latest.get("summary")
        ),
        (&json!("Succeeded"), &json!("grind"), None)
    );
    assert_eq!(history(&caller).await["outputVariables"], json!({"A": "1"}));
}

#[tokio::test]
async fn a_function_in_another_region_answers_there() {
    // contract codepipeline §7.2: right id in another region is not found
    let caller = Caller::new(CODEPIPELINE).await;
    let configuration = json!({"FunctionName": "grind"});
    let invoke = action(
        "Grind",
        "Invoke",
        "Lambda",
        configuration,
        &["Sources"],
        &["Site"],
    );
    let invoke = with(invoke, "/region", json!("eu-west-1"));
    let stores = json!({
        "us-east-1": {"type": "S3", "location": "store"},
        "eu-west-1": {"type": "S3", "location": "abroad"},
    });
    let pipeline = with(pipeline("p"), "/artifactStore", Value::Null);
    let pipeline = with(pipeline, "/artifactStores", stores);
    let id = create(&caller, with(pipeline, "/stages/1/actions/0", invoke)).await;
    finish(&caller, "p", &id, "Zip").await;
    let job = json!({"jobId": rows(&caller)[0].record.id});
    let said = caller.refused("PutJobSuccessResult", job.clone()).await;
    assert_eq!(said.code, "JobNotFoundException");
    let abroad = caller.in_region("eu-west-1");
    abroad.ok("PutJobSuccessResult", job).await;
    assert_eq!(latest(&caller, "p", 1).await["status"], "Succeeded");
}
