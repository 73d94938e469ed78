//! Deployments that a pipeline's action asks for: the revision is the action's artifact or an AppSpec made of it, the rest is the group's.
//!
//! Source: contract, codepipeline section 6.5.

use super::CodeDeploy;
use super::deployments::id_of;
use super::launch::{Launch, launch};
use crate::companions::Companions;
use crate::engine::world::{DeploymentRefused, DeploymentRequest, DeploymentRevision};
use codedeploy_api::error::CreateDeploymentError;
use codedeploy_api::input::CreateDeploymentInput;
use codedeploy_api::model::{
    AppSpecContent, BundleType, RevisionLocation, RevisionLocationType, S3Location,
};

/// Starts the deployment, or finds the one that the same effect started before.
pub async fn launch_deployment(
    service: &CodeDeploy,
    companions: &dyn Companions,
    request: DeploymentRequest,
) -> Result<String, DeploymentRefused> {
    let id = id_of(service.store.instance(), request.effect.as_str());
    let launched = launch(
        service,
        companions,
        Launch {
            scope: request.scope.clone(),
            id: id.clone(),
            listener: Some(request.listener.clone()),
            deferred: Vec::new(),
            request: input(request),
        },
    );
    launched.await.map_err(refusal)?;
    Ok(id)
}

fn input(request: DeploymentRequest) -> CreateDeploymentInput {
    let mut input = CreateDeploymentInput::new(request.application);
    input.deployment_group_name = Some(request.group);
    input.revision = Some(match request.revision {
        DeploymentRevision::Bundle(at) => RevisionLocation {
            revision_type: Some(RevisionLocationType::S3),
            s3_location: Some(S3Location {
                bucket: Some(at.bucket),
                key: Some(at.key),
                bundle_type: Some(BundleType::Zip),
                version: at.version,
                e_tag: None,
            }),
            ..RevisionLocation::default()
        },
        DeploymentRevision::AppSpec(content) => RevisionLocation {
            revision_type: Some(RevisionLocationType::AppSpecContent),
            app_spec_content: Some(AppSpecContent {
                content: Some(content),
                sha256: None,
            }),
            ..RevisionLocation::default()
        },
    });
    input
}

fn refusal(error: CreateDeploymentError) -> DeploymentRefused {
    match error {
        CreateDeploymentError::ApplicationDoesNotExistException(error) => {
            DeploymentRefused::NotFound(error.message)
        }
        CreateDeploymentError::DeploymentGroupDoesNotExistException(error) => {
            DeploymentRefused::NotFound(error.message)
        }
        error => {
            let text = error.to_string();
            let prefix = format!("{}: ", error.code());
            let message = text.strip_prefix(&prefix).unwrap_or(&text);
            DeploymentRefused::Refused(message.to_owned())
        }
    }
}
