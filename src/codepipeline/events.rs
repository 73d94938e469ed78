//! Changes of pipelines as EventBridge events (contract codepipeline §9).
//!
//! Invariant: an event is made of the change alone, which says what was true when it happened.
//
// Differs from AWS: EventBridge has no rules and targets: events are recorded and served at `/_slipway/events`, and none starts a pipeline.

use super::store::PipelineKey;
use super::view;
use crate::aws::{Arn, Time};
use crate::companions::events::Event;
use crate::engine::pipeline::ActionRecord;
use crate::engine::pipeline::change::{ChangeState, StateChange, Subject};
use crate::engine::pipeline::execution::{ArtifactAt, Retries, TriggerKind};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value, json};

const SOURCE: &str = "aws.codepipeline";

type Detail = Map<String, Value>;

/// The event that tells of a change.
pub fn event(pipeline: &PipelineKey, change: &StateChange) -> Event {
    let (scope, name) = pipeline;
    let mut detail = common(name, change);
    let subject = match &change.subject {
        Subject::Execution => {
            execution(&mut detail, change);
            "Pipeline"
        }
        Subject::Stage {
            name,
            entered,
            retries,
        } => {
            stage(&mut detail, change, name, *entered, *retries);
            "Stage"
        }
        Subject::Action(record) => {
            action(&mut detail, change, record);
            "Action"
        }
    };
    Event {
        scope: scope.clone(),
        source: SOURCE.to_owned(),
        detail_type: format!("CodePipeline {subject} Execution State Change"),
        resources: vec![Arn::regional("codepipeline", scope, name.clone()).to_string()],
        detail: Value::Object(detail),
        time: change.at,
    }
}

fn common(pipeline: &str, change: &StateChange) -> Detail {
    let mut detail = Detail::new();
    put(&mut detail, "pipeline", pipeline);
    put(&mut detail, "execution-id", change.execution.as_str());
    put(&mut detail, "state", change.state.as_str());
    put(&mut detail, "version", f64::from(change.pipeline_version));
    let attempt = f64::from(change.attempt);
    put(&mut detail, "pipeline-execution-attempt", attempt);
    detail
}

fn execution(detail: &mut Detail, change: &StateChange) {
    put(detail, "start-time", millis(change.started));
    let trigger = &change.trigger;
    if change.state == ChangeState::Started || trigger.kind == TriggerKind::WebhookV2 {
        let shown = json!({
            "trigger-type": view::trigger_type(trigger.kind).as_str(),
            "trigger-detail": trigger.detail,
        });
        put(detail, "execution-trigger", shown);
    }
    if let Some(retried) = change.retried {
        put(detail, "last-retry-attempt-time", millis(retried));
    }
    let stopping = matches!(change.state, ChangeState::Stopping | ChangeState::Stopped);
    if let Some(reason) = change.stop_reason.as_deref().filter(|_| stopping) {
        put(detail, "stop-execution-comments", reason);
    }
}

/// Stages count attempts from nothing: as long as nothing of the execution was retried, theirs is 0.
fn stage(
    detail: &mut Detail,
    change: &StateChange,
    name: &str,
    entered: Time,
    retries: Option<Retries>,
) {
    put(detail, "start-time", millis(entered));
    put(detail, "stage", name);
    if change.attempt <= 1 {
        put(detail, "pipeline-execution-attempt", 0.0);
    }
    if let Some(retries) = retries {
        put(detail, "stage-last-retry-attempt-time", millis(retries.at));
    }
}

fn action(detail: &mut Detail, change: &StateChange, of: &ActionRecord) {
    put(detail, "start-time", millis(of.run.started));
    put(detail, "stage", of.stage.as_str());
    put(detail, "action", of.run.name.as_str());
    put(detail, "action-execution-id", of.run.id.as_str());
    put(detail, "region", of.region.as_str());
    let kind = json!({
        "owner": of.kind.owner,
        "category": of.kind.category.to_string(),
        "provider": of.kind.provider,
        "version": of.kind.version,
    });
    put(detail, "type", kind);
    put_artifacts(detail, "input-artifacts", &of.run.inputs);
    if change.state == ChangeState::Succeeded {
        put_artifacts(detail, "output-artifacts", &of.run.outputs);
    }
    if let Some(result) = result(of) {
        put(detail, "execution-result", result);
    }
}

fn put_artifacts(detail: &mut Detail, name: &str, artifacts: &[ArtifactAt]) {
    let shown = artifacts.iter().map(|artifact| {
        let at = json!({"bucket": artifact.bucket, "key": artifact.key});
        json!({"name": artifact.name, "s3location": at})
    });
    if !artifacts.is_empty() {
        put(detail, name, shown.collect::<Value>());
    }
}

/// Of actions that are over, as far as there is something to tell.
fn result(of: &ActionRecord) -> Option<Value> {
    let history = of.history()?;
    let summary = history.external_summary.or(history.error_message);
    let code = history.error_code.map(str::to_owned);
    let told = [
        ("external-execution-url", history.external_url),
        ("external-execution-summary", summary),
        ("external-execution-id", history.external_id),
        ("error-code", code),
    ];
    let told = told
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))));
    let result: Detail = told.collect();
    (!result.is_empty()).then_some(Value::Object(result))
}

fn put(detail: &mut Detail, name: &str, value: impl Into<Value>) {
    detail.insert(name.to_owned(), value.into());
}

/// With three digits after the second, as in `2026-11-28T09:30:00.120Z`.
fn millis(time: Time) -> String {
    let whole = DateTime::from_secs(time.millis().div_euclid(1000));
    let whole = whole.fmt(Format::DateTime).unwrap_or_default();
    let rest = time.millis().rem_euclid(1000);
    format!("{}.{rest:03}Z", whole.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests;
