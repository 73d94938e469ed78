//! `DescribeTargetGroups`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html>

use crate::companions::elbv2::errors;
use crate::companions::elbv2::paging::{self, Wanted};
use crate::companions::elbv2::rows::{all_of, balancer_of, listener_of};
use crate::server::Call;
use crate::store::Direction;
use elbv2_api::error::DescribeTargetGroupsError;
use elbv2_api::input::DescribeTargetGroupsInput;
use elbv2_api::output::DescribeTargetGroupsOutput;

pub async fn describe_target_groups(
    input: DescribeTargetGroupsInput,
    call: Call,
) -> Result<DescribeTargetGroupsOutput, DescribeTargetGroupsError> {
    let elbv2 = &call.app.elbv2;
    let rows = elbv2.rows(&call.scope);
    let arns = input.target_group_arns.unwrap_or_default();
    let named = input.names.unwrap_or_default();
    let ways = [
        !arns.is_empty(),
        !named.is_empty(),
        input.load_balancer_arn.is_some(),
    ];
    if ways.into_iter().filter(|way| *way).count() > 1 {
        return Err(errors::invalid("Target group names, target group ARNs, and load balancer ARN cannot be specified at the same time").into());
    }
    let (mut found, mut next_marker) = (Vec::new(), None);
    for arn in &arns {
        found.push(rows.group(arn)?);
    }
    for name in &named {
        found.push(rows.group_named(name).ok_or_else(errors::no_group)?);
    }
    if ways == [false; 3] || ways[2] {
        let wanted = Wanted {
            marker: input.marker.as_deref(),
            size: input.page_size,
        };
        (found, next_marker) = paging::cut(
            "DescribeTargetGroups",
            wanted,
            all_of(&call.scope),
            |rest, limit| elbv2.tables.groups.range(rest, Direction::Forward, limit),
        )?;
    }
    if let Some(arn) = &input.load_balancer_arn {
        let (owner, _) = rows.balancer(arn)?;
        found.retain(|(key, _)| {
            let mut users = elbv2.tables.users(key).into_iter();
            users.any(|rule| balancer_of(&listener_of(&rule)) == owner)
        });
    }
    let shown = found.iter().map(|(key, row)| elbv2.shown_group(key, row));
    Ok(DescribeTargetGroupsOutput {
        target_groups: Some(shown.collect()),
        next_marker,
    })
}
