//! ListDeploymentTargets: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentTargets.html>

use crate::codedeploy::errors;
use crate::codedeploy::targets::{self, Wanted};
use crate::server::call::Call;
use codedeploy_api::error::ListDeploymentTargetsError;
use codedeploy_api::input::ListDeploymentTargetsInput;
use codedeploy_api::model::{TargetFilterName, TargetLabel, TargetStatus};
use codedeploy_api::output::ListDeploymentTargetsOutput;
use std::collections::BTreeMap;

/// Ids of a deployment's targets; values of a filter are alternatives, filters are conditions.
pub async fn list_deployment_targets(
    input: ListDeploymentTargetsInput,
    call: Call,
) -> Result<ListDeploymentTargetsOutput, ListDeploymentTargetsError> {
    let service = &call.app.codedeploy;
    let id = &input.deployment_id;
    let (_, state) = service.find_deployment::<ListDeploymentTargetsError>(&call.scope, id)?;
    let wanted = wanted(input.target_filters.unwrap_or_default())?;
    wanted.check(&state)?;
    let all = targets::all(&state)?;
    let binding = format!("ListDeploymentTargets/{:?}/{id}/{wanted:?}", call.scope);
    let (ids, next) = targets::page(&all, &wanted, &binding, input.next_token.as_deref())?;
    Ok(ListDeploymentTargetsOutput {
        target_ids: Some(ids),
        next_token: next,
    })
}

/// The statuses and labels asked for.
fn wanted(filters: BTreeMap<String, Vec<String>>) -> Result<Wanted, ListDeploymentTargetsError> {
    let mut wanted = Wanted::default();
    for (name, values) in filters {
        match TargetFilterName::try_from(name.as_str()) {
            Ok(TargetFilterName::TargetStatus) => {
                let odd = |value: &&String| TargetStatus::try_from(value.as_str()).is_err();
                if let Some(odd) = values.iter().find(odd) {
                    return Err(errors::invalid_target_status(odd).into());
                }
                wanted.statuses.extend(values);
            }
            Ok(TargetFilterName::ServerInstanceLabel) => {
                let odd = |value: &&String| TargetLabel::try_from(value.as_str()).is_err();
                if let Some(odd) = values.iter().find(odd) {
                    return Err(errors::invalid_instance_type(odd).into());
                }
                wanted.labels.extend(values);
            }
            Err(_) => return Err(errors::invalid_filter(&name).into()),
        }
    }
    Ok(wanted)
}
