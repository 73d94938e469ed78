//! ListReportGroups: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListReportGroups.html>

use crate::codebuild::named::By;
use crate::codebuild::names::report_group_arn;
use crate::codebuild::pages::List;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListReportGroupsError;
use codebuild_api::input::ListReportGroupsInput;
use codebuild_api::model::ReportGroupSortByType;
use codebuild_api::output::ListReportGroupsOutput;

/// ARNs of the account's groups, by name unless another order is asked for.
pub async fn list_report_groups(
    input: ListReportGroupsInput,
    call: Call,
) -> Result<ListReportGroupsOutput, ListReportGroupsError> {
    let by = match input.sort_by {
        None | Some(ReportGroupSortByType::Name) => By::Name,
        Some(ReportGroupSortByType::CreatedTime) => By::Created,
        Some(ReportGroupSortByType::LastModifiedTime) => By::Changed,
    };
    let list = List::new(
        format!("ListReportGroups/{:?}/{by:?}", call.scope),
        &input.next_token,
    )
    .ordered(input.sort_order, Direction::Forward)
    .sized(input.max_results);
    let groups = &call.app.codebuild.tables.report_groups;
    let (names, next) = groups.names(&call.scope, &list, by)?;
    let arns = names.iter().map(|name| report_group_arn(&call.scope, name));
    Ok(ListReportGroupsOutput {
        report_groups: Some(arns.collect()),
        next_token: next,
    })
}
