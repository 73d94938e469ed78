//! Rules of projects and builds that the model does not express; the first one broken is reported.
//!
//! Source: contract, codebuild sections 1.2, 1.3, 3.1, 3.2.1 and 9.

use super::defaults::is_told;
use super::errors::invalid;
use crate::aws::{Arn, Scope};
use codebuild_api::error::InvalidInputException;
use codebuild_api::model::*;
use std::collections::BTreeSet;

type Check = Result<(), InvalidInputException>;

/// Checks a project as it would be stored.
pub fn project(project: &Project) -> Check {
    let source = project.source.as_ref().expect("a project has a source");
    primary_source(source)?;
    secondary_sources(project.secondary_sources.as_deref().unwrap_or_default())?;
    let versions = project.secondary_source_versions.as_deref();
    secondary_source_versions(versions.unwrap_or_default())?;
    let artifacts = project.artifacts.as_ref().expect("a project has artifacts");
    primary_artifacts(artifacts)?;
    secondary_artifacts(project.secondary_artifacts.as_deref().unwrap_or_default())?;
    project.environment.iter().try_for_each(environment)?;
    project.cache.iter().try_for_each(cache)?;
    project.logs_config.iter().try_for_each(logs)?;
    project.vpc_config.iter().try_for_each(vpc)
}

/// The role must be one of the caller's account; whether it can be assumed is asked of IAM afterwards.
pub fn role_account(scope: &Scope, role: &str) -> Check {
    match Arn::parse(role) {
        Some(arn) if arn.service == "iam" && arn.account != scope.account.as_str() => {
            Err(super::errors::role_of_another_account())
        }
        Some(arn) if arn.service == "iam" && arn.resource.starts_with("role/") => Ok(()),
        _ => Err(super::errors::role_not_assumable(role)),
    }
}

pub fn primary_source(source: &ProjectSource) -> Check {
    let kind = source.r#type.as_str();
    if source.report_build_status.is_some() && !is_told(source.r#type) {
        return Err(invalid(format!(
            "Source type {kind} does not support ReportBuildStatus"
        )));
    }
    match (source.r#type, &source.location) {
        (SourceType::NoSource | SourceType::Codepipeline, Some(_)) => Err(invalid(format!(
            "Invalid project source: source type {kind} should have null location"
        ))),
        (SourceType::NoSource | SourceType::Codepipeline, None) => Ok(()),
        (_, None) => Err(invalid("Project source location is required")),
        (SourceType::S3, Some(location)) => s3_location(location),
        (_, Some(_)) => Ok(()),
    }
}

fn s3_location(location: &str) -> Check {
    let path = location.strip_prefix("arn:aws:s3:::").unwrap_or(location);
    match path.split_once('/') {
        Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => Ok(()),
        _ => Err(invalid(format!(
            "Invalid project source: location '{location}' should have the form bucket/key"
        ))),
    }
}

pub fn secondary_sources(sources: &[ProjectSource]) -> Check {
    identifiers(
        "source",
        "source",
        sources
            .iter()
            .map(|source| source.source_identifier.as_deref()),
    )?;
    sources.iter().try_for_each(|source| match source.r#type {
        SourceType::Codepipeline | SourceType::NoSource => Err(invalid(format!(
            "Invalid secondary source: type {} is not allowed",
            source.r#type.as_str()
        ))),
        _ => primary_source(source),
    })
}

pub fn secondary_source_versions(versions: &[ProjectSourceVersion]) -> Check {
    let names = versions
        .iter()
        .map(|of| Some(of.source_identifier.as_str()));
    identifiers("source version", "source", names)
}

/// A token that starts a build once; the model does not limit it.
pub fn idempotency_token(token: Option<&str>) -> Check {
    const LONGEST: usize = 64;
    match token {
        Some(token) if token.chars().count() > LONGEST => Err(invalid(format!(
            "1 validation error detected: Value '{token}' at 'idempotencyToken' failed to satisfy constraint: Member must have length less than or equal to {LONGEST}"
        ))),
        _ => Ok(()),
    }
}

pub fn primary_artifacts(artifacts: &ProjectArtifacts) -> Check {
    match artifacts.r#type {
        ArtifactsType::NoArtifacts => no_artifacts(artifacts),
        ArtifactsType::S3 if artifacts.location.as_ref().is_none_or(String::is_empty) => {
            Err(invalid("Project artifact location is required"))
        }
        _ => Ok(()),
    }
}

