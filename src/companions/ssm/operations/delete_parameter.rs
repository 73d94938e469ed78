//! `DeleteParameter`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html>

use crate::companions::ssm::errors;
use crate::server::Call;
use ssm_api::error::DeleteParameterError;
use ssm_api::input::DeleteParameterInput;
use ssm_api::output::DeleteParameterOutput;

/// Deletes a parameter with all its versions.
pub async fn delete_parameter(
    input: DeleteParameterInput,
    call: Call,
) -> Result<DeleteParameterOutput, DeleteParameterError> {
    let ssm = &call.app.ssm;
    let name = input.name;
    let key = ssm.key(&call.scope, &name);
    let key = key.ok_or_else(|| errors::no_parameter(&name))?;
    let write = ssm.write(move |tables, tx| match tables.remove(tx, &key) {
        true => Ok(()),
        false => Err(DeleteParameterError::from(errors::no_parameter(&name))),
    });
    write.await?;
    Ok(DeleteParameterOutput {})
}
