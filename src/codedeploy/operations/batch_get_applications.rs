//! BatchGetApplications: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetApplications.html>

use crate::codedeploy::{errors, view};
use crate::server::call::Call;
use crate::store::Committed;
use codedeploy_api::error::ApplicationDoesNotExistException;
use codedeploy_api::error::BatchGetApplicationsError;
use codedeploy_api::input::BatchGetApplicationsInput;
use codedeploy_api::output::BatchGetApplicationsOutput;

/// Applications in the order asked for; one that is not there refuses the call.
pub async fn batch_get_applications(
    input: BatchGetApplicationsInput,
    call: Call,
) -> Result<BatchGetApplicationsOutput, BatchGetApplicationsError> {
    let names = &input.application_names;
    if names.is_empty() {
        return Err(errors::application_name_missing().into());
    }
    if names.len() > MOST {
        return Err(errors::batch_too_large(names.len(), MOST).into());
    }
    let tables = &call.app.codedeploy.tables;
    let infos = names.iter().map(|name| {
        let row = tables.find_application(&Committed, &call.scope, name)?;
        Ok(view::application(name, &row))
    });
    let infos: Result<Vec<_>, ApplicationDoesNotExistException> = infos.collect();
    Ok(BatchGetApplicationsOutput {
        applications_info: Some(infos?),
    })
}

const MOST: usize = 100;
