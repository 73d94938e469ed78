//! DeploymentWindow: waits until a schedule says that deployments may go.

use super::super::event::Success;
use super::super::prepare::{Job, Start};
use super::super::run::{ActionError, ActionResult};
use super::cron::Cron;

pub(super) fn start(job: &Job) -> Result<Start, ActionError> {
    let text = job.required("Cron")?;
    let zone = job.config("TimeZone").unwrap_or("UTC");
    let cron = Cron::parse(text, zone).map_err(|error| {
        ActionError::configuration(format!("The Cron '{text}' cannot be read: {error}"))
    })?;
    if cron.holds(job.now) {
        return Ok(Start {
            done: Some(Success {
                result: ActionResult {
                    summary: Some("The deployment window is open.".to_owned()),
                    ..ActionResult::default()
                },
                ..Success::default()
            }),
            ..Start::default()
        });
    }
    Ok(Start {
        wake: cron.next(job.now),
        ..Start::default()
    })
}
