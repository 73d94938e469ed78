//! Every key of contract codepipeline §9, where it is and where it is not.

use super::event;
use crate::aws::{Account, Region, Scope, Time};
use crate::engine::pipeline::ActionRecord;
use crate::engine::pipeline::change::{ChangeState, StateChange, Subject};
use crate::engine::pipeline::execution::{ArtifactAt, Retries, Trigger, TriggerKind};
use crate::engine::pipeline::plan::{ActionKind, Category};
use crate::engine::pipeline::run::{ActionError, ActionResult, ActionRun, ActionStatus, ErrorCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// 2026-11-28T09:30:00.120Z.
const START: i64 = 1_795_858_200_120;

fn at(seconds: i64) -> Time {
    Time::from_millis(START + seconds * 1000)
}

fn scope() -> Scope {
    let account = Account::parse("000000000000").unwrap();
    Scope::new(account, Region::parse("eu-west-1").unwrap())
}

fn change(subject: Subject, state: ChangeState) -> StateChange {
    StateChange {
        at: at(5),
        state,
        subject,
        execution: "e1".to_owned(),
        pipeline_version: 3,
        attempt: 1,
        started: at(0),
        retried: None,
        trigger: Trigger {
            kind: TriggerKind::StartPipelineExecution,
            detail: "arn:aws:iam::000000000000:user/slipway".to_owned(),
        },
        stop_reason: None,
    }
}

fn retried(mut change: StateChange) -> StateChange {
    change.attempt = 2;
    change.retried = Some(at(4));
    change
}

fn stage(retries: Option<Retries>) -> Subject {
    Subject::Stage {
        name: "Build".to_owned(),
        entered: at(1),
        retries,
    }
}

fn retries() -> Option<Retries> {
    Some(Retries {
        automatic: 0,
        manual: 1,
        last_was_manual: true,
        at: at(4),
    })
}

fn artifact(name: &str) -> ArtifactAt {
    ArtifactAt {
        name: name.to_owned(),
        bucket: "store".to_owned(),
        key: format!("p/{name}/1"),
    }
}

fn action(status: ActionStatus, result: ActionResult) -> ActionRecord {
    ActionRecord {
        execution: "e1".to_owned(),
        pipeline_version: 3,
        stage: "Build".to_owned(),
        gate: None,
        kind: ActionKind {
            category: Category::Build,
            owner: "AWS".to_owned(),
            provider: "CodeBuild".to_owned(),
            version: "1".to_owned(),
        },
        configuration: Arc::new(BTreeMap::from([("Secret".to_owned(), "hush".to_owned())])),
        role_arn: None,
        region: Region::parse("us-west-2").unwrap(),
        namespace: None,
        run: ActionRun {
            name: "Compile".to_owned(),
            id: "a1".to_owned(),
            attempt: 1,
            status,
            started: at(2),
            updated: at(5),
            deadline: at(60),
            resolved: Arc::new(BTreeMap::from([("Secret".to_owned(), "hush".to_owned())])),
            inputs: vec![artifact("In")],
            outputs: vec![artifact("Out")],
            variables: BTreeMap::new(),
            revision: None,
            result,
            wake: None,
            job: None,
            updated_by: None,
        },
    }
}

fn told(change: &StateChange) -> Value {
    event(&(scope(), "p".to_owned()), change).detail
}

fn keys(detail: &Value) -> Vec<&str> {
    detail
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn the_envelope_names_pipeline_source_and_what_changed() {
    // contract codepipeline §9, envelope
    for (subject, title) in [
        (Subject::Execution, "Pipeline"),
        (stage(None), "Stage"),
        (
            Subject::Action(Box::new(action(
                ActionStatus::InProgress,
                ActionResult::default(),
            ))),
            "Action",
        ),
    ] {
        let event = event(
            &(scope(), "p".to_owned()),
            &change(subject, ChangeState::Started),
        );
        assert_eq!(event.source, "aws.codepipeline");
        assert_eq!(
            event.detail_type,
            format!("CodePipeline {title} Execution State Change")
        );
        assert_eq!(
            event.resources,
            ["arn:aws:codepipeline:eu-west-1:000000000000:p"]
        );
        assert_eq!((event.scope, event.time), (scope(), at(5)));
    }
}

#[test]
fn the_start_of_an_execution_tells_its_trigger() {
    // contract codepipeline §9: version and attempt are floats, times have milliseconds
    let detail = told(&change(Subject::Execution, ChangeState::Started));
    let expected = json!({
        "pipeline": "p",
        "execution-id": "e1",
        "state": "STARTED",
        "version": 3.0,
        "pipeline-execution-attempt": 1.0,
        "start-time": "2026-11-28T09:30:00.120Z",
        "execution-trigger": {
            "trigger-type": "StartPipelineExecution",
            "trigger-detail": "arn:aws:iam::000000000000:user/slipway",
        },
    });
    assert_eq!(detail, expected);
    let text = detail.to_string();
    assert!(text.contains(r#""version":3.0"#), "{text}");
    assert!(
        text.contains(r#""pipeline-execution-attempt":1.0"#),
        "{text}"
    );
}

#[test]
fn later_events_tell_the_trigger_only_of_connections() {
    // contract codepipeline §9
    let plain = change(Subject::Execution, ChangeState::Succeeded);
    let common = [
        "execution-id",
        "pipeline",
        "pipeline-execution-attempt",
        "start-time",
        "state",
        "version",
    ];
    assert_eq!(keys(&told(&plain)), common);
    let mut connection = plain;
    connection.trigger.kind = TriggerKind::WebhookV2;
    assert!(told(&connection).get("execution-trigger").is_some());
}

#[test]
fn a_retry_counts_in_the_pipelines_events() {
    // contract codepipeline §9
    let detail = told(&retried(change(Subject::Execution, ChangeState::Resumed)));
    assert_eq!(detail["state"], "RESUMED");
    assert_eq!(detail["pipeline-execution-attempt"], 2.0);
    assert_eq!(
        detail["last-retry-attempt-time"],
        "2026-11-28T09:30:04.120Z"
    );
}

#[test]
fn the_reason_of_a_stop_is_in_the_pipelines_stopping_and_stopped() {
    // contract codepipeline §9
    let with = |state, reason: Option<&str>| {
        let mut change = change(Subject::Execution, state);
        change.stop_reason = reason.map(str::to_owned);
        told(&change)["stop-execution-comments"].clone()
    };
    for state in [ChangeState::Stopping, ChangeState::Stopped] {
        assert_eq!(with(state, Some("enough")), "enough");
        assert_eq!(with(state, None), Value::Null);
    }
    assert_eq!(with(ChangeState::Failed, Some("enough")), Value::Null);
}

#[test]
fn a_stage_counts_from_nothing_until_something_was_retried() {
    // contract codepipeline §9, T10
    let detail = told(&change(stage(None), ChangeState::Started));
    let expected = json!({
        "pipeline": "p",
        "execution-id": "e1",
        "state": "STARTED",
        "version": 3.0,
        "pipeline-execution-attempt": 0.0,
        "start-time": "2026-11-28T09:30:01.120Z",
        "stage": "Build",
    });
    assert_eq!(detail, expected);
    let later = told(&retried(change(stage(None), ChangeState::Started)));
    assert_eq!(later["pipeline-execution-attempt"], 2.0);
    assert_eq!(later.get("stage-last-retry-attempt-time"), None);
    assert_eq!(later.get("last-retry-attempt-time"), None);
    let again = told(&retried(change(stage(retries()), ChangeState::Resumed)));
    assert_eq!(again["start-time"], "2026-11-28T09:30:01.120Z");
    let time = "2026-11-28T09:30:04.120Z";
    assert_eq!(again["stage-last-retry-attempt-time"], time);
}

#[test]
fn an_action_that_begins_tells_its_inputs() {
    // contract codepipeline §9, T7, T10
    let record = action(ActionStatus::InProgress, ActionResult::default());
    let detail = told(&change(
        Subject::Action(Box::new(record)),
        ChangeState::Started,
    ));
    let expected = json!({
        "pipeline": "p",
        "execution-id": "e1",
        "state": "STARTED",
        "version": 3.0,
        "pipeline-execution-attempt": 1.0,
        "start-time": "2026-11-28T09:30:02.120Z",
        "stage": "Build",
        "action": "Compile",
        "action-execution-id": "a1",
        "region": "us-west-2",
        "type": {"owner": "AWS", "category": "Build", "provider": "CodeBuild", "version": "1"},
        "input-artifacts": [{"name": "In", "s3location": {"bucket": "store", "key": "p/In/1"}}],
    });
    assert_eq!(detail, expected);
}

#[test]
fn an_action_that_succeeded_tells_its_outputs_and_result() {
    // contract codepipeline §9
    let result = ActionResult {
        external_id: Some("hello:1".to_owned()),
        external_url: Some("https://example.com/1".to_owned()),
        summary: Some("Done".to_owned()),
        ..ActionResult::default()
    };
    let record = action(ActionStatus::Succeeded, result);
    let detail = told(&change(
        Subject::Action(Box::new(record)),
        ChangeState::Succeeded,
    ));
    let outputs = json!([{"name": "Out", "s3location": {"bucket": "store", "key": "p/Out/1"}}]);
    assert_eq!(detail["output-artifacts"], outputs);
    let result = json!({
        "external-execution-url": "https://example.com/1",
        "external-execution-summary": "Done",
        "external-execution-id": "hello:1",
    });
    assert_eq!(detail["execution-result"], result);
    assert!(!detail.to_string().contains("hush"));
}

#[test]
fn an_action_that_failed_tells_why_and_no_outputs() {
    // contract codepipeline §9
    let result = ActionResult {
        error: Some(ActionError::new(ErrorCode::JobFailed, "Build terminated")),
        ..ActionResult::default()
    };
    let record = action(ActionStatus::Failed, result);
    let detail = told(&change(
        Subject::Action(Box::new(record)),
        ChangeState::Failed,
    ));
    assert_eq!(detail.get("output-artifacts"), None);
    let result = json!({
        "external-execution-summary": "Build terminated",
        "error-code": "JobFailed",
    });
    assert_eq!(detail["execution-result"], result);
}

#[test]
fn an_abandoned_action_has_no_result_and_empty_lists_are_left_out() {
    // contract codepipeline §9
    let mut record = action(ActionStatus::Abandoned, ActionResult::default());
    record.run.inputs.clear();
    let detail = told(&change(
        Subject::Action(Box::new(record)),
        ChangeState::Abandoned,
    ));
    assert_eq!(detail["state"], "ABANDONED");
    for absent in ["input-artifacts", "output-artifacts", "execution-result"] {
        assert_eq!(detail.get(absent), None, "{absent}");
    }
}
