//! GetDeploymentGroup: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentGroup.html>

use crate::codedeploy::{groups, view};
use crate::server::call::Call;
use crate::store::Committed;
use codedeploy_api::error::GetDeploymentGroupError;
use codedeploy_api::input::GetDeploymentGroupInput;
use codedeploy_api::output::GetDeploymentGroupOutput;

/// A group as it is now.
pub async fn get_deployment_group(
    input: GetDeploymentGroupInput,
    call: Call,
) -> Result<GetDeploymentGroupOutput, GetDeploymentGroupError> {
    let service = &call.app.codedeploy;
    let tables = &service.tables;
    let (name, scope) = (&input.application_name, &call.scope);
    let application = tables.find_application(&Committed, scope, name)?;
    let key = groups::key(scope, &application, &input.deployment_group_name);
    let group = tables.find_group(&Committed, &key)?;
    Ok(GetDeploymentGroupOutput {
        deployment_group_info: Some(view::group((name, &application), &key.2, &group, |id| {
            service.last_deployment(scope, id)
        })),
    })
}
