//! DeleteBuildBatch: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteBuildBatch.html>

use super::batch_delete_builds::delete;
use crate::codebuild::CodeBuild;
use crate::codebuild::batches::rows::BatchKey;
use crate::codebuild::names::{batch_id, build_arn};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::DeleteBuildBatchError;
use codebuild_api::input::DeleteBuildBatchInput;
use codebuild_api::model::BuildNotDeleted;
use codebuild_api::output::DeleteBuildBatchOutput;

/// Deletes a batch that has finished, with its builds. One that is not there counts as deleted.
pub async fn delete_build_batch(
    input: DeleteBuildBatchInput,
    call: Call,
) -> Result<DeleteBuildBatchOutput, DeleteBuildBatchError> {
    let service = &call.app.codebuild;
    let id = batch_id(&call.scope, &input.id).unwrap_or(&input.id);
    let key = (call.scope.clone(), id.to_owned());
    let Some(builds) = forget(service, key).await else {
        return Ok(DeleteBuildBatchOutput {
            status_code: Some("BATCH_IN_PROGRESS".to_owned()),
            builds_deleted: Some(Vec::new()),
            builds_not_deleted: Some(Vec::new()),
        });
    };
    let (mut deleted, mut kept) = (Vec::new(), Vec::new());
    for build in builds {
        let arn = build_arn(&call.scope, &build);
        let build = (call.scope.clone(), build);
        // A build that was asked to stop may not have heard of it yet.
        if service.engine.state(&build).is_some() {
            kept.push(BuildNotDeleted {
                id: Some(arn),
                status_code: Some("BUILD_IN_PROGRESS".to_owned()),
            });
            continue;
        }
        delete(service, build).await;
        deleted.push(arn);
    }
    Ok(DeleteBuildBatchOutput {
        status_code: Some("BATCH_DELETED".to_owned()),
        builds_deleted: Some(deleted),
        builds_not_deleted: Some(kept),
    })
}

/// Removes the batch and gives the ids of its builds; `None`: it runs.
async fn forget(service: &CodeBuild, key: BatchKey) -> Option<Vec<String>> {
    let (rows, live) = (service.tables.batches.clone(), service.batches.clone());
    let written = service.store.write(move |tx| {
        if live.state_in(tx, &key).is_some() {
            return Ok(None);
        }
        let Some(batch) = tx.get_record(&rows.finished, &key) else {
            return Ok(Some(Vec::new()));
        };
        rows.displace(tx, &batch, batch.status.as_str());
        tx.remove_record(&rows.finished, &key);
        tx.remove_record(&rows.settings, &key);
        Ok(Some(batch.builds()))
    });
    let written = written
        .await
        .map_err(WriteError::<std::convert::Infallible>::refused);
    written.unwrap_or_else(|never| match never {})
}
