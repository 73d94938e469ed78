//! `DescribeInstances`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>

use crate::companions::ec2::{filters, view};
use crate::server::Call;
use ec2_api::error::DescribeInstancesError;
use ec2_api::input::DescribeInstancesInput;
use ec2_api::output::DescribeInstancesOutput;

/// All in one page: the machines of one engine are few.
pub async fn describe_instances(
    input: DescribeInstancesInput,
    call: Call,
) -> Result<DescribeInstancesOutput, DescribeInstancesError> {
    let ids = input.instance_ids.unwrap_or_default();
    let all = call.app.ec2.chosen(&call.scope, &ids).await?;
    let kept = filters::instances(&call.scope, all, &input.filters.unwrap_or_default())?;
    let shown = kept.iter().map(|one| view::reservation(&call.scope, one));
    Ok(DescribeInstancesOutput {
        reservations: Some(shown.collect()),
        next_token: None,
    })
}
