//! BatchDeleteBuilds: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchDeleteBuilds.html>

use crate::codebuild::CodeBuild;
use crate::codebuild::names::{build_arn, build_id};
use crate::engine::build::plan::Purpose;
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::BatchDeleteBuildsError;
use codebuild_api::input::BatchDeleteBuildsInput;
use codebuild_api::model::BuildNotDeleted;
use codebuild_api::output::BatchDeleteBuildsOutput;

/// Deletes builds that have finished; both lists name ARNs. Builds that are not there count as deleted.
pub async fn batch_delete_builds(
    input: BatchDeleteBuildsInput,
    call: Call,
) -> Result<BatchDeleteBuildsOutput, BatchDeleteBuildsError> {
    let service = &call.app.codebuild;
    let (mut deleted, mut kept) = (Vec::new(), Vec::new());
    for asked in &input.ids {
        let id = build_id(&call.scope, asked).unwrap_or(asked);
        let arn = match asked.starts_with("arn:") {
            true => asked.clone(),
            false => build_arn(&call.scope, id),
        };
        let key = (call.scope.clone(), id.to_owned());
        let live = service.engine.state(&key);
        if live.is_some_and(|build| build.plan.purpose == Purpose::Project) {
            kept.push(BuildNotDeleted {
                id: Some(arn),
                status_code: Some("BUILD_IN_PROGRESS".to_owned()),
            });
            continue;
        }
        delete(service, key).await;
        deleted.push(arn);
    }
    Ok(BatchDeleteBuildsOutput {
        builds_deleted: Some(deleted),
        builds_not_deleted: Some(kept),
    })
}

/// Removes a finished build; nothing happens when it is not there.
pub(super) async fn delete(service: &CodeBuild, key: (crate::aws::Scope, String)) {
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        let build = tx.get_record(&tables.finished, &key);
        if let Some(build) = build.filter(|build| build.plan.purpose == Purpose::Project) {
            let number = (key.0.clone(), build.plan.project, build.plan.number);
            // A project deleted and made again has given the number to another build.
            if tx.get_record(&tables.numbers, &number).as_ref() == Some(&key.1) {
                tx.remove_record(&tables.numbers, &number);
            }
            tx.remove_record(&tables.finished, &key);
            tx.remove_record(&tables.settings, &key);
        }
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<std::convert::Infallible>::refused)
        .unwrap_or_else(|never| match never {});
}
