//! Lambda: hands a job to a function and waits for the result that the function puts.
//!
//! What the function returns, and whether it fails, counts for nothing (contract §6.7).

use super::super::Effect;
use super::super::effect::InvokeFunction;
use super::super::prepare::{Job, Start};
use super::super::run::{ActionError, ActionResult};
use crate::aws::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long after a continuation the function is invoked again.
const PAUSE: Duration = Duration::from_secs(28);

/// How long a function may be silent after it was invoked.
const SILENCE: Duration = Duration::from_secs(20 * 60);

pub(super) fn start(job: &Job) -> Result<Start, ActionError> {
    let function = job.required("FunctionName")?.to_owned();
    let region = job.plan.region_of(job.action);
    let external_url = format!(
        "https://console.aws.amazon.com/cloudwatch/home?region={region}#logStream:group=%252Faws%252Flambda%252F{function}"
    );
    let id = job.next_job();
    Ok(Start {
        effect: Some(invoke(job, id, None)?),
        job: Some(None),
        deadline: Some(job.now + SILENCE),
        result: ActionResult {
            external_id: Some(function),
            external_url: Some(external_url),
            ..ActionResult::default()
        },
        ..Start::default()
    })
}

/// The function is invoked after a pause, with a job of its own, which begins now.
pub(super) fn continued(token: String, now: Time) -> Start {
    Start {
        job: Some(Some(token)),
        wake: Some(now + PAUSE),
        deadline: Some(now + PAUSE + SILENCE),
        ..Start::default()
    }
}

pub(super) fn wake(job: &Job) -> Result<Start, ActionError> {
    let Some(known) = &job.run.job else {
        return Ok(Start::default());
    };
    let effect = invoke(job, known.id.clone(), known.continuation.clone())?;
    Ok(Start::ask(effect))
}

/// The function could not be invoked.
pub fn absent(function: &str) -> ActionError {
    ActionError::configuration(format!(
        "The AWS Lambda function {function} does not exist."
    ))
}

fn invoke(job: &Job, id: String, continuation: Option<String>) -> Result<Effect, ActionError> {
    Ok(Effect::InvokeFunction(Box::new(InvokeFunction {
        order: job.order(),
        function: job.required("FunctionName")?.to_owned(),
        job: id,
        configuration: BTreeMap::clone(&job.run.resolved),
        inputs: job
            .run
            .inputs
            .iter()
            .map(|at| job.job_artifact(at))
            .collect(),
        outputs: job
            .run
            .outputs
            .iter()
            .map(|at| job.job_artifact(at))
            .collect(),
        continuation,
        kms_key: job.store.kms_key.clone(),
    })))
}
