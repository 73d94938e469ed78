//! DeleteReport: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteReport.html>

use crate::codebuild::names::{self, REPORT};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::DeleteReportError;
use codebuild_api::input::DeleteReportInput;
use codebuild_api::output::DeleteReportOutput;

/// The report is gone with its test cases and coverage; one that is not there is deleted just as well.
pub async fn delete_report(
    input: DeleteReportInput,
    call: Call,
) -> Result<DeleteReportOutput, DeleteReportError> {
    let service = &call.app.codebuild;
    let Some(id) = names::of_arn(&call.scope, &input.arn, REPORT)? else {
        return Ok(DeleteReportOutput::default());
    };
    let key = (call.scope.clone(), id.to_owned());
    let reports = service.tables.reports.clone();
    let written = service.store.write(move |tx| {
        reports.remove(tx, &key);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<DeleteReportError>::refused)?;
    Ok(DeleteReportOutput::default())
}
