//! Executions that actions of other pipelines ask for.
//!
//! The effect's id is the request token, so that asking again starts nothing new.

use super::service::CodePipeline;
use crate::engine::pipeline::commands::{StartExecution, start_execution};
use crate::engine::pipeline::execution::{Trigger, TriggerKind};
use crate::engine::world::{PipelineRefused, PipelineRequest};
use crate::store::WriteError;

/// Starts an execution of the pipeline's current definition; yields its id.
pub async fn launch_pipeline(
    service: &CodePipeline,
    request: PipelineRequest,
) -> Result<String, PipelineRefused> {
    let key = (request.scope, request.name);
    let wish = StartExecution {
        seed: request.seed,
        trigger: Trigger {
            kind: TriggerKind::StartPipelineExecution,
            detail: request.caller_arn,
        },
        variables: request.variables,
        token: Some(request.effect.to_string()),
        revisions: request.revisions,
        listener: Some(request.listener),
    };
    let (tables, asked) = (service.tables.clone(), key.clone());
    let started = service.engine.command(key, move |live, now, tx| {
        let Some(row) = tx.get(&tables.pipelines, &asked) else {
            return Err(PipelineRefused::NoSuchPipeline(asked.1));
        };
        start_execution(live, &row.plan, now, wish)
            .map_err(|refused| PipelineRefused::Refused(refused.to_string()))
    });
    match started.await {
        Ok(id) => Ok(id),
        Err(WriteError::Refused(refused)) => Err(refused),
        Err(WriteError::Storage(fault)) => Err(PipelineRefused::Refused(fault.to_string())),
    }
}
