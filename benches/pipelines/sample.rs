//! The pipelines that are measured: three stages each.

use codepipeline_api::input::CreatePipelineInput;
use serde_json::{Value, json};
use slipway::aws::{Scope, Time};
use slipway::codepipeline::store::PipelineRow;
use slipway::codepipeline::{echo, plan};
use slipway::engine::pipeline::Seed;
use slipway::engine::pipeline::commands::StartExecution;
use slipway::engine::pipeline::execution::{Trigger, TriggerKind};
use std::sync::Arc;
use uuid::Uuid;

pub const ROLE: &str = "arn:aws:iam::000000000000:role/delivery";

pub fn name(number: usize) -> String {
    format!("pipeline-{number:06}")
}

/// A source and two deployments.
pub fn deploying(scope: &Scope, name: &str) -> PipelineRow {
    let stages = json!([source(), deploy("Beta"), deploy("Production")]);
    row(scope, name, &stages)
}

/// A source, an approval, a deployment.
pub fn approved(scope: &Scope, name: &str) -> PipelineRow {
    let kind =
        json!({"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"});
    let ask = json!({"name": "Approve", "actions": [{"name": "Ask", "actionTypeId": kind}]});
    row(scope, name, &json!([source(), ask, deploy("Production")]))
}

/// As StartPipelineExecution wishes it.
pub fn start() -> StartExecution {
    StartExecution {
        seed: Seed::new(Uuid::new_v4()),
        trigger: Trigger {
            kind: TriggerKind::StartPipelineExecution,
            detail: "arn:aws:iam::000000000000:user/slipway".to_owned(),
        },
        variables: Vec::new(),
        token: None,
        revisions: Vec::new(),
        listener: None,
    }
}

fn row(scope: &Scope, name: &str, stages: &Value) -> PipelineRow {
    let written = json!({"pipeline": {
        "name": name, "roleArn": ROLE, "pipelineType": "V2", "executionMode": "SUPERSEDED",
        "artifactStore": {"type": "S3", "location": "store"}, "stages": stages,
    }});
    let input: CreatePipelineInput = serde_json::from_value(written).expect("a declaration");
    let declaration = echo::normalised(input.pipeline, 1);
    PipelineRow {
        plan: Arc::new(plan::plan(scope, &declaration)),
        declaration,
        created: Time::from_millis(0),
        updated: Time::from_millis(0),
    }
}

fn kind(category: &str) -> Value {
    json!({"category": category, "owner": "AWS", "provider": "S3", "version": "1"})
}

fn source() -> Value {
    json!({"name": "Source", "actions": [{
        "name": "Take", "actionTypeId": kind("Source"), "outputArtifacts": [{"name": "Taken"}],
        "configuration": {"S3Bucket": "incoming", "S3ObjectKey": "source.zip", "PollForSourceChanges": "false"},
    }]})
}

fn deploy(stage: &str) -> Value {
    json!({"name": stage, "actions": [{
        "name": "Put", "actionTypeId": kind("Deploy"), "inputArtifacts": [{"name": "Taken"}],
        "configuration": {"BucketName": "out", "ObjectKey": "taken.zip", "Extract": "false"},
    }]})
}
