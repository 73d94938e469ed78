//! ListOnPremisesInstances: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListOnPremisesInstances.html>

use crate::aws::page;
use crate::codedeploy::pages::{self, LOOKED_AT};
use crate::codedeploy::store::names_of;
use crate::codedeploy::tag_filters::Filter;
use crate::codedeploy::violations;
use crate::server::call::Call;
use crate::store::Direction;
use codedeploy_api::error::InvalidTagFilterException;
use codedeploy_api::error::ListOnPremisesInstancesError;
use codedeploy_api::input::ListOnPremisesInstancesInput;
use codedeploy_api::model::RegistrationStatus;
use codedeploy_api::output::ListOnPremisesInstancesOutput;

/// Names in their order of instances that have the status and match one of the filters; a hundred on a page.
pub async fn list_on_premises_instances(
    input: ListOnPremisesInstancesInput,
    call: Call,
) -> Result<ListOnPremisesInstancesOutput, ListOnPremisesInstancesError> {
    violations::deferred("ListOnPremisesInstances", &call.deferred)?;
    let filters = input.tag_filters.unwrap_or_default();
    let filters: Result<Vec<Filter<'_>>, _> = filters.iter().map(Filter::of_instances).collect();
    let filters = filters.map_err(|why| {
        InvalidTagFilterException::new(format!("The tag filter is not valid: {why}"))
    })?;
    let status = input.registration_status;
    let binding = format!(
        "ListOnPremisesInstances/{:?}/{status:?}/{filters:?}",
        call.scope
    );
    let after = pages::position(&binding, input.next_token.as_deref())?;
    let (first, last) = names_of(&call.scope).into_inner();
    let range = page::after(first, last, after, Direction::Forward);
    let table = &call.app.codedeploy.tables.instances;
    let rows = table.range(range, Direction::Forward, LOOKED_AT);
    let (names, next) = pages::kept(rows, &binding, |(_, name), row| {
        let is = status
            .is_none_or(|status| (status == RegistrationStatus::Registered) == row.is_registered());
        let matches = filters.is_empty() || filters.iter().any(|filter| filter.matches(&row.tags));
        (is && matches).then(|| name.clone())
    });
    Ok(ListOnPremisesInstancesOutput {
        instance_names: Some(names),
        next_token: next,
    })
}
