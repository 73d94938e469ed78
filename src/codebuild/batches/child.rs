//! The builds of a batch: the batch's settings with what the task says, under an id that the batch gives.
//!
//! Invariant: a build starts only while its batch wants it, decided in the commit that starts it.

use super::settings::{BatchSettings, PipelineBatch};
use crate::codebuild::CodeBuild;
use crate::codebuild::launch::{Launch, Refused, record};
use crate::codebuild::plan::PipelineSide;
use crate::codebuild::settings::{Settings, merge};
use crate::engine::batch::effect::LaunchBuild;
use crate::engine::batch::event::Membership;
use crate::engine::batch::spec::{Task, TaskEnv};
use crate::engine::build::plan::{Artifacts, BuildPlan, SecondaryArtifacts};
use crate::engine::world::{BuildTarget, LaunchRefused};
use crate::store::WriteError;
use codebuild_api::model::*;

/// Starts one build; yields its id. The same attempt again starts nothing new.
pub async fn launch_batch_build(
    service: &CodeBuild,
    job: LaunchBuild,
) -> Result<String, LaunchRefused> {
    let key = (job.scope.clone(), job.batch.clone());
    let found = service.tables.batches.settings.get(&key);
    let found = found.unwrap_or_else(|fault| fault.raise());
    let gone = || LaunchRefused::Refused(format!("The batch {} is gone", job.batch));
    let Some(batch) = found else {
        return Err(gone());
    };
    let Some(live) = service.batches.state(&key) else {
        return Err(gone());
    };
    let (project, initiator) = (live.plan.project.clone(), live.plan.initiator.clone());
    let launch = Launch {
        scope: job.scope.clone(),
        settings: settings(&batch, &job).map_err(LaunchRefused::Refused)?,
        pipeline: batch.pipeline.as_ref().map(side),
        uuid: job.uuid.clone(),
        initiator,
        project,
        token: None,
    };
    let id = format!("{}:{}", launch.project, launch.uuid);
    let (tables, batches, build) = (
        service.tables.clone(),
        service.batches.clone(),
        (job.scope.clone(), id.clone()),
    );
    let started = service.engine.command(build, move |existing, now, tx| {
        let state = batches.state_in(tx, &key);
        if !state.is_some_and(|state| state.wants(&job.token)) {
            return Err(Refused::Unwanted(job.batch));
        }
        record(&tables, tx, existing, now, launch, |plan| {
            belonging(plan, &batch, &job)
        })
    });
    match started.await.map_err(WriteError::refused) {
        Ok(_) | Err(Refused::Repeated(_)) => Ok(id),
        Err(refused) => Err(LaunchRefused::Refused(refused.text())),
    }
}

/// Limits of the project are for those who start builds, not for a batch that has been started.
fn settings(batch: &BatchSettings, job: &LaunchBuild) -> Result<Settings, String> {
    let mut settings = batch.settings.clone();
    settings.concurrent_build_limit = None;
    settings.auto_retry_limit = None;
    let Some(task) = &job.task else {
        settings.artifacts = ProjectArtifacts::new(ArtifactsType::NoArtifacts);
        settings.secondary_artifacts.clear();
        return Ok(settings);
    };
    if let Some(buildspec) = &task.buildspec {
        settings.source.buildspec = Some(buildspec.clone());
    }
    settings.debug_session |= task.debug_session;
    environment(&mut settings.environment, &task.env)?;
    apart(&mut settings.artifacts, &task.identifier);
    for artifacts in &mut settings.secondary_artifacts {
        apart(artifacts, &task.identifier);
    }
    if batch.pipeline.is_none() {
        version(&mut settings, job.source_version.as_deref());
    }
    Ok(settings)
}

/// All builds have the source that the buildspec came with, where a version names it.
fn version(settings: &mut Settings, resolved: Option<&str>) {
    let asked = settings.source_version.as_deref().unwrap_or_default();
    let names_a_request = asked.starts_with("pr/");
    if let Some(resolved) = resolved
        && !names_a_request
        && settings.source.r#type != SourceType::NoSource
    {
        settings.source_version = Some(resolved.to_owned());
    }
}

fn environment(environment: &mut ProjectEnvironment, task: &TaskEnv) -> Result<(), String> {
    if let Some(compute) = &task.compute {
        let known = ComputeType::try_from(compute.as_str());
        environment.compute_type =
            known.map_err(|_| format!("Invalid compute type provided: {compute}"))?;
        environment.fleet = None;
    }
    if let Some(kind) = &task.kind {
        let known = EnvironmentType::try_from(kind.as_str());
        environment.r#type = known.map_err(|_| format!("Invalid type provided: {kind}"))?;
    }
    if let Some(fleet) = &task.fleet {
        environment.fleet = Some(ProjectFleet {
            fleet_arn: Some(fleet.clone()),
        });
    }
    if let Some(image) = &task.image {
        environment.image.clone_from(image);
    }
    if task.privileged.is_some() {
        environment.privileged_mode = task.privileged;
    }
    let variables = environment.environment_variables.get_or_insert_default();
    for (name, value) in &task.variables {
        let variable = EnvironmentVariable {
            r#type: Some(EnvironmentVariableType::Plaintext),
            ..EnvironmentVariable::new(name.clone(), value.clone())
        };
        merge(variables, variable);
    }
    Ok(())
}

