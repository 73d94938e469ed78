//! UpdatePipeline (contract codepipeline §3.1, §3.7).

use super::rules;
use super::sample::{
    action, alarm, create, created, custom_type, execution, fail, finish, gated, pipeline, stage,
    start, with_custom, with_secret,
};
use crate::support::caller::{CODEPIPELINE, Caller, both, refusal, tags, with};
use crate::support::wait_for;
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn the_new_version_replaces_the_declaration_whole() {
    // contract codepipeline §3.1, §3.7
    let shown = both(CODEPIPELINE, async |caller| {
        let first = with(
            pipeline("p"),
            "/variables",
            json!([{"name": "Y", "defaultValue": "1"}]),
        );
        caller
            .ok("CreatePipeline", json!({"pipeline": first}))
            .await;
        let second = with(pipeline("p"), "/version", json!(40));
        caller
            .ok("UpdatePipeline", json!({"pipeline": second}))
            .await
    });
    expect![[r#"
        {
          "pipeline": {
            "artifactStore": {
              "location": "store",
              "type": "S3"
            },
            "executionMode": "SUPERSEDED",
            "name": "p",
            "pipelineType": "V1",
            "roleArn": "arn:aws:iam::000000000000:role/delivery",
            "stages": [
              {
                "actions": [
                  {
                    "actionTypeId": {
                      "category": "Source",
                      "owner": "AWS",
                      "provider": "S3",
                      "version": "1"
                    },
                    "configuration": {
                      "PollForSourceChanges": "false",
                      "S3Bucket": "incoming",
                      "S3ObjectKey": "src.zip"
                    },
                    "inputArtifacts": [],
                    "name": "Zip",
                    "outputArtifacts": [
                      {
                        "name": "Sources"
                      }
                    ],
                    "runOrder": 1
                  }
                ],
                "name": "Source"
              },
              {
                "actions": [
                  {
                    "actionTypeId": {
                      "category": "Build",
                      "owner": "AWS",
                      "provider": "CodeBuild",
                      "version": "1"
                    },
                    "configuration": {
                      "ProjectName": "hello"
                    },
                    "inputArtifacts": [
                      {
                        "name": "Sources"
                      }
                    ],
                    "name": "Compile",
                    "outputArtifacts": [
                      {
                        "name": "Site"
                      }
                    ],
                    "runOrder": 1
                  }
                ],
                "name": "Build"
              },
              {
                "actions": [
                  {
                    "actionTypeId": {
                      "category": "Deploy",
                      "owner": "AWS",
                      "provider": "S3",
                      "version": "1"
                    },
                    "configuration": {
                      "BucketName": "out",
                      "Extract": "true"
                    },
                    "inputArtifacts": [
                      {
                        "name": "Site"
                      }
                    ],
                    "name": "Publish",
                    "outputArtifacts": [],
                    "runOrder": 1
                  }
                ],
                "name": "Deploy"
              }
            ],
            "version": 2
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn the_version_grows_though_nothing_changed_and_nothing_starts() {
    // contract codepipeline §3.1: version + 1 even if nothing changed; `updated` moves, `created` stays; does not start an execution
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let before = caller.ok("GetPipeline", json!({"name": "p"})).await["metadata"].clone();
    let app = &caller.server.app;
    let then = app.now();
    wait_for("the next millisecond", async || {
        (app.now() > then).then_some(())
    })
    .await;
    for version in [2, 3] {
        let answer = caller
            .ok("UpdatePipeline", json!({"pipeline": pipeline("p")}))
            .await;
        assert_eq!(answer["pipeline"]["version"], version);
    }
    let after = caller.ok("GetPipeline", json!({"name": "p"})).await["metadata"].clone();
    assert_eq!(after["created"], before["created"]);
    assert!(
        after["updated"].as_f64() > before["updated"].as_f64(),
        "{before} {after}"
    );
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
        .await;
    assert_eq!(
        listed["pipelineExecutionSummaries"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_pipeline_that_is_not_there_is_not_found() {
    // contract codepipeline §3.1, Q1: no error is modelled; the sentence of §2.2
    let caller = Caller::new(CODEPIPELINE).await;
    let said = "The account with id '000000000000' does not include a pipeline with the name 'p'";
    let broken = with(pipeline("p"), "/stages", json!([]));
    for declaration in [pipeline("p"), broken] {
        let body = json!({"pipeline": declaration});
        caller
            .expect_refusal("UpdatePipeline", body, "ResourceNotFoundException", said)
            .await;
    }
    let elsewhere = caller.in_region("eu-west-1");
    created(&elsewhere, "p").await;
    let body = json!({"pipeline": pipeline("p")});
    caller
        .expect_refusal("UpdatePipeline", body, "ResourceNotFoundException", said)
        .await;
}

#[tokio::test]
async fn every_rule_of_a_declaration_is_told_in_the_services_words() {
    // contract codepipeline §3.1: same structure checks
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    rules::each_is_told(&caller, "UpdatePipeline", "p").await;
    let role = "arn:aws:iam::000000000000:role/none";
    let orphan = with(pipeline("p"), "/roleArn", json!(role));
    let said = caller
        .refused("UpdatePipeline", json!({"pipeline": orphan}))
        .await;
    let text = format!("CodePipeline is not authorized to perform AssumeRole on role {role}");
    assert_eq!(said, refusal("InvalidStructureException", &text));
}

#[tokio::test]
async fn a_secret_sent_as_asterisks_keeps_its_value() {
    // contract codepipeline §3.1; the value itself is in the store only
    let caller = Caller::new(CODEPIPELINE).await;
    let first = json!({"pipeline": with_secret(pipeline("p"), "hush")});
    caller.ok("CreatePipeline", first).await;
    let second = json!({"pipeline": with_secret(pipeline("p"), "****")});
    let answer = caller.ok("UpdatePipeline", second).await;
    let shown = &answer["pipeline"]["stages"][0]["actions"][0]["configuration"]["OAuthToken"];
    assert_eq!(shown, "****");
    let rows = caller.server.app.codepipeline.tables.pipelines.range(
        ..,
        slipway::store::Direction::Forward,
        1,
    );
    let stored = rows[0].1.declaration.stages[0].actions[0]
        .configuration
        .as_ref()
        .unwrap();
    assert_eq!(stored["OAuthToken"], "hush");
    let renamed = with(
        with_secret(pipeline("p"), "****"),
        "/stages/0/actions/0/name",
        json!("New"),
    );
    let said = caller
        .refused("UpdatePipeline", json!({"pipeline": renamed}))
        .await;
    let text = "Action configuration for the new action 'New' contains an invalid configuration for the secret property 'OAuthToken'. '****' may be used in secret properties only when updating an existing action.";
    assert_eq!(said, refusal("InvalidActionDeclarationException", text));
}

#[tokio::test]
async fn a_custom_types_secret_sent_as_asterisks_keeps_its_value() {
    // contract codepipeline §3.1, §4.2 rule 21; keys that are no secrets are replaced
    let caller = Caller::new(CODEPIPELINE).await;
    caller
        .ok("CreateCustomActionType", custom_type("Forge"))
        .await;
    let first = json!({"pipeline": with_custom(pipeline("p"), "Forge", "hush")});
    caller.ok("CreatePipeline", first).await;
    let second = with(
        with_custom(pipeline("p"), "Forge", "****"),
        "/stages/1/actions/1/configuration/Job",
        json!("****"),
    );
    let answer = caller
        .ok("UpdatePipeline", json!({"pipeline": second}))
        .await;
    let shown = &answer["pipeline"]["stages"][1]["actions"][1]["configuration"];
    assert_eq!(*shown, json!({"Job": "****", "Token": "****"}));
    let tables = &caller.server.app.codepipeline.tables;
    let rows = tables
        .pipelines
        .range(.., slipway::store::Direction::Forward, 1);
    let stored = rows[0].1.declaration.stages[1].actions[1]
        .configuration
        .as_ref()
        .unwrap();
    assert_eq!(
        (stored["Token"].as_str(), stored["Job"].as_str()),
        ("hush", "****")
    );
}

#[tokio::test]
async fn a_pipeline_may_go_back_to_v1_and_tags_stay() {
    // contract codepipeline §4.4, §3.1
    let caller = Caller::new(CODEPIPELINE).await;
    let queued = with(pipeline("p"), "/executionMode", json!("QUEUED"));
    caller
        .ok(
            "CreatePipeline",
            json!({"pipeline": queued, "tags": tags(&[("a", "1")])}),
        )
        .await;
    let plain = with(pipeline("p"), "/pipelineType", json!("V1"));
    let answer = caller
        .ok("UpdatePipeline", json!({"pipeline": plain}))
        .await;
    assert_eq!(answer["pipeline"]["pipelineType"], "V1");
    assert_eq!(answer["pipeline"]["executionMode"], "SUPERSEDED");
    let arn = "arn:aws:codepipeline:us-east-1:000000000000:p";
    let listed = caller
        .ok("ListTagsForResource", json!({"resourceArn": arn}))
        .await;
    assert_eq!(listed["tags"], tags(&[("a", "1")]));
}

async fn update(caller: &Caller, declaration: serde_json::Value) {
    let body = json!({"pipeline": declaration});
    caller.ok("UpdatePipeline", body).await;
}

#[tokio::test]
async fn an_update_cancels_what_waits_at_once_and_what_runs_when_its_actions_end() {
    // contract codepipeline §5.9, F6; later stages of the execution do not run
    let caller = Caller::new(CODEPIPELINE).await;
    let running = created(&caller, "p").await;
    let waiting = start(&caller, "p").await;
    update(&caller, pipeline("p")).await;
    let waited = execution(&caller, "p", &waiting).await;
    assert_eq!(waited["status"], "Cancelled");
    assert_eq!(stage(&caller, "p", 0).await["inboundExecutions"], json!([]));
    assert_eq!(
        execution(&caller, "p", &running).await["status"],
        "InProgress"
    );
    finish(&caller, "p", &running, "Zip").await;
    let ended = execution(&caller, "p", &running).await;
    assert_eq!(
        (&ended["status"], &ended["pipelineVersion"]),
        (&json!("Cancelled"), &json!(1))
    );
    assert!(ended.get("statusSummary").is_none(), "§5.2");
    let source = stage(&caller, "p", 0).await;
    assert_eq!(source["latestExecution"]["status"], "Cancelled");
    let zip = &source["actionStates"][0]["latestExecution"];
    assert_eq!(zip["status"], "Succeeded");
    assert!(
        stage(&caller, "p", 1)
            .await
            .get("latestExecution")
            .is_none()
    );
}

#[tokio::test]
async fn a_new_execution_waits_for_the_actions_that_an_update_let_run() {
    // contract codepipeline §5.9, §5.3: the stage is locked until they end
    let caller = Caller::new(CODEPIPELINE).await;
    let old = created(&caller, "p").await;
    update(&caller, pipeline("p")).await;
    let new = start(&caller, "p").await;
    let source = stage(&caller, "p", 0).await;
    assert_eq!(source["inboundExecution"]["pipelineExecutionId"], new);
    fail(&caller, "p", &old, "Zip", "gone").await;
    assert_eq!(execution(&caller, "p", &old).await["status"], "Cancelled");
    let source = stage(&caller, "p", 0).await;
    assert_eq!(source["latestExecution"]["pipelineExecutionId"], new);
    assert_eq!(execution(&caller, "p", &new).await["pipelineVersion"], 2);
}

#[tokio::test]
async fn an_update_cancels_conditions_that_are_waited_for() {
    // contract codepipeline §5.8, §5.9
    let caller = Caller::new(CODEPIPELINE).await;
    let declared = gated("p", "beforeEntry", "FAIL", &[alarm("Quiet")]);
    let id = create(&caller, declared.clone()).await;
    finish(&caller, "p", &id, "Zip").await;
    update(&caller, declared).await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Cancelled");
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "Cancelled");
    let entry = &build["beforeEntryConditionState"];
    assert_eq!(entry["latestExecution"]["status"], "Cancelled");
    let rule = &entry["conditionStates"][0]["ruleStates"][0];
    assert_eq!(rule["latestExecution"]["status"], "Abandoned");
}

#[tokio::test]
async fn parallel_executions_go_on_with_the_old_definition_and_stay_unseen() {
    // contract codepipeline §5.9: PARALLEL to PARALLEL and to another mode
    let caller = Caller::new(CODEPIPELINE).await;
    let parallel = with(pipeline("p"), "/executionMode", json!("PARALLEL"));
    let id = create(&caller, parallel.clone()).await;
    let more = action(
        "More",
        "Build",
        "CodeBuild",
        json!({"ProjectName": "more"}),
        &["Sources"],
        &[],
    );
    update(&caller, with(parallel, "/stages/1/actions/-", more)).await;
    finish(&caller, "p", &id, "Zip").await;
    update(&caller, pipeline("p")).await;
    finish(&caller, "p", &id, "Compile").await;
    finish(&caller, "p", &id, "Publish").await;
    let shown = execution(&caller, "p", &id).await;
    assert_eq!(
        (&shown["status"], &shown["pipelineVersion"]),
        (&json!("Succeeded"), &json!(1))
    );
    for at in 0..3 {
        assert!(
            stage(&caller, "p", at)
                .await
                .get("latestExecution")
                .is_none()
        );
    }
}

#[tokio::test]
async fn a_pipeline_that_becomes_parallel_shows_no_stages_any_more() {
    // contract codepipeline §5.9: any to PARALLEL
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let parallel = with(pipeline("p"), "/executionMode", json!("PARALLEL"));
    update(&caller, parallel).await;
    let state = caller.ok("GetPipelineState", json!({"name": "p"})).await;
    assert_eq!(state["stageStates"], json!([]));
}

#[tokio::test]
async fn transitions_stay_with_the_names_of_their_stages() {
    // contract codepipeline §3.1: transition states survive for stages whose name survives
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    for stage in ["Build", "Deploy"] {
        let body = json!({"pipelineName": "p", "stageName": stage, "transitionType": "Inbound", "reason": "wait"});
        caller.ok("DisableStageTransition", body).await;
    }
    update(
        &caller,
        with(pipeline("p"), "/stages/2/name", json!("Release")),
    )
    .await;
    update(&caller, pipeline("p")).await;
    let enabled =
        async |at| stage(&caller, "p", at).await["inboundTransitionState"]["enabled"].clone();
    assert_eq!(enabled(1).await, false);
    assert_eq!(enabled(2).await, true);
}
