//! GetApplication: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetApplication.html>

use crate::codedeploy::view;
use crate::server::call::Call;
use crate::store::Committed;
use codedeploy_api::error::GetApplicationError;
use codedeploy_api::input::GetApplicationInput;
use codedeploy_api::output::GetApplicationOutput;

/// An application by its name.
pub async fn get_application(
    input: GetApplicationInput,
    call: Call,
) -> Result<GetApplicationOutput, GetApplicationError> {
    let tables = &call.app.codedeploy.tables;
    let row = tables.find_application(&Committed, &call.scope, &input.application_name)?;
    Ok(GetApplicationOutput {
        application: Some(view::application(&input.application_name, &row)),
    })
}
