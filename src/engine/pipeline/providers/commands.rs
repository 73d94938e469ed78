//! Commands: lines that run in one shell of a build sandbox, where the first input artifact was unpacked.

use super::super::Effect;
use super::super::effect::RunCommands;
use super::super::prepare::Job;
use super::super::run::ActionError;
use crate::engine::world::BuildVariable;

const WINDOWS: &str = "WINDOWS_SERVER_2022_CONTAINER";
const ENVIRONMENTS: [&str; 2] = ["LINUX_CONTAINER", WINDOWS];
const COMPUTES: [&str; 5] = [
    "BUILD_GENERAL1_SMALL",
    "BUILD_GENERAL1_MEDIUM",
    "BUILD_GENERAL1_LARGE",
    "BUILD_GENERAL1_XLARGE",
    "BUILD_GENERAL1_2XLARGE",
];

pub(super) fn effect(job: &Job) -> Result<Effect, ActionError> {
    let environment = choice(job, "EnvironmentType", &ENVIRONMENTS)?;
    if environment.as_deref() == Some(WINDOWS) {
        return Err(ActionError::configuration(format!(
            "The action '{}' cannot run in the EnvironmentType {WINDOWS}: slipway runs Linux environments.",
            job.action.name
        )));
    }
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
        variables: variables(job)?,
        exported: job.action.output_variables.clone(),
        environment,
        compute: choice(job, "ComputeType", &COMPUTES)?,
    })))
}

/// Values may refer to variables, as those of the configuration.
fn variables(job: &Job) -> Result<Vec<BuildVariable>, ActionError> {
    let declared = job.action.environment.iter();
    declared
        .map(|variable| {
            let value = job.resolve("environmentVariables", &variable.value)?;
            Ok(BuildVariable {
                value,
                ..variable.clone()
            })
        })
        .collect()
}

/// A value that is one of these, when it is there.
fn choice(job: &Job, key: &str, known: &[&str]) -> Result<Option<String>, ActionError> {
    match job.config(key) {
        Some(value) if !known.contains(&value) => Err(ActionError::configuration(format!(
            "Invalid value for configuration property '{value}': '{key}'. Edit your pipeline and set '{key}' to one of {}.",
            known.join(", ")
        ))),
        value => Ok(value.map(str::to_owned)),
    }
}
