//! ListApplications: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListApplications.html>

use crate::codedeploy::pages;
use crate::codedeploy::store::names_of;
use crate::server::call::Call;
use codedeploy_api::error::ListApplicationsError;
use codedeploy_api::input::ListApplicationsInput;
use codedeploy_api::output::ListApplicationsOutput;

/// Names in their order, a hundred on a page.
pub async fn list_applications(
    input: ListApplicationsInput,
    call: Call,
) -> Result<ListApplicationsOutput, ListApplicationsError> {
    let table = &call.app.codedeploy.tables.applications;
    let binding = format!("ListApplications/{:?}", call.scope);
    let token = input.next_token.as_deref();
    let (rows, next) = pages::rows(table, names_of(&call.scope), &binding, token)?;
    Ok(ListApplicationsOutput {
        applications: Some(rows.into_iter().map(|((_, name), _)| name).collect()),
        next_token: next,
    })
}
