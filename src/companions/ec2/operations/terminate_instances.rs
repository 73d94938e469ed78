//! `TerminateInstances`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html>

use crate::companions::ec2::{errors, view};
use crate::server::Call;
use ec2_api::error::TerminateInstancesError;
use ec2_api::input::TerminateInstancesInput;
use ec2_api::model::{InstanceStateChange, InstanceStateName};
use ec2_api::output::TerminateInstancesOutput;

/// The containers are stopped and removed when this answers.
pub async fn terminate_instances(input: TerminateInstancesInput, call: Call) -> Result<TerminateInstancesOutput, TerminateInstancesError> {
    let ec2 = &call.app.ec2;
    if input.instance_ids.is_empty() {
        return Err(errors::missing("InstanceId").into());
    }
    let machines = ec2.chosen(&call.scope, &input.instance_ids).await?;
    if input.dry_run == Some(true) {
        return Err(errors::dry_run().into());
    }
    let mut changes = Vec::new();
    for machine in machines {
        ec2.machines.end(&machine.engine_id).await.map_err(errors::failed)?;
        let (scope, id) = (call.scope.clone(), machine.id.clone());
        let forget = ec2.write(move |tables, tx| {
            tables.forget(tx, &scope, &id);
            Ok(())
        });
        forget.await?;
        changes.push(InstanceStateChange {
            instance_id: Some(machine.id),
            previous_state: Some(view::state(machine.running)),
            current_state: Some(view::of(48, InstanceStateName::Terminated)),
        });
    }
    Ok(TerminateInstancesOutput {
        terminating_instances: Some(changes),
    })
}
