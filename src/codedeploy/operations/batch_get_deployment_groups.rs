//! BatchGetDeploymentGroups: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentGroups.html>

use crate::codedeploy::{errors, groups, view};
use crate::server::call::Call;
use crate::store::Committed;
use codedeploy_api::error::BatchGetDeploymentGroupsError;
use codedeploy_api::input::BatchGetDeploymentGroupsInput;
use codedeploy_api::output::BatchGetDeploymentGroupsOutput;

/// Groups in the order asked for; those that are not there are named in the error message.
pub async fn batch_get_deployment_groups(
    input: BatchGetDeploymentGroupsInput,
    call: Call,
) -> Result<BatchGetDeploymentGroupsOutput, BatchGetDeploymentGroupsError> {
    let names = &input.deployment_group_names;
    if names.is_empty() {
        return Err(errors::group_name_missing().into());
    }
    if names.len() > MOST {
        return Err(errors::batch_too_large(names.len(), MOST).into());
    }
    let service = &call.app.codedeploy;
    let tables = &service.tables;
    let last = |id: &str| service.last_deployment(&call.scope, id);
    let application_name = &input.application_name;
    let application = tables.find_application(&Committed, &call.scope, application_name)?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in names {
        let key = groups::key(&call.scope, &application, name);
        match tables.groups.get(&key) {
            Some(group) => {
                let application = (application_name.as_str(), &*application);
                found.push(view::group(application, name, &group, last));
            }
            None => missing.push(name.as_str()),
        }
    }
    let message = match missing[..] {
        [] => String::new(),
        _ => format!("No Deployment Group found for name: {}", missing.join(", ")),
    };
    Ok(BatchGetDeploymentGroupsOutput {
        deployment_groups_info: Some(found),
        error_message: Some(message),
    })
}

const MOST: usize = 100;
