//! ListActionExecutions (contract codepipeline §3.2, §3.5, §5.13).

use super::sample::{
    NOBODY, create, created, custom_type, fail, finish, named, pipeline, start, with_custom,
};
use crate::support::caller::{CODEPIPELINE, Caller, both, pages, texts, with};
use expect_test::expect;
use serde_json::{Value, json};

const MEMBER: &str = "actionExecutionDetails";

fn all() -> Value {
    json!({"pipelineName": "p"})
}

fn of(id: &str) -> Value {
    json!({"pipelineName": "p", "filter": {"pipelineExecutionId": id}})
}

fn range(id: &str, range: &str) -> Value {
    json!({"pipelineName": "p", "filter": {"latestInPipelineExecution": {"pipelineExecutionId": id, "startTimeRange": range}}})
}

async fn actions(caller: &Caller, body: Value) -> Vec<String> {
    let answer = caller.ok("ListActionExecutions", body).await;
    texts(&answer[MEMBER], "actionName")
}

#[tokio::test]
async fn a_finished_and_a_running_action_show_their_inputs_and_outputs() {
    // contract codepipeline §5.13, T5, T7
    let shown = both(CODEPIPELINE, async |caller| {
        let id = created(&caller, "p").await;
        finish(&caller, "p", &id, "Zip").await;
        let mut answer = caller.ok("ListActionExecutions", all()).await;
        // Both may have begun in the same millisecond; then their ids decide.
        let details = answer[MEMBER].as_array_mut().unwrap();
        details.sort_by_key(|detail| detail["stageName"].to_string());
        answer
    });
    expect![[r#"
        {
          "actionExecutionDetails": [
            {
              "actionExecutionId": "<id:1>",
              "actionName": "Compile",
              "input": {
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
                    "name": "Sources",
                    "s3location": {
                      "bucket": "store",
                      "key": "p/Sources/<random>.zip"
                    }
                  }
                ],
                "region": "us-east-1",
                "resolvedConfiguration": {
                  "ProjectName": "hello"
                }
              },
              "lastUpdateTime": "<time>",
              "output": {
                "outputArtifacts": [],
                "outputVariables": {}
              },
              "pipelineExecutionId": "<id:2>",
              "pipelineVersion": 1,
              "stageName": "Build",
              "startTime": "<time>",
              "status": "InProgress"
            },
            {
              "actionExecutionId": "<id:3>",
              "actionName": "Zip",
              "input": {
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
                "region": "us-east-1",
                "resolvedConfiguration": {
                  "PollForSourceChanges": "false",
                  "S3Bucket": "incoming",
                  "S3ObjectKey": "src.zip"
                }
              },
              "lastUpdateTime": "<time>",
              "output": {
                "executionResult": {},
                "outputArtifacts": [
                  {
                    "name": "Sources",
                    "s3location": {
                      "bucket": "store",
                      "key": "p/Sources/<random>.zip"
                    }
                  }
                ],
                "outputVariables": {}
              },
              "pipelineExecutionId": "<id:2>",
              "pipelineVersion": 1,
              "stageName": "Source",
              "startTime": "<time>",
              "status": "Succeeded"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn a_failed_action_has_a_result_with_code_and_text() {
    // contract codepipeline §5.13
    let shown = both(CODEPIPELINE, async |caller| {
        let id = created(&caller, "p").await;
        fail(&caller, "p", &id, "Zip", "There is no such object.").await;
        let answer = caller.ok("ListActionExecutions", all()).await;
        answer[MEMBER][0]["output"].clone()
    });
    expect![[r#"
        {
          "executionResult": {
            "errorDetails": {
              "code": "ConfigurationError"
            },
            "externalExecutionSummary": "There is no such object."
          },
          "outputArtifacts": [],
          "outputVariables": {}
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn filters_narrow_to_one_execution_and_to_the_latest_attempts() {
    // contract codepipeline §3.2
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    finish(&caller, "p", &first, "Zip").await;
    let second = start(&caller, "p").await;
    assert_eq!(actions(&caller, all()).await.len(), 3);
    for body in [of(&first), range(&first, "All"), range(&first, "Latest")] {
        let mut names = actions(&caller, body).await;
        names.sort();
        assert_eq!(names, ["Compile", "Zip"]);
    }
    assert_eq!(actions(&caller, of(&second)).await, ["Zip"]);
    let both = |top: &str, latest: &str| {
        let mut body = range(latest, "All");
        body["filter"]["pipelineExecutionId"] = json!(top);
        body
    };
    assert_eq!(actions(&caller, both(&second, &second)).await, ["Zip"]);
    assert_eq!(actions(&caller, both(&second, &first)).await, [""; 0]);
    assert_eq!(actions(&caller, both(&second, NOBODY)).await, [""; 0]);
}

#[tokio::test]
async fn pages_hold_every_action_once_with_the_newest_start_first() {
    // contract codepipeline §3.2: ties by id
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    finish(&caller, "p", &first, "Zip").await;
    finish(&caller, "p", &first, "Compile").await;
    let second = start(&caller, "p").await;
    finish(&caller, "p", &second, "Zip").await;
    created(&caller, "p2").await;
    let whole = caller.ok("ListActionExecutions", all()).await[MEMBER].clone();
    let whole = whole.as_array().unwrap();
    let order = |detail: &Value| {
        let started = detail["startTime"].as_f64().unwrap();
        (
            std::cmp::Reverse((started * 1000.0) as i64),
            detail["actionExecutionId"].to_string(),
        )
    };
    assert!(whole.is_sorted_by_key(order), "{whole:?}");
    assert_eq!(whole.len(), 5);
    for size in 1..=5 {
        let mut body = all();
        body["maxResults"] = json!(size);
        let paged = pages(&caller, "ListActionExecutions", body, MEMBER).await;
        assert_eq!(paged.len(), 5_usize.div_ceil(size));
        assert_eq!(paged.concat(), *whole, "{size} on a page");
    }
    let mut body = of(&first);
    body["maxResults"] = json!(1);
    let paged = pages(&caller, "ListActionExecutions", body, MEMBER).await;
    assert_eq!(paged.len(), 3);
}

#[tokio::test]
async fn tokens_are_bound_to_the_filter_but_all_and_the_plain_filter_are_one() {
    // contract codepipeline §3.5
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    finish(&caller, "p", &first, "Zip").await;
    let second = start(&caller, "p").await;
    let token_of = async |body: Value| {
        let mut body = body;
        body["maxResults"] = json!(1);
        caller.ok("ListActionExecutions", body).await["nextToken"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let with = |mut body: Value, token: &str| {
        body["nextToken"] = json!(token);
        body
    };
    let plain = token_of(of(&first)).await;
    let whole = token_of(range(&first, "All")).await;
    let latest = token_of(range(&first, "Latest")).await;
    assert_eq!(
        actions(&caller, with(range(&first, "All"), &plain))
            .await
            .len(),
        1
    );
    assert_eq!(actions(&caller, with(of(&first), &whole)).await.len(), 1);
    let refused = [
        (of(&first), "garbage"),
        (of(&first), latest.as_str()),
        (range(&first, "Latest"), &whole),
        (range(&first, "All"), &latest),
        (of(&second), &plain),
        (all(), &plain),
    ];
    for (body, token) in refused {
        let said = format!(
            "The nextToken value '{token}' is not valid. Specify a valid nextToken value, and then try again."
        );
        caller
            .expect_refusal(
                "ListActionExecutions",
                with(body, token),
                "InvalidNextTokenException",
                &said,
            )
            .await;
    }
}

#[tokio::test]
async fn an_execution_that_is_not_there_is_not_found() {
    // contract codepipeline §3.2, §5.12a: the Latest filter alone prints null
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    let elsewhere = created(&caller, "q").await;
    let mut both = range(&id, "All");
    both["filter"]["pipelineExecutionId"] = json!(NOBODY);
    for (body, shown) in [
        (of(NOBODY), NOBODY),
        (of(&elsewhere), &elsewhere),
        (range(NOBODY, "Latest"), "null"),
        (range(NOBODY, "All"), "null"),
        (both, NOBODY),
    ] {
        let said = format!(
            "Pipeline Execution with id '{shown}' does not exist in pipeline with name 'p'"
        );
        caller
            .expect_refusal(
                "ListActionExecutions",
                body,
                "PipelineExecutionNotFoundException",
                &said,
            )
            .await;
    }
    let said =
        "The account with AWS account ID '000000000000' does not include a pipeline named 'nope'";
    let body = json!({"pipelineName": "nope"});
    caller
        .expect_refusal(
            "ListActionExecutions",
            body,
            "PipelineNotFoundException",
            said,
        )
        .await;
}

#[tokio::test]
async fn an_unknown_range_breaks_the_model_even_of_an_absent_pipeline() {
    // contract codepipeline §1.4
    let caller = Caller::new(CODEPIPELINE).await;
    let said = caller
        .refused("ListActionExecutions", range(NOBODY, "Some"))
        .await;
    assert_eq!(said.code, "ValidationException");
    let head = "1 validation error detected: Value at 'filter.latestInPipelineExecution.startTimeRange' failed to satisfy constraint: Member must satisfy enum value set: [";
    assert!(said.message.starts_with(head), "{}", said.message);
}

#[tokio::test]
async fn secrets_of_custom_types_are_hidden_even_when_the_type_is_deleted() {
    // contract codepipeline §3.7, §5.13
    let caller = Caller::new(CODEPIPELINE).await;
    caller
        .ok("CreateCustomActionType", custom_type("Forge"))
        .await;
    let id = create(&caller, with_custom(pipeline("p"), "Forge", "hush")).await;
    finish(&caller, "p", &id, "Zip").await;
    for step in ["there", "deleted"] {
        let listed = caller.ok("ListActionExecutions", all()).await;
        let details = listed[MEMBER].as_array().unwrap();
        let custom = details.iter().find(|of| of["actionName"] == "Custom");
        let input = &custom.unwrap()["input"];
        let shown = json!({"Job": "nightly", "Token": "****"});
        assert_eq!(input["configuration"], shown, "{step}");
        assert_eq!(input["resolvedConfiguration"], shown, "{step}");
        caller.ok("DeleteCustomActionType", named("Forge")).await;
    }
}

#[tokio::test]
async fn variables_are_shown_as_declared_and_resolved_and_stay_bound() {
    // contract codepipeline §5.2, §5.5, F8, L9: a literal value is not expanded again, a later default changes nothing
    let caller = Caller::new(CODEPIPELINE).await;
    let project = json!("#{variables.A}-#{variables.B}");
    let named = with(
        pipeline("p"),
        "/stages/1/actions/0/configuration/ProjectName",
        project,
    );
    let declared = json!([{"name": "A", "defaultValue": "a"}, {"name": "B", "defaultValue": "b"}]);
    create(&caller, with(named, "/variables", declared)).await;
    let body = json!({"name": "p", "variables": [{"name": "A", "value": "#{variables.B}"}]});
    let id = caller.ok("StartPipelineExecution", body).await["pipelineExecutionId"].clone();
    let id = id.as_str().unwrap();
    let first = caller.ok("ListPipelineExecutions", all()).await["pipelineExecutionSummaries"][1]
        ["pipelineExecutionId"]
        .clone();
    finish(&caller, "p", first.as_str().unwrap(), "Zip").await;
    finish(&caller, "p", first.as_str().unwrap(), "Compile").await;
    finish(&caller, "p", id, "Zip").await;
    let answer = caller.ok("ListActionExecutions", of(id)).await;
    let details = answer[MEMBER].as_array().unwrap().iter();
    let mut compile = details.filter(|of| of["actionName"] == "Compile");
    let input = &compile.next().unwrap()["input"];
    assert_eq!(
        input["configuration"]["ProjectName"],
        "#{variables.A}-#{variables.B}"
    );
    assert_eq!(
        input["resolvedConfiguration"]["ProjectName"],
        "#{variables.B}-b"
    );
}
