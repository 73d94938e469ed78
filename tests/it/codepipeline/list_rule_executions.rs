//! ListRuleExecutions (contract codepipeline §3.2, §3.5, §5.8).

use super::sample::{NOBODY, alarm, check, create, created, decide, finish, gated, stage, start};
use crate::support::caller::{CODEPIPELINE, Caller, both, pages, texts, with};
use expect_test::expect;
use serde_json::{Value, json};

const OPERATION: &str = "ListRuleExecutions";
const MEMBER: &str = "ruleExecutionDetails";

fn of(id: &str) -> Value {
    json!({"pipelineName": "p", "filter": {"pipelineExecutionId": id}})
}

fn range(id: &str, range: &str) -> Value {
    json!({"pipelineName": "p", "filter": {"latestInPipelineExecution": {"pipelineExecutionId": id, "startTimeRange": range}}})
}

async fn names(caller: &Caller, body: Value) -> Vec<String> {
    let answer = caller.ok(OPERATION, body).await;
    let mut names = texts(&answer[MEMBER], "ruleName");
    names.sort();
    names
}

/// The sample with a rule that waits before the build and two after it.
fn guarded() -> Value {
    let after = json!({"conditions": [{"result": "FAIL", "rules": [alarm("Quiet"), check("Never", "no")]}]});
    let before = gated("p", "beforeEntry", "FAIL", &[alarm("Quiet")]);
    with(before, "/stages/1/onSuccess", after)
}

/// An execution that went through the first gate and failed at the second.
async fn refused(caller: &Caller) -> String {
    let id = create(caller, guarded()).await;
    finish(caller, "p", &id, "Zip").await;
    decide(caller, "p", "Quiet", true).await;
    finish(caller, "p", &id, "Compile").await;
    decide(caller, "p", "Quiet", true).await;
    id
}

