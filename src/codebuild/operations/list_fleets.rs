//! ListFleets: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListFleets.html>

use crate::codebuild::named::By;
use crate::codebuild::pages::List;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListFleetsError;
use codebuild_api::input::ListFleetsInput;
use codebuild_api::model::FleetSortByType;
use codebuild_api::output::ListFleetsOutput;

/// ARNs of the account's fleets, by name unless another order is asked for.
pub async fn list_fleets(
    input: ListFleetsInput,
    call: Call,
) -> Result<ListFleetsOutput, ListFleetsError> {
    let fleets = &call.app.codebuild.tables.fleets;
    let by = match input.sort_by {
        None | Some(FleetSortByType::Name) => By::Name,
        Some(FleetSortByType::CreatedTime) => By::Created,
        Some(FleetSortByType::LastModifiedTime) => By::Changed,
    };
    let list = List::new(
        format!("ListFleets/{:?}/{by:?}", call.scope),
        &input.next_token,
    )
    .ordered(input.sort_order, Direction::Forward)
    .sized(input.max_results);
    let (names, next) = fleets.names(&call.scope, &list, by)?;
    let rows = names
        .into_iter()
        .filter_map(|name| fleets.get(&(call.scope.clone(), name)));
    Ok(ListFleetsOutput {
        fleets: Some(rows.filter_map(|fleet| fleet.arn.clone()).collect()),
        next_token: next,
    })
}
