//! ListDeploymentInstances: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentInstances.html>

use crate::codedeploy::targets::{self, Wanted};
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
    let text = |of: &str| of.to_owned();
    let statuses = input.instance_status_filter.unwrap_or_default();
    let labels = input.instance_type_filter.unwrap_or_default();
    let wanted = Wanted {
        statuses: statuses
            .iter()
            .map(|status| text(status.as_str()))
            .collect(),
        labels: labels.iter().map(|label| text(label.as_str())).collect(),
    };
    wanted.check(&state)?;
    let all = targets::all(&state)?;
    targets::has_instances(&state)?;
    let binding = format!("ListDeploymentInstances/{:?}/{id}/{wanted:?}", call.scope);
    let (ids, next) = targets::page(&all, &wanted, &binding, input.next_token.as_deref())?;
    Ok(ListDeploymentInstancesOutput {
        instances_list: Some(ids),
        next_token: next,
    })
}
