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
    check_network(job)?;
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
        minutes: job.action.minutes(),
    })))
}

// Differs from AWS: the VPC, subnets and security groups of a Commands action are checked for their form and have no effect: there are no networks of AWS here.
fn check_network(job: &Job) -> Result<(), ActionError> {
    let known = [
        ("VpcId", "vpc-", 1),
        ("Subnets", "subnet-", 16),
        ("SecurityGroupIds", "sg-", 5),
    ];
    let mut given = known.iter().map(|(key, ..)| job.config(key));
    if given.all(|value| value.is_none()) {
        return Ok(());
    }
    known
        .iter()
        .try_for_each(|(key, prefix, most)| check_ids(job, key, prefix, *most))
}

/// Ids separated by commas, or as a JSON array; all three keys belong together.
fn check_ids(job: &Job, key: &str, prefix: &str, most: usize) -> Result<(), ActionError> {
    let name = &job.action.name;
    let Some(value) = job.config(key) else {
        return Err(ActionError::configuration(format!(
            "The action '{name}' has no value for '{key}': VpcId, Subnets and SecurityGroupIds are given together or not at all."
        )));
    };
    let ids = value.split([',', '[', ']', '"', ' ']);
    let ids: Vec<&str> = ids.filter(|id| !id.is_empty()).collect();
    let is_id = |id: &&str| {
        let rest = id.strip_prefix(prefix).unwrap_or_default();
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    match (1..=most).contains(&ids.len()) && ids.iter().all(is_id) {
        true => Ok(()),
        false => Err(ActionError::configuration(format!(
            "Invalid value for configuration property '{value}': '{key}'. Edit your pipeline and set '{key}' to at most {most} ids that begin with '{prefix}', separated by commas."
        ))),
    }
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
