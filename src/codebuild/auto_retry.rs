//! Builds that are started again by themselves after they failed.
//!
//! Source: contract, codebuild sections 4.3 and 4.7.

use super::CodeBuild;
use super::launch::{Launch, Refused, record};
use crate::aws::Scope;
use crate::engine::build::retry::AutoRetry;
use crate::store::WriteError;

/// Starts a finished build again, as RetryBuild would, linked to the one before. The same UUID again starts nothing new; a build
/// that was deleted meanwhile is not started again.
pub async fn retry(service: &CodeBuild, scope: &Scope, id: &str, uuid: &str) {
    let old = (scope.clone(), id.to_owned());
    let settings = service.tables.settings.get(&old);
    let settings = settings.unwrap_or_else(|fault| fault.raise());
    let (Some(mut settings), Some(build)) = (settings, service.state(scope, id)) else {
        return;
    };
    // The limit is for those who start builds; this one was announced when the one before it ended.
    let limit = settings.concurrent_build_limit.take();
    let place = AutoRetry {
        limit: build.plan.retry.limit,
        number: build.plan.retry.number + 1,
        previous: Some(id.to_owned()),
    };
    let launch = Launch {
        scope: scope.clone(),
        project: build.plan.project.clone(),
        uuid: uuid.to_owned(),
        settings,
        initiator: build.plan.initiator.clone(),
        pipeline: None,
        token: None,
    };
    let key = (scope.clone(), format!("{}:{uuid}", launch.project));
    let (tables, row) = (service.tables.clone(), key.clone());
    let started = service.engine.command(key, move |existing, now, tx| {
        let mut kept = launch.settings.clone();
        kept.concurrent_build_limit = limit;
        let started = record(&tables, tx, existing, now, launch, |mut plan| {
            plan.retry = place;
            plan
        })?;
        tx.put_record(&tables.settings, row, kept);
        Ok::<_, Refused>(started)
    });
    if let Err(refused) = started.await.map_err(WriteError::refused)
        && !matches!(refused, Refused::Repeated(_))
    {
        tracing::error!(id, why = refused.text(), "a build could not be retried");
    }
}
