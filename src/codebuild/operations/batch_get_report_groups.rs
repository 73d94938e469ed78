//! BatchGetReportGroups: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetReportGroups.html>

use crate::codebuild::batch;
use crate::codebuild::names::{self, REPORT_GROUP};
use crate::server::call::Call;
use codebuild_api::error::BatchGetReportGroupsError;
use codebuild_api::input::BatchGetReportGroupsInput;
use codebuild_api::output::BatchGetReportGroupsOutput;

/// Groups in the order asked for, each once; what is not found, other texts than ARNs included, is listed as it was written.
pub async fn batch_get_report_groups(
    input: BatchGetReportGroupsInput,
    call: Call,
) -> Result<BatchGetReportGroupsOutput, BatchGetReportGroupsError> {
    let table = &call.app.codebuild.tables.report_groups;
    let (groups, missing) = batch::get(
        input.report_group_arns,
        |arn| names::of_arn(&call.scope, arn, REPORT_GROUP).ok().flatten(),
        |name| table.get(&(call.scope.clone(), name.to_owned())),
    );
    Ok(BatchGetReportGroupsOutput {
        report_groups: Some(groups.iter().map(|group| (**group).clone()).collect()),
        report_groups_not_found: Some(missing),
    })
}
