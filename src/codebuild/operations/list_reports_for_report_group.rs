//! ListReportsForReportGroup: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListReportsForReportGroup.html>

use crate::codebuild::errors;
use crate::codebuild::names::{self, REPORT_GROUP, report_arn};
use crate::codebuild::pages::List;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListReportsForReportGroupError;
use codebuild_api::input::ListReportsForReportGroupInput;
use codebuild_api::output::ListReportsForReportGroupOutput;

/// ARNs of a group's reports, the newest first unless asked otherwise.
pub async fn list_reports_for_report_group(
    input: ListReportsForReportGroupInput,
    call: Call,
) -> Result<ListReportsForReportGroupOutput, ListReportsForReportGroupError> {
    let tables = &call.app.codebuild.tables;
    let arn = &input.report_group_arn;
    let name = names::of_arn(&call.scope, arn, REPORT_GROUP)?;
    let key = name.map(|name| (call.scope.clone(), name.to_owned()));
    let Some(key) = key.filter(|key| tables.report_groups.contains(key)) else {
        return Err(errors::report_group_not_found(arn).into());
    };
    let status = input.filter.and_then(|filter| filter.status);
    let list = List::new(
        format!("ListReportsForReportGroup/{key:?}/{status:?}"),
        &input.next_token,
    )
    .ordered(input.sort_order, Direction::Backward)
    .sized(input.max_results);
    let (ids, next) = tables.reports.ids_of_group(&key, status, call.now, &list)?;
    let arns = ids.iter().map(|id| report_arn(&call.scope, id));
    Ok(ListReportsForReportGroupOutput {
        reports: Some(arns.collect()),
        next_token: next,
    })
}
