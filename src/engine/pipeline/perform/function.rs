//! Jobs for functions: the event that CodePipeline sends to Lambda.
//!
//! Source: contract, codepipeline section 6.7.

use super::Performer;
use crate::companions::{FunctionError, SessionCredentials};
use crate::engine::pipeline::Key;
use crate::engine::pipeline::effect::{InvokeFunction, JobArtifact};
use crate::engine::pipeline::job_session;
use crate::engine::pipeline::providers::lambda;
use crate::engine::pipeline::run::{ActionError, ErrorCode};
use bytes::Bytes;
use serde_json::{Map, Value, json};

impl Performer {
    pub(super) async fn invoke(&self, key: &Key, job: &InvokeFunction) -> Result<(), ActionError> {
        let order = &job.order;
        let artifacts = job.inputs.iter().chain(&job.outputs).map(|of| &of.at);
        let wish = job_session(order.actor(), order.assumed_by(), &job.job, artifacts);
        let credentials = self.companions().assume_role(wish).await;
        let credentials = credentials
            .map_err(|error| ActionError::new(ErrorCode::PermissionError, error.to_string()))?;
        let payload = Bytes::from(payload(key, job, &credentials).to_string());
        let invoked = self
            .companions()
            .invoke_function(&job.order.scope, &job.function, payload)
            .await;
        invoked.map_err(|error| match error {
            FunctionError::NoSuchFunction => lambda::absent(&job.function),
            FunctionError::AccessDenied(what) => ActionError::new(ErrorCode::PermissionError, what),
            FunctionError::Failed(what) => ActionError::new(ErrorCode::JobFailed, what),
        })
    }
}

fn payload(key: &Key, job: &InvokeFunction, credentials: &SessionCredentials) -> Value {
    let account = key.0.account.as_str();
    let mut data = Map::new();
    let configuration = json!({ "configuration": job.configuration });
    data.insert("actionConfiguration".to_owned(), configuration);
    data.insert("inputArtifacts".to_owned(), artifacts(&job.inputs));
    data.insert("outputArtifacts".to_owned(), artifacts(&job.outputs));
    data.insert(
        "artifactCredentials".to_owned(),
        json!({
            "accessKeyId": credentials.access_key_id,
            "secretAccessKey": credentials.secret_access_key,
            "sessionToken": credentials.session_token,
            "expirationTime": credentials.expires.millis(),
        }),
    );
    if let Some(token) = &job.continuation {
        data.insert("continuationToken".to_owned(), json!(token));
    }
    if let Some(key) = &job.kms_key {
        data.insert(
            "encryptionKey".to_owned(),
            json!({ "id": key, "type": "KMS" }),
        );
    }
    json!({ "CodePipeline.job": { "id": job.job, "accountId": account, "data": data } })
}

/// The only place where AWS sends a null is the revision of an output.
fn artifacts(artifacts: &[JobArtifact]) -> Value {
    let artifact = |of: &JobArtifact| {
        let place = json!({ "bucketName": of.at.bucket, "objectKey": of.at.key });
        json!({
            "location": { "type": "S3", "s3Location": place },
            "revision": of.revision,
            "name": of.at.name,
        })
    };
    artifacts.iter().map(artifact).collect()
}
