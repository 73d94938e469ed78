//! UpdateReportGroup: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateReportGroup.html>

use crate::codebuild::names::{self, REPORT_GROUP};
use crate::codebuild::{errors, report_groups};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::UpdateReportGroupError;
use codebuild_api::input::UpdateReportGroupInput;
use codebuild_api::output::UpdateReportGroupOutput;

/// Export and tags that are given replace the group's; reports keep what they were made with.
pub async fn update_report_group(
    input: UpdateReportGroupInput,
    call: Call,
) -> Result<UpdateReportGroupOutput, UpdateReportGroupError> {
    let service = &call.app.codebuild;
    let absent = errors::report_group_not_found(&input.arn);
    let Some(name) = names::of_arn(&call.scope, &input.arn, REPORT_GROUP)? else {
        return Err(absent.into());
    };
    let key = (call.scope.clone(), name.to_owned());
    let (tables, now) = (service.tables.clone(), call.now);
    let written = service.store.write(move |tx| {
        let Some(present) = tx.get(&tables.report_groups, &key) else {
            return Err(UpdateReportGroupError::from(absent));
        };
        let group = report_groups::updated(&key.0, now, (*present).clone(), input);
        report_groups::check(&group)?;
        tx.put(&tables.report_groups, key, group.clone());
        Ok(group)
    });
    let group = written.await.map_err(WriteError::refused)?;
    Ok(UpdateReportGroupOutput {
        report_group: Some(group),
    })
}
