//! Every time is a number: seconds with three digits after the point at most (contract codepipeline §1.2, M1).

use super::sample::{asking, attempt, check, create, finish, pipeline};
use super::webhook::{deliver, put, webhook};
use crate::support::caller::{CODEPIPELINE, Caller, with};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// 2001 and later, as seconds.
const SECONDS: std::ops::Range<f64> = 1e9..1e11;

/// The members that hold times, found anywhere in an answer.
fn times(of: &Value, found: &mut BTreeSet<String>) {
    match of {
        Value::Object(members) => {
            for (name, value) in members {
                let is_time = ["created", "updated", "approvedAt", "lastTriggered"]
                    .contains(&name.as_str())
                    || ["Time", "Change", "ChangedAt"]
                        .iter()
                        .any(|end| name.ends_with(end));
                if is_time {
                    let seconds = value.as_f64();
                    let seconds = seconds.unwrap_or_else(|| panic!("{name} is {value}"));
                    assert!(SECONDS.contains(&seconds), "{name} is {value}");
                    let text = value.to_string();
                    let digits = text.split_once('.').map_or(0, |(_, digits)| digits.len());
                    assert!(digits <= 3, "{name} is {value}");
                    found.insert(name.clone());
                } else {
                    times(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| times(item, found)),
        _ => (),
    }
}

#[tokio::test]
async fn all_answers_have_times_as_numbers() {
    // contract codepipeline §1.2, M1
    let caller = Caller::new(CODEPIPELINE).await;
    let gate = json!({"conditions": [{"result": "FAIL", "rules": [check("r", "yes")]}]});
    let declared = with(asking("p", json!({})), "/stages/1/beforeEntry", gate);
    let id = create(&caller, declared).await;
    let shown = put(&caller, webhook("w")).await;
    deliver(&caller, &shown, &[], r#"{"ref":"refs/heads/main"}"#).await;
    finish(&caller, "p", &id, "Zip").await;
    let disable = json!({"pipelineName": "p", "stageName": "Deploy", "transitionType": "Inbound", "reason": "later"});
    caller.ok("DisableStageTransition", disable).await;
    let token = attempt(&caller, "p", &id, "Ask").await;
    let answer = json!({"pipelineName": "p", "stageName": "Approve", "actionName": "Ask", "token": token,
        "result": {"status": "Approved", "summary": ""}});
    let mut found = BTreeSet::new();
    times(&caller.ok("PutApprovalResult", answer).await, &mut found);
    for (operation, body) in [
        ("GetPipeline", json!({"name": "p"})),
        ("GetPipelineState", json!({"name": "p"})),
        ("ListActionExecutions", json!({"pipelineName": "p"})),
        ("ListPipelineExecutions", json!({"pipelineName": "p"})),
        ("ListPipelines", json!({})),
        ("ListRuleExecutions", json!({"pipelineName": "p"})),
        ("ListWebhooks", json!({})),
    ] {
        times(&caller.ok(operation, body).await, &mut found);
    }
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    let expected = [
        "approvedAt",
        "created",
        "lastChangedAt",
        "lastStatusChange",
        "lastTriggered",
        "lastUpdateTime",
        "startTime",
        "updated",
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn times_in_requests_may_be_whole_or_not() {
    // contract codepipeline §1.2: `actionRevision.created` and `currentRevision.created`
    let caller = Caller::new(CODEPIPELINE).await;
    create(&caller, pipeline("p")).await;
    for (revision, created) in [
        ("r1", json!(1_700_000_000)),
        ("r2", json!(1_700_000_000.25)),
    ] {
        let body = json!({"pipelineName": "p", "stageName": "Source", "actionName": "Zip",
            "actionRevision": {"revisionId": revision, "revisionChangeId": "c", "created": created}});
        assert_eq!(
            caller.ok("PutActionRevision", body).await["newRevision"],
            true
        );
    }
    let text = json!({"pipelineName": "p", "stageName": "Source", "actionName": "Zip",
        "actionRevision": {"revisionId": "r3", "revisionChangeId": "c", "created": "2023-11-14T22:13:20Z"}});
    let said = caller.refused("PutActionRevision", text).await;
    assert_eq!(said.code, "SerializationException");
}
