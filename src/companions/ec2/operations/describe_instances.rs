//! `DescribeInstances`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>

use crate::companions::ec2::{filters, view};
use crate::server::Call;
use ec2_api::error::DescribeInstancesError;
use ec2_api::input::DescribeInstancesInput;
use ec2_api::output::DescribeInstancesOutput;

/// All in one page: the machines of one engine are few.
pub async fn describe_instances(input: DescribeInstancesInput, call: Call) -> Result<DescribeInstancesOutput, DescribeInstancesError> {
    let ids = input.instance_ids.unwrap_or_default();
    let machines = call.app.ec2.chosen(&call.scope, &ids).await?;
    let machines = filters::instances(machines, &input.filters.unwrap_or_default())?;
    let shown = machines.iter().map(|machine| view::reservation(&call.scope, machine));
    Ok(DescribeInstancesOutput {
        reservations: Some(shown.collect()),
        next_token: None,
    })
}
