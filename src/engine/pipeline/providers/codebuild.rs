//! CodeBuild, to build and to test: starts a build and waits for its end.

use super::super::Effect;
use super::super::effect::LaunchBuild;
use super::super::event::{Failure, Outcome, Success};
use super::super::execution::{ActionError, ActionResult, ErrorCode};
use super::super::prepare::Job;
use crate::aws::Region;
use crate::engine::world::{
    BatchWish, BuildEnd, BuildFault, BuildVariable, BuildVerdict, LaunchRefused, VariableKind,
};
use serde::Deserialize;

pub(super) fn effect(job: &Job) -> Result<Effect, ActionError> {
    let wanted = |key| {
        job.config(key)
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    };
    if wanted("CombineArtifacts") && !wanted("BatchEnabled") {
        return Err(ActionError::configuration(format!(
            "The action '{}' has CombineArtifacts without BatchEnabled; only a batch has artifacts to combine.",
            job.action.name
        )));
    }
    let batch = wanted("BatchEnabled").then(|| BatchWish {
        combine: wanted("CombineArtifacts"),
    });
    Ok(Effect::LaunchBuild(Box::new(LaunchBuild {
        order: job.order(),
        pipeline: job.plan.pipeline.clone(),
        project: job.required("ProjectName")?.to_owned(),
        sources: job
            .run
            .inputs
            .iter()
            .map(|input| job.source(input))
            .collect(),
        primary: primary(job)?,
        outputs: job
            .run
            .outputs
            .iter()
            .map(|output| job.target(output))
            .collect(),
        variables: variables(job)?,
        buildspec: job.config("BuildspecOverride").map(str::to_owned),
        service_role: job.config("ServiceRoleArnOverride").map(str::to_owned),
        batch,
    })))
}

/// Where the console shows a build.
pub fn link(region: &Region, build: &str) -> String {
    format!(
        "https://console.aws.amazon.com/codebuild/home?region={region}#/builds/{build}/view/new"
    )
}

/// What the end of a build means for its action.
pub fn outcome(build: BuildEnd) -> Outcome {
    match build.verdict {
        BuildVerdict::Succeeded { exported } => Outcome::Succeeded(Success {
            result: ActionResult {
                external_id: Some(build.id),
                ..ActionResult::default()
            },
            variables: exported,
            revision: None,
        }),
        BuildVerdict::Failed(fault) => Outcome::Failed(Failure {
            error: ActionError::new(ErrorCode::JobFailed, text(&fault)),
            external_id: Some(build.id),
        }),
    }
}

/// Why no build was started.
pub fn refused(project: &str, refusal: &LaunchRefused) -> ActionError {
    match refusal {
        LaunchRefused::NoSuchProject(_) => ActionError::configuration(format!(
            "The AWS CodeBuild project '{project}' was not found. Make sure that it exists in the region of the action."
        )),
        LaunchRefused::Refused(what) => ActionError::new(
            ErrorCode::JobFailed,
            format!("Error calling startBuild: {what}"),
        ),
    }
}

fn text(fault: &BuildFault) -> String {
    let BuildFault {
        status,
        phase,
        code,
        message,
    } = fault;
    format!(
        "Build terminated with state: {status}. Phase: {phase}, Code: {code}, Message: {message}"
    )
}

fn primary(job: &Job) -> Result<String, ActionError> {
    let inputs = &job.action.inputs;
    match (job.config("PrimarySource"), inputs.as_slice()) {
        (Some(name), _) if inputs.iter().any(|input| input == name) => Ok(name.to_owned()),
        (Some(name), _) => Err(ActionError::configuration(format!(
            "The PrimarySource '{name}' is not an input artifact of the action '{}'.",
            job.action.name
        ))),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(ActionError::configuration(format!(
            "The action '{}' has {} input artifacts; its configuration must name one of them as PrimarySource.",
            job.action.name,
            inputs.len()
        ))),
    }
}

/// One entry of `EnvironmentVariables`.
#[derive(Deserialize)]
struct Entry {
    name: String,
    value: String,
    #[serde(default, rename = "type")]
    kind: VariableKind,
}

fn variables(job: &Job) -> Result<Vec<BuildVariable>, ActionError> {
    let Some(text) = job.config("EnvironmentVariables") else {
        return Ok(Vec::new());
    };
    let entries: Vec<Entry> = serde_json::from_str(text).map_err(|error| {
        ActionError::configuration(format!(
            "The EnvironmentVariables of the action '{}' are not a JSON array of objects with name, value and type: line {}, column {}.",
            job.action.name,
            error.line(),
            error.column()
        ))
    })?;
    let variable = |entry: Entry| BuildVariable {
        name: entry.name,
        value: entry.value,
        kind: entry.kind,
    };
    Ok(entries.into_iter().map(variable).collect())
}
