//! CodePipeline invoke: runs another pipeline, waits for it and ends as it does.

use super::super::Effect;
use super::super::commands::{RevisionKind, SourceOverride};
use super::super::effect::LaunchPipeline;
use super::super::event::{Failure, Outcome, Success};
use super::super::execution::ExecutionStatus;
use super::super::prepare::Job;
use super::super::run::{ActionError, ActionResult, ErrorCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(super) fn effect(job: &Job) -> Result<Effect, ActionError> {
    let variables: Vec<Variable> = list(job, "Variables")?;
    let revisions: Vec<Revision> = list(job, "SourceRevisions")?;
    Ok(Effect::LaunchPipeline(Box::new(LaunchPipeline {
        order: job.order(),
        pipeline: job.plan.pipeline.clone(),
        name: job.required("PipelineName")?.to_owned(),
        seed: job.execution.seed.child(&["nested", &job.run.id]),
        variables: variables
            .into_iter()
            .map(|of| (of.name, of.value))
            .collect(),
        revisions: revisions.into_iter().map(Revision::parsed).collect(),
    })))
}

/// What the end of the other execution means for the action.
pub fn outcome(execution: String, status: ExecutionStatus) -> Outcome {
    match status {
        ExecutionStatus::Succeeded => Outcome::Succeeded(Success {
            result: ActionResult {
                external_id: Some(execution),
                ..ActionResult::default()
            },
            ..Success::default()
        }),
        status => Outcome::Failed(Failure {
            error: ActionError::new(
                ErrorCode::JobFailed,
                format!("The pipeline execution {execution} ended with the status {status:?}."),
            ),
            external_id: Some(execution),
        }),
    }
}

/// An item of `Variables`.
#[derive(Deserialize)]
struct Variable {
    name: String,
    value: String,
}

/// An item of `SourceRevisions`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Revision {
    action_name: String,
    revision_type: RevisionKind,
    revision_value: String,
}

impl Revision {
    fn parsed(self) -> SourceOverride {
        SourceOverride {
            action: self.action_name,
            kind: self.revision_type,
            value: self.revision_value,
        }
    }
}

fn list<T: DeserializeOwned>(job: &Job, key: &str) -> Result<Vec<T>, ActionError> {
    let Some(text) = job.config(key) else {
        return Ok(Vec::new());
    };
    serde_json::from_str(text).map_err(|error| {
        ActionError::configuration(format!(
            "The {key} of the action '{}' are not the JSON array that is expected: {error}.",
            job.action.name
        ))
    })
}
