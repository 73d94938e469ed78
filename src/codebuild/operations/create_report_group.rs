//! CreateReportGroup: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateReportGroup.html>

use crate::codebuild::{errors, report_groups};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::{CreateReportGroupError, ResourceAlreadyExistsException};
use codebuild_api::input::CreateReportGroupInput;
use codebuild_api::model::ReportGroup;
use codebuild_api::output::CreateReportGroupOutput;

/// The group, with its tags if it was given any; a name that is taken is refused.
pub async fn create_report_group(
    input: CreateReportGroupInput,
    call: Call,
) -> Result<CreateReportGroupOutput, CreateReportGroupError> {
    let service = &call.app.codebuild;
    let key = (call.scope.clone(), input.name.clone());
    let tags = input.tags.clone();
    let group = report_groups::created(&call.scope, call.now, input);
    report_groups::check(&group)?;
    let shown = ReportGroup {
        tags,
        ..group.clone()
    };
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        if tx.contains(&tables.report_groups, &key) {
            return Err(errors::report_group_exists(&key.0, &key.1));
        }
        tx.put(&tables.report_groups, key, group);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<ResourceAlreadyExistsException>::refused)?;
    Ok(CreateReportGroupOutput {
        report_group: Some(shown),
    })
}
