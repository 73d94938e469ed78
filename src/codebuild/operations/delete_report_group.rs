//! DeleteReportGroup: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteReportGroup.html>

use crate::aws::Time;
use crate::codebuild::named::NameKey;
use crate::codebuild::names::{self, REPORT_GROUP};
use crate::codebuild::store::Tables;
use crate::codebuild::{CodeBuild, errors};
use crate::server::call::Call;
use crate::store::{Txn, WriteError};
use codebuild_api::error::{DeleteReportGroupError, InvalidInputException};
use codebuild_api::input::DeleteReportGroupInput;
use codebuild_api::model::{ReportGroup, ReportGroupStatusType};
use codebuild_api::output::DeleteReportGroupOutput;

/// Reports removed by one write, so that no other write waits for all of them.
const AT_ONCE: usize = 20;

/// The group is gone, and with `deleteReports` its reports; otherwise a group that has reports is refused. One that is not there
/// is deleted just as well. While many reports are removed the group is shown as `DELETING`.
pub async fn delete_report_group(
    input: DeleteReportGroupInput,
    call: Call,
) -> Result<DeleteReportGroupOutput, DeleteReportGroupError> {
    let Some(name) = names::of_arn(&call.scope, &input.arn, REPORT_GROUP)? else {
        return Ok(DeleteReportGroupOutput::default());
    };
    let key = (call.scope.clone(), name.to_owned());
    let with_reports = input.delete_reports == Some(true);
    while !delete_some(&call.app.codebuild, &key, with_reports, call.now).await? {}
    Ok(DeleteReportGroupOutput::default())
}

/// One write of the deletion; whether it was the last.
async fn delete_some(
    service: &CodeBuild,
    key: &NameKey,
    with_reports: bool,
    now: Time,
) -> Result<bool, InvalidInputException> {
    let (tables, key) = (service.tables.clone(), key.clone());
    let written = service.store.write(move |tx| {
        let Some(group) = tx.get(&tables.report_groups, &key) else {
            return Ok(true);
        };
        let arn = names::report_group_arn(&key.0, &key.1);
        if !with_reports && tables.reports.has_any(tx, &key, now) {
            return Err(errors::report_group_has_reports(&arn));
        }
        let empty = tables.reports.remove_of_group(tx, &key, AT_ONCE);
        match empty {
            true => remove(&tables, tx, key, arn),
            false => mark(&tables, tx, key, (*group).clone()),
        }
        Ok(empty)
    });
    written.await.map_err(WriteError::refused)
}

fn remove(tables: &Tables, tx: &mut Txn, key: NameKey, arn: String) {
    tx.remove(&tables.report_groups, &key);
    tx.remove(&tables.policies.rows, &(key.0, arn));
}

fn mark(tables: &Tables, tx: &mut Txn, key: NameKey, group: ReportGroup) {
    let deleting = ReportGroup {
        status: Some(ReportGroupStatusType::Deleting),
        ..group
    };
    tx.put(&tables.report_groups, key, deleting);
}
