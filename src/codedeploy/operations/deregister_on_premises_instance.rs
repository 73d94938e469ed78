//! DeregisterOnPremisesInstance: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeregisterOnPremisesInstance.html>

use crate::codedeploy::validate::instances as rules;
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::DeregisterOnPremisesInstanceError;
use codedeploy_api::input::DeregisterOnPremisesInstanceInput;
use codedeploy_api::output::DeregisterOnPremisesInstanceOutput;

/// The instance stays readable with its tags, its IAM ARN becomes free; one that is not registered stays as it is.
pub async fn deregister_on_premises_instance(
    input: DeregisterOnPremisesInstanceInput,
    call: Call,
) -> Result<DeregisterOnPremisesInstanceOutput, DeregisterOnPremisesInstanceError> {
    rules::name::<DeregisterOnPremisesInstanceError>(&input.instance_name)?;
    let service = &call.app.codedeploy;
    let (tables, now) = (service.tables.clone(), call.now);
    let key = (call.scope, input.instance_name);
    let written = service.store.write(move |tx| {
        let present = tx.get(&tables.instances, &key);
        if let Some(row) = present.filter(|row| row.is_registered()) {
            let mut row = (*row).clone();
            row.deregistered = Some(now);
            let owned = (key.0.clone(), row.iam.arn().to_owned());
            tx.remove(&tables.instance_arns, &owned);
            tx.put(&tables.instances, key, row);
        }
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<DeregisterOnPremisesInstanceError>::refused)?;
    Ok(DeregisterOnPremisesInstanceOutput::default())
}
