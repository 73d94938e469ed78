//! `TerminateInstances`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html>

use crate::companions::ec2::instance::State;
use crate::companions::ec2::{errors, view};
use crate::server::Call;
use ec2_api::error::TerminateInstancesError;
use ec2_api::input::TerminateInstancesInput;
use ec2_api::model::InstanceStateChange;
use ec2_api::output::TerminateInstancesOutput;

/// The containers are stopped and removed when this answers.
pub async fn terminate_instances(
    input: TerminateInstancesInput,
    call: Call,
) -> Result<TerminateInstancesOutput, TerminateInstancesError> {
    let ec2 = &call.app.ec2;
    if input.instance_ids.is_empty() {
        return Err(errors::missing("InstanceId").into());
    }
    let chosen = ec2.chosen(&call.scope, &input.instance_ids).await?;
    if input.dry_run == Some(true) {
        return Err(errors::dry_run().into());
    }
    let mut changes = Vec::new();
    for one in chosen {
        let id = one.machine.id;
        let ended = ec2.terminate(&call.scope, &id).await;
        ended.map_err(errors::failed)?;
        changes.push(InstanceStateChange {
            instance_id: Some(id),
            previous_state: Some(view::state(one.state)),
            current_state: Some(view::state(State::Terminated)),
        });
    }
    Ok(TerminateInstancesOutput {
        terminating_instances: Some(changes),
    })
}