/// Builds of a batch do not write over each other: each has a folder of its identifier below the project's path.
fn apart(artifacts: &mut ProjectArtifacts, identifier: &str) {
    if artifacts.r#type == ArtifactsType::S3 {
        let path = artifacts.path.as_deref().unwrap_or_default();
        artifacts.path = Some(match path.trim_end_matches('/') {
            "" => identifier.to_owned(),
            path => format!("{path}/{identifier}"),
        });
    }
}

fn side(pipeline: &PipelineBatch) -> PipelineSide {
    PipelineSide {
        sources: pipeline.sources.clone(),
        primary: pipeline.primary.clone(),
        outputs: Vec::new(),
        listener: None,
    }
}

/// The plan of a build that is part of a batch.
fn belonging(mut plan: BuildPlan, batch: &BatchSettings, job: &LaunchBuild) -> BuildPlan {
    plan.batch = Some(Membership {
        batch: job.batch.clone(),
        token: job.token.clone(),
    });
    plan.shard = job.task.as_ref().and_then(|task| task.shard);
    if let (Some(pipeline), Some(task)) = (&batch.pipeline, &job.task) {
        outputs(&mut plan, pipeline, task);
    }
    plan
}

/// Combined: parts below the outputs' keys. Otherwise outputs are the build's if their name begins with its identifier.
fn outputs(plan: &mut BuildPlan, pipeline: &PipelineBatch, task: &Task) {
    let name = &task.identifier;
    let only = pipeline.outputs.len() == 1;
    for output in &pipeline.outputs {
        let secondary = match (pipeline.combine, output.artifact.strip_prefix(name)) {
            (true, _) if only => None,
            (true, _) => Some(output.artifact.clone()),
            (false, Some("")) => None,
            (false, Some(rest)) if rest.starts_with('_') => Some(rest[1..].to_owned()),
            (false, _) => continue,
        };
        let target = Artifacts::Pipeline(match pipeline.combine {
            true => part(output, &plan.uuid),
            false => output.clone(),
        });
        match secondary {
            None => plan.artifacts = Some(target),
            Some(identifier) => plan.secondary_artifacts.push(SecondaryArtifacts {
                identifier,
                artifacts: target,
            }),
        }
    }
}

fn part(output: &BuildTarget, build: &str) -> BuildTarget {
    BuildTarget {
        key: format!("{}.parts/{build}", output.key),
        ..output.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: contract 11.3, "distinguished locations"; where exactly is our reading.
    #[test]
    fn every_build_has_a_folder_of_its_own() {
        let path = |path: Option<&str>| {
            let mut artifacts = ProjectArtifacts {
                path: path.map(str::to_owned),
                ..ProjectArtifacts::new(ArtifactsType::S3)
            };
            apart(&mut artifacts, "linux");
            artifacts.path.unwrap()
        };
        assert_eq!(path(None), "linux");
        assert_eq!(path(Some("")), "linux");
        assert_eq!(path(Some("a/b/")), "a/b/linux");
    }

    // Witness: contract 11.1, `env`: what is said replaces the project's; variables are merged by name.
    #[test]
    fn a_task_replaces_what_it_names() {
        let mut of = ProjectEnvironment::new(
            EnvironmentType::LinuxContainer,
            "image",
            ComputeType::BuildGeneral1Small,
        );
        of.environment_variables = Some(vec![
            EnvironmentVariable::new("A", "1"),
            EnvironmentVariable::new("B", "1"),
        ]);
        let task = TaskEnv {
            compute: Some("BUILD_GENERAL1_LARGE".to_owned()),
            image: Some("other".to_owned()),
            privileged: Some(true),
            variables: vec![("B".to_owned(), "2".to_owned())],
            ..TaskEnv::default()
        };
        environment(&mut of, &task).unwrap();
        assert_eq!(of.compute_type, ComputeType::BuildGeneral1Large);
        assert_eq!(
            (of.image.as_str(), of.privileged_mode),
            ("other", Some(true))
        );
        let values: Vec<String> = of
            .environment_variables
            .unwrap()
            .into_iter()
            .map(|variable| format!("{}={}", variable.name, variable.value))
            .collect();
        assert_eq!(values, ["A=1", "B=2"]);
    }

    // Witness: contract 1.2, unknown enum.
    #[test]
    fn computes_and_types_that_are_not_there_are_named() {
        let mut of = ProjectEnvironment::new(
            EnvironmentType::LinuxContainer,
            "image",
            ComputeType::BuildGeneral1Small,
        );
        let compute = TaskEnv {
            compute: Some("HUGE".to_owned()),
            ..TaskEnv::default()
        };
        let said = environment(&mut of, &compute).unwrap_err();
        assert_eq!(said, "Invalid compute type provided: HUGE");
    }
}
