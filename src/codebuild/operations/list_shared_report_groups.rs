//! ListSharedReportGroups: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSharedReportGroups.html>

use crate::codebuild::names::REPORT_GROUP;
use crate::codebuild::pages::List;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListSharedReportGroupsError;
use codebuild_api::input::ListSharedReportGroupsInput;
use codebuild_api::model::SharedResourceSortByType;
use codebuild_api::output::ListSharedReportGroupsOutput;

/// ARNs of other accounts' report groups whose policy names the caller's account, by ARN unless the time of sharing is asked for.
pub async fn list_shared_report_groups(
    input: ListSharedReportGroupsInput,
    call: Call,
) -> Result<ListSharedReportGroupsOutput, ListSharedReportGroupsError> {
    let by = input.sort_by.unwrap_or(SharedResourceSortByType::Arn);
    let list = List::new(
        format!("ListSharedReportGroups/{:?}/{by:?}", call.scope),
        &input.next_token,
    )
    .ordered(input.sort_order, Direction::Forward)
    .sized(input.max_results);
    let policies = &call.app.codebuild.tables.policies;
    let (arns, next) = policies.shared(&call.scope, REPORT_GROUP, by, &list)?;
    Ok(ListSharedReportGroupsOutput {
        report_groups: Some(arns),
        next_token: next,
    })
}
