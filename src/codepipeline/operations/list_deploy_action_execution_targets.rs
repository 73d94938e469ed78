//! ListDeployActionExecutionTargets: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListDeployActionExecutionTargets.html>

use crate::codepipeline::errors;
use crate::server::call::Call;
use codepipeline_api::error::ListDeployActionExecutionTargetsError;
use codepipeline_api::input::ListDeployActionExecutionTargetsInput;
use codepipeline_api::output::ListDeployActionExecutionTargetsOutput;

/// Where an action execution deployed to. Only EC2 deploy actions have targets, and no execution of one gets that far here.
pub async fn list_deploy_action_execution_targets(
    input: ListDeployActionExecutionTargetsInput,
    call: Call,
) -> Result<ListDeployActionExecutionTargetsOutput, ListDeployActionExecutionTargetsError> {
    let tables = &call.app.codepipeline.tables;
    let id = input.action_execution_id;
    if let Some(name) = &input.pipeline_name {
        let key = (call.scope.clone(), name.clone());
        if !tables.pipelines.contains(&key) {
            return Err(errors::pipeline_not_listed(call.account(), name).into());
        }
    }
    let found = tables.action_ids.get(&(call.scope.clone(), id.clone()));
    let found = found.unwrap_or_else(|fault| fault.raise());
    let of_it = |pipeline: &String| {
        input
            .pipeline_name
            .as_ref()
            .is_none_or(|name| name == pipeline)
    };
    if !found.is_some_and(|(pipeline, _)| of_it(&pipeline)) {
        return Err(errors::action_execution_not_found(&id).into());
    }
    match input.next_token {
        // There is never a second page.
        Some(token) => Err(errors::invalid_token(&token).into()),
        None => Ok(ListDeployActionExecutionTargetsOutput {
            targets: Some(Vec::new()),
            next_token: None,
        }),
    }
}