#[tokio::test]
async fn rules_show_what_they_were_given_and_how_they_ended() {
    // contract codepipeline §5.8, F19
    let shown = both(CODEPIPELINE, async |caller| {
        let variable = json!([{"name": "Go", "defaultValue": "no"}]);
        let rules = [check("Asked", "#{variables.Go}"), alarm("Quiet")];
        let gated = gated("p", "beforeEntry", "FAIL", &rules);
        let id = create(&caller, with(gated, "/variables", variable)).await;
        finish(&caller, "p", &id, "Zip").await;
        let mut answer = caller.ok(OPERATION, json!({"pipelineName": "p"})).await;
        let details = answer[MEMBER].as_array_mut().unwrap();
        details.sort_by_key(|detail| detail["ruleName"].to_string());
        answer
    });
    expect![[r##"
        {
          "ruleExecutionDetails": [
            {
              "input": {
                "configuration": {
                  "Operator": "EQ",
                  "Value": "yes",
                  "Variable": "#{variables.Go}"
                },
                "inputArtifacts": [],
                "region": "us-east-1",
                "resolvedConfiguration": {
                  "Operator": "EQ",
                  "Value": "yes",
                  "Variable": "no"
                },
                "ruleTypeId": {
                  "category": "Rule",
                  "owner": "AWS",
                  "provider": "VariableCheck",
                  "version": "1"
                }
              },
              "lastUpdateTime": "<time>",
              "output": {
                "executionResult": {
                  "errorDetails": {
                    "code": "JobFailed"
                  },
                  "externalExecutionSummary": "The variable check 'no' EQ 'yes' does not hold."
                }
              },
              "pipelineExecutionId": "<id:1>",
              "pipelineVersion": 1,
              "ruleExecutionId": "<id:2>",
              "ruleName": "Asked",
              "stageName": "Build",
              "startTime": "<time>",
              "status": "Failed"
            },
            {
              "input": {
                "configuration": {
                  "AlarmName": "errors"
                },
                "inputArtifacts": [],
                "region": "us-east-1",
                "resolvedConfiguration": {
                  "AlarmName": "errors"
                },
                "ruleTypeId": {
                  "category": "Rule",
                  "owner": "AWS",
                  "provider": "CloudWatchAlarm",
                  "version": "1"
                }
              },
              "lastUpdateTime": "<time>",
              "output": {},
              "pipelineExecutionId": "<id:1>",
              "pipelineVersion": 1,
              "ruleExecutionId": "<id:3>",
              "ruleName": "Quiet",
              "stageName": "Build",
              "startTime": "<time>",
              "status": "InProgress"
            }
          ]
        }
    "##]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn declared_rules_show_their_names_before_they_are_checked() {
    // contract codepipeline §5.8: present with names but no executions before the first run; absent without conditions
    let caller = Caller::new(CODEPIPELINE).await;
    create(&caller, guarded()).await;
    let build = stage(&caller, "p", 1).await;
    let expected = json!({"conditionStates": [{"ruleStates": [{"ruleName": "Quiet"}]}]});
    assert_eq!(build["beforeEntryConditionState"], expected);
    assert!(build.get("onFailureConditionState").is_none());
    let source = stage(&caller, "p", 0).await;
    assert!(source.get("beforeEntryConditionState").is_none());
    let listed = caller.ok(OPERATION, json!({"pipelineName": "p"})).await;
    assert_eq!(listed, json!({"ruleExecutionDetails": []}));
}

#[tokio::test]
async fn rules_of_two_gates_are_two_though_their_names_are_the_same() {
    // contract codepipeline §3.2: Latest is per rule; a retry checks a gate again
    let caller = Caller::new(CODEPIPELINE).await;
    let id = refused(&caller).await;
    assert_eq!(
        names(&caller, range(&id, "Latest")).await,
        ["Never", "Quiet", "Quiet"]
    );
    let retry = json!({"pipelineName": "p", "stageName": "Build", "pipelineExecutionId": id, "retryMode": "ALL_ACTIONS"});
    caller.ok("RetryStageExecution", retry).await;
    finish(&caller, "p", &id, "Compile").await;
    let latest = range(&id, "Latest");
    assert_eq!(
        names(&caller, latest.clone()).await,
        ["Never", "Quiet", "Quiet"]
    );
    let answer = caller.ok(OPERATION, latest).await;
    let mut statuses = texts(&answer[MEMBER], "status");
    statuses.sort();
    assert_eq!(statuses, ["Failed", "InProgress", "Succeeded"]);
    assert_eq!(names(&caller, range(&id, "All")).await.len(), 5);
}

#[tokio::test]
async fn pages_and_filters_are_those_of_actions() {
    // contract codepipeline §3.2, §3.5
    let caller = Caller::new(CODEPIPELINE).await;
    let first = refused(&caller).await;
    let second = start(&caller, "p").await;
    finish(&caller, "p", &second, "Zip").await;
    assert_eq!(names(&caller, of(&first)).await.len(), 3);
    assert_eq!(names(&caller, of(&second)).await, ["Quiet"]);
    let whole = caller.ok(OPERATION, json!({"pipelineName": "p"})).await[MEMBER].clone();
    let whole = whole.as_array().unwrap();
    assert_eq!(whole.len(), 4);
    for size in 1..=4 {
        let body = json!({"pipelineName": "p", "maxResults": size});
        let paged = pages(&caller, OPERATION, body, MEMBER).await;
        assert_eq!(paged.len(), 4_usize.div_ceil(size));
        assert_eq!(paged.concat(), *whole, "{size} on a page");
    }
    let mut both = range(&first, "All");
    both["filter"]["pipelineExecutionId"] = json!(second);
    assert_eq!(names(&caller, both).await, [""; 0]);
}

#[tokio::test]
async fn tokens_are_good_for_this_list_only() {
    // contract codepipeline §3.5: bound to operation, pipeline and filter
    let caller = Caller::new(CODEPIPELINE).await;
    let id = refused(&caller).await;
    let token = async |operation: &str, body: Value| {
        let body = with(body, "/maxResults", json!(1));
        let answer = caller.ok(operation, body).await;
        answer["nextToken"].as_str().unwrap().to_owned()
    };
    let plain = token(OPERATION, of(&id)).await;
    let latest = token(OPERATION, range(&id, "Latest")).await;
    let actions = token("ListActionExecutions", of(&id)).await;
    let continued = with(range(&id, "All"), "/nextToken", json!(plain));
    assert_eq!(names(&caller, continued).await.len(), 2);
    let cases = [
        (of(&id), "garbage"),
        (of(&id), &latest),
        (of(&id), &actions),
        (range(&id, "Latest"), &plain),
        (json!({"pipelineName": "p"}), &plain),
    ];
    for (body, token) in cases {
        let said = format!(
            "The nextToken value '{token}' is not valid. Specify a valid nextToken value, and then try again."
        );
        let body = with(body, "/nextToken", json!(token));
        let code = "InvalidNextTokenException";
        caller.expect_refusal(OPERATION, body, code, &said).await;
    }
    let said = "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100";
    let body = json!({"pipelineName": "p", "maxResults": 101});
    let code = "ValidationException";
    caller.expect_refusal(OPERATION, body, code, said).await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    // contract codepipeline §3.2, §5.12a
    let caller = Caller::new(CODEPIPELINE).await;
    let said =
        "The account with AWS account ID '000000000000' does not include a pipeline named 'p'";
    let code = "PipelineNotFoundException";
    caller
        .expect_refusal(OPERATION, of(NOBODY), code, said)
        .await;
    created(&caller, "p").await;
    let code = "PipelineExecutionNotFoundException";
    for (body, shown) in [(of(NOBODY), NOBODY), (range(NOBODY, "Latest"), "null")] {
        let said = format!(
            "Pipeline Execution with id '{shown}' does not exist in pipeline with name 'p'"
        );
        caller.expect_refusal(OPERATION, body, code, &said).await;
    }
}
