//! ListReports: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListReports.html>

use crate::codebuild::names::report_arn;
use crate::codebuild::pages::List;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListReportsError;
use codebuild_api::input::ListReportsInput;
use codebuild_api::output::ListReportsOutput;

/// ARNs of the account's reports, the newest first unless asked otherwise.
pub async fn list_reports(
    input: ListReportsInput,
    call: Call,
) -> Result<ListReportsOutput, ListReportsError> {
    let status = input.filter.and_then(|filter| filter.status);
    let list = List::new(
        format!("ListReports/{:?}/{status:?}", call.scope),
        &input.next_token,
    )
    .ordered(input.sort_order, Direction::Backward)
    .sized(input.max_results);
    let reports = &call.app.codebuild.tables.reports;
    let (ids, next) = reports.ids(&call.scope, status, call.now, &list)?;
    let arns = ids.iter().map(|id| report_arn(&call.scope, id));
    Ok(ListReportsOutput {
        reports: Some(arns.collect()),
        next_token: next,
    })
}
