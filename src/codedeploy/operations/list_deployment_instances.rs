//! ListDeploymentInstances: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentInstances.html>

use crate::codedeploy::{errors, pages, targets};
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
    let target = targets::only(&state)?;
    targets::has_instances(&state)?;
    // There is only one page, so no token of ours continues it.
    pages::position::<String>("ListDeploymentInstances", input.next_token.as_deref())?;
    let statuses = input.instance_status_filter.unwrap_or_default();
    let statuses: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
    let listed = targets::has_status(target, &statuses).then(|| targets::id(target));
    Ok(ListDeploymentInstancesOutput {
        instances_list: Some(listed.into_iter().collect()),
        next_token: None,
    })
}
