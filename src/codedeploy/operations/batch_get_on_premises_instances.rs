//! BatchGetOnPremisesInstances: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetOnPremisesInstances.html>

use crate::codedeploy::errors;
use crate::codedeploy::validate::instances as rules;
use crate::server::call::Call;
use codedeploy_api::error::BatchGetOnPremisesInstancesError;
use codedeploy_api::input::BatchGetOnPremisesInstancesInput;
use codedeploy_api::output::BatchGetOnPremisesInstancesOutput;

/// Instances in the order asked for; those that are not there are left out.
pub async fn batch_get_on_premises_instances(
    input: BatchGetOnPremisesInstancesInput,
    call: Call,
) -> Result<BatchGetOnPremisesInstancesOutput, BatchGetOnPremisesInstancesError> {
    let names = input.instance_names;
    rules::names::<BatchGetOnPremisesInstancesError>(&names)?;
    if names.len() > MOST {
        return Err(errors::batch_too_large(names.len(), MOST).into());
    }
    let table = &call.app.codedeploy.tables.instances;
    let infos = names.into_iter().filter_map(|name| {
        let key = (call.scope.clone(), name);
        table.get(&key).map(|row| row.info(&key.1))
    });
    Ok(BatchGetOnPremisesInstancesOutput {
        instance_infos: Some(infos.collect()),
    })
}

const MOST: usize = 100;
