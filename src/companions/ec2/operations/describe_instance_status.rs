//! `DescribeInstanceStatus`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html>

use crate::aws::Scope;
use crate::companions::ec2::instance::{Instance, State};
use crate::companions::ec2::{filters, view};
use crate::server::Call;
use ec2_api::error::DescribeInstanceStatusError;
use ec2_api::input::DescribeInstanceStatusInput;
use ec2_api::model::{InstanceStatus, InstanceStatusSummary, SummaryStatus};
use ec2_api::output::DescribeInstanceStatusOutput;

/// Of instances that run; of all when that is asked for.
pub async fn describe_instance_status(
    input: DescribeInstanceStatusInput,
    call: Call,
) -> Result<DescribeInstanceStatusOutput, DescribeInstanceStatusError> {
    let ids = input.instance_ids.unwrap_or_default();
    let filters = input.filters.unwrap_or_default();
    let all = call.app.ec2.chosen(&call.scope, &ids).await?;
    let mut kept = filters::instances(&call.scope, all, &filters)?;
    let wants_all = input.include_all_instances == Some(true);
    kept.retain(|one| wants_all || one.state == State::Running);
    let shown = kept.iter().map(|one| shown(&call.scope, one));
    Ok(DescribeInstanceStatusOutput {
        instance_statuses: Some(shown.collect()),
        next_token: None,
    })
}

fn shown(scope: &Scope, of: &Instance) -> InstanceStatus {
    let status = || InstanceStatusSummary {
        status: Some(match of.state {
            State::Running => SummaryStatus::Ok,
            State::Stopped | State::Terminated => SummaryStatus::NotApplicable,
        }),
        details: None,
    };
    InstanceStatus {
        instance_id: Some(of.machine.id.clone()),
        availability_zone: Some(view::zone(scope, of)),
        instance_state: Some(view::state(of.state)),
        instance_status: Some(status()),
        system_status: Some(status()),
        ..InstanceStatus::default()
    }
}
