//! CodeDeploy: creates a deployment of the input artifact and waits for its end.

use super::super::Effect;
use super::super::effect::LaunchDeployment;
use super::super::event::{Failure, Outcome, Success};
use super::super::prepare::Job;
use super::super::run::{ActionError, ActionResult, ErrorCode};
use crate::aws::Region;
use crate::engine::world::{DeploymentEnd, DeploymentRefused};

pub(super) fn effect(job: &Job) -> Result<Effect, ActionError> {
    let artifact = job.run.inputs.first().ok_or_else(|| {
        ActionError::configuration("An AWS CodeDeploy action must have an input artifact.")
    })?;
    Ok(Effect::LaunchDeployment(Box::new(LaunchDeployment {
        order: job.order(),
        pipeline: job.plan.pipeline.clone(),
        application: job.required("ApplicationName")?.to_owned(),
        group: job.required("DeploymentGroupName")?.to_owned(),
        revision: artifact.object(),
    })))
}

/// Where the console shows a deployment.
pub fn link(region: &Region, deployment: &str) -> String {
    format!(
        "https://console.aws.amazon.com/codedeploy/home?region={region}#/deployments/{deployment}"
    )
}

/// What the end of a deployment means for its action.
pub fn outcome(deployment: DeploymentEnd) -> Outcome {
    match deployment.failure {
        None => Outcome::Succeeded(Success {
            result: ActionResult {
                external_id: Some(deployment.id),
                summary: Some("Deployment Succeeded".to_owned()),
                ..ActionResult::default()
            },
            ..Success::default()
        }),
        Some(message) => Outcome::Failed(Failure {
            error: ActionError::new(ErrorCode::JobFailed, message),
            external_id: Some(deployment.id),
        }),
    }
}

/// Why no deployment was created.
pub fn refused(refusal: &DeploymentRefused) -> ActionError {
    match refusal {
        DeploymentRefused::NotFound(what) => ActionError::configuration(what.clone()),
        DeploymentRefused::Refused(what) => ActionError::new(ErrorCode::JobFailed, what.clone()),
    }
}
