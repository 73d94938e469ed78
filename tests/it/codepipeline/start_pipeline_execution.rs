//! StartPipelineExecution (contract codepipeline §3.2, §5.4).

use super::sample::{create, created, pipeline, start};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use crate::support::wait_for;
use serde_json::{Value, json};

async fn execution(caller: &Caller, id: &Value) -> Value {
    let body = json!({"pipelineName": "p", "pipelineExecutionId": id});
    caller.ok("GetPipelineExecution", body).await["pipelineExecution"].clone()
}

#[tokio::test]
async fn the_answer_is_the_id_alone() {
    // contract codepipeline §3.2
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        let started = caller
            .ok("StartPipelineExecution", json!({"name": "p"}))
            .await;
        let trigger = &execution(&caller, &started["pipelineExecutionId"]).await["trigger"];
        let expected = json!({"triggerType": "StartPipelineExecution", "triggerDetail": "arn:aws:iam::000000000000:user/slipway"});
        assert_eq!(*trigger, expected, "F3");
        started
    });
    assert_eq!(shown.await, "{\n  \"pipelineExecutionId\": \"<id:1>\"\n}\n");
}

#[tokio::test]
async fn the_same_token_gives_the_same_execution_whatever_comes_with_it() {
    // contract codepipeline §3.2, F4, §5.12a: even after UpdatePipeline
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    created(&caller, "q").await;
    let asked = |name: &str, token: &str| json!({"name": name, "clientRequestToken": token});
    let first = caller.ok("StartPipelineExecution", asked("p", "t-1")).await;
    let mut other = asked("p", "t-1");
    other["variables"] = json!([{"name": "X", "value": "1"}]);
    assert_eq!(caller.ok("StartPipelineExecution", other).await, first);
    caller
        .ok("UpdatePipeline", json!({"pipeline": pipeline("p")}))
        .await;
    assert_eq!(
        caller.ok("StartPipelineExecution", asked("p", "t-1")).await,
        first
    );
    assert_ne!(
        caller.ok("StartPipelineExecution", asked("p", "t-2")).await,
        first
    );
    assert_ne!(
        caller.ok("StartPipelineExecution", asked("q", "t-1")).await,
        first
    );
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
        .await;
    assert_eq!(
        listed["pipelineExecutionSummaries"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let mut twins = asked("p", "t-1");
    twins["variables"] = json!([{"name": "X", "value": "1"}, {"name": "X", "value": "2"}]);
    let said = "Variable names must be unique. The following variable name is already in use: X";
    caller
        .expect_refusal("StartPipelineExecution", twins, "ValidationException", said)
        .await;
}

#[tokio::test]
async fn variables_override_defaults_and_unknown_names_are_ignored() {
    // contract codepipeline §3.2, T4, F8; §1.4: an empty list is accepted
    let caller = Caller::new(CODEPIPELINE).await;
    let declared = json!([{"name": "A", "defaultValue": "a"}, {"name": "B", "defaultValue": "b"}]);
    create(&caller, with(pipeline("p"), "/variables", declared)).await;
    let cases = [
        (
            json!([{"name": "A", "value": "1"}, {"name": "a", "value": "2"}, {"name": "Z", "value": "3"}]),
            json!([{"name": "A", "resolvedValue": "1"}, {"name": "B", "resolvedValue": "b"}]),
        ),
        (
            json!([]),
            json!([{"name": "A", "resolvedValue": "a"}, {"name": "B", "resolvedValue": "b"}]),
        ),
    ];
    for (variables, resolved) in cases {
        let body = json!({"name": "p", "variables": variables});
        let started = caller.ok("StartPipelineExecution", body).await;
        let shown = execution(&caller, &started["pipelineExecutionId"]).await;
        assert_eq!(shown["variables"], resolved);
    }
}

#[tokio::test]
async fn an_execution_without_its_required_variables_has_failed_before_any_action() {
    // contract codepipeline §3.2, §5.12a, F8, F14
    let caller = Caller::new(CODEPIPELINE).await;
    let declared = json!([{"name": "A"}, {"name": "B"}, {"name": "C", "defaultValue": "c"}]);
    create(&caller, with(pipeline("p"), "/variables", declared)).await;
    let started = caller
        .ok("StartPipelineExecution", json!({"name": "p"}))
        .await;
    let shown = execution(&caller, &started["pipelineExecutionId"]).await;
    assert_eq!(shown["status"], "Failed");
    assert_eq!(
        shown["statusSummary"],
        "Values for required variables haven't been provided: A,B"
    );
    let filter = json!({"pipelineExecutionId": started["pipelineExecutionId"]});
    let body = json!({"pipelineName": "p", "filter": filter});
    let listed = caller.ok("ListActionExecutions", body).await;
    assert_eq!(listed, json!({"actionExecutionDetails": []}));
}

#[tokio::test]
async fn a_pipeline_that_is_not_there_is_not_found() {
    // contract codepipeline §3.2
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller.in_region("eu-west-1"), "p").await;
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    let twins = json!([{"name": "X", "value": "1"}, {"name": "X", "value": "2"}]);
    for body in [
        json!({"name": "p"}),
        json!({"name": "p", "variables": twins}),
    ] {
        caller
            .expect_refusal(
                "StartPipelineExecution",
                body,
                "PipelineNotFoundException",
                said,
            )
            .await;
    }
}

#[tokio::test]
async fn source_revisions_that_do_not_fit_the_source_are_refused() {
    // contract codepipeline §3.2, §5.4; the texts are ours
    let caller = Caller::new(CODEPIPELINE).await;
    create(&caller, with(pipeline("p"), "/pipelineType", json!("V2"))).await;
    let cases = [
        (
            "Nope",
            "S3_OBJECT_VERSION_ID",
            "The pipeline 'p' does not have a source action with the name 'Nope'",
        ),
        (
            "Compile",
            "S3_OBJECT_VERSION_ID",
            "The pipeline 'p' does not have a source action with the name 'Compile'",
        ),
        (
            "Zip",
            "COMMIT_ID",
            "The source action 'Zip' does not take revisions of the type COMMIT_ID",
        ),
        (
            "Zip",
            "S3_OBJECT_KEY",
            "The source action 'Zip' does not allow to override its S3 object key: AllowOverrideForS3ObjectKey is not true",
        ),
    ];
    for (action, kind, said) in cases {
        let revision = json!({"actionName": action, "revisionType": kind, "revisionValue": "v"});
        let body = json!({"name": "p", "sourceRevisions": [revision]});
        caller
            .expect_refusal("StartPipelineExecution", body, "ValidationException", said)
            .await;
    }
    let revision =
        json!({"actionName": "Zip", "revisionType": "S3_OBJECT_VERSION_ID", "revisionValue": "v"});
    let body = json!({"name": "p", "sourceRevisions": [revision]});
    caller.ok("StartPipelineExecution", body).await;
}

#[tokio::test]
async fn source_revisions_of_a_v1_pipeline_are_refused() {
    // contract codepipeline §4.4; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let revision =
        json!({"actionName": "Zip", "revisionType": "S3_OBJECT_VERSION_ID", "revisionValue": "v"});
    let body = json!({"name": "p", "sourceRevisions": [revision]});
    let said = "Source revision overrides can only be used with V2 pipelines";
    caller
        .expect_refusal("StartPipelineExecution", body, "ValidationException", said)
        .await;
    let body = json!({"name": "p", "sourceRevisions": []});
    caller.ok("StartPipelineExecution", body).await;
}

#[tokio::test]
async fn fifty_live_executions_are_enough_for_a_queue() {
    // contract codepipeline §3.2, §4.5; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    create(
        &caller,
        with(pipeline("p"), "/executionMode", json!("QUEUED")),
    )
    .await;
    for _ in 1..50 {
        start(&caller, "p").await;
    }
    let said = "The pipeline 'p' has reached the limit of 50 concurrent executions";
    let code = "ConcurrentPipelineExecutionsLimitExceededException";
    caller
        .expect_refusal("StartPipelineExecution", json!({"name": "p"}), code, said)
        .await;
}

