//! `GetParameters`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>

use crate::companions::ssm::find::Absent;
use crate::companions::ssm::{errors, view};
use crate::server::Call;
use ssm_api::error::GetParametersError;
use ssm_api::input::GetParametersInput;
use ssm_api::output::GetParametersOutput;

/// Those parameters that are there, in the order asked for, and the names of the others.
pub async fn get_parameters(
    input: GetParametersInput,
    call: Call,
) -> Result<GetParametersOutput, GetParametersError> {
    let decrypted = input.with_decryption.unwrap_or(false);
    let mut parameters = Vec::new();
    let mut invalid = Vec::new();
    for name in input.names {
        match call.app.ssm.find(&call.scope, &name) {
            Ok(found) => {
                let shown = view::parameter(&call.scope, &found.name, &found.version, decrypted);
                parameters.push(ssm_api::model::Parameter {
                    selector: found.selector,
                    ..shown
                });
            }
            Err(Absent::Parameter | Absent::Version(_)) => invalid.push(name),
            Err(Absent::Store(error)) => return Err(errors::storage(error)),
        }
    }
    Ok(GetParametersOutput {
        parameters: Some(parameters),
        invalid_parameters: Some(invalid),
    })
}
