//! What a worker is told of its job.
//!
//! Invariant: configuration values are as the worker needs them: resolved, and secrets in clear.

use super::super::service::CodePipeline;
use super::super::view;
use super::rows::JobRow;
use crate::aws::Arn;
use crate::companions::{Companions, RoleError, SessionCredentials};
use crate::engine::pipeline::effect::SERVICE;
use crate::engine::pipeline::execution::ArtifactAt;
use crate::engine::pipeline::run::{ActionError, ErrorCode};
use crate::engine::pipeline::{JobRecord, job_session};
use codepipeline_api::model as api;
use std::collections::BTreeMap;

/// Credentials of a session of the action's role, else the pipeline's, by which the worker reads and writes the job's
/// artifacts and nothing else.
pub async fn credentials(
    companions: &dyn Companions,
    row: &JobRow,
) -> Result<SessionCredentials, RoleError> {
    let JobRecord { id, action, .. } = &row.record;
    let (role, by) = row.record.actor();
    let artifacts = action.run.inputs.iter().chain(&action.run.outputs);
    companions
        .assume_role(job_session(role, by, id, artifacts))
        .await
}

/// The job as it is offered; `None` when its role cannot be assumed, which fails the action.
pub async fn offered(
    service: &CodePipeline,
    companions: &dyn Companions,
    row: JobRow,
) -> Option<api::Job> {
    match credentials(companions, &row).await {
        Ok(credentials) => Some(job(&row, credentials)),
        Err(error) => {
            super::results::give_up(service, &row, no_role(&row, &error)).await;
            None
        }
    }
}

/// GetJobDetails: a job that is over comes without credentials, and so does one whose role is gone.
pub async fn details(companions: &dyn Companions, row: &JobRow) -> api::JobDetails {
    let credentials = credentials_of_open(companions, row).await;
    api::JobDetails {
        id: Some(row.record.id.clone()),
        data: Some(data(row, credentials)),
        account_id: Some(row.pipeline.0.account.to_string()),
    }
}

/// GetThirdPartyJobDetails: the same with the nonce, and less of the pipeline.
pub async fn partner_details(
    companions: &dyn Companions,
    row: &JobRow,
) -> api::ThirdPartyJobDetails {
    let credentials = credentials_of_open(companions, row).await;
    api::ThirdPartyJobDetails {
        id: Some(row.record.id.clone()),
        data: Some(partner_data(row, credentials)),
        nonce: Some(row.nonce.to_string()),
    }
}

async fn credentials_of_open(
    companions: &dyn Companions,
    row: &JobRow,
) -> Option<SessionCredentials> {
    if row.status.is_final() {
        return None;
    }
    credentials(companions, row).await.ok()
}

fn no_role(row: &JobRow, error: &RoleError) -> ActionError {
    let (role, by) = row.record.actor();
    let who = match by {
        SERVICE => "CodePipeline",
        role => role,
    };
    let text = format!("{who} is not authorized to perform AssumeRole on role {role}: {error}");
    ActionError::new(ErrorCode::PermissionError, text)
}

fn job(row: &JobRow, credentials: SessionCredentials) -> api::Job {
    api::Job {
        id: Some(row.record.id.clone()),
        data: Some(data(row, Some(credentials))),
        nonce: Some(row.nonce.to_string()),
        account_id: Some(row.pipeline.0.account.to_string()),
    }
}

fn data(row: &JobRow, credentials: Option<SessionCredentials>) -> api::JobData {
    let run = &row.record.action.run;
    api::JobData {
        action_type_id: Some(view::type_id(&row.record.action.kind)),
        action_configuration: Some(configuration(row)),
        pipeline_context: Some(context(row)),
        input_artifacts: Some(artifacts(row, &run.inputs)),
        output_artifacts: Some(artifacts(row, &run.outputs)),
        artifact_credentials: credentials.map(session),
        continuation_token: row.record.continuation.clone(),
        encryption_key: encryption_key(row),
    }
}

fn partner_data(row: &JobRow, credentials: Option<SessionCredentials>) -> api::ThirdPartyJobData {
    let run = &row.record.action.run;
    api::ThirdPartyJobData {
        action_type_id: Some(view::type_id(&row.record.action.kind)),
        action_configuration: Some(configuration(row)),
        pipeline_context: Some(api::PipelineContext {
            pipeline_arn: None,
            pipeline_execution_id: None,
            ..context(row)
        }),
        input_artifacts: Some(artifacts(row, &run.inputs)),
        output_artifacts: Some(artifacts(row, &run.outputs)),
        artifact_credentials: credentials.map(session),
        continuation_token: row.record.continuation.clone(),
        encryption_key: encryption_key(row),
    }
}

fn configuration(row: &JobRow) -> api::ActionConfiguration {
    api::ActionConfiguration {
        configuration: Some(BTreeMap::clone(&row.record.action.run.resolved)),
    }
}

fn context(row: &JobRow) -> api::PipelineContext {
    let (scope, name) = &row.pipeline;
    let action = &row.record.action;
    api::PipelineContext {
        pipeline_name: Some(name.clone()),
        stage: Some(api::StageContext {
            name: Some(action.stage.clone()),
        }),
        action: Some(api::ActionContext {
            name: Some(action.run.name.clone()),
            action_execution_id: Some(action.run.id.clone()),
        }),
        pipeline_arn: Some(Arn::regional("codepipeline", scope, name.clone()).to_string()),
        pipeline_execution_id: Some(action.execution.clone()),
    }
}

fn artifacts(row: &JobRow, at: &[ArtifactAt]) -> Vec<api::Artifact> {
    at.iter().map(|at| artifact(row, at)).collect()
}

fn artifact(row: &JobRow, at: &ArtifactAt) -> api::Artifact {
    let place = api::S3ArtifactLocation::new(at.bucket.clone(), at.key.clone());
    api::Artifact {
        name: Some(at.name.clone()),
        revision: row.record.revisions.get(&at.name).cloned(),
        location: Some(api::ArtifactLocation {
            r#type: Some(api::ArtifactLocationType::S3),
            s3_location: Some(place),
        }),
    }
}

fn session(of: SessionCredentials) -> api::AWSSessionCredentials {
    api::AWSSessionCredentials::new(of.access_key_id, of.secret_access_key, of.session_token)
}

fn encryption_key(row: &JobRow) -> Option<api::EncryptionKey> {
    let key = row.record.kms_key.as_ref()?;
    Some(api::EncryptionKey::new(
        key.clone(),
        api::EncryptionKeyType::Kms,
    ))
}