#[tokio::test]
async fn tokens_and_variables_keep_the_model() {
    // contract codepipeline §1.4, §3.2
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let said = "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9-]+$";
    let body = json!({"name": "p", "clientRequestToken": "a b"});
    caller
        .expect_refusal("StartPipelineExecution", body, "ValidationException", said)
        .await;
}

#[tokio::test]
async fn fifty_live_executions_are_enough_beside_each_other_and_never_too_many_when_they_supersede()
{
    // contract codepipeline §4.5, §5.3; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    let parallel = with(pipeline("p"), "/executionMode", json!("PARALLEL"));
    create(&caller, parallel).await;
    created(&caller, "q").await;
    for _ in 1..50 {
        start(&caller, "p").await;
        start(&caller, "q").await;
    }
    start(&caller, "q").await;
    let said = "The pipeline 'p' has reached the limit of 50 concurrent executions";
    let code = "ConcurrentPipelineExecutionsLimitExceededException";
    caller
        .expect_refusal("StartPipelineExecution", json!({"name": "p"}), code, said)
        .await;
}

/// Puts an object and gives its version.
async fn put(caller: &Caller, key: &str, body: &str) -> String {
    caller.s3("PUT", &format!("/incoming/{key}"), body).await;
    let listed = caller.s3("GET", "/incoming?versions", "").await;
    let newest = listed.split("<Version>").find(|of| {
        of.contains(&format!("<Key>{key}</Key>")) && of.contains("<IsLatest>true</IsLatest>")
    });
    let version = newest.unwrap().split("<VersionId>").nth(1).unwrap();
    version.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_override_decides_which_object_and_which_version_a_source_takes() {
    // contract codepipeline §5.4, F9, L9: only that execution; the configuration stays as declared, the resolved one has the key used
    let caller = Caller::running(CODEPIPELINE).await;
    for bucket in ["/store", "/incoming"] {
        caller.s3("PUT", bucket, "").await;
    }
    let on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    caller.s3("PUT", "/incoming?versioning", on).await;
    let first = put(&caller, "src.zip", "one").await;
    let second = put(&caller, "src.zip", "two").await;
    let other = put(&caller, "other.zip", "three").await;
    let allowed = with(
        with(pipeline("p"), "/pipelineType", json!("V2")),
        "/stages/0/actions/0/configuration/AllowOverrideForS3ObjectKey",
        json!("true"),
    );
    caller
        .ok("CreatePipeline", json!({"pipeline": allowed}))
        .await;
    let version = |value: &str| json!({"actionName": "Zip", "revisionType": "S3_OBJECT_VERSION_ID", "revisionValue": value});
    let key =
        json!({"actionName": "Zip", "revisionType": "S3_OBJECT_KEY", "revisionValue": "other.zip"});
    let cases = [
        (json!([version(&first)]), &first, "src.zip", "one"),
        (json!([]), &second, "src.zip", "two"),
        (json!([key]), &other, "other.zip", "three"),
        (json!([key, version(&other)]), &other, "other.zip", "three"),
    ];
    for (revisions, version, key, content) in cases {
        let body = json!({"name": "p", "sourceRevisions": revisions});
        let id = caller.ok("StartPipelineExecution", body).await["pipelineExecutionId"].clone();
        let taken = wait_for("the source to have run", async || {
            let filter = json!({"pipelineExecutionId": id});
            let body = json!({"pipelineName": "p", "filter": filter});
            let listed = caller.ok("ListActionExecutions", body).await;
            let details = listed["actionExecutionDetails"].as_array().unwrap().clone();
            let mut ended = details.into_iter().filter(|of| of["actionName"] == "Zip");
            ended.find(|of| of["status"] == "Succeeded")
        })
        .await;
        let variables = &taken["output"]["outputVariables"];
        assert_eq!(
            (&variables["VersionId"], &variables["ObjectKey"]),
            (&json!(version), &json!(key))
        );
        assert_eq!(taken["input"]["configuration"]["S3ObjectKey"], "src.zip");
        assert_eq!(taken["input"]["resolvedConfiguration"]["S3ObjectKey"], key);
        let at = &taken["output"]["outputArtifacts"][0]["s3location"];
        let at = format!("/store/{}", at["key"].as_str().unwrap());
        assert_eq!(caller.s3("GET", &at, "").await, content);
        let shown = execution(&caller, &id).await;
        assert_eq!(shown["artifactRevisions"][0]["revisionId"], *version);
    }
}
