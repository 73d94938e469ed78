//! GetReportGroupTrend: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_GetReportGroupTrend.html>

use crate::codebuild::names::{self, REPORT_GROUP};
use crate::codebuild::pages::PAGE;
use crate::codebuild::{errors, report_groups, trends};
use crate::server::call::Call;
use codebuild_api::error::GetReportGroupTrendError;
use codebuild_api::input::GetReportGroupTrendInput;
use codebuild_api::output::GetReportGroupTrendOutput;

/// One number of each of the newest reports, the newest first, and their average, greatest and least.
pub async fn get_report_group_trend(
    input: GetReportGroupTrendInput,
    call: Call,
) -> Result<GetReportGroupTrendOutput, GetReportGroupTrendError> {
    let tables = &call.app.codebuild.tables;
    let absent = || errors::report_group_not_found(&input.report_group_arn);
    let name = names::of_arn(&call.scope, &input.report_group_arn, REPORT_GROUP)?;
    let key = (call.scope.clone(), name.ok_or_else(absent)?.to_owned());
    let group = tables.report_groups.get(&key).ok_or_else(absent)?;
    let field = input.trend_field;
    if !report_groups::takes(&group, trends::kind(field)) {
        return Err(errors::invalid(format!(
            "Invalid trend field: {} is not for report groups of type {}",
            field.as_str(),
            group.r#type.map_or("", |kind| kind.as_str())
        ))
        .into());
    }
    let most = input.num_of_reports.map(usize::try_from);
    let most = most.and_then(Result::ok).unwrap_or(PAGE);
    let reports = tables.reports.newest(&key, call.now, most);
    let (stats, data) = trends::of(&reports, field);
    Ok(GetReportGroupTrendOutput {
        stats,
        raw_data: Some(data),
    })
}
