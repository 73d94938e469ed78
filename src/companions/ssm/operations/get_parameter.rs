//! `GetParameter`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>

use crate::companions::ssm::{errors, view};
use crate::server::Call;
use ssm_api::error::GetParameterError;
use ssm_api::input::GetParameterInput;
use ssm_api::output::GetParameterOutput;

/// The newest version of a parameter, or the one of a number or a label.
pub async fn get_parameter(
    input: GetParameterInput,
    call: Call,
) -> Result<GetParameterOutput, GetParameterError> {
    let found = call.app.ssm.find(&call.scope, &input.name);
    let found = found.map_err(|absent| errors::absent::<GetParameterError>(absent, &input.name))?;
    let decrypted = input.with_decryption.unwrap_or(false);
    let mut parameter = view::parameter(&call.scope, &found.name, &found.version, decrypted);
    parameter.selector = found.selector;
    Ok(GetParameterOutput {
        parameter: Some(parameter),
    })
}
