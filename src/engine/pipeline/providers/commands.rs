//! Commands: lines that run in one shell of a build sandbox, where the first input artifact was unpacked.

use super::super::Effect;
use super::super::effect::RunCommands;
use super::super::prepare::Job;
use super::super::run::ActionError;

pub(super) fn effect(job: &Job) -> Result<Effect, ActionError> {
    let owned = |key: &str| job.config(key).map(str::to_owned);
    Ok(Effect::RunCommands(Box::new(RunCommands {
        order: job.order(),
        pipeline: job.plan.pipeline.clone(),
        execution: job.execution.id.clone(),
        stage: job.stage.to_owned(),
        action: job.action.name.clone(),
        commands: job.commands()?,
        sources: job
            .run
            .inputs
            .iter()
            .map(|input| job.source(input))
            .collect(),
        output: job.run.outputs.first().map(|output| job.target(output)),
        files: job.action.output_files.clone(),
        variables: job.action.environment.clone(),
        exported: job.action.output_variables.clone(),
        environment: owned("EnvironmentType"),
        compute: owned("ComputeType"),
    })))
}
