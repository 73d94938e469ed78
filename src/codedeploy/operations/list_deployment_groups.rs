//! ListDeploymentGroups: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentGroups.html>

use crate::codedeploy::pages;
use crate::codedeploy::store::names_below;
use crate::server::call::Call;
use crate::store::Committed;
use codedeploy_api::error::ListDeploymentGroupsError;
use codedeploy_api::input::ListDeploymentGroupsInput;
use codedeploy_api::output::ListDeploymentGroupsOutput;

/// Names of an application's groups in their order, a hundred on a page.
pub async fn list_deployment_groups(
    input: ListDeploymentGroupsInput,
    call: Call,
) -> Result<ListDeploymentGroupsOutput, ListDeploymentGroupsError> {
    let tables = &call.app.codedeploy.tables;
    let name = input.application_name;
    let application = tables.find_application(&Committed, &call.scope, &name)?;
    let all = names_below(&call.scope, &application.id);
    let binding = format!("ListDeploymentGroups/{:?}/{}", call.scope, application.id);
    let token = input.next_token.as_deref();
    let (rows, next) = pages::rows(&tables.groups, all, &binding, token)?;
    Ok(ListDeploymentGroupsOutput {
        application_name: Some(name),
        deployment_groups: Some(rows.into_iter().map(|((.., name), _)| name).collect()),
        next_token: next,
    })
}
