//! GetPipelineState (contract codepipeline §5.12).

use super::sample::{
    alarm, attempt, create, created, decide, fail, finish, gated, pipeline, stage, start, tell,
};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use expect_test::expect;
use serde_json::json;
use slipway::aws::Time;
use slipway::engine::pipeline::event::{ActionToken, Event, Outcome, Success};
use slipway::engine::pipeline::execution::{ActionResult, Revision};

#[tokio::test]
async fn a_pipeline_in_its_first_stage_shows_links_and_no_executions_further_on() {
    // contract codepipeline §5.12, §6.1, F12
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        caller.ok("GetPipelineState", json!({"name": "p"})).await
    });
    expect![[r#"
        {
          "created": "<time>",
          "pipelineName": "p",
          "pipelineVersion": 1,
          "stageStates": [
            {
              "actionStates": [
                {
                  "actionName": "Zip",
                  "entityUrl": "https://console.aws.amazon.com/s3/home?region=us-east-1#",
                  "latestExecution": {
                    "actionExecutionId": "<id:1>",
                    "lastStatusChange": "<time>",
                    "status": "InProgress"
                  }
                }
              ],
              "inboundExecutions": [],
              "inboundTransitionState": {
                "enabled": true
              },
              "latestExecution": {
                "pipelineExecutionId": "<id:2>",
                "status": "InProgress"
              },
              "stageName": "Source"
            },
            {
              "actionStates": [
                {
                  "actionName": "Compile",
                  "entityUrl": "https://console.aws.amazon.com/codebuild/home?region=us-east-1#/projects/hello/view"
                }
              ],
              "inboundExecutions": [],
              "inboundTransitionState": {
                "enabled": true
              },
              "stageName": "Build"
            },
            {
              "actionStates": [
                {
                  "actionName": "Publish",
                  "entityUrl": "https://console.aws.amazon.com/s3/buckets/out/?region=us-east-1&tab=overview"
                }
              ],
              "inboundExecutions": [],
              "inboundTransitionState": {
                "enabled": true
              },
              "stageName": "Deploy"
            }
          ],
          "updated": "<time>"
        }
    "#]].assert_eq(&shown.await);
}

#[tokio::test]
async fn each_stage_shows_the_newest_execution_that_entered_it_and_what_waits_in_front() {
    // contract codepipeline §5.12, F12, T1
    let shown = both(CODEPIPELINE, async |caller| {
        let first = created(&caller, "p").await;
        finish(&caller, "p", &first, "Zip").await;
        let token = super::sample::attempt(&caller, "p", &first, "Compile").await;
        let launched = Event::Launched {
            token: ActionToken(token),
            id: "hello:11111111-1111-4111-8111-111111111111".to_owned(),
            log_stream_arn: Some(
                "arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:s".to_owned(),
            ),
        };
        tell(&caller, "p", launched).await;
        let second = start(&caller, "p").await;
        finish(&caller, "p", &second, "Zip").await;
        caller.ok("GetPipelineState", json!({"name": "p"})).await["stageStates"].clone()
    });
    expect![[r#"
        [
          {
            "actionStates": [
              {
                "actionName": "Zip",
                "currentRevision": {
                  "revisionId": "v1"
                },
                "entityUrl": "https://console.aws.amazon.com/s3/home?region=us-east-1#",
                "latestExecution": {
                  "actionExecutionId": "<id:1>",
                  "lastStatusChange": "<time>",
                  "status": "Succeeded"
                }
              }
            ],
            "inboundExecutions": [],
            "inboundTransitionState": {
              "enabled": true
            },
            "latestExecution": {
              "pipelineExecutionId": "<id:2>",
              "status": "Succeeded"
            },
            "stageName": "Source"
          },
          {
            "actionStates": [
              {
                "actionName": "Compile",
                "entityUrl": "https://console.aws.amazon.com/codebuild/home?region=us-east-1#/projects/hello/view",
                "latestExecution": {
                  "actionExecutionId": "<id:3>",
                  "externalExecutionId": "hello:<id:4>",
                  "externalExecutionUrl": "https://console.aws.amazon.com/codebuild/home?region=us-east-1#/builds/hello:<id:4>/view/new",
                  "lastStatusChange": "<time>",
                  "logStreamARN": "arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:s",
                  "status": "InProgress"
                }
              }
            ],
            "inboundExecution": {
              "pipelineExecutionId": "<id:2>",
              "status": "InProgress"
            },
            "inboundExecutions": [
              {
                "pipelineExecutionId": "<id:2>",
                "status": "InProgress"
              }
            ],
            "inboundTransitionState": {
              "enabled": true
            },
            "latestExecution": {
              "pipelineExecutionId": "<id:5>",
              "status": "InProgress"
            },
            "stageName": "Build"
          },
          {
            "actionStates": [
              {
                "actionName": "Publish",
                "entityUrl": "https://console.aws.amazon.com/s3/buckets/out/?region=us-east-1&tab=overview"
              }
            ],
            "inboundExecutions": [],
            "inboundTransitionState": {
              "enabled": true
            },
            "stageName": "Deploy"
          }
        ]
    "#]].assert_eq(&shown.await);
}

#[tokio::test]
async fn a_failed_action_has_error_details_and_the_stage_has_failed() {
    // contract codepipeline §5.12, §5.12a
    let shown = both(CODEPIPELINE, async |caller| {
        let id = created(&caller, "p").await;
        fail(&caller, "p", &id, "Zip", "There is no such object.").await;
        caller.ok("GetPipelineState", json!({"name": "p"})).await["stageStates"][0].clone()
    });
    expect![[r#"
        {
          "actionStates": [
            {
              "actionName": "Zip",
              "entityUrl": "https://console.aws.amazon.com/s3/home?region=us-east-1#",
              "latestExecution": {
                "actionExecutionId": "<id:1>",
                "errorDetails": {
                  "code": "ConfigurationError",
                  "message": "There is no such object."
                },
                "lastStatusChange": "<time>",
                "status": "Failed"
              }
            }
          ],
          "inboundExecutions": [],
          "inboundTransitionState": {
            "enabled": true
          },
          "latestExecution": {
            "pipelineExecutionId": "<id:2>",
            "status": "Failed"
          },
          "stageName": "Source"
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn a_parallel_pipeline_has_no_stage_states() {
    // contract codepipeline §5.3, L1
    let caller = Caller::new(CODEPIPELINE).await;
    create(
        &caller,
        with(pipeline("p"), "/executionMode", json!("PARALLEL")),
    )
    .await;
    let state = caller.ok("GetPipelineState", json!({"name": "p"})).await;
    assert_eq!(state["stageStates"], json!([]));
}

#[tokio::test]
async fn executions_do_not_touch_the_date_of_the_pipeline() {
    // contract codepipeline §5.12, F11
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    let before = caller.ok("GetPipelineState", json!({"name": "p"})).await;
    finish(&caller, "p", &id, "Zip").await;
    let after = caller.ok("GetPipelineState", json!({"name": "p"})).await;
    assert_eq!(
        (&after["created"], &after["updated"]),
        (&before["created"], &before["updated"])
    );
}

#[tokio::test]
async fn a_pipeline_that_is_not_there_is_not_found() {
    // contract codepipeline §3.1
    let caller = Caller::new(CODEPIPELINE).await;
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    caller
        .expect_refusal(
            "GetPipelineState",
            json!({"name": "p"}),
            "PipelineNotFoundException",
            said,
        )
        .await;
}

#[tokio::test]
async fn a_condition_on_failure_is_checked_when_an_action_has_failed() {
    // contract codepipeline §5.8
    let caller = Caller::new(CODEPIPELINE).await;
    let declared = gated("p", "onFailure", "ROLLBACK", &[alarm("Quiet")]);
    let id = create(&caller, declared).await;
    finish(&caller, "p", &id, "Zip").await;
    fail(&caller, "p", &id, "Compile", "gone").await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "InProgress");
    let gate = &build["onFailureConditionState"];
    assert_eq!(gate["latestExecution"]["status"], "InProgress");
    decide(&caller, "p", "Quiet", true).await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "Failed");
    let gate = &build["onFailureConditionState"];
    assert_eq!(gate["latestExecution"]["status"], "Succeeded");
}

#[tokio::test]
async fn a_source_shows_its_revision_and_what_its_worker_said() {
    // contract codepipeline §5.12: currentRevision, percentComplete only when somebody said it
    let shown = both(CODEPIPELINE, async |caller| {
        let id = created(&caller, "p").await;
        let success = Success {
            revision: Some(Revision {
                id: "r-1".to_owned(),
                summary: Some("why".to_owned()),
                url: None,
                change: Some("c-1".to_owned()),
                created: Some(Time::from_millis(1_700_000_000_250)),
            }),
            result: ActionResult {
                external_id: Some("run-1".to_owned()),
                percent: Some(100),
                ..ActionResult::default()
            },
            ..Success::default()
        };
        let token = ActionToken(attempt(&caller, "p", &id, "Zip").await);
        let outcome = Box::new(Outcome::Succeeded(success));
        tell(&caller, "p", Event::ActionFinished { token, outcome }).await;
        let state = stage(&caller, "p", 0).await["actionStates"][0].clone();
        let created = state["currentRevision"]["created"].as_f64();
        assert_eq!(created, Some(1_700_000_000.25), "§1.2");
        let body = json!({"pipelineName": "p", "pipelineExecutionId": id});
        let execution = caller.ok("GetPipelineExecution", body).await;
        json!({"state": state, "revisions": execution["pipelineExecution"]["artifactRevisions"]})
    });
    expect![[r#"
        {
          "revisions": [
            {
              "created": "<time>",
              "name": "Sources",
              "revisionChangeIdentifier": "c-1",
              "revisionId": "r-1",
              "revisionSummary": "why"
            }
          ],
          "state": {
            "actionName": "Zip",
            "currentRevision": {
              "created": "<time>",
              "revisionChangeId": "c-1",
              "revisionId": "r-1"
            },
            "entityUrl": "https://console.aws.amazon.com/s3/home?region=us-east-1#",
            "latestExecution": {
              "actionExecutionId": "<id:1>",
              "externalExecutionId": "run-1",
              "lastStatusChange": "<time>",
              "percentComplete": 100,
              "status": "Succeeded"
            }
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn a_function_shows_links_before_and_while_it_runs() {
    // contract codepipeline §5.12, §6.1, §6.7: entity and execution URLs by template
    let caller = Caller::new(CODEPIPELINE).await;
    let call = super::sample::action(
        "Call",
        "Invoke",
        "Lambda",
        json!({"FunctionName": "f"}),
        &[],
        &[],
    );
    let id = create(&caller, with(pipeline("p"), "/stages/1/actions/-", call)).await;
    let console = "https://console.aws.amazon.com";
    let shown = stage(&caller, "p", 1).await["actionStates"][1].clone();
    let entity = format!("{console}/lambda/home?region=us-east-1#/functions/f");
    assert_eq!(shown, json!({"actionName": "Call", "entityUrl": entity}));
    finish(&caller, "p", &id, "Zip").await;
    let shown = stage(&caller, "p", 1).await["actionStates"][1]["latestExecution"].clone();
    assert_eq!(shown["externalExecutionId"], "f");
    let url = format!(
        "{console}/cloudwatch/home?region=us-east-1#logStream:group=%252Faws%252Flambda%252Ff"
    );
    assert_eq!(shown["externalExecutionUrl"], url);
    fail(&caller, "p", &id, "Call", "no").await;
    let listed = caller
        .ok("ListActionExecutions", json!({"pipelineName": "p"}))
        .await;
    let details = listed["actionExecutionDetails"].as_array().unwrap().iter();
    let mut details = details.filter(|of| of["actionName"] == "Call");
    let result = &details.next().unwrap()["output"]["executionResult"];
    let expected = json!({
        "externalExecutionId": "f",
        "externalExecutionUrl": url,
        "externalExecutionSummary": "no",
        "errorDetails": {"code": "ConfigurationError"},
    });
    assert_eq!(*result, expected, "§5.13");
}

#[tokio::test]
async fn a_revisions_link_is_there_before_a_source_ever_ran() {
    // contract codepipeline §5.12: present even if never run, when the type has a template
    let caller = Caller::new(CODEPIPELINE).await;
    let declared = super::sample::with_secret(pipeline("p"), "hush");
    caller
        .ok("CreatePipeline", json!({"pipeline": declared}))
        .await;
    let shown = stage(&caller, "p", 0).await["actionStates"][0].clone();
    assert_eq!(shown["entityUrl"], "https://github.com/o/r/tree/main");
    assert_eq!(shown["revisionUrl"], "https://github.com/o/r/commit/");
}

#[tokio::test]
async fn a_custom_type_has_links_of_its_own() {
    // contract codepipeline §5.12, §7.2: templates of the type's settings, filled in
    let caller = Caller::new(CODEPIPELINE).await;
    let settings = json!({
        "entityUrlTemplate": "https://forge.example/{Config:Job}",
        "executionUrlTemplate": "https://forge.example/{Config:Job}/{ExternalExecutionId}",
    });
    let kind = with(super::sample::custom_type("Forge"), "/settings", settings);
    caller.ok("CreateCustomActionType", kind).await;
    let declared = super::sample::with_custom(pipeline("p"), "Forge", "hush");
    let id = create(&caller, declared).await;
    let shown = stage(&caller, "p", 1).await["actionStates"][1].clone();
    assert_eq!(shown["entityUrl"], "https://forge.example/nightly");
    finish(&caller, "p", &id, "Zip").await;
    let success = Success {
        result: ActionResult {
            external_id: Some("run-7".to_owned()),
            ..ActionResult::default()
        },
        ..Success::default()
    };
    let action = attempt(&caller, "p", &id, "Custom").await;
    let token = ActionToken(action.clone());
    let outcome = Box::new(Outcome::Succeeded(success));
    tell(&caller, "p", Event::ActionFinished { token, outcome }).await;
    let url = "https://forge.example/nightly/run-7";
    let shown = stage(&caller, "p", 1).await["actionStates"][1]["latestExecution"].clone();
    assert_eq!(shown["externalExecutionUrl"], url);
    let listed = caller
        .ok("ListActionExecutions", json!({"pipelineName": "p"}))
        .await;
    let details = listed["actionExecutionDetails"].as_array().unwrap();
    let found = details.iter().find(|of| of["actionExecutionId"] == action);
    let result = &found.unwrap()["output"]["executionResult"];
    assert_eq!(result["externalExecutionUrl"], url);
}