fn no_artifacts(artifacts: &ProjectArtifacts) -> Check {
    let members = [
        ("location", artifacts.location.is_some()),
        ("path", artifacts.path.is_some()),
        ("namespaceType", artifacts.namespace_type.is_some()),
        // AWS says so; see issue 63 of cloudposse/terraform-aws-codebuild.
        ("output name", artifacts.name.is_some()),
        ("packaging", artifacts.packaging.is_some()),
        (
            "encryptionDisabled",
            artifacts.encryption_disabled.is_some(),
        ),
    ];
    match members.into_iter().find(|(_, given)| *given) {
        Some((member, _)) => Err(invalid(format!(
            "Invalid artifacts: artifact type NO_ARTIFACTS should have null {member}"
        ))),
        None => Ok(()),
    }
}

pub fn secondary_artifacts(artifacts: &[ProjectArtifacts]) -> Check {
    identifiers(
        "artifact",
        "artifact",
        artifacts.iter().map(|of| of.artifact_identifier.as_deref()),
    )?;
    artifacts.iter().try_for_each(|of| match of.r#type {
        ArtifactsType::Codepipeline => Err(invalid(
            "Invalid secondary artifact: type CODEPIPELINE is not allowed",
        )),
        _ => primary_artifacts(of),
    })
}

fn identifiers<'a>(
    what: &str,
    member: &str,
    names: impl Iterator<Item = Option<&'a str>>,
) -> Check {
    let mut seen = BTreeSet::new();
    for name in names {
        let name = name.unwrap_or_default();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if name.is_empty() || name.len() >= 128 || !name.bytes().all(allowed) {
            return Err(invalid(format!(
                "Invalid secondary {what}: the {member}Identifier '{name}' should have 1 to 127 letters, digits and underscores"
            )));
        }
        if !seen.insert(name) {
            return Err(invalid(format!(
                "Invalid secondary {what}: the {member}Identifier '{name}' is used more than once"
            )));
        }
    }
    Ok(())
}

pub fn environment(environment: &ProjectEnvironment) -> Check {
    let by_role =
        environment.image_pull_credentials_type == Some(ImagePullCredentialsType::ServiceRole);
    if environment.registry_credential.is_some() && !by_role {
        return Err(invalid(
            "Invalid environment: a registryCredential needs imagePullCredentialsType SERVICE_ROLE",
        ));
    }
    let compute = environment.compute_type.as_str();
    if compute.contains("LAMBDA") && !environment.r#type.as_str().contains("LAMBDA") {
        return Err(invalid(format!("Invalid compute type provided: {compute}")));
    }
    if environment.image.is_empty() {
        return Err(invalid("Invalid environment: an image is required"));
    }
    let mut names = BTreeSet::new();
    let variables = environment.environment_variables.iter().flatten();
    match variables
        .map(|variable| &variable.name)
        .find(|name| !names.insert(*name))
    {
        Some(name) => Err(invalid(format!(
            "Duplicated environment variable name: {name}"
        ))),
        None => Ok(()),
    }
}

pub fn cache(cache: &ProjectCache) -> Check {
    match cache.r#type {
        CacheType::S3 if cache.location.as_ref().is_none_or(String::is_empty) => Err(invalid(
            "Invalid cache: cache type S3 should have a location",
        )),
        CacheType::Local if cache.modes.as_ref().is_none_or(Vec::is_empty) => Err(invalid(
            "Invalid cache: cache type LOCAL should have at least one mode",
        )),
        _ => Ok(()),
    }
}

pub fn logs(logs: &LogsConfig) -> Check {
    match &logs.s3_logs {
        Some(s3)
            if s3.status == LogsConfigStatusType::Enabled
                && s3.location.as_ref().is_none_or(String::is_empty) =>
        {
            Err(invalid(
                "Invalid logs config: S3 logs that are enabled should have a location",
            ))
        }
        _ => Ok(()),
    }
}

/// All three members or none.
pub fn vpc(vpc: &VpcConfig) -> Check {
    let empty = |list: &Option<Vec<String>>| list.as_ref().is_none_or(Vec::is_empty);
    let complete = vpc.vpc_id.as_ref().is_some_and(|id| !id.is_empty())
        && !empty(&vpc.subnets)
        && !empty(&vpc.security_group_ids);
    if complete {
        return Ok(());
    }
    Err(invalid(
        "Invalid vpc config: vpcId, subnets and securityGroupIds are all required",
    ))
}
