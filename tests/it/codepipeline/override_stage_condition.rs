//! OverrideStageCondition (contract codepipeline §5.8).

use super::sample::{
    NOBODY, alarm, attempts, check, create, created, decide, execution, finish, gated, stage, start,
};
use crate::support::caller::{CODEPIPELINE, Caller, both};
use expect_test::expect;
use serde_json::{Value, json};

const OPERATION: &str = "OverrideStageCondition";

fn over(id: &str, kind: &str) -> Value {
    json!({"pipelineName": "p", "stageName": "Build", "pipelineExecutionId": id, "conditionType": kind})
}

fn not_overridable(kind: &str) -> String {
    format!("The stage 'Build' has no condition of type {kind} that can be overridden now")
}

fn not_latest(id: &str) -> String {
    format!("The pipeline execution with ID '{id}' is not the latest execution in stage 'Build'")
}

/// An execution that has come to the gated stage.
async fn arrived(caller: &Caller, gate: &str, result: &str, rules: &[Value]) -> String {
    let id = create(caller, gated("p", gate, result, rules)).await;
    finish(caller, "p", &id, "Zip").await;
    id
}

#[tokio::test]
async fn an_entry_that_is_waited_for_can_be_passed() {
    // contract codepipeline §5.8, F19: rules still running are abandoned, the condition overridden
    let shown = both(CODEPIPELINE, async |caller| {
        let rules = [check("Met", "yes"), alarm("Quiet")];
        let id = arrived(&caller, "beforeEntry", "FAIL", &rules).await;
        let waiting = stage(&caller, "p", 1).await;
        assert_eq!(attempts(&caller, "p", &id).await, ["Zip Succeeded"], "T5");
        assert_eq!(
            caller.ok(OPERATION, over(&id, "BEFORE_ENTRY")).await,
            Value::Null
        );
        assert_eq!(
            attempts(&caller, "p", &id).await,
            ["Compile InProgress", "Zip Succeeded"]
        );
        let passed = stage(&caller, "p", 1).await;
        finish(&caller, "p", &id, "Compile").await;
        finish(&caller, "p", &id, "Publish").await;
        assert_eq!(execution(&caller, "p", &id).await["status"], "Succeeded");
        json!({
            "stage": waiting["latestExecution"],
            "waiting": waiting["beforeEntryConditionState"],
            "passed": passed["beforeEntryConditionState"],
        })
    });
    expect![[r#"
        {
          "passed": {
            "conditionStates": [
              {
                "latestExecution": {
                  "lastStatusChange": "<time>",
                  "status": "Overridden"
                },
                "ruleStates": [
                  {
                    "latestExecution": {
                      "lastStatusChange": "<time>",
                      "ruleExecutionId": "<id:1>",
                      "status": "Succeeded",
                      "summary": "The variable check 'yes' EQ 'yes' holds."
                    },
                    "ruleName": "Met"
                  },
                  {
                    "latestExecution": {
                      "lastStatusChange": "<time>",
                      "ruleExecutionId": "<id:2>",
                      "status": "Abandoned"
                    },
                    "ruleName": "Quiet"
                  }
                ]
              }
            ],
            "latestExecution": {
              "status": "Overridden"
            }
          },
          "stage": {
            "pipelineExecutionId": "<id:3>",
            "status": "InProgress"
          },
          "waiting": {
            "conditionStates": [
              {
                "latestExecution": {
                  "lastStatusChange": "<time>",
                  "status": "InProgress"
                },
                "ruleStates": [
                  {
                    "latestExecution": {
                      "lastStatusChange": "<time>",
                      "ruleExecutionId": "<id:1>",
                      "status": "Succeeded",
                      "summary": "The variable check 'yes' EQ 'yes' holds."
                    },
                    "ruleName": "Met"
                  },
                  {
                    "latestExecution": {
                      "lastStatusChange": "<time>",
                      "ruleExecutionId": "<id:2>",
                      "status": "InProgress"
                    },
                    "ruleName": "Quiet"
                  }
                ]
              }
            ],
            "latestExecution": {
              "status": "InProgress"
            }
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn an_entry_that_was_refused_can_be_passed_all_the_same() {
    // contract codepipeline §5.8: FAIL: stage and execution failed, no actions ran
    let caller = Caller::new(CODEPIPELINE).await;
    let id = arrived(&caller, "beforeEntry", "FAIL", &[check("Never", "no")]).await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Failed");
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "Failed");
    let entry = &build["beforeEntryConditionState"];
    assert_eq!(entry["latestExecution"]["status"], "Failed");
    caller.ok(OPERATION, over(&id, "BEFORE_ENTRY")).await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "InProgress");
    finish(&caller, "p", &id, "Compile").await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "Succeeded");
    assert_eq!(
        build["beforeEntryConditionState"]["latestExecution"]["status"],
        "Overridden"
    );
    finish(&caller, "p", &id, "Publish").await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Succeeded");
}

#[tokio::test]
async fn a_stage_that_was_skipped_cannot_be_entered() {
    // contract codepipeline §5.8: SKIP: the execution goes on, without action records
    let caller = Caller::new(CODEPIPELINE).await;
    let id = arrived(&caller, "beforeEntry", "SKIP", &[check("Never", "no")]).await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "Skipped");
    let ran = attempts(&caller, "p", &id).await;
    assert!(!ran.iter().any(|of| of.starts_with("Compile")), "{ran:?}");
    let code = "ConditionNotOverridableException";
    let body = over(&id, "BEFORE_ENTRY");
    let said = not_overridable("BEFORE_ENTRY");
    caller.expect_refusal(OPERATION, body, code, &said).await;
}

#[tokio::test]
async fn a_success_that_was_refused_can_be_passed() {
    // contract codepipeline §5.8: success FAIL, stage shown Failed
    let caller = Caller::new(CODEPIPELINE).await;
    let id = arrived(&caller, "onSuccess", "FAIL", &[alarm("Quiet")]).await;
    finish(&caller, "p", &id, "Compile").await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "InProgress");
    decide(&caller, "p", "Quiet", false).await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Failed");
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "Failed");
    let rule = &build["onSuccessConditionState"]["conditionStates"][0]["ruleStates"][0];
    let expected = json!({"code": "ConfigurationError", "message": "The alarm is in ALARM."});
    assert_eq!(rule["latestExecution"]["errorDetails"], expected);
    caller.ok(OPERATION, over(&id, "ON_SUCCESS")).await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "Succeeded");
    finish(&caller, "p", &id, "Publish").await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Succeeded");
}

