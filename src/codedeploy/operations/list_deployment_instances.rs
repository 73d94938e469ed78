//! ListDeploymentInstances: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentInstances.html>

use crate::codedeploy::{errors, targets};
use crate::server::call::Call;
use codedeploy_api::error::ListDeploymentInstancesError;
use codedeploy_api::input::ListDeploymentInstancesInput;
use codedeploy_api::output::ListDeploymentInstancesOutput;

/// Ids of a deployment's targets, by the older name.
pub async fn list_deployment_instances(
    input: ListDeploymentInstancesInput,
    call: Call,
) -> Result<ListDeploymentInstancesOutput, ListDeploymentInstancesError> {
    let service = &call.app.codedeploy;
    let id = &input.deployment_id;
    let (_, state) = service.find_deployment::<ListDeploymentInstancesError>(&call.scope, id)?;
    let types = input.instance_type_filter.as_deref();
    if types.is_some_and(|types| !types.is_empty()) {
        return Err(errors::no_instance_types(id).into());
    }
    let all = targets::all(&state)?;
    targets::has_instances(&state)?;
    let statuses = input.instance_status_filter.unwrap_or_default();
    let statuses: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
    let binding = format!("ListDeploymentInstances/{:?}/{id}/{statuses:?}", call.scope);
    let (ids, next) = targets::page(&all, &statuses, &binding, input.next_token.as_deref())?;
    Ok(ListDeploymentInstancesOutput {
        instances_list: Some(ids),
        next_token: next,
    })
}
