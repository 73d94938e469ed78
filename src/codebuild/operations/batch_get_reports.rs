//! BatchGetReports: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetReports.html>

use crate::codebuild::batch;
use crate::codebuild::names::{self, REPORT};
use crate::codebuild::reports::Report;
use crate::server::call::Call;
use codebuild_api::error::BatchGetReportsError;
use codebuild_api::input::BatchGetReportsInput;
use codebuild_api::output::BatchGetReportsOutput;

/// Reports in the order asked for, each once; what is not found, or has expired, is listed as it was written.
pub async fn batch_get_reports(
    input: BatchGetReportsInput,
    call: Call,
) -> Result<BatchGetReportsOutput, BatchGetReportsError> {
    let reports = &call.app.codebuild.tables.reports;
    let (reports, missing) = batch::get(
        input.report_arns,
        |arn| names::of_arn(&call.scope, arn, REPORT).ok().flatten(),
        |id| reports.find(&(call.scope.clone(), id.to_owned()), call.now),
    );
    Ok(BatchGetReportsOutput {
        reports: Some(reports.iter().map(Report::wire).collect()),
        reports_not_found: Some(missing),
    })
}