#[tokio::test]
async fn a_success_that_rolls_back_can_be_passed_when_there_was_nothing_to_roll_back_to() {
    // contract codepipeline §5.8: success ROLLBACK, stage shown Succeeded
    let caller = Caller::new(CODEPIPELINE).await;
    let id = arrived(&caller, "onSuccess", "ROLLBACK", &[alarm("Quiet")]).await;
    finish(&caller, "p", &id, "Compile").await;
    decide(&caller, "p", "Quiet", false).await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "Succeeded");
    assert_eq!(execution(&caller, "p", &id).await["status"], "Failed");
    caller.ok(OPERATION, over(&id, "ON_SUCCESS")).await;
    assert_eq!(
        stage(&caller, "p", 2).await["latestExecution"]["pipelineExecutionId"],
        id
    );
}

#[tokio::test]
async fn a_success_that_is_still_checked_can_be_passed() {
    // contract codepipeline §5.8
    let caller = Caller::new(CODEPIPELINE).await;
    let id = arrived(&caller, "onSuccess", "FAIL", &[alarm("Quiet")]).await;
    finish(&caller, "p", &id, "Compile").await;
    caller.ok(OPERATION, over(&id, "ON_SUCCESS")).await;
    let build = stage(&caller, "p", 1).await;
    let gate = &build["onSuccessConditionState"];
    assert_eq!(gate["latestExecution"]["status"], "Overridden");
    let rule = &gate["conditionStates"][0]["ruleStates"][0];
    assert_eq!(rule["latestExecution"]["status"], "Abandoned");
    assert_eq!(
        stage(&caller, "p", 2).await["latestExecution"]["status"],
        "InProgress"
    );
}

#[tokio::test]
async fn what_holds_nobody_up_cannot_be_overridden() {
    // contract codepipeline §5.8: no condition of that type, or one that was met
    let caller = Caller::new(CODEPIPELINE).await;
    let id = arrived(&caller, "beforeEntry", "FAIL", &[check("Met", "yes")]).await;
    let code = "ConditionNotOverridableException";
    for kind in ["BEFORE_ENTRY", "ON_SUCCESS"] {
        let said = not_overridable(kind);
        caller
            .expect_refusal(OPERATION, over(&id, kind), code, &said)
            .await;
    }
}

#[tokio::test]
async fn only_the_latest_execution_of_the_stage_can_pass() {
    // contract codepipeline §5.8: newer ones, unknown ones
    let caller = Caller::new(CODEPIPELINE).await;
    let id = arrived(&caller, "beforeEntry", "FAIL", &[check("Never", "no")]).await;
    let newer = start(&caller, "p").await;
    finish(&caller, "p", &newer, "Zip").await;
    let code = "NotLatestPipelineExecutionException";
    for id in [id.as_str(), NOBODY] {
        let body = over(id, "BEFORE_ENTRY");
        caller
            .expect_refusal(OPERATION, body, code, &not_latest(id))
            .await;
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    // contract codepipeline §5.8; failure gates are not reachable through the enum
    let caller = Caller::new(CODEPIPELINE).await;
    let body = over(NOBODY, "BEFORE_ENTRY");
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    let code = "PipelineNotFoundException";
    caller.expect_refusal(OPERATION, body, code, said).await;
    let id = created(&caller, "p").await;
    let mut body = over(&id, "BEFORE_ENTRY");
    body["stageName"] = json!("Nope");
    let said = "Pipeline 'p' does not have a stage with name 'Nope'";
    let code = "StageNotFoundException";
    caller.expect_refusal(OPERATION, body, code, said).await;
    let said = "1 validation error detected: Value at 'conditionType' failed to satisfy constraint: Member must satisfy enum value set: [BEFORE_ENTRY, ON_SUCCESS]";
    let body = over(&id, "ON_FAILURE");
    let code = "ValidationException";
    caller.expect_refusal(OPERATION, body, code, said).await;
}
