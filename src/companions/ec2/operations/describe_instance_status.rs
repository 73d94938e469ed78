//! `DescribeInstanceStatus`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html>

use crate::companions::ec2::{filters, view};
use crate::server::Call;
use ec2_api::error::DescribeInstanceStatusError;
use ec2_api::input::DescribeInstanceStatusInput;
use ec2_api::model::{InstanceStatus, InstanceStatusSummary, SummaryStatus};
use ec2_api::output::DescribeInstanceStatusOutput;

pub async fn describe_instance_status(input: DescribeInstanceStatusInput, call: Call) -> Result<DescribeInstanceStatusOutput, DescribeInstanceStatusError> {
    let ids = input.instance_ids.unwrap_or_default();
    let machines = call.app.ec2.chosen(&call.scope, &ids).await?;
    let mut machines = filters::instances(machines, &input.filters.unwrap_or_default())?;
    let all = input.include_all_instances.unwrap_or(false);
    machines.retain(|machine| all || machine.running);
    let status = |running: bool| InstanceStatusSummary {
        status: Some(match running {
            true => SummaryStatus::Ok,
            false => SummaryStatus::NotApplicable,
        }),
        details: None,
    };
    let shown = machines.iter().map(|machine| InstanceStatus {
        instance_id: Some(machine.id.clone()),
        availability_zone: Some(view::zone(&call.scope)),
        instance_state: Some(view::state(machine.running)),
        instance_status: Some(status(machine.running)),
        system_status: Some(status(machine.running)),
        ..InstanceStatus::default()
    });
    Ok(DescribeInstanceStatusOutput {
        instance_statuses: Some(shown.collect()),
        next_token: None,
    })
}
