//! GetOnPremisesInstance: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetOnPremisesInstance.html>

use crate::codedeploy::errors;
use crate::codedeploy::validate::instances as rules;
use crate::server::call::Call;
use codedeploy_api::error::GetOnPremisesInstanceError;
use codedeploy_api::input::GetOnPremisesInstanceInput;
use codedeploy_api::output::GetOnPremisesInstanceOutput;

/// An instance that is registered or was.
pub async fn get_on_premises_instance(
    input: GetOnPremisesInstanceInput,
    call: Call,
) -> Result<GetOnPremisesInstanceOutput, GetOnPremisesInstanceError> {
    rules::name::<GetOnPremisesInstanceError>(&input.instance_name)?;
    let key = (call.scope, input.instance_name);
    let found = call.app.codedeploy.tables.instances.get(&key);
    let instance = found.ok_or_else(|| errors::instance_not_registered(&key.1))?;
    Ok(GetOnPremisesInstanceOutput {
        instance_info: Some(instance.info(&key.1)),
    })
}
