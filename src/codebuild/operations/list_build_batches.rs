//! ListBuildBatches: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildBatches.html>

use crate::codebuild::batches::rows::Which;
use crate::codebuild::pages::{List, Page};
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListBuildBatchesError;
use codebuild_api::input::ListBuildBatchesInput;
use codebuild_api::model::{BuildBatchFilter, SortOrderType, StatusType};
use codebuild_api::output::ListBuildBatchesOutput;

/// Ids of the account's batches: the newest first, or in the order of the ids when an order is asked for.
pub async fn list_build_batches(
    input: ListBuildBatchesInput,
    call: Call,
) -> Result<ListBuildBatchesOutput, ListBuildBatchesError> {
    let status = status(input.filter);
    let which = Which {
        scope: &call.scope,
        project: None,
        status: status.map(|status| status.as_str()),
    };
    let list = List::new(format!("ListBuildBatches/{which:?}"), &input.next_token)
        .sized(input.max_results);
    let (ids, next) = page(&call, which, list, input.sort_order)?;
    Ok(ListBuildBatchesOutput {
        ids: Some(ids),
        next_token: next,
    })
}

pub(super) fn status(filter: Option<BuildBatchFilter>) -> Option<StatusType> {
    filter?.status
}

pub(super) fn page(
    call: &Call,
    which: Which<'_>,
    list: List<'_>,
    order: Option<SortOrderType>,
) -> Page<String> {
    let batches = &call.app.codebuild.tables.batches;
    let list = list.ordered(order, Direction::Backward);
    match order {
        Some(_) => batches.by_id(which, &list),
        None => batches.by_time(which, &list),
    }
}
